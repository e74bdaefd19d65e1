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

/// Bounds from the cut sets up to an order of a part that only rises. From below: that one of them
/// happens, exactly, by a diagram of them under a budget. From above: that, or that more events
/// happen than the sets are complete to, as every other cut set needs. `variables` and `weights` by
/// level: a variable that stands for a part below counts as many events as its smallest cut set
/// has.
Interval boundsOf(const Zbdd& sets, Zbdd::Ref root, const std::vector<Interval>& variables,
                  const std::vector<uint32_t>& weights, uint32_t completeTo, uint32_t budget);

/// The probability that independent events of which each counts `weights[i]` add up to more than
/// `limit`.
double exceeds(const std::vector<double>& probabilities, const std::vector<uint32_t>& weights,
               uint32_t limit);

} // namespace relc::faulttree
