// What parses and what does not, where the errors are and what they say.

#include "compiler/promql/promql.h"
#include "tests/unit/promql_cases.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <ctime>

using namespace relc::promql;

namespace {

constexpr Options newest{{99, 0}, {true, true, true, true}, false};

struct Refusal {
  std::string_view text;
  TextRange range;
  std::string_view message;
};

void requireFirstError(const Refusal& expected, const Options& options = newest) {
  CAPTURE(expected.text);
  const ParseResult result = parse(expected.text, options);
  REQUIRE_FALSE(result.ok());
  CHECK(result.errors[0].message == expected.message);
  CHECK(result.errors[0].range.begin == expected.range.begin);
  CHECK(result.errors[0].range.end == expected.range.end);
}

template <class T>
const T& root(const ParseResult& result) {
  REQUIRE(result.expr.valid());
  const T* data = result.expr.node(result.expr.root()).as<T>();
  REQUIRE(data);
  return *data;
}

std::string join(const std::string& unit, size_t times) {
  std::string all;
  for (size_t i = 0; i < times; ++i) all += unit;
  return all;
}

} // namespace

TEST_CASE("promql: expressions that Prometheus 2.42 accepts", "[promql]") {
  for (const std::string_view text : tests::accepted) {
    CAPTURE(text);
    const ParseResult result = parse(text);
    INFO((result.errors.empty() ? "" : result.errors[0].message));
    CHECK(result.ok());
  }
}

TEST_CASE("promql: expressions that Prometheus 2.42 refuses", "[promql]") {
  for (const std::string_view text : tests::rejected) {
    CAPTURE(text);
    const ParseResult result = parse(text);
    CHECK_FALSE(result.ok());
    for (const Error& error : result.errors) {
      CHECK(error.range.begin <= error.range.end);
      CHECK(error.range.end <= text.size());
      CHECK_FALSE(error.message.empty());
      CHECK(error.message.back() != '.');
    }
  }
}

TEST_CASE("promql: syntax errors have Prometheus' place and words", "[promql]") {
  const Refusal refusals[] = {
      {"", {0, 0}, "no expression found in input"},
      {"1+", {2, 2}, "unexpected end of input"},
      {"*1", {0, 1}, "unexpected <op:*>"},
      {"x y", {2, 3}, "unexpected identifier \"y\""},
      {"(1))", {4, 4}, "unexpected right parenthesis ')'"},
      {"((1)", {4, 4}, "unclosed left parenthesis"},
      {"foo{", {4, 4}, "unexpected end of input inside braces"},
      {"foo[", {4, 4}, "unexpected end of input in duration expression"},
      {"foo}", {3, 4}, "unexpected character: '}'"},
      {"foo{gibberish}",
       {13, 14},
       "unexpected \"}\" in label matching, expected label matching operator"},
      {"foo{a=b}", {6, 7}, "unexpected identifier \"b\" in label matching, expected string"},
      {"foo{,}", {4, 5}, "unexpected \",\" in label matching, expected identifier or \"}\""},
      {"foo{a=\"b\" c}",
       {10, 11},
       "unexpected identifier \"c\" in label matching, expected \",\" or \"}\""},
      {"foo{a*\"b\"}", {5, 10}, "unexpected character inside braces: '*'"},
      {"1 =~ 1", {2, 6}, "unexpected character after '=': '~'"},
      {"1 !~ 1", {2, 6}, "unexpected character after '!': '~'"},
      {"foo[]",
       {4, 5},
       "unexpected \"]\" in subquery or range selector, expected number, duration, step(), or "
       "range()"},
      {"foo[5m 1m]",
       {7, 9},
       "unexpected duration \"1m\" in subquery or range, expected \":\" or \"]\""},
      {"foo[5m1h]", {4, 8}, "not a valid duration string: \"5m1h\""},
      {"foo[5mm]", {4, 8}, "bad number or duration syntax: \"5mm\""},
      {"foo offset",
       {10, 10},
       "unexpected end of input in offset, expected number, duration, step(), or range()"},
      {"foo @", {5, 5}, "unexpected end of input in @, expected timestamp"},
      {"sum without(==)(x)", {12, 14}, "unexpected <op:==> in grouping opts, expected label"},
      {"sum(x) by y", {10, 11}, "unexpected identifier \"y\" in grouping opts, expected \"(\""},
      {"sum by (a b) (x)",
       {10, 11},
       "unexpected identifier \"b\" in grouping opts, expected \",\" or \")\""},
      {"sum by (a) (x) by (b)", {15, 17}, "unexpected <by>"},
      {"sum(x y)", {6, 7}, "unexpected identifier \"y\" in aggregation"},
      {"foo + group_left(baz) bar", {6, 16}, "unexpected <group_left>"},
      {"rate(x[5m],)", {10, 11}, "trailing commas not allowed in function call args"},
      {"\"abc", {0, 4}, "unterminated quoted string"},
      {"`abc", {0, 4}, "unterminated raw string"},
      {"\"\\c\"", {0, 4}, "unknown escape sequence U+0063 'c'"},
      {"\"\\x.\"", {0, 5}, "illegal character U+002E '.' in escape sequence"},
      {"\"\\", {0, 2}, "escape sequence not terminated"},
      {"x{a=\"\xff\"}", {4, 8}, "invalid UTF-8 rune"},
      {"9999999999999999999e999", {0, 23}, "error parsing number: \"9999999999999999999e999\""},
  };
  for (const Refusal& refusal : refusals) requireFirstError(refusal);
}

