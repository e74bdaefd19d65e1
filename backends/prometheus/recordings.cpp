#include "backends/prometheus/recordings.h"

#include "backends/prometheus/annotations.h"
#include "backends/prometheus/civil_time.h"
#include "backends/prometheus/proofs.h"

#include <fmt/format.h>

#include <algorithm>

namespace relc::prometheus {

using model::attr;
using model::Decimal;
using model::EntityId;
using model::Model;

namespace {

/// "30d", or "_month" of the calendar: the end of a name.
std::string periodSuffix(const SloPlan& plan) {
  return plan.calendar.empty() ? promDuration(plan.period) : fmt::format("_{}", plan.calendar);
}

/// The same of the ratio's name: Sloth has the length in it, that of a month, too.
std::string ratioSuffix(const SloPlan& plan) {
  return plan.identity.isSloth() ? promDuration(plan.period) : periodSuffix(plan);
}

/// An increase over the whole period.
std::string periodIncrease(const SloPlan& plan, std::string_view kind) {
  return fmt::format("slo:events_{}:increase{}{}", kind, periodSuffix(plan),
                     plan.identity.selector);
}

class Recorder {
public:
  Recorder(const Model& model, const source::SourceManager& sources, const SloPlan& plan)
      : model_(model), plan_(plan), names_(*plan.identity.names), zone_(zoneOf(model)),
        budget_(plan.errorBudget.toString()) {
    std::string origin = originOf(model, sources, plan.slo);
    fine_ = {groupName(plan, true), plan.interval, origin, model[plan.slo].doc, {}};
    slow_ = {groupName(plan, false), plan.coarseInterval, origin, {}, {}};
  }

  std::vector<Group> all() {
    explain();
    events();
    for (Decimal window : plan_.windows()) ratio(window);
    if (plan_.calendar.empty())
      rollingPeriod();
    else
      calendarPeriod();
    budget();
    facts();
    // Behind the recordings that they read, so that they see this evaluation's values.
    for (const BurnTier& tier : plan_.tiers)
      groupOf(tier.longWindow).rules.push_back(burnAlert(model_, plan_, tier));
    if (auto alert = absenceAlert(model_, plan_)) fine_.rules.push_back(std::move(*alert));
    std::vector<Group> groups; // a list in braces would be copied
    groups.push_back(std::move(fine_));
    groups.push_back(std::move(slow_));
    return groups;
  }

private:
  const Model& model_;
  const SloPlan& plan_;
  const SeriesNames& names_;
  model::TimeZone zone_;
  std::string budget_;
  Group fine_, slow_;

  Group& groupOf(Decimal window) { return plan_.isFine(window) ? fine_ : slow_; }

  /// Labels beside those of the SLO come last.
  static Rule& record(Group& group, std::string name, std::string expr, Labels labels) {
    group.rules.push_back({std::move(name), {}, std::move(expr), 0, 0, std::move(labels), {}});
    return group.rules.back();
  }
  Rule& record(Group& group, std::string_view name, std::string expr) {
    return record(group, std::string(name), std::move(expr), plan_.identity.labels);
  }

  void explain() {
    auto say = [&](std::string_view text) {
      fine_.doc += fmt::format("{}{}", fine_.doc.empty() ? "" : "\n", text);
    };
    Cost cost = costOf(plan_);
    say(fmt::format("Reads {:.0f} samples an evaluation and {:.0f} of each raw series; the same "
                    "windows over raw series would read {:.0f} of each.",
                    cost.recorded, cost.raw, cost.windows));
    if (std::string_view zone = zone_.name(); !plan_.calendar.empty() && zone != "UTC")
      say(fmt::format("Changes of the clock in {} are known until {} years after this build.", zone,
                      yearsKnown));
    if (!feedable(plan_))
      say(comparable(plan_)
              ? "The SLI is no plain selector: the tests of these rules compare what is recorded "
                "with its expression, and not with numbers that are known beforehand."
          : plan_.events.native
              ? "The tests of these rules begin with the recorded events: promtool of Prometheus 2 "
                "has no notation for the native histogram that those come from."
              : "The tests of these rules begin with the recorded events: how those come from raw "
                "series is not proven, as they are no plain selectors.");
    if (plan_.events.constantTotal && !plan_.calendar.empty())
      say("That a new budget begins with each period is not proven, as the total is always there.");
  }

