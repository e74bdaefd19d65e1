#include "compiler/reliability/blast.h"

#include "compiler/faulttree/single_points.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <queue>
#include <tuple>

namespace relc::reliability {

using faulttree::Literal;
using faulttree::Op;

Blast::Blast(const SystemTree& system, std::span<const NodeId> lost)
    : system_(system), holds_(system.tree.size()), lost_(system.tree.size()) {
  const FaultTree& tree = system.tree;
  for (NodeId node : lost)
    if (node != noNode) lost_[node] = true;
  std::vector<NodeId> all(tree.size());
  for (NodeId node = 0; node < tree.size(); ++node) all[node] = node;
  for (NodeId node : tree.below(all)) {
    if (lost_[node] || !tree.isGate(node)) {
      holds_[node] = lost_[node] || (tree.op(node) == Op::House && tree.min(node) != 0);
      continue;
    }
    const auto arguments = tree.arguments(node);
    const auto count = size_t(std::count_if(arguments.begin(), arguments.end(),
                                            [&](Literal l) { return holds_[l.node()]; }));
    const size_t wanted = tree.op(node) == Op::And       ? arguments.size()
                          : tree.op(node) == Op::AtLeast ? tree.min(node)
                                                         : 1;
    holds_[node] = count >= wanted;
  }
}

Kind Blast::kindOf(EntityId id) const {
  return system_.model()[id].kind;
}

bool Blast::isDown(EntityId id) const {
  if (kindOf(id) != Kind::domain) return holds(system_.down(id));
  // The tree need not have a gate for each domain with all that it stands in.
  const auto chain = chainOf(system_.model(), id);
  return std::any_of(chain.begin(), chain.end(),
                     [&](EntityId domain) { return holds(system_.domainFails(domain)); });
}

FaultTree Blast::after() const {
  const FaultTree& tree = system_.tree;
  FaultTree result;
  for (NodeId node = 0; node < tree.size(); ++node) {
    result.declare(tree.name(node));
    if (lost_[node])
      result.defineHouse(node, true);
    else if (tree.isEvent(node))
      result.defineEvent(node, tree.probability(node));
    else if (tree.isGate(node))
      result.defineGate(node, tree.op(node), tree.arguments(node), tree.min(node), tree.max(node));
    else
      result.defineHouse(node, tree.min(node) != 0);
  }
  return result;
}

Effects effectsOf(const Model& model, const SystemTree& system, const Blast& blast) {
  Effects effects;
  for (EntityId id : system.nodes())
    if (blast.isDown(id)) effects.down.push_back(id);
  for (EntityId id : system.nodes()) {
    if (blast.isOwnDown(id)) continue;
    for (EntityId child : model.childrenOf(id)) {
      if (!schema::relations.has(model[child].kind) || model[child].broken) continue;
      const auto targets = model.targetsOf(child);
      const auto lost = size_t(std::count_if(targets.begin(), targets.end(),
                                             [&](EntityId t) { return blast.isDown(t); }));
      if (lost == 0) continue;
      const bool unmet = targets.size() - lost < model[child].required;
      if (!unmet)
        effects.leaning.push_back(child);
      else if (model[child].kind == Kind::uses)
        effects.degraded.push_back(child);
      else if (!isHard(model, child))
        effects.absorbed.push_back(child);
    }
  }
  for (EntityId team : model.all(Kind::team, true))
    if (blast.holds(system.nobodyAnswers(team))) effects.silent.push_back(team);
  return effects;
}

std::vector<Thinned> thinned(const SystemTree& system, const Blast& blast,
                             std::span<const EntityId> roots) {
  std::vector<NodeId> tops;
  std::vector<EntityId> standing;
  for (EntityId root : roots)
    if (const NodeId top =
            system.down(root) != noNode ? system.down(root) : system.nobodyAnswers(root);
        top != noNode && !blast.holds(top)) {
      tops.push_back(top);
      standing.push_back(root);
    }
  const FaultTree later = blast.after();
  const faulttree::SinglePoints before(system.tree, tops), after(later, tops);
  std::vector<Thinned> result;
  for (size_t i = 0; i < tops.size(); ++i) {
    Thinned one{standing[i], {}};
    std::vector<EntityId> seen; // components of which an instance is there
    const auto known = before.of(i);
    for (NodeId event : after.of(i)) {
      if (std::binary_search(known.begin(), known.end(), event)) continue;
      const Meaning& meaning = system.meaning(event);
      if (meaning.role == Role::InstanceFails) {
        if (std::find(seen.begin(), seen.end(), meaning.entity) != seen.end()) continue;
        seen.push_back(meaning.entity);
      }
      one.events.push_back(event);
    }
    std::stable_partition(one.events.begin(), one.events.end(), [&](NodeId event) {
      return system.meaning(event).role != Role::InstanceFails;
    });
    if (!one.events.empty()) result.push_back(std::move(one));
  }
  return result;
}

std::vector<EntityId> madeOf(const SystemTree& system, EntityId root) {
  std::vector<EntityId> result;
  if (system.down(root) == noNode) return result;
  const NodeId tops[] = {system.down(root)};
  for (NodeId node : system.tree.below(tops)) {
    const Meaning& meaning = system.meaning(node);
    if (meaning.role == Role::Down || meaning.role == Role::OwnDown)
      result.push_back(meaning.entity);
  }
  std::sort(result.begin(), result.end());
  result.erase(std::unique(result.begin(), result.end()), result.end());
  return result;
}

// --- cut sets in the plural
// ------------------------------------------------------------------------

std::vector<Shape> shapesOf(const SystemTree& system, std::span<const faulttree::CutSet> sets) {
  std::vector<Shape> shapes;
  std::map<std::vector<std::pair<NodeId, uint32_t>>, size_t> known;
  std::map<EntityId, NodeId> firstOf; // an instance that stands for all of its component
  for (const faulttree::CutSet& set : sets) {
    std::map<NodeId, uint32_t> parts;
    for (NodeId event : set.events) {
      const Meaning& meaning = system.meaning(event);
      if (meaning.role == Role::InstanceFails && meaning.number != 0)
        event = firstOf.try_emplace(meaning.entity, event).first->second;
      ++parts[event];
    }
    const auto [at, isNew] = known.try_emplace({parts.begin(), parts.end()}, shapes.size());
    if (isNew) {
      Shape shape;
      for (const auto& [event, count] : parts) shape.parts.push_back({event, count});
      shape.order = uint32_t(set.events.size());
      shapes.push_back(std::move(shape));
    }
    ++shapes[at->second].sets;
    shapes[at->second].probability += set.probability;
  }
  const auto isInstance = [&](const Part& part) {
    return system.meaning(part.event).role == Role::InstanceFails;
  };
  for (Shape& shape : shapes)
    std::stable_partition(shape.parts.begin(), shape.parts.end(),
                          [&](const Part& part) { return !isInstance(part); });
  std::stable_sort(shapes.begin(), shapes.end(), [](const Shape& a, const Shape& b) {
    const auto rank = [](const Shape& s) {
      return std::tuple(s.order, std::isnan(s.probability),
                        std::isnan(s.probability) ? 0 : -s.probability);
    };
    return rank(a) < rank(b);
  });
  return shapes;
}

// --- ways
// ------------------------------------------------------------------------------------------

namespace {

/// Entered by its own operation, or needed as a whole: a component's operations hurt it only then.
struct Stop {
  EntityId id;
  bool own;
  friend auto operator<=>(const Stop&, const Stop&) = default;
};

class WayFinder {
public:
  WayFinder(const Model& model, const Blast* blast) : model_(model), blast_(blast) {}

