#pragma once
// What the steps of sema share. Private to this room.

#include "compiler/sema/sema.h"

#include <functional>
#include <optional>
#include <unordered_map>

namespace relc::sema {

using diagnostics::Check;
using diagnostics::Finding;
using diagnostics::FindingList;
using model::EntityId;
using schema::Kind;
using schema::KindSet;

/// One application of a profile: `is http.service(job = "checkout")`.
struct Expansion {
  EntityId profile;
  EntityId site;                         ///< the declaration that takes the profile over
  const syntax::Tree* tree;              ///< of the application
  const syntax::Expr* call;              ///< Reference or Call
  source::Range range;                   ///< of the application
  uint32_t outer = 0;                    ///< the expansion that the application itself stands in
  uint32_t module = 0;                   ///< that of the application; the profile's is its entity's
  std::vector<syntax::ExprId> arguments; ///< by parameter; not valid where the default counts
};

/// One body that has a part in an entity: its own, an overlay's, a profile's.
struct Layer {
  const syntax::Tree* tree = nullptr;
  syntax::MemberId member;
  uint32_t expansion = 0; ///< in Context::expansions; 0 for none
};

/// Where an entity came from in the syntax.
struct Origin {
  const syntax::Tree* tree = nullptr;
  syntax::MemberId member;
  model::Slice layers; ///< in Context::layers, the strongest first
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
  std::string_view environment; ///< the one that it stands in; empty at the top of a file
  bool evaluating = false;
  bool used = false;
};

struct ImportedModule {
  std::string_view alias;
  uint32_t module = UINT32_MAX; ///< index in Context::modules; UINT32_MAX if unknown
  source::Range range;          ///< of the module's name
  source::Range removal;        ///< what is taken out to be without it
  uint32_t inModule = 0;        ///< the module that imports
  bool used = false;
};

/// `{ version = ">= 1.2" }` of an import.
struct AskedVersion {
  const syntax::Tree* tree = nullptr;
  syntax::ExprId expr;
  uint32_t module = 0;   ///< that is imported
  uint32_t inModule = 0; ///< that imports
};

struct Context {
  Context(std::span<const Unit> u, const Options& o, FindingList& f)
      : units(u), options(o), findings(f) {}

