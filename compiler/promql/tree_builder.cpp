#include "compiler/promql/tree_builder.h"

#include "compiler/promql/climbing.h"
#include "compiler/promql/functions.h"
#include "compiler/promql/literals.h"
#include "compiler/promql/operators.h"
#include "compiler/promql/syntax_error.h"

#include <algorithm>
#include <fmt/format.h>

namespace relc::promql {

// --- shared ---------------------------------------------------------------------------------

NodeId TreeBuilder::add(TextRange range, NodeData data) {
  expr_.nodes_.push_back({range, ValueType::None, std::move(data)});
  return {static_cast<uint32_t>(expr_.nodes_.size() - 1)};
}

void TreeBuilder::fail(ErrorKind kind, TextRange range, std::string message) {
  if (kind != ErrorKind::Version) ++refusals_;
  if (errors_.size() < maxErrors) errors_.push_back({range, std::move(message), kind});
}

void TreeBuilder::require(TextRange range, std::string_view what, const Requirement& requirement) {
  std::string message = unmet(what, requirement, options_);
  if (!message.empty()) fail(ErrorKind::Version, range, std::move(message));
}

Expr TreeBuilder::build(Parser::StartContext* start) {
  expr_.text_ = std::string(tokens_.text());
  const NodeId root = expression(start->expression());
  if (!incomplete_) expr_.root_ = root;
  return std::move(expr_);
}

// --- rows of operands and operators ---------------------------------------------------------

namespace {

/// The operators of the grammar, by token type.
struct OperatorToken {
  size_t type;
  BinaryOp op;
};
constexpr std::array<OperatorToken, 18> operatorTokens = {{
    {Lexer::OR, BinaryOp::Or},
    {Lexer::AND, BinaryOp::And},
    {Lexer::UNLESS, BinaryOp::Unless},
    {Lexer::EQ, BinaryOp::Equal},
    {Lexer::NE, BinaryOp::NotEqual},
    {Lexer::LT, BinaryOp::Less},
    {Lexer::LE, BinaryOp::LessEqual},
    {Lexer::GT, BinaryOp::Greater},
    {Lexer::GE, BinaryOp::GreaterEqual},
    {Lexer::TRIM_UPPER, BinaryOp::TrimUpper},
    {Lexer::TRIM_LOWER, BinaryOp::TrimLower},
    {Lexer::ADD, BinaryOp::Add},
    {Lexer::SUB, BinaryOp::Subtract},
    {Lexer::MUL, BinaryOp::Multiply},
    {Lexer::DIV, BinaryOp::Divide},
    {Lexer::MOD, BinaryOp::Modulo},
    {Lexer::ATAN2, BinaryOp::Atan2},
    {Lexer::POW, BinaryOp::Power},
}};

/// A sign (with its token) or a binary operator (with all of its modifiers).
struct Pending {
  antlr4::Token* signToken = nullptr;
  Binary data;
  [[nodiscard]] bool isSign() const { return signToken; }
  [[nodiscard]] int precedence() const {
    return isSign() ? signPrecedence : row(data.op).precedence;
  }
  [[nodiscard]] bool rightAssociative() const { return !isSign() && row(data.op).rightAssociative; }
};

antlr4::Token* token(antlr4::tree::ParseTree* tree) {
  auto* terminal = dynamic_cast<antlr4::tree::TerminalNode*>(tree);
  return terminal ? terminal->getSymbol() : nullptr;
}

} // namespace

NodeId TreeBuilder::expression(Parser::ExpressionContext* context) {
  const auto combine = [&](Pending op, std::optional<NodeId> left, NodeId right) {
    if (op.isSign()) return sign(op.signToken, right);
    op.data.left = *left;
    op.data.right = right;
    const TextRange whole{node(*left).range.begin, node(right).range.end};
    return add(whole, std::move(op.data));
  };
  Climber<NodeId, Pending, decltype(combine)> climber(combine);
  for (antlr4::tree::ParseTree* child : context->children) {
    if (auto* op = dynamic_cast<Parser::BinaryOperatorContext*>(child)) {
      climber.binary({nullptr, binaryOperator(op)});
      continue;
    }
    auto* operand = static_cast<Parser::OperandContext*>(child);
    NodeId value;
    for (antlr4::tree::ParseTree* part : operand->children) {
      if (antlr4::Token* signToken = token(part))
        climber.sign({signToken, {}});
      else if (auto* body = dynamic_cast<Parser::PrimaryContext*>(part))
        value = primary(body);
      else
        value = postfix(value, static_cast<Parser::PostfixContext*>(part));
    }
    climber.operand(value);
  }
  return climber.finish();
}

NodeId TreeBuilder::sign(antlr4::Token* token, NodeId operand) {
  const bool negative = token->getType() == Lexer::SUB;
  Node& target = node(operand);
  const uint32_t begin = range(token).begin;
  // As in Prometheus the sign of a literal is part of it.
  if (auto* literal = std::get_if<Number>(&target.data)) {
    if (negative) literal->value = -literal->value;
    target.range.begin = begin;
    return operand;
  }
  const TextRange whole{begin, target.range.end};
  return add(whole, Unary{negative, operand});
}

Binary TreeBuilder::binaryOperator(Parser::BinaryOperatorContext* context) {
  Binary binary;
  antlr4::Token* op = context->getStart();
  binary.op =
      std::find_if(operatorTokens.begin(), operatorTokens.end(), [&](const OperatorToken& known) {
        return known.type == op->getType();
      })->op;
  binary.opRange = range(context);
  binary.returnBool = context->BOOL();
  if (row(binary.op).family == OperatorFamily::Trim)
    require(range(op), fmt::format("the operator `{}`", text(op)), needs::trim);
  if (auto* matching = context->matching()) {
    binary.matching = matching->ON() ? Binary::Matching::On : Binary::Matching::Ignoring;
    binary.matchingRange = {range(matching->getStart()).begin, range(matching->labels()).end};
    binary.labels = labels(matching->labels()->labelList());
    if (auto* side = matching->groupSide()) {
      binary.grouping = side->GROUP_LEFT() || side->GROUP_LEFT_LABELS() ? Binary::Grouping::Left
                                                                        : Binary::Grouping::Right;
      binary.groupingRange = range(side);
      binary.include = labels(side->labelList());
    }
  }
  fills(context, binary);
  return binary;
}

void TreeBuilder::fills(Parser::BinaryOperatorContext* context, Binary& binary) {
  for (Parser::FillContext* fill : context->fill()) {
    const bool left = fill->FILL_LEFT() || fill->FILL();
    const bool right = fill->FILL_RIGHT() || fill->FILL();
    if ((left && binary.fillLeft) || (right && binary.fillRight)) {
      Error error = unexpected(fill->getStart(), tokens_);
      fail(error.kind, error.range, std::move(error.message));
      return;
    }
    require(range(fill), fmt::format("`{}`", text(fill->getStart())), needs::fill);
    antlr4::Token* signToken = fill->SUB() ? fill->SUB()->getSymbol() : nullptr;
    const double value =
        signedNumber(signToken, (fill->NUMBER() ? fill->NUMBER() : fill->DURATION())->getSymbol());
    if (left) binary.fillLeft = value;
    if (right) binary.fillRight = value;
  }
}

// --- operands -------------------------------------------------------------------------------

NodeId TreeBuilder::primary(Parser::PrimaryContext* context) {
  if (auto* paren = dynamic_cast<Parser::ParenContext*>(context)) {
    const NodeId inner = expression(paren->expression());
    return add(range(paren), Paren{inner});
  }
  if (auto* literal = dynamic_cast<Parser::NumberContext*>(context))
    return number(literal->getStart());
  if (auto* literal = dynamic_cast<Parser::TextContext*>(context))
    return add(range(literal), String{unquote(text(literal->getStart()))});
  if (auto* body = dynamic_cast<Parser::AggregationContext*>(context)) return aggregation(body);
  if (auto* body = dynamic_cast<Parser::CallContext*>(context)) return call(body);
  if (auto* body = dynamic_cast<Parser::ParameterContext*>(context)) {
    const TextRange name = range(body->getStart());
    if (body->matchers()) return selector(name, true, body->matchers());
    return add(name, Parameter{parameterName(body->getStart()), {}});
  }
  auto* body = static_cast<Parser::SelectorContext*>(context);
  const TextRange name = body->metricName() ? range(body->metricName()) : TextRange{};
  return selector(name, false, body->matchers());
}

NodeId TreeBuilder::number(antlr4::Token* token) {
  const TextRange where = range(token);
  if (token->getType() == Lexer::DURATION)
    require(where, fmt::format("the duration `{}` in the place of a number", text(token)),
            needs::durationAsNumber);
  const double value = signedNumber(nullptr, token);
  return add(where, Number{value, token->getType() == Lexer::DURATION});
}

double TreeBuilder::signedNumber(antlr4::Token* sign, antlr4::Token* number) {
  const TextRange where = range(number);
  const std::string word = text(number);
  double value = 0;
  if (number->getType() == Lexer::DURATION) {
    const DurationValue duration = readDuration(word);
    if (!duration.problem.empty()) fail(ErrorKind::Syntax, where, duration.problem);
    value = static_cast<double>(duration.milliseconds) / 1000;
  } else if (const auto parsed = parseNumber(word)) {
    value = *parsed;
    if (word.find('_') != word.npos)
      require(where, fmt::format("the underscore in the number `{}`", word),
              needs::underscoreInNumber);
  } else {
    fail(ErrorKind::Syntax, where, fmt::format("error parsing number: {}", quote(word)));
  }
  return sign && sign->getType() == Lexer::SUB ? -value : value;
}

std::vector<NodeId> TreeBuilder::arguments(Parser::ArgumentsContext* context) {
  std::vector<NodeId> found;
  const auto& children = context->children;
  for (size_t i = 0; i < children.size(); ++i) {
    if (auto* argument = dynamic_cast<Parser::ExpressionContext*>(children[i])) {
      found.push_back(expression(argument));
      continue;
    }
    antlr4::Token* comma = token(children[i]);
    const bool lonely = i + 1 < children.size() && token(children[i + 1]);
    if (comma->getType() == Lexer::COMMA && lonely)
      fail(ErrorKind::Syntax, range(comma), "trailing commas not allowed in function call args");
  }
  return found;
}

NodeId TreeBuilder::aggregation(Parser::AggregationContext* context) {
  Aggregation made;
  antlr4::Token* op = context->getStart();
  made.op = static_cast<AggregateOp>(op->getType() - Lexer::SUM);
  made.opRange = range(op);
  const AggregateOperator& known = row(made.op);
  const auto groupings = context->grouping();
  if (groupings.size() > 1) {
    Error error = unexpected(groupings[1]->getStart(), tokens_);
    fail(error.kind, error.range, std::move(error.message));
  }
  if (!groupings.empty()) {
    made.grouping = groupings[0]->BY() ? Aggregation::Grouping::By : Aggregation::Grouping::Without;
    made.groupingRange = range(groupings[0]);
    made.labels = labels(groupings[0]->labels()->labelList());
  }
  const std::vector<NodeId> operands = arguments(context->arguments());
  const TextRange whole = range(context);
  if (known.experimental)
    require(whole, fmt::format("`{}`", known.text), needs::experimentalAggregation);
  const size_t wanted = known.parameter == ValueType::None ? 1 : 2;
  if (operands.size() == wanted) {
    made.expression = operands.back();
    if (wanted == 2) made.parameter = operands.front();
  } else {
    incomplete_ = true;
    fail(ErrorKind::Type, whole,
         operands.empty()
             ? "no arguments for aggregate expression provided"
             : fmt::format("wrong number of arguments for aggregate expression provided, "
                           "expected {}, got {}",
                           wanted, operands.size()));
  }
  return add(whole, std::move(made));
}

NodeId TreeBuilder::call(Parser::CallContext* context) {
  Call made;
  made.name = text(context->getStart());
  made.nameRange = range(context->getStart());
  made.function = findFunction(made.name);
  const Function* function = made.function;
  if (!function) {
    fail(ErrorKind::Type, made.nameRange,
         fmt::format("unknown function with name \"{}\"", made.name));
  } else if (function->until != Function::always && options_.target >= function->until) {
    fail(ErrorKind::Type, made.nameRange,
         fmt::format("unknown function with name \"{}\", Prometheus {} removed it", made.name,
                     toString(function->until)));
  } else {
    const Flag flag = function->experimental ? Flag::ExperimentalFunctions : Flag::None;
    require(made.nameRange, fmt::format("`{}`", made.name),
            {function->since, flag, function->stable});
  }
  const std::vector<NodeId> operands = arguments(context->arguments());
  made.arguments = {static_cast<uint32_t>(expr_.arguments_.size()),
                    static_cast<uint32_t>(operands.size())};
  expr_.arguments_.insert(expr_.arguments_.end(), operands.begin(), operands.end());
  return add(range(context), std::move(made));
}

} // namespace relc::promql
