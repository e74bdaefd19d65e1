// What is counted: the two expressions that read raw series, for each way to measure.

#include "backends/prometheus/plan.h"

#include "compiler/promql/label_flow.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <tuple>
#include <utility>

namespace relc::prometheus {

using model::attr;
using model::Decimal;
using model::Model;

std::optional<std::string> textOf(const model::Query& query, const SloPlan& plan) {
  promql::Bindings bindings = plan.sli.bindings;
  Decimal milliseconds = model::multiply(plan.baseWindow, 1000).value_or(0);
  bindings["window"] = promql::Milliseconds{static_cast<int64_t>(milliseconds.toDouble())};
  auto text = promql::instantiate(query.expr, bindings);
  return text.ok() ? std::optional(std::move(text.text)) : std::nullopt;
}

namespace {

/// The selector that a text comes to, if it is one.
std::optional<Selector> selectorOf(const std::string& text) {
  auto parsed = promql::parseMatchers(text);
  if (!parsed.ok() || parsed.metric.empty()) return std::nullopt;
  return Selector{std::move(parsed.metric), std::move(parsed.matchers)};
}

/// The selector that a query comes to with its parameters bound, if it is one.
std::optional<Selector> selectorOf(const model::Query& query, const SloPlan& plan) {
  auto bound = promql::boundSelector(query.expr, plan.sli.bindings);
  if (!bound) {
    auto text = promql::isBareSelector(query.expr) ? textOf(query, plan) : std::nullopt;
    return text ? selectorOf(*text) : std::nullopt;
  }
  const auto* selector = bound->node(bound->root()).as<promql::Selector>();
  Selector result{selector->metric, {}};
  for (const promql::MatcherItem& item : bound->get(selector->matchers))
    result.matchers.push_back(item.matcher);
  return result;
}

std::string rate(const SloPlan& plan, const Selector& s) {
  return fmt::format("rate({}{}[{}])", s.metric, promql::print(s.matchers),
                     promDuration(plan.baseWindow));
}

/// Events per second over the base window: of a counter, or as the author wrote it.
struct Rate {
  std::string expr;
  std::optional<Selector> counter;
};
std::optional<Rate> rateOf(const model::Query& query, const SloPlan& plan) {
  if (auto counter = selectorOf(query, plan))
    return Rate{aggregated(plan, "sum", rate(plan, *counter)), std::move(counter)};
  auto text = promql::isBareSelector(query.expr) ? std::nullopt : textOf(query, plan);
  if (!text) return std::nullopt;
  // Nothing negative and no NaN: one such series would take all others with it.
  return Rate{aggregated(plan, "sum", fmt::format("({}) >= 0", *text)), std::nullopt};
}

bool planCounts(const Model&, SloPlan& plan) {
  auto numerator = rateOf(*plan.sli.numerator, plan), total = rateOf(*plan.sli.total, plan);
  if (!numerator || !total) return false;
  Events& events = plan.events;
  events.total = total->expr;
  events.totalCounter = total->counter;
  if (plan.sli.form == model::Sli::Form::Bad) {
    events.bad = numerator->expr;
    events.badCounter = numerator->counter;
  } else {
    // Scrapes of the two counters can fall between events: never less than none.
    events.bad = fmt::format("clamp_min({0} - ({1} or 0 * {0}), 0)", total->expr, numerator->expr);
    events.goodCounter = numerator->counter;
  }
  return true;
}

bool planLatency(const Model& model, SloPlan& plan) {
  auto histogram = selectorOf(*plan.sli.numerator, plan);
  if (!histogram) return false;
  Events& events = plan.events;
  events.missingBadIsZero = false; // without the bucket nothing is known
  plan.boundary = model::inUnitOf(model, histogram->metric, plan.sli.threshold);
  auto declared = model.metrics.find(histogram->metric);
  if (declared != model.metrics.end() &&
      model.text(declared->second, attr("type")) == "native_histogram") {
    std::string rates = aggregated(plan, "sum", rate(plan, *histogram));
    events.total = fmt::format("histogram_count({})", rates);
    // Of no events the fraction is NaN.
    events.bad = fmt::format("({0} > 0) * (1 - histogram_fraction(-Inf, {1}, {2})) or 0 * {0}",
                             events.total, plan.boundary.toString(), rates);
    events.native = true;
    // promtool of Prometheus 2 has no notation for native histograms.
    if (model::promqlOf(model).target >= promql::Version{3, 0}) events.totalCounter = histogram;
    return true;
  }
  Selector count = *histogram, bucket = *histogram;
  count.metric += "_count";
  bucket.metric += "_bucket";
  bucket.matchers.push_back(bucketMatcher(plan.boundary));
  events.totalCounter = histogram;
  events.total = aggregated(plan, "sum", rate(plan, count));
  events.bad = fmt::format("clamp_min({} - {}, 0)", events.total,
                           aggregated(plan, "sum", rate(plan, bucket)));
  return true;
}

/// A gauge on its own or under an aggregation that says of one series what it is.
std::optional<Selector> gaugeOf(const promql::Expr& expr, promql::NodeId node) {
  while (const auto* paren = expr.node(node).as<promql::Paren>()) node = paren->inner;
  if (const auto* aggregation = expr.node(node).as<promql::Aggregation>()) {
    using Op = promql::AggregateOp;
    if (aggregation->op != Op::Sum && aggregation->op != Op::Avg && aggregation->op != Op::Min &&
        aggregation->op != Op::Max)
      return std::nullopt;
    node = aggregation->expression;
  }
  return selectorOf(promql::print(expr, node));
}

/// Values for which a comparison holds and does not hold.
std::optional<std::pair<Decimal, Decimal>> sidesOf(promql::BinaryOp op, double threshold) {
  auto at = model::parseDecimal(promql::formatNumber(threshold));
  auto above = at ? model::add(*at, 1) : std::nullopt;
  auto below = at ? model::subtract(*at, 1) : std::nullopt;
  if (!above || !below) return std::nullopt;
  using Op = promql::BinaryOp;
  switch (op) {
  case Op::Less: return std::pair(*below, *at);
  case Op::LessEqual: return std::pair(*at, *above);
  case Op::Greater: return std::pair(*above, *at);
  case Op::GreaterEqual: return std::pair(*at, *below);
  case Op::Equal: return std::pair(*at, *above);
  case Op::NotEqual: return std::pair(*above, *at);
  default: return std::nullopt;
  }
}

/// All that an expression selects, so that there is something wherever there is any of it.
std::string anythingOf(const promql::Expr& expr) {
  std::vector<std::string> selectors;
  for (const promql::Node& node : expr.nodes()) {
    const auto* selector = node.as<promql::Selector>();
    if (!selector) continue;
    std::vector<promql::Matcher> matchers;
    for (const promql::MatcherItem& item : expr.get(selector->matchers))
      matchers.push_back(item.matcher);
    std::string text = selector->metric;
    if (text.empty() || !matchers.empty()) text += promql::print(matchers);
    if (std::find(selectors.begin(), selectors.end(), text) == selectors.end())
      selectors.push_back(std::move(text));
  }
  return fmt::format("{}", fmt::join(selectors, " or "));
}

/// A slice is bad where the thing that is looked at is there and the condition yields nothing. What
/// is not there at all is not known, and not bad: an alert of its own tells of that.
bool planSlices(const Model&, SloPlan& plan) {
  auto text = textOf(*plan.sli.numerator, plan);
  if (!text) return false;
  Events& events = plan.events;
  auto parsed = promql::parse(*text);
  auto compared = parsed.ok() ? promql::threshold(parsed.expr) : std::nullopt;
  if (!compared || parsed.expr.node(compared->subject).type != promql::ValueType::Vector) {
    std::string anything = parsed.ok() ? anythingOf(parsed.expr) : std::string();
    if (plan.groups.empty() || anything.empty()) {
      events.constantTotal = true;
      events.total = "vector(1)";
      events.bad = fmt::format("vector(1) unless on () ({})", *text);
      return true;
    }
    // Kept by labels, of which only what is there has values.
    events.total = aggregated(plan, "group", anything);
    events.bad = fmt::format("{} unless {}", events.total, aggregated(plan, "group", *text));
    return true;
  }
  std::string subject = promql::print(parsed.expr, compared->subject);
  // Under a condition of its own, `count(x == 0)`, the subject is not there when nothing meets it;
  // and where it is NaN, as a quantile of no events is, nothing is known.
  const promql::LabelFlow flow(parsed.expr);
  const auto branches = flow.at(compared->subject);
  auto any = [&](auto holds) { return std::any_of(branches.begin(), branches.end(), holds); };
  if (any([](const promql::Branch& b) { return b.condition.has_value(); }))
    subject = anythingOf(parsed.expr);
  else if (any([](const promql::Branch& b) { return b.values.nan; }))
    subject = fmt::format("({}) >= -Inf", subject);
  events.gauge = gaugeOf(parsed.expr, compared->subject);
  if (auto sides = sidesOf(compared->op, compared->value))
    std::tie(events.whenGood, events.whenBad) = *sides;
  else
    events.gauge.reset();
  events.total = aggregated(plan, "group", subject);
  events.bad = fmt::format("{} unless {}", events.total, aggregated(plan, "group", *text));
  return true;
}

bool planFreshness(const Model&, SloPlan& plan) {
  auto text = textOf(*plan.sli.numerator, plan);
  if (!text) return false;
  Events& events = plan.events;
  events.gauge = selectorOf(*text);
  events.total = aggregated(plan, "group", *text);
  events.bad = fmt::format("{} unless (time() - {} <= {})", events.total,
                           aggregated(plan, "max", *text), plan.sli.threshold.toString());
  return true;
}

/// Each moment counts as much as any other; where the ratio is not known (NaN) there is none.
bool planRatio(const Model&, SloPlan& plan) {
  auto text = textOf(*plan.sli.numerator, plan);
  if (!text) return false;
  Events& events = plan.events;
  events.gauge = selectorOf(*text);
  std::string known = fmt::format("({}) >= -Inf", *text);
  events.total = aggregated(plan, "group", known);
  events.bad = fmt::format("clamp({}, 0, 1)", aggregated(plan, "avg", known));
  return true;
}

} // namespace

bool planEvents(const Model& model, SloPlan& plan) {
  using Form = model::Sli::Form;
  struct Row {
    Form form;
    bool (*plan)(const Model&, SloPlan&);
  };
  static constexpr Row rows[] = {
      {Form::Bad, planCounts},          {Form::Good, planCounts},   {Form::Latency, planLatency},
      {Form::Freshness, planFreshness}, {Form::Slices, planSlices}, {Form::Ratio, planRatio},
  };
  for (const Row& row : rows)
    if (row.form == plan.sli.form) return row.plan(model, plan);
  return false;
}

} // namespace relc::prometheus
