#include "compiler/analysis/remedies.h"

#include "compiler/analysis/wording.h"
#include "compiler/faulttree/single_points.h"

#include <fmt/format.h>

#include <algorithm>

namespace relc::analysis {

using reliability::Change;
using reliability::Instances;
using reliability::Placed;
using Answer = reliability::Survival::Answer;

namespace {

/// More of either nobody adds to mend one finding.
constexpr uint32_t mostAdded = 6;
constexpr size_t mostPlaces = 5;

Instances spread(uint32_t count, uint32_t quorum, std::span<const EntityId> places) {
  Instances result{true, count, quorum, {}};
  for (uint32_t i = 0; i < places.size(); ++i)
    result.places.push_back(
        {places[i], count / uint32_t(places.size()) + (i < count % uint32_t(places.size()))});
  std::erase_if(result.places, [](const Placed& p) { return p.count == 0; });
  return result;
}

/// Would as many be in each place if the counts were not written?
bool evenly(const Instances& instances) {
  std::vector<EntityId> places;
  for (const Placed& place : instances.places) places.push_back(place.domain);
  return places.empty() ||
         spread(instances.count, instances.quorum, places).places == instances.places;
}

} // namespace

/// Must the tier of any of the roots survive the loss of the domain?
bool Remedies::mustSurvive(std::span<const EntityId> roots, EntityId domain) const {
  return std::any_of(roots.begin(), roots.end(), [&](EntityId root) {
    return survival_.of(model_, domain, reliability::tierOfRoot(model_, root)) == Answer::Must;
  });
}

/// Does it survive one instance and each domain that must be survived?
bool Remedies::stands(const Instances& instances, std::span<const EntityId> roots) const {
  if (instances.fatal() < 2) return false;
  const std::vector<EntityId> fatal = reliability::fatalDomains(model_, instances);
  return std::none_of(fatal.begin(), fatal.end(),
                      [&](EntityId domain) { return mustSurvive(roots, domain); });
}

/// Where instances can go: where they are, then domains of the same level, those next to them
/// first.
std::vector<EntityId> Remedies::placesFor(const Instances& instances,
                                          std::span<const EntityId> roots) const {
  std::vector<EntityId> places;
  for (const Placed& place : instances.places)
    if (place.domain.valid()) places.push_back(place.domain);
  if (places.empty()) {
    // Nothing is said: the domains of the narrowest level that must be survived.
    EntityId narrowest;
    for (EntityId id : index_.of(Kind::domain))
      if (mustSurvive(roots, id) &&
          (!narrowest.valid() || reliability::chainOf(model_, id).size() >
                                     reliability::chainOf(model_, narrowest).size()))
        narrowest = id;
    for (EntityId id : index_.of(Kind::domain))
      if (mustSurvive(roots, id) &&
          model_.text(narrowest, attr("level")) == model_.text(id, attr("level")))
        places.push_back(id);
  } else {
    const EntityId home = places.front();
    std::vector<EntityId> far;
    for (EntityId id : index_.of(Kind::domain)) {
      if (model_.text(id, attr("level")) != model_.text(home, attr("level")) ||
          std::find(places.begin(), places.end(), id) != places.end())
        continue;
      (model_[id].in == model_[home].in ? places : far).push_back(id);
    }
    places.insert(places.end(), far.begin(), far.end());
  }
  if (places.size() > mostPlaces) places.resize(mostPlaces);
  return places;
}

bool Remedies::helps(const Change& change, EntityId component,
                     std::span<const EntityId> roots) const {
  const reliability::SystemTree tried(
      model_, {.roots = roots, .eachInstance = false, .people = false, .changes = {&change, 1}});
  const faulttree::NodeId whole = tried.wholeFails(component);
  if (whole == faulttree::noNode) return true;
  std::vector<faulttree::NodeId> tops;
  for (EntityId root : roots) tops.push_back(tried.down(root));
  faulttree::SinglePoints points(tried.tree, tops);
  for (size_t r = 0; r < roots.size(); ++r) {
    if (points.valueBefore(r)) return false;
    const auto found = points.of(r);
    if (!change.instances && std::binary_search(found.begin(), found.end(), whole)) return false;
  }
  if (!change.instances) return true;
  // No domain that must be survived and no instance takes it down any more.
  const faulttree::NodeId tooFew = tried.tooFew(component);
  if (tooFew == faulttree::noNode) return true;
  faulttree::SinglePoints own(tried.tree, {&tooFew, 1});
  if (own.valueBefore(0)) return false;
  return std::none_of(own.of(0).begin(), own.of(0).end(), [&](faulttree::NodeId event) {
    const reliability::Meaning& m = tried.meaning(event);
    return m.role != reliability::Role::DomainFails || mustSurvive(roots, m.entity);
  });
}

std::vector<std::string> Remedies::forComponent(EntityId component, const Instances& instances,
                                                std::span<const EntityId> roots,
                                                EntityId need) const {
  std::vector<std::string> result;
  // What is done about a need is tried for the root that is at the other end of the way.
  const std::span<const EntityId> shown = roots.first(1);
  const std::string name = model_.path(component);
  if (model_[component].kind == Kind::external) {
    if (need.valid() && helps({.entity = need, .instances = {}, .soft = false, .alternative = true},
                              component, shown))
      result.push_back(fmt::format("find a second vendor: `needs any [{}, ANOTHER]` (tried in the "
                                   "model: {} then stands without `{}`)",
                                   name, quoted(model_.path(roots.front())), name));
  } else {
    const std::vector<EntityId> places = placesFor(instances, roots);
    // Fewest new instances, then fewest new places.
    const auto propose = [&](const Instances& changed) {
      if (!stands(changed, roots) ||
          !helps({.entity = component, .instances = changed, .soft = false, .alternative = false},
                 component, roots))
        return false;
      std::vector<std::string> names;
      const bool even = evenly(changed);
      for (const Placed& place : changed.places)
        names.push_back(model_.path(place.domain) +
                        (even ? std::string() : fmt::format("({})", place.count)));
      std::string facts = fmt::format("replicas = {}", changed.count);
      if (changed.quorum > 1 || instances.quorum > 1)
        facts += fmt::format("  quorum = {}", changed.quorum);
      if (!names.empty() && changed.places.front().domain.valid())
        facts += fmt::format("  placement = [{}]", fmt::join(names, ", "));
      const std::string_view how =
          changed.count == instances.count
              ? (changed.quorum < instances.quorum ? "if fewer instances can carry the load"
                                                   : "spread the instances")
          : changed.count == instances.count + 1 ? (changed.places.size() > instances.places.size()
                                                        ? "add an instance in another place"
                                                        : "add an instance")
                                                 : "add instances";
      result.push_back(fmt::format("{}: `{}` (tried in the model)", how, facts));
      return true;
    };
    bool found = false;
    for (uint32_t added = 0; added <= mostAdded && !found; ++added)
      for (size_t used = std::max<size_t>(1, std::min(instances.places.size(), places.size()));
           used <= places.size() && !found; ++used)
        found = propose(
            spread(instances.count + added, instances.quorum, std::span(places).first(used)));
    if (!found && places.empty())
      propose(Instances{
          true, instances.count + 1, instances.quorum, {{EntityId(), instances.count + 1}}});
    for (uint32_t quorum = instances.quorum; quorum-- > 1;) {
      Instances changed = instances;
      changed.quorum = quorum;
      if (propose(changed)) break;
    }
    if (result.empty())
      result.push_back(fmt::format("declare another place that fails on its own, and put an "
                                   "instance of {} there",
                                   quoted(name)));
  }
  if (need.valid() && model_[model_[need].parent].kind != Kind::journey &&
      model_[need].required == model_[need].targets.count &&
      helps({.entity = need, .instances = {}, .soft = true, .alternative = false}, component,
            shown))
    result.push_back(
        fmt::format("or let {} do without it: `uses {} {{ fallback = \"…\" }}` (tried in the "
                    "model)",
                    quoted(model_.path(model_[need].parent)), name));
  return result;
}

} // namespace relc::analysis
