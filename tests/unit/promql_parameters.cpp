// `$name` parameters: where they stand, and putting values in their place.

#include "compiler/promql/promql.h"

#include <catch2/catch.hpp>

using namespace relc::promql;

namespace {

constexpr Options newest{{99, 0}, {true, true, true, true}, false};

Expr parsed(std::string_view text) {
  ParseResult result = parse(text, newest);
  INFO(text);
  INFO((result.errors.empty() ? "" : result.errors[0].message));
  REQUIRE(result.ok());
  return std::move(result.expr);
}

std::string filled(std::string_view text, const Bindings& bindings,
                   Unbound unbound = Unbound::Error) {
  const Instantiated result = instantiate(parsed(text), bindings, unbound);
  INFO(text);
  INFO((result.errors.empty() ? "" : result.errors[0].message));
  REQUIRE(result.ok());
  if (unbound == Unbound::Error) {
    const ParseResult again = parse(result.text, newest);
    INFO(result.text);
    REQUIRE(again.ok());
    CHECK(print(again.expr) == result.text);
  }
  return result.text;
}

std::string refusal(std::string_view text, const Bindings& bindings) {
  const Instantiated result = instantiate(parsed(text), bindings);
  REQUIRE_FALSE(result.ok());
  CHECK(result.text.empty());
  CHECK(result.errors[0].kind == ErrorKind::Binding);
  return result.errors[0].message;
}

const std::vector<Matcher> job = {{"job", MatchOp::Equal, "checkout"}};

} // namespace

TEST_CASE("promql: the places of parameters", "[promql]") {
  const Expr expr = parsed(
      "sum by ($labels) (rate($metric{$selector, job=$job}[$window] offset -$shift)) > $limit + "
      "scalar($v) and on($k) clamp_max($u offset 5m @ $t, $n)");
  struct Expected {
    std::string_view name;
    Place place;
  };
  const Expected expected[] = {
      {"labels", Place::Labels}, {"metric", Place::Selector}, {"selector", Place::Matchers},
      {"job", Place::String},    {"window", Place::Duration}, {"shift", Place::Duration},
      {"limit", Place::Operand}, {"v", Place::Vector},        {"k", Place::Labels},
      {"u", Place::Selector},    {"t", Place::Number},        {"n", Place::Number},
  };
  const auto uses = parameters(expr);
  REQUIRE(uses.size() == std::size(expected));
  for (size_t i = 0; i < uses.size(); ++i) {
    CHECK(uses[i].name == expected[i].name);
    CHECK(uses[i].place == expected[i].place);
    CHECK(expr.text(uses[i].range) == "$" + uses[i].name);
  }
  CHECK(parameters(parsed("rate($x)"))[0].place == Place::Range);
  CHECK(parameters(parsed("rate($x[5m])"))[0].place == Place::Selector);
  CHECK(parameters(parsed("vector($x * 2)"))[0].place == Place::Number);
  CHECK(parameters(parsed("$x"))[0].place == Place::Operand);
  CHECK(parameters(parsed("label_replace(x, $l, \"\", \"\", \"\")"))[0].place == Place::String);
  CHECK(parameters(parsed("x[1h + $d:$s]")).size() == 2);
  CHECK(parameters(parsed("x + 1")).empty());
}

