#pragma once
// How many sets of each order a family has, without ever writing one down.

#include "compiler/faulttree/big_unsigned.h"
#include "compiler/faulttree/zbdd.h"

namespace relc::faulttree {

/// Index: order.
using CountByOrder = std::vector<BigUnsigned>;

/// Sets of the family by order. `choices[level]` says in how many ways, and of which orders, the
/// variable can come about; null for an event, which is one way of order 1. One pass over the
/// diagram, whose nodes carry the counts of the sets below them.
CountByOrder countSets(const Zbdd& sets, Zbdd::Ref root,
                       std::span<const CountByOrder* const> choices);

/// The smallest and the largest order of the sets below each node, from those of the ways in which
/// each variable can come about; for the empty family the smallest is greater than the largest.
struct OrderRange {
  uint32_t least = 1, most = 1;
};
std::vector<OrderRange> orderRanges(const Zbdd& sets, Zbdd::Ref root,
                                    std::span<const OrderRange> ways);

/// The range of a count.
OrderRange rangeOf(const CountByOrder& count);

} // namespace relc::faulttree
