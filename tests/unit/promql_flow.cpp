// Label flow: what is said about the results of expressions, and why.

#include "compiler/promql/function_flow.h"
#include "compiler/promql/functions.h"
#include "compiler/promql/label_flow.h"

#include <catch2/catch.hpp>

using namespace relc::promql;

namespace {

/// The expression and its flow, which refers to it.
struct Followed {
  explicit Followed(std::string_view text, const FlowOptions& options = {})
      : result(parse(text)), flow(result.expr, options) {
    INFO(text);
    INFO((result.errors.empty() ? "" : result.errors[0].message));
    REQUIRE(result.ok());
  }
  Followed(const Followed&) = delete;

  /// What the flow says about a label: "job!" sure, "job=x" with a value, "job?" possible, ""
  /// excluded.
  [[nodiscard]] std::string label(std::string_view name) const {
    const LabelFact fact = flow.label(name);
    if (fact.presence == Presence::Excluded) return "";
    if (fact.presence == Presence::Possible) return std::string(name) + "?";
    return fact.value ? std::string(name) + "=" + std::string(*fact.value)
                      : std::string(name) + "!";
  }
  /// The token that decided about the label.
  [[nodiscard]] std::string_view cause(std::string_view name) const {
    return result.expr.text(flow.label(name).reason.range);
  }

  ParseResult result;
  LabelFlow flow;
};

struct Expected {
  std::string_view text;
  std::string_view label;
  std::string_view fact;
  std::string_view cause = {}; ///< the token that is pointed at
};

} // namespace

