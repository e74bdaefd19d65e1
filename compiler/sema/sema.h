#pragma once
// Syntax trees to model: names, types, units. Like every phase it never fails; what cannot be
// understood is a finding and absent from the model.

#include "compiler/diagnostics/finding.h"
#include "compiler/model/model.h"
#include "compiler/syntax/tree.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace relc::sema {

/// One parsed file and the module it belongs to. The workspace is the module ""; the standard ones
/// are called "std.http", libraries by their folder, "../platform/".
struct Unit {
  const syntax::Tree* tree = nullptr;
  std::string module;
  /// What its imports of folders mean, in their order: a module of the units, or nothing if there
  /// is none, for which a finding has been made.
  std::vector<std::optional<std::string>> folders;
};

/// A module that a file asks for, and where.
struct Import {
  std::string module; ///< "std.http", or the path of a folder as written between the quotes
  bool folder = false;
  source::Range range;   ///< of the name or path
  source::Range removal; ///< what is taken out to be without it
};
std::vector<Import> importsOf(const syntax::Tree& tree);

/// Does the file declare something of that kind at the top level? (For what decides where a module
/// begins: `library`, `system`.)
bool declaresAtTop(const syntax::Tree& tree, schema::Kind kind);

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
std::vector<Overlay> overlaysOf(std::span<const Unit> units);

struct Options {
  model::Date now;
  std::string environment{}; ///< whose overlays and values count; empty if there is none
  std::vector<std::string> knownModules; ///< for "did you mean"
  std::string standardVersion{};         ///< of the modules of the standard library
};

/// The workspace's files first, then the modules that they import, directly or not. An import of a
/// standard module that is not among the units is reported here.
model::Model analyze(std::span<const Unit> units, const Options& options,
                     diagnostics::FindingList& findings);

} // namespace relc::sema
