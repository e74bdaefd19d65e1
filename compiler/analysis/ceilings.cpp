// What is promised beside what can be kept, given what is below: REL1011, REL1012.

#include "compiler/reliability/ceilings.h"
#include "compiler/analysis/families.h"
#include "compiler/analysis/policy.h"
#include "compiler/analysis/wording.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace relc::analysis {
namespace {

using faulttree::Interval;
using reliability::Ceilings;
using reliability::Role;
using reliability::SystemTree;
using reliability::Term;

/// Decimal fractions are not exact in binary: what differs by less is equal.
constexpr double rounding = 1e-12;
/// A promise may exceed its ceiling by this share of its budget: objectives are round numbers.
constexpr double leeway = 0.01;
/// Nodes of fault trees that are solved in one run at most; further promises are judged by bounds.
constexpr size_t mostWork = 500'000;
/// Broken promises that are explained term by term.
constexpr size_t mostExplained = 100;
constexpr size_t termsShown = 4;

/// Of a share of a window: "21m36s".
std::string lasting(double share, Decimal window) {
  const double seconds = share * window.toDouble();
  if (seconds < 1) return "less than 1s";
  return shownDuration(Decimal{std::llround(seconds), 0});
}

class CeilingReport {
public:
  CeilingReport(const Index& index, SystemTree& system, FindingList& findings)
      : index_(index), model_(index.model), system_(system), ceilings_(index.model, system),
        slack_(policyNumber(index.model, attr("dependency_slack")).toDouble()),
        findings_(findings) {}

  void report() {
    for (const Promise& promise : index_.promises) judge(promise);
  }

private:
  const Index& index_;
  const model::Model& model_;
  SystemTree& system_;
  Ceilings ceilings_;
  double slack_;
  FindingList& findings_;
  size_t explained_ = 0;

  [[nodiscard]] std::string name(EntityId id) const { return quoted(model_.path(id)); }

  void judge(const Promise& promise) {
    const EntityId owner = model_[promise.slo].parent;
    if (!promise.tolerated || model_[promise.slo].broken ||
        system_.down(owner) == faulttree::noNode ||
        !reliability::promisesAvailability(model_, promise.slo))
      return;
    const double tolerated = promise.tolerated->toDouble();
    const double most = tolerated * (1 + leeway) + rounding;
    Interval below = ceilings_.quick(owner);
    if (below.high > most && below.low <= most && ceilings_.work() < mostWork)
      below = ceilings_.exact(owner);
    if (below.low >= 1) return; // down from the start, which is said elsewhere
    if (below.low > most)
      aboveCeiling(promise, owner, tolerated);
    else
      closeToCeiling(promise, owner, tolerated);
  }

  void aboveCeiling(const Promise& promise, EntityId owner, double tolerated) {
    const bool exactly = explained_++ < mostExplained;
    const Interval below = exactly ? ceilings_.exact(owner) : ceilings_.quick(owner);
    const std::string most = reliability::shownAvailability(1 - below.low);
    const std::string objective =
        model::toText(model_, model_.attribute(promise.slo, attr("objective"))->value);
    Finding& finding =
        findings_.add(Check::SloAboveCeiling,
                      index_.here(promise.slo, placeOf(model_, promise.slo, attr("objective"))),
                      fmt::format("{} promises {}, but what {} needs allows {} at most",
                                  name(promise.slo), objective, name(owner), most));
    finding.about(promise.slo.index);
    finding.label(fmt::format("{} of bad time in {}", lasting(tolerated, promise.window),
                              shownDuration(promise.window)));
    finding.because(fmt::format("what it needs is down for {} in {}, even if {} never fails itself",
                                lasting(below.low, promise.window), shownDuration(promise.window),
                                name(owner)));
    const std::vector<Term> terms = exactly ? ceilings_.terms(owner) : std::vector<Term>();
    std::vector<std::string> gains;
    for (const Term& term : terms) {
      if (gains.size() == termsShown || term.gain * promise.window.toDouble() < 0.5) break;
      showTerm(finding, term);
      gains.push_back(fmt::format("{} {}", quotedEvent(term), lasting(term.gain, promise.window)));
    }
    if (!gains.empty())
      finding.because(
          fmt::format("time gained in {} if {} never failed: {}", shownDuration(promise.window),
                      gains.size() == 1 ? "this" : "one of these", fmt::join(gains, ", ")));
    if (auto unknown = ceilings_.unknown(owner); exactly && !unknown.empty()) {
      std::vector<std::string> names;
      for (EntityId id : unknown) names.push_back(name(id));
      finding.because(
          fmt::format("nothing is said of how available {} {}; it is taken as always up",
                      joined(names), names.size() == 1 ? "is" : "are"));
    }
    finding.suggest(
        fmt::format("promise what can be kept: `objective = {}`, or less, to leave room "
                    "for failures of its own",
                    reliability::honestObjective(1 - below.low)));
    finding.suggest("or make what costs the most redundant: `needs any [A, B]`, more domains in "
                    "`placement`, or a `fallback` without it");
  }

