// Trees whose answers are formulas.

#include "compiler/faulttree/analysis.h"
#include "compiler/faulttree/single_points.h"

#include <catch2/catch.hpp>

#include <cmath>

using namespace relc::faulttree;

namespace {

std::vector<Literal> events(FaultTree& tree, uint32_t count, double probability) {
  std::vector<Literal> all;
  for (uint32_t i = 0; i < count; ++i)
    all.emplace_back(tree.addEvent(std::string("e").append(std::to_string(i)), probability));
  return all;
}

/// What is left of a system of n of which k are wanted.
double availability(uint32_t k, uint32_t n, double each) {
  FaultTree tree;
  const NodeId root = tree.addGate("down", Op::AtLeast, events(tree, n, 1 - each), n - k + 1);
  return 1 - analyse(tree, root).probability.low;
}

BigUnsigned power(uint64_t base, uint32_t exponent) {
  BigUnsigned result = 1;
  for (uint32_t i = 0; i < exponent; ++i) result = result * BigUnsigned(base);
  return result;
}

} // namespace

TEST_CASE("k of n") {
  CHECK(availability(2, 3, 0.99) == Approx(0.999702).epsilon(1e-12));
  CHECK(availability(3, 5, 0.99) == Approx(0.99999015).epsilon(1e-8));
  CHECK(availability(1, 2, 0.999) == Approx(0.999999).epsilon(1e-12));
  CHECK(1 - availability(4, 6, 0.999) == Approx(1.9955e-8).epsilon(1e-3));
}

TEST_CASE("availability of a row is the product of the availabilities") {
  // Microsoft's sheet for its reliable web app pattern: 99.6156 %.
  FaultTree tree;
  std::vector<Literal> needs;
  for (double each : {99.99, 99.99, 99.95, 99.9, 99.995, 99.9, 99.99, 99.9})
    needs.emplace_back(tree.addEvent("component", 1 - each / 100));
  const Analysis all = analyse(tree, tree.addGate("down", Op::Or, needs));
  CHECK(1 - all.probability.low == Approx(0.996156).margin(5e-7));
  CHECK(all.total == BigUnsigned(8));
}

TEST_CASE("what two regions share counts once") {
  FaultTree tree;
  const NodeId shared = tree.addEvent("front door and identity", 2e-4);
  std::vector<Literal> regions;
  for (const char* name : {"east", "west"})
    regions.emplace_back(tree.addGate(name, Op::Or, {tree.addEvent(name, 4e-3), shared}));
  const Analysis all = analyse(tree, tree.addGate("down", Op::And, regions));
  CHECK(all.probability.low == Approx(1 - (1 - 2e-4) * (1 - 1.6e-5)).epsilon(1e-12));
  CHECK(all.countByOrder == CountByOrder{0, 1, 1});
}

TEST_CASE("small probabilities keep all their digits") {
  FaultTree tree;
  const Analysis all = analyse(tree, tree.addGate("down", Op::And, events(tree, 6, 1e-9)));
  CHECK(all.probability.low == Approx(1e-54).epsilon(1e-12));
  FaultTree other; // 1 − (1 − 1e-15)^3, where 1 − p has lost most of p
  const Analysis sum = analyse(other, other.addGate("down", Op::Or, events(other, 3, 1e-15)));
  CHECK(sum.probability.low == Approx(3e-15).epsilon(1e-12));
}

TEST_CASE("counts have no upper end") {
  // All of n pairs: 2^n cut sets of order n.
  for (uint32_t n : {1u, 31u, 32u, 33u, 63u, 64u, 65u, 200u, 2000u}) {
    FaultTree tree;
    std::vector<Literal> pairs;
    for (uint32_t i = 0; i < n; ++i)
      pairs.emplace_back(tree.addGate("pair", Op::Or, events(tree, 2, 0.1)));
    const Analysis all = analyse(tree, tree.addGate("all", Op::And, pairs));
    CHECK(all.total == power(2, n));
    CHECK(all.countByOrder.size() == n + 1);
    CHECK(all.countByOrder.back() == power(2, n));
  }
  // The same without modules: half of the events, 100 of 200, in one diagram.
  FaultTree tree;
  const Analysis all =
      analyse(tree, tree.addGate("half", Op::AtLeast, events(tree, 200, 0.5), 100));
  CHECK(all.total.toString() == "90548514656103281165404177077484163874504589675413336841320");
}

