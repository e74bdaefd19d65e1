#pragma once
// The phases from text to a judged model, in order. Command line and language server run this one
// pipeline; it reads no file and cannot tell who asks.
//
//   syntax::parse        text                 → Tree, findings      (files in parallel)
//   for each environment of the workspace:
//     sema::analyze        trees              → Model, findings
//     analysis::analyze    Model              → findings
//     analysis::settleAcceptance  Model, all findings → what remains, and the risk register
//   diagnostics::mergeEnvironments  findings  → what they have in common said once
//   diagnostics::settle  findings             → sorted, each once
//
// Backends take the Model from there (backends/*/), the driver writes what they return.

#include "compiler/diagnostics/finding.h"
#include "compiler/diagnostics/risk.h"
#include "compiler/model/model.h"
#include "compiler/syntax/tree.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace relc {

struct SourceFile {
  std::string path; ///< as findings show it: relative to the workspace, `/` as separator
  std::string text;
};

struct PipelineOptions {
  model::Date now;
  unsigned threads = 1;    ///< for parsing
  std::string environment; ///< whose model is wanted; if empty, the one of production
};

struct PhaseTime {
  std::string_view name;
  double seconds = 0;
};

struct Compilation {
  source::SourceManager sources;
  std::vector<syntax::Tree> trees; ///< the workspace's files in the order given, then modules
  size_t workspaceFiles = 0;
  std::vector<std::string> environments;                  ///< of the workspace, in its order
  model::Model model;                                     ///< of the environment that was asked for
  std::vector<diagnostics::Finding> findings;             ///< settled
  std::optional<std::vector<diagnostics::Risk>> accepted; ///< the risk register, once it is known
  std::vector<PhaseTime> timings;
  size_t lines = 0, bytes = 0; ///< of the workspace

  [[nodiscard]] bool hasErrors() const;
};

std::unique_ptr<Compilation> compile(std::vector<SourceFile> files, const PipelineOptions& options);

/// Text of a module of the standard library ("std.http"), or null.
const std::string_view* standardModule(std::string_view name);
/// Sorted names of all modules.
std::vector<std::string> standardModules();

} // namespace relc
