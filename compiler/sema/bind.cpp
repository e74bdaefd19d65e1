// Attributes, relations and clauses of all entities, by the rows of the schema.

#include "compiler/sema/context.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>

namespace relc::sema {
namespace {

using syntax::Member;
using syntax::MemberId;
using syntax::MemberKind;
using syntax::Tree;

class Binder {
public:
  explicit Binder(Context& context) : c_(context) {}

  void parameters() {
    auto count = static_cast<uint32_t>(c_.model.entities.size());
    for (uint32_t i = 0; i < count; ++i)
      if (c_.model.entities[i].kind == Kind::parameter) entity({i});
  }

  void run() {
    // Patterns first: what is wrong with the body of a profile is said there, and not again
    // wherever it is taken over.
    auto count = static_cast<uint32_t>(c_.model.entities.size());
    // Before them what the PromQL of all is judged by.
    EntityId prometheus = c_.model.block(c_.model.system, Kind::prometheus);
    if (prometheus.valid()) {
      entity(prometheus);
      c_.promql = model::promqlOf(c_.model);
    }
    for (uint32_t i = 0; i < count; ++i)
      if (c_.model.entities[i].pattern) entity({i});
    for (const Finding& finding : c_.findings.all()) said_.insert(keyOf(finding));
    for (uint32_t i = 1; i < c_.expansions.size(); ++i) arguments(c_.expansions[i]);
    for (uint32_t i = 0; i < count; ++i)
      if (!c_.model.entities[i].pattern && c_.model.entities[i].kind != Kind::parameter &&
          EntityId{i} != prometheus)
        entity({i});
  }

private:
  Context& c_;
  using Key = std::tuple<Check, source::FileId, uint32_t, uint32_t, std::string>;
  std::set<Key> said_;

  static Key keyOf(const Finding& f) {
    return {f.check, f.primary.range.file, f.primary.range.begin, f.primary.range.end, f.message};
  }

  /// What was found since `known` while a profile's body was read for one that takes it over: both
  /// places are shown.
  void showApplication(size_t known, uint32_t expansion) {
    auto& all = c_.findings.all();
    if (expansion == 0 || all.size() == known) return;
    auto repeated = [&](const Finding& f) { return said_.contains(keyOf(f)); };
    all.erase(std::remove_if(all.begin() + static_cast<std::ptrdiff_t>(known), all.end(), repeated),
              all.end());
    for (size_t i = known; i < all.size(); ++i)
      for (uint32_t at = expansion; at != 0; at = c_.expansions[at].outer)
        all[i].at(c_.expansions[at].range, "in the profile that is taken over here");
  }

  /// What is given to a profile must be what its parameters ask for.
  void arguments(const Expansion& expansion) {
    size_t i = 0;
    for (EntityId parameter : c_.model.childrenOf(expansion.profile, Kind::parameter)) {
      if (i >= expansion.arguments.size()) break;
      syntax::ExprId argument = expansion.arguments[i++];
      if (!argument.valid()) continue;
      Place place{{expansion.site, expansion.module}, c_.entity(parameter).name, expansion.outer};
      size_t known = c_.findings.size();
      if (!evaluate(c_, *expansion.tree, argument, parameterType(c_, parameter), place).present())
        c_.entity(expansion.site).broken = true;
      showApplication(known, expansion.outer);
    }
  }

  void entity(EntityId id) {
    const Tree& tree = c_.tree(id);
    const Member& m = c_.member(id);
    Kind kind = c_.entity(id).kind;
    Layer primary{&tree, c_.origins[id.index].member, 0};
    for (const Layer& layer : c_.layersOf(id))
      if (layer.tree == &tree && layer.member.index == primary.member.index) primary = layer;
    size_t known = c_.findings.size();
    if (m.kind == MemberKind::Relation) relation(id, primary, m);
    if (m.in.valid() && schema::info(kind).in)
      // Not from the entity's own place: `domain a in a` is a cycle, not its own child.
      c_.entity(id).in =
          resolve(c_, tree, tree[m.in], kind, {c_.entity(id).parent, c_.moduleOf[id.index]});
    if (m.on.valid() && schema::info(kind).on) {
      KindSet any;
      for (const auto& row : schema::kinds())
        if (row.kind != Kind::accept && row.kind != Kind::parameter) any = any | row.kind;
      c_.entity(id).on = resolve(c_, tree, tree[m.on], any, {id, c_.moduleOfLayer(id, primary)});
      if (!c_.entity(id).on.valid()) c_.entity(id).broken = true;
    }
    showApplication(known, primary.expansion);

    std::vector<model::Attribute> attributes;
    size_t stronger = 0; // attributes of the layers before
    for (const Layer& layer : c_.layersOf(id)) {
      for (MemberId memberId : layer.tree->list((*layer.tree)[layer.member].members))
        if ((*layer.tree)[memberId].kind == MemberKind::Attribute)
          attribute(id, layer, (*layer.tree)[memberId], attributes, stronger);
      stronger = attributes.size();
    }
    auto& entity = c_.entity(id);
    entity.attributes = {static_cast<uint32_t>(c_.model.attributes.size()),
                         static_cast<uint32_t>(attributes.size())};
    c_.model.attributes.insert(c_.model.attributes.end(), attributes.begin(), attributes.end());
    required(id, attributes);
  }

