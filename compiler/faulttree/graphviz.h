#pragma once
// Fault trees as pictures.

#include "compiler/faulttree/fault_tree.h"

namespace relc::faulttree {

/// A graph for Graphviz of what is below the roots, gates above what they are made of. Events among
/// `marked` stand out: the single points of failure, say.
std::string writeGraphviz(const FaultTree& tree, std::span<const NodeId> roots,
                          std::span<const NodeId> marked = {});

} // namespace relc::faulttree
