#include "compiler/driver/why.h"

#include "compiler/diagnostics/terminal.h"
#include "compiler/driver/commands.h"
#include "compiler/driver/naming.h"
#include "compiler/driver/session.h"

#include <fmt/format.h>

namespace relc::driver {
namespace {

using model::attr;
using model::EntityId;
using schema::Kind;
using schema::KindSet;

constexpr KindSet people{Kind::team, Kind::person, Kind::rotation, Kind::escalation};
constexpr KindSet ranks[] = {
    schema::components | KindSet{Kind::journey, Kind::operation, Kind::domain}, people};

/// The first paragraph, in one line.
std::string summaryOf(std::string_view doc) {
  std::string out(doc.substr(0, std::min(doc.find("\n\n"), doc.size())));
  for (char& c : out)
    if (c == '\n') c = ' ';
  return out;
}

void introduce(const Question& ask, EntityId id, Account& account) {
  const auto& model = ask.model;
  account.title = fmt::format("{}  ({})", titled(model, id), ask.words.place(id));
  account.facts = {{"name", model.path(id)},
                   {"kind", std::string(schema::info(model[id].kind).word)},
                   {"place", ask.words.place(id)}};
  if (const std::string doc = summaryOf(model[id].doc); !doc.empty()) account.lines.push_back(doc);
  std::vector<std::string> facts;
  if (const EntityId owner = model::ownerOf(model, id); owner.valid()) {
    facts.push_back("owner " + ask.words.name(owner));
    account.facts.push_back({"owner", model.path(owner)});
  }
  if (const unsigned tier = reliability::tierOf(model, id); tier != 0)
    facts.push_back(fmt::format("tier{}", tier));
  if (schema::operated.has(model[id].kind)) {
    const auto instances = reliability::instancesOf(model, id);
    if (!instances.stated) {
      facts.emplace_back("nothing is said of its instances");
    } else {
      std::vector<std::string> places;
      for (const auto& place : instances.places)
        if (place.domain.valid())
          places.push_back(fmt::format("{} in {}", place.count, ask.words.name(place.domain)));
      facts.push_back(fmt::format("{} instance{}, {} needed{}{}", instances.count,
                                  instances.count == 1 ? "" : "s", instances.quorum,
                                  places.empty() ? "" : ": ", joined(places)));
    }
  }
  if (model[id].kind == Kind::external)
    if (const auto* sla = model.attribute(id, attr("sla")))
      facts.push_back("promises " + model::toText(model, sla->value));
  if (!facts.empty()) account.lines.push_back(joined(facts, ","));
}

Account explain(const Question& ask, const std::vector<EntityId>& about) {
  Account account;
  if (about.size() == 2) {
    tellWay(ask, about[0], about[1], account);
    return account;
  }
  const EntityId id = about.front();
  introduce(ask, id, account);
  if (people.has(ask.model[id].kind)) {
    tellPeople(ask, id, account);
    return account;
  }
  if (reliability::needy.has(ask.model[id].kind)) {
    tellCutSets(ask, id, account);
    tellCeilings(ask, id, account);
  }
  if (ask.model[id].kind != Kind::journey) tellBlast(ask, id, account);
  tellNotice(ask, id, account);
  tellKnown(ask, id, account);
  return account;
}

} // namespace

faulttree::NodeId lostWith(const Question& ask, EntityId id) {
  const Kind kind = ask.model[id].kind;
  if (kind == Kind::domain) return ask.system.domainFails(id);
  if (schema::components.has(kind)) return ask.system.wholeFails(id);
  if (people.has(kind)) return ask.system.nobodyAnswers(id);
  return ask.system.down(id);
}

int runWhy(const Invocation& invocation) {
  if (invocation.arguments.empty()) {
    print(stderr, "relc: `relc why` takes a name, or two: relc why place-order orders-db\n");
    return ExitUnusable;
  }
  auto settings = settingsOf(invocation);
  auto compilation = settings ? compileAt(invocation.value("in", "."), *settings) : nullptr;
  if (!compilation) return ExitUnusable;
  const model::Model& model = compilation->model;

  std::vector<EntityId> about;
  std::string hint;
  for (const std::string& word : invocation.arguments) {
    const Named named = findNamed(model, word, ranks);
    if (!named.id.valid()) {
      print(stderr, fmt::format("relc: {}\n", named.error));
      return ExitUnusable;
    }
    about.push_back(named.id);
    for (EntityId other : named.others)
      hint += fmt::format("\nThere is a {} too: relc why '{} {}'\n", titled(model, other),
                          schema::info(model[other].kind).word, model.path(other));
  }
  const reliability::SystemTree system(model, {.roots = {}, .eachInstance = true, .people = true});
  const SystemWords words(*compilation, system);
  const Account account = explain({*compilation, model, system, words}, about);
  if (settings->format == "json") {
    print(stdout, asJson(account));
  } else {
    const auto terminal = diagnostics::detectTerminal(settings->color, fileno(stdout));
    print(stdout, asText(account, terminal.width) + hint);
  }
  if (compilation->hasErrors())
    print(stderr, "relc: the workspace has errors, so this may be incomplete: see `relc check`\n");
  return ExitClean;
}

} // namespace relc::driver
