#include "compiler/promql/regex_scanner.h"

#include "compiler/promql/literals.h"

#include <algorithm>
#include <fmt/format.h>

namespace relc::promql {

using namespace regex_problem;

namespace {

constexpr char32_t maxRune = 0x10FFFF;

bool isDigit(char c) {
  return c >= '0' && c <= '9';
}
bool isAlnum(char c) {
  return isDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

} // namespace

void RegexScanner::fail(std::string_view code, std::string_view where) {
  if (failed()) return;
  problem_ = where.data() ? fmt::format("error parsing regexp: {}: `{}`", code, where)
                          : fmt::format("error parsing regexp: {}", code);
}

void RegexScanner::appendPairs(std::vector<CharacterSpan>& spans, std::string_view pairs,
                               bool negated) {
  char32_t next = 0;
  for (size_t i = 0; i < pairs.size(); i += 2) {
    const auto first = static_cast<unsigned char>(pairs[i]);
    const auto last = static_cast<unsigned char>(pairs[i + 1]);
    if (!negated)
      spans.push_back({first, last});
    else if (first > next)
      spans.push_back({next, static_cast<char32_t>(first - 1)});
    next = last + 1U;
  }
  if (negated) spans.push_back({next, maxRune});
}

bool RegexScanner::perlEscape(std::vector<CharacterSpan>& spans) {
  if (rest().size() < 2) return false;
  const char letter = rest()[1];
  const auto pairs = perlClass(static_cast<char>(letter | 0x20));
  if (!pairs) return false;
  at_ += 2;
  appendPairs(spans, *pairs, letter < 'a');
  return true;
}

bool RegexScanner::unicodeName(bool& unknown) {
  const size_t begin = at_;
  if (!accept("\\p") && !accept("\\P")) return false;
  unknown = true;
  if (at_ == pattern_.size()) {
    fail(badRange, since(begin));
    return true;
  }
  std::string_view name;
  if (accept("{")) {
    const size_t close = pattern_.find('}', at_);
    if (close == pattern_.npos) {
      fail(badRange, pattern_.substr(begin));
      return true;
    }
    name = pattern_.substr(at_, close - at_);
    at_ = close + 1;
  } else {
    name = rest().substr(0, decodeUtf8(rest()).length);
    at_ += name.size();
  }
  if (name.starts_with('^')) name.remove_prefix(1);
  if (!isUnicodeClass(name)) fail(badRange, since(begin));
  return true;
}

char32_t RegexScanner::escape() {
  const size_t begin = at_;
  ++at_;
  if (at_ == pattern_.size()) {
    fail(trailingBackslash, "");
    return 0;
  }
  const CodePoint c = decodeUtf8(rest());
  at_ += c.length;
  const auto isOctal = [&](size_t i) {
    return i < pattern_.size() && pattern_[i] >= '0' && pattern_[i] <= '7';
  };
  switch (c.value) {
  case '1':
  case '2':
  case '3':
  case '4':
  case '5':
  case '6':
  case '7':
    if (!isOctal(at_)) break; // a back-reference
    [[fallthrough]];
  case '0': {
    char32_t value = c.value - '0';
    for (int i = 0; i < 2 && isOctal(at_); ++i, ++at_)
      value = value * 8 + static_cast<char32_t>(pattern_[at_] - '0');
    return value;
  }
  case 'x': return hexadecimal(begin);
  case 'a': return '\a';
  case 'f': return '\f';
  case 'n': return '\n';
  case 'r': return '\r';
  case 't': return '\t';
  case 'v': return '\v';
  default:
    if (c.value < 0x80 && !isAlnum(static_cast<char>(c.value))) return c.value;
  }
  fail(badEscape, since(begin));
  return 0;
}

char32_t RegexScanner::hexadecimal(size_t begin) {
  const bool braces = accept("{");
  char32_t value = 0;
  size_t digits = 0;
  while (at_ < pattern_.size() && (braces || digits < 2)) {
    const char c = pattern_[at_++];
    if (braces && c == '}' && digits > 0) return value;
    const char lower = static_cast<char>(c | 0x20);
    if (isDigit(c))
      value = value * 16 + static_cast<char32_t>(c - '0');
    else if (lower >= 'a' && lower <= 'f')
      value = value * 16 + static_cast<char32_t>(lower - 'a' + 10);
    else
      break;
    ++digits;
    if (value > maxRune) break;
    if (!braces && digits == 2) return value;
  }
  fail(badEscape, since(begin));
  return 0;
}

bool RegexScanner::posixName(std::vector<CharacterSpan>& spans) {
  if (!rest().starts_with("[:")) return false;
  const size_t close = pattern_.find(":]", at_ + 2);
  if (close == pattern_.npos) return false;
  std::string_view name = pattern_.substr(at_ + 2, close - at_ - 2);
  const size_t begin = at_;
  at_ = close + 2;
  const bool negated = name.starts_with('^');
  if (negated) name.remove_prefix(1);
  const auto pairs = posixClass(name);
  if (!pairs)
    fail(badRange, since(begin));
  else
    appendPairs(spans, *pairs, negated);
  return true;
}

} // namespace relc::promql
