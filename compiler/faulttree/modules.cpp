#include "compiler/faulttree/modules.h"

#include <algorithm>

namespace relc::faulttree {

namespace {

/// When a depth-first walk, whose clock ticks with each arc, is at a node.
struct Spans {
  std::vector<uint32_t> enter, leave; ///< of the first visit; leave is 0 for events
  std::vector<uint32_t> first, last;  ///< over the node and all below it, all visits

  explicit Spans(const Dag& dag)
      : enter(dag.nodes.size()), leave(enter), first(enter), last(enter) {
    struct Step {
      uint32_t node, next;
    };
    uint32_t clock = 0;
    std::vector<Step> path;
    auto visit = [&](uint32_t node) {
      last[node] = ++clock;
      if (enter[node] != 0) return;
      enter[node] = first[node] = clock;
      if (dag.isGate(node)) path.push_back({node, 0});
    };
    visit(dag.root.node());
    while (!path.empty()) {
      Step& step = path.back();
      if (step.next < dag.nodes[step.node].count) {
        visit(dag.arguments(step.node)[step.next++].node());
      } else {
        last[step.node] = leave[step.node] = ++clock;
        path.pop_back();
      }
    }
    for (uint32_t node = 1; node < dag.nodes.size(); ++node)
      for (Literal argument : dag.arguments(node)) {
        first[node] = std::min(first[node], first[argument.node()]);
        last[node] = std::max(last[node], last[argument.node()]);
      }
  }
};

} // namespace

std::vector<bool> findModules(const Dag& dag) {
  const Spans spans(dag);
  std::vector<bool> modules(dag.nodes.size());
  for (uint32_t node = 1; node < dag.nodes.size(); ++node) {
    if (!dag.isGate(node)) continue;
    uint32_t first = spans.leave[node], last = 0;
    for (Literal argument : dag.arguments(node)) {
      first = std::min(first, spans.first[argument.node()]);
      last = std::max(last, spans.last[argument.node()]);
    }
    modules[node] = first > spans.enter[node] && last < spans.leave[node];
  }
  return modules;
}

Dag groupIndependent(const Dag& dag) {
  const Spans spans(dag);
  DagBuilder builder;
  std::vector<Literal> made(dag.nodes.size());
  std::vector<Literal> arguments, group, alone, rest;
  std::vector<uint32_t> byTime;
  made[0] = trueLiteral;
  for (uint32_t node = 1; node < dag.nodes.size(); ++node) {
    const Dag::Node& gate = dag.nodes[node];
    if (gate.kind == Dag::Kind::Event) {
      made[node] = builder.event(gate.event);
      continue;
    }
    const auto old = dag.arguments(node);
    arguments.clear();
    for (Literal argument : old)
      arguments.push_back(argument.negated() ? !made[argument.node()] : made[argument.node()]);
    if (gate.kind == Dag::Kind::And || gate.kind == Dag::Kind::Or) {
      byTime.resize(old.size());
      for (uint32_t i = 0; i < byTime.size(); ++i) byTime[i] = i;
      std::sort(byTime.begin(), byTime.end(), [&](uint32_t a, uint32_t b) {
        return spans.first[old[a].node()] < spans.first[old[b].node()];
      });
      // Arguments whose spans overlap may share something; those that do not, do not.
      alone.clear();
      rest.clear();
      for (size_t i = 0; i < byTime.size();) {
        const uint32_t first = spans.first[old[byTime[i]].node()];
        uint32_t last = 0;
        group.clear();
        for (; i < byTime.size() && (group.empty() || spans.first[old[byTime[i]].node()] <= last);
             ++i) {
          last = std::max(last, spans.last[old[byTime[i]].node()]);
          group.push_back(arguments[byTime[i]]);
        }
        const bool closed = first > spans.enter[node] && last < spans.leave[node];
        if (!closed)
          rest.insert(rest.end(), group.begin(), group.end());
        else if (group.size() == 1 || group.size() == arguments.size())
          alone.insert(alone.end(), group.begin(), group.end());
        else
          alone.push_back(builder.gate(gate.kind, group));
      }
      if (!rest.empty() && alone.size() > 1) {
        rest.push_back(builder.gate(gate.kind, alone));
        arguments = rest;
      } else {
        arguments = rest;
        arguments.insert(arguments.end(), alone.begin(), alone.end());
      }
    }
    made[node] = builder.gate(gate.kind, arguments, gate.k);
  }
  const Literal root = made[dag.root.node()];
  return builder.take(dag.root.negated() ? !root : root);
}

} // namespace relc::faulttree
