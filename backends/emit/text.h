#pragma once
// What all writers know about text: which bytes may stand as they are, how UTF-8 is read, and the
// one double-quoted form that JSON and YAML share.

#include <cstdint>
#include <string>
#include <string_view>

namespace relc::emit {

/// One step through UTF-8 text.
struct Decoded {
  /// U+FFFD if the bytes are no UTF-8.
  uint32_t codePoint;
  /// Bytes used, at least 1. For broken text: the longest part that could have begun a character
  /// (Unicode 15, section 3.9, "U+FFFD substitution of maximal subparts").
  uint32_t size;
  bool valid;
};

/// Decodes the character at `at`, which must be before `end`.
Decoded decodeUtf8(const char* at, const char* end);

/// True for what a reader of the file would not see or what some parser treats as its own:
/// controls, line and paragraph separators, direction marks, the byte order mark, noncharacters.
bool isInvisible(uint32_t codePoint);

/// Appends the character as UTF-8.
void appendUtf8(std::string& out, uint32_t codePoint);

/// Appends a character below U+10000 as `\u202e`, an escape of both JSON and YAML.
void appendEscape(std::string& out, uint32_t codePoint);

/// Appends `text` with its invalid UTF-8 replaced by U+FFFD.
void appendValidUtf8(std::string& out, std::string_view text);

enum class Embedding : uint8_t {
  File,   ///< the text goes into a file of its own
  Script, ///< the text goes between <script> tags: `<` must not appear in it
};

/// Appends `text` in double quotes, escaped so that both JSON and YAML readers get it back byte for
/// byte; invalid UTF-8 comes back as U+FFFD. Invisible characters are written as escapes.
void appendQuoted(std::string& out, std::string_view text, Embedding embedding = Embedding::File);

} // namespace relc::emit
