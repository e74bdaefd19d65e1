#pragma once
// What would take a single point of failure away: changes that people make, tried in the model one
// after the other, the smallest first. Private to this room.

#include "compiler/analysis/index.h"
#include "compiler/reliability/system_tree.h"

#include <span>
#include <string>

namespace relc::analysis {

class Remedies {
public:
  Remedies(const Index& index, const reliability::Survival& survival)
      : index_(index), model_(index.model), survival_(survival) {}

  /// Sentences with what to write. `instances` as it is now. `roots` are down without the
  /// component, one of each tier: first the one that the finding is about, with `need` as the last
  /// need on the way from it to the component; not valid if it is the root itself. Only what was
  /// tried and helps: afterwards no instance of the component and no domain that must be survived
  /// takes any of the roots down through it.
  std::vector<std::string> forComponent(EntityId component, const reliability::Instances& instances,
                                        std::span<const EntityId> roots, EntityId need) const;

private:
  const Index& index_;
  const model::Model& model_;
  const reliability::Survival& survival_;

  [[nodiscard]] bool helps(const reliability::Change& change, EntityId component,
                           std::span<const EntityId> roots) const;
  [[nodiscard]] bool stands(const reliability::Instances& instances,
                            std::span<const EntityId> roots) const;
  [[nodiscard]] std::vector<EntityId> placesFor(const reliability::Instances& instances,
                                                std::span<const EntityId> roots) const;
  [[nodiscard]] bool mustSurvive(std::span<const EntityId> roots, EntityId domain) const;
};

} // namespace relc::analysis
