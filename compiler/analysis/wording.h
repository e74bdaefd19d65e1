#pragma once
// Words and numbers of messages. Private to this room.

#include "compiler/model/model.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace relc::analysis {

/// Names of a list that are spelt out; the others are counted.
inline constexpr size_t namesShown = 5;

/// "`checkout`".
std::string quoted(std::string_view text);
/// "service `checkout`"; "this needs" for what has no name.
std::string titled(const model::Model& model, model::EntityId id);
/// "`a`, `b` and `c`"; "`a`, `b`, `c`, `d`, `e` and 7 more".
std::string listed(std::span<const std::string> names, std::string_view join = "and");
/// The same of what needs no quotes: "zone `a` or zone `b`".
std::string joined(std::span<const std::string> phrases, std::string_view join = "and");
/// "no tiers", "1 tier", "3 tiers".
std::string counted(size_t count, std::string_view noun);
/// Exact if that takes few digits, else four of them: "14.4", "about 0.2333".
std::string shown(model::Decimal value);
/// The same as a percentage: "1.38%", "about 0.1389%".
std::string shownPercent(model::Decimal fraction);
/// "1h26m24s"; what is no whole number of seconds is rounded to one, "about 3m7s".
std::string shownDuration(model::Decimal seconds);

} // namespace relc::analysis
