#pragma once
// What would take a single point of failure away: changes that people make, tried in the model one
// after the other, the smallest first. Private to this room.

#include "compiler/analysis/index.h"
#include "compiler/reliability/system_tree.h"

#include <string>

namespace relc::analysis {

class Remedies {
public:
  Remedies(const Index& index, const reliability::Survival& survival)
      : index_(index), model_(index.model), survival_(survival) {}

  /// Sentences with what to write. `instances` as it is now, `need` the last need on the way from
  /// `root` to the component; not valid if it is the root itself. Only what was tried and helps:
  /// afterwards no instance of the component and no domain that must be survived takes the root
  /// down through it.
  std::vector<std::string> forComponent(EntityId component, const reliability::Instances& instances,
                                        EntityId root, EntityId need) const;

private:
  const Index& index_;
  const model::Model& model_;
  const reliability::Survival& survival_;

  [[nodiscard]] bool helps(const reliability::Change& change, EntityId component,
                           EntityId root) const;
  [[nodiscard]] bool stands(const reliability::Instances& instances, unsigned tier) const;
  [[nodiscard]] std::vector<EntityId> placesFor(const reliability::Instances& instances,
                                                unsigned tier) const;
};

} // namespace relc::analysis
