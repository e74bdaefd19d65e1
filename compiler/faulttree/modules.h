#pragma once
// Modules: gates that share no event with the rest of the tree. Each is judged by itself and is
// then one variable of what stands above it. Y. Dutuit, A. Rauzy, "A linear-time algorithm to find
// modules of fault trees", IEEE Transactions on Reliability 45(3), 1996.

#include "compiler/faulttree/dag.h"

namespace relc::faulttree {

/// For each node whether it is a module. The root is one; events are not asked.
std::vector<bool> findModules(const Dag& dag);

/// The same function with more modules: where some arguments of an `and` or `or` share nothing with
/// the others, nor with the rest of the tree, they become a gate of their own.
Dag groupIndependent(const Dag& dag);

} // namespace relc::faulttree