TEST_CASE("promql: values take the place of parameters", "[promql]") {
  const Bindings bindings = {
      {"selector", job},
      {"none", std::vector<Matcher>{}},
      {"two",
       std::vector<Matcher>{{"b", MatchOp::NotRegex, "5.."}, {"a", MatchOp::NotEqual, "x\"y"}}},
      {"window", Milliseconds{5 * 60000}},
      {"job", std::string("a\"b\\c\n")},
      {"n", 0.999},
      {"minus", -2.0},
      {"labels", LabelNames{{"region", "a.b"}}},
      {"nolabels", LabelNames{}},
      {"ratio", ExprText{"a / b"}},
      {"metric", std::string("http_requests_total")},
      {"utf8", std::string("http.requests")},
      {"total", ExprText{"requests_total{job=\"web\"}"}},
  };
  CHECK(filled("sum(rate(http_requests_total{$selector, code=~\"5..\"}[$window]))", bindings) ==
        "sum(rate(http_requests_total{code=~\"5..\",job=\"checkout\"}[5m]))");
  CHECK(filled("x{$none}", bindings) == "x");
  CHECK(filled("x{$none, a=\"b\"}", bindings) == "x{a=\"b\"}");
  CHECK(filled("x{a=\"b\", $none, $two}", bindings) == "x{a!=\"x\\\"y\",a=\"b\",b!~\"5..\"}");
  CHECK(filled("{$selector}", bindings) == "{job=\"checkout\"}");
  CHECK(filled("x{job=$job}", bindings) == "x{job=\"a\\\"b\\\\c\\n\"}");
  CHECK(filled("x{le=$n}", bindings) == "x{le=\"0.999\"}");
  CHECK(filled("x{le=$window}", bindings) == "x{le=\"300\"}");
  CHECK(filled("x[$window:$window] offset -$window", bindings) == "x[5m:5m] offset -5m");
  CHECK(filled("x[1h + $window]", bindings) == "x[1h + 5m]");
  CHECK(filled("1 - $n", bindings) == "1 - 0.999");
  CHECK(filled("$minus ^ 2", bindings) == "(-2) ^ 2");
  CHECK(filled("vector($minus)", bindings) == "vector(-2)");
  CHECK(filled("x > $window", bindings) == "x > 300");
  CHECK(filled("x @ $n", bindings) == "x @ 0.999");
  CHECK(filled("sum by ($labels) (x)", bindings) == "sum by (region, \"a.b\") (x)");
  CHECK(filled("sum by ($nolabels) (x)", bindings) == "sum(x)");
  CHECK(filled("sum by ($nolabels, c) (x)", bindings) == "sum by (c) (x)");
  CHECK(filled("sum without ($nolabels) (x)", bindings) == "sum without () (x)");
  CHECK(filled("x * on ($nolabels) group_left ($labels) y", bindings) ==
        "x * on () group_left (region, \"a.b\") y");
  CHECK(filled("$ratio > 5", bindings) == "a / b > 5");
  CHECK(filled("$ratio / 5", bindings) == "a / b / 5");
  CHECK(filled("5 / $ratio", bindings) == "5 / (a / b)");
  CHECK(filled("$ratio ^ 2", bindings) == "(a / b) ^ 2");
  CHECK(filled("-$ratio", bindings) == "-(a / b)");
  CHECK(filled("sum($ratio)", bindings) == "sum(a / b)");
  CHECK(filled("max_over_time($ratio[1h:])", bindings) == "max_over_time((a / b)[1h:])");
  CHECK(filled("rate($metric[$window])", bindings) == "rate(http_requests_total[5m])");
  CHECK(filled("rate($metric{code=\"500\"}[$window])", bindings) ==
        "rate(http_requests_total{code=\"500\"}[5m])");
  CHECK(filled("rate($utf8[$window])", bindings) == "rate({__name__=\"http.requests\"}[5m])");
  CHECK(filled("rate($total{code=\"500\", $selector}[$window] offset 1d)", bindings) ==
        "rate(requests_total{code=\"500\",job=\"checkout\",job=\"web\"}[5m] offset 1d)");
  CHECK(filled("$total offset $window", bindings) == "requests_total{job=\"web\"} offset 5m");
  CHECK(filled("$total + $selector", bindings) ==
        "requests_total{job=\"web\"} + {job=\"checkout\"}");
  CHECK(filled("label_replace(x, $metric, \"\", \"\", \"\")", bindings) ==
        "label_replace(x, \"http_requests_total\", \"\", \"\", \"\")");
  const Expr tree = parsed("a or b");
  CHECK(filled("$t and c", {{"t", &tree}}) == "(a or b) and c");
  CHECK(filled("rate($r)", {{"r", ExprText{"x[5m]"}}}) == "rate(x[5m])");
}

