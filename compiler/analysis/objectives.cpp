// What is promised and what is not, and what follows: REL2001, REL2012.

#include "compiler/analysis/families.h"
#include "compiler/analysis/wording.h"

#include <fmt/format.h>

#include <map>

namespace relc::analysis {
namespace {

// --- REL2001 -------------------------------------------------------------------------------------

void missingSlo(const Index& index, EntityId id, FindingList& findings) {
  const model::Model& model = index.model;
  const model::Entity& e = model[id];
  if (e.broken || index.holds(id, Kind::slo)) return;
  bool journey = e.kind == Kind::journey;
  bool userFacing = model.boolean(id, attr("user_facing"));
  unsigned tier = index.tierOf(id);
  bool vital = tier == 1 || tier == 2;
  if (!journey && !userFacing && !vital) return;

  Finding& finding =
      findings.add(Check::MissingSlo, e.nameRange, fmt::format("{} has no SLO", titled(model, id)));
  finding.about(id.index);
  if (journey) finding.label("what users do end to end");
  if (userFacing) finding.at(placeOf(model, id, attr("user_facing")), "users reach it directly");
  if (vital)
    finding.at(placeOf(model, id, attr("tier")),
               tier == 1 ? "users cannot do without it" : "much depends on it");
  finding.because(
      "without an objective nobody can say whether it is good enough, and nothing pages "
      "before users complain");
  bool http = journey || e.kind == Kind::service;
  finding.suggest(
      fmt::format("promise what its users already get: slo availability {{ objective = 99.9%  "
                  "sli {} }}{}",
                  http ? "= http.availability({job=\"…\"})" : "{ bad = `…`  total = `…` }",
                  http ? ", with `import std.http`" : ""));
}

// --- REL2012 -------------------------------------------------------------------------------------

/// One policy mends all promises of an owner, so they are one finding.
void noBudgetPolicy(const Index& index, std::span<const EntityId> slos, FindingList& findings) {
  const model::Model& model = index.model;
  EntityId owner = model[slos[0]].parent;
  std::vector<std::string> names;
  for (EntityId slo : slos) names.emplace_back(model[slo].name);
  Finding& finding =
      addAbout(index, findings, Check::NoBudgetPolicy, slos[0], model[slos[0]].nameRange,
               fmt::format("nobody has decided what happens when the budget of {} of `{}` is spent",
                           listed(names), model.path(owner)),
               "no `budget_policy`");
  for (EntityId slo : slos.subspan(1))
    finding.at(index.here(slo, model[slo].nameRange), "nor here");
  EntityId tiered = model.has(owner, attr("tier")) ? owner : model[owner].parent;
  finding.at(placeOf(model, tiered, attr("tier")), "users cannot do without it");
  finding.because(
      "a budget that is spent without consequence is a number on a dashboard: releases go "
      "on as before, and the promise is broken month after month");
  EntityId known;
  for (EntityId policy : index.of(Kind::budget_policy))
    if (!known.valid()) known = policy;
  finding.suggest(
      known.valid()
          ? fmt::format("name what follows: `budget_policy = {}`", model[known].name)
          : "write down what follows: budget_policy freeze { at 100% { action = \"Ship fixes "
            "only\"  stops = [features] } }, and name it: `budget_policy = freeze`");
}

} // namespace

void checkObjectives(const Index& index, FindingList& findings) {
  for (Kind kind : {Kind::service, Kind::datastore, Kind::queue, Kind::cache, Kind::journey})
    for (EntityId id : index.of(kind)) missingSlo(index, id, findings);
  std::map<EntityId, std::vector<EntityId>> without; // by owner
  for (const Promise& promise : index.promises) {
    const model::Entity& slo = index.model[promise.slo];
    if (slo.broken || index.model[slo.parent].kind == Kind::external ||
        index.tierOf(slo.parent) != 1 || index.model.has(promise.slo, attr("budget_policy")))
      continue;
    without[slo.parent].push_back(promise.slo);
  }
  for (const auto& [owner, slos] : without) noBudgetPolicy(index, slos, findings);
}

} // namespace relc::analysis
