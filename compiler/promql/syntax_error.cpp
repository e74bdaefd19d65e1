#include "compiler/promql/syntax_error.h"

#include "compiler/promql/literals.h"

#include <fmt/format.h>

namespace relc::promql {

void StopAtFirstError::recover(antlr4::Parser* parser, std::exception_ptr exception) {
  const antlr4::Token* token = parser->getCurrentToken();
  try {
    std::rethrow_exception(exception);
  } catch (const antlr4::RecognitionException& e) {
    if (e.getOffendingToken()) token = e.getOffendingToken();
  }
  throw SyntaxStop{token, parser->getContext()};
}

antlr4::Token* StopAtFirstError::recoverInline(antlr4::Parser* parser) {
  throw SyntaxStop{parser->getCurrentToken(), parser->getContext()};
}

namespace {

/// How Prometheus' messages show a token.
std::string show(const antlr4::Token* token, const Tokens& tokens) {
  const std::string_view word = tokens.text(token);
  const size_t type = token->getType();
  const auto named = [&](std::string_view kind) {
    // Longer than ten bytes it is cut, as Go's %.10q does (by characters).
    size_t end = 0;
    for (int n = 0; n < 10 && end < word.size(); ++n) end += decodeUtf8(word.substr(end)).length;
    return word.size() > 10 && kind != "identifier" && kind != "metric identifier"
               ? fmt::format("{} {}...", kind, quote(word.substr(0, end)))
               : fmt::format("{} {}", kind, quote(word));
  };
  switch (type) {
  case antlr4::Token::EOF: return "end of input";
  case Lexer::IDENTIFIER:
  case Lexer::LABEL:
  case Lexer::BAD_WORD: return named("identifier");
  case Lexer::METRIC_IDENTIFIER: return named("metric identifier");
  case Lexer::STRING: return named("string");
  case Lexer::NUMBER: return named("number");
  case Lexer::DURATION: return named("duration");
  case Lexer::PARAMETER: return fmt::format("parameter `{}`", word);
  case Lexer::GROUP_LEFT_LABELS: return "<group_left>";
  case Lexer::GROUP_RIGHT_LABELS: return "<group_right>";
  default: break;
  }
  if (type >= Lexer::SUM && type <= Lexer::LIMIT_RATIO) return fmt::format("<aggr:{}>", word);
  if (type >= Lexer::OFFSET && type <= Lexer::BOOL) return fmt::format("<{}>", word);
  const bool isOperator = (type >= Lexer::ADD && type <= Lexer::POW) ||
                          (type >= Lexer::EQ && type <= Lexer::ATAN2) ||
                          (type >= Lexer::MATCH_NE && type <= Lexer::MATCH_NOT_RE);
  return isOperator ? fmt::format("<op:{}>", word) : quote(word);
}

const antlr4::Token* before(const antlr4::Token* token, Tokens& tokens) {
  const size_t index = token->getTokenIndex();
  return index == 0 ? nullptr : tokens.stream().get(index - 1);
}

bool hasColon(const antlr4::ParserRuleContext* range) {
  return const_cast<antlr4::ParserRuleContext*>(range)->getToken(Lexer::COLON, 0) != nullptr;
}

struct Expectation {
  std::string_view context;
  std::string_view expected;
};

constexpr std::string_view durations = "number, duration, step(), or range()";

Expectation inMatchers(size_t previous) {
  switch (previous) {
  case Lexer::LBRACE:
  case Lexer::COMMA: return {"label matching", "identifier or \"}\""};
  case Lexer::LABEL: return {"label matching", "label matching operator"};
  case Lexer::MATCH_EQ:
  case Lexer::MATCH_NE:
  case Lexer::MATCH_RE:
  case Lexer::MATCH_NOT_RE: return {"label matching", "string"};
  default: return {"label matching", "\",\" or \"}\""};
  }
}

Expectation inLabels(size_t previous) {
  switch (previous) {
  case Lexer::BY:
  case Lexer::WITHOUT:
  case Lexer::ON:
  case Lexer::IGNORING: return {"grouping opts", "\"(\""};
  case Lexer::LPAREN:
  case Lexer::COMMA:
  case Lexer::GROUP_LEFT_LABELS:
  case Lexer::GROUP_RIGHT_LABELS: return {"grouping opts", "label"};
  default: return {"grouping opts", "\",\" or \")\""};
  }
}

/// What Prometheus' grammar says about an error: its innermost construct with a rule for errors.
Expectation expectation(const antlr4::ParserRuleContext* context, size_t previous) {
  bool inDuration = false; // inside a duration, so one is expected
  for (; context; context = dynamic_cast<const antlr4::ParserRuleContext*>(context->parent)) {
    switch (context->getRuleIndex()) {
    case Parser::RuleMatchers:
    case Parser::RuleMatcher:
    case Parser::RuleMatchOperator: return inMatchers(previous);
    case Parser::RuleLabels:
    case Parser::RuleLabelList:
    case Parser::RuleLabel:
    case Parser::RuleGroupSide: return inLabels(previous);
    case Parser::RuleInstant: return {"@", "timestamp"};
    case Parser::RuleOffsetDuration: return {"offset", durations};
    case Parser::RuleDuration: inDuration = true; break;
    case Parser::RulePostfix:
      if (!dynamic_cast<const Parser::RangeContext*>(context)) break;
      if (hasColon(context))
        return inDuration || previous == Lexer::COLON
                   ? Expectation{"subquery selector", "number, duration, step(), range(), or \"]\""}
                   : Expectation{"subquery selector", "\"]\""};
      return inDuration ? Expectation{"subquery or range selector", durations}
                        : Expectation{"subquery or range", "\":\" or \"]\""};
    case Parser::RulePrimary:
      if (dynamic_cast<const Parser::AggregationContext*>(context)) return {"aggregation", ""};
      break;
    default: break;
    }
  }
  return {};
}

} // namespace

Error unexpected(const antlr4::Token* token, const Tokens& tokens) {
  TextRange where = tokens.range(token);
  // This token ends with the parenthesis behind the keyword.
  if (token->getType() == Lexer::GROUP_LEFT_LABELS) where.end = where.begin + 10;
  if (token->getType() == Lexer::GROUP_RIGHT_LABELS) where.end = where.begin + 11;
  return {where, "unexpected " + show(token, tokens), ErrorKind::Syntax};
}

Error describe(const SyntaxStop& stop, Tokens& tokens) {
  if (tokens.problem() && stop.token->getTokenIndex() >= tokens.problem()->tokenIndex)
    return tokens.problem()->error;
  const antlr4::Token* previous = before(stop.token, tokens);
  if (!previous && stop.token->getType() == antlr4::Token::EOF)
    return {{0, 0}, "no expression found in input", ErrorKind::Syntax};
  Error error = unexpected(stop.token, tokens);
  const Expectation where = expectation(stop.context, previous ? previous->getType() : 0);
  if (!where.context.empty()) error.message += fmt::format(" in {}", where.context);
  if (!where.expected.empty()) error.message += fmt::format(", expected {}", where.expected);
  return error;
}

} // namespace relc::promql
