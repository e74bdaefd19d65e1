#include "compiler/diagnostics/shown_line.h"

#include "compiler/diagnostics/printable.h"

#include <algorithm>

namespace relc::diagnostics {

namespace {

/// Bytes that are looked at for a window of so many columns: four a column is all that UTF-8
/// needs, unless somebody stacks combining marks, whose tail may then be cut.
constexpr uint32_t bytesAColumn = 4;

uint32_t codePointStart(std::string_view line, uint32_t at) {
  for (int i = 0; i < 3 && at > 0 && at < line.size(); ++i) {
    if ((static_cast<unsigned char>(line[at]) & 0xC0) != 0x80) break;
    --at;
  }
  return at;
}

} // namespace

bool fitsWhole(std::string_view line, unsigned maxWidth) {
  return line.size() <= size_t{bytesAColumn} * maxWidth && displayWidth(line) <= maxWidth;
}

ShownLine::ShownLine(std::string_view line, uint32_t begin, uint32_t end, unsigned maxWidth) {
  const auto size = static_cast<uint32_t>(line.size());
  uint32_t first = 0;
  uint32_t last = size;
  if (!fitsWhole(line, maxWidth)) {
    // One column at each side is for the ellipsis.
    const unsigned room = maxWidth > 12 ? maxWidth - 2 : 10;
    auto widthAt = [&](uint32_t at) { return glyphAt(line, at).width; };
    first = codePointStart(line, begin);
    last = first;
    unsigned used = 0;
    const uint32_t behind = std::min(size, first + bytesAColumn * room);
    auto grow = [&](uint32_t stop, unsigned limit) {
      while (last < stop && used + widthAt(last) <= limit) {
        used += widthAt(last);
        last += glyphAt(line, last).bytes;
      }
    };
    grow(std::min(end, behind), room - room / 8);
    // A third of what is left goes before the label, the rest behind, what remains before.
    const unsigned before = used + (room - used) / 3;
    const uint32_t front = first > bytesAColumn * room ? first - bytesAColumn * room : 0;
    auto growBack = [&](unsigned limit) {
      while (first > front) {
        const uint32_t previous = codePointStart(line, first - 1);
        const uint32_t start =
            previous + glyphAt(line, previous).bytes == first ? previous : first - 1;
        if (used + widthAt(start) > limit) return;
        used += widthAt(start);
        first = start;
      }
    };
    growBack(before);
    grow(behind, room);
    growBack(room);
  }
  firstByte_ = first;
  if (first > 0) text_ += "…";
  unsigned column = first > 0 ? 1 : 0;
  for (uint32_t at = first; at < last;) {
    const Glyph glyph = glyphAt(line, at);
    text_ += glyph.shown;
    for (uint32_t i = 0; i < glyph.bytes; ++i) columns_.push_back(column);
    column += glyph.width;
    at += glyph.bytes;
  }
  columns_.push_back(column);
  if (last < size) text_ += "…";
}

unsigned ShownLine::column(uint32_t byte) const {
  if (byte < firstByte_) return columns_.front();
  return columns_[std::min<size_t>(byte - firstByte_, columns_.size() - 1)];
}

} // namespace relc::diagnostics
