#include "compiler/reliability/facts.h"

#include <algorithm>

namespace relc::reliability {
namespace {

/// Domains stand inside domains this deep at most; sema says so of more.
constexpr size_t deepest = 64;

uint32_t positive(const Model& model, EntityId id, model::NameId name, uint32_t otherwise) {
  const auto value = model.has(id, name) ? model.integer(id, name) : std::nullopt;
  return value && *value > 0 ? uint32_t(*value) : otherwise;
}

} // namespace

Instances instancesOf(const Model& model, EntityId component) {
  Instances result;
  const bool counted = model.has(component, attr("replicas"));
  const bool placed = model.has(component, attr("placement"));
  result.stated = counted || placed || model.has(component, attr("quorum"));
  if (!result.stated) return result;

  uint32_t fixed = 0;
  bool counts = false;
  if (placed)
    for (const model::Value& value : model.listOf(component, attr("placement"))) {
      if (const auto* domain = value.as<EntityId>()) result.places.push_back({*domain, 0});
      if (const auto* some = value.as<model::Counted>()) {
        result.places.push_back({some->entity, some->count});
        fixed += some->count;
        counts = true;
      }
    }
  const auto named = uint32_t(result.places.size());
  const uint32_t implied = counts ? fixed : std::max(1u, named);
  result.count = counts ? implied : positive(model, component, attr("replicas"), implied);
  result.quorum = positive(model, component, attr("quorum"), 1);
  if (result.places.empty()) result.places.push_back({EntityId(), 0});
  if (!counts)
    for (uint32_t i = 0; i < result.places.size(); ++i)
      result.places[i].count = result.count / uint32_t(result.places.size()) +
                               (i < result.count % uint32_t(result.places.size()));
  std::erase_if(result.places, [](const Placed& place) { return place.count == 0; });
  return result;
}

std::vector<EntityId> chainOf(const Model& model, EntityId domain) {
  std::vector<EntityId> chain;
  for (EntityId at = domain; at.valid() && chain.size() < deepest; at = model[at].in) {
    if (std::find(chain.begin(), chain.end(), at) != chain.end()) break;
    chain.push_back(at);
  }
  return chain;
}

bool within(const Model& model, EntityId domain, EntityId outer) {
  size_t depth = 0;
  for (EntityId at = domain; at.valid() && depth < deepest; at = model[at].in, ++depth)
    if (at == outer) return true;
  return false;
}

uint32_t leftWithout(const Model& model, const Instances& instances, EntityId lost) {
  uint32_t left = 0;
  for (const Placed& place : instances.places)
    if (!within(model, place.domain, lost)) left += place.count;
  return left;
}

std::vector<EntityId> fatalDomains(const Model& model, const Instances& instances) {
  std::vector<EntityId> fatal;
  for (const Placed& place : instances.places)
    for (EntityId domain : chainOf(model, place.domain))
      if (std::find(fatal.begin(), fatal.end(), domain) == fatal.end() &&
          leftWithout(model, instances, domain) < instances.quorum)
        fatal.push_back(domain);
  return fatal;
}

bool isHard(const Model& model, EntityId needs) {
  const model::Entity& e = model[needs];
  if (e.kind != Kind::needs || e.broken || e.targets.count == 0) return false;
  const auto tolerated = model.duration(needs, attr("tolerates"));
  if (!tolerated || tolerated->mantissa <= 0) return true;
  const auto targets = model.targetsOf(needs);
  return std::any_of(targets.begin(), targets.end(), [&](EntityId target) {
    if (!KindSet{Kind::datastore, Kind::queue}.has(model[target].kind)) return false;
    const auto rto = model.duration(target, attr("rto"));
    return rto && *tolerated < *rto;
  });
}

unsigned tierOf(const Model& model, EntityId id) {
  std::string_view tier = model.text(id, attr("tier"));
  if (tier.empty() && model[id].kind == Kind::operation)
    tier = model.text(model[id].parent, attr("tier"));
  return tier.empty() ? 0 : unsigned(tier.back() - '0');
}

unsigned tierOfRoot(const Model& model, EntityId root) {
  unsigned tier = tierOf(model, root);
  if (tier != 0) return tier;
  for (EntityId child : model.childrenOf(root))
    if (model[child].kind == Kind::needs)
      for (EntityId target : model.targetsOf(child))
        if (unsigned own = tierOf(model, target); own != 0 && (tier == 0 || own < tier)) tier = own;
  return tier;
}

EntityId rotationOf(const Model& model, EntityId component) {
  const EntityId team = model::ownerOf(model, component);
  if (!team.valid()) return {};
  if (EntityId rotation = model.reference(team, attr("rotation")); rotation.valid())
    return rotation;
  const EntityId escalation = model.reference(team, attr("escalation"));
  if (!escalation.valid()) return {};
  for (EntityId step : model.childrenOf(escalation)) {
    if (model[step].kind != Kind::escalation_step) continue;
    for (const model::Value& told : model.listOf(step, attr("notify")))
      if (const auto* who = told.as<EntityId>(); who && model[*who].kind == Kind::rotation)
        return *who;
    break;
  }
  return {};
}

std::vector<EntityId> rootsOf(const Model& model) {
  std::vector<EntityId> roots;
  for (uint32_t i = 0; i < model.entities.size(); ++i) {
    const model::Entity& e = model.entities[i];
    if (e.library || e.pattern) continue;
    if (e.kind == Kind::journey || (schema::operated.has(e.kind) && tierOf(model, {i}) == 1) ||
        (schema::components.has(e.kind) && model.boolean({i}, attr("user_facing"))))
      roots.push_back({i});
  }
  return roots;
}

bool isRehearsal(const Model& model) {
  bool other = false;
  for (EntityId id : model.all(Kind::environment)) {
    const bool production = model.boolean(id, attr("production"));
    if (model[id].name == model.environment) {
      if (production) return false;
    } else {
      other |= production;
    }
  }
  return other;
}

Survival::Survival(const Model& model) {
  const EntityId block =
      model.system.valid() ? model.block(model.system, Kind::survive) : EntityId();
  if (block.valid())
    for (const model::Attribute& a : model.attributesOf(block)) {
      Row row{a.word, 0, source::join(a.nameRange, a.value.range)};
      const auto add = [&row](const model::Value& value) {
        if (const auto* label = value.as<model::Label>(); label && !label->text.empty())
          row.tiers |= uint8_t(1u << (label->text.back() - '0'));
      };
      if (const auto* list = a.value.as<model::ListRef>())
        for (const model::Value& value : model.list(*list)) add(value);
      else
        add(a.value);
      rows_.push_back(row);
    }
  if (std::none_of(rows_.begin(), rows_.end(), [](const Row& r) { return r.level == "zone"; }))
    rows_.push_back({"zone", 1u << 1 | 1u << 2, {}});
}

Survival::Answer Survival::of(std::string_view level, unsigned tier) const {
  for (const Row& row : rows_)
    if (row.level == level) return (row.tiers >> tier & 1) != 0 ? Answer::Must : Answer::Exempt;
  return Answer::Unsaid;
}

source::Range Survival::placeOf(std::string_view level) const {
  for (const Row& row : rows_)
    if (row.level == level) return row.place;
  return {};
}

} // namespace relc::reliability
