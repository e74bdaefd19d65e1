#pragma once
// Rules as data, between the mathematics and the YAML. Private to this backend.

#include "compiler/model/model.h"

#include <string>
#include <utility>
#include <vector>

namespace relc::prometheus {

using Labels = std::vector<std::pair<std::string, std::string>>; ///< in the order to be written

struct Rule {
  std::string record; ///< or
  std::string alert;
  std::string expr;
  model::Decimal forSeconds = 0;
  model::Decimal keepFiringFor = 0;
  Labels labels;
  Labels annotations;
  std::string origin{}; ///< if it differs from its group's
};

struct Group {
  std::string name;
  model::Decimal interval; ///< seconds
  std::string origin;      ///< "checkout.rel:12 slo checkout.availability"
  std::string doc;
  std::vector<Rule> rules;
};

} // namespace relc::prometheus
