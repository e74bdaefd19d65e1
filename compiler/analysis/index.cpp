#include "compiler/analysis/index.h"

#include "compiler/reliability/facts.h"

namespace relc::analysis {
namespace {

BurnPolicy readPolicy(const model::Model& model, EntityId id) {
  BurnPolicy policy;
  policy.id = id;
  policy.whole = !model[id].broken;
  for (EntityId child : model.childrenOf(id)) {
    if (model[child].kind != Kind::tier) continue;
    auto share = model.ratio(child, attr("budget"));
    auto longWindow = model.duration(child, attr("long"));
    auto shortWindow = model.duration(child, attr("short"));
    if (model[child].broken || !share || !longWindow || !shortWindow) {
      policy.whole = false;
      continue;
    }
    policy.tiers.push_back(
        {child, *share, *longWindow, *shortWindow, model.text(child, attr("severity"))});
    policy.pages |= policy.tiers.back().severity == "page";
  }
  return policy;
}

} // namespace

source::Range placeOf(const model::Model& model, EntityId id, model::NameId name) {
  const model::Attribute* a = model.attribute(id, name);
  return a ? a->value.range : model[id].nameRange;
}

Index::Index(const model::Model& m) : model(m), childKinds_(m.entities.size()) {
  std::vector<uint32_t> policyAt(m.entities.size(), UINT32_MAX);
  for (uint32_t i = 0; i < m.entities.size(); ++i) {
    const model::Entity& e = m.entities[i];
    if (e.parent.valid()) {
      KindSet& kinds = childKinds_[e.parent.index];
      kinds = kinds | e.kind;
    }
    if (!e.module.empty() && e.range.valid()) {
      if (e.range.file.index >= libraryFile_.size()) libraryFile_.resize(e.range.file.index + 1);
      libraryFile_[e.range.file.index] = true;
    }
    if (!e.library) ofKind_[static_cast<size_t>(e.kind)].push_back({i});
    if (e.kind == Kind::burn_policy) {
      policyAt[i] = static_cast<uint32_t>(policies.size());
      policies.push_back(readPolicy(m, {i}));
    }
  }
  for (EntityId slo : of(Kind::slo)) {
    EntityId policy = model::burnPolicyOf(m, slo);
    auto objective = m.ratio(slo, attr("objective"));
    promises.push_back({slo, policy.valid() ? policyAt[policy.index] : UINT32_MAX,
                        model::windowOf(m, slo),
                        objective ? model::subtract(1, *objective) : std::nullopt});
  }
}

source::Range Index::here(EntityId id, source::Range range) const {
  for (EntityId at = id; inLibrary(range) && at.valid(); at = model[at].parent)
    range = model[at].appliedAt.valid() ? model[at].appliedAt : model[at].nameRange;
  return range;
}

unsigned Index::tierOf(EntityId id) const {
  return reliability::tierOf(model, id);
}

} // namespace relc::analysis