  std::vector<Step> find(EntityId top, EntityId goal) {
    using Cost = std::pair<uint32_t, uint32_t>; // steps that do not pass, steps
    struct Known {
      Cost cost;
      Stop from;
      std::optional<Step> step;
      bool done = false;
    };
    std::map<Stop, Known> known;
    using Entry = std::pair<Cost, Stop>;
    std::priority_queue<Entry, std::vector<Entry>, std::greater<>> open;
    known[{top, false}] = {{0, 0}, {}, std::nullopt};
    open.push({{0, 0}, {top, false}});
    while (!open.empty()) {
      const auto [cost, at] = open.top();
      open.pop();
      Known& here = known.at(at);
      if (here.done) continue;
      here.done = true;
      if (at.id == goal) {
        std::vector<Step> way;
        for (Stop s = at; known.at(s).step; s = known.at(s).from) way.push_back(*known.at(s).step);
        std::reverse(way.begin(), way.end());
        return way;
      }
      for (const Step& step : stepsFrom(at)) {
        if (blast_ && !(step.passes && isDown(step))) continue;
        const Stop next{step.to, step.by == Step::By::Component};
        const Cost then{cost.first + !step.passes, cost.second + 1};
        const auto [row, isNew] = known.try_emplace(next, Known{then, at, step});
        if (!isNew) {
          if (row->second.done || row->second.cost <= then) continue;
          row->second = {then, at, step};
        }
        open.push({then, next});
      }
    }
    return {};
  }

private:
  const Model& model_;
  const Blast* blast_;

