#pragma once
// Named character classes of RE2.

#include <optional>
#include <string_view>

namespace relc::promql {

/// Members of `[:name:]` as first and last character of each range, ascending.
std::optional<std::string_view> posixClass(std::string_view name);
/// The same for `\d`, `\s`, `\w`; the letter in lower case.
std::optional<std::string_view> perlClass(char letter);
/// Is it the name of a Unicode category or script, as in `\p{Greek}`?
bool isUnicodeClass(std::string_view name);

} // namespace relc::promql
