#include "compiler/driver/risk_register.h"

#include "compiler/diagnostics/columns.h"
#include "compiler/diagnostics/terminal.h"
#include "compiler/driver/account.h"
#include "compiler/driver/commands.h"
#include "compiler/driver/naming.h"
#include "compiler/driver/session.h"
#include "compiler/faulttree/single_points.h"
#include "compiler/reliability/ceilings.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

namespace relc::driver {
namespace {

using faulttree::NodeId;
using faulttree::noNode;
using model::EntityId;
using reliability::Role;
using reliability::SystemTree;
using risk::Entry;
using risk::State;
using schema::Kind;

/// Nodes of fault trees that are solved at most, and roots that get a table; events of one.
constexpr size_t mostWork = 500'000, mostRoots = 100, mostEvents = 20;
/// What costs less than that share of the time is no row.
constexpr double leastGain = 1e-9;

std::string plain(const model::Model& model, EntityId id) {
  return fmt::format("{} {}", schema::info(model[id].kind).word, model.path(id));
}

class Registrar {
public:
  explicit Registrar(const Compilation& compilation)
      : c_(compilation), model_(compilation.model),
        system_(model_, {.roots = {}, .eachInstance = false}), roots_(reliability::rootsOf(model_)),
        columns_(compilation.sources) {
    std::erase_if(roots_, [&](EntityId id) { return system_.down(id) == noNode; });
    std::stable_partition(roots_.begin(), roots_.end(),
                          [&](EntityId id) { return model_[id].kind == Kind::journey; });
    for (uint32_t i = 0; i < model_.entities.size(); ++i) {
      const model::Entity& e = model_.entities[i];
      if (e.pattern || e.name.empty() || !e.range.valid()) continue;
      byPath_.try_emplace(model_.path({i}), i);
      places_.emplace_back(e.range, i);
    }
    // Outer before inner, so that the last one that holds a place is the narrowest.
    std::sort(places_.begin(), places_.end(), [](const auto& a, const auto& b) {
      return std::tuple(a.first.file, a.first.begin, b.first.end, a.second) <
             std::tuple(b.first.file, b.first.begin, a.first.end, b.second);
    });
  }

  risk::Register make() {
    risk::Register out;
    if (model_.system.valid()) out.system = model_[model_.system].name;
    out.environment = model_.environment;
    out.now = model_.now.toString();
    findSinglePoints();
    if (!reliability::isRehearsal(model_)) weigh(out);
    for (const diagnostics::Finding& finding : c_.findings)
      if (diagnostics::info(finding.check).code.starts_with("REL1") && isHere(finding.environments))
        out.entries.push_back(entryOf(finding));
    if (c_.accepted)
      for (const diagnostics::Risk& accepted : *c_.accepted)
        if (isHere(accepted.environments) && (accepted.silenced > 0 || accepted.expired))
          out.entries.push_back(entryOf(accepted));
    std::stable_sort(out.entries.begin(), out.entries.end(), [](const Entry& a, const Entry& b) {
      const auto rank = [](const Entry& e) {
        return std::tuple(-int64_t(e.takesDown.size()), -e.secondsLost, e.severity != "error",
                          e.severity != "warning", e.state, e.code, e.target, e.file, e.line);
      };
      return rank(a) < rank(b);
    });
    return out;
  }

private:
  const Compilation& c_;
  const model::Model& model_;
  SystemTree system_;
  std::vector<EntityId> roots_;
  diagnostics::Columns columns_;
  std::map<std::string, uint32_t, std::less<>> byPath_;
  std::vector<std::pair<source::Range, uint32_t>> places_;
  std::map<EntityId, std::vector<std::string>> takesDown_; ///< roots by component or domain
  std::map<EntityId, double> seconds_;                     ///< that it costs a root at most

  [[nodiscard]] bool isHere(const std::vector<std::string>& environments) const {
    return environments.empty() || std::find(environments.begin(), environments.end(),
                                             model_.environment) != environments.end();
  }

