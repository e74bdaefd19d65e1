#include "compiler/analysis/burn.h"

#include "compiler/analysis/wording.h"

#include <fmt/format.h>

namespace relc::analysis {

using model::divide;
using model::multiply;

std::optional<Decimal> burnRate(const BurnTier& tier, Decimal window) {
  auto spent = multiply(tier.share, window);
  return spent ? divide(*spent, tier.longWindow) : std::nullopt;
}

std::optional<Decimal> thresholdOf(const BurnTier& tier, Decimal window, Decimal tolerated) {
  auto rate = burnRate(tier, window);
  return rate ? multiply(*rate, tolerated) : std::nullopt;
}

std::string burnArithmetic(const BurnTier& tier, Decimal window) {
  auto rate = burnRate(tier, window);
  return fmt::format("{} × {} ÷ {} = {}", shownPercent(tier.share), model::formatDuration(window),
                     model::formatDuration(tier.longWindow), rate ? shown(*rate) : "?");
}

} // namespace relc::analysis
