#pragma once
// Probabilities of a decision diagram in one loop over its nodes, and their derivatives in another.

#include "compiler/faulttree/bdd.h"

namespace relc::faulttree {

/// That something holds and that it does not. Both are kept, as sums and products of what is
/// positive: 1 − 0.99999999 would leave half of the digits. Their sum is 1 but for rounding.
struct Chance {
  double holds = 0, fails = 1;
  [[nodiscard]] Chance flipped(bool flip) const { return flip ? Chance{fails, holds} : *this; }
};

/// Bounds of a probability that is not known exactly.
struct Interval {
  double low = 0, high = 1;
  [[nodiscard]] Interval flipped(bool flip) const {
    return flip ? Interval{1 - high, 1 - low} : *this;
  }
};

/// Chance of each node's function; `variables` by level. Shannon's expansion (Rauzy 1993).
std::vector<Chance> chances(const Bdd& bdd, std::span<const Chance> variables);
inline Chance chanceOf(const std::vector<Chance>& all, Bdd::Ref f) {
  return all[f >> 1].flipped((f & 1) != 0);
}

/// For each level, by how much the probability of `f` changes with that of the variable: Birnbaum's
/// factor P(f | variable) − P(f | not variable). All in one pass from the root down.
std::vector<double> derivatives(const Bdd& bdd, Bdd::Ref f, std::span<const Chance> variables,
                                const std::vector<Chance>& all);

/// Bounds of the probability of `f` from bounds of the variables'.
Interval boundsOf(const Bdd& bdd, Bdd::Ref f, std::span<const Interval> variables);

} // namespace relc::faulttree
