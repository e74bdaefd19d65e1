// Load and waiting along calls: against all paths of small random graphs, and on large ones.

#include "compiler/reliability/calls.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <functional>
#include <random>
#include <vector>

using namespace relc::reliability;

namespace {

struct Graph {
  std::vector<Micros> own;
  std::vector<Call> calls;
};

Graph randomGraph(std::mt19937& random, bool cyclic) {
  auto below = [&](uint32_t n) { return static_cast<uint32_t>(random() % n); };
  Graph graph;
  const uint32_t nodes = 1 + below(8);
  for (uint32_t i = 0; i < nodes; ++i) graph.own.push_back(below(100));
  std::vector<uint32_t> name(nodes); // so that callers do not always stand before callees
  for (uint32_t i = 0; i < nodes; ++i) name[i] = i;
  std::shuffle(name.begin(), name.end(), random);
  for (uint32_t i = below(nodes * 3); i > 0; --i) {
    uint32_t a = below(nodes), b = below(nodes);
    if (!cyclic && a == b) continue;
    if (!cyclic && a > b) std::swap(a, b);
    Call call;
    call.caller = name[a];
    call.callee = name[b];
    call.attempts = 1 + below(3);
    call.amplified = call.attempts > 1 && below(3) == 0 ? 1.125 : call.attempts;
    call.times = 1 + below(2);
    call.perRequest = 0.5 * (1 + below(4));
    call.timeout = below(3) == 0 ? Call::unlimited : Micros(below(200));
    call.backoff = below(20);
    call.parallel = below(4) == 0;
    call.waited = below(6) != 0;
    call.fatal = call.waited && below(3) != 0;
    call.breaker = below(3) == 0;
    graph.calls.push_back(call);
  }
  return graph;
}

/// All paths that end at a node, each as its calls from the top.
void pathsTo(const CallGraph& graph, uint32_t node, std::vector<const Call*>& path,
             const std::function<void(const std::vector<const Call*>&)>& visit) {
  visit(path);
  for (uint32_t i = 0; i < graph.calls().size(); ++i) {
    const Call& call = graph.calls()[i];
    if (call.callee != node || graph.closesCycle(i)) continue;
    path.insert(path.begin(), &call);
    pathsTo(graph, call.caller, path, visit);
    path.erase(path.begin());
  }
}

template <class Visit>
void pathsTo(const CallGraph& graph, uint32_t node, Visit visit) {
  std::vector<const Call*> path;
  pathsTo(graph, node, path, visit);
}

double factorOf(const std::vector<const Call*>& path, bool breakersOpen) {
  double factor = 1;
  for (size_t i = path.size(); i-- > 0;) {
    factor *= breakersOpen && path[i]->breaker ? 1 : path[i]->amplified;
    if (!path[i]->fatal) break; // its caller does not fail, so nobody above tries again
  }
  return factor;
}

/// One request lived through, call by call, without remembering anything.
Micros timeOf(const CallGraph& graph, uint32_t node) {
  Micros time = graph.own(node), longest = 0;
  for (uint32_t i = graph.firstOf(node); const Call& call : graph.callsOf(node)) {
    if (graph.closesCycle(i++) || !call.waited) continue;
    Micros wait = 0;
    for (uint32_t n = 0; n < call.times; ++n)
      for (uint32_t attempt = 0; attempt < call.attempts; ++attempt)
        wait += (attempt > 0 ? call.backoff : 0) +
                (call.timeout == Call::unlimited ? timeOf(graph, call.callee) : call.timeout);
    if (call.parallel)
      longest = std::max(longest, wait);
    else
      time += wait;
  }
  return time + longest;
}

} // namespace

