#pragma once
// The rules of one SLO. Private to this backend.

#include "backends/prometheus/plan.h"

namespace relc::prometheus {

/// "slo:error_ratio:rate1h", with its selector.
std::string ratioOf(const SloPlan& plan, model::Decimal window);
/// That of the whole period.
std::string periodRatioOf(const SloPlan& plan);
/// Several series, each of a name of its own, by one selector.
struct SeriesSet {
  std::string selector;
  int count = 0;
};
/// The error ratios of all windows and of the period.
SeriesSet allRatiosOf(const SloPlan& plan);
/// `slo:events_bad:rate2m{…}`: a recording of events over the base or the coarse window.
std::string eventsOf(const SloPlan& plan, std::string_view kind, model::Decimal window);

/// What the series is called that says what is left of the budget in events, or in seconds.
std::string_view amountLeft(const SloPlan& plan);

/// Of rules that are evaluated at each evaluation interval, and of those at each coarse interval.
std::string groupName(const SloPlan& plan, bool fine);
/// A group that is evaluated at each evaluation interval, and one at each coarse interval.
std::vector<Group> sloGroups(const model::Model& model, const source::SourceManager& sources,
                             const SloPlan& plan);

/// The alert on events that are missing where some are expected, or nothing. (absence.cpp)
std::optional<Rule> absenceAlert(const model::Model& model, const SloPlan& plan);
inline constexpr std::string_view absenceAlertName = "SliDataMissing";

/// How many samples the rules read, on average, each time that the evaluation interval passes.
/// `recorded` are those of recorded series, for each set of group labels; the others are for each
/// raw series that a selector matches. `windows` is what the same windows would read from raw
/// series.
struct Cost {
  double recorded = 0, raw = 0, windows = 0;

  Cost& operator+=(const Cost& other) {
    recorded += other.recorded;
    raw += other.raw;
    windows += other.windows;
    return *this;
  }
};
Cost costOf(const SloPlan& plan);

} // namespace relc::prometheus
