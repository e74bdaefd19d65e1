// What takes a root down alone: REL1001 to REL1003, REL1015, REL1016.

#include "compiler/faulttree/single_points.h"
#include "compiler/analysis/families.h"
#include "compiler/analysis/remedies.h"
#include "compiler/analysis/wording.h"

#include <fmt/format.h>

#include <algorithm>

namespace relc::analysis {
namespace {

using faulttree::NodeId;
using faulttree::noNode;
using faulttree::SinglePoints;
using reliability::Change;
using reliability::Instances;
using reliability::Meaning;
using reliability::Role;
using reliability::Survival;
using reliability::SystemTree;
using Answer = Survival::Answer;

/// Callers of the way from the root that are labelled in the source.
constexpr size_t callersShown = 3;

struct Root {
  EntityId id;
  unsigned tier;
};

class SinglePointReport {
public:
  SinglePointReport(const Index& index, const SystemTree& system, FindingList& findings)
      : index_(index), model_(index.model), system_(system), survival_(index.model),
        findings_(findings), rootsOf_(system.tree.size()) {
    std::vector<NodeId> tops;
    for (EntityId id : reliability::rootsOf(model_)) {
      roots_.push_back({id, reliability::tierOfRoot(model_, id)});
      tops.push_back(system.down(id));
    }
    for (EntityId id : index.of(Kind::needs))
      if (system.down(id) != noNode) {
        groups_.push_back(id);
        tops.push_back(system.down(id));
      }
    points_.emplace(system.tree, tops);
    for (uint32_t r = 0; r < roots_.size(); ++r) {
      if (points_->valueBefore(r)) continue;
      for (NodeId event : points_->of(r)) rootsOf_[event].push_back(r);
    }
    for (EntityId id : index.of(Kind::domain)) levels_.push_back(model_.text(id, attr("level")));
    std::sort(levels_.begin(), levels_.end());
    levels_.erase(std::unique(levels_.begin(), levels_.end()), levels_.end());
  }

  void report() {
    for (uint32_t r = 0; r < roots_.size(); ++r)
      if (points_->valueBefore(r)) downFromTheStart(roots_[r].id);
    for (EntityId id : system_.nodes())
      if (schema::components.has(model_[id].kind) && !model_[id].library) judge(id);
    for (uint32_t g = 0; g < groups_.size(); ++g)
      if (!sharedFate(g)) sameRotation(groups_[g]);
    std::sort(explained_.begin(), explained_.end());
    for (EntityId id : index_.of(Kind::domain)) judgeDomain(id);
  }

private:
  const Index& index_;
  const model::Model& model_;
  const SystemTree& system_;
  Survival survival_;
  FindingList& findings_;
  std::vector<Root> roots_;
  std::vector<EntityId> groups_; ///< needs of several, numbered behind the roots
  std::optional<SinglePoints> points_;
  std::vector<std::vector<uint32_t>> rootsOf_; ///< by event: roots that it takes down alone
  std::vector<std::string_view> levels_;       ///< of which there are domains
  std::vector<std::pair<EntityId, uint32_t>>
      explained_; ///< domains and roots: where the cause lies

  // --- words -------------------------------------------------------------------------------------

  [[nodiscard]] std::string name(EntityId id) const { return quoted(model_.path(id)); }
  [[nodiscard]] std::string domainName(EntityId id) const {
    const std::string_view level = model_.text(id, attr("level"));
    return level == "shared" ? name(id) : fmt::format("{} {}", level, name(id));
  }

  /// "journey `place-order`", "journey `place-order` and 3 others". Journeys are what users feel:
  /// if there are some, they stand for the components on the way.
  [[nodiscard]] std::string victims(const std::vector<uint32_t>& roots) const {
    const uint32_t first = rootToShow(roots);
    const bool journey = model_[roots_[first].id].kind == Kind::journey;
    const auto others = std::count_if(roots.begin(), roots.end(), [&](uint32_t r) {
      return r != first && (!journey || model_[roots_[r].id].kind == Kind::journey);
    });
    std::string text = titled(model_, roots_[first].id);
    if (others > 0) text += fmt::format(" and {} other{}", others, others == 1 ? "" : "s");
    return text;
  }

