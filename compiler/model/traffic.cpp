#include "compiler/model/traffic.h"

#include <algorithm>

namespace relc::model {

EntityId componentOf(const Model& model, EntityId owner) {
  return model[owner].kind == Kind::operation ? model[owner].parent : owner;
}

EntityId trafficBlockOf(const Model& model, EntityId owner) {
  EntityId block = model.block(owner, Kind::traffic);
  return block.valid() ? block : model.block(componentOf(model, owner), Kind::traffic);
}

const Attribute* trafficOf(const Model& model, EntityId owner, NameId name) {
  return model.attribute(trafficBlockOf(model, owner), name);
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

Decimal baseWindowOf(const Model& model, EntityId owner) {
  return std::max(multiply(scrapeIntervalOf(model, owner), 4).value_or(0),
                  multiply(evaluationInterval(model), 2).value_or(0));
}

} // namespace relc::model
