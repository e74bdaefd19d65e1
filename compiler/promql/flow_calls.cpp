#include "compiler/promql/flow_builder.h"
#include "compiler/promql/functions.h"
#include "compiler/promql/regex.h"

#include <algorithm>
#include <cmath>

namespace relc::promql {

Branch FlowBuilder::noLabels(NodeId self, std::string_view why) {
  Branch branch;
  branch.source = self;
  branch.labels = LabelSet::closed({why, range(self)});
  branch.alwaysReturns = true;
  return branch;
}

Bounds FlowBuilder::valuesOf(NodeId node) const {
  if (!node.valid() || at(node).empty()) return {};
  return summary(at(node)).values;
}

const std::string* FlowBuilder::constantString(NodeId node) const {
  while (const auto* paren = expr_.node(node).as<Paren>()) node = paren->inner;
  const auto* literal = expr_.node(node).as<String>();
  return literal ? &literal->value : nullptr;
}

// --- values ---------------------------------------------------------------------------------

Bounds FlowBuilder::values(const FunctionFlow& effect, const Call& call, const Bounds& in) {
  const auto arguments = expr_.get(call.arguments);
  const auto constant = [&](size_t i) {
    return i < arguments.size() ? valuesOf(arguments[i]).constant() : std::nullopt;
  };
  const auto operand = [&](size_t i) {
    return i < arguments.size() ? valuesOf(arguments[i]) : Bounds{};
  };
  const auto clamped = [](Bounds values, std::optional<double> low, std::optional<double> high) {
    if (low && *low > values.min) values.min = *low, values.minOpen = false;
    if (low && *low >= values.max) values.max = *low, values.maxOpen = false;
    if (high && *high < values.max) values.max = *high, values.maxOpen = false;
    if (high && *high <= values.min) values.min = *high, values.minOpen = false;
    return values;
  };
  Bounds out;
  switch (effect.values) {
  case ValueEffect::Fixed: out = Bounds::between(effect.low, effect.high); break;
  case ValueEffect::Preserve: out = in; break;
  case ValueEffect::Sign:
    if (in.nonNegative()) out = Bounds::atLeast(0);
    break;
  case ValueEffect::Unknown: break;
  case ValueEffect::Rate: {
    // Of a metric it is taken that it is a counter; a subquery may be anything.
    const bool metric = !arguments.empty() && expr_.node(arguments[0]).as<RangeSelector>();
    if (metric || in.nonNegative()) out = Bounds::atLeast(0);
    break;
  }
  case ValueEffect::Abs:
    out = in.nonNegative() ? in : Bounds::between(0, std::max(std::abs(in.min), std::abs(in.max)));
    break;
  case ValueEffect::ClampMin: out = clamped(in, constant(1), std::nullopt); break;
  case ValueEffect::ClampMax: out = clamped(in, std::nullopt, constant(1)); break;
  case ValueEffect::Clamp: out = clamped(in, constant(1), constant(2)); break;
  case ValueEffect::Round: out = Bounds::between(std::floor(in.min), std::ceil(in.max)); break;
  case ValueEffect::Scalar: out = in; break;
  case ValueEffect::MaxOf:
  case ValueEffect::MinOf: {
    const Bounds a = operand(0);
    const Bounds b = operand(1);
    out = hull(a, b);
    const bool max = effect.values == ValueEffect::MaxOf;
    (max ? out.min : out.max) = max ? std::max(a.min, b.min) : std::min(a.max, b.max);
    break;
  }
  }
  // NaN in, NaN out, but for the functions that count or look at the clock only.
  const bool counts = effect.name == "count_over_time" || effect.name == "present_over_time" ||
                      effect.labels == LabelEffect::Absent;
  out.nan = !counts && (effect.nan || in.nan);
  return out;
}

// --- labels ---------------------------------------------------------------------------------

void FlowBuilder::absentLabels(LabelSet& labels, NodeId argument, const Call& call) {
  const Node* node = &expr_.node(argument);
  while (const auto* paren = node->as<Paren>()) node = &expr_.node(paren->inner);
  if (const auto* ranged = node->as<RangeSelector>()) node = &expr_.node(ranged->selector);
  const auto* selector = node->as<Selector>();
  if (!selector) {
    if (node->as<Parameter>())
      labels = LabelSet::open({"nothing is known of what stands here", node->range});
    return;
  }
  const auto items = expr_.get(selector->matchers);
  for (const MatcherItem& item : items) {
    if (item.kind == MatcherItem::Kind::ListParameter)
      labels = LabelSet::merge(
          labels, LabelSet::open({"a parameter may bring matchers", item.range}), either);
  }
  for (const MatcherItem& item : items) {
    if (item.kind == MatcherItem::Kind::ListParameter || item.matcher.label == metricNameLabel)
      continue;
    const auto others = std::count_if(items.begin(), items.end(), [&](const MatcherItem& other) {
      return other.matcher.label == item.matcher.label &&
             other.kind != MatcherItem::Kind::ListParameter;
    });
    if (others > 1) {
      labels.set(item.matcher.label,
                 {Presence::Excluded,
                  std::nullopt,
                  {"with several matchers on a label, `absent` leaves it out", item.range}});
    } else if (item.matcher.op != MatchOp::Equal) {
      labels.set(item.matcher.label, {Presence::Excluded,
                                      std::nullopt,
                                      {"`absent` knows the value from `=` only", item.range}});
    } else if (item.kind == MatcherItem::Kind::ValueParameter) {
      labels.set(
          item.matcher.label,
          {Presence::Possible, std::nullopt, {"`absent` takes the value from here", item.range}});
    } else if (!item.matcher.value.empty()) {
      labels.set(item.matcher.label, {Presence::Guaranteed,
                                      item.matcher.value,
                                      {"`absent` takes the value from here", item.range}});
    }
  }
  labels.exclude(metricNameLabel, {"`absent` has no metric name", call.nameRange});
}

Branches FlowBuilder::absent(const Call& call, NodeId self) {
  const NodeId argument = expr_.get(call.arguments)[0];
  Branch branch =
      noLabels(self, "`absent` makes up its labels from the `=` matchers of a plain selector");
  branch.labels = LabelSet::closed({branch.labels.rest().reason.text, call.nameRange});
  absentLabels(branch.labels, argument, call);
  branch.values = Bounds::exactly(1);
  branch.kind = MetricKind::Gauge;
  branch.alwaysReturns = false;
  branch.condition =
      Reason{"returns something only while its argument returns nothing", call.nameRange};
  const Branches& inner = at(argument);
  if (std::any_of(inner.begin(), inner.end(), [](const Branch& b) { return b.alwaysReturns; }))
    kill(branch, {"its argument always returns something", range(argument)});
  return {branch};
}

void FlowBuilder::replaceLabel(Branch& branch, const Call& call) {
  const auto arguments = expr_.get(call.arguments);
  if (arguments.size() != 5) return;
  const std::string* target = constantString(arguments[1]);
  const std::string* text = constantString(arguments[2]);
  const std::string* from = constantString(arguments[3]);
  const std::string* pattern = constantString(arguments[4]);
  if (!target || !text || !from || !pattern) {
    if (!target)
      branch.labels.weaken({"a parameter may name this label", range(arguments[1])});
    else
      branch.labels.set(
          *target,
          {Presence::Possible, std::nullopt, {"`label_replace` may set it", range(arguments[1])}});
    return;
  }
  const Regex regex(*pattern);
  if (!regex.problem().empty()) return;
  const LabelFact& source = branch.labels.at(*from);
  const LabelFact before = branch.labels.at(*target);
  const auto literals = regex.literals();
  const bool anything = *pattern == ".*" || *pattern == "(.*)";
  bool always = anything;
  bool never = false;
  if (from->empty() || source.presence == Presence::Excluded) {
    always = regex.matchesEmpty();
    never = !always;
  } else if (source.presence == Presence::Guaranteed && source.value) {
    const auto found = regex.matches(*source.value);
    always = found.value_or(false);
    never = found && !*found;
  }
  if (never) return;
  const Reason reason{"`label_replace` sets it", range(arguments[1])};
  const bool expands = text->find('$') != text->npos;
  LabelFact after{Presence::Guaranteed, std::string_view(*text), reason};
  if (text->empty())
    after = {
        Presence::Excluded, std::nullopt, {"`label_replace` takes it away", range(arguments[1])}};
  else if (expands) {
    // `$1` may be empty, and an empty label is none. `$1` of a label that is always there is not.
    const bool copy = (*text == "$1" && (*pattern == "(.*)" || *pattern == "(.+)")) ||
                      (*text == "$0" && *pattern == ".+");
    const bool full =
        source.presence == Presence::Guaranteed || *pattern == "(.+)" || *pattern == ".+";
    after = {copy && full ? Presence::Guaranteed : Presence::Possible, std::nullopt, reason};
    if (copy && source.value) after.value = source.value;
    if (copy && source.presence == Presence::Excluded)
      after = {Presence::Excluded, std::nullopt, source.reason};
  }
  branch.labels.set(*target, always ? after : either(after, before));
}

void FlowBuilder::joinLabels(Branch& branch, const Call& call) {
  const auto arguments = expr_.get(call.arguments);
  if (arguments.size() < 3) return;
  const std::string* target = constantString(arguments[1]);
  const std::string* separator = constantString(arguments[2]);
  if (!target)
    return branch.labels.weaken({"a parameter may name this label", range(arguments[1])});
  bool sure = separator && !separator->empty() && arguments.size() > 4;
  bool none = !sure;
  for (size_t i = 3; i < arguments.size(); ++i) {
    const std::string* source = constantString(arguments[i]);
    const Presence presence = source ? branch.labels.at(*source).presence : Presence::Possible;
    sure = sure || presence == Presence::Guaranteed;
    none = none && presence == Presence::Excluded;
  }
  const Presence presence = sure   ? Presence::Guaranteed
                            : none ? Presence::Excluded
                                   : Presence::Possible;
  branch.labels.set(*target,
                    {presence, std::nullopt, {"`label_join` sets it", range(arguments[1])}});
}

void FlowBuilder::quantile(Branch& branch, const Call& call) {
  const LabelFact le = branch.labels.at("le");
  if (branch.kind == MetricKind::Bucket && le.presence == Presence::Excluded)
    kill(branch, {"without the label `le` there are no buckets to read", le.reason.range});
  branch.labels.exclude("le", {"the buckets are read here", call.nameRange});
  branch.labels.exclude(metricNameLabel,
                        {"a function takes the metric's name away", call.nameRange});
  branch.kind = MetricKind::Gauge;
  // `histogram_quantiles` puts the quantile into a label.
  const auto arguments = expr_.get(call.arguments);
  const std::string* label =
      call.name == "histogram_quantiles" ? constantString(arguments[1]) : nullptr;
  if (label)
    branch.labels.set(
        *label,
        {Presence::Guaranteed, std::nullopt, {"the quantile is put here", range(arguments[1])}});
}

Branches FlowBuilder::flow(const Call& call, NodeId self) {
  const FunctionFlow* effect = call.function ? findFunctionFlow(call.name) : nullptr;
  const auto arguments = expr_.get(call.arguments);
  const size_t optional = call.function && call.function->variadic != 0 ? 1 : 0;
  if (!effect || arguments.size() + optional < call.function->argumentCount()) {
    return {unknown(self)};
  }

  if (effect->labels == LabelEffect::Absent) return absent(call, self);
  // The argument with the series, if there is one.
  const auto series = std::find_if(arguments.begin(), arguments.end(), [&](NodeId argument) {
    const ValueType type = expr_.node(argument).type;
    return type != ValueType::Scalar && type != ValueType::String;
  });
  if (effect->labels == LabelEffect::None || effect->labels == LabelEffect::Vector ||
      series == arguments.end()) {
    // Scalars, `vector`, and `hour()` and its like, which stand for `hour(vector(time()))`.
    Branch branch = noLabels(self, effect->labels == LabelEffect::Vector ? "`vector` has no labels"
                                                                         : "this has no labels");
    const Bounds in = arguments.empty() ? Bounds{} : valuesOf(arguments[0]);
    branch.values = values(*effect, call, in);
    if (effect->values == ValueEffect::Scalar) {
      // Anything but one series gives NaN.
      const Branches& inner = at(arguments[0]);
      const bool one = inner.size() == 1 && inner[0].alwaysReturns && !inner[0].labels.isOpen() &&
                       inner[0].labels.named().empty();
      if (!one) branch.values.nan = true;
    }
    return {branch};
  }
  Branches branches = at(*series);
  for (Branch& branch : branches) {
    branch.values = values(*effect, call, branch.values);
    if (!effect->samples && branch.kind != MetricKind::Bucket) branch.kind = MetricKind::Gauge;
    switch (effect->labels) {
    case LabelEffect::Replace: replaceLabel(branch, call); break;
    case LabelEffect::Join: joinLabels(branch, call); break;
    case LabelEffect::Quantile: quantile(branch, call); break;
    case LabelEffect::DropName:
      branch.labels.exclude(metricNameLabel,
                            {"a function takes the metric's name away", call.nameRange});
      break;
    case LabelEffect::Info:
      branch.labels =
          LabelSet::merge(branch.labels, LabelSet::open({"`info` may add labels", call.nameRange}),
                          [](const LabelFact& own, const LabelFact& more) {
                            return own.presence == Presence::Excluded ? more : own;
                          });
      break;
    default: break;
    }
    // A range that holds one sample only gives nothing.
    if (effect->pair) branch.alwaysReturns = false;
  }
  return branches;
}

} // namespace relc::promql
