#pragma once
// Named character classes of RE2.

#include <optional>
#include <string_view>

namespace relc::promql {

/// From the first to the last character, both included.
struct CharacterSpan {
  char32_t first;
  char32_t last;
};

/// Members of `[:name:]` as first and last character of each range, ascending.
std::optional<std::string_view> posixClass(std::string_view name);
/// The same for `\d`, `\s`, `\w`; the letter in lower case.
std::optional<std::string_view> perlClass(char letter);
/// Is it the name of a Unicode category or script, as in `\p{Greek}`?
bool isUnicodeClass(std::string_view name);

} // namespace relc::promql
