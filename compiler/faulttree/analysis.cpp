#include "compiler/faulttree/analysis.h"

#include "compiler/faulttree/bounds.h"
#include "compiler/faulttree/enumerate.h"
#include "compiler/faulttree/modules.h"
#include "compiler/faulttree/single_points.h"

#include <algorithm>
#include <cmath>

namespace relc::faulttree {

namespace {

Interval narrower(Interval a, Interval b) {
  return {std::max(a.low, b.low), std::min(a.high, b.high)};
}

/// The parts of one root and what is known of them, put together.
class Composition {
public:
  Composition(const FaultTree& tree, NodeId root, const Options& options)
      : tree_(tree), options_(options), dag_(groupIndependent(normalise(tree, root))), root_(root) {
  }

  Analysis run() {
    out_.coherent = dag_.coherent;
    for (const Dag::Node& node : dag_.nodes) out_.events += node.kind == Dag::Kind::Event;
    out_.gates = uint32_t(dag_.nodes.size()) - 1 - out_.events;
    if (dag_.root.node() == 0) return constant(dag_.root == trueLiteral);

    parts_ = split(dag_);
    rest_ = valuesAtRest(dag_);
    partOf_.resize(dag_.nodes.size(), noNode);
    for (uint32_t i = 0; i < parts_.size(); ++i)
      if (dag_.isGate(parts_[i].source)) partOf_[parts_[i].source] = i;
    out_.modules = uint32_t(parts_.size());
    findUnknown();
    known_.resize(parts_.size());
    for (uint32_t i = 0; i < parts_.size(); ++i) solvePart(i);

    // The last part's function is the root or its contrary, whichever does not hold at rest.
    const bool flipped = rest_[dag_.root.node()] != dag_.root.negated();
    out_.downAtRest = flipped;
    setProbability(flipped);
    if (options_.wantSets) setCounts();
    if (options_.wantImportance && out_.isExact) setImportance(flipped);
    return std::move(out_);
  }

private:
  struct Known {
    SolvedPart solved;
    Chance chance;     ///< of the part's function, if exact
    Interval interval; ///< of the same
    bool exact = false;
    CountByOrder count; ///< until the part above has used it
    OrderRange range;
    double setsSum = 0;
    uint32_t leastOrder = 1;
  };

  Analysis constant(bool holds) {
    out_.downAtRest = holds;
    out_.never = !holds;
    out_.hasProbability = out_.isExact = true;
    out_.probability = {double(holds), double(holds)};
    if (holds) noEvent();
    return std::move(out_);
  }

  /// The one minimal cut set of a root that is down from the start.
  void noEvent() {
    out_.countByOrder = {1};
    out_.total = 1;
    out_.cutSets = {{{}, 1}};
    out_.rareEventSum = 1;
    out_.completeTo = everyOrder;
    out_.listedTo = options_.listOrder;
  }

  void findUnknown() {
    out_.hasProbability = true;
    for (const Dag::Node& node : dag_.nodes)
      if (node.kind == Dag::Kind::Event && std::isnan(tree_.probability(node.event))) {
        out_.hasProbability = false;
        out_.unknown = std::min(out_.unknown, node.event);
      }
  }

  [[nodiscard]] const Known* below(uint32_t node) const {
    return dag_.isGate(node) ? &known_[partOf_[node]] : nullptr;
  }

  void solvePart(uint32_t index) {
    const Part& part = parts_[index];
    Known& known = known_[index];
    std::vector<bool> rest;
    std::vector<uint32_t> leastOrder;
    for (uint32_t leaf : part.leaves) {
      rest.push_back(rest_[leaf]);
      leastOrder.push_back(below(leaf) ? below(leaf)->leastOrder : 1);
    }
    rest.push_back(rest_[part.source]);
    known.solved = solve(part, rest, leastOrder,
                         {options_.nodeBudget, options_.fallbackOrder, options_.wantSets});
    const SolvedPart& solved = known.solved;
    out_.largestDiagram = std::max(out_.largestDiagram, solved.peakNodes);
    out_.unsolved += solved.function == Bdd::none;
    if (solved.minimal != Zbdd::none) {
      std::vector<const CountByOrder*> choices;
      for (uint32_t leaf : solved.order) {
        const Known* inner = below(part.leaves[leaf]);
        choices.push_back(inner ? &inner->count : nullptr);
      }
      known.count = countSets(solved.sets, solved.minimal, choices);
      const OrderRange range = known.range = rangeOf(known.count);
      for (uint32_t leaf : part.leaves)
        if (dag_.isGate(leaf)) release(known_[partOf_[leaf]].count);
      // Nothing up to an order: what there is is greater.
      known.leastOrder = range.least <= range.most         ? range.least
                         : solved.completeTo == everyOrder ? 1
                                                           : solved.completeTo + 1;
    }
    if (out_.hasProbability) setPartProbability(part, known);
  }

