// `accept` and `lint`: which findings stay, and how severe they are.

#include "compiler/analysis/analysis.h"
#include "compiler/analysis/families.h"
#include "compiler/analysis/wording.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <unordered_map>

namespace relc::analysis {
namespace {

using diagnostics::CheckInfo;
using diagnostics::Severity;

/// Groups of checks about text that cannot be understood. What such a finding is about is absent
/// from the model, so no `accept` or `lint` can make the build right.
bool isAboutText(const CheckInfo& check) {
  return check.group == "source" || check.group == "promql";
}
/// What nothing refers to is known only if all references could be read.
bool isAboutUse(Check check) {
  return check == Check::UnusedImport || check == Check::UnusedDeclaration;
}
/// Groups whose acceptances form the risk register.
bool isRisk(const CheckInfo& check) {
  return check.group == "topology" || check.group == "risk" || check.group == "chaos";
}

// --- accept --------------------------------------------------------------------------------------

struct Acceptance {
  EntityId id;
  Check check;
  EntityId target; ///< `on X`, or the declaration around it; invalid at the top of a file
  std::vector<std::string_view> lacks;
  bool expired = false;
  bool matched = false;        ///< a finding lies in its target
  bool used = false;           ///< and it is the acceptance that silences it
  uint32_t taker = UINT32_MAX; ///< the one that silences instead of it
};

struct Duty {
  model::NameId name;
  bool riskOnly;
};
constexpr Duty duties[] = {{attr("because"), false},
                           {attr("mitigation"), true},
                           {attr("by"), true},
                           {attr("until"), true}};

bool isGiven(const model::Model& model, EntityId id, model::NameId name) {
  const model::Attribute* a = model.attribute(id, name);
  if (!a) return false;
  const auto* text = a->value.as<model::Text>();
  return !text || !text->text.empty();
}

std::optional<model::Date> until(const model::Model& model, EntityId id) {
  const model::Attribute* a = model.attribute(id, attr("until"));
  const auto* date = a ? a->value.as<model::Date>() : nullptr;
  return date ? std::optional(*date) : std::nullopt;
}

/// Targets of the acceptances of one check, to be asked which of them a place lies in. Ranges of
/// declarations nest, so the candidates are one range and those around it.
class Targets {
public:
  void add(source::Range range, uint32_t acceptance) { rows_.push_back({range, acceptance, none}); }

  void settle() {
    // Outer before inner; of equal ranges the first acceptance counts as the innermost.
    std::sort(rows_.begin(), rows_.end(), [](const Row& a, const Row& b) {
      return std::tuple(a.range.file, a.range.begin, b.range.end, b.acceptance) <
             std::tuple(b.range.file, b.range.begin, a.range.end, a.acceptance);
    });
    std::vector<uint32_t> open;
    for (uint32_t i = 0; i < rows_.size(); ++i) {
      while (!open.empty() && !rows_[open.back()].range.contains(rows_[i].range)) open.pop_back();
      if (!open.empty()) rows_[i].around = open.back();
      open.push_back(i);
    }
  }

  /// Calls `visit` with the acceptances whose target holds the place: the narrowest target first,
  /// of one target the first acceptance first.
  template <class Visit>
  void containing(source::Range place, const Visit& visit) const {
    auto behind = std::upper_bound(
        rows_.begin(), rows_.end(), place, [](const source::Range& p, const Row& row) {
          return std::pair(p.file, p.begin) < std::pair(row.range.file, row.range.begin);
        });
    for (auto at = static_cast<uint32_t>(behind - rows_.begin()) - 1; at != none;
         at = rows_[at].around)
      if (rows_[at].range.contains(place)) visit(rows_[at].acceptance);
  }

private:
  static constexpr uint32_t none = UINT32_MAX;
  struct Row {
    source::Range range;
    uint32_t acceptance;
    uint32_t around; ///< the next larger range, or none
  };
  std::vector<Row> rows_;
};

class Acceptances {
public:
  explicit Acceptances(const model::Model& model) : model_(model) {
    for (EntityId id : model.all(Kind::accept)) {
      const model::Entity& e = model[id];
      auto check = diagnostics::findCheck(e.name);
      if (e.broken || !check) continue; // a finding has been made
      Acceptance acceptance{id, *check, e.on.valid() ? e.on : e.parent, {}, false, false, false};
      const CheckInfo& info = diagnostics::info(*check);
      for (const Duty& duty : duties)
        if ((!duty.riskOnly || isRisk(info)) && !isGiven(model, id, duty.name))
          acceptance.lacks.push_back(schema::nameOf(duty.name));
      if (auto date = until(model, id)) acceptance.expired = *date < model.now;
      if (acceptance.target.valid() && !isAboutText(info))
        targets_[*check].add(model[acceptance.target].range, static_cast<uint32_t>(all_.size()));
      all_.push_back(std::move(acceptance));
    }
    for (auto& [check, targets] : targets_) targets.settle();
  }

  /// Marks what the finding is accepted by.
  bool accepts(const Finding& finding) {
    auto targets = targets_.find(finding.check);
    if (targets == targets_.end() || !finding.primary.range.valid()) return false;
    std::vector<uint32_t> matching;
    targets->second.containing(finding.primary.range, [&](uint32_t i) { matching.push_back(i); });
    uint32_t taker = UINT32_MAX;
    for (uint32_t i : matching) {
      all_[i].matched = true;
      if (taker == UINT32_MAX && all_[i].lacks.empty() && !all_[i].expired) taker = i;
    }
    if (taker == UINT32_MAX) return false;
    all_[taker].used = true;
    for (uint32_t i : matching)
      if (i != taker) all_[i].taker = taker;
    return true;
  }

