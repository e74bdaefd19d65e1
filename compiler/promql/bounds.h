#pragma once
// Which values the samples of a result can have: an interval, and whether they can be NaN. Measured
// values are taken to be finite numbers; NaN comes from calculating (0/0) or is written.

#include "compiler/promql/tree.h"

#include <limits>
#include <optional>

namespace relc::promql {

struct Bounds {
  double min = -std::numeric_limits<double>::infinity();
  double max = std::numeric_limits<double>::infinity();
  bool minOpen = false; ///< `min` itself is not reached
  bool maxOpen = false;
  bool nan = false; ///< NaN is possible as well

  static Bounds exactly(double value);
  static Bounds between(double min, double max) { return {min, max, false, false, false}; }
  static Bounds atLeast(double min) {
    return {min, std::numeric_limits<double>::infinity(), false, false, false};
  }

  /// The value, if there is only one.
  [[nodiscard]] std::optional<double> constant() const;
  [[nodiscard]] bool contains(double value) const;
  [[nodiscard]] bool nonNegative() const { return min >= 0; }
};

/// Of a value that obeys one or the other.
Bounds hull(const Bounds& a, const Bounds& b);
/// Of `a op b`, for the arithmetic operators.
Bounds arithmetic(BinaryOp op, const Bounds& a, const Bounds& b);
/// Of the values of `a` for which `a op b` holds; nothing if there are none.
std::optional<Bounds> filtered(BinaryOp op, const Bounds& a, const Bounds& b);
/// `<` for `>`, and so on: the operator with its sides exchanged.
BinaryOp mirrored(BinaryOp comparison);

enum class Verdict : uint8_t { Never, Sometimes, Always };
/// Does the comparison hold for the values that both sides can have?
Verdict compare(BinaryOp op, const Bounds& a, const Bounds& b);

} // namespace relc::promql
