#pragma once
// The phases from text to a judged model, in order. Command line and language server run this one
// pipeline; it reads no file and cannot tell who asks.
//
//   syntax::parse        text                 → Tree, findings      (files in parallel)
//   loadProgram          trees, FolderReader  → units: the workspace, its libraries, std modules
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

/// Where an `import "…"` leads.
struct FoundFolder {
  enum class State : uint8_t {
    Found,
    Missing,    ///< there is no such folder
    File,       ///< it is a file
    Outside,    ///< nothing may be read there
    Unreadable, ///< `reason` says why
  };
  State state = State::Missing;
  /// Found: the folder relative to the workspace, links resolved, with `/` behind each part:
  /// "../platform/", "lib/", "" for the workspace. It is what the folder is known by, and what
  /// stands before the paths of its files.
  std::string path;
  std::string reason; ///< Outside, Unreadable: what the system says, or where it may be read
};

struct FolderContents {
  std::vector<SourceFile> files; ///< all `.rel` files at and below it, by path
  struct Problem {
    std::string path;
    std::string reason;
    bool outside = false; ///< it is not read because it leads out of what may be read
  };
  std::vector<Problem> problems;
};

/// The folders that a program imports, as whoever runs the pipeline can read them.
class FolderReader {
public:
  virtual ~FolderReader() = default;
  /// `folder` as the import has it, `from` the folder of the file in which it stands: "",
  /// "shop/cart/", "../platform/".
  virtual FoundFolder find(std::string_view folder, std::string_view from) = 0;
  /// `path` is one that was found, and not below the workspace.
  virtual FolderContents read(const std::string& path) = 0;
};

struct PipelineOptions {
  model::Date now;
  unsigned threads = 0;            ///< for parsing; 0: as many as there are processors
  std::string environment{};       ///< whose model is wanted; if empty, the one of production
  FolderReader* folders = nullptr; ///< without one no import of a folder can be read
};

struct PhaseTime {
  std::string_view name;
  double seconds = 0;
};

struct Compilation {
  source::SourceManager sources;
  std::vector<syntax::Tree> trees; ///< by file: those given in their order, then what is imported
  size_t givenFiles = 0;           ///< the others are not ours to mend
  size_t workspaceFiles = 0;       ///< those given but for libraries among them
  std::vector<std::string> environments;                  ///< of the workspace, in its order
  model::Model model;                                     ///< of the environment that was asked for
  std::vector<diagnostics::Finding> findings;             ///< settled
  std::optional<std::vector<diagnostics::Risk>> accepted; ///< the risk register, once it is known
  std::vector<PhaseTime> timings;
  size_t lines = 0, bytes = 0; ///< of the workspace

  [[nodiscard]] bool hasErrors() const;
  /// The findings without fixes that would change a file that was not given.
  [[nodiscard]] std::vector<diagnostics::Finding> mendable() const;
};

std::unique_ptr<Compilation> compile(std::vector<SourceFile> files, const PipelineOptions& options);

/// Text of a module of the standard library ("std.http"), or null.
const std::string_view* standardModule(std::string_view name);
/// Sorted names of all modules.
std::vector<std::string> standardModules();

} // namespace relc