  void setPartProbability(const Part& part, Known& known) {
    const SolvedPart& solved = known.solved;
    std::vector<Chance> chance;
    std::vector<Interval> interval;
    std::vector<double> sums;
    known.exact = solved.function != Bdd::none;
    for (uint32_t leaf : solved.order) {
      if (const Known* inner = below(part.leaves[leaf])) {
        chance.push_back(inner->chance);
        interval.push_back(inner->interval);
        sums.push_back(inner->setsSum);
        known.exact &= inner->exact;
      } else {
        const double p = tree_.probability(dag_.nodes[part.leaves[leaf]].event);
        chance.push_back({p, 1 - p});
        interval.push_back({p, p});
        sums.push_back(p);
      }
    }
    if (known.exact) {
      known.chance = chanceOf(chances(solved.bdd, chance), solved.function);
      known.interval = {known.chance.holds, known.chance.holds};
    } else if (solved.function != Bdd::none) {
      known.interval = boundsOf(solved.bdd, solved.function, interval);
    } else {
      std::vector<Interval> leaves(part.leaves.size());
      for (size_t level = 0; level < solved.order.size(); ++level)
        leaves[solved.order[level]] =
            interval[level].flipped(rest_[part.leaves[solved.order[level]]]);
      known.interval = boundsOf(part, leaves).flipped(rest_[part.source]);
    }
    if (solved.minimal == Zbdd::none) return;
    std::vector<double> sum(std::max<size_t>(solved.minimal + 1, 2));
    sum[Zbdd::unit] = 1;
    for (Zbdd::Ref at = 2; at <= solved.minimal; ++at) {
      const Zbdd::Node& node = solved.sets.node(at);
      sum[at] = sums[node.level] * sum[node.high] + sum[node.low];
    }
    known.setsSum = sum[solved.minimal];
    if (solved.function == Bdd::none) {
      // The part only rises, or it would have no sets.
      std::vector<uint32_t> weights;
      for (uint32_t leaf : solved.order) {
        const Known* inner = below(part.leaves[leaf]);
        weights.push_back(inner ? inner->leastOrder : 1);
      }
      known.interval =
          narrower(known.interval, boundsOf(solved.sets, solved.minimal, interval, weights,
                                            solved.completeTo, options_.nodeBudget));
    }
  }

  void setProbability(bool flipped) {
    if (!out_.hasProbability) return;
    const Known& top = known_.back();
    out_.isExact = top.exact;
    out_.probability = top.interval.flipped(flipped);
    if (top.exact) {
      const double p = top.chance.flipped(flipped).holds;
      out_.probability = {p, p};
    }
    out_.rareEventSum = flipped ? 1 : top.setsSum;
  }

  void setCounts() {
    if (out_.downAtRest) return noEvent();
    const Known& top = known_.back();
    bool haveSets = true;
    for (const Known& known : known_) {
      haveSets &= known.solved.minimal != Zbdd::none;
      out_.completeTo = std::min(out_.completeTo, known.solved.completeTo);
    }
    if (haveSets) {
      out_.countByOrder = top.count;
      list();
    } else {
      // Single points of failure need no diagram.
      out_.completeTo = 1;
      out_.rareEventSum = 0;
      const SinglePoints points(tree_, std::span(&root_, 1));
      for (NodeId event : points.of(0)) {
        out_.rareEventSum += tree_.probability(event);
        if (out_.cutSets.size() < options_.listLimit) out_.cutSets.push_back({{event}, 0});
      }
      out_.countByOrder = {0, points.of(0).size()};
      if (out_.hasProbability) boundByPoints(points.of(0));
      out_.listedTo = points.of(0).size() <= options_.listLimit ? 1 : 0;
    }
    if (out_.completeTo != everyOrder)
      out_.countByOrder.resize(
          std::min<size_t>(out_.countByOrder.size(), size_t(out_.completeTo) + 1));
    for (const BigUnsigned& count : out_.countByOrder) out_.total += count;
    out_.never = out_.completeTo == everyOrder && out_.total.isZero();
    for (CutSet& set : out_.cutSets) {
      std::sort(set.events.begin(), set.events.end());
      set.probability = 1;
      for (NodeId event : set.events) set.probability *= tree_.probability(event);
    }
    std::stable_sort(out_.cutSets.begin(), out_.cutSets.end(),
                     [](const CutSet& a, const CutSet& b) {
                       if (a.events.size() != b.events.size())
                         return a.events.size() < b.events.size();
                       // Unknown ones count as equal.
                       if (a.probability > b.probability || a.probability < b.probability)
                         return a.probability > b.probability;
                       return a.events < b.events;
                     });
  }

