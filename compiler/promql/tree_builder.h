#pragma once
// ANTLR's tree → ours. Private to the .cpp files of the parser.

#include "compiler/promql/lexing.h"
#include "compiler/promql/requirements.h"

#include <string>
#include <vector>

namespace relc::promql {

class TreeBuilder {
public:
  TreeBuilder(Tokens& tokens, const Options& options) : tokens_(tokens), options_(options) {}

  /// The tree, without types; not valid if operands are missing.
  Expr build(Parser::StartContext* start);
  /// In the order in which Prometheus would find them.
  std::vector<Error>& errors() { return errors_; }

private:
  using Terminal = antlr4::tree::TerminalNode;

  // tree_builder.cpp: expressions
  NodeId expression(Parser::ExpressionContext* context);
  NodeId primary(Parser::PrimaryContext* context);
  NodeId number(antlr4::Token* token);
  NodeId aggregation(Parser::AggregationContext* context);
  NodeId call(Parser::CallContext* context);
  NodeId sign(antlr4::Token* token, NodeId operand);
  std::vector<NodeId> arguments(Parser::ArgumentsContext* context);
  Binary binaryOperator(Parser::BinaryOperatorContext* context);
  void fills(Parser::BinaryOperatorContext* context, Binary& binary);

  // tree_builder_selectors.cpp: selectors, labels, modifiers, durations
  NodeId selector(TextRange metricRange, bool parameter, Parser::MatchersContext* matchers);
  MatcherItem matcher(Parser::MatcherContext* context);
  Slice<LabelItem> labels(Parser::LabelListContext* context);
  NodeId postfix(NodeId operand, Parser::PostfixContext* context);
  NodeId range(NodeId operand, Parser::RangeContext* context);
  void offset(NodeId operand, Parser::OffsetContext* context);
  void at(NodeId operand, Parser::AtContext* context);
  void extended(NodeId operand, Parser::ExtendedContext* context);
  Modifiers* modifiable(NodeId operand, const char* otherwise);
  Duration positiveDuration(Parser::DurationContext* context);
  Duration duration(Parser::DurationContext* context);
  Duration durationPrimary(Parser::DurationPrimaryContext* context);
  Duration negated(antlr4::Token* sign, Duration duration);
  NodeId asNode(const Duration& duration);
  Duration arithmetic(DurationArithmetic data, TextRange range);
  double signedNumber(antlr4::Token* sign, antlr4::Token* number);

  // shared
  NodeId add(TextRange range, NodeData data);
  Node& node(NodeId id) { return expr_.nodes_[id.index]; }
  [[nodiscard]] TextRange range(const antlr4::Token* token) const { return tokens_.range(token); }
  [[nodiscard]] TextRange range(antlr4::ParserRuleContext* context) const {
    return {range(context->getStart()).begin, range(context->getStop()).end};
  }
  [[nodiscard]] std::string text(const antlr4::Token* token) const {
    return std::string(tokens_.text(token));
  }
  /// `$name` → `name`
  [[nodiscard]] std::string parameterName(const antlr4::Token* token) const {
    return text(token).substr(1);
  }
  void fail(ErrorKind kind, TextRange range, std::string message);
  void require(TextRange range, std::string_view what, const Requirement& requirement);

  Tokens& tokens_;
  const Options& options_;
  Expr expr_;
  std::vector<Error> errors_;
  size_t refusals_ = 0;     ///< errors other than Version, counted on beyond the cap
  bool incomplete_ = false; ///< an operand is missing
};

} // namespace relc::promql
