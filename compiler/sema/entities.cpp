// One member of a body becomes one entity: its kind, its name, its place among the others.

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

class Maker {
public:
  explicit Maker(Context& context) : c_(context) {}

  std::optional<Kind> kind(const Tree& tree, const Member& m, EntityId parent, bool report) {
    Kind place = parent.valid() ? c_.entity(parent).kind : Kind::top;
    auto found = schema::findKind(tree.str(m.word), place);
    if (!found && report && m.word.present()) unknownKind(tree, m, place, parent);
    return found;
  }

  EntityId add(Kind kind, const Layer& layer, EntityId parent, uint32_t module) {
    const Tree& tree = *layer.tree;
    const Member& m = tree[layer.member];
    const schema::KindInfo& info = schema::info(kind);
    EntityId id{static_cast<uint32_t>(c_.model.entities.size())};
    model::Entity entity;
    entity.kind = kind;
    entity.broken = m.broken;
    entity.pattern =
        parent.valid() && (c_.entity(parent).pattern ||
                           (c_.entity(parent).kind == Kind::profile && kind != Kind::parameter));
    entity.library = module != 0 || entity.pattern;
    entity.module = c_.modules[module];
    entity.parent = parent;
    entity.range = tree.range(m);
    entity.header = m.kind == MemberKind::Relation || !m.hasBlock
                        ? tree.range(m)
                        : tree.range(m.begin, m.blockBegin + 1);
    entity.nameRange = tree.range(m.word);
    entity.doc = tree.doc(m);
    bool report = layer.expansion == 0;
    if (!report) entity.appliedAt = appliedAt(layer.expansion);
    if (m.kind == MemberKind::Declaration) {
      FindingList unheard; // what is wrong with the header was said where the profile stands
      std::swap(unheard, c_.findings);
      if (report) std::swap(unheard, c_.findings);
      name(tree, m, info, entity);
      if (!report) std::swap(unheard, c_.findings);
    }
    if (!entity.name.empty()) duplicate(entity, kind, parent, module, id);
    c_.model.entities.push_back(std::move(entity));
    c_.origins.push_back({&tree, layer.member, {}});
    c_.moduleOf.push_back(module);
    c_.referenced.push_back(false);
    if (kind == Kind::system && module == 0) system(id);
    if (schema::deprecatable.has(kind))
      for (MemberId member : tree.list(m.members))
        if (tree[member].kind == MemberKind::Attribute &&
            tree.str(tree[member].word) == "deprecated")
          c_.deprecated.emplace(id.index, tree.range(tree[member]));
    return id;
  }

private:
  Context& c_;

  /// Where the outermost of the nested applications stands.
  [[nodiscard]] source::Range appliedAt(uint32_t expansion) const {
    while (c_.expansions[expansion].outer != 0) expansion = c_.expansions[expansion].outer;
    return c_.expansions[expansion].range;
  }

  void system(EntityId id) {
    if (!c_.model.system.valid()) {
      c_.model.system = id;
      return;
    }
    c_.findings
        .add(Check::SystemCount, c_.entity(id).header,
             "the workspace has more than one `system` declaration")
        .label("another one here")
        .at(c_.entity(c_.model.system).header, "first here")
        .suggest("keep one, or move one with its files into a folder of its own outside this "
                 "workspace");
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
      std::string_view name = tree.str(m.subject);
      if (schema::info(*elsewhere).in && parent.valid() && c_.entity(parent).kind == *elsewhere)
        finding.suggest(fmt::format("write it at the top level of a file: {} {} in {} {{ … }}",
                                    word, name.empty() ? "NAME" : name, c_.entity(parent).name));
      else if (schema::info(*elsewhere).parents.has(Kind::top))
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
    if (finding.help.empty()) suggestOurWord(finding, word);
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
    bool inProfile = entity.parent.valid() && c_.entity(entity.parent).kind == Kind::profile &&
                     info.kind != Kind::parameter;
    schema::NameRule rule = inProfile ? schema::NameRule::None : info.name;
    if (rule == schema::NameRule::Date || rule == schema::NameRule::Share) {
      keyed(tree, m, rule, entity, header);
    } else if (m.subject.present()) {
      if (rule == schema::NameRule::None) {
        header(tree.range(m.subject), inProfile
                                          ? fmt::format("{} has no name inside a profile", some)
                                          : fmt::format("{} has no name", some));
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
    } else if (rule == schema::NameRule::Required || rule == schema::NameRule::Check) {
      header(tree.range(m.word),
             fmt::format("{} needs {}", some,
                         rule == schema::NameRule::Check ? "the name of a check" : "a name"))
          .label(rule == schema::NameRule::Check ? "expected a check such as `missing-slo` after it"
                                                 : "expected a name after it");
      entity.broken = true;
    } else if (rule == schema::NameRule::Optional && !entity.parent.valid()) {
      header(tree.range(m.word), fmt::format("{} outside of a declaration needs a name", some));
      entity.broken = true;
    }
    if (m.in.valid() && !info.in)
      header(tree.range(tree[m.in]), fmt::format("{} is not `in` anything", some));
    if (m.on.valid() && !info.on)
      header(tree.range(tree[m.on]), fmt::format("{} is not `on` anything", some));
    if (m.applications.count > 0 && !schema::profiled.has(info.kind))
      header(tree.range(tree[tree.exprList(m.applications)[0]]),
             fmt::format("no profile fits {}", some));
  }

  /// `result 2026-11-03`, `at 50%`: the name is a value.
  template <class Header>
  void keyed(const Tree& tree, const Member& m, schema::NameRule rule, model::Entity& entity,
             const Header& header) {
    bool date = rule == schema::NameRule::Date;
    std::string_view text = tree.str(m.subject);
    auto quantity = date ? model::ParsedQuantity() : model::parseQuantity(text);
    bool fits = date ? m.subjectKind == TokenKind::Date && model::parseDate(text)
                     : quantity.value && quantity.value->unit == model::Unit::Ratio &&
                           quantity.value->value <= model::Decimal(1);
    if (m.subject.present() && fits) {
      entity.name = text;
      entity.nameRange = tree.range(m.subject);
      return;
    }
    entity.broken = true;
    std::string_view wanted = date ? "a date such as `2026-11-03`" : "a share such as `50%`";
    header(m.subject.present() ? tree.range(m.subject) : tree.range(m.word),
           fmt::format("{} needs {}", schema::withArticle(schema::info(entity.kind).word), wanted))
        .label(m.subject.present() ? fmt::format("`{}` is none", text)
                                   : fmt::format("expected {} after it", wanted));
  }

  void duplicate(const model::Entity& entity, Kind kind, EntityId parent, uint32_t module,
                 EntityId id) {
    // An accept's name is the check that it accepts; several may accept the same one.
    if (kind == Kind::accept) return;
    uint32_t scope = c_.scopeOf(parent, module);
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
};

} // namespace

std::optional<Kind> kindOfMember(Context& context, const Tree& tree, const Member& member,
                                 EntityId parent, bool report) {
  return Maker(context).kind(tree, member, parent, report);
}

EntityId addEntity(Context& context, Kind kind, const Layer& layer, EntityId parent,
                   uint32_t module) {
  return Maker(context).add(kind, layer, parent, module);
}

} // namespace relc::sema
