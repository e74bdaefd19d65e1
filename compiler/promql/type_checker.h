#pragma once
// Prometheus' type rules over a complete tree.

#include "compiler/promql/promql.h"

#include <vector>

namespace relc::promql {

class TypeChecker {
public:
  TypeChecker(Expr& expr, std::vector<Error>& errors) : expr_(expr), errors_(errors) {}

  /// Sets the type of every node; with `report`, adds an error for each rule that is broken.
  void check(bool report);
  /// The result of a rule has to be a scalar or an instant vector.
  void checkRule();

private:
  ValueType check(const Number&, const Node&) { return ValueType::Scalar; }
  ValueType check(const String&, const Node&) { return ValueType::String; }
  ValueType check(const Selector& selector, const Node& node);
  ValueType check(const RangeSelector&, const Node&) { return ValueType::Range; }
  ValueType check(const Subquery& subquery, const Node& node);
  ValueType check(const Call& call, const Node& node);
  ValueType check(const Aggregation& aggregation, const Node& node);
  ValueType check(const Binary& binary, const Node& node);
  ValueType check(const Unary& unary, const Node& node);
  ValueType check(const Paren& paren, const Node&) { return type(paren.inner); }
  ValueType check(const Parameter& parameter, const Node&);
  ValueType check(const DurationArithmetic&, const Node&) { return ValueType::None; }

  void checkCount(const Call& call, const Node& node);
  void checkInfo(const Call& call, const Node& node);
  void checkMatching(const Binary& binary, const Node& node);
  void expect(NodeId id, ValueType wanted, std::string_view context);
  void fail(TextRange range, std::string message);
  [[nodiscard]] ValueType type(NodeId id) const { return expr_.node(id).type; }

  Expr& expr_;
  std::vector<Error>& errors_;
  std::vector<bool> mayBeEmpty_; ///< selectors that need no matcher: the second argument of `info`
  bool report_ = true;
};

} // namespace relc::promql