  void relation(EntityId id, const Layer& layer, const Member& m) {
    const Tree& tree = *layer.tree;
    Place place{
        {c_.entity(id).parent, c_.moduleOfLayer(id, layer)}, tree.str(m.word), layer.expansion};
    constexpr schema::Type component =
        schema::type::reference(schema::components | KindSet(Kind::operation));
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
      model::Value value = evaluate(c_, tree, expr, component, place);
      const auto* target = value.as<EntityId>();
      if (!target) {
        c_.entity(id).broken = true;
        return;
      }
      EntityId found = *target;
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

  void attribute(EntityId id, const Layer& layer, const Member& m,
                 std::vector<model::Attribute>& attributes, size_t stronger) {
    const Tree& tree = *layer.tree;
    Kind kind = c_.entity(id).kind;
    std::string_view word = tree.str(m.word);
    const schema::AttributeInfo* row = schema::findAttribute(kind, word);
    if (!row) {
      c_.entity(id).broken = true;
      if (layer.expansion == 0) unknown(id, tree, m);
      return;
    }
    for (size_t i = 0; i < attributes.size(); ++i) {
      if (attributes[i].word != word) continue;
      if (i < stronger) return;
      c_.findings
          .add(Check::DuplicateAttribute, tree.range(m.word),
               fmt::format("`{}` is set twice", word))
          .label("again")
          .at(attributes[i].nameRange, "first here")
          .suggest("keep one of them");
      return;
    }
    Place place{{id, c_.moduleOfLayer(id, layer)}, word, layer.expansion};
    schema::Type type = row->type;
    if (kind == Kind::parameter && word == "default") type = typeOfDefault(id, tree);
    model::Attribute result;
    result.name = schema::nameOf(*row);
    result.nameRange = tree.range(m.word);
    result.word = word;
    size_t known = c_.findings.size();
    result.value = evaluate(c_, tree, m.value, type, place);
    showApplication(known, layer.expansion);
    // In a profile a value may be one that is calculated where the profile is taken over.
    bool later = c_.entity(id).pattern && c_.findings.size() == known;
    if (!result.value.present() && !later) c_.entity(id).broken = true;
    attributes.push_back(std::move(result));
  }

  /// A default must be what arguments must be. The type may stand behind it.
  schema::Type typeOfDefault(EntityId parameter, const Tree& tree) {
    std::vector<model::Attribute> before;
    for (MemberId id : tree.list(c_.member(parameter).members)) {
      const Member& m = tree[id];
      if (m.kind != MemberKind::Attribute) continue;
      std::string_view word = tree.str(m.word);
      const schema::AttributeInfo* row = schema::findAttribute(Kind::parameter, word);
      if (!row || word == "default") continue;
      FindingList unheard; // said when it is the attribute's turn
      std::swap(unheard, c_.findings);
      before.push_back({schema::nameOf(*row),
                        {},
                        word,
                        evaluate(c_, tree, m.value, row->type, {{parameter, 0}, word})});
      std::swap(unheard, c_.findings);
    }
    auto first = static_cast<uint32_t>(c_.model.attributes.size());
    c_.model.attributes.insert(c_.model.attributes.end(), before.begin(), before.end());
    c_.entity(parameter).attributes = {first, static_cast<uint32_t>(before.size())};
    schema::Type type = parameterType(c_, parameter);
    c_.model.attributes.resize(first);
    c_.entity(parameter).attributes = {};
    return type;
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
                         for (const auto* row : schema::attributesOf(kind)) add(row->name);
                       }),
               tree.range(m.word));
    if (finding.help.empty()) suggestOurWord(finding, word);
    if (finding.help.empty()) suggestInside(finding, kind, word);
    if (!finding.help.empty()) return;
    std::string known;
    for (const auto* row : schema::attributesOf(kind))
      known += fmt::format("{}`{}`", known.empty() ? "" : ", ", row->name);
    finding.suggest(known.empty() ? "it has none" : "it has " + known);
  }

  /// `objective` in a service: it stands in a block of it.
  static void suggestInside(Finding& finding, Kind kind, std::string_view word) {
    for (const schema::KindInfo& row : schema::kinds())
      if (row.parents.has(kind) && schema::findAttribute(row.kind, word) &&
          schema::findAttribute(row.kind, word)->name == word)
        return void(finding.suggest(
            fmt::format("it stands in {}: {}", schema::withArticle(row.word), row.example)));
  }

  void required(EntityId id, const std::vector<model::Attribute>& attributes) {
    auto& entity = c_.entity(id);
    if (c_.member(id).broken || entity.pattern) return;
    for (const auto* each : schema::attributesOf(entity.kind)) {
      const schema::AttributeInfo& row = *each;
      if (row.presence != schema::Presence::Required) continue;
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

void bindParameters(Context& context) {
  Binder(context).parameters();
}

void bind(Context& context) {
  Binder(context).run();
}

} // namespace relc::sema
