// Who notices that something is down, and what is known of it.

#include "compiler/driver/naming.h"
#include "compiler/driver/why.h"
#include "compiler/model/burn.h"
#include "compiler/reliability/ceilings.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace relc::driver {

using faulttree::NodeId;
using faulttree::noNode;
using model::attr;
using model::Decimal;
using model::EntityId;
using reliability::Blast;
using schema::Kind;
using schema::KindSet;

namespace {

constexpr size_t noticesShown = 8, knownShown = 16, teamsShown = 20;

std::vector<EntityId> referred(const model::Model& model, EntityId id, model::NameId name) {
  std::vector<EntityId> result;
  for (const model::Value& value : model.listOf(id, name)) {
    if (const auto* target = value.as<EntityId>()) result.push_back(*target);
    if (const auto* some = value.as<model::Qualified>()) result.push_back(some->entity);
  }
  return result;
}

/// The tier of a burn policy that fires first when nothing works at all.
struct FirstTier {
  EntityId tier;
  Decimal after;
};
std::optional<FirstTier> firstTier(const model::Model& model, EntityId slo,
                                   std::string_view severity) {
  const EntityId policy = model::burnPolicyOf(model, slo);
  const auto objective = model.ratio(slo, attr("objective"));
  if (!policy.valid() || !objective) return std::nullopt;
  const auto tolerated = model::subtract(1, *objective);
  std::optional<FirstTier> first;
  for (EntityId tier : model.childrenOf(policy, Kind::tier)) {
    if (model.text(tier, attr("severity")) != severity) continue;
    const auto share = model.ratio(tier, attr("budget"));
    const auto longest = model.duration(tier, attr("long"));
    if (!share || !longest || !tolerated) continue;
    const auto threshold =
        model::burnThreshold(*share, model::windowOf(model, slo), *longest, *tolerated);
    if (!threshold || *threshold >= Decimal(1)) continue;
    const auto fires = model::multiply(*threshold, *longest);
    const auto after =
        fires ? model::add(*fires, model.duration(tier, attr("for")).value_or(0)) : std::nullopt;
    if (after && (!first || *after < first->after)) first = FirstTier{tier, *after};
  }
  return first;
}

std::string inSeconds(Decimal seconds) {
  return model::formatDuration(int64_t(seconds.toDouble() + 0.5));
}

Line sloLine(const Question& ask, EntityId slo) {
  const auto& model = ask.model;
  Line line{{}, ask.words.place(slo), {{"slo", model.path(slo)}}};
  std::string how = "nobody is told by it";
  for (std::string_view severity : {"page", "ticket"})
    if (const auto first = firstTier(model, slo, severity)) {
      how = fmt::format("{} after {} {} (tier `{}`)", severity == "page" ? "pages" : "a ticket",
                        inSeconds(first->after),
                        reliability::promisesSpeed(model, slo) ? "in which all is slow"
                                                               : "of full outage",
                        model[first->tier].name);
      line.facts.push_back({"severity", std::string(severity)});
      line.facts.push_back({"tier", std::string(model[first->tier].name)});
      line.facts.push_back({"seconds", first->after.toDouble()});
      break;
    }
  line.text = fmt::format("{}: {}", ask.words.name(slo), how);
  if (const EntityId runbook = model::runbookOf(model, slo); runbook.valid()) {
    line.text += fmt::format(", runbook {}", ask.words.name(runbook));
    line.facts.push_back({"runbook", model.path(runbook)});
  }
  return line;
}

Line alertLine(const Question& ask, EntityId alert) {
  const auto& model = ask.model;
  const std::string_view severity = model.text(alert, attr("severity"));
  Line line{fmt::format("{}: {}", ask.words.name(alert),
                        severity == "page"     ? "pages"
                        : severity == "ticket" ? "a ticket"
                                               : "tells nobody"),
            ask.words.place(alert),
            {{"alert", model.path(alert)}, {"severity", std::string(severity)}}};
  if (const auto waits = model.duration(alert, attr("for")); waits && waits->mantissa > 0)
    line.text += fmt::format(" once it holds for {}", model::formatDuration(*waits));
  if (const EntityId runbook = model.reference(alert, attr("runbook")); runbook.valid()) {
    line.text += fmt::format(", runbook {}", ask.words.name(runbook));
    line.facts.push_back({"runbook", model.path(runbook)});
  }
  return line;
}

/// Pages before tickets.
int urgency(const Line& line) {
  for (const Fact& fact : line.facts)
    if (fact.key == "severity") {
      const auto& severity = std::get<std::string>(fact.value);
      return severity == "page" ? 0 : severity == "ticket" ? 1 : 2;
    }
  return 3;
}

/// Whether the declaration, or one inside it, is what the entity names in one of its attributes.
bool names(const model::Model& model, EntityId who, std::span<const model::NameId> attributes,
           EntityId id) {
  for (model::NameId attribute : attributes)
    for (EntityId target : referred(model, who, attribute))
      if (target == id) return true;
  return false;
}

} // namespace