TEST_CASE("promql: labels through an expression, with the token that decided", "[promql][flow]") {
  const Expected cases[] = {
      {"x", "__name__", "__name__=x", "x"},
      {"x", "job", "job?"},
      {"x{job=\"a\"}", "job", "job=a", "job=\"a\""},
      {"x{job!=\"\"}", "job", "job!", "job!=\"\""},
      {"x{job=~\"a|b\"}", "job", "job!", "job=~\"a|b\""},
      {"x{job=~\"a|\"}", "job", "job?"},
      {"x{job=\"\"}", "job", "", "job=\"\""},
      {"x{job=~\"\"}", "job", "", "job=~\"\""},
      {"x{job=\"a\",job!=\"\"}", "job", "job=a", "job=\"a\""},
      {"sum by (job) (x)", "job", "job?"},
      {"sum by (job) (x{job=\"a\"})", "job", "job=a"},
      {"sum by (job) (x)", "instance", "", "by (job)"},
      {"sum by (job) (x)", "__name__", "", "by (job)"},
      {"sum by (__name__) (x)", "__name__", "__name__=x"},
      {"sum(x)", "job", "", "sum"},
      {"sum without (instance, pod) (x)", "pod", "", "pod"},
      {"sum without (instance) (x)", "job", "job?"},
      {"sum without (instance) (x)", "__name__", "", "sum"},
      {"sum by (a) (sum by (a, b) (x))", "b", "", "by (a)"},
      {"sum by (a) (sum by (a, b) (x))", "c", "", "by (a, b)"},
      {"sum by (a, c) (sum by (a, b) (x))", "c", "", "by (a, b)"},
      {"topk(5, x{job=\"a\"})", "__name__", "__name__=x"},
      {"count_values(\"v\", x)", "v", "v!", "\"v\""},
      {"count_values by (job) (\"v\", x)", "job", "job?"},
      {"rate(x{job=\"a\"}[5m])", "job", "job=a"},
      {"rate(x[5m])", "__name__", "", "rate"},
      {"last_over_time(x[5m])", "__name__", "__name__=x"},
      {"-x", "__name__", "", "-"},
      {"+x", "__name__", "__name__=x"},
      {"x * 2", "__name__", "", "*"},
      {"x > 2", "__name__", "__name__=x"},
      {"2 < x", "__name__", "__name__=x"},
      {"x > bool 2", "__name__", "", "> bool"},
      {"x + on(job) y", "job", "job?"},
      {"x + on(job) y", "instance", "", "on(job)"},
      {"x{job=\"a\"} + on(job) y", "job", "job=a"},
      {"x + on(job) y{job=\"a\"}", "job", "job=a"},
      {"x > on(job) y", "__name__", "", "on(job)"},
      {"x > ignoring(pod) y", "__name__", "__name__=x"},
      {"x + ignoring(pod) y", "pod", "", "pod"},
      {"x + y{job=\"a\"}", "job", "job=a"},
      {"x + sum by (job) (y)", "instance", "", "by (job)"},
      {"x * on(job) group_left(team) y", "team", "team?", "team"},
      {"x * on(job) group_left(team) y{team=\"a\"}", "team", "team=a", "team"},
      {"x * on(job) group_left(team) sum by (job) (y)", "team", "", "by (job)"},
      {"x{pod=\"p\"} * on(job) group_left y", "pod", "pod=p"},
      {"sum by (job) (x) * on(job) group_right y{pod=\"p\"}", "pod", "pod=p"},
      {"x > on(job) group_left y", "__name__", "__name__=x"},
      {"x and y{job=\"a\"}", "job", "job?"},
      {"x{job=\"a\"} unless on(job) y", "job", "job=a"},
      {"x{job=\"a\"} or y{job=\"a\"}", "job", "job=a"},
      {"x{job=\"a\"} or y{job=\"b\"}", "job", "job!"},
      {"x{job=\"a\"} or vector(0)", "job", "job?"},
      {"vector(1)", "job", "", "vector(1)"},
      {"1", "job", "", "1"},
      {"time()", "job", ""},
      {"absent(x{job=\"a\",pod=~\"b\"})", "job", "job=a", "job=\"a\""},
      {"absent(x{job=\"a\",pod=~\"b\"})", "pod", "", "pod=~\"b\""},
      {"absent((x{job=\"a\"}))", "job", "job=a"},
      {"absent(x{job=\"a\",job!=\"b\"})", "job", "", "job!=\"b\""},
      {"absent(x)", "__name__", "", "absent"},
      {"absent(sum(x{job=\"a\"}))", "job", "", "absent"},
      {"absent_over_time(x{job=\"a\"}[5m])", "job", "job=a"},
      {"histogram_quantile(0.9, sum by (le, job) (rate(x_bucket[5m])))", "le", "",
       "histogram_quantile"},
      {"histogram_quantile(0.9, sum by (le, job) (rate(x_bucket[5m])))", "job", "job?"},
      {"label_replace(x, \"team\", \"a\", \"\", \"\")", "team", "team=a", "\"team\""},
      {"label_replace(x, \"team\", \"a\", \"job\", \"b\")", "team", "team?"},
      {"label_replace(x{job=\"b\"}, \"team\", \"a\", \"job\", \"b\")", "team", "team=a"},
      {"label_replace(x{job=\"c\"}, \"team\", \"a\", \"job\", \"b\")", "team", "team?"},
      {"label_replace(x{job=\"c\"}, \"team\", \"$1\", \"job\", \"(.*)\")", "team", "team=c"},
      {"label_replace(x, \"job\", \"\", \"\", \"\")", "job", "", "\"job\""},
      {"label_join(x{job=\"a\"}, \"id\", \"-\", \"job\", \"pod\")", "id", "id!", "\"id\""},
      {"label_join(sum(x), \"id\", \"\", \"job\")", "id", ""},
      {"max_over_time(sum by (job) (x)[1h:])", "pod", "", "by (job)"},
      {"sum by ($labels) (x{job=\"a\"})", "job", "job?"},
      {"sum by (job, $labels) (x{job=\"a\"})", "job", "job=a"},
      {"$v", "job", "job?"},
      {"x{$m}", "job", "job?"},
  };
  for (const Expected& expected : cases) {
    CAPTURE(expected.text, expected.label);
    const Followed followed(expected.text);
    CHECK(followed.label(expected.label) == expected.fact);
    if (!expected.cause.empty()) CHECK(followed.cause(expected.label) == expected.cause);
    CHECK_FALSE(followed.flow.label(expected.label).reason.text.empty());
  }
}

