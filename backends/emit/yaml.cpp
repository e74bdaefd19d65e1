#include "backends/emit/yaml.h"

#include "backends/emit/text.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>

namespace relc::emit {

namespace {

// What a scan of a scalar found, as a union of its bytes' traits.
enum Trait : uint8_t {
  kEscape = 1,      // must be escaped, so double quotes
  kLineFeed = 2,    // literal block or double quotes
  kTab = 4,         // fine in a block, elsewhere written as an escape
  kHigh = 8,        // part of a multi-byte character: look closer
  kPunctuation = 16 // `:` or `#`, which may end a plain scalar
};

constexpr auto kTraits = [] {
  std::array<uint8_t, 256> table{};
  for (int c = 0; c < 0x20; ++c) table[c] = kEscape;
  table['\n'] = kLineFeed;
  table['\t'] = kTab;
  table[':'] = kPunctuation;
  table['#'] = kPunctuation;
  table[0x7F] = kEscape;
  for (int c = 0x80; c < 0x100; ++c) table[c] = kHigh;
  return table;
}();

bool isDigit(char c) {
  return c >= '0' && c <= '9';
}
bool isLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

uint8_t scan(std::string_view text) {
  // Nearly all text is printable ASCII. Of bytes alone compilers make sixteen at a time.
  uint8_t special = 0, punctuation = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto c = uint8_t(text[i]);
    special |= uint8_t(uint8_t(c < ' ') | uint8_t(c > '~'));
    punctuation |= uint8_t(uint8_t(c == ':') | uint8_t(c == '#'));
  }
  if (!special) return punctuation ? kPunctuation : 0;
  uint8_t seen = 0;
  for (const char c : text) seen |= kTraits[uint8_t(c)];
  if (!(seen & kHigh)) return seen;
  for (const char *at = text.data(), *end = at + text.size(); at != end;) {
    if (uint8_t(*at) < 0x80) {
      ++at;
      continue;
    }
    const Decoded c = decodeUtf8(at, end);
    if (!c.valid || isInvisible(c.codePoint)) return seen | kEscape;
    at += c.size;
  }
  return seen;
}

/// Words that some YAML reader takes for a truth value, a null or a number, in any case.
bool isReserved(std::string_view text) {
  static constexpr std::array<std::string_view, 14> kWords = {
      "y",   "n",   "on",   "no",   "yes",  "off",   "inf",
      "nan", "nil", "null", "none", "true", "false", "infinity"};
  if (text.size() > 8 || std::string_view("ynoitfYNOITF").find(text[0]) == text.npos) return false;
  std::array<char, 8> lower{};
  std::transform(text.begin(), text.end(), lower.begin(), [](char c) { return char(c | 0x20); });
  return std::find(kWords.begin(), kWords.end(), std::string_view(lower.data(), text.size())) !=
         kWords.end();
}

/// `5m`, `1h30m`: what starts with a digit and yet is no number, time or date to any reader.
bool isDuration(std::string_view text) {
  size_t i = 0;
  while (i < text.size()) {
    const size_t digits = i;
    while (i < text.size() && isDigit(text[i])) ++i;
    if (i == digits || i == text.size()) return false;
    if (text.substr(i, 2) == "ms") {
      i += 2;
    } else if (std::string_view("smhdwy").find(text[i]) != std::string_view::npos) {
      ++i;
    } else {
      return false;
    }
  }
  return true;
}

/// True if the text means itself without quotes in block context, to readers of YAML 1.1 and 1.2.
/// `seen` are its traits, without line feeds, tabs and escapes.
bool isPlain(std::string_view text, uint8_t seen) {
  if (text.empty() || text.back() == ' ') return false;
  const char first = text.front();
  if (isDigit(first)) return isDuration(text);
  const bool harmless = isLetter(first) || first == '_' || first == '/' || first == '(';
  if (!harmless && uint8_t(first) < 0x80) return false;
  if (isReserved(text)) return false;
  // `e5` is a number without digits to eemeli/yaml in its 1.1 mode.
  if ((first | 0x20) == 'e' && text.find_first_not_of("+-_0123456789", 1) == text.npos)
    return false;
  if (!(seen & kPunctuation)) return true;
  if (text.back() == ':') return false;
  if (text.find(": ") != text.npos) return false;
  return text.find('#') == text.npos || text.find(" #") == text.npos; // spaces are many
}

/// True if a literal block gives back exactly this text with every reader. Text that starts with
/// white space would need an indentation indicator, text that ends in several line feeds `|+`, and
/// lines of white space only are lost by editors; they are rare enough to be quoted.
bool isBlock(std::string_view text) {
  if (text.front() == '\n' || text.front() == ' ' || text.front() == '\t') return false;
  bool blank = true; // so far, this line
  for (size_t i = 0, lineStart = 0; i < text.size(); ++i) {
    if (text[i] == '\n') {
      if (blank && i > lineStart) return false;
      lineStart = i + 1;
      blank = true;
    } else if (text[i] == '\t' && i == lineStart) {
      return false;
    } else if (text[i] != ' ' && text[i] != '\t') {
      blank = false;
    }
  }
  if (text.back() == '\n') return text[text.size() - 2] != '\n';
  return !blank;
}

void appendBlock(std::string& out, std::string_view text, uint32_t indent) {
  out += text.back() == '\n' ? "|" : "|-";
  if (text.back() == '\n') text.remove_suffix(1);
  for (size_t start = 0; start <= text.size();) {
    const size_t end = std::min(text.find('\n', start), text.size());
    out += '\n';
    if (end > start) {
      out.append(indent, ' ');
      out += text.substr(start, end - start);
    }
    start = end + 1;
  }
}

void appendSingleQuoted(std::string& out, std::string_view text) {
  out += '\'';
  for (size_t start = 0;;) {
    const size_t quote = text.find('\'', start);
    out += text.substr(start, quote - start);
    if (quote == std::string_view::npos) break;
    out += "''";
    start = quote + 1;
  }
  out += '\'';
}

/// On one line, as a key or a value.
void appendFlowScalar(std::string& out, std::string_view text, uint8_t seen) {
  if (seen & (kEscape | kLineFeed | kTab)) {
    appendQuoted(out, text);
  } else if (isPlain(text, seen)) {
    out += text;
  } else {
    appendSingleQuoted(out, text);
  }
}

} // namespace

