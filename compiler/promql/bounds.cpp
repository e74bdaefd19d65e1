#include "compiler/promql/bounds.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace relc::promql {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// Of all products (quotients …) of the ends; an end that is NaN (∞ − ∞, 0 · ∞) says nothing.
template <class F>
Bounds ofEnds(const Bounds& a, const Bounds& b, F f) {
  const std::array<double, 4> ends = {f(a.min, b.min), f(a.min, b.max), f(a.max, b.min),
                                      f(a.max, b.max)};
  if (std::any_of(ends.begin(), ends.end(), [](double end) { return std::isnan(end); })) return {};
  const auto [low, high] = std::minmax_element(ends.begin(), ends.end());
  return Bounds::between(*low, *high);
}

Bounds quotient(const Bounds& a, const Bounds& b) {
  Bounds result;
  if (a.nonNegative() && b.nonNegative()) {
    result.min = std::isinf(b.max) || b.max == 0 ? 0 : a.min / b.max;
    result.max = b.min == 0 ? infinity : a.max / b.min;
  } else if (b.min > 0 || b.max < 0) {
    result = ofEnds(a, b, [](double x, double y) { return x / y; });
  }
  result.nan = a.contains(0) && b.contains(0);
  return result;
}

Bounds product(const Bounds& a, const Bounds& b) {
  Bounds result = ofEnds(a, b, [](double x, double y) { return x == 0 || y == 0 ? 0 : x * y; });
  const auto isInfinite = [](const Bounds& x) { return x.min == x.max && std::isinf(x.min); };
  result.nan = isInfinite(a) || isInfinite(b);
  return result;
}

Bounds modulo(const Bounds& a, const Bounds& b) {
  // The sign is that of the left side, the magnitude below that of the right.
  Bounds result;
  if (a.nonNegative()) result.min = 0;
  if (const auto y = b.constant()) {
    result.max = std::abs(*y);
    if (!a.nonNegative()) result.min = -std::abs(*y);
  }
  result.nan = b.contains(0);
  return result;
}

Bounds power(const Bounds& a, const Bounds& b) {
  Bounds result;
  if (a.nonNegative()) return Bounds::atLeast(0);
  const auto exponent = b.constant();
  result.nan = !exponent || std::floor(*exponent) != *exponent;
  if (!result.nan && std::fmod(*exponent, 2) == 0) result.min = 0;
  return result;
}

double apply(BinaryOp op, double x, double y) {
  switch (op) {
  case BinaryOp::Add: return x + y;
  case BinaryOp::Subtract: return x - y;
  case BinaryOp::Multiply: return x * y;
  case BinaryOp::Divide: return x / y;
  case BinaryOp::Modulo: return std::fmod(x, y);
  case BinaryOp::Power: return std::pow(x, y);
  default: return std::atan2(x, y);
  }
}

} // namespace

Bounds Bounds::exactly(double value) {
  if (std::isnan(value)) return {infinity, -infinity, false, false, true};
  return between(value, value);
}

std::optional<double> Bounds::constant() const {
  if (min == max && !nan) return min;
  if (min > max && nan) return std::numeric_limits<double>::quiet_NaN();
  return std::nullopt;
}

bool Bounds::contains(double value) const {
  return (value > min || (value == min && !minOpen)) && (value < max || (value == max && !maxOpen));
}

Bounds hull(const Bounds& a, const Bounds& b) {
  Bounds result;
  result.min = std::min(a.min, b.min);
  result.max = std::max(a.max, b.max);
  result.minOpen = !a.contains(result.min) && !b.contains(result.min) && std::isfinite(result.min);
  result.maxOpen = !a.contains(result.max) && !b.contains(result.max) && std::isfinite(result.max);
  result.nan = a.nan || b.nan;
  return result;
}

