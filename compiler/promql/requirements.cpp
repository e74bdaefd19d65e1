#include "compiler/promql/requirements.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace relc::promql {

namespace {

struct FlagRow {
  std::string_view name;
  bool Features::* enabled;
};
/// In the order of `Flag`, without `None`.
constexpr std::array<FlagRow, 4> flags = {{
    {"promql-experimental-functions", &Features::experimentalFunctions},
    {"promql-duration-expr", &Features::durationExpressions},
    {"promql-extended-range-selectors", &Features::extendedRanges},
    {"promql-binop-fill-modifiers", &Features::fillModifiers},
}};

} // namespace

bool* featureOf(Features& features, std::string_view flag) {
  const auto* found = std::find_if(flags.begin(), flags.end(),
                                   [&](const FlagRow& row) { return row.name == flag; });
  return found == flags.end() ? nullptr : &(features.*found->enabled);
}

std::string toString(Version version) {
  return fmt::format("{}.{}", version.major, version.minor);
}

std::string unmet(std::string_view what, const Requirement& requirement, const Options& options) {
  const bool tooOld = options.target < requirement.since;
  const bool isStable = requirement.stable != Version{0, 0} && options.target >= requirement.stable;
  const FlagRow* flag = requirement.flag == Flag::None || isStable
                            ? nullptr
                            : &flags[static_cast<size_t>(requirement.flag) - 1];
  if (flag && options.features.*flag->enabled) flag = nullptr;
  if (!tooOld && !flag) return {};
  if (!flag)
    return fmt::format("{} needs Prometheus ≥ {}, the target is {}", what,
                       toString(requirement.since), toString(options.target));
  if (!tooOld)
    return fmt::format("{} needs the Prometheus feature flag `{}`, which is not switched on", what,
                       flag->name);
  return fmt::format("{} needs Prometheus ≥ {} with the feature flag `{}`, the target is {}", what,
                     toString(requirement.since), flag->name, toString(options.target));
}

} // namespace relc::promql