TEST_CASE("promql: branches, conditions, what always and what never returns", "[promql][flow]") {
  struct Case {
    std::string_view text;
    bool always;
    bool conditional;
    bool dead;
  };
  const Case cases[] = {
      {"x", false, false, false},
      {"x > 5", false, true, false},
      {"x > bool 5", false, false, false},
      {"sum(x > 5)", false, true, false},
      {"x or vector(0)", true, false, false},
      {"(count(x) or vector(0)) < 3", false, true, false},
      {"(count(x) or vector(0)) >= 0", true, true, false},
      {"x > 5 or vector(0) > 1", false, true, false},
      {"x > 1 or y > 1", false, true, false},
      {"x > 1 or y", false, false, false},
      {"vector(1)", true, false, false},
      {"vector(1) > 0", true, true, false},
      {"vector(0) > 1", false, true, true},
      {"1 > bool 2", true, false, false},
      {"scalar(x > 5)", true, false, false},
      {"absent(x)", false, true, false},
      {"absent(vector(1))", false, true, true},
      {"absent(x or vector(0))", false, true, true},
      {"x and y", false, true, false},
      {"x unless y", false, true, false},
      {"vector(1) and on() x", false, true, false},
      {"x unless on() vector(1)", false, true, true},
      {"x{a=\"b\",a=\"c\"}", false, false, true},
      {"x{a=\"b\",a=~\"c.*\"}", false, false, true},
      {"x{a!~\".*\"}", false, false, true},
      {"x{a=\"b\"} * on(a) y{a=\"c\"}", false, false, true},
      {"sum(x) * on(a) y{a=\"c\"}", false, false, true},
      {"up > 1", false, true, true},
      {"up == 0", false, true, false},
      {"hour() > 23", false, true, true},
      {"hour() >= 0", true, true, false},
      {"histogram_quantile(0.9, sum(rate(x_bucket[5m])))", false, false, true},
      {"histogram_quantile(0.9, sum by (le) (rate(x_bucket[5m])))", false, false, false},
      {"sum(x or vector(0))", true, false, false},
      {"vector(1) + vector(2)", true, false, false},
      {"vector(1) + on() x", false, false, false},
      {"rate(vector(1)[5m:1m])", false, false, false},
      {"$v > 1", false, true, false},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    const Followed followed(c.text);
    CHECK(followed.flow.alwaysReturns() == c.always);
    CHECK(followed.flow.isConditional() == (c.conditional || c.dead));
    bool allDead = true;
    for (const Branch& branch : followed.flow.result()) allDead = allDead && branch.dead;
    CHECK(allDead == c.dead);
  }
  CHECK(Followed("a or b or (c or d)").flow.result().size() == 4);
}

TEST_CASE("promql: bounds of values", "[promql][flow]") {
  struct Case {
    std::string_view text;
    double min;
    double max;
    bool nan = false;
  };
  const double inf = std::numeric_limits<double>::infinity();
  const Case cases[] = {
      {"x", -inf, inf},
      {"up", 0, 1},
      {"2 * 3 - 1", 5, 5},
      {"rate(x[5m])", 0, inf},
      {"sum(rate(x[5m])) / sum(rate(y[5m]))", 0, inf, true},
      {"sum(rate(x{code=\"5\"}[5m])) / sum(rate(x[5m]))", 0, 1, true},
      {"sum by (job) (rate(x{a=\"b\",code=~\"5..\"}[5m])) / sum by (job) (rate(x{a=\"b\"}[5m]))", 0,
       1, true},
      {"1 - sum(rate(x{code=\"5\"}[5m])) / sum(rate(x[5m]))", 0, 1, true},
      {"(sum(rate(x[5m])) - sum(rate(x{code=\"5\"}[5m]))) / sum(rate(x[5m]))", 0, 1, true},
      {"sum by (a, b) (rate(x{c=\"d\"}[5m])) / on(a) group_left sum by (a) (rate(x[5m]))", 0, 1,
       true},
      {"sum by (a) (rate(x{c=\"d\"}[5m])) / on(a) sum by (a, b) (rate(x[5m]))", 0, inf, true},
      {"sum(rate(x{code=\"5\"}[5m])) / sum(rate(x[10m]))", 0, inf, true},
      {"sum(rate(x[5m])) / sum(rate(x{code=\"5\"}[5m]))", 0, inf, true},
      {"sum(x{code=\"5\"}) / sum(x)", -inf, inf, true},
      {"count(x{code=\"5\"}) / count(x)", 0, 1},
      {"sum(up{job=\"a\"}) / sum(up)", 0, 1, true},
      {"rate(x[5m]) / (rate(y[5m]) > 0)", 0, inf},
      {"100 * (sum(rate(x{code=\"5\"}[5m])) / sum(rate(x[5m])))", 0, 100, true},
      {"x > 5", 5, inf},
      {"x > 5 < 10", 5, 10},
      {"x >= bool 5", 0, 1},
      {"avg(up)", 0, 1},
      {"count(x)", 1, inf},
      {"clamp(x, 2, 4)", 2, 4},
      {"clamp_min(x, 1)", 1, inf},
      {"clamp_max(up, 0.5)", 0, 0.5},
      {"abs(x)", 0, inf},
      {"hour()", 0, 23},
      {"absent(x)", 1, 1},
      {"-up", -1, 0},
      {"up * 100", 0, 100},
      {"sqrt(x)", 0, inf, true},
      {"scalar(up)", 0, 1, true},
      {"vector(3) + 4", 7, 7},
      {"x or up", -inf, inf},
      {"up or up", 0, 1},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    const Bounds values = Followed(c.text).flow.values();
    CHECK(values.min == c.min);
    CHECK(values.max == c.max);
    CHECK(values.nan == c.nan);
  }
}

