#include "backends/prometheus/series_sets.h"

#include "backends/prometheus/examples.h"

#include <algorithm>
#include <set>

namespace relc::prometheus {
namespace {

using Set = std::vector<SeriesLabels>;

const std::string nameLabel = "__name__";

void removeDuplicates(Set& set) {
  std::sort(set.begin(), set.end());
  set.erase(std::unique(set.begin(), set.end()), set.end());
}

class Evaluator {
public:
  Evaluator(const promql::Expr& expr, const Set& series) : expr_(expr), series_(series) {}

  std::optional<Set> run() {
    for (const promql::Node& node : expr_.nodes()) {
      sets_.emplace_back();
      if (!std::visit([&](const auto& data) { return step(data); }, node.data)) return std::nullopt;
    }
    return sets_[expr_.root().index];
  }

private:
  const promql::Expr& expr_;
  const Set& series_;
  std::vector<Set> sets_; ///< by node; children stand before their parents

  [[nodiscard]] const Set& at(promql::NodeId id) const { return sets_[id.index]; }
  [[nodiscard]] bool isVector(promql::NodeId id) const {
    return expr_.node(id).type == promql::ValueType::Vector;
  }
  bool is(Set set) {
    sets_.back() = std::move(set);
    return true;
  }
  /// Takes labels away; series that are alike then are refused.
  bool isWithout(Set set, const std::string& label) {
    for (SeriesLabels& labels : set) labels.erase(label);
    const size_t all = set.size();
    removeDuplicates(set);
    return set.size() == all && is(std::move(set));
  }

  bool step(const promql::Number&) { return is({}); }
  bool step(const promql::String&) { return is({}); }
  bool step(const promql::Parameter&) { return false; }
  bool step(const promql::DurationArithmetic&) { return is({}); }
  bool step(const promql::Paren& paren) { return is(at(paren.inner)); }
  bool step(const promql::RangeSelector& range) { return is(at(range.selector)); }
  bool step(const promql::Subquery& subquery) { return is(at(subquery.expression)); }
  bool step(const promql::Unary& unary) {
    return unary.negative ? isWithout(at(unary.operand), nameLabel) : is(at(unary.operand));
  }

  bool step(const promql::Selector& selector) {
    std::vector<promql::Matcher> matchers;
    if (!selector.metric.empty())
      matchers.push_back({nameLabel, promql::MatchOp::Equal, selector.metric});
    for (const promql::MatcherItem& item : expr_.get(selector.matchers))
      matchers.push_back(item.matcher);
    Set found;
    for (const SeriesLabels& labels : series_)
      if (satisfies(labels, matchers)) found.push_back(labels);
    return is(std::move(found));
  }

  bool step(const promql::Call& call) {
    static const std::set<std::string_view> one = {"absent", "absent_over_time", "vector"};
    if (call.name.starts_with("label_")) return false;
    const Set* input = nullptr;
    for (promql::NodeId argument : expr_.get(call.arguments)) {
      const auto type = expr_.node(argument).type;
      if (type == promql::ValueType::Vector || type == promql::ValueType::Range)
        input = &at(argument);
    }
    if (one.contains(call.name) || !input) return is({SeriesLabels{}});
    Set set = *input;
    if (call.name.starts_with("histogram_")) {
      for (SeriesLabels& labels : set) labels.erase("le");
      for (SeriesLabels& labels : set) labels.erase(nameLabel);
      removeDuplicates(set);
      return is(std::move(set));
    }
    return isWithout(std::move(set), nameLabel);
  }

  bool step(const promql::Aggregation& aggregation) {
    using Op = promql::AggregateOp;
    Set set = at(aggregation.expression);
    switch (aggregation.op) {
    case Op::CountValues: return false;
    case Op::Topk:
    case Op::Bottomk:
    case Op::Limitk:
    case Op::LimitRatio: return is(std::move(set));
    default: break;
    }
    std::set<std::string> named;
    for (const promql::LabelItem& item : expr_.get(aggregation.labels)) named.insert(item.name);
    const bool without = aggregation.grouping == promql::Aggregation::Grouping::Without;
    for (SeriesLabels& labels : set)
      std::erase_if(labels, [&](const auto& label) {
        return without ? label.first == nameLabel || named.contains(label.first)
                       : !named.contains(label.first);
      });
    removeDuplicates(set);
    return is(std::move(set));
  }

  [[nodiscard]] SeriesLabels signature(const promql::Binary& binary, SeriesLabels labels) const {
    std::set<std::string> named;
    for (const promql::LabelItem& item : expr_.get(binary.labels)) named.insert(item.name);
    const bool on = binary.matching == promql::Binary::Matching::On;
    std::erase_if(labels, [&](const auto& label) {
      return on ? !named.contains(label.first)
                : label.first == nameLabel || named.contains(label.first);
    });
    return labels;
  }

  /// Has each series its own signature?
  [[nodiscard]] bool distinct(const promql::Binary& binary, const Set& set) const {
    Set signatures;
    for (const SeriesLabels& labels : set) signatures.push_back(signature(binary, labels));
    removeDuplicates(signatures);
    return signatures.size() == set.size();
  }

  bool step(const promql::Binary& binary) {
    using Op = promql::BinaryOp;
    using Grouping = promql::Binary::Grouping;
    const bool left = isVector(binary.left), right = isVector(binary.right);
    const Set &a = at(binary.left), &b = at(binary.right);
    const bool filters = binary.op >= Op::Equal && binary.op <= Op::TrimLower && !binary.returnBool;
    if (!left && !right) return is({});
    if (!left || !right) {
      const Set& vector = left ? a : b;
      return filters ? is(vector) : isWithout(vector, nameLabel);
    }
    if (binary.op == Op::And || binary.op == Op::Unless) return is(a);
    if (binary.op == Op::Or) {
      Set all = a;
      all.insert(all.end(), b.begin(), b.end());
      removeDuplicates(all);
      return is(std::move(all));
    }
    if (!expr_.get(binary.include).empty() || binary.fillLeft || binary.fillRight) return false;
    if (binary.grouping != Grouping::Left && !distinct(binary, a)) return false;
    if (binary.grouping != Grouping::Right && !distinct(binary, b)) return false;
    if (binary.grouping != Grouping::None)
      return isWithout(binary.grouping == Grouping::Left ? a : b, nameLabel);
    Set set;
    for (const SeriesLabels& labels : a) set.push_back(signature(binary, labels));
    return is(std::move(set));
  }
};

} // namespace

std::optional<std::vector<SeriesLabels>> resultOf(const promql::Expr& expr,
                                                  const std::vector<SeriesLabels>& series) {
  return Evaluator(expr, series).run();
}

} // namespace relc::prometheus
