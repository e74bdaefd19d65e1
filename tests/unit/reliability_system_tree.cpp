// The fault tree of a model against a reading of the language by itself: random systems are written
// as programs, random events happen in them, and what is down is found once by the tree that relc
// makes of the program, and once from the plain lists below, as language.md tells it.

#include "tests/unit/compile.h"

#include "compiler/faulttree/single_points.h"
#include "compiler/reliability/system_tree.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <random>

using namespace relc;
using reliability::Meaning;
using reliability::Role;
using reliability::SystemTree;

namespace {

// --- a system in plain lists
// -----------------------------------------------------------------------

struct Need {
  std::vector<std::string> targets;
  size_t required;
  bool soft = false;
  int tolerates = 0; ///< minutes
};

struct Unit { ///< a component, an operation "component.op", or a journey
  std::string kind;
  int replicas = 0, quorum = 0;                    ///< 0: nothing is said
  std::vector<std::pair<std::string, int>> places; ///< counts are 0 where they are not written
  bool availability = false;                       ///< `instance_availability` and `common_cause`
  int rto = 0;                                     ///< minutes
  std::vector<std::string> shares, operations;
  std::vector<Need> needs;
};

struct Plain {
  std::map<std::string, std::string> domains; ///< and what each stands in, "" for nothing
  std::map<std::string, Unit> units;
  std::vector<std::string> order;
};

class Maker {
public:
  explicit Maker(uint32_t seed) : random_(seed) {}

  Plain make() {
    Plain plain;
    const int domains = 1 + upTo(6);
    for (int i = 0; i < domains; ++i)
      plain.domains[fmt::format("d{}", i)] =
          i > 0 && upTo(3) > 0 ? fmt::format("d{}", upTo(i)) : "";
    const int components = 2 + upTo(6);
    for (int i = 0; i < components; ++i) {
      static const char* const kinds[] = {"service", "service", "datastore",
                                          "cache",   "queue",   "external"};
      const std::string name = fmt::format("c{}", i);
      Unit unit{kinds[upTo(6)]};
      if (unit.kind != "external") state(plain, unit);
      for (const auto& [domain, outer] : plain.domains)
        if (upTo(10) == 0) unit.shares.push_back(domain);
      if (unit.kind == "service")
        for (int op = upTo(3); op > 0; --op)
          unit.operations.push_back(fmt::format("{}.o{}", name, op));
      if ((unit.kind == "datastore" || unit.kind == "queue") && upTo(2) == 0)
        unit.rto = 1 + upTo(20);
      plain.order.push_back(name);
      for (const std::string& op : unit.operations) {
        plain.units[op] = Unit{"operation"};
        plain.order.push_back(op);
      }
      plain.units[name] = std::move(unit);
    }
    for (int i = upTo(3); i >= 0; --i) {
      plain.order.push_back(fmt::format("j{}", i));
      plain.units[plain.order.back()] = Unit{"journey"};
    }
    for (const std::string& name : plain.order) addNeeds(plain, name);
    return plain;
  }

  int upTo(int bound) { return int(random_() % uint32_t(bound)); }

private:
  std::mt19937 random_;

  void state(const Plain& plain, Unit& unit) {
    if (upTo(4) == 0) return;
    const bool counts = upTo(3) == 0;
    int placed = 0, fixed = 0;
    for (const auto& [domain, outer] : plain.domains)
      if (upTo(2) == 0) {
        unit.places.emplace_back(domain, counts && upTo(3) > 0 ? 1 + upTo(3) : 0);
        placed += unit.places.back().second == 0 ? 1 : 0;
        fixed += unit.places.back().second;
      }
    if (fixed > 0) { // all or none of them are counted
      for (auto& place : unit.places) place.second = std::max(1, place.second);
      fixed += placed;
    } else if (upTo(3) > 0) {
      unit.replicas = 1 + upTo(6);
    }
    const int count = fixed > 0 ? fixed : unit.replicas > 0 ? unit.replicas : std::max(1, placed);
    if (upTo(3) > 0) unit.quorum = 1 + upTo(count);
    if (fixed > 0 && upTo(12) == 0) unit.quorum = count + 1; // down from the start
    unit.availability = upTo(4) == 0;
  }

