// Attributes, relations and clauses of all entities, by the rows of the schema.

#include "compiler/sema/context.h"

#include <fmt/format.h>

#include <algorithm>

namespace relc::sema {
namespace {

using syntax::Member;
using syntax::MemberId;
using syntax::MemberKind;
using syntax::Tree;

class Binder {
public:
  explicit Binder(Context& context) : c_(context) {}

  void run() {
    // Parameters first: their types and defaults are needed where an sli is applied.
    auto count = static_cast<uint32_t>(c_.model.entities.size());
    for (bool parameters : {true, false})
      for (uint32_t i = 0; i < count; ++i)
        if ((c_.model.entities[i].kind == Kind::parameter) == parameters) entity({i});
  }

private:
  Context& c_;

  void entity(EntityId id) {
    const Tree& tree = c_.tree(id);
    const Member& m = c_.member(id);
    Kind kind = c_.entity(id).kind;
    if (m.kind == MemberKind::Relation) relation(id, tree, m);
    if (m.in.valid()) c_.entity(id).in = clause(tree, m.in, kind, id);
    if (m.on.valid() && schema::info(kind).on) {
      KindSet any;
      for (const auto& row : schema::kinds())
        if (row.kind != Kind::accept && row.kind != Kind::parameter) any = any | row.kind;
      c_.entity(id).on = resolve(c_, tree, tree[m.on], any, id);
      if (!c_.entity(id).on.valid()) c_.entity(id).broken = true;
    }

    std::vector<model::Attribute> attributes;
    for (MemberId memberId : tree.list(m.members))
      if (tree[memberId].kind == MemberKind::Attribute)
        attribute(id, tree, tree[memberId], attributes);
    auto& entity = c_.entity(id);
    entity.attributes = {static_cast<uint32_t>(c_.model.attributes.size()),
                         static_cast<uint32_t>(attributes.size())};
    c_.model.attributes.insert(c_.model.attributes.end(), attributes.begin(), attributes.end());
    required(id, attributes);
  }

  EntityId clause(const Tree& tree, syntax::ExprId expr, Kind kind, EntityId id) {
    if (!schema::info(kind).in) return {};
    // Not from the entity's own place: `domain a in a` is a cycle, not its own child.
    return resolve(c_, tree, tree[expr], kind, c_.entity(id).parent);
  }

  void relation(EntityId id, const Tree& tree, const Member& m) {
    std::vector<EntityId> targets;
    std::vector<source::Range> ranges;
    const syntax::Expr& target = tree[m.value];
    bool isList = target.kind == syntax::ExprKind::List;
    auto add = [&](syntax::ExprId expr) {
      const syntax::Expr& e = tree[expr];
      if (e.kind != syntax::ExprKind::Reference) {
        if (e.kind != syntax::ExprKind::Missing)
          c_.findings.add(Check::TypeMismatch, tree.range(e),
                          fmt::format("`{}` takes names of components", tree.str(m.word)));
        c_.entity(id).broken = true;
        return;
      }
      EntityId found = resolve(c_, tree, e, schema::components, c_.entity(id).parent);
      if (!found.valid()) {
        c_.entity(id).broken = true;
        return;
      }
      if (auto same = std::find(targets.begin(), targets.end(), found); same != targets.end()) {
        c_.findings
            .add(Check::DuplicateAttribute, tree.range(e),
                 fmt::format("`{}` stands twice in the group", tree.str(e)))
            .at(ranges[static_cast<size_t>(same - targets.begin())], "first here");
        return;
      }
      targets.push_back(found);
      ranges.push_back(tree.range(e));
    };
    if (isList)
      for (syntax::ExprId item : tree.exprList(target.children)) add(item);
    else
      add(m.value);

    if (isList && tree.exprList(target.children).empty() && !m.broken) {
      c_.findings.add(Check::OutOfRange, tree.range(target), "the group is empty")
          .suggest(fmt::format("name what is needed, such as `{} any [a, b]`", tree.str(m.word)));
      c_.entity(id).broken = true;
    }
    auto count = static_cast<uint32_t>(targets.size());
    uint32_t needed = m.any ? 1 : count;
    if (m.quantity.valid()) {
      auto k = model::parseQuantity(tree.str(tree[m.quantity])).value;
      bool whole = k && k->unit == model::Unit::Number && k->value.exponent >= 0 &&
                   k->value >= model::Decimal(1);
      if (!whole || (!c_.entity(id).broken && k->toDouble() > count)) {
        c_.findings
            .add(Check::OutOfRange, tree.range(tree[m.quantity]),
                 whole ? fmt::format("{} of {} can never stand", tree.str(tree[m.quantity]), count)
                       : fmt::format("`{}` is no number of components", tree.str(tree[m.quantity])))
            .suggest("write how many of the group are needed, such as `needs 2 of [a, b, c]`");
        c_.entity(id).broken = true;
      } else {
        needed = static_cast<uint32_t>(k->toDouble());
      }
    }
    auto& entity = c_.entity(id);
    entity.required = needed;
    entity.targets = {static_cast<uint32_t>(c_.model.children.size()), count};
    entity.targetRanges = std::move(ranges);
    c_.model.children.insert(c_.model.children.end(), targets.begin(), targets.end());
  }

