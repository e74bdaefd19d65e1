#pragma once
// Single points of failure of a model as pictures and documents mark them: which component or
// failure domain alone takes which roots down.

#include "compiler/faulttree/single_points.h"
#include "compiler/reliability/system_tree.h"

#include <optional>

namespace relc::reliability {

class WeakPoints {
public:
  /// `extra` is a root besides those of `rootsOf`; not valid: none.
  explicit WeakPoints(const Model& model, EntityId extra = {});

  /// By entity, whether losing it alone takes the root down; of all roots together if it is not
  /// valid. Of components those are marked that have no redundancy: somebody else's, of which each
  /// instance is needed, or of which a failure domain that must be survived takes too many. That a
  /// redundant component fails as a whole is no single point of failure (docs/checks/REL1001.md),
  /// nor is one of which nobody has said how many instances run.
  [[nodiscard]] std::vector<bool> of(EntityId root) const;

private:
  const Model& model_;
  Survival survival_;
  SystemTree system_;
  std::vector<EntityId> roots_;
  std::optional<faulttree::SinglePoints> points_;

  [[nodiscard]] bool isWeak(EntityId component, unsigned tier) const;
};

} // namespace relc::reliability
