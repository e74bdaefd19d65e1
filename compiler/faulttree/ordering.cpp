#include "compiler/faulttree/ordering.h"

#include "compiler/faulttree/modules.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>

namespace relc::faulttree {

std::vector<Part> split(const Dag& dag) {
  const std::vector<bool> modules = findModules(dag);
  struct Step {
    uint32_t node, next;
  };
  // Parts are found from the top and turned round at the end. Walks of different parts overlap in
  // the modules between them only, so that this takes linear time.
  std::vector<Part> parts(1);
  parts[0].source = dag.root.node();
  std::vector<uint32_t> seenBy(dag.nodes.size(), noNode), local(dag.nodes.size());
  std::vector<uint32_t> gates;
  std::vector<Step> path;
  for (uint32_t at = 0; at < parts.size(); ++at) {
    Part part = std::move(parts[at]);
    gates.clear();
    auto visit = [&](uint32_t node) {
      if (seenBy[node] == at) return;
      seenBy[node] = at;
      if (dag.isGate(node) && (node == part.source || !modules[node])) {
        path.push_back({node, 0});
        return;
      }
      local[node] = uint32_t(part.leaves.size());
      part.leaves.push_back(node);
      if (dag.isGate(node)) parts.emplace_back().source = node;
    };
    visit(part.source);
    while (!path.empty()) {
      Step& step = path.back();
      if (step.next < dag.nodes[step.node].count) {
        visit(dag.arguments(step.node)[step.next++].node());
      } else {
        gates.push_back(step.node);
        path.pop_back();
      }
    }
    for (uint32_t node : gates) {
      const Dag::Node& gate = dag.nodes[node];
      local[node] = part.size();
      part.gates.push_back({gate.kind, gate.k, uint32_t(part.pool.size()), gate.count});
      part.coherent &= gate.kind != Dag::Kind::Xor;
      for (Literal argument : dag.arguments(node)) {
        part.pool.emplace_back(local[argument.node()], argument.negated());
        part.coherent &= !argument.negated();
      }
    }
    part.root = local[part.source];
    parts[at] = std::move(part);
  }
  std::reverse(parts.begin(), parts.end());
  return parts;
}

namespace {

using Less = std::function<bool(uint32_t, uint32_t)>;

/// Leaves as a depth-first walk meets them whose steps are sorted by `less`.
std::vector<uint32_t> depthFirst(const Part& part, const Less& less) {
  struct Step {
    std::vector<uint32_t> children;
    uint32_t next;
  };
  std::vector<uint32_t> leaves;
  std::vector<bool> seen(part.size());
  std::vector<Step> path;
  auto visit = [&](uint32_t node) {
    if (seen[node]) return;
    seen[node] = true;
    if (node < part.leaves.size()) {
      leaves.push_back(node);
      return;
    }
    Step step{{}, 0};
    for (Literal argument : part.arguments(part.gates[node - part.leaves.size()]))
      step.children.push_back(argument.node());
    std::stable_sort(step.children.begin(), step.children.end(), less);
    path.push_back(std::move(step));
  };
  visit(part.root);
  while (!path.empty()) {
    Step& step = path.back();
    if (step.next < step.children.size())
      visit(step.children[step.next++]);
    else
      path.pop_back();
  }
  return leaves;
}

/// Pulls what the gates tie together next to each other, from the order `start`.
std::vector<uint32_t> force(const Part& part, std::vector<uint32_t> start) {
  const auto leafCount = uint32_t(part.leaves.size());
  std::vector<uint32_t> nodes = start;
  std::vector<double> place(part.size()), pull(part.size()), ties(part.size());
  for (uint32_t i = 0; i < start.size(); ++i) place[start[i]] = i;
  for (uint32_t i = 0; i < part.gates.size(); ++i) { // between its arguments
    double sum = 0;
    for (Literal argument : part.arguments(part.gates[i])) sum += place[argument.node()];
    place[leafCount + i] = sum / part.gates[i].count;
    nodes.push_back(leafCount + i);
  }
  auto spread = [&] {
    double sum = 0;
    for (uint32_t i = 0; i < part.gates.size(); ++i) {
      double low = place[leafCount + i], high = low;
      for (Literal argument : part.arguments(part.gates[i])) {
        low = std::min(low, place[argument.node()]);
        high = std::max(high, place[argument.node()]);
      }
      sum += high - low;
    }
    return sum;
  };
  auto nearer = [&](uint32_t a, uint32_t b) { return place[a] < place[b]; };
  std::vector<uint32_t> best = start;
  double bestSpread = std::numeric_limits<double>::infinity();
  const int rounds = 20 + int(10 * std::log(double(nodes.size()) + 1));
  for (int round = 0, since = 0; round < rounds && since < 10; ++round, ++since) {
    std::fill(pull.begin(), pull.end(), 0);
    std::fill(ties.begin(), ties.end(), 0);
    for (uint32_t i = 0; i < part.gates.size(); ++i) {
      const auto arguments = part.arguments(part.gates[i]);
      double centre = place[leafCount + i];
      for (Literal argument : arguments) centre += place[argument.node()];
      centre /= double(arguments.size() + 1);
      auto tie = [&](uint32_t node) {
        pull[node] += centre;
        ++ties[node];
      };
      tie(leafCount + i);
      for (Literal argument : arguments) tie(argument.node());
    }
    for (uint32_t node : nodes)
      if (ties[node] > 0) place[node] = pull[node] / ties[node];
    std::stable_sort(nodes.begin(), nodes.end(), nearer);
    for (uint32_t i = 0; i < nodes.size(); ++i) place[nodes[i]] = i;
    if (const double now = spread(); now < bestSpread) {
      bestSpread = now;
      since = 0;
      best = start;
      std::stable_sort(best.begin(), best.end(), nearer);
    }
  }
  return best;
}

} // namespace

std::string_view toString(Heuristic heuristic) {
  constexpr auto names =
      std::to_array<std::string_view>({"as written", "lightest first", "force", "shared first",
                                       "heaviest first", "deepest first", "force, lightest first"});
  static_assert(names.size() == allHeuristics.size());
  return names[size_t(heuristic)];
}

std::vector<uint32_t> orderLeaves(const Part& part, Heuristic heuristic) {
  // Occurrences of leaves below, longest way down, parents.
  std::vector<double> weight(part.size(), 1);
  std::vector<uint32_t> depth(part.size()), parents(part.size());
  for (uint32_t i = 0; i < part.gates.size(); ++i) {
    const auto node = uint32_t(part.leaves.size() + i);
    weight[node] = 0;
    for (Literal argument : part.arguments(part.gates[i])) {
      weight[node] += weight[argument.node()];
      depth[node] = std::max(depth[node], depth[argument.node()] + 1);
      ++parents[argument.node()];
    }
  }
  const Less lighter = [&](uint32_t a, uint32_t b) { return weight[a] < weight[b]; };
  std::vector<uint32_t> asWritten(part.leaves.size());
  for (uint32_t i = 0; i < asWritten.size(); ++i) asWritten[i] = i;
  switch (heuristic) {
  case Heuristic::AsWritten: return asWritten;
  case Heuristic::LightestFirst: return depthFirst(part, lighter);
  case Heuristic::HeaviestFirst:
    return depthFirst(part, [&](uint32_t a, uint32_t b) { return weight[a] > weight[b]; });
  case Heuristic::SharedFirst:
    return depthFirst(part, [&](uint32_t a, uint32_t b) { return parents[a] > parents[b]; });
  case Heuristic::DeepestFirst:
    return depthFirst(part, [&](uint32_t a, uint32_t b) { return depth[a] > depth[b]; });
  case Heuristic::Force: return force(part, std::move(asWritten));
  case Heuristic::ForceLightest: return force(part, depthFirst(part, lighter));
  }
  return asWritten;
}

} // namespace relc::faulttree
