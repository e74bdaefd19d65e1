// How long it takes to find the single points of failure of 100 roots in a graph of services: three
// replicas each in three zones of a region, three needs each, some of them of two alternatives.
// Prints services, nodes, arcs, single points, milliseconds (the fastest of five).

#include "compiler/faulttree/single_points.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>

using namespace relc::faulttree;

namespace {

struct Graph {
  FaultTree tree;
  std::vector<NodeId> roots;
  size_t arcs = 0;
};

Graph makeGraph(uint32_t services) {
  std::mt19937 random(1);
  Graph graph;
  FaultTree& tree = graph.tree;
  auto gate = [&](const std::string& name, Op op, const std::vector<Literal>& arguments,
                  uint32_t min = 0) {
    graph.arcs += arguments.size();
    return tree.addGate(name, op, arguments, min);
  };
  std::vector<NodeId> zones;
  for (uint32_t region = 0; region < 4; ++region) {
    const NodeId whole = tree.addEvent("region-" + std::to_string(region), 1e-5);
    for (uint32_t zone = 0; zone < 3; ++zone) {
      const std::string name = "zone-" + std::to_string(region) + "-" + std::to_string(zone);
      zones.push_back(gate(name + "-down", Op::Or, {tree.addEvent(name, 1e-4), whole}));
    }
  }
  std::vector<NodeId> down;
  for (uint32_t i = 0; i < services; ++i) {
    const std::string name = "service-" + std::to_string(i);
    const uint32_t region = random() % 4;
    std::vector<Literal> replicas;
    for (uint32_t replica = 0; replica < 3; ++replica) {
      const std::string instance = name + "-" + std::to_string(replica);
      replicas.emplace_back(gate(instance + "-down", Op::Or,
                                 {tree.addEvent(instance, 1e-3), zones[region * 3 + replica]}));
    }
    std::vector<Literal> fails = {tree.addEvent(name + "-whole", 1e-4),
                                  gate(name + "-replicas", Op::AtLeast, replicas, 2)};
    // Needs go down a few layers, most often to what is near, and now and then to what all use.
    for (uint32_t need = 0; need < 3 && i > 10; ++need) {
      auto other = [&] {
        return down[random() % 8 == 0 ? random() % std::min(i, 50u)
                                      : i - 1 - random() % std::min(i, services / 8 + 1)];
      };
      if (random() % 5 == 0)
        fails.emplace_back(gate(name + "-any", Op::And, {other(), other()}));
      else
        fails.emplace_back(other());
    }
    down.push_back(gate(name, Op::Or, fails));
  }
  for (uint32_t root = 0; root < 100; ++root) graph.roots.push_back(down[down.size() - 1 - root]);
  return graph;
}

} // namespace

int main(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    const auto services = uint32_t(std::atoi(argv[i]));
    const Graph graph = makeGraph(services);
    double best = 1e300;
    size_t points = 0;
    for (int turn = 0; turn < 5; ++turn) {
      const auto start = std::chrono::steady_clock::now();
      const SinglePoints found(graph.tree, graph.roots);
      const std::chrono::duration<double, std::milli> took =
          std::chrono::steady_clock::now() - start;
      best = std::min(best, took.count());
      points = 0;
      for (size_t root = 0; root < graph.roots.size(); ++root) points += found.of(root).size();
    }
    std::printf("%u %u %zu %zu %.2f\n", services, graph.tree.size(), graph.arcs, points, best);
  }
}
