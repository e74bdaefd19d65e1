// Label flow against a real Prometheus: whatever it says about the results of an expression has to
// be true of the results that `promtool test rules` computes.

#include "compiler/promql/label_flow.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <random>
#include <unistd.h>

using namespace relc::promql;

namespace {

struct Sample {
  std::map<std::string, std::string> labels;
  double value = 0;
};

constexpr std::string_view series[] = {
    "up{job=\"a\",instance=\"1\"}#1x40",
    "up{job=\"a\",instance=\"2\"}#0x40",
    "up{job=\"b\",instance=\"3\"}#1x40",
    "r_total{job=\"a\",instance=\"1\",code=\"200\"}#0+60x40",
    "r_total{job=\"a\",instance=\"1\",code=\"500\"}#0+3x40",
    "r_total{job=\"a\",instance=\"2\",code=\"200\"}#0+30x40",
    "r_total{job=\"b\",instance=\"3\",code=\"200\"}#0x40",
    "t{job=\"a\",room=\"x\"}#-5+0.25x40",
    "t{job=\"b\",room=\"y\"}#20-1x40",
    "t{room=\"z\"}#3x40",
    "h_bucket{job=\"a\",le=\"0.1\"}#0+6x40",
    "h_bucket{job=\"a\",le=\"1\"}#0+9x40",
    "h_bucket{job=\"a\",le=\"+Inf\"}#0+12x40",
    "owner{job=\"a\",team=\"red\"}#1x40",
    "owner{job=\"b\",team=\"blue\"}#1x40",
    "plain#7x40",
};

/// Expressions for the corners of the rules; random ones follow.
constexpr std::string_view corners[] = {
    "up",
    "sum(up)",
    "sum by (job) (up)",
    "sum without (instance) (up)",
    "sum by (__name__) (up)",
    "count_values(\"v\", up)",
    "topk(2, t)",
    "bottomk by (job) (1, t)",
    "quantile(0.5, t)",
    "stddev(t)",
    "group(up)",
    "avg by (nope) (t)",
    "rate(r_total[5m])",
    "increase(r_total{code=\"500\"}[5m])",
    "last_over_time(t[5m])",
    "min_over_time(t[5m])",
    "t > 2",
    "2 < t",
    "t > bool 2",
    "t * 2",
    "-t",
    "+t",
    "abs(t)",
    "t ^ 2",
    "2 ^ t",
    "t % 3",
    "t atan2 t",
    "t / 0",
    "r_total{code=\"500\"} / ignoring(code) r_total{code=\"200\"}",
    "sum by (job) (rate(r_total{code=\"500\"}[5m])) / sum by (job) (rate(r_total[5m]))",
    "1 - sum(rate(r_total{code=\"500\"}[5m])) / sum(rate(r_total[5m]))",
    "sum by (job, instance) (rate(r_total{code=\"200\"}[5m])) / on(job) group_left sum by (job) "
    "(rate(r_total[5m]))",
    "(sum(rate(r_total[5m])) - sum(rate(r_total{code=\"500\"}[5m]))) / sum(rate(r_total[5m]))",
    "up * on(job) group_left(team) owner",
    "owner * on(job) group_right(team) up",
    "up > on(job) group_left owner",
    "up == on(job, instance) up",
    "up == ignoring(instance) group_left owner",
    "up + up",
    "up == up",
    "up > bool up",
    "up * on(job) group_left(nope) owner",
    "up - ignoring(instance) sum by (job) (up)",
    "t + on(room) t",
    "up and on(job) owner{team=\"red\"}",
    "up unless on(job) owner{team=\"red\"}",
    "up or t",
    "up or on(job) t",
    "sum(up) or vector(0)",
    "nope or vector(0)",
    "up unless up",
    "up and on() vector(1)",
    "vector(1) and on() nope",
    "absent(nope)",
    "absent(nope{job=\"a\",x=~\"y\"})",
    "absent((nope{job=\"a\"}))",
    "absent(nope{job=\"a\",job=\"b\"})",
    "absent(sum(nope{job=\"a\"}))",
    "absent_over_time(nope{job=\"a\"}[5m])",
    "absent(up)",
    "absent(nope{job=\"\"})",
    "absent_over_time(nope{job=\"a\"}[5m:1m])",
    "histogram_quantile(0.9, h_bucket)",
    "histogram_quantile(0.9, sum by (le) (rate(h_bucket[5m])))",
    "histogram_quantile(0.9, sum(h_bucket))",
    "histogram_quantile(0.5, sum by (le, job) (h_bucket))",
    "label_replace(up, \"x\", \"y\", \"\", \"\")",
    "label_replace(up, \"x\", \"$1\", \"job\", \"(a)\")",
    "label_replace(up, \"job\", \"\", \"\", \"\")",
    "label_replace(up, \"x\", \"$1-y\", \"instance\", \"(.*)\")",
    "label_replace(up, \"x\", \"$1\", \"nope\", \"(.*)\")",
    "label_replace(t, \"x\", \"$1\", \"job\", \"(.+)\")",
    "label_replace(up, \"__name__\", \"z\", \"\", \"\")",
    "label_replace(t, \"job\", \"$1\", \"nope\", \"(.*)\")",
    "label_join(up, \"x\", \"-\", \"job\", \"instance\")",
    "label_join(up, \"x\", \"\", \"nope\")",
    "label_join(up, \"x\", \"-\", \"nope\", \"nope\")",
    "label_join(t, \"job\", \"\", \"nope\")",
    "label_join(up, \"x\", \"-\")",
    "vector(1)",
    "vector(time())",
    "scalar(up)",
    "scalar(plain)",
    "time()",
    "pi()",
    "hour()",
    "hour(vector(0))",
    "day_of_week(t)",
    "1",
    "1 > bool 2",
    "1 / 0",
    "0 / 0",
    "-1",
    "vector(0) > 1",
    "vector(2) > 1",
    "vector(1) + vector(2)",
    "vector(0) / vector(0)",
    "sort(t)",
    "sort_desc(up)",
    "timestamp(up)",
    "clamp(t, 0, 1)",
    "clamp_min(t, 1)",
    "clamp_max(t, 1)",
    "round(t)",
    "round(t, 5)",
    "floor(t)",
    "ceil(t)",
    "sgn(t)",
    "sqrt(t)",
    "ln(t)",
    "exp(t)",
    "deriv(t[5m])",
    "delta(t[5m])",
    "changes(t[5m])",
    "max_over_time((t > 0)[5m:1m])",
    "sum_over_time(up[5m])",
    "count_over_time(up[5m])",
    "present_over_time(up[5m])",
    "quantile_over_time(0.5, t[5m])",
    "stddev_over_time(t[5m])",
    "avg_over_time(sum(up)[5m:1m])",
    "resets(r_total[5m])",
    "{__name__=~\"up|t\"}",
    "{job=\"a\"}",
    "{job=~\".+\",room!=\"\"}",
    "t{job=\"\"}",
    "t{job=~\"|a\"}",
    "t{room!~\"x|y\"}",
    "up{job=\"a\",job!=\"b\"}",
    "up{job=\"a\",job=\"b\"}",
    "count(up) / count(up)",
    "sum(up{job=\"a\"}) / sum(up)",
    "count by (job) (up == 1) / count by (job) (up)",
    "sum(plain) + plain",
    "plain + sum(plain)",
    "plain + up",
    "t offset 5m",
    "sum(t @ 60)",
    "limitless",
    "up != 1",
    "t >= 3",
    "t == 3",
    "t <= 3",
    "quantile(2, t)",
    "topk(0, t)",
};

/// Random expressions over the series above.
class Generator {
public:
  explicit Generator(uint32_t seed) : random_(seed) {}

