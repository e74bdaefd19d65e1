// `accept`: which findings are known and agreed on, and what is wrong with saying so.

#include "compiler/analysis/analysis.h"
#include "compiler/analysis/families.h"
#include "compiler/analysis/levels.h"
#include "compiler/analysis/policy.h"
#include "compiler/analysis/wording.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>
#include <unordered_map>

namespace relc::analysis {
namespace {

using diagnostics::CheckInfo;
using diagnostics::Risk;
using diagnostics::Severity;

constexpr uint32_t none = UINT32_MAX;

/// What nothing refers to is known only if all references could be read.
bool isAboutUse(Check check) {
  return check == Check::UnusedImport || check == Check::UnusedDeclaration;
}
/// Groups whose acceptances are risks that somebody takes.
bool isRisk(const CheckInfo& check) {
  return check.group == "topology" || check.group == "risk" || check.group == "chaos";
}

struct Acceptance {
  EntityId id;
  Check check;
  EntityId target; ///< `on X`, or the declaration around it; invalid at the top of a file
  std::vector<std::string_view> lacks;
  bool expired = false;
  bool foreign = false;                 ///< its text is that of a library
  bool pattern = false;                 ///< the text of a profile itself, not of one of its users
  bool matched = false;                 ///< a finding is about its target
  size_t silenced = 0;                  ///< findings that it takes out
  std::vector<source::Range> firstOnes; ///< the places of some of them
  uint32_t firstSubject = none;         ///< what the first one is about
  std::string firstMessage;             ///< what it says
  uint32_t taker = none;                ///< the acceptance that silences instead of it
  uint32_t original = none;             ///< the one of the same check and target that counts

  [[nodiscard]] bool holds() const { return lacks.empty() && !expired; }
  [[nodiscard]] bool idle() const { return !matched || (holds() && silenced == 0); }
};

struct Duty {
  model::NameId name;
  bool riskOnly;
};
constexpr Duty duties[] = {{attr("because"), false},
                           {attr("mitigation"), true},
                           {attr("by"), true},
                           {attr("until"), true}};

/// A text, a word, or the name of what is referred to.
std::string textOf(const model::Model& model, EntityId id, model::NameId name) {
  if (EntityId target = model.reference(id, name); target.valid()) return model.path(target);
  return std::string(model.text(id, name));
}

std::optional<model::Date> until(const model::Model& model, EntityId id) {
  const model::Attribute* a = model.attribute(id, attr("until"));
  const auto* date = a ? a->value.as<model::Date>() : nullptr;
  return date ? std::optional(*date) : std::nullopt;
}

bool isGiven(const model::Model& model, EntityId id, model::NameId name) {
  const model::Attribute* a = model.attribute(id, name);
  return a && (!a->value.as<model::Text>() || !model.text(id, name).empty());
}

/// The declarations that acceptances of one check count for.
class Targets {
public:
  void add(const model::Model& model, EntityId target, uint32_t acceptance) {
    auto [row, isNew] = acceptances_.try_emplace(target.index);
    row->second.push_back(acceptance);
    if (isNew) places_.push_back({model[target].range, target, none});
  }

  /// Puts the acceptances of one target into the order in which they count, and the places into
  /// the order in which they are searched.
  template <class Before>
  void settle(const Before& before) {
    for (auto& [target, acceptances] : acceptances_)
      std::sort(acceptances.begin(), acceptances.end(), before);
    // Ranges of declarations nest: outer before inner.
    std::sort(places_.begin(), places_.end(), [](const Place& a, const Place& b) {
      return std::tuple(a.range.file, a.range.begin, b.range.end, b.target) <
             std::tuple(b.range.file, b.range.begin, a.range.end, a.target);
    });
    std::vector<uint32_t> open;
    for (uint32_t i = 0; i < places_.size(); ++i) {
      while (!open.empty() && !places_[open.back()].range.contains(places_[i].range))
        open.pop_back();
      if (!open.empty()) places_[i].around = open.back();
      open.push_back(i);
    }
  }

