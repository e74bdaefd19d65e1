#include "compiler/promql/flow_builder.h"

#include "compiler/promql/operators.h"
#include "compiler/promql/regex.h"

#include <algorithm>

namespace relc::promql {

Branch summary(const Branches& branches) {
  Branch all = branches.front();
  for (size_t i = 1; i < branches.size(); ++i) {
    const Branch& next = branches[i];
    all.labels = LabelSet::merge(all.labels, next.labels, either);
    all.values = hull(all.values, next.values);
    if (all.kind != next.kind) all.kind = MetricKind::Unknown;
    all.kindDeclared = all.kindDeclared && next.kindDeclared;
    all.alwaysReturns = all.alwaysReturns || next.alwaysReturns;
    if (!next.condition) all.condition.reset();
    if (!all.aggregated) all.aggregated = next.aggregated;
    if (!next.dead) all.dead.reset();
  }
  return all;
}

void bound(Branches& branches) {
  if (branches.size() <= LabelFlow::maxBranches) return;
  const auto last = branches.begin() + (LabelFlow::maxBranches - 1);
  const Branch rest = summary(Branches(last, branches.end()));
  branches.erase(last, branches.end());
  branches.push_back(rest);
}

void kill(Branch& branch, Reason reason) {
  if (!branch.dead) branch.dead = reason;
  branch.alwaysReturns = false;
}

void FlowBuilder::run() {
  const auto nodes = expr_.nodes();
  flow_.branches_.resize(nodes.size());
  if (nodes.size() > LabelFlow::maxNodes) {
    for (uint32_t i = 0; i < nodes.size(); ++i) flow_.branches_[i] = {unknown({i})};
    return;
  }
  // Children stand before their parents.
  for (uint32_t i = 0; i < nodes.size(); ++i)
    flow_.branches_[i] =
        std::visit([&](const auto& data) { return flow(data, NodeId{i}); }, nodes[i].data);
}

Branches FlowBuilder::flow(const Number& number, NodeId self) {
  Branch branch = noLabels(self, "a number has no labels");
  branch.values = Bounds::exactly(number.value);
  return {branch};
}

Branches FlowBuilder::flow(const Parameter&, NodeId self) {
  return {unknown(self)};
}

Branch FlowBuilder::unknown(NodeId self) const {
  Branch branch;
  branch.source = self;
  branch.labels = LabelSet::open({"nothing is known of what stands here", range(self)});
  return branch;
}

// --- selectors ------------------------------------------------------------------------------

namespace {

MetricKind guess(std::string_view metric) {
  // A name with a colon is that of a recording rule, which can hold anything.
  if (metric.find(':') != metric.npos) return MetricKind::Unknown;
  if (metric.ends_with("_bucket")) return MetricKind::Bucket;
  for (const std::string_view suffix : {"_total", "_count", "_sum"})
    if (metric.ends_with(suffix)) return MetricKind::Counter;
  return MetricKind::Unknown;
}

} // namespace

void FlowBuilder::declare(Branch& branch, const Selector& selector) {
  const LabelFact& name = branch.labels.at(metricNameLabel);
  if (!name.value) return;
  branch.kind = guess(*name.value);
  if (*name.value == "up") branch.values = Bounds::between(0, 1);
  const MetricInfo* info = options_.declaration ? options_.declaration(*name.value) : nullptr;
  if (!info) return;
  if (info->kind != MetricKind::Unknown) {
    branch.kind = info->kind;
    branch.kindDeclared = true;
  }
  if (info->kind == MetricKind::Counter || info->kind == MetricKind::Bucket)
    branch.values = Bounds::atLeast(0);
  if (info->values) branch.values = *info->values;
  if (!info->labels) return;
  std::vector<std::string_view> known = {metricNameLabel};
  known.insert(known.end(), info->labels->begin(), info->labels->end());
  const Reason reason{declaredWithout, selector.metricRange};
  for (const LabelSet::Named& entry : branch.labels.named())
    if (entry.second.presence == Presence::Guaranteed &&
        std::find(known.begin(), known.end(), entry.first) == known.end())
      kill(branch, {declaredWithout, entry.second.reason.range});
  branch.labels.keepOnly(known, reason);
}

void FlowBuilder::matcher(Branch& branch, const MatcherItem& item,
                          std::vector<const MatcherItem*>& earlier) {
  if (item.kind == MatcherItem::Kind::ListParameter) return;
  const Matcher& m = item.matcher;
  if (item.kind == MatcherItem::Kind::ValueParameter) {
    if (m.op == MatchOp::Equal)
      branch.labels.set(
          m.label,
          {Presence::Possible, std::nullopt, {"the parameter's value is asked for", item.range}});
    return;
  }
  LabelFact fact = branch.labels.at(m.label);
  // Whether every accepted series has the label, or none.
  if (m.op == MatchOp::Equal && m.value.empty()) {
    fact = {Presence::Excluded, std::nullopt, {"only series without it are selected", item.range}};
  } else if (m.op == MatchOp::Equal) {
    fact = {Presence::Guaranteed, m.value, {"this value is asked for", item.range}};
  } else if (!matches(m, "") && fact.presence != Presence::Guaranteed) {
    fact = {
        Presence::Guaranteed, std::nullopt, {"only series that have it are selected", item.range}};
  } else if (m.op == MatchOp::Regex) {
    const Regex regex(m.value);
    const auto values = regex.problem().empty() ? regex.literals() : std::nullopt;
    if (values && values->size() == 1 && values->front().empty())
      fact = {
          Presence::Excluded, std::nullopt, {"only series without it are selected", item.range}};
  }
  if (m.op == MatchOp::NotRegex && (m.value == ".*" || m.value == "(.*)"))
    kill(branch, {"`.*` fits every value, and none", item.range});
  // One matcher fixes the value: all others on the label have to accept it.
  for (const MatcherItem* other : earlier) {
    const Matcher& o = other->matcher;
    if (o.label != m.label) continue;
    if ((m.op == MatchOp::Equal && !matches(o, m.value)) ||
        (o.op == MatchOp::Equal && !matches(m, o.value)))
      kill(branch, {"no value of this label satisfies all of its matchers", item.range});
  }
  earlier.push_back(&item);
  branch.labels.set(m.label, fact);
}

Branches FlowBuilder::flow(const Selector& selector, NodeId self) {
  Branch branch;
  branch.source = self;
  branch.labels = LabelSet::open({"the series of a selector may have any label", range(self)});
  LabelFact name{
      Presence::Guaranteed, std::nullopt, {"the series of a selector have a name", range(self)}};
  if (!selector.metric.empty())
    name = {
        Presence::Guaranteed, selector.metric, {"the name of the metric", selector.metricRange}};
  branch.labels.set(metricNameLabel, name);
  std::vector<const MatcherItem*> earlier;
  const auto items = expr_.get(selector.matchers);
  // More matchers than anybody writes are not compared with one another.
  for (const MatcherItem& item : items.first(std::min<size_t>(items.size(), 64)))
    matcher(branch, item, earlier);
  declare(branch, selector);
  return {branch};
}

// --- aggregations, signs --------------------------------------------------------------------

std::vector<std::string_view> FlowBuilder::names(Slice<LabelItem> slice, bool& parameters) const {
  std::vector<std::string_view> found;
  for (const LabelItem& item : expr_.get(slice)) {
    if (item.parameter)
      parameters = true;
    else
      found.push_back(item.name);
  }
  return found;
}

Bounds FlowBuilder::aggregated(const Aggregation& aggregation, const Branch& branch, bool single) {
  const Bounds& in = branch.values;
  switch (aggregation.op) {
  case AggregateOp::Count:
  case AggregateOp::CountValues: return single ? Bounds::exactly(1) : Bounds::atLeast(1);
  case AggregateOp::Group: return Bounds::exactly(1);
  case AggregateOp::Stddev:
  case AggregateOp::Stdvar: {
    Bounds spread = Bounds::atLeast(0);
    spread.nan = in.nan;
    return spread;
  }
  case AggregateOp::Sum: {
    if (single) return in;
    Bounds sum;
    if (in.nonNegative()) sum.min = in.min, sum.minOpen = in.minOpen;
    if (in.max <= 0) sum.max = in.max, sum.maxOpen = in.maxOpen;
    sum.nan = in.nan;
    return sum;
  }
  case AggregateOp::Quantile: {
    // Outside [0, 1] the quantile is infinite by definition.
    const auto share = valuesOf(aggregation.parameter).constant();
    if (share && *share >= 0 && *share <= 1) return in;
    Bounds any;
    any.nan = in.nan || !share;
    return any;
  }
  default: return in; // avg, min, max and the selecting ones stay within the bounds of their input
  }
}

Branches FlowBuilder::flow(const Aggregation& aggregation, NodeId) {
  const AggregateOp op = aggregation.op;
  const bool selecting = op == AggregateOp::Topk || op == AggregateOp::Bottomk ||
                         op == AggregateOp::Limitk || op == AggregateOp::LimitRatio;
  Branches branches = at(aggregation.expression);
  const bool one = branches.size() == 1;
  for (Branch& branch : branches) {
    // `topk` of nothing, or of k ≤ 0 series, is nothing.
    if (selecting) {
      const auto k = valuesOf(aggregation.parameter).constant();
      if (!k || *k < 1) branch.alwaysReturns = false;
      continue;
    }
    const bool single = one && !branch.labels.isOpen() && branch.labels.named().empty();
    branch.values = aggregated(aggregation, branch, single);
    const bool samples = op == AggregateOp::Sum || op == AggregateOp::Avg ||
                         op == AggregateOp::Min || op == AggregateOp::Max ||
                         op == AggregateOp::Quantile;
    if (!samples) branch.kind = MetricKind::Gauge;
    if (!branch.aggregated) branch.aggregated = Reason{"aggregated here", aggregation.opRange};

    bool parameters = false;
    const auto labels = names(aggregation.labels, parameters);
    if (aggregation.grouping == Aggregation::Grouping::Without) {
      for (const LabelItem& item : expr_.get(aggregation.labels))
        if (!item.parameter)
          branch.labels.exclude(item.name, {"`without` takes this label away", item.range});
      branch.labels.exclude(metricNameLabel,
                            {"an aggregation takes the metric's name away", aggregation.opRange});
      if (parameters)
        branch.labels.weaken({"a parameter may take this label away", aggregation.groupingRange});
    } else if (parameters) {
      const LabelSet before = branch.labels;
      branch.labels.weaken({"a parameter may leave this label out", aggregation.groupingRange});
      for (const std::string_view name : labels) branch.labels.set(name, before.at(name));
    } else if (aggregation.grouping == Aggregation::Grouping::By) {
      branch.labels.keepOnly(labels,
                             {"only the labels named here are kept", aggregation.groupingRange});
    } else {
      branch.labels.keepOnly(
          {}, {"an aggregation without `by` takes all labels away", aggregation.opRange});
    }
    if (op != AggregateOp::CountValues) continue;
    if (const std::string* label = constantString(aggregation.parameter))
      branch.labels.set(*label,
                        {Presence::Guaranteed,
                         std::nullopt,
                         {"`count_values` puts the value here", range(aggregation.parameter)}});
  }
  return branches;
}

Branches FlowBuilder::flow(const Unary& unary, NodeId self) {
  Branches branches = at(unary.operand);
  for (Branch& branch : branches) {
    if (!unary.negative) continue; // `+x` is x, with its name
    if (isVector(unary.operand))
      branch.labels.exclude(metricNameLabel, {"a sign takes the metric's name away",
                                              {range(self).begin, range(self).begin + 1}});
    const Bounds zero = Bounds::exactly(0);
    branch.values = branch.values.constant() ? Bounds::exactly(-*branch.values.constant())
                                             : arithmetic(BinaryOp::Subtract, zero, branch.values);
    if (branch.kind != MetricKind::Bucket) branch.kind = MetricKind::Unknown;
  }
  return branches;
}

} // namespace relc::promql
