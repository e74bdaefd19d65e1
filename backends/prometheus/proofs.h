#pragma once
// Tests for `promtool test rules`, written beside the rules that they prove. Private to this
// backend.
//
// NAME.test.yaml feeds raw series at the scrape interval: what is counted, what is zero, what is
// not known, a whole outage, the examples of declared alerts; of an SLI that is no plain selector,
// that what is recorded is what its expression comes to; how long tiers wait. NAME.hours.test.yaml
// and NAME.days.test.yaml feed the recorded events and evaluate the rules once a case, so that
// months cost promtool no time: each tier just below and just above its factor, when it ends, what
// is left of the budget. NAME.calendar.test.yaml evaluates once a day, over the end of a period.
//
// Values are compared through PromQL with a tolerance, because promtool compares floats bit by bit;
// alerts through the series ALERTS, because it would want every annotation repeated.

#include "backends/emit/yaml.h"
#include "backends/prometheus/feeds.h"
#include "backends/prometheus/plan.h"
#include "backends/prometheus/recordings.h"

#include <string>
#include <string_view>
#include <vector>

namespace relc::prometheus {

/// A series of a test, with its samples in promtool's notation.
struct TestSeries {
  std::string name;
  std::string values;
};

/// An expression and the number that it must come to.
struct Expectation {
  std::string at; ///< "1h30m"
  std::string expr;
  int value = 1;
  std::string what{}; ///< a comment before it, if not empty
};

/// The tests of one file.
class TestFile {
public:
  /// Evaluates the rules of `ruleFile` every `interval` seconds.
  TestFile(std::string_view header, const std::string& ruleFile, model::Decimal interval);
  /// Groups that are evaluated in this order at each time; otherwise promtool has none.
  void order(const std::vector<SloPlan>& plans);

  /// `step`: time between samples, as promtool reads it.
  void add(const std::string& name, const std::string& step, const std::vector<TestSeries>& series,
           const std::vector<Expectation>& expected);
  /// The text, or nothing if no test was added.
  std::string finish();

private:
  std::string text_;
  emit::YamlWriter yaml_{text_};
  bool empty_ = true;
};

/// `series` has one value, near `value`: relative to a fraction, or absolute for zero.
Expectation near(const std::string& at, const std::string& series, model::Decimal value);
/// Each series of the set is near `value`, and none of them is missing.
Expectation allNear(const std::string& at, const SeriesSet& set, model::Decimal value);
/// So many series of the alert fire: `labels` are text such as `,burn="fast"`.
Expectation firing(const std::string& at, std::string_view alert, const std::string& labels,
                   int count);
/// Labels that tell the alerts of an SLO from others: `,service="checkout",slo="availability"`.
std::string alertLabels(const SloPlan& plan);

/// Can raw series be made up for the SLO?
bool feedable(const SloPlan& plan);

/// Series of a recording of events, with the labels by which the SLO is kept.
std::vector<TestSeries> recordedEvents(const SloPlan& plan, model::Decimal base, std::string total,
                                       std::string bad);
/// An event a second is fed as so many: a total that is there without any data is recorded at each
/// evaluation beside what is fed, so beside so much that it makes no difference.
model::Decimal fedUnit(const SloPlan& plan);

/// Can what is recorded at least be compared with the SLI's expression? (proof_formulas.cpp)
bool comparable(const SloPlan& plan);
void proveFormula(const SloPlan& plan, TestFile& file);
/// What follows from the fine recording, if that cannot be fed by raw series. (proof_steps.cpp)
void proveSteps(const SloPlan& plan, TestFile& file);

/// From raw series.
void proveEvents(const SloPlan& plan, const Feed& feed, TestFile& file);
void proveOutage(const SloPlan& plan, const Feed& feed, TestFile& file);
/// Tiers and budgets that are derived from the fine recording, or the others. `interval`: seconds
/// between the evaluations, longer than any of these windows.
int64_t windowsInterval(const std::vector<SloPlan>& plans, bool fine);
void proveWindows(const SloPlan& plan, bool fine, int64_t interval, TestFile& file);
/// How long tiers wait, at each evaluation. (proof_steps.cpp)
void proveWaits(const SloPlan& plan, TestFile& file);
/// Of a window by the calendar, evaluated every day.
void proveCalendar(const model::Model& model, const SloPlan& plan, TestFile& file);
void proveAbsence(const model::Model& model, const SloPlan& plan, TestFile& file);
/// Declared alerts fire on their examples.
void proveAlerts(const model::Model& model, model::EntityId owner, TestFile& file);

/// The test files of a rule file, of which some may have nothing to prove: name and text.
std::vector<std::pair<std::string, std::string>>
prove(const model::Model& model, const std::vector<SloPlan>& plans,
      const std::vector<model::EntityId>& owners, const std::string& name, std::string_view header);

} // namespace relc::prometheus
