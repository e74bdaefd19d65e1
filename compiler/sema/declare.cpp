#include "compiler/sema/context.h"

#include <fmt/format.h>

#include <algorithm>

namespace relc::sema {
namespace {

using syntax::Member;
using syntax::MemberId;
using syntax::MemberKind;
using syntax::TokenKind;
using syntax::Tree;

class Declarer {
public:
  explicit Declarer(Context& context) : c_(context) {}

  void run() {
    for (uint32_t i = 0; i < c_.units.size(); ++i) unit(i);
    declareImports(c_);
    // What others are made with: bodies of profiles and slis, and names of environments.
    auto count = static_cast<uint32_t>(c_.model.entities.size());
    for (uint32_t i = 0; i < count; ++i)
      if (isDefinition(c_.model.entities[i].kind)) expandBody(c_, {i});
  }

private:
  Context& c_;
  uint32_t module_ = 0;

  void unit(uint32_t index) {
    const Unit& unit = c_.units[index];
    auto known = std::find(c_.modules.begin(), c_.modules.end(), unit.module);
    module_ = static_cast<uint32_t>(known - c_.modules.begin());
    if (known == c_.modules.end()) c_.modules.push_back(c_.model.keep(unit.module));
    members(*unit.tree, unit.tree->top);
  }

  void members(const Tree& tree, syntax::Slice slice, bool inOverlay = false) {
    for (MemberId id : tree.list(slice)) {
      const Member& m = tree[id];
      switch (m.kind) {
      case MemberKind::Import: // gathered when all modules are known
        if (inOverlay) misplaced(tree, m, "an import");
        break;
      case MemberKind::Let: declareLet(c_, tree, id, module_, {}); break;
      case MemberKind::Attribute: attributeAtTop(tree, m); break;
      case MemberKind::Overlay:
        if (overlayApplies(c_, tree, m, module_)) members(tree, m.members, true);
        break;
      case MemberKind::Relation:
      case MemberKind::Declaration:
        if (auto kind = kindOfMember(c_, tree, m, {}, true))
          declaration(*kind, tree, id, inOverlay);
      }
    }
  }

  void declaration(Kind kind, const Tree& tree, MemberId id, bool inOverlay) {
    // A library that is a workspace of its own, too: what it says of that is not for others.
    if (kind == Kind::system && module_ != 0) return;
    // Where a module begins does not depend on the environment.
    if (kind == Kind::library && inOverlay) return misplaced(tree, tree[id], "a library");
    EntityId entity = addEntity(c_, kind, {&tree, id, 0}, {}, module_);
    if (kind != Kind::library) return;
    auto [first, isNew] = c_.libraries.emplace(module_, entity);
    if (isNew) return;
    c_.findings
        .add(Check::DuplicateName, c_.entity(entity).nameRange,
             fmt::format("a second `library` declaration in {}", moduleTitle(c_.modules[module_])))
        .at(c_.entity(first->second).nameRange, "first here")
        .suggest(
            "keep one; a folder below that has a `library` declaration of its own is a library "
            "of its own");
  }

  void misplaced(const Tree& tree, const Member& m, std::string_view what) {
    c_.findings
        .add(Check::MisplacedDeclaration, tree.range(m.word),
             fmt::format("{} cannot stand in an overlay", what))
        .suggest("move it to the top level of the file");
  }

