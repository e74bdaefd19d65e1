#pragma once
// What the model says about how something can fail, put together from attributes and their
// defaults: where instances run, how many are needed, what must be survived, from where the system
// is looked at.

#include "compiler/model/model.h"

#include <array>
#include <span>
#include <string_view>
#include <vector>

namespace relc::reliability {

using model::attr;
using model::EntityId;
using model::Model;
using schema::Kind;
using schema::KindSet;

/// What can be down because something below it is.
inline constexpr KindSet needy = schema::components | KindSet{Kind::operation, Kind::journey};

/// So many instances in one failure domain; without one it is not said where they run.
struct Placed {
  EntityId domain;
  uint32_t count;
  friend bool operator==(const Placed&, const Placed&) = default;
};

/// The instances of a component.
struct Instances {
  bool stated = false;        ///< any of `replicas`, `quorum` and `placement` is
  uint32_t count = 1;         ///< how many run
  uint32_t quorum = 1;        ///< how many are needed
  std::vector<Placed> places; ///< counts add up to `count`

  /// How many of them must fail for the component to be down; 0 if it is down from the start.
  [[nodiscard]] uint32_t fatal() const { return quorum > count ? 0 : count - quorum + 1; }
  [[nodiscard]] bool placed() const { return !places.empty() && places.front().domain.valid(); }
};

/// Instances are spread over the placement evenly, the first domains getting one more if it does
/// not come out even, unless it counts them. Without `replicas` there are as many as the placement
/// names.
Instances instancesOf(const Model& model, EntityId component);

/// The domain and all that it stands in, itself first.
std::vector<EntityId> chainOf(const Model& model, EntityId domain);
/// Does `domain` stand in `outer`, or is it that?
bool within(const Model& model, EntityId domain, EntityId outer);
/// How many instances are left when `lost` has failed with all that stands in it.
uint32_t leftWithout(const Model& model, const Instances& instances, EntityId lost);

/// The domains whose loss alone leaves fewer than `quorum`, those that instances stand in first.
std::vector<EntityId> fatalDomains(const Model& model, const Instances& instances);

/// Is the caller down while the callee is? Not while an outage is absorbed: `tolerates`, unless
/// bringing the callee back may take longer (its `rto`).
bool isHard(const Model& model, EntityId needs);

/// 1 for `tier1` to 4; 0 if none is given. An operation's is its component's if it has none.
unsigned tierOf(const Model& model, EntityId id);
/// Of a root: its own tier, or the strictest of what it needs directly.
unsigned tierOfRoot(const Model& model, EntityId root);

/// The rotation that a component's pages reach first: that of its team, or of the first step of the
/// team's escalation; not valid if there is none.
EntityId rotationOf(const Model& model, EntityId component);

/// From where the system is looked at: journeys, what we run of tier 1, and components that users
/// reach, in the order of the program; none of a library.
std::vector<EntityId> rootsOf(const Model& model);

/// Is the model that of an environment for practice, beside one of production? Nobody pays for
/// redundancy there.
bool isRehearsal(const Model& model);

/// `system { survive { … } }`.
class Survival {
public:
  enum class Answer : uint8_t {
    Must,   ///< the tier must survive the loss of such a domain
    Unsaid, ///< nothing is said of the level
    Exempt, ///< the level is named, the tier is not
  };
  explicit Survival(const Model& model);
  /// Where nothing is said of zones, tier 1 and tier 2 must survive the loss of one.
  [[nodiscard]] Answer of(std::string_view level, unsigned tier) const;
  /// Of a domain's level.
  [[nodiscard]] Answer of(const Model& model, EntityId domain, unsigned tier) const {
    return of(model.text(domain, attr("level")), tier);
  }
  /// Where it is said of the level; nothing if it is not.
  [[nodiscard]] source::Range placeOf(std::string_view level) const;

private:
  struct Row {
    std::string_view level;
    uint8_t tiers; ///< one bit each
    source::Range place;
  };
  std::vector<Row> rows_;
};

} // namespace relc::reliability
