#pragma once
// What each function does to labels and values.

#include "compiler/promql/bounds.h"

#include <span>
#include <string_view>

namespace relc::promql {

enum class LabelEffect : uint8_t {
  DropName, ///< all labels but the metric's name
  Keep,     ///< unchanged
  None,     ///< no labels at all: scalars
  Vector,   ///< no labels, always one series: `vector`
  Absent,   ///< made up from equality matchers
  Quantile, ///< drops the name and `le`
  Replace,  ///< `label_replace`
  Join,     ///< `label_join`
  Info,     ///< may add any
};

enum class ValueEffect : uint8_t {
  Fixed,    ///< `low` to `high`, whatever the argument
  Preserve, ///< within the bounds of the argument
  Sign,     ///< ≥ 0 if the argument is
  Rate,     ///< ≥ 0 for counters
  Unknown,  ///< any number
  // Each function of these names for itself:
  Abs,
  ClampMin,
  ClampMax,
  Clamp,
  Round,
  Scalar,
  MaxOf,
  MinOf,
};

struct FunctionFlow {
  std::string_view name;
  LabelEffect labels = LabelEffect::DropName;
  ValueEffect values = ValueEffect::Unknown;
  double low = 0;
  double high = 0;
  bool nan = false;     ///< makes NaN of numbers
  bool samples = false; ///< the values are still samples of the metric
  bool pair = false;    ///< needs two samples in the range
};

/// A row for each function of the function table, sorted by name.
std::span<const FunctionFlow> allFunctionFlows();
/// Null for a function that is not known.
const FunctionFlow* findFunctionFlow(std::string_view name);

} // namespace relc::promql