TEST_CASE("promql: comparisons whose outcome is known", "[promql][flow]") {
  const std::pair<std::string_view, Verdict> cases[] = {
      {"sum(rate(x{c=\"5\"}[5m])) / sum(rate(x[5m])) > 1", Verdict::Never},
      {"sum(rate(x{c=\"5\"}[5m])) / sum(rate(x[5m])) > 0.05", Verdict::Sometimes},
      {"rate(x[5m]) >= 0", Verdict::Always},
      {"rate(x[5m]) < 0", Verdict::Never},
      {"rate(x[5m]) > 0", Verdict::Sometimes},
      {"1 < up", Verdict::Never},
      {"count(x) < 1", Verdict::Never},
      {"count(x) == 0", Verdict::Never},
      {"avg(up) > bool 2", Verdict::Never},
      {"x > 3", Verdict::Sometimes},
      {"up != 2", Verdict::Always},
  };
  for (const auto& [text, verdict] : cases) {
    CAPTURE(text);
    const Followed followed(text);
    REQUIRE(followed.flow.comparisons().size() == 1);
    CHECK(followed.flow.comparisons()[0].verdict == verdict);
  }
  CHECK(Followed("1 < up").flow.comparisons()[0].op == BinaryOp::Greater);
  CHECK(Followed("x > y").flow.comparisons().empty());
}

