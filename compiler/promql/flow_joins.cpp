#include "compiler/promql/flow_builder.h"
#include "compiler/promql/operators.h"

#include <algorithm>
#include <array>

namespace relc::promql {

namespace {

bool isComparison(BinaryOp op) {
  return row(op).family == OperatorFamily::Comparison;
}
bool isFilter(const Binary& binary) {
  return isComparison(binary.op) && !binary.returnBool;
}

/// Until 2.46 `atan2` was forgotten among the operators that take the metric's name away.
bool keepsName(const Binary& binary, Version target) {
  const OperatorFamily family = row(binary.op).family;
  return isFilter(binary) || family == OperatorFamily::Trim ||
         (binary.op == BinaryOp::Atan2 && target < Version{2, 47});
}

constexpr std::string_view dropsName = "an operator takes the metric's name away";

/// Is it one series without labels, as `vector(1)` is?
bool isBare(const Branch& branch) {
  const auto& named = branch.labels.named();
  return !branch.labels.isOpen() && std::all_of(named.begin(), named.end(), [](const auto& n) {
    return n.second.presence == Presence::Excluded;
  });
}

Bounds truth(Verdict verdict) {
  if (verdict == Verdict::Sometimes) return Bounds::between(0, 1);
  return Bounds::exactly(verdict == Verdict::Always ? 1 : 0);
}

} // namespace

// --- values ---------------------------------------------------------------------------------

/// A comparison without `bool` keeps the samples for which it holds.
void FlowBuilder::filter(const Binary& binary, Branch& branch, BinaryOp op, const Bounds& values,
                         const Bounds& other) {
  if (!branch.condition)
    branch.condition = Reason{"only what this holds for is returned", binary.opRange};
  if (compare(op, values, other) != Verdict::Always) branch.alwaysReturns = false;
  if (const auto kept = filtered(op, values, other))
    branch.values = *kept;
  else
    kill(branch, {"this can never hold", binary.opRange});
}

void FlowBuilder::joinedValues(const Binary& binary, Branch& branch, const Bounds& left,
                               const Bounds& right) {
  switch (row(binary.op).family) {
  case OperatorFamily::Comparison:
    if (binary.returnBool)
      branch.values = truth(compare(binary.op, left, right));
    else
      filter(binary, branch, binary.op, left, right);
    break;
  case OperatorFamily::Arithmetic:
    branch.values = arithmetic(binary.op, left, right);
    if (binary.op == BinaryOp::Divide && isPart(binary.left, binary.right, &binary, false, 0)) {
      // A part of something that is counted: between none and all of it, 0/0 if there is nothing.
      branch.values = Bounds::between(0, 1);
      branch.values.nan = right.contains(0);
    }
    break;
  default: branch.values = {}; break;
  }
}

// --- a vector and a number ------------------------------------------------------------------

Branches FlowBuilder::withNumber(const Binary& binary, NodeId self) {
  const bool vectorLeft = isVector(binary.left);
  if (!vectorLeft && !isVector(binary.right)) {
    Branch branch = noLabels(self, "a number has no labels");
    joinedValues(binary, branch, valuesOf(binary.left), valuesOf(binary.right));
    branch.condition.reset();
    branch.alwaysReturns = true;
    return {branch};
  }
  const NodeId vector = vectorLeft ? binary.left : binary.right;
  const Bounds number = valuesOf(vectorLeft ? binary.right : binary.left);
  Branches branches = at(vector);
  bool whole = true; // nothing is filtered out
  for (Branch& branch : branches) {
    const Bounds in = branch.values;
    if (isFilter(binary)) {
      // The value is that of the vector, whichever side it is on.
      const BinaryOp op = vectorLeft ? binary.op : mirrored(binary.op);
      whole = whole && compare(op, in, number) == Verdict::Always;
      filter(binary, branch, op, in, number);
      continue;
    }
    if (!keepsName(binary, options_.target))
      branch.labels.exclude(metricNameLabel, {dropsName, binary.opRange});
    joinedValues(binary, branch, vectorLeft ? in : number, vectorLeft ? number : in);
    if (branch.kind != MetricKind::Bucket) branch.kind = MetricKind::Unknown;
  }
  // `x or vector(0)` always has a result, but not always that of `vector(0)`: what is there may be
  // a series that is filtered out.
  if (!whole)
    for (Branch& branch : branches) branch.alwaysReturns = false;
  return branches;
}

// --- two vectors ----------------------------------------------------------------------------

/// The label by which a series of one side can never match a series of the other, if there is one.
std::optional<std::string_view> FlowBuilder::mismatch(const Binary& binary, const LabelSet& left,
                                                      const LabelSet& right) {
  bool parameters = false;
  const auto listed = names(binary.labels, parameters);
  const auto clash = [&](std::string_view name) {
    return !canAgree(left.at(name), right.at(name));
  };
  if (binary.matching == Binary::Matching::On) {
    const auto found = std::find_if(listed.begin(), listed.end(), clash);
    return found == listed.end() ? std::nullopt : std::optional(*found);
  }
  if (parameters) return std::nullopt;
  for (const LabelSet* side : {&left, &right})
    for (const LabelSet::Named& entry : side->named()) {
      const bool ignored = entry.first == metricNameLabel ||
                           std::find(listed.begin(), listed.end(), entry.first) != listed.end();
      if (!ignored && clash(entry.first)) return entry.first;
    }
  return std::nullopt;
}

LabelSet FlowBuilder::joined(const Binary& binary, const LabelSet& left, const LabelSet& right) {
  const bool mirror = binary.grouping == Binary::Grouping::Right;
  const bool grouped = binary.grouping != Binary::Grouping::None;
  const LabelSet& many = mirror ? right : left;
  const LabelSet& one = mirror ? left : right;
  bool parameters = false;
  const auto listed = names(binary.labels, parameters);
  const bool on = binary.matching == Binary::Matching::On;
  // Matching means equal values: of a label that is matched by, each side tells about the other.
  LabelSet result = many;
  if (on) {
    for (const std::string_view name : listed) result.set(name, both(many.at(name), one.at(name)));
  } else if (!parameters) {
    result = LabelSet::merge(many, one, both);
    for (const std::string_view name : listed) result.set(name, many.at(name));
  }
  result.set(metricNameLabel, many.at(metricNameLabel));
  if (!keepsName(binary, options_.target))
    result.exclude(metricNameLabel, {dropsName, binary.opRange});
  if (!grouped) {
    if (on) {
      if (parameters)
        result.weaken({"a parameter may leave this label out", binary.matchingRange});
      else
        result.keepOnly(listed, {"only the labels that `on` names are left", binary.matchingRange});
    } else {
      for (const LabelItem& item : expr_.get(binary.labels))
        if (!item.parameter)
          result.exclude(item.name, {"`ignoring` takes this label away", item.range});
    }
  }
  for (const LabelItem& item : expr_.get(binary.include)) {
    if (item.parameter) {
      result.weaken({"a parameter may replace this label", item.range});
      result = LabelSet::merge(result, LabelSet::open({"a parameter may bring labels", item.range}),
                               either);
      continue;
    }
    LabelFact brought = one.at(item.name);
    if (brought.presence != Presence::Excluded)
      brought.reason = {"it is taken from the other side", item.range};
    result.set(item.name, brought);
  }
  return result;
}

Branches FlowBuilder::join(const Binary& binary, NodeId) {
  const Branches& left = at(binary.left);
  const Branches& right = at(binary.right);
  Branches result;
  for (const Branch& branch : left) {
    Branches partners;
    Reason why{"the two sides never match", binary.opRange};
    for (const Branch& candidate : right)
      if (!candidate.dead && !mismatch(binary, branch.labels, candidate.labels))
        partners.push_back(candidate);
      else if (candidate.dead)
        why = *candidate.dead;
    Branch made = branch;
    if (partners.empty()) {
      // Nothing comes of it; what it would look like still helps to judge the rest.
      made.labels = joined(binary, branch.labels, summary(right).labels);
      kill(made, why);
      result.push_back(std::move(made));
      continue;
    }
    const Branch partner = summary(partners);
    made.labels = joined(binary, branch.labels, partner.labels);
    const bool meet = isBare(branch) && isBare(partner);
    made.alwaysReturns = branch.alwaysReturns && partner.alwaysReturns && meet;
    if (!made.condition) made.condition = partner.condition;
    if (!made.aggregated) made.aggregated = partner.aggregated;
    if (!isFilter(binary) && made.kind != MetricKind::Bucket) made.kind = MetricKind::Unknown;
    if (binary.fillLeft || binary.fillRight) {
      // A missing sample is replaced: the other side's labels alone may make the result.
      made.labels = LabelSet::merge(
          made.labels, LabelSet::open({"`fill` may stand for a missing side", binary.opRange}),
          either);
      made.values = {};
      result.push_back(std::move(made));
      continue;
    }
    joinedValues(binary, made, branch.values, partner.values);
    result.push_back(std::move(made));
  }
  return result;
}

Branches FlowBuilder::setOperation(const Binary& binary, NodeId) {
  const Branches& left = at(binary.left);
  const Branches& right = at(binary.right);
  Branches result = left;
  if (binary.op == BinaryOp::Or) {
    result.insert(result.end(), right.begin(), right.end());
    bound(result);
    return result;
  }
  const bool wanted = binary.op == BinaryOp::And;
  for (Branch& branch : result) {
    bool meets = false;  // may find a partner
    bool always = false; // always finds one
    for (const Branch& candidate : right) {
      if (candidate.dead || mismatch(binary, branch.labels, candidate.labels)) continue;
      meets = true;
      const bool onNothing = binary.matching == Binary::Matching::On && binary.labels.empty();
      always = always ||
               (candidate.alwaysReturns && (onNothing || (isBare(branch) && isBare(candidate))));
    }
    const Reason why{wanted ? "only what has a partner on the right side is returned"
                            : "what has a partner on the right side is left out",
                     binary.opRange};
    if (!branch.condition && (wanted || meets)) branch.condition = why;
    if (wanted ? !always : meets) branch.alwaysReturns = false;
    if (wanted && !meets) kill(branch, {"the two sides never match", binary.opRange});
    if (!wanted && always) kill(branch, {"the right side always has a partner", binary.opRange});
  }
  return result;
}

Branches FlowBuilder::flow(const Binary& binary, NodeId self) {
  const bool set = row(binary.op).family == OperatorFamily::Set;
  const bool vectors = isVector(binary.left) && isVector(binary.right);
  if (at(binary.left).empty() || at(binary.right).empty()) return {};
  if (isComparison(binary.op)) judgeComparison(binary, self);
  if (!vectors) return withNumber(binary, self);
  if (binary.op != BinaryOp::Or) findJoinProblems(binary, self);
  return set ? setOperation(binary, self) : join(binary, self);
}

// --- what checks ask for --------------------------------------------------------------------

void FlowBuilder::findJoinProblems(const Binary& binary, NodeId self) {
  const Branches& left = at(binary.left);
  const Branches& right = at(binary.right);
  // Sides that never match: by no pair of their branches.
  std::optional<std::string_view> never;
  bool every = true;
  for (const Branch& l : left)
    for (const Branch& r : right) {
      const auto label = mismatch(binary, l.labels, r.labels);
      every = every && label;
      if (!never) never = label;
    }
  const LabelSet a = summary(left).labels;
  const LabelSet b = summary(right).labels;
  const auto report = [&](JoinProblem::Kind kind, std::string_view label) {
    flow_.joinProblems_.push_back({kind, self, label, a.at(label), b.at(label)});
  };
  if (every) return report(JoinProblem::Kind::Never, *never);
  if (binary.matching != Binary::Matching::On) return;
  for (const LabelItem& item : expr_.get(binary.labels)) {
    if (item.parameter) continue;
    const bool lacksLeft = a.at(item.name).presence == Presence::Excluded;
    const bool lacksRight = b.at(item.name).presence == Presence::Excluded;
    if (lacksLeft && lacksRight)
      report(JoinProblem::Kind::BothLack, item.name);
    else if (lacksLeft || lacksRight)
      report(JoinProblem::Kind::OneLacks, item.name);
  }
}

void FlowBuilder::judgeComparison(const Binary& binary, NodeId self) {
  const auto alive = [&](NodeId side) {
    Branches found;
    for (const Branch& branch : at(side))
      if (!branch.dead) found.push_back(branch);
    return found;
  };
  for (const bool numberRight : {true, false}) {
    const NodeId number = numberRight ? binary.right : binary.left;
    const NodeId other = numberRight ? binary.left : binary.right;
    const auto threshold = valuesOf(number).constant();
    const Branches branches = alive(other);
    if (!threshold || branches.empty()) continue;
    const BinaryOp op = numberRight ? binary.op : mirrored(binary.op);
    const Bounds values = summary(branches).values;
    flow_.comparisons_.push_back(
        {self, op, *threshold, values, compare(op, values, Bounds::exactly(*threshold))});
    return;
  }
}

/// Is one expression a part of the other, series by series: the same metric, function and range,
/// with more matchers? `match` is the operator between them; `counted` says that their samples
/// cannot be negative.
bool FlowBuilder::isPart(NodeId part, NodeId whole, const Binary* match, bool counted,
                         int depth) const {
  if (depth > 32) return false;
  const Node& p = expr_.node(part);
  const Node& w = expr_.node(whole);
  if (const auto* paren = p.as<Paren>())
    return isPart(paren->inner, whole, match, counted, depth + 1);
  if (const auto* paren = w.as<Paren>())
    return isPart(part, paren->inner, match, counted, depth + 1);
  // What is left of all after a part is a part as well.
  if (const auto* rest = p.as<Binary>())
    return rest->op == BinaryOp::Subtract && print(expr_, rest->left) == print(expr_, whole) &&
           isPart(rest->right, whole, rest, counted, depth + 1);
  if (const auto* a = p.as<Aggregation>()) {
    const auto* b = w.as<Aggregation>();
    return b && isPartOfGroup(*a, *b, match) &&
           isPart(a->expression, b->expression, nullptr, counted || a->op == AggregateOp::Count,
                  depth + 1);
  }
  if (const auto* a = p.as<Call>()) {
    const auto* b = w.as<Call>();
    constexpr std::array<std::string_view, 4> counting = {"rate", "increase", "irate",
                                                          "count_over_time"};
    const bool counts = std::find(counting.begin(), counting.end(), a->name) != counting.end();
    return b && counts && a->name == b->name && a->arguments.count == 1 &&
           b->arguments.count == 1 &&
           isPart(expr_.get(a->arguments)[0], expr_.get(b->arguments)[0], nullptr, true, depth + 1);
  }
  if (const auto* a = p.as<RangeSelector>()) {
    const auto* b = w.as<RangeSelector>();
    // The ranges with their modifiers, as printed.
    const auto tail = [&](NodeId node) {
      const std::string text = print(expr_, node);
      return text.substr(text.rfind('['));
    };
    return b && tail(part) == tail(whole) &&
           isPart(a->selector, b->selector, nullptr, counted, depth + 1);
  }
  const auto* x = p.as<Selector>();
  const auto* y = w.as<Selector>();
  if (!x || !y || (!counted && !valuesOf(whole).nonNegative())) return false;
  const bool named = !x->metric.empty() || !x->parameter.empty();
  const auto plain = [](const Selector& s) {
    return s.modifiers.offset.kind == Duration::Kind::None && s.modifiers.at == Modifiers::At::None;
  };
  if (!named || x->metric != y->metric || x->parameter != y->parameter || !plain(*x) || !plain(*y))
    return false;
  const auto own = expr_.get(x->matchers);
  const auto needed = expr_.get(y->matchers);
  return std::all_of(needed.begin(), needed.end(), [&](const MatcherItem& item) {
    return std::any_of(own.begin(), own.end(), [&](const MatcherItem& mine) {
      return mine.kind == item.kind && mine.matcher == item.matcher;
    });
  });
}

/// Is each group of the one aggregation a part of the group of the other that it is matched to?
bool FlowBuilder::isPartOfGroup(const Aggregation& part, const Aggregation& whole,
                                const Binary* match) const {
  const bool adds = part.op == AggregateOp::Sum || part.op == AggregateOp::Count;
  if (!adds || part.op != whole.op) return false;
  bool parameters = false;
  const auto sorted = [&](Slice<LabelItem> slice) {
    auto found = names(slice, parameters);
    for (const LabelItem& item : expr_.get(slice))
      if (item.parameter) found.push_back(item.name);
    std::sort(found.begin(), found.end());
    return found;
  };
  const auto own = sorted(part.labels);
  const auto others = sorted(whole.labels);
  if (part.grouping == whole.grouping && own == others) return true;
  // Finer groups, each matched to the larger one that it lies in.
  const bool finer = part.grouping == Aggregation::Grouping::By &&
                     whole.grouping != Aggregation::Grouping::Without &&
                     std::includes(own.begin(), own.end(), others.begin(), others.end());
  return finer && match && match->matching == Binary::Matching::On &&
         match->grouping == Binary::Grouping::Left && sorted(match->labels) == others &&
         !parameters;
}

} // namespace relc::promql
