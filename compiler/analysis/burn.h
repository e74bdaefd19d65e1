#pragma once
// The arithmetic of compiler/model/burn.h for the tiers of this room. Private to this room.

#include "compiler/analysis/index.h"

#include <optional>
#include <string>

namespace relc::analysis {

/// The burn rate above which the tier fires.
std::optional<Decimal> burnRate(const BurnTier& tier, Decimal window);
/// The share of bad events in the long window above which it fires, of an SLO that tolerates that
/// share of bad events: at 1 and above it never does.
std::optional<Decimal> thresholdOf(const BurnTier& tier, Decimal window, Decimal tolerated);
/// "2% × 30d ÷ 1h = 14.4": the burn rate and where it comes from.
std::string burnArithmetic(const BurnTier& tier, Decimal window);

} // namespace relc::analysis
