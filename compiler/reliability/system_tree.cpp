#include "compiler/reliability/system_tree.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace relc::reliability {

using faulttree::Literal;
using faulttree::Op;

namespace {

constexpr uint32_t noUnit = UINT32_MAX;
/// Who is told of whom, from team to escalation to team: nobody follows a longer chain.
constexpr int deepestChain = 32;
/// Units that need each other in circles are solved in as many rounds; circles that are longer
/// are findings, and what is said of them may be too good.
constexpr size_t mostRounds = 32;

double failure(const std::optional<model::Decimal>& availability) {
  return availability ? 1 - availability->toDouble() : faulttree::unknownProbability;
}

} // namespace

class TreeBuilder {
public:
  TreeBuilder(SystemTree& out, const TreeOptions& options)
      : out_(out), model_(out.model_), options_(options) {
    for (auto* nodes :
         {&out_.down_, &out_.own_, &out_.tooFew_, &out_.whole_, &out_.domainEvent_, &out_.silent_})
      nodes->assign(model_.entities.size(), noNode);
    downUnit_.assign(model_.entities.size(), noUnit);
    ownUnit_.assign(model_.entities.size(), noUnit);
  }

  void build() {
    if (options_.roots.empty()) {
      for (uint32_t i = 0; i < model_.entities.size(); ++i)
        if (needy.has(model_.entities[i].kind) && !model_.entities[i].pattern) want({i});
    } else {
      for (EntityId root : options_.roots) want(root);
    }
    for (size_t i = 0; i < wanted_.size(); ++i) collect(wanted_[i]);
    connect();
    findCircles();
    for (Unit& unit : units_)
      unit.gate = declare(unit.own ? Role::OwnDown : Role::Down, unit.entity);
    for (Unit& unit : units_) {
      (unit.own ? out_.own_ : out_.down_)[unit.entity.index] = unit.gate;
      if (unit.own || !schema::components.has(model_[unit.entity].kind)) continue;
      if (out_.own_[unit.entity.index] == noNode) out_.own_[unit.entity.index] = unit.gate;
    }
    defineAll();
    out_.nodes_ = std::move(wanted_);
    if (options_.people)
      for (EntityId id : out_.nodes_)
        if (schema::components.has(model_[id].kind)) {
          const EntityId owner = model::ownerOf(model_, id);
          if (owner.valid()) out_.silent_[id.index] = nobodyAnswers(owner, 0);
        }
  }

private:
  struct Need {
    EntityId relation;
    uint32_t required;
    uint32_t first, count; ///< in targets_: units
  };
  /// A gate of the graph of needs: a component without or with its operations, an operation, a
  /// journey.
  struct Unit {
    EntityId entity;
    bool own = false;              ///< a component but for its operations
    uint32_t part = noUnit;        ///< what it is that, too: the component's own unit
    uint32_t firstOp = 0, ops = 0; ///< in operations_: units
    uint32_t firstNeed = 0, needs = 0;
    bool circular = false;
    NodeId gate = noNode;
    NodeId before = noNode; ///< of the round before, if circular
  };

  SystemTree& out_;
  const Model& model_;
  const TreeOptions& options_;
  std::vector<EntityId> wanted_; ///< entities, grows while they are read
  std::vector<Unit> units_;
  std::vector<Need> needs_;
  std::vector<EntityId> targetEntities_;
  std::vector<uint32_t> targets_;
  std::vector<EntityId> operationEntities_;
  std::vector<uint32_t> operations_;
  std::vector<uint32_t> downUnit_, ownUnit_;                   ///< by entity
  std::vector<uint32_t> circular_;                             ///< units
  std::map<std::pair<EntityId, EntityId>, NodeId> domainDown_; ///< by domain and what it is within
  std::map<std::vector<uint32_t>, NodeId> thresholds_;         ///< by least number and arguments
  std::map<EntityId, NodeId> another_;                         ///< plus 1
  std::vector<bool> inProgress_;                               ///< by entity, of people

