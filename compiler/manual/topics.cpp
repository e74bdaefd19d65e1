// What a name stands for: the parts of the manual one by one.

#include "compiler/diagnostics/checks.h"
#include "compiler/manual/manual.h"
#include "compiler/manual/markdown.h"
#include "compiler/manual/places.h"
#include "compiler/manual/sections.h"
#include "compiler/pipeline.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace relc::manual {
namespace {

using schema::Kind;
using schema::KindSet;

/// The pages that people write, as they are in docs/reference.
struct Handwritten {
  std::string_view title;
  std::string_view text;
};
constexpr Handwritten handwritten[] = {
#define RELC_EMBED(name, text) {name, text},
#include "manual_pages.inc"
#undef RELC_EMBED
};

/// A part of such a page that has a heading of its own.
struct Section {
  std::string_view heading;
  std::string_view text; ///< from the heading on
};

std::vector<Section> sectionsOf(std::string_view text) {
  std::vector<Section> out;
  bool fenced = false;
  size_t begin = text.npos;
  auto finish = [&](size_t end) {
    if (begin == text.npos) return;
    std::string_view whole = text.substr(begin, end - begin);
    out.push_back({whole.substr(3, whole.find('\n') - 3), whole});
  };
  for (size_t at = 0; at < text.size();) {
    size_t end = std::min(text.find('\n', at), text.size() - 1) + 1;
    std::string_view line = text.substr(at, end - at);
    if (line.starts_with("```")) fenced = !fenced;
    if (!fenced && line.starts_with("## ")) {
      finish(at);
      begin = at;
    }
    at = end;
  }
  finish(text.size());
  return out;
}

/// Its first sentence in one line; the heading of what begins with an example.
std::string summaryOf(const Section& section) {
  std::string_view body = section.text.substr(section.heading.size() + 3);
  body.remove_prefix(std::min(body.find_first_not_of('\n'), body.size()));
  if (body.empty() || body.starts_with("```")) return std::string(section.heading);
  std::string out(firstSentence(body));
  std::replace(out.begin(), out.end(), '\n', ' ');
  return out;
}

/// Does a kind answer to the name: `layer`, `rotation.layer`, `service.slo`?
bool isCalled(Kind kind, std::string_view name) {
  const auto& info = schema::info(kind);
  size_t dot = name.rfind('.');
  if (dot == name.npos) return info.word == name;
  if (info.word != name.substr(dot + 1)) return false;
  if (nameOf(kind) == name) return true;
  bool found = false;
  info.parents.each(
      [&](Kind parent) { found |= parent != Kind::top && isCalled(parent, name.substr(0, dot)); });
  return found;
}

KindSet kindsCalled(std::string_view name) {
  KindSet out;
  for (const auto& row : schema::kinds())
    if (isCalled(row.kind, name)) out = out | row.kind;
  return out;
}

void checks(std::string_view name, std::vector<Topic>& out) {
  auto check = diagnostics::findCheck(name);
  if (!check) return;
  const auto& info = diagnostics::info(*check);
  out.push_back(
      {std::string(info.code), fmt::format("{} {} ({}, group {})\n\n{}", info.code, info.name,
                                           toString(info.severity), info.group, info.page)});
}

void kinds(std::string_view name, std::vector<Topic>& out) {
  kindsCalled(name).each(
      [&](Kind kind) { out.push_back({nameOf(kind), kindSection(kind, 1, {})}); });
}

void attributes(std::string_view name, std::vector<Topic>& out) {
  size_t dot = name.rfind('.');
  if (dot == name.npos) {
    for (const auto& row : schema::attributes())
      if (row.name == name)
        out.push_back({std::string(name), attributeSection(row, row.kinds, {})});
    return;
  }
  kindsCalled(name.substr(0, dot)).each([&](Kind kind) {
    if (const auto* row = schema::findAttribute(kind, name.substr(dot + 1)))
      out.push_back({std::string(name), attributeSection(*row, kind, {})});
  });
}

void forms(std::string_view name, std::vector<Topic>& out) {
  size_t dot = name.rfind('.');
  for (const auto& form : schema::formTable) {
    bool whole =
        form.name == name || form.set == name || fmt::format("{}.{}", form.set, form.name) == name;
    if (whole) out.push_back({std::string(form.name), formSection(form, 1, {})});
    if (dot == name.npos || form.name != name.substr(0, dot)) continue;
    for (const auto* parameter : schema::parametersOf(form))
      if (parameter->name == name.substr(dot + 1))
        out.push_back({std::string(name), formParameterSection(form, *parameter, {})});
  }
}

/// Words of the grammar, and where they are described.
constexpr std::pair<std::string_view, std::string_view> words[] = {
    {"import", "modules"}, {"as", "modules"},
    {"is", "profiles"},    {"in", "environments"},
    {"on", "acceptances"}, {"any", "needs"},
    {"of", "needs"},       {"self", "text-with-values-in-it"},
    {"true", "boolean"},   {"false", "boolean"}};

void parts(std::string_view name, std::vector<Topic>& out) {
  for (const Handwritten& page : handwritten)
    for (const Section& section : sectionsOf(page.text))
      if (anchorOf(section.heading) == anchorOf(name))
        out.push_back({std::string(section.heading), std::string(section.text)});
}

void modules(std::string_view name, std::vector<Topic>& out) {
  for (const std::string& module : standardModules()) {
    if (module == name) {
      out.push_back({module, moduleSection(module, 1)});
      continue;
    }
    size_t dot = name.rfind('.');
    if (dot == name.npos) continue;
    std::string_view before = name.substr(0, dot);
    if (before != module && before != std::string_view(module).substr(module.rfind('.') + 1))
      continue;
    if (std::string text = declarationSection(module, name.substr(dot + 1), 1); !text.empty())
      out.push_back({fmt::format("{}.{}", module, name.substr(dot + 1)), std::move(text)});
  }
}

constexpr void (*sources[])(std::string_view, std::vector<Topic>&) = {checks, kinds, attributes,
                                                                      forms,  parts, modules};

} // namespace

