#include "compiler/promql/label_flow.h"

#include "compiler/promql/flow_builder.h"
#include "compiler/promql/operators.h"

#include <algorithm>

namespace relc::promql {

LabelFlow::LabelFlow(const Expr& expr, const FlowOptions& options) : expr_(&expr) {
  if (expr.valid()) FlowBuilder(*this, options).run();
}

static Branches alive(std::span<const Branch> branches) {
  Branches found;
  std::copy_if(branches.begin(), branches.end(), std::back_inserter(found),
               [](const Branch& b) { return !b.dead; });
  return found.empty() ? Branches(branches.begin(), branches.end()) : found;
}

LabelFact LabelFlow::label(std::string_view name) const {
  const Branches branches = alive(result());
  return branches.empty() ? LabelFact{} : summary(branches).labels.at(name);
}

bool LabelFlow::alwaysReturns() const {
  const auto branches = result();
  return std::any_of(branches.begin(), branches.end(),
                     [](const Branch& b) { return b.alwaysReturns; });
}

bool LabelFlow::isConditional() const {
  const auto branches = result();
  return std::all_of(branches.begin(), branches.end(),
                     [](const Branch& b) { return b.condition || b.dead; });
}

Bounds LabelFlow::values() const {
  const Branches branches = alive(result());
  return branches.empty() ? Bounds{} : summary(branches).values;
}

// --- ranges, selectors ----------------------------------------------------------------------

std::vector<RangeUse> ranges(const Expr& expr) {
  std::vector<RangeUse> found;
  std::vector<NodeId> callOf(expr.nodes().size());
  for (uint32_t i = 0; i < expr.nodes().size(); ++i)
    if (const auto* call = expr.nodes()[i].as<Call>())
      for (const NodeId argument : expr.get(call->arguments)) callOf[argument.index] = {i};
  for (uint32_t i = 0; i < expr.nodes().size(); ++i) {
    const Node& node = expr.nodes()[i];
    const auto* selector = node.as<RangeSelector>();
    const auto* subquery = node.as<Subquery>();
    if (!selector && !subquery) continue;
    const Duration& length = selector ? selector->range : subquery->range;
    found.push_back({{i},
                     callOf[i],
                     length.kind == Duration::Kind::Literal ? length.milliseconds : 0,
                     length.range});
  }
  return found;
}

std::vector<NodeId> selecting(const Expr& expr, const std::map<std::string, std::string>& labels) {
  std::vector<NodeId> found;
  const auto accepts = [&](const MatcherItem& item) {
    const auto known = labels.find(item.matcher.label);
    return item.kind != MatcherItem::Kind::Matcher || known == labels.end() ||
           matches(item.matcher, known->second);
  };
  const auto name = labels.find(std::string(metricNameLabel));
  for (uint32_t i = 0; i < expr.nodes().size(); ++i) {
    const Node& node = expr.nodes()[i];
    if (node.as<Parameter>()) found.push_back({i});
    const auto* selector = node.as<Selector>();
    if (!selector) continue;
    const bool otherMetric =
        name != labels.end() && !selector->metric.empty() && selector->metric != name->second;
    const auto items = expr.get(selector->matchers);
    if (!otherMetric && std::all_of(items.begin(), items.end(), accepts)) found.push_back({i});
  }
  return found;
}

// --- thresholds, implication ----------------------------------------------------------------

static NodeId bare(const Expr& expr, NodeId node) {
  while (const auto* paren = expr.node(node).as<Paren>()) node = paren->inner;
  return node;
}

static std::optional<Threshold> thresholdAt(const Expr& expr, NodeId node) {
  node = bare(expr, node);
  const auto* binary = expr.node(node).as<Binary>();
  if (!binary || binary->returnBool || row(binary->op).family != OperatorFamily::Comparison)
    return std::nullopt;
  const auto* right = expr.node(bare(expr, binary->right)).as<Number>();
  const auto* left = expr.node(bare(expr, binary->left)).as<Number>();
  if (right && !left) return Threshold{node, bare(expr, binary->left), binary->op, right->value};
  if (left && !right)
    return Threshold{node, bare(expr, binary->right), mirrored(binary->op), left->value};
  return std::nullopt;
}

std::optional<Threshold> threshold(const Expr& expr) {
  return expr.valid() ? thresholdAt(expr, expr.root()) : std::nullopt;
}

/// The operands of a row of one set operator, parentheses aside; of a long row the first.
static std::vector<NodeId> operands(const Expr& expr, BinaryOp op) {
  constexpr size_t most = 32;
  std::vector<NodeId> found;
  std::vector<NodeId> todo = {expr.root()};
  while (!todo.empty() && found.size() < most) {
    const NodeId node = bare(expr, todo.back());
    todo.pop_back();
    const auto* binary = expr.node(node).as<Binary>();
    if (binary && binary->op == op)
      todo.insert(todo.end(), {binary->right, binary->left});
    else
      found.push_back(node);
  }
  return found;
}

static bool impliesAt(const Expr& a, NodeId x, const Expr& b, NodeId y) {
  if (print(a, x) == print(b, y)) return true;
  const auto strong = thresholdAt(a, x);
  const auto weak = thresholdAt(b, y);
  if (!strong) return false;
  // A filter returns nothing that its subject does not.
  if (!weak) return print(a, strong->subject) == print(b, y);
  if (print(a, strong->subject) != print(b, weak->subject)) return false;
  const auto kept = filtered(strong->op, {}, Bounds::exactly(strong->value));
  return kept && compare(weak->op, *kept, Bounds::exactly(weak->value)) == Verdict::Always;
}

bool implies(const Expr& a, const Expr& b) {
  if (!a.valid() || !b.valid()) return false;
  if (impliesAt(a, bare(a, a.root()), b, bare(b, b.root()))) return true;
  const auto needed = operands(a, BinaryOp::And);
  const auto offered = operands(b, BinaryOp::Or);
  return std::any_of(needed.begin(), needed.end(), [&](NodeId x) {
    return std::any_of(offered.begin(), offered.end(),
                       [&](NodeId y) { return impliesAt(a, x, b, y); });
  });
}

} // namespace relc::promql
