#include "backends/prometheus/plan.h"

#include "backends/prometheus/annotations.h"
#include "backends/prometheus/arithmetic.h"
#include "compiler/model/burn.h"

#include <fmt/format.h>

#include <algorithm>

namespace relc::prometheus {

using model::attr;
using model::Decimal;
using model::EntityId;
using model::Kind;
using model::Model;

namespace {

/// Seconds: a ticket or the budget of a month is not newer than it needs to be.
constexpr int64_t shortestCoarseInterval = 300;

/// Events a second, by a number of `traffic { … }`.
std::optional<Decimal> perSecond(const Model& model, EntityId owner, model::NameId name) {
  const model::Attribute* a = model::trafficOf(model, owner, name);
  const auto* rate = a ? a->value.as<model::Quantity>() : nullptr;
  return rate ? model::divide(rate->value, rate->per) : std::nullopt;
}

std::optional<BurnTier> tierOf(const Model& model, EntityId id, const SloPlan& plan) {
  BurnTier tier;
  tier.entity = id;
  tier.name = model[id].name;
  tier.severity = model.text(id, attr("severity"));
  auto budget = model.ratio(id, attr("budget"));
  auto longWindow = model.duration(id, attr("long"));
  auto shortWindow = model.duration(id, attr("short"));
  if (!budget || !longWindow || !shortWindow) return std::nullopt;
  tier.budget = *budget;
  tier.longWindow = *longWindow;
  tier.shortWindow = *shortWindow;
  tier.forSeconds = model.duration(id, attr("for")).value_or(0);
  auto factor = model::burnRate(tier.budget, plan.period, tier.longWindow);
  auto threshold =
      model::burnThreshold(tier.budget, plan.period, tier.longWindow, plan.errorBudget);
  if (!factor) return std::nullopt;
  if (!threshold) return std::nullopt;
  tier.factor = *factor;
  tier.threshold = *threshold;
  return tier;
}

/// With little traffic a single failure can exceed the share: then two are waited for.
int64_t guardOf(const Model& model, const SloPlan& plan, const BurnTier& tier) {
  if (auto own = model.integer(tier.entity, attr("min_failures"))) return *own > 1 ? *own : 0;
  if (model::ofTime(plan.sli)) return 0;
  const model::Attribute* said = model::trafficOf(model, plan.owner, attr("quiet"));
  if (!said) said = model::trafficOf(model, plan.owner, attr("mean"));
  const auto* rate = said ? said->value.as<model::Quantity>() : nullptr;
  auto spent = model::multiply(tier.budget, plan.period);
  // rate × long window × threshold; the long window cancels out.
  auto allowed = rate && spent ? model::eventsIn(*rate, *spent, plan.errorBudget) : std::nullopt;
  return allowed && *allowed < Decimal(1) ? 2 : 0;
}

} // namespace

Decimal SloPlan::stepFor(Decimal window) const {
  return window <= mul(interval, maxFineSamples) ? interval : coarseInterval;
}

Decimal SloPlan::sourceFor(Decimal window) const {
  return isFine(window) ? baseWindow : coarseInterval;
}

std::vector<Decimal> SloPlan::windows() const {
  std::vector<Decimal> windows;
  for (const BurnTier& tier : tiers)
    windows.insert(windows.end(), {tier.longWindow, tier.shortWindow});
  if (identity.isSloth())
    for (int64_t window : slothWindows)
      if (Decimal(window) < period) windows.emplace_back(window);
  std::sort(windows.begin(), windows.end());
  windows.erase(std::unique(windows.begin(), windows.end()), windows.end());
  // Of the calendar: the period's own recording has another name.
  if (calendar.empty()) std::erase(windows, period);
  return windows;
}

Decimal SloPlan::nowWindow() const {
  auto all = windows();
  return all.empty() ? period : all.front();
}

promql::Matcher bucketMatcher(Decimal boundary) {
  std::string text = boundary.toString();
  if (text.find('.') != text.npos) return {"le", promql::MatchOp::Equal, text};
  return {"le", promql::MatchOp::Regex, text + "(\\.0)?"};
}

std::string aggregated(const SloPlan& plan, std::string_view op, std::string_view expr) {
  if (plan.groups.empty()) return fmt::format("{}({})", op, expr);
  std::string labels;
  for (const std::string& label : plan.groups) labels += (labels.empty() ? "" : ", ") + label;
  return fmt::format("{} by ({}) ({})", op, labels, expr);
}

std::string originOf(const Model& model, const source::SourceManager& sources, EntityId id) {
  const auto& e = model[id];
  return fmt::format("{}:{} {} {}", sources.path(e.range.file),
                     sources.position(e.range.file, e.range.begin).line, schema::info(e.kind).word,
                     model.path(id));
}

std::optional<SloPlan> planSlo(const Model& model, EntityId slo) {
  const auto& entity = model[slo];
  auto objective = model.ratio(slo, attr("objective"));
  auto sli = model::sliOf(model, slo);
  EntityId policy = model::burnPolicyOf(model, slo);
  if (!objective || !sli || !policy.valid() || model[sli->entity].broken) return std::nullopt;

  SloPlan plan;
  plan.slo = slo;
  plan.owner = entity.parent;
  plan.ownerLabel = ownerLabel(model, entity.parent);
  EntityId component = componentOf(model, entity.parent);
  plan.service = model[component].name;
  plan.name = entity.name;
  if (component != entity.parent) // names have no dots, so this is no other SLO's
    plan.name = fmt::format("{}.{}", model[entity.parent].name, plan.name);
  EntityId settings = model.block(model.system, Kind::prometheus);
  for (std::string_view label : model::keptBy(model, slo)) plan.groups.emplace_back(label);
  plan.identity = identityOf(settings.valid() && model.text(settings, attr("naming")) == "sloth",
                             plan.ownerLabel, plan.service, plan.name);

  plan.objective = *objective;
  plan.errorBudget = *model::subtract(1, *objective);
  plan.period = model::windowOf(model, slo);
  plan.calendar = model::calendarOf(model, slo);
  plan.interval = model::evaluationInterval(model);
  plan.slices = std::max<int64_t>(10, stepsIn(shortestCoarseInterval, plan.interval));
  plan.scrape = model::scrapeIntervalOf(model, component);
  plan.baseWindow = model::baseWindowOf(model, component);
  if (plan.baseWindow == mul(plan.interval, plan.slices)) // their recordings would have one name
    plan.slices *= 2;
  plan.coarseInterval = mul(plan.interval, plan.slices);
  plan.quiet = perSecond(model, plan.owner, attr("quiet"));
  plan.sli = std::move(*sli);
  if (!planEvents(model, plan)) return std::nullopt;

  for (EntityId id : model.childrenOf(policy, Kind::tier)) {
    auto tier = tierOf(model, id, plan);
    if (!tier) continue;
    tier->minFailures = guardOf(model, plan, *tier);
    plan.tiers.push_back(std::move(*tier));
  }
  return plan;
}

} // namespace relc::prometheus