TEST_CASE("load, waiting and demand are those of all paths") {
  std::mt19937 random(20261123);
  for (int round = 0; round < 4000; ++round) {
    Graph made = randomGraph(random, round % 4 == 0);
    const CallGraph graph(made.own, made.calls);
    const bool open = round % 2 == 0;
    const Amplification load = amplify(graph, open);
    const std::vector<Micros> worst = worstCases(graph);
    std::vector<double> sources;
    for (uint32_t i = 0; i < graph.nodes(); ++i) sources.push_back(random() % 5);
    const std::vector<double> reached = demand(graph, sources);
    for (uint32_t node = 0; node < graph.nodes(); ++node) {
      double most = 1, sum = 0;
      pathsTo(graph, node, [&](const std::vector<const Call*>& path) {
        most = std::max(most, factorOf(path, open));
        double requests = path.empty() ? sources[node] : sources[path[0]->caller];
        for (const Call* call : path) requests *= call->perRequest;
        sum += requests;
      });
      REQUIRE(load.factor[node] == Approx(most));
      REQUIRE(reached[node] == Approx(sum));
      REQUIRE(worst[node] == timeOf(graph, node));
      // The path that is shown makes the figure that is shown.
      std::vector<const Call*> path;
      for (uint32_t id : load.pathTo(graph, node)) path.push_back(&graph.calls()[id]);
      REQUIRE(factorOf(path, open) == Approx(most));
      if (!path.empty()) REQUIRE(path.back()->callee == node);
      for (size_t i = 1; i < path.size(); ++i) REQUIRE(path[i - 1]->callee == path[i]->caller);
    }
  }
}

TEST_CASE("what closes a cycle is the least that lets callers stand before callees") {
  std::mt19937 random(1);
  for (int round = 0; round < 2000; ++round) {
    Graph made = randomGraph(random, true);
    const CallGraph graph(made.own, made.calls);
    REQUIRE(graph.order().size() == graph.nodes());
    std::vector<size_t> place(graph.nodes());
    for (size_t i = 0; i < graph.order().size(); ++i) place[graph.order()[i]] = i;
    for (uint32_t i = 0; i < graph.calls().size(); ++i) {
      const Call& call = graph.calls()[i];
      REQUIRE(graph.closesCycle(i) == (place[call.caller] >= place[call.callee]));
    }
  }
  Graph tree = randomGraph(random, false);
  const CallGraph graph(tree.own, tree.calls);
  for (uint32_t i = 0; i < graph.calls().size(); ++i) REQUIRE_FALSE(graph.closesCycle(i));
}

TEST_CASE("five layers of three attempts") {
  std::vector<Call> calls;
  for (uint32_t i = 0; i < 5; ++i) {
    Call call;
    call.caller = i;
    call.callee = i + 1;
    call.attempts = 3;
    call.amplified = 3;
    calls.push_back(call);
  }
  CHECK(amplify(CallGraph(std::vector<Micros>(6), calls)).factor[5] == 243);
  for (Call& call : calls) call.amplified = 1.1;
  CHECK(amplify(CallGraph(std::vector<Micros>(6), calls)).factor[5] == Approx(1.61051));
  calls[2].fatal = false; // a fallback in the middle
  CHECK(amplify(CallGraph(std::vector<Micros>(6), calls)).factor[5] == Approx(1.331));
}

TEST_CASE("long chains are neither deep nor boundless") {
  constexpr uint32_t nodes = 200'000;
  std::vector<Call> calls;
  for (uint32_t i = 0; i + 1 < nodes; ++i)
    for (int twice = 0; twice < 2; ++twice) {
      Call call;
      call.caller = i;
      call.callee = i + 1;
      call.attempts = 101;
      call.amplified = 101;
      call.backoff = 1000;
      calls.push_back(call);
    }
  const CallGraph graph(std::vector<Micros>(nodes, 1000), std::move(calls));
  CHECK(amplify(graph).factor[nodes - 1] == 1e18);
  CHECK(worstCases(graph)[0] == longest);
  CHECK(amplify(graph).pathTo(graph, nodes - 1).size() <= nodes);
}