  // --- what is there -----------------------------------------------------------------------------

  void want(EntityId id) {
    if (!id.valid() || downUnit_[id.index] != noUnit || !needy.has(model_[id].kind)) return;
    downUnit_[id.index] = noUnit - 1; // wanted, but no unit yet
    wanted_.push_back(id);
  }

  [[nodiscard]] const Change* changeOf(EntityId id) const {
    for (const Change& change : options_.changes)
      if (change.entity == id) return &change;
    return nullptr;
  }

  void readNeeds(EntityId owner, Unit& unit) {
    unit.firstNeed = uint32_t(needs_.size());
    for (EntityId child : model_.childrenOf(owner)) {
      if (model_[child].kind != Kind::needs || !isHard(model_, child)) continue;
      if (const Change* change = changeOf(child); change && change->soft) continue;
      Need need{child, model_[child].required, uint32_t(targetEntities_.size()), 0};
      for (EntityId target : model_.targetsOf(child)) {
        if (!needy.has(model_[target].kind)) continue;
        want(target);
        targetEntities_.push_back(target);
        ++need.count;
      }
      if (need.count > 0) needs_.push_back(need);
    }
    unit.needs = uint32_t(needs_.size()) - unit.firstNeed;
  }

  [[nodiscard]] bool hasHardNeeds(EntityId operation) const {
    const auto children = model_.childrenOf(operation);
    return std::any_of(children.begin(), children.end(),
                       [&](EntityId child) { return isHard(model_, child); });
  }

  void collect(EntityId id) {
    const Kind kind = model_[id].kind;
    if (kind == Kind::operation) {
      const EntityId component = model_[id].parent;
      want(component);
      Unit unit{id};
      unit.part = component.index; // an entity until `connect`
      readNeeds(id, unit);
      downUnit_[id.index] = addUnit(unit);
      return;
    }
    Unit own{id};
    readNeeds(id, own);
    own.firstOp = uint32_t(operationEntities_.size());
    if (kind != Kind::journey)
      for (EntityId child : model_.childrenOf(id))
        if (model_[child].kind == Kind::operation && hasHardNeeds(child)) {
          operationEntities_.push_back(child);
          want(child);
        }
    const uint32_t ops = uint32_t(operationEntities_.size()) - own.firstOp;
    if (ops == 0) {
      downUnit_[id.index] = ownUnit_[id.index] = addUnit(own);
      return;
    }
    Unit whole{id};
    whole.firstOp = own.firstOp;
    whole.ops = ops;
    own.own = true;
    ownUnit_[id.index] = addUnit(own);
    whole.part = id.index;
    downUnit_[id.index] = addUnit(whole);
  }

  uint32_t addUnit(const Unit& unit) {
    units_.push_back(unit);
    return uint32_t(units_.size()) - 1;
  }

  /// Entities become units.
  void connect() {
    targets_.reserve(targetEntities_.size());
    for (EntityId target : targetEntities_) targets_.push_back(downUnit_[target.index]);
    operations_.reserve(operationEntities_.size());
    for (EntityId op : operationEntities_) operations_.push_back(downUnit_[op.index]);
    for (Unit& unit : units_)
      if (unit.part != noUnit) unit.part = ownUnit_[unit.part];
  }

  template <class Visit>
  void forEachBelow(const Unit& unit, Visit visit) const {
    if (unit.part != noUnit) visit(unit.part);
    for (uint32_t i = 0; i < unit.ops; ++i) visit(operations_[unit.firstOp + i]);
    for (uint32_t i = 0; i < unit.needs; ++i) {
      const Need& need = needs_[unit.firstNeed + i];
      for (uint32_t t = 0; t < need.count; ++t) visit(targets_[need.first + t]);
    }
  }

