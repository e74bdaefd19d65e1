#include "compiler/faulttree/probability.h"

#include <algorithm>
#include <cmath>

namespace relc::faulttree {

std::vector<Chance> chances(const Bdd& bdd, std::span<const Chance> variables) {
  const auto nodes = bdd.nodes();
  std::vector<Chance> all(nodes.size());
  all[0] = {1, 0};
  for (size_t at = 1; at < nodes.size(); ++at) {
    const Bdd::Node& node = nodes[at];
    const Chance own = variables[node.level];
    const Chance high = all[node.high >> 1];
    const Chance low = all[node.low >> 1].flipped((node.low & 1) != 0);
    all[at] = {own.holds * high.holds + own.fails * low.holds,
               own.holds * high.fails + own.fails * low.fails};
  }
  return all;
}

std::vector<double> derivatives(const Bdd& bdd, Bdd::Ref f, std::span<const Chance> variables,
                                const std::vector<Chance>& all) {
  const auto nodes = bdd.nodes();
  std::vector<double> byLevel(variables.size());
  std::vector<double> reach((f >> 1) + 1); // d P(f) / d P(node)
  reach[f >> 1] = (f & 1) != 0 ? -1 : 1;
  for (size_t at = (f >> 1) + 1; at-- > 1;) {
    if (reach[at] == 0) continue;
    const Bdd::Node& node = nodes[at];
    const Chance own = variables[node.level];
    const Chance high = all[node.high >> 1];
    const Chance low = all[node.low >> 1].flipped((node.low & 1) != 0);
    // The difference is the same on both sides; the side with the smaller numbers keeps more of it.
    const double gain =
        high.holds + low.holds < 1 ? high.holds - low.holds : low.fails - high.fails;
    byLevel[node.level] += reach[at] * gain;
    reach[node.high >> 1] += reach[at] * own.holds;
    reach[node.low >> 1] += reach[at] * ((node.low & 1) != 0 ? -own.fails : own.fails);
  }
  return byLevel;
}

Interval boundsOf(const Bdd& bdd, Bdd::Ref f, std::span<const Interval> variables) {
  const auto nodes = bdd.nodes();
  std::vector<Interval> all((f >> 1) + 1);
  all[0] = {1, 1};
  for (size_t at = 1; at < all.size(); ++at) {
    const Bdd::Node& node = nodes[at];
    const Interval own = variables[node.level];
    const Interval high = all[node.high >> 1];
    const Interval low = all[node.low >> 1].flipped((node.low & 1) != 0);
    // Linear in the variable, so that the ends are where the bounds are.
    auto mixed = [](double p, double h, double l) { return p * h + (1 - p) * l; };
    all[at] = {std::min(mixed(own.low, high.low, low.low), mixed(own.high, high.low, low.low)),
               std::max(mixed(own.low, high.high, low.high), mixed(own.high, high.high, low.high))};
  }
  return all[f >> 1].flipped((f & 1) != 0);
}

} // namespace relc::faulttree
