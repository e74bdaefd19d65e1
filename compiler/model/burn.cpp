#include "compiler/model/burn.h"

#include "compiler/model/traffic.h"

namespace relc::model {

std::optional<Decimal> burnRate(Decimal share, Decimal window, Decimal longWindow) {
  auto spent = multiply(share, window);
  return spent ? divide(*spent, longWindow) : std::nullopt;
}

std::optional<Decimal> burnThreshold(Decimal share, Decimal window, Decimal longWindow,
                                     Decimal tolerated) {
  auto rate = burnRate(share, window, longWindow);
  return rate ? multiply(*rate, tolerated) : std::nullopt;
}

EntityId runbookOf(const Model& model, EntityId slo) {
  EntityId own = model.reference(slo, attr("runbook"));
  if (own.valid()) return own;
  auto known = model.childrenOf(componentOf(model, model[slo].parent), Kind::runbook);
  return known.size() == 1 ? known.front() : EntityId();
}

} // namespace relc::model