  std::span<const Unit> units;
  const Options& options;
  FindingList& findings;
  model::Model model;
  promql::Options promql;      ///< what the system's Prometheus understands
  std::vector<Origin> origins; ///< by entity
  std::vector<Layer> layers;
  std::vector<Expansion> expansions{1};                   ///< 0 is none
  std::vector<uint32_t> moduleOf;                         ///< by entity: index in modules
  std::vector<std::string_view> environments;             ///< of the workspace
  std::vector<bool> referenced;                           ///< by entity
  std::unordered_map<uint32_t, source::Range> deprecated; ///< by entity: where it says so
  std::vector<std::string_view> modules{""}; ///< 0 is the workspace; the model keeps the text
  std::vector<ImportedModule> imports;
  std::vector<AskedVersion> askedVersions;
  std::unordered_map<uint32_t, EntityId> libraries; ///< by module: its `library` declaration
  std::unordered_map<SymbolKey, EntityId, SymbolHash> symbols;
  std::unordered_map<std::string_view, std::vector<Let>> lets; ///< by name, one a module
  static constexpr unsigned maxHoles = 1000;                   ///< that one value may be made of
  unsigned holesLeft = maxHoles;
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
  [[nodiscard]] std::span<const Layer> layersOf(EntityId id) const {
    const model::Slice& slice = origins[id.index].layers;
    return {layers.data() + slice.first, slice.count};
  }
  /// The module whose names a layer of the entity sees.
  [[nodiscard]] uint32_t moduleOfLayer(EntityId id, const Layer& layer) const {
    return layer.expansion == 0 ? moduleOf[id.index]
                                : moduleOf[expansions[layer.expansion].profile.index];
  }
  [[nodiscard]] const syntax::Tree& tree(EntityId id) const { return *origins[id.index].tree; }
  [[nodiscard]] const syntax::Member& member(EntityId id) const {
    return (*origins[id.index].tree)[origins[id.index].member];
  }
};

/// Where names are looked up from: in what stands around `entity`, then in the module.
struct Scope {
  EntityId entity;
  uint32_t module = 0;
};

/// declare.cpp: what stands at the top of all files, and the bodies of definitions.
void declare(Context& context);
/// Kinds whose bodies others are made with: they are read first.
bool isDefinition(Kind kind);
void declareLet(Context& context, const syntax::Tree& tree, syntax::MemberId let, uint32_t module,
                std::string_view environment);
/// Is `in staging { … }` of the environment of this run? Reports one that does not exist.
bool overlayApplies(Context& context, const syntax::Tree& tree, const syntax::Member& overlay,
                    uint32_t module);

// --- entities.cpp ---

/// The kind of a declaration or relation, seen from what it stands in; reports what is none.
std::optional<Kind> kindOfMember(Context& context, const syntax::Tree& tree,
                                 const syntax::Member& member, EntityId parent, bool report);
/// Adds an entity without its body. The layer is the one that declares it.
EntityId addEntity(Context& context, Kind kind, const Layer& layer, EntityId parent,
                   uint32_t module);

// --- imports.cpp ---

/// What each module calls the others; reports aliases that clash and imports that come back.
void declareImports(Context& context);
/// Have the imported modules the versions that are asked for? Once attributes are bound.
void checkVersions(Context& context);
/// A module in messages: `../platform`, `std.http`, the workspace.
std::string moduleTitle(std::string_view module);
/// The last word of the name or path of a module; empty if no module can be called so.
std::string_view aliasOf(std::string_view module, bool folder);

/// expand.cpp: the bodies of all declarations but definitions, merged from their layers.
void expand(Context& context);
/// The layers and the body of one entity, with everything inside.
void expandBody(Context& context, EntityId id);
/// bind.cpp: types and defaults of parameters.
void bindParameters(Context& context);
/// bind.cpp: attributes, relations and clauses of all entities.
void bind(Context& context);
/// rules.cpp: what a single declaration must fulfil beyond types.
void checkRules(Context& context);
/// consistency.cpp: what the facts of one declaration say of each other.
void checkConsistency(Context& context, EntityId id);
/// unused.cpp: imports, lets and declarations that nothing refers to.
void checkUnused(Context& context);

// --- names.cpp ---

/// Finds what a dotted name means where one of `kinds` is expected. Reports what is unknown or
/// ambiguous; marks what it finds as referenced.
EntityId resolve(Context& context, const syntax::Tree& tree, const syntax::Expr& reference,
                 KindSet kinds, Scope scope);
/// The same without a finding.
EntityId tryResolve(Context& context, const syntax::Tree& tree, std::span<const syntax::Word> words,
                    KindSet kinds, Scope scope);
/// Says why there is no value `platform.slow`, seen from `module`. False if it imports nothing that
/// is called so.
bool reportForeignValue(Context& context, const syntax::Tree& tree,
                        std::span<const syntax::Word> words, uint32_t module);
/// The module that an import of `module` calls `alias`; nothing if none does. Marks it as used.
std::optional<uint32_t> importedAs(Context& context, std::string_view alias, uint32_t module);
/// If other tools call something of ours `word`: that, with an example.
void suggestOurWord(diagnostics::Finding& finding, std::string_view word);

/// The candidate nearest to `word`, or "" if none is near.
std::string nearest(Context& context, std::string_view word,
                    const std::function<void(std::function<void(std::string_view)>)>& candidates);
/// Could the text be written without quotes as a name?
bool isName(std::string_view text);
/// " did you mean" as help and fix; does nothing if `candidate` is empty.
void didYouMean(Finding& finding, const std::string& candidate, source::Range range);

// --- values.cpp ---

/// What an expression is evaluated for: messages name the attribute.
struct Place {
  Scope scope;
  std::string_view attribute;
  uint32_t expansion = 0; ///< whose parameters have values here
};
model::Value evaluate(Context& context, const syntax::Tree& tree, syntax::ExprId expr,
                      const schema::Type& type, const Place& place);
/// Which parameter each argument of `call` (Reference or Call) is for; reports those that are for
/// none, given twice or missing. Not valid where the default counts.
struct MatchedArguments {
  std::vector<syntax::ExprId> byParameter;
  bool failed = false;
};
MatchedArguments matchArguments(Context& context, const syntax::Tree& tree,
                                const syntax::Expr& call, EntityId target);
bool hasDefault(const Context& context, EntityId parameter);
/// What is named: the words of a Reference or Call without arguments.
syntax::Expr calleeOf(const syntax::Tree& tree, const syntax::Expr& call);
/// The type that a parameter's arguments must have.
schema::Type parameterType(const Context& context, EntityId parameter);

// --- text_forms.cpp ---

/// What is wrong with a string that must have a certain form.
struct TextFault {
  std::string message;
  uint32_t offset = 0, length = 0; ///< in the text; the whole if the length is 0
  std::string suggestion;          ///< the text that was probably meant
  std::string help;
};
std::optional<TextFault> faultOfMoment(std::string_view text);
std::optional<TextFault> faultOfHours(std::string_view text);
std::optional<TextFault> faultOfRecurrence(std::string_view text);
std::optional<TextFault> faultOfInstant(std::string_view text);
std::optional<TextFault> faultOfTimeZone(std::string_view text);
std::optional<TextFault> faultOfUrl(std::string_view text);
std::optional<TextFault> faultOfEmail(std::string_view text);
std::optional<TextFault> faultOfPath(std::string_view text);
std::optional<TextFault> faultOfVersion(std::string_view text);

// --- strings.cpp ---

/// `${a.b}` in a string.
struct Hole {
  uint32_t begin, end;             ///< from `$` to behind `}`
  std::vector<syntax::Word> words; ///< empty if what stands between the braces is no name
};
/// The hole that begins with the `$` at `at`, its words as offsets in `text`; nothing if there is
/// none. It ends on the line on which it begins.
std::optional<Hole> holeAt(std::string_view text, size_t at);
/// The text of a String or Text expression: quotes and escapes taken off, common indent of a text
/// removed, each hole filled by `fill`. Reports bad escapes.
std::string decodeString(const syntax::Tree& tree, const syntax::Expr& expr, FindingList& findings,
                         const std::function<std::string(const Hole&)>& fill);

} // namespace relc::sema
