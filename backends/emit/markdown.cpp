#include "backends/emit/markdown.h"

#include "backends/emit/text.h"

#include <algorithm>
#include <array>
#include <utility>

namespace relc::emit {

namespace {

bool isAlnum(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

std::string_view lineBreakAt(std::string_view text, size_t at) {
  if (text.substr(at, 2) == "\r\n") return text.substr(at, 2);
  return text[at] == '\n' || text[at] == '\r' ? text.substr(at, 1) : std::string_view();
}

/// Appends one character of the text, made presentable, and returns its size in bytes.
size_t appendCharacter(std::string& out, std::string_view text, size_t at) {
  const Decoded c = decodeUtf8(text.data() + at, text.data() + text.size());
  const bool control =
      (c.codePoint < 0x20 && c.codePoint != '\t') || (c.codePoint >= 0x7F && c.codePoint < 0xA0);
  appendUtf8(out, control ? 0xFFFD : c.codePoint);
  return c.size;
}

/// The same where entities are known: what a reader of the Markdown would not see is named.
size_t appendInlineCharacter(std::string& out, std::string_view text, size_t at) {
  const Decoded c = decodeUtf8(text.data() + at, text.data() + text.size());
  // Noncharacters have no entities.
  if (c.codePoint < 0xA0 || c.codePoint >= 0xFFFE || !isInvisible(c.codePoint)) {
    return appendCharacter(out, text, at);
  }
  out += "&#";
  out += std::to_string(c.codePoint);
  out += ';';
  return c.size;
}

/// The text with line breaks of all kinds as `lineBreak` and its characters presentable.
std::string presentable(std::string_view text, std::string_view lineBreak) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size();) {
    if (const auto end = lineBreakAt(text, i); !end.empty()) {
      out += lineBreak;
      i += end.size();
    } else {
      i += appendCharacter(out, text, i);
    }
  }
  return out;
}

size_t longestRun(std::string_view text, char wanted) {
  size_t longest = 0;
  size_t run = 0;
  for (const char c : text) {
    run = c == wanted ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  return longest;
}

/// What a character of inline text is written as if it may not stand alone; empty if it may.
/// Entities where a backslash would be read by somebody else first: tables split at `\|` before
/// they look for code, HTML knows no backslash.
constexpr auto kInline = [] {
  std::array<std::string_view, 256> table{};
  table['\\'] = "\\\\";
  table['`'] = "\\`";
  table['*'] = "\\*";
  table['['] = "\\[";
  table[']'] = "\\]";
  table['~'] = "\\~";
  table['$'] = "\\$"; // formulas on GitHub
  table['<'] = "&lt;";
  table['>'] = "&gt;";
  table['&'] = "&amp;";
  table['|'] = "&#124;";
  return table;
}();

/// True if a character that means something only at the start of a line stands there: headings,
/// list markers, rules, `1.` and `1)`.
bool marksLine(std::string_view text, size_t at) {
  const char c = text[at];
  const std::string_view before = text.substr(0, at);
  const bool atStart = before.find_first_not_of(" \t") == std::string_view::npos;
  if (c == '#' || c == '-' || c == '+' || c == '=') return atStart;
  if (c != '.' && c != ')') return false;
  const size_t digits = before.find_first_not_of(" \t");
  return !atStart && before.find_first_not_of("0123456789", digits) == std::string_view::npos;
}

std::string inlineText(std::string_view text, std::string_view lineBreak) {
  // Space around the text would mean an indented block or a hard break.
  constexpr std::string_view kSpace = " \t\r\n";
  const size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  text = text.substr(first, text.find_last_not_of(kSpace) + 1 - first);
  std::string out;
  out.reserve(text.size() + text.size() / 8);
  // A line marker has at most nine digits before it (CommonMark 0.31, section 5.2).
  constexpr size_t kMarkerReach = 10;
  for (size_t i = 0; i < text.size();) {
    if (const auto end = lineBreakAt(text, i); !end.empty()) {
      out += lineBreak;
      i += end.size();
      continue;
    }
    const char c = text[i];
    // An underscore within a word, as in metric names, never begins emphasis.
    const bool underscore =
        c == '_' && !(i > 0 && isAlnum(text[i - 1]) && i + 1 < text.size() && isAlnum(text[i + 1]));
    if (const auto escaped = kInline[uint8_t(c)]; !escaped.empty()) {
      out += escaped;
      ++i;
    } else if (underscore || (i < kMarkerReach && marksLine(text, i))) {
      out += '\\';
      out += c;
      ++i;
    } else {
      i += appendInlineCharacter(out, text, i);
    }
  }
  // A `#` at the end of a heading would be taken for its closing marks.
  if (!out.empty() && out.back() == '#' && (out.size() < 2 || out[out.size() - 2] != '\\')) {
    out.insert(out.size() - 1, "\\");
  }
  // A `!` before a link that somebody appends would make an image of it.
  if (!out.empty() && out.back() == '!') out.insert(out.size() - 1, "\\");
  return out;
}

/// True for addresses that may become links: of a harmless scheme, or relative.
bool mayLink(std::string_view url) {
  const size_t colon = url.find(':');
  if (colon == std::string_view::npos || url.find_first_of("/?#") < colon) return true;
  std::string scheme(url.substr(0, colon));
  std::transform(scheme.begin(), scheme.end(), scheme.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? char(c | 0x20) : c; });
  return scheme == "http" || scheme == "https" || scheme == "mailto";
}

} // namespace