  void events() {
    for (std::string_view kind : {"total", "bad"}) {
      std::string expr = kind == "total" ? plan_.events.total : plan_.events.bad;
      // Bad events that were never counted are zero, where there are events at all.
      if (kind == "bad" && plan_.events.missingBadIsZero)
        expr += " or 0 * " + aggregated(plan_, "sum", eventsOf(plan_, "total", plan_.baseWindow));
      record(fine_, fmt::format("slo:events_{}:rate{}", kind, promDuration(plan_.baseWindow)),
             std::move(expr));
      std::string coarse = promDuration(plan_.coarseInterval);
      record(slow_, fmt::format("slo:events_{}:rate{}", kind, coarse),
             fmt::format("sum_over_time({}[{}]) / {}", eventsOf(plan_, kind, plan_.baseWindow),
                         coarse, plan_.slices));
    }
  }

  /// Of idle time it is zero: no bad events, of less than can be counted.
  static std::string quotient(const std::string& bad, const std::string& total) {
    return joined({bad, " / clamp_min(", total, ", 1e-9)"});
  }

  void ratio(Decimal window) {
    Decimal from = plan_.sourceFor(window);
    auto sum = [&](std::string_view kind) {
      return joined(
          {"sum_over_time(", eventsOf(plan_, kind, from), "[", promDuration(window), "])"});
    };
    recordRatio(groupOf(window), promDuration(window), quotient(sum("bad"), sum("total")));
  }

  void recordRatio(Group& group, const std::string& suffix, std::string expr) {
    Rule& rule = record(group, fmt::format("{}{}", names_.ratio, suffix), std::move(expr));
    if (!names_.windowLabel.empty()) rule.labels.emplace_back(names_.windowLabel, suffix);
  }

  void periodRatio(Group& group) {
    recordRatio(group, ratioSuffix(plan_),
                quotient(periodIncrease(plan_, "bad"), periodIncrease(plan_, "total")));
  }

  void rollingPeriod() {
    Group& group = groupOf(plan_.period);
    Decimal from = plan_.sourceFor(plan_.period);
    for (std::string_view kind : {"bad", "total"})
      record(group, fmt::format("slo:events_{}:increase{}", kind, periodSuffix(plan_)),
             fmt::format("{} * sum_over_time({}[{}])", plan_.stepFor(plan_.period).toString(),
                         eventsOf(plan_, kind, from), promDuration(plan_.period)));
    periodRatio(group);
  }

  /// Events are recorded with the number of the period that they fall into, so that those of the
  /// one that is running can be summed: PromQL has no range that begins with a month.
  void calendarPeriod() {
    std::string number = fmt::format("slo:calendar:{}", plan_.calendar);
    record(slow_, number, periodNumber(plan_.calendar, localTime(zone_, model_.now)));
    std::string current =
        fmt::format("count_values(\"period\", {}{})", number, plan_.identity.selector);
    for (std::string_view kind : {"bad", "total"}) {
      std::string byPeriod = fmt::format("slo:events_{}:by_{}", kind, plan_.calendar);
      record(slow_, byPeriod,
             fmt::format("{} * on () group_left (period) {}",
                         eventsOf(plan_, kind, plan_.coarseInterval), current));
      record(slow_, fmt::format("slo:events_{}:increase{}", kind, periodSuffix(plan_)),
             fmt::format("{} * sum without (period) (sum_over_time({}{}[{}]) and on (period) {})",
                         plan_.coarseInterval.toString(), byPeriod, plan_.identity.selector,
                         promql::formatDuration(longestPeriod(plan_.calendar) * 1000), current));
    }
    periodRatio(slow_);
  }

  void budget() {
    Group& now = groupOf(plan_.nowWindow());
    record(now, names_.burnRate,
           fmt::format("{} / {}", ratioOf(plan_, plan_.nowWindow()), budget_));
    Group& period = plan_.calendar.empty() ? groupOf(plan_.period) : slow_;
    if (plan_.identity.isSloth()) {
      record(period, "slo:period_burn_rate:ratio",
             fmt::format("{} / {}", periodRatioOf(plan_), budget_));
    }
    record(period, names_.remaining, fmt::format("1 - {} / {}", periodRatioOf(plan_), budget_));
    record(period, amountLeft(plan_),
           fmt::format("{} * {} - {}", budget_, periodIncrease(plan_, "total"),
                       periodIncrease(plan_, "bad")));
    // Where nothing burns it lasts forever, and there is no such series.
    std::string ignoring =
        names_.windowLabel.empty() ? "" : fmt::format(" ignoring ({})", names_.windowLabel);
    record(period, "slo:time_to_exhaustion:seconds",
           fmt::format("{} * clamp_min({}, 0) /{} ({} > 0)", plan_.period.toString(),
                       plan_.identity.series(names_.remaining), ignoring,
                       plan_.identity.series(names_.burnRate)));
  }

