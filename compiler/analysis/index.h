#pragma once
// What several families of checks ask again and again, computed once a run. Private to this room.

#include "compiler/model/model.h"

#include <array>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace relc::analysis {

using model::attr;
using model::Decimal;
using model::EntityId;
using schema::Kind;
using schema::KindSet;

/// A tier of a burn policy. It fires when the long window spends `share` of the budget.
struct BurnTier {
  EntityId id;
  Decimal share;       ///< of the budget, as a fraction
  Decimal longWindow;  ///< seconds
  Decimal shortWindow; ///< seconds
  std::string_view severity;
};

struct BurnPolicy {
  EntityId id;
  bool whole = true;  ///< all tiers could be read
  bool pages = false; ///< a tier of severity `page`
  std::vector<BurnTier> tiers;
};

/// An SLO of the workspace with what it inherits.
struct Promise {
  EntityId slo;
  uint32_t policy = UINT32_MAX; ///< in Index::policies; UINT32_MAX if it has none
  Decimal window;               ///< seconds
  /// Share of bad events: 1 − objective.
  std::optional<Decimal> tolerated;
};

/// The value of an attribute, or the entity's name if it is not given.
source::Range placeOf(const model::Model& model, EntityId id, model::NameId name);

class Index {
public:
  explicit Index(const model::Model& model);

  const model::Model& model;
  std::vector<Promise> promises; ///< in the order of the program
  std::vector<BurnPolicy> policies;

  /// The workspace's own entities of a kind, in the order of the program.
  [[nodiscard]] std::span<const EntityId> of(Kind kind) const {
    return ofKind_[static_cast<size_t>(kind)];
  }
  /// Does a declaration of `child` stand in the entity?
  [[nodiscard]] bool holds(EntityId id, Kind child) const {
    return childKinds_[id.index].has(child);
  }
  /// 1 for `tier1` to 4 for `tier4`; 0 if none is given. An operation's is its component's if it
  /// has none of its own.
  [[nodiscard]] unsigned tierOf(EntityId id) const;
  [[nodiscard]] const BurnPolicy* policyOf(const Promise& promise) const {
    return promise.policy == UINT32_MAX ? nullptr : &policies[promise.policy];
  }
  /// Is it text of an imported library or of the standard one?
  [[nodiscard]] bool inLibrary(source::Range range) const {
    return range.file.index < libraryFile_.size() && libraryFile_[range.file.index];
  }
  /// Where the workspace has what is said of an entity at `range`: there, or if a library says it,
  /// where the profile is applied that it comes from, or the entity's name.
  [[nodiscard]] source::Range here(EntityId id, source::Range range) const;

private:
  std::array<std::vector<EntityId>, static_cast<size_t>(Kind::count_)> ofKind_;
  std::vector<KindSet> childKinds_; ///< by entity
  std::vector<bool> libraryFile_;
};

} // namespace relc::analysis