Bounds arithmetic(BinaryOp op, const Bounds& a, const Bounds& b) {
  const auto x = a.constant();
  const auto y = b.constant();
  if (x && y) return Bounds::exactly(apply(op, *x, *y));
  Bounds result;
  switch (op) {
  case BinaryOp::Add: result = Bounds::between(a.min + b.min, a.max + b.max); break;
  case BinaryOp::Subtract: result = Bounds::between(a.min - b.max, a.max - b.min); break;
  case BinaryOp::Multiply: result = product(a, b); break;
  case BinaryOp::Divide: result = quotient(a, b); break;
  case BinaryOp::Modulo: result = modulo(a, b); break;
  case BinaryOp::Power: result = power(a, b); break;
  case BinaryOp::Atan2: result = Bounds::between(-M_PI, M_PI); break;
  default: break;
  }
  const bool nan = result.nan || a.nan || b.nan;
  if (std::isnan(result.min) || std::isnan(result.max)) result = {};
  result.nan = nan;
  return result;
}

BinaryOp mirrored(BinaryOp comparison) {
  switch (comparison) {
  case BinaryOp::Less: return BinaryOp::Greater;
  case BinaryOp::LessEqual: return BinaryOp::GreaterEqual;
  case BinaryOp::Greater: return BinaryOp::Less;
  case BinaryOp::GreaterEqual: return BinaryOp::LessEqual;
  default: return comparison;
  }
}

std::optional<Bounds> filtered(BinaryOp op, const Bounds& a, const Bounds& b) {
  if (compare(op, a, b) == Verdict::Never) return std::nullopt;
  Bounds result = a;
  // NaN passes `!=` only.
  result.nan = a.nan && op == BinaryOp::NotEqual;
  const auto raise = [&](double min, bool open) {
    if (min > result.min || (min == result.min && open)) result.min = min, result.minOpen = open;
  };
  const auto lower = [&](double max, bool open) {
    if (max < result.max || (max == result.max && open)) result.max = max, result.maxOpen = open;
  };
  switch (op) {
  case BinaryOp::Greater: raise(b.min, true); break;
  case BinaryOp::GreaterEqual: raise(b.min, b.minOpen); break;
  case BinaryOp::Less: lower(b.max, true); break;
  case BinaryOp::LessEqual: lower(b.max, b.maxOpen); break;
  case BinaryOp::Equal:
    raise(b.min, b.minOpen);
    lower(b.max, b.maxOpen);
    break;
  case BinaryOp::NotEqual:
    if (b.constant() == a.min) result.minOpen = true;
    if (b.constant() == a.max) result.maxOpen = true;
    break;
  default: break;
  }
  return result;
}

Verdict compare(BinaryOp op, const Bounds& a, const Bounds& b) {
  // Comparing with NaN gives false, or true for `!=`.
  const bool empty = a.min > a.max || b.min > b.max;
  if (empty) return op == BinaryOp::NotEqual ? Verdict::Always : Verdict::Never;
  const bool nan = a.nan || b.nan;
  const auto below = [](const Bounds& x, const Bounds& y) { // all of x < all of y
    return x.max < y.min || (x.max == y.min && (x.maxOpen || y.minOpen));
  };
  const auto notAbove = [](const Bounds& x, const Bounds& y) { return x.max <= y.min; };
  const auto verdict = [&](bool always, bool never) {
    if (never) return Verdict::Never;
    return always && !nan ? Verdict::Always : Verdict::Sometimes;
  };
  const bool same = a.min == a.max && b.min == b.max && a.min == b.min;
  const bool apart = below(a, b) || below(b, a);
  switch (op) {
  case BinaryOp::Less: return verdict(below(a, b), notAbove(b, a));
  case BinaryOp::LessEqual: return verdict(notAbove(a, b), below(b, a));
  case BinaryOp::Greater: return verdict(below(b, a), notAbove(a, b));
  case BinaryOp::GreaterEqual: return verdict(notAbove(b, a), below(a, b));
  case BinaryOp::Equal: return verdict(same, apart);
  case BinaryOp::NotEqual:
    return same && !nan ? Verdict::Never : apart ? Verdict::Always : Verdict::Sometimes;
  default: return Verdict::Sometimes;
  }
}

} // namespace relc::promql