  void addNeeds(Plain& plain, const std::string& name) {
    Unit& unit = plain.units[name];
    if (unit.kind == "external") return;
    std::vector<std::string> others;
    for (const std::string& other : plain.order) {
      const bool own =
          other == name || other.starts_with(name + ".") || name.starts_with(other + ".");
      // Most need what comes after them; the others make circles.
      const bool later = std::find(plain.order.begin(), plain.order.end(), name) <
                         std::find(plain.order.begin(), plain.order.end(), other);
      if (!own && plain.units[other].kind != "journey" &&
          (later || unit.kind == "journey" || upTo(6) == 0))
        others.push_back(other);
    }
    std::shuffle(others.begin(), others.end(), random_);
    for (int left = upTo(3) + (unit.kind == "journey" ? 1 : 0); left > 0 && !others.empty();
         --left) {
      Need need{{}, 1};
      for (int n = upTo(2) == 0 ? 1 : 1 + upTo(4); n > 0 && !others.empty(); --n) {
        need.targets.push_back(others.back());
        others.pop_back();
      }
      need.required =
          upTo(2) == 0 ? need.targets.size() : 1 + size_t(upTo(int(need.targets.size())));
      need.soft = need.required == need.targets.size() && upTo(8) == 0;
      if (!need.soft && upTo(6) == 0) need.tolerates = 1 + upTo(20);
      unit.needs.push_back(std::move(need));
    }
  }
};

std::string written(const Unit& unit, const Plain& plain, const std::string& name,
                    std::string indent) {
  const size_t dot = name.find('.');
  std::string text =
      fmt::format("{}{} {} {{\n", indent, unit.kind, name.substr(dot == name.npos ? 0 : dot + 1));
  const auto line = [&](std::string_view word, const std::string& value) {
    text += fmt::format("{}  {} = {}\n", indent, word, value);
  };
  if (unit.replicas > 0) line("replicas", std::to_string(unit.replicas));
  if (unit.quorum > 0) line("quorum", std::to_string(unit.quorum));
  if (!unit.places.empty()) {
    std::vector<std::string> places;
    for (const auto& [domain, count] : unit.places)
      places.push_back(count == 0 ? domain : fmt::format("{}({})", domain, count));
    line("placement", fmt::format("[{}]", fmt::join(places, ", ")));
  }
  if (unit.availability) {
    line("instance_availability", "99.9%");
    line("common_cause", "10%");
  }
  if (unit.rto > 0) line("rto", fmt::format("{}m", unit.rto));
  if (!unit.shares.empty()) line("shares", fmt::format("[{}]", fmt::join(unit.shares, ", ")));
  for (const Need& need : unit.needs) {
    const std::string_view word = need.soft ? "uses" : "needs";
    if (need.required == need.targets.size()) // `needs a` for each, or `needs 2 of [a, b]`
      text += fmt::format("{}  {} {}", indent, word,
                          need.targets.size() == 1
                              ? need.targets[0]
                              : fmt::format("[{}]", fmt::join(need.targets, ", ")));
    else
      text += fmt::format("{}  {} {} [{}]", indent, word,
                          need.required == 1 ? "any" : fmt::format("{} of", need.required),
                          fmt::join(need.targets, ", "));
    text += need.tolerates > 0 ? fmt::format(" {{ tolerates = {}m }}\n", need.tolerates) : "\n";
  }
  for (const std::string& op : unit.operations)
    text += written(plain.units.at(op), plain, op, indent + "  ");
  return text + indent + "}\n";
}

std::string written(const Plain& plain) {
  std::string text;
  for (const auto& [domain, outer] : plain.domains)
    text += fmt::format("domain {}{} {{ level = zone }}\n", domain,
                        outer.empty() ? "" : " in " + outer);
  for (const std::string& name : plain.order)
    if (name.find('.') == std::string::npos) text += written(plain.units.at(name), plain, name, "");
  return text;
}

// --- what is down, by the words of the language
// ------------------------------------------------------

using Event = std::tuple<Role, std::string, uint32_t>;

class Reading {
public:
  Reading(const Plain& plain, const std::set<Event>& happened)
      : plain_(plain), happened_(happened) {
    for (bool changed = true; changed;) { // what is down has a reason that is down already
      changed = false;
      for (const auto& [name, unit] : plain.units) {
        if (schemaComponent(unit) && !own_[name] && ownIsDown(name, unit))
          own_[name] = changed = true;
        if (!down_[name] && isDown(name, unit)) down_[name] = changed = true;
      }
    }
  }

