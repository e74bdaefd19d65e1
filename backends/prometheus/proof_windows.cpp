// From recorded events to windows, tiers and budgets.
//
// The samples of a test are a little further apart than those of a real recording, so that none
// lies on the edge of a window: whether an edge belongs to it differs between Prometheus 2 and 3.

#include "backends/prometheus/annotations.h"
#include "backends/prometheus/arithmetic.h"
#include "backends/prometheus/civil_time.h"
#include "backends/prometheus/proofs.h"
#include "backends/prometheus/recordings.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace relc::prometheus {

using model::Decimal;

namespace {

constexpr int64_t dayMs = 86'400'000;

int64_t inMs(Decimal seconds) {
  return static_cast<int64_t>(mul(seconds, 1000).toDouble());
}

/// To twelve digits behind the point, so that products fit.
Decimal rounded(Decimal value) {
  return {std::llround(value.toDouble() * 1e12), -12};
}

/// Of the longest window: enough to tell apart what the rules must, and promtool reads no more than
/// 10,000 samples for an expression.
constexpr int64_t mostSamples = 500;

/// A test shows a tier this many cases at most: one after the other, as the rules are evaluated so
/// seldom that no window reaches from one case into the one before.
constexpr int64_t mostCases = 6;

/// A series of samples at 0, step, 2 step, …, looked at from `now`, 2 `now`, …: in milliseconds.
struct Samples {
  int64_t step, now;

  /// Between two looks.
  [[nodiscard]] int64_t each() const { return now / step; }
  /// Until the first look.
  [[nodiscard]] int64_t total() const { return each() + 1; }
  /// In a window at the n-th look.
  [[nodiscard]] int64_t in(int64_t window, int64_t look = 1) const {
    return look * now / step - (look * now - window) / step;
  }
};

/// With a step of at least `step`, so that all looks see the same, no sample lies on the edge of a
/// window, and the last one, if asked for, is less than `step` away.
Samples samplesFor(int64_t step, std::initializer_list<int64_t> windows, int64_t now,
                   bool lastIsNear) {
  int64_t longest = *std::max_element(windows.begin(), windows.end());
  Samples samples{0, now};
  auto fits = [&] {
    for (int64_t look = 1; look <= mostCases; ++look) {
      int64_t at = look * now, age = at % samples.step;
      if (age == 0 || at / samples.step != look * samples.each()) return false;
      if (lastIsNear && age >= step) return false;
      for (int64_t window : windows)
        if ((at - window) % samples.step == 0 || samples.in(window, look) != samples.in(window))
          return false;
    }
    return true;
  };
  // Of a step that goes into `now` nearly without a rest, all looks see the same.
  int64_t count = now / std::max(step, longest / mostSamples);
  do samples.step = now / count;
  while (!fits() && --count > 0);
  return samples;
}

/// "0+0x9 0.02+0x4", behind what is there: so many samples of each value.
void addRuns(std::string& text, std::initializer_list<std::pair<Decimal, int64_t>> parts,
             Decimal unit) {
  for (const auto& [value, count] : parts)
    if (count > 0)
      text += joined(
          {text.empty() ? "" : " ", mul(value, unit).toString(), "+0x", std::to_string(count - 1)});
}

std::string runs(std::initializer_list<std::pair<Decimal, int64_t>> parts, Decimal unit) {
  std::string text;
  addRuns(text, parts, unit);
  return text;
}

/// The samples for both windows of a tier.
struct Course {
  Samples samples;
  /// The short window is derived from the fine recording and the long one from the coarse: then
  /// both are fed, and the rules add a sample to the coarse one, made of the last fine one alone: a
  /// tenth of a sample at most, which no test is so close to.
  bool mixed = false;
  int64_t inLong = 0;
  int64_t inShort = 0;
};

class Windows {
public:
  /// `now` is when the rules are evaluated for the first time but zero.
  Windows(const SloPlan& plan, int64_t now, TestFile& file)
      : plan_(plan), now_(now), file_(file), unit_(fedUnit(plan)) {}

