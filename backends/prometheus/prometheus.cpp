#include "backends/prometheus/prometheus.h"

#include "backends/emit/parallel.h"
#include "backends/emit/yaml.h"
#include "backends/prometheus/annotations.h"
#include "backends/prometheus/proofs.h"
#include "backends/prometheus/recordings.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <stdexcept>

namespace relc::prometheus {

using model::attr;
using model::EntityId;
using model::Kind;
using model::Model;

namespace {

void write(emit::YamlWriter& yaml, const Labels& labels, std::string_view key) {
  if (labels.empty()) return;
  yaml.key(key).beginMap();
  for (const auto& [name, value] : labels) yaml.entry(name, value);
  yaml.endMap();
}

void write(emit::YamlWriter& yaml, const Rule& rule) {
  if (!rule.origin.empty()) yaml.comment(rule.origin);
  yaml.beginMap();
  if (!rule.record.empty())
    yaml.entry("record", rule.record);
  else
    yaml.entry("alert", rule.alert);
  yaml.entry("expr", rule.expr);
  if (rule.forSeconds > model::Decimal(0)) yaml.entry("for", promDuration(rule.forSeconds));
  if (rule.keepFiringFor > model::Decimal(0))
    yaml.entry("keep_firing_for", promDuration(rule.keepFiringFor));
  write(yaml, rule.labels, "labels");
  write(yaml, rule.annotations, "annotations");
  yaml.endMap();
}

void write(emit::YamlWriter& yaml, const std::vector<Group>& groups) {
  yaml.key("groups").beginList();
  for (const Group& group : groups) {
    yaml.comment(group.origin);
    if (!group.doc.empty()) yaml.comment(group.doc);
    yaml.beginMap().entry("name", group.name).entry("interval", promDuration(group.interval));
    yaml.key("rules").beginList();
    for (const Rule& rule : group.rules) write(yaml, rule);
    yaml.endList().endMap();
  }
  yaml.endList();
}

std::string ruleFile(const std::vector<Group>& groups, std::string_view header) {
  std::string out;
  emit::YamlWriter yaml(out);
  yaml.comment(header).beginMap();
  write(yaml, groups);
  yaml.endMap();
  return out;
}

/// A name of an object in Kubernetes: RFC 1123, lower case, of at most 253 characters.
std::string objectName(std::string_view name) {
  std::string out;
  for (char c : name.substr(0, 200)) {
    bool upper = c >= 'A' && c <= 'Z';
    bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.';
    out += upper ? static_cast<char>(c - 'A' + 'a') : plain ? c : '-';
  }
  while (!out.empty() && (out.back() == '-' || out.back() == '.')) out.pop_back();
  return out;
}

/// The same rules as an object of the Prometheus operator.
std::string ruleObject(const Model& model, EntityId kubernetes, const std::string& name,
                       const std::vector<Group>& groups, std::string_view header) {
  std::string out;
  emit::YamlWriter yaml(out);
  yaml.comment(header).beginMap();
  yaml.entry("apiVersion", "monitoring.coreos.com/v1").entry("kind", "PrometheusRule");
  yaml.key("metadata").beginMap().entry("name", objectName(name));
  if (auto space = model.text(kubernetes, attr("namespace")); !space.empty())
    yaml.entry("namespace", space);
  if (const auto* labels = model.attribute(kubernetes, attr("rule_labels")))
    if (const auto* selector = labels->value.as<model::SelectorRef>()) {
      yaml.key("labels").beginMap();
      for (const promql::Matcher& matcher : model.selectors[selector->index])
        yaml.entry(matcher.label, matcher.value);
      yaml.endMap();
    }
  yaml.endMap().key("spec").beginMap();
  write(yaml, groups);
  yaml.endMap().endMap();
  return out;
}

/// Is the SLO, and what it is measured by, free of findings?
bool usable(const Model& model, EntityId slo) {
  auto sli = model::sliOf(model, slo);
  return !model[slo].broken && sli && !model[sli->entity].broken;
}

/// What comes of one component or journey.
struct Made {
  std::vector<emit::OutputFile> files;
  Cost cost; ///< of all its SLOs
  size_t slos = 0;
};

Made madeOf(const Model& model, const source::SourceManager& sources, const Options& options,
            EntityId owner) {
  Made made;
  std::vector<SloPlan> plans;
  std::vector<Group> groups;
  std::vector<std::string> origins{originOf(model, sources, owner)};
  std::vector<EntityId> parts = model.childrenOf(owner, Kind::operation);
  parts.insert(parts.begin(), owner);
  std::vector<EntityId> slos;
  for (EntityId part : parts)
    for (EntityId slo : model.childrenOf(part, Kind::slo)) slos.push_back(slo);
  for (EntityId slo : slos) {
    auto plan = planSlo(model, slo);
    // A promise must not get lost in silence: whatever keeps it from being measured is a finding.
    if (!plan && !usable(model, slo)) continue;
    if (!plan) throw std::logic_error("no rules for the SLO " + model.path(slo));
    for (Group& group : sloGroups(model, sources, *plan)) groups.push_back(std::move(group));
    origins.push_back(originOf(model, sources, slo));
    made.cost += costOf(*plan);
    ++made.slos;
    plans.push_back(std::move(*plan));
  }
  for (EntityId part : parts)
    for (Group& group : alertGroups(model, sources, part)) groups.push_back(std::move(group));
  if (groups.empty()) return made;

  // Names have no dots, so a journey cannot clash with a component.
  std::string name = fmt::format("{}{}", emit::fileName(model[owner].name),
                                 model[owner].kind == Kind::journey ? ".journey" : "");
  std::string header =
      fmt::format("Generated by relc {} from {}. Do not edit: change the source and build again.",
                  options.version, origins.front());
  auto add = [&](std::string path, std::string content) {
    if (!content.empty()) made.files.push_back({std::move(path), std::move(content), origins});
  };
  add(fmt::format("prometheus/{}.rules.yaml", name), ruleFile(groups, header));
  for (auto& [file, text] : prove(model, plans, parts, name, header))
    add("prometheus/tests/" + file, std::move(text));
  if (EntityId kubernetes = model.block(model.system, Kind::kubernetes); kubernetes.valid())
    add(fmt::format("kubernetes/{}.rules.yaml", name),
        ruleObject(model, kubernetes, name, groups, header));
  return made;
}

} // namespace

emit::Output generate(const Model& model, const source::SourceManager& sources,
                      const Options& options) {
  std::vector<EntityId> owners = model.all(schema::promising - model::KindSet(Kind::operation));
  std::vector<Made> made(owners.size());
  emit::inParallel(owners.size(),
                   [&](size_t i) { made[i] = madeOf(model, sources, options, owners[i]); });
  emit::Output output;
  Cost cost;
  size_t slos = 0;
  for (Made& one : made) {
    std::move(one.files.begin(), one.files.end(), std::back_inserter(output.files));
    cost += one.cost;
    slos += one.slos;
  }
  std::sort(output.files.begin(), output.files.end(),
            [](const auto& a, const auto& b) { return a.path < b.path; });
  if (slos > 0)
    output.notes.push_back(fmt::format(
        "{} SLO{}: {:.0f} samples read an evaluation, and {:.0f} of each raw series; the same "
        "windows over raw series would read {:.0f} of each",
        slos, slos == 1 ? "" : "s", cost.recorded, cost.raw / static_cast<double>(slos),
        cost.windows / static_cast<double>(slos)));
  return output;
}

} // namespace relc::prometheus