  void findSinglePoints() {
    std::vector<NodeId> tops;
    for (EntityId root : roots_) tops.push_back(system_.down(root));
    const faulttree::SinglePoints points(system_.tree, tops);
    for (size_t r = 0; r < roots_.size(); ++r) {
      if (points.valueBefore(r)) continue;
      for (NodeId event : points.of(r)) {
        const auto& meaning = system_.meaning(event);
        auto& names = takesDown_[meaning.entity];
        const std::string name = plain(model_, roots_[r]);
        if (meaning.entity != roots_[r] && (names.empty() || names.back() != name))
          names.push_back(name);
      }
    }
  }

  void weigh(risk::Register& out) {
    reliability::Ceilings ceilings(model_, system_);
    for (EntityId root : roots_) {
      if (out.roots.size() == mostRoots || ceilings.work() > mostWork) {
        ++out.rootsLeftOut;
        continue;
      }
      // Without a promise the window is the system's.
      model::Decimal window = model::windowOf(model_, EntityId());
      for (EntityId slo : model_.childrenOf(root, Kind::slo))
        if (reliability::promisesAvailability(model_, slo)) {
          window = model::windowOf(model_, slo);
          break;
        }
      const double length = window.toDouble();
      const auto below = ceilings.exact(root);
      if (below.low <= 0 || below.low >= 1) continue;
      risk::RootTable table{
          plain(model_, root), model::formatDuration(window), below.low * length, {}, {}};
      for (const reliability::Term& term : ceilings.terms(root)) {
        if (term.gain < leastGain) break;
        const auto& meaning = system_.meaning(term.event);
        double& most = seconds_[meaning.entity];
        most = std::max(most, term.gain * length);
        if (table.weights.size() == mostEvents) continue;
        risk::Weight weight{meaning.role == Role::InstanceFails
                                ? fmt::format("instances of {}", model_.path(meaning.entity))
                            : meaning.role == Role::WholeFails ? plain(model_, meaning.entity)
                                                               : system_.describe(term.event),
                            term.probability,
                            {},
                            term.gain / below.low,
                            term.gain * length};
        if (meaning.role != Role::InstanceFails) weight.birnbaum = term.gain / term.probability;
        table.weights.push_back(std::move(weight));
      }
      for (EntityId id : ceilings.unknown(root)) table.unsaid.push_back(model_.path(id));
      if (!table.weights.empty()) out.roots.push_back(std::move(table));
    }
  }

  /// The narrowest declaration that holds the place.
  [[nodiscard]] EntityId around(const source::Range& range) const {
    if (!range.valid()) return {};
    auto at = std::upper_bound(
        places_.begin(), places_.end(), range, [](const source::Range& r, const auto& place) {
          return std::pair(r.file, r.begin) < std::pair(place.first.file, place.first.begin);
        });
    // Declarations nest a few levels deep; what lies further back holds it no more.
    for (size_t tries = 0; at != places_.begin() && tries < 1000; ++tries) {
      --at;
      if (at->first.file != range.file) break;
      if (at->first.contains(range)) return {at->second};
    }
    return {};
  }

  void locate(Entry& entry, const source::Range& anywhere) {
    const source::Range range = diagnostics::clamp(anywhere, c_.sources);
    if (!range.valid()) return;
    entry.file = c_.sources.path(range.file);
    const auto begin = columns_.at(range.file, range.begin);
    const auto end = columns_.at(range.file, range.end);
    entry.line = begin.line;
    entry.column = begin.utf16;
    entry.endLine = end.line;
    entry.endColumn = end.utf16;
  }

  void describe(Entry& entry, diagnostics::Check check, EntityId target) {
    const auto& info = diagnostics::info(check);
    entry.code = info.code;
    entry.check = info.name;
    entry.summary = info.summary;
    if (entry.severity.empty()) entry.severity = toString(info.severity);
    if (!target.valid()) return;
    entry.target = model_.path(target);
    if (const EntityId owner = model::ownerOf(model_, target); owner.valid())
      entry.owner = model_.path(owner);
    if (const auto found = takesDown_.find(target);
        found != takesDown_.end() && info.group == "risk")
      entry.takesDown = found->second;
    if (const auto found = seconds_.find(target); found != seconds_.end() && info.group == "risk")
      entry.secondsLost = found->second;
  }

