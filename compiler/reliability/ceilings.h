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

namespace relc::reliability {

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

  /// Bounds of the share of time in which `owner`, a component, operation or journey, is down for a
  /// reason outside of its own promise. All of them together take time linear in the tree.
  [[nodiscard]] faulttree::Interval quick(EntityId owner) const;
  /// The same, exactly, unless `budget` nodes of a decision diagram do not suffice.
  faulttree::Interval exact(EntityId owner);
  /// What would be gained, the most first; needs an exact ceiling.
  std::vector<Term> terms(EntityId owner);
  /// Components and domains below the owner of which nothing is known, in the order of the program.
  std::vector<EntityId> unknown(EntityId owner);
  /// By how much `exact` has worked so far: nodes of trees that were analysed.
  [[nodiscard]] size_t work() const { return work_; }

private:
  const Model& model_;
  SystemTree& system_;
  std::vector<bool> stated_;               ///< by node: of an event, its probability
  std::vector<faulttree::Interval> quick_; ///< by entity: but for the own promise
  std::vector<NodeId> belowGate_;          ///< by entity
  std::vector<bool> settled_;              ///< by entity: its own part is exact
  size_t work_ = 0;

  void findBounds();
  NodeId belowGate(EntityId owner);
  void settleBelow(EntityId owner);
  faulttree::Analysis analysed(NodeId node, bool importance);
};

/// "99.872%": as many digits as tell it from 1.
std::string shownAvailability(double availability);
/// A round objective that is not above `ceiling`: "99.95%".
std::string honestObjective(double ceiling);

} // namespace relc::reliability
