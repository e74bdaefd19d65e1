#pragma once
// Where in the manual each thing is described, and links there.

#include "compiler/schema/schema.h"

#include <string>
#include <string_view>

namespace relc::manual {

/// A page relative to docs/reference, and a heading on it; without one the whole page.
struct Spot {
  std::string page;
  std::string anchor;
};

/// The kind on whose page a kind is described: a kind that stands in one other kind only is
/// described there.
schema::Kind hostOf(schema::Kind kind);
/// Not of `top`.
Spot spotOf(schema::Kind kind);
/// The part of values.md about a sort of value.
Spot spotOf(schema::Base base);
/// The name by which `relc explain` knows the kind: `service`, or `rotation.layer` for what is
/// described with another kind.
std::string nameOf(schema::Kind kind);

/// `[text](…)` from one page to another.
std::string link(std::string_view text, const Spot& to, std::string_view fromPage);
/// The kind's word, linked.
std::string link(schema::Kind kind, std::string_view fromPage);

/// "a [team](team.md)", "a [service](…), … or [external](…)".
std::string describe(schema::KindSet kinds, std::string_view fromPage);

/// "[a duration](…) of at least 1ms": what an attribute takes, its range included.
std::string describe(const schema::Type& type, std::string_view fromPage);

} // namespace relc::manual
