#pragma once
// What can be known of the results of an expression without data: their labels, with the token that
// gave or took each, their values, whether there are any. An abstract interpretation of the tree:
// what it says to be so is so for all data, what it leaves open may be either. Measured values are
// taken to be finite, and `rate` to be taken of counters.

#include "compiler/promql/bounds.h"
#include "compiler/promql/label_set.h"
#include "compiler/promql/promql.h"

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace relc::promql {

enum class MetricKind : uint8_t { Unknown, Counter, Gauge, Bucket, Summary };

/// What is declared of a metric.
struct MetricInfo {
  MetricKind kind = MetricKind::Unknown;
  /// If given, its series have no other labels than these (target labels such as `job` included).
  std::optional<std::vector<std::string>> labels;
  std::optional<Bounds> values;
};

struct FlowOptions {
  /// The declaration of a metric, or null. What it returns must live as long as the flow.
  std::function<const MetricInfo*(std::string_view metric)> declaration;
  Version target{};
};

/// One kind of series that the result of a node can consist of; `or` makes several.
struct Branch {
  NodeId source; ///< selector, number or call that the series come from
  LabelSet labels = LabelSet::open({});
  Bounds values;
  /// Kind of the metric while the values are still its samples (selectors, filters, `sum`, …).
  /// Without a declaration it is guessed from the name: a hint, no fact.
  MetricKind kind = MetricKind::Unknown;
  bool kindDeclared = false;
  /// Returns something whatever the data.
  bool alwaysReturns = false;
  /// A comparison without `bool`, `and`, `unless`, `absent` …: it depends on values or on other
  /// series whether there is a result. The first in the order of evaluation.
  std::optional<Reason> condition;
  /// The first aggregation that the series went through.
  std::optional<Reason> aggregated;
  /// It can never return anything, and why.
  std::optional<Reason> dead;
};

/// Both sides of an operator that do not fit on a label that they are matched by.
struct JoinProblem {
  enum class Kind : uint8_t {
    Never,    ///< one side always has the label, the other never; or their values differ
    OneLacks, ///< `on` names a label that one side never has and the other may have
    BothLack, ///< `on` names a label that neither side has
  };
  Kind kind = Kind::Never;
  NodeId binary;
  std::string_view label;
  LabelFact left;
  LabelFact right;
};

/// A comparison with a number, and what is known about its outcome beforehand.
struct ComparisonVerdict {
  NodeId binary;
  BinaryOp op = BinaryOp::Greater; ///< with the number on the right
  double threshold = 0;
  Bounds values; ///< of the other side, over all of its branches
  Verdict verdict = Verdict::Sometimes;
};

/// Refers to the expression, which must outlive it and stay where it is.
class LabelFlow {
public:
  /// An expression of more than `maxNodes` nodes is not followed: nothing is known of its results.
  explicit LabelFlow(const Expr& expr, const FlowOptions& options = {});

  [[nodiscard]] const Expr& expr() const { return *expr_; }
  /// Branches of the whole expression, of one node. None for strings and durations. At most
  /// `maxBranches`; what would go beyond is merged into the last.
  [[nodiscard]] std::span<const Branch> result() const {
    return branches_.empty() ? std::span<const Branch>() : at(expr_->root());
  }
  [[nodiscard]] std::span<const Branch> at(NodeId node) const { return branches_[node.index]; }

  /// What is known of a label of the result, over all branches that are not dead.
  [[nodiscard]] LabelFact label(std::string_view name) const;
  /// Is there a result whatever the data? / Is each branch subject to a condition?
  [[nodiscard]] bool alwaysReturns() const;
  [[nodiscard]] bool isConditional() const;
  /// Values of the result, over all branches that are not dead.
  [[nodiscard]] Bounds values() const;

  [[nodiscard]] const std::vector<JoinProblem>& joinProblems() const { return joinProblems_; }
  [[nodiscard]] const std::vector<ComparisonVerdict>& comparisons() const { return comparisons_; }

  static constexpr size_t maxBranches = 32;
  static constexpr size_t maxNodes = 10'000;

private:
  friend class FlowBuilder;
  const Expr* expr_;
  std::vector<std::vector<Branch>> branches_; ///< by node
  std::vector<JoinProblem> joinProblems_;
  std::vector<ComparisonVerdict> comparisons_;
};

/// A length of time that is looked back over.
struct RangeUse {
  NodeId node;          ///< RangeSelector or Subquery
  NodeId call;          ///< the function that takes it; not valid if none
  int64_t milliseconds; ///< 0 for a parameter or arithmetic
  TextRange range;      ///< of the duration
};
std::vector<RangeUse> ranges(const Expr& expr);

/// Selectors that can select a series of which these labels are known (others may have any value).
/// The metric's name is the label `__name__`. Parameters are taken to select anything.
std::vector<NodeId> selecting(const Expr& expr, const std::map<std::string, std::string>& labels);

/// `subject op threshold` at the root of an expression, parentheses aside; a number on the left is
/// brought to the right.
struct Threshold {
  NodeId comparison;
  NodeId subject;
  BinaryOp op = BinaryOp::Greater;
  double value = 0;
};
std::optional<Threshold> threshold(const Expr& expr);

/// Does `b` return something whenever `a` does? Says yes only where it is certain: for equal
/// expressions, the same subject with an easier threshold, and `and` and `or` of such.
bool implies(const Expr& a, const Expr& b);

} // namespace relc::promql
