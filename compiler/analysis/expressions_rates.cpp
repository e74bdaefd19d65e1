// What is made of counters and gauges, and over how long: REL4004 to REL4007.

#include "compiler/analysis/expressions.h"
#include "compiler/promql/function_flow.h"
#include "compiler/promql/operators.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace relc::analysis {
namespace {

using promql::Binary;
using promql::BinaryOp;
using promql::Branch;
using promql::Call;
using promql::MetricKind;
using promql::NodeId;
using promql::OperatorFamily;
using promql::RangeSelector;
using promql::Selector;
using promql::Subquery;
using promql::TextRange;

template <size_t N>
bool isOneOf(std::string_view word, const std::string_view (&words)[N]) {
  return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

/// Functions that take resets of a counter into account, and those that take a fall for a fall.
constexpr std::string_view ofCounters[] = {"rate", "irate", "increase"};
constexpr std::string_view ofGauges[] = {
    "delta", "idelta", "deriv", "predict_linear", "holt_winters", "double_exponential_smoothing"};
/// The one that does for the other sort of metric what this one does; empty if there is none.
constexpr std::pair<std::string_view, std::string_view> counterparts[] = {
    {"rate", "deriv"},     {"irate", "idelta"}, {"increase", "delta"},
    {"delta", "increase"}, {"idelta", "irate"}, {"deriv", "rate"},
};
std::string_view counterpart(std::string_view function) {
  for (const auto& [one, other] : counterparts)
    if (one == function) return other;
  return {};
}

const Branch* counter(const Expression& e, NodeId side) {
  const auto branches = e.flow.at(side);
  const auto found = std::find_if(branches.begin(), branches.end(), [&](const Branch& b) {
    return b.kind == MetricKind::Counter && !b.dead && b.source.valid() &&
           e.node(b.source).as<Selector>() != nullptr;
  });
  return found == branches.end() ? nullptr : &*found;
}

/// Where a metric is declared, if it is.
void showDeclaration(const Expression& e, Finding& finding, std::string_view metric,
                     std::string_view type) {
  const Catalogue::Series* series = e.catalogue.find(metric);
  if (!series || !series->metric.valid()) return;
  finding.at(e.index.model[series->metric].nameRange, fmt::format("declared as a {}", type));
}

// --- REL4004 -------------------------------------------------------------------------------------

/// `x == 0`, `x < 1`: nothing has been counted yet. Of what is only taken for a counter, `x > 0`
/// may ask whether there is any.
bool asksForNothing(const promql::ComparisonVerdict& comparison, bool guessed) {
  const double t = comparison.threshold;
  if (guessed && t == 0) return true;
  return (comparison.op == BinaryOp::Equal && t == 0) ||
         (comparison.op == BinaryOp::LessEqual && t <= 0) ||
         (comparison.op == BinaryOp::Less && t <= 1);
}

/// `… and x_count > 0`: it only asks whether anything has been counted.
bool isGuard(const Expression& e, NodeId comparison) {
  NodeId at = comparison;
  NodeId parent = e.parent(at);
  while (parent.valid() && e.node(parent).as<promql::Paren>()) at = parent, parent = e.parent(at);
  const auto* binary = parent.valid() ? e.node(parent).as<Binary>() : nullptr;
  return binary && binary->right == at &&
         (binary->op == BinaryOp::And || binary->op == BinaryOp::Unless);
}

void counterWithoutRate(const Expression& e) {
  std::set<uint32_t> said;
  const auto nodes = e.expr.nodes();
  for (uint32_t i = 0; i < nodes.size(); ++i) {
    const auto* binary = nodes[i].as<Binary>();
    if (!binary) continue;
    const OperatorFamily family = promql::row(binary->op).family;
    if (family != OperatorFamily::Comparison && family != OperatorFamily::Arithmetic) continue;
    const bool compares = family == OperatorFamily::Comparison;
    for (const NodeId side : {binary->left, binary->right}) {
      const NodeId other = side == binary->left ? binary->right : binary->left;
      const Branch* found = counter(e, side);
      // A name that ends like a counter's is a hint, and enough only beside a threshold.
      const bool number = e.node(other).type == promql::ValueType::Scalar;
      if (!found || (!found->kindDeclared && !(compares && number))) continue;
      // With itself at another time: how much it has grown.
      const std::string_view metric = e.metricOf(found->source);
      const Branch* same = counter(e, other);
      if (metric.empty() || (!found->kindDeclared && !metric.ends_with("_total"))) continue;
      if (same && e.metricOf(same->source) == metric) continue;
      const auto& comparisons = e.flow.comparisons();
      const auto verdict = std::find_if(comparisons.begin(), comparisons.end(),
                                        [&](const auto& c) { return c.binary.index == i; });
      if (verdict != comparisons.end() && (asksForNothing(*verdict, !found->kindDeclared) ||
                                           (verdict->threshold == 0 && isGuard(e, {i}))))
        continue;
      // `* 0 + …`: it is there for its labels.
      if (binary->op == BinaryOp::Multiply && number) continue;
      if (!said.insert(found->source.index).second) continue;

      const TextRange place = e.node(found->source).as<Selector>()->metricRange;
      Finding& finding = e.find(Check::CounterWithoutRate, place,
                                fmt::format("the counter `{}` is {} without `rate`", metric,
                                            compares ? "compared" : "used in a calculation"));
      if (!found->kindDeclared) {
        finding.severity = diagnostics::Severity::Note;
        finding.label("ends like the name of a counter");
        finding.because("no `metric` declares it, so this is guessed from the name alone");
      } else {
        finding.label("only ever grows");
        showDeclaration(e, finding, metric, "counter");
      }
      e.show(finding, binary->opRange, compares ? "compared here" : "calculated here");
      finding.because("a counter tells what has happened since its process started: it passes any "
                      "threshold in time, stays above it, and falls to zero with each restart");
      const std::string selector(e.expr.text(e.node(found->source).range));
      finding.suggest(fmt::format("ask how much came lately: `increase({}[15m])`, or how much a "
                                  "second: `rate({}[5m])`",
                                  selector, selector));
      if (!found->kindDeclared)
        finding.suggest(
            fmt::format("if it rises and falls, declare it: metric {} {{ type = gauge }}", metric));
    }
  }
}

// --- REL4005, REL4006 ----------------------------------------------------------------------------

/// The last part of `level:metric:operations`, the convention for names of recorded series.
std::string_view operations(std::string_view metric) {
  const size_t colon = metric.rfind(':');
  return colon == metric.npos ? std::string_view() : metric.substr(colon + 1);
}

/// Does a word of "sum_rate5m" begin like one of these? With `first`, does the first one?
bool says(std::string_view operations, bool first, std::initializer_list<std::string_view> words) {
  for (size_t at = 0; at < operations.size();) {
    const size_t end = std::min(operations.find('_', at), operations.size());
    const std::string_view word = operations.substr(at, end - at);
    for (const std::string_view wanted : words)
      if (word.starts_with(wanted)) return true;
    if (first) return false;
    at = end + 1;
  }
  return false;
}

void replaceFunction(const Expression& e, Finding& finding, const Call& call) {
  const std::string_view better = counterpart(call.name);
  if (better.empty()) return;
  finding.suggest(fmt::format("`{}` does it for {}", better,
                              isOneOf(call.name, ofCounters) ? "gauges" : "counters"));
  e.fix(finding, fmt::format("write `{}`", better), {{call.nameRange, std::string(better)}});
}

constexpr std::string_view whyNotRate =
    "takes every fall for a restart of the process and counts what was left as new, so the result "
    "is too high whenever the value goes down";

void rateOfSelector(const Expression& e, const Call& call, NodeId argument, const Branch& branch) {
  const std::string_view metric = e.metricOf(argument);
  const auto* ranged = e.node(argument).as<RangeSelector>();
  const auto* selector = ranged ? e.node(ranged->selector).as<Selector>() : nullptr;
  if (!selector || metric.empty()) return;
  const bool counters = isOneOf(call.name, ofCounters);
  if (branch.kindDeclared) {
    const bool gauge = branch.kind == MetricKind::Gauge || branch.kind == MetricKind::Summary;
    const bool wrong = counters ? gauge : branch.kind == MetricKind::Counter;
    if (!wrong) return;
    Finding& finding = e.find(
        Check::RateOfGauge, call.nameRange,
        fmt::format("`{}` of the {} `{}`", call.name, counters ? "gauge" : "counter", metric));
    finding.label(counters ? "is made for counters" : "is made for gauges");
    showDeclaration(e, finding, metric, counters ? "gauge" : "counter");
    finding.because(counters
                        ? fmt::format("`{}` {}", call.name, whyNotRate)
                        : fmt::format("a counter falls to zero with each restart, and `{}` takes "
                                      "that for a fall of what is counted",
                                      call.name));
    return replaceFunction(e, finding, call);
  }
  if (!counters) return;
  const std::string_view made = operations(metric);
  if (says(made, false, {"rate", "irate", "increase", "ratio", "avg", "delta"})) {
    Finding& finding = e.find(
        Check::RateOfGauge, call.nameRange,
        fmt::format("`{}` of `{}`, which by its name is a rate or a ratio", call.name, metric));
    finding.label("is made for counters");
    e.show(finding, selector->metricRange, "recorded as something that rises and falls");
    finding.because(fmt::format("`{}` {}", call.name, whyNotRate));
    return replaceFunction(e, finding, call);
  }
  if (!says(made, true, {"sum"})) return;
  Finding& finding = e.find(Check::RateOfSum, call.nameRange,
                            fmt::format("`{}` of the recorded sum `{}`", call.name, metric));
  finding.label("sees only the sum");
  e.show(finding, selector->metricRange, "by its name a sum over several series");
  finding.because("one restart makes the sum fall a little; the rate takes the whole sum for new");
  finding.suggest(
      "take the rate of each series first and sum up then: `sum(rate(…[5m]))`; record that");
}

void rateOfSubquery(const Expression& e, const Call& call, const Subquery& subquery,
                    const Branch& branch) {
  const NodeId inner = e.bare(subquery.expression);
  if (branch.kind == MetricKind::Gauge) {
    // By a declaration, or because a function has made a gauge of it.
    Finding& finding = e.find(Check::RateOfGauge, call.nameRange,
                              fmt::format("`{}` of values that rise and fall", call.name));
    finding.label("is made for counters");
    e.show(finding, e.node(inner).range, "no counter any more");
    finding.because(fmt::format("`{}` {}", call.name, whyNotRate));
    return replaceFunction(e, finding, call);
  }
  // Of `max` and `min` a restart of one process is often not seen at all.
  const std::string_view by = branch.aggregated ? e.expr.text(branch.aggregated->range) : "";
  if (by != "sum" && by != "avg") return;
  Finding& finding = e.find(Check::RateOfSum, call.nameRange,
                            fmt::format("`{}` of a sum: {}", call.name, e.quote(inner)));
  finding.label("sees only the sum");
  e.show(finding, branch.aggregated->range, "the series are put together before");
  finding.because("one restart makes the sum fall a little; the rate takes the whole sum for new, "
                  "and shows a peak of everything that was ever counted");
  const auto* sum = e.node(inner).as<promql::Aggregation>();
  const NodeId summed = sum ? e.bare(sum->expression) : NodeId();
  const auto* selector = sum ? e.node(summed).as<Selector>() : nullptr;
  const bool plain = selector && selector->modifiers.offset.kind == promql::Duration::Kind::None &&
                     selector->modifiers.at == promql::Modifiers::At::None;
  if (!plain || sum->op != promql::AggregateOp::Sum) {
    finding.suggest("take the rate of each series first, then put them together");
    return;
  }
  const std::string grouping = sum->grouping == promql::Aggregation::Grouping::None
                                   ? ""
                                   : fmt::format(" {} ", e.expr.text(sum->groupingRange));
  const std::string better =
      fmt::format("sum{}({}({}[{}]))", grouping, call.name, e.expr.text(e.node(summed).range),
                  e.expr.text(subquery.range.range));
  finding.suggest(fmt::format("take the rate of each series first: `{}`", better));
  const NodeId self = e.parent(e.expr.get(call.arguments)[0]);
  if (subquery.modifiers.offset.kind == promql::Duration::Kind::None)
    e.fix(finding, "sum up after the rate", {{e.node(self).range, better}});
}

// --- REL4007 -------------------------------------------------------------------------------------

struct Interval {
  int64_t milliseconds = 0;
  std::string_view name;
};

int64_t milliseconds(model::Decimal seconds) {
  const auto exact = model::multiply(seconds, 1000);
  return exact ? static_cast<int64_t>(exact->toDouble()) : 0;
}

/// How far apart the samples of a range are.
Interval intervalOf(const Expression& e, NodeId node) {
  const model::Model& model = e.index.model;
  const Interval evaluation{milliseconds(model::evaluationInterval(model)), "evaluation interval"};
  if (const auto* subquery = e.node(node).as<Subquery>()) {
    if (subquery->step.kind == promql::Duration::Kind::None) return evaluation;
    const bool literal = subquery->step.kind == promql::Duration::Kind::Literal;
    return {literal ? subquery->step.milliseconds : 0, "step"};
  }
  // A recorded series has a sample each time that it is evaluated.
  if (e.metricOf(node).find(':') != std::string_view::npos) return evaluation;
  const EntityId around =
      model[e.site.about].kind == Kind::alert ? model[e.site.about].parent : EntityId();
  const EntityId telemetry = around.valid() ? model.block(around, Kind::telemetry) : EntityId();
  if (telemetry.valid())
    if (auto own = model.duration(telemetry, attr("interval")))
      return {milliseconds(*own), "scrape interval"};
  return {milliseconds(model::scrapeInterval(model)), "scrape interval"};
}

void rangeTooShort(const Expression& e, const promql::RangeUse& use) {
  const auto* call = use.call.valid() ? e.node(use.call).as<Call>() : nullptr;
  const auto* effect = call ? promql::findFunctionFlow(call->name) : nullptr;
  const Interval interval = intervalOf(e, use.node);
  if (!effect || use.milliseconds == 0 || interval.milliseconds == 0) return;
  const int64_t samples = effect->pair ? 2 : 1;
  if (use.milliseconds >= samples * interval.milliseconds) return;
  // Prometheus 3 leaves out a sample that is exactly as old as the range.
  const bool never = effect->pair &&
                     (e.target >= promql::Version{3, 0} ? use.milliseconds <= interval.milliseconds
                                                        : use.milliseconds < interval.milliseconds);
  const int64_t better = (effect->pair ? 4 : 2) * interval.milliseconds;
  Finding& finding =
      e.find(Check::RangeTooShort, use.range,
             fmt::format("`{}` over {} {}", call->name, shownMilliseconds(use.milliseconds),
                         never ? "never has a result" : "has a result only now and then"));
  if (never) finding.severity = diagnostics::Severity::Error;
  finding.label(
      fmt::format("shorter than {} {}{}", samples, interval.name, samples == 1 ? "" : "s"));
  finding.because(fmt::format("there is a sample every {}, and `{}` needs {} in its range",
                              shownMilliseconds(interval.milliseconds), call->name,
                              samples == 2 ? "two" : "one"));
  finding.because("where there is no result there is no alert, and one that fires ends");
  finding.suggest(fmt::format("look back over {}, which still holds {} after a scrape has failed",
                              shownMilliseconds(better), samples == 2 ? "two" : "one"));
  e.fix(finding, fmt::format("look back over {}", shownMilliseconds(better)),
        {{use.range, promql::formatDuration(better)}});
}

} // namespace

void checkRates(const Expression& e) {
  counterWithoutRate(e);
  for (const promql::RangeUse& use : promql::ranges(e.expr)) {
    const auto* call = use.call.valid() ? e.node(use.call).as<Call>() : nullptr;
    if (!call || e.flow.at(use.node).empty()) continue;
    const bool counters = isOneOf(call->name, ofCounters);
    if (!counters && !isOneOf(call->name, ofGauges)) continue;
    const Branch& branch = e.flow.at(use.node).front();
    if (const auto* subquery = e.node(use.node).as<Subquery>()) {
      if (counters) rateOfSubquery(e, *call, *subquery, branch);
    } else {
      rateOfSelector(e, *call, use.node, branch);
    }
  }
}

void checkRanges(const Expression& e) {
  for (const promql::RangeUse& use : promql::ranges(e.expr)) rangeTooShort(e, use);
}

} // namespace relc::analysis
