#pragma once
// `relc check --fix`: the mends that findings offer, applied to the text.

#include "compiler/diagnostics/finding.h"

#include <cstddef>
#include <map>
#include <span>
#include <string>

namespace relc::diagnostics {

struct FixedFiles {
  std::map<std::string, std::string> files; ///< path → new text, of files that change
  size_t applied = 0;                       ///< fixes
  size_t skipped = 0;                       ///< fixes that touch what an earlier one changed
};

/// Applies the fix of each finding that offers exactly one: several are a choice that the author
/// has to make. A fix is applied whole or not at all; where two meet, the earlier finding wins, and
/// the later one is offered again by the next run. Every byte outside the edits stays as it was.
FixedFiles applyFixes(std::span<const Finding> findings, const source::SourceManager& sources);

} // namespace relc::diagnostics
