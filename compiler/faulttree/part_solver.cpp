#include "compiler/faulttree/part_solver.h"

#include <algorithm>

namespace relc::faulttree {

namespace {

using Kind = Dag::Kind;

/// At least k of the functions. They are taken from the end of the order of variables to its
/// beginning, so that each step works above all that is there.
Bdd::Ref atLeast(Bdd& bdd, const std::vector<Bdd::Ref>& functions, uint32_t k) {
  std::vector<Bdd::Ref> enough(k + 1, Bdd::zero); // [j]: at least j of those seen
  enough[0] = Bdd::one;
  const auto count = uint32_t(functions.size());
  for (uint32_t i = 0; i < count; ++i) {
    const uint32_t unseen = count - i - 1;
    const uint32_t least = k > unseen ? k - unseen : 1; // fewer could not become k any more
    for (uint32_t j = std::min(k, i + 1); j >= least; --j)
      enough[j] = bdd.ite(functions[i], enough[j - 1], enough[j]);
  }
  return enough[k];
}

Bdd::Ref combine(Bdd& bdd, Kind kind, uint32_t k, const std::vector<Bdd::Ref>& functions) {
  Bdd::Ref result = functions[0];
  switch (kind) {
  case Kind::And:
    for (size_t i = 1; i < functions.size(); ++i) result = bdd.conjunction(functions[i], result);
    return result;
  case Kind::Or:
    for (size_t i = 1; i < functions.size(); ++i) result = bdd.disjunction(functions[i], result);
    return result;
  case Kind::Xor: return bdd.ite(functions[1], Bdd::negation(result), result);
  default: return atLeast(bdd, functions, k);
  }
}

uint32_t scaled(uint32_t budget, uint32_t by) {
  constexpr uint32_t most = uint32_t(1) << 30; // what a reference can name
  return budget > most / by ? most : budget * by;
}

} // namespace

Bdd::Ref buildDiagram(const Part& part, const std::vector<bool>& rest,
                      const std::vector<uint32_t>& order, Bdd& bdd, uint32_t& gatesDone) {
  const auto leafCount = uint32_t(part.leaves.size());
  std::vector<Bdd::Ref> made(part.size(), Bdd::none);
  for (uint32_t level = 0; level < order.size(); ++level) {
    const Bdd::Ref variable = bdd.variable(level);
    if (variable == Bdd::none) return Bdd::none;
    made[order[level]] = variable ^ Bdd::Ref(rest[order[level]]);
  }
  std::vector<uint32_t> uses(part.size());
  for (Literal argument : part.pool) ++uses[argument.node()];
  std::vector<uint32_t> alive = order;
  std::vector<Bdd::Ref> functions;
  for (uint32_t i = 0; i < part.gates.size(); ++i) {
    if (bdd.wantsCollection()) {
      std::erase_if(alive, [&](uint32_t node) { return uses[node] == 0; });
      functions.clear();
      for (uint32_t node : alive) functions.push_back(made[node]);
      bdd.collect(functions);
      for (size_t j = 0; j < alive.size(); ++j) made[alive[j]] = functions[j];
    }
    const Part::Gate& gate = part.gates[i];
    functions.clear();
    for (Literal argument : part.arguments(gate)) {
      functions.push_back(made[argument.node()] ^ Bdd::Ref(argument.negated()));
      --uses[argument.node()];
    }
    std::stable_sort(functions.begin(), functions.end(),
                     [&](Bdd::Ref a, Bdd::Ref b) { return bdd.level(a) > bdd.level(b); });
    made[leafCount + i] = combine(bdd, gate.kind, gate.k, functions);
    if (made[leafCount + i] == Bdd::none) return Bdd::none;
    alive.push_back(leafCount + i);
    gatesDone = i + 1;
  }
  return made[part.root] ^ Bdd::Ref(rest[leafCount]);
}

Zbdd::Ref limitedSets(const Part& part, const std::vector<uint32_t>& order, uint32_t limit,
                      Zbdd& sets) {
  std::vector<Zbdd::Ref> made(part.size(), Zbdd::none);
  for (uint32_t level = 0; level < order.size(); ++level)
    made[order[level]] = sets.truncate(sets.make(level, Zbdd::unit, Zbdd::empty), limit);
  std::vector<Zbdd::Ref> enough;
  for (uint32_t i = 0; i < part.gates.size(); ++i) {
    const Part::Gate& gate = part.gates[i];
    const auto arguments = part.arguments(gate);
    const uint32_t k = gate.kind == Kind::And ? gate.count : gate.kind == Kind::Or ? 1 : gate.k;
    // enough[j]: sets that bring about j of the arguments seen. A gate that wants more arguments
    // than the limit may have small sets nevertheless: one event can bring about several.
    enough.assign(k + 1, Zbdd::empty);
    enough[0] = Zbdd::unit;
    uint32_t most = 0; // arguments that sets within the limit bring about so far
    for (uint32_t a = 0; a < gate.count; ++a) {
      const uint32_t unseen = gate.count - a - 1;
      const uint32_t least = k > unseen ? k - unseen : 1;
      for (uint32_t j = std::min(k, most + 1); j >= least; --j) {
        const Zbdd::Ref with = sets.join(made[arguments[a].node()], enough[j - 1], limit);
        enough[j] = sets.unite(with, enough[j]);
        if (enough[j] != Zbdd::empty) most = std::max(most, j);
      }
    }
    if (enough[k] == Zbdd::none) return Zbdd::none;
    made[part.leaves.size() + i] = enough[k];
  }
  return made[part.root];
}

namespace {

/// An order of variables, and how far it came under the last budget.
struct Contender {
  Heuristic heuristic;
  std::vector<uint32_t> order;
  uint32_t gatesDone = 0;
};

/// Tries one order under a budget. True if everything that is wanted was found; what was found
/// instead is kept if it is more than before.
bool attempt(const Part& part, const std::vector<bool>& rest, bool coherent, Contender& contender,
             uint32_t budget, bool wantSets, SolvedPart& solved) {
  auto notePeak = [&](size_t nodes) {
    solved.peakNodes = std::max(solved.peakNodes, uint32_t(nodes));
  };
  Bdd bdd(budget);
  contender.gatesDone = 0;
  Bdd::Ref function = buildDiagram(part, rest, contender.order, bdd, contender.gatesDone);
  notePeak(bdd.nodes().size());
  if (function == Bdd::none) return false;
  bdd.freeze(std::span(&function, 1));
  Zbdd sets(scaled(budget, 2));
  Zbdd::Ref minimal = Zbdd::none;
  if (wantSets) {
    minimal = minimalSets(bdd, function, coherent, sets);
    notePeak(sets.nodes().size());
    if (minimal == Zbdd::none && solved.function != Bdd::none) return false;
  }
  solved.function = function;
  solved.bdd = std::move(bdd);
  solved.order = contender.order;
  solved.heuristic = contender.heuristic;
  if (minimal == Zbdd::none) return !wantSets;
  solved.minimal = sets.freeze(minimal);
  solved.sets = std::move(sets);
  solved.completeTo = everyOrder;
  return true;
}

/// Under a budget that grows, with fewer and fewer orders, so that bad ones cost little: the two
/// that are best most often, and half of the others, those that came farthest under the budget
/// before.
bool compete(const Part& part, const std::vector<bool>& rest, bool coherent,
             const SolveOptions& options, SolvedPart& solved) {
  static_assert(allHeuristics[0] == Heuristic::AsWritten &&
                allHeuristics[1] == Heuristic::LightestFirst);
  constexpr uint32_t firstBudget = 1 << 17, growth = 8;
  std::vector<Contender> contenders;
  uint32_t budget = std::min(firstBudget, options.nodeBudget);
  for (Heuristic heuristic : allHeuristics) {
    contenders.push_back({heuristic, orderLeaves(part, heuristic)});
    if (attempt(part, rest, coherent, contenders.back(), budget, options.wantSets, solved))
      return true;
  }
  while (budget != options.nodeBudget) {
    budget = std::min(scaled(budget, growth), options.nodeBudget);
    std::stable_sort(
        contenders.begin() + 2, contenders.end(),
        [](const Contender& a, const Contender& b) { return a.gatesDone > b.gatesDone; });
    contenders.resize(2 + (contenders.size() - 2) / 2);
    for (Contender& contender : contenders)
      if (attempt(part, rest, coherent, contender, budget, options.wantSets, solved)) return true;
  }
  if (solved.function == Bdd::none) solved.order = contenders[0].order;
  return false;
}

} // namespace

SolvedPart solve(const Part& part, const std::vector<bool>& rest,
                 const std::vector<uint32_t>& leastOrder, const SolveOptions& options) {
  SolvedPart solved;
  // A part below that holds at rest is a contrary here.
  const bool coherent = part.coherent && std::find(rest.begin(), rest.end(), true) == rest.end();
  if (compete(part, rest, coherent, options, solved)) return solved;
  if (!options.wantSets || !coherent) return solved;
  std::vector<uint32_t> weights;
  for (uint32_t leaf : solved.order) weights.push_back(leastOrder[leaf]);
  for (uint32_t limit = options.fallbackOrder; limit > 0; --limit) {
    Zbdd sets(options.nodeBudget);
    sets.setWeights(weights);
    const Zbdd::Ref minimal = limitedSets(part, solved.order, limit, sets);
    solved.peakNodes = std::max(solved.peakNodes, uint32_t(sets.nodes().size()));
    if (minimal == Zbdd::none) continue;
    solved.minimal = sets.freeze(minimal);
    solved.sets = std::move(sets);
    solved.completeTo = limit;
    break;
  }
  return solved;
}

} // namespace relc::faulttree
