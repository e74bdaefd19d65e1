#include "compiler/analysis/policy.h"

namespace relc::analysis {

model::Quantity policyNumber(const model::Model& model, model::NameId name) {
  model::EntityId policy = model.block(model.system, schema::Kind::policy);
  if (auto own = model.quantity(policy, name)) return *own;
  return *model::parseQuantity(schema::findAttribute(schema::Kind::policy, name)->fallback).value;
}

} // namespace relc::analysis
