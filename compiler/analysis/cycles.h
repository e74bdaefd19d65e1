#pragma once
// Who waits for whom when everything starts at once. Pure graph theory: knows nothing of models.

#include <cstdint>
#include <span>
#include <vector>

namespace relc::analysis {

/// Nodes 0 to `nodes` − 1 and what each of them requires: `required` of some members.
class StartGraph {
public:
  struct Requirement {
    uint32_t owner;
    uint32_t required;
    uint32_t first; ///< in members
    uint32_t count;
  };

  explicit StartGraph(uint32_t nodes) : nodes_(nodes) {}
  /// Each member once. A node with several requirements needs all of them.
  void require(uint32_t owner, uint32_t required, std::span<const uint32_t> members);

  [[nodiscard]] uint32_t nodes() const { return nodes_; }
  [[nodiscard]] std::span<const Requirement> requirements() const { return requirements_; }
  [[nodiscard]] std::span<const uint32_t> members(const Requirement& r) const {
    return {members_.data() + r.first, r.count};
  }

private:
  uint32_t nodes_;
  std::vector<Requirement> requirements_;
  std::vector<uint32_t> members_;
};

/// An edge: the owner of the requirement waits for one of its members.
struct Wait {
  uint32_t requirement;
  uint32_t member; ///< index among the requirement's members
};

/// Nodes none of which can start even if everything outside of them has started.
struct Deadlock {
  std::vector<uint32_t> nodes; ///< ascending
  /// A shortest cycle through one of them: each wait's member owns the next one's requirement, the
  /// last one's the first. Begins at its smallest node.
  std::vector<Wait> cycle;
};

/// All deadlocks, by their smallest node; nodes that merely wait for one are in none. Linear in
/// nodes and members.
///
/// Without redundancy these are the strongly connected components with an edge (R. Tarjan,
/// "Depth-first search and linear graph algorithms", SIAM J. Comput. 1, 1972). With it, a
/// requirement holds its owner back only while too few of its members can start.
std::vector<Deadlock> findDeadlocks(const StartGraph& graph);

} // namespace relc::analysis