  [[nodiscard]] bool isDown(const Step& step) const {
    return step.by == Step::By::Component ? blast_->isOwnDown(step.to) : blast_->isDown(step.to);
  }

  /// Is the need unmet by what the blast has taken, or, without one, by each of its targets alone?
  [[nodiscard]] bool isFatal(EntityId relation) const {
    if (!isHard(model_, relation)) return false;
    const auto targets = model_.targetsOf(relation);
    size_t lost = 1;
    if (blast_)
      lost = size_t(std::count_if(targets.begin(), targets.end(),
                                  [&](EntityId t) { return blast_->isDown(t); }));
    return targets.size() - lost < model_[relation].required;
  }

  [[nodiscard]] std::vector<Step> stepsFrom(Stop at) const {
    std::vector<Step> steps;
    const EntityId id = at.id;
    const auto add = [&](Step::By by, EntityId to, bool passes, EntityId relation = {}) {
      steps.push_back({by, id, to, relation, passes});
    };
    const Kind kind = model_[id].kind;
    if (kind == Kind::domain) {
      if (model_[id].in.valid()) add(Step::By::Inside, model_[id].in, true);
      return steps;
    }
    for (EntityId child : model_.childrenOf(id)) {
      const Kind what = model_[child].kind;
      if (what == Kind::operation && !at.own) add(Step::By::Operation, child, true);
      if (!schema::relations.has(what) || model_[child].broken) continue;
      for (EntityId target : model_.targetsOf(child))
        add(what == Kind::needs ? Step::By::Needs : Step::By::Uses, target,
            what == Kind::needs && isFatal(child), child);
    }
    if (kind == Kind::operation) add(Step::By::Component, model_[id].parent, true);
    if (!schema::components.has(kind)) return steps;
    for (const model::Value& shared : model_.listOf(id, attr("shares")))
      if (const auto* domain = shared.as<EntityId>()) add(Step::By::Sharing, *domain, true);
    const Instances instances = instancesOf(model_, id);
    if (!instances.stated || !schema::operated.has(kind)) return steps;
    for (const Placed& place : instances.places) {
      if (!place.domain.valid()) continue;
      // What stands around a place may take more of the instances than the place alone.
      for (EntityId domain : chainOf(model_, place.domain))
        add(Step::By::Standing, domain,
            blast_ ? blast_->isShort(id)
                   : leftWithout(model_, instances, domain) < instances.quorum);
    }
    return steps;
  }
};

} // namespace

std::vector<Step> wayTo(const Model& model, EntityId top, EntityId goal, const Blast* blast) {
  return WayFinder(model, blast).find(top, goal);
}

} // namespace relc::reliability
