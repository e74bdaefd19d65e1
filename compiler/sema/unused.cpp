#include "compiler/sema/context.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace relc::sema {
namespace {

/// The modules whose metrics the workspace's own PromQL asks for: who imports them has the
/// expressions judged by what they declare.
std::set<uint32_t> modulesOfMetrics(const Context& c) {
  std::set<source::FileId> own;
  for (const Unit& unit : c.units)
    if (unit.module.empty()) own.insert(unit.tree->file);
  std::set<std::string, std::less<>> asked;
  for (const model::Query& query : c.model.queries)
    if (query.expr.valid() && own.contains(query.file))
      for (std::string& name : promql::metricNames(query.expr)) asked.insert(std::move(name));
  std::set<uint32_t> modules;
  for (uint32_t i = 0; i < c.model.entities.size(); ++i) {
    const model::Entity& e = c.model.entities[i];
    // `up` is written by Prometheus itself, and declared by nearly every module.
    if (e.kind != Kind::metric || c.moduleOf[i] == 0 || e.name == "up") continue;
    for (const std::string_view suffix : {"", "_bucket", "_count", "_sum"})
      if (asked.contains(std::string(e.name) + std::string(suffix))) modules.insert(c.moduleOf[i]);
  }
  return modules;
}

} // namespace

void checkUnused(Context& c) {
  auto idle = [](const ImportedModule& import) {
    return !import.used && import.inModule == 0 && import.module != UINT32_MAX;
  };
  std::set<uint32_t> measured;
  if (std::any_of(c.imports.begin(), c.imports.end(), idle)) measured = modulesOfMetrics(c);
  for (const ImportedModule& import : c.imports)
    if (idle(import) && !measured.contains(import.module))
      c.findings
          .add(Check::UnusedImport, import.range,
               fmt::format("nothing of {} is used", moduleTitle(c.modules[import.module])))
          .suggest("remove the import")
          .fix("remove the import", {{import.removal, ""}});

  // A workspace that is a library, too: who uses what it declares is not known here.
  bool library = c.libraries.contains(0);
  auto exported = [&](std::string_view name) { return library && !name.starts_with('_'); };
  for (const auto& [name, lets] : c.lets)
    for (const Let& let : lets)
      if (!let.used && let.module == 0 && !exported(name))
        c.findings
            .add(Check::UnusedDeclaration, let.tree->range((*let.tree)[let.member].subject),
                 fmt::format("`{}` is never used", name))
            .suggest("remove it");

  // A parameter hides a `let` of its name, so that one of the two is read wrongly some day.
  for (uint32_t i = 0; i < c.model.entities.size(); ++i) {
    const auto& e = c.model.entities[i];
    if (e.kind != Kind::parameter) continue;
    auto lets = c.lets.find(e.name);
    if (lets == c.lets.end()) continue;
    for (const Let& let : lets->second)
      if (let.module == c.moduleOf[i] && let.module == 0)
        c.findings
            .add(Check::ShadowedName, e.nameRange,
                 fmt::format("parameter `{}` hides the `let` of that name", e.name))
            .at(let.tree->range((*let.tree)[let.member].subject), "hidden inside the definition")
            .suggest("rename one of them");
  }

  // Kinds that exist only to be referred to.
  constexpr KindSet referable{Kind::team,      Kind::domain,        Kind::sli,
                              Kind::parameter, Kind::burn_policy,   Kind::runbook,
                              Kind::person,    Kind::rotation,      Kind::escalation,
                              Kind::receiver,  Kind::budget_policy, Kind::profile};
  std::vector<bool> inside(c.model.entities.size(), false); // a domain counts if one inside it does
  for (uint32_t i = 0; i < c.model.entities.size(); ++i)
    if (EntityId in = c.model.entities[i].in; in.valid()) inside[in.index] = true;
  for (uint32_t i = 0; i < c.model.entities.size(); ++i) {
    const auto& e = c.model.entities[i];
    if (!referable.has(e.kind) || e.library || e.broken || e.name.empty() || c.referenced[i] ||
        inside[i])
      continue;
    if (!e.parent.valid() && exported(e.name)) continue;
    // A runbook inside a component is that component's.
    if (e.kind == Kind::runbook && e.parent.valid()) continue;
    c.findings
        .add(Check::UnusedDeclaration, e.nameRange,
             fmt::format("nothing refers to {} `{}`", schema::info(e.kind).word, e.name))
        .suggest("remove it, or refer to it");
  }
}

} // namespace relc::sema
