#pragma once
// Text → ANTLR tokens, with what the token rules alone cannot say: escapes, balance, nesting.
// Private to the .cpp files of the parser: the only header of this room that includes ANTLR.

#include "PromQL.h"
#include "PromQLLexer.h"
#include "compiler/promql/promql.h"

#include <antlr4-runtime.h>

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace relc::promql {

using Lexer = grammar::PromQLLexer;
using Parser = grammar::PromQL;

/// The tokens of one expression; the stream is ready for a parser.
class Tokens {
public:
  explicit Tokens(std::string_view text);

  [[nodiscard]] std::string_view text() const { return text_; }
  antlr4::CommonTokenStream& stream() { return *stream_; }

  /// ANTLR counts code points, everybody else bytes.
  [[nodiscard]] TextRange range(const antlr4::Token* token) const;
  [[nodiscard]] std::string_view text(const antlr4::Token* token) const {
    const TextRange r = range(token);
    return text_.substr(r.begin, r.size());
  }

  /// The first thing that Prometheus' lexer would refuse. A parser that comes to the token at
  /// `tokenIndex` has to stop there.
  struct Problem {
    size_t tokenIndex = 0;
    Error error;
  };
  [[nodiscard]] const std::optional<Problem>& problem() const { return problem_; }

private:
  void check();
  void report(const antlr4::Token* token, uint32_t begin, std::string message);
  [[nodiscard]] std::optional<std::string> refuse(const antlr4::Token* token, bool inBraces,
                                                  bool inBrackets) const;

  std::string_view text_;
  std::vector<uint32_t> bytes_; ///< byte offset of each code point; empty if all are ASCII
  std::unique_ptr<antlr4::ANTLRInputStream> characters_;
  std::unique_ptr<Lexer> lexer_;
  std::unique_ptr<antlr4::CommonTokenStream> stream_;
  std::optional<Problem> problem_;
};

} // namespace relc::promql
