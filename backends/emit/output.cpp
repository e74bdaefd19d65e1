#include "backends/emit/output.h"

#include <cstdint>
#include <fmt/format.h>

namespace relc::emit {

std::string fileName(std::string_view name) {
  constexpr size_t longest = 100, kept = 80;
  if (name.size() <= longest) return std::string(name);
  // FNV-1a: two names of one system that begin alike are not meant to collide by ill will.
  uint64_t digest = 0xcbf29ce484222325U;
  for (char c : name) digest = (digest ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  return fmt::format("{}-{:016x}", name.substr(0, kept), digest);
}

} // namespace relc::emit