  /// Tiers whose windows are derived from the fine recording; or all others, and the budget.
  void all(bool fine) {
    for (const BurnTier& tier : plan_.tiers) {
      if (plan_.isFine(tier.longWindow) != fine) continue;
      Course course = courseOf(tier);
      std::vector<Case> cases;
      fires(tier, course, cases);
      ends(tier, course, cases);
      guarded(tier, course, cases);
      if (!cases.empty()) show(tier, course, cases);
    }
    if (plan_.calendar.empty() && plan_.isFine(plan_.period) == fine) budget();
  }

  /// What was spent in one period is no debt of the next. promtool's clock begins on 1970-01-01, a
  /// Thursday; or west of UTC on the day before.
  void calendar(bool eastOfUtc) {
    struct Row {
      std::string_view name;
      int64_t before, after; ///< days: in one period, and in the next
    };
    static constexpr Row rows[] = {{"week", 10, 12}, {"month", 30, 32}, {"quarter", 89, 91}};
    const Row* row = std::find_if(std::begin(rows), std::end(rows),
                                  [&](const Row& r) { return r.name == plan_.calendar; });
    if (row == std::end(rows)) return;
    constexpr int64_t minutes = 4; // divides the day, and is less than promtool looks back
    Samples samples{minutes * 60'000, row->after * dayMs};
    int64_t burning = (row->before * dayMs + dayMs / 2) / samples.step;
    Decimal share = std::min(Decimal(1), mul(plan_.errorBudget, 2));
    Decimal left = minus(1, over(share, plan_.errorBudget));
    // The evaluations of the new period: at midnight and a day later, in UTC.
    Decimal counted = mul(plan_.coarseInterval, eastOfUtc ? 2 : 1);
    std::string before = promql::formatDuration(row->before * dayMs),
                after = promql::formatDuration(row->after * dayMs);
    add(fmt::format("a new budget with each {}", row->name), samples,
        recordedEvents(plan_, plan_.coarseInterval, runs({{1, samples.total()}}, unit_),
                       runs({{share, burning}, {0, samples.total() - burning}}, unit_)),
        {near(before, plan_.identity.series(plan_.identity.names->objective), plan_.objective),
         near(before, plan_.identity.series(plan_.identity.names->budget), plan_.errorBudget),
         near(before, periodRatioOf(plan_), share),
         near(before, plan_.identity.series(plan_.identity.names->remaining), left),
         near(after, periodRatioOf(plan_), 0),
         near(after, plan_.identity.series(plan_.identity.names->remaining), 1),
         near(after, plan_.identity.series(fmt::format("slo:events_total:increase_{}", row->name)),
              counted),
         near(after, plan_.identity.series(amountLeft(plan_)), mul(plan_.errorBudget, counted))});
  }

private:
  const SloPlan& plan_;
  int64_t now_; ///< milliseconds
  TestFile& file_;
  Decimal unit_; ///< an event a second is fed as so many

  void add(std::string_view name, const Samples& samples, std::vector<TestSeries> series,
           const std::vector<Expectation>& expected) {
    file_.add(fmt::format("{}/{}: {}", plan_.service, plan_.name, name),
              promql::formatDuration(samples.step), series, expected);
  }

  [[nodiscard]] Course courseOf(const BurnTier& tier) const {
    int64_t longWindow = inMs(tier.longWindow), shortWindow = inMs(tier.shortWindow);
    bool mixed = plan_.isFine(tier.longWindow) != plan_.isFine(tier.shortWindow);
    Course course{
        samplesFor(inMs(plan_.stepFor(tier.longWindow)), {longWindow, shortWindow}, now_, mixed),
        mixed};
    course.inLong = course.samples.in(longWindow);
    course.inShort = course.samples.in(shortWindow);
    return course;
  }

  /// What a tier sees, in bad events a second.
  struct Run {
    Decimal total;  ///< events a second
    Decimal before; ///< in the long window, up to the last samples
    Decimal then;   ///< in the last samples
    int64_t last = 0;
  };
  struct Case {
    std::string what;
    bool active;
    Run run;
  };

  /// Everything fails before the long window begins: a rule that looks back further sees that.
  void show(const BurnTier& tier, const Course& course, const std::vector<Case>& cases) {
    const Samples& samples = course.samples;
    int64_t inside = course.inLong, older = std::min(samples.each() - inside, inside);
    // One that waits (`for`) is pending at its first evaluation.
    std::string alerts =
        joined({"count(ALERTS{alertname=", promql::quote(burnAlertName(tier.severity)),
                alertLabels(plan_), ",burn=", promql::quote(tier.name), "}) or vector(0)"});
    std::string total, bad;
    std::vector<Expectation> expected;
    int64_t missing = samples.total() - inside - older; // nothing at zero, before the first case
    for (const Case& one : cases) {
      const Run& run = one.run;
      for (std::string* text : {&total, &bad})
        if (missing > 0) *text += joined({text->empty() ? "_x" : " _x", std::to_string(missing)});
      Decimal much = mul(run.total, 10);
      addRuns(total, {{much, older}, {run.total, inside}}, unit_);
      addRuns(bad, {{much, older}, {run.before, inside - run.last}, {run.then, run.last}}, unit_);
      missing = samples.each() - inside - older;
      auto look = static_cast<int64_t>(expected.size()) + 1;
      expected.push_back(
          {promql::formatDuration(look * samples.now), alerts, one.active ? 1 : 0, one.what});
    }
    auto series = recordedEvents(plan_, plan_.sourceFor(tier.longWindow), total, bad);
    if (course.mixed)
      for (TestSeries& s : recordedEvents(plan_, plan_.sourceFor(tier.shortWindow), total, bad))
        series.push_back(std::move(s));
    add(joined({"tier ", tier.name}), samples, std::move(series), expected);
  }

  /// With the last `k` of `n` samples of the long window bad at a share of t n ÷ (k − ½), the ratio
  /// is just above the threshold t, and with one sample less just below.
  static void fires(const BurnTier& tier, const Course& course, std::vector<Case>& cases) {
    int64_t n = course.inLong;
    auto share = [&](int64_t k) {
      return over(mul(rounded(tier.threshold), n), plus(k, {-5, -1}));
    };
    int64_t k = std::max(n / 2, course.inShort + 2);
    if (share(k) > Decimal(1)) k = static_cast<int64_t>(mul(tier.threshold, n).toDouble() + 1.5);
    if (k > n || share(k) > Decimal(1)) return; // no error ratio reaches it: REL2004
    std::string factor = tier.factor.toString();
    for (bool above : {false, true})
      cases.push_back({joined({above ? "fires" : "is silent", " at a burn rate just ",
                               above ? "above " : "below ", factor}),
                       above,
                       {.total = 1, .before = 0, .then = share(k), .last = above ? k : k - 1}});
  }

  /// After a long burning it goes on until the short window has recovered: with `h` of its samples
  /// healthy again its ratio is just above or just below the threshold.
  static void ends(const BurnTier& tier, const Course& course, std::vector<Case>& cases) {
    int64_t inShort = course.inShort;
    auto burning = [&](int64_t healthy, bool above) {
      Decimal ratio =
          rounded(mul(rounded(tier.threshold), above ? Decimal{102, -2} : Decimal{98, -2}));
      return over(mul(ratio, inShort), inShort - healthy);
    };
    int64_t healthy = inShort / 2;
    while (healthy > 0 && burning(healthy, true) > Decimal(1)) --healthy;
    if (healthy == 0 || inShort >= course.inLong) return;
    for (bool above : {true, false}) {
      Decimal share = burning(healthy, above);
      // The long window must not be what ends it.
      if (share.toDouble() * static_cast<double>(course.inLong - healthy - 1) <
          tier.threshold.toDouble() * static_cast<double>(course.inLong))
        return;
      cases.push_back({joined({above ? "still fires " : "has ended ",
                               promql::formatDuration(healthy * course.samples.step / 1000 * 1000),
                               " after the burning ended"}),
                       above,
                       {.total = 1, .before = share, .then = 0, .last = healthy}});
    }
  }

  /// With little traffic it waits for some failures, whatever their share.
  void guarded(const BurnTier& tier, const Course& course, std::vector<Case>& cases) const {
    if (tier.minFailures == 0 || tier.threshold >= Decimal(1)) return;
    if (plan_.events.constantTotal) return; // what is fed is not in single events
    Decimal step = plan_.stepFor(tier.longWindow);
    Decimal share = std::min(Decimal(1), mul(rounded(tier.threshold), 2));
    for (bool enough : {false, true}) {
      int64_t failures = enough ? tier.minFailures : tier.minFailures - 1;
      Decimal bad = over(failures, mul(step, course.inLong));
      cases.push_back(
          {fmt::format("{} {} in its long window", enough ? "fires on" : "is silent at",
                       failures == 1 ? "one failure" : fmt::format("{} failures", failures)),
           enough,
           {.total = over(bad, share), .before = bad, .then = bad, .last = 1}});
    }
  }

  /// A quarter of the window burns twice the budget: half of it is spent.
  void budget() {
    int64_t period = inMs(plan_.period);
    Decimal step = plan_.stepFor(plan_.period);
    Samples samples = samplesFor(inMs(step), {period}, now_, false);
    int64_t n = samples.in(period), burning = n / 4;
    int64_t older = std::min(samples.total() - 1 - n, n);
    Decimal share = std::min(Decimal(1), mul(plan_.errorBudget, 2));
    Decimal ratio = over(mul(share, burning), n);
    Decimal left = minus(1, over(ratio, plan_.errorBudget));
    Decimal events = mul(mul(step, unit_), minus(mul(plan_.errorBudget, n), mul(share, burning)));
    std::string at = promql::formatDuration(samples.now);
    std::string missing = fmt::format("_x{} ", samples.total() - n - older);
    add("what is left of the budget", samples,
        recordedEvents(plan_, plan_.sourceFor(plan_.period),
                       missing + runs({{1, older + n}}, unit_),
                       missing + runs({{1, older}, {0, n - burning}, {share, burning}}, unit_)),
        {near(at, periodRatioOf(plan_), ratio),
         near(at, plan_.identity.series(plan_.identity.names->remaining), left),
         near(at, plan_.identity.series(amountLeft(plan_)), events),
         near(at, plan_.identity.series(plan_.identity.names->objective), plan_.objective),
         near(at, plan_.identity.series(plan_.identity.names->budget), plan_.errorBudget)});
  }
};

} // namespace

Decimal fedUnit(const SloPlan& plan) {
  return plan.events.constantTotal ? Decimal(1, 18) : Decimal(1);
}

std::vector<TestSeries> recordedEvents(const SloPlan& plan, Decimal base, std::string total,
                                       std::string bad) {
  std::vector<TestSeries> series;
  for (auto& [kind, values] :
       {std::pair("total", std::move(total)), std::pair("bad", std::move(bad))}) {
    std::string name = eventsOf(plan, kind, base);
    for (const std::string& group : plan.groups)
      name.insert(name.size() - 1, fmt::format(",{}=\"a\"", group));
    series.push_back({std::move(name), values});
  }
  return series;
}

int64_t windowsInterval(const std::vector<SloPlan>& plans, bool fine) {
  Decimal longest = 0;
  for (const SloPlan& plan : plans) {
    if (plan.calendar.empty() && plan.isFine(plan.period) == fine)
      longest = std::max(longest, plan.period);
    for (const BurnTier& tier : plan.tiers)
      if (plan.isFine(tier.longWindow) == fine) longest = std::max(longest, tier.longWindow);
  }
  return (inMs(longest) / dayMs + 1) * dayMs / 1000;
}

void proveWindows(const SloPlan& plan, bool fine, int64_t interval, TestFile& file) {
  Windows(plan, interval * 1000, file).all(fine);
}

void proveCalendar(const model::Model& model, const SloPlan& plan, TestFile& file) {
  Windows(plan, 0, file).calendar(utcOffset(zoneOf(model), model.now) >= 0);
}

} // namespace relc::prometheus
