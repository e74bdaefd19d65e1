#pragma once
// What a construct needs of the Prometheus that will run it: a version, a feature flag.

#include "compiler/promql/promql.h"

#include <string>
#include <string_view>

namespace relc::promql {

enum class Flag : uint8_t {
  None,
  ExperimentalFunctions,
  DurationExpressions,
  ExtendedRanges,
  FillModifiers
};

struct Requirement {
  Version since;
  Flag flag = Flag::None;
  Version stable{0, 0}; ///< from here on the flag is not needed; {0, 0}: it still is
};

/// Constructs of the language that are younger than 2.42, from the grammars of the releases.
namespace needs {
inline constexpr Requirement numericDuration{{2, 54}};
inline constexpr Requirement durationAsNumber{{2, 54}};
inline constexpr Requirement underscoreInNumber{{2, 54}};
inline constexpr Requirement experimentalAggregation{{2, 54}, Flag::ExperimentalFunctions};
inline constexpr Requirement quotedName{{3, 0}};
inline constexpr Requirement utf8GroupingLabel{{3, 0}};
inline constexpr Requirement quotedGroupingLabel{{3, 1}};
inline constexpr Requirement signedDuration{{3, 4}};
inline constexpr Requirement zeroOffset{{3, 4}};
inline constexpr Requirement durationArithmetic{{3, 4}, Flag::DurationExpressions, {3, 14}};
inline constexpr Requirement stepDuration{{3, 6}, Flag::DurationExpressions, {3, 14}};
inline constexpr Requirement rangeDuration{{3, 10}, Flag::DurationExpressions, {3, 14}};
inline constexpr Requirement minMaxDuration{{3, 13}, Flag::DurationExpressions, {3, 14}};
inline constexpr Requirement extendedRange{{3, 7}, Flag::ExtendedRanges};
inline constexpr Requirement fill{{3, 10}, Flag::FillModifiers};
inline constexpr Requirement trim{{3, 11}};
} // namespace needs

/// Why the target does not have `what` (a subject for "needs", user text in back-quotes); empty if
/// it has.
std::string unmet(std::string_view what, const Requirement& requirement, const Options& options);

} // namespace relc::promql
