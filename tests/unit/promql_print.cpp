// Canonical text: Prometheus' own re-print, and that nothing is lost on the way.

#include "compiler/promql/promql.h"

#include <catch2/catch.hpp>
#include <random>

using namespace relc::promql;

namespace {

constexpr Options newest{{99, 0}, {true, true, true, true}, false};

std::string reprint(std::string_view text) {
  const ParseResult result = parse(text, newest);
  INFO(text);
  INFO((result.errors.empty() ? "" : result.errors[0].message));
  REQUIRE(result.ok());
  return print(result.expr);
}

/// Writes random well-typed expressions with odd layout, spelling and order of modifiers.
class Generator {
public:
  explicit Generator(uint32_t seed) : random_(seed) {}

  std::string vector(int depth) {
    if (depth <= 0) return selector() + modifiers();
    switch (pick(10)) {
    case 0: return selector() + modifiers();
    case 1: return "(" + gap() + vector(depth - 1) + gap() + ")";
    case 2: return one({"-", "+"}) + vector(depth - 1);
    case 3:
      return vector(depth - 1) + gap() + arithmetic() + matching() + gap() + vector(depth - 1);
    case 4: return "(" + vector(depth - 1) + " " + arithmetic() + gap() + scalar(depth - 1) + ")";
    case 5:
      return vector(depth - 1) + one({" and ", " OR ", " unless "}) + setMatching() +
             vector(depth - 1);
    case 6: return aggregation(depth);
    case 7:
      return one({"rate", "increase", "max_over_time", "last_over_time"}) + "(" + range(depth - 1) +
             ")";
    case 8: return "clamp_max(" + vector(depth - 1) + "," + scalar(depth - 1) + gap() + ")";
    default:
      return "label_replace(" + vector(depth - 1) + ", " + text() + "," + text() + "," + text() +
             "," + text() + ")";
    }
  }

private:
  uint32_t pick(uint32_t n) { return random_() % n; }
  std::string one(std::initializer_list<const char*> choices) {
    return choices.begin()[pick(static_cast<uint32_t>(choices.size()))];
  }
  std::string gap() { return one({"", "", " ", "\n\t", " # a remark\n"}); }
  std::string name() { return one({"x", "a_b", "sum", "by", "offset", "up", "start", "Fill"}); }
  std::string text() {
    return one({"\"a\"", "'it\\'s'", "\"\\n\\t\\\"\"", "`raw\\d`", "\"\\u00e9 é \\U0001F600\"",
                "\"\\x00\\x7f\"", "\"\"", "\"$1\""});
  }
  std::string duration() {
    return one({"5m", "1h30m", "1d", "4w", "90s", "1500ms", "300", "1y", "1h + 5m", "(2 * 3m)",
                "$window"});
  }
  std::string labels() { return one({"()", "(a)", "(a, b)", "( a ,b, )", "($l)", "(\"x.y\",by)"}); }

  std::string selector() {
    const std::string inside = one(
        {"", "a=\"b\"", "b!=\"c\" ,a=~\"x|y\"", "z!~`\\d+`,", "$m", "$m, job=$job", "\"q.r\"='s'"});
    if (pick(3) == 0) return name();
    if (pick(4) == 0) return "{a!=\"\"" + gap() + "," + gap() + "c=\"d\"}";
    if (pick(6) == 0) return "$v{" + inside + "}";
    return one({"x", "y:z", "count"}) + gap() + "{" + gap() + inside + gap() + "}";
  }
  std::string modifiers() {
    return one({"", "", "", " offset 5m", " offset -1h", " @ 17.25", " @ end() offset 5m",
                " offset 1d @ start()", " offset $d", " @ -3 offset -$d"});
  }
  std::string matching() {
    return one({" ", " ", " on(a)", " ignoring (a,b,) ", " on (\"a.b\") group_left(d)",
                " ON($l)group_right(c) ", " ignoring() group_left()", " on() fill(1)",
                " fill_right (-1) fill_left(5m) "});
  }
  std::string setMatching() { return one({"", "on (a) ", "ignoring(b)"}); }
  std::string arithmetic() {
    return one({"+", "-", "*", "/", "%", "^", " atan2 ", "> bool ", "==", "<=", "</"});
  }
  std::string scalar(int depth) {
    if (depth <= 0 || pick(2))
      return one({"1", "-2", "0.5", "1e3", "inf", "$n", "time()", "5m", "0x1F"});
    if (pick(2)) return "scalar(" + vector(depth - 1) + ")";
    return "(" + scalar(depth - 1) + one({"+", "*", "^", "-"}) + scalar(depth - 1) + ")";
  }
  std::string range(int depth) {
    if (pick(2)) return selector() + "[" + duration() + "]" + modifiers();
    return "(" + vector(depth) + ")[" + duration() + ":" + (pick(2) ? duration() : "") + "]" +
           modifiers();
  }
  std::string aggregation(int depth) {
    const std::string grouping = pick(3) ? one({" by", " WITHOUT "}) + labels() : "";
    const bool before = pick(2);
    const std::string op = pick(3) ? one({"sum", "Max", "count"}) : "";
    const std::string body =
        op.empty() ? "topk" + (before ? grouping : "") + "(" + scalar(depth - 1) + "," +
                         vector(depth - 1) + ")"
                   : op + (before ? grouping : "") + gap() + "(" + vector(depth - 1) + ")";
    return body + (before ? "" : grouping);
  }

  std::mt19937 random_;
};

} // namespace

