#include "compiler/diagnostics/finding.h"

#include <algorithm>
#include <compare>

namespace relc::diagnostics {

namespace {

/// A finding about the workspace as a whole has no place and comes first.
std::string_view pathOf(const Finding& finding, const source::SourceManager& sources) {
  const source::Range& range = finding.primary.range;
  const bool known = range.valid() && range.file.index < sources.fileCount();
  return known ? sources.path(range.file) : std::string_view();
}

/// What a reader sees decides the order, all of it: then neither the order in which threads finish
/// nor that of a hash table can show. Fixes follow from the rest and are not compared.
std::strong_ordering compare(const Label& a, const Label& b) {
  if (auto order = a.range <=> b.range; order != 0) return order;
  return a.text <=> b.text;
}

std::strong_ordering compare(const std::vector<Label>& a, const std::vector<Label>& b) {
  for (size_t i = 0; i < std::min(a.size(), b.size()); ++i)
    if (auto order = compare(a[i], b[i]); order != 0) return order;
  return a.size() <=> b.size();
}

std::strong_ordering compare(const Finding& a, const Finding& b,
                             const source::SourceManager& sources) {
  const source::Range& placeA = a.primary.range;
  const source::Range& placeB = b.primary.range;
  if (auto order = pathOf(a, sources) <=> pathOf(b, sources); order != 0) return order;
  if (auto order = placeA.begin <=> placeB.begin; order != 0) return order;
  if (auto order = a.check <=> b.check; order != 0) return order;
  if (auto order = a.message <=> b.message; order != 0) return order;
  if (auto order = placeA <=> placeB; order != 0) return order;
  if (auto order = a.environments <=> b.environments; order != 0) return order;
  // Up to here it is the same fault, see `isSameFault`.
  if (auto order = a.primary.text <=> b.primary.text; order != 0) return order;
  if (auto order = compare(a.secondary, b.secondary); order != 0) return order;
  if (auto order = a.why <=> b.why; order != 0) return order;
  if (auto order = a.help <=> b.help; order != 0) return order;
  return b.severity <=> a.severity;
}

bool isSameFault(const Finding& a, const Finding& b) {
  return a.check == b.check && a.primary.range == b.primary.range && a.message == b.message &&
         a.environments == b.environments;
}

} // namespace

void settle(std::vector<Finding>& findings, const source::SourceManager& sources) {
  std::sort(findings.begin(), findings.end(), [&](const Finding& a, const Finding& b) {
    const auto order = compare(a, b, sources);
    // Of equal ones the one that offers a fix is kept.
    return order != 0 ? order < 0 : a.fixes.size() > b.fixes.size();
  });
  auto same = [&](const Finding& a, const Finding& b) { return compare(a, b, sources) == 0; };
  findings.erase(std::unique(findings.begin(), findings.end(), same), findings.end());
  auto repeats = [](Finding& first, const Finding& next) {
    if (!isSameFault(first, next)) return false;
    first.morePlaces += 1 + next.morePlaces;
    return true;
  };
  size_t kept = 0;
  for (size_t i = 1; i < findings.size(); ++i)
    if (!repeats(findings[kept], findings[i]) && ++kept != i)
      findings[kept] = std::move(findings[i]);
  findings.resize(std::min(findings.size(), kept + 1));
}

} // namespace relc::diagnostics
