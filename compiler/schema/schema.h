#pragma once
// The table of kinds and attributes: the only place that knows what a declaration may hold. The
// checker, completion, hover, snippets and the reference manual all read it. A new attribute is
// one row of attributes.h.

#include "compiler/schema/table.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace relc::schema {

std::span<const KindInfo> kinds();
std::span<const AttributeInfo> attributes();

const KindInfo& info(Kind kind);

/// The kind that `word` names inside `parent` (`Kind::top` for the file). Nothing if no kind of
/// that name may stand there.
std::optional<Kind> findKind(std::string_view word, Kind parent);
/// Any kind of that name, wherever it may stand.
std::optional<Kind> findKind(std::string_view word);

/// The kind that other tools call `word`; nothing if none is known.
std::optional<Kind> calledElsewhere(std::string_view word);

/// The kinds that may stand inside `parent`.
KindSet childrenOf(Kind parent);
/// Kinds that can hold declarations with a name: what a dotted name goes through.
KindSet holders();

/// The row of an attribute, or null if the kind has none of that name. Kinds whose attributes are
/// names of something else (`lint`, `survive`) answer with their wildcard row.
const AttributeInfo* findAttribute(Kind kind, std::string_view name);
/// All rows of a kind, in the order of the table.
std::span<const AttributeInfo* const> attributesOf(Kind kind);
NameId nameOf(const AttributeInfo& row);
const AttributeInfo* findAttribute(Kind kind, NameId name);
inline std::string_view nameOf(NameId id) {
  return attributeTable[id.index].name;
}

/// The row of a form in a set, or null.
const FormInfo* findForm(std::string_view set, std::string_view name);
/// The parameters of a form, in the order in which unnamed arguments fill them.
std::vector<const FormParameterInfo*> parametersOf(const FormInfo& form);
/// Words between `|`.
std::vector<std::string_view> splitWords(std::string_view words);

/// "a duration such as `300ms`", "one of `page`, `ticket`, `info`", "the name of a team".
std::string describe(const Type& type);
/// "a service", "an alert", "an slo".
std::string withArticle(std::string_view word);
/// "a team", "a service, datastore, queue, cache or external".
std::string describe(KindSet kinds);

} // namespace relc::schema