  /// The root holds only if a single point of failure happens, or two events or more do: what holds
  /// with a set of events and is no single point holds with no smaller set than two.
  void boundByPoints(std::span<const NodeId> points) {
    std::vector<double> probabilities;
    double none = 1;
    for (const Dag::Node& node : dag_.nodes)
      if (node.kind == Dag::Kind::Event) probabilities.push_back(tree_.probability(node.event));
    for (NodeId event : points) none *= 1 - tree_.probability(event);
    const double others = exceeds(probabilities, std::vector<uint32_t>(probabilities.size(), 1), 1);
    out_.probability =
        narrower(out_.probability, {0, std::min(1.0, (1 - none + others) * (1 + 1e-12))});
  }

  void list() {
    std::vector<EnumeratedPart> parts;
    for (uint32_t i = 0; i < parts_.size(); ++i) {
      const SolvedPart& solved = known_[i].solved;
      EnumeratedPart part{&solved.sets, solved.minimal, {}, {}, {}};
      std::vector<OrderRange> ways;
      for (uint32_t leaf : solved.order) {
        const uint32_t node = parts_[i].leaves[leaf];
        part.eventOfLevel.push_back(dag_.isGate(node) ? noNode : dag_.nodes[node].event);
        part.partOfLevel.push_back(partOf_[node]);
        ways.push_back(dag_.isGate(node) ? known_[partOf_[node]].range : OrderRange{});
      }
      part.ranges = orderRanges(solved.sets, solved.minimal, ways);
      parts.push_back(std::move(part));
    }
    std::vector<std::vector<NodeId>> found;
    const auto last = uint32_t(std::min<size_t>(
        {options_.listOrder, out_.completeTo, std::max<size_t>(out_.countByOrder.size(), 1) - 1}));
    out_.listedTo = std::min(options_.listOrder, out_.completeTo);
    for (uint32_t order = 1; order <= last; ++order)
      if (!enumerateSets(parts, order, options_.listLimit, found)) {
        out_.listedTo = order - 1;
        break;
      }
    for (auto& events : found) out_.cutSets.push_back({std::move(events), 0});
  }

  void setImportance(bool flipped) {
    const double p = out_.probability.low;
    const double scale = p > 0 ? 1 / p : 0; // what cannot happen is owed to nobody
    // What no cut set does without: nothing fails if all but that fails.
    std::vector<bool> indispensable(tree_.size());
    if (dag_.coherent) {
      const SinglePoints needed(tree_, std::span(&root_, 1), SinglePoints::Others::Present);
      for (NodeId event : needed.of(0)) indispensable[event] = true;
    }
    std::vector<double> slope(parts_.size()); // of the root by the part's function
    slope.back() = flipped ? -1 : 1;
    for (size_t i = parts_.size(); i-- > 0;) {
      const SolvedPart& solved = known_[i].solved;
      std::vector<Chance> chance;
      for (uint32_t leaf : solved.order) {
        const uint32_t node = parts_[i].leaves[leaf];
        const double own = dag_.isGate(node) ? 0 : tree_.probability(dag_.nodes[node].event);
        chance.push_back(dag_.isGate(node) ? known_[partOf_[node]].chance : Chance{own, 1 - own});
      }
      const std::vector<double> inner =
          derivatives(solved.bdd, solved.function, chance, chances(solved.bdd, chance));
      for (size_t level = 0; level < inner.size(); ++level) {
        const uint32_t node = parts_[i].leaves[solved.order[level]];
        const double birnbaum = slope[i] * inner[level];
        if (dag_.isGate(node)) {
          slope[partOf_[node]] = birnbaum;
          continue;
        }
        const NodeId event = dag_.nodes[node].event;
        const double own = chance[level].holds;
        const double with = std::clamp(p + chance[level].fails * birnbaum, 0.0, 1.0);
        const double without = indispensable[event] ? 0 : std::clamp(p - own * birnbaum, 0.0, 1.0);
        out_.importance.push_back(
            {event, birnbaum, own * birnbaum * scale, own * with * scale, with * scale,
             without > 0 ? p / without : std::numeric_limits<double>::infinity()});
      }
    }
    std::sort(out_.importance.begin(), out_.importance.end(),
              [](const Importance& a, const Importance& b) { return a.event < b.event; });
  }

  const FaultTree& tree_;
  const Options& options_;
  Dag dag_;
  NodeId root_;
  std::vector<Part> parts_;
  std::vector<bool> rest_;
  std::vector<uint32_t> partOf_; ///< by node of the Dag
  std::vector<Known> known_;
  Analysis out_;
};

} // namespace

Analysis analyse(const FaultTree& tree, NodeId root, const Options& options) {
  return Composition(tree, root, options).run();
}

} // namespace relc::faulttree
