#pragma once
// Expressions of Open-PSA (section V): what a probability is computed from.

#include "compiler/faulttree/open_psa.h"
#include "compiler/faulttree/xml.h"

#include <functional>
#include <unordered_map>

namespace relc::faulttree {

class ExpressionEvaluator {
public:
  /// `parameter` finds the element of the expression of the parameter that a reference in a scope
  /// means, Xml::none if there is none.
  using Find = std::function<Xml::Id(Xml::Id reference)>;
  ExpressionEvaluator(const Xml& xml, const OpenPsaOptions& options, Find parameter,
                      std::vector<Error>& errors)
      : xml_(xml), options_(options), find_(std::move(parameter)), errors_(errors) {}

  /// The value of an expression; NaN after an error. Without recursion, whatever refers to what.
  double evaluate(Xml::Id expression);

private:
  struct Frame {
    Xml::Id element, nextChild;
    size_t firstValue;
  };
  bool begin(Xml::Id element);
  double finish(const Frame& frame);
  double fail(Xml::Id element, std::string message);

  const Xml& xml_;
  const OpenPsaOptions& options_;
  Find find_;
  std::vector<Error>& errors_;
  std::vector<Frame> stack_;
  std::vector<double> values_;
  std::unordered_map<Xml::Id, double> known_; ///< of parameters' expressions
  std::unordered_map<Xml::Id, bool> open_;    ///< parameters' expressions under way
};

/// A number as XML Schema's double and integer have it; NaN if it is none.
double parseNumber(std::string_view text);

} // namespace relc::faulttree
