// A declaration means the merge of its layers, the strongest first: overlays of its own body for
// the environment, its own body, then the profiles that it `is`, the last one first, each with its
// overlays and profiles. An attribute comes from the strongest layer that sets it. Members merge by
// kind and name, relations by what they name, a nameless block that stands once by its kind; of
// nameless blocks that repeat the strongest layer that has any gives all.

#include "compiler/sema/context.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace relc::sema {
namespace {

using syntax::Member;
using syntax::MemberId;
using syntax::MemberKind;
using syntax::Tree;

/// Profiles that take over profiles that take over …
constexpr unsigned maxDepth = 16;
/// Applications in one run: nobody writes so many, but profiles of profiles can make them.
constexpr size_t maxExpansions = 2'000'000;

class Expander {
public:
  explicit Expander(Context& context) : c_(context) {}

  /// Layers of a declaration that nothing is merged into yet.
  void root(EntityId id) {
    std::vector<Layer> layers;
    const Origin& origin = c_.origins[id.index];
    collect({origin.tree, origin.member, 0}, id, layers);
    setLayers(id, layers);
    body(id);
  }

private:
  Context& c_;

  void setLayers(EntityId id, const std::vector<Layer>& layers) {
    c_.origins[id.index].layers = {static_cast<uint32_t>(c_.layers.size()),
                                   static_cast<uint32_t>(layers.size())};
    c_.layers.insert(c_.layers.end(), layers.begin(), layers.end());
  }

  // --- layers ----------------------------------------------------------------------------------

  /// Adds a body with what it brings along: its overlays before it, its profiles behind it.
  void collect(const Layer& layer, EntityId id, std::vector<Layer>& layers) {
    const Tree& tree = *layer.tree;
    const Member& m = tree[layer.member];
    uint32_t module = c_.moduleOfLayer(id, layer);
    if (m.kind != MemberKind::Overlay) {
      auto members = tree.list(m.members);
      for (size_t i = members.size(); i-- > 0;) // the later one wins
        if (tree[members[i]].kind == MemberKind::Overlay &&
            overlayApplies(c_, tree, tree[members[i]], module))
          layers.push_back({&tree, members[i], layer.expansion});
    }
    layers.push_back(layer);
    auto applications = tree.exprList(m.applications);
    for (size_t i = applications.size(); i-- > 0;) apply(layer, tree[applications[i]], id, layers);
  }

  void apply(const Layer& layer, const syntax::Expr& call, EntityId id,
             std::vector<Layer>& layers) {
    const Tree& tree = *layer.tree;
    Kind kind = c_.entity(id).kind;
    if (!schema::profiled.has(kind)) return; // said at the header
    if (call.kind != syntax::ExprKind::Reference && call.kind != syntax::ExprKind::Call) return;
    Scope scope{c_.entity(id).parent, c_.moduleOfLayer(id, layer)};
    syntax::Expr callee = calleeOf(tree, call);
    bool pattern = c_.entity(id).pattern;
    EntityId profile = resolve(c_, tree, callee, Kind::profile, scope);
    if (!profile.valid()) {
      c_.entity(id).broken = true; // what it seems to lack may be in the profile
      return;
    }
    if (pattern) return; // taken over where the pattern is
    EntityId block = blockOf(profile, kind);
    if (!block.valid()) {
      if (!c_.entity(profile).broken) unfit(tree, callee, profile, kind);
      c_.entity(id).broken = true;
      return;
    }
    if (tooDeep(layer, tree, call, profile)) {
      c_.entity(id).broken = true;
      return;
    }
    MatchedArguments matched = matchArguments(c_, tree, call, profile);
    c_.entity(id).broken |= matched.failed || c_.entity(profile).broken;
    auto expansion = static_cast<uint32_t>(c_.expansions.size());
    c_.expansions.push_back({profile, id, &tree, &call, tree.range(call), layer.expansion,
                             scope.module, std::move(matched.byParameter)});
    const Origin& origin = c_.origins[block.index];
    collect({origin.tree, origin.member, expansion}, id, layers);
  }

  [[nodiscard]] EntityId blockOf(EntityId profile, Kind kind) const {
    for (EntityId child : c_.model.childrenOf(profile))
      if (c_.model[child].kind == kind) return child;
    return {};
  }

