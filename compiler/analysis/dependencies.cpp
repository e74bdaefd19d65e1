// What needs and uses what, and how: REL1004 to REL1007.

#include "compiler/analysis/cycles.h"
#include "compiler/analysis/families.h"
#include "compiler/analysis/wording.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace relc::analysis {
namespace {

/// Waits that are labelled in the source; nobody follows a longer chain.
constexpr size_t waitsShown = 20;

/// Its caller goes on working while it is down for some time.
bool isAsynchronous(const model::Model& model, EntityId relation) {
  auto tolerates = model.duration(relation, attr("tolerates"));
  return tolerates && tolerates->mantissa > 0;
}

// --- REL1004 -------------------------------------------------------------------------------------

/// Those who need and are needed. An operation needs what it says itself and its component; the
/// component works without it.
constexpr KindSet needy = schema::components | KindSet(Kind::operation);

/// The needs between components and operations as a graph of who can start after whom.
struct NeedsGraph {
  std::vector<EntityId> components; ///< by node
  std::vector<EntityId> needs;      ///< by requirement; the operation itself for what it is part of
  StartGraph graph;

  static NeedsGraph build(const Index& index) {
    const model::Model& model = index.model;
    std::vector<uint32_t> nodeOf(model.entities.size(), UINT32_MAX);
    std::vector<EntityId> components;
    for (uint32_t i = 0; i < model.entities.size(); ++i)
      if (needy.has(model.entities[i].kind)) {
        nodeOf[i] = static_cast<uint32_t>(components.size());
        components.push_back({i});
      }
    NeedsGraph result{{}, {}, StartGraph(static_cast<uint32_t>(components.size()))};
    result.components = std::move(components);
    std::vector<uint32_t> members;
    for (EntityId id : index.of(Kind::needs)) {
      const model::Entity& e = model[id];
      // Of a broken group it is not known how much redundancy it has.
      if (e.broken || nodeOf[e.parent.index] == UINT32_MAX || isAsynchronous(model, id)) continue;
      members.clear();
      for (EntityId target : model.targetsOf(id)) members.push_back(nodeOf[target.index]);
      result.graph.require(nodeOf[e.parent.index], e.required, members);
      result.needs.push_back(id);
    }
    for (EntityId id : index.of(Kind::operation)) {
      if (nodeOf[model[id].parent.index] == UINT32_MAX) continue;
      result.graph.require(nodeOf[id.index], 1, std::array{nodeOf[model[id].parent.index]});
      result.needs.push_back(id);
    }
    return result;
  }
};

class DeadlockReport {
public:
  DeadlockReport(const Index& index, const NeedsGraph& needs, const Deadlock& deadlock)
      : model_(index.model), needs_(needs), deadlock_(deadlock) {}

  void add(FindingList& findings) const {
    const std::vector<Wait>& cycle = deadlock_.cycle;
    Finding& finding = findings.add(Check::HardDependencyCycle, rangeOf(cycle.front()), message());
    finding.about(needs_.needs[cycle.front().requirement].index);
    finding.label(label(cycle.front()));
    for (size_t i = 1; i < cycle.size() && i < waitsShown; ++i)
      finding.at(rangeOf(cycle[i]), label(cycle[i]));
    if (cycle.size() > waitsShown)
      finding.because(fmt::format("{} further needs close the cycle", cycle.size() - waitsShown));
    finding.because(
        "after a full stop, such as a power cut or a lost region, each of them waits for "
        "another one, so that none starts");
    std::vector<std::string> others = tangled();
    if (!others.empty())
      finding.because(
          fmt::format("{} {} held up by the same tangle, of which this is a shortest cycle",
                      listed(others), others.size() == 1 ? "is" : "are"));
    finding.suggest("decide which of them can start alone and do part of its work: make its need "
                    "soft, `uses … { fallback = \"…\" }`");
    finding.suggest("where an outage of some length does no harm, say so: `tolerates = 4h`");
  }

private:
  const model::Model& model_;
  const NeedsGraph& needs_;
  const Deadlock& deadlock_;

  [[nodiscard]] const StartGraph::Requirement& requirement(Wait wait) const {
    return needs_.graph.requirements()[wait.requirement];
  }
  [[nodiscard]] std::string nameOf(uint32_t node) const {
    return model_.path(needs_.components[node]);
  }
  [[nodiscard]] std::string owner(Wait wait) const { return nameOf(requirement(wait).owner); }
  [[nodiscard]] source::Range rangeOf(Wait wait) const {
    const model::Entity& e = model_[needs_.needs[wait.requirement]];
    return e.kind == Kind::operation ? e.nameRange : e.targetRanges[wait.member];
  }

