// Metrics and labels against what is declared: REL4015, REL4016.

#include "compiler/analysis/expressions.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace relc::analysis {
namespace {

using promql::Aggregation;
using promql::Binary;
using promql::LabelFact;
using promql::LabelItem;
using promql::MatcherItem;
using promql::NodeId;
using promql::Presence;
using promql::Selector;
using promql::TextRange;

// --- REL4015 -------------------------------------------------------------------------------------

/// Where a metric is named: in front of the braces, or as a value of `__name__`.
TextRange nameRange(const Expression& e, const Selector& selector) {
  if (!selector.metric.empty()) return selector.metricRange;
  for (const MatcherItem& item : e.expr.get(selector.matchers))
    if (item.matcher.label == promql::metricNameLabel) return item.valueRange;
  return selector.metricRange;
}

std::string insteadOf(const Expression& e, const Selector& selector, std::string_view name) {
  const bool quoted =
      selector.metric.empty() || e.expr.text(selector.metricRange) != selector.metric;
  return quoted ? promql::quote(name) : std::string(name);
}

/// A classic histogram is stored under three names, none of them its own.
void family(const Expression& e, const Selector& selector, std::string_view metric,
            const Catalogue::Series& series) {
  Finding& finding = e.find(Check::UnknownMetric, nameRange(e, selector),
                            fmt::format("no series has the name of the histogram `{}`", metric));
  finding.label("stored as `_bucket`, `_count` and `_sum`");
  finding.at(e.index.model[series.metric].nameRange, "declared as a classic histogram");
  finding.because(
      "the expression selects nothing, and is not wrong in any way that Prometheus would tell");
  const std::string better = fmt::format("{}_bucket", metric);
  finding.suggest(
      fmt::format("`{}` holds the buckets, `{}_count` how many there were", better, metric));
  e.conclude(finding);
}

void unknownMetric(const Expression& e, const Selector& selector, std::string_view metric) {
  if (metric.find(':') != std::string_view::npos) return; // recorded: not declared anywhere
  const std::string near = e.catalogue.nearest(metric);
  if (near.empty()) return;
  const Catalogue::Series* series = e.catalogue.find(near);
  const TextRange place = nameRange(e, selector);
  Finding& finding =
      e.find(Check::UnknownMetric, place, fmt::format("no metric is declared as `{}`", metric));
  if (series && series->metric.valid())
    finding.at(e.index.model[series->metric].nameRange, fmt::format("`{}` is", near));
  finding.because("a name with a mistake selects nothing, and the alert keeps silent");
  finding.suggest(fmt::format("did you mean `{}`?", near));
  finding.suggest(
      fmt::format("if both exist, declare this one, too: metric {} {{ type = … }}", metric));
  e.fix(finding, fmt::format("write `{}`", near), {{place, insteadOf(e, selector, near)}});
}

// --- REL4016 -------------------------------------------------------------------------------------

void unknownLabel(const Expression& e, TextRange place, std::string_view label,
                  std::string_view metric, const Catalogue::Series& series) {
  Finding& finding = e.find(Check::UnknownLabel, place,
                            fmt::format("`{}` is declared without a label `{}`", metric, label));
  if (series.metric.valid()) {
    const model::Attribute* labels = e.index.model.attribute(series.metric, attr("labels"));
    finding.at(labels ? labels->value.range : e.index.model[series.metric].nameRange,
               "the labels that it has");
  }
  const std::string near = Catalogue::nearestLabel(series, label);
  finding.because("a label that is not there is empty: asked for, it selects nothing; grouped by, "
                  "it tells nothing apart");
  if (!near.empty()) {
    finding.suggest(fmt::format("did you mean `{}`?", near));
    e.fix(finding, fmt::format("write `{}`", near), {{place, near}});
  }
  finding.suggest(
      fmt::format("if the metric has it, name it among its `labels`; if its target has "
                  "it, in `selector` of the component's telemetry or in `scope_labels`"));
}

void matchers(const Expression& e, const Selector& selector, std::string_view metric,
              const Catalogue::Series& series) {
  for (const MatcherItem& item : e.expr.get(selector.matchers)) {
    const std::string& label = item.matcher.label;
    if (item.kind == MatcherItem::Kind::ListParameter || label == promql::metricNameLabel) continue;
    if (std::find(series.labels->begin(), series.labels->end(), label) != series.labels->end())
      continue;
    if (e.catalogue.isTargetLabel(label)) continue;
    unknownLabel(e, e.site.exact ? item.labelRange : item.range, label, metric, series);
  }
}

/// A label of a list that no series of a node has, because their metric is declared without it.
void listed(const Expression& e, const LabelItem& item, NodeId node) {
  const auto branches = e.flow.at(node);
  if (item.parameter || branches.empty()) return;
  const bool undeclared = std::all_of(branches.begin(), branches.end(), [&](const auto& branch) {
    const LabelFact& fact = branch.labels.at(item.name);
    return fact.presence == Presence::Excluded && fact.reason.text == promql::declaredWithout;
  });
  const NodeId source = branches.front().source;
  if (!undeclared || !source.valid() || !e.node(source).as<Selector>()) return;
  const std::string_view metric = e.metricOf(source);
  if (const Catalogue::Series* series = e.catalogue.find(metric); series && series->labels)
    unknownLabel(e, item.range, item.name, metric, *series);
}

} // namespace

void checkNames(const Expression& e) {
  const auto nodes = e.expr.nodes();
  for (uint32_t i = 0; i < nodes.size(); ++i) {
    if (const auto* selector = nodes[i].as<Selector>()) {
      const std::string_view metric = e.metricOf({i});
      if (metric.empty()) continue;
      const Catalogue::Series* series = e.catalogue.find(metric);
      if (!series)
        unknownMetric(e, *selector, metric);
      else if (series->part == Catalogue::Part::Family && e.site.role != Role::Histogram)
        family(e, *selector, metric, *series);
      if (series && series->labels) matchers(e, *selector, metric, *series);
    }
    if (const auto* a = nodes[i].as<Aggregation>(); a && a->grouping == Aggregation::Grouping::By)
      for (const LabelItem& item : e.expr.get(a->labels)) listed(e, item, a->expression);
    const auto* binary = nodes[i].as<Binary>();
    if (!binary || binary->matching != Binary::Matching::On) continue;
    for (const LabelItem& item : e.expr.get(binary->labels))
      for (const NodeId side : {binary->left, binary->right}) listed(e, item, side);
  }
}

} // namespace relc::analysis
