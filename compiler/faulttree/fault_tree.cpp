#include "compiler/faulttree/fault_tree.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace relc::faulttree {

namespace {

struct OpInfo {
  std::string_view name;
  uint32_t least, most; ///< arguments
};

constexpr uint32_t many = std::numeric_limits<uint32_t>::max();
/// In the order of Op.
constexpr auto opTable = std::to_array<OpInfo>({
    {"basic-event", 0, 0},
    {"house-event", 0, 0},
    {"undefined", 0, 0},
    {"and", 1, many},
    {"or", 1, many},
    {"atleast", 1, many},
    {"cardinality", 1, many},
    {"not", 1, 1},
    {"pass", 1, 1},
    {"xor", 2, 2},
    {"iff", 2, 2},
    {"imply", 2, 2},
    {"nand", 1, many},
    {"nor", 1, many},
});
static_assert(opTable.size() == size_t(Op::Nor) + 1);

} // namespace

std::string_view toString(Op op) {
  return opTable[size_t(op)].name;
}

std::string describe(const FaultTree& tree, NodeId node) {
  std::string_view kind = tree.isGate(node) ? "gate" : toString(tree.op(node));
  if (tree.op(node) == Op::Undefined) kind = "event";
  return tree.name(node).empty() ? fmt::format("formula `{}`", toString(tree.op(node)))
                                 : fmt::format("{} `{}`", kind, tree.name(node));
}

NodeId FaultTree::declare(std::string_view name, Place place) {
  Node node{uint32_t(names_.size()), uint32_t(name.size())};
  names_ += name;
  node.place = place;
  nodes_.push_back(node);
  return size() - 1;
}

NodeId FaultTree::addEvent(std::string_view name, double probability, Place place) {
  NodeId node = declare(name, place);
  defineEvent(node, probability);
  return node;
}

NodeId FaultTree::addHouse(std::string_view name, bool holds, Place place) {
  NodeId node = declare(name, place);
  defineHouse(node, holds);
  return node;
}

NodeId FaultTree::addGate(std::string_view name, Op op, std::span<const Literal> arguments,
                          uint32_t min, uint32_t max, Place place) {
  NodeId node = declare(name, place);
  defineGate(node, op, arguments, min, max);
  return node;
}

void FaultTree::defineGate(NodeId node, Op op, std::span<const Literal> arguments, uint32_t min,
                           uint32_t max) {
  Node& gate = nodes_[node];
  gate.op = op;
  gate.first = uint32_t(arguments_.size());
  gate.count = uint32_t(arguments.size());
  gate.min = min;
  gate.max = max;
  arguments_.insert(arguments_.end(), arguments.begin(), arguments.end());
}

void FaultTree::defineEvent(NodeId node, double probability) {
  nodes_[node].op = Op::Event;
  nodes_[node].probability = probability;
}

void FaultTree::defineHouse(NodeId node, bool holds) {
  nodes_[node].op = Op::House;
  nodes_[node].min = holds;
}

void FaultTree::rename(NodeId node, std::string_view name) {
  nodes_[node].nameBegin = uint32_t(names_.size());
  nodes_[node].nameSize = uint32_t(name.size());
  names_ += name;
}

std::vector<NodeId> FaultTree::roots() const {
  std::vector<bool> used(size());
  for (NodeId node = 0; node < size(); ++node)
    for (Literal argument : arguments(node))
      if (argument.node() != node) used[argument.node()] = true;
  std::vector<NodeId> found;
  for (NodeId node = 0; node < size(); ++node)
    if (isGate(node) && !used[node]) found.push_back(node);
  return found;
}

std::vector<NodeId> FaultTree::below(std::span<const NodeId> roots) const {
  struct Step {
    NodeId node;
    uint32_t next;
  };
  std::vector<NodeId> order;
  std::vector<bool> seen(size());
  std::vector<Step> path;
  for (NodeId root : roots) {
    if (seen[root]) continue;
    seen[root] = true;
    path.push_back({root, 0});
    while (!path.empty()) {
      Step& step = path.back();
      if (step.next == nodes_[step.node].count) {
        order.push_back(step.node);
        path.pop_back();
        continue;
      }
      NodeId child = arguments_[nodes_[step.node].first + step.next++].node();
      if (!seen[child]) {
        seen[child] = true;
        path.push_back({child, 0});
      }
    }
  }
  return order;
}

