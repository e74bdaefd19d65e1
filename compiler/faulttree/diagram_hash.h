#pragma once
// What both kinds of decision diagrams have in common: their sizes, and how nodes and questions are
// found again. Private to this room.

#include <cstddef>
#include <cstdint>

namespace relc::faulttree {

inline constexpr uint32_t terminalLevel = ~uint32_t(0);
inline constexpr size_t firstBuckets = size_t(1) << 8;
inline constexpr size_t largestCache = size_t(1) << 22; // entries

inline uint32_t mix(uint32_t a, uint32_t b, uint32_t c) {
  uint64_t x = (uint64_t(a) << 32 | b) * 0x9E3779B97F4A7C15U;
  x = (x ^ (x >> 31) ^ c) * 0xD6E8FEB86659FD93U;
  return uint32_t(x >> 32);
}

} // namespace relc::faulttree
