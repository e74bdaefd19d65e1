#include "compiler/promql/printer.h"

#include "compiler/promql/literals.h"
#include "compiler/promql/operators.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace relc::promql {

std::string_view toString(MatchOp op) {
  constexpr std::array<std::string_view, 4> names = {"=", "!=", "=~", "!~"};
  return names[static_cast<size_t>(op)];
}
std::string_view toString(BinaryOp op) {
  return row(op).text;
}
std::string_view toString(AggregateOp op) {
  return row(op).text;
}

std::string printLabel(const std::string& name) {
  return isLegacyLabelName(name) ? name : quote(name);
}

std::string print(const Matcher& matcher) {
  return fmt::format("{}{}{}", printLabel(matcher.label), toString(matcher.op),
                     quote(matcher.value));
}

static std::string inBraces(std::vector<std::string> matchers) {
  // Prometheus sorts the printed matchers, not their labels.
  std::sort(matchers.begin(), matchers.end());
  return fmt::format("{{{}}}", fmt::join(matchers, ","));
}

std::string print(const std::vector<Matcher>& matchers) {
  std::vector<std::string> printed;
  for (const Matcher& matcher : matchers) printed.push_back(print(matcher));
  return inBraces(std::move(printed));
}

std::string print(const Expr& expr) {
  return expr.valid() ? print(expr, expr.root()) : std::string();
}
std::string print(const Expr& expr, NodeId node) {
  return Printer(expr).print(node);
}

int precedence(const Expr& expr) {
  const Node& root = expr.node(expr.root());
  if (const auto* binary = root.as<Binary>()) return row(binary->op).precedence;
  const auto* number = root.as<Number>();
  return root.as<Unary>() || (number && std::signbit(number->value)) ? signPrecedence
                                                                     : primaryPrecedence;
}

std::string Printer::print(NodeId root) {
  std::string out;
  std::vector<Piece> todo = {{{}, root, 0}};
  std::vector<Piece> parts;
  while (!todo.empty()) {
    const Piece piece = std::move(todo.back());
    todo.pop_back();
    out += piece.text;
    if (!piece.node.valid()) continue;
    parts.clear();
    const Node& node = expr_.node(piece.node);
    std::visit([&](const auto& data) { pieces(data, node, piece, parts); }, node.data);
    std::move(parts.rbegin(), parts.rend(), std::back_inserter(todo));
  }
  return out;
}

// --- literals, selectors --------------------------------------------------------------------

void Printer::pieces(const Number& number, const Node&, const Piece& piece, Pieces& out) {
  std::string text =
      number.duration ? formatDuration(toMilliseconds(number.value)) : formatNumber(number.value);
  // `+Inf ^ x` would be read as `+(Inf ^ x)`. (Prometheus prints it nevertheless.)
  if (text[0] == '+' && piece.precedence > signPrecedence) text.erase(0, 1);
  out.push_back({std::move(text), {}});
}

void Printer::pieces(const String& string, const Node&, const Piece&, Pieces& out) {
  out.push_back({quote(string.value), {}});
}

void add(SelectorParts& parts, const Matcher& matcher) {
  parts.selects = parts.selects || !matches(matcher, "");
  parts.matchers.push_back(print(matcher));
}

std::string Printer::selectorText(SelectorParts parts, TextRange where) {
  if (extra_)
    for (const Matcher& matcher : *extra_) {
      const std::string text = relc::promql::print(matcher);
      if (std::find(parts.matchers.begin(), parts.matchers.end(), text) == parts.matchers.end())
        parts.matchers.push_back(text);
    }
  if (bindings_ && unbound_ == Unbound::Error && parts.metric.empty() && !parts.selects)
    fail(where, "with these values the selector would select every series, it needs a metric or a "
                "matcher that does not accept the empty string");
  const bool plain = parts.matchers.empty() && !parts.metric.empty() && parts.metric[0] != '$';
  return parts.metric + (plain ? "" : inBraces(std::move(parts.matchers)));
}

void Printer::pieces(const Selector& selector, const Node& node, const Piece&, Pieces& out) {
  SelectorParts parts;
  parts.metric = selector.metric;
  parts.selects = !selector.metric.empty();
  if (!selector.parameter.empty() && !selectorOf(selector.parameter, selector.metricRange, parts))
    parts.metric = '$' + selector.parameter;
  for (const MatcherItem& item : expr_.get(selector.matchers)) {
    switch (item.kind) {
    case MatcherItem::Kind::Matcher: add(parts, item.matcher); break;
    case MatcherItem::Kind::ListParameter: matchersOf(item.matcher.value, item.range, parts); break;
    case MatcherItem::Kind::ValueParameter:
      if (const auto value = stringOf(item.matcher.value, item.valueRange))
        add(parts, {item.matcher.label, item.matcher.op, *value});
      else
        parts.matchers.push_back(fmt::format("{}{}${}", printLabel(item.matcher.label),
                                             toString(item.matcher.op), item.matcher.value));
    }
  }
  out.push_back({selectorText(std::move(parts), node.range), {}});
  modifiers(selector.modifiers, true, out);
}

