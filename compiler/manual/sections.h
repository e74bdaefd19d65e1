#pragma once
// The parts of which pages are made and which `relc explain` shows one by one. Each begins with a
// heading of the level that is asked for (1: `#`); links are relative to `page`.

#include "compiler/schema/schema.h"

#include <string>
#include <string_view>
#include <vector>

namespace relc::manual {

// --- kinds.cpp
std::string kindSection(schema::Kind kind, unsigned level, std::string_view page);
/// One attribute, of the kinds in `of`: all that its row has, or the one that was asked for.
std::string attributeSection(const schema::AttributeInfo& row, schema::KindSet of,
                             std::string_view page);
/// "required", "`30d`", or nothing.
std::string defaultOf(schema::Presence presence, std::string_view fallback);

/// The groups in which kinds are introduced: the first kind of each, what it is called.
struct Group {
  schema::Kind first;
  std::string_view title;
};
inline constexpr Group groups[] = {
    {schema::Kind::system, "the workspace"},    {schema::Kind::domain, "places and people"},
    {schema::Kind::service, "what runs"},       {schema::Kind::metric, "promises and alerts"},
    {schema::Kind::failure, "what goes wrong"},
};

// --- forms.cpp
std::string formSection(const schema::FormInfo& form, unsigned level, std::string_view page);
/// All forms of all sets, for values.md.
std::string formSections(unsigned level, std::string_view page);
std::string formParameterSection(const schema::FormInfo& form,
                                 const schema::FormParameterInfo& parameter, std::string_view page);

// --- modules.cpp
/// A module of the standard library by its name, "std.http".
std::string moduleSection(std::string_view module, unsigned level);
/// The first sentence of what the module says of itself.
std::string moduleSummary(std::string_view module);
/// Names of what others can use of a module.
std::vector<std::string> declarationsOf(std::string_view module);
/// One declaration of a module; empty if there is none of that name.
std::string declarationSection(std::string_view module, std::string_view name, unsigned level);

} // namespace relc::manual