TEST_CASE("whole numbers") {
  CHECK(BigUnsigned().toString() == "0");
  CHECK(BigUnsigned(1'000'000'000).toString() == "1000000000");
  CHECK(BigUnsigned(~uint64_t(0)).toString() == "18446744073709551615");
  BigUnsigned sum = ~uint64_t(0);
  sum += 1;
  CHECK(sum.toString() == "18446744073709551616");
  CHECK(sum.bits() == 65);
  CHECK(sum.toDouble() == 0x1p64);
  CHECK(sum > BigUnsigned(~uint64_t(0)));
  CHECK((sum * sum).toString() == "340282366920938463463374607431768211456");
  CHECK(power(10, 60).toString() == std::string(1, '1').append(60, '0'));
}

TEST_CASE("deep and wide trees") {
  for (bool wide : {false, true}) {
    FaultTree tree;
    const uint32_t levels = 5'000;
    NodeId below = tree.addEvent("bottom", 0.5);
    for (uint32_t i = 0; i < levels; ++i) {
      const NodeId event = tree.addEvent("e", 1e-6);
      // With a shared event on each level nothing is a module.
      below = tree.addGate("g", i % 2 == 0 ? Op::Or : Op::And,
                           {below, event, i < 2 || !wide ? event : below - 2});
    }
    REQUIRE(tree.validate().empty());
    const SinglePoints points(tree, std::span(&below, 1));
    CHECK(points.of(0).size() <= levels);
    Options options;
    options.nodeBudget = 1 << 20;
    const Analysis all = analyse(tree, below, options);
    CHECK(all.isExact);
  }
}

TEST_CASE("large gates that count") {
  // Half of 20,000: the diagram cannot be had, but that one or two events do not bring it about
  // can.
  FaultTree tree;
  const std::vector<Literal> all = events(tree, 5'000, 1e-3);
  const NodeId half = tree.addGate("half", Op::AtLeast, all, 2'500);
  const NodeId root = tree.addGate("down", Op::Or, {half, all[0]});
  Options options;
  options.nodeBudget = 1 << 18;
  const Analysis found = analyse(tree, root, options);
  CHECK(!found.isExact);
  CHECK(found.completeTo >= 1);
  CHECK(found.completeTo <= 3);
  CHECK(found.countByOrder == CountByOrder{0, 1});
  CHECK(found.probability.low >= 1e-3);
  CHECK(found.probability.high < 0.2);

  std::vector<Literal> twice = all;
  twice.push_back(all[7]);
  tree.addGate("repeated", Op::AtLeast, twice, 2'500);
  REQUIRE(tree.validate().size() == 1);
  CHECK(tree.validate()[0].message ==
        "gate `repeated` counts basic-event `e7` twice among 5001 arguments; "
        "relc computes that for at most 1000");
}

TEST_CASE("what is wrong is said") {
  FaultTree tree;
  const NodeId a = tree.declare("a", {3, 7}), b = tree.declare("b");
  const Literal toB = b, toA = a;
  tree.defineGate(a, Op::Or, std::span(&toB, 1));
  tree.defineGate(b, Op::And, std::span(&toA, 1));
  const auto circle = tree.validate();
  REQUIRE(circle.size() == 1);
  CHECK(circle[0].message == "gate `a` needs itself: `a` → `b` → `a`; a fault tree has no circles");
  CHECK(circle[0].place.line == 3);

  FaultTree other;
  const NodeId unknown = other.declare("x");
  const NodeId event = other.addEvent("p", 1.5);
  const NodeId gate = other.addGate("g", Op::AtLeast, {unknown, event}, 3);
  other.addGate("h", Op::Xor, {gate});
  CHECK(other.validate().size() == 4);
  CHECK(other.validate(std::span(&event, 1)).size() == 1);

  // A circle through a hundred thousand gates, and as many errors as are asked for.
  FaultTree large;
  for (uint32_t i = 0; i < 100'000; ++i) large.declare(std::string("g").append(std::to_string(i)));
  for (uint32_t i = 0; i < 100'000; ++i) {
    const Literal arguments[] = {(i + 1) % 100'000, i};
    large.defineGate(i, Op::Or, arguments);
  }
  CHECK(large.validate({}, 5).size() == 5);
}

TEST_CASE("unknown probabilities") {
  FaultTree tree;
  const NodeId known = tree.addEvent("known", 0.1), unknown = tree.addEvent("unknown");
  const Analysis all = analyse(tree, tree.addGate("down", Op::Or, {known, unknown}));
  CHECK(!all.hasProbability);
  CHECK(all.unknown == unknown);
  CHECK(all.total == BigUnsigned(2));
  CHECK(all.importance.empty());
}

TEST_CASE("importance of the published example") {
  // Two trains of pumps behind one valve, by hand.
  FaultTree tree;
  const NodeId valve = tree.addEvent("valve", 1e-3), first = tree.addEvent("first", 0.02),
               second = tree.addEvent("second", 0.05);
  const NodeId pumps = tree.addGate("pumps", Op::And, {first, second});
  const Analysis all = analyse(tree, tree.addGate("down", Op::Or, {valve, pumps}));
  const double p = 1 - (1 - 1e-3) * (1 - 1e-3);
  REQUIRE(all.importance.size() == 3);
  const Importance& pump = all.importance[1];
  CHECK(pump.event == first);
  CHECK(pump.birnbaum == Approx(0.05 * 0.999).epsilon(1e-12));
  CHECK(pump.criticality == Approx(0.02 * 0.05 * 0.999 / p).epsilon(1e-12));
  CHECK(pump.diagnostic == Approx(0.02 * (1 - 0.999 * 0.95) / p).epsilon(1e-12));
  CHECK(pump.achievement == Approx((1 - 0.999 * 0.95) / p).epsilon(1e-12));
  CHECK(pump.reduction == Approx(p / 1e-3).epsilon(1e-12));
}