  std::string vector(int depth) {
    if (depth <= 0) return selector();
    switch (pick(11)) {
    case 0: return selector();
    case 1: return "(" + vector(depth - 1) + ")";
    case 2:
      return one({"sum", "avg", "max", "count", "group"}) + grouping() + "(" + vector(depth - 1) +
             ")";
    case 3:
      return vector(depth - 1) + one({" + ", " / ", " > ", " == ", " >= bool "}) + matching() +
             vector(depth - 1);
    case 4:
      return "(" + vector(depth - 1) +
             one({" * ", " - ", " / ", " > ", " <= ", " != ", " < bool "}) + scalar(depth - 1) +
             ")";
    case 5:
      return vector(depth - 1) + one({" and ", " unless ", " or "}) +
             one({"", "on() ", "on(job) ", "ignoring(instance) "}) + vector(depth - 1);
    case 6:
      return one({"rate", "increase", "max_over_time", "last_over_time", "count_over_time",
                  "avg_over_time"}) +
             "(" + range(depth - 1) + ")";
    case 7:
      return one({"abs", "ceil", "sgn", "timestamp", "sort", "hour", "absent"}) + "(" +
             vector(depth - 1) + ")";
    case 8:
      return one({"clamp_max", "clamp_min", "round"}) + "(" + vector(depth - 1) + ", " +
             one({"1", "0.5", "-2"}) + ")";
    case 9:
      return "label_replace(" + vector(depth - 1) + ", \"" + label() + "\", \"" +
             one({"k", "$1", "", "$1k"}) + "\", \"" + label() + "\", \"" +
             one({"(.*)", "(a)", "", ".+"}) + "\")";
    default:
      return one({"topk(2, ", "bottomk(1, ", "-(", "vector(scalar("}) + vector(depth - 1) + ")" +
             (close_ ? ")" : "");
    }
  }

private:
  uint32_t pick(uint32_t n) { return random_() % n; }
  std::string one(std::initializer_list<const char*> choices) {
    const std::string chosen = choices.begin()[pick(static_cast<uint32_t>(choices.size()))];
    close_ = chosen == "vector(scalar(";
    return chosen;
  }
  std::string label() { return one({"job", "instance", "code", "room", "team", "nope"}); }
  std::string selector() {
    return one({"up", "r_total", "t", "owner", "plain", "up{job=\"a\"}", "t{job=\"\"}",
                "t{job!=\"\"}", "r_total{code=\"500\"}", "{job=\"a\",room=~\"x|y\"}",
                "owner{team=~\"r.*\"}", "nope"});
  }
  std::string grouping() {
    return one({"", " by (job) ", " by (job, code) ", " without (instance) ", " without (job) ",
                " by () "});
  }
  std::string matching() {
    return one({"", "on(job) ", "on() ", "ignoring(code) ", "on(job) group_left(team) ",
                "on(job) group_right ", "ignoring(instance) group_left "});
  }
  std::string scalar(int depth) {
    if (depth > 0 && pick(4) == 0) return "scalar(" + vector(depth - 1) + ")";
    return one({"0", "1", "2.5", "-1", "time()", "(1 + 2)"});
  }
  std::string range(int depth) {
    if (pick(2)) return selector() + "[5m]";
    return "(" + vector(depth) + ")[5m:1m]";
  }

