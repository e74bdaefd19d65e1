#include "compiler/analysis/measure.h"

#include "compiler/model/traffic.h"

#include <algorithm>
#include <string_view>

namespace relc::analysis {
namespace {

/// The expression with the SLI's parameters in it.
promql::Expr bound(const model::Query* query, const model::Sli& sli) {
  if (!query) return {};
  if (auto selector = promql::boundSelector(query->expr, sli.bindings)) return std::move(*selector);
  auto text = promql::instantiate(query->expr, sli.bindings, promql::Unbound::Keep);
  if (!text.ok()) return {};
  auto parsed = promql::parse(text.text);
  return parsed.ok() ? std::move(parsed.expr) : promql::Expr();
}

/// Metrics that everybody has, by how their names begin: what a machine or a process uses up.
constexpr std::string_view knownInside[] = {
    "node_cpu_",     "node_memory_",      "node_load",     "node_disk_",
    "container_cpu", "container_memory_", "process_cpu_",  "process_resident_memory_",
    "go_memstats_",  "go_goroutines",     "jvm_memory_",   "jvm_threads_",
    "windows_cpu_",  "windows_memory_",   "process_open_", "process_virtual_memory_"};

Sees seenBy(const model::Model& model, std::string_view metric, bool& byName) {
  EntityId declared = declarationOf(model, metric);
  std::string_view signal = declared.valid() ? model.text(declared, attr("signal")) : "";
  if (signal == "probe" || metric == "up" || metric == "probe_success") return Sees::Probe;
  if (signal == "saturation") return Sees::Internal;
  if (declared.valid() && model.has(declared, attr("signal"))) return Sees::Users;
  bool known =
      std::any_of(std::begin(knownInside), std::end(knownInside),
                  [&](std::string_view begin) { return metric.substr(0, begin.size()) == begin; });
  byName |= known;
  return known ? Sees::Internal : Sees::Users;
}

void judge(const model::Model& model, Measure& measure) {
  if (model.has(measure.sli.entity, attr("measures"))) {
    std::string_view said = model.text(measure.sli.entity, attr("measures"));
    measure.sees = said == "probe"      ? Sees::Probe
                   : said == "internal" ? Sees::Internal
                                        : Sees::Users;
    return;
  }
  // How old a result is, its users notice, whatever metric tells it.
  if (measure.sli.form == model::Sli::Form::Freshness) measure.sees = Sees::Users;
  if (measure.sees != Sees::Unknown || measure.metrics.empty()) return;
  // What is inside need not be asked for whether it is up.
  bool inside = false;
  for (const std::string& metric : measure.metrics) {
    Sees sees = seenBy(model, metric, measure.byName);
    if (sees == Sees::Users) {
      measure.sees = Sees::Users;
      return;
    }
    inside |= sees == Sees::Internal;
  }
  measure.sees = inside ? Sees::Internal : Sees::Probe;
}

} // namespace

std::optional<Measure> measureOf(const model::Model& model, EntityId slo) {
  auto sli = model::sliOf(model, slo);
  if (!sli || model[sli->entity].broken) return std::nullopt;
  Measure measure;
  measure.slo = slo;
  measure.owner = model::componentOf(model, model[slo].parent);
  measure.sli = std::move(*sli);
  measure.numerator = bound(measure.sli.numerator, measure.sli);
  measure.total = bound(measure.sli.total, measure.sli);
  for (const promql::Expr* expr : {&measure.numerator, &measure.total}) {
    if (!expr->valid()) continue;
    auto names = promql::metricNames(*expr);
    measure.metrics.insert(measure.metrics.end(), names.begin(), names.end());
  }
  std::sort(measure.metrics.begin(), measure.metrics.end());
  measure.metrics.erase(std::unique(measure.metrics.begin(), measure.metrics.end()),
                        measure.metrics.end());
  judge(model, measure);
  return measure;
}

EntityId declarationOf(const model::Model& model, std::string_view metric) {
  if (auto exact = model.metrics.find(metric); exact != model.metrics.end()) return exact->second;
  for (std::string_view suffix : {"_bucket", "_count", "_sum"}) {
    if (metric.size() <= suffix.size() || !metric.ends_with(suffix)) continue;
    auto base = model.metrics.find(metric.substr(0, metric.size() - suffix.size()));
    if (base == model.metrics.end()) continue;
    std::string_view type = model.text(base->second, attr("type"));
    if (type == "histogram" || (type == "summary" && suffix != "_bucket")) return base->second;
  }
  return {};
}

const model::Value* thresholdOf(const model::Model& model, EntityId slo) {
  const model::Attribute* a = model.attribute(slo, attr("sli"));
  const auto* ref = a ? a->value.as<model::ApplicationRef>() : nullptr;
  const model::Application* application = ref ? &model.applications[ref->index] : nullptr;
  EntityId sli = application ? application->target : model.block(slo, Kind::sli);
  const model::Attribute* threshold =
      sli.valid() ? model.attribute(sli, attr("threshold")) : nullptr;
  if (!threshold) return nullptr;
  const auto* parameter = threshold->value.as<model::ParameterRef>();
  if (!parameter || !application) return &threshold->value;
  for (const model::Argument& argument : application->arguments)
    if (argument.parameter == parameter->parameter) return &argument.value;
  return nullptr;
}

model::NameId numeratorOf(const Measure& measure) {
  using Form = model::Sli::Form;
  switch (measure.sli.form) {
  case Form::Good: return attr("good");
  case Form::Bad: return attr("bad");
  case Form::Latency: return attr("histogram");
  case Form::Slices: return attr("good_when");
  case Form::Freshness: return attr("timestamp");
  case Form::Ratio: return attr("ratio");
  }
  return attr("bad");
}

source::Range placeOf(const Index& index, const Measure& measure) {
  if (index.model.has(measure.slo, attr("sli")))
    return placeOf(index.model, measure.slo, attr("sli"));
  return placeOf(index.model, measure.sli.entity, numeratorOf(measure));
}

source::Range placeOf(const Index& index, const Measure& measure, model::NameId name) {
  source::Range range = placeOf(index.model, measure.sli.entity, name);
  return index.inLibrary(range) ? placeOf(index.model, measure.slo, attr("sli")) : range;
}

} // namespace relc::analysis
