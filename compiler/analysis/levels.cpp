#include "compiler/analysis/levels.h"

#include <fmt/format.h>

namespace relc::analysis {

using diagnostics::CheckInfo;
using diagnostics::Severity;

bool isFixed(const CheckInfo& check) {
  return check.severity == Severity::Error && (check.group == "source" || check.group == "promql");
}

namespace {

void fixed(const model::Attribute& a, EntityId lint, Check check, FindingList& findings) {
  findings
      .add(Check::LintWithoutEffect, a.nameRange, fmt::format("`{}` is always an error", a.word))
      .about(lint.index)
      .because(fmt::format("it is of the group {}: what could not be understood is absent from all "
                           "outputs, so the build must not succeed",
                           diagnostics::info(check).group))
      .suggest("remove the line");
}

void repeated(const model::Attribute& a, EntityId lint, const model::Attribute& first,
              FindingList& findings) {
  findings
      .add(Check::LintWithoutEffect, a.nameRange,
           fmt::format("`{}` is the same check as `{}`", a.word, first.word))
      .about(lint.index)
      .label("without effect")
      .at(first.nameRange, "its level is set here")
      .suggest("keep one of them");
}

} // namespace

Levels::Levels(const model::Model& model, FindingList& findings) {
  EntityId lint = model.block(model.system, Kind::lint);
  if (!lint.valid()) return;
  std::unordered_map<Check, const model::Attribute*> set;
  for (const model::Attribute& a : model.attributesOf(lint)) {
    auto check = diagnostics::findCheck(a.word);
    const auto* word = a.value.as<model::Label>();
    if (!check || !word) continue; // a finding has been made
    auto [first, isNew] = set.emplace(*check, &a);
    if (!isNew)
      repeated(a, lint, *first->second, findings);
    else if (isFixed(diagnostics::info(*check)))
      fixed(a, lint, *check, findings);
    else
      levels_.emplace(*check, word->text);
  }
}

void Levels::apply(Finding& finding) const {
  std::string_view level = levelOf(finding);
  for (Severity severity : {Severity::Note, Severity::Warning, Severity::Error})
    if (level == diagnostics::toString(severity)) finding.severity = severity;
}

} // namespace relc::analysis
