#include "compiler/promql/climbing.h"
#include "compiler/promql/literals.h"
#include "compiler/promql/operators.h"
#include "compiler/promql/regex.h"
#include "compiler/promql/tree_builder.h"

#include <array>
#include <cmath>
#include <fmt/format.h>

namespace relc::promql {

// --- selectors ------------------------------------------------------------------------------

NodeId TreeBuilder::selector(TextRange metricRange, bool parameter,
                             Parser::MatchersContext* matchers) {
  Selector made;
  made.metricRange = metricRange;
  const std::string name(tokens_.text().substr(metricRange.begin, metricRange.size()));
  (parameter ? made.parameter : made.metric) = parameter ? name.substr(1) : name;
  made.matchers.first = static_cast<uint32_t>(expr_.matchers_.size());
  TextRange whole = metricRange;
  if (matchers) {
    for (Parser::MatcherContext* item : matchers->matcher())
      expr_.matchers_.push_back(matcher(item));
    whole = range(matchers);
    if (metricRange.size() > 0) whole.begin = metricRange.begin;
  }
  made.matchers.count = static_cast<uint32_t>(expr_.matchers_.size()) - made.matchers.first;
  return add(whole, std::move(made));
}

MatcherItem TreeBuilder::matcher(Parser::MatcherContext* context) {
  MatcherItem item;
  item.range = range(context);
  antlr4::Token* first = context->getStart();
  antlr4::Token* last = context->getStop();
  const bool quotedName = first->getType() == Lexer::STRING;
  if (quotedName)
    require(range(first), fmt::format("the quoted name {}", text(first)), needs::quotedName);
  if (!context->matchOperator()) {
    item.valueRange = item.range;
    if (first->getType() == Lexer::PARAMETER) {
      item.kind = MatcherItem::Kind::ListParameter;
      item.matcher.value = parameterName(first);
    } else {
      item.matcher = {"__name__", MatchOp::Equal, unquote(text(first))};
    }
    return item;
  }
  constexpr std::array<MatchOp, 4> ops = {MatchOp::Equal, MatchOp::NotEqual, MatchOp::Regex,
                                          MatchOp::NotRegex};
  item.labelRange = range(first);
  item.valueRange = range(last);
  item.matcher.label = quotedName ? unquote(text(first)) : text(first);
  item.matcher.op = ops[context->matchOperator()->getStart()->getType() - Lexer::MATCH_EQ];
  if (last->getType() == Lexer::PARAMETER) {
    item.kind = MatcherItem::Kind::ValueParameter;
    item.matcher.value = parameterName(last);
    return item;
  }
  item.matcher.value = unquote(text(last));
  if (item.matcher.op == MatchOp::Regex || item.matcher.op == MatchOp::NotRegex) {
    const Regex regex(item.matcher.value);
    if (!regex.problem().empty()) fail(ErrorKind::Type, item.range, regex.problem());
  }
  return item;
}

Slice<LabelItem> TreeBuilder::labels(Parser::LabelListContext* context) {
  Slice<LabelItem> slice{static_cast<uint32_t>(expr_.labels_.size()), 0};
  if (!context) return slice;
  for (Parser::LabelContext* label : context->label()) {
    antlr4::Token* token = label->getStart();
    LabelItem item{text(token), range(token), false};
    if (token->getType() == Lexer::PARAMETER) {
      item.parameter = true;
      item.name = parameterName(token);
    } else if (token->getType() == Lexer::STRING) {
      item.name = unquote(item.name);
      if (item.name.empty())
        fail(ErrorKind::Type, item.range, "invalid label name for grouping: \"\"");
      else
        require(item.range, fmt::format("the quoted label {}", text(token)),
                needs::quotedGroupingLabel);
    } else if (!isLegacyLabelName(item.name)) {
      require(item.range, fmt::format("the colon in the label `{}`", item.name),
              needs::utf8GroupingLabel);
    }
    expr_.labels_.push_back(std::move(item));
  }
  slice.count = static_cast<uint32_t>(expr_.labels_.size()) - slice.first;
  return slice;
}

// --- modifiers ------------------------------------------------------------------------------

NodeId TreeBuilder::postfix(NodeId operand, Parser::PostfixContext* context) {
  if (auto* brackets = dynamic_cast<Parser::RangeContext*>(context))
    return range(operand, brackets);
  if (auto* modifier = dynamic_cast<Parser::OffsetContext*>(context))
    offset(operand, modifier);
  else if (auto* instant = dynamic_cast<Parser::AtContext*>(context))
    at(operand, instant);
  else
    extended(operand, static_cast<Parser::ExtendedContext*>(context));
  return operand;
}

static Modifiers* modifiersOf(Node& node) {
  return std::visit(
      [](auto& data) -> Modifiers* {
        if constexpr (requires { data.modifiers; })
          return &data.modifiers;
        else
          return nullptr;
      },
      node.data);
}

NodeId TreeBuilder::range(NodeId operand, Parser::RangeContext* context) {
  const auto durations = context->duration();
  const TextRange brackets = range(context);
  const TextRange whole{node(operand).range.begin, brackets.end};
  const Duration length = positiveDuration(durations[0]);
  if (context->COLON()) {
    Subquery made{operand, length, {}, {}};
    if (durations.size() > 1) made.step = positiveDuration(durations[1]);
    return add(whole, std::move(made));
  }
  RangeSelector made{operand, length, {}};
  Node& inner = node(operand);
  Modifiers* modifiers = modifiersOf(inner);
  const bool isSelector = inner.as<Selector>() || inner.as<Parameter>();
  if (!isSelector) {
    fail(ErrorKind::Type, brackets, "ranges only allowed for vector selectors");
  } else if (modifiers->offset.kind != Duration::Kind::None) {
    fail(ErrorKind::Type, brackets, "no offset modifiers allowed before range");
  } else if (modifiers->at == Modifiers::At::Start || modifiers->at == Modifiers::At::End) {
    // Until 3.14 Prometheus took `x @ end() [5m]` for `x[5m] @ end()`.
    if (options_.target >= Version{3, 14})
      fail(ErrorKind::Type, brackets, "no @ modifiers allowed before range");
    std::swap(made.modifiers, *modifiers);
  } else if (modifiers->at != Modifiers::At::None) {
    fail(ErrorKind::Type, brackets, "no @ modifiers allowed before range");
  }
  return add(whole, std::move(made));
}

/// Where the modifiers of an operand are kept; null, with an error, if it can have none.
Modifiers* TreeBuilder::modifiable(NodeId operand, const char* otherwise) {
  Node& target = node(operand);
  if (const auto* selector = target.as<RangeSelector>()) {
    const Node& inner = node(selector->selector);
    if (!inner.as<Selector>() && !inner.as<Parameter>())
      otherwise = "ranges only allowed for vector selectors";
    else
      return modifiersOf(target);
  } else if (Modifiers* modifiers = modifiersOf(target)) {
    return modifiers;
  }
  fail(ErrorKind::Type, target.range, otherwise);
  return nullptr;
}

void TreeBuilder::offset(NodeId operand, Parser::OffsetContext* context) {
  Parser::OffsetDurationContext* written = context->offsetDuration();
  Duration length = durationPrimary(written->durationPrimary());
  const auto& parts = written->children; // signs, then the duration
  const bool onlyMinus = parts.size() == 2 && !written->SUB().empty();
  if (parts.size() > 1 && !onlyMinus)
    require(range(written), "a sign other than one `-` in front of an offset",
            needs::signedDuration);
  for (size_t i = parts.size() - 1; i-- > 0;) {
    antlr4::Token* sign = static_cast<Terminal*>(parts[i])->getSymbol();
    if (sign->getType() == Lexer::SUB) length = negated(sign, std::move(length));
  }
  length.range = range(written);
  const bool zero = length.kind == Duration::Kind::Literal && length.milliseconds == 0;
  if (zero) require(length.range, "a zero offset", needs::zeroOffset);
  Modifiers* modifiers =
      modifiable(operand, "offset modifier must be preceded by an instant vector selector or "
                          "range vector selector or a subquery");
  if (!modifiers) return;
  if (modifiers->offset.kind != Duration::Kind::None)
    return fail(ErrorKind::Type, node(operand).range, "offset may not be set multiple times");
  modifiers->offset = std::move(length);
  node(operand).range.end = range(context).end;
}

void TreeBuilder::at(NodeId operand, Parser::AtContext* context) {
  Parser::InstantContext* instant = context->instant();
  Modifiers::At kind = Modifiers::At::Timestamp;
  double seconds = 0;
  if (instant->START())
    kind = Modifiers::At::Start;
  else if (instant->END())
    kind = Modifiers::At::End;
  else if (instant->PARAMETER())
    kind = Modifiers::At::Parameter;
  else {
    antlr4::Token* number =
        (instant->NUMBER() ? instant->NUMBER() : instant->DURATION())->getSymbol();
    if (instant->DURATION())
      require(range(number),
              fmt::format("the duration `{}` in the place of a timestamp", text(number)),
              needs::durationAsNumber);
    seconds = signedNumber(instant->SUB() ? instant->SUB()->getSymbol() : nullptr, number);
    // The bound is that of Prometheus' timestamps, 2⁶³.
    if (!(std::abs(seconds) < 9223372036854775808.0))
      fail(ErrorKind::Type, node(operand).range,
           fmt::format("timestamp out of bounds for @ modifier: {}",
                       std::isfinite(seconds) ? fmt::format("{:f}", seconds)
                                              : formatNumber(seconds)));
  }
  Modifiers* modifiers =
      modifiable(operand, "@ modifier must be preceded by an instant vector selector or range "
                          "vector selector or a subquery");
  if (!modifiers) return;
  if (modifiers->at != Modifiers::At::None)
    return fail(ErrorKind::Type, node(operand).range,
                "@ <timestamp> may not be set multiple times");
  modifiers->at = kind;
  modifiers->atRange = range(context);
  // Beyond ±2⁵³ ms the printed form would not read back as the same number.
  constexpr double limit = 9007199254740992.0;
  if (kind == Modifiers::At::Timestamp && std::abs(seconds) < 9223372036854775808.0)
    modifiers->atMilliseconds =
        static_cast<int64_t>(std::clamp(std::round(seconds * 1000), -limit, limit));
  if (kind == Modifiers::At::Parameter)
    modifiers->atParameter = parameterName(instant->PARAMETER()->getSymbol());
  node(operand).range.end = range(context).end;
}

void TreeBuilder::extended(NodeId operand, Parser::ExtendedContext* context) {
  const std::string word = context->ANCHORED() ? "anchored" : "smoothed";
  const auto kind =
      context->ANCHORED() ? Modifiers::Extended::Anchored : Modifiers::Extended::Smoothed;
  require(range(context), fmt::format("the modifier `{}`", word), needs::extendedRange);
  const TextRange where = node(operand).range;
  if (node(operand).as<Subquery>())
    return fail(ErrorKind::Type, where,
                fmt::format("{} modifier is not supported for subqueries", word));
  Modifiers* modifiers = modifiersOf(node(operand));
  if (!modifiers)
    return fail(ErrorKind::Type, where, fmt::format("{} modifier not implemented", word));
  if (modifiers->extended != Modifiers::Extended::None && modifiers->extended != kind)
    return fail(ErrorKind::Type, where, "anchored and smoothed modifiers cannot be used together");
  modifiers->extended = kind;
  node(operand).range.end = range(context).end;
}

// --- durations ------------------------------------------------------------------------------

Duration TreeBuilder::positiveDuration(Parser::DurationContext* context) {
  const size_t before = refusals_;
  Duration found = duration(context);
  // A duration that does not parse counts as 0 and has been reported already.
  if (found.kind == Duration::Kind::Literal && found.milliseconds <= 0 && refusals_ == before)
    fail(ErrorKind::Type, found.range, "duration must be greater than 0");
  return found;
}

namespace {

using Arithmetic = DurationArithmetic::Op;

struct PendingDuration {
  antlr4::Token* token;
  bool sign;
  [[nodiscard]] bool isSign() const { return sign; }
  [[nodiscard]] BinaryOp op() const {
    constexpr std::array<BinaryOp, 6> ops = {BinaryOp::Add,      BinaryOp::Subtract,
                                             BinaryOp::Multiply, BinaryOp::Divide,
                                             BinaryOp::Modulo,   BinaryOp::Power};
    return ops[token->getType() - Lexer::ADD];
  }
  [[nodiscard]] int precedence() const { return sign ? signPrecedence : row(op()).precedence; }
  [[nodiscard]] bool rightAssociative() const { return !sign && row(op()).rightAssociative; }
};

constexpr std::array<Arithmetic, 6> arithmeticOps = {Arithmetic::Add,      Arithmetic::Subtract,
                                                     Arithmetic::Multiply, Arithmetic::Divide,
                                                     Arithmetic::Modulo,   Arithmetic::Power};

} // namespace

Duration TreeBuilder::duration(Parser::DurationContext* context) {
  const auto combine = [&](PendingDuration op, std::optional<Duration> left, Duration right) {
    if (op.sign) {
      const TextRange whole{range(op.token).begin, right.range.end};
      require(whole, "a sign in front of a duration", needs::signedDuration);
      if (op.token->getType() == Lexer::SUB) return negated(op.token, std::move(right));
      right.range = whole;
      return right;
    }
    const TextRange whole{left->range.begin, right.range.end};
    require(left->range, "arithmetic on durations", needs::durationArithmetic);
    const bool zero = right.kind == Duration::Kind::Literal && right.milliseconds == 0;
    if (zero && op.op() == BinaryOp::Divide)
      fail(ErrorKind::Type, range(op.token), "division by zero");
    if (zero && op.op() == BinaryOp::Modulo)
      fail(ErrorKind::Type, range(op.token), "modulo by zero");
    DurationArithmetic made;
    made.op = arithmeticOps[op.token->getType() - Lexer::ADD];
    made.left = asNode(*left);
    made.right = asNode(right);
    return arithmetic(std::move(made), whole);
  };
  Climber<Duration, PendingDuration, decltype(combine)> climber(combine);
  for (antlr4::tree::ParseTree* child : context->children) {
    auto* term = dynamic_cast<Parser::DurationTermContext*>(child);
    if (!term) {
      climber.binary({static_cast<Terminal*>(child)->getSymbol(), false});
      continue;
    }
    for (antlr4::tree::ParseTree* part : term->children) {
      if (auto* body = dynamic_cast<Parser::DurationPrimaryContext*>(part))
        climber.operand(durationPrimary(body));
      else
        climber.sign({static_cast<Terminal*>(part)->getSymbol(), true});
    }
  }
  return climber.finish();
}

Duration TreeBuilder::durationPrimary(Parser::DurationPrimaryContext* context) {
  Duration made;
  made.range = range(context);
  antlr4::Token* first = context->getStart();
  switch (first->getType()) {
  case Lexer::PARAMETER:
    made.kind = Duration::Kind::Parameter;
    made.parameter = parameterName(first);
    return made;
  case Lexer::NUMBER:
  case Lexer::DURATION: {
    const double seconds = signedNumber(nullptr, first);
    if (first->getType() == Lexer::NUMBER)
      require(made.range, fmt::format("the number `{}` in the place of a duration", text(first)),
              needs::numericDuration);
    if (first->getType() == Lexer::NUMBER) made.seconds = seconds;
    made.kind = Duration::Kind::Literal;
    if (!(seconds <= maxDurationSeconds))
      fail(ErrorKind::Syntax, made.range, "duration out of range");
    else
      made.milliseconds = toMilliseconds(seconds);
    return made;
  }
  default: break;
  }
  DurationArithmetic data;
  if (context->STEP() || context->RANGE()) {
    data.op = context->STEP() ? Arithmetic::Step : Arithmetic::Range;
    require(made.range, context->STEP() ? "`step()` in a duration" : "`range()` in a duration",
            context->STEP() ? needs::stepDuration : needs::rangeDuration);
    return arithmetic(std::move(data), made.range);
  }
  const auto parts = context->duration();
  data.left = asNode(duration(parts[0]));
  if (parts.size() == 2) {
    data.op = context->MAX_OF() ? Arithmetic::MaxOf : Arithmetic::MinOf;
    data.right = asNode(duration(parts[1]));
    require(made.range, context->MAX_OF() ? "`max_of()` in a duration" : "`min_of()` in a duration",
            needs::minMaxDuration);
  } else {
    data.op = Arithmetic::Paren;
    require(range(parts[0]), "arithmetic on durations", needs::durationArithmetic);
  }
  return arithmetic(std::move(data), made.range);
}

Duration TreeBuilder::negated(antlr4::Token* sign, Duration duration) {
  duration.range.begin = range(sign).begin;
  if (duration.kind == Duration::Kind::Literal) {
    duration.milliseconds = -duration.milliseconds;
    if (duration.seconds) duration.seconds = -*duration.seconds;
  } else if (duration.kind == Duration::Kind::Parameter)
    duration.negative = !duration.negative;
  else {
    DurationArithmetic made;
    made.op = Arithmetic::Negate;
    made.left = duration.expression;
    return arithmetic(std::move(made), duration.range);
  }
  return duration;
}

NodeId TreeBuilder::asNode(const Duration& duration) {
  if (duration.kind == Duration::Kind::Expression) return duration.expression;
  DurationArithmetic made;
  made.literal = {duration.seconds.value_or(static_cast<double>(duration.milliseconds) / 1000),
                  !duration.seconds};
  made.op = Arithmetic::Literal;
  if (duration.kind == Duration::Kind::Parameter) {
    made.op = Arithmetic::Parameter;
    made.parameter = duration.parameter;
  }
  const NodeId id = add(duration.range, std::move(made));
  if (!duration.negative) return id;
  DurationArithmetic minus;
  minus.op = Arithmetic::Negate;
  minus.left = id;
  return add(duration.range, std::move(minus));
}

Duration TreeBuilder::arithmetic(DurationArithmetic data, TextRange range) {
  Duration made;
  made.kind = Duration::Kind::Expression;
  made.range = range;
  made.expression = add(range, std::move(data));
  return made;
}

} // namespace relc::promql