TEST_CASE("promql: canonical text", "[promql]") {
  const std::pair<std::string_view, std::string_view> pairs[] = {
      {"x{ b = 'c' , a=\"b\", }", "x{a=\"b\",b=\"c\"}"},
      {"{__name__='x'}", "{__name__=\"x\"}"},
      {"{\"a.b\", \"c.d\"='e'}", "{\"c.d\"=\"e\",__name__=\"a.b\"}"},
      {"x{}", "x"},
      {"SUM(x)BY(a)", "sum by (a) (x)"},
      {"sum by () (x)", "sum(x)"},
      {"sum without()(x)", "sum without () (x)"},
      {"sum by (\"a.b\", c)(x)", "sum by (\"a.b\", c) (x)"},
      {"a*on(b)group_left c", "a * on (b) group_left () c"},
      {"a+ignoring()b", "a + b"},
      {"a+ignoring()group_right(x)b", "a + ignoring () group_right (x) b"},
      {"a>bool 1", "a > bool 1"},
      {"a AND b", "a and b"},
      {"x offset 1h @ 5", "x @ 5.000 offset 1h"},
      {"x[60m] offset -90s @ end()", "x[1h] @ end() offset -1m30s"},
      {"x[86400s:3600s]", "x[1d:1h]"},
      {"x[1h:]", "x[1h:]"},
      {"x offset 0s", "x"},
      {"1e3", "1000"},
      {"1e21", "1000000000000000000000"},
      {".000001", "0.000001"},
      {"INF", "+Inf"},
      {"-inf", "-Inf"},
      {"inf ^ x", "Inf ^ x"},
      {"nan", "NaN"},
      {"0x10", "16"},
      {"10m", "10m"},
      {"'a\"b'", "\"a\\\"b\""},
      {"'\\x00\\u200b\\xff'", "\"\\x00\\u200b\\xff\""},
      {"- - x", "--x"},
      {"x[ 1m+2m *3]", "x[1m + 2m * 3]"},
      {"x[(1m)]", "x[(1m)]"},
      {"x[-(10s-5s)+20s]", "x[-(10s - 5s) + 20s]"},
      {"x offset -max_of(step(),5s)", "x offset -max_of(step(), 5s)"},
      {"a + fill_left(1)fill_right(1) b", "a + fill (1) b"},
      {"a + fill_right(-1)fill_left(2) b", "a + fill_left (2) fill_right (-1) b"},
      {"rate(x[5m]smoothed offset 1m)", "rate(x[5m] smoothed offset 1m)"},
      {"x anchored @ 1", "x @ 1.000 anchored"},
      {"x{$sel,job=$job}[$window] offset -$d", "x{$sel,job=$job}[$window] offset -$d"},
      {"sum by($l)($v @ $t)", "sum by ($l) ($v @ $t)"},
  };
  for (const auto& [text, printed] : pairs) {
    CAPTURE(text);
    CHECK(reprint(text) == printed);
    CHECK(reprint(printed) == printed);
  }
}

TEST_CASE("promql: durations and numbers as Prometheus writes them", "[promql]") {
  CHECK(formatDuration(0) == "0s");
  CHECK(formatDuration(3600000) == "1h");
  CHECK(formatDuration(5400000) == "1h30m");
  CHECK(formatDuration(3LL * 86400000) == "3d");
  CHECK(formatDuration(28LL * 86400000) == "4w");
  CHECK(formatDuration(30LL * 86400000) == "30d");
  CHECK(formatDuration(365LL * 86400000) == "1y");
  CHECK(formatDuration(366LL * 86400000) == "366d");
  CHECK(formatDuration(1001) == "1s1ms");
  CHECK(formatDuration(-90000) == "-1m30s");
  for (const int64_t ms :
       {int64_t{1}, int64_t{59999}, int64_t{86400001}, int64_t{31536000000}, int64_t{1209600000}})
    CHECK(parseDuration(formatDuration(ms)) == ms);
  CHECK(formatNumber(0.1) == "0.1");
  CHECK(formatNumber(1e-7) == "0.0000001");
  CHECK(formatNumber(-0.0) == "-0");
}

TEST_CASE("promql: parse(print(parse(x))) equals parse(x) for random expressions", "[promql]") {
  for (uint32_t seed = 0; seed < 3000; ++seed) {
    Generator generator(seed);
    const std::string text = generator.vector(1 + static_cast<int>(seed % 5));
    const ParseResult first = parse(text, newest);
    CAPTURE(seed, text);
    INFO((first.errors.empty() ? "" : first.errors[0].message));
    REQUIRE(first.ok());
    const std::string printed = print(first.expr);
    const ParseResult second = parse(printed, newest);
    CAPTURE(printed);
    REQUIRE(second.ok());
    REQUIRE(equal(first.expr, second.expr));
    REQUIRE(print(second.expr) == printed);
    // Every part, too, is an expression of its own.
    for (uint32_t i = 0; i < first.expr.nodes().size(); ++i) {
      const Node& node = first.expr.nodes()[i];
      if (node.type == ValueType::None) continue;
      REQUIRE(parse(print(first.expr, {i}), newest).expr.valid());
    }
  }
}

TEST_CASE("promql: equality ignores layout and the order of matchers only", "[promql]") {
  const auto same = [](std::string_view a, std::string_view b) {
    return equal(parse(a, newest).expr, parse(b, newest).expr);
  };
  CHECK(same("x{a=\"b\",c=\"d\"}", "x { c = 'd', a = 'b' }"));
  CHECK(same("sum(x) by (a)", "sum by (a) (x)"));
  CHECK_FALSE(same("sum by (a, b) (x)", "sum by (b, a) (x)"));
  CHECK_FALSE(same("a + b", "(a + b)"));
  CHECK_FALSE(same("x[5m]", "x[5m:]"));
  CHECK_FALSE(same("x", "x offset 5m"));
  CHECK_FALSE(same("300", "5m"));
  CHECK_FALSE(same("x{a=\"b\"}", "x{a!=\"b\"}"));
}
