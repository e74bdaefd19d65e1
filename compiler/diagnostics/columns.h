#pragma once
// Columns as people and other programs count them. The compiler counts bytes; this is the edge.

#include "compiler/source/source.h"

#include <map>
#include <utility>
#include <vector>

namespace relc::diagnostics {

/// A place in a file, all 1-based. An invalid UTF-8 byte counts as one character and one unit.
struct Place {
  uint32_t line = 1;
  uint32_t character = 1; ///< Unicode code points: what editors show
  uint32_t utf16 = 1;     ///< UTF-16 code units: SARIF, LSP
};

/// Converts offsets to places. Remembers how long lines are divided, so that many places on one
/// line of a megabyte stay cheap. Not shared between threads.
class Columns {
public:
  explicit Columns(const source::SourceManager& sources) : sources_(sources) {}

  /// Offsets behind the end mean the end.
  Place at(source::FileId file, uint32_t offset);

private:
  /// What stands before a byte of a line.
  struct Count {
    uint32_t byte = 0;
    uint32_t characters = 0;
    uint32_t units = 0;
  };
  const source::SourceManager& sources_;
  /// By file and line: counts at every so many bytes of a long line.
  std::map<std::pair<source::FileId, uint32_t>, std::vector<Count>> steps_;
};

/// A range as every renderer needs it: one that names no file of `sources` becomes invalid, ends
/// are brought inside the file.
source::Range clamp(source::Range range, const source::SourceManager& sources);

} // namespace relc::diagnostics
