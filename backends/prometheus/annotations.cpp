#include "backends/prometheus/annotations.h"

#include "backends/prometheus/plan.h"

#include <fmt/format.h>

#include <algorithm>

namespace relc::prometheus {

using model::attr;
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

std::string_view ownerLabel(const Model& model, EntityId owner) {
  return model[owner].kind == Kind::journey ? "journey" : "service";
}

std::string firstParagraph(std::string_view text) {
  std::string out(text.substr(0, text.find("\n\n")));
  std::replace(out.begin(), out.end(), '\n', ' ');
  return out;
}

Labels commonLabels(const Model& model, EntityId owner, std::string_view severity) {
  EntityId component = componentOf(model, owner);
  Labels labels{{"severity", std::string(severity)},
                {std::string(ownerLabel(model, owner)), std::string(model[component].name)}};
  if (component != owner) labels.emplace_back("operation", model[owner].name);
  if (EntityId team = model::ownerOf(model, owner); team.valid())
    labels.emplace_back("team", model[team].name);
  std::string_view tier = model.text(owner, attr("tier"));
  if (tier.empty()) tier = model.text(component, attr("tier"));
  if (!tier.empty()) labels.emplace_back("tier", tier);
  return labels;
}

void addGuidance(const Model& model, EntityId owner, EntityId runbook, Labels& annotations) {
  if (runbook.valid()) {
    if (auto url = runbookUrl(model, runbook); !url.empty())
      annotations.emplace_back("runbook_url", templateText(url));
    bool said = std::any_of(annotations.begin(), annotations.end(),
                            [](const auto& a) { return a.first == "first_action"; });
    auto steps = model.childrenOf(runbook, Kind::step);
    if (!steps.empty() && !said)
      annotations.emplace_back("first_action", templateText(model.text(steps.front(), attr("do"))));
  }
  EntityId telemetry = model.block(componentOf(model, owner), Kind::telemetry);
  bool shown = std::any_of(annotations.begin(), annotations.end(),
                           [](const auto& a) { return a.first == "dashboard_url"; });
  if (!telemetry.valid() || shown) return;
  if (auto url = model.text(telemetry, attr("dashboard")); !url.empty())
    annotations.emplace_back("dashboard_url", templateText(url));
}

} // namespace relc::prometheus
