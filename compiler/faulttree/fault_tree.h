#pragma once
// Fault trees as plain data: one shared graph of gates over basic events, with any number of roots.
//
//     FaultTree tree;
//     NodeId zone = tree.addEvent("zone-a", 1e-4), host = tree.addEvent("host-1", 1e-3);
//     NodeId down = tree.addGate("orders-db", Op::Or, {zone, host});
//     Analysis all = analyse(tree, down);          // compiler/faulttree/analysis.h
//
// Gates may be declared before they are defined, so that a builder need not know the order, and
// definitions may be wrong: `validate` says what is.

#include <cstdint>
#include <initializer_list>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace relc::faulttree {

using NodeId = uint32_t;
constexpr NodeId noNode = std::numeric_limits<NodeId>::max();

/// What a node is. Gates hold when their arguments do, in the words of the Open-PSA Model Exchange
/// Format 2.0 (section IV.3).
enum class Op : uint8_t {
  Event,       ///< a basic event: independent of all others, happens with its probability
  House,       ///< a constant: `min` is 1 if it holds
  Undefined,   ///< declared, but nobody has said yet what it is
  And,         ///< all
  Or,          ///< one at least
  AtLeast,     ///< `min` at least
  Cardinality, ///< between `min` and `max` of them
  Not,         ///< its one argument does not
  Pass,        ///< its one argument does
  Xor,         ///< one of two, not both
  Iff,         ///< both of two, or neither
  Imply,       ///< the second of two if the first does
  Nand,        ///< not all
  Nor,         ///< none
};

/// A node, or its contrary.
struct Literal {
  uint32_t code = 0;

  constexpr Literal() = default;
  constexpr Literal(NodeId node, bool negated = false) : code(node << 1 | uint32_t(negated)) {}
  [[nodiscard]] NodeId node() const { return code >> 1; }
  [[nodiscard]] bool negated() const { return (code & 1) != 0; }
  Literal operator!() const { return {node(), !negated()}; }
  bool operator==(const Literal&) const = default;
};

/// Where something was read, from 1; 0 if it was not read from a file.
struct Place {
  uint32_t line = 0;
  uint32_t column = 0;
};

struct Error {
  Place place;
  std::string message;
};

/// A probability that nobody has given.
constexpr double unknownProbability = std::numeric_limits<double>::quiet_NaN();

class FaultTree {
public:
  /// A basic event; `probability` within 0 and 1, or unknown. Names need not be unique here.
  NodeId addEvent(std::string_view name, double probability = unknownProbability, Place place = {});
  NodeId addHouse(std::string_view name, bool holds, Place place = {});
  NodeId addGate(std::string_view name, Op op, std::span<const Literal> arguments, uint32_t min = 0,
                 uint32_t max = 0, Place place = {});
  NodeId addGate(std::string_view name, Op op, std::initializer_list<Literal> arguments,
                 uint32_t min = 0, uint32_t max = 0, Place place = {}) {
    return addGate(name, op, std::span(arguments.begin(), arguments.size()), min, max, place);
  }
  /// A node that is to be defined later, once.
  NodeId declare(std::string_view name, Place place = {});
  void defineGate(NodeId node, Op op, std::span<const Literal> arguments, uint32_t min = 0,
                  uint32_t max = 0);
  void defineEvent(NodeId node, double probability);
  void defineHouse(NodeId node, bool holds);
  void rename(NodeId node, std::string_view name);
  void setProbability(NodeId event, double probability) { nodes_[event].probability = probability; }

  [[nodiscard]] uint32_t size() const { return uint32_t(nodes_.size()); }
  [[nodiscard]] Op op(NodeId node) const { return nodes_[node].op; }
  [[nodiscard]] bool isGate(NodeId node) const { return nodes_[node].op > Op::Undefined; }
  [[nodiscard]] bool isEvent(NodeId node) const { return nodes_[node].op == Op::Event; }
  [[nodiscard]] uint32_t min(NodeId node) const { return nodes_[node].min; }
  [[nodiscard]] uint32_t max(NodeId node) const { return nodes_[node].max; }
  [[nodiscard]] double probability(NodeId node) const { return nodes_[node].probability; }
  [[nodiscard]] Place place(NodeId node) const { return nodes_[node].place; }
  /// Valid until the next node is added; empty for a gate within a formula.
  [[nodiscard]] std::string_view name(NodeId node) const {
    return std::string_view(names_).substr(nodes_[node].nameBegin, nodes_[node].nameSize);
  }
  [[nodiscard]] std::span<const Literal> arguments(NodeId node) const {
    return {arguments_.data() + nodes_[node].first, nodes_[node].count};
  }

  /// What is wrong below `roots` (everywhere, if none are given), in the order of the nodes:
  /// undefined nodes, arguments that do not fit the gate, probabilities out of range, circles (with
  /// one way round each). At most `limit` errors. A tree with errors must not be analysed.
  [[nodiscard]] std::vector<Error> validate(std::span<const NodeId> roots = {},
                                            size_t limit = 100) const;
  /// Gates that are nobody's argument, in the order of the nodes.
  [[nodiscard]] std::vector<NodeId> roots() const;
  /// What `root` is made of, arguments before gates; depth-first in the order of the arguments.
  /// Needs a tree without circles.
  [[nodiscard]] std::vector<NodeId> below(std::span<const NodeId> roots) const;

private:
  struct Node {
    uint32_t nameBegin, nameSize;
    uint32_t first = 0, count = 0;
    uint32_t min = 0, max = 0;
    double probability = unknownProbability;
    Place place;
    Op op = Op::Undefined;
  };

  std::vector<Node> nodes_;
  std::vector<Literal> arguments_;
  std::string names_;
};

/// "a gate `pumps`", as messages name it.
std::string describe(const FaultTree& tree, NodeId node);
/// "atleast", as Open-PSA writes it.
std::string_view toString(Op op);

} // namespace relc::faulttree
