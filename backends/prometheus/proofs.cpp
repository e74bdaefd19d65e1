// Tests for `promtool test rules` that feed counters of known rates and ask whether the rules say
// what the arithmetic says. Values are compared through PromQL with a tolerance, because promtool
// compares floats bit by bit; alerts through the series ALERTS, because it would want every
// annotation repeated.

#include "backends/emit/yaml.h"
#include "backends/prometheus/examples.h"
#include "backends/prometheus/slo.h"

#include <fmt/format.h>

#include <algorithm>

namespace relc::prometheus {

using model::Decimal;

namespace {

constexpr int64_t eventsPerScrape = 1'000'000;

Decimal mul(Decimal a, Decimal b) {
  return model::multiply(a, b).value_or(a);
}
Decimal plus(Decimal a, Decimal b) {
  return model::add(a, b).value_or(a);
}

int64_t stepsIn(Decimal seconds, Decimal step) {
  return static_cast<int64_t>(model::divide(seconds, step).value_or(1).toDouble() + 0.999);
}

/// The series that carry good and bad events of one SLO, and which of them each event counts in.
struct Feed {
  struct Series {
    std::string name;
    bool good, bad;   ///< grows with good events, with bad events
    bool onlyOnceBad; ///< does not exist before the first bad event
  };
  std::vector<Series> series;
};

std::string seriesName(const std::string& metric,
                       const std::map<std::string, std::string>& labels) {
  std::string out = metric;
  char separator = '{';
  for (const auto& [name, value] : labels) {
    out += fmt::format("{}{}={}", separator, name, promql::quote(value));
    separator = ',';
  }
  return separator == ',' ? out + "}" : out;
}

/// Nothing if the SLI is not made of plain counters, or no labels were found that fit.
std::optional<Feed> feedOf(const SloPlan& plan) {
  if (!plan.total) return std::nullopt;
  Feed feed;
  const Selector& total = *plan.total;
  if (plan.sli.form == model::Sli::Form::Latency) {
    auto labels = exampleLabels(total.matchers);
    if (!labels) return std::nullopt;
    feed.series.push_back({seriesName(total.metric + "_count", *labels), true, true, false});
    auto bucket = *labels;
    bucket["le"] = "+Inf";
    feed.series.push_back({seriesName(total.metric + "_bucket", bucket), true, true, false});
    bucket["le"] = plan.boundary.toString();
    feed.series.push_back({seriesName(total.metric + "_bucket", bucket), true, false, false});
    return feed;
  }
  bool countsBad = plan.bad.has_value();
  if (!countsBad && !plan.good) return std::nullopt;
  const Selector& part = countsBad ? *plan.bad : *plan.good;
  if (part.metric != total.metric) {
    auto partLabels = exampleLabels(part.matchers), totalLabels = exampleLabels(total.matchers);
    if (!partLabels || !totalLabels) return std::nullopt;
    feed.series.push_back({seriesName(total.metric, *totalLabels), true, true, false});
    feed.series.push_back({seriesName(part.metric, *partLabels), !countsBad, countsBad, countsBad});
    return feed;
  }
  // One metric: some label tells the counted events from the others.
  std::vector<promql::Matcher> both = part.matchers;
  both.insert(both.end(), total.matchers.begin(), total.matchers.end());
  auto inside = exampleLabels(both), outside = exampleLabels(total.matchers, part.matchers);
  if (!inside || !outside || *inside == *outside) return std::nullopt;
  feed.series.push_back({seriesName(part.metric, *inside), !countsBad, countsBad, countsBad});
  feed.series.push_back({seriesName(total.metric, *outside), countsBad, !countsBad, !countsBad});
  return feed;
}

/// `share` of the events is bad, for so many scrapes.
struct Stretch {
  Decimal share;
  int64_t scrapes = 0;
  bool idle = false;
};

std::string values(const Feed::Series& series, const std::vector<Stretch>& stretches) {
  std::string out;
  Decimal count = 0;
  for (const Stretch& s : stretches) {
    Decimal bad = mul(s.share, eventsPerScrape);
    Decimal good = model::subtract(eventsPerScrape, bad).value_or(0);
    Decimal step = plus(series.good ? good : Decimal(0), series.bad ? bad : Decimal(0));
    if (s.idle) step = 0;
    if (!out.empty()) out += ' ';
    out += fmt::format("{}+{}x{}", count.toString(), step.toString(), s.scrapes);
    count = plus(count, mul(step, s.scrapes + 1));
  }
  return out;
}

struct Expectation {
  std::string at; ///< Prometheus duration
  std::string expr;
  int value = 1; ///< of a label-less result
};

class Writer {
public:
  Writer(const SloPlan& plan, const Feed& feed, emit::YamlWriter& yaml)
      : plan_(plan), feed_(feed), yaml_(yaml) {
    scrape_ = model::divide(plan.baseWindow, 4).value_or(plan.baseWindow);
    // Every recording has been evaluated, the coarse ones too.
    settled_ = plus(plan.coarseInterval, plus(mul(plan.baseWindow, 2), mul(plan.interval, 2)));
  }

