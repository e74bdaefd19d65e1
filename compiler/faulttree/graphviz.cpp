#include "compiler/faulttree/graphviz.h"

#include <fmt/format.h>

#include <cmath>

namespace relc::faulttree {

namespace {

/// In quotes, as Graphviz reads it.
std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  return out + '"';
}

std::string label(const FaultTree& tree, NodeId node) {
  std::string text(tree.name(node));
  const auto op = std::string(toString(tree.op(node)));
  if (tree.op(node) == Op::House) return fmt::format("{} = {}", text, tree.min(node) != 0);
  if (tree.isEvent(node))
    return std::isnan(tree.probability(node))
               ? text
               : fmt::format("{}\n{:.3g}", text, tree.probability(node));
  if (!text.empty()) text += '\n';
  if (tree.op(node) == Op::AtLeast)
    return text + fmt::format("{} of {}", tree.min(node), tree.arguments(node).size());
  if (tree.op(node) == Op::Cardinality)
    return text + fmt::format("{} to {} of {}", tree.min(node), tree.max(node),
                              tree.arguments(node).size());
  return text + op;
}

/// A line feed in a label is an escape of Graphviz's own.
std::string quotedLabel(std::string_view text) {
  const size_t line = text.rfind('\n');
  if (line == text.npos) return quoted(text);
  std::string out = quoted(text.substr(0, line));
  out.pop_back();
  return out + "\\n" + quoted(text.substr(line + 1)).substr(1);
}

} // namespace

std::string writeGraphviz(const FaultTree& tree, std::span<const NodeId> roots,
                          std::span<const NodeId> marked) {
  std::vector<bool> isMarked(tree.size());
  for (NodeId node : marked) isMarked[node] = true;
  const std::vector<NodeId> nodes = tree.below(roots);
  std::string out = "digraph fault_tree {\n  node [fontname=\"sans-serif\", fontsize=11];\n";
  for (size_t i = nodes.size(); i-- > 0;) {
    const NodeId node = nodes[i];
    const std::string_view shape = tree.isGate(node)            ? "box"
                                   : tree.op(node) == Op::House ? "house"
                                                                : "ellipse";
    out +=
        fmt::format("  n{} [shape={}, label={}{}];\n", node, shape, quotedLabel(label(tree, node)),
                    isMarked[node] ? ", style=filled, fillcolor=\"#f4b6b6\"" : "");
  }
  for (size_t i = nodes.size(); i-- > 0;)
    for (Literal argument : tree.arguments(nodes[i]))
      out += fmt::format("  n{} -> n{}{};\n", nodes[i], argument.node(),
                         argument.negated() ? " [arrowhead=odot]" : "");
  return out + "}\n";
}

} // namespace relc::faulttree
