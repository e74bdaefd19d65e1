// Whether people can be fast enough to keep a promise: REL2008.
//
// At a full outage a tier fires once the outage has filled `threshold` of its long window: after
// threshold × long window = share × window × (1 − objective). To that comes what everything behind
// it takes. Only what is declared or has a default is added up, so the sum is the least that it
// takes.

#include "compiler/analysis/burn.h"
#include "compiler/analysis/families.h"
#include "compiler/analysis/measure.h"
#include "compiler/analysis/policy.h"
#include "compiler/analysis/traffic.h"
#include "compiler/analysis/wording.h"
#include "compiler/model/burn.h"

#include <fmt/format.h>

#include <algorithm>

namespace relc::analysis {
namespace {

using model::add;
using model::divide;
using model::multiply;
using model::subtract;

struct Term {
  std::string what;
  Decimal seconds;
};

/// The page tier that fires first at a full outage, and after how long.
struct Fastest {
  const BurnTier* tier = nullptr;
  Decimal fires; ///< seconds until its window says so
  Decimal waits; ///< `for`
};

std::optional<Fastest> fastestPage(const model::Model& model, const Promise& promise,
                                   const BurnPolicy& policy) {
  std::optional<Fastest> result;
  std::optional<Decimal> least;
  for (const BurnTier& tier : policy.tiers) {
    if (tier.severity != "page") continue;
    auto threshold = thresholdOf(tier, promise.window, *promise.tolerated);
    auto fires = threshold ? multiply(*threshold, tier.longWindow) : std::nullopt;
    if (!fires || *threshold >= Decimal(1)) continue;
    Decimal waits = model.duration(tier.id, attr("for")).value_or(0);
    auto both = add(*fires, waits);
    if (!both || (least && *both >= *least)) continue;
    least = both;
    result = Fastest{&tier, *fires, waits};
  }
  return result;
}

/// The steps until users no longer notice.
struct Repair {
  EntityId runbook;
  Decimal takes = 0;
  size_t steps = 0, untimed = 0, automatic = 0;

