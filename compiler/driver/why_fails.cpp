// What takes something down, what goes down with it, and on which way.

#include "compiler/driver/naming.h"
#include "compiler/driver/why.h"
#include "compiler/reliability/ceilings.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

namespace relc::driver {

using faulttree::NodeId;
using faulttree::noNode;
using model::attr;
using model::Decimal;
using model::EntityId;
using reliability::Blast;
using reliability::Role;
using reliability::Shape;
using reliability::Step;
using schema::Kind;

namespace {

constexpr uint32_t shownOrder = 3;
constexpr uint32_t nodeBudget = 1u << 20;
/// Shapes of cut sets that text shows of an order, and roots that are looked at for what must fail
/// beside something.
constexpr size_t shapesShown = 8, rootsAsked = 12, termsShown = 10;

faulttree::Analysis analysed(const Question& ask, NodeId node) {
  faulttree::Options options;
  options.nodeBudget = nodeBudget;
  options.listOrder = shownOrder;
  options.wantImportance = false;
  return faulttree::analyse(ask.system.tree, node, options);
}

std::string grouped(const faulttree::BigUnsigned& count) {
  std::string digits = count.toString();
  for (auto at = std::ptrdiff_t(digits.size()) - 3; at > 0; at -= 3)
    digits.insert(size_t(at), 1, ',');
  return digits;
}

/// Events of the component, domain or operation itself.
bool isOf(const Question& ask, NodeId event, EntityId id) {
  return ask.system.meaning(event).entity == id;
}

bool isWhole(const Question& ask, NodeId event) {
  const auto& meaning = ask.system.meaning(event);
  return meaning.role == Role::WholeFails && ask.model[meaning.entity].kind != Kind::external;
}

Line shapeLine(const Question& ask, const Shape& shape, std::string text) {
  Line line{std::move(text), {}, {}};
  std::vector<std::string> parts;
  for (const auto& part : shape.parts) parts.push_back(ask.words.part(part));
  line.facts = {{"order", int64_t(shape.order)},
                {"parts", std::move(parts)},
                {"cut_sets", int64_t(shape.sets)}};
  if (!std::isnan(shape.probability)) line.facts.push_back({"probability", shape.probability});
  return line;
}

/// "; together 26s in 30d" where that is known.
std::string howOften(const Shape& shape) {
  if (std::isnan(shape.probability)) return {};
  const Decimal month = 30 * 86400;
  const std::string time = lasting(shape.probability, month);
  return fmt::format(", {}{} in 30d", shape.probability * month.toDouble() < 1 ? "" : "about ",
                     time);
}

std::string timesSets(uint64_t sets) {
  return sets == 1 ? std::string() : fmt::format("  [{} cut sets]", sets);
}

} // namespace

void tellCutSets(const Question& ask, EntityId id, Account& account) {
  const NodeId top = ask.system.down(id);
  if (top == noNode) return;
  // What needs nothing is down if it is: that needs not be said.
  if (ask.model[id].kind == Kind::external && ask.model.childrenOf(id, Kind::needs).empty()) return;
  const faulttree::Analysis all = analysed(ask, top);
  Section counts{"cut_set_counts", "What takes it down", {}};
  if (all.downAtRest) {
    counts.remark = "It is down before anything has failed: the model contradicts itself.";
    account.sections.push_back(std::move(counts));
    return;
  }
  std::vector<std::string> byOrder;
  for (size_t order = 1; order < all.countByOrder.size(); ++order)
    if (!all.countByOrder[order].isZero())
      byOrder.push_back(fmt::format("{} of order {}", grouped(all.countByOrder[order]), order));
  counts.lines.push_back({fmt::format("{} minimal cut set{}: {}", grouped(all.total),
                                      grouped(all.total) == "1" ? "" : "s", joined(byOrder)),
                          {},
                          {{"total", all.total.toString()}}});
  counts.facts = {{"total", all.total.toString()}};
  if (all.completeTo != faulttree::everyOrder)
    counts.remark =
        fmt::format("Counted up to order {} only: the rest is too much to count.", all.completeTo);
  account.sections.push_back(std::move(counts));

  const std::vector<Shape> shapes = reliability::shapesOf(ask.system, all.cutSets);
  static constexpr std::string_view keys[] = {"", "alone", "pairs", "triples"};
  static constexpr std::string_view titles[] = {"", "Alone (single points of failure)",
                                                "Two together", "Three together"};
  for (uint32_t order = 1; order <= shownOrder; ++order) {
    Section section{keys[order], std::string(titles[order]),
                    {},          {},
                    {},          order == 1 ? 2 * shapesShown : shapesShown};
    for (const Shape& shape : shapes)
      if (shape.order == order)
        section.lines.push_back(shapeLine(
            ask, shape, ask.words.parts(shape.parts) + howOften(shape) + timesSets(shape.sets)));
    if (order == 1 && std::any_of(shapes.begin(), shapes.end(), [&](const Shape& shape) {
          return shape.order == 1 && isWhole(ask, shape.parts.front().event);
        }))
      section.remark = "As a whole: a bad release, a bug, a wrong configuration.";
    if (order == shownOrder && all.listedTo < std::min(shownOrder, all.completeTo))
      section.remark = "… and others: there are too many to list.";
    account.sections.push_back(std::move(section));
  }
}

void tellCeilings(const Question& ask, EntityId id, Account& account) {
  reliability::SystemTree system(ask.model, {.roots = {}, .eachInstance = false});
  if (system.down(id) == noNode) return;
  reliability::Ceilings ceilings(ask.model, system);
  const SystemWords words(ask.compilation, system);
  for (EntityId slo : ask.model.childrenOf(id, Kind::slo)) {
    if (!reliability::promisesAvailability(ask.model, slo)) continue;
    const double objective = ask.model.ratio(slo, attr("objective"))->toDouble();
    const Decimal window = model::windowOf(ask.model, slo);
    const std::string in = model::formatDuration(window);
    const auto below = ceilings.exact(id);
    const double left = (1 - objective) - below.low;
    Section section{"ceiling", fmt::format("What {} can keep", words.name(slo)), {}, {}, {},
                    termsShown};
    section.facts = {{"slo", ask.model.path(slo)},
                     {"objective", objective},
                     {"ceiling", 1 - below.low},
                     {"window", in}};
    const std::string most = reliability::shownAvailability(1 - below.low);
    section.lines.push_back(
        {fmt::format("it promises {}, and what it needs allows {}: {}",
                     reliability::shownAvailability(objective), most,
                     left < 0 ? fmt::format("{} too much in {}", lasting(-left, window), in)
                              : fmt::format("{} are left in {} for failures of its own",
                                            lasting(left, window), in)),
         words.place(slo),
         {{"left_seconds", left * window.toDouble()}}});
    for (const reliability::Term& term : ceilings.terms(id)) {
      if (term.gain <= 0) break;
      const reliability::Part part{term.event, 1};
      const auto& meaning = system.meaning(term.event);
      std::string who = meaning.role == Role::InstanceFails
                            ? fmt::format("instances of {}", words.name(meaning.entity))
                            : words.part(part);
      if (meaning.role == Role::WholeFails && ask.model[meaning.entity].kind != Kind::external)
        who = words.name(meaning.entity);
      section.lines.push_back({fmt::format("{} costs {}", who, lasting(term.gain, window)),
                               {},
                               {{"event", system.describe(term.event)},
                                {"seconds", term.gain * window.toDouble()},
                                {"probability", term.probability}}});
    }
    if (const auto unknown = ceilings.unknown(id); !unknown.empty())
      section.remark =
          fmt::format("Nothing is said of how available {} {}: taken as always up.",
                      joined(words.names(unknown), "and", 8), unknown.size() == 1 ? "is" : "are");
    account.sections.push_back(std::move(section));
  }
}

void tellBlast(const Question& ask, EntityId id, Account& account) {
  const NodeId lost = lostWith(ask, id);
  Section down{"goes_down", "What goes down with it", {}};
  if (lost == noNode) {
    down.remark = "Nothing: no component stands in it, shares it or needs it.";
    account.sections.push_back(std::move(down));
    return;
  }
  const NodeId events[] = {lost};
  const Blast blast(ask.system, events);
  const auto effects = reliability::effectsOf(ask.model, ask.system, blast);
  std::vector<EntityId> others;
  for (EntityId each : effects.down)
    if (each != id && ask.model[each].parent != id) others.push_back(each);
  down.lines = ask.words.byKind(others);
  std::vector<EntityId> rootsDown;
  const auto roots = reliability::rootsOf(ask.model);
  for (EntityId root : roots)
    if (blast.isDown(root)) rootsDown.push_back(root);
  down.facts = {{"roots", ask.words.paths(rootsDown)}};
  if (others.empty()) down.remark = "Nothing else.";
  account.sections.push_back(std::move(down));

  Section degraded{"degraded", "What goes on with less", {}};
  for (EntityId uses : effects.degraded) degraded.lines.push_back(ask.words.degraded(uses));
  for (EntityId needs : effects.absorbed) degraded.lines.push_back(ask.words.absorbed(needs));
  for (EntityId needs : effects.leaning)
    degraded.lines.push_back(
        {fmt::format("{} stands on what is left: {}", ask.words.name(ask.model[needs].parent),
                     ask.words.relation(needs)),
         ask.words.place(needs),
         {{"name", ask.model.path(ask.model[needs].parent)}}});
  account.sections.push_back(std::move(degraded));

  // What stands that it has a part in.
  Section together{"together", "What goes down with it together with", {}, {}, {}, shapesShown};
  struct Group {
    Shape rest;
    std::vector<EntityId> roots;
  };
  std::vector<Group> groups;
  std::map<std::string, size_t> groupOf;
  size_t asked = 0, leftOut = 0;
  for (EntityId root : roots) {
    if (blast.isDown(root) || root == id) continue;
    const NodeId tops[] = {ask.system.down(root)};
    if (tops[0] == noNode) continue;
    const auto below = ask.system.tree.below(tops);
    if (std::find(below.begin(), below.end(), lost) == below.end()) continue;
    if (++asked > rootsAsked) {
      ++leftOut;
      continue;
    }
    faulttree::Analysis all = analysed(ask, tops[0]);
    std::erase_if(all.cutSets, [&](const faulttree::CutSet& set) {
      return std::find(set.events.begin(), set.events.end(), lost) == set.events.end();
    });
    for (Shape& shape : reliability::shapesOf(ask.system, all.cutSets)) {
      std::erase_if(shape.parts, [&](const auto& part) { return part.event == lost; });
      const auto [at, isNew] = groupOf.try_emplace(ask.words.parts(shape.parts), groups.size());
      if (isNew) groups.push_back({shape, {}});
      groups[at->second].roots.push_back(root);
    }
  }
  std::stable_sort(groups.begin(), groups.end(),
                   [](const Group& a, const Group& b) { return a.rest.order < b.rest.order; });
  for (const Group& group : groups) {
    Line line = shapeLine(
        ask, group.rest,
        fmt::format("{}: {}", ask.words.parts(group.rest.parts), ask.words.inKinds(group.roots)));
    line.facts.insert(line.facts.begin(), {"roots", ask.words.paths(group.roots)});
    together.lines.push_back(std::move(line));
  }
  if (leftOut > 0) together.remark = fmt::format("{} more roots were not looked at.", leftOut);
  account.sections.push_back(std::move(together));
}

void tellWay(const Question& ask, EntityId top, EntityId cause, Account& account) {
  const std::string a = titled(ask.model, top), b = titled(ask.model, cause);
  account.facts = {{"name", ask.model.path(top)}, {"with", ask.model.path(cause)}};
  if (!reliability::needy.has(ask.model[top].kind)) {
    account.title = fmt::format("{} needs nothing: ask the other way round", a);
    return;
  }
  const NodeId lost = lostWith(ask, cause);
  const NodeId events[] = {lost};
  const Blast blast(ask.system, events);
  const bool down = lost != noNode && blast.isDown(top);
  account.facts.push_back({"down", down});
  const auto steps = reliability::wayTo(ask.model, top, cause, down ? &blast : nullptr);
  if (top == cause) {
    account.title = fmt::format("{} is the same as {}", a, b);
    return;
  }
  if (steps.empty() && !down) {
    account.title = fmt::format("{} has nothing to do with {}", a, b);
    const auto back = reliability::wayTo(ask.model, cause, top, nullptr);
    if (!back.empty()) account.lines.push_back(fmt::format("but {} depends on {}", b, a));
    return;
  }
  if (down)
    account.title = fmt::format("{} is down if {} is", a, b);
  else
    account.title = fmt::format("{} stands without {}", a, b);
  Section way{"way", down ? "How it gets there, step by step" : "How far it gets", {}};
  way.lines = ask.words.way(steps);
  account.sections.push_back(std::move(way));
  if (down) return;

  Section degraded{"degraded", "What goes on with less", {}};
  const auto made = reliability::madeOf(ask.system, top);
  if (lost != noNode) {
    const auto effects = reliability::effectsOf(ask.model, ask.system, blast);
    for (EntityId uses : effects.degraded)
      if (std::binary_search(made.begin(), made.end(), ask.model[uses].parent))
        degraded.lines.push_back(ask.words.degraded(uses));
  }
  account.sections.push_back(std::move(degraded));

  Section together{"together", "What else must fail for it to go down", {}, {}, {}, shapesShown};
  faulttree::Analysis all = analysed(ask, ask.system.down(top));
  std::erase_if(all.cutSets, [&](const faulttree::CutSet& set) {
    return std::none_of(set.events.begin(), set.events.end(),
                        [&](NodeId event) { return isOf(ask, event, cause); });
  });
  for (const Shape& shape : reliability::shapesOf(ask.system, all.cutSets))
    together.lines.push_back(
        shapeLine(ask, shape, ask.words.parts(shape.parts) + timesSets(shape.sets)));
  if (together.lines.empty())
    together.remark = fmt::format("No cut set up to order {} has {} in it: it takes more, or it "
                                  "never goes down with it.",
                                  shownOrder, ask.words.name(cause));
  account.sections.push_back(std::move(together));
}

} // namespace relc::driver