  /// A journey if there is one, of the strictest tier.
  [[nodiscard]] uint32_t rootToShow(const std::vector<uint32_t>& roots) const {
    const auto rank = [&](uint32_t r) {
      return std::tuple(model_[roots_[r].id].kind != Kind::journey, roots_[r].tier, r);
    };
    return *std::min_element(roots.begin(), roots.end(),
                             [&](uint32_t a, uint32_t b) { return rank(a) < rank(b); });
  }

  /// Labels the needs on a shortest way from the root to the event, those next to it first; gives
  /// the last of them.
  EntityId showWay(Finding& finding, size_t top, NodeId event) {
    const std::vector<NodeId> way = points_->path(top, event);
    std::vector<EntityId> relations;
    std::vector<std::pair<EntityId, EntityId>> steps; // caller and relation
    EntityId caller;
    for (NodeId node : way) {
      const Meaning& m = system_.meaning(node);
      if (m.role == Role::NeedUnmet) {
        steps.emplace_back(model_[m.entity].parent, m.entity);
        caller = EntityId();
      }
      if (m.role != Role::Down && m.role != Role::OwnDown) continue;
      if (caller.valid())
        if (EntityId relation = needOf(caller, m.entity); relation.valid())
          steps.emplace_back(caller, relation);
      caller = m.entity;
    }
    if (const Meaning& m = system_.meaning(event); m.role == Role::DomainFails && caller.valid())
      showStanding(finding, caller, m.entity);
    for (size_t i = steps.size(), shown = 0; i-- > 0 && shown < callersShown; ++shown) {
      const auto [who, relation] = steps[i];
      const model::Entity& e = model_[relation];
      if (e.library || e.targetRanges.empty()) continue;
      const bool group = e.required < e.targets.count;
      finding.at(index_.here(relation, e.range),
                 group ? fmt::format("{} is down without {}", name(who),
                                     e.required == 1 ? std::string("any of them")
                                                     : fmt::format("{} of them", e.required))
                       : fmt::format("{} is down without it", name(who)));
    }
    return steps.empty() ? EntityId() : steps.back().second;
  }

  /// Labels where it is said that a component stands in a domain, or shares it.
  void showStanding(Finding& finding, EntityId component, EntityId domain) const {
    if (model_[component].kind == Kind::operation) component = model_[component].parent;
    for (auto attribute : {attr("placement"), attr("shares")}) {
      const model::Attribute* a = model_.attribute(component, attribute);
      if (!a || !schema::components.has(model_[component].kind)) continue;
      for (const model::Value& value : model_.listOf(component, attribute)) {
        const auto* some = value.as<model::Counted>();
        const auto* one = value.as<EntityId>();
        const EntityId at = some ? some->entity : one ? *one : EntityId();
        if (!at.valid() || !reliability::within(model_, at, domain)) continue;
        finding.at(index_.here(component, a->value.range),
                   fmt::format("{} {}", name(component),
                               attribute == attr("shares") ? "shares it" : "stands there"));
        return;
      }
    }
  }

  [[nodiscard]] EntityId needOf(EntityId caller, EntityId callee) const {
    for (EntityId child : model_.childrenOf(caller)) {
      if (model_[child].kind != Kind::needs || !reliability::isHard(model_, child)) continue;
      const auto targets = model_.targetsOf(child);
      if (std::find(targets.begin(), targets.end(), callee) != targets.end()) return child;
    }
    return {};
  }

  // --- components --------------------------------------------------------------------------------

  /// Of the roots that are down without the component, `shown` first: a change has to do for all.
  [[nodiscard]] std::vector<EntityId> oneOfEachTier(EntityId id, uint32_t shown) const {
    std::vector<EntityId> result{roots_[shown].id};
    unsigned tiers = 1u << roots_[shown].tier;
    for (uint32_t r : rootsOf_[system_.wholeFails(id)]) {
      if ((tiers >> roots_[r].tier & 1) == 0) result.push_back(roots_[r].id);
      tiers |= 1u << roots_[r].tier;
    }
    return result;
  }

