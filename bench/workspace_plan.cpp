#include "bench/workspace_plan.h"

#include "bench/workspace_names.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

namespace bench {

std::string numbered(std::string name, uint64_t round) {
  return round == 0 ? name : fmt::format("{}-{}", name, round + 1);
}

namespace {

/// The i-th of the names `noun-qualifier`, all different.
template <class Nouns, class Qualifiers>
std::string combined(const Nouns& nouns, const Qualifiers& qualifiers, uint64_t i) {
  const auto noun = nouns[i % std::size(nouns)];
  i /= std::size(nouns);
  const auto qualifier = qualifiers[i % std::size(qualifiers)];
  i /= std::size(qualifiers);
  return numbered(qualifier.empty() ? std::string(noun) : fmt::format("{}-{}", noun, qualifier), i);
}

/// The i-th of `roles`, then of `fast-` and the like with each of them.
template <class Roles>
std::string role(const Roles& roles, uint64_t i) {
  const auto name = roles[i % std::size(roles)];
  i /= std::size(roles);
  if (i == 0) return std::string(name);
  return numbered(fmt::format("{}-{}", adjectives[(i - 1) % adjectives.size()], name),
                  (i - 1) / adjectives.size());
}

void planComponents(Plan& plan, const Options& options, Random& random) {
  const uint64_t areaCount = std::clamp<uint64_t>(options.files - 5, 1, (options.services + 3) / 4);
  const uint64_t platforms = areaCount < 3 ? 0 : std::max<uint64_t>(1, areaCount / 20);
  for (uint64_t i = 0; i < std::max<uint64_t>(1, areaCount / 4); ++i)
    plan.teams.push_back(combined(areaNouns, areaQualifiers, i));
  plan.components.reserve(options.services);

  for (uint64_t a = 0; a < areaCount; ++a) {
    Area area;
    area.platform = a + platforms >= areaCount;
    area.name = area.platform ? "platform-" + combined(platformNouns, areaQualifiers,
                                                       a + platforms - areaCount)
                              : combined(areaNouns, areaQualifiers, a);
    area.runbook = fmt::format("rb{}", a + 1);
    area.team = plan.teams[a % plan.teams.size()];
    area.first = static_cast<uint32_t>(plan.components.size());
    const uint64_t count = options.services * (a + 1) / areaCount - area.first;
    const auto share = [&](double part) {
      return static_cast<uint64_t>(std::lround(double(count) * part));
    };
    const std::pair<std::string_view, uint64_t> leaves[] = {
        {"datastore", std::max<uint64_t>(share(0.12), count > 1)},
        {"cache", share(0.06)},
        {"queue", share(0.05)},
        {"external", area.platform ? 0 : share(0.04)}};
    uint64_t services = count;
    for (const auto& leaf : leaves) services -= leaf.second;

    // The back office is less important than what users see, and nothing needs it.
    const unsigned tier = area.platform ? 1 : unsigned(1 + random.below(3));
    const uint64_t backOffice = area.platform ? 0 : services / 4;
    for (uint64_t i = 0; i < services; ++i) {
      const bool front = i >= backOffice && i < backOffice + 1 + services / 6 && !area.platform;
      plan.components.push_back({.kind = "service",
                                 .name = area.name + "-" + role(roles, i),
                                 .area = static_cast<uint32_t>(a),
                                 .tier = i < backOffice ? tier + 1 : tier,
                                 .userFacing = front,
                                 .edges = {}});
    }
    for (const auto& [kind, number] : leaves)
      for (uint64_t i = 0; i < number; ++i) {
        std::string name = kind == "datastore" ? role(storeRoles, i)
                           : kind == "cache"   ? role(cacheRoles, i)
                           : kind == "queue"   ? role(queueRoles, i)
                                               : role(vendors, a + i);
        plan.components.push_back({.kind = kind,
                                   .name = area.name + "-" + name,
                                   .area = static_cast<uint32_t>(a),
                                   .tier = tier,
                                   .edges = {}});
      }
    area.last = static_cast<uint32_t>(plan.components.size());
    plan.areas.push_back(std::move(area));
  }
}

/// `total` shared out over `places` evenly but for a little noise; the sum is exact.
std::vector<uint64_t> shareOut(uint64_t total, size_t places, Random& random) {
  std::vector<uint64_t> shares(places);
  for (size_t i = 0; i < places; ++i) shares[i] = total * (i + 1) / places - total * i / places;
  for (size_t i = 1; i < places; i += 2)
    if (shares[i] > 1 && random.chance(0.6)) {
      --shares[i];
      ++shares[i - 1];
    }
  return shares;
}

void planEdges(Plan& plan, const Options& options, Random& random) {
  auto& components = plan.components;
  const uint32_t end = static_cast<uint32_t>(components.size());
  const uint32_t hubs = end - std::max<uint32_t>(1, static_cast<uint32_t>(std::sqrt(end)));
  const uint32_t platform = [&] {
    for (const Area& area : plan.areas)
      if (area.platform) return area.first;
    return end;
  }();
  const auto target = [&](uint32_t from) -> uint32_t {
    const uint32_t own = plan.areas[components[from].area].last;
    const auto between = [&](uint32_t first, uint32_t last) {
      return first < last ? first + static_cast<uint32_t>(random.below(last - first)) : end;
    };
    if (options.shape == "random") return between(from + 1, end);
    if (options.shape == "star" && random.chance(0.5))
      return between(std::max(from + 1, hubs), end);
    if (random.chance(0.2)) return between(std::max(platform, own), end);
    return between(from + 1, own);
  };

  const uint64_t journeys = plan.areas.size();
  const uint64_t total = options.services * options.edgesPerService;
  std::vector<uint32_t> callers;
  for (uint32_t i = 0; i < end; ++i)
    if (!components[i].leaf()) callers.push_back(i);
  const auto shares = shareOut(total - std::min(total, journeys), callers.size(), random);
  uint64_t carried = 0; // what a caller near the end found no callee for
  for (size_t c = 0; c < callers.size(); ++c) {
    Component& from = components[callers[c]];
    uint64_t wanted = shares[c] + carried;
    carried = 0;
    for (int tries = 0; wanted > 0 && tries < 60; ++tries) {
      const uint32_t to = target(callers[c]);
      if (to >= end || components[to].tier > from.tier) continue;
      if (std::ranges::any_of(from.edges, [&](const Edge& e) { return e.to == to; })) continue;
      // Nobody hangs on a vendor alone.
      const bool soft = random.chance(0.35);
      from.edges.push_back({.to = to, .soft = soft || components[to].kind == "external"});
      --wanted;
    }
    carried = wanted;
  }

  // Hard ones first, some of them alternatives of each other; timeouts from the bottom up, so that
  // no caller gives up before its callee has.
  for (uint32_t i = end; i-- > 0;) {
    Component& from = components[i];
    std::ranges::stable_partition(from.edges, [](const Edge& e) { return !e.soft; });
    for (size_t e = 0; e < from.edges.size(); ++e) {
      Edge& edge = from.edges[e];
      const Component& to = components[edge.to];
      // Stores need nothing, so that two of them have nothing in common.
      if (!edge.soft && e + 1 < from.edges.size() && !from.edges[e + 1].soft && to.leaf() &&
          components[from.edges[e + 1].to].leaf() && random.chance(0.2) &&
          (e == 0 || from.edges[e - 1].alternatives == 0))
        edge.alternatives = 1;
      edge.retries = to.leaf() && !edge.soft && random.chance(0.5);
      const uint64_t least =
          std::max<uint64_t>(20 + 10 * random.below(9), to.worst + to.worst / 10);
      edge.timeout = least < 1000 ? (least + 9) / 10 * 10 : (least + 249) / 250 * 250;
      from.worst = std::max(from.worst, edge.timeout * (edge.retries + 1) + 10 * edge.retries);
    }
  }

  for (uint64_t made = 0, tries = 0; made < options.cycles && tries < 1000 * options.cycles;
       ++tries) {
    const uint32_t i = callers[random.below(callers.size())];
    for (const Edge& edge : components[i].edges) {
      Component& to = components[edge.to];
      if (edge.soft || to.leaf() || to.tier != components[i].tier) continue;
      to.edges.insert(to.edges.begin(), {.to = i, .timeout = edge.timeout});
      ++made;
      break;
    }
  }
}

/// Promises that can be kept: what is below is down for less, each of what is below counted once,
/// and a little is left for failures of one's own.
void planPromises(Plan& plan) {
  auto& components = plan.components;
  std::vector<double> own(components.size()); // what a promise leaves to the component alone
  std::vector<uint32_t> seen(components.size(), UINT32_MAX), open;
  uint32_t round = 0;
  // What is left of the time when all of what it needs is up.
  const auto standing = [&](uint32_t i, bool& placed) {
    double stands = 1;
    placed = components[i].tier == 1;
    ++round;
    open.assign(1, i);
    while (!open.empty()) {
      const Component& from = components[open.back()];
      open.pop_back();
      for (size_t e = 0; e < from.edges.size(); ++e) {
        const Edge& edge = from.edges[e];
        e += edge.alternatives; // redundancy: next to nothing
        if (edge.soft || edge.alternatives != 0 || edge.to < i || seen[edge.to] == round) continue;
        if (components[edge.to].kind == "queue") continue; // tolerated
        seen[edge.to] = round;
        stands *= 1 - own[edge.to];
        placed |= components[edge.to].tier == 1;
        open.push_back(edge.to);
      }
    }
    return stands;
  };
  for (auto i = uint32_t(components.size()); i-- > 0;) {
    Component& c = components[i];
    bool placed = false;
    double stands = standing(i, placed);
    if (stands < 0.95) { // nobody would promise that: it learns to do without
      for (Edge& edge : c.edges) edge.soft = true, edge.alternatives = 0;
      stands = standing(i, placed);
    }
    // Regions of 99.99%, two at most, and two zones at once.
    const double below = 1 - stands * (placed ? 1 - 0.00021 : 1);
    c.down = std::max(0.0005, std::ceil(below * 1e4 + 3) / 1e4);
    own[i] = std::max(0.0, 1 - (1 - c.down) / (stands * (c.tier == 1 ? 1 - 0.0001 : 1)));
  }
}

void planSlos(Plan& plan, const Options& options, Random& random) {
  std::vector<Component*> promising;
  for (Component& c : plan.components)
    if (c.kind != "external") promising.push_back(&c);
  const uint64_t total = options.services * options.slosPerService;
  const auto shares =
      shareOut(total - std::min<uint64_t>(total, plan.areas.size()), promising.size(), random);
  for (size_t i = 0; i < promising.size(); ++i) promising[i]->sloCount = shares[i];
}

} // namespace

Plan makePlan(const Options& options) {
  Random random(options.seed);
  Plan plan;
  planComponents(plan, options, random);
  planEdges(plan, options, random);
  planPromises(plan);
  planSlos(plan, options, random);
  return plan;
}

} // namespace bench
