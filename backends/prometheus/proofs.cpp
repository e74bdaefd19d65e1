#include "backends/prometheus/proofs.h"

#include "backends/prometheus/annotations.h"
#include "backends/prometheus/recordings.h"

#include <fmt/format.h>

#include <algorithm>

namespace relc::prometheus {

using model::attr;
using model::Decimal;
using model::EntityId;
using model::Kind;
using model::Model;

TestFile::TestFile(std::string_view header, const std::string& ruleFile, Decimal interval) {
  text_.reserve(32 * 1024);
  yaml_.comment(header).beginMap();
  yaml_.key("rule_files").beginList().value("../" + ruleFile).endList();
  yaml_.entry("evaluation_interval", promDuration(interval));
}

void TestFile::order(const std::vector<SloPlan>& plans) {
  yaml_.key("group_eval_order").beginList();
  for (const SloPlan& plan : plans)
    for (bool fine : {true, false}) yaml_.value(groupName(plan, fine));
  yaml_.endList();
}

void TestFile::add(const std::string& name, const std::string& step,
                   const std::vector<TestSeries>& series,
                   const std::vector<Expectation>& expected) {
  if (empty_) yaml_.key("tests").beginList();
  empty_ = false;
  yaml_.beginMap().entry("name", name).entry("interval", step);
  yaml_.key("input_series").beginList();
  for (const TestSeries& s : series)
    yaml_.beginMap().entry("series", s.name).entry("values", s.values).endMap();
  yaml_.endList();
  yaml_.key("promql_expr_test").beginList();
  for (const Expectation& e : expected) {
    if (!e.what.empty()) yaml_.comment(e.what);
    yaml_.beginMap().entry("expr", e.expr).entry("eval_time", e.at);
    // Of no labels, which is what promtool takes for granted.
    yaml_.key("exp_samples").beginList();
    yaml_.beginMap().entry("value", e.value).endMap();
    yaml_.endList().endMap();
  }
  yaml_.endList().endMap();
}

std::string TestFile::finish() {
  if (empty_) return {};
  yaml_.endList().endMap();
  return std::move(text_);
}

namespace {

double toleranceOf(Decimal value) {
  return value == Decimal(0) ? 1e-9 : std::abs(value.toDouble()) * 1e-9;
}

} // namespace

Expectation near(const std::string& at, const std::string& series, Decimal value) {
  return {at,
          fmt::format("sum(abs({} - {}) < bool {})", series,
                      value < Decimal(0) ? fmt::format("({})", value.toString()) : value.toString(),
                      promql::formatNumber(toleranceOf(value))),
          1};
}

Expectation allNear(const std::string& at, const SeriesSet& set, Decimal value) {
  double middle = value.toDouble(), tolerance = toleranceOf(value);
  return {at,
          fmt::format("count({} > {} < {})", set.selector, promql::formatNumber(middle - tolerance),
                      promql::formatNumber(middle + tolerance)),
          set.count};
}

Expectation firing(const std::string& at, std::string_view alert, const std::string& labels,
                   int count) {
  return {at,
          fmt::format("count(ALERTS{{alertname={},alertstate=\"firing\"{}}}) or vector(0)",
                      promql::quote(alert), labels),
          count};
}

std::string alertLabels(const SloPlan& plan) {
  // As the rule has them, which are relc's in any naming.
  return joined(
      {",", plan.ownerLabel, "=", promql::quote(plan.service), ",slo=", promql::quote(plan.name)});
}

void proveAlerts(const Model& model, EntityId owner, TestFile& file) {
  for (EntityId alert : model.childrenOf(owner, Kind::alert)) {
    if (model[alert].broken || !model.query(alert, attr("when"))) continue;
    std::vector<TestSeries> series;
    Decimal after = 0;
    for (EntityId example : model.childrenOf(alert, Kind::example)) {
      series.push_back({std::string(model.text(example, attr("series"))),
                        std::string(model.text(example, attr("values")))});
      after = std::max(after, model.duration(example, attr("after")).value_or(0));
    }
    if (series.empty()) continue;
    std::string labels;
    for (const auto& [name, value] :
         commonLabels(model, owner, model.text(alert, attr("severity"))))
      labels += fmt::format(",{}={}", name, promql::quote(value));
    file.add(fmt::format("{} fires on its example", model.path(alert)),
             promDuration(model::evaluationInterval(model)), series,
             {{promDuration(after),
               fmt::format("count(count by (alertname) (ALERTS{{alertname={},"
                           "alertstate=\"firing\"{}}}))",
                           promql::quote(model[alert].name), labels),
               1}});
  }
}

void proveAbsence(const Model& model, const SloPlan& plan, TestFile& file) {
  constexpr int64_t longest = 6 * 3600; // hours of silence cost promtool too much
  auto alert = absenceAlert(model, plan);
  if (!alert || alert->forSeconds > Decimal(longest)) return;
  if (alert->expr.find("and on ()") != alert->expr.npos) return; // not at all hours
  Decimal after = model::add(alert->forSeconds, plan.interval).value_or(alert->forSeconds);
  file.add(fmt::format("{}/{}: silence is told", plan.service, plan.name),
           promDuration(plan.interval), {},
           {firing(promDuration(after), absenceAlertName, alertLabels(plan), 1)});
}

std::vector<std::pair<std::string, std::string>>
prove(const Model& model, const std::vector<SloPlan>& plans, const std::vector<EntityId>& owners,
      const std::string& name, std::string_view header) {
  constexpr int64_t day = 86400;
  auto begin = [&](std::string_view kind, Decimal interval) {
    return TestFile(fmt::format("{}\nRun: promtool test rules {}{}.test.yaml", header, name, kind),
                    name + ".rules.yaml", interval);
  };
  const int64_t soon = windowsInterval(plans, true), late = windowsInterval(plans, false);
  TestFile events = begin("", model::evaluationInterval(model)), hours = begin(".hours", soon),
           days = begin(".days", late), calendar = begin(".calendar", day);
  auto waits = [](const BurnTier& tier) { return tier.forSeconds > Decimal(0); };
  if (std::any_of(plans.begin(), plans.end(), [&](const SloPlan& plan) {
        return std::any_of(plan.tiers.begin(), plan.tiers.end(), waits);
      }))
    events.order(plans);
  hours.order(plans);
  days.order(plans);
  std::vector<EntityId> policies;
  for (const SloPlan& plan : plans) {
    const std::optional<Feed> feed = Feed::of(plan);
    if (feed) {
      proveEvents(plan, *feed, events);
    } else {
      proveFormula(plan, events);
      proveSteps(plan, events);
    }
    // From raw series once for a policy: hours of evaluations cost promtool seconds.
    EntityId policy = model::burnPolicyOf(model, plan.slo);
    if (feed && std::find(policies.begin(), policies.end(), policy) == policies.end()) {
      policies.push_back(policy);
      proveOutage(plan, *feed, events);
    }
    proveAbsence(model, plan, events);
    proveWaits(plan, events);
    proveWindows(plan, true, soon, hours);
    proveWindows(plan, false, late, days);
    // A total that is always there is recorded by the rules themselves, whatever is fed.
    if (!plan.calendar.empty() && !plan.events.constantTotal) proveCalendar(model, plan, calendar);
  }
  for (EntityId owner : owners) proveAlerts(model, owner, events);
  std::vector<std::pair<std::string, std::string>> files;
  for (auto [kind, file] : {std::pair("", &events), std::pair(".calendar", &calendar),
                            std::pair(".days", &days), std::pair(".hours", &hours)})
    if (std::string text = file->finish(); !text.empty())
      files.emplace_back(fmt::format("{}{}.test.yaml", name, kind), std::move(text));
  return files;
}

} // namespace relc::prometheus
