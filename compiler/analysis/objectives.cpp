// What is promised and what is not: REL2001.

#include "compiler/analysis/families.h"
#include "compiler/analysis/wording.h"

#include <fmt/format.h>

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

} // namespace

void checkObjectives(const Index& index, FindingList& findings) {
  for (Kind kind : {Kind::service, Kind::datastore, Kind::queue, Kind::cache, Kind::journey})
    for (EntityId id : index.of(kind)) missingSlo(index, id, findings);
}

} // namespace relc::analysis