std::string markdownText(std::string_view text) {
  return inlineText(text, " ");
}
std::string markdownCell(std::string_view text) {
  return inlineText(text, "<br>");
}

std::string markdownCode(std::string_view text) {
  if (text.empty()) return {};
  const std::string code = presentable(text, " ");
  const std::string fence(longestRun(code, '`') + 1, '`');
  // One space on each side is taken off again, unless the text is nothing but spaces.
  const bool spaces = code.find_first_not_of(' ') == std::string::npos;
  const bool pad = !spaces && (code.front() == '`' || code.back() == '`' ||
                               (code.front() == ' ' && code.back() == ' '));
  const std::string_view padding = pad ? " " : "";
  std::string out = fence;
  out += padding;
  out += code;
  out += padding;
  return out += fence;
}

std::string markdownCodeCell(std::string_view text) {
  if (text.find('|') == std::string_view::npos) return markdownCode(text);
  // Parsers disagree about `\|` behind a backslash; HTML says it without doubt.
  std::string out = "<code>";
  for (const char c : presentable(text, " ")) {
    const bool punctuation = uint8_t(c) > ' ' && uint8_t(c) < 0x7F && !isAlnum(c);
    if (punctuation) {
      out += "&#";
      out += std::to_string(int(c));
      out += ';';
    } else {
      out += c;
    }
  }
  return out += "</code>";
}

std::string markdownBlock(std::string_view text, std::string_view language) {
  const std::string code = presentable(text, "\n");
  std::string out(std::max<size_t>(3, longestRun(code, '`') + 1), '`');
  const std::string fence = out;
  std::copy_if(language.begin(), language.end(), std::back_inserter(out),
               [](char c) { return isAlnum(c) || c == '_' || c == '+' || c == '-'; });
  out += '\n';
  out += code;
  if (!code.empty() && code.back() != '\n') out += '\n';
  out += fence;
  return out += '\n';
}

std::string markdownLink(std::string_view text, std::string_view url) {
  const std::string shown = markdownText(text);
  if (!mayLink(url)) {
    std::string out = shown;
    out += " (";
    out += markdownText(url);
    return out += ')';
  }
  std::string out = "[";
  out += shown.empty() ? markdownText(url) : shown;
  out += "](<";
  for (const char c : url) {
    static constexpr std::string_view kUnsafe = "<>\\|`\"{}^";
    static constexpr char kHex[] = "0123456789ABCDEF";
    if (c == '&') {
      // Separates the fields of a query, so it is kept, in a form that begins no other entity.
      out += "&amp;";
    } else if (uint8_t(c) <= ' ' || uint8_t(c) >= 0x7F || kUnsafe.find(c) != kUnsafe.npos) {
      out += '%';
      out += kHex[uint8_t(c) >> 4];
      out += kHex[uint8_t(c) & 15];
    } else {
      out += c;
    }
  }
  return out += ">)";
}

} // namespace relc::emit
