#include "compiler/faulttree/dag.h"

#include <algorithm>

namespace relc::faulttree {

namespace {

using Kind = Dag::Kind;

/// The gates of the tree in the few kinds of the normal form.
Dag translate(const FaultTree& tree, NodeId root) {
  DagBuilder builder;
  std::vector<Literal> made(tree.size());
  std::vector<Literal> arguments;
  for (NodeId node : tree.below(std::span(&root, 1))) {
    const Op op = tree.op(node);
    auto gather = [&](bool firstNegated = false, bool othersNegated = false) -> auto& {
      arguments.clear();
      for (Literal argument : tree.arguments(node)) {
        const bool flip = arguments.empty() ? firstNegated : othersNegated;
        arguments.emplace_back(made[argument.node()].node(),
                               made[argument.node()].negated() != (argument.negated() != flip));
      }
      return arguments;
    };
    Literal& out = made[node];
    switch (op) {
    case Op::Undefined: // no valid tree has it
    case Op::Event: out = builder.event(node); break;
    case Op::House: out = tree.min(node) != 0 ? trueLiteral : !trueLiteral; break;
    case Op::And:
    case Op::Pass: out = builder.gate(Kind::And, gather()); break;
    case Op::Or: out = builder.gate(Kind::Or, gather()); break;
    case Op::Not:
    case Op::Nand: out = !builder.gate(Kind::And, gather()); break;
    case Op::Nor: out = !builder.gate(Kind::Or, gather()); break;
    case Op::Xor: out = builder.gate(Kind::Xor, gather()); break;
    case Op::Iff: out = !builder.gate(Kind::Xor, gather()); break;
    case Op::Imply: out = builder.gate(Kind::Or, gather(true)); break;
    case Op::AtLeast: out = builder.gate(Kind::AtLeast, gather(), tree.min(node)); break;
    case Op::Cardinality: {
      const Literal enough = builder.gate(Kind::AtLeast, gather(), tree.min(node));
      const Literal over = tree.max(node) >= tree.arguments(node).size()
                               ? !trueLiteral
                               : builder.gate(Kind::AtLeast, gather(), tree.max(node) + 1);
      arguments = {enough, !over};
      out = builder.gate(Kind::And, arguments);
      break;
    }
    }
  }
  return builder.take(made[root]);
}

/// One round of what depends on who uses a gate: a gate that is only used negated becomes its dual
/// (De Morgan), and a gate with one parent of its own kind becomes part of it.
Dag rewrite(const Dag& dag) {
  const std::vector<uint32_t> parents = parentCounts(dag);
  constexpr uint8_t positive = 1, negative = 2;
  std::vector<uint8_t> used(dag.nodes.size());
  used[dag.root.node()] = dag.root.negated() ? negative : positive;
  for (auto node = uint32_t(dag.nodes.size()); node-- > 0;) {
    const uint8_t both = positive | negative;
    const auto flipped = uint8_t((used[node] >> 1 | used[node] << 1) & both);
    for (Literal argument : dag.arguments(node))
      used[argument.node()] |= dag.nodes[node].kind == Kind::Xor ? both
                               : argument.negated()              ? flipped
                                                                 : used[node];
  }

  DagBuilder builder;
  std::vector<Literal> made(dag.nodes.size());
  std::vector<Literal> arguments;
  made[0] = trueLiteral;
  for (uint32_t node = 1; node < dag.nodes.size(); ++node) {
    const Dag::Node& old = dag.nodes[node];
    if (old.kind == Kind::Event) {
      made[node] = builder.event(old.event);
      continue;
    }
    const bool dual = used[node] == negative && old.kind != Kind::Xor;
    const Kind kind = !dual                   ? old.kind
                      : old.kind == Kind::And ? Kind::Or
                      : old.kind == Kind::Or  ? Kind::And
                                              : old.kind;
    arguments.clear();
    for (Literal argument : dag.arguments(node)) {
      Literal literal = made[argument.node()];
      if (argument.negated() != dual) literal = !literal;
      const Dag::Node& child = builder.dag().nodes[literal.node()];
      if (!literal.negated() && child.kind == kind && (kind == Kind::And || kind == Kind::Or) &&
          parents[argument.node()] == 1) {
        const auto nested = builder.dag().arguments(literal.node());
        arguments.insert(arguments.end(), nested.begin(), nested.end());
      } else {
        arguments.push_back(literal);
      }
    }
    const uint32_t k = dual && kind == Kind::AtLeast ? old.count - old.k + 1 : old.k;
    const Literal out = builder.gate(kind, arguments, k);
    made[node] = dual ? !out : out;
  }
  const Literal root = made[dag.root.node()];
  return builder.take(dag.root.negated() ? !root : root);
}

} // namespace

std::vector<uint32_t> parentCounts(const Dag& dag) {
  std::vector<uint32_t> counts(dag.nodes.size());
  for (uint32_t node = 0; node < dag.nodes.size(); ++node)
    for (Literal argument : dag.arguments(node)) ++counts[argument.node()];
  ++counts[dag.root.node()];
  return counts;
}

std::vector<bool> valuesAtRest(const Dag& dag) {
  std::vector<bool> values(dag.nodes.size());
  values[0] = true;
  for (uint32_t node = 1; node < dag.nodes.size(); ++node) {
    const Dag::Node& gate = dag.nodes[node];
    uint32_t holding = 0;
    for (Literal argument : dag.arguments(node))
      holding += values[argument.node()] != argument.negated();
    values[node] = gate.kind == Kind::And   ? holding == gate.count
                   : gate.kind == Kind::Or  ? holding > 0
                   : gate.kind == Kind::Xor ? holding == 1
                                            : gate.kind != Kind::Event && holding >= gate.k;
  }
  return values;
}

Dag normalise(const FaultTree& tree, NodeId root) {
  Dag dag = translate(tree, root);
  // Each round that changes the number of nodes makes it smaller; the bound is for those that do
  // not.
  for (int round = 0; round < 16; ++round) {
    const size_t nodes = dag.nodes.size(), arcs = dag.pool.size();
    const bool coherent = dag.coherent;
    dag = absorb(rewrite(dag));
    if (dag.nodes.size() == nodes && dag.pool.size() == arcs && dag.coherent == coherent) break;
  }
  return dag;
}

} // namespace relc::faulttree
