// The engine against brute force: tens of thousands of random small trees.

#include "compiler/faulttree/analysis.h"
#include "compiler/faulttree/single_points.h"
#include "tests/faulttree/random_trees.h"

#include <catch2/catch.hpp>

#include <cmath>

using namespace relc::faulttree;
using namespace relc::faulttree::test;

namespace {

uint32_t asNumber(const CutSet& set) {
  uint32_t number = 0;
  for (NodeId event : set.events) number |= 1u << event;
  return number;
}

CountByOrder byOrder(const std::vector<uint32_t>& sets) {
  CountByOrder count;
  for (uint32_t set : sets) {
    const auto order = size_t(__builtin_popcount(set));
    if (count.size() <= order) count.resize(order + 1);
    count[order] += 1;
  }
  return count;
}

bool near(double a, double b, double tolerance = 1e-12) {
  return std::abs(a - b) <= tolerance * std::max({std::abs(a), std::abs(b), 1e-3});
}

struct Truth {
  std::vector<bool> table;
  std::vector<uint32_t> sets;
  double probability;
};

void checkImportance(const FaultTree& tree, const Truth& truth, uint32_t events,
                     const Analysis& all) {
  std::vector<bool> named(events);
  for (const Importance& of : all.importance) {
    named[of.event] = true;
    const double p = tree.probability(of.event);
    const double with = probability(tree, truth.table, events, 1u << of.event, 1u << of.event);
    const double without = probability(tree, truth.table, events, 1u << of.event, 0);
    CHECK(near(of.birnbaum, with - without, 1e-10));
    if (truth.probability < 1e-9) continue;
    CHECK(near(of.criticality, p * (with - without) / truth.probability, 1e-8));
    CHECK(near(of.diagnostic, p * with / truth.probability, 1e-8));
    CHECK(near(of.achievement, with / truth.probability, 1e-8));
    if (all.coherent) CHECK(std::isinf(of.reduction) == (without == 0));
    if (without > 1e-6) CHECK(near(of.reduction, truth.probability / without, 1e-6));
  }
  for (uint32_t event = 0; event < events; ++event) // what is not named does not matter
    if (!named[event] && !all.downAtRest)
      CHECK(near(probability(tree, truth.table, events, 1u << event, 1u << event),
                 truth.probability));
}

void checkAll(const FaultTree& tree, NodeId root, uint32_t events, uint32_t budget) {
  Truth truth{truthTables(tree, events)[root], {}, 0};
  truth.sets = minimalSets(truth.table, events);
  truth.probability = probability(tree, truth.table, events);

  Options options;
  options.nodeBudget = budget;
  options.listOrder = 12;
  const Analysis all = analyse(tree, root, options);
  CHECK(all.downAtRest == truth.table[0]);
  CountByOrder expected = byOrder(truth.sets);
  if (all.completeTo != everyOrder)
    expected.resize(std::min<size_t>(expected.size(), size_t(all.completeTo) + 1));
  CountByOrder counted = all.countByOrder;
  while (!expected.empty() && expected.back().isZero()) expected.pop_back();
  while (!counted.empty() && counted.back().isZero()) counted.pop_back();
  CHECK(counted == expected);
  CHECK(all.never == (all.completeTo == everyOrder && truth.sets.empty()));

  std::vector<uint32_t> listed, small;
  for (const CutSet& set : all.cutSets) listed.push_back(asNumber(set));
  for (uint32_t set : truth.sets)
    if (uint32_t(__builtin_popcount(set)) <= all.completeTo) small.push_back(set);
  std::sort(listed.begin(), listed.end());
  CHECK(listed == small);

  if (all.isExact) {
    CHECK(near(all.probability.low, truth.probability));
    CHECK(all.probability.low == all.probability.high);
    checkImportance(tree, truth, events, all);
  } else {
    CHECK(all.probability.low <= truth.probability * (1 + 1e-12));
    CHECK(all.probability.high >= truth.probability * (1 - 1e-12));
  }
  if (all.completeTo == everyOrder) {
    double sum = 0;
    for (uint32_t set : truth.sets) {
      double product = 1;
      for (uint32_t event = 0; event < events; ++event)
        if ((set >> event & 1) != 0) product *= tree.probability(event);
      sum += product;
    }
    CHECK(near(all.rareEventSum, sum));
  }
}

void checkMany(uint32_t trees, bool contraries, uint32_t seed, uint32_t budget) {
  std::mt19937 random(seed);
  for (uint32_t i = 0; i < trees; ++i) {
    const Shape shape{1 + uint32_t(random() % 9), 1 + uint32_t(random() % 14), contraries};
    NodeId root = noNode;
    const FaultTree tree = randomTree(random, shape, root);
    REQUIRE(tree.validate().empty());
    INFO("tree " << i << " of seed " << seed);
    checkAll(tree, root, shape.events, budget);
  }
}

} // namespace

