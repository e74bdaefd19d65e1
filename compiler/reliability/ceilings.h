#pragma once
// How available something can be, given what it needs: the ceiling that declared availabilities,
// SLAs and objectives put on it. Exact: what is shared counts once, redundancy counts.
//
// What the events are worth: a failure domain its `availability`; an instance its component's
// `instance_availability`; a component as a whole its `availability` or `sla`, else what its own
// promise leaves to it. A component that promises 99.9% on top of what is up 99.95% of the time is
// taken to be down by itself so often that it keeps its promise and no better: its own part q is
// such that (1 − q) · 0.9995 = 0.999. Of what nothing is said it is assumed that it never fails, so
// that a ceiling is what can be hoped for at best.

#include "compiler/faulttree/analysis.h"
#include "compiler/reliability/system_tree.h"

#include <map>

namespace relc::reliability {

/// Is the SLO about time per request? Requests that are not answered are not slow.
bool promisesSpeed(const Model& model, EntityId slo);
/// Is the SLO about being available, so that being down breaks it? One about time per request or
/// about age is not: requests that are not answered are not counted by it.
bool promisesAvailability(const Model& model, EntityId slo);
/// The highest objective of its availability SLOs; nothing if it has none.
std::optional<model::Decimal> promiseOf(const Model& model, EntityId component);

/// What an event, or all instances of a component, cost.
struct Term {
  NodeId event;       ///< one of them
  double probability; ///< that it happens; of several instances that one of them does
  double gain; ///< by how much the owner would be unavailable less often if it never happened
};

class Ceilings {
public:
  /// Sets probabilities in the tree, and adds gates to it.
  Ceilings(const Model& model, SystemTree& system);

  /// Of the share of time in which `owner`, a component, operation or journey, is down for a reason
  /// outside of its own promise: no less than `low`, and with all that is known without solving
  /// trees no more than `high`.
  [[nodiscard]] faulttree::Interval quick(EntityId owner) const;
  /// The same, exactly, unless a decision diagram would become too large.
  faulttree::Interval exact(EntityId owner);
  /// How often it is down by its own promise; nothing if it makes none.
  [[nodiscard]] std::optional<double> tolerated(EntityId owner) const {
    return tolerated_[owner.index];
  }
  /// What would be gained, the most first; needs an exact ceiling.
  std::vector<Term> terms(EntityId owner);
  /// Components and domains below the owner of which nothing is known, in the order of the program.
  std::vector<EntityId> unknown(EntityId owner);
  /// Nodes of the trees that were analysed so far.
  [[nodiscard]] size_t work() const { return work_; }

private:
  const Model& model_;
  SystemTree& system_;
  std::vector<bool> stated_;                     ///< by node: of an event, its probability
  std::vector<faulttree::Interval> bounds_;      ///< by node
  std::vector<faulttree::Interval> quick_;       ///< by entity: but for the own promise
  std::vector<std::optional<double>> tolerated_; ///< by entity: what its promise leaves to failures
  /// Of gates of redundancy: events that take them down alone, and how likely they are without.
  struct Solved {
    std::vector<faulttree::Literal> alone;
    double rest;
  };
  std::map<NodeId, Solved> solved_;
  std::vector<uint32_t> inPart_; ///< by node: its number in the part of the last walk
  std::vector<uint32_t> seen_;   ///< by node: the last walk that came here
  uint32_t walk_ = 0;
  std::vector<NodeId> belowGate_; ///< by entity
  std::vector<bool> settled_;     ///< by entity: its own part is exact
  size_t work_ = 0;

  void findBounds();
  struct Series {
    double stands = 1;    ///< the probability that nothing has happened
    double uncertain = 0; ///< how likely gates of redundancy are, which may depend on each other
  };
  Series series(std::span<const faulttree::Literal> arguments, NodeId without);
  /// What is below a node, by itself: large trees are not gone through for small questions.
  struct Part {
    FaultTree tree;
    NodeId root = noNode;
    std::vector<NodeId> nodes; ///< of the whole tree, by node of the part
  };
  Part partBelow(NodeId node);
  void solve(NodeId gate, faulttree::Interval& bounds);
  NodeId belowGate(EntityId owner);
  void settleBelow(EntityId owner);
  faulttree::Analysis analysed(NodeId node, bool importance);
};

/// "99.872%": as many digits as tell it from 1.
std::string shownAvailability(double availability);
/// A round objective that is not above `ceiling`: "99.95%".
std::string honestObjective(double ceiling);

} // namespace relc::reliability
