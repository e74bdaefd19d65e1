#include "compiler/promql/functions.h"

#include <algorithm>

namespace relc::promql {

namespace {

constexpr ValueType V = ValueType::Vector;
constexpr ValueType R = ValueType::Range;
constexpr ValueType S = ValueType::Scalar;
constexpr ValueType T = ValueType::String;
constexpr Version always = Function::always;
constexpr int8_t unlimited = Function::unlimited;

// Signatures as of Prometheus 3.14; first versions from the function tables of its releases, asked
// from 2.42 on.
// clang-format off
constexpr Function functions[] = {
    {"abs", {V}, V},
    {"absent", {V}, V},
    {"absent_over_time", {R}, V},
    {"acos", {V}, V},
    {"acosh", {V}, V},
    {"asin", {V}, V},
    {"asinh", {V}, V},
    {"atan", {V}, V},
    {"atanh", {V}, V},
    {"avg_over_time", {R}, V},
    {"ceil", {V}, V},
    {"changes", {R}, V},
    {"clamp", {V, S, S}, V},
    {"clamp_max", {V, S}, V},
    {"clamp_min", {V, S}, V},
    {"cos", {V}, V},
    {"cosh", {V}, V},
    {"count_over_time", {R}, V},
    {"day_of_month", {V}, V, 1},
    {"day_of_week", {V}, V, 1},
    {"day_of_year", {V}, V, 1},
    {"days_in_month", {V}, V, 1},
    {"deg", {V}, V},
    {"delta", {R}, V},
    {"deriv", {R}, V},
    {"double_exponential_smoothing", {R, S, S}, V, 0, {3, 0}, true},
    {"end", {}, S, 0, {3, 12}, true},
    {"exp", {V}, V},
    {"first_over_time", {R}, V, 0, {3, 7}, true, {3, 14}},
    {"floor", {V}, V},
    {"histogram_avg", {V}, V, 0, {2, 51}},
    {"histogram_count", {V}, V},
    {"histogram_fraction", {S, S, V}, V},
    {"histogram_quantile", {S, V}, V},
    {"histogram_quantiles", {V, T, S, S}, V, 9, {3, 11}, true},
    {"histogram_stddev", {V}, V, 0, {2, 47}},
    {"histogram_stdvar", {V}, V, 0, {2, 47}},
    {"histogram_sum", {V}, V},
    {"holt_winters", {R, S, S}, V, 0, always, false, always, {3, 0}},
    {"hour", {V}, V, 1},
    {"idelta", {R}, V},
    {"increase", {R}, V},
    {"info", {V, V}, V, 1, {2, 55}, true},
    {"irate", {R}, V},
    {"label_join", {V, T, T, T}, V, unlimited},
    {"label_replace", {V, T, T, T, T}, V},
    {"last_over_time", {R}, V},
    {"ln", {V}, V},
    {"log10", {V}, V},
    {"log2", {V}, V},
    {"mad_over_time", {R}, V, 0, {2, 49}, true},
    {"max_of", {S, S}, S, 0, {3, 13}, true},
    {"max_over_time", {R}, V},
    {"min_of", {S, S}, S, 0, {3, 13}, true},
    {"min_over_time", {R}, V},
    {"minute", {V}, V, 1},
    {"month", {V}, V, 1},
    {"pi", {}, S},
    {"predict_linear", {R, S}, V},
    {"present_over_time", {R}, V},
    {"quantile_over_time", {S, R}, V},
    {"rad", {V}, V},
    {"range", {}, S, 0, {3, 12}, true},
    {"rate", {R}, V},
    {"resets", {R}, V},
    {"round", {V, S}, V, 1},
    {"scalar", {V}, S},
    {"sgn", {V}, V},
    {"sin", {V}, V},
    {"sinh", {V}, V},
    {"sort", {V}, V},
    {"sort_by_label", {V, T}, V, unlimited, {2, 49}, true},
    {"sort_by_label_desc", {V, T}, V, unlimited, {2, 49}, true},
    {"sort_desc", {V}, V},
    {"sqrt", {V}, V},
    {"start", {}, S, 0, {3, 12}, true},
    {"start_timestamp", {V}, V, 0, {3, 14}, true},
    {"stddev_over_time", {R}, V},
    {"stdvar_over_time", {R}, V},
    {"step", {}, S, 0, {3, 12}, true},
    {"sum_over_time", {R}, V},
    {"tan", {V}, V},
    {"tanh", {V}, V},
    {"time", {}, S},
    {"timestamp", {V}, V},
    {"ts_of_first_over_time", {R}, V, 0, {3, 7}, true},
    {"ts_of_last_over_time", {R}, V, 0, {3, 5}, true},
    {"ts_of_max_over_time", {R}, V, 0, {3, 5}, true},
    {"ts_of_min_over_time", {R}, V, 0, {3, 5}, true},
    {"vector", {S}, V},
    {"year", {V}, V, 1},
};
// clang-format on

constexpr bool sorted() {
  return std::is_sorted(std::begin(functions), std::end(functions),
                        [](const Function& a, const Function& b) { return a.name < b.name; });
}
static_assert(sorted(), "findFunction searches by halves");

} // namespace

std::span<const Function> allFunctions() {
  return functions;
}

const Function* findFunction(std::string_view name) {
  const auto* found =
      std::lower_bound(std::begin(functions), std::end(functions), name,
                       [](const Function& f, std::string_view wanted) { return f.name < wanted; });
  return found != std::end(functions) && found->name == name ? found : nullptr;
}

} // namespace relc::promql