  /// The acceptances that could silence the finding: those of the narrowest target first. A finding
  /// that does not say what it is about is about the declaration that it stands in.
  [[nodiscard]] std::vector<uint32_t> matching(const model::Model& model,
                                               const Finding& finding) const {
    std::vector<uint32_t> out;
    auto visit = [&](EntityId target) {
      auto row = acceptances_.find(target.index);
      if (row != acceptances_.end()) out.insert(out.end(), row->second.begin(), row->second.end());
    };
    if (finding.subject != Finding::none)
      for (EntityId at{finding.subject}; at.valid(); at = model[at].parent) visit(at);
    else if (finding.primary.range.valid())
      containing(finding.primary.range, visit);
    return out;
  }

  /// Calls `visit` with the acceptances of each target.
  template <class Visit>
  void eachTarget(const Visit& visit) const {
    for (const auto& [target, acceptances] : acceptances_) visit(acceptances);
  }

private:
  struct Place {
    source::Range range;
    EntityId target;
    uint32_t around; ///< the next larger one, or none
  };
  std::vector<Place> places_;
  std::unordered_map<uint32_t, std::vector<uint32_t>> acceptances_; ///< by target

  template <class Visit>
  void containing(source::Range range, const Visit& visit) const {
    auto behind = std::upper_bound(
        places_.begin(), places_.end(), range, [](const source::Range& r, const Place& place) {
          return std::pair(r.file, r.begin) < std::pair(place.range.file, place.range.begin);
        });
    for (auto at = static_cast<uint32_t>(behind - places_.begin()) - 1; at != none;
         at = places_[at].around)
      if (places_[at].range.contains(range)) visit(places_[at].target);
  }
};

/// One text can be many acceptances: that of a profile counts in each declaration that uses it.
/// Each silences for itself; of no use is the text only if it is so everywhere.
class Acceptances {
public:
  explicit Acceptances(const model::Model& model)
      : model_(model), mostAccepted_(static_cast<size_t>(
                           policyNumber(model, attr("max_accepted_findings")).toDouble())) {
    std::vector<EntityId> declared = model.all(Kind::accept, true);
    if (declared.empty()) return;
    std::vector<bool> foreign = libraryFiles();
    for (EntityId id : declared) {
      const model::Entity& e = model[id];
      auto check = diagnostics::findCheck(e.name);
      if (e.broken || !check) continue; // a finding has been made
      if (!e.module.empty() || (e.pattern && e.on.valid())) continue;
      Acceptance acceptance{id, *check, e.on.valid() ? e.on : e.parent, {}};
      for (const Duty& duty : duties)
        if ((!duty.riskOnly || isRisk(diagnostics::info(*check))) && !isGiven(model, id, duty.name))
          acceptance.lacks.push_back(schema::nameOf(duty.name));
      if (auto date = until(model, id)) acceptance.expired = *date < model.now;
      acceptance.pattern = e.pattern;
      acceptance.foreign = e.range.valid() && foreign[e.range.file.index];
      auto index = static_cast<uint32_t>(all_.size());
      texts_[e.range].push_back(index);
      if (acceptance.target.valid() && !isFixed(diagnostics::info(*check)))
        targets_[*check].add(model, acceptance.target, index);
      all_.push_back(std::move(acceptance));
    }
    for (auto& [check, targets] : targets_) {
      targets.settle([&](uint32_t a, uint32_t b) { return precedence(a) < precedence(b); });
      targets.eachTarget([&](const std::vector<uint32_t>& same) { findDuplicates(same); });
    }
  }

