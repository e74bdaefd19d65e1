#include "compiler/analysis/catalogue.h"

#include <llvm/ADT/StringRef.h>

#include <algorithm>
#include <map>
#include <memory>

namespace relc::analysis {
namespace {

using model::attr;
using promql::Bounds;
using promql::MetricKind;
using schema::Kind;
using Part = Catalogue::Part;

/// What Prometheus writes about each scrape and each alert.
constexpr std::string_view ownSeries[] = {
    "up",
    "scrape_duration_seconds",
    "scrape_samples_scraped",
    "scrape_samples_post_metric_relabeling",
    "scrape_series_added",
    "scrape_timeout_seconds",
    "scrape_sample_limit",
    "scrape_body_size_bytes",
    "ALERTS",
    "ALERTS_FOR_STATE",
};

/// Names that relabelling gives to where a target runs and whose it is: the documentation of
/// Prometheus, of its operator, and of OpenTelemetry's exporter.
constexpr std::string_view usualTargetLabels[] = {"job",          "instance",
                                                  "cluster",      "cluster_id",
                                                  "cluster_name", "namespace",
                                                  "pod",          "container",
                                                  "service",      "endpoint",
                                                  "node",         "node_name",
                                                  "nodename",     "host",
                                                  "hostname",     "host_name",
                                                  "region",       "zone",
                                                  "az",           "datacenter",
                                                  "dc",           "env",
                                                  "environment",  "stage",
                                                  "app",          "application",
                                                  "component",    "team",
                                                  "tenant",       "tenant_id",
                                                  "project",      "account",
                                                  "account_id",   "provider",
                                                  "release",      "version",
                                                  "prometheus",   "replica",
                                                  "shard",        "monitor",
                                                  "target",       "metrics_path",
                                                  "alertname",    "alertstate",
                                                  "service_name", "otel_scope_name"};
/// Of labels that relabelling copies, and of attributes of a resource that OpenTelemetry promotes.
constexpr std::string_view targetPrefixes[] = {
    "__",   "annotation_", "app_",   "cloud_", "deployment_", "exported_", "host_",
    "k8s_", "kubernetes_", "label_", "otel_",  "prometheus_", "service_",  "topology_"};

/// The series of each type of metric: suffix, part, kind, a label that they have beside those that
/// are declared.
struct Shape {
  std::string_view type;
  std::string_view suffix;
  Part part;
  MetricKind kind;
  std::string_view label;
};
constexpr Shape shapes[] = {
    {"counter", "", Part::Series, MetricKind::Counter, ""},
    {"gauge", "", Part::Series, MetricKind::Gauge, ""},
    {"info", "", Part::Series, MetricKind::Gauge, ""},
    {"native_histogram", "", Part::Series, MetricKind::Unknown, ""},
    {"histogram", "", Part::Family, MetricKind::Unknown, ""},
    {"histogram", "_bucket", Part::Bucket, MetricKind::Bucket, "le"},
    {"histogram", "_count", Part::Count, MetricKind::Counter, ""},
    {"histogram", "_sum", Part::Sum, MetricKind::Counter, ""},
    {"summary", "", Part::Series, MetricKind::Summary, "quantile"},
    {"summary", "_count", Part::Count, MetricKind::Counter, ""},
    {"summary", "_sum", Part::Sum, MetricKind::Counter, ""},
};

/// The nearer of two candidates is kept; of equally near ones the alphabetically first.
class Nearest {
public:
  Nearest(std::string_view word, unsigned limit) : word_(word), distance_(limit + 1) {}
  void offer(std::string_view candidate) {
    const size_t lengths = candidate.size() > word_.size() ? candidate.size() - word_.size()
                                                           : word_.size() - candidate.size();
    if (lengths > distance_ || candidate == word_) return;
    const unsigned distance =
        llvm::StringRef(word_.data(), word_.size())
            .edit_distance({candidate.data(), candidate.size()}, true, distance_);
    if (distance < distance_ || (distance == distance_ && !best_.empty() && candidate < best_)) {
      distance_ = distance;
      best_ = candidate;
    }
  }
  [[nodiscard]] std::string best() const { return std::string(best_); }

private:
  std::string_view word_;
  std::string_view best_;
  unsigned distance_;
};

} // namespace

Catalogue::Catalogue(const model::Model& model) : declared_(model.metrics.size()) {
  for (const std::string_view name : ownSeries) {
    Series own;
    own.kind = MetricKind::Gauge;
    if (name == "up") own.values = Bounds::between(0, 1);
    series_.emplace(name, own);
  }
  for (const auto& [name, id] : model.metrics) {
    if (model[id].broken) continue;
    const std::string_view type = model.text(id, attr("type"));
    for (const Shape& shape : shapes) {
      if (shape.type != type) continue;
      Series series{id, shape.part, shape.kind, {}, {}};
      if (type == "info") series.values = Bounds::exactly(1);
      if (name == "up") series.values = Bounds::between(0, 1);
      if (model.has(id, attr("labels"))) {
        series.labels.emplace();
        for (const model::Value& label : model.listOf(id, attr("labels")))
          if (const auto* text = label.as<model::Label>()) series.labels->push_back(text->text);
        if (!shape.label.empty()) series.labels->push_back(shape.label);
      }
      series_.insert_or_assign(std::string(name) + std::string(shape.suffix), std::move(series));
    }
  }
  for (const std::string_view label : usualTargetLabels) targetLabels_.emplace(label);
  for (const model::Value& label :
       model.listOf(model.block(model.system, Kind::prometheus), attr("scope_labels")))
    if (const auto* text = label.as<model::Label>()) targetLabels_.emplace(text->text);
  for (const model::EntityId telemetry : model.all(Kind::telemetry)) {
    const model::Attribute* selector = model.attribute(telemetry, attr("selector"));
    const auto* ref = selector ? selector->value.as<model::SelectorRef>() : nullptr;
    if (!ref) continue;
    for (const promql::Matcher& matcher : model.selectors[ref->index])
      targetLabels_.insert(matcher.label);
  }
}

const Catalogue::Series* Catalogue::find(std::string_view name) const {
  const auto found = series_.find(std::string(name));
  return found == series_.end() ? nullptr : &found->second;
}

bool Catalogue::isTargetLabel(std::string_view label) const {
  return targetLabels_.contains(std::string(label)) ||
         std::any_of(std::begin(targetPrefixes), std::end(targetPrefixes),
                     [&](std::string_view prefix) { return label.starts_with(prefix); });
}

std::string Catalogue::nearest(std::string_view name) const {
  if (suggestionsLeft_ == 0 || name.size() < 6) return {};
  --suggestionsLeft_;
  // A suffix that is missing or too much: `http_requests` for `http_requests_total`.
  for (const std::string_view suffix : {"_total", "_seconds", "_bytes"}) {
    if (find(std::string(name) + std::string(suffix)))
      return std::string(name) + std::string(suffix);
    if (name.ends_with(suffix) && find(name.substr(0, name.size() - suffix.size())))
      return std::string(name.substr(0, name.size() - suffix.size()));
  }
  Nearest nearest(name, name.size() < 12 ? 1 : 2);
  for (const auto& [known, series] : series_)
    if (series.part != Part::Family) nearest.offer(known);
  return nearest.best();
}

std::string Catalogue::nearestLabel(const Series& series, std::string_view label) {
  Nearest nearest(label, label.size() < 4 ? 1 : 2);
  if (series.labels)
    for (const std::string_view known : *series.labels) nearest.offer(known);
  for (const std::string_view known : {"job", "instance"}) nearest.offer(known);
  return nearest.best();
}

promql::FlowOptions Catalogue::flowOptions(const promql::Expr& expr, promql::Version target) const {
  std::vector<std::string> targets = {"job", "instance"};
  const auto mention = [&](const std::string& label) {
    if (isTargetLabel(label) && std::find(targets.begin(), targets.end(), label) == targets.end() &&
        targets.size() < 64)
      targets.push_back(label);
  };
  for (const promql::MatcherItem& item : expr.allMatchers())
    if (item.kind != promql::MatcherItem::Kind::ListParameter) mention(item.matcher.label);
  for (const promql::LabelItem& item : expr.allLabels())
    if (!item.parameter) mention(item.name);

  auto infos = std::make_shared<std::map<std::string, promql::MetricInfo, std::less<>>>();
  for (const std::string& name : promql::metricNames(expr)) {
    const Series* series = find(name);
    if (!series) continue;
    promql::MetricInfo info{series->kind, std::nullopt, series->values};
    if (series->labels) {
      info.labels = targets;
      info.labels->insert(info.labels->end(), series->labels->begin(), series->labels->end());
    }
    infos->emplace(name, std::move(info));
  }
  promql::FlowOptions options;
  options.target = target;
  options.declaration = [infos](std::string_view name) -> const promql::MetricInfo* {
    const auto found = infos->find(name);
    return found == infos->end() ? nullptr : &found->second;
  };
  return options;
}

} // namespace relc::analysis
