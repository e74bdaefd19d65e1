#pragma once
// Syntax trees to model: names, types, units. Like every phase it never fails; what cannot be
// understood is a finding and absent from the model.

#include "compiler/diagnostics/finding.h"
#include "compiler/model/model.h"
#include "compiler/syntax/tree.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace relc::sema {

/// One parsed file and the module it belongs to; the workspace's own files have none.
struct Unit {
  const syntax::Tree* tree = nullptr;
  std::string module; ///< "std.http"
};

/// A module that a file asks for, by its dotted name, and where.
struct Import {
  std::string module;
  source::Range range;
};
std::vector<Import> importsOf(const syntax::Tree& tree);

/// An `environment` of the workspace.
struct Environment {
  std::string name;
  bool production = false;
};
std::vector<Environment> environmentsOf(std::span<const Unit> units);

/// An `in staging { … }`.
struct Overlay {
  std::string environment;
  source::Range range;
};
/// Of the workspace's own files.
std::vector<Overlay> overlaysOf(std::span<const Unit> units);

struct Options {
  model::Date now;
  std::string environment{}; ///< whose overlays and values count; empty if there is none
  std::vector<std::string> knownModules; ///< for "did you mean"
};

/// The workspace's files first, then the modules that they import, directly or not. An import whose
/// module is not among the units is reported here.
model::Model analyze(std::span<const Unit> units, const Options& options,
                     diagnostics::FindingList& findings);

} // namespace relc::sema