std::string escalationOf(const Question& ask, EntityId team) {
  const auto& model = ask.model;
  std::vector<std::string> steps;
  if (const EntityId escalation = model.reference(team, attr("escalation")); escalation.valid()) {
    for (EntityId step : model.childrenOf(escalation, Kind::escalation_step)) {
      const Decimal after = model.duration(step, attr("after")).value_or(0);
      const std::string who = joined(ask.words.names(referred(model, step, attr("notify"))));
      steps.push_back(
          after.mantissa > 0 ? fmt::format("after {} {}", model::formatDuration(after), who) : who);
    }
  } else if (const EntityId rotation = model.reference(team, attr("rotation")); rotation.valid()) {
    steps.push_back(ask.words.name(rotation));
  } else if (const auto members = referred(model, team, attr("members")); !members.empty()) {
    steps.push_back("whoever looks of " + joined(ask.words.names(members), "and", 6));
  }
  return joined(steps, "and");
}

void tellNotice(const Question& ask, EntityId id, Account& account) {
  const auto& model = ask.model;
  std::vector<EntityId> sources; // SLOs and alerts, the nearest first
  const auto add = [&](EntityId source) {
    if (std::find(sources.begin(), sources.end(), source) == sources.end())
      sources.push_back(source);
  };
  for (EntityId source : model.childrenOf(id, Kind::slo))
    if (!reliability::promisesSpeed(model, source)) add(source);
  for (EntityId alert : model.childrenOf(id, Kind::alert)) add(alert);
  const model::NameId causes[] = {attr("cause")};
  for (EntityId failure : model.all(Kind::failure))
    if (names(model, failure, causes, id) || model[failure].parent == id)
      for (EntityId source : referred(model, failure, attr("detected_by"))) add(source);
  if (const NodeId lost = lostWith(ask, id); lost != noNode) {
    const NodeId events[] = {lost};
    const Blast blast(ask.system, events);
    std::vector<EntityId> down;
    for (EntityId each : ask.system.nodes())
      if (each != id && blast.isDown(each)) down.push_back(each);
    // What users feel first, then what lies on the way.
    std::stable_partition(down.begin(), down.end(),
                          [&](EntityId each) { return model[each].kind == Kind::journey; });
    for (EntityId each : down)
      for (EntityId slo : model.childrenOf(each, Kind::slo))
        if (reliability::promisesAvailability(model, slo)) add(slo);
  }
  Section section{"noticed_by", "Who notices", {}, {}, {}, noticesShown};
  std::vector<EntityId> teams;
  for (EntityId source : sources) {
    Line line = model[source].kind == Kind::slo ? sloLine(ask, source) : alertLine(ask, source);
    if (const EntityId team = model::ownerOf(model, source); team.valid()) {
      line.text += fmt::format(", to {}", ask.words.name(team));
      line.facts.push_back({"team", model.path(team)});
      if (std::find(teams.begin(), teams.end(), team) == teams.end()) teams.push_back(team);
    }
    section.lines.push_back(std::move(line));
  }
  std::stable_sort(section.lines.begin(), section.lines.end(),
                   [](const Line& a, const Line& b) { return urgency(a) < urgency(b); });
  if (sources.empty()) section.remark = "Nobody: no promise and no alert sees that it is down.";
  account.sections.push_back(std::move(section));

  Section called{"called", "Who is called", {}, {}, {}, teamsShown};
  for (EntityId team : teams) {
    const std::string who = escalationOf(ask, team);
    called.lines.push_back({fmt::format("{}: {}", ask.words.name(team),
                                        who.empty() ? "nobody is on call" : "first " + who),
                            ask.words.place(team),
                            {{"team", model.path(team)}, {"escalation", who}}});
  }
  account.sections.push_back(std::move(called));
}

