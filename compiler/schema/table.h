#pragma once
// All rows, and attributes as numbers.

#include "compiler/schema/attributes.h"
#include "compiler/schema/forms.h"
#include "compiler/schema/kinds.h"

namespace relc::schema {

/// An attribute's name as a number: the index of the first row that has it.
struct NameId {
  uint16_t index;
  friend constexpr auto operator<=>(NameId, NameId) = default;
};

constexpr uint16_t firstRowNamed(std::string_view name) {
  for (size_t i = 0; i < attributeTable.size(); ++i)
    if (attributeTable[i].name == name) return static_cast<uint16_t>(i);
  return UINT16_MAX;
}

/// `attr("owner")` in analyses and backends; an unknown name does not compile.
consteval NameId attr(std::string_view name) {
  uint16_t index = firstRowNamed(name);
  if (index == UINT16_MAX) throw "no attribute has this name";
  return {index};
}

} // namespace relc::schema
