#pragma once
// The table of kinds and attributes: the only place that knows what a declaration may hold. The
// checker, completion, hover, snippets and the reference manual all read it. A new attribute is
// one row of table.h.

#include "compiler/schema/table.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace relc::schema {

std::span<const KindInfo> kinds();
std::span<const AttributeInfo> attributes();

const KindInfo& info(Kind kind);

/// The kind that `word` names inside `parent` (`Kind::top` for the file). Nothing if no kind of
/// that name may stand there.
std::optional<Kind> findKind(std::string_view word, Kind parent);
/// Any kind of that name, wherever it may stand.
std::optional<Kind> findKind(std::string_view word);

/// The row of an attribute, or null if the kind has none of that name. Kinds whose attributes are
/// names of something else (`lint`, `survive`) answer with their wildcard row.
const AttributeInfo* findAttribute(Kind kind, std::string_view name);
const AttributeInfo* findAttribute(Kind kind, NameId name);
inline std::string_view nameOf(NameId id) {
  return attributeTable[id.index].name;
}

/// "a duration such as `300ms`", "one of `page`, `ticket`, `info`", "the name of a team".
std::string describe(const Type& type);
/// "a service", "an alert", "an slo".
std::string withArticle(std::string_view word);
/// "a team", "a service, datastore, queue, cache or external".
std::string describe(KindSet kinds);

} // namespace relc::schema