  void facts() {
    record(slow_, names_.objective, fmt::format("vector({})", plan_.objective.toString()));
    record(slow_, names_.budget, fmt::format("vector({})", budget_));
    if (plan_.identity.isSloth())
      record(slow_, "slo:time_period:days",
             fmt::format("vector({})", model::divide(plan_.period, 86400).value_or(0).toString()));
    Labels& labels = record(slow_, names_.info, "vector(1)").labels;
    if (plan_.identity.isSloth()) {
      labels.emplace_back("sloth_mode", "cli-gen-prom");
      labels.emplace_back("sloth_spec", "prometheus/v1");
      labels.emplace_back(
          "sloth_objective",
          model::multiply(plan_.objective, 100).value_or(plan_.objective).toString());
    }
    if (EntityId team = model::ownerOf(model_, plan_.owner); team.valid())
      labels.emplace_back("team", model_[team].name);
    if (auto tier = model_.text(plan_.owner, attr("tier")); !tier.empty())
      labels.emplace_back("tier", tier);
    labels.emplace_back("objective", plan_.objective.toString());
    labels.emplace_back("window", plan_.calendar.empty() ? promDuration(plan_.period)
                                                         : std::string(plan_.calendar));
  }
};

} // namespace

std::string_view amountLeft(const SloPlan& plan) {
  return model::ofTime(plan.sli) ? "slo:error_budget_remaining:seconds"
                                 : "slo:error_budget_remaining:events";
}

std::string groupName(const SloPlan& plan, bool fine) {
  return fmt::format("{}-{}{}", plan.service, plan.name, fine ? "" : "-period");
}

std::string eventsOf(const SloPlan& plan, std::string_view kind, Decimal window) {
  return joined({"slo:events_", kind, ":rate", promDuration(window), plan.identity.selector});
}

std::string ratioOf(const SloPlan& plan, Decimal window) {
  if (window == plan.period && plan.calendar.empty()) return periodRatioOf(plan);
  return joined({plan.identity.names->ratio, promDuration(window), plan.identity.selector});
}

std::string periodRatioOf(const SloPlan& plan) {
  return joined({plan.identity.names->ratio, ratioSuffix(plan), plan.identity.selector});
}

SeriesSet allRatiosOf(const SloPlan& plan) {
  std::vector<std::string> suffixes;
  for (Decimal window : plan.windows())
    if (window != plan.period || !plan.calendar.empty()) suffixes.push_back(promDuration(window));
  suffixes.push_back(ratioSuffix(plan));
  return {fmt::format("{{__name__=~\"{}({})\",{}", plan.identity.names->ratio,
                      fmt::join(suffixes, "|"), std::string_view(plan.identity.selector).substr(1)),
          static_cast<int>(suffixes.size())};
}

std::vector<Group> sloGroups(const Model& model, const source::SourceManager& sources,
                             const SloPlan& plan) {
  return Recorder(model, sources, plan).all();
}

Cost costOf(const SloPlan& plan) {
  auto seconds = [](Decimal value) { return value.toDouble(); };
  double interval = seconds(plan.interval), coarse = seconds(plan.coarseInterval);
  double scrape = seconds(plan.scrape);
  Cost cost;
  auto window = [&](Decimal length) {
    // Bad and total; what is derived from the coarse recording is evaluated less often.
    double step = seconds(plan.stepFor(length));
    cost.recorded += 2 * seconds(length) / step * (interval / step);
    cost.windows += seconds(length) / scrape;
  };
  for (Decimal length : plan.windows()) window(length);
  if (plan.calendar.empty())
    window(plan.period);
  else
    window(Decimal(longestPeriod(plan.calendar)));
  cost.recorded += 2 * coarse / interval * (interval / coarse); // the coarse recording itself
  cost.raw = seconds(plan.baseWindow) / scrape;
  return cost;
}

} // namespace relc::prometheus