  void all() {
    for (const BurnTier& tier : plan_.tiers) {
      steady(fmt::format("burns just above the factor of tier {}", tier.name),
             mul(tier.threshold, Decimal(102, -2)));
      steady(fmt::format("burns just below the factor of tier {}", tier.name),
             mul(tier.threshold, Decimal(98, -2)));
    }
    std::vector<Expectation> half;
    Decimal share = mul(plan_.errorBudget, Decimal(5, -1));
    half.push_back(near("slo:error_budget_remaining:ratio", Decimal(5, -1)));
    half.push_back(near("slo:burn_rate:ratio", Decimal(5, -1)));
    for (const std::string& series : ratioWindows()) half.push_back(near(series, share));
    test("half of the budgeted errors leave half of the budget", {{share, scrapesIn(settled_)}},
         half, false);

    std::vector<Expectation> zero;
    for (const std::string& series : ratioWindows()) zero.push_back(near(series, 0));
    zero.push_back(near("slo:error_budget_remaining:ratio", 1));
    std::vector<Expectation> never = zero;
    never.push_back(near("slo:events_bad:rate" + promDuration(plan_.baseWindow), 0));
    test("no error was ever counted: zero, not absent", {{0, scrapesIn(settled_)}}, never, true);
    test("idle: zero, not NaN", {{0, scrapesIn(settled_), true}}, zero, false);
    // One tier: a history of hours costs promtool seconds for each SLO.
    auto fastest = std::min_element(
        plan_.tiers.begin(), plan_.tiers.end(),
        [](const BurnTier& a, const BurnTier& b) { return a.longWindow < b.longWindow; });
    if (fastest != plan_.tiers.end()) outage(*fastest);
  }

private:
  const SloPlan& plan_;
  const Feed& feed_;
  emit::YamlWriter& yaml_;
  Decimal scrape_, settled_;

  int64_t scrapesIn(Decimal seconds) const { return stepsIn(seconds, scrape_); }

  std::vector<std::string> ratioWindows() const {
    std::vector<Decimal> windows{plan_.period};
    for (const BurnTier& tier : plan_.tiers)
      windows.insert(windows.end(), {tier.longWindow, tier.shortWindow});
    std::sort(windows.begin(), windows.end());
    windows.erase(std::unique(windows.begin(), windows.end()), windows.end());
    std::vector<std::string> names;
    for (Decimal w : windows) names.push_back(ratioSeries(w));
    return names;
  }

  Expectation near(const std::string& series, Decimal value) const {
    return {promDuration(settled_),
            fmt::format("sum(abs({}{} - {}) < bool 1e-9)", series, sloSelector(plan_),
                        value.toString()),
            1};
  }

  Expectation fires(const BurnTier& tier, Decimal at, bool yes) const {
    std::string name = burnAlertName(tier.severity);
    return {
        promDuration(at),
        fmt::format(
            "count(ALERTS{{alertname={},alertstate=\"firing\",burn={},{}={},slo={}}}) or vector(0)",
            promql::quote(name), promql::quote(tier.name), plan_.ownerLabel,
            promql::quote(plan_.service), promql::quote(plan_.name)),
        yes ? 1 : 0};
  }