  /// Marks what lies on circles or between them: what is left when first those are taken away
  /// that need nothing that is left, then those that nothing needs that is left.
  void findCircles() {
    std::vector<uint32_t> open(units_.size()), callers(units_.size());
    std::vector<uint32_t> begin(units_.size() + 1), above;
    for (const Unit& unit : units_) forEachBelow(unit, [&](uint32_t below) { ++begin[below + 1]; });
    for (size_t i = 0; i < units_.size(); ++i) begin[i + 1] += begin[i];
    above.resize(begin.back());
    std::vector<uint32_t> next(begin.begin(), begin.end() - 1), ready;
    for (uint32_t u = 0; u < units_.size(); ++u) {
      forEachBelow(units_[u], [&](uint32_t below) {
        above[next[below]++] = u;
        ++open[u];
      });
      if (open[u] == 0) ready.push_back(u);
    }
    for (size_t i = 0; i < ready.size(); ++i)
      for (uint32_t a = begin[ready[i]]; a < begin[ready[i] + 1]; ++a)
        if (--open[above[a]] == 0) ready.push_back(above[a]);
    if (ready.size() == units_.size()) return;

    for (uint32_t u = 0; u < units_.size(); ++u)
      if (open[u] > 0) forEachBelow(units_[u], [&](uint32_t below) { ++callers[below]; });
    ready.clear();
    for (uint32_t u = 0; u < units_.size(); ++u) {
      units_[u].circular = open[u] > 0;
      if (open[u] > 0 && callers[u] == 0) ready.push_back(u);
    }
    for (size_t i = 0; i < ready.size(); ++i) {
      units_[ready[i]].circular = false;
      forEachBelow(units_[ready[i]], [&](uint32_t below) {
        if (open[below] > 0 && --callers[below] == 0) ready.push_back(below);
      });
    }
    for (uint32_t u = 0; u < units_.size(); ++u)
      if (units_[u].circular) circular_.push_back(u);
  }

  // --- gates -------------------------------------------------------------------------------------

  NodeId declare(Role role, EntityId entity, uint32_t number = 0) {
    out_.meanings_.push_back({role, entity, number});
    return out_.tree.declare({});
  }
  NodeId addEvent(Role role, EntityId entity, double probability, uint32_t number = 0) {
    const NodeId node = declare(role, entity, number);
    out_.tree.defineEvent(node, probability);
    return node;
  }
  NodeId addGate(Role role, EntityId entity, Op op, std::span<const Literal> arguments,
                 uint32_t min = 0, uint32_t number = 0) {
    const NodeId node = declare(role, entity, number);
    define(node, op, arguments, min);
    return node;
  }
  void define(NodeId node, Op op, std::span<const Literal> arguments, uint32_t min = 0) {
    if (arguments.empty())
      out_.tree.defineHouse(node, false);
    else
      out_.tree.defineGate(node, op, arguments, min);
  }

  NodeId domainEvent(EntityId domain) {
    NodeId& event = out_.domainEvent_[domain.index];
    if (event == noNode)
      event =
          addEvent(Role::DomainFails, domain, failure(model_.ratio(domain, attr("availability"))));
    return event;
  }

  /// The domain is down for a reason within `outer`: it fails, or what it stands in below that.
  /// Not valid if it is `outer` itself. Without `outer` all that it stands in counts.
  NodeId domainDown(EntityId domain, EntityId outer = {}) {
    std::vector<EntityId> chain = chainOf(model_, domain);
    chain.erase(std::find(chain.begin(), chain.end(), outer), chain.end());
    NodeId above = noNode;
    for (size_t i = chain.size(); i-- > 0;) {
      const auto [at, isNew] = domainDown_.try_emplace({chain[i], outer}, noNode);
      if (isNew) {
        const NodeId event = domainEvent(chain[i]);
        const Literal both[] = {event, above};
        at->second = above == noNode ? event : addGate(Role::DomainDown, chain[i], Op::Or, both);
        if (!outer.valid()) out_.down_[chain[i].index] = at->second;
      }
      above = at->second;
    }
    return above;
  }

