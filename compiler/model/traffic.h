#pragma once
// How many events a promise can count on, and how often they are looked at: what analyses judge by
// and rules are made from.

#include "compiler/model/model.h"

#include <optional>

namespace relc::model {

/// Of a promise's owner: the component of an operation, else itself.
EntityId componentOf(const Model& model, EntityId owner);

/// `traffic { … }` of the operation itself if it has one, else of its component; not valid if
/// neither has.
EntityId trafficBlockOf(const Model& model, EntityId owner);
/// A number of `traffic { … }`, such as `quiet`, with its place: of the operation's own block if it
/// has one, else of its component's. Null if that does not say it.
const Attribute* trafficOf(const Model& model, EntityId owner, NameId name);

/// How many events of a rate there are in some seconds, times a share of them. Multiplied before it
/// is divided, so that what is exact stays so: 70/h in an hour are 70. Nothing on overflow.
std::optional<Decimal> eventsIn(const Quantity& rate, Decimal seconds, Decimal share = 1);

/// Seconds between the samples of an owner's metrics: `telemetry { interval }`, else the system's
/// scrape interval.
Decimal scrapeIntervalOf(const Model& model, EntityId owner);

/// Seconds over which rules take the rates of an owner's events. Four samples, so that a failed
/// scrape and unlucky timing leave two of them (B. Brazil, "What range should I use with rate()?",
/// 2016); and at least two evaluations, so that the windows overlap and no event falls between
/// them.
Decimal baseWindowOf(const Model& model, EntityId owner);

} // namespace relc::model
