// What depends on one person: REL1013.

#include "compiler/analysis/families.h"
#include "compiler/analysis/wording.h"

#include <fmt/format.h>

#include <algorithm>

namespace relc::analysis {
namespace {

/// Who can answer: one person, several, or it is not known.
class Reach {
public:
  void person(EntityId id) {
    if (!one_.valid() && !several_)
      one_ = id;
    else if (one_ != id)
      several_ = true;
  }
  void unknown() { unknown_ = true; }
  void join(const Reach& other) {
    if (other.one_.valid()) person(other.one_);
    several_ |= other.several_;
    unknown_ |= other.unknown_;
  }
  [[nodiscard]] bool isEmpty() const { return !one_.valid() && !several_ && !unknown_; }
  /// The only one; not valid if there are others, or may be.
  [[nodiscard]] EntityId alone() const { return several_ || unknown_ ? EntityId() : one_; }

private:
  EntityId one_;
  bool several_ = false, unknown_ = false;
};

class People {
public:
  People(const Index& index, FindingList& findings)
      : index_(index), model_(index.model), findings_(findings) {}

  void check() {
    for (EntityId id : index_.of(Kind::rotation)) rotation(id);
    for (EntityId id : index_.of(Kind::escalation)) escalation(id);
    for (EntityId id : index_.of(Kind::team)) team(id);
    for (EntityId id : index_.of(Kind::runbook)) runbook(id);
    approvals();
  }

private:
  const Index& index_;
  const model::Model& model_;
  FindingList& findings_;
  std::vector<EntityId> reported_; ///< rotations and escalations, rising

  // --- who answers -------------------------------------------------------------------------------

  void members(EntityId id, Reach& reach) const {
    for (const model::Value& value : model_.listOf(id, attr("members"))) add(value, reach);
  }
  static void add(const model::Value& value, Reach& reach) {
    if (const auto* person = value.as<EntityId>())
      reach.person(*person);
    else
      reach.unknown();
  }
  [[nodiscard]] Reach ofRotation(EntityId id) const {
    Reach reach;
    if (model_[id].broken) reach.unknown();
    members(id, reach);
    for (EntityId child : model_.childrenOf(id)) {
      if (model_[child].kind == Kind::layer) members(child, reach);
      if (model_[child].broken) reach.unknown();
    }
    return reach;
  }
  /// Whoever is named: `deep` says whether the escalation of a team counts, which can name teams.
  [[nodiscard]] Reach of(EntityId id, bool deep) const {
    Reach reach;
    switch (model_[id].kind) {
    case Kind::person: reach.person(id); break;
    case Kind::rotation: reach = ofRotation(id); break;
    case Kind::escalation: reach = ofEscalation(id, deep); break;
    case Kind::team: reach = ofTeam(id, deep); break;
    default: reach.unknown(); // what stands behind a receiver is not known
    }
    return reach;
  }
  [[nodiscard]] Reach ofEscalation(EntityId id, bool deep) const {
    Reach reach;
    for (EntityId step : model_.childrenOf(id)) {
      if (model_[step].kind != Kind::escalation_step) continue;
      if (model_[step].broken) reach.unknown();
      for (const model::Value& value : model_.listOf(step, attr("notify")))
        if (const auto* who = value.as<EntityId>()) reach.join(of(*who, deep));
    }
    return reach;
  }
  /// Those who are on call for it; if nobody is, its members.
  [[nodiscard]] Reach ofTeam(EntityId id, bool deep) const {
    Reach reach;
    const EntityId rotation = model_.reference(id, attr("rotation"));
    const EntityId escalation = model_.reference(id, attr("escalation"));
    if (rotation.valid()) reach.join(ofRotation(rotation));
    if (escalation.valid() && deep) reach.join(ofEscalation(escalation, false));
    if (!rotation.valid() && !escalation.valid()) members(id, reach);
    if (reach.isEmpty()) reach.unknown();
    return reach;
  }

  // --- findings ----------------------------------------------------------------------------------

  Finding& add(EntityId id, EntityId person, std::string what, std::string label,
               source::Range range) {
    Finding& finding =
        addAbout(index_, findings_, Check::HumanSinglePoint, id, range,
                 fmt::format("`{}` alone {}", model_[person].name, what), std::move(label));
    return finding;
  }

  void rotation(EntityId id) {
    const EntityId person = ofRotation(id).alone();
    if (!person.valid()) return;
    reported_.push_back(id);
    size_t layers = 0;
    for (EntityId child : model_.childrenOf(id)) layers += model_[child].kind == Kind::layer;
    Finding& finding =
        add(id, person, fmt::format("is the whole {}", titled(model_, id)),
            layers > 1 ? fmt::format("the only member of all {} layers", layers) : "one member",
            model_[id].nameRange);
    for (EntityId child : model_.childrenOf(id))
      if (model_[child].kind == Kind::layer && layers > 1)
        finding.at(index_.here(child, placeOf(model_, child, attr("members"))), "nobody else");
    finding.because("nobody sleeps, travels and is ill with a telephone in the hand for good: the "
                    "page that nobody answers is a matter of time, and so is the day on which that "
                    "person leaves");
    finding.suggest("add members, best from the people who build it; around the clock takes eight "
                    "at one site or six at each of two");
    finding.suggest("until then say when it is answered: `hours = \"Mon-Fri 09:00-18:00\"`, and "
                    "let its pages be tickets outside of that");
  }

