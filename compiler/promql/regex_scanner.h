#pragma once
// The words of a regular expression: escapes and named classes. Private to regex_parser.cpp.

#include "compiler/promql/regex_classes.h"

#include <string>
#include <string_view>
#include <vector>

namespace relc::promql {

/// Go's words for what is wrong with a pattern.
namespace regex_problem {
inline constexpr std::string_view missingParen = "missing closing )";
inline constexpr std::string_view unexpectedParen = "unexpected )";
inline constexpr std::string_view missingBracket = "missing closing ]";
inline constexpr std::string_view badRange = "invalid character class range";
inline constexpr std::string_view badEscape = "invalid escape sequence";
inline constexpr std::string_view badRepeatOp = "invalid nested repetition operator";
inline constexpr std::string_view badRepeatSize = "invalid repeat count";
inline constexpr std::string_view missingArgument = "missing argument to repetition operator";
inline constexpr std::string_view badPerl = "invalid or unsupported Perl syntax";
inline constexpr std::string_view badCapture = "invalid named capture";
inline constexpr std::string_view trailingBackslash = "trailing backslash at end of expression";
inline constexpr std::string_view tooDeep = "expression nests too deeply";
inline constexpr std::string_view tooLarge = "expression too large";
} // namespace regex_problem

/// A place in a pattern that moves forward; the first problem stays.
class RegexScanner {
protected:
  RegexScanner(std::string_view pattern, std::string& problem)
      : pattern_(pattern), problem_(problem) {}

  [[nodiscard]] bool failed() const { return !problem_.empty(); }
  void fail(std::string_view code, std::string_view where);
  [[nodiscard]] std::string_view rest() const { return pattern_.substr(at_); }
  [[nodiscard]] std::string_view since(size_t begin) const {
    return pattern_.substr(begin, at_ - begin);
  }
  bool accept(std::string_view text) {
    if (!rest().starts_with(text)) return false;
    at_ += text.size();
    return true;
  }

  static void appendPairs(std::vector<CharacterSpan>& spans, std::string_view pairs, bool negated);
  /// `\d`, `\S` …
  bool perlEscape(std::vector<CharacterSpan>& spans);
  /// `\pL`, `\P{Greek}`, `\p{^Lu}`: checked by name, their members are not known here.
  bool unicodeName(bool& unknown);
  /// `\n`, `\.`, `\x41`, `\012`: one character.
  char32_t escape();
  /// Behind `\x`: two digits, or any number of them in braces.
  char32_t hexadecimal(size_t begin);
  /// `[:alpha:]`, `[:^alpha:]`
  bool posixName(std::vector<CharacterSpan>& spans);

  std::string_view pattern_;
  size_t at_ = 0;

private:
  std::string& problem_;
};

} // namespace relc::promql
