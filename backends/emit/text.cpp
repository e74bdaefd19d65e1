#include "backends/emit/text.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

namespace relc::emit {

namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD"; // U+FFFD

/// What follows a lead byte (Unicode 15, table 3-7): how many bytes in all, and the range of the
/// second, which is what rules out overlong forms, surrogates and values over U+10FFFF.
struct Lead {
  uint8_t size;
  uint8_t secondMin;
  uint8_t secondMax;
};

constexpr Lead leadOf(uint8_t byte) {
  if (byte < 0x80) return {1, 0, 0};
  if (byte < 0xC2 || byte > 0xF4) return {0, 0, 0};
  if (byte < 0xE0) return {2, 0x80, 0xBF};
  if (byte < 0xF0) {
    return {3, uint8_t(byte == 0xE0 ? 0xA0 : 0x80), uint8_t(byte == 0xED ? 0x9F : 0xBF)};
  }
  return {4, uint8_t(byte == 0xF0 ? 0x90 : 0x80), uint8_t(byte == 0xF4 ? 0x8F : 0xBF)};
}

/// How a byte is written between double quotes: 0 as it is, 1 after a closer look, else the letter
/// of its escape (`u` for the numeric one).
constexpr auto kEscapes = [] {
  std::array<char, 256> table{};
  for (int c = 0; c < 0x20; ++c) table[c] = 'u';
  table['\b'] = 'b';
  table['\t'] = 't';
  table['\n'] = 'n';
  table['\f'] = 'f';
  table['\r'] = 'r';
  table['"'] = '"';
  table['\\'] = '\\';
  table['<'] = 1;
  table[0x7F] = 'u';
  for (int c = 0x80; c < 0x100; ++c) table[c] = 1;
  return table;
}();

} // namespace

Decoded decodeUtf8(const char* at, const char* end) {
  const auto byte = [&](uint32_t i) { return uint8_t(at[i]); };
  const Lead lead = leadOf(byte(0));
  if (lead.size == 1) return {byte(0), 1, true};
  if (lead.size == 0) return {0xFFFD, 1, false};
  const auto available = uint32_t(std::min<std::ptrdiff_t>(end - at, lead.size));
  if (available < 2 || byte(1) < lead.secondMin || byte(1) > lead.secondMax) {
    return {0xFFFD, 1, false};
  }
  uint32_t codePoint = byte(0) & (0x7FU >> lead.size);
  codePoint = codePoint << 6 | (byte(1) & 0x3FU);
  for (uint32_t i = 2; i < lead.size; ++i) {
    if (i >= available || (byte(i) & 0xC0) != 0x80) return {0xFFFD, i, false};
    codePoint = codePoint << 6 | (byte(i) & 0x3FU);
  }
  return {codePoint, lead.size, true};
}

bool isInvisible(uint32_t codePoint) {
  // Sorted, inclusive. Bidirectional controls: Unicode Technical Report 36, and "Trojan Source".
  static constexpr std::array<std::pair<uint32_t, uint32_t>, 8> kRanges = {{
      {0x0000, 0x001F},
      {0x007F, 0x009F},
      {0x061C, 0x061C},
      {0x200E, 0x200F},
      {0x2028, 0x202E},
      {0x2066, 0x2069},
      {0xFEFF, 0xFEFF},
      {0xFFFE, 0xFFFF},
  }};
  return std::any_of(kRanges.begin(), kRanges.end(), [&](const auto& range) {
    return codePoint >= range.first && codePoint <= range.second;
  });
}

void appendUtf8(std::string& out, uint32_t codePoint) {
  if (codePoint < 0x80) {
    out += char(codePoint);
    return;
  }
  const int continuations = codePoint < 0x800 ? 1 : codePoint < 0x10000 ? 2 : 3;
  static constexpr uint8_t kLead[] = {0, 0xC0, 0xE0, 0xF0};
  out += char(kLead[continuations] | codePoint >> (6 * continuations));
  for (int i = continuations - 1; i >= 0; --i) out += char(0x80 | (codePoint >> (6 * i) & 0x3F));
}

void appendEscape(std::string& out, uint32_t codePoint) {
  static constexpr char kHex[] = "0123456789abcdef";
  const auto digit = [&](int shift) { return kHex[codePoint >> shift & 15]; };
  const char text[6] = {'\\', 'u', digit(12), digit(8), digit(4), digit(0)};
  out.append(text, sizeof text);
}

void appendValidUtf8(std::string& out, std::string_view text) {
  const char* at = text.data();
  const char* const end = at + text.size();
  const char* pending = at;
  while (at != end) {
    if (uint8_t(*at) < 0x80) {
      ++at;
      continue;
    }
    const Decoded c = decodeUtf8(at, end);
    if (!c.valid) {
      out.append(pending, at);
      out += kReplacement;
      pending = at + c.size;
    }
    at += c.size;
  }
  out.append(pending, at);
}

void appendQuoted(std::string& out, std::string_view text, Embedding embedding) {
  out += '"';
  const char* at = text.data();
  const char* const end = at + text.size();
  const char* pending = at; // what is not yet copied and needs no escape
  while (at != end) {
    const char escape = kEscapes[uint8_t(*at)];
    if (escape == 0) {
      ++at;
      continue;
    }
    uint32_t size = 1;
    uint32_t codePoint = uint8_t(*at);
    if (escape == 1) {
      const Decoded c = decodeUtf8(at, end);
      const bool asItIs =
          codePoint == '<' ? embedding == Embedding::File : c.valid && !isInvisible(c.codePoint);
      size = c.size;
      codePoint = c.codePoint;
      if (asItIs) {
        at += size;
        continue;
      }
    }
    // Only characters below U+10000 get here, so JSON needs no surrogate pairs and YAML no
    // eight-digit escapes.
    out.append(pending, at);
    if (escape == 'u' || escape == 1) {
      if (codePoint == 0xFFFD) {
        out += kReplacement;
      } else {
        appendEscape(out, codePoint);
      }
    } else {
      out += '\\';
      out += escape;
    }
    at += size;
    pending = at;
  }
  out.append(pending, at);
  out += '"';
}

} // namespace relc::emit