  void unfit(const Tree& tree, const syntax::Expr& callee, EntityId profile, Kind kind) {
    auto& finding = c_.findings.add(Check::MalformedHeader, tree.range(callee),
                                    fmt::format("profile `{}` does not fit {}", tree.str(callee),
                                                schema::withArticle(schema::info(kind).word)));
    KindSet fits;
    for (EntityId child : c_.model.childrenOf(profile))
      if (c_.model[child].kind != Kind::parameter) fits = fits | c_.model[child].kind;
    finding.at(c_.entity(profile).nameRange, fits.empty()
                                                 ? std::string("it has no block for any kind")
                                                 : "it fits " + schema::describe(fits));
  }

  /// A profile that takes itself over, or a tower of them.
  bool tooDeep(const Layer& layer, const Tree& tree, const syntax::Expr& call, EntityId profile) {
    unsigned depth = 1;
    bool itself = false;
    for (uint32_t at = layer.expansion; at != 0; at = c_.expansions[at].outer, ++depth)
      itself |= c_.expansions[at].profile == profile;
    bool many = c_.expansions.size() >= maxExpansions;
    if (!itself && depth <= maxDepth && !many) return false;
    std::string_view name = c_.entity(profile).name;
    c_.findings.add(Check::LimitExceeded, tree.range(call),
                    itself ? fmt::format("profile `{}` takes itself over", name)
                    : !many
                        ? fmt::format("profiles take each other over more than {} deep", maxDepth)
                        : fmt::format("profiles are taken over more than {} times", maxExpansions));
    return true;
  }

  // --- bodies ----------------------------------------------------------------------------------

  struct Part {
    Kind kind;
    size_t layer; ///< of the parent's layers
    std::vector<Layer> members;
  };

  void body(EntityId id) {
    auto span = c_.layersOf(id);
    std::vector<Layer> layers(span.begin(), span.end()); // entities inside add to the pool
    std::vector<Part> parts;
    std::map<std::pair<Kind, std::string>, size_t> known; // by key: index in parts
    KindSet once;
    std::array<size_t, static_cast<size_t>(Kind::count_)> repeatedIn{}; // layer + 1
    for (size_t l = 0; l < layers.size(); ++l) {
      const Layer& layer = layers[l];
      const Tree& tree = *layer.tree;
      for (MemberId memberId : tree.list(tree[layer.member].members)) {
        const Member& m = tree[memberId];
        if (m.kind != MemberKind::Declaration && m.kind != MemberKind::Relation) {
          other(id, layer, memberId);
          continue;
        }
        auto kind = kindOfMember(c_, tree, m, id, layer.expansion == 0);
        if (!kind) continue;
        const auto& info = schema::info(*kind);
        bool isOnce = info.once || c_.entity(id).kind == Kind::profile;
        isOnce &= *kind != Kind::parameter;
        if (layers.size() > 1 &&
            merge(*kind, isOnce, l, {&tree, memberId, layer.expansion}, parts, known, repeatedIn))
          continue;
        if (isOnce && once.has(*kind)) {
          second(*kind, tree, m, parts);
          continue;
        }
        if (isOnce) once = once | *kind;
        parts.push_back({*kind, l, {{&tree, memberId, layer.expansion}}});
      }
    }
    if (layers.size() > 1) inOrderOfShares(parts);
    std::vector<EntityId> children;
    for (const Part& part : parts) children.push_back(child(id, part));
    auto& entity = c_.entity(id);
    entity.children = {static_cast<uint32_t>(c_.model.children.size()),
                       static_cast<uint32_t>(children.size())};
    c_.model.children.insert(c_.model.children.end(), children.begin(), children.end());
    for (EntityId child : children) body(child);
  }

  /// `stage 1%` of one layer comes before `stage 10%` of another.
  static void inOrderOfShares(std::vector<Part>& parts) {
    std::vector<Part*> slots;
    std::vector<Part> shares;
    for (Part& part : parts)
      if (schema::info(part.kind).name == schema::NameRule::Share) {
        slots.push_back(&part);
        shares.push_back(part);
      }
    auto share = [](const Part& part) {
      const Tree& tree = *part.members.front().tree;
      auto parsed = model::parseQuantity(tree.str(tree[part.members.front().member].subject));
      return parsed.value ? parsed.value->value : model::Decimal();
    };
    std::stable_sort(shares.begin(), shares.end(),
                     [&](const Part& a, const Part& b) { return share(a) < share(b); });
    for (size_t i = 0; i < slots.size(); ++i) *slots[i] = std::move(shares[i]);
  }