  std::mt19937 random_;
  bool close_ = false;
};

std::string run(const std::string& command) {
  std::string output;
  FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  if (!pipe) return output;
  char buffer[4096];
  for (size_t n = 0; (n = fread(buffer, 1, sizeof buffer, pipe)) > 0;) output.append(buffer, n);
  pclose(pipe);
  return output;
}

std::string singleQuoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("''") : std::string(1, c);
  return out + '\'';
}

/// The value of the quoted string at `at`, which is moved behind it.
std::string quotedString(const std::string& text, size_t& at) {
  const size_t begin = at++;
  while (text.at(at) != '"') at += text[at] == '\\' ? 2 : 1;
  ++at;
  const ParseResult result = parse(text.substr(begin, at - begin));
  return result.expr.node(result.expr.root()).as<String>()->value;
}

/// `{a="b", c="d"} 1E+00, {} NaN`
std::vector<Sample> samples(const std::string& text) {
  std::vector<Sample> found;
  for (size_t at = 0; (at = text.find('{', at)) != std::string::npos;) {
    Sample sample;
    ++at;
    while (text.at(at) != '}') {
      const size_t equals = text.find('=', at);
      const std::string name = text.substr(at, equals - at);
      at = equals + 1;
      sample.labels[name] = quotedString(text, at);
      if (text.at(at) == ',') at += 2;
    }
    sample.value = std::strtod(text.c_str() + at + 1, nullptr);
    found.push_back(std::move(sample));
  }
  return found;
}

