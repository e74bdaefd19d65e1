#include "compiler/model/model.h"

#include "compiler/model/version.h"

#include <algorithm>

namespace relc::model {

std::vector<EntityId> Model::all(KindSet kinds, bool withLibrary) const {
  std::vector<EntityId> result;
  for (uint32_t i = 0; i < entities.size(); ++i)
    if (kinds.has(entities[i].kind) && (withLibrary || !entities[i].library)) result.push_back({i});
  return result;
}

std::vector<EntityId> Model::childrenOf(EntityId id, KindSet kinds) const {
  std::vector<EntityId> result;
  for (EntityId child : childrenOf(id))
    if (kinds.has((*this)[child].kind)) result.push_back(child);
  return result;
}

EntityId Model::block(EntityId parent, Kind kind) const {
  if (parent.valid())
    for (EntityId child : childrenOf(parent))
      if ((*this)[child].kind == kind) return child;
  return {};
}

const Attribute* Model::attribute(EntityId id, NameId name) const {
  if (!id.valid()) return nullptr;
  for (const Attribute& a : attributesOf(id))
    if (a.name == name && a.value.present()) return &a;
  return nullptr;
}

std::vector<Value> Model::listOf(EntityId id, NameId name) const {
  const Attribute* a = attribute(id, name);
  if (!a) return {};
  if (const auto* ref = a->value.as<ListRef>()) {
    auto values = list(*ref);
    return {values.begin(), values.end()};
  }
  return {a->value};
}

std::optional<Quantity> Model::quantity(EntityId id, NameId name) const {
  if (!id.valid()) return std::nullopt;
  if (const Attribute* a = attribute(id, name)) {
    if (const auto* q = a->value.as<Quantity>()) return *q;
    return std::nullopt;
  }
  const auto* row = schema::findAttribute((*this)[id].kind, name);
  if (!row || row->fallback.empty()) return std::nullopt;
  return parseQuantity(row->fallback).value;
}

std::optional<double> Model::number(EntityId id, NameId name) const {
  auto q = quantity(id, name);
  return q ? std::optional(q->toDouble()) : std::nullopt;
}

std::optional<Decimal> Model::duration(EntityId id, NameId name) const {
  auto q = quantity(id, name);
  return q ? std::optional(q->value) : std::nullopt;
}

std::optional<Decimal> Model::ratio(EntityId id, NameId name) const {
  return duration(id, name);
}

std::optional<int64_t> Model::integer(EntityId id, NameId name) const {
  auto q = quantity(id, name);
  return q ? std::optional(static_cast<int64_t>(q->toDouble())) : std::nullopt;
}

bool Model::boolean(EntityId id, NameId name) const {
  const Attribute* a = attribute(id, name);
  const bool* value = a ? a->value.as<bool>() : nullptr;
  return value && *value;
}

std::string_view Model::text(EntityId id, NameId name) const {
  const Attribute* a = attribute(id, name);
  if (!a) {
    if (!id.valid()) return {};
    const auto* row = schema::findAttribute((*this)[id].kind, name);
    std::string_view fallback = row ? row->fallback : std::string_view();
    if (fallback.size() >= 2 && fallback.front() == '"')
      fallback = fallback.substr(1, fallback.size() - 2);
    return fallback;
  }
  if (const auto* t = a->value.as<Text>()) return t->text;
  if (const auto* l = a->value.as<Label>()) return l->text;
  return {};
}

EntityId Model::reference(EntityId id, NameId name) const {
  const Attribute* a = attribute(id, name);
  if (!a) return {};
  if (const auto* target = a->value.as<EntityId>()) return *target;
  if (const auto* counted = a->value.as<Counted>()) return counted->entity;
  if (const auto* qualified = a->value.as<Qualified>()) return qualified->entity;
  return {};
}

const Query* Model::query(EntityId id, NameId name) const {
  const Attribute* a = attribute(id, name);
  const PromqlRef* ref = a ? a->value.as<PromqlRef>() : nullptr;
  const Query* q = ref ? &queries[ref->index] : nullptr;
  return q && q->expr.valid() ? q : nullptr;
}

std::string Model::path(EntityId id) const {
  std::string result;
  for (EntityId at = id; at.valid(); at = (*this)[at].parent) {
    const Entity& e = (*this)[at];
    std::string_view name = e.name.empty() ? schema::info(e.kind).word : e.name;
    result = result.empty() ? std::string(name) : std::string(name) + "." + result;
    if (e.parent.valid()) continue;
    if (auto library = libraryNames.find(e.module); library != libraryNames.end())
      result = std::string(library->second) + "." + result;
  }
  return result;
}

// --- derived facts -------------------------------------------------------------------------------

namespace {

/// What promql::instantiate takes for a bound parameter.
std::optional<promql::Binding> bindingOf(const Model& model, const Value& value) {
  if (const auto* s = value.as<SelectorRef>()) return model.selectors[s->index];
  if (const auto* t = value.as<Text>()) return std::string(t->text);
  if (const auto* q = value.as<Quantity>()) {
    if (q->unit != Unit::Duration) return q->value.toDouble();
    auto ms = multiply(q->value, 1000);
    return promql::Milliseconds{ms ? static_cast<int64_t>(ms->toDouble()) : 0};
  }
  return std::nullopt;
}

} // namespace

std::vector<std::string_view> keptBy(const Model& model, EntityId slo) {
  std::vector<std::string_view> labels;
  EntityId settings = model.block(model.system, Kind::prometheus);
  for (auto [id, name] : {std::pair(settings, attr("scope_labels")), std::pair(slo, attr("per"))})
    for (const Value& value : model.listOf(id, name))
      if (const auto* label = value.as<Label>();
          label && std::find(labels.begin(), labels.end(), label->text) == labels.end())
        labels.push_back(label->text);
  return labels;
}

const BuiltIn* builtInOf(std::string_view name) {
  using P = promql::Place;
  static constexpr P lengths[] = {P::Duration, P::Number, P::Operand};
  static constexpr P lists[] = {P::Labels};
  static constexpr BuiltIn table[] = {
      {"window", "the time over which it is measured", lengths, false},
      {"by", "the labels by which its SLO is kept", lists, true},
  };
  const auto* row = std::find_if(std::begin(table), std::end(table),
                                 [&](const BuiltIn& b) { return b.name == name; });
  return row == std::end(table) ? nullptr : row;
}

std::optional<Sli> sliOf(const Model& model, EntityId slo) {
  Sli result;
  const std::vector<Argument>* arguments = nullptr;
  if (const Attribute* a = model.attribute(slo, attr("sli"))) {
    const auto* ref = a->value.as<ApplicationRef>();
    if (!ref) return std::nullopt;
    const Application& application = model.applications[ref->index];
    result.entity = application.target;
    arguments = &application.arguments;
  } else {
    result.entity = model.block(slo, Kind::sli);
  }
  if (!result.entity.valid()) return std::nullopt;

  if (arguments)
    for (const Argument& argument : *arguments)
      if (auto binding = bindingOf(model, argument.value))
        result.bindings.emplace(std::string(model[argument.parameter].name), std::move(*binding));
  promql::LabelNames by;
  for (std::string_view label : keptBy(model, slo)) by.names.emplace_back(label);
  result.bindings.insert_or_assign("by", std::move(by));

  // What is measured against a threshold.
  struct Thresholded {
    NameId name;
    Sli::Form form;
  };
  constexpr Thresholded thresholded[] = {{attr("histogram"), Sli::Form::Latency},
                                         {attr("timestamp"), Sli::Form::Freshness}};
  const auto* against =
      std::find_if(std::begin(thresholded), std::end(thresholded),
                   [&](const auto& row) { return model.has(result.entity, row.name); });
  if (against != std::end(thresholded)) {
    result.form = against->form;
    result.numerator = model.query(result.entity, against->name);
    const Attribute* threshold = model.attribute(result.entity, attr("threshold"));
    if (!threshold) return std::nullopt;
    const Value* value = &threshold->value;
    if (const auto* parameter = value->as<ParameterRef>()) {
      value = nullptr;
      if (arguments)
        for (const Argument& argument : *arguments)
          if (argument.parameter == parameter->parameter) value = &argument.value;
    }
    const Quantity* q = value ? value->as<Quantity>() : nullptr;
    if (!q) return std::nullopt;
    result.threshold = q->value;
  } else if (model.has(result.entity, attr("ratio"))) {
    result.form = Sli::Form::Ratio;
    result.numerator = model.query(result.entity, attr("ratio"));
  } else if (model.has(result.entity, attr("good_when"))) {
    result.form = Sli::Form::Slices;
    result.numerator = model.query(result.entity, attr("good_when"));
  } else {
    result.form = model.has(result.entity, attr("good")) ? Sli::Form::Good : Sli::Form::Bad;
    result.numerator =
        model.query(result.entity, result.form == Sli::Form::Good ? attr("good") : attr("bad"));
    result.total = model.query(result.entity, attr("total"));
    if (!result.total) return std::nullopt;
  }
  if (!result.numerator) return std::nullopt;
  return result;
}

Decimal inUnitOf(const Model& model, std::string_view metric, Decimal seconds) {
  auto declared = model.metrics.find(metric);
  if (declared == model.metrics.end()) return seconds;
  static constexpr std::pair<std::string_view, int32_t> digits[] = {
      {"milliseconds", 3}, {"microseconds", 6}, {"nanoseconds", 9}};
  std::string_view unit = model.text(declared->second, attr("unit"));
  for (const auto& [name, places] : digits)
    if (name == unit) return {seconds.mantissa, seconds.exponent + places};
  return seconds;
}

EntityId burnPolicyOf(const Model& model, EntityId slo) {
  if (EntityId own = model.reference(slo, attr("burn_policy")); own.valid()) return own;
  return model.defaultBurnPolicy;
}

std::string_view calendarOf(const Model& model, EntityId slo) {
  const Attribute* a = model.attribute(slo, attr("window"));
  const FormRef* form = a ? a->value.as<FormRef>() : nullptr;
  if (!form) return {};
  for (const auto& argument : model.forms[form->index].arguments)
    if (const auto* period = argument.value.as<Label>()) return period->text;
  return {};
}

Decimal windowOf(const Model& model, EntityId slo) {
  constexpr std::pair<std::string_view, int64_t> days[] = {
      {"week", 7}, {"month", 30}, {"quarter", 91}};
  std::string_view calendar = calendarOf(model, slo);
  for (auto [period, count] : days)
    if (calendar == period) return count * 86400;
  if (auto own = model.duration(slo, attr("window"))) return *own;
  if (auto common = model.duration(model.system, attr("window"))) return *common;
  return 30 * 86400;
}

namespace {
Decimal prometheusSetting(const Model& model, NameId name) {
  EntityId block = model.block(model.system, Kind::prometheus);
  if (auto value = model.duration(block, name)) return *value;
  const auto* row = schema::findAttribute(Kind::prometheus, name);
  return parseQuantity(row->fallback).value->value;
}
} // namespace

Decimal scrapeInterval(const Model& model) {
  return prometheusSetting(model, attr("scrape_interval"));
}
Decimal evaluationInterval(const Model& model) {
  return prometheusSetting(model, attr("evaluation_interval"));
}

promql::Options promqlOf(const Model& model) {
  promql::Options options;
  EntityId block = model.block(model.system, Kind::prometheus);
  if (auto version = parseVersion(model.text(block, attr("version"))))
    options.target = {static_cast<uint16_t>(std::min(version->numbers[0], 0xffffU)),
                      static_cast<uint16_t>(std::min(version->numbers[1], 0xffffU))};
  for (const Value& value : model.listOf(block, attr("features")))
    if (const auto* name = value.as<Label>())
      if (bool* feature = promql::featureOf(options.features, name->text)) *feature = true;
  return options;
}

std::string toText(const Model& model, const Value& value) {
  struct Visitor {
    const Model& model;
    std::string operator()(std::monostate) const { return {}; }
    std::string operator()(bool b) const { return b ? "true" : "false"; }
    std::string operator()(const Quantity& q) const { return q.toString(); }
    std::string operator()(Date d) const { return d.toString(); }
    std::string operator()(Text t) const { return std::string(t.text); }
    std::string operator()(Label l) const { return std::string(l.text); }
    std::string operator()(EntityId id) const { return model.path(id); }
    std::string operator()(ParameterRef r) const {
      return "$" + std::string(model[r.parameter].name);
    }
    std::string operator()(ListRef r) const {
      std::string text;
      for (const Value& item : model.list(r)) {
        if (!text.empty()) text += ", ";
        text += toText(model, item);
      }
      return text;
    }
    std::string operator()(SelectorRef r) const { return promql::print(model.selectors[r.index]); }
    std::string operator()(PromqlRef r) const {
      const auto& expr = model.queries[r.index].expr;
      return expr.valid() ? promql::print(expr) : std::string();
    }
    std::string operator()(ApplicationRef r) const {
      return model.path(model.applications[r.index].target);
    }
    std::string operator()(FormRef r) const { return std::string(model.forms[r.index].info->name); }
    std::string operator()(Counted c) const { return model.path(c.entity); }
    std::string operator()(Qualified q) const {
      return model.path(q.entity) + "." + std::string(q.part);
    }
  };
  return std::visit(Visitor{model}, value.data);
}

EntityId ownerOf(const Model& model, EntityId id) {
  for (EntityId at = id; at.valid(); at = model[at].parent)
    if (EntityId owner = model.reference(at, attr("owner")); owner.valid()) return owner;
  return {};
}

} // namespace relc::model