// A frame's first item goes behind the dash that opened the frame (`- name: x`), on a new line
// behind the key that opened it, or where the line already starts.
void YamlWriter::startLine(Frame& frame) {
  const bool first = frame.empty;
  frame.empty = false;
  if (first && at_ == At::AfterDash) {
    out_ += ' ';
    return;
  }
  if (first && at_ == At::AfterKey) out_ += '\n';
  out_.append(frame.indent, ' ');
}

void YamlWriter::openItem() {
  if (frames_.empty()) return;
  Frame& frame = frames_.back();
  if (frame.isMap) {
    assert(!frame.empty && at_ == At::AfterKey && "a value in a map needs a key");
    return;
  }
  startLine(frame);
  out_ += '-';
  at_ = At::AfterDash;
}

void YamlWriter::openValue() {
  openItem();
  if (at_ != At::LineStart) out_ += ' ';
}

YamlWriter& YamlWriter::closeValue() {
  out_ += '\n';
  at_ = At::LineStart;
  return *this;
}

YamlWriter& YamlWriter::begin(bool isMap) {
  openItem();
  const uint32_t indent = frames_.empty() ? 0 : frames_.back().indent + 2;
  frames_.push_back({indent, isMap, true});
  return *this;
}

YamlWriter& YamlWriter::end([[maybe_unused]] bool isMap, std::string_view ifEmpty) {
  assert(!frames_.empty() && frames_.back().isMap == isMap && "begin and end do not match");
  const Frame frame = frames_.back();
  frames_.pop_back();
  if (!frame.empty) {
    assert(at_ == At::LineStart && "a key without its value");
    return *this;
  }
  if (at_ == At::LineStart) {
    out_.append(frame.indent, ' ');
  } else {
    out_ += ' ';
  }
  out_ += ifEmpty;
  return closeValue();
}

YamlWriter& YamlWriter::key(std::string_view name) {
  assert(!frames_.empty() && frames_.back().isMap && "a key outside of a map");
  Frame& frame = frames_.back();
  assert((frame.empty || at_ == At::LineStart) && "a key without its value");
  startLine(frame);
  const size_t start = out_.size();
  appendFlowScalar(out_, name, scan(name));
  if (out_.size() - start > 1000) {
    // Readers look at most 1024 characters ahead for the colon (YAML 1.2.2, section 7.4.2).
    out_.insert(start, "? ");
    out_ += '\n';
    out_.append(frame.indent, ' ');
  }
  out_ += ':';
  at_ = At::AfterKey;
  return *this;
}

uint32_t YamlWriter::blockIndent() const {
  return frames_.back().indent + 2;
}

YamlWriter& YamlWriter::value(std::string_view text) {
  openValue();
  const uint8_t seen = scan(text);
  if ((seen & (kLineFeed | kEscape)) == kLineFeed && !frames_.empty() && isBlock(text)) {
    appendBlock(out_, text, blockIndent());
  } else {
    appendFlowScalar(out_, text, seen);
  }
  return closeValue();
}

YamlWriter& YamlWriter::value(double number) {
  if (std::isnan(number)) return word(".nan");
  if (std::isinf(number)) return word(number > 0 ? ".inf" : "-.inf");
  openValue();
  appendNumber(out_, number);
  return closeValue();
}

YamlWriter& YamlWriter::word(std::string_view plain) {
  openValue();
  out_ += plain;
  return closeValue();
}

YamlWriter& YamlWriter::comment(std::string_view text) {
  const uint32_t indent = frames_.empty() ? 0 : frames_.back().indent;
  if (at_ != At::LineStart) {
    assert(frames_.back().empty && "a comment between a key and its value");
    out_ += '\n';
    at_ = At::LineStart;
  }
  const char* at = text.data();
  const char* const end = at + text.size();
  const auto newLine = [&] {
    out_.append(indent, ' ');
    out_ += '#';
    if (at != end && *at != '\n' && *at != '\r') out_ += ' ';
  };
  newLine();
  while (at != end) {
    const char* const special =
        std::find_if(at, end, [](char each) { return each < ' ' || each > '~'; });
    out_.append(at, special);
    if ((at = special) == end) break;
    const Decoded c = decodeUtf8(at, end);
    const bool crLf = *at == '\r' && at + 1 != end && at[1] == '\n';
    at += crLf ? 2 : c.size;
    if (c.codePoint == '\n' || c.codePoint == '\r') {
      out_ += '\n';
      newLine();
    } else if (isInvisible(c.codePoint) && c.codePoint != '\t') {
      appendEscape(out_, c.codePoint);
    } else {
      appendUtf8(out_, c.codePoint);
    }
  }
  out_ += '\n';
  return *this;
}

YamlWriter& YamlWriter::blankLine() {
  assert(at_ == At::LineStart && "an empty line between a key and its value");
  out_ += '\n';
  return *this;
}

YamlWriter& YamlWriter::beginDocument() {
  assert(frames_.empty() && "a document inside of another");
  out_ += "---\n";
  return *this;
}

} // namespace relc::emit