/// Results by expression; expressions that cannot be evaluated are left out.
std::map<std::string, std::vector<Sample>> evaluate(const std::vector<std::string>& expressions) {
  const auto file =
      std::filesystem::temp_directory_path() / ("relc-flow-" + std::to_string(getpid()) + ".yml");
  {
    std::ofstream out(file);
    out << "evaluation_interval: 1m\ntests:\n- interval: 1m\n  input_series:\n";
    for (const std::string_view one : series) {
      const size_t split = one.find('#');
      out << "  - series: " << singleQuoted(one.substr(0, split)) << "\n    values: '"
          << one.substr(split + 1) << "'\n";
    }
    out << "  promql_expr_test:\n";
    // A sample that is never there makes promtool show what is, even if that is nothing.
    for (const std::string& text : expressions)
      out << "  - expr: " << singleQuoted(text)
          << "\n    eval_time: 20m\n    exp_samples: [{labels: '{never=\"there\"}', value: "
             "12345}]\n";
  }
  const std::string output = run("promtool test rules " + file.string());
  std::filesystem::remove(file);
  std::map<std::string, std::vector<Sample>> results;
  for (size_t at = 0; (at = output.find("    expr: \"", at)) != std::string::npos;) {
    at += 10;
    const std::string text = quotedString(output, at);
    const size_t line = output.find('\n', at);
    if (output.substr(at, line - at).find("err:") != std::string::npos) continue;
    const size_t got = output.find("got: ", line);
    if (got == std::string::npos) break;
    results[text] = samples(output.substr(got, output.find('\n', got) - got));
  }
  return results;
}

/// Is a sample one that the branch speaks of?
bool agrees(const Branch& branch, const Sample& sample) {
  if (branch.dead) return false;
  for (const auto& [name, value] : sample.labels) {
    const LabelFact& fact = branch.labels.at(name);
    if (fact.presence == Presence::Excluded || (fact.value && *fact.value != value)) return false;
  }
  for (const auto& [name, fact] : branch.labels.named())
    if (fact.presence == Presence::Guaranteed && !sample.labels.count(std::string(name)))
      return false;
  if (std::isnan(sample.value)) return branch.values.nan;
  // Quotients of sums may miss their bounds by a rounding.
  return branch.values.contains(sample.value) ||
         branch.values.contains(sample.value * (1 + 1e-12)) ||
         branch.values.contains(sample.value * (1 - 1e-12));
}

} // namespace

TEST_CASE("promql: what label flow says is true of Prometheus' results",
          "[promql][flow][promtool]") {
  if (run("promtool --version").find("promtool, version") == std::string::npos) {
    WARN("SKIPPED: promtool is not installed");
    return;
  }
  std::vector<std::string> expressions(std::begin(corners), std::end(corners));
  for (uint32_t seed = 0; seed < 3000; ++seed)
    expressions.push_back(Generator(seed).vector(1 + static_cast<int>(seed % 4)));
  std::erase_if(expressions, [](const std::string& text) { return !parse(text).ok(); });
  const auto results = evaluate(expressions);
  REQUIRE(results.size() > 1000);
  size_t returned = 0;
  for (const auto& [text, found] : results) {
    const ParseResult result = parse(text);
    const LabelFlow flow(result.expr);
    CAPTURE(text);
    if (found.empty()) {
      CHECK_FALSE(flow.alwaysReturns());
      continue;
    }
    ++returned;
    for (const Sample& sample : found) {
      std::string shown;
      for (const auto& [name, value] : sample.labels) shown += name + "=" + value + " ";
      CAPTURE(shown, sample.value);
      const auto branches = flow.result();
      CHECK(std::any_of(branches.begin(), branches.end(),
                        [&](const Branch& branch) { return agrees(branch, sample); }));
    }
    for (const ComparisonVerdict& comparison : flow.comparisons())
      if (comparison.binary == result.expr.root() &&
          !result.expr.node(result.expr.root()).as<Binary>()->returnBool)
        CHECK(comparison.verdict != Verdict::Never);
  }
  CHECK(returned > 500);
}