TEST_CASE("promql: sides that do not fit", "[promql][flow]") {
  struct Case {
    std::string_view text;
    std::optional<JoinProblem::Kind> kind;
    std::string_view label = {};
  };
  using Kind = JoinProblem::Kind;
  const Case cases[] = {
      {"sum by (job) (x) / sum by (job) (y)", std::nullopt},
      {"x / y", std::nullopt},
      {"sum by (job) (x) / on(job) y", std::nullopt},
      {"sum(x) / on(job) y", Kind::OneLacks, "job"},
      {"sum(x) / on(job) sum(y)", Kind::BothLack, "job"},
      {"sum(x) / on(job) y{job=\"a\"}", Kind::Never, "job"},
      {"x{job=\"a\"} / y{job=\"b\"}", Kind::Never, "job"},
      {"x{job=\"a\"} and on(job) y{job=\"b\"}", Kind::Never, "job"},
      {"x{job=\"a\"} unless y{job=\"b\"}", Kind::Never, "job"},
      {"x{job=\"a\"} / ignoring(job) y{job=\"b\"}", std::nullopt},
      {"sum(x) / y{job=\"a\"}", Kind::Never, "job"},
      {"x{job=\"a\"} or y{job=\"b\"}", std::nullopt},
      {"(x{job=\"a\"} or x{job=\"b\"}) / on(job) y{job=\"b\"}", std::nullopt},
      {"sum without (pod) (x) * on(pod) group_left y", Kind::OneLacks, "pod"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    const Followed followed(c.text);
    REQUIRE(followed.flow.joinProblems().size() == (c.kind ? 1 : 0));
    if (!c.kind) continue;
    const JoinProblem& problem = followed.flow.joinProblems()[0];
    CHECK(problem.kind == *c.kind);
    CHECK(problem.label == c.label);
  }
  const Followed lost("sum without (pod) (x) * on(pod) group_left y");
  CHECK(lost.result.expr.text(lost.flow.joinProblems()[0].left.reason.range) == "pod");
}

TEST_CASE("promql: declarations of metrics", "[promql][flow]") {
  const MetricInfo counter{MetricKind::Counter, std::vector<std::string>{"code", "job"},
                           std::nullopt};
  const MetricInfo ratio{MetricKind::Gauge, std::nullopt, Bounds::between(0, 1)};
  FlowOptions options;
  options.declaration = [&](std::string_view metric) {
    return metric == "c" ? &counter : metric == "r" ? &ratio : nullptr;
  };
  CHECK(Followed("c", options).label("pod") == "");
  CHECK(Followed("c", options).label("code") == "code?");
  CHECK(Followed("c{code=\"5\"}", options).label("code") == "code=5");
  CHECK(Followed("c{pod=\"5\"}", options).flow.result()[0].dead);
  CHECK(Followed("c", options).flow.values().min == 0);
  CHECK(Followed("r > 1", options).flow.result()[0].dead);
  CHECK(Followed("sum(c{code=\"5\"}) / sum(c)", options).flow.values().max == 1);
  CHECK(Followed("c", options).flow.result()[0].kindDeclared);

  const auto kind = [](std::string_view text) { return Followed(text).flow.result()[0].kind; };
  CHECK(kind("x_total") == MetricKind::Counter);
  CHECK(kind("sum(x_total)") == MetricKind::Counter);
  CHECK(kind("rate(x_total[5m])") == MetricKind::Gauge);
  CHECK(kind("job:x_total") == MetricKind::Unknown);
  CHECK(kind("sum by (le) (rate(x_bucket[5m]))") == MetricKind::Bucket);
  const Followed subquery("rate(sum(x_total)[5m:1m])");
  CHECK(subquery.flow.result()[0].aggregated);
}

TEST_CASE("promql: ranges, selectors that may see a series, thresholds", "[promql][flow]") {
  const Followed ranged("rate(x[5m]) + max_over_time(y[1h:5m]) + rate(z[$w])");
  const auto uses = ranges(ranged.result.expr);
  REQUIRE(uses.size() == 3);
  CHECK(uses[0].milliseconds == 300000);
  CHECK(ranged.result.expr.text(uses[1].range) == "1h");
  CHECK(ranged.result.expr.node(uses[1].call).as<Call>()->name == "max_over_time");
  CHECK(uses[2].milliseconds == 0);

  const Followed seen("x{job=\"a\",pod=~\"p.*\"} + y{job!=\"a\"} + {__name__=~\"z.*\"}");
  CHECK(selecting(seen.result.expr, {{"job", "a"}}).size() == 2);
  CHECK(selecting(seen.result.expr, {{"job", "b"}}).size() == 2);
  CHECK(selecting(seen.result.expr, {{"__name__", "zz"}}).size() == 1);
  CHECK(selecting(seen.result.expr, {{"job", "a"}, {"pod", "q"}}).size() == 1);

  const auto found = threshold(parse("(5 < (x))").expr);
  REQUIRE(found);
  CHECK(found->op == BinaryOp::Greater);
  CHECK(found->value == 5);
  CHECK_FALSE(threshold(parse("x > bool 5").expr));
  CHECK_FALSE(threshold(parse("x").expr));
}

TEST_CASE("promql: one condition implies another", "[promql][flow]") {
  const auto holds = [](std::string_view a, std::string_view b) {
    return implies(parse(a).expr, parse(b).expr);
  };
  CHECK(holds("x > 5", "x > 5"));
  CHECK(holds("x > 5", "x > 3"));
  CHECK(holds("x > 5", "x >= 5"));
  CHECK(holds("x == 5", "x > 3"));
  CHECK(holds("x > 5", "x != 5"));
  CHECK(holds("5 < x", "(x) > 4"));
  CHECK(holds("x > 5", "x"));
  CHECK(holds("x > 5 and y > 1", "x > 3"));
  CHECK(holds("y > 1 and x > 5", "x > 3"));
  CHECK(holds("x > 5", "y > 1 or x > 3"));
  CHECK(holds("x{b=\"1\",a=\"2\"} > 5", "x{a=\"2\",b=\"1\"} > 3"));
  CHECK_FALSE(holds("x > 3", "x > 5"));
  CHECK_FALSE(holds("x >= 5", "x > 5"));
  CHECK_FALSE(holds("x > 5", "y > 3"));
  CHECK_FALSE(holds("x > 5", "x < 9"));
  CHECK_FALSE(holds("x > 5", "x > bool 3"));
  CHECK_FALSE(holds("x", "x > 3"));
  CHECK_FALSE(holds("x > 5", "x > 3 and y > 1"));
}

TEST_CASE("promql: every function has a row of its flow", "[promql][flow]") {
  CHECK(allFunctionFlows().size() == allFunctions().size());
  for (const Function& function : allFunctions()) {
    CAPTURE(function.name);
    CHECK(findFunctionFlow(function.name));
  }
}

TEST_CASE("promql: flow through long expressions is bounded", "[promql][flow]") {
  std::string row = "x";
  for (int i = 0; i < 4000; ++i) row += " or x" + std::to_string(i);
  const ParseResult longRow = parse(row);
  CHECK(LabelFlow(longRow.expr).result().size() == LabelFlow::maxBranches);
  std::string labels = "x";
  for (int i = 0; i < 4000; ++i) labels += " + ignoring(l" + std::to_string(i) + ") x";
  const ParseResult many = parse(labels);
  CHECK(LabelFlow(many.expr).label("l3999").presence == Presence::Excluded);
  std::string huge = "x";
  for (int i = 0; i < 20000; ++i) huge += "+x";
  const ParseResult beyond = parse(huge);
  CHECK(LabelFlow(beyond.expr).label("job").presence == Presence::Possible);
  CHECK(LabelFlow(Expr()).result().empty());
}
