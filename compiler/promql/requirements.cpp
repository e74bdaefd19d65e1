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

std::vector<std::string_view> namesOf(const Features& features) {
  std::vector<std::string_view> names;
  for (const FlagRow& row : flags)
    if (features.*row.enabled) names.push_back(row.name);
  return names;
}

namespace {

/// First and last minor version of each major one that relc knows.
constexpr std::array<std::pair<Version, Version>, 2> known = {
    {{{2, 42}, {2, 55}}, {{3, 0}, {3, 14}}}};

} // namespace

std::optional<Needs> needsOf(std::string_view text) {
  Features all;
  for (const FlagRow& row : flags) all.*row.enabled = true;
  const auto takes = [&](Version target, const Features& features) {
    return parse(text, {target, features, false}).ok();
  };
  std::optional<Needs> needs;
  for (const auto& [first, last] : known)
    for (Version target = first; target <= last; ++target.minor) {
      const bool fits = takes(target, all);
      if (fits && !needs) needs = Needs{target, std::nullopt, {}};
      if (fits || !needs) continue;
      if (!needs->until) needs->until = target;
      break;
    }
  if (!needs) return std::nullopt;
  for (const FlagRow& row : flags) {
    Features without = all;
    without.*row.enabled = false;
    needs->features.*row.enabled = !takes(needs->since, without);
  }
  return needs;
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
