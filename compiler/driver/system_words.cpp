#include "compiler/driver/system_words.h"

#include "compiler/driver/naming.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace relc::driver {

using model::attr;
using model::EntityId;
using reliability::Meaning;
using reliability::Part;
using reliability::Role;
using reliability::Step;
using schema::Kind;

namespace {

constexpr size_t namesShown = 12;

std::string sentence(std::string_view text) {
  std::string out(text);
  while (!out.empty() && out.back() == '.') out.pop_back();
  return out;
}

} // namespace

std::string SystemWords::name(EntityId id) const {
  return fmt::format("`{}`", model_.path(id));
}

std::vector<std::string> SystemWords::names(std::span<const EntityId> ids) const {
  std::vector<std::string> result;
  for (EntityId id : ids) result.push_back(name(id));
  return result;
}

std::vector<std::string> SystemWords::paths(std::span<const EntityId> ids) const {
  std::vector<std::string> result;
  for (EntityId id : ids) result.push_back(model_.path(id));
  return result;
}

std::string SystemWords::place(const source::Range& range) const {
  if (!range.valid()) return {};
  const auto at = compilation_.sources.position(range.file, range.begin);
  return fmt::format("{}:{}", compilation_.sources.path(range.file), at.line);
}

std::string SystemWords::part(const Part& part) const {
  const Meaning& m = system_.meaning(part.event);
  switch (m.role) {
  case Role::DomainFails: {
    const std::string_view level = model_.text(m.entity, attr("level"));
    return fmt::format("{} {}", level == "shared" ? "the shared" : level, name(m.entity));
  }
  case Role::InstanceFails: {
    const uint32_t count = reliability::instancesOf(model_, m.entity).count;
    if (part.count == 1)
      return count == 1 ? fmt::format("the one instance of {}", name(m.entity))
                        : fmt::format("an instance of {}", name(m.entity));
    if (part.count == count) return fmt::format("all {} instances of {}", count, name(m.entity));
    return fmt::format("{} of the {} instances of {}", part.count, count, name(m.entity));
  }
  case Role::WholeFails:
    return model_[m.entity].kind == Kind::external ? fmt::format("vendor {}", name(m.entity))
                                                   : fmt::format("{} as a whole", name(m.entity));
  case Role::CommonCause: return fmt::format("all instances of {} of one cause", name(m.entity));
  case Role::PersonSilent: return name(m.entity);
  default: return system_.describe(part.event);
  }
}

std::string SystemWords::parts(std::span<const Part> parts) const {
  std::vector<std::string> phrases;
  for (const Part& each : parts) phrases.push_back(part(each));
  return joined(phrases);
}

std::string SystemWords::protection(EntityId relation) const {
  std::vector<std::string> words;
  const auto text = [&](model::NameId name) {
    const model::Attribute* a = model_.attribute(relation, name);
    return a ? model::toText(model_, a->value) : std::string();
  };
  if (const std::string t = text(attr("timeout")); !t.empty()) words.push_back("timeout " + t);
  if (const auto retries = model_.integer(relation, attr("retries")); retries && *retries > 0) {
    const std::string wait = text(attr("backoff"));
    words.push_back(fmt::format("{} {}{}", *retries, *retries == 1 ? "retry" : "retries",
                                wait.empty() ? "" : " after " + wait));
  }
  if (model_.boolean(relation, attr("breaker"))) words.emplace_back("breaker");
  if (const std::string t = text(attr("tolerates")); !t.empty())
    words.push_back(fmt::format("tolerates {}", t));
  return fmt::format("{}", joined(words, ","));
}

std::string SystemWords::relation(EntityId relation) const {
  const auto& e = model_[relation];
  const std::vector<std::string> targets = names(model_.targetsOf(relation));
  const std::string_view word = schema::info(e.kind).word;
  if (e.required >= targets.size()) return fmt::format("{} {}", word, joined(targets));
  return e.required == 1 ? fmt::format("{} any of {}", word, joined(targets, "or"))
                         : fmt::format("{} {} of {}", word, e.required, joined(targets));
}

