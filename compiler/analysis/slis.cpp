// What promises are measured by. Here REL2002 and REL2003, judged by what is declared: `measures`
// of the SLI, then `signal` of its metrics, and only then well-known names.

#include "compiler/analysis/families.h"
#include "compiler/analysis/measure.h"
#include "compiler/analysis/wording.h"
#include "compiler/model/traffic.h"

#include <fmt/format.h>

#include <map>

namespace relc::analysis {
namespace {

/// What users meet: a journey, what they reach directly, a service that much depends on. What keeps
/// or carries data promises other things to those who use it, and a vendor can only be probed.
bool facesUsers(const Index& index, EntityId owner) {
  const model::Model& model = index.model;
  Kind kind = model[owner].kind;
  if (kind == Kind::external) return false;
  if (kind == Kind::journey || model.boolean(owner, attr("user_facing"))) return true;
  unsigned tier = index.tierOf(owner);
  return kind == Kind::service && (tier == 1 || tier == 2);
}

/// Says why it is taken for what it is.
void point(Finding& finding, const Index& index, const Measure& measure) {
  const model::Model& model = index.model;
  if (const model::Attribute* said = model.attribute(measure.sli.entity, attr("measures"))) {
    finding.at(said->value.range, "what it measures");
    return;
  }
  for (const std::string& metric : measure.metrics) {
    EntityId declared = declarationOf(model, metric);
    if (declared.valid() && model.has(declared, attr("signal")))
      finding.at(placeOf(model, declared, attr("signal")), fmt::format("what `{}` tells", metric));
  }
}

void pointAtUsers(Finding& finding, const Index& index, EntityId owner) {
  const model::Model& model = index.model;
  if (model.boolean(owner, attr("user_facing")))
    finding.at(placeOf(model, owner, attr("user_facing")), "users reach it directly");
  else if (index.tierOf(owner) == 1 || index.tierOf(owner) == 2)
    finding.at(placeOf(model, owner, attr("tier")), "much depends on it");
}

std::string metricsOf(const Measure& measure) {
  return measure.metrics.empty() ? std::string("something else") : listed(measure.metrics);
}

/// A promise about what users get, for the reader to copy.
std::string_view better =
    "promise beside it what users get, such as the share of requests that do not fail: slo success "
    "{ objective = 99.9%  sli = http.availability({job=\"…\"}) }, with `import std.http`";

void pingSli(const Index& index, std::span<const Measure* const> pings, FindingList& findings) {
  const model::Model& model = index.model;
  const Measure& first = *pings[0];
  Finding& finding =
      addAbout(index, findings, Check::PingSli, first.slo, placeOf(index, first),
               fmt::format("`{}` promises users what only a probe sees", model.path(first.slo)),
               fmt::format("measured by {}", metricsOf(first)));
  point(finding, index, first);
  pointAtUsers(finding, index, first.owner);
  for (const Measure* other : pings.subspan(1))
    finding.at(index.here(other->slo, model[other->slo].nameRange), "nor does this see more");
  finding.because("a probe asks one thing, from one place, now and then; the requests of users can "
                  "fail while it succeeds, and then neither the budget nor an alert says so");
  finding.suggest(std::string(better));
  finding.suggest("if a probe does what users do, step by step, say so: `measures = users` in the "
                  "SLI");
}

void internalSli(const Index& index, const Measure& measure, FindingList& findings) {
  const model::Model& model = index.model;
  Finding& finding = addAbout(
      index, findings, Check::InternalSli, measure.slo, placeOf(index, measure),
      fmt::format("`{}` promises something that users do not notice", model.path(measure.slo)),
      fmt::format("measured by {}", metricsOf(measure)));
  point(finding, index, measure);
  finding.because(fmt::format(
      "users of `{}` notice failed and slow answers; {} can look bad while they get "
      "what they want, and good while they do not",
      model[measure.owner].name, measure.metrics.size() == 1 ? metricsOf(measure) : "these"));
  finding.suggest(std::string(better));
  finding.suggest("what runs out is an alert of severity `ticket`, or a `limit` of `capacity`");
  if (!measure.byName) return;
  finding.severity = diagnostics::Severity::Note;
  finding.because("this is judged by the name of the metric alone");
  finding.suggest(fmt::format("if users do notice it, say so: `measures = users` in the SLI, or "
                              "metric {} {{ … signal = latency }}",
                              measure.metrics[0]));
}

/// The promises of one owner.
struct Promised {
  size_t count = 0;
  std::vector<const Measure*> pings, inside;
};

void checkSight(const Index& index, std::span<const std::optional<Measure>> measures,
                FindingList& findings) {
  std::map<EntityId, Promised> byOwner;
  for (size_t i = 0; i < measures.size(); ++i) {
    EntityId owner = model::componentOf(index.model, index.model[index.promises[i].slo].parent);
    Promised& promised = byOwner[owner];
    ++promised.count;
    if (!measures[i]) continue;
    if (measures[i]->sees == Sees::Probe) promised.pings.push_back(&*measures[i]);
    if (measures[i]->sees == Sees::Internal) promised.inside.push_back(&*measures[i]);
  }
  for (const auto& [owner, promised] : byOwner) {
    // One promise about what users get is enough; one that cannot be read may be it.
    if (promised.pings.size() + promised.inside.size() < promised.count) continue;
    if (!facesUsers(index, owner)) continue;
    if (!promised.pings.empty()) pingSli(index, promised.pings, findings);
    for (const Measure* measure : promised.inside) internalSli(index, *measure, findings);
  }
}

} // namespace

void checkSlis(const Index& index, FindingList& findings) {
  const model::Model& model = index.model;
  std::vector<std::optional<Measure>> measures;
  for (const Promise& promise : index.promises) measures.push_back(measureOf(model, promise.slo));
  checkSight(index, measures, findings);
  checkTraffic(index, measures, findings);
  checkDetection(index, measures, findings);
  checkLatency(index, measures, findings);
  checkSeries(index, measures, findings);
  checkKeptLabels(index, measures, findings);
  checkRetention(index, measures, findings);
}

} // namespace relc::analysis
