#pragma once
// The table of PromQL's functions.

#include "compiler/promql/promql.h"

#include <array>
#include <span>
#include <string_view>

namespace relc::promql {

struct Function {
  static constexpr int8_t unlimited = -1;
  /// Before the oldest target that relc knows, or (for `until`) never.
  static constexpr Version always{0, 0};

  std::string_view name;
  /// Types of the arguments; `None` behind the last.
  std::array<ValueType, 5> arguments{};
  ValueType returns = ValueType::Vector;
  /// 0: all arguments are required. n: the last of `arguments` may occur 0 to n times; `unlimited`:
  /// any number of times.
  int8_t variadic = 0;
  Version since = always;
  /// Needs the flag promql-experimental-functions …
  bool experimental = false;
  /// … until this version, if it has become stable.
  Version stable = always;
  /// First version that no longer has it.
  Version until = always;

  [[nodiscard]] size_t argumentCount() const {
    size_t count = 0;
    while (count < arguments.size() && arguments[count] != ValueType::None) ++count;
    return count;
  }
  /// Type of the argument at `index`; `None` if there is none.
  [[nodiscard]] ValueType argument(size_t index) const {
    const size_t count = argumentCount();
    if (index >= count && variadic == 0) return ValueType::None;
    return count == 0 ? ValueType::None : arguments[std::min(index, count - 1)];
  }
};

/// All functions, sorted by name.
std::span<const Function> allFunctions();
/// By exact name (functions are case-sensitive); null if there is none.
const Function* findFunction(std::string_view name);

} // namespace relc::promql
