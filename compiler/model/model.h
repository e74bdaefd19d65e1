#pragma once
// The system as the program states it: typed, immutable once built, flat arrays and ids, every
// fact with its place in the source. Analyses and backends see nothing else.

#include "compiler/model/quantity.h"
#include "compiler/promql/promql.h"
#include "compiler/schema/schema.h"
#include "compiler/source/source.h"

#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

namespace relc::model {

using schema::attr;
using schema::Kind;
using schema::KindSet;
using schema::NameId;

struct EntityId {
  uint32_t index = UINT32_MAX;
  [[nodiscard]] bool valid() const { return index != UINT32_MAX; }
  friend auto operator<=>(EntityId, EntityId) = default;
};

struct Slice {
  uint32_t first = 0;
  uint32_t count = 0;
};

/// A word of a fixed set, or a name of something outside the program.
struct Label {
  std::string_view text;
};
struct Text {
  std::string_view text;
};
/// A parameter of the definition around it, not yet bound.
struct ParameterRef {
  EntityId parameter;
};
/// Indices into the model's pools.
struct ListRef {
  Slice values;
};
struct SelectorRef {
  uint32_t index;
};
struct PromqlRef {
  uint32_t index;
};
struct ApplicationRef {
  uint32_t index;
};
struct FormRef {
  uint32_t index;
};
/// So many of what is referred to: `eu-west-1a(4)`.
struct Counted {
  EntityId entity;
  uint32_t count;
};
/// One part of what is referred to: `checkout.availability.page`.
struct Qualified {
  EntityId entity;
  std::string_view part;
};

struct Value {
  std::variant<std::monostate, bool, Quantity, Date, Text, Label, EntityId, ParameterRef, ListRef,
               SelectorRef, PromqlRef, ApplicationRef, FormRef, Counted, Qualified>
      data;
  source::Range range;

  template <class T>
  [[nodiscard]] const T* as() const {
    return std::get_if<T>(&data);
  }
  [[nodiscard]] bool present() const { return !std::holds_alternative<std::monostate>(data); }
};

struct Attribute {
  NameId name;
  source::Range nameRange;
  std::string_view word; ///< as written: differs from the row's name for wildcard rows only
  Value value;
};

/// A PromQL expression of the program and where its text begins.
struct Query {
  promql::Expr expr; ///< not valid if it did not parse
  source::FileId file;
  uint32_t textBegin = 0; ///< offset of the first byte behind the back-quote
  /// Parameters of a profile or names of `let` were put in: positions in `expr` are not those of
  /// the source.
  bool instantiated = false;
};

struct Argument {
  EntityId parameter;
  Value value;
};
/// An sli with what its parameters are bound to, defaults included.
struct Application {
  EntityId target;
  std::vector<Argument> arguments;
};

/// A call of a fixed set: `kill(count = 1)`.
struct Form {
  const schema::FormInfo* info = nullptr;
  struct Argument {
    const schema::FormParameterInfo* parameter;
    Value value;
  };
  std::vector<Argument> arguments; ///< as given; defaults are in the schema
};

struct Entity {
  Kind kind = Kind::top;
  bool broken = false;   ///< a finding was made inside: what is absent may only be unreadable
  bool library = false;  ///< of an imported module or of a profile: checked, not generated
  bool pattern = false;  ///< inside a profile: a part of declarations, not one itself
  std::string_view name; ///< empty for kinds without one
  std::string_view
      module; ///< alias-independent name of its module, e.g. "std.http"; empty in the workspace
  EntityId parent;
  source::Range range;     ///< from the first to the last byte
  source::Range header;    ///< up to the `{`
  source::Range nameRange; ///< of the name, or of the kind's word if it has none
  std::string doc;
  source::Range appliedAt; ///< comes from a profile: where that is applied; else not valid
  EntityId in;             ///< `in REFERENCE`
  EntityId on;             ///< `on REFERENCE`
  Slice attributes;        ///< in the model's attribute pool, in source order
  Slice children;          ///< in the model's child pool, in source order

  // needs and uses only
  Slice targets;         ///< in the model's child pool
  uint32_t required = 1; ///< how many of the targets must stand
  std::vector<source::Range> targetRanges;
};

class Model {
public:
  std::vector<Entity> entities;
  std::vector<Attribute> attributes;
  std::vector<EntityId> children;
  std::vector<Value> listValues;
  std::vector<std::vector<promql::Matcher>> selectors;
  std::vector<Query> queries;
  std::vector<Application> applications;
  std::vector<Form> forms;
  std::string environment; ///< the one that the model is of; empty if there is none
  /// What libraries are called, by Entity::module: as the workspace imports them, else as they call
  /// themselves. No two are called the same.
  std::unordered_map<std::string_view, std::string_view> libraryNames;
  EntityId system;
  EntityId defaultBurnPolicy; ///< `standard` of std.policy
  /// Declared metrics by name; of several of one name the workspace's own, else the first.
  std::unordered_map<std::string_view, EntityId> metrics;
  Date now; ///< the clock of the build

  const Entity& operator[](EntityId id) const { return entities[id.index]; }

