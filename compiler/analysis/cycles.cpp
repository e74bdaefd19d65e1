#include "compiler/analysis/cycles.h"

#include <algorithm>

namespace relc::analysis {

void StartGraph::require(uint32_t owner, uint32_t required, std::span<const uint32_t> members) {
  requirements_.push_back({owner, required, static_cast<uint32_t>(members_.size()),
                           static_cast<uint32_t>(members.size())});
  members_.insert(members_.end(), members.begin(), members.end());
}

namespace {

constexpr uint32_t none = UINT32_MAX;

/// Lists of numbers by key, in two arrays.
struct Lists {
  std::vector<uint32_t> begin; ///< one more than there are keys
  std::vector<uint32_t> values;

  [[nodiscard]] std::span<const uint32_t> operator[](uint32_t key) const {
    return {values.data() + begin[key], begin[key + 1] - begin[key]};
  }
};

/// `each(add)` calls `add(key, value)` for all pairs, and is run twice.
template <class Each>
Lists group(uint32_t keys, const Each& each) {
  Lists lists;
  lists.begin.assign(keys + 1, 0);
  each([&](uint32_t key, uint32_t) { ++lists.begin[key + 1]; });
  for (uint32_t i = 0; i < keys; ++i) lists.begin[i + 1] += lists.begin[i];
  lists.values.resize(lists.begin[keys]);
  std::vector<uint32_t> at(lists.begin.begin(), lists.begin.end() - 1);
  each([&](uint32_t key, uint32_t value) { lists.values[at[key]++] = value; });
  return lists;
}

class DeadlockFinder {
public:
  explicit DeadlockFinder(const StartGraph& graph)
      : graph_(graph), requirements_(graph.requirements()), started_(graph.nodes(), false),
        missing_(requirements_.size()), unmet_(graph.nodes()), component_(graph.nodes(), none),
        reachedBy_(graph.nodes(), unreached) {
    owned_ = group(graph.nodes(), [&](auto&& add) {
      for (uint32_t r = 0; r < requirements_.size(); ++r) add(requirements_[r].owner, r);
    });
    wanting_ = group(graph.nodes(), [&](auto&& add) {
      for (uint32_t r = 0; r < requirements_.size(); ++r)
        for (uint32_t member : graph_.members(requirements_[r])) add(member, r);
    });
  }

  std::vector<Deadlock> run() {
    std::vector<uint32_t> all(graph_.nodes());
    for (uint32_t i = 0; i < all.size(); ++i) all[i] = i;
    std::vector<uint32_t> stuck = start(all, [](uint32_t) { return false; });
    std::vector<Deadlock> result;
    for (std::vector<uint32_t>& nodes : components(stuck)) {
      // Of redundancy only what is tangled counts: a group whose other members are held up by
      // another deadlock is well once that one is.
      uint32_t id = component_[nodes[0]];
      nodes = start(nodes, [&](uint32_t node) { return component_[node] != id; });
      if (nodes.empty()) continue;
      std::sort(nodes.begin(), nodes.end());
      Deadlock deadlock;
      deadlock.cycle = shortestCycle(onCycle(nodes[0], id), id);
      deadlock.nodes = std::move(nodes);
      result.push_back(std::move(deadlock));
    }
    std::sort(result.begin(), result.end(),
              [](const Deadlock& a, const Deadlock& b) { return a.nodes[0] < b.nodes[0]; });
    return result;
  }

private:
  const StartGraph& graph_;
  std::span<const StartGraph::Requirement> requirements_;
  Lists owned_;   ///< node → its requirements
  Lists wanting_; ///< node → the requirements that it is a member of
  std::vector<bool> started_;
  std::vector<uint32_t> missing_;   ///< requirement → members that must still start
  std::vector<uint32_t> unmet_;     ///< node → its requirements with missing members
  std::vector<uint32_t> component_; ///< node → its strongly connected component of stuck nodes
  static constexpr Wait unreached{none, none};
  std::vector<Wait> reachedBy_; ///< during a search; all `unreached` between searches

  /// Starts what can start of `nodes`, which have not started, given that exactly those `outside`
  /// have. Returns the rest; `missing_` of its requirements is left as it is then.
  template <class Outside>
  std::vector<uint32_t> start(const std::vector<uint32_t>& nodes, const Outside& outside) {
    std::vector<uint32_t> ready;
    for (uint32_t node : nodes) {
      unmet_[node] = 0;
      for (uint32_t r : owned_[node]) {
        missing_[r] = requirements_[r].required;
        for (uint32_t member : graph_.members(requirements_[r]))
          if (missing_[r] > 0 && outside(member)) --missing_[r];
        if (missing_[r] > 0) ++unmet_[node];
      }
      if (unmet_[node] == 0) ready.push_back(node);
    }
    for (uint32_t node : ready) started_[node] = true;
    while (!ready.empty()) {
      uint32_t node = ready.back();
      ready.pop_back();
      for (uint32_t r : wanting_[node]) {
        uint32_t owner = requirements_[r].owner;
        if (outside(owner) || missing_[r] == 0 || --missing_[r] > 0 || --unmet_[owner] > 0)
          continue;
        started_[owner] = true;
        ready.push_back(owner);
      }
    }
    std::vector<uint32_t> rest;
    for (uint32_t node : nodes)
      if (!started_[node]) rest.push_back(node);
    return rest;
  }

