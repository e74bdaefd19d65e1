#include "compiler/promql/promql.h"

#include <algorithm>
#include <cmath>

namespace relc::promql {

namespace {

/// Compares two trees node by node: equal trees number their nodes alike.
class Comparison {
public:
  Comparison(const Expr& a, const Expr& b) : a_(a), b_(b) {}

  bool run() {
    const auto left = a_.nodes();
    const auto right = b_.nodes();
    return a_.valid() == b_.valid() && a_.root() == b_.root() &&
           std::equal(left.begin(), left.end(), right.begin(), right.end(),
                      [&](const Node& x, const Node& y) {
                        return x.data.index() == y.data.index() &&
                               std::visit(
                                   [&](const auto& data) {
                                     return same(data, *y.as<std::decay_t<decltype(data)>>());
                                   },
                                   x.data);
                      });
  }

private:
  static bool same(double x, double y) {
    return x == y ? std::signbit(x) == std::signbit(y) : std::isnan(x) && std::isnan(y);
  }
  static bool same(std::optional<double> x, std::optional<double> y) {
    return x.has_value() == y.has_value() && (!x || same(*x, *y));
  }
  static bool same(const Number& x, const Number& y) {
    return same(x.value, y.value) && x.duration == y.duration;
  }
  static bool same(const String& x, const String& y) { return x.value == y.value; }
  static bool same(const Duration& x, const Duration& y) {
    return x.kind == y.kind && x.negative == y.negative && x.milliseconds == y.milliseconds &&
           x.parameter == y.parameter && x.expression == y.expression;
  }
  static bool same(const Modifiers& x, const Modifiers& y) {
    // `offset 0s` is no offset.
    const auto none = [](const Duration& d) {
      return d.kind == Duration::Kind::None ||
             (d.kind == Duration::Kind::Literal && d.milliseconds == 0);
    };
    return (none(x.offset) ? none(y.offset) : same(x.offset, y.offset)) && x.at == y.at &&
           x.extended == y.extended && x.atMilliseconds == y.atMilliseconds &&
           x.atParameter == y.atParameter;
  }
  bool same(Slice<MatcherItem> x, Slice<MatcherItem> y) const {
    const auto sorted = [](std::span<const MatcherItem> items) {
      std::vector<std::pair<MatcherItem::Kind, Matcher>> found;
      for (const MatcherItem& item : items) found.emplace_back(item.kind, item.matcher);
      std::sort(found.begin(), found.end());
      return found;
    };
    return x.count == y.count && sorted(a_.get(x)) == sorted(b_.get(y));
  }
  bool same(Slice<LabelItem> x, Slice<LabelItem> y) const {
    const auto left = a_.get(x);
    const auto right = b_.get(y);
    return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                      [](const LabelItem& p, const LabelItem& q) {
                        return p.name == q.name && p.parameter == q.parameter;
                      });
  }
  bool same(const Selector& x, const Selector& y) const {
    return x.metric == y.metric && x.parameter == y.parameter && same(x.matchers, y.matchers) &&
           same(x.modifiers, y.modifiers);
  }
  static bool same(const RangeSelector& x, const RangeSelector& y) {
    return x.selector == y.selector && same(x.range, y.range) && same(x.modifiers, y.modifiers);
  }
  static bool same(const Subquery& x, const Subquery& y) {
    return x.expression == y.expression && same(x.range, y.range) && same(x.step, y.step) &&
           same(x.modifiers, y.modifiers);
  }
  bool same(const Call& x, const Call& y) const {
    const auto left = a_.get(x.arguments);
    const auto right = b_.get(y.arguments);
    return x.name == y.name && std::equal(left.begin(), left.end(), right.begin(), right.end());
  }
  bool same(const Aggregation& x, const Aggregation& y) const {
    // `sum by () (x)` is `sum(x)`.
    const auto grouping = [](const Aggregation& g) {
      return g.grouping == Aggregation::Grouping::By && g.labels.empty()
                 ? Aggregation::Grouping::None
                 : g.grouping;
    };
    return x.op == y.op && grouping(x) == grouping(y) && same(x.labels, y.labels) &&
           x.parameter == y.parameter && x.expression == y.expression;
  }
  bool same(const Binary& x, const Binary& y) const {
    // `a + ignoring () b` is `a + b`.
    const auto matching = [](const Binary& b) {
      const bool nothing = b.matching == Binary::Matching::Ignoring && b.labels.empty() &&
                           b.grouping == Binary::Grouping::None;
      return nothing ? Binary::Matching::None : b.matching;
    };
    return x.op == y.op && x.returnBool == y.returnBool && matching(x) == matching(y) &&
           x.grouping == y.grouping && same(x.labels, y.labels) && same(x.include, y.include) &&
           same(x.fillLeft, y.fillLeft) && same(x.fillRight, y.fillRight) && x.left == y.left &&
           x.right == y.right;
  }
  static bool same(const Unary& x, const Unary& y) {
    return x.negative == y.negative && x.operand == y.operand;
  }
  static bool same(const Paren& x, const Paren& y) { return x.inner == y.inner; }
  static bool same(const Parameter& x, const Parameter& y) {
    return x.name == y.name && same(x.modifiers, y.modifiers);
  }
  static bool same(const DurationArithmetic& x, const DurationArithmetic& y) {
    return x.op == y.op && same(x.literal, y.literal) && x.parameter == y.parameter &&
           x.left == y.left && x.right == y.right;
  }

  const Expr& a_;
  const Expr& b_;
};

} // namespace

bool equal(const Expr& a, const Expr& b) {
  return Comparison(a, b).run();
}

} // namespace relc::promql
