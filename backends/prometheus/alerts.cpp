// The alerts that the program declares itself.

#include "backends/prometheus/annotations.h"

#include "backends/prometheus/plan.h"

#include <fmt/format.h>

namespace relc::prometheus {

using model::attr;
using model::EntityId;
using model::Kind;
using model::Model;

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
    if (auto url = model.text(id, attr("dashboard")); !url.empty())
      rule.annotations.emplace_back("dashboard_url", templateText(url));
    addGuidance(model, owner, model.reference(id, attr("runbook")), rule.annotations);

    rule.origin = originOf(model, sources, id);
    group.rules.push_back(std::move(rule));
  }
  if (group.rules.empty()) return {};
  return {std::move(group)};
}

} // namespace relc::prometheus
