#pragma once
// Decimals of rules, which are small: where a result does not fit, the first operand stands for it.
// Private to this backend.

#include "compiler/model/quantity.h"

#include <cstdint>

namespace relc::prometheus {

inline model::Decimal mul(model::Decimal a, model::Decimal b) {
  return model::multiply(a, b).value_or(a);
}
inline model::Decimal plus(model::Decimal a, model::Decimal b) {
  return model::add(a, b).value_or(a);
}
inline model::Decimal minus(model::Decimal a, model::Decimal b) {
  return model::subtract(a, b).value_or(a);
}
inline model::Decimal over(model::Decimal a, model::Decimal b) {
  return model::divide(a, b).value_or(a);
}
/// How many steps it takes to get that far.
inline int64_t stepsIn(model::Decimal seconds, model::Decimal step) {
  return static_cast<int64_t>(model::divide(seconds, step).value_or(1).toDouble() + 0.999);
}

} // namespace relc::prometheus