TEST_CASE("promql: unbound parameters can be kept", "[promql]") {
  CHECK(filled("x{$a,b=$b}[$w] offset -$o", {}, Unbound::Keep) == "x{$a,b=$b}[$w] offset -$o");
  CHECK(filled("sum by ($l) ($v) > $n", {{"n", 5.0}}, Unbound::Keep) == "sum by ($l) ($v) > 5");
  CHECK(filled("$v{$a}", {{"a", job}}, Unbound::Keep) == "$v{job=\"checkout\"}");
}

TEST_CASE("promql: bindings that do not fit are refused", "[promql]") {
  CHECK(refusal("x[$w]", {}) == "parameter `$w` has no value, a duration is needed here");
  CHECK(refusal("x[$w]", {{"w", 5.0}}) ==
        "parameter `$w` is bound to a number, a duration is needed here");
  CHECK(refusal("x[$w]", {{"w", Milliseconds{0}}}) ==
        "parameter `$w` is bound to `0s`, but a duration greater than 0 is needed here");
  CHECK(refusal("x{$m}", {{"m", std::string("a")}}) ==
        "parameter `$m` is bound to a string, a list of label matchers is needed here");
  CHECK(refusal("sum($v)", {{"v", 5.0}}) ==
        "parameter `$v` is bound to a number, an instant vector is needed here");
  CHECK(refusal("sum($v)", {{"v", ExprText{"x[5m]"}}}) ==
        "parameter `$v` is bound to an expression of type range vector, an instant vector is "
        "needed here");
  CHECK(refusal("$v[5m]", {{"v", ExprText{"sum(x)"}}}) ==
        "parameter `$v` is bound to an expression, a plain selector is needed here");
  CHECK(refusal("$v > 1", {{"v", ExprText{"sum("}}}) ==
        "the value of parameter `$v`, `sum(`, is not PromQL: unclosed left parenthesis");
  CHECK(refusal("$v > 1", {{"v", ExprText{"x{$m}"}}}) ==
        "the value of parameter `$v` has the parameter `$m`, which has no value");
  CHECK_THAT(refusal("{$m}", {{"m", std::vector<Matcher>{}}}),
             Catch::Contains("would select every series"));
  CHECK_THAT(refusal("{$m}", {{"m", std::vector<Matcher>{{"a", MatchOp::Regex, ".*"}}}}),
             Catch::Contains("would select every series"));
  const Instantiated several = instantiate(parsed("rate(x[$w]) + $v"), {});
  CHECK(several.errors.size() == 2);
  CHECK_FALSE(instantiate(Expr(), {}).ok());
}

TEST_CASE("promql: text of the program cannot break out of its place", "[promql]") {
  for (const std::string hostile : {"\"} or vector(1) #", "\\", "`", "\n", "{{ }}", "${x}",
                                    "\x01\x7f", "\xe2\x80\xae", "\xff", "é"}) {
    CAPTURE(hostile);
    const Bindings bindings = {{"v", hostile},
                               {"m", std::vector<Matcher>{{hostile, MatchOp::Equal, hostile}}}};
    const Expr value = parsed(filled("x{a=$v}", bindings));
    CHECK(value.allMatchers()[0].matcher.value == hostile);
    // A label is valid UTF-8; a value may be anything.
    if (hostile == "\xff") continue;
    const Expr label = parsed(filled("x{$m}", bindings));
    CHECK(label.allMatchers()[0].matcher.label == hostile);
  }
}

TEST_CASE("promql: questions about an expression", "[promql]") {
  CHECK(isBareSelector(parsed("x{a=\"b\"}")));
  CHECK(isBareSelector(parsed("((x))")));
  CHECK_FALSE(isBareSelector(parsed("x offset 5m")));
  CHECK_FALSE(isBareSelector(parsed("x @ 5")));
  CHECK_FALSE(isBareSelector(parsed("x[5m]")));
  CHECK_FALSE(isBareSelector(parsed("sum(x)")));
  CHECK_FALSE(isBareSelector(parsed("-x")));
  CHECK_FALSE(isBareSelector(parsed("$x")));
  CHECK_FALSE(isBareSelector(Expr()));
  CHECK(metricNames(parsed("b / a + rate({__name__=\"c\"}[5m]) + {__name__=~\"d\"} + b")) ==
        std::vector<std::string>{"a", "b", "c"});
}

