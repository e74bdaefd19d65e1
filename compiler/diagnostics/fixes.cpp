#include "compiler/diagnostics/fixes.h"

#include "compiler/diagnostics/columns.h"

#include <algorithm>
#include <iterator>

namespace relc::diagnostics {

namespace {

struct Replacement {
  uint32_t end;
  std::string_view newText;
};

/// The edits of one file by where they begin. No two overlap, and no two begin at one place: which
/// of two texts inserted there comes first would be a guess.
using Edits = std::map<uint32_t, Replacement>;

bool isFree(const Edits& edits, const source::Range& range) {
  auto next = edits.lower_bound(range.begin);
  if (next != edits.end() && (next->first == range.begin || next->first < range.end)) return false;
  return next == edits.begin() || std::prev(next)->second.end <= range.begin;
}

/// Adds all edits of the fix or none.
bool addFix(std::map<source::FileId, Edits>& files, const Fix& fix,
            const source::SourceManager& sources) {
  std::vector<source::Range> added;
  for (const Edit& edit : fix.edits) {
    const source::Range range = edit.range;
    // An edit outside its file is a bug of the check, and not to be guessed at either.
    if (clamp(range, sources) != range || !range.valid() || !isFree(files[range.file], range)) {
      for (const source::Range& each : added) files[each.file].erase(each.begin);
      return false;
    }
    files[range.file].emplace(range.begin, Replacement{range.end, edit.newText});
    added.push_back(range);
  }
  return !fix.edits.empty();
}

std::string apply(std::string_view text, const Edits& edits) {
  std::string out;
  size_t at = 0;
  for (const auto& [begin, replacement] : edits) {
    out += text.substr(at, begin - at);
    out += replacement.newText;
    at = replacement.end;
  }
  out += text.substr(at);
  return out;
}

} // namespace

FixedFiles applyFixes(std::span<const Finding> findings, const source::SourceManager& sources) {
  FixedFiles result;
  std::map<source::FileId, Edits> files;
  for (const Finding& finding : findings) {
    if (finding.fixes.size() != 1) continue;
    ++(addFix(files, finding.fixes.front(), sources) ? result.applied : result.skipped);
  }
  for (const auto& [file, edits] : files) {
    std::string text = apply(sources.text(file), edits);
    if (text != sources.text(file)) result.files.emplace(sources.path(file), std::move(text));
  }
  return result;
}

} // namespace relc::diagnostics
