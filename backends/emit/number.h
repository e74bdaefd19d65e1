#pragma once
// Numbers as text: the same bytes in every locale, and every reader gets the same number back.

#include <charconv>
#include <concepts>
#include <string>

namespace relc::emit {

/// An integer that is a number: not a truth value and not a character.
template <class T>
concept Integer = std::integral<T> && !std::same_as<T, bool> && !std::same_as<T, char> &&
                  !std::same_as<T, wchar_t> && !std::same_as<T, char8_t> &&
                  !std::same_as<T, char16_t> && !std::same_as<T, char32_t>;

/// Appends a decimal integer.
template <Integer T>
void appendNumber(std::string& out, T number) {
  char buffer[24];
  out.append(buffer, std::to_chars(buffer, buffer + sizeof buffer, number).ptr);
}

/// Appends the shortest decimal text that reads back as the same double, in a form that JSON,
/// YAML 1.1, YAML 1.2 and PromQL all take for a number: plain digits from 1e-5 to 1e16, beyond that
/// `1.0e+16`. Whole numbers have no fraction (`5`). `number` must be finite.
void appendNumber(std::string& out, double number);

} // namespace relc::emit
