// The alerts on a budget that burns: REL2004, REL2007, REL2009. All comparisons are exact; where a
// product does not fit into a Decimal, nothing is judged.

#include "compiler/analysis/burn.h"
#include "compiler/analysis/families.h"
#include "compiler/analysis/wording.h"
#include "compiler/model/traffic.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace relc::analysis {
namespace {

using model::divide;
using model::multiply;
using model::subtract;

std::string duration(Decimal seconds) {
  return model::formatDuration(seconds);
}

// --- REL2004 -------------------------------------------------------------------------------------

/// What has to change so that the tier can fire, for the reader to choose from.
std::string mends(const BurnTier& tier, Decimal window, Decimal tolerated) {
  std::string out;
  auto limit = [&](std::string_view what, std::optional<Decimal> value, auto&& show) {
    if (value) out += fmt::format("{}{} {}", out.empty() ? "" : " or ", what, show(*value));
  };
  auto budgetTime = multiply(window, tolerated);
  if (!budgetTime) return out;
  limit("a `budget` below", divide(tier.longWindow, *budgetTime), shownPercent);
  limit("a `long` window over", multiply(tier.share, *budgetTime), shownDuration);
  return out;
}

void burnAlertCannotFire(const Index& index, const Promise& promise, FindingList& findings) {
  const model::Model& model = index.model;
  const BurnPolicy* policy = index.policyOf(promise);
  const auto& tolerated = promise.tolerated;
  auto budgetTime = tolerated ? multiply(promise.window, *tolerated) : std::nullopt;
  if (!policy || !budgetTime) return;

  std::vector<const BurnTier*> dead;
  for (const BurnTier& tier : policy->tiers)
    if (auto spent = multiply(tier.share, *budgetTime); spent && *spent >= tier.longWindow)
      dead.push_back(&tier);
  if (dead.empty()) return;

  std::vector<std::string> names;
  for (const BurnTier* tier : dead) names.emplace_back(model[tier->id].name);
  const model::Entity& slo = model[promise.slo];
  auto promised = subtract(1, *tolerated).value_or(0);
  Finding& finding = addAbout(index, findings, Check::BurnAlertCannotFire, promise.slo,
                              placeOf(model, promise.slo, attr("objective")),
                              fmt::format("tier{} {} of burn policy `{}` can never fire for `{}`",
                                          names.size() == 1 ? "" : "s", listed(names),
                                          model[policy->id].name, model.path(promise.slo)),
                              fmt::format("tolerates {} of bad events", shownPercent(*tolerated)));
  if (model.has(promise.slo, attr("window")))
    finding.at(placeOf(model, promise.slo, attr("window")), "the window of the budget");
  // What makes the tier of the highest rate fire makes all of them fire.
  std::optional<Decimal> highest;
  for (const BurnTier* tier : dead) {
    finding.at(placeOf(model, tier->id, attr("budget")),
               fmt::format("`{}` fires above a burn rate of {}", model[tier->id].name,
                           burnArithmetic(*tier, promise.window)));
    auto rate = burnRate(*tier, promise.window);
    if (auto share = thresholdOf(*tier, promise.window, *tolerated))
      finding.because(fmt::format(
          "`{}` waits for more than {} × (100% − {}) = {} of all events to be "
          "bad; there are never more than 100%",
          model[tier->id].name, shown(*rate), shownPercent(promised), shownPercent(*share)));
    if (rate && (!highest || *rate > *highest)) highest = rate;
  }
  for (const BurnTier* tier : dead)
    finding.suggest(fmt::format(
        "{} `{}` {}{}",
        tier == dead[0] ? fmt::format("give `{}` a burn policy in which", slo.name) : "and",
        model[tier->id].name, tier == dead[0] ? "has " : "",
        mends(*tier, promise.window, *tolerated)));
  auto inverse = highest ? divide(1, *highest) : std::nullopt;
  if (auto least = inverse ? subtract(1, *inverse) : std::nullopt; least && *least > promised)
    finding.suggest(fmt::format("or promise more: an `objective` over {}", shownPercent(*least)));
}

// --- REL2007 -------------------------------------------------------------------------------------

/// Samples that a window holds at least, so that a failed scrape and unlucky timing leave two of
/// them: B. Brazil, "What range should I use with rate()?", 2016.
constexpr int64_t samplesWanted = 4;

/// How often the series of a promise get a sample, and where that is said.
struct Scraping {
  Decimal interval;                ///< seconds
  EntityId says;                   ///< `telemetry` of the component, or `prometheus` of the system
  const model::Attribute* setting; ///< none if nobody says it
  EntityId slo;                    ///< a promise that it is so for
};

Scraping scrapingOf(const model::Model& model, const Promise& promise) {
  EntityId owner = model[promise.slo].parent;
  EntityId telemetry = model.block(model::componentOf(model, owner), Kind::telemetry);
  if (const auto* own = model.attribute(telemetry, attr("interval")))
    return {model::scrapeIntervalOf(model, owner), telemetry, own, promise.slo};
  EntityId prometheus = model.block(model.system, Kind::prometheus);
  return {model::scrapeInterval(model), prometheus,
          model.attribute(prometheus, attr("scrape_interval")), promise.slo};
}

/// `slowest`: of all promises that use the policy.
void windowVsScrape(const Index& index, const BurnPolicy& policy, const Scraping& slowest,
                    FindingList& findings) {
  const model::Model& model = index.model;
  const auto& [interval, says, setting, user] = slowest;
  auto least = multiply(samplesWanted, interval);
  bool library = model[policy.id].library;
  for (const BurnTier& tier : policy.tiers) {
    if (!least || tier.shortWindow >= *least) continue;
    // A library cannot be mended here: its place is the setting that does not suit it.
    EntityId subject = tier.id;
    source::Range place = placeOf(model, tier.id, attr("short"));
    if (library) {
      subject = setting ? says : user;
      place = setting ? setting->value.range : model[user].nameRange;
    }
    Finding& finding = findings.add(
        Check::WindowVsScrape, place,
        fmt::format("the short window of tier `{}` is too short for a scrape interval of {}",
                    model[tier.id].name, duration(interval)));
    finding.about(subject.index);
    if (library) {
      finding.label(setting ? "scraped this rarely" : "judged by this policy");
      finding.at(placeOf(model, tier.id, attr("short")), "too short for that");
    } else {
      finding.label(fmt::format("shorter than {} scrape intervals", samplesWanted));
      if (setting)
        finding.at(setting->value.range,
                   model[says].kind == Kind::telemetry
                       ? fmt::format("how often `{}` is scraped", model[model[says].parent].name)
                       : "how often targets are scraped");
    }
    auto samples = divide(tier.shortWindow, interval);
    finding.because(
        fmt::format("{} ÷ {} = {} in the window; a rate needs two, and a failed "
                    "scrape or unlucky timing must leave them, so {} are wanted",
                    duration(tier.shortWindow), duration(interval),
                    samples ? fmt::format("{} sample{}", shown(*samples), *samples == 1 ? "" : "s")
                            : "few samples",
                    samplesWanted));
    finding.because(
        "with fewer the window is empty now and then, and the alert ends while the budget "
        "still burns");
    finding.suggest(
        fmt::format("make the window at least {} × {} = {}, or scrape at least every {}",
                    samplesWanted, duration(interval), duration(*least),
                    shownDuration(divide(tier.shortWindow, samplesWanted).value_or(1))));
  }
}

// --- REL2009 -------------------------------------------------------------------------------------

/// The tier that fires at the lowest burn rate and tells somebody.
const BurnTier* slowest(const BurnPolicy& policy, Decimal window) {
  const BurnTier* result = nullptr;
  std::optional<Decimal> least;
  for (const BurnTier& tier : policy.tiers) {
    if (tier.severity == "info") continue;
    auto rate = burnRate(tier, window);
    if (!rate) return nullptr;
    if (!least || *rate < *least) {
      least = rate;
      result = &tier;
    }
  }
  return result;
}

/// What promises of one policy and window have in common.
struct Users {
  const Promise* first = nullptr;
  size_t count = 0;
};

void burnGap(const Index& index, const BurnPolicy& policy, Decimal window, const Users& users,
             FindingList& findings) {
  const model::Model& model = index.model;
  if (!policy.whole) return;
  const BurnTier* tier = slowest(policy, window);
  bool silent = std::none_of(policy.tiers.begin(), policy.tiers.end(),
                             [](const BurnTier& t) { return t.severity != "info"; });
  if (!tier && !silent) return;
  auto rate = tier ? burnRate(*tier, window) : std::nullopt;
  // At a burn rate of just over 1 the budget does not last. The comparison is that of rate and 1.
  if (tier) {
    auto spent = multiply(tier->share, window);
    if (!rate || !spent || *spent <= tier->longWindow) return;
  }

  EntityId slo = users.first->slo;
  bool inherited = !model.has(slo, attr("window")) && model.has(model.system, attr("window"));
  EntityId setter = inherited ? model.system : slo;
  source::Range windowPlace = placeOf(model, setter, attr("window"));
  // A library cannot be mended here: its place is the window that does not suit it.
  bool library = model[policy.id].library;
  std::string_view name = model[policy.id].name;
  Finding& finding =
      findings.add(Check::BurnGap, library ? windowPlace : model[policy.id].nameRange,
                   silent ? fmt::format("burn policy `{}` tells nobody that a budget burns", name)
                          : fmt::format("burn policy `{}` is blind to burn rates from 1 to {}",
                                        name, shown(*rate)));
  finding.about(library ? setter.index : policy.id.index);
  if (silent) {
    finding.label("no tier of severity `page` or `ticket`");
    finding.at(windowPlace, fmt::format("`{}` relies on it", model.path(slo)));
  } else {
    finding.label(library ? fmt::format("a window of {}", duration(window))
                          : "no tier fires at a lower rate");
    finding.at(placeOf(model, tier->id, attr("budget")),
               fmt::format("tier `{}` is the most sensitive: {}", model[tier->id].name,
                           burnArithmetic(*tier, window)));
    if (!library)
      finding.at(windowPlace,
                 fmt::format("the window of `{}`, {}", model.path(slo), duration(window)));
    finding.because(
        fmt::format("at a steady burn rate of {} the budget of {} is spent after {} ÷ {} = "
                    "{}, and nobody is told",
                    shown(*rate), duration(window), duration(window), shown(*rate),
                    shownDuration(divide(window, *rate).value_or(window))));
  }
  if (users.count > 1)
    finding.because(fmt::format("{} in this workspace share this policy and window",
                                counted(users.count, "SLO")));
  auto tenth = divide(window, 10);
  finding.suggest(fmt::format(
      "{} a tier that fires at a rate of 1: tier slow {{ severity = ticket  "
      "budget = 10%  long = {}  short = {} }}",
      library ? "declare a burn policy of your own with" : "add", duration(tenth.value_or(window)),
      shownDuration(divide(window, 120).value_or(window))));
}

void burnGaps(const Index& index, FindingList& findings) {
  std::map<std::pair<uint32_t, Decimal>, Users> groups;
  std::vector<std::pair<uint32_t, Decimal>> order;
  for (const Promise& promise : index.promises) {
    if (!index.policyOf(promise)) continue;
    Users& users = groups[{promise.policy, promise.window}];
    if (users.count++ == 0) {
      users.first = &promise;
      order.emplace_back(promise.policy, promise.window);
    }
  }
  for (const auto& key : order)
    burnGap(index, index.policies[key.first], key.second, groups[key], findings);
}

} // namespace

void checkBurning(const Index& index, FindingList& findings) {
  for (const Promise& promise : index.promises) burnAlertCannotFire(index, promise, findings);
  std::vector<std::optional<Scraping>> slowest(index.policies.size());
  for (const Promise& promise : index.promises) {
    if (promise.policy == UINT32_MAX) continue;
    auto& known = slowest[promise.policy];
    if (Scraping own = scrapingOf(index.model, promise); !known || known->interval < own.interval)
      known = own;
  }
  for (size_t i = 0; i < index.policies.size(); ++i)
    if (slowest[i]) windowVsScrape(index, index.policies[i], *slowest[i], findings);
  burnGaps(index, findings);
}

} // namespace relc::analysis