  [[nodiscard]] std::string message() const {
    const std::vector<Wait>& cycle = deadlock_.cycle;
    if (cycle.size() == 1) return fmt::format("`{}` needs itself", owner(cycle[0]));
    std::string chain;
    for (size_t i = 0; i < cycle.size(); ++i) {
      if (cycle.size() > namesShown && i == namesShown - 1) {
        chain += "… → ";
        i = cycle.size() - 1;
      }
      chain += fmt::format("`{}` → ", owner(cycle[i]));
    }
    return fmt::format("{}`{}` is a cycle of hard dependencies", chain, owner(cycle[0]));
  }

  [[nodiscard]] std::string label(Wait wait) const {
    const StartGraph::Requirement& r = requirement(wait);
    std::string member = nameOf(needs_.graph.members(r)[wait.member]);
    if (model_[needs_.needs[wait.requirement]].kind == Kind::operation)
      return fmt::format("`{}` is a part of `{}`", owner(wait), member);
    if (r.required == r.count) return fmt::format("`{}` needs `{}`", owner(wait), member);
    return fmt::format("`{}` needs {} of these {}, and too few can start without it", owner(wait),
                       r.required, r.count);
  }

  /// Components of the deadlock that the cycle does not pass.
  [[nodiscard]] std::vector<std::string> tangled() const {
    std::vector<uint32_t> shown;
    for (Wait wait : deadlock_.cycle) shown.push_back(requirement(wait).owner);
    std::sort(shown.begin(), shown.end());
    std::vector<std::string> names;
    for (uint32_t node : deadlock_.nodes)
      if (!std::binary_search(shown.begin(), shown.end(), node)) names.push_back(nameOf(node));
    return names;
  }
};

void hardDependencyCycles(const Index& index, FindingList& findings) {
  const NeedsGraph needs = NeedsGraph::build(index);
  for (const Deadlock& deadlock : findDeadlocks(needs.graph))
    DeadlockReport(index, needs, deadlock).add(findings);
}

// --- REL1005 -------------------------------------------------------------------------------------

/// Does a component promise at least as much as its caller's tier asks for? One without a tier may
/// promise by an SLO or an SLA.
bool standsUpTo(const Index& index, EntityId component, unsigned tier) {
  unsigned own = index.tierOf(component);
  if (own > 0) return own <= tier;
  const model::Entity& e = index.model[component];
  if (e.kind == Kind::operation && !e.broken && !index.holds(component, Kind::slo))
    return standsUpTo(index, e.parent, tier);
  return tier > 2 || e.broken || index.holds(component, Kind::slo) ||
         index.model.has(component, attr("sla"));
}

/// Where the tier is stated that `Index::tierOf` answers with.
source::Range tierRange(const model::Model& model, EntityId id) {
  const model::Attribute* tier = model.attribute(id, attr("tier"));
  if (!tier) tier = model.attribute(model[id].parent, attr("tier"));
  return tier->value.range;
}

void tierInversion(const Index& index, EntityId id, FindingList& findings) {
  const model::Model& model = index.model;
  const model::Entity& relation = model[id];
  std::string caller = model.path(relation.parent);
  unsigned tier = index.tierOf(relation.parent);
  if (tier == 0 || relation.broken || isAsynchronous(model, id)) return;
  auto targets = model.targetsOf(id);
  std::vector<size_t> low;
  for (size_t i = 0; i < targets.size(); ++i)
    if (!standsUpTo(index, targets[i], tier)) low.push_back(i);
  // As long as enough of a group keep up, the others are a bonus.
  if (targets.size() - low.size() >= relation.required) return;

  EntityId first = targets[low[0]];
  std::string name = model.path(first);
  unsigned lowTier = index.tierOf(first);
  size_t high = targets.size() - low.size();
  bool group = relation.required < targets.size();
  std::string message =
      group ? fmt::format("`{}` of tier{} needs {} of these {}, and {} up to it", caller, tier,
                          relation.required, targets.size(),
                          high == 0   ? "none stands"
                          : high == 1 ? "only 1 stands"
                                      : fmt::format("only {} stand", high))
      : lowTier > 0
          ? fmt::format("`{}` of tier{} needs `{}` of tier{}", caller, tier, name, lowTier)
          : fmt::format("`{}` of tier{} needs `{}`, which promises nothing", caller, tier, name);
  Finding& finding =
      findings.add(Check::TierInversion, relation.targetRanges[low[0]], std::move(message));
  finding.about(id.index);
  finding.label(lowTier > 0 ? fmt::format("of tier{}", lowTier)
                            : "neither a tier nor an objective");
  for (size_t i = 1; i < low.size() && i < namesShown; ++i)
    finding.at(relation.targetRanges[low[i]], "nor does this one stand up to it");
  finding.at(tierRange(model, relation.parent), fmt::format("`{}` is tier{}", caller, tier));
  if (lowTier > 0)
    finding.at(tierRange(model, first), fmt::format("`{}` is tier{}", name, lowTier));
  else
    finding.at(model[first].nameRange, "says neither `tier` nor an `slo`");
  finding.because(fmt::format(
      "{} `{}` is down so is `{}`, and {}",
      group ? "once the others of the group are lost, when" : "when", name, caller,
      lowTier > 0 ? fmt::format("whoever runs it may be as slow as tier{} allows", lowTier)
                  : "nobody has promised how rarely that happens"));
  finding.suggest(
      fmt::format("raise `{}` to tier{}, with the objective that this takes", name, tier));
  finding.suggest(fmt::format("or let `{}` do without it: `uses {} {{ fallback = \"…\" }}`, or "
                              "`tolerates` if an outage of some length does no harm",
                              caller, name));
}

// --- REL1006, REL1007 ----------------------------------------------------------------------------

/// "`a`, `b` and `c`".
std::string targetNames(const model::Model& model, EntityId relation) {
  std::vector<std::string> names;
  for (EntityId target : model.targetsOf(relation)) names.push_back(model.path(target));
  return listed(names);
}

source::Range targetsRange(const model::Entity& relation) {
  return source::join(relation.targetRanges.front(), relation.targetRanges.back());
}

void noFallback(const model::Model& model, EntityId id, FindingList& findings) {
  const model::Entity& relation = model[id];
  if (relation.broken || relation.targetRanges.empty()) return;
  if (!model.text(id, attr("fallback")).empty()) return;
  findings
      .add(Check::NoFallback, targetsRange(relation),
           fmt::format("`{}` uses {} without a fallback", model.path(relation.parent),
                       targetNames(model, id)))
      .about(id.index)
      .label("what do users get while this is down?")
      .because("a soft dependency is one that somebody wrote a way around for; without one it is "
               "hard in truth, and no analysis sees it")
      .suggest("say what happens instead: `fallback = \"Show the best sellers\"`")
      .suggest(fmt::format("if nothing works without it, write `needs` instead of `uses`"));
}

void unprotectedCall(const model::Model& model, EntityId id, FindingList& findings) {
  const model::Entity& relation = model[id];
  // Journeys are what users do: they call nothing themselves.
  if (relation.broken || relation.targetRanges.empty()) return;
  if (!needy.has(model[relation.parent].kind)) return;
  std::string caller = model.path(relation.parent);

  if (!model.has(id, attr("timeout")) && !isAsynchronous(model, id))
    findings
        .add(Check::UnprotectedCall, targetsRange(relation),
             fmt::format("`{}` calls {} without a timeout", caller, targetNames(model, id)))
        .about(id.index)
        .label("no `timeout` here")
        .because(
            "when the callee hangs, each call holds a thread and a connection of the caller until "
            "none is left: a slow dependency becomes an outage of the caller, even a soft one")
        .suggest(
            "set the time after which the answer is of no use to the caller: `timeout = 200ms`")
        .suggest(
            "if it is called asynchronously, say how long an outage is absorbed: `tolerates = 4h`");

  const model::Attribute* retries = model.attribute(id, attr("retries"));
  auto count = retries ? model.integer(id, attr("retries")) : std::nullopt;
  if (!count || *count == 0 || model.boolean(id, attr("breaker"))) return;
  if (auto backoff = model.duration(id, attr("backoff")); backoff && backoff->mantissa > 0) return;
  findings
      .add(Check::UnprotectedCall, retries->value.range,
           fmt::format("`{}` retries calls to {} with neither backoff nor breaker", caller,
                       targetNames(model, id)))
      .about(id.index)
      .label(fmt::format("up to {} attempts, one right after the other", *count + 1))
      .because(
          fmt::format("while the callee is down each request becomes {0} calls, so it comes back "
                      "to {0} times its usual load and goes down again",
                      *count + 1))
      .suggest("wait before each retry, longer each time: `backoff = 50ms`")
      .suggest("or stop calling what is down: `breaker = true`");
}

} // namespace

void checkDependencies(const Index& index, FindingList& findings) {
  hardDependencyCycles(index, findings);
  for (EntityId id : index.of(Kind::needs)) {
    tierInversion(index, id, findings);
    unprotectedCall(index.model, id, findings);
  }
  for (EntityId id : index.of(Kind::uses)) {
    noFallback(index.model, id, findings);
    unprotectedCall(index.model, id, findings);
  }
}

} // namespace relc::analysis
