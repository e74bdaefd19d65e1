#include "compiler/promql/type_checker.h"

#include "compiler/promql/functions.h"
#include "compiler/promql/literals.h"
#include "compiler/promql/operators.h"
#include "compiler/promql/regex.h"

#include <algorithm>
#include <fmt/format.h>

namespace relc::promql {

std::string_view toString(ValueType type) {
  switch (type) {
  case ValueType::Scalar: return "scalar";
  case ValueType::String: return "string";
  case ValueType::Vector: return "instant vector";
  case ValueType::Range: return "range vector";
  case ValueType::Unknown: return "number or vector";
  case ValueType::None: break;
  }
  return "none";
}

/// May a value of this type stand where the other is wanted? A parameter may, and an expression
/// that was not understood is not complained of again.
static bool fits(ValueType type, ValueType wanted) {
  return type == wanted || type == ValueType::Unknown || type == ValueType::None;
}
static bool isOperand(ValueType type) {
  return fits(type, ValueType::Scalar) || type == ValueType::Vector;
}

void TypeChecker::check(bool report) {
  report_ = report;
  mayBeEmpty_.assign(expr_.nodes_.size(), false);
  for (const Node& node : expr_.nodes_)
    if (const Call* call = node.as<Call>())
      if (call->name == "info" && call->arguments.count == 2)
        mayBeEmpty_[expr_.get(call->arguments)[1].index] = true;
  // Children stand before their parents, so one pass is enough.
  for (Node& node : expr_.nodes_)
    node.type = std::visit([&](const auto& data) { return check(data, node); }, node.data);
}

void TypeChecker::checkRule() {
  const Node& root = expr_.node(expr_.root());
  if (isOperand(root.type)) return;
  report_ = true;
  fail(root.range,
       fmt::format("the result of a rule has to be a scalar or an instant vector, this is a {}",
                   toString(root.type)));
}

void TypeChecker::fail(TextRange range, std::string message) {
  if (report_ && errors_.size() < maxErrors)
    errors_.push_back({range, std::move(message), ErrorKind::Type});
}

void TypeChecker::expect(NodeId id, ValueType wanted, std::string_view context) {
  if (fits(type(id), wanted)) return;
  fail(expr_.node(id).range, fmt::format("expected type {} in {}, got {}", toString(wanted),
                                         context, toString(type(id))));
}

// --- selectors ------------------------------------------------------------------------------

ValueType TypeChecker::check(const Parameter& parameter, const Node&) {
  const Modifiers& modifiers = parameter.modifiers;
  const bool plain = modifiers.offset.kind == Duration::Kind::None &&
                     modifiers.at == Modifiers::At::None &&
                     modifiers.extended == Modifiers::Extended::None;
  return plain ? ValueType::Unknown : ValueType::Vector;
}

/// Does it keep out series that lack the label? What a parameter will bring is not known; it is
/// given the benefit of the doubt.
static bool selects(const MatcherItem& item) {
  if (item.kind != MatcherItem::Kind::Matcher) return true;
  return !matches(item.matcher, "");
}

ValueType TypeChecker::check(const Selector& selector, const Node& node) {
  const auto items = expr_.get(selector.matchers);
  if (!selector.metric.empty()) {
    for (const MatcherItem& item : items)
      if (item.kind == MatcherItem::Kind::Matcher && item.matcher.label == "__name__")
        fail(node.range, fmt::format("metric name must not be set twice: {} or {}",
                                     quote(selector.metric), quote(item.matcher.value)));
    return ValueType::Vector;
  }
  const size_t self = static_cast<size_t>(&node - expr_.nodes_.data());
  if (selector.parameter.empty() && !mayBeEmpty_[self] &&
      std::none_of(items.begin(), items.end(), selects))
    fail(node.range, "vector selector must contain at least one non-empty matcher");
  return ValueType::Vector;
}

ValueType TypeChecker::check(const Subquery& subquery, const Node& node) {
  if (!fits(type(subquery.expression), ValueType::Vector)) {
    // Here Prometheus uses its internal names.
    const ValueType got = type(subquery.expression);
    fail(node.range, fmt::format("subquery is only allowed on instant vector, got {} instead",
                                 got == ValueType::Range ? "matrix" : toString(got)));
  }
  return ValueType::Range;
}

// --- calls and aggregations -----------------------------------------------------------------

void TypeChecker::checkCount(const Call& call, const Node& node) {
  const Function& function = *call.function;
  const size_t declared = function.argumentCount();
  const size_t given = call.arguments.count;
  if (function.variadic == 0) {
    if (given != declared)
      fail(node.range, fmt::format("expected {} argument(s) in call to \"{}\", got {}", declared,
                                   call.name, given));
    return;
  }
  const size_t least = declared - 1;
  const size_t most = least + static_cast<size_t>(std::max<int8_t>(function.variadic, 0));
  if (given < least)
    fail(node.range, fmt::format("expected at least {} argument(s) in call to \"{}\", got {}",
                                 least, call.name, given));
  else if (function.variadic != Function::unlimited && given > most)
    fail(node.range, fmt::format("expected at most {} argument(s) in call to \"{}\", got {}", most,
                                 call.name, given));
}

/// The second argument of `info` stands for labels only: a selector without a metric.
void TypeChecker::checkInfo(const Call& call, const Node& node) {
  const Node& second = expr_.node(expr_.get(call.arguments)[1]);
  if (!fits(second.type, ValueType::Vector))
    fail(node.range,
         fmt::format("expected type instant vector in call to function \"info\", got {}",
                     toString(second.type)));
  const Selector* selector = second.as<Selector>();
  if (!selector && second.type != ValueType::Unknown)
    fail(second.range, "expected label selectors only");
  else if (selector && !selector->metric.empty())
    fail(second.range, "expected label selectors only, got vector selector instead");
}

ValueType TypeChecker::check(const Call& call, const Node& node) {
  if (!call.function) return ValueType::None;
  checkCount(call, node);
  if (call.name == "info" && call.arguments.count > 1) checkInfo(call, node);
  const auto arguments = expr_.get(call.arguments);
  for (size_t i = 0; i < arguments.size(); ++i) {
    const ValueType wanted = call.function->argument(i);
    if (wanted == ValueType::None) break;
    expect(arguments[i], wanted, fmt::format("call to function \"{}\"", call.name));
  }
  return call.function->returns;
}

ValueType TypeChecker::check(const Aggregation& aggregation, const Node&) {
  if (aggregation.expression.valid())
    expect(aggregation.expression, ValueType::Vector, "aggregation expression");
  if (aggregation.parameter.valid())
    expect(aggregation.parameter, row(aggregation.op).parameter, "aggregation parameter");
  return ValueType::Vector;
}

// --- operators ------------------------------------------------------------------------------

ValueType TypeChecker::check(const Unary& unary, const Node& node) {
  const ValueType operand = type(unary.operand);
  if (!isOperand(operand))
    fail(node.range, fmt::format("unary expression only allowed on expressions of type scalar or "
                                 "instant vector, got \"{}\"",
                                 toString(operand)));
  return operand;
}

ValueType TypeChecker::check(const Binary& binary, const Node& node) {
  const ValueType left = type(binary.left);
  const ValueType right = type(binary.right);
  const OperatorFamily family = row(binary.op).family;
  if (binary.returnBool && family != OperatorFamily::Comparison)
    fail(binary.opRange, "bool modifier can only be used on comparison operators");
  if (family == OperatorFamily::Comparison && !binary.returnBool && left == ValueType::Scalar &&
      right == ValueType::Scalar)
    fail(binary.opRange, "comparisons between scalars must use BOOL modifier");
  if (binary.matching == Binary::Matching::On)
    for (const LabelItem& on : expr_.get(binary.labels))
      for (const LabelItem& include : expr_.get(binary.include))
        if (on.name == include.name && on.parameter == include.parameter)
          fail(binary.opRange, fmt::format("label {} must not occur in ON and GROUP clause at once",
                                           quote(on.name)));
  for (const NodeId side : {binary.left, binary.right})
    if (!isOperand(type(side)))
      fail(expr_.node(side).range,
           "binary expression must contain only scalar and instant vector types");
  checkMatching(binary, node);
  const bool vectors = family == OperatorFamily::Set || binary.matching != Binary::Matching::None;
  if (left == ValueType::Vector || right == ValueType::Vector || vectors) return ValueType::Vector;
  return left == ValueType::Scalar && right == ValueType::Scalar ? ValueType::Scalar
                                                                 : ValueType::Unknown;
}

void TypeChecker::checkMatching(const Binary& binary, const Node& node) {
  const bool set = row(binary.op).family == OperatorFamily::Set;
  const bool vectors =
      fits(type(binary.left), ValueType::Vector) && fits(type(binary.right), ValueType::Vector);
  const bool fills = binary.fillLeft || binary.fillRight;
  if (!vectors) {
    if (!binary.labels.empty())
      fail(node.range, "vector matching only allowed between instant vectors");
    if (fills) fail(node.range, "filling in missing series only allowed between instant vectors");
  } else if (set) {
    if (binary.grouping != Binary::Grouping::None) {
      fail(node.range,
           fmt::format("no grouping allowed for \"{}\" operation", row(binary.op).text));
    }
    if (fills) fail(node.range, "filling in missing series not allowed for set operators");
  }
  const bool scalar =
      type(binary.left) == ValueType::Scalar || type(binary.right) == ValueType::Scalar;
  if (set && scalar)
    fail(node.range, fmt::format("set operator \"{}\" not allowed in binary scalar expression",
                                 row(binary.op).text));
}

} // namespace relc::promql