TEST_CASE("promql: adding matchers to all selectors", "[promql]") {
  CHECK(addMatchers(parsed("rate(x[5m]) / sum(y{a=\"b\"}) > 1"), job) ==
        "rate(x{job=\"checkout\"}[5m]) / sum(y{a=\"b\",job=\"checkout\"}) > 1");
  CHECK(addMatchers(parsed("x{job=\"checkout\"}"), job) == "x{job=\"checkout\"}");
  CHECK(addMatchers(parsed("$x + time()"), job) == "$x{job=\"checkout\"} + time()");
  CHECK(addMatchers(parsed("x"), {}) == "x");
}

TEST_CASE("promql: a selector on its own", "[promql]") {
  const MatchersResult both = parseMatchers("{job=\"checkout\", code=~\"5..\"}");
  REQUIRE(both.ok());
  CHECK(both.matchers ==
        std::vector<Matcher>{{"job", MatchOp::Equal, "checkout"}, {"code", MatchOp::Regex, "5.."}});
  CHECK(parseMatchers("{}").ok());
  CHECK(parseMatchers("{a=\"\"}").ok());
  CHECK(parseMatchers("x{a=\"b\"}").metric == "x");
  CHECK_FALSE(parseMatchers("{a=}").ok());
  CHECK_FALSE(parseMatchers("{a=~\"(\"}").ok());
  CHECK_FALSE(parseMatchers("x[5m]").ok());
  CHECK_FALSE(parseMatchers("x offset 5m").ok());
  CHECK_FALSE(parseMatchers("{$m}").ok());
  CHECK_FALSE(parseMatchers("sum(x)").ok());
  CHECK_FALSE(parseMatchers("").ok());
}

TEST_CASE("a bound selector is what its text parses to") {
  const std::vector<Matcher> some = {{"job", MatchOp::Equal, "a\"b\\"},
                                     {"code", MatchOp::NotRegex, "5..|4\\d\\d"}};
  struct Case {
    std::string_view text;
    Bindings bindings;
  };
  const Case cases[] = {
      {"x", {}},
      {"x{$s}", {{"s", some}}},
      {"x{b!=\"2\", $s, job=\"a\\\"b\\\\\"}", {{"s", some}}},
      {"x{$s}", {{"s", std::vector<Matcher>{}}}},
      {"x{a=$v, $s, c=~\"\"}", {{"s", some}, {"v", std::string("é\n")}}},
  };
  for (const Case& c : cases) {
    INFO(c.text);
    const Expr tree = parsed(c.text);
    const auto bound = boundSelector(tree, c.bindings);
    REQUIRE(bound);
    const Expr again = parsed(bound->text());
    CHECK(equal(*bound, again));
    CHECK(equal(*bound, parsed(filled(c.text, c.bindings))));
    CHECK(print(*bound) == print(again));
    REQUIRE(bound->allMatchers().size() == again.allMatchers().size());
    for (size_t i = 0; i < again.allMatchers().size(); ++i) {
      const MatcherItem &one = bound->allMatchers()[i], &other = again.allMatchers()[i];
      CHECK(one.range == other.range);
      CHECK(one.labelRange == other.labelRange);
      CHECK(one.valueRange == other.valueRange);
    }
    CHECK(bound->node(bound->root()).range == again.node(again.root()).range);
  }
  CHECK(boundSelector(parsed("(x{a=\"1\"})"), {})->text() == "x{a=\"1\"}");
  CHECK_FALSE(boundSelector(parsed("x{$s}"), {}));
  CHECK_FALSE(boundSelector(parsed("rate(x[5m])"), {}));
  CHECK_FALSE(boundSelector(parsed("x offset 5m"), {}));
}