  struct Blame {
    std::vector<uint32_t> roots;
    std::vector<EntityId> domains; ///< that alone take it down and must be survived
  };

  void judge(EntityId id) {
    const NodeId whole = system_.wholeFails(id);
    if (whole == noNode || rootsOf_[whole].empty()) return;
    const std::vector<uint32_t>& roots = rootsOf_[whole];
    if (model_[id].broken) return excuse(id, roots);
    if (model_[id].kind == Kind::external) return singlePoint(id, {}, {roots, {}});
    const Instances instances = reliability::instancesOf(model_, id);
    if (!instances.stated) return unstated(id, roots);
    if (instances.fatal() == 0) return;

    Blame blame;
    for (EntityId domain : reliability::fatalDomains(model_, instances))
      for (uint32_t r : roots)
        if (survival_.of(model_, domain, roots_[r].tier) == Answer::Must) {
          explained_.emplace_back(domain, r);
          if (blame.roots.empty() || blame.roots.back() != r) blame.roots.push_back(r);
          if (std::find(blame.domains.begin(), blame.domains.end(), domain) == blame.domains.end())
            blame.domains.push_back(domain);
        }
    std::sort(blame.roots.begin(), blame.roots.end());
    blame.roots.erase(std::unique(blame.roots.begin(), blame.roots.end()), blame.roots.end());
    if (instances.fatal() == 1) {
      blame.roots = roots;
      excuse(id, roots);
    }
    if (blame.roots.empty()) return;
    const bool one = instances.fatal() == 1 ||
                     std::any_of(blame.domains.begin(), blame.domains.end(), [&](EntityId d) {
                       return reliability::leftWithout(model_, instances, d) == 0;
                     });
    if (one)
      singlePoint(id, instances, blame);
    else
      quorumLost(id, instances, blame);
  }

  /// Nothing is said of the domains that a component stands in: more is known of it, or less.
  void excuse(EntityId id, const std::vector<uint32_t>& roots) {
    for (const reliability::Placed& place : reliability::instancesOf(model_, id).places)
      for (uint32_t r : roots) explained_.emplace_back(place.domain, r);
  }

  [[nodiscard]] std::string condition(EntityId id, const Instances& instances) const {
    if (model_[id].kind == Kind::external) return "someone else's, and nothing stands in for it";
    std::vector<std::string> places;
    for (const reliability::Placed& place : instances.places)
      if (place.domain.valid()) places.push_back(name(place.domain));
    if (instances.count == 1)
      return places.empty() ? "one instance" : fmt::format("one instance, in {} only", places[0]);
    if (instances.fatal() == 1 && instances.quorum > 1)
      return fmt::format("needs all {} of its instances", instances.count);
    return fmt::format("all {} instances are in {}", instances.count, joined(places));
  }

  void singlePoint(EntityId id, const Instances& instances, const Blame& blame) {
    Finding& finding = findings_.add(
        Check::SinglePointOfFailure, model_[id].header,
        fmt::format("{} is a single point of failure for {}", name(id), victims(blame.roots)));
    finding.about(id.index);
    finding.label(condition(id, instances));
    const uint32_t root = rootToShow(blame.roots);
    const EntityId need = showWay(finding, root, system_.wholeFails(id));
    std::vector<std::string> causes;
    const bool itself = model_[id].kind == Kind::external || instances.fatal() == 1;
    if (itself)
      causes.push_back(instances.count > 1 ? fmt::format("any instance of {}", name(id))
                                           : name(id));
    for (EntityId domain : blame.domains) causes.push_back(domainName(domain));
    finding.because(fmt::format("losing {} alone takes down {} ({} minimal cut set{} of order 1)",
                                joined(causes, "or"), victims(blame.roots), causes.size(),
                                causes.size() == 1 ? "" : "s"));
    Remedies remedies(index_, survival_);
    for (std::string& help : remedies.forComponent(id, instances, oneOfEachTier(id, root), need))
      finding.suggest(std::move(help));
    finding.suggest(
        fmt::format("or accept the risk: `accept single-point-of-failure on {} {{ because = …  "
                    "mitigation = …  by = …  until = … }}`",
                    model_.path(id)));
  }

