// Alerts and what stands in their labels and annotations.

#include "backends/prometheus/slo.h"

#include <fmt/format.h>

#include <algorithm>

namespace relc::prometheus {

using model::attr;
using model::Decimal;
using model::EntityId;
using model::Kind;
using model::Model;

std::string templateText(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i, 2) == "{{") {
      out += "{{\"{{\"}}";
      ++i;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::string runbookUrl(const Model& model, EntityId runbook) {
  if (!runbook.valid()) return {};
  if (auto url = model.text(runbook, attr("url")); !url.empty()) return std::string(url);
  std::string_view base = model.text(model.block(model.system, Kind::runbooks), attr("url"));
  if (base.empty()) return {};
  return fmt::format("{}{}{}", base, base.ends_with('/') ? "" : "/", model[runbook].name);
}

std::string ownerLabel(const Model& model, EntityId owner) {
  return model[owner].kind == Kind::journey ? "journey" : "service";
}

EntityId componentOf(const Model& model, EntityId owner) {
  return model[owner].kind == Kind::operation ? model[owner].parent : owner;
}

namespace {

/// The first paragraph of a doc comment on one line.
std::string firstParagraph(std::string_view text) {
  std::string out(text.substr(0, text.find("\n\n")));
  std::replace(out.begin(), out.end(), '\n', ' ');
  return out;
}

/// What every alert of an owner carries, so that routes can be built on it.
Labels commonLabels(const Model& model, EntityId owner, std::string_view severity) {
  EntityId component = componentOf(model, owner);
  Labels labels{{"severity", std::string(severity)},
                {ownerLabel(model, owner), std::string(model[component].name)}};
  if (component != owner) labels.emplace_back("operation", model[owner].name);
  if (EntityId team = model::ownerOf(model, owner); team.valid())
    labels.emplace_back("team", model[team].name);
  std::string_view tier = model.text(owner, attr("tier"));
  if (tier.empty()) tier = model.text(component, attr("tier"));
  if (!tier.empty()) labels.emplace_back("tier", tier);
  return labels;
}

void addRunbook(const Model& model, EntityId runbook, Labels& annotations) {
  if (!runbook.valid()) return;
  if (auto url = runbookUrl(model, runbook); !url.empty())
    annotations.emplace_back("runbook_url", templateText(url));
  bool said = std::any_of(annotations.begin(), annotations.end(),
                          [](const auto& a) { return a.first == "first_action"; });
  auto steps = model.childrenOf(runbook, Kind::step);
  if (!steps.empty() && !said)
    annotations.emplace_back("first_action", templateText(model.text(steps.front(), attr("do"))));
}

} // namespace

std::string burnAlertName(std::string_view severity) {
  std::string name(severity);
  if (!name.empty() && name[0] >= 'a' && name[0] <= 'z')
    name[0] = static_cast<char>(name[0] - 'a' + 'A');
  return "ErrorBudgetBurn" + name;
}

Rule burnAlert(const Model& model, const SloPlan& plan, const BurnTier& tier) {
  std::string selector = sloSelector(plan);
  std::string threshold = tier.threshold.toString();
  Rule rule;
  rule.alert = burnAlertName(tier.severity);
  rule.expr = fmt::format("{}{} > {} and {}{} > {}", ratioSeries(tier.longWindow), selector,
                          threshold, ratioSeries(tier.shortWindow), selector, threshold);
  rule.forSeconds = tier.forSeconds;
  rule.labels = commonLabels(model, plan.owner, tier.severity);
  rule.labels.emplace_back("slo", plan.name);
  rule.labels.emplace_back("burn", tier.name);

  std::string path = fmt::format("{}/{}", plan.service, plan.name);
  std::string objective = model::Quantity{plan.objective, model::Unit::Ratio, 1}.toString();
  std::string budget = model::Quantity{plan.errorBudget, model::Unit::Ratio, 1}.toString();
  std::string period = promDuration(plan.period);
  Decimal exhaustion = model::divide(plan.period, tier.factor).value_or(0);
  rule.annotations.emplace_back("summary",
                                fmt::format("{} spends its error budget too fast", path));
  std::string remaining = fmt::format("slo:error_budget_remaining:ratio{}", selector);
  rule.annotations.emplace_back(
      "description",
      fmt::format("{{{{ $value | humanizePercentage }}}} of {} over the last {}; the objective of "
                  "{} over {} "
                  "allows {}. At {} times that rate a whole budget lasts {}. Budget left: "
                  "{{{{ with printf {} | query }}}}{{{{ . | first | value | humanizePercentage "
                  "}}}}{{{{ else }}}}not known yet{{{{ end }}}}.",
                  ofTime(plan.sli) ? "the time was bad" : "events failed",
                  promDuration(tier.longWindow), objective, period, budget, tier.factor.toString(),
                  promDuration(Decimal(static_cast<int64_t>(exhaustion.toDouble()))),
                  promql::quote(remaining)));
  if (const std::string& doc = model[plan.slo].doc; !doc.empty())
    rule.annotations.emplace_back("impact", templateText(firstParagraph(doc)));
  EntityId runbook = model.reference(plan.slo, attr("runbook"));
  EntityId component = componentOf(model, plan.owner);
  if (auto own = model.childrenOf(component, Kind::runbook); !runbook.valid() && own.size() == 1)
    runbook = own.front(); // the component has one for whatever happens to it
  addRunbook(model, runbook, rule.annotations);
  return rule;
}

std::vector<Group> alertGroups(const Model& model, const source::SourceManager& sources,
                               EntityId owner) {
  std::string name(model[owner].name);
  if (EntityId component = componentOf(model, owner); component != owner)
    name = fmt::format("{}.{}", model[component].name, name);
  Group group{fmt::format("{}-alerts", name),
              model::evaluationInterval(model),
              originOf(model, sources, owner),
              {},
              {}};
  for (EntityId id : model.childrenOf(owner, Kind::alert)) {
    const model::Query* query = model.query(id, attr("when"));
    if (!query || model[id].broken) continue;
    std::string_view severity = model.text(id, attr("severity"));
    if (severity.empty()) continue;
    Rule rule;
    rule.alert = model[id].name;
    rule.expr = promql::print(query->expr);
    rule.forSeconds = model.duration(id, attr("for")).value_or(0);
    rule.keepFiringFor = model.duration(id, attr("keep_firing_for")).value_or(0);
    rule.labels = commonLabels(model, owner, severity);
    std::string_view symptom = model.text(id, attr("symptom"));
    const std::string& doc = model[id].doc;
    std::string summary = !symptom.empty() ? std::string(symptom)
                          : !doc.empty()   ? firstParagraph(doc)
                                           : model.path(id);
    rule.annotations.emplace_back("summary", templateText(summary));
    if (!doc.empty()) rule.annotations.emplace_back("description", templateText(doc));
    std::string impact;
    for (const auto& value : model.listOf(id, attr("impact")))
      if (const auto* target = value.as<EntityId>())
        impact += (impact.empty() ? "" : ", ") + model.path(*target);
    if (!impact.empty()) rule.annotations.emplace_back("impact", impact);
    std::string_view first = model.text(id, attr("first_action"));
    if (!first.empty()) rule.annotations.emplace_back("first_action", templateText(first));
    addRunbook(model, model.reference(id, attr("runbook")), rule.annotations);

    rule.origin = originOf(model, sources, id);
    group.rules.push_back(std::move(rule));
  }
  if (group.rules.empty()) return {};
  return {std::move(group)};
}

} // namespace relc::prometheus
