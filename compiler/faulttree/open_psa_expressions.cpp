#include "compiler/faulttree/open_psa_expressions.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <numbers>
#include <numeric>

namespace relc::faulttree {

namespace {

using Values = std::span<const double>;

struct Function {
  std::string_view name;
  size_t least, most; ///< arguments
  double (*value)(Values);
};

constexpr size_t many = ~size_t(0);
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

double fold(Values values, double (*step)(double, double)) {
  double result = values[0];
  for (double value : values.subspan(1)) result = step(result, value);
  return result;
}

/// Failure on demand with repair that takes no time: SCRAM's reading of the four-argument form.
double periodicTest(Values v) {
  const double rate = v[0], period = v[1], first = v[2], time = v[3];
  if (time <= first) return -std::expm1(-rate * time);
  const double since = std::fmod(time - first, period);
  return -std::expm1(-rate * (since == 0 ? period : since));
}

// Random deviates are their means: what is computed is a point value.
constexpr auto functionTable = std::to_array<Function>({
    {"neg", 1, 1, [](Values v) { return -v[0]; }},
    {"add", 1, many, [](Values v) { return fold(v, [](double a, double b) { return a + b; }); }},
    {"sub", 1, many, [](Values v) { return fold(v, [](double a, double b) { return a - b; }); }},
    {"mul", 1, many, [](Values v) { return fold(v, [](double a, double b) { return a * b; }); }},
    {"div", 1, many, [](Values v) { return fold(v, [](double a, double b) { return a / b; }); }},
    {"min", 1, many, [](Values v) { return *std::min_element(v.begin(), v.end()); }},
    {"max", 1, many, [](Values v) { return *std::max_element(v.begin(), v.end()); }},
    {"mean", 1, many,
     [](Values v) { return std::accumulate(v.begin(), v.end(), 0.0) / double(v.size()); }},
    {"pi", 0, 0, [](Values) { return std::numbers::pi; }},
    {"abs", 1, 1, [](Values v) { return std::abs(v[0]); }},
    {"acos", 1, 1, [](Values v) { return std::acos(v[0]); }},
    {"asin", 1, 1, [](Values v) { return std::asin(v[0]); }},
    {"atan", 1, 1, [](Values v) { return std::atan(v[0]); }},
    {"cos", 1, 1, [](Values v) { return std::cos(v[0]); }},
    {"cosh", 1, 1, [](Values v) { return std::cosh(v[0]); }},
    {"exp", 1, 1, [](Values v) { return std::exp(v[0]); }},
    {"log", 1, 1, [](Values v) { return std::log(v[0]); }},
    {"log10", 1, 1, [](Values v) { return std::log10(v[0]); }},
    {"mod", 2, 2, [](Values v) { return std::fmod(v[0], v[1]); }},
    {"pow", 2, 2, [](Values v) { return std::pow(v[0], v[1]); }},
    {"sin", 1, 1, [](Values v) { return std::sin(v[0]); }},
    {"sinh", 1, 1, [](Values v) { return std::sinh(v[0]); }},
    {"tan", 1, 1, [](Values v) { return std::tan(v[0]); }},
    {"tanh", 1, 1, [](Values v) { return std::tanh(v[0]); }},
    {"sqrt", 1, 1, [](Values v) { return std::sqrt(v[0]); }},
    {"ceil", 1, 1, [](Values v) { return std::ceil(v[0]); }},
    {"floor", 1, 1, [](Values v) { return std::floor(v[0]); }},
    {"not", 1, 1, [](Values v) { return double(v[0] == 0); }},
    {"and", 1, many,
     [](Values v) { return double(std::all_of(v.begin(), v.end(), [](double x) { return x != 0; })); }},
    {"or", 1, many,
     [](Values v) { return double(std::any_of(v.begin(), v.end(), [](double x) { return x != 0; })); }},
    {"eq", 2, 2, [](Values v) { return double(v[0] == v[1]); }},
    {"df", 2, 2, [](Values v) { return double(v[0] != v[1]); }},
    {"lt", 2, 2, [](Values v) { return double(v[0] < v[1]); }},
    {"gt", 2, 2, [](Values v) { return double(v[0] > v[1]); }},
    {"leq", 2, 2, [](Values v) { return double(v[0] <= v[1]); }},
    {"geq", 2, 2, [](Values v) { return double(v[0] >= v[1]); }},
    {"ite", 3, 3, [](Values v) { return v[0] != 0 ? v[1] : v[2]; }},
    // rate, time
    {"exponential", 2, 2, [](Values v) { return -std::expm1(-v[0] * v[1]); }},
    // probability on demand, failure rate, repair rate, time
    {"GLM", 4, 4,
     [](Values v) {
       const double sum = v[1] + v[2], limit = v[1] / sum;
       return limit + (v[0] - limit) * std::exp(-sum * v[3]);
     }},
    // scale, shape, beginning, time
    {"Weibull", 4, 4,
     [](Values v) {
       return v[3] <= v[2] ? 0 : -std::expm1(-std::pow((v[3] - v[2]) / v[0], v[1]));
     }},
    {"periodic-test", 4, 4, periodicTest},
    {"uniform-deviate", 2, 2, [](Values v) { return (v[0] + v[1]) / 2; }},
    {"normal-deviate", 2, 2, [](Values v) { return v[0]; }},
    {"lognormal-deviate", 2, 3, [](Values v) { return v[0]; }},
    {"gamma-deviate", 2, 2, [](Values v) { return v[0] * v[1]; }},
    {"beta-deviate", 2, 2, [](Values v) { return v[0] / (v[0] + v[1]); }},
});

const Function* findFunction(std::string_view name) {
  const auto* found = std::find_if(functionTable.begin(), functionTable.end(),
                                   [&](const Function& row) { return row.name == name; });
  return found == functionTable.end() ? nullptr : found;
}

} // namespace

double parseNumber(std::string_view text) {
  auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error == std::errc::result_out_of_range && stop == end) { // too small counts as nothing
    return text.find("e-") != text.npos || text.find("E-") != text.npos ? 0 : nan;
  }
  return error == std::errc() && stop == end && std::isfinite(value) ? value : nan;
}

