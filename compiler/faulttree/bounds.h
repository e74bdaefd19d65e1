#pragma once
// What can be said of a probability when the diagram does not fit the budget.

#include "compiler/faulttree/ordering.h"
#include "compiler/faulttree/probability.h"
#include "compiler/faulttree/zbdd.h"

namespace relc::faulttree {

/// Bounds of the probability of the part's root from those of its leaves (behind each: whether the
/// leaf of the Dag is the contrary), in one pass over the gates. Gates of coherent functions of
/// independent events are associated: J. Esary, F. Proschan, D. Walkup, "Association of random
/// variables, with applications", 1967, so that P(all) ≥ the product and P(any) ≤ 1 − the product
/// of the contraries; the other ends, and all of them where there are contraries, are Fréchet's,
/// which hold whatever depends on what.
Interval boundsOf(const Part& part, const std::vector<Interval>& leaves);

/// A bound from below: the probability that one of the sets happens, exactly, by a diagram of them
/// under a budget; 0 if it does not fit. `lowest` by level.
double lowerBound(const Zbdd& sets, Zbdd::Ref root, const std::vector<Chance>& lowest,
                  uint32_t budget);

} // namespace relc::faulttree
