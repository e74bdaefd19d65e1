// Promises about few events and small budgets: REL2005, REL2006.

#include "compiler/analysis/traffic.h"

#include "compiler/analysis/burn.h"
#include "compiler/analysis/families.h"
#include "compiler/analysis/measure.h"
#include "compiler/analysis/wording.h"

#include <fmt/format.h>

#include <algorithm>

namespace relc::analysis {

using model::divide;
using model::multiply;
using model::subtract;

namespace {

struct Row {
  model::NameId name;
  std::string_view when;
  bool atMost;
};

std::optional<Traffic> said(const model::Attribute* a, const Row& row) {
  const auto* rate = a ? a->value.as<model::Quantity>() : nullptr;
  if (!rate || rate->per.mantissa <= 0) return std::nullopt;
  return Traffic{*rate, rate->toString(), row.when, a->value.range, row.atMost};
}

std::optional<Traffic> firstOf(const model::Model& model, EntityId owner,
                               std::initializer_list<Row> rows) {
  for (const Row& row : rows)
    if (auto traffic = said(model::trafficOf(model, owner, row.name), row)) return traffic;
  EntityId capacity = model.block(model::componentOf(model, owner), Kind::capacity);
  return said(model.attribute(capacity, attr("peak")), {attr("peak"), "even at its peak", true});
}

constexpr Row quiet{attr("quiet"), "at its quietest", false};
constexpr Row mean{attr("mean"), "at its mean", false};
constexpr Row peak{attr("peak"), "even at its peak", true};

} // namespace

std::optional<Traffic> leastTraffic(const model::Model& model, EntityId owner) {
  return firstOf(model, owner, {quiet, mean, peak});
}

std::optional<Traffic> usualTraffic(const model::Model& model, EntityId owner) {
  return firstOf(model, owner, {mean, peak});
}

Decimal leastSeen(const model::Model& model, EntityId owner, const model::Sli& sli) {
  Decimal scrape = model::scrapeIntervalOf(model, owner);
  return model::ofTime(sli) ? std::max(scrape, model::evaluationInterval(model)) : scrape;
}

std::string objectiveTolerating(Decimal share) {
  bool more = false;
  while (share.mantissa >= 100) {
    more |= share.mantissa % 10 != 0;
    share.mantissa /= 10;
    ++share.exponent;
  }
  auto objective = subtract(1, Decimal(share.mantissa + (more ? 1 : 0), share.exponent));
  if (!objective || objective->mantissa <= 0) return {};
  return Decimal(objective->mantissa, objective->exponent + 2).toString() + "%";
}

namespace {

/// How many events there are, for people: "36", "about 0.7", "no".
std::string events(Decimal count) {
  return count == Decimal(0)   ? "no events"
         : count == Decimal(1) ? "1 event"
                               : shown(count) + " events";
}

// --- REL2005 -------------------------------------------------------------------------------------

/// A tier that a single failure fires.
struct Nervous {
  const BurnTier* tier;
  Decimal rate;      ///< burn rate
  Decimal threshold; ///< share of the events in its long window
  Decimal count;     ///< of events in its long window
  Decimal allowed;   ///< of them may fail: less than 1
};

std::vector<Nervous> nervousTiers(const model::Model& model, const Promise& promise,
                                  const BurnPolicy& policy, const Traffic& traffic) {
  std::vector<Nervous> result;
  for (const BurnTier& tier : policy.tiers) {
    if (tier.severity != "page") continue;
    if (auto least = model.integer(tier.id, attr("min_failures")); least && *least > 1) continue;
    auto rate = burnRate(tier, promise.window);
    auto threshold = thresholdOf(tier, promise.window, *promise.tolerated);
    auto count = model::eventsIn(traffic.rate, tier.longWindow);
    // The long window cancels out: share × window × (1 − objective) of the rate.
    auto spent = multiply(tier.share, promise.window);
    auto allowed = spent ? model::eventsIn(traffic.rate, *spent, *promise.tolerated) : std::nullopt;
    // A tier that never fires is burn-alert-cannot-fire's.
    if (!rate || !threshold || !count || !allowed || *threshold >= Decimal(1) ||
        *allowed >= Decimal(1))
      continue;
    result.push_back({&tier, *rate, *threshold, *count, *allowed});
  }
  return result;
}

void lowTrafficPage(const Index& index, const Promise& promise, FindingList& findings) {
  const model::Model& model = index.model;
  const BurnPolicy* policy = index.policyOf(promise);
  auto traffic = leastTraffic(model, model[promise.slo].parent);
  if (!policy || !traffic || !promise.tolerated) return;
  std::vector<Nervous> nervous = nervousTiers(model, promise, *policy, *traffic);
  if (nervous.empty()) return;

  std::vector<std::string> names;
  for (const Nervous& each : nervous) names.emplace_back(model[each.tier->id].name);
  Finding& finding =
      addAbout(index, findings, Check::LowTrafficPage, promise.slo,
               placeOf(model, promise.slo, attr("objective")),
               fmt::format("a single failure of `{}` is enough to wake somebody{} {}",
                           model.path(promise.slo), traffic->atMost ? "," : "", traffic->when),
               fmt::format("tolerates {} of bad events", shownPercent(*promise.tolerated)));
  finding.at(traffic->place, "so many come");
  for (const Nervous& each : nervous) {
    finding.at(placeOf(model, each.tier->id, attr("budget")),
               fmt::format("`{}` fires above {} of the events of {}", model[each.tier->id].name,
                           shownPercent(each.threshold),
                           model::formatDuration(each.tier->longWindow)));
    std::string name = quoted(model[each.tier->id].name);
    std::string count = fmt::format("{}: {} × {} = {}{}", name, traffic->written,
                                    model::formatDuration(each.tier->longWindow),
                                    traffic->atMost ? "at most " : "", events(each.count));
    if (each.count < Decimal(1))
      finding.because(fmt::format("{}; the first that comes and fails is 100%", count));
    else
      finding.because(fmt::format("{}, of which {} × {} = {} may fail: less than one", count,
                                  shown(each.count), shownPercent(each.threshold),
                                  shown(each.allowed)));
  }
  if (!model.listOf(promise.slo, attr("per")).empty())
    finding.because("kept for each value of a label, each has a part of these events only");
  // The rules guard against it where they know a rate that there is, not a peak.
  if (!traffic->atMost && std::any_of(nervous.begin(), nervous.end(), [&](const Nervous& each) {
        return !model.has(each.tier->id, attr("min_failures"));
      }))
    finding.because("so the rules wait for a second failure, since nobody has said how many are "
                    "worth waking somebody for");
  bool one = names.size() == 1;
  finding.suggest(fmt::format("say how many failures are: `min_failures = {}` in {}{}",
                              traffic->atMost ? 3 : 2, listed(names),
                              model[policy->id].library
                                  ? " of a burn policy of your own"
                                  : fmt::format(" of `{}`", model[policy->id].name)));
  const Nervous& first = nervous[0];
  if (auto needed = divide(1, first.threshold))
    finding.suggest(
        fmt::format("or let it see more: {} needs more than {} in {}; a probe that does what users "
                    "do adds some, "
                    "and so does one promise for several services",
                    one ? quoted(names[0]) : fmt::format("`{}`", model[first.tier->id].name),
                    events(*needed), model::formatDuration(first.tier->longWindow)));
  // The objective at which each of them waits for more than one: now they wait for `allowed`.
  std::optional<Decimal> share;
  for (const Nervous& each : nervous) {
    auto least = divide(*promise.tolerated, each.allowed);
    if (!least || *least >= Decimal(5, -1)) return;
    if (!share || *least > *share) share = least;
  }
  finding.suggest(fmt::format("or promise at most {}", objectiveTolerating(*share)));
}

// --- REL2006 -------------------------------------------------------------------------------------

/// Says so and returns true if the whole budget is less than the least that can be seen.
bool budgetTooSmall(const Index& index, const Promise& promise, const Measure& measure,
                    FindingList& findings) {
  const model::Model& model = index.model;
  EntityId owner = model[promise.slo].parent;
  auto budget = promise.tolerated ? multiply(promise.window, *promise.tolerated) : std::nullopt;
  if (!budget) return false;
  bool ofTime = model::ofTime(measure.sli);
  Decimal interval = leastSeen(model, owner, measure.sli);
  bool slices = interval > model::scrapeIntervalOf(model, owner);

  auto traffic = ofTime || measure.sees == Sees::Probe ? std::nullopt : usualTraffic(model, owner);
  auto bad =
      traffic ? model::eventsIn(traffic->rate, promise.window, *promise.tolerated) : std::nullopt;
  bool fewEvents = bad && *bad < Decimal(1);
  bool shortTime = *budget < interval;
  if (!fewEvents && !shortTime) return false;

  std::string_view unit = fewEvents ? "event" : slices ? "evaluation" : "scrape";
  Finding& finding = addAbout(index, findings, Check::BudgetTooSmall, promise.slo,
                              placeOf(model, promise.slo, attr("objective")),
                              fmt::format("the whole error budget of `{}` is less than one {}",
                                          model.path(promise.slo), unit),
                              fmt::format("tolerates {}", shownPercent(*promise.tolerated)));
  if (model.has(promise.slo, attr("window")))
    finding.at(placeOf(model, promise.slo, attr("window")), "of this time");
  std::string window = model::formatDuration(promise.window);
  std::string tolerated = shownPercent(*promise.tolerated);
  if (fewEvents) {
    finding.at(traffic->place, "so many come");
    finding.because(fmt::format("{} × {} × {} = {} bad events in the whole window: the first one "
                                "breaks the promise",
                                traffic->written, window, tolerated, shown(*bad)));
  }
  if (shortTime)
    finding.because(
        fmt::format("{} × {} = {}, and {} every {}: the shortest outage that can be seen "
                    "spends more than all of it",
                    window, tolerated, shownDuration(*budget),
                    slices ? "it is judged" : "samples come", model::formatDuration(interval)));
  // What both ask for.
  std::optional<Decimal> share = shortTime ? divide(interval, promise.window) : std::nullopt;
  if (fewEvents)
    if (auto count = model::eventsIn(traffic->rate, promise.window);
        count && (!share || *count > Decimal(0)))
      if (auto least = divide(1, *count); least && (!share || *least > *share)) share = least;
  std::string objective =
      share && *share < Decimal(5, -1) ? objectiveTolerating(*share) : std::string();
  if (!objective.empty()) finding.suggest(fmt::format("promise at most {}", objective));
  finding.suggest(
      "what must never fail is no matter of a budget: build it so that it cannot, and let an alert "
      "tell of each case");
  return fewEvents;
}

} // namespace

void checkTraffic(const Index& index, std::span<const std::optional<Measure>> measures,
                  FindingList& findings) {
  for (size_t i = 0; i < measures.size(); ++i) {
    const Promise& promise = index.promises[i];
    if (!measures[i] || index.model[promise.slo].broken) continue;
    // Fewer than one bad event in the whole window says all that there is to say.
    if (budgetTooSmall(index, promise, *measures[i], findings)) continue;
    if (!model::ofTime(measures[i]->sli) && measures[i]->sees != Sees::Probe)
      lowTrafficPage(index, promise, findings);
  }
}

} // namespace relc::analysis
