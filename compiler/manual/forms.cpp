// What the manual says of forms: `kill(count = 1)`.

#include "compiler/manual/markdown.h"
#include "compiler/manual/places.h"
#include "compiler/manual/sections.h"

#include <fmt/format.h>

namespace relc::manual {
namespace {

using schema::FormInfo;
using schema::FormParameterInfo;

/// The attributes that take a set of forms: "`inject` of an experiment".
std::string takenBy(std::string_view set, std::string_view page) {
  std::vector<std::string> users;
  for (const auto& row : schema::attributes())
    if (row.type.forms == set)
      users.push_back(fmt::format("`{}` of {}", row.name, describe(row.kinds, page)));
  return enumerate(users);
}

} // namespace

std::string formSection(const FormInfo& form, unsigned level, std::string_view page) {
  std::string out = fmt::format("{} {} `{}`\n\n{} A value of {}: {}.\n\n", std::string(level, '#'),
                                capitalized(form.set), form.name, form.doc, takenBy(form.set, page),
                                code(form.example));
  Table table({"Parameter", "Takes", "Default", "What it says"});
  for (const FormParameterInfo* parameter : schema::parametersOf(form))
    table.add({code(parameter->name), describe(parameter->type, page),
               defaultOf(parameter->presence, parameter->fallback), std::string(parameter->doc)});
  return out + (table.empty() ? "It takes no arguments.\n\n" : table.text() + "\n");
}

std::string formSections(unsigned level, std::string_view page) {
  std::string out;
  for (const FormInfo& form : schema::formTable) out += formSection(form, level, page);
  return out;
}

std::string formParameterSection(const FormInfo& form, const FormParameterInfo& parameter,
                                 std::string_view page) {
  std::string fallback;
  if (parameter.presence == schema::Presence::Required)
    fallback = ", required";
  else if (!parameter.fallback.empty())
    fallback = fmt::format(", {} if not given", code(parameter.fallback));
  return fmt::format("# `{}.{}`\n\n{}\n\nTakes {}{}. A parameter of `{}(…)`: {}.\n", form.name,
                     parameter.name, parameter.doc, describe(parameter.type, page), fallback,
                     form.name, code(form.example));
}

} // namespace relc::manual