  /// Marks what the finding is accepted by.
  bool accepts(const Finding& finding) {
    uint32_t taker = none;
    if (auto targets = targets_.find(finding.check); targets != targets_.end()) {
      const std::vector<uint32_t> matching = targets->second.matching(model_, finding);
      for (uint32_t i : matching) {
        all_[i].matched = true;
        if (taker == none && all_[i].holds()) taker = i;
      }
      for (uint32_t i : matching)
        if (i != taker) all_[i].taker = taker;
    }
    if (taker == none) {
      if (finding.subject != Finding::none) unaccepted_.try_emplace(finding.check, finding.subject);
      return false;
    }
    Acceptance& a = all_[taker];
    if (a.silenced == 0) {
      a.firstSubject = finding.subject;
      a.firstMessage = finding.message;
    }
    if (++a.silenced <= namesShown) a.firstOnes.push_back(finding.primary.range);
    return true;
  }

  /// What is wrong with the acceptances themselves. Whether one is unused is known only if the
  /// whole program was understood.
  void report(bool understood, FindingList& findings) const {
    for (const auto& [range, copies] : texts_) {
      // What a profile says is judged where it is used, and not while nobody uses it.
      auto user =
          std::find_if(copies.begin(), copies.end(), [&](uint32_t i) { return !all_[i].pattern; });
      const Acceptance& one = all_[user == copies.end() ? copies[0] : *user];
      auto all = [&](auto&& is) {
        return std::all_of(copies.begin(), copies.end(), [&](uint32_t i) {
          return is(all_[i]) || (all_[i].pattern && all_[i].silenced == 0);
        });
      };
      auto first = [&](auto&& is, auto&& say) {
        auto found =
            std::find_if(copies.begin(), copies.end(), [&](uint32_t i) { return is(all_[i]); });
        if (found != copies.end()) say(all_[*found]);
      };
      first([](const Acceptance& a) { return a.matched && !a.lacks.empty(); },
            [&](const Acceptance& a) { incomplete(a, findings); });
      first([](const Acceptance& a) { return a.matched && a.expired; },
            [&](const Acceptance& a) { expired(a, findings); });
      // Nor is what a library accepts for others judged by one of them.
      if (one.pattern || one.foreign) continue;
      if (all([](const Acceptance& a) { return a.original != none; }))
        duplicate(one, findings);
      else if (!one.target.valid() && !isFixed(diagnostics::info(one.check)))
        withoutPlace(one, findings);
      else if (understood &&
               all([](const Acceptance& a) { return a.idle() || a.original != none; }))
        unused(one, findings);
      first([this](const Acceptance& a) { return a.silenced > mostAccepted_; },
            [&](const Acceptance& a) { tooBroad(a, findings); });
    }
  }

  [[nodiscard]] std::vector<Risk> risks() const {
    std::vector<Risk> out;
    for (const Acceptance& a : all_)
      if (!a.pattern || a.silenced > 0)
        out.push_back({a.check,
                       model_.path(a.target),
                       textOf(model_, a.id, attr("because")),
                       textOf(model_, a.id, attr("mitigation")),
                       textOf(model_, a.id, attr("by")),
                       until(model_, a.id) ? until(model_, a.id)->toString() : std::string(),
                       textOf(model_, a.id, attr("ticket")),
                       a.expired,
                       a.silenced,
                       model_[a.id].range,
                       {},
                       a.firstMessage});
    std::sort(out.begin(), out.end(), [](const Risk& a, const Risk& b) {
      return std::tie(a.check, a.target, a.range) < std::tie(b.check, b.target, b.range);
    });
    return out;
  }

private:
  const model::Model& model_;
  size_t mostAccepted_;
  std::vector<Acceptance> all_;
  std::map<source::Range, std::vector<uint32_t>> texts_; ///< acceptances by where they are written
  std::unordered_map<Check, Targets> targets_;
  std::unordered_map<Check, uint32_t> unaccepted_; ///< what the first such finding is about

  [[nodiscard]] std::vector<bool> libraryFiles() const {
    std::vector<bool> result;
    for (const model::Entity& e : model_.entities) {
      if (!e.range.valid()) continue;
      if (e.range.file.index >= result.size()) result.resize(e.range.file.index + 1, false);
      if (!e.module.empty()) result[e.range.file.index] = true;
    }
    return result;
  }

