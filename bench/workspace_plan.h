#pragma once
// What a generated workspace holds, before it is text.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

/// Parameters of the generator; its `--help` says what they mean.
struct Options {
  uint64_t services = 10'000;
  uint64_t slosPerService = 2;
  uint64_t edgesPerService = 3;
  uint64_t files = 500;
  uint64_t seed = 1;
  uint64_t cycles = 0;
  double errorRate = 0;
  std::string shape = "layers";
  std::string out;
};

/// SplitMix64 (Steele, Lea, Flood 2014): the same numbers with every standard library.
class Random {
public:
  explicit Random(uint64_t seed) : state_(seed) {}
  uint64_t next() {
    uint64_t z = state_ += 0x9e3779b97f4a7c15U;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31);
  }
  /// 0 … n-1
  uint64_t below(uint64_t n) { return next() % n; }
  bool chance(double share) { return double(next() >> 11) < share * 0x1p53; }
  template <class List>
  const auto& pick(const List& list) {
    return list[below(std::size(list))];
  }

private:
  uint64_t state_;
};

struct Edge {
  uint32_t to = 0;
  bool soft = false;
  uint32_t alternatives = 0; ///< this many edges after it belong to the same `needs any [ … ]`
  uint64_t timeout = 0;      ///< milliseconds
  uint64_t retries = 0;
};

struct Component {
  std::string_view kind;
  std::string name;
  uint32_t area = 0;
  unsigned tier = 3;
  bool userFacing = false;
  uint64_t sloCount = 0;
  double down = 0;    ///< share of time in which it may be down, by what it promises
  uint64_t worst = 0; ///< milliseconds in which its own needs answer or have failed
  std::vector<Edge> edges;
  [[nodiscard]] bool leaf() const { return kind != "service"; }
};

struct Area {
  std::string name;
  std::string team;
  std::string runbook; ///< by the number that it has on the shelf
  bool platform = false;
  uint32_t first = 0; ///< components [first, last)
  uint32_t last = 0;
};

struct Plan {
  std::vector<Area> areas;
  std::vector<Component> components; ///< callers before callees
  std::vector<std::string> teams;
};

/// Number `round` + 1 of a name that is taken: `api`, `api-2`, `api-3` …
std::string numbered(std::string name, uint64_t round);

/// Exactly as many components, SLOs and edges as asked for, the same for the same seed.
Plan makePlan(const Options& options);

} // namespace bench