  void escalation(EntityId id) {
    const EntityId person = ofEscalation(id, true).alone();
    if (!person.valid() || isOnlyReported(id)) return;
    reported_.push_back(id);
    size_t steps = 0;
    for (EntityId step : model_.childrenOf(id)) steps += model_[step].kind == Kind::escalation_step;
    Finding& finding =
        add(id, person, fmt::format("is told by {}", titled(model_, id)),
            fmt::format("{}, one person", counted(steps, "step")), model_[id].nameRange);
    size_t shown = 0;
    for (EntityId step : model_.childrenOf(id))
      if (model_[step].kind == Kind::escalation_step && steps > 1 && shown++ < namesShown)
        finding.at(index_.here(step, placeOf(model_, step, attr("notify"))),
                   "the same person again");
    finding.because("an escalation is for the case that the first one does not answer");
    finding.suggest("let a further step tell somebody else: step { notify = …  after = 10m }");
  }

  /// Everything that it tells has a finding of its own.
  [[nodiscard]] bool isOnlyReported(EntityId id) const {
    for (EntityId step : model_.childrenOf(id))
      for (const model::Value& value : model_.listOf(step, attr("notify"))) {
        const auto* who = value.as<EntityId>();
        if (who && !isReported(*who)) return false;
      }
    return true;
  }
  [[nodiscard]] bool isReported(EntityId id) const {
    return std::find(reported_.begin(), reported_.end(), id) != reported_.end();
  }

  /// Of a team whose rotation or escalation has a finding nothing more is said.
  void team(EntityId id) {
    const EntityId person = ofTeam(id, true).alone();
    if (!person.valid() || model_[id].broken) return;
    for (model::NameId name : {attr("rotation"), attr("escalation")})
      if (EntityId way = model_.reference(id, name); way.valid() && isReported(way)) return;
    const EntityId component = pagedComponent(id);
    if (!component.valid()) return;
    Finding& finding = add(id, person, fmt::format("answers the pages of {}", titled(model_, id)),
                           "they reach one person", model_[id].nameRange);
    finding.at(model_[component].nameRange,
               fmt::format("`{}` pages this team", model_.path(component)));
    finding.because("when that person sleeps, is ill or on a train, users wait until it is over");
    finding.suggest("share the pages with others: `rotation = …`, or an `escalation` whose next "
                    "step tells somebody else");
  }

  /// The first one of a team's components that can wake somebody.
  [[nodiscard]] EntityId pagedComponent(EntityId team) const {
    for (EntityId alert : index_.of(Kind::alert))
      if (model_.text(alert, attr("severity")) == "page" && model::ownerOf(model_, alert) == team)
        return model_[alert].parent;
    for (const Promise& promise : index_.promises)
      if (const BurnPolicy* policy = index_.policyOf(promise);
          policy && policy->pages && model::ownerOf(model_, promise.slo) == team)
        return model_[promise.slo].parent;
    return {};
  }

  void runbook(EntityId id) {
    Reach reach;
    std::vector<EntityId> steps;
    for (EntityId step : model_.childrenOf(id)) {
      if (model_[step].kind != Kind::step) continue;
      const model::Attribute* who = model_.attribute(step, attr("who"));
      if (!who || model_[step].broken) return; // whoever is on call
      for (const model::Value& value : model_.listOf(step, attr("who"))) {
        const auto* one = value.as<EntityId>();
        if (!one) return;
        reach.join(of(*one, true));
      }
      steps.push_back(step);
    }
    const EntityId person = reach.alone();
    if (!person.valid()) return;
    Finding& finding =
        add(id, person,
            fmt::format("may do {} of {}", steps.size() == 1 ? "the only step" : "every step",
                        titled(model_, id)),
            counted(steps.size(), "step"), model_[id].nameRange);
    for (size_t i = 0; i < steps.size() && i < namesShown; ++i)
      finding.at(index_.here(steps[i], placeOf(model_, steps[i], attr("who"))), "nobody else");
    finding.because("a runbook is for whoever is on call; this one waits for one person, however "
                    "long that takes");
    finding.suggest("give those on call the access that it takes, and remove `who`; or name a team "
                    "or a rotation");
  }

  /// If a single person decides and approves everything, nothing goes on without them.
  void approvals() {
    Reach reach;
    struct Place {
      EntityId id;
      source::Range range;
    };
    std::vector<Place> places;
    auto collect = [&](EntityId id, model::NameId name) {
      const model::Attribute* a = model_.attribute(id, name);
      if (!a) return;
      for (const model::Value& value : model_.listOf(id, name))
        if (const auto* who = value.as<EntityId>()) reach.join(of(*who, false));
      places.push_back({id, a->value.range});
    };
    for (EntityId id : index_.of(Kind::experiment)) collect(id, attr("approved_by"));
    for (EntityId id : index_.of(Kind::at)) collect(id, attr("decides"));
    const EntityId person = reach.alone();
    if (!person.valid() || places.size() < 2) return;
    Finding& finding =
        add(places[0].id, person, "approves and decides everything",
            fmt::format("and {} more", counted(places.size() - 1, "decision")), places[0].range);
    for (size_t i = 1; i < places.size() && i < namesShown; ++i)
      finding.at(index_.here(places[i].id, places[i].range), "nobody else");
    finding.because("while that person is away no experiment runs and no exception is made, or "
                    "they are made without asking, which is worse");
    finding.suggest("let a deputy or a team decide, too");
  }
};

} // namespace

void checkPeople(const Index& index, FindingList& findings) {
  People(index, findings).check();
}

} // namespace relc::analysis
