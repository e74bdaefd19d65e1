// The alerts on the burning of a budget, one for each tier of its policy.

#include "backends/prometheus/annotations.h"
#include "backends/prometheus/recordings.h"
#include "compiler/model/burn.h"

#include <fmt/format.h>

namespace relc::prometheus {

using model::attr;
using model::Decimal;
using model::Model;

std::string burnAlertName(std::string_view severity) {
  std::string name(severity);
  if (!name.empty() && name[0] >= 'a' && name[0] <= 'z')
    name[0] = static_cast<char>(name[0] - 'a' + 'A');
  return "ErrorBudgetBurn" + name;
}

namespace {

/// `{{ … }}` of a query, with its first value as `shown` says it.
std::string lookedUp(const SloPlan& plan, std::string_view series, std::string_view shown,
                     std::string_view otherwise) {
  // Of several groups the one that the alert is about.
  std::string selector = plan.identity.selector, values;
  for (const std::string& label : plan.groups) {
    selector.insert(selector.size() - 1, joined({",", label, "=%q"}));
    values += joined({" .Labels.", label});
  }
  return joined({"{{ with printf ", promql::quote(joined({series, selector})), values,
                 " | query }}{{ . | first | value | ", shown, " }}{{ else }}", otherwise,
                 "{{ end }}"});
}

std::string exceeded(const SloPlan& plan, Decimal window, const BurnTier& tier) {
  std::string compared = fmt::format("{} > {}", ratioOf(plan, window), tier.threshold.toString());
  std::string_view label = plan.identity.names->windowLabel;
  if (label.empty()) return compared;
  return fmt::format("max without ({}) ({})", label, compared); // to be joined
}

std::string description(const SloPlan& plan, const BurnTier& tier) {
  auto percent = [](Decimal ratio) {
    return model::Quantity{ratio, model::Unit::Ratio, 1}.toString();
  };
  std::string where;
  for (const std::string& label : plan.groups)
    where += fmt::format("{}{} {{{{ .Labels.{} }}}}", where.empty() ? " in " : ", ", label, label);
  std::string period = plan.calendar.empty() ? fmt::format("over {}", promDuration(plan.period))
                                             : fmt::format("for a {}", plan.calendar);
  return fmt::format(
      "{{{{ $value | humanizePercentage }}}} of {}{} over the last {}; the objective of {} {} "
      "allows {}. The budget burns {} times as fast as it may. Budget left: {}; at this rate it "
      "lasts {}.",
      ofTime(plan.sli) ? "the time was bad" : "events failed", where, promDuration(tier.longWindow),
      percent(plan.objective), period, percent(plan.errorBudget),
      lookedUp(plan, plan.identity.names->burnRate, "printf \"%.1f\"", "?"),
      lookedUp(plan, plan.identity.names->remaining, "humanizePercentage", "not known yet"),
      lookedUp(plan, "slo:time_to_exhaustion:seconds", "humanizeDuration", "?"));
}

} // namespace

Rule burnAlert(const Model& model, const SloPlan& plan, const BurnTier& tier) {
  Rule rule;
  rule.alert = burnAlertName(tier.severity);
  rule.expr = fmt::format("{} and {}", exceeded(plan, tier.longWindow, tier),
                          exceeded(plan, tier.shortWindow, tier));
  if (tier.minFailures > 0) {
    // Half an event less: an increase is an estimate.
    rule.expr += fmt::format(" and {} * sum_over_time({}[{}]) > {}.5",
                             plan.stepFor(tier.longWindow).toString(),
                             eventsOf(plan, "bad", plan.sourceFor(tier.longWindow)),
                             promDuration(tier.longWindow), tier.minFailures - 1);
  }
  rule.forSeconds = tier.forSeconds;
  rule.labels = commonLabels(model, plan.owner, tier.severity);
  rule.labels.emplace_back("slo", plan.name);
  rule.labels.emplace_back("burn", tier.name);
  if (plan.identity.isSloth()) rule.labels.emplace_back("sloth_severity", tier.severity);

  rule.annotations.emplace_back(
      "summary", fmt::format("{}/{} spends its error budget too fast", plan.service, plan.name));
  rule.annotations.emplace_back("description", description(plan, tier));
  if (const std::string& doc = model[plan.slo].doc; !doc.empty())
    rule.annotations.emplace_back("impact", templateText(firstParagraph(doc)));
  addGuidance(model, plan.owner, model::runbookOf(model, plan.slo), rule.annotations);
  return rule;
}

} // namespace relc::prometheus
