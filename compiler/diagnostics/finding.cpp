#include "compiler/diagnostics/finding.h"

#include <algorithm>
#include <tuple>

namespace relc::diagnostics {

namespace {

/// A finding about the workspace as a whole has no place and comes first.
std::string_view pathOf(const Finding& finding, const source::SourceManager& sources) {
  const source::Range& range = finding.primary.range;
  return range.valid() ? sources.path(range.file) : std::string_view();
}

auto orderOf(const Finding& finding, const source::SourceManager& sources) {
  const source::Range& range = finding.primary.range;
  return std::tuple(pathOf(finding, sources), range.file, range.begin, finding.check,
                    std::string_view(finding.message), range.end);
}

/// Everything a reader sees; severity and mends follow from the rest.
bool saySame(const Finding& a, const Finding& b) {
  auto sameLabel = [](const Label& x, const Label& y) {
    return x.range == y.range && x.text == y.text;
  };
  return a.check == b.check && a.message == b.message && sameLabel(a.primary, b.primary) &&
         std::equal(a.secondary.begin(), a.secondary.end(), b.secondary.begin(), b.secondary.end(),
                    sameLabel) &&
         a.why == b.why && a.help == b.help;
}

} // namespace

void settle(std::vector<Finding>& findings, const source::SourceManager& sources) {
  std::stable_sort(findings.begin(), findings.end(), [&](const Finding& a, const Finding& b) {
    return orderOf(a, sources) < orderOf(b, sources);
  });
  findings.erase(std::unique(findings.begin(), findings.end(), saySame), findings.end());
}

} // namespace relc::diagnostics
