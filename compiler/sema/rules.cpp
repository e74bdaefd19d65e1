// What a single declaration must fulfil beyond the types of its attributes.

#include "compiler/sema/context.h"

#include <fmt/format.h>

#include <algorithm>

namespace relc::sema {
namespace {

using model::attr;

std::string title(const Context& c, EntityId id) {
  const auto& e = c.model[id];
  return e.name.empty() ? fmt::format("this {}", schema::info(e.kind).word)
                        : fmt::format("{} `{}`", schema::info(e.kind).word, e.name);
}

/// Exactly one way to measure.
void sli(Context& c, EntityId id) {
  static const std::vector<model::NameId> forms[] = {{attr("bad"), attr("total")},
                                                     {attr("good"), attr("total")},
                                                     {attr("histogram"), attr("threshold")},
                                                     {attr("timestamp"), attr("threshold")},
                                                     {attr("good_when")},
                                                     {attr("ratio")}};
  static const std::string known =
      "`bad` and `total`, `good` and `total`, `histogram` and `threshold`, `timestamp` and "
      "`threshold`, `good_when`, or `ratio`";
  if (c.entity(id).broken) return;
  const std::vector<model::NameId>* match = nullptr;
  const std::vector<model::NameId>* partial = nullptr;
  // Attributes that say nothing of how it measures do not count.
  std::vector<const model::Attribute*> given;
  for (const auto& a : c.model.attributesOf(id)) {
    bool measures = std::any_of(std::begin(forms), std::end(forms), [&](const auto& form) {
      return std::find(form.begin(), form.end(), a.name) != form.end();
    });
    if (a.value.present() && measures) given.push_back(&a);
  }
  for (const auto& form : forms) {
    auto has = static_cast<size_t>(
        std::count_if(form.begin(), form.end(), [&](auto name) { return c.model.has(id, name); }));
    if (has == form.size() && has == given.size()) match = &form;
    if (has > 0 && has == given.size() && !partial) partial = &form;
  }
  if (match) return;
  c.entity(id).broken = true;
  if (given.empty()) {
    c.findings
        .add(Check::MissingAttribute, c.entity(id).nameRange,
             fmt::format("{} does not say what is measured", title(c, id)))
        .suggest(fmt::format("set {}", known));
  } else if (partial) {
    std::string missing;
    for (auto name : *partial)
      if (!c.model.has(id, name)) missing = schema::nameOf(name);
    c.findings
        .add(Check::MissingAttribute, c.entity(id).nameRange,
             fmt::format("{} has no `{}`", title(c, id), missing))
        .suggest(fmt::format("an sli has {}", known));
  } else {
    auto& finding = c.findings.add(Check::ConflictingAttributes, c.entity(id).nameRange,
                                   fmt::format("{} measures in two ways at once", title(c, id)));
    for (const auto* a : given) finding.at(a->nameRange, "");
    finding.suggest(fmt::format("an sli has {}", known));
  }
}

/// What each expression of an sli must look like.
struct SliRole {
  model::NameId name;
  bool selector;   ///< may be a plain selector
  bool overWindow; ///< may be a rate over `[$window]`
  bool otherwise;  ///< may be anything else without `$window`
  std::string_view problem;
  std::string_view help;
};
constexpr std::string_view counterProblem = "is neither a counter nor a rate over `[$window]`";
constexpr std::string_view counterHelp =
    "write the counter alone, `http_requests_total{$selector}`, or "
    "`sum by ($by) (rate(http_requests_total{$selector}[$window]))`";
constexpr SliRole sliRoles[] = {
    {attr("good"), true, true, false, counterProblem, counterHelp},
    {attr("bad"), true, true, false, counterProblem, counterHelp},
    {attr("total"), true, true, false, counterProblem, counterHelp},
    {attr("histogram"), true, false, false, "must be a plain selector of a histogram",
     "write the histogram's name without `_bucket`: `http_request_duration_seconds{$selector}`"},
    {attr("timestamp"), true, false, true, "is judged at each evaluation and has no `$window`",
     "write the metric that holds the time of the last success"},
    {attr("ratio"), true, true, true, "is no expression", "write the share of bad events"},
    {attr("good_when"), true, false, true, "is judged at each evaluation and has no `$window`",
     "write the range itself, such as `[5m]`"},
};

/// `sum(rate(errors_total[5m]))` where a rate over `[$window]` is wanted: the windows are relc's.
void measureOverWindow(const model::Query& query, Finding& finding) {
  if (query.instantiated) return;
  std::vector<diagnostics::Edit> edits;
  for (const promql::Node& node : query.expr.nodes())
    if (const auto* range = node.as<promql::RangeSelector>();
        range && range->range.kind == promql::Duration::Kind::Literal)
      edits.push_back({{query.file, query.textBegin + range->range.range.begin,
                        query.textBegin + range->range.range.end},
                       "$window"});
  if (!edits.empty()) finding.fix("measure over each window that the rules need", std::move(edits));
}

void sliForm(Context& c, EntityId id) {
  for (const SliRole& role : sliRoles) {
    const auto* query = c.model.query(id, role.name);
    if (!query) continue;
    bool overWindow = false;
    for (const auto& use : promql::parameters(query->expr)) overWindow |= use.name == "window";
    bool bare = promql::isBareSelector(query->expr);
    if (overWindow ? role.overWindow : bare ? role.selector : role.otherwise) continue;
    const auto* a = c.model.attribute(id, role.name);
    auto& finding = c.findings.add(Check::SliForm, a->value.range,
                                   fmt::format("`{}` {}", a->word, role.problem));
    finding.suggest(std::string(role.help));
    if (role.overWindow && !overWindow) measureOverWindow(*query, finding);
    c.entity(id).broken = true;
  }
}

/// An sli has these without declaring them.
void parameterName(Context& c, EntityId id) {
  const auto& e = c.entity(id);
  const auto* builtIn = model::builtInOf(e.name);
  if (!builtIn || !e.parent.valid() || c.entity(e.parent).kind != Kind::sli) return;
  c.findings
      .add(Check::DuplicateName, e.nameRange, fmt::format("every sli has `${}` already", e.name))
      .because(fmt::format("it stands for {}", builtIn->meaning))
      .suggest("remove the parameter, or rename it");
  c.entity(e.parent).broken = true;
}

void slo(Context& c, EntityId id) {
  const auto* attribute = c.model.attribute(id, attr("sli"));
  EntityId block = c.model.block(id, Kind::sli);
  if (c.entity(id).broken) return;
  if (!attribute && !block.valid())
    c.findings
        .add(Check::MissingAttribute, c.entity(id).nameRange,
             fmt::format("{} has no `sli`", title(c, id)))
        .label("expected `sli = http.availability({job=\"checkout\"})` or an `sli { … }` block")
        .because("without it there is nothing to measure the objective against");
  if (attribute && block.valid())
    c.findings
        .add(Check::ConflictingAttributes, attribute->nameRange,
             fmt::format("{} has two slis", title(c, id)))
        .at(c.entity(block).nameRange, "and this block")
        .suggest("keep one of them");
}

/// `domain a in b` and `domain b in a`.
void domainCycle(Context& c, EntityId id) {
  size_t steps = 0;
  for (EntityId at = c.entity(id).in; at.valid(); at = c.entity(at).in) {
    if (at == id) {
      c.findings
          .add(Check::ConflictingAttributes, c.entity(id).header,
               fmt::format("domain `{}` is inside itself", c.entity(id).name))
          .because("its chain of `in` comes back to it");
      c.entity(id).in = {};
      return;
    }
    if (++steps > c.model.entities.size()) return;
  }
}

/// `survive { zone = … }` names a level, `lint { missing-slo = … }` a check.
void wildcards(Context& c, EntityId id) {
  Kind kind = c.entity(id).kind;
  for (const auto& a : c.model.attributesOf(id)) {
    if (kind == Kind::survive) {
      std::string choices = "|" + std::string(schema::type::level.choices) + "|";
      if (choices.find(fmt::format("|{}|", a.word)) == choices.npos) {
        auto& finding = c.findings.add(Check::UnknownAttribute, a.nameRange,
                                       fmt::format("`{}` is no level of failure domains", a.word));
        didYouMean(finding,
                   nearest(c, a.word,
                           [](auto&& add) {
                             for (auto level : schema::splitWords(schema::type::level.choices))
                               add(level);
                           }),
                   a.nameRange);
        if (finding.help.empty())
          finding.suggest(fmt::format("levels are {}", schema::describe(schema::type::level)));
      }
    } else if (kind == Kind::lint && !diagnostics::findCheck(a.word)) {
      auto& finding = c.findings.add(Check::UnknownCheck, a.nameRange,
                                     fmt::format("no check is called `{}`", a.word));
      didYouMean(finding,
                 nearest(c, a.word,
                         [](auto&& add) {
                           for (const auto& check : diagnostics::allChecks()) add(check.name);
                         }),
                 a.nameRange);
    }
  }
}

void acceptName(Context& c, EntityId id) {
  const auto& e = c.entity(id);
  if (e.name.empty() || diagnostics::findCheck(e.name)) return;
  auto& finding = c.findings.add(Check::UnknownCheck, e.nameRange,
                                 fmt::format("no check is called `{}`", e.name));
  didYouMean(finding,
             nearest(c, e.name,
                     [](auto&& add) {
                       for (const auto& check : diagnostics::allChecks()) add(check.name);
                     }),
             e.nameRange);
}

void entity(Context& c, EntityId id) {
  switch (c.entity(id).kind) {
  case Kind::sli:
    sli(c, id);
    sliForm(c, id);
    break;
  case Kind::parameter: parameterName(c, id); break;
  case Kind::slo: slo(c, id); break;
  case Kind::domain: domainCycle(c, id); break;
  case Kind::survive:
  case Kind::lint: wildcards(c, id); break;
  case Kind::accept: acceptName(c, id); break;
  default: break;
  }
}

} // namespace

void checkRules(Context& c) {
  for (uint32_t i = 0; i < c.model.entities.size(); ++i) {
    const auto& e = c.model.entities[i];
    if (!e.pattern) {
      entity(c, {i});
      checkConsistency(c, {i});
    }
    if (e.kind == Kind::burn_policy && e.name == "standard" && e.module == "std.policy")
      c.model.defaultBurnPolicy = {i};
    if (e.kind == Kind::metric) {
      auto [it, fresh] = c.model.metrics.emplace(e.name, EntityId{i});
      if (!fresh && !c.model[it->second].module.empty() && e.module.empty()) it->second = {i};
    }
  }
  if (!c.model.system.valid()) {
    source::Range range;
    if (!c.units.empty() && c.units[0].module.empty()) range = c.units[0].tree->range(0, 0);
    c.findings.add(Check::SystemCount, range, "the workspace has no `system` declaration")
        .suggest("add one: system my-system { }");
  }
}

} // namespace relc::sema