  [[nodiscard]] std::string quotedEvent(const Term& term) const {
    const reliability::Meaning& m = system_.meaning(term.event);
    return m.role == Role::CommonCause ? fmt::format("all of {} at once", name(m.entity))
                                       : name(m.entity);
  }

  void showTerm(Finding& finding, const Term& term) const {
    const reliability::Meaning& m = system_.meaning(term.event);
    if (model_[m.entity].library) return;
    for (auto attribute : {m.role == Role::InstanceFails ? attr("instance_availability")
                           : m.role == Role::CommonCause ? attr("common_cause")
                                                         : attr("availability"),
                           attr("sla")})
      if (const model::Attribute* a = model_.attribute(m.entity, attribute)) {
        finding.at(
            index_.here(m.entity, a->value.range),
            m.role == Role::CommonCause
                ? fmt::format("share of its failures that hit all of {} at once", name(m.entity))
                : fmt::format("{} is up this much", name(m.entity)));
        return;
      }
    for (EntityId child : model_.childrenOf(m.entity))
      if (model_[child].kind == Kind::slo && reliability::promisesAvailability(model_, child)) {
        finding.at(index_.here(child, placeOf(model_, child, attr("objective"))),
                   fmt::format("{} promises no more", name(m.entity)));
        return;
      }
  }

  /// How often a dependency is down, by what is said of it.
  [[nodiscard]] double unavailable(EntityId target) const {
    const double least = ceilings_.quick(target).low;
    return std::max(least, ceilings_.tolerated(target).value_or(0));
  }

  void closeToCeiling(const Promise& promise, EntityId owner, double tolerated) {
    std::vector<std::pair<EntityId, size_t>> tight; // a need and one of its targets
    const auto look = [&](EntityId who) {
      for (EntityId child : model_.childrenOf(who)) {
        const model::Entity& e = model_[child];
        if (e.kind != Kind::needs || !reliability::isHard(model_, child)) continue;
        const auto targets = model_.targetsOf(child);
        if (e.required < targets.size()) continue;
        for (size_t i = 0; i < targets.size(); ++i)
          if (unavailable(targets[i]) * slack_ > tolerated * (1 + rounding))
            tight.emplace_back(child, i);
      }
    };
    look(owner);
    if (model_[owner].kind == Kind::operation) look(model_[owner].parent);
    if (tight.empty()) return;
    Finding& finding =
        findings_.add(Check::SloCloseToCeiling,
                      index_.here(promise.slo, placeOf(model_, promise.slo, attr("objective"))),
                      fmt::format("{} leaves {} little room for failures of its own",
                                  name(promise.slo), name(owner)));
    finding.about(promise.slo.index);
    finding.label(fmt::format("{} of bad time in {}", lasting(tolerated, promise.window),
                              shownDuration(promise.window)));
    double sum = 0;
    for (const auto& [need, i] : tight) {
      const EntityId target = model_.targetsOf(need)[i];
      const double share = unavailable(target);
      sum += share;
      finding.at(
          index_.here(need, model_[need].targetRanges[i]),
          fmt::format("{} may be down for {}", name(target), lasting(share, promise.window)));
    }
    finding.because(fmt::format("what it cannot do without may use up {} of its budget of {}",
                                lasting(sum, promise.window), lasting(tolerated, promise.window)));
    finding.because(
        fmt::format("a hard dependency should be {:.4g} times better than who depends on "
                    "it: {} here",
                    slack_, reliability::shownAvailability(1 - tolerated / slack_)));
    finding.suggest("promise less, or make it a soft dependency with a `fallback`");
    finding.suggest("if you add up budgets instead, say how much better each must be: `policy { "
                    "dependency_slack = 2 }`");
  }
};

} // namespace

void checkCeilings(const Index& index, SystemTree& system, FindingList& findings) {
  CeilingReport(index, system, findings).report();
}

} // namespace relc::analysis