  void quorumLost(EntityId id, const Instances& instances, const Blame& blame) {
    const EntityId domain = blame.domains.front();
    const uint32_t left = reliability::leftWithout(model_, instances, domain);
    Finding& finding = findings_.add(
        Check::QuorumLostWithDomain, model_[id].header,
        fmt::format("losing {} leaves {} with {} of {} instances, and it needs {}",
                    domainName(domain), name(id), left, instances.count, instances.quorum));
    finding.about(id.index);
    std::vector<std::string> spread;
    for (const reliability::Placed& place : instances.places)
      spread.push_back(fmt::format("{} in {}", place.count, name(place.domain)));
    finding.label(joined(spread));
    if (const model::Attribute* quorum = model_.attribute(id, attr("quorum")))
      finding.at(index_.here(id, quorum->value.range), "so many are needed");
    const uint32_t root = rootToShow(blame.roots);
    const EntityId need = showWay(finding, root, system_.wholeFails(id));
    std::vector<std::string> names;
    for (EntityId d : blame.domains) names.push_back(domainName(d));
    finding.because(fmt::format("losing {} alone takes down {}, of a tier that must survive it",
                                joined(names, "or"), victims(blame.roots)));
    if (source::Range said = survival_.placeOf(model_.text(domain, attr("level"))); said.valid())
      finding.at(said, "must be survived");
    Remedies remedies(index_, survival_);
    for (std::string& help : remedies.forComponent(id, instances, oneOfEachTier(id, root), need))
      finding.suggest(std::move(help));
  }

  void unstated(EntityId id, const std::vector<uint32_t>& roots) {
    for (uint32_t r : roots)
      for (std::string_view level : levels_) {
        if (survival_.of(level, roots_[r].tier) != Answer::Must) continue;
        Finding& finding = findings_.add(
            Check::InstancesUnstated, model_[id].nameRange,
            fmt::format("nothing is said of how many instances of {} run, and where", name(id)));
        finding.about(id.index);
        finding.label("neither `replicas` nor `placement`");
        showWay(finding, r, system_.wholeFails(id));
        finding.because(
            fmt::format("{} is down without {}, and as tier{} it must survive the loss of "
                        "a {}; whether {} does cannot be told",
                        titled(model_, roots_[r].id), name(id), roots_[r].tier, level, name(id)));
        finding.suggest(fmt::format("say what is true of it, such as `{}`", example(level)));
        finding.suggest("if it is somebody else's, declare it as `external`, with its `sla`");
        return;
      }
  }

  /// Facts as somebody could state them who has domains of that level.
  [[nodiscard]] std::string example(std::string_view level) const {
    std::vector<std::string> places;
    for (EntityId id : index_.of(Kind::domain))
      if (places.size() < 3 && model_.text(id, attr("level")) == level)
        places.push_back(model_.path(id));
    return fmt::format("replicas = {}{}  placement = [{}]", std::max<size_t>(places.size(), 2),
                       places.size() == 3 ? "  quorum = 2" : "", fmt::join(places, ", "));
  }

  // --- domains -----------------------------------------------------------------------------------