void Printer::pieces(const RangeSelector& selector, const Node&, const Piece&, Pieces& out) {
  out.push_back({{}, selector.selector, primaryPrecedence});
  out.push_back({"[", {}});
  duration(selector.range, true, out);
  out.push_back({"]", {}});
  modifiers(selector.modifiers, false, out);
}

void Printer::pieces(const Subquery& subquery, const Node&, const Piece&, Pieces& out) {
  out.push_back({{}, subquery.expression, primaryPrecedence});
  out.push_back({"[", {}});
  duration(subquery.range, true, out);
  out.push_back({":", {}});
  duration(subquery.step, true, out);
  out.push_back({"]", {}});
  modifiers(subquery.modifiers, false, out);
}

void Printer::pieces(const Parameter& parameter, const Node& node, const Piece& piece,
                     Pieces& out) {
  const Place place = places_.empty() ? Place::Operand : places_[piece.node.index];
  const TextRange name{node.range.begin,
                       node.range.begin + static_cast<uint32_t>(parameter.name.size()) + 1};
  SelectorParts parts;
  std::string text;
  if (place == Place::Selector && bindings_) {
    if (selectorOf(parameter.name, name, parts)) text = selectorText(std::move(parts), name);
  } else {
    text = operand(parameter.name, name, place, piece.precedence);
  }
  if (text.empty()) {
    text = '$' + parameter.name;
    if (extra_ && !extra_->empty()) text += relc::promql::print(*extra_);
  }
  out.push_back({std::move(text), {}});
  modifiers(parameter.modifiers, true, out);
}

// --- durations and modifiers ----------------------------------------------------------------

void Printer::duration(const Duration& duration, bool positive, Pieces& out) {
  switch (duration.kind) {
  case Duration::Kind::None: return;
  case Duration::Kind::Literal: out.push_back({formatDuration(duration.milliseconds), {}}); return;
  case Duration::Kind::Expression: out.push_back({{}, duration.expression}); return;
  case Duration::Kind::Parameter: break;
  }
  const auto value = durationOf(duration.parameter, duration.range);
  if (!value) {
    out.push_back({fmt::format("{}${}", duration.negative ? "-" : "", duration.parameter), {}});
    return;
  }
  if (positive && *value <= 0)
    fail(duration.range,
         fmt::format(
             "parameter `${}` is bound to `{}`, but a duration greater than 0 is needed here",
             duration.parameter, formatDuration(*value)));
  out.push_back({formatDuration(duration.negative ? -*value : *value), {}});
}

void Printer::modifiers(const Modifiers& modifiers, bool ofSelector, Pieces& out) {
  std::string at;
  switch (modifiers.at) {
  case Modifiers::At::None: break;
  case Modifiers::At::Timestamp:
    at = fmt::format(" @ {:.3f}", static_cast<double>(modifiers.atMilliseconds) / 1000);
    break;
  case Modifiers::At::Start: at = " @ start()"; break;
  case Modifiers::At::End: at = " @ end()"; break;
  case Modifiers::At::Parameter:
    at = " @ " +
         numberOf(modifiers.atParameter, modifiers.atRange).value_or('$' + modifiers.atParameter);
  }
  std::string extended;
  if (modifiers.extended != Modifiers::Extended::None)
    extended = modifiers.extended == Modifiers::Extended::Anchored ? " anchored" : " smoothed";
  out.push_back({ofSelector ? at + extended : extended + at, {}});
  const Duration& offset = modifiers.offset;
  if (offset.kind == Duration::Kind::None) return;
  if (offset.kind == Duration::Kind::Literal && offset.milliseconds == 0) return;
  Pieces length;
  duration(offset, false, length);
  if (length.front().text == "0s") return; // a parameter's value
  out.push_back({" offset ", {}});
  std::move(length.begin(), length.end(), std::back_inserter(out));
}