  /// The narrowest domain that all places stand inside of, itself none of them; not valid if there
  /// is none.
  [[nodiscard]] EntityId commonDomain(const Instances& instances) const {
    std::vector<EntityId> common;
    for (const Placed& place : instances.places) {
      if (!place.domain.valid()) return {};
      const std::vector<EntityId> chain = chainOf(model_, place.domain);
      const std::vector<EntityId> outside(chain.begin() + 1, chain.end());
      if (&place == &instances.places.front()) common = outside;
      std::erase_if(common, [&](EntityId domain) {
        return std::find(outside.begin(), outside.end(), domain) == outside.end();
      });
    }
    return common.empty() ? EntityId() : common.front();
  }

  /// That too few instances are left, or noNode if that cannot be.
  NodeId tooFewInstances(EntityId component) {
    const Change* change = changeOf(component);
    const Instances instances =
        change && change->instances ? *change->instances : instancesOf(model_, component);
    if (!instances.stated) return noNode;
    const NodeId node = declare(Role::TooFewInstances, component);
    if (instances.fatal() == 0)
      out_.tree.defineHouse(node, true);
    else if (instances.count <= manyInstances &&
             (model_.has(component, attr("instance_availability")) ||
              (options_.eachInstance && instances.count > 1)))
      defineByInstance(node, component, instances);
    else
      defineByDomain(node, component, instances);
    return node;
  }

  void defineByInstance(NodeId node, EntityId component, const Instances& instances) {
    const double all = failure(model_.ratio(component, attr("instance_availability")));
    const auto share = model_.ratio(component, attr("common_cause"));
    const double beta = share && instances.count > 1 ? share->toDouble() : 0;
    const EntityId common = commonDomain(instances);
    std::vector<Literal> down;
    uint32_t number = 0;
    for (const Placed& place : instances.places)
      for (uint32_t i = 0; i < place.count; ++i) {
        const NodeId event = addEvent(Role::InstanceFails, component, (1 - beta) * all, ++number);
        if (!place.domain.valid()) {
          down.emplace_back(event);
          continue;
        }
        const Literal both[] = {event, domainDown(place.domain, common)};
        down.emplace_back(addGate(Role::InstanceDown, component, Op::Or, both, 0, number));
      }
    std::vector<Literal> any;
    if (common.valid()) any.emplace_back(domainDown(common));
    // The beta factor (Fleming 1975): a share of the failures of each hits all at once.
    if (beta > 0) any.emplace_back(addEvent(Role::CommonCause, component, beta * all));
    if (any.empty()) return define(node, Op::AtLeast, down, instances.fatal());
    any.emplace_back(
        addGate(Role::TooFewInstances, component, Op::AtLeast, down, instances.fatal(), 1));
    define(node, Op::Or, any);
  }

  void defineByDomain(NodeId node, EntityId component, const Instances& instances) {
    std::vector<Literal> any;
    // Of a single instance it is the same as that the component fails as a whole.
    if (instances.fatal() == 1 && instances.count > 1)
      any.emplace_back(addEvent(Role::InstanceFails, component,
                                failure(model_.ratio(component, attr("instance_availability"))),
                                0));
    // What all of them stand in takes all of them down: said once, it is seen as one event.
    const EntityId common = commonDomain(instances);
    if (common.valid()) any.emplace_back(domainDown(common));
    std::vector<std::pair<NodeId, uint32_t>> weighted;
    for (const Placed& place : instances.places)
      if (place.domain.valid())
        weighted.emplace_back(domainDown(place.domain, common), place.count);
    if (const auto lost = weightedThreshold(component, weighted, instances.fatal()))
      any.push_back(*lost);
    define(node, Op::Or, any);
  }