  void judgeDomain(EntityId id) {
    const NodeId event = system_.domainFails(id);
    if (event == noNode || rootsOf_[event].empty()) return;
    // By what is said of the level: it must be survived, nothing, or that it need not be.
    std::vector<uint32_t> by[3];
    for (uint32_t r : rootsOf_[event]) {
      const Answer answer = survival_.of(model_, id, roots_[r].tier);
      if (std::binary_search(explained_.begin(), explained_.end(), std::pair(id, r))) continue;
      by[size_t(answer)].push_back(r);
    }
    static constexpr diagnostics::Severity severities[] = {
        diagnostics::Severity::Error, diagnostics::Severity::Warning, diagnostics::Severity::Note};
    for (Answer answer : {Answer::Must, Answer::Unsaid, Answer::Exempt}) {
      std::vector<uint32_t> roots = by[size_t(answer)];
      if (roots.empty()) continue;
      const std::string_view level = model_.text(id, attr("level"));
      // Those of the other answers are said here, too: a domain has one finding.
      for (Answer other : {Answer::Unsaid, Answer::Exempt})
        if (other > answer)
          roots.insert(roots.end(), by[size_t(other)].begin(), by[size_t(other)].end());
      Finding& finding = findings_.add(
          Check::SinglePointOfFailure, model_[id].header,
          fmt::format("{} is a single point of failure for {}", domainName(id), victims(roots)));
      finding.severity = severities[size_t(answer)];
      finding.about(id.index);
      finding.label(level == "shared" ? "what shares it fails together"
                                      : "what stands in it fails together");
      showWay(finding, rootToShow(by[size_t(answer)]), event);
      finding.because(fmt::format("losing {} alone takes down {} (1 minimal cut set of order 1)",
                                  domainName(id), victims(roots)));
      if (source::Range said = survival_.placeOf(level); said.valid())
        finding.at(said, answer == Answer::Must ? "must be survived" : "need not be survived");
      if (answer == Answer::Unsaid)
        finding.suggest(
            fmt::format("say which tiers must survive it: `survive {{ {0} = [tier1] }}`, "
                        "or that none must: `survive {{ {0} = [] }}`",
                        level));
      finding.suggest(fmt::format(
          "{} the risk: `accept single-point-of-failure on {} {{ because = …  "
          "mitigation = …  by = …  until = … }}`",
          answer == Answer::Exempt ? "nobody has taken this upon them yet; accept" : "or accept",
          model_.path(id)));
      return;
    }
  }

  // --- groups ------------------------------------------------------------------------------------

  /// False if nothing is shared.
  bool sharedFate(uint32_t g) {
    const EntityId id = groups_[g];
    const size_t top = roots_.size() + g;
    const model::Entity& e = model_[id];
    if (e.library || e.broken || points_->valueBefore(top)) return true;
    const unsigned tier = reliability::tierOfRoot(model_, e.parent);
    std::vector<std::string> causes;
    NodeId first = noNode;
    bool must = false;
    for (NodeId event : points_->of(top)) {
      const Meaning& m = system_.meaning(event);
      if (m.role == Role::DomainFails) {
        const Answer answer = survival_.of(model_, m.entity, tier);
        const bool shared = model_.text(m.entity, attr("level")) == "shared";
        if (answer == Answer::Exempt || (answer == Answer::Unsaid && !shared)) continue;
        must |= answer == Answer::Must;
        causes.push_back(domainName(m.entity));
        for (uint32_t r : rootsOf_[event]) explained_.emplace_back(m.entity, r);
      } else {
        causes.push_back(titled(model_, m.entity));
      }
      if (first == noNode) first = event;
    }
    if (causes.empty()) return false;
    std::vector<std::string> members;
    for (EntityId target : model_.targetsOf(id)) members.push_back(name(target));
    Finding& finding = findings_.add(
        Check::SharedFate,
        index_.here(id, source::join(e.targetRanges.front(), e.targetRanges.back())),
        fmt::format("{}, of which {} needs {}, share a fate", joined(members), name(e.parent),
                    e.required == 1 ? "any" : std::to_string(e.required)));
    if (must) finding.severity = diagnostics::Severity::Error;
    finding.about(id.index);
    finding.label(fmt::format("{} alone takes {} down", joined(causes, "or"),
                              e.targets.count - e.required == 1 && e.targets.count > 2
                                  ? "too many of them"
                                  : (e.targets.count == 2 ? "both" : "too many of them")));
    showMembers(finding, id, first);
    finding.because(fmt::format("{} then has nothing to turn to", name(e.parent)));
    finding.suggest("let one of them stand elsewhere, or need something else");
    finding.suggest(
        fmt::format("or accept it: `accept shared-fate on {} {{ because = …  mitigation "
                    "= …  by = …  until = … }}`",
                    model_.path(e.parent)));
    return true;
  }

