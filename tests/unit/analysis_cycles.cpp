// The cycle finder against brute force on small random graphs, and on large ones.

#include "compiler/analysis/cycles.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <random>
#include <set>
#include <vector>

using namespace relc::analysis;

namespace {

StartGraph plain(uint32_t nodes, const std::vector<std::pair<uint32_t, uint32_t>>& edges) {
  StartGraph graph(nodes);
  for (auto [from, to] : edges) graph.require(from, 1, std::vector<uint32_t>{to});
  return graph;
}

StartGraph randomGraph(std::mt19937& random, bool groups) {
  auto upTo = [&](uint32_t n) { return static_cast<uint32_t>(random() % n); };
  uint32_t nodes = 1 + upTo(7);
  StartGraph graph(nodes);
  for (uint32_t i = upTo(nodes * 2); i > 0; --i) {
    std::vector<uint32_t> members;
    for (uint32_t m = 0; m < nodes; ++m)
      if (upTo(groups ? 3 : nodes) == 0) members.push_back(m);
    std::shuffle(members.begin(), members.end(), random);
    if (members.empty()) continue;
    auto size = static_cast<uint32_t>(members.size());
    graph.require(upTo(nodes), groups ? 1 + upTo(size) : size, members);
  }
  return graph;
}

using Nodes = uint32_t; ///< a set of nodes, one bit each

Nodes bit(uint32_t node) {
  return Nodes{1} << node;
}

/// Does the requirement fail while exactly `down` are down?
bool fails(const StartGraph& graph, const StartGraph::Requirement& r, Nodes down) {
  uint32_t up = 0;
  for (uint32_t m : graph.members(r)) up += (down & bit(m)) == 0 ? 1 : 0;
  return up < r.required;
}

/// All of them stay down while everything else is up.
bool isStuck(const StartGraph& graph, Nodes set) {
  for (uint32_t node = 0; node < graph.nodes(); ++node) {
    if ((set & bit(node)) == 0) continue;
    bool held = false;
    for (const auto& r : graph.requirements()) held |= r.owner == node && fails(graph, r, set);
    if (!held) return false;
  }
  return true;
}

/// The largest set that stays down, by trying all of them: stuck sets are closed under union.
Nodes bruteForce(const StartGraph& graph) {
  Nodes all = 0;
  for (Nodes set = 0; set < bit(graph.nodes()); ++set)
    if (isStuck(graph, set)) all |= set;
  return all;
}

void checkCycle(const StartGraph& graph, const Deadlock& deadlock, Nodes stuck) {
  REQUIRE_FALSE(deadlock.cycle.empty());
  std::set<uint32_t> owners;
  for (size_t i = 0; i < deadlock.cycle.size(); ++i) {
    Wait wait = deadlock.cycle[i];
    const auto& r = graph.requirements()[wait.requirement];
    CHECK(owners.insert(r.owner).second);
    CHECK(fails(graph, r, stuck));
    Wait following = deadlock.cycle[(i + 1) % deadlock.cycle.size()];
    CHECK(graph.members(r)[wait.member] == graph.requirements()[following.requirement].owner);
    CHECK(std::binary_search(deadlock.nodes.begin(), deadlock.nodes.end(), r.owner));
  }
  CHECK(graph.requirements()[deadlock.cycle[0].requirement].owner == *owners.begin());
}

} // namespace

TEST_CASE("deadlocks are those of brute force", "[analysis][cycles]") {
  std::mt19937 random(7); // the same graphs in each run
  int found = 0;
  for (int round = 0; round < 4000; ++round) {
    StartGraph graph = randomGraph(random, round % 2 == 0);
    Nodes stuck = bruteForce(graph);
    std::vector<Deadlock> deadlocks = findDeadlocks(graph);
    CAPTURE(round);
    CHECK(deadlocks.empty() == (stuck == 0));
    Nodes seen = 0;
    for (const Deadlock& deadlock : deadlocks) {
      ++found;
      Nodes set = 0;
      for (uint32_t node : deadlock.nodes) set |= bit(node);
      CHECK(std::is_sorted(deadlock.nodes.begin(), deadlock.nodes.end()));
      CHECK((set & ~stuck) == 0);
      CHECK((set & seen) == 0);
      CHECK(isStuck(graph, set));
      seen |= set;
      checkCycle(graph, deadlock, stuck);
    }
    // Nothing stays down once all that is reported is up.
    Nodes rest = 0;
    for (Nodes set = 0; set < bit(graph.nodes()); ++set)
      if ((set & seen) == 0 && isStuck(graph, set)) rest |= set;
    CHECK(rest == 0);
  }
  CHECK(found > 1000);
}

TEST_CASE("without redundancy deadlocks are the strongly connected components",
          "[analysis][cycles]") {
  auto deadlocks =
      findDeadlocks(plain(7, {{0, 1}, {1, 2}, {2, 0}, {2, 3}, {3, 4}, {4, 3}, {5, 0}, {6, 6}}));
  REQUIRE(deadlocks.size() == 3);
  CHECK(deadlocks[0].nodes == std::vector<uint32_t>{0, 1, 2});
  CHECK(deadlocks[0].cycle.size() == 3);
  CHECK(deadlocks[1].nodes == std::vector<uint32_t>{3, 4});
  CHECK(deadlocks[2].nodes == std::vector<uint32_t>{6});
  CHECK(findDeadlocks(plain(4, {{0, 1}, {0, 2}, {1, 3}, {2, 3}})).empty());
  CHECK(findDeadlocks(StartGraph(0)).empty());
}

TEST_CASE("of a knot a shortest cycle is shown", "[analysis][cycles]") {
  auto deadlocks = findDeadlocks(plain(5, {{0, 1}, {1, 2}, {2, 3}, {3, 4}, {4, 0}, {1, 0}}));
  REQUIRE(deadlocks.size() == 1);
  CHECK(deadlocks[0].nodes.size() == 5);
  CHECK(deadlocks[0].cycle.size() == 2);
}

TEST_CASE("a group holds back only if too few of it can start", "[analysis][cycles]") {
  auto graph = [](uint32_t required) {
    StartGraph result(4); // 0 needs of [1, 2, 3]; 1 and 2 need 0
    result.require(0, required, std::vector<uint32_t>{1, 2, 3});
    result.require(1, 1, std::vector<uint32_t>{0});
    result.require(2, 1, std::vector<uint32_t>{0});
    return result;
  };
  CHECK(findDeadlocks(graph(1)).empty());
  auto two = findDeadlocks(graph(2));
  REQUIRE(two.size() == 1);
  CHECK(two[0].nodes == std::vector<uint32_t>{0, 1, 2});
}

TEST_CASE("long chains and large knots need no stack", "[analysis][cycles]") {
  constexpr uint32_t size = 200'000;
  StartGraph ring(size), pairs(size), star(size);
  for (uint32_t i = 0; i < size; ++i) ring.require(i, 1, std::vector<uint32_t>{(i + 1) % size});
  for (uint32_t i = 0; i < size; ++i) pairs.require(i, 1, std::vector<uint32_t>{i ^ 1U});
  std::vector<uint32_t> all;
  for (uint32_t i = 1; i < size; ++i) {
    star.require(i, 1, std::vector<uint32_t>{0});
    all.push_back(i);
  }
  star.require(0, size - 1, all);
  auto one = findDeadlocks(ring);
  REQUIRE(one.size() == 1);
  CHECK(one[0].cycle.size() == size);
  CHECK(findDeadlocks(pairs).size() == size / 2);
  CHECK(findDeadlocks(star).size() == 1);
}