  /// Nobody has to do anything.
  [[nodiscard]] bool byItself() const { return steps > 0 && automatic == steps; }
};

Repair repairOf(const model::Model& model, EntityId slo) {
  Repair repair;
  repair.runbook = model::runbookOf(model, slo);
  if (!repair.runbook.valid()) return repair;
  for (EntityId step : model.childrenOf(repair.runbook, Kind::step)) {
    std::string_view phase = model.text(step, attr("phase"));
    if (phase == "verify" || phase == "escalate") continue;
    ++repair.steps;
    repair.automatic += model.boolean(step, attr("automatic")) ? 1 : 0;
    if (auto takes = model.duration(step, attr("takes")))
      repair.takes = add(repair.takes, *takes).value_or(repair.takes);
    else
      ++repair.untimed;
  }
  return repair;
}

Decimal groupWait(const model::Model& model) {
  EntityId alertmanager = model.block(model.system, Kind::alertmanager);
  if (auto own = model.duration(alertmanager, attr("group_wait"))) return *own;
  const auto* row = schema::findAttribute(Kind::alertmanager, attr("group_wait"));
  return model::parseQuantity(row->fallback).value->value;
}

/// How long after the alert the owner's escalation calls the first one.
Decimal firstCall(const model::Model& model, EntityId owner) {
  EntityId team = model::ownerOf(model, owner);
  EntityId escalation = team.valid() ? model.reference(team, attr("escalation")) : EntityId();
  if (!escalation.valid()) return 0;
  std::optional<Decimal> first;
  for (EntityId step : model.childrenOf(escalation, Kind::escalation_step)) {
    Decimal after = model.duration(step, attr("after")).value_or(0);
    if (!first || after < *first) first = after;
  }
  return first.value_or(0);
}

/// All that comes behind the tier's own windows, in the order in which it happens.
std::vector<Term> termsBehind(const Index& index, const Measure& measure, const Fastest& fastest,
                              const Repair& repair) {
  const model::Model& model = index.model;
  EntityId owner = model[measure.slo].parent;
  std::vector<Term> terms;
  auto term = [&](std::string what, Decimal seconds) {
    if (seconds.mantissa > 0) terms.push_back({std::move(what), seconds});
  };
  Decimal evaluation = model::evaluationInterval(model);
  if (!model::ofTime(measure.sli)) {
    // Half of the base window: a rate over it rises in a line.
    term("until rates have risen", divide(model::baseWindowOf(model, owner), 2).value_or(0));
  }
  term("until rules are evaluated", evaluation);
  term("`for`", fastest.waits);
  term("`group_wait`", groupWait(model));
  if (!repair.byItself()) {
    term("until the escalation calls", firstCall(model, owner));
    term("to acknowledge", policyNumber(model, attr("acknowledge_within")).value);
  }
  if (repair.runbook.valid())
    term(fmt::format("for the steps of `{}`", model.path(repair.runbook)), repair.takes);
  return terms;
}

void detectionSlower(const Index& index, const Promise& promise, const Measure& measure,
                     FindingList& findings) {
  const model::Model& model = index.model;
  const BurnPolicy* policy = index.policyOf(promise);
  EntityId owner = model[promise.slo].parent;
  if (!policy || !promise.tolerated || model[measure.owner].kind == Kind::external) return;
  auto budget = multiply(promise.window, *promise.tolerated);
  // A budget that nobody sees is budget-too-small's.
  if (budget && *budget < leastSeen(model, owner, measure.sli)) return;
  auto fastest = fastestPage(model, promise, *policy);
  if (!budget || !fastest) return;
  Repair repair = repairOf(model, promise.slo);
  std::vector<Term> terms = termsBehind(index, measure, *fastest, repair);
  Decimal behind = 0;
  for (const Term& each : terms) behind = add(behind, each.seconds).value_or(behind);
  auto sum = add(fastest->fires, behind);
  if (!sum || *sum <= *budget) return;

  std::string_view tier = model[fastest->tier->id].name;
  Finding& finding =
      addAbout(index, findings, Check::DetectionSlowerThanBudget, promise.slo,
               placeOf(model, promise.slo, attr("objective")),
               fmt::format("a full outage breaks `{}` before {} can end it",
                           model.path(promise.slo), repair.byItself() ? "anything" : "anybody"),
               fmt::format("tolerates {} × {} = {}", model::formatDuration(promise.window),
                           shownPercent(*promise.tolerated), shownDuration(*budget)));
  finding.at(placeOf(model, fastest->tier->id, attr("budget")),
             fmt::format("`{}` is the fastest to page", tier));
  if (repair.runbook.valid()) finding.at(model[repair.runbook].nameRange, "what is done then");
  std::string list =
      fmt::format("{} until {} of the budget is gone (`{}`)", shownDuration(fastest->fires),
                  shownPercent(fastest->tier->share), tier);
  for (const Term& each : terms)
    list += fmt::format(" + {} {}", shownDuration(each.seconds), each.what);
  finding.because(fmt::format("{} = {}; the whole budget is {}", list, shownDuration(*sum),
                              shownDuration(*budget)));
  if (repair.untimed > 0)
    finding.because(fmt::format(
        "{} of `{}` {} not say what {}, and {} counted as nothing", counted(repair.untimed, "step"),
        model.path(repair.runbook), repair.untimed == 1 ? "does" : "do",
        repair.untimed == 1 ? "it takes" : "they take", repair.untimed == 1 ? "is" : "are"));
  // (1 − objective) × window × (1 − share) must hold what comes behind.
  auto rest = subtract(1, fastest->tier->share);
  auto time = rest ? multiply(promise.window, *rest) : std::nullopt;
  auto share = time ? divide(behind, *time) : std::nullopt;
  if (!repair.byItself())
    finding.suggest("let a program end such outages, by failing over or taking a release back; "
                    "`automatic = true` in each of the steps that it does");
  if (std::string objective = share ? objectiveTolerating(*share) : ""; !objective.empty())
    finding.suggest(fmt::format("or promise what these times allow: at most {}", objective));
}

} // namespace

void checkDetection(const Index& index, std::span<const std::optional<Measure>> measures,
                    FindingList& findings) {
  for (size_t i = 0; i < measures.size(); ++i)
    if (measures[i] && !index.model[index.promises[i].slo].broken)
      detectionSlower(index, index.promises[i], *measures[i], findings);
}

} // namespace relc::analysis
