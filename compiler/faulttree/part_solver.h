#pragma once
// One module: its decision diagram, its minimal cut sets, under a budget and with several orders of
// variables; where that does not suffice, its cut sets up to an order.

#include "compiler/faulttree/ordering.h"
#include "compiler/faulttree/zbdd.h"

namespace relc::faulttree {

constexpr uint32_t everyOrder = ~uint32_t(0);

/// What is known of a part. Its function never holds when nothing has happened: if the root does,
/// it is the contrary of the root, and so are the variables that stand for parts below.
struct SolvedPart {
  std::vector<uint32_t> order; ///< leaves of the part by level
  Bdd bdd;
  Bdd::Ref function = Bdd::none; ///< none: the budget was spent
  Zbdd sets;
  Zbdd::Ref minimal = Zbdd::none; ///< minimal cut sets; none: not known
  uint32_t completeTo = 0;        ///< the greatest order up to which `minimal` has all of them
  Heuristic heuristic = Heuristic::AsWritten;
  uint32_t peakNodes = 0; ///< of the largest diagram on the way, abandoned ones too
};

struct SolveOptions {
  uint32_t nodeBudget;
  uint32_t fallbackOrder; ///< cut sets up to this order if the diagrams are too large
  bool wantSets = true;
};

/// `rest`: for each leaf, whether it holds when nothing has happened, and behind them the root.
/// `leastOrder`: for each leaf the smallest order of its cut sets (1 for an event).
SolvedPart solve(const Part& part, const std::vector<bool>& rest,
                 const std::vector<uint32_t>& leastOrder, const SolveOptions& options);

/// The diagram of the part's function with its leaves in the given order; Bdd::none if the budget
/// was spent, and how many gates were done by then.
Bdd::Ref buildDiagram(const Part& part, const std::vector<bool>& rest,
                      const std::vector<uint32_t>& order, Bdd& bdd, uint32_t& gatesDone);

/// Minimal cut sets of a coherent part that weigh `limit` at most (see Zbdd::setWeights), bottom up
/// and without a diagram of the function. Zbdd::none if the budget is spent.
Zbdd::Ref limitedSets(const Part& part, const std::vector<uint32_t>& order, uint32_t limit,
                      Zbdd& sets);

} // namespace relc::faulttree
