#pragma once
// What happens when something is lost: what goes down with it, what stands with less than before,
// and what else must be lost.

#include "compiler/faulttree/analysis.h"
#include "compiler/reliability/system_tree.h"

namespace relc::reliability {

/// The system with some nodes of its tree lost and nothing else.
class Blast {
public:
  /// `lost` are events or gates; linear in the tree.
  Blast(const SystemTree& system, std::span<const NodeId> lost);

  [[nodiscard]] bool holds(NodeId node) const { return node != noNode && holds_[node]; }
  /// Is the component, operation, journey or domain down?
  [[nodiscard]] bool isDown(EntityId id) const;
  /// A component itself, whatever becomes of its operations.
  [[nodiscard]] bool isOwnDown(EntityId id) const {
    return schema::components.has(kindOf(id)) ? holds(system_.ownDown(id)) : isDown(id);
  }
  /// Are too few of its instances left?
  [[nodiscard]] bool isShort(EntityId component) const { return holds(system_.tooFew(component)); }
  /// The tree in which what is lost is certain; its nodes have the same numbers.
  [[nodiscard]] FaultTree after() const;

private:
  const SystemTree& system_;
  std::vector<bool> holds_, lost_; ///< by node
  [[nodiscard]] Kind kindOf(EntityId id) const;
};

/// What can be said of a loss.
struct Effects {
  std::vector<EntityId> down;     ///< components, operations and journeys; callers first
  std::vector<EntityId> degraded; ///< `uses` of what is down, by what stands
  std::vector<EntityId> absorbed; ///< `needs` that bear it for a while (`tolerates`)
  std::vector<EntityId> leaning;  ///< `needs` of several that are met by fewer than before
  std::vector<EntityId> silent;   ///< teams of which nobody answers
};
Effects effectsOf(const Model& model, const SystemTree& system, const Blast& blast);

/// What a root has lost that stands: events that take it down alone now, and did not before, by
/// node, instances last; of those of one component the first.
struct Thinned {
  EntityId root;
  std::vector<NodeId> events;
};
std::vector<Thinned> thinned(const SystemTree& system, const Blast& blast,
                             std::span<const EntityId> roots);

/// Components, operations and journeys that `root` is made of, itself included: what it needs, and
/// what that needs.
std::vector<EntityId> madeOf(const SystemTree& system, EntityId root);

// --- cut sets in the plural
// ------------------------------------------------------------------------

/// So many of a kind: instances of one component are one part.
struct Part {
  NodeId event; ///< one of them
  uint32_t count;
};
/// Cut sets that differ only in which instances they have.
struct Shape {
  std::vector<Part> parts; ///< by node, instances last
  uint32_t order = 0;
  uint64_t sets = 0;
  double probability = 0; ///< sum of theirs; NaN if one is unknown
};
/// By order, the most probable first; those of which that is not known behind them.
std::vector<Shape> shapesOf(const SystemTree& system, std::span<const faulttree::CutSet> sets);

// --- ways
// ------------------------------------------------------------------------------------------

/// How a failure gets from one to another, or is stopped.
struct Step {
  enum class By : uint8_t {
    Needs,     ///< `relation`
    Uses,      ///< `relation`: degraded only
    Operation, ///< the caller is hurt by what an operation of its own needs
    Component, ///< the caller is an operation of it
    Standing,  ///< instances of the caller stand in that domain
    Sharing,   ///< the caller shares that domain
    Inside,    ///< the domain stands in that one
  };
  By by;
  EntityId from, to;
  EntityId relation; ///< Needs and Uses
  bool passes;       ///< it would take `from` down if `to` went down and nothing else
};
/// A way from `top` down to `goal` on which the fewest steps do not pass on a failure, and the
/// shortest of those; with a blast, over what it takes down if there is such a way. Empty if there
/// is none.
std::vector<Step> wayTo(const Model& model, EntityId top, EntityId goal, const Blast* blast);

} // namespace relc::reliability
