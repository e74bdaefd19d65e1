#pragma once
// Text that may be shown to a person: source text and names can hold anything, a terminal obeys
// some of it. What is invisible, turns the direction of writing or drives a terminal is shown as an
// escape: `\x1B`, `\u{202E}`, and `\xFF` for a byte that is not UTF-8.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace relc::diagnostics {

struct CodePoint {
  uint32_t value = 0; ///< the byte itself if `valid` is false
  uint32_t bytes = 1;
  bool valid = false;
};

/// Decodes at `at`, which must be inside `text`; a byte that starts no valid sequence stands alone.
CodePoint decodeUtf8(std::string_view text, size_t at);

/// One step of the cursor on a terminal.
struct Glyph {
  std::string shown;
  uint32_t bytes = 1; ///< of source text
  unsigned width = 0; ///< columns: 0 for combining marks, 2 for wide characters
};

/// The glyph at `at`, which must be inside `text`. A tab is four spaces.
Glyph glyphAt(std::string_view text, size_t at);

/// `text` in one line without anything that acts on a terminal; line ends and tabs become `\n` and
/// `\t`. Longer text than `maxWidth` columns ends in `…`; 0 means no limit.
std::string printable(std::string_view text, unsigned maxWidth = 0);

/// Columns of text that is already printable.
unsigned displayWidth(std::string_view text);

/// Breaks at spaces into lines of at most `width` columns where words allow; 0 does not break.
/// Line ends in `text` always break. Never empty.
std::vector<std::string> wrap(std::string_view text, unsigned width);

} // namespace relc::diagnostics
