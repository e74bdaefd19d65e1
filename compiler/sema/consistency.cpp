// What the facts of one declaration say of each other: an end before its beginning, a receiver
// without an address, a test in the future. Mostly tables; what fits none of them is a function.

#include "compiler/model/schedule.h"
#include "compiler/sema/context.h"

#include <fmt/format.h>

#include <algorithm>

namespace relc::sema {
namespace {

using model::attr;
using model::NameId;

std::string title(const Context& c, EntityId id) {
  const auto& e = c.model[id];
  return e.name.empty() ? fmt::format("this {}", schema::info(e.kind).word)
                        : fmt::format("{} `{}`", schema::info(e.kind).word, e.name);
}

// --- order ---------------------------------------------------------------------------------------

/// None of them, where given, comes before one that stands before it.
struct Chain {
  KindSet kinds;
  std::vector<NameId> names;
  std::string_view why;
};
const Chain chains[] = {
    {Kind::tier,
     {attr("short"), attr("long")},
     "the short window ends the alert soon after the burning ends, so it lies inside the long one"},
    {schema::operated,
     {attr("quorum"), attr("replicas")},
     "more instances cannot be needed than run"},
    {Kind::scale, {attr("min"), attr("max")}, "the number of instances moves between the two"},
    {Kind::traffic,
     {attr("quiet"), attr("mean"), attr("peak")},
     "the average lies between the quietest and the busiest time"},
    {Kind::backup,
     {attr("duration"), attr("every")},
     "the next backup would begin before this one ends"},
    {Kind::absence, {attr("from"), attr("until")}, "an absence ends after it begins"},
    {Kind::override_, {attr("from"), attr("until")}, "an override ends after it begins"},
    {Kind::incident,
     {attr("started"), attr("detected"), attr("mitigated"), attr("resolved")},
     "an incident begins, is seen, stops hurting users, and is over, in this order"},
};

/// A number to compare two values of the same attribute type by; nothing for what has no order.
std::optional<double> position(const model::Value& value) {
  if (const auto* q = value.as<model::Quantity>()) return q->toDouble();
  if (const auto* d = value.as<model::Date>()) return d->days;
  if (const auto* t = value.as<model::Text>())
    if (auto instant = model::parseInstant(t->text).value)
      return static_cast<double>(instant->seconds);
  return std::nullopt;
}

void order(Context& c, EntityId id, const Chain& row) {
  const model::Attribute* before = nullptr;
  for (NameId name : row.names) {
    const auto* a = c.model.attribute(id, name);
    if (!a || !position(a->value)) continue;
    if (before && *position(before->value) > *position(a->value)) {
      bool time = !a->value.as<model::Quantity>();
      c.findings
          .add(Check::OutOfRange, before->value.range,
               fmt::format("`{}` must not {} `{}`", before->word, time ? "be after" : "exceed",
                           a->word))
          .label(fmt::format("{} here", toText(c.model, before->value)))
          .at(a->value.range, fmt::format("{} here", toText(c.model, a->value)))
          .because(std::string(row.why));
    }
    before = a;
  }
}

// --- what has been done --------------------------------------------------------------------------

/// Days on which something was measured, tested or finished.
struct Past {
  Kind kind;
  NameId name;
};
const Past pasts[] = {
    {Kind::traffic, attr("measured")},     {Kind::capacity, attr("measured")},
    {Kind::capacity, attr("load_tested")}, {Kind::backup, attr("restore_tested")},
    {Kind::runbook, attr("last_tested")},  {Kind::action, attr("done")},
};

void future(Context& c, source::Range range, std::string_view what, model::Date date) {
  if (date <= c.model.now) return;
  c.findings.add(Check::FutureDate, range, fmt::format("{} is in the future", what))
      .label(fmt::format("today is {}", c.model.now.toString()))
      .because("only what has happened proves anything")
      .suggest("write the day on which it was done, or leave it out until then");
}

void past(Context& c, EntityId id, const Past& row) {
  const auto* a = c.model.attribute(id, row.name);
  if (const auto* date = a ? a->value.as<model::Date>() : nullptr)
    future(c, a->value.range, fmt::format("`{}`", a->word), *date);
}

// --- what is missing -----------------------------------------------------------------------------

/// If `when` has the value `is`, one of `needs` must be given.
struct Need {
  Kind kind;
  NameId when;
  std::string_view is;
  NameId needs;
  NameId orElse;
};
const Need needs[] = {
    {Kind::receiver, attr("type"), "pagerduty", attr("key"), attr("key")},
    {Kind::receiver, attr("type"), "opsgenie", attr("key"), attr("key")},
    {Kind::receiver, attr("type"), "slack", attr("webhook"), attr("key")},
    {Kind::receiver, attr("type"), "slack", attr("channel"), attr("channel")},
    {Kind::receiver, attr("type"), "email", attr("address"), attr("address")},
    {Kind::receiver, attr("type"), "webhook", attr("webhook"), attr("webhook")},
    {Kind::receiver, attr("type"), "msteams", attr("webhook"), attr("webhook")},
};

void need(Context& c, EntityId id, const Need& row) {
  if (c.model.text(id, row.when) != row.is || c.model.has(id, row.needs) ||
      c.model.has(id, row.orElse) || c.entity(id).broken)
    return;
  const auto* info = schema::findAttribute(row.kind, row.needs);
  c.findings
      .add(Check::MissingAttribute, c.entity(id).nameRange,
           fmt::format("{} has no `{}`", title(c, id), info->name))
      .label(fmt::format("expected `{}`", info->example))
      .at(c.model.attribute(id, row.when)->value.range, "needed for this type")
      .because(std::string(info->doc));
}

/// Declarations that mean nothing without a block inside, or an attribute instead.
struct Part {
  Kind kind;
  Kind part;
  std::string_view instead; ///< an attribute that does as well; empty if none
};
const Part parts[] = {
    {Kind::escalation, Kind::escalation_step, ""},
    {Kind::budget_policy, Kind::at, ""},
    {Kind::rotation, Kind::layer, "members"},
};

void part(Context& c, EntityId id, const Part& row) {
  if (c.entity(id).broken || c.model.block(id, row.part).valid()) return;
  for (const auto& a : c.model.attributesOf(id))
    if (a.word == row.instead) return;
  const auto& wanted = schema::info(row.part);
  bool attribute = !row.instead.empty();
  c.findings
      .add(Check::MissingAttribute, c.entity(id).nameRange,
           fmt::format("{} has no `{}`", title(c, id), attribute ? row.instead : wanted.word))
      .label("it says nothing")
      .suggest(fmt::format("for example: {}",
                           attribute ? schema::findAttribute(row.kind, row.instead)->example
                                     : wanted.example));
}

// --- what fits no table --------------------------------------------------------------------------

/// Steps or a file, not both; not neither.
void runbook(Context& c, EntityId id) {
  const auto* file = c.model.attribute(id, attr("file"));
  EntityId step = c.model.block(id, Kind::step);
  if (file && step.valid())
    c.findings
        .add(Check::ConflictingAttributes, file->nameRange,
             fmt::format("{} has steps and a file", title(c, id)))
        .at(c.entity(step).nameRange, "the first step")
        .suggest("keep one of them");
}

/// `placement = [a(4), b(2)]` and `replicas = 5`.
void placement(Context& c, EntityId id) {
  const auto* places = c.model.attribute(id, attr("placement"));
  const auto* list = places ? places->value.as<model::ListRef>() : nullptr;
  if (!list) return;
  int64_t sum = 0;
  size_t counted = 0;
  auto values = c.model.list(*list);
  for (const auto& value : values)
    if (const auto* some = value.as<model::Counted>()) sum += some->count, ++counted;
  if (counted == 0) return;
  if (counted < values.size()) {
    c.findings
        .add(Check::ConflictingAttributes, places->value.range,
             "some domains say how many instances stand there, others do not")
        .suggest("write a number behind each, or behind none to spread them evenly");
    return;
  }
  auto replicas = c.model.integer(id, attr("replicas"));
  const auto* written = c.model.attribute(id, attr("replicas"));
  if (!written || !replicas || *replicas == sum) return;
  c.findings
      .add(Check::ConflictingAttributes, places->value.range,
           fmt::format("the placement holds {} instances, not {}", sum, *replicas))
      .at(written->value.range, "as many are said to run")
      .suggest("make the two agree");
}

/// Bounds of buckets: of histograms, of one unit, rising.
void metric(Context& c, EntityId id) {
  const auto* buckets = c.model.attribute(id, attr("buckets"));
  const auto* list = buckets ? buckets->value.as<model::ListRef>() : nullptr;
  if (!list) return;
  std::string_view type = c.model.text(id, attr("type"));
  if (!type.empty() && type != "histogram")
    c.findings
        .add(Check::ConflictingAttributes, buckets->nameRange,
             fmt::format("a {} has no buckets", type))
        .at(c.model.attribute(id, attr("type"))->value.range, "only a `histogram` has");
  const model::Quantity* last = nullptr;
  for (const auto& value : c.model.list(*list)) {
    const auto* bound = value.as<model::Quantity>();
    if (!bound) {
      c.findings.add(Check::TypeMismatch, value.range, "a bucket's bound is a quantity");
      return;
    }
    if (last && last->unit != bound->unit) {
      c.findings.add(Check::TypeMismatch, value.range,
                     fmt::format("this is {}, the bound before it {}", describe(bound->unit),
                                 describe(last->unit)));
      return;
    }
    if (last && compare(*last, *bound) >= 0)
      c.findings.add(Check::OutOfRange, value.range, "bounds of buckets rise");
    last = bound;
  }
}

/// `max`, `used` and `per_replica` count the same.
void limit(Context& c, EntityId id) {
  const auto* max = c.model.attribute(id, attr("max"));
  const auto* most = max ? max->value.as<model::Quantity>() : nullptr;
  if (!most) return;
  for (NameId name : {attr("used"), attr("per_replica")}) {
    const auto* a = c.model.attribute(id, name);
    const auto* q = a ? a->value.as<model::Quantity>() : nullptr;
    if (!q || q->unit == most->unit) continue;
    c.findings
        .add(Check::TypeMismatch, a->value.range,
             fmt::format("`{}` is {}, but `max` is {}", a->word, describe(q->unit),
                         describe(most->unit)))
        .at(max->value.range, "in this unit");
  }
}

/// Shares of stages rise.
void rollout(Context& c, EntityId id) {
  const model::Entity* last = nullptr;
  std::optional<model::Decimal> share;
  for (EntityId child : c.model.childrenOf(id, Kind::stage)) {
    auto q = model::parseQuantity(c.entity(child).name).value;
    if (!q) continue;
    if (share && q->value <= *share)
      c.findings
          .add(Check::OutOfRange, c.entity(child).nameRange,
               "a stage has a larger share than the one before")
          .at(last->nameRange, "the one before");
    share = q->value;
    last = &c.entity(child);
  }
}

/// So many instances, or such a share of them.
void injections(Context& c, EntityId id) {
  const auto* a = c.model.attribute(id, attr("inject"));
  const auto* list = a ? a->value.as<model::ListRef>() : nullptr;
  if (!list) return;
  for (const auto& value : c.model.list(*list)) {
    const auto* ref = value.as<model::FormRef>();
    if (!ref) continue;
    const model::Form::Argument* first = nullptr;
    for (const auto& argument : c.model.forms[ref->index].arguments) {
      if (argument.parameter->name != "count" && argument.parameter->name != "percent") continue;
      if (first)
        c.findings
            .add(Check::ConflictingAttributes, argument.value.range,
                 "`count` and `percent` both say how many instances")
            .at(first->value.range, "said here already")
            .suggest("keep one of them");
      first = &argument;
    }
  }
}

void result(Context& c, EntityId id) {
  if (auto date = model::parseDate(c.entity(id).name))
    future(c, c.entity(id).nameRange, "the result", *date);
}

struct Rule {
  KindSet kinds;
  void (*judge)(Context&, EntityId);
};
const Rule rules[] = {
    {Kind::runbook, runbook}, {schema::operated, placement}, {Kind::metric, metric},
    {Kind::limit, limit},     {Kind::rollout, rollout},      {Kind::experiment, injections},
    {Kind::result, result},
};

} // namespace

void checkConsistency(Context& c, EntityId id) {
  Kind kind = c.entity(id).kind;
  for (const Chain& row : chains)
    if (row.kinds.has(kind)) order(c, id, row);
  for (const Past& row : pasts)
    if (row.kind == kind) past(c, id, row);
  for (const Need& row : needs)
    if (row.kind == kind) need(c, id, row);
  for (const Part& row : parts)
    if (row.kind == kind) part(c, id, row);
  for (const Rule& row : rules)
    if (row.kinds.has(kind)) row.judge(c, id);
}

} // namespace relc::sema
