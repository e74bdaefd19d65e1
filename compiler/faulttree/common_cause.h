#pragma once
// Common-cause groups: components that can fail together, of one cause. Each set of members that a
// model allows becomes a basic event, and each member an `or` of the sets that it is in.

#include "compiler/faulttree/fault_tree.h"

#include <optional>

namespace relc::faulttree {

/// The parametric models of Open-PSA (section IV.6), after Mosleh and others, *Guidelines on
/// Modeling Common-Cause Failures in Probabilistic Risk Assessment*, NUREG/CR-5485, 1998.
enum class CommonCauseModel : uint8_t { BetaFactor, MultipleGreekLetters, AlphaFactor, PhiFactor };
std::optional<CommonCauseModel> commonCauseModel(std::string_view name);

/// A factor for events of `level` members at once.
struct CommonCauseFactor {
  uint32_t level;
  double value;
};

struct CommonCauseGroup {
  CommonCauseModel model;
  std::vector<NodeId> members; ///< declared, not yet defined
  double probability;          ///< that a member fails, of whatever cause
  std::vector<CommonCauseFactor> factors;
};

/// Defines the members. Returns what is wrong with the group, and then defines them as independent
/// events; empty if nothing is.
std::string defineCommonCause(FaultTree& tree, const CommonCauseGroup& group);

} // namespace relc::faulttree
