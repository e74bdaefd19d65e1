#pragma once
// Small fault trees of all shapes, and what they mean by looking at every combination of events.

#include "compiler/faulttree/fault_tree.h"

#include <random>

namespace relc::faulttree::test {

struct Shape {
  uint32_t events = 8;
  uint32_t gates = 8;
  bool contraries = false; ///< all kinds of gates, negated arguments, house events
};

/// The last gate is the root; gates above share gates and events below.
inline FaultTree randomTree(std::mt19937& random, const Shape& shape, NodeId& root) {
  auto below = [&](uint32_t n) { return uint32_t(random() % n); };
  FaultTree tree;
  for (uint32_t i = 0; i < shape.events; ++i)
    tree.addEvent(std::string(1, char('a' + i)), double(1 + below(999)) / 1000);
  uint32_t nodes = shape.events;
  if (shape.contraries && below(4) == 0) {
    tree.addHouse("h", below(2) == 0);
    ++nodes;
  }
  for (uint32_t i = 0; i < shape.gates; ++i, ++nodes) {
    constexpr Op coherent[] = {Op::And, Op::Or, Op::AtLeast, Op::And, Op::Or};
    constexpr Op all[] = {Op::And, Op::Or,  Op::AtLeast, Op::Cardinality, Op::Not, Op::Pass,
                          Op::Xor, Op::Iff, Op::Imply,   Op::Nand,        Op::Nor};
    const Op op =
        shape.contraries ? all[below(std::size(all))] : coherent[below(std::size(coherent))];
    uint32_t count = 1 + below(4);
    if (op == Op::Not || op == Op::Pass) count = 1;
    if (op == Op::Xor || op == Op::Iff || op == Op::Imply) count = 2;
    std::vector<Literal> arguments;
    for (uint32_t a = 0; a < count; ++a) {
      // Mostly what is near, so that trees are deep; sometimes twice the same.
      const NodeId node = below(3) != 0 ? nodes - 1 - below(std::min(nodes, 6u)) : below(nodes);
      arguments.emplace_back(node, shape.contraries && below(5) == 0);
    }
    const uint32_t min = op == Op::AtLeast || op == Op::Cardinality ? below(count + 1) : 0;
    tree.addGate(std::string("g").append(std::to_string(i)), op, arguments, min,
                 min + below(count + 1 - min));
  }
  root = nodes - 1;
  return tree;
}

/// One truth value for each set of events (event i is bit i), for each node.
inline std::vector<std::vector<bool>> truthTables(const FaultTree& tree, uint32_t events) {
  std::vector<std::vector<bool>> tables(tree.size(), std::vector<bool>(size_t(1) << events));
  for (NodeId node = 0; node < tree.size(); ++node)
    for (size_t set = 0; set < tables[node].size(); ++set) {
      const auto arguments = tree.arguments(node);
      uint32_t holding = 0;
      for (Literal argument : arguments)
        holding += tables[argument.node()][set] != argument.negated();
      auto holds = [&](size_t i) {
        return tables[arguments[i].node()][set] != arguments[i].negated();
      };
      bool value = false;
      switch (tree.op(node)) {
      case Op::Event: value = (set >> node & 1) != 0; break;
      case Op::House: value = tree.min(node) != 0; break;
      case Op::And: value = holding == arguments.size(); break;
      case Op::Or: value = holding > 0; break;
      case Op::AtLeast: value = holding >= tree.min(node); break;
      case Op::Cardinality: value = holding >= tree.min(node) && holding <= tree.max(node); break;
      case Op::Not: value = holding == 0; break;
      case Op::Pass: value = holding == 1; break;
      case Op::Xor: value = holding == 1; break;
      case Op::Iff: value = holding != 1; break;
      case Op::Imply: value = !holds(0) || holds(1); break;
      case Op::Nand: value = holding < arguments.size(); break;
      case Op::Nor: value = holding == 0; break;
      case Op::Undefined: break;
      }
      tables[node][set] = value;
    }
  return tables;
}

/// The minimal sets that make the function hold, ascending as numbers.
inline std::vector<uint32_t> minimalSets(const std::vector<bool>& table, uint32_t events) {
  std::vector<bool> holdsBelow(table.size()); // the set or a part of it
  std::vector<uint32_t> sets;
  for (uint32_t set = 0; set < table.size(); ++set) {
    bool below = false;
    for (uint32_t event = 0; event < events; ++event)
      if ((set >> event & 1) != 0) below = below || holdsBelow[set & ~(1u << event)];
    if (table[set] && !below) sets.push_back(set);
    holdsBelow[set] = below || table[set];
  }
  return sets;
}

/// Exactly, given that `fixed` events have the values of the set `values`.
inline double probability(const FaultTree& tree, const std::vector<bool>& table, uint32_t events,
                          uint32_t fixed = 0, uint32_t values = 0) {
  long double sum = 0;
  for (uint32_t set = 0; set < table.size(); ++set) {
    if (!table[set] || ((set ^ values) & fixed) != 0) continue;
    long double product = 1;
    for (uint32_t event = 0; event < events; ++event)
      if ((fixed >> event & 1) == 0)
        product *= (set >> event & 1) != 0 ? (long double)tree.probability(event)
                                           : 1 - (long double)tree.probability(event);
    sum += product;
  }
  return double(sum);
}

} // namespace relc::faulttree::test
