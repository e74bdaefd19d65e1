#pragma once
// What the recorded series are called and which labels they have: relc's own names, or Sloth's.
// Private to this backend.

#include "backends/prometheus/rules.h"
#include "compiler/model/quantity.h"
#include "compiler/promql/promql.h"

#include <initializer_list>
#include <string>
#include <string_view>

namespace relc::prometheus {

/// A way of naming. Windows are appended to `ratio`.
struct SeriesNames {
  std::string_view ratio;
  std::string_view burnRate;
  std::string_view remaining; ///< of the budget, as a fraction
  std::string_view objective;
  std::string_view budget;
  std::string_view info;
  std::string_view windowLabel; ///< on each ratio; empty if none
};

inline constexpr SeriesNames relcNames{
    .ratio = "slo:error_ratio:rate",
    .burnRate = "slo:burn_rate:ratio",
    .remaining = "slo:error_budget_remaining:ratio",
    .objective = "slo:objective:ratio",
    .budget = "slo:error_budget:ratio",
    .info = "slo_info",
    .windowLabel = "",
};
/// Those of Sloth 0.16, which its dashboards read (Grafana 14348, 14643).
inline constexpr SeriesNames slothNames{
    .ratio = "slo:sli_error:ratio_rate",
    .burnRate = "slo:current_burn_rate:ratio",
    .remaining = "slo:period_error_budget_remaining:ratio",
    .objective = "slo:objective:ratio",
    .budget = "slo:error_budget:ratio",
    .info = "sloth_slo_info",
    .windowLabel = "sloth_window",
};
/// Sloth's dashboards ask for these windows, whatever the burn policy uses: seconds.
inline constexpr int64_t slothWindows[] = {300, 1800, 3600, 7200, 21600, 86400, 259200};

/// Which series are an SLO's.
struct Identity {
  const SeriesNames* names = &relcNames;
  Labels labels;        ///< of every recording
  std::string selector; ///< `{service="checkout",slo="availability"}`

  /// A series of the SLO by its name.
  [[nodiscard]] std::string series(std::string_view name) const {
    return std::string(name) + selector;
  }
  [[nodiscard]] bool isSloth() const { return names == &slothNames; }
};
/// `ownerLabel` is `service` or `journey`: the two may have the same name.
Identity identityOf(bool sloth, std::string_view ownerLabel, std::string_view owner,
                    std::string_view slo);

/// The parts in one string: expressions are made of thousands, and fmt reads its format each time.
std::string joined(std::initializer_list<std::string_view> parts);

/// "30m", "3d": Prometheus' form.
std::string promDuration(model::Decimal seconds);

} // namespace relc::prometheus
