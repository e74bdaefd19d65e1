// What is recorded of an SLI that is no plain selector: at each evaluation the same as its
// expression comes to, on made-up series that pass through values around the numbers of the
// expression. This predicts nothing, but proves that what is recorded is what was written.

#include "backends/prometheus/arithmetic.h"
#include "backends/prometheus/examples.h"
#include "backends/prometheus/proofs.h"
#include "backends/prometheus/recordings.h"
#include "backends/prometheus/series_sets.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace relc::prometheus {

using model::Decimal;

namespace {

constexpr size_t mostLeaves = 12;
constexpr size_t mostValues = 5;

/// A series that an expression reads.
struct Leaf {
  SeriesLabels labels;
  bool counts = false; ///< its rate is asked for
};

std::string nameOf(SeriesLabels labels) {
  std::string out = labels["__name__"];
  labels.erase("__name__");
  char separator = '{';
  for (const auto& [name, value] : labels) {
    out += fmt::format("{}{}={}", separator, name, promql::quote(value));
    separator = ',';
  }
  return separator == ',' ? out + "}" : out;
}

class Formula {
public:
  explicit Formula(const SloPlan& plan) : plan_(plan) {}

  /// False if no series can be made up, or PromQL may refuse them.
  bool read() {
    using Form = model::Sli::Form;
    if (plan_.sli.form == Form::Latency) return false; // native: promtool 2 cannot feed it
    auto numerator = rawOf(plan_.sli.numerator, part_);
    if (!numerator) return false;
    if (!plan_.sli.total) return expect(*numerator, {});
    auto total = rawOf(plan_.sli.total, whole_);
    return total && expect(*numerator, *total);
  }

  void prove(TestFile& file) const {
    std::vector<Leaf> all = whole_;
    for (const Leaf& leaf : part_) add(all, leaf);
    test(file, "what is recorded is what is written", all);
    // Without the series that only the numerator may have.
    std::vector<Leaf> rest;
    for (const Leaf& leaf : whole_)
      if (std::none_of(part_.begin(), part_.end(),
                       [&](const Leaf& other) { return other.labels == leaf.labels; }))
        rest.push_back(leaf);
    if (!rest.empty() && rest.size() < all.size())
      test(file, "and as long as nothing of one side was counted", rest);
  }

private:
  const SloPlan& plan_;
  std::vector<Leaf> part_, whole_; ///< of the numerator, of the total
  std::string bad_, total_;        ///< what the recordings must be
  std::set<Decimal> numbers_{0, 1};
  bool clock_ = false; ///< the time is asked for

  static void add(std::vector<Leaf>& leaves, const Leaf& leaf) {
    auto same = [&](const Leaf& other) { return other.labels == leaf.labels; };
    auto found = std::find_if(leaves.begin(), leaves.end(), same);
    if (found == leaves.end())
      leaves.push_back(leaf);
    else
      found->counts |= leaf.counts;
  }

  /// Of a query its text, of a counter its rate; with the series that it reads.
  std::optional<std::string> rawOf(const model::Query* query, std::vector<Leaf>& leaves) {
    auto text = textOf(*query, plan_);
    if (!text) return std::nullopt;
    if (plan_.sli.total && promql::isBareSelector(query->expr))
      text = fmt::format("rate({}[{}])", *text, promDuration(plan_.baseWindow));
    auto parsed = promql::parse(*text, {{UINT16_MAX, 0}, {true, true, true, true}, false});
    if (!parsed.ok()) return std::nullopt;
    const promql::Expr& expr = parsed.expr;
    std::set<uint32_t> counted; // nodes below a rate
    for (const promql::Node& node : expr.nodes()) {
      if (const auto* call = node.as<promql::Call>()) {
        clock_ |= call->name == "time";
        static const std::set<std::string_view> ofCounters = {"rate", "increase", "irate"};
        for (promql::NodeId argument : expr.get(call->arguments))
          if (const auto* range = expr.node(argument).as<promql::RangeSelector>();
              range && ofCounters.contains(call->name))
            counted.insert(range->selector.index);
      } else if (const auto* number = node.as<promql::Number>()) {
        if (auto value = model::parseDecimal(promql::formatNumber(number->value));
            value && numbers_.size() + 2 <= mostValues)
          numbers_.insert(*value), numbers_.insert(plus(*value, 1));
      }
    }
    for (uint32_t i = 0; i < expr.nodes().size(); ++i)
      if (const auto* selector = expr.nodes()[i].as<promql::Selector>())
        if (!addLeaf(expr, *selector, counted.contains(i), leaves)) return std::nullopt;
    std::vector<SeriesLabels> series;
    for (const Leaf& leaf : leaves) series.push_back(leaf.labels);
    if (leaves.empty() || leaves.size() > mostLeaves || !resultOf(expr, series))
      return std::nullopt;
    return text;
  }

