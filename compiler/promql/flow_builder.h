#pragma once
// The rules of label flow, one function a kind of node. Private to label_flow*.cpp.

#include "compiler/promql/function_flow.h"
#include "compiler/promql/label_flow.h"

#include <vector>

namespace relc::promql {

using Branches = std::vector<Branch>;

class FlowBuilder {
public:
  FlowBuilder(LabelFlow& flow, const FlowOptions& options)
      : flow_(flow), expr_(flow.expr()), options_(options) {}
  void run();

private:
  // flow_builder.cpp: selectors, aggregations
  Branches flow(const Number& number, NodeId self);
  Branches flow(const String&, NodeId) { return {}; }
  Branches flow(const Selector& selector, NodeId self);
  Branches flow(const RangeSelector& selector, NodeId) { return at(selector.selector); }
  Branches flow(const Subquery& subquery, NodeId) { return at(subquery.expression); }
  Branches flow(const Call& call, NodeId self);
  Branches flow(const Aggregation& aggregation, NodeId self);
  Branches flow(const Binary& binary, NodeId self);
  Branches flow(const Unary& unary, NodeId self);
  Branches flow(const Paren& paren, NodeId) { return at(paren.inner); }
  Branches flow(const Parameter& parameter, NodeId self);
  Branches flow(const DurationArithmetic&, NodeId) { return {}; }
  [[nodiscard]] Branch unknown(NodeId self) const;
  void matcher(Branch& branch, const MatcherItem& item, std::vector<const MatcherItem*>& earlier);
  void declare(Branch& branch, const Selector& selector);
  Bounds aggregated(const Aggregation& aggregation, const Branch& branch, bool single);
  std::vector<std::string_view> names(Slice<LabelItem> slice, bool& parameters) const;

  // flow_calls.cpp
  Branch noLabels(NodeId self, std::string_view why);
  Branches absent(const Call& call, NodeId self);
  void absentLabels(LabelSet& labels, NodeId argument, const Call& call);
  void replaceLabel(Branch& branch, const Call& call);
  void joinLabels(Branch& branch, const Call& call);
  void quantile(Branch& branch, const Call& call);
  Bounds values(const FunctionFlow& effect, const Call& call, const Bounds& argument);
  Bounds valuesOf(NodeId node) const;
  const std::string* constantString(NodeId node) const;

  // flow_joins.cpp
  Branches withNumber(const Binary& binary, NodeId self);
  Branches setOperation(const Binary& binary, NodeId self);
  Branches join(const Binary& binary, NodeId self);
  LabelSet joined(const Binary& binary, const LabelSet& left, const LabelSet& right);
  void joinedValues(const Binary& binary, Branch& branch, const Bounds& left, const Bounds& right);
  void filter(const Binary& binary, Branch& branch, BinaryOp op, const Bounds& values,
              const Bounds& other);
  std::optional<std::string_view> mismatch(const Binary& binary, const LabelSet& left,
                                           const LabelSet& right);
  void findJoinProblems(const Binary& binary, NodeId self);
  void judgeComparison(const Binary& binary, NodeId self);
  [[nodiscard]] bool isPart(NodeId part, NodeId whole, const Binary* match, bool counted,
                            int depth) const;
  [[nodiscard]] bool isPartOfGroup(const Aggregation& part, const Aggregation& whole,
                                   const Binary* match) const;

  [[nodiscard]] const Branches& at(NodeId node) const { return flow_.branches_[node.index]; }
  [[nodiscard]] TextRange range(NodeId node) const { return expr_.node(node).range; }
  [[nodiscard]] bool isVector(NodeId node) const {
    return expr_.node(node).type != ValueType::Scalar;
  }

  LabelFlow& flow_;
  const Expr& expr_;
  const FlowOptions& options_;
};

/// One branch that says what holds for all of them; they must not be none.
Branch summary(const Branches& branches);
/// Keeps at most LabelFlow::maxBranches.
void bound(Branches& branches);
void kill(Branch& branch, Reason reason);

} // namespace relc::promql
