#pragma once
// Numbers, strings and durations: token text → value, with the rules of Go's strconv and of
// Prometheus' model.ParseDuration.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace relc::promql {

/// What is wrong with the escapes of a quoted string token, in Prometheus' words.
std::optional<std::string> escapeProblem(std::string_view token);

/// Value of a string token (with its quotes) whose escapes are right.
std::string unquote(std::string_view token);

/// Decimal, octal (`017`), hexadecimal, `inf`, `nan`; nothing if out of range or malformed.
std::optional<double> parseNumber(std::string_view token);

struct DurationValue {
  int64_t milliseconds = 0;
  std::string problem; ///< Prometheus' words; empty if the duration is right
};
DurationValue readDuration(std::string_view token);

/// Seconds → milliseconds, rounded, saturated to ±2⁶² so that negation and addition are safe; what
/// is not zero does not become zero.
int64_t toMilliseconds(double seconds);

/// Longest length that Prometheus' time.Duration can hold, in seconds (2⁶³ ns).
inline constexpr double maxDurationSeconds = 9223372036.854775807;

/// `[a-zA-Z_][a-zA-Z0-9_]*`
bool isLegacyLabelName(std::string_view name);
/// `[a-zA-Z_:][a-zA-Z0-9_:]*`
bool isLegacyMetricName(std::string_view name);

/// Bytes of the UTF-8 sequence at the start of a text that is not empty, and its code point;
/// length 1 and U+FFFD if it is malformed.
struct CodePoint {
  char32_t value = 0;
  uint32_t length = 0;
};
CodePoint decodeUtf8(std::string_view text);
void appendUtf8(std::string& out, char32_t codePoint);

} // namespace relc::promql
