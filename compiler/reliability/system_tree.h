#pragma once
// The fault tree of a model: what is down when what fails. One graph for all roots, in which a
// shared dependency stands once.
//
// Basic events are that a failure domain fails, that one instance of a component does, that a
// component fails as a whole (a bad release, a bug, the vendor), that all its instances fail of one
// cause (the β factor), and that a person does not answer. Gates:
//
//     a domain is down      if it fails, or what it stands in is down
//     an instance           if it fails, or its domain is down
//     too few instances     if at least count − quorum + 1 of them are
//     a component           if it fails as a whole, too few instances are left, something that it
//                           `shares` is down, or a hard need is unmet
//     a need of k of n      is unmet if n − k + 1 of them are down
//     an operation          if its component is down but for its other operations, or a hard need
//                           of its own is unmet; whoever needs the whole component is hurt by what
//                           any of its operations needs
//     a journey             if one of its needs is unmet
//
// `uses` takes nothing down. Needs that go round in a circle have their least solution: what is
// down is so for a reason outside of the circle.

#include "compiler/faulttree/fault_tree.h"
#include "compiler/reliability/facts.h"

#include <optional>
#include <string>

namespace relc::reliability {

using faulttree::FaultTree;
using faulttree::NodeId;
using faulttree::noNode;

/// What a node of the tree means.
enum class Role : uint8_t {
  None,
  // basic events
  DomainFails,
  InstanceFails, ///< `number` of them from 1; 0 stands for any of them
  WholeFails,
  CommonCause,
  PersonSilent, ///< does not answer
  Another,      ///< a further vendor or service that a Change supposes
  // gates
  DomainDown,
  InstanceDown,
  TooFewInstances,
  NeedUnmet,     ///< entity: the `needs`
  Down,          ///< a component with all its operations, an operation, a journey
  OwnDown,       ///< a component but for what only its operations need
  NobodyAnswers, ///< entity: who is told: a team, escalation, step, rotation, layer
};

struct Meaning {
  Role role = Role::None;
  EntityId entity;
  uint32_t number = 0;
};

/// A way in which the system could be different.
struct Change {
  EntityId entity;
  std::optional<Instances> instances; ///< of a component
  bool soft = false;                  ///< a `needs` takes nobody down
  bool alternative = false;           ///< a `needs` is met by one more, too, that is not there yet
};

struct TreeOptions {
  /// What must be in the tree, with all below it; if empty, everything that can be down.
  std::span<const EntityId> roots;
  /// Each instance is an event. If not, only those are of which it is said how available they are;
  /// others are down when their domain is, and if none of them may be lost, one event stands for
  /// all. Of more than `manyInstances` of a component none is an event.
  bool eachInstance = true;
  bool people = false;                  ///< with who answers for each component
  std::span<const Change> changes = {}; ///< by entity
};
inline constexpr uint32_t manyInstances = 64;

class SystemTree {
public:
  SystemTree(const Model& model, const TreeOptions& options = {});

  [[nodiscard]] const Model& model() const { return model_; }

  FaultTree tree; ///< nodes have names once `nameNodes` has been called

  /// Gate or event that says that the entity is down: a domain, component, operation, journey, or
  /// a `needs` of several; noNode if it is not in the tree or cannot be down.
  [[nodiscard]] NodeId down(EntityId id) const { return at(down_, id); }
  /// A component but for its operations; the same as `down` if it has none with needs.
  [[nodiscard]] NodeId ownDown(EntityId id) const { return at(own_, id); }
  [[nodiscard]] NodeId tooFew(EntityId component) const { return at(tooFew_, component); }
  [[nodiscard]] NodeId wholeFails(EntityId component) const { return at(whole_, component); }
  [[nodiscard]] NodeId domainFails(EntityId domain) const { return at(domainEvent_, domain); }
  /// That nobody answers for the component; only with TreeOptions::people.
  [[nodiscard]] NodeId nobodyAnswers(EntityId component) const { return at(silent_, component); }
  [[nodiscard]] const Meaning& meaning(NodeId node) const { return meanings_[node]; }
  /// Components, operations and journeys of the tree, callers before callees as far as they do not
  /// need each other in a circle.
  [[nodiscard]] std::span<const EntityId> nodes() const { return nodes_; }

  /// "zone eu-west-1a", "orders-db instance 2", "vendor stripe": an event or gate for people.
  [[nodiscard]] std::string describe(NodeId node) const;
  /// Names each node by what it means; names are unique.
  void nameNodes();

private:
  friend class TreeBuilder;
  const Model& model_;
  std::vector<Meaning> meanings_;                                          ///< by node
  std::vector<NodeId> down_, own_, tooFew_, whole_, domainEvent_, silent_; ///< by entity
  std::vector<EntityId> nodes_;

  static NodeId at(const std::vector<NodeId>& nodes, EntityId id) {
    return id.index < nodes.size() ? nodes[id.index] : noNode;
  }
};

} // namespace relc::reliability
