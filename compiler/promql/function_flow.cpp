#include "compiler/promql/function_flow.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace relc::promql {

namespace {

using L = LabelEffect;
using V = ValueEffect;
constexpr double inf = std::numeric_limits<double>::infinity();
constexpr double pi = 3.14159265358979323846;

// clang-format off
constexpr FunctionFlow flows[] = {
    {"abs", L::DropName, V::Abs},
    {"absent", L::Absent, V::Fixed, 1, 1},
    {"absent_over_time", L::Absent, V::Fixed, 1, 1},
    {"acos", L::DropName, V::Fixed, 0, pi, true},
    {"acosh", L::DropName, V::Fixed, 0, inf, true},
    {"asin", L::DropName, V::Fixed, -pi / 2, pi / 2, true},
    {"asinh", L::DropName, V::Sign},
    {"atan", L::DropName, V::Fixed, -pi / 2, pi / 2},
    {"atanh", L::DropName, V::Unknown, 0, 0, true},
    {"avg_over_time", L::DropName, V::Preserve, 0, 0, false, true},
    {"ceil", L::DropName, V::Round},
    {"changes", L::DropName, V::Fixed, 0, inf},
    {"clamp", L::DropName, V::Clamp},
    {"clamp_max", L::DropName, V::ClampMax},
    {"clamp_min", L::DropName, V::ClampMin},
    {"cos", L::DropName, V::Fixed, -1, 1},
    {"cosh", L::DropName, V::Fixed, 1, inf},
    {"count_over_time", L::DropName, V::Fixed, 1, inf},
    {"day_of_month", L::DropName, V::Fixed, 1, 31},
    {"day_of_week", L::DropName, V::Fixed, 0, 6},
    {"day_of_year", L::DropName, V::Fixed, 1, 366},
    {"days_in_month", L::DropName, V::Fixed, 28, 31},
    {"deg", L::DropName, V::Sign},
    {"delta", L::DropName, V::Unknown, 0, 0, false, false, true},
    {"deriv", L::DropName, V::Unknown, 0, 0, false, false, true},
    {"double_exponential_smoothing", L::DropName, V::Unknown, 0, 0, false, false, true},
    {"end", L::None, V::Fixed, -inf, inf},
    {"exp", L::DropName, V::Fixed, 0, inf},
    {"first_over_time", L::Keep, V::Preserve, 0, 0, false, true},
    {"floor", L::DropName, V::Round},
    {"histogram_avg", L::DropName, V::Unknown, 0, 0, true},
    {"histogram_count", L::DropName, V::Fixed, 0, inf},
    {"histogram_fraction", L::Quantile, V::Fixed, 0, 1, true},
    {"histogram_quantile", L::Quantile, V::Unknown, 0, 0, true},
    {"histogram_quantiles", L::Quantile, V::Unknown, 0, 0, true},
    {"histogram_stddev", L::DropName, V::Fixed, 0, inf, true},
    {"histogram_stdvar", L::DropName, V::Fixed, 0, inf, true},
    {"histogram_sum", L::DropName, V::Unknown},
    {"holt_winters", L::DropName, V::Unknown, 0, 0, false, false, true},
    {"hour", L::DropName, V::Fixed, 0, 23},
    {"idelta", L::DropName, V::Unknown, 0, 0, false, false, true},
    {"increase", L::DropName, V::Rate, 0, 0, false, false, true},
    {"info", L::Info, V::Preserve, 0, 0, false, true},
    {"irate", L::DropName, V::Rate, 0, 0, false, false, true},
    {"label_join", L::Join, V::Preserve, 0, 0, false, true},
    {"label_replace", L::Replace, V::Preserve, 0, 0, false, true},
    {"last_over_time", L::Keep, V::Preserve, 0, 0, false, true},
    {"ln", L::DropName, V::Unknown, 0, 0, true},
    {"log10", L::DropName, V::Unknown, 0, 0, true},
    {"log2", L::DropName, V::Unknown, 0, 0, true},
    {"mad_over_time", L::DropName, V::Fixed, 0, inf},
    {"max_of", L::None, V::MaxOf},
    {"max_over_time", L::DropName, V::Preserve, 0, 0, false, true},
    {"min_of", L::None, V::MinOf},
    {"min_over_time", L::DropName, V::Preserve, 0, 0, false, true},
    {"minute", L::DropName, V::Fixed, 0, 59},
    {"month", L::DropName, V::Fixed, 1, 12},
    {"pi", L::None, V::Fixed, pi, pi},
    {"predict_linear", L::DropName, V::Unknown, 0, 0, false, false, true},
    {"present_over_time", L::DropName, V::Fixed, 1, 1},
    {"quantile_over_time", L::DropName, V::Unknown, 0, 0, false, true},
    {"rad", L::DropName, V::Sign},
    {"range", L::None, V::Fixed, 0, inf},
    {"rate", L::DropName, V::Rate, 0, 0, false, false, true},
    {"resets", L::DropName, V::Fixed, 0, inf},
    {"round", L::DropName, V::Sign},
    {"scalar", L::None, V::Scalar},
    {"sgn", L::DropName, V::Fixed, -1, 1},
    {"sin", L::DropName, V::Fixed, -1, 1},
    {"sinh", L::DropName, V::Sign},
    {"sort", L::Keep, V::Preserve, 0, 0, false, true},
    {"sort_by_label", L::Keep, V::Preserve, 0, 0, false, true},
    {"sort_by_label_desc", L::Keep, V::Preserve, 0, 0, false, true},
    {"sort_desc", L::Keep, V::Preserve, 0, 0, false, true},
    {"sqrt", L::DropName, V::Fixed, 0, inf, true},
    {"start", L::None, V::Fixed, -inf, inf},
    {"start_timestamp", L::DropName, V::Unknown},
    {"stddev_over_time", L::DropName, V::Fixed, 0, inf},
    {"stdvar_over_time", L::DropName, V::Fixed, 0, inf},
    {"step", L::None, V::Fixed, 0, inf},
    {"sum_over_time", L::DropName, V::Sign, 0, 0, false, true},
    {"tan", L::DropName, V::Unknown},
    {"tanh", L::DropName, V::Fixed, -1, 1},
    {"time", L::None, V::Fixed, -inf, inf},
    {"timestamp", L::DropName, V::Unknown},
    {"ts_of_first_over_time", L::DropName, V::Unknown},
    {"ts_of_last_over_time", L::DropName, V::Unknown},
    {"ts_of_max_over_time", L::DropName, V::Unknown},
    {"ts_of_min_over_time", L::DropName, V::Unknown},
    {"vector", L::Vector, V::Preserve},
    {"year", L::DropName, V::Unknown},
};
// clang-format on

static_assert(std::is_sorted(std::begin(flows), std::end(flows),
                             [](const FunctionFlow& a, const FunctionFlow& b) {
                               return a.name < b.name;
                             }));

} // namespace

std::span<const FunctionFlow> allFunctionFlows() {
  return flows;
}

const FunctionFlow* findFunctionFlow(std::string_view name) {
  const auto* found = std::lower_bound(
      std::begin(flows), std::end(flows), name,
      [](const FunctionFlow& f, std::string_view wanted) { return f.name < wanted; });
  return found != std::end(flows) && found->name == name ? found : nullptr;
}

} // namespace relc::promql