  /// Of acceptances of one target: those that cannot be taken away here come first, the one of many
  /// users before that of one, then as in the program.
  [[nodiscard]] std::tuple<bool, size_t, source::Range> precedence(uint32_t i) const {
    const source::Range& range = model_[all_[i].id].range;
    return {!all_[i].foreign, SIZE_MAX - texts_.at(range).size(), range};
  }

  void findDuplicates(const std::vector<uint32_t>& same) {
    uint32_t original = none;
    for (uint32_t i : same) {
      if (!all_[i].holds()) continue; // has a finding of its own
      if (original == none)
        original = i;
      else if (model_[all_[i].id].range != model_[all_[original].id].range)
        all_[i].original = original;
    }
  }

  void incomplete(const Acceptance& a, FindingList& findings) const {
    const model::Entity& e = model_[a.id];
    std::vector<std::string> lacks(a.lacks.begin(), a.lacks.end());
    Finding& finding =
        findings.add(Check::AcceptIncomplete, e.nameRange,
                     fmt::format("the acceptance of `{}` does not say {}", e.name, listed(lacks)));
    finding.about(a.id.index).label("silences nothing yet");
    const CheckInfo& check = diagnostics::info(a.check);
    if (isRisk(check))
      finding.because(
          fmt::format("`{}` is a risk (group {}): who reads the risk register wants to know "
                      "why it is taken, what limits the damage, who decided and until when",
                      check.name, check.group));
    else
      finding.because("whoever is woken by what was accepted wants to know why");
    for (std::string_view name : a.lacks)
      finding.suggest(
          fmt::format("add it, such as `{}`", schema::findAttribute(Kind::accept, name)->example));
  }

  void expired(const Acceptance& a, FindingList& findings) const {
    const model::Entity& e = model_[a.id];
    model::Date date = *until(model_, a.id);
    int days = model_.now.days - date.days;
    Finding& finding =
        findings.add(Check::AcceptExpired, model_.attribute(a.id, attr("until"))->value.range,
                     fmt::format("the acceptance of `{}` ended on {}", e.name, date.toString()));
    finding.about(a.id.index);
    finding.label(days == 1 ? std::string("yesterday") : fmt::format("{} days ago", days));
    std::string today =
        fmt::format("today is {} by the clock of this build", model_.now.toString());
    if (a.taker != none) {
      finding.at(model_[all_[a.taker].id].nameRange, "what it silenced is accepted here");
      finding.because(std::move(today)).suggest("remove it, its end has come");
      return;
    }
    finding.because(today + "; what it silenced is reported again");
    finding.suggest("mend what was accepted and remove the acceptance, or decide again and write a "
                    "new `until`");
  }

  void unused(const Acceptance& a, FindingList& findings) const {
    const model::Entity& e = model_[a.id];
    const CheckInfo& check = diagnostics::info(a.check);
    Finding& finding = findings.add(Check::AcceptUnused, e.nameRange,
                                    fmt::format("the acceptance of `{}` silences nothing", e.name));
    finding.about(a.id.index);
    if (isFixed(check)) {
      finding.because(fmt::format("it is an error of the group {}, and cannot be accepted: what "
                                  "could not be understood is not built",
                                  check.group));
    } else if (a.taker != none) {
      finding.label("a second time");
      finding.at(model_[all_[a.taker].id].nameRange, "accepted here already");
    } else {
      finding.at(model_[a.target].nameRange,
                 fmt::format("no such finding in {}", titled(model_, a.target)));
    }
    finding.suggest("remove it: the acceptances are the list of known risks");
    finding.fix("remove the acceptance", {{e.range, ""}});
  }