  /// Steps through the nodes that a stuck node waits for, one after the other.
  struct Cursor {
    uint32_t node;
    uint32_t requirement = 0; ///< index in owned_[node]
    uint32_t member = 0;
  };
  /// The next wait of the node, or false if there are no more.
  bool next(Cursor& cursor, Wait& wait) const {
    auto owned = owned_[cursor.node];
    for (; cursor.requirement < owned.size(); ++cursor.requirement, cursor.member = 0) {
      uint32_t r = owned[cursor.requirement];
      if (missing_[r] == 0) continue;
      for (auto members = graph_.members(requirements_[r]); cursor.member < members.size();) {
        uint32_t index = cursor.member++;
        if (started_[members[index]]) continue;
        wait = {r, index};
        return true;
      }
    }
    return false;
  }
  [[nodiscard]] uint32_t target(Wait wait) const {
    return graph_.members(requirements_[wait.requirement])[wait.member];
  }

  /// Tarjan's algorithm, without recursion; components of one node without an edge are left out.
  std::vector<std::vector<uint32_t>> components(const std::vector<uint32_t>& nodes) {
    std::vector<std::vector<uint32_t>> result;
    std::vector<uint32_t> order(graph_.nodes(), none), low(graph_.nodes(), none), stack;
    std::vector<bool> loops(graph_.nodes(), false);
    uint32_t clock = 0, id = 0;
    for (uint32_t root : nodes) {
      if (order[root] != none) continue;
      std::vector<Cursor> path{{root}};
      order[root] = low[root] = clock++;
      stack.push_back(root);
      while (!path.empty()) {
        uint32_t node = path.back().node;
        Wait wait{};
        if (next(path.back(), wait)) {
          uint32_t to = target(wait);
          if (to == node) loops[node] = true;
          if (order[to] == none) {
            order[to] = low[to] = clock++;
            stack.push_back(to);
            path.push_back({to});
          } else if (component_[to] == none) {
            low[node] = std::min(low[node], order[to]);
          }
          continue;
        }
        path.pop_back();
        if (!path.empty()) low[path.back().node] = std::min(low[path.back().node], low[node]);
        if (low[node] != order[node]) continue;
        std::vector<uint32_t> members;
        do {
          members.push_back(stack.back());
          component_[stack.back()] = id;
          stack.pop_back();
        } while (members.back() != node);
        ++id;
        if (members.size() > 1 || loops[node]) result.push_back(std::move(members));
      }
    }
    return result;
  }

  /// A node on a cycle among the nodes of the component that have not started: each of them waits
  /// for one of them, so any walk comes back to where it was.
  uint32_t onCycle(uint32_t node, uint32_t component) {
    std::vector<uint32_t> path;
    while (reachedBy_[node].requirement == none) {
      path.push_back(node);
      Cursor cursor{node};
      Wait wait{};
      while (next(cursor, wait) && component_[target(wait)] != component) {
      }
      reachedBy_[node] = wait;
      node = target(wait);
    }
    for (uint32_t seen : path) reachedBy_[seen] = unreached;
    return node;
  }

  /// Breadth-first from the node back to itself.
  std::vector<Wait> shortestCycle(uint32_t root, uint32_t component) {
    std::vector<uint32_t> queue{root};
    for (size_t at = 0; at < queue.size() && reachedBy_[root].requirement == none; ++at) {
      Cursor cursor{queue[at]};
      for (Wait wait{}; next(cursor, wait);) {
        uint32_t to = target(wait);
        if (component_[to] != component || reachedBy_[to].requirement != none) continue;
        reachedBy_[to] = wait;
        queue.push_back(to);
      }
    }
    std::vector<Wait> cycle;
    uint32_t node = root;
    do {
      cycle.push_back(reachedBy_[node]);
      node = requirements_[reachedBy_[node].requirement].owner;
    } while (node != root);
    for (uint32_t seen : queue) reachedBy_[seen] = unreached;
    std::reverse(cycle.begin(), cycle.end());
    std::rotate(cycle.begin(),
                std::min_element(cycle.begin(), cycle.end(),
                                 [&](Wait a, Wait b) {
                                   return requirements_[a.requirement].owner <
                                          requirements_[b.requirement].owner;
                                 }),
                cycle.end());
    return cycle;
  }
};

} // namespace

std::vector<Deadlock> findDeadlocks(const StartGraph& graph) {
  return DeadlockFinder(graph).run();
}

} // namespace relc::analysis