void tellKnown(const Question& ask, EntityId id, Account& account) {
  const auto& model = ask.model;
  const model::NameId causes[] = {attr("cause"), attr("target"), attr("affected"), attr("impact")};
  Section known{"known", "What is known of it", {}, {}, {}, knownShown};
  for (EntityId each : model.all(KindSet{Kind::failure, Kind::experiment, Kind::incident})) {
    if (!names(model, each, causes, id) &&
        !(model[each].kind == Kind::failure && model[each].parent == id))
      continue;
    std::string text = titled(model, each);
    std::string_view effect = model.text(each, attr("effect"));
    if (!effect.empty()) text += fmt::format(": {}", effect);
    if (const auto results = model.childrenOf(each, Kind::result); !results.empty()) {
      EntityId last = results.front();
      for (EntityId result : results)
        if (model[result].name > model[last].name) last = result;
      text += fmt::format(", {} on {}", model.text(last, attr("outcome")), model[last].name);
    } else if (model[each].kind == Kind::experiment) {
      text += ", never run";
    }
    std::vector<std::string> proofs = ask.words.names(referred(model, each, attr("proven_by")));
    if (!proofs.empty()) text += ", proven by " + joined(proofs);
    known.lines.push_back(
        {std::move(text),
         ask.words.place(each),
         {{"kind", std::string(schema::info(model[each].kind).word)}, {"name", model.path(each)}}});
  }
  for (EntityId runbook : model.childrenOf(id, Kind::runbook))
    known.lines.push_back(
        {titled(model, runbook) + (model.has(runbook, attr("summary"))
                                       ? fmt::format(": {}", model.text(runbook, attr("summary")))
                                       : std::string()),
         ask.words.place(runbook),
         {{"kind", std::string("runbook")}, {"name", model.path(runbook)}}});
  account.sections.push_back(std::move(known));

  Section risks{"risks", "What is accepted, and what is found", {}};
  const std::string path = model.path(id);
  if (ask.compilation.accepted)
    for (const diagnostics::Risk& risk : *ask.compilation.accepted)
      if (risk.target == path || risk.target.starts_with(path + "."))
        risks.lines.push_back(
            {fmt::format("{} is accepted{}{}{}: {}", diagnostics::info(risk.check).name,
                         risk.by.empty() ? "" : fmt::format(" by `{}`", risk.by),
                         risk.until.empty() ? "" : " until " + risk.until,
                         risk.expired ? " (EXPIRED)" : "", risk.because),
             ask.words.place(risk.range),
             {{"code", std::string(diagnostics::info(risk.check).code)},
              {"by", risk.by},
              {"until", risk.until},
              {"expired", risk.expired}}});
  const auto isHere = [&](const diagnostics::Finding& finding) {
    const auto& in = finding.environments;
    return in.empty() || std::find(in.begin(), in.end(), model.environment) != in.end();
  };
  for (const diagnostics::Finding& finding : ask.compilation.findings)
    if (isHere(finding) && model[id].range.valid() &&
        model[id].range.contains(finding.primary.range))
      risks.lines.push_back({fmt::format("{}[{}]: {}", toString(finding.severity),
                                         diagnostics::info(finding.check).code, finding.message),
                             ask.words.place(finding.primary.range),
                             {{"code", std::string(diagnostics::info(finding.check).code)}}});
  account.sections.push_back(std::move(risks));
}

void tellPeople(const Question& ask, EntityId id, Account& account) {
  const auto& model = ask.model;
  Section owns{"answers_for", "What it answers for", {}};
  if (model[id].kind == Kind::team) {
    std::vector<EntityId> owned;
    for (EntityId each : model.all(schema::components | KindSet(Kind::journey)))
      if (model::ownerOf(model, each) == id) owned.push_back(each);
    owns.lines = ask.words.byKind(owned);
    const std::string who = escalationOf(ask, id);
    owns.lines.push_back({"is called: " + (who.empty() ? std::string("nobody") : "first " + who),
                          {},
                          {{"escalation", who}}});
  }
  account.sections.push_back(std::move(owns));

  Section stands{"stands_in", "Where the name stands", {}};
  std::map<EntityId, std::string> where;
  for (uint32_t i = 0; i < model.entities.size(); ++i) {
    const model::Entity& e = model.entities[i];
    if (e.pattern || e.library || e.kind == Kind::result) continue;
    for (const model::Attribute& a : model.attributesOf({i})) {
      const auto values = referred(model, {i}, a.name);
      if (std::find(values.begin(), values.end(), id) == values.end()) continue;
      if (model[id].kind == Kind::team && a.name == attr("owner")) continue;
      stands.lines.push_back(
          {values.size() > 1
               ? fmt::format("{} of {}, one of {}", a.word, titled(model, {i}), values.size())
               : fmt::format("{} of {}", a.word, titled(model, {i})),
           ask.words.place(a.value.range),
           {{"attribute", std::string(a.word)}, {"of", model.path({i})}}});
    }
  }
  stands.most = 20;
  account.sections.push_back(std::move(stands));

  Section silent{"on_call", "If nobody of it answers", {}};
  const NodeId lost = lostWith(ask, id);
  if (lost == noNode) {
    silent.remark = "Nothing changes: no page of a component gets there.";
    account.sections.push_back(std::move(silent));
    return;
  }
  const NodeId events[] = {lost};
  const Blast blast(ask.system, events);
  std::vector<EntityId> teams = model.all(Kind::team);
  for (EntityId team : teams)
    if (blast.holds(ask.system.nobodyAnswers(team)))
      silent.lines.push_back({fmt::format("nobody answers for {}", titled(model, team)),
                              ask.words.place(team),
                              {{"team", model.path(team)}}});
  for (const auto& thin : reliability::thinned(ask.system, blast, teams)) {
    std::vector<std::string> last;
    for (NodeId event : thin.events) last.push_back(ask.words.part({event, 1}));
    silent.lines.push_back(
        {fmt::format("{} rests on {} alone", titled(model, thin.root), joined(last, "or", 8)),
         ask.words.place(thin.root),
         {{"team", model.path(thin.root)}, {"rests_on", last}}});
  }
  if (silent.lines.empty()) silent.remark = "Others answer, and no team rests on one person alone.";
  account.sections.push_back(std::move(silent));
}

} // namespace relc::driver
