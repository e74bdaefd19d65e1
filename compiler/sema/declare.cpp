#include "compiler/sema/context.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

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
    for (const Unit& unit : c_.units) imports(unit);
  }

private:
  Context& c_;
  uint32_t module_ = 0;

  void unit(uint32_t index) {
    const Unit& unit = c_.units[index];
    auto known = std::find(c_.modules.begin(), c_.modules.end(), unit.module);
    module_ = static_cast<uint32_t>(known - c_.modules.begin());
    if (known == c_.modules.end()) c_.modules.push_back(c_.model.keep(unit.module));
    members(*unit.tree, unit.tree->top, {});
  }

  /// Adds the declarations among the members of one block; their ids become the parent's children.
  void members(const Tree& tree, syntax::Slice slice, EntityId parent) {
    std::vector<EntityId> children;
    for (MemberId id : tree.list(slice)) {
      const Member& m = tree[id];
      switch (m.kind) {
      case MemberKind::Import:
        if (parent.valid()) misplaced(tree, m, "an import", "at the top of a file");
        break; // module imports are gathered when all modules are known
      case MemberKind::Let:
        if (parent.valid())
          misplaced(tree, m, "`let`", "outside declarations");
        else
          let(tree, id);
        break;
      case MemberKind::Attribute:
        if (!parent.valid()) attributeAtTop(tree, m);
        break;
      case MemberKind::Overlay:
        c_.findings
            .add(Check::MisplacedDeclaration, tree.range(m.word),
                 "overlays have no environment to apply to")
            .suggest("declare the differences of an environment in a workspace of its own");
        break;
      case MemberKind::Relation:
      case MemberKind::Declaration:
        if (EntityId child = declaration(tree, id, parent); child.valid())
          children.push_back(child);
        break;
      }
    }
    if (!parent.valid()) return;
    auto& entity = c_.entity(parent);
    entity.children = {static_cast<uint32_t>(c_.model.children.size()),
                       static_cast<uint32_t>(children.size())};
    c_.model.children.insert(c_.model.children.end(), children.begin(), children.end());
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

  void misplaced(const Tree& tree, const Member& m, std::string_view what, std::string_view where) {
    c_.findings.add(Check::MisplacedDeclaration, tree.range(m.word),
                    fmt::format("{} stands only {}", what, where));
  }

  void let(const Tree& tree, MemberId id) {
    const Member& m = tree[id];
    if (!m.subject.present()) return;
    auto& same = c_.lets[tree.str(m.subject)];
    for (const Let& other : same)
      if (other.module == module_) {
        c_.findings
            .add(Check::DuplicateName, tree.range(m.subject),
                 fmt::format("`{}` is named by `let` twice", tree.str(m.subject)))
            .at(other.tree->range((*other.tree)[other.member].subject), "first here")
            .suggest("keep one of them, or rename one");
        return;
      }
    same.push_back({&tree, id, module_, false, false});
  }

  EntityId declaration(const Tree& tree, MemberId memberId, EntityId parent) {
    const Member& m = tree[memberId];
    Kind place = parent.valid() ? c_.entity(parent).kind : Kind::top;
    std::string_view word = tree.str(m.word);
    auto kind = schema::findKind(word, place);
    if (!kind) {
      if (m.word.present()) unknownKind(tree, m, place, parent);
      return {};
    }
    const schema::KindInfo& info = schema::info(*kind);

    EntityId id{static_cast<uint32_t>(c_.model.entities.size())};
    model::Entity entity;
    entity.kind = *kind;
    entity.broken = m.broken;
    entity.library = module_ != 0;
    entity.module = c_.modules[module_];
    entity.parent = parent;
    entity.range = tree.range(m);
    entity.header = m.kind == MemberKind::Relation || !m.hasBlock
                        ? tree.range(m)
                        : tree.range(m.begin, m.blockBegin + 1);
    entity.nameRange = tree.range(m.word);
    entity.doc = tree.doc(m);
    if (m.kind == MemberKind::Declaration) name(tree, m, info, entity);
    if (!entity.name.empty()) duplicate(entity, *kind, parent, id);
    c_.model.entities.push_back(std::move(entity));
    c_.origins.push_back({&tree, memberId});
    c_.moduleOf.push_back(module_);
    c_.referenced.push_back(false);
    if (*kind == Kind::system && module_ == 0) {
      if (c_.model.system.valid())
        c_.findings
            .add(Check::SystemCount, c_.entity(id).header,
                 "the workspace has more than one `system` declaration")
            .label("another one here")
            .at(c_.entity(c_.model.system).header, "first here")
            .suggest("keep one, or move one with its files into a folder of its own outside this "
                     "workspace");
      else
        c_.model.system = id;
    }
    members(tree, m.members, id);
    return id;
  }

  void unknownKind(const Tree& tree, const Member& m, Kind place, EntityId parent) {
    std::string_view word = tree.str(m.word);
    if (parent.valid())
      c_.entity(parent).broken = true; // what it seems to lack may be what was meant here
    std::string where =
        place == Kind::top
            ? "at the top of a file"
            : fmt::format("inside {}", schema::withArticle(schema::info(place).word));
    if (auto elsewhere = schema::findKind(word)) {
      auto& finding = c_.findings.add(Check::MisplacedDeclaration, tree.range(m.word),
                                      fmt::format("`{}` cannot stand {}", word, where));
      std::string places;
      for (const auto& row : schema::kinds())
        if (schema::info(*elsewhere).parents.has(row.kind))
          places += fmt::format("{}`{}`", places.empty() ? "" : ", ", row.word);
      if (schema::info(*elsewhere).parents.has(Kind::top))
        finding.suggest(
            places.empty() ? "move it to the top level of a file"
                           : fmt::format("it stands at the top level of a file, or in {}", places));
      else
        finding.suggest(fmt::format("it stands in {}", places));
      if (parent.valid()) finding.at(c_.entity(parent).nameRange, "inside this");
      return;
    }
    if (const auto* row = schema::findAttribute(place, word); row && row->name == word) {
      c_.findings
          .add(Check::MisplacedDeclaration, tree.range(m.word),
               fmt::format("`{}` is an attribute, not a block", word))
          .suggest(fmt::format("write `{}`", row->example));
      return;
    }
    auto& finding = c_.findings.add(Check::UnknownKind, tree.range(m.word),
                                    fmt::format("unknown kind `{}`", word));
    finding.label(fmt::format("no such declaration {}", where));
    didYouMean(finding,
               nearest(c_, word,
                       [&](auto&& add) {
                         for (const auto& row : schema::kinds())
                           if (row.parents.has(place)) add(row.word);
                       }),
               tree.range(m.word));
    if (finding.help.empty()) {
      std::string known;
      for (const auto& row : schema::kinds())
        if (row.parents.has(place))
          known += fmt::format("{}`{}`", known.empty() ? "" : ", ", row.word);
      finding.suggest(known.empty() ? fmt::format("{} holds attributes only",
                                                  schema::withArticle(schema::info(place).word))
                                    : fmt::format("known {}: {}", where, known));
    }
  }

  void name(const Tree& tree, const Member& m, const schema::KindInfo& info,
            model::Entity& entity) {
    auto header = [&](source::Range range, std::string message) -> Finding& {
      return c_.findings.add(Check::MalformedHeader, range, std::move(message))
          .suggest(fmt::format("for example: {}{}", info.example.substr(0, info.example.find('\n')),
                               info.example.find('\n') == std::string_view::npos ? "" : " … }"));
    };
    std::string some = schema::withArticle(info.word);
    if (m.subject.present()) {
      if (info.name == schema::NameRule::None) {
        header(tree.range(m.subject), fmt::format("{} has no name", some));
      } else if (m.subjectKind == TokenKind::Name) {
        entity.name = tree.str(m.subject);
        entity.nameRange = tree.range(m.subject);
      } else if (m.subjectKind == TokenKind::String || m.subjectKind == TokenKind::SingleQuoted) {
        std::string_view inner = tree.str(m.subject);
        inner = inner.substr(1, inner.size() - 2);
        bool plain = isName(inner);
        auto& finding =
            header(tree.range(m.subject), fmt::format("the name of {} is a bare word", some));
        finding.label("a string here");
        if (plain) {
          finding.fix("remove the quotes", {{tree.range(m.subject), std::string(inner)}});
          entity.name = inner;
          entity.nameRange = tree.range(m.subject);
        }
        entity.broken = true;
      } else {
        header(tree.range(m.subject),
               fmt::format("`{}` is no name for {}", tree.str(m.subject), some))
            .label("expected letters, digits, `-` and `_`, a letter first");
        entity.broken = true;
      }
    } else if (info.name == schema::NameRule::Required || info.name == schema::NameRule::Code) {
      header(tree.range(m.word),
             fmt::format("{} needs {}", some,
                         info.name == schema::NameRule::Code ? "the name of a check" : "a name"))
          .label(info.name == schema::NameRule::Code
                     ? "expected a check such as `missing-slo` after it"
                     : "expected a name after it");
      entity.broken = true;
    } else if (info.name == schema::NameRule::Optional && !entity.parent.valid()) {
      header(tree.range(m.word), fmt::format("{} outside of a declaration needs a name", some));
      entity.broken = true;
    }
    if (m.in.valid() && !info.in)
      header(tree.range(tree[m.in]), fmt::format("{} is not `in` anything", some));
    if (m.on.valid() && !info.on)
      header(tree.range(tree[m.on]), fmt::format("{} is not `on` anything", some));
    if (m.applications.count > 0)
      header(tree.range(tree[tree.exprList(m.applications)[0]]),
             fmt::format("no profile fits {}", some));
  }

  void duplicate(const model::Entity& entity, Kind kind, EntityId parent, EntityId id) {
    // An accept's name is the check that it accepts; several may accept the same one.
    if (kind == Kind::accept) return;
    uint32_t scope = c_.scopeOf(parent, module_);
    // Components share one namespace: `needs orders-db` does not say which kind it is.
    KindSet space = schema::components.has(kind) ? schema::components : KindSet(kind);
    for (const auto& row : schema::kinds()) {
      if (!space.has(row.kind)) continue;
      EntityId other = c_.find(scope, row.kind, entity.name);
      if (!other.valid()) continue;
      c_.findings
          .add(Check::DuplicateName, entity.nameRange,
               fmt::format("`{}` is declared twice", entity.name))
          .label(fmt::format("{} `{}` again", schema::info(kind).word, entity.name))
          .at(c_.entity(other).nameRange, fmt::format("first declared here as {}", row.word))
          .suggest("rename one of them, or merge the two");
      return;
    }
    c_.symbols.emplace(SymbolKey{scope, kind, entity.name}, id);
  }

  void imports(const Unit& unit) {
    module_ = static_cast<uint32_t>(std::find(c_.modules.begin(), c_.modules.end(), unit.module) -
                                    c_.modules.begin());
    const Tree& tree = *unit.tree;
    for (MemberId id : tree.list(tree.top)) {
      const Member& m = tree[id];
      if (m.kind != MemberKind::Import || !m.value.valid()) continue;
      const syntax::Expr& what = tree[m.value];
      std::string name(tree.str(what));
      ImportedModule import;
      import.range = tree.range(what);
      import.inModule = module_;
      auto known = std::find(c_.modules.begin() + 1, c_.modules.end(), name);
      if (known == c_.modules.end()) {
        auto& finding = c_.findings.add(Check::UnknownModule, import.range,
                                        fmt::format("unknown module `{}`", name));
        didYouMean(finding,
                   nearest(c_, name,
                           [&](auto&& add) {
                             for (const auto& module : c_.options.knownModules) add(module);
                           }),
                   import.range);
        if (finding.help.empty())
          finding.suggest(
              fmt::format("known modules: {}", fmt::join(c_.options.knownModules, ", ")));
      } else {
        import.module = static_cast<uint32_t>(known - c_.modules.begin());
      }
      import.alias = m.subject.present() ? tree.str(m.subject)
                     : what.kind == syntax::ExprKind::Reference
                         ? tree.str(tree.wordList(what.words).back())
                         : std::string_view();
      auto same =
          std::find_if(c_.imports.begin(), c_.imports.end(), [&](const ImportedModule& other) {
            return other.inModule == module_ && other.alias == import.alias;
          });
      if (same == c_.imports.end()) {
        c_.imports.push_back(import);
      } else if (same->module != import.module) {
        c_.findings
            .add(Check::DuplicateName, import.range,
                 fmt::format("`{}` already stands for another module", import.alias))
            .at(same->range, "imported here")
            .suggest(fmt::format("give it another name: import {} as …", name));
      }
    }
  }
};

} // namespace

void declare(Context& context) {
  Declarer(context).run();
}

std::vector<Import> importsOf(const Tree& tree) {
  std::vector<Import> result;
  for (MemberId id : tree.list(tree.top)) {
    const Member& m = tree[id];
    if (m.kind == MemberKind::Import && m.value.valid() &&
        tree[m.value].kind == syntax::ExprKind::Reference)
      result.push_back({std::string(tree.str(tree[m.value])), tree.range(tree[m.value])});
  }
  return result;
}

model::Model analyze(std::span<const Unit> units, const Options& options, FindingList& findings) {
  Context context(units, options, findings);
  context.model.now = options.now;
  size_t members = 0;
  for (const Unit& unit : units) members += unit.tree->members.size();
  context.model.entities.reserve(members / 3);
  context.model.attributes.reserve(members);
  declare(context);
  bind(context);
  checkRules(context);
  checkUnused(context);
  return std::move(context.model);
}

} // namespace relc::sema