TEST_CASE("coherent trees") {
  checkMany(20'000, false, 1, 1 << 20);
}
TEST_CASE("trees with contraries") {
  checkMany(20'000, true, 2, 1 << 20);
}
TEST_CASE("coherent trees whose diagrams do not fit the budget") {
  for (uint32_t budget : {2u, 6u, 12u, 20u}) checkMany(2'500, false, 10 + budget, budget);
}
TEST_CASE("trees with contraries whose diagrams do not fit the budget") {
  for (uint32_t budget : {2u, 6u, 12u, 20u}) checkMany(2'500, true, 20 + budget, budget);
}
TEST_CASE("larger trees") {
  std::mt19937 random(5);
  for (int i = 0; i < 300; ++i) {
    NodeId root = noNode;
    const FaultTree tree = randomTree(random, {12, 30, i % 2 == 1}, root);
    INFO("tree " << i);
    checkAll(tree, root, 12, 1 << 20);
  }
}

TEST_CASE("single points of many roots") {
  std::mt19937 random(7);
  for (int i = 0; i < 10'000; ++i) {
    const Shape shape{1 + uint32_t(random() % 8), 1 + uint32_t(random() % 14), i % 2 == 1};
    NodeId last = noNode;
    const FaultTree tree = randomTree(random, shape, last);
    std::vector<NodeId> roots;
    for (NodeId node = 0; node < tree.size(); ++node)
      if (random() % 3 == 0) roots.push_back(node);
    roots.push_back(last);
    const auto tables = truthTables(tree, shape.events);
    SinglePoints alone(tree, roots);
    SinglePoints needed(tree, roots, SinglePoints::Others::Present);
    INFO("tree " << i);
    const size_t everything = (size_t(1) << shape.events) - 1;
    for (size_t root = 0; root < roots.size(); ++root) {
      const auto& table = tables[roots[root]];
      std::vector<NodeId> expectedAlone, expectedNeeded;
      for (NodeId event = 0; event < shape.events; ++event) {
        if (table[size_t(1) << event] != table[0]) expectedAlone.push_back(event);
        if (table[everything & ~(size_t(1) << event)] != table[everything])
          expectedNeeded.push_back(event);
      }
      CHECK(alone.valueBefore(root) == table[0]);
      CHECK(std::vector(alone.of(root).begin(), alone.of(root).end()) == expectedAlone);
      CHECK(std::vector(needed.of(root).begin(), needed.of(root).end()) == expectedNeeded);
      for (NodeId event = 0; event < shape.events; ++event) {
        const auto path = alone.path(root, event);
        const bool turns = table[size_t(1) << event] != table[0];
        REQUIRE(path.empty() != turns);
        if (!turns) continue;
        CHECK(path.front() == roots[root]);
        CHECK(path.back() == event);
        for (size_t step = 0; step < path.size(); ++step) {
          CHECK(tables[path[step]][size_t(1) << event] != tables[path[step]][0]);
          if (step == 0) continue;
          const auto arguments = tree.arguments(path[step - 1]);
          CHECK(std::any_of(arguments.begin(), arguments.end(),
                            [&](Literal argument) { return argument.node() == path[step]; }));
        }
      }
    }
  }
}
