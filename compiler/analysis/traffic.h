#pragma once
// How many events a promise can count on, and how often they are looked at. Private to this room.

#include "compiler/analysis/index.h"
#include "compiler/model/traffic.h"

#include <optional>
#include <string>
#include <string_view>

namespace relc::analysis {

/// A declared rate of events.
struct Traffic {
  model::Quantity rate;
  std::string written;   ///< "0.2/s"
  std::string_view when; ///< "at the quietest", "on average", "at the peak"
  source::Range place;
  bool atMost = false; ///< there are never more: a peak
};

/// The least that is declared for an owner of promises, an operation's own before its component's:
/// `traffic { quiet }`, else its mean, else its peak or that of `capacity`.
std::optional<Traffic> leastTraffic(const model::Model& model, EntityId owner);
/// What is usual: `traffic { mean }`, else its peak or that of `capacity`.
std::optional<Traffic> usualTraffic(const model::Model& model, EntityId owner);

/// The least time of an outage that is seen: from one sample to the next, or if time is counted,
/// from one evaluation to the next if that is longer. Seconds.
Decimal leastSeen(const model::Model& model, EntityId owner, const model::Sli& sli);

/// The objective that tolerates at least this share, to be suggested: the share rounded up to two
/// digits, so that a suggestion never asks for more than is possible.
std::string objectiveTolerating(Decimal share);

} // namespace relc::analysis