  void attributeAtTop(const Tree& tree, const Member& m) {
    std::string_view word = tree.str(m.word);
    if (auto kind = schema::findKind(word, Kind::top)) {
      c_.findings
          .add(Check::MisplacedDeclaration, tree.range(m.word),
               fmt::format("`{}` is a block, not an attribute", word))
          .suggest(fmt::format("for example: {}", schema::info(*kind).example));
      return;
    }
    c_.findings
        .add(Check::MisplacedDeclaration, tree.range(m.word),
             fmt::format("attribute `{}` stands outside of a declaration", word))
        .suggest(
            "put it inside the braces of a declaration, or write `let` before it to name a value");
  }
};

} // namespace

bool isDefinition(Kind kind) {
  return kind == Kind::profile || kind == Kind::sli || kind == Kind::environment;
}

void declareLet(Context& c, const Tree& tree, MemberId id, uint32_t module,
                std::string_view environment) {
  const Member& m = tree[id];
  if (!m.subject.present()) return;
  auto& same = c.lets[tree.str(m.subject)];
  for (const Let& other : same)
    if (other.module == module && other.environment == environment) {
      c.findings
          .add(Check::DuplicateName, tree.range(m.subject),
               fmt::format("`{}` is named by `let` twice", tree.str(m.subject)))
          .at(other.tree->range((*other.tree)[other.member].subject), "first here")
          .suggest("keep one of them, or rename one");
      return;
    }
  Let let;
  let.tree = &tree;
  let.member = id;
  let.module = module;
  let.environment = environment;
  same.push_back(let);
}

bool overlayApplies(Context& c, const Tree& tree, const Member& overlay, uint32_t module) {
  if (!overlay.value.valid() || tree[overlay.value].kind != syntax::ExprKind::Reference)
    return false;
  std::string_view name = tree.str(tree[overlay.value]);
  bool known =
      std::find(c.environments.begin(), c.environments.end(), name) != c.environments.end();
  if (!known && module == 0) {
    auto& finding = c.findings.add(Check::UnknownName, tree.range(tree[overlay.value]),
                                   fmt::format("no environment is called `{}`", name));
    didYouMean(finding,
               nearest(c, name,
                       [&](auto&& add) {
                         for (std::string_view other : c.environments) add(other);
                       }),
               tree.range(tree[overlay.value]));
    if (finding.help.empty())
      finding.suggest(fmt::format("declare it: environment {} {{ }}", name));
  }
  return known && name == c.options.environment;
}

void declare(Context& context) {
  Declarer(context).run();
}

std::vector<Environment> environmentsOf(std::span<const Unit> units) {
  std::vector<Environment> result;
  for (const Unit& unit : units) {
    if (!unit.module.empty()) continue;
    const Tree& tree = *unit.tree;
    for (MemberId id : tree.list(tree.top)) {
      const Member& m = tree[id];
      if (m.kind != MemberKind::Declaration || tree.str(m.word) != "environment" ||
          m.subjectKind != TokenKind::Name)
        continue;
      Environment environment{std::string(tree.str(m.subject)), false};
      for (MemberId inner : tree.list(m.members))
        if (tree[inner].kind == MemberKind::Attribute && tree.str(tree[inner].word) == "production")
          environment.production =
              tree[inner].value.valid() && tree[tree[inner].value].kind == syntax::ExprKind::True;
      auto same = std::find_if(result.begin(), result.end(),
                               [&](const auto& other) { return other.name == environment.name; });
      if (same == result.end()) result.push_back(std::move(environment));
    }
  }
  return result;
}

std::vector<Overlay> overlaysOf(std::span<const Unit> units) {
  std::vector<Overlay> result;
  for (const Unit& unit : units) {
    const Tree& tree = *unit.tree;
    for (const Member& m : tree.members)
      if (m.kind == MemberKind::Overlay && m.value.valid())
        result.push_back({std::string(tree.str(tree[m.value])), tree.range(m)});
  }
  return result;
}

bool declaresAtTop(const Tree& tree, Kind kind) {
  std::string_view word = schema::info(kind).word;
  auto members = tree.list(tree.top);
  return std::any_of(members.begin(), members.end(), [&](MemberId id) {
    return tree[id].kind == MemberKind::Declaration && tree.str(tree[id].word) == word;
  });
}

model::Model analyze(std::span<const Unit> units, const Options& options, FindingList& findings) {
  Context context(units, options, findings);
  context.model.now = options.now;
  context.model.environment = options.environment;
  std::vector<Environment> environments = environmentsOf(units);
  for (const Environment& e : environments) context.environments.push_back(e.name);
  size_t members = 0;
  for (const Unit& unit : units) members += unit.tree->members.size();
  context.model.entities.reserve(members / 3);
  context.model.attributes.reserve(members);
  context.symbols.reserve(members / 3);
  declare(context);
  bindParameters(context);
  expand(context);
  bind(context);
  checkVersions(context);
  checkRules(context);
  checkUnused(context);
  return std::move(context.model);
}

} // namespace relc::sema
