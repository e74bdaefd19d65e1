#pragma once
// The arithmetic of a burn policy's tiers, by which analyses judge and from which rules are made.
//
// A burn rate of 1 spends the error budget exactly in the SLO's window. A tier that fires when
// `share` of the budget goes in its long window fires above the rate share × window ÷ long window
// ("The Site Reliability Workbook", chapter 5). Nothing where a product does not fit into a
// Decimal.

#include "compiler/model/model.h"

#include <optional>

namespace relc::model {

/// The burn rate above which a tier fires; windows in seconds.
std::optional<Decimal> burnRate(Decimal share, Decimal window, Decimal longWindow);
/// The share of bad events in the long window above which it fires, of an SLO that tolerates that
/// share of bad events: at 1 and above it never does.
std::optional<Decimal> burnThreshold(Decimal share, Decimal window, Decimal longWindow,
                                     Decimal tolerated);

/// What to do when the budget of an SLO burns: its own runbook, or the only one of its component,
/// which has it for whatever happens to it.
EntityId runbookOf(const Model& model, EntityId slo);

} // namespace relc::model
