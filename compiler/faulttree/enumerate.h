#pragma once
// Writes cut sets down, through all modules, up to an order and a number.

#include "compiler/faulttree/analysis.h"

namespace relc::faulttree {

/// A solved part as the enumeration needs it.
struct EnumeratedPart {
  const Zbdd* sets;
  Zbdd::Ref minimal;
  std::vector<OrderRange> ranges;   ///< by node of `sets`
  std::vector<NodeId> eventOfLevel; ///< of the fault tree; noNode for a part below
  std::vector<uint32_t> partOfLevel;
};

/// Sets of exactly `order` events of the last part, until `limit` are in `out`. False if there are
/// more.
bool enumerateSets(std::span<const EnumeratedPart> parts, uint32_t order, size_t limit,
                   std::vector<std::vector<NodeId>>& out);

} // namespace relc::faulttree
