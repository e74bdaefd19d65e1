// A selector with its parameters bound, made from the tree of the one with parameters: parsing the
// text again would cost twenty times as much, and most of what is bound is a selector.

#include "compiler/promql/promql.h"

#include <algorithm>

namespace relc::promql {

/// Puts an expression of one node together. A friend of Expr.
class SelectorWriter {
public:
  explicit SelectorWriter(const std::string& metric) {
    expr_.text_ = metric;
    selector_.metric = metric;
    selector_.metricRange = {0, at()};
  }

  void add(const Matcher& matcher) {
    expr_.text_ += expr_.matchers_.empty() ? '{' : ',';
    MatcherItem item;
    item.matcher = matcher;
    const uint32_t begin = at();
    expr_.text_ += print(matcher);
    item.range = {begin, at()};
    const std::string value = quote(matcher.value);
    item.valueRange = {at() - static_cast<uint32_t>(value.size()), at()};
    const auto sign = static_cast<uint32_t>(toString(matcher.op).size());
    item.labelRange = {begin, item.valueRange.begin - sign};
    expr_.matchers_.push_back(std::move(item));
  }

  Expr finish() {
    if (!expr_.matchers_.empty()) expr_.text_ += '}';
    selector_.matchers = {0, static_cast<uint32_t>(expr_.matchers_.size())};
    expr_.nodes_.push_back({{0, at()}, ValueType::Vector, std::move(selector_)});
    expr_.root_ = {0};
    return std::move(expr_);
  }

private:
  Expr expr_;
  Selector selector_;

  [[nodiscard]] uint32_t at() const { return static_cast<uint32_t>(expr_.text_.size()); }
};

std::optional<Expr> boundSelector(const Expr& expr, const Bindings& bindings) {
  if (!isBareSelector(expr)) return std::nullopt;
  const Node* node = &expr.node(expr.root());
  while (const auto* paren = node->as<Paren>()) node = &expr.node(paren->inner);
  const auto* selector = node->as<Selector>();
  if (selector->metric.empty()) return std::nullopt;

  std::vector<Matcher> matchers;
  for (const MatcherItem& item : expr.get(selector->matchers)) {
    if (item.kind == MatcherItem::Kind::Matcher) {
      matchers.push_back(item.matcher);
      continue;
    }
    const auto binding = bindings.find(item.matcher.value);
    if (binding == bindings.end()) return std::nullopt;
    if (item.kind == MatcherItem::Kind::ValueParameter) {
      const auto* value = std::get_if<std::string>(&binding->second);
      if (!value) return std::nullopt;
      matchers.push_back({item.matcher.label, item.matcher.op, *value});
    } else {
      const auto* list = std::get_if<std::vector<Matcher>>(&binding->second);
      if (!list) return std::nullopt;
      matchers.insert(matchers.end(), list->begin(), list->end());
    }
  }
  std::sort(matchers.begin(), matchers.end()); // whatever order they were given in
  SelectorWriter writer(selector->metric);
  for (const Matcher& matcher : matchers) writer.add(matcher);
  return writer.finish();
}

} // namespace relc::promql
