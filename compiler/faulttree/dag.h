#pragma once
// The normal form that the engine works on: `and`, `or`, `atleast` and `xor` over literals,
// arguments before gates, no constants inside, equal gates only once.

#include "compiler/faulttree/fault_tree.h"

#include <unordered_map>

namespace relc::faulttree {

struct Dag {
  enum class Kind : uint8_t { True, Event, And, Or, AtLeast, Xor };
  struct Node {
    Kind kind;
    uint32_t k = 0; ///< of AtLeast
    uint32_t first = 0, count = 0;
    NodeId event = noNode; ///< of an Event: the node of the fault tree
  };

  std::vector<Node> nodes; ///< node 0 is True
  std::vector<Literal> pool;
  Literal root;
  /// Neither a contrary nor `xor` is left: more failures never make the root work again.
  bool coherent = true;

  [[nodiscard]] std::span<const Literal> arguments(uint32_t node) const {
    return {pool.data() + nodes[node].first, nodes[node].count};
  }
  [[nodiscard]] bool isGate(uint32_t node) const { return nodes[node].kind > Kind::Event; }
};

constexpr Literal trueLiteral{0};

/// Makes nodes of a Dag, each only once, and simplifies on the way: constants, repeated and
/// contradicting arguments, gates of one argument.
class DagBuilder {
public:
  DagBuilder() { dag_.nodes.push_back({Dag::Kind::True}); }

  Literal event(NodeId source);
  /// `arguments` is used as working space.
  Literal gate(Dag::Kind kind, std::vector<Literal>& arguments, uint32_t k = 0);
  [[nodiscard]] const Dag& dag() const { return dag_; }
  /// What is reachable from `root`, renumbered depth-first.
  [[nodiscard]] Dag take(Literal root) const;

private:
  Literal conjunction(Dag::Kind kind, std::vector<Literal>& arguments);
  Literal atLeast(std::vector<Literal>& arguments, int64_t k);
  Literal atLeastOfRepeated(std::vector<Literal>& arguments, int64_t k);
  Literal exclusive(Literal a, Literal b);
  Literal unique(Dag::Kind kind, const std::vector<Literal>& arguments, uint32_t k);

  Dag dag_;
  std::unordered_map<NodeId, uint32_t> events_;
  std::unordered_multimap<uint64_t, uint32_t> gates_; ///< by hash; looked up only
  std::vector<std::vector<uint32_t>> keys_;           ///< sorted arguments by node
  std::vector<uint32_t> seen_;                        ///< by literal: the call that saw it last
  uint32_t call_ = 0;
};

/// The tree below `root`, simplified until nothing changes: nested gates of one kind that have one
/// parent are one gate, contraries stand as low as they can. The tree must be valid.
Dag normalise(const FaultTree& tree, NodeId root);

/// The same function without what cannot make a difference where it stands: a ∨ g(a) is a ∨ g(0), a
/// ∧ g(a) is a ∧ g(1), however far below a stands again, if all ways from the root to that place
/// say so.
Dag absorb(const Dag& dag);

/// How often each node is an argument (the root once more).
std::vector<uint32_t> parentCounts(const Dag& dag);

/// For each node, whether it holds when no event has happened.
std::vector<bool> valuesAtRest(const Dag& dag);

} // namespace relc::faulttree