TEST_CASE("promql: positions count bytes", "[promql]") {
  requireFirstError({"x{a=\"äöü\"} y", {14, 15}, "unexpected identifier \"y\""});
  requireFirstError({"# grün\nx +", {11, 11}, "unexpected end of input"});
  requireFirstError({"x + €", {4, 7}, "unexpected character: '€'"});
  const ParseResult result = parse("sum({__name__=\"ä\"}) + rate(b[5m])");
  REQUIRE(result.ok());
  const auto& sum = root<Binary>(result);
  CHECK(result.expr.text(result.expr.node(sum.right).range) == "rate(b[5m])");
}

TEST_CASE("promql: numbers and durations", "[promql]") {
  const std::pair<std::string_view, double> numbers[] = {
      {"1", 1},      {".5", 0.5},   {"5.", 5},     {"5e-3", 0.005}, {"0xC", 12},
      {"0755", 493}, {"08", 8},     {"1e400", -1}, {"-7", -7},      {"1_000", 1000},
      {"0x_1F", 31}, {"1e-400", 0}, {"5m", 300},   {"--3", 3},
  };
  for (const auto& [text, value] : numbers) {
    CAPTURE(text);
    const ParseResult result = parse(text, newest);
    if (text == "1e400") {
      CHECK_FALSE(result.ok());
      continue;
    }
    REQUIRE(result.ok());
    CHECK(root<Number>(result).value == value);
  }
  CHECK(parseDuration("1h30m") == 5400000);
  CHECK(parseDuration("1y2w3d4h5m6s7ms") == 33019506007);
  CHECK_FALSE(parseDuration("15s1m"));
  CHECK_FALSE(parseDuration("1h1h"));
  CHECK_FALSE(parseDuration("5"));
  CHECK_FALSE(parseDuration("300y"));
  CHECK_FALSE(parseDuration(""));
  CHECK_FALSE(parseDuration("1µs"));
}

TEST_CASE("promql: precedence", "[promql]") {
  // Each text and the same with all parentheses that precedence stands for.
  const std::pair<std::string_view, std::string_view> pairs[] = {
      {"a + b * c", "a + (b * c)"},
      {"a * b + c", "(a * b) + c"},
      {"a - b - c", "(a - b) - c"},
      {"a ^ b ^ c", "a ^ (b ^ c)"},
      {"-a ^ b", "-(a ^ b)"},
      {"-a * b", "(-a) * b"},
      {"a ^ -b * c", "(a ^ (-b)) * c"},
      {"a ^ -b ^ c", "a ^ (-(b ^ c))"},
      {"a or b and c unless d", "a or ((b and c) unless d)"},
      {"a or b or c", "(a or b) or c"},
      {"a == b + c", "a == (b + c)"},
      {"a < b == c", "(a < b) == c"},
      {"a atan2 b + c", "(a atan2 b) + c"},
      {"-a offset 5m", "-(a offset 5m)"},
      {"a + b offset 5m", "a + (b offset 5m)"},
      {"a ^ b @ 3", "a ^ (b @ 3)"},
  };
  const auto bare = [](const ParseResult& result) {
    // The shape without parentheses: operators in the order in which they are evaluated.
    std::string shape;
    for (const Node& node : result.expr.nodes()) {
      if (const auto* s = node.as<Selector>()) shape += s->metric;
      if (const auto* b = node.as<Binary>()) shape += toString(b->op);
      if (node.as<Unary>()) shape += '~';
      shape += node.as<Paren>() ? "" : " ";
    }
    return shape;
  };
  for (const auto& [text, explicitText] : pairs) {
    CAPTURE(text);
    std::string without(explicitText);
    const ParseResult a = parse(text);
    const ParseResult b = parse(without);
    // `(b offset 5m)` and `b offset 5m` differ by their parentheses only.
    REQUIRE(a.ok());
    REQUIRE(b.ok());
    CHECK(bare(a) == bare(b));
  }
}

