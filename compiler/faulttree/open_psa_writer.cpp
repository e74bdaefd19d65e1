#include "compiler/faulttree/open_psa.h"

#include <fmt/format.h>

#include <cmath>
#include <unordered_map>
#include <unordered_set>

namespace relc::faulttree {

namespace {

bool isLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/// Text of an attribute or element. Control characters, which XML cannot carry, become spaces.
std::string escaped(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '"')
      out += "&quot;";
    else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
      out += ' ';
    else
      out += c;
  }
  return out;
}

/// Identifiers of the format: letters, digits and `_`, with single `-` between them. Each is given
/// once.
class Identifiers {
public:
  std::string make(std::string_view name, std::string_view otherwise) {
    std::string id;
    for (char c : name) {
      const bool dash = c == '-' && !id.empty() && id.back() != '-';
      id += isLetter(c) || (c >= '0' && c <= '9') || dash ? c : '_';
    }
    while (!id.empty() && id.back() == '-') id.back() = '_';
    if (id.empty()) id = otherwise;
    if (!isLetter(id.front())) id.insert(0, 1, '_');
    std::string unique = id;
    // Numbers go on where the last like it stopped, so that a thousand of one name are no million
    // tries.
    for (uint32_t& next = counters_[id]; !taken_.insert(unique).second;)
      unique = fmt::format("{}_{}", id, ++next + 1);
    return unique;
  }

private:
  std::unordered_set<std::string> taken_;
  std::unordered_map<std::string, uint32_t> counters_;
};

class Writer {
public:
  Writer(const FaultTree& tree, std::span<const NodeId> roots) : tree_(tree) {
    // Gates are written from the end: the first root is to come first.
    const std::vector<NodeId> lastFirst(roots.rbegin(), roots.rend());
    nodes_ = tree.below(lastFirst);
    ids_.resize(tree.size());
    // What is already an identifier keeps it; whoever comes first.
    for (NodeId node : nodes_) ids_[node] = identifiers_.make(tree.name(node), "gate");
  }

  std::string write(std::string_view name) {
    const std::string id = Identifiers().make(name, "model");
    out_ = fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<opsa-mef name=\"{0}\">\n"
                       "<define-fault-tree name=\"{0}\">\n",
                       id);
    // Gates from the top down, as people read them.
    for (size_t i = nodes_.size(); i-- > 0;)
      if (tree_.isGate(nodes_[i])) gate(nodes_[i]);
    out_ += "</define-fault-tree>\n<model-data>\n";
    for (NodeId node : nodes_) leaf(node);
    return out_ + "</model-data>\n</opsa-mef>\n";
  }

private:
  void begin(std::string_view kind, NodeId node) {
    out_ += fmt::format("<define-{} name=\"{}\">\n", kind, ids_[node]);
    if (tree_.name(node) != ids_[node] && !tree_.name(node).empty())
      out_ += fmt::format("<label>{}</label>\n", escaped(tree_.name(node)));
  }

  void reference(Literal argument) {
    const NodeId node = argument.node();
    const std::string_view kind = tree_.isGate(node) ? "gate" : toString(tree_.op(node));
    const std::string element = fmt::format("<{} name=\"{}\"/>", kind, ids_[node]);
    out_ += argument.negated() ? fmt::format("<not>{}</not>\n", element) : element + "\n";
  }

  void gate(NodeId node) {
    begin("gate", node);
    Op op = tree_.op(node);
    std::vector<Literal> arguments;
    for (Literal argument : tree_.arguments(node)) arguments.push_back(argument);
    // SCRAM wants two arguments at least, none twice, and a number that is neither one nor all.
    if (op == Op::AtLeast && tree_.min(node) == 1) op = Op::Or;
    if (op == Op::AtLeast && tree_.min(node) == arguments.size()) op = Op::And;
    if (op == Op::And || op == Op::Or) {
      std::unordered_set<uint32_t> seen;
      std::erase_if(arguments, [&](Literal l) { return !seen.insert(l.code).second; });
      if (arguments.size() == 1) op = Op::Pass;
    }
    std::string bounds;
    if (op == Op::AtLeast || op == Op::Cardinality)
      bounds = fmt::format(" min=\"{}\"", tree_.min(node));
    if (op == Op::Cardinality) bounds += fmt::format(" max=\"{}\"", tree_.max(node));
    if (op == Op::Pass || op == Op::Not) {
      reference(op == Op::Not ? !arguments[0] : arguments[0]);
    } else {
      out_ += fmt::format("<{}{}>\n", toString(op), bounds);
      for (Literal argument : arguments) reference(argument);
      out_ += fmt::format("</{}>\n", toString(op));
    }
    out_ += "</define-gate>\n";
  }

  void leaf(NodeId node) {
    if (tree_.isGate(node)) return;
    const std::string_view kind = toString(tree_.op(node));
    begin(kind, node);
    if (tree_.op(node) == Op::House)
      out_ += fmt::format("<constant value=\"{}\"/>\n", tree_.min(node) != 0);
    else if (!std::isnan(tree_.probability(node)))
      out_ += fmt::format("<float value=\"{}\"/>\n", tree_.probability(node));
    out_ += fmt::format("</define-{}>\n", kind);
  }

  const FaultTree& tree_;
  std::vector<NodeId> nodes_;
  Identifiers identifiers_;
  std::vector<std::string> ids_;
  std::string out_;
};

} // namespace

std::string writeOpenPsa(const FaultTree& tree, std::span<const NodeId> roots,
                         std::string_view name) {
  return Writer(tree, roots).write(name);
}

} // namespace relc::faulttree