  /// All entities of the kinds, in the order of files and places; library entities only on demand.
  [[nodiscard]] std::vector<EntityId> all(KindSet kinds, bool withLibrary = false) const;
  [[nodiscard]] std::span<const EntityId> childrenOf(EntityId id) const {
    const Entity& e = entities[id.index];
    return {children.data() + e.children.first, e.children.count};
  }
  [[nodiscard]] std::span<const EntityId> targetsOf(EntityId relation) const {
    const Entity& e = entities[relation.index];
    return {children.data() + e.targets.first, e.targets.count};
  }
  [[nodiscard]] std::span<const Attribute> attributesOf(EntityId id) const {
    const Entity& e = entities[id.index];
    return {attributes.data() + e.attributes.first, e.attributes.count};
  }
  [[nodiscard]] std::vector<EntityId> childrenOf(EntityId id, KindSet kinds) const;
  /// The nameless block of a kind inside `parent`, e.g. `prometheus` of the system; invalid if
  /// none.
  [[nodiscard]] EntityId block(EntityId parent, Kind kind) const;
  [[nodiscard]] std::span<const Value> list(ListRef ref) const {
    return {listValues.data() + ref.values.first, ref.values.count};
  }
  /// A single value counts as a list of one.
  [[nodiscard]] std::vector<Value> listOf(EntityId id, NameId name) const;

  /// As written; null if the attribute is absent.
  [[nodiscard]] const Attribute* attribute(EntityId id, NameId name) const;
  [[nodiscard]] bool has(EntityId id, NameId name) const { return attribute(id, name) != nullptr; }

  // Typed access with the schema's default; nothing if absent, without default, or not bound.
  [[nodiscard]] std::optional<Quantity> quantity(EntityId id, NameId name) const;
  [[nodiscard]] std::optional<double> number(EntityId id, NameId name) const;
  /// Seconds.
  [[nodiscard]] std::optional<Decimal> duration(EntityId id, NameId name) const;
  [[nodiscard]] std::optional<Decimal> ratio(EntityId id, NameId name) const;
  [[nodiscard]] std::optional<int64_t> integer(EntityId id, NameId name) const;
  [[nodiscard]] bool boolean(EntityId id, NameId name) const;
  /// Of strings, labels and choices; empty if absent.
  [[nodiscard]] std::string_view text(EntityId id, NameId name) const;
  [[nodiscard]] EntityId reference(EntityId id, NameId name) const;
  [[nodiscard]] const Query* query(EntityId id, NameId name) const;

  /// `checkout.availability`: names from the outermost parent inwards, joined by dots; in a library
  /// with its name before them, `platform.orders-db`.
  [[nodiscard]] std::string path(EntityId id) const;

  /// Keeps a string alive as long as the model.
  std::string_view keep(std::string text) { return strings_.emplace_back(std::move(text)); }

private:
  std::deque<std::string> strings_;
};

/// How an SLO is measured, after parameters are bound.
struct Sli {
  enum class Form : uint8_t { Good, Bad, Latency, Slices, Freshness, Ratio };
  Form form = Form::Bad;
  EntityId entity;                  ///< the `sli` declaration
  const Query* numerator = nullptr; ///< good, bad, histogram, condition, timestamp or ratio
  const Query* total = nullptr;     ///< Good and Bad only
  Decimal threshold;                ///< Latency and Freshness: seconds
  promql::Bindings bindings; ///< for promql::instantiate; `$by` is among them, `$window` is not
};

/// Labels by which an SLO is kept: the `scope_labels` of the system and its own `per`, each once.
std::vector<std::string_view> keptBy(const Model& model, EntityId slo);
/// A parameter that every sli has without declaring it, and where it may stand.
struct BuiltIn {
  std::string_view name;
  std::string_view meaning; ///< in an sli
  std::span<const promql::Place> places;
  bool everywhere; ///< other expressions have it, too: `$by` stands for `scope_labels` there
};
/// The built-in parameter of that name, or null.
const BuiltIn* builtInOf(std::string_view name);
/// The SLI of an SLO, or nothing if it has none that can be used (a finding has been made).
std::optional<Sli> sliOf(const Model& model, EntityId slo);
/// `seconds` as the metric counts time: times 1000 if it is declared with `unit = milliseconds`. A
/// metric that is not declared counts seconds.
Decimal inUnitOf(const Model& model, std::string_view metric, Decimal seconds);
/// The burn policy of an SLO: its own, or `std.policy`'s `standard`.
EntityId burnPolicyOf(const Model& model, EntityId slo);
/// Does it count moments, and not events?
inline bool ofTime(const Sli& sli) {
  return sli.form == Sli::Form::Slices || sli.form == Sli::Form::Freshness ||
         sli.form == Sli::Form::Ratio;
}
/// Seconds: the SLO's window or the system's default; of a window by the calendar the usual length
/// (a month of 30 days, a quarter of 91).
Decimal windowOf(const Model& model, EntityId slo);
/// "week", "month" or "quarter" if the SLO's window is that of the calendar, else empty.
std::string_view calendarOf(const Model& model, EntityId slo);
/// Seconds: `system { prometheus { … } }` or the schema's default.
Decimal scrapeInterval(const Model& model);
Decimal evaluationInterval(const Model& model);
/// What the Prometheus of the system understands: `system { prometheus { version features } }`.
promql::Options promqlOf(const Model& model);
/// `value` as text for people: a name, a quantity as Rel writes it; empty if it is absent.
std::string toText(const Model& model, const Value& value);
/// The team that answers for an entity: its own owner, or that of what it stands in.
EntityId ownerOf(const Model& model, EntityId id);

/// For `relc debug model`: an indented outline of every entity with typed values.
std::string print(const Model& model, const source::SourceManager& sources,
                  bool withLibrary = false);

} // namespace relc::model
