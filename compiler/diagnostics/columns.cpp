#include "compiler/diagnostics/columns.h"

#include "compiler/diagnostics/printable.h"

#include <algorithm>

namespace relc::diagnostics {

namespace {
constexpr uint32_t step = 512;
}

Place Columns::at(source::FileId file, uint32_t offset) {
  const source::Position position = sources_.position(file, offset);
  const uint32_t start = sources_.lineStart(file, position.line);
  const std::string_view text = sources_.text(file).substr(start);
  const uint32_t target = position.column - 1;

  // Counts the code points that begin before `end`.
  auto advance = [&](Count& count, uint32_t end) {
    while (count.byte < end) {
      const CodePoint point = decodeUtf8(text, count.byte);
      count.byte += point.bytes;
      count.characters += 1;
      count.units += point.value >= 0x10000 ? 2 : 1;
    }
  };

  Count count;
  if (target >= step) {
    std::vector<Count>& steps = steps_[{file, position.line}];
    if (steps.empty()) steps.push_back({});
    while (steps.size() <= target / step) {
      Count next = steps.back();
      advance(next, static_cast<uint32_t>(steps.size()) * step);
      steps.push_back(next);
    }
    count = steps[target / step];
  }
  advance(count, target);
  return {position.line, count.characters + 1, count.units + 1};
}

source::Range clamp(source::Range range, const source::SourceManager& sources) {
  if (!range.valid() || range.file.index >= sources.fileCount()) return {};
  const auto size = static_cast<uint32_t>(sources.text(range.file).size());
  range.begin = std::min(range.begin, size);
  range.end = std::clamp(range.end, range.begin, size);
  return range;
}

} // namespace relc::diagnostics