  /// Holds if the weights of those arguments that hold add up to `wanted`. Nothing if they cannot.
  std::optional<Literal>
  weightedThreshold(EntityId component, const std::vector<std::pair<NodeId, uint32_t>>& arguments,
                    uint32_t wanted) {
    if (arguments.empty()) return std::nullopt;
    uint64_t sum = 0;
    bool even = true;
    for (const auto& [node, weight] : arguments) {
      sum += weight;
      even &= weight == arguments.front().second;
    }
    if (sum < wanted) return std::nullopt;
    // Beyond some number of places it makes no difference that they are not filled evenly.
    if (even || arguments.size() > manyInstances) {
      std::vector<Literal> nodes;
      for (const auto& argument : arguments) nodes.emplace_back(argument.first);
      const uint32_t enough = std::max( // of the average weight
          1u, uint32_t((uint64_t(wanted) * arguments.size() + sum - 1) / sum));
      // Many components stand in the same domains: what takes them down is one thing.
      std::sort(nodes.begin(), nodes.end(), [](Literal a, Literal b) { return a.code < b.code; });
      std::vector<uint32_t> key{enough};
      for (Literal node : nodes) key.push_back(node.code);
      const auto [at, isNew] = thresholds_.try_emplace(std::move(key), noNode);
      if (isNew)
        at->second = addGate(Role::TooFewInstances, component, Op::AtLeast, nodes, enough, 1);
      return at->second;
    }
    // From the last argument up: with what is still wanted of those from `i` on. Few sums differ.
    std::vector<uint64_t> rest(arguments.size() + 1);
    for (size_t i = arguments.size(); i-- > 0;) rest[i] = rest[i + 1] + arguments[i].second;
    std::vector<std::vector<uint64_t>> sums(arguments.size() + 1);
    sums[0] = {wanted};
    for (size_t i = 0; i < arguments.size(); ++i) {
      for (uint64_t want : sums[i])
        for (uint64_t then : {want, want - std::min<uint64_t>(want, arguments[i].second)})
          if (then > 0 && then <= rest[i + 1]) sums[i + 1].push_back(then);
      std::sort(sums[i + 1].begin(), sums[i + 1].end());
      sums[i + 1].erase(std::unique(sums[i + 1].begin(), sums[i + 1].end()), sums[i + 1].end());
    }
    std::map<uint64_t, Literal> gates;
    for (size_t i = arguments.size(); i-- > 0;) {
      std::map<uint64_t, Literal> here;
      for (uint64_t want : sums[i]) {
        std::vector<Literal> ways;
        if (want <= rest[i + 1]) ways.push_back(gates.at(want));
        const auto [node, weight] = arguments[i];
        if (weight >= want) {
          ways.emplace_back(node);
        } else if (want - weight <= rest[i + 1]) {
          const Literal both[] = {node, gates.at(want - weight)};
          ways.emplace_back(addGate(Role::TooFewInstances, component, Op::And, both, 0, 1));
        }
        here.emplace(want, addGate(Role::TooFewInstances, component, Op::Or, ways, 0, 1));
      }
      gates = std::move(here);
    }
    return gates.at(wanted);
  }

  /// What takes a component down by itself: all but its needs.
  void ownCauses(EntityId component, std::vector<Literal>& out) {
    auto availability = model_.ratio(component, attr("availability"));
    if (model_[component].kind == Kind::external)
      availability = model_.ratio(component, attr("sla"));
    const NodeId whole = addEvent(Role::WholeFails, component, failure(availability));
    out_.whole_[component.index] = whole;
    out.emplace_back(whole);
    if (schema::operated.has(model_[component].kind))
      if (NodeId lost = tooFewInstances(component); lost != noNode) {
        out_.tooFew_[component.index] = lost;
        out.emplace_back(lost);
      }
    for (const model::Value& shared : model_.listOf(component, attr("shares")))
      if (const auto* domain = shared.as<EntityId>()) out.emplace_back(domainDown(*domain));
  }

