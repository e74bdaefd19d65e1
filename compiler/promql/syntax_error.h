#pragma once
// The first syntax error, in Prometheus' words. Private to the .cpp files of the parser.

#include "compiler/promql/lexing.h"

namespace relc::promql {

/// Thrown out of the generated parser at the first error, because what a parser guesses behind it
/// is of no use for one-line expressions.
struct SyntaxStop {
  const antlr4::Token* token;
  const antlr4::ParserRuleContext* context; ///< innermost rule; lives as long as the parser
};

class StopAtFirstError : public antlr4::DefaultErrorStrategy {
public:
  void reportError(antlr4::Parser*, const antlr4::RecognitionException&) override {}
  void sync(antlr4::Parser*) override {}
  void recover(antlr4::Parser* parser, std::exception_ptr exception) override;
  antlr4::Token* recoverInline(antlr4::Parser* parser) override;
};

Error describe(const SyntaxStop& stop, Tokens& tokens);
/// "unexpected <by>": for what the grammar lets pass and Prometheus does not.
Error unexpected(const antlr4::Token* token, const Tokens& tokens);

} // namespace relc::promql