  bool addLeaf(const promql::Expr& expr, const promql::Selector& selector, bool counts,
               std::vector<Leaf>& leaves) const {
    std::vector<promql::Matcher> matchers;
    if (!selector.metric.empty())
      matchers.push_back({"__name__", promql::MatchOp::Equal, selector.metric});
    for (const promql::MatcherItem& item : expr.get(selector.matchers))
      matchers.push_back(item.matcher);
    auto labels = exampleLabels(matchers);
    if (!labels || !labels->contains("__name__")) return false;
    for (const std::string& group : plan_.groups) labels->emplace(group, "a");
    if (selector.metric.ends_with("_bucket") && !labels->contains("le")) {
      for (const char* bound : {"0.1", "1", "+Inf"}) {
        labels->insert_or_assign("le", bound);
        add(leaves, {*labels, counts});
      }
      return true;
    }
    add(leaves, {*labels, counts});
    return true;
  }

  /// With the labels by which the SLO is kept, or it is not what is looked for.
  [[nodiscard]] std::string recordedAs(std::string_view kind) const {
    std::string name = eventsOf(plan_, kind, plan_.baseWindow);
    for (const std::string& group : plan_.groups)
      name.insert(name.size() - 1, fmt::format(",{}!=\"\"", group));
    return name;
  }

  bool expect(const std::string& numerator, const std::string& total) {
    using Form = model::Sli::Form;
    const std::string recorded = recordedAs("total");
    // What is neither negative nor NaN.
    auto events = [](const std::string& text) { return fmt::format("sum(({}) >= 0)", text); };
    auto moments = [&](const std::string& bad) {
      total_ = plan_.events.total;
      bad_ = fmt::format("{0} unless on () ({1}) or 0 * {0}", recorded, bad);
      return true;
    };
    switch (plan_.sli.form) {
    case Form::Bad:
      total_ = events(total);
      bad_ = fmt::format("{} or 0 * {}", events(numerator), total_);
      return true;
    case Form::Good:
      total_ = events(total);
      bad_ = fmt::format("clamp_min({0} - ({1} or 0 * {0}), 0)", total_, events(numerator));
      return true;
    case Form::Ratio:
      total_ = fmt::format("group(({}) >= -Inf)", numerator);
      bad_ = fmt::format("clamp(avg(({}) >= -Inf), 0, 1)", numerator);
      return true;
    case Form::Slices: return moments(numerator);
    case Form::Freshness:
      return moments(
          fmt::format("time() - max({}) <= {}", numerator, plan_.sli.threshold.toString()));
    case Form::Latency: break;
    }
    return false;
  }

  /// 1 at the evaluations where the two differ; where there is nothing, both must have nothing.
  static std::string differ(const std::string& recorded, const std::string& expected) {
    return fmt::format("abs((sum({}) >= 0 or vector(-1)) - (sum({}) >= 0 or vector(-1))) > bool "
                       "1e-9",
                       recorded, expected);
  }

  void test(TestFile& file, std::string_view what, const std::vector<Leaf>& leaves) const {
    const size_t values = numbers_.size() + (clock_ ? 1 : 0),
                 stretches = leaves.size() == 1 ? values : values * values;
    const int64_t scrapes = stepsIn(plan_.interval, plan_.scrape) + 1;
    const int64_t all = static_cast<int64_t>(stretches) * scrapes;
    std::vector<TestSeries> series;
    for (size_t leaf = 0; leaf < leaves.size(); ++leaf) {
      std::string text;
      Decimal count = 0;
      for (size_t stretch = 0; stretch < stretches; ++stretch) {
        // At first all have the same value; any two have each pair of values at some time.
        const size_t index = (stretch + leaf * (stretch / values)) % values;
        Decimal start = 0, step = 0;
        if (leaves[leaf].counts) {
          step = Decimal(index % 2 == 0 ? 60 * static_cast<int64_t>(leaf + 1) : 0);
          start = count;
          count = plus(count, mul(step, scrapes));
        } else if (index == numbers_.size()) {
          step = plan_.scrape;
          start = mul(plan_.scrape, static_cast<int64_t>(stretch) * scrapes);
        } else {
          start = *std::next(numbers_.begin(), static_cast<std::ptrdiff_t>(index));
        }
        text += fmt::format("{}{}+{}x{}", text.empty() ? "" : " ", start.toString(),
                            step.toString(), scrapes - 1);
      }
      series.push_back({nameOf(leaves[leaf].labels), std::move(text)});
    }
    const std::string at =
        promDuration(mul(plan_.interval, stepsIn(mul(plan_.scrape, all), plan_.interval)));
    std::vector<Expectation> expected;
    for (const auto& [kind, formula] : {std::pair("total", &total_), std::pair("bad", &bad_)})
      expected.push_back(
          {at,
           fmt::format("max_over_time(({})[{}:{}])", differ(recordedAs(kind), *formula), at,
                       promDuration(plan_.interval)),
           0});
    file.add(fmt::format("{}/{}: {}", plan_.service, plan_.name, what), promDuration(plan_.scrape),
             series, expected);
  }
};

} // namespace

bool comparable(const SloPlan& plan) {
  return !feedable(plan) && Formula(plan).read();
}

void proveFormula(const SloPlan& plan, TestFile& file) {
  Formula formula(plan);
  if (!feedable(plan) && formula.read()) formula.prove(file);
}

} // namespace relc::prometheus
