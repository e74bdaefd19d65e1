#include "compiler/promql/functions.h"
#include "compiler/promql/operators.h"
#include "compiler/promql/printer.h"
#include "compiler/promql/promql.h"
#include "compiler/promql/regex.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <set>

namespace relc::promql {

// --- places of parameters -------------------------------------------------------------------

std::string_view toString(Place place) {
  constexpr std::array<std::string_view, 9> names = {
      "a list of label matchers", "a string",       "a duration",
      "a list of label names",    "a number",       "a plain selector",
      "an instant vector",        "a range vector", "a number or an instant vector",
  };
  return names[static_cast<size_t>(place)];
}

static Place placeOf(ValueType wanted) {
  switch (wanted) {
  case ValueType::Scalar: return Place::Number;
  case ValueType::String: return Place::String;
  case ValueType::Vector: return Place::Vector;
  case ValueType::Range: return Place::Range;
  default: return Place::Operand;
  }
}

std::vector<Place> places(const Expr& expr) {
  const auto nodes = expr.nodes();
  std::vector<Place> found(nodes.size(), Place::Operand);
  const auto set = [&](NodeId id, Place place) {
    if (id.valid()) found[id.index] = place;
  };
  // Parents stand behind their children: from the end each node knows its place before it hands
  // places on.
  for (size_t i = nodes.size(); i-- > 0;) {
    const Node& node = nodes[i];
    if (const auto* selector = node.as<RangeSelector>())
      set(selector->selector, Place::Selector);
    else if (const auto* subquery = node.as<Subquery>())
      set(subquery->expression, Place::Vector);
    else if (const auto* paren = node.as<Paren>())
      set(paren->inner, found[i]);
    else if (const auto* unary = node.as<Unary>())
      set(unary->operand, found[i]);
    else if (const auto* aggregation = node.as<Aggregation>()) {
      set(aggregation->expression, Place::Vector);
      set(aggregation->parameter, placeOf(row(aggregation->op).parameter));
    } else if (const auto* call = node.as<Call>()) {
      const auto arguments = expr.get(call->arguments);
      for (size_t k = 0; k < arguments.size(); ++k)
        if (call->function) set(arguments[k], placeOf(call->function->argument(k)));
    } else if (const auto* binary = node.as<Binary>()) {
      const bool vectors = row(binary->op).family == OperatorFamily::Set ||
                           binary->matching != Binary::Matching::None;
      // One side of an operation that gives a vector may be a number.
      const Place side = vectors                     ? Place::Vector
                         : found[i] == Place::Number ? Place::Number
                                                     : Place::Operand;
      set(binary->left, side);
      set(binary->right, side);
    } else if (const auto* parameter = node.as<Parameter>()) {
      const Modifiers& m = parameter->modifiers;
      if (m.offset.kind != Duration::Kind::None || m.at != Modifiers::At::None ||
          m.extended != Modifiers::Extended::None)
        found[i] = Place::Selector;
    }
  }
  return found;
}

std::vector<ParameterUse> parameters(const Expr& expr) {
  std::vector<ParameterUse> uses;
  std::vector<Place> operandPlaces;
  const auto nameRange = [](TextRange range, const std::string& name) {
    return TextRange{range.begin, range.begin + static_cast<uint32_t>(name.size()) + 1};
  };
  const auto addDuration = [&](const Duration& duration) {
    // In front of the name there may be a sign.
    if (duration.kind != Duration::Kind::Parameter) return;
    const auto length = static_cast<uint32_t>(duration.parameter.size()) + 1;
    uses.push_back(
        {duration.parameter, {duration.range.end - length, duration.range.end}, Place::Duration});
  };
  const auto addModifiers = [&](const Modifiers& modifiers) {
    addDuration(modifiers.offset);
    if (modifiers.at != Modifiers::At::Parameter) return;
    const auto length = static_cast<uint32_t>(modifiers.atParameter.size()) + 1;
    uses.push_back({modifiers.atParameter,
                    {modifiers.atRange.end - length, modifiers.atRange.end},
                    Place::Number});
  };
  const auto nodes = expr.nodes();
  for (size_t i = 0; i < nodes.size(); ++i) {
    const Node& node = nodes[i];
    if (const auto* parameter = node.as<Parameter>()) {
      if (operandPlaces.empty()) operandPlaces = places(expr);
      uses.push_back({parameter->name, nameRange(node.range, parameter->name), operandPlaces[i]});
      addModifiers(parameter->modifiers);
    } else if (const auto* selector = node.as<Selector>()) {
      if (!selector->parameter.empty())
        uses.push_back({selector->parameter, selector->metricRange, Place::Selector});
      addModifiers(selector->modifiers);
    } else if (const auto* ranged = node.as<RangeSelector>()) {
      addDuration(ranged->range);
      addModifiers(ranged->modifiers);
    } else if (const auto* subquery = node.as<Subquery>()) {
      addDuration(subquery->range);
      addDuration(subquery->step);
      addModifiers(subquery->modifiers);
    } else if (const auto* duration = node.as<DurationArithmetic>()) {
      if (duration->op == DurationArithmetic::Op::Parameter)
        uses.push_back({duration->parameter, node.range, Place::Duration});
    }
  }
  for (const MatcherItem& item : expr.allMatchers()) {
    if (item.kind == MatcherItem::Kind::ListParameter)
      uses.push_back({item.matcher.value, item.range, Place::Matchers});
    if (item.kind == MatcherItem::Kind::ValueParameter)
      uses.push_back({item.matcher.value, item.valueRange, Place::String});
  }
  for (const LabelItem& item : expr.allLabels())
    if (item.parameter) uses.push_back({item.name, item.range, Place::Labels});
  std::sort(uses.begin(), uses.end(),
            [](const ParameterUse& a, const ParameterUse& b) { return a.range < b.range; });
  return uses;
}

// --- parts ----------------------------------------------------------------------------------

std::vector<NodeId> parents(const Expr& expr) {
  const auto nodes = expr.nodes();
  std::vector<NodeId> found(nodes.size());
  for (uint32_t i = 0; i < nodes.size(); ++i) {
    const auto set = [&](NodeId part) {
      if (part.valid()) found[part.index] = {i};
    };
    const Node& node = nodes[i];
    if (const auto* selector = node.as<RangeSelector>()) set(selector->selector);
    if (const auto* subquery = node.as<Subquery>()) set(subquery->expression);
    if (const auto* paren = node.as<Paren>()) set(paren->inner);
    if (const auto* unary = node.as<Unary>()) set(unary->operand);
    if (const auto* aggregation = node.as<Aggregation>()) {
      set(aggregation->parameter);
      set(aggregation->expression);
    }
    if (const auto* call = node.as<Call>())
      for (const NodeId argument : expr.get(call->arguments)) set(argument);
    if (const auto* binary = node.as<Binary>()) {
      set(binary->left);
      set(binary->right);
    }
  }
  return found;
}

// --- selectors ------------------------------------------------------------------------------

MatchersResult parseMatchers(std::string_view text, const Options& options) {
  MatchersResult result;
  ParseResult parsed = parse(text, options);
  // `{}` and `{a=""}` are refused by the types only.
  const Node* root = parsed.expr.valid() ? &parsed.expr.node(parsed.expr.root()) : nullptr;
  const Selector* selector = root ? root->as<Selector>() : nullptr;
  for (Error& error : parsed.errors)
    if (!selector || error.message != "vector selector must contain at least one non-empty matcher")
      result.errors.push_back(std::move(error));
  if (!root || !result.ok()) return result;
  const TextRange whole = root->range;
  if (!isBareSelector(parsed.expr) || !selector) {
    result.errors.push_back(
        {whole,
         "expected a plain selector such as `{job=\"checkout\"}`, without range, offset, "
         "functions or operators",
         ErrorKind::Syntax});
    return result;
  }
  for (const ParameterUse& use : parameters(parsed.expr))
    result.errors.push_back(
        {use.range,
         fmt::format("parameter `${}` cannot stand in a selector outside back-quotes", use.name),
         ErrorKind::Syntax});
  if (!result.ok()) return result;
  result.metric = selector->metric;
  for (const MatcherItem& item : parsed.expr.get(selector->matchers))
    result.matchers.push_back(item.matcher);
  return result;
}

std::vector<std::string> metricNames(const Expr& expr) {
  std::set<std::string> names;
  for (const Node& node : expr.nodes()) {
    const auto* selector = node.as<Selector>();
    if (!selector) continue;
    if (!selector->metric.empty()) names.insert(selector->metric);
    for (const MatcherItem& item : expr.get(selector->matchers))
      if (item.kind == MatcherItem::Kind::Matcher && item.matcher.label == "__name__" &&
          item.matcher.op == MatchOp::Equal)
        names.insert(item.matcher.value);
  }
  return {names.begin(), names.end()};
}

std::string addMatchers(const Expr& expr, const std::vector<Matcher>& matchers) {
  if (!expr.valid()) return {};
  Printer printer(expr);
  printer.addToSelectors(matchers);
  return printer.print(expr.root());
}

std::vector<TextEdit> keepLabels(const Expr& expr, std::string_view list) {
  std::vector<TextEdit> edits;
  const auto add = [&](Slice<LabelItem> labels, TextRange range) {
    const auto items = expr.get(labels);
    for (const LabelItem& item : items)
      if (expr.text(item.range) == list) return;
    const uint32_t end = range.end - 1; // of the closing parenthesis
    edits.push_back({{end, end}, fmt::format("{}{}", items.empty() ? "" : ", ", list)});
  };
  for (const Node& node : expr.nodes()) {
    if (const auto* binary = node.as<Binary>()) {
      if (binary->matching == Binary::Matching::On) add(binary->labels, binary->matchingRange);
    } else if (const auto* aggregation = node.as<Aggregation>()) {
      const AggregateOp op = aggregation->op;
      if (aggregation->grouping == Aggregation::Grouping::By)
        add(aggregation->labels, aggregation->groupingRange);
      else if (aggregation->grouping == Aggregation::Grouping::None && op != AggregateOp::Topk &&
               op != AggregateOp::Bottomk && op != AggregateOp::Limitk &&
               op != AggregateOp::LimitRatio) {
        // `sum(x)` and `sum (x)`
        uint32_t begin = aggregation->opRange.end;
        const uint32_t end = static_cast<uint32_t>(expr.text().find('(', begin));
        edits.push_back({{begin, end}, fmt::format(" by ({}) ", list)});
      }
    }
  }
  std::sort(edits.begin(), edits.end(),
            [](const TextEdit& a, const TextEdit& b) { return a.range.begin < b.range.begin; });
  return edits;
}

bool matches(const Matcher& matcher, std::string_view value) {
  if (matcher.op == MatchOp::Equal) return value == matcher.value;
  if (matcher.op == MatchOp::NotEqual) return value != matcher.value;
  const Regex regex(matcher.value);
  if (!regex.problem().empty()) return true;
  const bool wanted = matcher.op == MatchOp::Regex;
  return regex.matches(value).value_or(wanted) == wanted;
}

} // namespace relc::promql