  /// The declaration of that path, or the one that what has no name stands in (`checkout.needs`).
  [[nodiscard]] EntityId named(std::string_view path) const {
    for (;;) {
      if (const auto found = byPath_.find(path); found != byPath_.end()) return {found->second};
      const size_t dot = path.rfind('.');
      if (dot == path.npos) return {};
      path = path.substr(0, dot);
    }
  }

  Entry entryOf(const diagnostics::Finding& finding) {
    Entry entry;
    entry.severity = toString(finding.severity);
    entry.message = finding.message;
    describe(entry, finding.check, around(finding.primary.range));
    locate(entry, finding.primary.range);
    return entry;
  }

  Entry entryOf(const diagnostics::Risk& accepted) {
    Entry entry;
    entry.state = accepted.expired ? State::Expired : State::Accepted;
    describe(entry, accepted.check, named(accepted.target));
    entry.target = accepted.target;
    entry.message = accepted.finding.empty()
                        ? fmt::format("{} of `{}`", entry.check, accepted.target)
                        : accepted.finding;
    entry.by = accepted.by;
    entry.because = accepted.because;
    entry.mitigation = accepted.mitigation;
    entry.until = accepted.until;
    entry.ticket = accepted.ticket;
    if (const auto until = model::parseDate(accepted.until))
      entry.daysLeft = int64_t(until->days) - model_.now.days;
    locate(entry, accepted.range);
    return entry;
  }
};

Account accountOf(const risk::Register& risks) {
  Account account;
  account.title = risk::summaryOf(risks);
  Section list{"risks", "The worst first", {}};
  for (const Entry& e : risks.entries) {
    std::string text = fmt::format("{} {}", e.code, e.message);
    if (!e.takesDown.empty())
      text += fmt::format("; takes down {} alone", joined(e.takesDown, "and", 6));
    if (e.secondsLost > 0)
      text += fmt::format("; costs up to {}", risk::shownSeconds(e.secondsLost));
    text += fmt::format("; {}", risk::toString(e.state));
    if (!e.by.empty()) text += fmt::format(" by {}", e.by);
    if (const std::string term = risk::termOf(e); !term.empty()) text += ", " + term;
    if (!e.owner.empty()) text += fmt::format("; owner {}", e.owner);
    list.lines.push_back({std::move(text), fmt::format("{}:{}", e.file, e.line), {}});
  }
  account.sections.push_back(std::move(list));
  for (const risk::RootTable& root : risks.roots) {
    Section table{
        "importance",
        fmt::format(
            "What {} follows most: down for {} in {} if what it needs keeps its promises just so",
            root.root, risk::shownSeconds(root.seconds), root.window),
        {},
        {},
        {},
        8};
    for (const risk::Weight& w : root.weights)
      table.lines.push_back(
          {fmt::format("{} costs {}, {:.1f}% of the outages{}", w.event,
                       risk::shownSeconds(w.seconds), 100 * w.criticality,
                       w.birnbaum ? fmt::format(", Birnbaum {:.3g}", *w.birnbaum) : std::string()),
           {},
           {}});
    account.sections.push_back(std::move(table));
  }
  return account;
}

} // namespace

risk::Register registerOf(const Compilation& compilation) {
  return Registrar(compilation).make();
}

int runRisks(const Invocation& invocation) {
  auto settings = settingsOf(invocation);
  auto compilation = settings ? compileAt(invocation.argument(0, "."), *settings) : nullptr;
  if (!compilation) return ExitUnusable;
  const risk::Register risks = registerOf(*compilation);
  if (settings->format == "json") {
    print(stdout, risk::toJson(risks));
  } else if (settings->format == "markdown") {
    print(stdout, risk::toMarkdown(risks));
  } else if (settings->format == "sarif") {
    print(stdout, risk::toSarif(risks, RELC_VERSION));
  } else {
    const auto terminal = diagnostics::detectTerminal(settings->color, fileno(stdout));
    print(stdout, asText(accountOf(risks), terminal.width));
  }
  if (compilation->hasErrors())
    print(stderr, "relc: the workspace has errors, so this may be incomplete: see `relc check`\n");
  return ExitClean;
}

} // namespace relc::driver
