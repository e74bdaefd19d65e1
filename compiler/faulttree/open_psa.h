#pragma once
// Fault trees in the Open-PSA Model Exchange Format 2.0d, XML that SCRAM, XFTA and others read and
// write.

#include "compiler/faulttree/fault_tree.h"

namespace relc::faulttree {

struct OpenPsaOptions {
  /// What `system-mission-time` is, in hours; the format leaves it to the tool. A year, as in
  /// SCRAM.
  double missionTime = 8760;
};

struct OpenPsaModel {
  std::string name;
  FaultTree tree;
  std::vector<NodeId> roots;   ///< gates that no other gate has as an argument
  std::vector<Error> errors;   ///< what is wrong with it: the tree must not be analysed
  std::vector<Error> warnings; ///< what is left out of it, and by place
};

/// Reads fault trees, components, gates with nested formulas, basic events with constant
/// expressions and built-in distributions (random deviates by their means), house events,
/// parameters and common-cause groups (common_cause.h). Event trees, substitutions and the like are
/// left out with a warning. Any text is safe: errors have line and column, at most 100 are given.
OpenPsaModel readOpenPsa(std::string_view text, const OpenPsaOptions& options = {});

/// The tree below the roots, which must be valid, as SCRAM's schema wants it. Names that are no
/// identifiers of the format get one; what they are called stands in their labels.
std::string writeOpenPsa(const FaultTree& tree, std::span<const NodeId> roots,
                         std::string_view name);

} // namespace relc::faulttree
