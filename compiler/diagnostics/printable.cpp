#include "compiler/diagnostics/printable.h"

#include <llvm/Support/Unicode.h>

#include <algorithm>
#include <cstdio>

namespace relc::diagnostics {

namespace {

constexpr std::string_view tab = "    ";

std::string escape(const char* format, uint32_t value) {
  char buffer[16];
  std::snprintf(buffer, sizeof buffer, format, value);
  return buffer;
}

/// Characters that change the direction of the text around them (Unicode UAX #9), whatever the
/// Unicode tables at hand say about being printable.
bool isBidiControl(uint32_t c) {
  return c == 0x061C || c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) ||
         (c >= 0x2066 && c <= 0x2069);
}

} // namespace

CodePoint decodeUtf8(std::string_view text, size_t at) {
  auto byte = [&](size_t i) { return static_cast<unsigned char>(text[at + i]); };
  const uint32_t first = byte(0);
  if (first < 0x80) return {first, 1, true};
  const uint32_t size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() - at < size) return {first, 1, false};
  uint32_t value = first & (0xFFU >> (size + 1));
  for (uint32_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return {first, 1, false};
    value = value << 6 | (byte(i) & 0x3F);
  }
  constexpr uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
  if (value < smallest[size] || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF))
    return {first, 1, false};
  return {value, size, true};
}

Glyph glyphAt(std::string_view text, size_t at) {
  const CodePoint point = decodeUtf8(text, at);
  Glyph glyph;
  glyph.bytes = point.bytes;
  if (!point.valid) {
    glyph.shown = escape("\\x%02X", point.value);
  } else if (point.value == '\t') {
    glyph.shown = tab;
  } else if (point.value < 0x20 || point.value == 0x7F) {
    glyph.shown = escape("\\x%02X", point.value);
  } else if (point.value < 0x7F) {
    glyph.shown = text[at];
  } else {
    std::string_view bytes = text.substr(at, point.bytes);
    int width = llvm::sys::unicode::columnWidthUTF8({bytes.data(), bytes.size()});
    if (width >= 0 && !isBidiControl(point.value)) {
      glyph.shown = bytes;
      glyph.width = static_cast<unsigned>(width);
      return glyph;
    }
    glyph.shown = escape("\\u{%X}", point.value);
  }
  glyph.width = static_cast<unsigned>(glyph.shown.size());
  return glyph;
}

std::string printable(std::string_view text, unsigned maxWidth) {
  std::string out;
  unsigned width = 0;
  for (size_t at = 0; at < text.size();) {
    Glyph glyph = glyphAt(text, at);
    if (text[at] == '\n') glyph.shown = "\\n";
    if (text[at] == '\r') glyph.shown = "\\r";
    if (text[at] == '\t') glyph.shown = "\\t";
    width += glyph.width;
    // Combining marks have no width: they are bounded by bytes.
    if (maxWidth && (width > maxWidth || out.size() > 8UL * maxWidth)) return out + "…";
    out += glyph.shown;
    at += glyph.bytes;
  }
  return out;
}

unsigned displayWidth(std::string_view text) {
  unsigned width = 0;
  for (size_t at = 0; at < text.size();) {
    Glyph glyph = glyphAt(text, at);
    width += glyph.width;
    at += glyph.bytes;
  }
  return width;
}

std::vector<std::string> wrap(std::string_view text, unsigned width) {
  std::vector<std::string> lines;
  while (true) {
    const size_t end = std::min(text.find('\n'), text.size());
    std::string paragraph = printable(text.substr(0, end));
    std::string line;
    unsigned used = 0;
    for (size_t begin = 0; begin < paragraph.size();) {
      // A word brings the spaces before it, so that text that fits is kept as it is.
      size_t stop = paragraph.find_first_not_of(' ', begin);
      stop = std::min(paragraph.find(' ', std::min(stop, paragraph.size())), paragraph.size());
      std::string_view word = std::string_view(paragraph).substr(begin, stop - begin);
      const unsigned wordWidth = displayWidth(word);
      if (width && used && used + wordWidth > width) {
        lines.push_back(std::move(line));
        line.clear();
        used = 0;
        word.remove_prefix(std::min(word.find_first_not_of(' '), word.size()));
      }
      line += word;
      used += displayWidth(word);
      begin = stop;
    }
    lines.push_back(std::move(line));
    if (end == text.size()) return lines;
    text.remove_prefix(end + 1);
  }
}

} // namespace relc::diagnostics
