// Who is woken, and what that person finds: REL3001, REL3003, REL3006.

#include "compiler/analysis/families.h"
#include "compiler/analysis/wording.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace relc::analysis {
namespace {

/// What can wake somebody: an alert of severity `page`, or an SLO whose burn policy has such a
/// tier.
struct Page {
  EntityId component; ///< or journey
  EntityId source;    ///< the alert or SLO
};

bool pages(const model::Model& model, EntityId alert) {
  return model.text(alert, attr("severity")) == "page";
}

/// In the order of components; a component's alerts before its SLOs.
std::vector<Page> allPages(const Index& index) {
  std::vector<Page> result;
  for (EntityId alert : index.of(Kind::alert))
    if (pages(index.model, alert)) result.push_back({index.model[alert].parent, alert});
  for (const Promise& promise : index.promises) {
    const BurnPolicy* policy = index.policyOf(promise);
    if (policy && policy->pages) result.push_back({index.model[promise.slo].parent, promise.slo});
  }
  auto key = [&](const Page& page) {
    return std::tuple(page.component, index.model[page.source].kind != Kind::alert, page.source);
  };
  std::sort(result.begin(), result.end(),
            [&](const Page& a, const Page& b) { return key(a) < key(b); });
  return result;
}

/// Shows where pages come from.
void point(Finding& finding, const model::Model& model, std::span<const Page> sources) {
  size_t show = sources.size() > namesShown + 1 ? namesShown : sources.size();
  for (const Page& page : sources.first(show)) {
    bool alert = model[page.source].kind == Kind::alert;
    finding.at(model[page.source].nameRange,
               alert ? "this alert pages" : "the burn policy of this SLO pages");
  }
  if (show < sources.size())
    finding.because(fmt::format("{} more of its alerts and SLOs page", sources.size() - show));
}

// --- REL3001 -------------------------------------------------------------------------------------

void pageWithoutOwner(const Index& index, std::span<const Page> sources, FindingList& findings) {
  const model::Model& model = index.model;
  EntityId component = sources[0].component;
  const model::Entity& e = model[component];
  if (e.broken || model::ownerOf(model, component).valid()) return;
  Finding& finding =
      findings.add(Check::PageWithoutOwner, e.nameRange,
                   fmt::format("nobody owns the pages of {}", titled(model, component)));
  finding.about(component.index).label("has no `owner`");
  point(finding, model, sources);
  finding.because(
      "a page is sent to the team that owns the component; without an owner it goes to the "
      "receiver of last resort, where everybody takes it for somebody else's");
  std::vector<std::string> teams;
  for (EntityId team : index.of(Kind::team)) teams.emplace_back(model[team].name);
  if (teams.empty())
    finding.suggest(
        fmt::format("declare the team that answers them, team NAME {{ chat = … }}, and set "
                    "`owner = NAME` in `{}`",
                    e.name));
  else
    finding.suggest(
        fmt::format("set the team that answers them: `owner = {}`{}", teams[0],
                    teams.size() == 1 ? "" : fmt::format("; teams are {}", listed(teams))));
}

// --- REL3003 -------------------------------------------------------------------------------------

std::vector<EntityId> runbooksOf(const Index& index, EntityId component) {
  return index.holds(component, Kind::runbook) ? index.model.childrenOf(component, Kind::runbook)
                                               : std::vector<EntityId>();
}

constexpr std::string_view whyRunbook =
    "whoever is woken at three has to find out first what others know already; recorded steps make "
    "a repair about three times faster";

void alertWithoutRunbook(const Index& index, EntityId alert, FindingList& findings) {
  const model::Model& model = index.model;
  const model::Entity& e = model[alert];
  if (e.broken || !pages(model, alert) || model.has(alert, attr("runbook"))) return;
  Finding& finding = findings.add(Check::PageWithoutRunbook, e.nameRange,
                                  fmt::format("alert `{}` pages without a runbook", e.name));
  finding.about(alert.index).label("what does the person who is woken do?");
  const model::Attribute* severity = model.attribute(alert, attr("severity"));
  finding.at(severity->value.range, "wakes somebody");
  finding.because(std::string(whyRunbook));
  std::vector<EntityId> known = runbooksOf(index, e.parent);
  if (known.empty()) {
    finding.suggest("write down the first steps, runbook NAME { step { do = \"…\" } }, and set "
                    "`runbook = NAME` in the alert");
    return;
  }
  std::string_view first = model[known[0]].name;
  finding.suggest(fmt::format("set the runbook that fits, such as `runbook = {}`", first));
  if (known.size() == 1) {
    source::Range behind = severity->value.range;
    behind.begin = behind.end;
    finding.fix(fmt::format("use the only runbook of `{}`", model[e.parent].name),
                {{behind, fmt::format("  runbook = {}", first)}});
  }
}

/// One runbook mends all SLOs of a component, so they are one finding.
void slosWithoutRunbook(const Index& index, std::span<const Page> sources, FindingList& findings) {
  const model::Model& model = index.model;
  EntityId component = sources[0].component;
  if (model[component].broken || index.holds(component, Kind::runbook)) return;
  std::vector<Page> bare;
  for (const Page& page : sources)
    if (model[page.source].kind == Kind::slo && !model[page.source].broken &&
        !model.has(page.source, attr("runbook")))
      bare.push_back(page);
  if (bare.empty()) return;
  Finding& finding =
      findings.add(Check::PageWithoutRunbook, model[component].nameRange,
                   fmt::format("{} pages without a runbook", titled(model, component)));
  finding.about(component.index).label("what does the person who is woken do?");
  point(finding, model, bare);
  finding.because(std::string(whyRunbook));
  bool journey = model[component].kind == Kind::journey;
  finding.suggest(
      fmt::format("write down the first steps{}, runbook NAME {{ step {{ do = \"…\" }} }}{}",
                  journey ? "" : fmt::format(" in `{}`", model[component].name),
                  journey ? ", and set `runbook = NAME` in the SLO"
                          : "; an SLO can name another one with `runbook = NAME`"));
}

// --- REL3006 -------------------------------------------------------------------------------------

void pageWithoutImpact(const Index& index, EntityId alert, FindingList& findings) {
  const model::Model& model = index.model;
  const model::Entity& e = model[alert];
  if (e.broken || !pages(model, alert)) return;
  if (!model.text(alert, attr("symptom")).empty() || !model.listOf(alert, attr("impact")).empty())
    return;
  Finding& finding =
      findings.add(Check::PageWithoutImpact, e.nameRange,
                   fmt::format("alert `{}` pages for something that no user feels", e.name));
  finding.about(alert.index).label("neither `symptom` nor `impact`");
  finding.at(model.attribute(alert, attr("severity"))->value.range, "wakes somebody");
  finding.because(
      "a page interrupts a life, so it says what users suffer from; a cause that nobody "
      "feels belongs into a ticket or on a dashboard");
  finding.suggest("say what users notice: `symptom = \"Customers wait more than ten minutes\"`");
  std::vector<EntityId> slos = model.childrenOf(e.parent, Kind::slo);
  finding.suggest(fmt::format("or which promise or journey is in danger: `impact = {}`",
                              slos.empty() ? std::string_view("NAME") : model[slos[0]].name));
  finding.suggest("if neither is true yet, let it wait for the morning: `severity = ticket`");
}

} // namespace

void checkPages(const Index& index, FindingList& findings) {
  const std::vector<Page> all = allPages(index);
  for (size_t begin = 0, end = 0; begin < all.size(); begin = end) {
    while (end < all.size() && all[end].component == all[begin].component) ++end;
    std::span<const Page> sources(all.data() + begin, end - begin);
    pageWithoutOwner(index, sources, findings);
    slosWithoutRunbook(index, sources, findings);
  }
  for (EntityId alert : index.of(Kind::alert)) {
    alertWithoutRunbook(index, alert, findings);
    pageWithoutImpact(index, alert, findings);
  }
}

} // namespace relc::analysis
