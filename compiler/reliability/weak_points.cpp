#include "compiler/reliability/weak_points.h"

#include <algorithm>

namespace relc::reliability {

WeakPoints::WeakPoints(const Model& model, EntityId extra)
    : model_(model), survival_(model), system_(model, {.roots = {}, .eachInstance = false}),
      roots_(rootsOf(model)) {
  if (extra.valid() && std::find(roots_.begin(), roots_.end(), extra) == roots_.end())
    roots_.push_back(extra);
  std::erase_if(roots_, [&](EntityId root) { return system_.down(root) == noNode; });
  std::vector<NodeId> tops;
  for (EntityId root : roots_) tops.push_back(system_.down(root));
  points_.emplace(system_.tree, tops);
}

bool WeakPoints::isWeak(EntityId component, unsigned tier) const {
  if (model_[component].kind == Kind::external) return true;
  const Instances instances = instancesOf(model_, component);
  if (!instances.stated || instances.fatal() == 0) return false;
  if (instances.fatal() == 1) return true;
  const std::vector<EntityId> fatal = fatalDomains(model_, instances);
  return std::any_of(fatal.begin(), fatal.end(), [&](EntityId domain) {
    return survival_.of(model_, domain, tier) == Survival::Answer::Must;
  });
}

std::vector<bool> WeakPoints::of(EntityId root) const {
  std::vector<bool> weak(model_.entities.size());
  for (size_t r = 0; r < roots_.size(); ++r) {
    // What is down from the start has no single points of failure, only facts that contradict.
    if ((root.valid() && roots_[r] != root) || points_->valueBefore(r)) continue;
    const unsigned tier = tierOfRoot(model_, roots_[r]);
    for (NodeId event : points_->of(r)) {
      const Meaning& meaning = system_.meaning(event);
      if (meaning.role == Role::DomainFails || meaning.role == Role::InstanceFails)
        weak[meaning.entity.index] = true;
      else if (meaning.role == Role::WholeFails && !weak[meaning.entity.index])
        weak[meaning.entity.index] = isWeak(meaning.entity, tier);
    }
  }
  return weak;
}

} // namespace relc::reliability