void Printer::pieces(const DurationArithmetic& duration, const Node& node, const Piece&,
                     Pieces& out) {
  using Op = DurationArithmetic::Op;
  const auto infix = [&](std::string_view op) {
    out.push_back({{}, duration.left});
    out.push_back({fmt::format(" {} ", op), {}});
    out.push_back({{}, duration.right});
  };
  const auto call = [&](std::string_view name) {
    out.push_back({fmt::format("{}(", name), {}});
    out.push_back({{}, duration.left});
    out.push_back({", ", {}});
    out.push_back({{}, duration.right});
    out.push_back({")", {}});
  };
  switch (duration.op) {
  case Op::Literal: return pieces(duration.literal, node, {}, out);
  case Op::Parameter:
    if (const auto value = durationOf(duration.parameter, node.range))
      out.push_back({formatDuration(*value), {}});
    else
      out.push_back({'$' + duration.parameter, {}});
    return;
  case Op::Negate:
    out.push_back({"-", {}});
    out.push_back({{}, duration.left});
    return;
  case Op::Paren:
    out.push_back({"(", {}});
    out.push_back({{}, duration.left});
    out.push_back({")", {}});
    return;
  case Op::Add: return infix("+");
  case Op::Subtract: return infix("-");
  case Op::Multiply: return infix("*");
  case Op::Divide: return infix("/");
  case Op::Modulo: return infix("%");
  case Op::Power: return infix("^");
  case Op::Step: out.push_back({"step()", {}}); return;
  case Op::Range: out.push_back({"range()", {}}); return;
  case Op::MaxOf: return call("max_of");
  case Op::MinOf: return call("min_of");
  }
}

// --- calls, aggregations, operators ---------------------------------------------------------

std::string Printer::labels(Slice<LabelItem> slice) {
  std::vector<std::string> printed;
  for (const LabelItem& item : expr_.get(slice)) {
    if (!item.parameter)
      printed.push_back(printLabel(item.name));
    else
      for (std::string& name : labelsOf(item.name, item.range))
        if (std::find(printed.begin(), printed.end(), name) == printed.end())
          printed.push_back(std::move(name));
  }
  return fmt::format("({})", fmt::join(printed, ", "));
}

void Printer::pieces(const Call& call, const Node&, const Piece&, Pieces& out) {
  out.push_back({call.name + "(", {}});
  bool first = true;
  for (const NodeId argument : expr_.get(call.arguments)) {
    if (!first) out.push_back({", ", {}});
    first = false;
    out.push_back({{}, argument});
  }
  out.push_back({")", {}});
}

void Printer::pieces(const Aggregation& aggregation, const Node&, const Piece&, Pieces& out) {
  std::string head(toString(aggregation.op));
  const std::string names = labels(aggregation.labels);
  if (aggregation.grouping == Aggregation::Grouping::Without)
    head += " without " + names + " ";
  else if (names != "()")
    head += " by " + names + " ";
  out.push_back({head + "(", {}});
  if (aggregation.parameter.valid()) {
    out.push_back({{}, aggregation.parameter});
    out.push_back({", ", {}});
  }
  out.push_back({{}, aggregation.expression});
  out.push_back({")", {}});
}

void Printer::pieces(const Binary& binary, const Node&, const Piece&, Pieces& out) {
  const BinaryOperator& op = row(binary.op);
  std::string middle = fmt::format(" {}{}", op.text, binary.returnBool ? " bool" : "");
  const bool grouped = binary.grouping != Binary::Grouping::None;
  if (binary.matching != Binary::Matching::None) {
    const std::string names = labels(binary.labels);
    const bool on = binary.matching == Binary::Matching::On;
    if (on || grouped || names != "()") middle += (on ? " on " : " ignoring ") + names;
  }
  if (grouped)
    middle += (binary.grouping == Binary::Grouping::Left ? " group_left " : " group_right ") +
              labels(binary.include);
  if (binary.fillLeft && binary.fillRight && *binary.fillLeft == *binary.fillRight) {
    middle += fmt::format(" fill ({})", formatNumber(*binary.fillLeft));
  } else {
    if (binary.fillLeft) middle += fmt::format(" fill_left ({})", formatNumber(*binary.fillLeft));
    if (binary.fillRight)
      middle += fmt::format(" fill_right ({})", formatNumber(*binary.fillRight));
  }
  out.push_back({{}, binary.left, op.precedence + (op.rightAssociative ? 1 : 0)});
  out.push_back({middle + " ", {}});
  out.push_back({{}, binary.right, op.precedence + (op.rightAssociative ? 0 : 1)});
}

void Printer::pieces(const Unary& unary, const Node&, const Piece&, Pieces& out) {
  out.push_back({unary.negative ? "-" : "+", {}});
  out.push_back({{}, unary.operand, signPrecedence + 1});
}

void Printer::pieces(const Paren& paren, const Node&, const Piece&, Pieces& out) {
  out.push_back({"(", {}});
  out.push_back({{}, paren.inner});
  out.push_back({")", {}});
}

} // namespace relc::promql