  void duplicate(const Acceptance& a, FindingList& findings) const {
    const model::Entity& e = model_[a.id];
    const Acceptance& original = all_[a.original];
    const model::Entity& other = model_[original.id];
    const CheckInfo& check = diagnostics::info(a.check);
    Finding& finding = findings.add(
        Check::AcceptDuplicate, e.nameRange,
        fmt::format("`{}` is accepted twice for {}", check.name, titled(model_, a.target)));
    finding.about(a.id.index).label("again").at(other.nameRange, "first here");
    if (e.name != other.name)
      finding.because(fmt::format("`{}` is the code of `{}`", check.code, check.name));
    finding.because("when one of them expires or is removed, the other goes on silencing");
    finding.suggest("keep one of them");
    // Others may rely on it: users of a library or profile, another environment.
    if (original.foreign || texts_.at(other.range).size() > 1 || !model_.environment.empty())
      return;
    // Which reason is the better one is for the author to say.
    finding.fix("remove this one", {{e.range, ""}});
    finding.fix("remove the first one", {{other.range, ""}});
  }

  /// How to accept what is found about `subject`, in one line.
  [[nodiscard]] std::string narrower(const Acceptance& a, uint32_t subject) const {
    EntityId at{subject};
    while (at.valid() && model_[at].name.empty()) at = model_[at].parent;
    bool narrow = at.valid() && at != a.target;
    return fmt::format("accept {} on {} {{ … }}", model_[a.id].name,
                       narrow ? model_.path(at) : "NAME");
  }

  void withoutPlace(const Acceptance& a, FindingList& findings) const {
    const model::Entity& e = model_[a.id];
    auto found = unaccepted_.find(a.check);
    uint32_t about = found == unaccepted_.end() ? none : found->second;
    findings
        .add(Check::AcceptTooBroad, e.nameRange,
             fmt::format("the acceptance of `{}` does not say where", e.name))
        .about(a.id.index)
        .label("silences nothing yet")
        .because("at the top of a file it would hold for the whole workspace, and for all that "
                 "will ever be added to it")
        .suggest(fmt::format("name the declaration: {}", narrower(a, about)))
        .suggest(fmt::format("if the check does not fit this workspace, switch it off: "
                             "`system {{ lint {{ {} = off }} }}`",
                             diagnostics::info(a.check).name));
  }

  void tooBroad(const Acceptance& a, FindingList& findings) const {
    const model::Entity& e = model_[a.id];
    Finding& finding = findings.add(
        Check::AcceptTooBroad, e.nameRange,
        fmt::format("the acceptance of `{}` silences {} findings", e.name, a.silenced));
    finding.about(a.id.index).label(fmt::format("more than {}", mostAccepted_));
    for (const source::Range& place : a.firstOnes) finding.at(place, "one of them");
    finding.because("an acceptance is a decision about something that was looked at; one as wide "
                    "as this takes the next finding away before anybody has seen it");
    finding.suggest(
        fmt::format("accept each one in the declaration that it is about, or by name: {}",
                    narrower(a, a.firstSubject)));
  }
};

} // namespace

std::vector<Risk> settleAcceptance(const model::Model& model, std::vector<Finding>& findings) {
  const bool understood = std::none_of(findings.begin(), findings.end(), [](const Finding& f) {
    return f.severity == Severity::Error && isFixed(diagnostics::info(f.check));
  });
  if (!understood) std::erase_if(findings, [](const Finding& f) { return isAboutUse(f.check); });
  FindingList own;
  Acceptances acceptances(model);
  std::erase_if(findings, [&](const Finding& finding) { return acceptances.accepts(finding); });
  acceptances.report(understood, own);
  const Levels levels(model, own);
  for (Finding& finding : own.all()) findings.push_back(std::move(finding));
  std::erase_if(findings, [&](const Finding& finding) { return levels.isOff(finding); });
  for (Finding& finding : findings) levels.apply(finding);
  return acceptances.risks();
}

std::vector<Risk> riskRegister(const model::Model& model) {
  FindingList findings;
  analyze(model, findings);
  return settleAcceptance(model, findings.all());
}

} // namespace relc::analysis