std::vector<Topic> explain(std::string_view name) {
  std::vector<Topic> out;
  for (auto source : sources) source(name, out);
  if (out.empty())
    for (auto [word, where] : words)
      if (word == name) return explain(where);
  return out;
}

std::vector<Contents> contents() {
  std::vector<Contents> out;
  for (const auto& row : schema::kinds()) {
    for (const Group& group : groups)
      if (group.first == row.kind) out.push_back({fmt::format("kinds: {}", group.title), {}});
    out.back().topics.push_back({nameOf(row.kind), std::string(firstSentence(row.doc))});
  }
  out.push_back({"forms", {}});
  for (const auto& form : schema::formTable)
    out.back().topics.push_back({std::string(form.name), std::string(form.doc)});
  for (const Handwritten& page : handwritten) {
    out.push_back({std::string(page.title), {}});
    for (const Section& section : sectionsOf(page.text))
      out.back().topics.push_back({anchorOf(section.heading), summaryOf(section)});
  }
  out.push_back({"standard library", {}});
  for (const std::string& module : standardModules())
    out.back().topics.push_back({module, moduleSummary(module)});
  return out;
}

std::vector<std::string> names() {
  std::vector<std::string> out;
  for (const auto& check : diagnostics::allChecks()) {
    out.emplace_back(check.code);
    out.emplace_back(check.name);
  }
  for (const auto& row : schema::kinds()) {
    out.emplace_back(row.word);
    out.push_back(nameOf(row.kind));
    for (const auto* attribute : schema::attributesOf(row.kind)) {
      if (attribute->name == "*") continue;
      out.emplace_back(attribute->name);
      out.push_back(fmt::format("{}.{}", row.word, attribute->name));
      out.push_back(fmt::format("{}.{}", nameOf(row.kind), attribute->name));
    }
  }
  for (const auto& form : schema::formTable) {
    out.emplace_back(form.set);
    out.emplace_back(form.name);
    for (const auto* parameter : schema::parametersOf(form))
      out.push_back(fmt::format("{}.{}", form.name, parameter->name));
  }
  for (const Handwritten& page : handwritten)
    for (const Section& section : sectionsOf(page.text)) out.push_back(anchorOf(section.heading));
  for (const std::string& module : standardModules()) {
    out.push_back(module);
    for (const std::string& name : declarationsOf(module)) {
      out.push_back(fmt::format("{}.{}", module, name));
      out.push_back(fmt::format("{}.{}", module.substr(module.rfind('.') + 1), name));
    }
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

} // namespace relc::manual