  /// A steady share of errors fires exactly the tiers whose threshold it exceeds.
  void steady(const std::string& name, Decimal share) {
    if (share >= Decimal(1)) return; // no error ratio reaches it: check burn-alert-cannot-fire
    std::vector<Expectation> expected;
    Decimal length = settled_;
    for (const BurnTier& tier : plan_.tiers)
      length = std::max(length, plus(settled_, tier.forSeconds));
    for (const BurnTier& tier : plan_.tiers)
      expected.push_back(fires(tier, length, share > tier.threshold));
    test(name, {{share, scrapesIn(length)}}, expected, false);
  }

  /// Everything fails after a long time without errors: silent until the predicted time,
  /// threshold × long window, and firing after it and the delays of recording and evaluation.
  void outage(const BurnTier& tier) {
    Decimal samples = model::divide(tier.longWindow, plan_.interval).value_or(0);
    if (tier.severity != "page" || tier.threshold >= Decimal(1) ||
        samples > Decimal(maxFineSamples))
      return;
    Decimal healthy = plus(tier.longWindow, settled_);
    Decimal predicted = mul(tier.threshold, tier.longWindow);
    Decimal delays = plus(plus(plan_.baseWindow, mul(plan_.interval, 3)), tier.forSeconds);
    auto onGrid = [&](Decimal seconds) {
      return mul(plan_.interval, stepsIn(seconds, plan_.interval));
    };
    Decimal latest = onGrid(plus(healthy, plus(predicted, delays)));
    // Recording only ever delays, so before the predicted time there is silence.
    auto whole = static_cast<int64_t>(
        model::divide(plus(healthy, predicted), plan_.interval).value_or(0).toDouble());
    Decimal earliest = mul(plan_.interval, whole);
    int64_t before = scrapesIn(healthy);
    test(fmt::format("full outage: tier {} fires within {}", tier.name,
                     promDuration(onGrid(plus(predicted, delays)))),
         {{0, before}, {1, scrapesIn(latest) - before + 1}},
         {fires(tier, earliest, false), fires(tier, latest, true)}, false);
  }

  void test(const std::string& name, const std::vector<Stretch>& stretches,
            const std::vector<Expectation>& expected, bool neverBad) {
    yaml_.beginMap();
    yaml_.entry("name", fmt::format("{}/{}: {}", plan_.service, plan_.name, name));
    yaml_.entry("interval", promDuration(scrape_));
    yaml_.key("input_series").beginList();
    for (const Feed::Series& series : feed_.series) {
      if (neverBad && series.onlyOnceBad) continue;
      yaml_.beginMap()
          .entry("series", series.name)
          .entry("values", values(series, stretches))
          .endMap();
    }
    yaml_.endList();
    yaml_.key("promql_expr_test").beginList();
    for (const Expectation& e : expected) {
      yaml_.beginMap().entry("expr", e.expr).entry("eval_time", e.at);
      yaml_.key("exp_samples").beginList();
      yaml_.beginMap().entry("labels", "{}").entry("value", e.value).endMap();
      yaml_.endList().endMap();
    }
    yaml_.endList().endMap();
  }
};

} // namespace

bool provable(const SloPlan& plan) {
  return feedOf(plan).has_value();
}

std::string proofs(const std::vector<SloPlan>& plans, const std::string& ruleFile,
                   std::string_view header) {
  std::string out;
  emit::YamlWriter yaml(out);
  yaml.comment(header);
  if (std::none_of(plans.begin(), plans.end(), provable)) return {};
  yaml.beginMap();
  yaml.key("rule_files").beginList().value("../" + ruleFile).endList();
  yaml.entry("evaluation_interval", promDuration(plans.front().interval));
  yaml.key("tests").beginList();
  for (const SloPlan& plan : plans)
    if (auto feed = feedOf(plan)) Writer(plan, *feed, yaml).all();
  yaml.endList().endMap();
  return out;
}

} // namespace relc::prometheus
