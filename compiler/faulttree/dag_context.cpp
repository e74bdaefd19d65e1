#include "compiler/faulttree/dag.h"

#include <algorithm>
#include <iterator>

namespace relc::faulttree {

namespace {

using Kind = Dag::Kind;
using Facts = std::vector<uint32_t>; ///< codes of literals that are true, ascending

/// Facts that one gate hands down, at most: each is true whatever the others are, so that leaving
/// some out is only a missed chance.
constexpr size_t factLimit = 128;

/// Adds that an argument of an `or` is false, of an `and` true, and what follows from it; only of
/// nodes that others refer to as well.
void addFacts(const Dag& dag, Literal argument, Kind gate, const std::vector<uint32_t>& parents,
              Facts& facts) {
  std::vector<Literal> implied = {gate == Kind::And ? argument : !argument};
  for (size_t i = 0; i < implied.size() && facts.size() < factLimit; ++i) {
    const Literal fact = implied[i];
    const Kind kind = dag.nodes[fact.node()].kind;
    if ((kind == Kind::Or && fact.negated()) || (kind == Kind::And && !fact.negated()))
      for (Literal below : dag.arguments(fact.node()))
        if (implied.size() < factLimit) implied.push_back(fact.negated() ? !below : below);
    if (parents[fact.node()] < 2) continue;
    const auto at = std::lower_bound(facts.begin(), facts.end(), fact.code);
    if (at == facts.end() || *at != fact.code) facts.insert(at, fact.code);
  }
}

} // namespace

Dag absorb(const Dag& dag) {
  const std::vector<uint32_t> parents = parentCounts(dag);
  std::vector<Facts> known(
      dag.nodes.size()); // what all ways from the root to the node have in common
  std::vector<bool> reached(dag.nodes.size());
  std::vector<Literal> pool = dag.pool, arguments;
  // Parents before arguments.
  for (auto node = uint32_t(dag.nodes.size()); node-- > 1;) {
    const Dag::Node& gate = dag.nodes[node];
    if (!dag.isGate(node)) continue;
    Facts facts = std::move(known[node]);
    for (uint32_t i = gate.first; i < gate.first + gate.count; ++i) {
      if (std::binary_search(facts.begin(), facts.end(), pool[i].code))
        pool[i] = trueLiteral;
      else if (std::binary_search(facts.begin(), facts.end(), (!pool[i]).code))
        pool[i] = !trueLiteral;
    }
    // An argument makes a difference only if those before it leave the gate undecided. They are
    // taken in one order, arguments of arguments first, so that no two of them vouch for each
    // other.
    arguments.assign(dag.arguments(node).begin(), dag.arguments(node).end());
    std::sort(arguments.begin(), arguments.end(),
              [](Literal a, Literal b) { return a.code < b.code; });
    for (Literal argument : arguments) {
      const uint32_t child = argument.node();
      if (dag.isGate(child) && !reached[child]) {
        reached[child] = true;
        known[child] = facts;
      } else if (dag.isGate(child)) {
        Facts common;
        std::set_intersection(known[child].begin(), known[child].end(), facts.begin(), facts.end(),
                              std::back_inserter(common));
        known[child] = std::move(common);
      }
      if (gate.kind == Kind::And || gate.kind == Kind::Or)
        addFacts(dag, argument, gate.kind, parents, facts);
    }
  }
  DagBuilder builder;
  std::vector<Literal> made(dag.nodes.size());
  made[0] = trueLiteral;
  for (uint32_t node = 1; node < dag.nodes.size(); ++node) {
    const Dag::Node& gate = dag.nodes[node];
    if (gate.kind == Kind::Event) {
      made[node] = builder.event(gate.event);
      continue;
    }
    arguments.clear();
    for (uint32_t i = gate.first; i < gate.first + gate.count; ++i)
      arguments.push_back(pool[i].negated() ? !made[pool[i].node()] : made[pool[i].node()]);
    made[node] = builder.gate(gate.kind, arguments, gate.k);
  }
  const Literal root = made[dag.root.node()];
  return builder.take(dag.root.negated() ? !root : root);
}

} // namespace relc::faulttree