  /// The unmet needs of a unit; `gateOf` gives noNode for a unit that is taken to stand.
  template <class GateOf>
  void unmetNeeds(const Unit& unit, GateOf gateOf, std::vector<Literal>& out) {
    std::vector<Literal> down;
    for (uint32_t i = 0; i < unit.needs; ++i) {
      const Need& need = needs_[unit.firstNeed + i];
      down.clear();
      for (uint32_t t = 0; t < need.count; ++t)
        if (NodeId gate = gateOf(targets_[need.first + t]); gate != noNode) down.emplace_back(gate);
      const Change* change = changeOf(need.relation);
      uint32_t count = need.count;
      if (change && change->alternative) {
        NodeId& another = another_[need.relation];
        if (another == 0)
          another = 1 + addEvent(Role::Another, need.relation, faulttree::unknownProbability);
        down.emplace_back(another - 1);
        ++count;
      }
      if (need.required >= count) {
        out.insert(out.end(), down.begin(), down.end());
        continue;
      }
      const uint32_t fatal = count - need.required + 1;
      if (down.size() < fatal) continue;
      const NodeId gate = addGate(Role::NeedUnmet, need.relation, Op::AtLeast, down, fatal);
      out_.down_[need.relation.index] = gate;
      out.emplace_back(gate);
    }
  }

  void defineAll() {
    // What does not depend on the round is found once.
    std::vector<std::vector<Literal>> fixed(units_.size());
    for (size_t u = 0; u < units_.size(); ++u) {
      const Unit& unit = units_[u];
      const bool component = schema::components.has(model_[unit.entity].kind);
      if (component && ownUnit_[unit.entity.index] == u) ownCauses(unit.entity, fixed[u]);
    }
    const auto arguments = [&](size_t u, auto gateOf) {
      const Unit& unit = units_[u];
      std::vector<Literal> all = fixed[u];
      if (unit.part != noUnit)
        if (NodeId gate = gateOf(unit.part); gate != noNode) all.emplace_back(gate);
      for (uint32_t i = 0; i < unit.ops; ++i)
        if (NodeId gate = gateOf(operations_[unit.firstOp + i]); gate != noNode)
          all.emplace_back(gate);
      unmetNeeds(unit, gateOf, all);
      return all;
    };
    // Least solution of the circles: in each round a unit sees the others as of the round before;
    // in the first nothing is down for a reason that goes round. As many rounds as units suffice.
    const size_t rounds = std::min(circular_.size(), mostRounds);
    for (size_t round = 0; round + 1 < rounds; ++round) {
      std::vector<NodeId> now;
      for (uint32_t u : circular_)
        now.push_back(addGate(units_[u].own ? Role::OwnDown : Role::Down, units_[u].entity, Op::Or,
                              arguments(u, [&](uint32_t v) {
                                return units_[v].circular ? units_[v].before : units_[v].gate;
                              })));
      for (size_t i = 0; i < circular_.size(); ++i) units_[circular_[i]].before = now[i];
    }
    for (size_t u = 0; u < units_.size(); ++u) {
      const bool circular = units_[u].circular;
      define(units_[u].gate, Op::Or, arguments(u, [&](uint32_t v) {
               return circular && units_[v].circular ? units_[v].before : units_[v].gate;
             }));
    }
  }

  // --- people ------------------------------------------------------------------------------------

  NodeId nobodyAnswers(EntityId who, int depth) {
    NodeId& known = out_.silent_[who.index];
    if (known != noNode || depth > deepestChain) return known;
    if (inProgress_.empty()) inProgress_.resize(model_.entities.size());
    if (inProgress_[who.index]) return noNode;
    inProgress_[who.index] = true;
    const NodeId found = findSilence(who, depth);
    inProgress_[who.index] = false;
    out_.silent_[who.index] = found;
    return found;
  }

  NodeId allSilent(EntityId who, const std::vector<EntityId>& told, int depth) {
    std::vector<Literal> silent;
    for (EntityId id : told)
      if (NodeId node = nobodyAnswers(id, depth + 1);
          node != noNode && std::find(silent.begin(), silent.end(), Literal(node)) == silent.end())
        silent.emplace_back(node);
    return silent.empty() ? noNode : addGate(Role::NobodyAnswers, who, Op::And, silent);
  }

