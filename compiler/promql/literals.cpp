#include "compiler/promql/literals.h"

#include "compiler/promql/promql.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <fmt/format.h>

namespace relc::promql {

// --- UTF-8 ----------------------------------------------------------------------------------

CodePoint decodeUtf8(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  if (lead < 0x80) return {lead, 1};
  constexpr CodePoint malformed{0xFFFD, 1};
  // Length, bits of the lead byte and smallest code point by the form of the lead byte.
  uint32_t length = 0;
  char32_t value = 0;
  char32_t least = 0;
  if ((lead & 0xE0) == 0xC0) {
    length = 2, value = lead & 0x1F, least = 0x80;
  } else if ((lead & 0xF0) == 0xE0) {
    length = 3, value = lead & 0x0F, least = 0x800;
  } else if ((lead & 0xF8) == 0xF0) {
    length = 4, value = lead & 0x07, least = 0x10000;
  } else {
    return malformed;
  }
  if (text.size() < length) return malformed;
  for (uint32_t i = 1; i < length; ++i) {
    const auto next = static_cast<unsigned char>(text[i]);
    if ((next & 0xC0) != 0x80) return malformed;
    value = (value << 6) | (next & 0x3F);
  }
  if (value < least || value > 0x10FFFF || (value >= 0xD800 && value < 0xE000)) return malformed;
  return {value, length};
}

void appendUtf8(std::string& out, char32_t c) {
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xC0 | (c >> 6));
    out += static_cast<char>(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    out += static_cast<char>(0xE0 | (c >> 12));
    out += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (c & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | (c >> 18));
    out += static_cast<char>(0x80 | ((c >> 12) & 0x3F));
    out += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (c & 0x3F));
  }
}

// --- strings --------------------------------------------------------------------------------

namespace {

struct SimpleEscape {
  char letter;
  char value;
};
constexpr std::array<SimpleEscape, 8> simpleEscapes = {{{'a', '\a'},
                                                        {'b', '\b'},
                                                        {'f', '\f'},
                                                        {'n', '\n'},
                                                        {'r', '\r'},
                                                        {'t', '\t'},
                                                        {'v', '\v'},
                                                        {'\\', '\\'}}};

struct NumericEscape {
  uint32_t digits;
  uint32_t base;
  uint32_t max;
  bool byte; ///< stands for a byte, not for a code point
};

std::optional<NumericEscape> numericEscape(char letter) {
  if (letter >= '0' && letter <= '7') return NumericEscape{3, 8, 255, true};
  if (letter == 'x') return NumericEscape{2, 16, 255, true};
  if (letter == 'u') return NumericEscape{4, 16, 0x10FFFF, false};
  if (letter == 'U') return NumericEscape{8, 16, 0x10FFFF, false};
  return std::nullopt;
}

uint32_t digitValue(char c) {
  if (c >= '0' && c <= '9') return static_cast<uint32_t>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<uint32_t>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<uint32_t>(c - 'A' + 10);
  return 16;
}

/// Go's %#U: "U+0063 'c'".
std::string describe(std::string_view at) {
  const CodePoint c = decodeUtf8(at);
  return fmt::format("U+{:04X} '{}'", static_cast<uint32_t>(c.value), at.substr(0, c.length));
}

/// Reads the token; appends its value to `out` if there is one. Returns the problem, if any.
std::optional<std::string> readString(std::string_view token, std::string* out) {
  const char delimiter = token[0];
  const std::string_view body = token.substr(1, token.size() - 2);
  if (delimiter == '`') {
    // As in Go, carriage returns do not belong to a raw string.
    if (out)
      std::copy_if(body.begin(), body.end(), std::back_inserter(*out),
                   [](char c) { return c != '\r'; });
    return std::nullopt;
  }
  for (size_t i = 0; i < body.size();) {
    const char c = body[i++];
    if (c != '\\') {
      if (out) *out += c;
      continue;
    }
    if (i == body.size()) return "escape sequence not terminated";
    const char letter = body[i];
    if (letter == delimiter) {
      if (out) *out += letter;
      ++i;
      continue;
    }
    const auto simple = std::find_if(simpleEscapes.begin(), simpleEscapes.end(),
                                     [&](const SimpleEscape& e) { return e.letter == letter; });
    if (simple != simpleEscapes.end()) {
      if (out) *out += simple->value;
      ++i;
      continue;
    }
    const auto numeric = numericEscape(letter);
    if (!numeric) return "unknown escape sequence " + describe(body.substr(i));
    if (numeric->base == 16) ++i;
    uint32_t value = 0;
    for (uint32_t n = 0; n < numeric->digits; ++n, ++i) {
      // The closing quote is what a short escape at the end of the string runs into.
      if (i >= token.size() - 1) return "escape sequence not terminated";
      const std::string_view rest = token.substr(i + 1);
      const uint32_t digit = digitValue(rest[0]);
      if (digit >= numeric->base)
        return "illegal character " + describe(rest) + " in escape sequence";
      value = value * numeric->base + digit;
    }
    if (value > numeric->max || (value >= 0xD800 && value < 0xE000))
      return "escape sequence is an invalid Unicode code point";
    if (!out) continue;
    if (numeric->byte)
      *out += static_cast<char>(value);
    else
      appendUtf8(*out, value);
  }
  return std::nullopt;
}

/// Code points that Go's strconv.IsPrint refuses and a text could plausibly hold: controls, spaces
/// other than U+0020, invisible and bidirectional marks, surrogates, private use, non-characters.
struct Span {
  char32_t first;
  char32_t last;
};
constexpr std::array<Span, 24> unprintable = {
    {{0x00, 0x1F},       {0x7F, 0xA0},       {0xAD, 0xAD},       {0x600, 0x605},
     {0x61C, 0x61C},     {0x6DD, 0x6DD},     {0x70F, 0x70F},     {0x8E2, 0x8E2},
     {0x1680, 0x1680},   {0x180E, 0x180E},   {0x2000, 0x200F},   {0x2028, 0x202F},
     {0x205F, 0x206F},   {0x3000, 0x3000},   {0xD800, 0xF8FF},   {0xFDD0, 0xFDEF},
     {0xFEFF, 0xFEFF},   {0xFFF0, 0xFFFB},   {0xFFFE, 0xFFFF},   {0x110BD, 0x110BD},
     {0x1BCA0, 0x1BCA3}, {0x1D173, 0x1D17A}, {0xE0000, 0xE00FF}, {0xE01F0, 0x10FFFF}}};

bool isPrintable(char32_t c) {
  const auto next = std::upper_bound(unprintable.begin(), unprintable.end(), c,
                                     [](char32_t value, const Span& s) { return value < s.first; });
  return next == unprintable.begin() || c > std::prev(next)->last;
}

} // namespace

