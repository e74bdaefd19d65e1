// From raw series to recorded events, and a whole outage from the first bad scrape to the alert.

#include "backends/prometheus/annotations.h"
#include "backends/prometheus/arithmetic.h"
#include "backends/prometheus/proofs.h"

#include <fmt/format.h>

#include <algorithm>

namespace relc::prometheus {

using model::Decimal;

namespace {

class Tests {
public:
  Tests(const SloPlan& plan, const Feed& feed, TestFile& file)
      : plan_(plan), feed_(feed), file_(file), ratios_(allRatiosOf(plan)),
        settled_(roundUp(mul(plus(plan.baseWindow, plan.interval), 2))) {}

  void all() {
    using Kind = Stretch::Kind;
    Decimal some = feed_.divides() ? mul(plan_.errorBudget, {5, -1}) : Decimal(1);
    auto with = [&](Decimal share) { return ratios(settled_, share); };
    auto halved = with(some);
    std::string at = promDuration(settled_);
    halved.push_back(near(at, plan_.identity.series(plan_.identity.names->burnRate),
                          over(some, plan_.errorBudget)));
    if (feed_.divides()) {
      // Half of the budget is left, and at half the rate that lasts as long as the window.
      halved.push_back(near(at, plan_.identity.series(plan_.identity.names->remaining), {5, -1}));
      halved.push_back(
          near(at, plan_.identity.series("slo:time_to_exhaustion:seconds"), plan_.period));
    }
    test(feed_.divides() ? "the budget burns at half its rate" : "what is bad is counted",
         {{some, scrapes(settled_)}}, halved);
    auto none = with(0);
    none.push_back(near(promDuration(settled_), eventsOf(plan_, "bad", plan_.baseWindow), 0));
    none.push_back({promDuration(settled_),
                    fmt::format("sum({} > bool 0)", eventsOf(plan_, "total", plan_.coarseInterval)),
                    1});
    none.push_back({promDuration(settled_),
                    fmt::format("count(ALERTS{{alertname={}{}}}) or vector(0)",
                                promql::quote(absenceAlertName), alertLabels(plan_)),
                    0});
    test("nothing has failed yet: zero, not absent", {{0, scrapes(settled_)}}, none, true);
    if (!model::ofTime(plan_.sli))
      test("idle: zero, not NaN", {{0, scrapes(settled_), Kind::Idle}}, with(0));
    test("nothing is measured: not known", {{0, scrapes(settled_), Kind::Missing}},
         {{promDuration(settled_),
           fmt::format("count({}) or vector(0)", ratioOf(plan_, plan_.nowWindow())), 0}});
    Decimal twice = mul(settled_, 2);
    if (feed_.kind() == Feed::Kind::Counters)
      test("a restart does not change the share",
           {{some, scrapes(settled_)}, {some, scrapes(settled_), Kind::Restart}},
           ratios(twice, some));
    test("a gap does not change the share",
         {{some, scrapes(settled_) / 2},
          {0, scrapes(settled_), Kind::Missing},
          {some, scrapes(settled_)}},
         ratios(twice, some));
  }

  /// Everything fails after a long time without errors: silent until the predicted time,
  /// threshold × long window, and firing after it and the delays of recording and evaluation.
  void outage() {
    auto fastest = std::min_element(
        plan_.tiers.begin(), plan_.tiers.end(),
        [](const BurnTier& a, const BurnTier& b) { return a.longWindow < b.longWindow; });
    if (fastest != plan_.tiers.end()) outage(*fastest);
  }

private:
  const SloPlan& plan_;
  const Feed& feed_;
  TestFile& file_;
  SeriesSet ratios_;
  Decimal settled_; ///< the recordings have seen whole windows: on the grid of evaluations

  [[nodiscard]] Decimal roundUp(Decimal seconds) const {
    return mul(plan_.interval, stepsIn(seconds, plan_.interval));
  }
  [[nodiscard]] int64_t scrapes(Decimal seconds) const {
    return stepsIn(seconds, plan_.scrape) + 1;
  }

  /// Of each window, however little of it has passed.
  [[nodiscard]] std::vector<Expectation> ratios(Decimal at, Decimal share) const {
    return {allNear(promDuration(at), ratios_, share)};
  }

  [[nodiscard]] Expectation fires(const BurnTier& tier, Decimal at, bool yes) const {
    return firing(promDuration(at), burnAlertName(tier.severity),
                  fmt::format("{},burn={}", alertLabels(plan_), promql::quote(tier.name)),
                  yes ? 1 : 0);
  }

  void outage(const BurnTier& tier) {
    if (tier.severity != "page" || tier.threshold >= Decimal(1) || !plan_.isFine(tier.longWindow))
      return;
    Decimal healthy = roundUp(plus(tier.longWindow, settled_));
    Decimal predicted = mul(tier.threshold, tier.longWindow);
    Decimal delays = plus(plus(plan_.baseWindow, mul(plan_.interval, 3)), tier.forSeconds);
    Decimal latest = roundUp(plus(healthy, plus(predicted, delays)));
    // Recording only ever delays, so before the predicted time there is silence.
    auto whole = static_cast<int64_t>(
        model::divide(plus(healthy, predicted), plan_.interval).value_or(0).toDouble());
    Decimal earliest = mul(plan_.interval, whole);
    int64_t before = scrapes(healthy);
    test(fmt::format("full outage: tier {} fires within {}", tier.name,
                     promDuration(roundUp(plus(predicted, delays)))),
         {{0, before}, {1, scrapes(latest) - before + 1}},
         {fires(tier, earliest, false), fires(tier, latest, true)});
  }

  void test(const std::string& name, const std::vector<Stretch>& stretches,
            const std::vector<Expectation>& expected, bool neverBad = false) {
    std::vector<TestSeries> series;
    for (Feed::Series& s : feed_.series(stretches, neverBad))
      series.push_back({std::move(s.name), std::move(s.values)});
    file_.add(fmt::format("{}/{}: {}", plan_.service, plan_.name, name), promDuration(plan_.scrape),
              series, expected);
  }
};

} // namespace

bool feedable(const SloPlan& plan) {
  return Feed::of(plan).has_value();
}

void proveEvents(const SloPlan& plan, const Feed& feed, TestFile& file) {
  Tests(plan, feed, file).all();
}

void proveOutage(const SloPlan& plan, const Feed& feed, TestFile& file) {
  Tests(plan, feed, file).outage();
}

} // namespace relc::prometheus
