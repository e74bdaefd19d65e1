#pragma once
// One module as a problem of its own, and orders of its variables. The size of a decision diagram
// hangs on the order, no rule is good for all trees, and trying is cheap: several are tried under a
// budget.

#include "compiler/faulttree/dag.h"

#include <array>

namespace relc::faulttree {

/// Gates over leaves, which are events and parts below. Nodes have numbers of their own here: first
/// the leaves, then the gates, arguments before gates.
struct Part {
  struct Gate {
    Dag::Kind kind;
    uint32_t k, first, count;
  };
  std::vector<uint32_t> leaves; ///< nodes of the Dag, as a depth-first walk meets them
  std::vector<Gate> gates;
  std::vector<Literal> pool;
  uint32_t root = 0;    ///< a node of the part: its last gate, or its one leaf
  uint32_t source = 0;  ///< the node of the Dag that the root is
  bool coherent = true; ///< neither a contrary nor `xor` stands in it

  [[nodiscard]] uint32_t size() const { return uint32_t(leaves.size() + gates.size()); }
  [[nodiscard]] std::span<const Literal> arguments(const Gate& gate) const {
    return {pool.data() + gate.first, gate.count};
  }
};

/// Parts below come before those that have them as leaves; the last one is the root's. Each module
/// is a leaf of one part only.
std::vector<Part> split(const Dag& dag);

enum class Heuristic : uint8_t {
  AsWritten,     ///< depth-first, arguments from left to right
  LightestFirst, ///< depth-first, the argument with the fewest leaves first
  Force,       ///< what stands together comes together: F. Aloul, I. Markov, K. Sakallah, "FORCE: a
               ///< fast and easy-to-implement variable-ordering heuristic", GLSVLSI 2003
  SharedFirst, ///< depth-first, what more parents share first
  HeaviestFirst, ///< depth-first, the argument with the most leaves first
  DeepestFirst,  ///< depth-first, the argument with the longest way down first
  ForceLightest, ///< as Force, from the order that LightestFirst gives
};
inline constexpr auto allHeuristics = std::to_array(
    {Heuristic::AsWritten, Heuristic::LightestFirst, Heuristic::Force, Heuristic::SharedFirst,
     Heuristic::HeaviestFirst, Heuristic::DeepestFirst, Heuristic::ForceLightest});
std::string_view toString(Heuristic heuristic);

/// The leaves of the part (their numbers in it), each once, in the order in which they should be
/// asked.
std::vector<uint32_t> orderLeaves(const Part& part, Heuristic heuristic);

} // namespace relc::faulttree