  bool down(const std::string& name) { return down_[name]; }
  bool own(const std::string& name) { return own_[name]; }

  [[nodiscard]] bool domain(const std::string& name) const {
    for (std::string at = name; !at.empty(); at = plain_.domains.at(at))
      if (happened_.contains({Role::DomainFails, at, 0})) return true;
    return false;
  }

private:
  const Plain& plain_;
  const std::set<Event>& happened_;
  std::map<std::string, bool> own_, down_;

  static bool schemaComponent(const Unit& unit) {
    return unit.kind != "journey" && unit.kind != "operation";
  }

  bool unmet(const Unit& unit) {
    for (const Need& need : unit.needs) {
      if (need.soft) continue;
      if (need.tolerates > 0) { // absorbed, unless something of it may take longer to come back
        const bool longer =
            std::any_of(need.targets.begin(), need.targets.end(),
                        [&](const auto& t) { return need.tolerates < plain_.units.at(t).rto; });
        if (!longer) continue;
      }
      size_t up = 0;
      for (const std::string& target : need.targets) up += down_[target] ? 0 : 1;
      if (up < need.required) return true;
    }
    return false;
  }

  [[nodiscard]] bool tooFew(const std::string& name, const Unit& unit) const {
    if (unit.replicas == 0 && unit.quorum == 0 && unit.places.empty()) return false;
    std::vector<std::string> standsIn; // by instance
    for (const auto& [domain, count] : unit.places) standsIn.insert(standsIn.end(), count, domain);
    if (standsIn.empty() && !unit.places.empty()) {
      const size_t count = unit.replicas > 0 ? unit.replicas : unit.places.size();
      // Evenly, the first domains one more.
      for (size_t i = 0; i < unit.places.size(); ++i)
        standsIn.insert(standsIn.end(),
                        count / unit.places.size() + (i < count % unit.places.size() ? 1 : 0),
                        unit.places[i].first);
    }
    if (unit.places.empty()) standsIn.assign(std::max(1, unit.replicas), "");
    uint32_t up = 0;
    for (uint32_t i = 0; i < standsIn.size(); ++i)
      up += happened_.contains({Role::InstanceFails, name, i + 1}) || domain(standsIn[i]) ? 0 : 1;
    if (happened_.contains({Role::CommonCause, name, 0})) up = 0;
    // In the coarse tree one event stands for any of the instances; it is there if none may fail.
    if (happened_.contains({Role::InstanceFails, name, 0}))
      up = std::min(up, uint32_t(standsIn.size()) - 1);
    return up < uint32_t(std::max(1, unit.quorum));
  }

  bool ownIsDown(const std::string& name, const Unit& unit) {
    return happened_.contains({Role::WholeFails, name, 0}) || tooFew(name, unit) || unmet(unit) ||
           std::any_of(unit.shares.begin(), unit.shares.end(),
                       [&](const auto& shared) { return domain(shared); });
  }