  std::vector<EntityId> references(EntityId id, model::NameId name) {
    std::vector<EntityId> result;
    for (const model::Value& value : model_.listOf(id, name))
      if (const auto* target = value.as<EntityId>()) result.push_back(*target);
    return result;
  }

  NodeId findSilence(EntityId who, int depth) {
    switch (model_[who].kind) {
    case Kind::person: return addEvent(Role::PersonSilent, who, faulttree::unknownProbability);
    case Kind::team:
      for (auto name : {attr("escalation"), attr("rotation")})
        if (EntityId next = model_.reference(who, name); next.valid())
          return allSilent(who, {next}, depth);
      return allSilent(who, references(who, attr("members")), depth);
    case Kind::escalation: {
      std::vector<EntityId> steps;
      for (EntityId step : model_.childrenOf(who))
        if (model_[step].kind == Kind::escalation_step)
          for (EntityId told : references(step, attr("notify"))) steps.push_back(told);
      return allSilent(who, steps, depth);
    }
    case Kind::rotation: {
      // Layers cover different hours: one that is silent leaves its hours uncovered.
      std::vector<Literal> uncovered;
      for (EntityId layer : model_.childrenOf(who))
        if (model_[layer].kind == Kind::layer)
          if (NodeId node = allSilent(layer, references(layer, attr("members")), depth);
              node != noNode)
            uncovered.emplace_back(node);
      if (!uncovered.empty()) return addGate(Role::NobodyAnswers, who, Op::Or, uncovered);
      return allSilent(who, references(who, attr("members")), depth);
    }
    default: return noNode; // a receiver is no person
    }
  }
};

SystemTree::SystemTree(const Model& model, const TreeOptions& options) : model_(model) {
  TreeBuilder(*this, options).build();
}

void SystemTree::nameNodes() {
  std::map<std::string, uint32_t> used;
  for (NodeId node = 0; node < tree.size(); ++node) {
    std::string name = describe(node);
    const uint32_t times = ++used[name];
    tree.rename(node, times == 1 ? name : fmt::format("{} ({})", name, times));
  }
}

std::string SystemTree::describe(NodeId node) const {
  const Meaning& m = meanings_[node];
  if (!m.entity.valid()) return "?";
  const std::string name = model_.path(m.entity);
  const std::string_view word = schema::info(model_[m.entity].kind).word;
  switch (m.role) {
  case Role::None: break;
  case Role::DomainFails:
  case Role::DomainDown: {
    const std::string_view level = model_.text(m.entity, attr("level"));
    return fmt::format("{} {}{}", level, name, m.role == Role::DomainDown ? " down" : "");
  }
  case Role::InstanceFails:
  case Role::InstanceDown:
    return m.number == 0 ? fmt::format("an instance of {}", name)
                         : fmt::format("{} instance {}{}", name, m.number,
                                       m.role == Role::InstanceDown ? " down" : "");
  case Role::WholeFails:
    return model_[m.entity].kind == Kind::external ? fmt::format("vendor {}", name)
                                                   : fmt::format("{} as a whole", name);
  case Role::CommonCause: return fmt::format("all instances of {} at once", name);
  case Role::PersonSilent: return fmt::format("{} does not answer", name);
  case Role::Another: return "another one";
  case Role::TooFewInstances: return fmt::format("too few instances of {}", name);
  case Role::NeedUnmet: {
    const auto targets = model_.targetsOf(m.entity);
    std::string names;
    for (EntityId target : targets) names += (names.empty() ? "" : ", ") + model_.path(target);
    const uint32_t required = model_[m.entity].required;
    return required == 1 ? fmt::format("any of {}", names)
                         : fmt::format("{} of {}", required, names);
  }
  case Role::Down: return fmt::format("{} {}", word, name);
  case Role::OwnDown: return fmt::format("{} {} itself", word, name);
  case Role::NobodyAnswers: return fmt::format("nobody answers for {} {}", word, name);
  }
  return name;
}

} // namespace relc::reliability
