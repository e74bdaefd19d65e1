#pragma once
// What the steps of sema share. Private to this room.

#include "compiler/sema/sema.h"

#include <functional>
#include <unordered_map>

namespace relc::sema {

using diagnostics::Check;
using diagnostics::Finding;
using diagnostics::FindingList;
using model::EntityId;
using schema::Kind;
using schema::KindSet;

/// Where an entity came from in the syntax.
struct Origin {
  const syntax::Tree* tree = nullptr;
  syntax::MemberId member;
};

struct SymbolKey {
  uint32_t scope; ///< index of the parent entity, or moduleScope(module)
  Kind kind;
  std::string_view name;
  friend bool operator==(const SymbolKey&, const SymbolKey&) = default;
};
struct SymbolHash {
  size_t operator()(const SymbolKey& key) const {
    return std::hash<std::string_view>()(key.name) ^
           (size_t{key.scope} << 8U) * 0x9e3779b97f4a7c15ULL ^ static_cast<size_t>(key.kind);
  }
};

/// A `let` and what has become of it.
struct Let {
  const syntax::Tree* tree = nullptr;
  syntax::MemberId member;
  uint32_t module = 0;
  bool evaluating = false;
  bool used = false;
};

struct ImportedModule {
  std::string_view alias;
  uint32_t module = UINT32_MAX; ///< index in Context::modules; UINT32_MAX if unknown
  source::Range range;
  uint32_t inModule = 0; ///< the module that imports
  bool used = false;
};

struct Context {
  Context(std::span<const Unit> u, const Options& o, FindingList& f)
      : units(u), options(o), findings(f) {}

  std::span<const Unit> units;
  const Options& options;
  FindingList& findings;
  model::Model model;
  std::vector<Origin> origins;    ///< by entity
  std::vector<uint32_t> moduleOf; ///< by entity: index in modules
  std::vector<uint32_t> unitOfEntity;
  std::vector<bool> referenced;              ///< by entity
  std::vector<std::string_view> modules{""}; ///< 0 is the workspace; the model keeps the text
  std::vector<ImportedModule> imports;
  std::unordered_map<SymbolKey, EntityId, SymbolHash> symbols;
  std::unordered_map<std::string_view, std::vector<Let>> lets; ///< by name, one a module
  unsigned suggestionsLeft = 100; ///< "did you mean" is costly, and nobody reads a hundred

  static uint32_t moduleScope(uint32_t module) { return UINT32_MAX - module; }
  [[nodiscard]] uint32_t scopeOf(EntityId parent, uint32_t module) const {
    return parent.valid() ? parent.index : moduleScope(module);
  }
  [[nodiscard]] EntityId find(uint32_t scope, Kind kind, std::string_view name) const {
    auto it = symbols.find({scope, kind, name});
    return it == symbols.end() ? EntityId{} : it->second;
  }
  model::Entity& entity(EntityId id) { return model.entities[id.index]; }
  [[nodiscard]] const syntax::Tree& tree(EntityId id) const { return *origins[id.index].tree; }
  [[nodiscard]] const syntax::Member& member(EntityId id) const {
    return (*origins[id.index].tree)[origins[id.index].member];
  }
};

/// declare.cpp: entities, lets and imports of all units; kinds, places, headers, duplicates.
void declare(Context& context);
/// bind.cpp: attributes, relations and clauses of all entities.
void bind(Context& context);
/// rules.cpp: what a single declaration must fulfil beyond types.
void checkRules(Context& context);
/// unused.cpp: imports, lets and declarations that nothing refers to.
void checkUnused(Context& context);

// --- names.cpp ---

/// Finds what a dotted name means where one of `kinds` is expected, seen from `from`. Reports what
/// is unknown or ambiguous; marks what it finds as referenced.
EntityId resolve(Context& context, const syntax::Tree& tree, const syntax::Expr& reference,
                 KindSet kinds, EntityId from);
/// The candidate nearest to `word`, or "" if none is near.
std::string nearest(Context& context, std::string_view word,
                    const std::function<void(std::function<void(std::string_view)>)>& candidates);
/// Could the text be written without quotes as a name?
bool isName(std::string_view text);
/// " did you mean" as help and fix; does nothing if `candidate` is empty.
void didYouMean(Finding& finding, const std::string& candidate, source::Range range);

// --- values.cpp ---

/// What an expression is evaluated for: messages name the attribute, names are looked up from
/// `from`.
struct Place {
  EntityId from;
  std::string_view attribute;
};
model::Value evaluate(Context& context, const syntax::Tree& tree, syntax::ExprId expr,
                      const schema::Type& type, const Place& place);
/// The type that a parameter's arguments must have.
schema::Type parameterType(const Context& context, EntityId parameter);

// --- strings.cpp ---

/// The text of a String or Text expression: quotes and escapes taken off, common indent of a text
/// removed. Reports bad escapes.
std::string decodeString(const syntax::Tree& tree, const syntax::Expr& expr, FindingList& findings);

} // namespace relc::sema
