// Prometheus' type rules, the rule for rules, and what needs a newer Prometheus.

#include "compiler/promql/functions.h"
#include "compiler/promql/promql.h"

#include <catch2/catch.hpp>
#include <set>

using namespace relc::promql;

namespace {

ValueType typeOf(std::string_view text) {
  const ParseResult result = parse(text, {{99, 0}, {true, true, true, true}, false});
  INFO(text);
  REQUIRE(result.ok());
  return result.expr.type();
}

struct Refusal {
  std::string_view text;
  std::string_view place; ///< the text of the range
  std::string_view message;
};

} // namespace

TEST_CASE("promql: types of expressions", "[promql]") {
  CHECK(typeOf("1 + 2") == ValueType::Scalar);
  CHECK(typeOf("1 > bool 2") == ValueType::Scalar);
  CHECK(typeOf("-time()") == ValueType::Scalar);
  CHECK(typeOf("\"a\"") == ValueType::String);
  CHECK(typeOf("x > 1") == ValueType::Vector);
  CHECK(typeOf("(x[5m])") == ValueType::Range);
  CHECK(typeOf("x[1h:]") == ValueType::Range);
  CHECK(typeOf("scalar(x)") == ValueType::Scalar);
  CHECK(typeOf("sum(x)") == ValueType::Vector);
  CHECK(typeOf("$x") == ValueType::Unknown);
  CHECK(typeOf("$x * 2") == ValueType::Unknown);
  CHECK(typeOf("$x * y") == ValueType::Vector);
  CHECK(typeOf("$x and $y") == ValueType::Vector);
  CHECK(typeOf("$x * on(a) $y") == ValueType::Vector);
  CHECK(typeOf("$x offset 5m") == ValueType::Vector);
  CHECK(typeOf("$x[5m]") == ValueType::Range);
  CHECK(typeOf("$x{a=\"b\"}") == ValueType::Vector);
}

TEST_CASE("promql: type errors have Prometheus' place and words", "[promql]") {
  const Refusal refusals[] = {
      {"1 == 1", "==", "comparisons between scalars must use BOOL modifier"},
      {"x + bool 1", "+ bool", "bool modifier can only be used on comparison operators"},
      {"x and 1", "x and 1", "set operator \"and\" not allowed in binary scalar expression"},
      {"x or on(a) group_left(b) y", "x or on(a) group_left(b) y",
       "no grouping allowed for \"or\" operation"},
      {"x * on(a) group_left(a) y", "* on(a) group_left(a)",
       "label \"a\" must not occur in ON and GROUP clause at once"},
      {"x == on(a) 1", "x == on(a) 1", "vector matching only allowed between instant vectors"},
      {"x + fill(1) 2", "x + fill(1) 2",
       "filling in missing series only allowed between instant vectors"},
      {"x or fill(1) y", "x or fill(1) y",
       "filling in missing series not allowed for set operators"},
      {"x[5m] + 1", "x[5m]", "binary expression must contain only scalar and instant vector types"},
      {"1 + \"a\"", "\"a\"", "binary expression must contain only scalar and instant vector types"},
      {"-x[5m]", "-x[5m]",
       "unary expression only allowed on expressions of type scalar or instant vector, got \"range "
       "vector\""},
      {"rate(sum(x))", "sum(x)",
       "expected type range vector in call to function \"rate\", got instant vector"},
      {"scalar(1)", "1", "expected type instant vector in call to function \"scalar\", got scalar"},
      {"vector(x)", "x", "expected type scalar in call to function \"vector\", got instant vector"},
      {"floor()", "floor()", "expected 1 argument(s) in call to \"floor\", got 0"},
      {"hour(x, y)", "hour(x, y)", "expected at most 1 argument(s) in call to \"hour\", got 2"},
      {"label_join(x, \"a\")", "label_join(x, \"a\")",
       "expected at least 3 argument(s) in call to \"label_join\", got 2"},
      {"nope(x)", "nope", "unknown function with name \"nope\""},
      {"sum()", "sum()", "no arguments for aggregate expression provided"},
      {"topk(x)", "topk(x)",
       "wrong number of arguments for aggregate expression provided, expected 2, got 1"},
      {"topk(a, b)", "a", "expected type scalar in aggregation parameter, got instant vector"},
      {"count_values(5, b)", "5", "expected type string in aggregation parameter, got scalar"},
      {"sum(1)", "1", "expected type instant vector in aggregation expression, got scalar"},
      {"x[5m][5m:]", "x[5m][5m:]",
       "subquery is only allowed on instant vector, got matrix instead"},
      {"{a=\"\"}", "{a=\"\"}", "vector selector must contain at least one non-empty matcher"},
      {"{__name__=~\".*\"}", "{__name__=~\".*\"}",
       "vector selector must contain at least one non-empty matcher"},
      {"x{__name__=\"y\"}", "x{__name__=\"y\"}",
       "metric name must not be set twice: \"x\" or \"y\""},
      {"x{a=~\"(\"}", "a=~\"(\"", "error parsing regexp: missing closing ): `(`"},
      {"x offset 5m offset 1m", "x offset 5m", "offset may not be set multiple times"},
      {"x @ 1 @ 2", "x @ 1", "@ <timestamp> may not be set multiple times"},
      {"x @ inf", "x", "timestamp out of bounds for @ modifier: +Inf"},
      {"x offset 5m[5m]", "[5m]", "no offset modifiers allowed before range"},
      {"x @ 5 [5m]", "[5m]", "no @ modifiers allowed before range"},
      {"x @ end() [5m]", "[5m]", "no @ modifiers allowed before range"},
      {"sum(x)[5m]", "[5m]", "ranges only allowed for vector selectors"},
      {"1 offset 5m", "1",
       "offset modifier must be preceded by an instant vector selector or range vector selector or "
       "a subquery"},
      {"sum(x) @ 5", "sum(x)",
       "@ modifier must be preceded by an instant vector selector or range vector selector or a "
       "subquery"},
      {"x[0s]", "0s", "duration must be greater than 0"},
      {"x[-1]", "-1", "duration must be greater than 0"},
      {"x[5s/0]", "/", "division by zero"},
      {"x anchored smoothed", "x anchored",
       "anchored and smoothed modifiers cannot be used together"},
      {"x[1h:] anchored", "x[1h:]", "anchored modifier is not supported for subqueries"},
      {"info(x, y)", "y", "expected label selectors only, got vector selector instead"},
      {"holt_winters(x[5m], 0.1, 0.2)", "holt_winters",
       "unknown function with name \"holt_winters\", Prometheus 3.0 removed it"},
  };
  for (const Refusal& refusal : refusals) {
    CAPTURE(refusal.text);
    const ParseResult result = parse(refusal.text, {{99, 0}, {true, true, true, true}, false});
    REQUIRE_FALSE(result.ok());
    const Error& error = result.errors[0];
    CHECK(error.message == refusal.message);
    CHECK(refusal.text.substr(error.range.begin, error.range.size()) == refusal.place);
    CHECK(error.kind == ErrorKind::Type);
  }
  CHECK(parse("info(x, {a=\"\"})", {{99, 0}, {true, true, true, true}, false}).ok());
}