double ExpressionEvaluator::fail(Xml::Id element, std::string message) {
  errors_.push_back({xml_[element].place, std::move(message)});
  return nan;
}

/// Puts the value of an element without work onto values_, or a frame onto the stack.
bool ExpressionEvaluator::begin(Xml::Id element) {
  const std::string_view name = xml_[element].name;
  auto give = [&](double value) {
    values_.push_back(value);
    return true;
  };
  if (name == "float" || name == "int") {
    const std::string* text = xml_.attribute(element, "value");
    const double value = text ? parseNumber(*text) : nan;
    if (!text) return give(fail(element, fmt::format("`{}` needs a `value`", name)));
    if (std::isnan(value))
      return give(fail(element, fmt::format("`{}` is no number that can be computed with", *text)));
    return give(value);
  }
  if (name == "bool") {
    const std::string* text = xml_.attribute(element, "value");
    if (!text || (*text != "true" && *text != "false" && *text != "1" && *text != "0"))
      return give(fail(element, "`bool` needs the `value` true or false"));
    return give(*text == "true" || *text == "1");
  }
  if (name == "system-mission-time") return give(options_.missionTime);
  if (name == "parameter") {
    const Xml::Id expression = find_(element);
    const std::string* called = xml_.attribute(element, "name");
    if (expression == Xml::none)
      return give(fail(element, fmt::format("no parameter is called `{}`", called ? *called : "")));
    if (auto at = known_.find(expression); at != known_.end()) return give(at->second);
    if (open_[expression])
      return give(
          fail(element, fmt::format("the parameter `{}` is computed from itself", *called)));
    open_[expression] = true;
    stack_.push_back({element, expression, values_.size()});
    return false;
  }
  if (!findFunction(name))
    return give(
        fail(element, fmt::format("`{}` is no expression that relc can compute; give its value "
                                  "as a `float`",
                                  name)));
  stack_.push_back({element, xml_[element].firstChild, values_.size()});
  return false;
}

double ExpressionEvaluator::finish(const Frame& frame) {
  const Values values(values_.data() + frame.firstValue, values_.size() - frame.firstValue);
  const std::string_view name = xml_[frame.element].name;
  if (name == "parameter") {
    const Xml::Id expression = find_(frame.element);
    open_.erase(expression);
    return known_[expression] = values[0];
  }
  const Function* function = findFunction(name);
  if (values.size() < function->least || values.size() > function->most)
    return fail(frame.element, fmt::format("`{}` has {} arguments, but takes {}{}", name,
                                           values.size(), function->least,
                                           function->most == many ? " or more"
                                           : function->most > function->least
                                               ? fmt::format(" to {}", function->most)
                                               : ""));
  if (std::any_of(values.begin(), values.end(), [](double value) { return std::isnan(value); }))
    return nan; // said before
  const double value = function->value(values);
  if (!std::isfinite(value))
    return fail(frame.element, fmt::format("`{}` has no finite value for these arguments", name));
  return value;
}

double ExpressionEvaluator::evaluate(Xml::Id expression) {
  stack_.clear();
  values_.clear();
  open_.clear();
  begin(expression);
  while (!stack_.empty()) {
    Frame& frame = stack_.back();
    if (frame.nextChild == Xml::none) {
      const Frame done = frame;
      const double value = finish(done);
      values_.resize(done.firstValue);
      values_.push_back(value);
      stack_.pop_back();
      continue;
    }
    const Xml::Id child = frame.nextChild;
    const bool isParameter = xml_[frame.element].name == "parameter";
    frame.nextChild = isParameter ? Xml::none : xml_[child].next;
    begin(child);
  }
  return values_.back();
}

} // namespace relc::faulttree