std::optional<std::string> escapeProblem(std::string_view token) {
  return readString(token, nullptr);
}

std::string unquote(std::string_view token) {
  std::string value;
  readString(token, &value);
  return value;
}

std::string quote(std::string_view text) {
  // Nearly all text stands for itself.
  const auto special = [](char c) { return c < ' ' || c > '~' || c == '"' || c == '\\'; };
  std::string out;
  out.reserve(text.size() + 2);
  out += '"';
  for (size_t i = 0; i < text.size();) {
    const auto* run = std::find_if(text.begin() + i, text.end(), special);
    out.append(text.begin() + i, run);
    i = static_cast<size_t>(run - text.begin());
    if (i == text.size()) break;
    const CodePoint c = decodeUtf8(text.substr(i));
    const auto simple =
        std::find_if(simpleEscapes.begin(), simpleEscapes.end(), [&](const SimpleEscape& e) {
          return static_cast<char32_t>(e.value) == c.value;
        });
    if (c.value == 0xFFFD && c.length == 1)
      fmt::format_to(std::back_inserter(out), "\\x{:02x}", static_cast<unsigned char>(text[i]));
    else if (c.value == '"')
      out += "\\\"";
    else if (simple != simpleEscapes.end())
      out += {'\\', simple->letter};
    else if (isPrintable(c.value))
      out += text.substr(i, c.length);
    else if (c.value < 0x80)
      fmt::format_to(std::back_inserter(out), "\\x{:02x}", static_cast<uint32_t>(c.value));
    else if (c.value < 0x10000)
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<uint32_t>(c.value));
    else
      fmt::format_to(std::back_inserter(out), "\\U{:08x}", static_cast<uint32_t>(c.value));
    i += c.length;
  }
  return out += '"';
}

// --- numbers --------------------------------------------------------------------------------

namespace {

/// Go: an underscore stands between digits, or between a base prefix and a digit.
bool underscoresFit(std::string_view token, size_t prefix) {
  const auto isDigit = [&](size_t i) {
    return i < token.size() && std::isxdigit(static_cast<unsigned char>(token[i]));
  };
  for (size_t i = 0; i < token.size(); ++i)
    if (token[i] == '_' && !((i == prefix || isDigit(i - 1)) && i > 0 && isDigit(i + 1)))
      return false;
  return true;
}

std::optional<double> parseInteger(std::string_view digits, int base) {
  uint64_t value = 0;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  if (error != std::errc() || end != digits.data() + digits.size() || value > uint64_t{INT64_MAX})
    return std::nullopt;
  return static_cast<double>(value);
}

} // namespace