  void attribute(EntityId id, const Tree& tree, const Member& m,
                 std::vector<model::Attribute>& attributes) {
    Kind kind = c_.entity(id).kind;
    std::string_view word = tree.str(m.word);
    const schema::AttributeInfo* row = schema::findAttribute(kind, word);
    if (!row) {
      unknown(id, tree, m);
      return;
    }
    for (const model::Attribute& other : attributes)
      if (other.word == word) {
        c_.findings
            .add(Check::DuplicateAttribute, tree.range(m.word),
                 fmt::format("`{}` is set twice", word))
            .label("again")
            .at(other.nameRange, "first here")
            .suggest("keep one of them");
        return;
      }
    Place place{id, word};
    model::Attribute result;
    result.name = {schema::firstRowNamed(row->name)};
    result.nameRange = tree.range(m.word);
    result.word = word;
    result.value = evaluate(c_, tree, m.value, row->type, place);
    if (!result.value.present()) c_.entity(id).broken = true;
    attributes.push_back(std::move(result));
  }

  void unknown(EntityId id, const Tree& tree, const Member& m) {
    Kind kind = c_.entity(id).kind;
    std::string_view word = tree.str(m.word);
    c_.entity(id).broken = true;
    if (schema::findKind(word, kind)) {
      c_.findings
          .add(Check::MisplacedDeclaration, tree.range(m.word),
               fmt::format("`{}` is a block, not an attribute", word))
          .suggest(
              fmt::format("for example: {}", schema::info(*schema::findKind(word, kind)).example));
      return;
    }
    auto& finding = c_.findings.add(Check::UnknownAttribute, tree.range(m.word),
                                    fmt::format("{} has no attribute `{}`",
                                                schema::relations.has(kind)
                                                    ? fmt::format("`{}`", schema::info(kind).word)
                                                    : schema::withArticle(schema::info(kind).word),
                                                word));
    didYouMean(finding,
               nearest(c_, word,
                       [&](auto&& add) {
                         for (const auto& row : schema::attributes())
                           if (row.kinds.has(kind)) add(row.name);
                       }),
               tree.range(m.word));
    if (!finding.help.empty()) return;
    std::string known;
    for (const auto& row : schema::attributes())
      if (row.kinds.has(kind)) known += fmt::format("{}`{}`", known.empty() ? "" : ", ", row.name);
    finding.suggest(known.empty() ? "it has none" : "it has " + known);
  }

  void required(EntityId id, const std::vector<model::Attribute>& attributes) {
    auto& entity = c_.entity(id);
    if (c_.member(id).broken) return;
    for (const auto& row : schema::attributes()) {
      if (row.presence != schema::Presence::Required || !row.kinds.has(entity.kind)) continue;
      bool given =
          std::any_of(attributes.begin(), attributes.end(), [&](const model::Attribute& a) {
            return schema::nameOf(a.name) == row.name;
          });
      if (given) continue;
      std::string who = entity.name.empty()
                            ? fmt::format("this {}", schema::info(entity.kind).word)
                            : fmt::format("{} `{}`", schema::info(entity.kind).word, entity.name);
      c_.findings
          .add(Check::MissingAttribute, entity.nameRange,
               fmt::format("{} has no `{}`", who, row.name))
          .label(fmt::format("expected `{}`", row.example))
          .because(std::string(row.doc));
      entity.broken = true;
    }
  }
};

} // namespace

void bind(Context& context) {
  Binder(context).run();
}

} // namespace relc::sema