  /// What is wrong with the acceptances themselves. Whether one is unused is known only if the
  /// whole program was understood.
  void report(bool understood, FindingList& findings) const {
    for (const Acceptance& acceptance : all_) {
      if (acceptance.matched && !acceptance.lacks.empty()) incomplete(acceptance, findings);
      if (acceptance.matched && acceptance.expired) expired(acceptance, findings);
      bool faulty = acceptance.expired || !acceptance.lacks.empty();
      bool duplicate = !acceptance.used && !faulty && acceptance.taker != UINT32_MAX;
      if (understood && (!acceptance.matched || duplicate)) unused(acceptance, findings);
    }
  }

private:
  const model::Model& model_;
  std::vector<Acceptance> all_;
  std::unordered_map<Check, Targets> targets_;

  void incomplete(const Acceptance& a, FindingList& findings) const {
    const model::Entity& e = model_[a.id];
    std::vector<std::string> lacks(a.lacks.begin(), a.lacks.end());
    Finding& finding =
        findings.add(Check::AcceptIncomplete, e.nameRange,
                     fmt::format("the acceptance of `{}` does not say {}", e.name, listed(lacks)));
    finding.label("silences nothing yet");
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
    finding.label(days == 1 ? std::string("yesterday") : fmt::format("{} days ago", days));
    finding.because(
        fmt::format("today is {} by the clock of this build; what it silenced is reported "
                    "again",
                    model_.now.toString()));
    finding.suggest(
        "mend what was accepted and remove the acceptance, or decide again and write a new "
        "`until`");
  }

  void unused(const Acceptance& a, FindingList& findings) const {
    const model::Entity& e = model_[a.id];
    const CheckInfo& check = diagnostics::info(a.check);
    Finding& finding = findings.add(Check::AcceptUnused, e.nameRange,
                                    fmt::format("the acceptance of `{}` silences nothing", e.name));
    if (isAboutText(check)) {
      finding.because(fmt::format("findings of the group {} cannot be accepted: what could not be "
                                  "understood is not built",
                                  check.group));
    } else if (!a.target.valid()) {
      finding.because("it stands at the top of a file and does not say where the finding is");
      finding.suggest(fmt::format("name the declaration: accept {} on NAME {{ … }}", e.name));
    } else if (a.taker != UINT32_MAX) {
      finding.label("a second time");
      finding.at(model_[all_[a.taker].id].nameRange, "accepted here already");
    } else {
      finding.at(model_[a.target].nameRange,
                 fmt::format("no such finding in {}", titled(model_, a.target)));
    }
    finding.suggest("remove it: the acceptances are the list of known risks");
    finding.fix("remove the acceptance", {{e.range, ""}});
  }
};

// --- lint ----------------------------------------------------------------------------------------

class Levels {
public:
  /// Reports levels without effect.
  Levels(const model::Model& model, FindingList& findings) {
    EntityId lint = model.block(model.system, Kind::lint);
    if (!lint.valid()) return;
    std::unordered_map<Check, const model::Attribute*> set;
    for (const model::Attribute& a : model.attributesOf(lint)) {
      auto check = diagnostics::findCheck(a.word);
      const auto* word = a.value.as<model::Label>();
      if (!check || !word) continue; // a finding has been made
      auto [first, isNew] = set.emplace(*check, &a);
      if (!isNew)
        repeated(a, *first->second, findings);
      else if (isFixed(*check))
        fixed(a, *check, findings);
      else
        levels_.emplace(*check, word->text);
    }
  }

  [[nodiscard]] bool isOff(const Finding& finding) const { return levelOf(finding) == "off"; }

  void apply(Finding& finding) const {
    std::string_view level = levelOf(finding);
    for (Severity severity : {Severity::Note, Severity::Warning, Severity::Error})
      if (level == diagnostics::toString(severity)) finding.severity = severity;
  }

private:
  std::unordered_map<Check, std::string_view> levels_;

  [[nodiscard]] std::string_view levelOf(const Finding& finding) const {
    auto level = levels_.find(finding.check);
    return level == levels_.end() ? std::string_view() : level->second;
  }

  static bool isFixed(Check check) {
    const CheckInfo& info = diagnostics::info(check);
    return isAboutText(info) && info.severity == Severity::Error;
  }

  static void fixed(const model::Attribute& a, Check check, FindingList& findings) {
    findings
        .add(Check::LintWithoutEffect, a.nameRange, fmt::format("`{}` is always an error", a.word))
        .because(
            fmt::format("it is of the group {}: what could not be understood is absent from all "
                        "outputs, so the build must not succeed",
                        diagnostics::info(check).group))
        .suggest("remove the line");
  }

  static void repeated(const model::Attribute& a, const model::Attribute& first,
                       FindingList& findings) {
    findings
        .add(Check::LintWithoutEffect, a.nameRange,
             fmt::format("`{}` is the same check as `{}`", a.word, first.word))
        .label("without effect")
        .at(first.nameRange, "its level is set here")
        .suggest("keep one of them");
  }
};

} // namespace

void settleAcceptance(const model::Model& model, std::vector<Finding>& findings) {
  const bool understood = std::none_of(findings.begin(), findings.end(), [](const Finding& f) {
    return f.severity == Severity::Error && isAboutText(diagnostics::info(f.check));
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
}

} // namespace relc::analysis
