// Thresholds of latency against the buckets of histograms: REL2010.

#include "compiler/analysis/families.h"
#include "compiler/analysis/measure.h"
#include "compiler/analysis/wording.h"
#include "compiler/model/version.h"

#include <fmt/format.h>

#include <algorithm>

namespace relc::analysis {
namespace {

/// A classic histogram with the boundaries that it is declared with, in its unit, sorted.
struct Histogram {
  EntityId metric;
  std::vector<Decimal> boundaries;
  Decimal perSecond = 1; ///< 1000 if it counts milliseconds

  [[nodiscard]] bool has(Decimal value) const {
    return std::binary_search(boundaries.begin(), boundaries.end(), value);
  }
  /// As one writes a threshold: "250ms".
  [[nodiscard]] std::string shown(Decimal boundary) const {
    return model::formatDuration(model::divide(boundary, perSecond).value_or(boundary));
  }
};

/// Nothing if it is not declared, has no declared boundaries, or needs none.
std::optional<Histogram> histogramOf(const model::Model& model, std::string_view metric) {
  EntityId declared = declarationOf(model, metric);
  if (!declared.valid() || model.text(declared, attr("type")) != "histogram") return std::nullopt;
  std::string_view name = model[declared].name;
  Histogram result{declared, {}, model::inUnitOf(model, name, 1)};
  for (const model::Value& value : model.listOf(declared, attr("buckets"))) {
    const auto* q = value.as<model::Quantity>();
    if (!q) return std::nullopt;
    result.boundaries.push_back(
        q->unit == model::Unit::Duration ? model::inUnitOf(model, name, q->value) : q->value);
  }
  if (result.boundaries.empty()) return std::nullopt;
  std::sort(result.boundaries.begin(), result.boundaries.end());
  return result;
}

/// The boundaries on both sides of a value.
std::vector<Decimal> around(const Histogram& histogram, Decimal value) {
  auto above = std::lower_bound(histogram.boundaries.begin(), histogram.boundaries.end(), value);
  std::vector<Decimal> result;
  if (above != histogram.boundaries.begin()) result.push_back(*std::prev(above));
  if (above != histogram.boundaries.end()) result.push_back(*above);
  return result;
}

/// Adds what is wrong with a value that lies between the boundaries.
Finding& notABucket(const Index& index, FindingList& findings, const Measure& measure,
                    const Histogram& histogram, Decimal value, source::Range place) {
  const model::Model& model = index.model;
  std::string_view name = model[histogram.metric].name;
  std::vector<Decimal> near = around(histogram, value);
  std::string where =
      near.size() == 2  ? fmt::format("between the boundaries {} and {}", histogram.shown(near[0]),
                                      histogram.shown(near[1]))
      : value < near[0] ? fmt::format("below the least boundary, {}", histogram.shown(near[0]))
                        : fmt::format("above the last boundary, {}", histogram.shown(near[0]));
  Finding& finding = addAbout(index, findings, Check::LatencyNotABucket, measure.slo, place,
                              fmt::format("`{}` measures against {}, where `{}` has no bucket",
                                          model.path(measure.slo), histogram.shown(value), name),
                              std::move(where));
  finding.at(placeOf(model, histogram.metric, attr("buckets")), "its boundaries");
  finding.because(fmt::format("a histogram counts how many events lie below each boundary, and "
                              "nothing in between: there is "
                              "no series `{}_bucket{{le=\"{}\"}}`, so it cannot be known how many "
                              "took longer, and no alert "
                              "on the budget ever fires",
                              name, value.toString()));
  std::string choices = quoted(histogram.shown(near[0]));
  if (near.size() == 2) choices += " or " + quoted(histogram.shown(near[1]));
  finding.suggest(fmt::format("measure against {}", choices));
  finding.suggest(fmt::format(
      "or let the program count at {}; if it does already, declare what it has: metric {} {{ … "
      "buckets = [{}{}, …] }}",
      histogram.shown(value), name,
      near.size() == 2 || value > near[0] ? histogram.shown(near[0]) + ", " : "",
      histogram.shown(value)));
  return finding;
}

/// The threshold of a `histogram`: where the SLO says it, else what says it for many.
void threshold(const Index& index, const Measure& measure, FindingList& findings) {
  const model::Model& model = index.model;
  if (measure.metrics.size() != 1) return;
  auto histogram = histogramOf(model, measure.metrics[0]);
  if (!histogram) return;
  Decimal value = model::inUnitOf(model, model[histogram->metric].name, measure.sli.threshold);
  if (histogram->has(value)) return;

  const model::Value* said = thresholdOf(model, measure.slo);
  if (!said) return;
  const model::Entity& slo = model[measure.slo];
  bool own = slo.range.contains(said->range);
  source::Range place = own ? said->range : placeOf(index, measure);
  Finding& finding = notABucket(index, findings, measure, *histogram, value, place);
  if (!own) finding.at(said->range, "the threshold");
  // What a profile or a default says, others rely on.
  if (!own || slo.appliedAt.valid() || index.inLibrary(said->range)) return;
  for (Decimal boundary : around(*histogram, value)) {
    std::string text = histogram->shown(boundary);
    finding.fix(fmt::format("measure against {}", text), {{said->range, text}});
  }
}

/// `le` as the rules of the SLI have it themselves: a boundary, and one that every Prometheus
/// finds.
void spelling(const Index& index, const Measure& measure, const promql::Expr& expr,
              model::NameId name, FindingList& findings) {
  const model::Model& model = index.model;
  for (const promql::Node& node : expr.nodes()) {
    const auto* selector = node.as<promql::Selector>();
    if (!selector || !std::string_view(selector->metric).ends_with("_bucket")) continue;
    auto histogram = histogramOf(model, selector->metric);
    for (const promql::MatcherItem& item : expr.get(selector->matchers)) {
      const promql::Matcher& matcher = item.matcher;
      if (item.kind != promql::MatcherItem::Kind::Matcher || matcher.label != "le" ||
          matcher.op != promql::MatchOp::Equal || matcher.value == "+Inf")
        continue;
      auto value = model::parseDecimal(matcher.value);
      if (!value) continue;
      source::Range place = placeOf(index, measure, name);
      if (histogram && !histogram->has(*value)) {
        notABucket(index, findings, measure, *histogram, *value, place);
        continue;
      }
      // Not a whole number: all spell it alike.
      if (value->exponent < 0) continue;
      auto version = model::parseVersion(
          model.text(model.block(model.system, Kind::prometheus), attr("version")));
      bool three = version && version->numbers[0] >= 3;
      bool point = matcher.value.find('.') != std::string::npos;
      if (three && point) continue;
      Finding& finding = addAbout(
          index, findings, Check::LatencyNotABucket, measure.slo, place,
          fmt::format("`{}` finds its bucket by a spelling that {}", model.path(measure.slo),
                      three ? "Prometheus 3 does not have" : "not every Prometheus has"),
          fmt::format("`le=\"{}\"`", matcher.value));
      if (!three) finding.severity = diagnostics::Severity::Warning;
      finding.because(
          "Prometheus 3 writes a whole number as `1.0` whatever the program says, Prometheus 2 as "
          "the program does, which is mostly `1`; where the spelling differs there is no series, "
          "and "
          "no alert on the budget ever fires");
      finding.suggest(fmt::format("match both: `le=~\"{}(\\\\.0)?\"`", value->toString()));
      finding.suggest(
          "or let the SLI say `histogram` and `threshold`, and leave that to the rules");
    }
  }
}

} // namespace

void checkLatency(const Index& index, std::span<const std::optional<Measure>> measures,
                  FindingList& findings) {
  using Form = model::Sli::Form;
  for (const auto& measure : measures) {
    if (!measure) continue;
    if (measure->sli.form == Form::Latency) threshold(index, *measure, findings);
    if (measure->sli.form != Form::Good && measure->sli.form != Form::Bad) continue;
    if (measure->numerator.valid())
      spelling(index, *measure, measure->numerator, numeratorOf(*measure), findings);
    if (measure->total.valid()) spelling(index, *measure, measure->total, attr("total"), findings);
  }
}

} // namespace relc::analysis
