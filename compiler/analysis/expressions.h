#pragma once
// The PromQL that the workspace relies on, one expression at a time, as the checks of the REL4xxx
// see it. Private to this room.

#include "compiler/analysis/catalogue.h"
#include "compiler/analysis/families.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace relc::analysis {

/// What an expression is there for.
enum class Role : uint8_t {
  Condition, ///< of an alert
  Events,    ///< `good`, `bad`, `total`: counters, of which rates are taken
  Histogram, ///< a selector of a histogram without `_bucket`
  Slice,     ///< `good_when`
  Value,     ///< `timestamp`, `ratio`
};

/// An expression, where it stands, and what is known of its results.
class Expression {
public:
  struct Site {
    EntityId about; ///< the alert, sli or SLO that is judged
    Role role = Role::Condition;
    source::Range whole; ///< shown where the text of the expression is not that of the source
    source::Range from;  ///< where the text comes from, if `whole` is elsewhere; else not valid
    /// Are offsets in the expression those of a file, and from where?
    bool exact = false;
    source::FileId file;
    uint32_t textBegin = 0;
  };
  using Edits = std::vector<std::pair<promql::TextRange, std::string>>;

  Expression(const Index& index, const Catalogue& catalogue, const Site& site,
             const promql::Expr& expr, const promql::Options& options, FindingList& findings);

  const Index& index;
  const Catalogue& catalogue;
  const Site& site;
  const promql::Expr& expr;
  const promql::Version target;
  const promql::FlowOptions flowOptions; ///< owns names of labels that the flow refers to
  const promql::LabelFlow flow;

  // --- the tree
  [[nodiscard]] promql::NodeId parent(promql::NodeId node) const { return parents_[node.index]; }
  [[nodiscard]] const promql::Node& node(promql::NodeId id) const { return expr.node(id); }
  /// The node without the parentheses around it.
  [[nodiscard]] promql::NodeId bare(promql::NodeId node) const;
  /// The name of the metric that a selector, or the selector of a range, asks for; empty if it
  /// names none.
  [[nodiscard]] std::string_view metricOf(promql::NodeId selector) const;
  /// The text, in back-quotes, on one line and cut if it is long.
  [[nodiscard]] std::string quote(promql::TextRange range, size_t longest = 72) const;
  [[nodiscard]] std::string quote(promql::NodeId node) const {
    return quote(expr.node(node).range);
  }

  /// How an aggregation whose token (`by (…)`, or its name) takes the label away can keep it; empty
  /// if the token is another one.
  [[nodiscard]] Edits toKeep(std::string_view label, promql::TextRange token) const;

  // --- findings
  Finding& find(Check check, promql::TextRange place, std::string message) const;
  /// A further place, with what to say about it.
  void show(Finding& finding, promql::TextRange place, std::string_view text) const;
  void fix(Finding& finding, std::string title, const Edits& edits) const;
  /// To be called of a finding that tells why a node has no results: if therefore the whole
  /// expression has none, the finding says so and becomes an error.
  void conclude(Finding& finding) const;
  /// Does no branch of the result ever return anything?
  [[nodiscard]] bool neverReturns() const { return neverReturns_; }
  /// Has a finding said why it never returns anything?
  [[nodiscard]] bool explained() const { return explained_; }

private:
  [[nodiscard]] source::Range rangeOf(promql::TextRange place) const;

  FindingList& findings_;
  std::vector<promql::NodeId> parents_;
  bool neverReturns_ = false;
  mutable bool explained_ = false;
};

/// "`5m`".
std::string shownMilliseconds(int64_t milliseconds);
/// "the series of a selector have a name: `le` goes here" …
std::string lostHere(const promql::LabelFact& fact, std::string_view label);

// The checks, by topic. Each judges one expression.
void checkRates(const Expression& e);      ///< expressions_rates.cpp
void checkRanges(const Expression& e);     ///< expressions_rates.cpp
void checkQuantiles(const Expression& e);  ///< expressions_quantiles.cpp
void checkMatching(const Expression& e);   ///< expressions_matching.cpp
void checkGrouping(const Expression& e);   ///< expressions_matching.cpp
void checkAbsence(const Expression& e);    ///< expressions_idioms.cpp
void checkSelection(const Expression& e);  ///< expressions_idioms.cpp
void checkDivisions(const Expression& e);  ///< expressions_values.cpp
void checkOutcomes(const Expression& e);   ///< expressions_values.cpp
void checkPatterns(const Expression& e);   ///< expressions_matchers.cpp
void checkBoundaries(const Expression& e); ///< expressions_matchers.cpp
void checkNames(const Expression& e);      ///< expressions_names.cpp
void checkCondition(const Expression& e);  ///< expressions_condition.cpp

} // namespace relc::analysis
