#include "compiler/model/traffic.h"

namespace relc::model {

EntityId componentOf(const Model& model, EntityId owner) {
  return model[owner].kind == Kind::operation ? model[owner].parent : owner;
}

const Attribute* trafficOf(const Model& model, EntityId owner, NameId name) {
  EntityId block = model.block(owner, Kind::traffic);
  if (!block.valid()) block = model.block(componentOf(model, owner), Kind::traffic);
  return model.attribute(block, name);
}

std::optional<Decimal> eventsIn(const Quantity& rate, Decimal seconds, Decimal share) {
  auto time = multiply(rate.value, seconds);
  auto product = time ? multiply(*time, share) : std::nullopt;
  return product ? divide(*product, rate.per) : std::nullopt;
}

Decimal scrapeIntervalOf(const Model& model, EntityId owner) {
  EntityId telemetry = model.block(componentOf(model, owner), Kind::telemetry);
  auto own = model.duration(telemetry, attr("interval"));
  return own ? *own : scrapeInterval(model);
}

} // namespace relc::model