TEST_CASE("promql: selectors, modifiers and matching in the tree", "[promql]") {
  const ParseResult selector = parse("x{b=\"1\",a!~\"2.*\",$more,job=$job} offset -5m @ 1.5");
  REQUIRE(selector.ok());
  const auto& x = root<Selector>(selector);
  CHECK(x.metric == "x");
  const auto items = selector.expr.get(x.matchers);
  REQUIRE(items.size() == 4);
  CHECK(items[0].matcher == Matcher{"b", MatchOp::Equal, "1"});
  CHECK(items[1].matcher == Matcher{"a", MatchOp::NotRegex, "2.*"});
  CHECK(selector.expr.text(items[1].range) == "a!~\"2.*\"");
  CHECK(items[2].kind == MatcherItem::Kind::ListParameter);
  CHECK(items[3].kind == MatcherItem::Kind::ValueParameter);
  CHECK(x.modifiers.offset.milliseconds == -300000);
  CHECK(x.modifiers.atMilliseconds == 1500);

  const ParseResult matched = parse("a * on(x, $l) group_left(y,) b");
  REQUIRE(matched.ok());
  const auto& product = root<Binary>(matched);
  CHECK(product.matching == Binary::Matching::On);
  CHECK(product.grouping == Binary::Grouping::Left);
  CHECK(matched.expr.get(product.labels)[1].parameter);
  CHECK(matched.expr.text(product.opRange) == "* on(x, $l) group_left(y,)");
  CHECK(matched.expr.text(product.matchingRange) == "on(x, $l)");
  CHECK(matched.expr.text(product.groupingRange) == "group_left(y,)");

  const ParseResult sum = parse("topk(3, x[1h:]) by (a)");
  CHECK_FALSE(sum.ok()); // a subquery is a range vector
  const auto& topk = root<Aggregation>(sum);
  CHECK(topk.op == AggregateOp::Topk);
  CHECK(sum.expr.text(topk.groupingRange) == "by (a)");
}

TEST_CASE("promql: nesting is bounded", "[promql]") {
  CHECK(parse(join("(", maxNesting) + "x" + join(")", maxNesting)).ok());
  const ParseResult deep = parse(join("(", 100000) + "x" + join(")", 100000));
  REQUIRE(deep.errors.size() == 1);
  CHECK(deep.errors[0].range.begin == maxNesting);
  CHECK_THAT(deep.errors[0].message, Catch::Contains("nested more than 200 deep"));
  CHECK_FALSE(parse(join("sum(", 50000)).ok());
  CHECK_FALSE(parse(join("x[5m:", 20000)).ok());
  // Rows need no nesting, however long they are.
  CHECK(parse(join("-", 20000) + "x").ok());
  CHECK(parse(join("2^", 20000) + "x").ok());
  const ParseResult row = parse(join("x or ", 20000) + "x");
  CHECK(row.ok());
  CHECK(print(row.expr).size() == 20000 * 5 + 1);
}

TEST_CASE("promql: junk takes linear time and reports a bounded number of errors", "[promql]") {
  // The processor's time, and the best of three: what else the machine does must not count.
  const auto seconds = [](const std::string& text) {
    double best = 1e9;
    for (int i = 0; i < 3; ++i) {
      const std::clock_t begin = std::clock();
      const ParseResult result = parse(text);
      best = std::min(best, static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC);
      CHECK_FALSE(result.ok());
      CHECK(result.errors.size() <= maxErrors);
    }
    return best;
  };
  // 55 kB with an error every five bytes.
  CHECK(parse("(" + join("-{}-1", 11000) + ")").errors.size() == maxErrors);
  for (const std::string unit :
       {"-{}-1", "x{a=~\"(\"}+", "+[[}", "foo{]", "sum by (a,,", "\"\\q", "é(", "nope(x)*"}) {
    CAPTURE(unit);
    const size_t times = 55000 / unit.size();
    const double once = seconds("(" + join(unit, times));
    const double fourfold = seconds("(" + join(unit, times * 4));
    CHECK(fourfold < 12 * once + 0.1);
  }
  CHECK_FALSE(parse(std::string(2 << 20, 'x')).ok());
}

TEST_CASE("promql: arbitrary bytes do no harm", "[promql]") {
  CHECK_FALSE(parse(std::string("x\0y", 3)).ok());
  CHECK_FALSE(parse("\xff\xfe").ok());
  CHECK_FALSE(parse("x{a=\"\xc3").ok());
  CHECK(parse("x # \xff\xfe\n").ok());
}
