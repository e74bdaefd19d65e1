#pragma once
// Which labels the series of a result have, and why.

#include "compiler/promql/tree.h"

#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace relc::promql {

/// Why something is so: a few words to stand beside the caret, and the place that they are about.
struct Reason {
  std::string_view text; ///< static text
  TextRange range;
};

enum class Presence : uint8_t {
  Guaranteed, ///< every series has it
  Possible,   ///< a series may have it
  Excluded,   ///< no series has it
};

/// What is known of one label. Texts belong to the expression.
struct LabelFact {
  Presence presence = Presence::Possible;
  std::optional<std::string_view> value; ///< if it is the same on all series that have the label
  Reason reason;
};

inline constexpr std::string_view metricNameLabel = "__name__";

/// The reason that a label is Excluded for by MetricInfo::labels.
inline constexpr std::string_view declaredWithout = "the metric is declared without this label";

/// A function from label names to facts: some labels are named, all others are alike. The others
/// are Possible (the set is open) or Excluded (it is closed).
class LabelSet {
public:
  using Named = std::pair<std::string_view, LabelFact>;

  static LabelSet open(Reason reason) {
    return LabelSet({Presence::Possible, std::nullopt, reason});
  }
  static LabelSet closed(Reason reason) {
    return LabelSet({Presence::Excluded, std::nullopt, reason});
  }

  /// What is known of a label.
  [[nodiscard]] const LabelFact& at(std::string_view name) const;
  [[nodiscard]] bool isOpen() const { return rest_.presence != Presence::Excluded; }
  /// Labels of which something particular is known, sorted by name.
  [[nodiscard]] const std::vector<Named>& named() const { return named_; }
  /// What is known of all others.
  [[nodiscard]] const LabelFact& rest() const { return rest_; }

  void set(std::string_view name, LabelFact fact);
  /// Excludes a label; if it was excluded before, the older reason stays.
  void exclude(std::string_view name, Reason reason);
  /// Keeps the labels of the list and excludes all others.
  void keepOnly(const std::vector<std::string_view>& names, Reason reason);
  /// Parameters stand for labels that are not known yet: what was sure becomes possible.
  void weaken(Reason reason);

  /// Label by label, `combine(fact of a, fact of b)`.
  template <class Combine>
  static LabelSet merge(const LabelSet& a, const LabelSet& b, Combine combine) {
    LabelSet merged(combine(a.rest_, b.rest_));
    auto x = a.named_.begin();
    auto y = b.named_.begin();
    while (x != a.named_.end() || y != b.named_.end()) {
      const bool fromA = x != a.named_.end() && (y == b.named_.end() || x->first <= y->first);
      const bool fromB = y != b.named_.end() && (x == a.named_.end() || y->first <= x->first);
      const std::string_view name = fromA ? x->first : y->first;
      merged.named_.emplace_back(name,
                                 combine(fromA ? x->second : a.rest_, fromB ? y->second : b.rest_));
      if (fromA) ++x;
      if (fromB) ++y;
    }
    merged.bound();
    return merged;
  }

private:
  explicit LabelSet(LabelFact rest) : rest_(rest) {}
  void bound();

  LabelFact rest_;
  std::vector<Named> named_;
};

/// Of a series that comes from one or the other: sure is what both are sure of.
LabelFact either(const LabelFact& a, const LabelFact& b);
/// Of two series with equal values of a label: what one is sure of holds for both.
LabelFact both(const LabelFact& a, const LabelFact& b);
/// Can a series of each have the same value (or none) of the label?
bool canAgree(const LabelFact& a, const LabelFact& b);

} // namespace relc::promql