  /// What fails by a mistake of whoever is on duty, and what stays down because one person does not
  /// answer, is shared by those whom the same people look after.
  void sameRotation(EntityId id) {
    EntityId rotation;
    std::vector<std::string> members;
    for (EntityId target : model_.targetsOf(id)) {
      if (model_[target].kind == Kind::external) return; // its vendor looks after it
      const EntityId own = reliability::rotationOf(model_, target);
      if (!own.valid() || (rotation.valid() && own != rotation)) return;
      rotation = own;
      members.push_back(name(target));
    }
    const model::Entity& e = model_[id];
    Finding& finding =
        findings_.add(Check::SharedFate,
                      index_.here(id, source::join(e.targetRanges.front(), e.targetRanges.back())),
                      fmt::format("{}, of which {} needs {}, are looked after by the same people",
                                  joined(members), name(e.parent),
                                  e.required == 1 ? "any" : std::to_string(e.required)));
    finding.severity = diagnostics::Severity::Note;
    finding.about(id.index);
    finding.label(fmt::format("rotation {} answers for all of them", name(rotation)));
    finding.because(
        "one mistake of whoever is on duty can take all of them down, and one person who "
        "does not answer keeps all of them down");
    finding.suggest("change them one after the other, never within the same day");
    finding.suggest(
        fmt::format("or accept it: `accept shared-fate on {} {{ because = …  mitigation = "
                    "…  by = …  until = … }}`",
                    model_.path(e.parent)));
  }

  /// Where members take the common cause from.
  void showMembers(Finding& finding, EntityId group, NodeId event) {
    const Meaning& m = system_.meaning(event);
    size_t shown = 0;
    for (EntityId target : model_.targetsOf(group)) {
      if (model_[target].library || shown == namesShown) continue;
      if (EntityId relation = needOf(target, m.entity); relation.valid())
        finding.at(model_[relation].range, fmt::format("{} is down without it", name(target)));
      else if (m.role == Role::DomainFails)
        showStanding(finding, target, m.entity);
      ++shown;
    }
  }

  void downFromTheStart(EntityId root) {
    const NodeId tops[] = {system_.down(root)};
    const auto below = system_.tree.below(tops);
    const auto nodes = system_.nodes();
    const auto culprit = std::find_if(nodes.begin(), nodes.end(), [&](EntityId id) {
      if (!schema::operated.has(model_[id].kind)) return false;
      const Instances instances = reliability::instancesOf(model_, id);
      return instances.stated && instances.fatal() == 0 &&
             std::find(below.begin(), below.end(), system_.tooFew(id)) != below.end();
    });
    if (culprit == nodes.end()) return;
    const Instances instances = reliability::instancesOf(model_, *culprit);
    // That `quorum` exceeds `replicas` has been said where it stands.
    if (const auto replicas = model_.integer(*culprit, attr("replicas"));
        model_.has(*culprit, attr("replicas")) && replicas && *replicas < instances.quorum)
      return;
    Finding& finding =
        findings_.add(Check::DownFromTheStart, model_[root].nameRange,
                      fmt::format("{} is down before anything has failed", titled(model_, root)));
    finding.about(root.index);
    finding.label("cannot be up as it is described");
    finding.at(index_.here(*culprit, placeOf(model_, *culprit, attr("quorum"))),
               fmt::format("{} of {} needed, and {} {} placed", instances.quorum, name(*culprit),
                           instances.count, instances.count == 1 ? "is" : "are"));
    finding.because("the facts contradict each other, so nothing else can be said about it");
    finding.suggest("correct `replicas`, `quorum` or `placement` of what it needs");
  }
};

} // namespace

void checkSinglePoints(const Index& index, const SystemTree& system, FindingList& findings) {
  SinglePointReport(index, system, findings).report();
}

} // namespace relc::analysis
