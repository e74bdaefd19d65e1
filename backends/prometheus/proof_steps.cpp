// What the rules make of recorded events at each evaluation: of an SLI of which no raw series with
// known rates can be made up, all that follows from the fine recording; of any, how long tiers
// wait.
//
// Samples lie a millisecond further apart than the evaluations, so that what is fed and what the
// rules record by themselves never meet.

#include "backends/prometheus/annotations.h"
#include "backends/prometheus/arithmetic.h"
#include "backends/prometheus/proofs.h"
#include "backends/prometheus/recordings.h"

#include <fmt/format.h>

namespace relc::prometheus {

using model::Decimal;

namespace {

int64_t inMs(Decimal seconds) {
  return static_cast<int64_t>(mul(seconds, 1000).toDouble());
}

class Steps {
public:
  Steps(const SloPlan& plan, TestFile& file) : plan_(plan), file_(file) {}

  /// As Tests::all() of proof_events.cpp, from the fine recording on.
  void all() {
    // The coarse interval lies well inside.
    const int64_t steps = 2 * plan_.slices + 2;
    const std::string at = promDuration(mul(plan_.interval, steps));
    const auto series = [&](std::string_view name) { return plan_.identity.series(name); };
    const SeriesSet ratios = allRatiosOf(plan_);

    Decimal half = mul(plan_.errorBudget, {5, -1});
    // The last samples, and those that are older than the coarse interval.
    const int64_t step = inMs(plan_.interval) + 1, now = inMs(plan_.interval) * steps;
    const int64_t inside = now / step - (now - inMs(plan_.coarseInterval)) / step;
    Decimal coarse = over(mul(fedUnit(plan_), inside), plan_.slices);
    add("the budget burns at half its rate", steps, 1, half,
        {allNear(at, ratios, half),
         near(at, eventsOf(plan_, "total", plan_.coarseInterval), coarse),
         near(at, eventsOf(plan_, "bad", plan_.coarseInterval), mul(coarse, half)),
         near(at, series(plan_.identity.names->burnRate), {5, -1}),
         near(at, series(plan_.identity.names->remaining), {5, -1}),
         near(at, series("slo:time_to_exhaustion:seconds"), plan_.period)});
    add("nothing fails", steps, 1, 0,
        {allNear(at, ratios, 0),
         {at,
          fmt::format("count(ALERTS{{alertname={}{}}}) or vector(0)",
                      promql::quote(absenceAlertName), alertLabels(plan_)),
          0}});
    if (!model::ofTime(plan_.sli))
      add("idle: zero, not NaN", steps, 0, 0, {allNear(at, ratios, 0)});
  }

  /// A tier that waits is silent until its condition has lasted as long, and fires at once then. It
  /// holds as soon as there are samples: of a window that has only begun, what is there counts.
  void waits() {
    constexpr int64_t longest = 6 * 3600; // of evaluations, which cost promtool too much
    for (const BurnTier& tier : plan_.tiers) {
      if (tier.forSeconds <= Decimal(0) || tier.forSeconds > Decimal(longest) ||
          tier.threshold >= Decimal(1))
        continue;
      // The first sample is fed just after the first evaluation but zero, so the second one sees
      // it; where the total is always there, the one at zero may see that.
      const int64_t steps = stepsIn(tier.forSeconds, plan_.interval), last = steps + 2;
      const int64_t silent = plan_.events.constantTotal ? steps - 1 : last - 1;
      constexpr int64_t many = 1'000'000; // more failures than any tier asks for
      auto fires = [&](int64_t step, int count) {
        return firing(promDuration(mul(plan_.interval, step)), burnAlertName(tier.severity),
                      fmt::format("{},burn={}", alertLabels(plan_), promql::quote(tier.name)),
                      count);
      };
      std::vector<Decimal> bases{plan_.sourceFor(tier.longWindow)};
      if (plan_.sourceFor(tier.shortWindow) != bases[0])
        bases.push_back(plan_.sourceFor(tier.shortWindow));
      add(fmt::format("tier {} waits {}", tier.name, promDuration(tier.forSeconds)), last, many,
          many, {fires(silent, 0), fires(last, 1)}, bases);
    }
  }

private:
  const SloPlan& plan_;
  TestFile& file_;

  /// The same at all times, until the evaluation of that number.
  void add(const std::string& name, int64_t steps, Decimal total, Decimal bad,
           const std::vector<Expectation>& expected, std::vector<Decimal> bases = {}) {
    if (bases.empty()) bases.push_back(plan_.baseWindow);
    auto values = [&](Decimal value) {
      return fmt::format("_ {}+0x{}", mul(value, fedUnit(plan_)).toString(), steps - 1);
    };
    std::vector<TestSeries> series;
    for (Decimal base : bases)
      for (TestSeries& s : recordedEvents(plan_, base, values(total), values(bad)))
        series.push_back(std::move(s));
    file_.add(fmt::format("{}/{}: {}", plan_.service, plan_.name, name),
              promql::formatDuration(inMs(plan_.interval) + 1), series, expected);
  }
};

} // namespace

void proveSteps(const SloPlan& plan, TestFile& file) {
  Steps(plan, file).all();
}

void proveWaits(const SloPlan& plan, TestFile& file) {
  Steps(plan, file).waits();
}

} // namespace relc::prometheus