  bool isDown(const std::string& name, const Unit& unit) {
    if (unit.kind == "journey") return unmet(unit);
    if (unit.kind == "operation") return own_[name.substr(0, name.find('.'))] || unmet(unit);
    return own_[name] || std::any_of(unit.operations.begin(), unit.operations.end(),
                                     [&](const auto& op) { return down_[op]; });
  }
};

// --- the tree
// ----------------------------------------------------------------------------------------

std::vector<bool> evaluated(const faulttree::FaultTree& tree,
                            const std::vector<faulttree::NodeId>& order,
                            const std::vector<bool>& happened) {
  std::vector<bool> holds = happened;
  for (faulttree::NodeId node : order) {
    if (tree.isEvent(node)) continue;
    if (!tree.isGate(node)) {
      holds[node] = tree.min(node) != 0;
      continue;
    }
    uint32_t count = 0;
    for (faulttree::Literal a : tree.arguments(node))
      count += holds[a.node()] != a.negated() ? 1 : 0;
    const uint32_t wanted = tree.op(node) == faulttree::Op::Or ? 1
                            : tree.op(node) == faulttree::Op::And
                                ? uint32_t(tree.arguments(node).size())
                                : tree.min(node);
    holds[node] = count >= wanted;
  }
  return holds;
}

/// Counts what was compared, so that a test that compares nothing is seen.
size_t compare(const Plain& plain, const std::string& text, bool eachInstance, Maker& maker) {
  const auto compiled = test::compile(text);
  const model::Model& model = compiled->model;
  for (const diagnostics::Finding& finding : compiled->findings.all())
    if (finding.severity == diagnostics::Severity::Error) FAIL(finding.message << "\n" << text);
  const SystemTree system(model, {.roots = {}, .eachInstance = eachInstance});
  REQUIRE(system.tree.validate().empty());

  std::map<std::string, model::EntityId> entities;
  for (uint32_t i = 0; i < model.entities.size(); ++i) {
    const auto kind = model.entities[i].kind;
    if (!model.entities[i].library && (reliability::needy.has(kind) || kind == model::Kind::domain))
      entities[model.path({i})] = {i};
  }
  std::vector<faulttree::NodeId> tops, events;
  std::vector<std::string> topNames;
  for (const auto& [name, unit] : plain.units) {
    REQUIRE(system.down(entities.at(name)) != faulttree::noNode);
    tops.push_back(system.down(entities.at(name)));
    topNames.push_back(name);
  }
  std::vector<faulttree::NodeId> all = tops;
  for (const auto& [name, id] : entities) // on a circle they are not below each other
    if (system.ownDown(id) != faulttree::noNode) all.push_back(system.ownDown(id));
  const std::vector<faulttree::NodeId> order = system.tree.below(all);
  for (faulttree::NodeId node : order)
    if (system.tree.isEvent(node)) events.push_back(node);
  const auto eventOf = [&](faulttree::NodeId node) {
    const Meaning& m = system.meaning(node);
    return Event{m.role, model.path(m.entity), m.number};
  };

  size_t compared = 0;
  const auto check = [&](const std::vector<faulttree::NodeId>& chosen) {
    std::vector<bool> happened(system.tree.size());
    std::set<Event> named;
    for (faulttree::NodeId node : chosen) {
      happened[node] = true;
      named.insert(eventOf(node));
    }
    REQUIRE(named.size() == chosen.size());
    const std::vector<bool> holds = evaluated(system.tree, order, happened);
    Reading reading(plain, named);
    for (const auto& [name, unit] : plain.units) {
      ++compared;
      const model::EntityId id = entities.at(name);
      const bool same = holds[system.down(id)] == reading.down(name) &&
                        (system.ownDown(id) == faulttree::noNode ||
                         holds[system.ownDown(id)] == reading.own(name));
      if (same) continue;
      std::string list;
      for (faulttree::NodeId node : chosen) list += "\n  " + system.describe(node);
      FAIL(name << " is " << (reading.down(name) ? "down" : "up") << " and not so in the tree, with"
                << list << "\nin\n"
                << text);
    }
    for (const auto& [name, outer] : plain.domains)
      if (const auto node = system.down(entities.at(name));
          node != faulttree::noNode && std::find(order.begin(), order.end(), node) != order.end())
        if (holds[node] != reading.domain(name)) FAIL("domain " << name << " in\n" << text);
    return named;
  };

  check({});
  // What suffices alone, by both.
  faulttree::SinglePoints points(system.tree, tops);
  for (faulttree::NodeId event : events) {
    const std::set<Event> named = check({event});
    Reading reading(plain, named), rest(plain, {});
    for (size_t t = 0; t < tops.size(); ++t) {
      const auto found = points.of(t);
      const bool single = std::binary_search(found.begin(), found.end(), event);
      REQUIRE(points.valueBefore(t) == rest.down(topNames[t]));
      if (!points.valueBefore(t)) REQUIRE(single == reading.down(topNames[t]));
    }
  }
  for (int round = 0; round < 150; ++round) {
    std::vector<faulttree::NodeId> chosen;
    const int odds = 2 + maker.upTo(12);
    for (faulttree::NodeId event : events)
      if (maker.upTo(odds) == 0) chosen.push_back(event);
    check(chosen);
  }
  return compared;
}

} // namespace

TEST_CASE("random systems are down when the language says so") {
  size_t compared = 0;
  for (uint32_t seed = 1; seed <= 250; ++seed) {
    Maker maker(seed);
    const Plain plain = maker.make();
    const std::string text = written(plain);
    for (bool eachInstance : {true, false}) compared += compare(plain, text, eachInstance, maker);
  }
  CHECK(compared > 500'000);
}