namespace {

/// What is wrong with a node by itself, or "".
std::string faultOf(const FaultTree& tree, NodeId node) {
  const Op op = tree.op(node);
  const OpInfo& info = opTable[size_t(op)];
  const auto arguments = tree.arguments(node);
  const uint32_t count = uint32_t(arguments.size());
  if (op == Op::Undefined)
    return fmt::format(
        "nothing called `{}` is defined, so it cannot be said when it fails; define it "
        "as a gate, a basic event or a house event",
        tree.name(node));
  if (op == Op::Event) {
    double p = tree.probability(node);
    if (p < 0 || p > 1)
      return fmt::format("{} has the probability {}, which is not within 0 and 1",
                         describe(tree, node), p);
    return "";
  }
  if (count < info.least || count > info.most)
    return fmt::format("{} has {} argument{}, but `{}` takes {}{}", describe(tree, node), count,
                       count == 1 ? "" : "s", info.name, info.least,
                       info.most == many ? " or more" : "");
  if (op == Op::Cardinality && tree.min(node) > tree.max(node))
    return fmt::format("{} can never hold: it wants at least {} and at most {} of its arguments",
                       describe(tree, node), tree.min(node), tree.max(node));
  if ((op == Op::AtLeast || op == Op::Cardinality) && tree.min(node) > count)
    return fmt::format("{} can never hold: it wants {} of its {} arguments", describe(tree, node),
                       tree.min(node), count);
  // What stands there twice counts twice, which takes a gate for each number and each such
  // argument.
  constexpr uint32_t mostWithRepetition = 1000;
  if ((op == Op::AtLeast || op == Op::Cardinality) && count > mostWithRepetition) {
    std::vector<NodeId> nodes;
    for (Literal argument : arguments) nodes.push_back(argument.node());
    std::sort(nodes.begin(), nodes.end());
    if (auto twice = std::adjacent_find(nodes.begin(), nodes.end()); twice != nodes.end())
      return fmt::format("{} counts {} twice among {} arguments; relc computes that for at most {}",
                         describe(tree, node), describe(tree, *twice), count, mostWithRepetition);
  }
  return "";
}

} // namespace

std::vector<Error> FaultTree::validate(std::span<const NodeId> roots, size_t limit) const {
  enum class Mark : uint8_t { New, Open, Done };
  struct Step {
    NodeId node;
    uint32_t next;
  };
  std::vector<Error> errors;
  std::vector<Mark> marks(size(), Mark::New);
  std::vector<Step> path;
  auto circle = [&](NodeId again) {
    size_t from = path.size();
    while (path[from - 1].node != again) --from;
    std::string way;
    // Long circles are shown by their ends.
    for (size_t i = from - 1; i < path.size(); ++i) {
      if (name(path[i].node).empty()) continue;
      if (path.size() - from > 12 && i - from + 1 == 6) way += "… → ";
      if (path.size() - from > 12 && i - from + 1 >= 6 && path.size() - i > 5) continue;
      way += fmt::format("`{}` → ", name(path[i].node));
    }
    errors.push_back(
        {place(again), fmt::format("{} needs itself: {}`{}`; a fault tree has no circles",
                                   describe(*this, again), way, name(again))});
  };
  auto visit = [&](NodeId root) {
    if (marks[root] != Mark::New) return;
    marks[root] = Mark::Open;
    path.push_back({root, 0});
    while (!path.empty() && errors.size() < limit) {
      Step& step = path.back();
      if (step.next == nodes_[step.node].count) {
        marks[step.node] = Mark::Done;
        if (std::string fault = faultOf(*this, step.node); !fault.empty())
          errors.push_back({place(step.node), std::move(fault)});
        path.pop_back();
        continue;
      }
      NodeId child = arguments_[nodes_[step.node].first + step.next++].node();
      if (marks[child] == Mark::Open) {
        circle(child);
      } else if (marks[child] == Mark::New) {
        marks[child] = Mark::Open;
        path.push_back({child, 0});
      }
    }
  };
  for (NodeId root : roots) visit(root);
  if (roots.empty())
    for (NodeId node = 0; node < size() && errors.size() < limit; ++node) visit(node);
  return errors;
}

} // namespace relc::faulttree
