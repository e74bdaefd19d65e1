#pragma once
// What a fault tree says about one of its roots: how many minimal cut sets of each order it has,
// which they are, how probable the root is, and what each event has to do with it.
//
//     Analysis all = analyse(tree, root);
//     all.downAtRest                    the root holds without any event: the model contradicts
//     itself all.total, all.countByOrder       exact, however large all.isExact then
//     probability.low is the probability, else they are bounds
//
// How it is done: the tree is simplified and cut into modules (modules.h); each module becomes a
// decision diagram (bdd.h) under a budget of nodes, with several orders of variables; counts,
// probability and importance are loops over the nodes of the diagrams, and modules are put together
// at the end. What does not fit the budget is cut off and said to be: cut sets are then complete up
// to `completeTo` only, and the probability has bounds.

#include "compiler/faulttree/counting.h"
#include "compiler/faulttree/fault_tree.h"
#include "compiler/faulttree/part_solver.h"
#include "compiler/faulttree/probability.h"

namespace relc::faulttree {

struct Options {
  /// Nodes of a decision diagram, at most; about 40 bytes each while it is built.
  uint32_t nodeBudget = uint32_t(1) << 23;
  /// Order up to which cut sets are found if the diagrams do not fit the budget.
  uint32_t fallbackOrder = 3;
  /// Order up to which cut sets are listed, and how many at most.
  uint32_t listOrder = 3;
  size_t listLimit = 10'000;
  bool wantSets = true;
  bool wantImportance = true;
};

/// A minimal cut set: if all its events happen and no other, the root fails, and no event can be
/// spared.
struct CutSet {
  std::vector<NodeId> events; ///< ascending
  double probability;         ///< product of theirs; NaN if one is unknown
};

/// What an event has to do with the root, with P = P(root), p = P(event), P₁ = P(root | event),
/// P₀ = P(root | no event).
struct Importance {
  NodeId event;
  double birnbaum;    ///< P₁ − P₀: by how much the root follows the event (Birnbaum 1969; MIF)
  double criticality; ///< p (P₁ − P₀) / P: that the event happened and mattered, if the root fails
                      ///< (CIF)
  double diagnostic; ///< p P₁ / P: that the event happened, if the root fails (Fussell-Vesely; DIF)
  double achievement; ///< P₁ / P: how much worse a certain event would make it (RAW)
  double reduction;   ///< P / P₀: how much better it would be without the event (RRW); infinity if
                      ///< the root cannot fail without it
};

struct Analysis {
  /// No contrary is left in the simplified tree: cut sets are its prime implicants. If there is
  /// one, they are the smallest sets of events that make the root hold when nothing else happens
  /// (as SCRAM reports them), which says nothing about what may not happen.
  bool coherent = true;
  bool downAtRest = false; ///< the root holds although nothing has happened
  bool never = false;      ///< nothing can make it hold

  CountByOrder countByOrder;        ///< minimal cut sets, index: order; complete up to completeTo
  BigUnsigned total;                ///< sum of them
  uint32_t completeTo = everyOrder; ///< cut sets of a greater order are not all counted
  std::vector<CutSet> cutSets;      ///< by order, then the most probable first, then by events
  uint32_t listedTo = 0; ///< all cut sets up to this order are listed, if not more than exist

  bool hasProbability = false; ///< false if the probability of an event is unknown: `unknown`
  NodeId unknown = noNode;
  Interval probability{0, 1};
  bool isExact = false; ///< but for rounding
  /// Sum of the probabilities of the cut sets counted: an approximation from above if all are,
  /// which can exceed 1.
  double rareEventSum = 0;
  std::vector<Importance>
      importance; ///< of the events that matter, by node; needs an exact probability

  uint32_t events = 0;         ///< in the simplified tree
  uint32_t gates = 0;          ///< likewise
  uint32_t modules = 0;        ///< that were solved by themselves
  uint32_t unsolved = 0;       ///< of them, those whose diagram did not fit the budget
  uint32_t largestDiagram = 0; ///< nodes
};

/// Needs a valid tree (FaultTree::validate).
Analysis analyse(const FaultTree& tree, NodeId root, const Options& options = {});

} // namespace relc::faulttree