Line SystemWords::step(const Step& step) const {
  const std::string from = name(step.from), to = name(step.to);
  Line line;
  std::string_view by;
  source::Range range;
  switch (step.by) {
  case Step::By::Needs:
  case Step::By::Uses: {
    by = step.by == Step::By::Needs ? "needs" : "uses";
    const bool group = model_.targetsOf(step.relation).size() > 1;
    line.text = group ? fmt::format("{} {}", from, relation(step.relation))
                      : fmt::format("{} {} {}", from, by, to);
    if (const std::string how = protection(step.relation); !how.empty()) line.text += ": " + how;
    for (auto key : {attr("timeout"), attr("retries"), attr("backoff"), attr("breaker"),
                     attr("tolerates"), attr("fallback")})
      if (const model::Attribute* a = model_.attribute(step.relation, key))
        line.facts.push_back({schema::nameOf(key), model::toText(model_, a->value)});
    range = model_[step.relation].range;
    break;
  }
  case Step::By::Operation:
    by = "operation";
    line.text = fmt::format("{} does {}", from, to);
    range = model_[step.to].nameRange;
    break;
  case Step::By::Component:
    by = "component";
    line.text = fmt::format("{} is done by {}", from, to);
    range = model_[step.from].nameRange;
    break;
  case Step::By::Standing: {
    by = "placement";
    const auto instances = reliability::instancesOf(model_, step.from);
    const uint32_t left = reliability::leftWithout(model_, instances, step.to);
    line.text = left == 0
                    ? fmt::format("all {} instances of {} stand in {}", instances.count, from, to)
                    : fmt::format("{} of the {} instances of {} stand in {}",
                                  instances.count - left, instances.count, from, to);
    if (instances.count == 1) line.text = fmt::format("{} stands in {} only", from, to);
    if (const model::Attribute* a = model_.attribute(step.from, attr("placement")))
      range = a->value.range;
    line.facts = {{"instances", int64_t(instances.count)},
                  {"left", int64_t(left)},
                  {"quorum", int64_t(instances.quorum)}};
    break;
  }
  case Step::By::Sharing:
    by = "shares";
    line.text = fmt::format("{} shares {}", from, to);
    if (const model::Attribute* a = model_.attribute(step.from, attr("shares")))
      range = a->value.range;
    break;
  case Step::By::Inside:
    by = "in";
    line.text = fmt::format("{} stands in {}", from, to);
    range = model_[step.from].nameRange;
    break;
  }
  line.place = place(range);
  line.facts.insert(line.facts.begin(), {{"from", model_.path(step.from)},
                                         {"to", model_.path(step.to)},
                                         {"by", std::string(by)},
                                         {"passes", step.passes}});
  return line;
}

std::vector<Line> SystemWords::way(std::span<const Step> steps) const {
  std::vector<Line> lines;
  for (const Step& each : steps) {
    lines.push_back(step(each));
    if (each.passes) continue;
    std::string why;
    if (each.by == Step::By::Uses) {
      const auto fallback = sentence(model_.text(each.relation, attr("fallback")));
      why = fallback.empty() ? "soft, although no fallback is said"
                             : fmt::format("soft, it falls back: {}", fallback);
    } else if (each.by == Step::By::Standing) {
      const auto instances = reliability::instancesOf(model_, each.from);
      why = fmt::format("redundant: {} are left, and {} {} needed",
                        reliability::leftWithout(model_, instances, each.to), instances.quorum,
                        instances.quorum == 1 ? "is" : "are");
    } else {
      const auto targets = model_.targetsOf(each.relation);
      const uint32_t required = model_[each.relation].required;
      if (!reliability::isHard(model_, each.relation)) {
        const auto* a = model_.attribute(each.relation, attr("tolerates"));
        why = fmt::format("soft for as long as {}; an outage that is longer takes it down",
                          a ? model::toText(model_, a->value) : std::string("said"));
      } else {
        std::vector<std::string> others;
        for (EntityId target : targets)
          if (target != each.to) others.push_back(name(target));
        const size_t further = targets.size() - required;
        why = fmt::format("redundant: {}{} must fail, too",
                          further < others.size() ? fmt::format("{} of ", further) : "",
                          joined(others));
      }
    }
    lines.push_back({"  … but here it stops: " + why, {}, {{"stops", why}}});
  }
  return lines;
}

std::vector<Line> SystemWords::byKind(std::span<const EntityId> ids) const {
  std::vector<Line> lines;
  for (const schema::KindInfo& kind : schema::kinds()) {
    std::vector<EntityId> some;
    for (EntityId id : ids)
      if (model_[id].kind == kind.kind) some.push_back(id);
    if (some.empty()) continue;
    lines.push_back({fmt::format("{}{} {}", kind.word, some.size() == 1 ? "" : "s",
                                 joined(names(some), "and", namesShown)),
                     {},
                     {{"kind", std::string(kind.word)}, {"names", paths(some)}}});
  }
  // Journeys are what users feel.
  std::stable_partition(lines.begin(), lines.end(), [](const Line& line) {
    return std::get<std::string>(line.facts.front().value) == "journey";
  });
  return lines;
}

std::string SystemWords::inKinds(std::span<const EntityId> ids) const {
  std::vector<std::string> phrases;
  for (const Line& line : byKind(ids)) phrases.push_back(line.text);
  return joined(phrases, ",");
}

Line SystemWords::degraded(EntityId uses) const {
  const std::string fallback = sentence(model_.text(uses, attr("fallback")));
  const EntityId caller = model_[uses].parent;
  return {fmt::format("{} goes on without {}: {}", name(caller),
                      joined(names(model_.targetsOf(uses))),
                      fallback.empty() ? "it does not say how" : fallback),
          place(uses),
          {{"name", model_.path(caller)},
           {"without", paths(model_.targetsOf(uses))},
           {"fallback", fallback}}};
}

Line SystemWords::absorbed(EntityId needs) const {
  const EntityId caller = model_[needs].parent;
  const auto* a = model_.attribute(needs, attr("tolerates"));
  const std::string time = a ? model::toText(model_, a->value) : std::string();
  return {fmt::format("{} bears it for {}, then it is down", name(caller), time),
          place(needs),
          {{"name", model_.path(caller)}, {"tolerates", time}}};
}

std::string lasting(double share, model::Decimal window) {
  const double seconds = share * window.toDouble();
  if (seconds < 1) return "less than 1s";
  return model::formatDuration(model::Decimal{std::llround(seconds), 0});
}

} // namespace relc::driver
