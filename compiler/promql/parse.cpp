#include "compiler/promql/promql.h"
#include "compiler/promql/syntax_error.h"
#include "compiler/promql/tree_builder.h"
#include "compiler/promql/type_checker.h"
#include "grammar/recognizer.h"

#include <algorithm>
#include <fmt/format.h>

namespace relc::promql {

namespace {

/// Longer expressions are refused: nobody writes them, and memory grows with their length.
constexpr size_t maxLength = 1 << 20;

bool refuses(const Error& error) {
  return error.kind != ErrorKind::Version;
}

} // namespace

ParseResult parse(std::string_view text, const Options& options) {
  ParseResult result;
  if (text.size() > maxLength) {
    result.errors.push_back(
        {{0, 0},
         fmt::format("the expression has {} bytes, relc reads at most {}", text.size(), maxLength),
         ErrorKind::Syntax});
    return result;
  }
  Tokens tokens(text);
  grammar::Recognizer<Parser> parser(&tokens.stream());
  parser.removeErrorListeners();
  parser.setErrorHandler(std::make_shared<StopAtFirstError>());
  TreeBuilder builder(tokens, options);
  try {
    result.expr = builder.build(parser.start());
  } catch (const SyntaxStop& stop) {
    result.errors.push_back(describe(stop, tokens));
    return result;
  }
  result.errors = std::move(builder.errors());
  if (!result.expr.valid()) return result;
  // Like Prometheus: types are judged only where the parser had nothing to say.
  const bool sound = std::none_of(result.errors.begin(), result.errors.end(), refuses);
  TypeChecker types(result.expr, result.errors);
  types.check(sound);
  if (options.rule && std::none_of(result.errors.begin(), result.errors.end(), refuses))
    types.checkRule();
  return result;
}

} // namespace relc::promql