TEST_CASE("promql: a rule needs a scalar or an instant vector", "[promql]") {
  const Options rule{{2, 42}, {}, true};
  CHECK(parse("x > 1", rule).ok());
  CHECK(parse("1 + 1", rule).ok());
  CHECK(parse("$good / $total", rule).ok());
  for (const std::string_view text : {"x[5m]", "\"a\"", "(x[1h:])"}) {
    CAPTURE(text);
    const ParseResult result = parse(text, rule);
    REQUIRE(result.errors.size() == 1);
    CHECK(result.errors[0].kind == ErrorKind::Type);
    CHECK(parse(text).ok());
  }
}

TEST_CASE("promql: what is newer than the target is said to be that", "[promql]") {
  struct Newer {
    std::string_view text;
    Version since;
    Features features = {};
  };
  const Features all{true, true, true, true};
  const Newer cases[] = {
      {"x[300]", {2, 54}},
      {"x offset 60", {2, 54}},
      {"x @ 1m", {2, 54}},
      {"time() - x > 10m", {2, 54}},
      {"1_000", {2, 54}},
      {"{\"http.requests\"}", {3, 0}},
      {"x{\"a.b\"=\"c\"}", {3, 0}},
      {"sum by (a:b) (x)", {3, 0}},
      {"sum by (\"a.b\") (x)", {3, 1}},
      {"x offset +5m", {3, 4}},
      {"x offset 0s", {3, 4}},
      {"x[1h + 5m]", {3, 14}},
      {"x[1h + 5m]", {3, 4}, all},
      {"x[step()]", {3, 6}, all},
      {"x[range()]", {3, 10}, all},
      {"x[max_of(1h, 5m)]", {3, 13}, all},
      {"rate(x[5m] anchored)", {3, 7}, all},
      {"x + fill(0) y", {3, 10}, all},
      {"x </ 5", {3, 11}},
      {"limitk(5, x)", {2, 54}, all},
      {"histogram_stddev(x)", {2, 47}},
      {"histogram_avg(x)", {2, 51}},
      {"mad_over_time(x[5m])", {2, 49}, all},
      {"first_over_time(x[5m])", {3, 14}},
      {"first_over_time(x[5m])", {3, 7}, all},
      {"max_of(1, 2)", {3, 13}, all},
  };
  for (const Newer& newer : cases) {
    CAPTURE(newer.text);
    const ParseResult before = parse(newer.text, {{2, 42}, newer.features, false});
    REQUIRE_FALSE(before.ok());
    for (const Error& error : before.errors) CHECK(error.kind == ErrorKind::Version);
    CHECK_THAT(before.errors[0].message, Catch::Contains("needs Prometheus ≥ "));
    CHECK_THAT(before.errors[0].message, Catch::Contains("the target is 2.42"));
    CHECK(before.expr.valid());
    CHECK(parse(newer.text, {newer.since, newer.features, false}).ok());
    Version justBefore = newer.since;
    if (justBefore.minor > 0)
      --justBefore.minor;
    else
      justBefore = {2, 55};
    CHECK_FALSE(parse(newer.text, {justBefore, newer.features, false}).ok());
  }
  const ParseResult flag = parse("limitk(5, x)", {{3, 5}, {}, false});
  REQUIRE(flag.errors.size() == 1);
  CHECK(flag.errors[0].message == "`limitk` needs the Prometheus feature flag "
                                  "`promql-experimental-functions`, which is not switched on");
  // Accepted before 3.14, with the modifier moved behind the brackets.
  const ParseResult end = parse("x @ end() [10m]");
  REQUIRE(end.ok());
  CHECK(print(end.expr) == "x[10m] @ end()");
}

TEST_CASE("promql: the table of functions", "[promql]") {
  CHECK(allFunctions().size() == 91); // 90 of Prometheus 3.14 and holt_winters of 2.x
  size_t experimental = 0;
  for (const Function& function : allFunctions()) {
    CAPTURE(function.name);
    CHECK(findFunction(function.name) == &function);
    if (function.experimental && function.stable == Function::always) ++experimental;
  }
  CHECK(experimental == 17);
  CHECK_FALSE(findFunction("Rate"));
  CHECK_FALSE(findFunction(""));
}
