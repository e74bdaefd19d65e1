#include "compiler/faulttree/bounds.h"

#include <algorithm>

namespace relc::faulttree {

namespace {

/// Sums of probabilities are bounds of at-least-k: k P(at least k) ≤ Σ P (Markov), and the same of
/// the contraries, of which n − k + 1 are wanted to keep it from holding.
Interval atLeast(const std::vector<Interval>& arguments, uint32_t k) {
  double low = 0, high = 0;
  for (const Interval& argument : arguments) {
    low += argument.low;
    high += argument.high;
  }
  const auto n = double(arguments.size());
  return {std::clamp(1 - (n - low) / (n - k + 1), 0.0, 1.0), std::min(1.0, high / k)};
}

Interval combine(Dag::Kind kind, uint32_t k, const std::vector<Interval>& arguments,
                 bool associated) {
  if (kind == Dag::Kind::AtLeast) return atLeast(arguments, k);
  if (kind == Dag::Kind::Xor) {
    const Interval a = arguments[0], b = arguments[1];
    // P(a ⊕ b) ≥ |P(a) − P(b)|, ≤ P(a) + P(b), ≤ 2 − P(a) − P(b)
    return {std::max({0.0, a.low - b.high, b.low - a.high}),
            std::min({1.0, a.high + b.high, 2 - a.low - b.low})};
  }
  const bool all = kind == Dag::Kind::And;
  // `or` is the contrary of `and` of the contraries.
  double product = 1, sum = 0, least = 1;
  for (const Interval& argument : arguments) {
    const Interval own = argument.flipped(!all);
    product *= own.low;
    sum += 1 - own.low;
    least = std::min(least, own.high);
  }
  return Interval{associated ? product : std::max(0.0, 1 - sum), least}.flipped(!all);
}

} // namespace

Interval boundsOf(const Part& part, const std::vector<Interval>& leaves) {
  std::vector<Interval> all = leaves;
  std::vector<Interval> arguments;
  for (const Part::Gate& gate : part.gates) {
    arguments.clear();
    for (Literal argument : part.arguments(gate))
      arguments.push_back(all[argument.node()].flipped(argument.negated()));
    all.push_back(combine(gate.kind, gate.k, arguments, part.coherent));
  }
  return all[part.root];
}

double exceeds(const std::vector<double>& probabilities, const std::vector<uint32_t>& weights,
               uint32_t limit) {
  std::vector<double> exactly(size_t(limit) + 1); // by sum
  exactly[0] = 1;
  double more = 0;
  for (size_t i = 0; i < probabilities.size(); ++i) {
    const double p = probabilities[i];
    for (size_t sum = exactly.size(); sum-- > 0;) {
      const double moves = exactly[sum] * p;
      exactly[sum] -= moves;
      (sum + weights[i] > limit ? more : exactly[sum + weights[i]]) += moves;
    }
  }
  return more;
}

Interval boundsOf(const Zbdd& sets, Zbdd::Ref root, const std::vector<Interval>& variables,
                  const std::vector<uint32_t>& weights, uint32_t completeTo, uint32_t budget) {
  std::vector<Chance> lowest, highest;
  std::vector<double> probabilities;
  for (const Interval& variable : variables) {
    lowest.push_back({variable.low, 1 - variable.low});
    highest.push_back({variable.high, 1 - variable.high});
    probabilities.push_back(variable.high);
  }
  // Rounding must not make a bound of what is none.
  constexpr double outwards = 1 + 1e-12;
  const double others = exceeds(probabilities, weights, completeTo) * outwards;
  Bdd bdd(budget);
  std::vector<Bdd::Ref> made(std::max<size_t>(root + 1, 2), Bdd::zero);
  made[Zbdd::unit] = Bdd::one;
  for (Zbdd::Ref at = 2; at <= root; ++at) {
    const Zbdd::Node& node = sets.node(at);
    const Bdd::Ref with = bdd.disjunction(made[node.high], made[node.low]);
    made[at] = bdd.ite(bdd.variable(node.level), with, made[node.low]);
    if (made[at] == Bdd::none) return {0, 1};
  }
  Bdd::Ref function = made[root];
  bdd.freeze(std::span(&function, 1));
  return {chanceOf(chances(bdd, lowest), function).holds / outwards,
          std::min(1.0, chanceOf(chances(bdd, highest), function).holds * outwards + others)};
}

} // namespace relc::faulttree