std::optional<double> parseNumber(std::string_view token) {
  const bool hex = token.size() > 1 && token[0] == '0' && (token[1] == 'x' || token[1] == 'X');
  if (token.find('_') != token.npos && !underscoresFit(token, hex ? 2 : 0)) return std::nullopt;
  std::string digits(token);
  std::erase(digits, '_');
  if (hex) return parseInteger(std::string_view(digits).substr(2), 16);
  const bool whole =
      std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (whole && digits.size() > 1 && digits[0] == '0')
    if (const auto octal = parseInteger(digits, 8)) return octal;
  double value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (end != digits.data() + digits.size()) return std::nullopt;
  if (error == std::errc::result_out_of_range) {
    // Too small is 0 for Go, too large an error; from_chars leaves the value alone for both.
    const bool tiny = std::strtod(digits.c_str(), nullptr) < 1;
    return tiny ? std::optional(std::strtod(digits.c_str(), nullptr)) : std::nullopt;
  }
  if (error != std::errc()) return std::nullopt;
  return value;
}

std::string formatNumber(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  std::array<char, 400> buffer;
  const auto result =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::fixed);
  return {buffer.data(), result.ptr};
}

// --- durations ------------------------------------------------------------------------------

namespace {

struct Unit {
  std::string_view name;
  int64_t milliseconds;
  bool exact; ///< printed only if nothing is left over
};
/// From the longest to the shortest: in this order they are written, each at most once.
constexpr std::array<Unit, 7> units = {{{"y", 365LL * 24 * 60 * 60 * 1000, true},
                                        {"w", 7LL * 24 * 60 * 60 * 1000, true},
                                        {"d", 24LL * 60 * 60 * 1000, false},
                                        {"h", 60LL * 60 * 1000, false},
                                        {"m", 60LL * 1000, false},
                                        {"s", 1000, false},
                                        {"ms", 1, false}}};
constexpr int64_t maxMilliseconds = INT64_MAX / 1000000;

} // namespace

DurationValue readDuration(std::string_view token) {
  const auto invalid = [&] {
    return DurationValue{0, fmt::format("not a valid duration string: \"{}\"", token)};
  };
  const auto isDigit = [](char c) { return c >= '0' && c <= '9'; };
  int64_t total = 0;
  size_t nextUnit = 0;
  if (token.empty()) return invalid();
  for (size_t i = 0; i < token.size();) {
    const size_t digits = std::find_if_not(token.begin() + i, token.end(), isDigit) - token.begin();
    const size_t letters =
        std::find_if(token.begin() + digits, token.end(), isDigit) - token.begin();
    uint64_t count = 0;
    const auto [end, error] = std::from_chars(token.data() + i, token.data() + digits, count);
    if (digits == i || letters == digits || error != std::errc()) return invalid();
    const std::string_view name = token.substr(digits, letters - digits);
    const auto unit =
        std::find_if(units.begin(), units.end(), [&](const Unit& u) { return u.name == name; });
    if (unit == units.end())
      return {0, fmt::format("unknown unit \"{}\" in duration \"{}\"", name, token)};
    const auto index = static_cast<size_t>(unit - units.begin());
    if (index < nextUnit) return invalid();
    nextUnit = index + 1;
    if (count > static_cast<uint64_t>(maxMilliseconds / unit->milliseconds))
      return {0, "duration out of range"};
    total += static_cast<int64_t>(count) * unit->milliseconds;
    if (total > maxMilliseconds) return {0, "duration out of range"};
    i = letters;
  }
  return {total, {}};
}

std::optional<int64_t> parseDuration(std::string_view text) {
  const DurationValue value = readDuration(text);
  if (!value.problem.empty()) return std::nullopt;
  return value.milliseconds;
}

std::string formatDuration(int64_t milliseconds) {
  if (milliseconds == 0) return "0s";
  std::string out = milliseconds < 0 ? "-" : "";
  // The magnitude as unsigned, because the most negative number has no positive counterpart.
  uint64_t rest = milliseconds < 0 ? 0 - static_cast<uint64_t>(milliseconds)
                                   : static_cast<uint64_t>(milliseconds);
  for (const Unit& unit : units) {
    const auto length = static_cast<uint64_t>(unit.milliseconds);
    if (rest < length || (unit.exact && rest % length != 0)) continue;
    out += std::to_string(rest / length);
    out += unit.name;
    rest %= length;
  }
  return out;
}

int64_t toMilliseconds(double seconds) {
  constexpr double limit = 4611686018427387904.0;
  const double milliseconds = std::clamp(std::round(seconds * 1000), -limit, limit);
  if (milliseconds == 0 && seconds != 0) return seconds < 0 ? -1 : 1;
  return static_cast<int64_t>(milliseconds);
}

// --- names ----------------------------------------------------------------------------------

static bool isName(std::string_view name, std::string_view extra) {
  const auto fits = [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || extra.find(c) != extra.npos;
  };
  if (name.empty() || !fits(name[0])) return false;
  return std::all_of(name.begin(), name.end(),
                     [&](char c) { return fits(c) || (c >= '0' && c <= '9'); });
}

bool isLegacyLabelName(std::string_view name) {
  return isName(name, "_");
}
bool isLegacyMetricName(std::string_view name) {
  return isName(name, "_:");
}

} // namespace relc::promql