  EntityId child(EntityId parent, const Part& part) {
    // The strongest declares it; where that is an overlay's, it still is one of this environment.
    EntityId id = addEntity(c_, part.kind, part.members.front(), parent, c_.moduleOf[parent.index]);
    std::vector<Layer> layers;
    for (const Layer& member : part.members) {
      collect(member, id, layers);
      c_.entity(id).broken |= (*member.tree)[member.member].broken;
      if (c_.entity(id).doc.empty())
        c_.entity(id).doc = member.tree->doc((*member.tree)[member.member]);
    }
    setLayers(id, layers);
    return id;
  }

  /// Joins a member with what a stronger layer has of the same key. False if it is a part of its
  /// own.
  bool merge(Kind kind, bool once, size_t l, const Layer& member, std::vector<Part>& parts,
             std::map<std::pair<Kind, std::string>, size_t>& known,
             std::array<size_t, static_cast<size_t>(Kind::count_)>& repeatedIn) {
    const Tree& tree = *member.tree;
    const Member& m = tree[member.member];
    std::string key;
    if (m.kind == MemberKind::Relation) {
      key = relationKey(tree, m);
    } else if (m.subject.present() && kind != Kind::accept) {
      key = tree.str(m.subject);
    } else if (!once) {
      if (kind == Kind::accept) return false;
      size_t& owner = repeatedIn[static_cast<size_t>(kind)];
      if (owner == 0) owner = l + 1;
      return owner != l + 1; // a weaker layer's are replaced
    }
    auto [it, fresh] = known.emplace(std::pair(kind, std::move(key)), parts.size());
    if (fresh) return false;
    Part& part = parts[it->second];
    if (part.layer == l) return false; // twice in one layer
    part.members.push_back(member);
    part.layer = l;
    return true;
  }

  /// `any a b`: relations to the same targets are the same.
  static std::string relationKey(const Tree& tree, const Member& m) {
    std::string key = m.any ? "any" : std::string();
    if (m.quantity.valid()) key += tree.str(tree[m.quantity]);
    if (!m.value.valid()) return key;
    const syntax::Expr& target = tree[m.value];
    if (target.kind != syntax::ExprKind::List) return key + ' ' + std::string(tree.str(target));
    for (syntax::ExprId item : tree.exprList(target.children))
      key += ' ' + std::string(tree.str(tree[item]));
    return key;
  }

  void second(Kind kind, const Tree& tree, const Member& m, const std::vector<Part>& parts) {
    auto first = std::find_if(parts.begin(), parts.end(),
                              [&](const Part& part) { return part.kind == kind; });
    const Layer& layer = first->members.front();
    c_.findings
        .add(Check::DuplicateName, tree.range(m.word),
             fmt::format("a second `{}` block", schema::info(kind).word))
        .at(layer.tree->range((*layer.tree)[layer.member].word), "first here")
        .suggest("merge the two");
  }

  /// What is neither declaration nor relation.
  void other(EntityId id, const Layer& layer, MemberId memberId) {
    const Tree& tree = *layer.tree;
    const Member& m = tree[memberId];
    auto misplaced = [&](std::string_view what, std::string_view where) {
      if (layer.expansion == 0)
        c_.findings.add(Check::MisplacedDeclaration, tree.range(m.word),
                        fmt::format("{} stands only {}", what, where));
    };
    if (m.kind == MemberKind::Let) {
      if (c_.entity(id).kind == Kind::environment)
        declareLet(c_, tree, memberId, c_.moduleOf[id.index], c_.entity(id).name);
      else
        misplaced("`let`", "at the top of a file or in an environment");
    } else if (m.kind == MemberKind::Import) {
      misplaced("an import", "at the top of a file");
    } else if (m.kind == MemberKind::Overlay && tree[layer.member].kind == MemberKind::Overlay) {
      misplaced("an overlay", "directly inside a declaration");
    }
  }
};

} // namespace

void expandBody(Context& context, EntityId id) {
  Expander(context).root(id);
}

void expand(Context& context) {
  // What stands inside is made here, behind what stands at the top.
  auto count = static_cast<uint32_t>(context.model.entities.size());
  for (uint32_t i = 0; i < count; ++i)
    if (!context.model.entities[i].parent.valid() && !isDefinition(context.model.entities[i].kind))
      expandBody(context, {i});
}

} // namespace relc::sema
