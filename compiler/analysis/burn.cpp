#include "compiler/analysis/burn.h"

#include "compiler/analysis/wording.h"
#include "compiler/model/burn.h"

#include <fmt/format.h>

namespace relc::analysis {

std::optional<Decimal> burnRate(const BurnTier& tier, Decimal window) {
  return model::burnRate(tier.share, window, tier.longWindow);
}

std::optional<Decimal> thresholdOf(const BurnTier& tier, Decimal window, Decimal tolerated) {
  return model::burnThreshold(tier.share, window, tier.longWindow, tolerated);
}

std::string burnArithmetic(const BurnTier& tier, Decimal window) {
  auto rate = burnRate(tier, window);
  return fmt::format("{} × {} ÷ {} = {}", shownPercent(tier.share), model::formatDuration(window),
                     model::formatDuration(tier.longWindow), rate ? shown(*rate) : "?");
}

} // namespace relc::analysis
