// The pages of docs/reference, put together from their parts.

#include "compiler/diagnostics/checks.h"
#include "compiler/manual/manual.h"
#include "compiler/manual/markdown.h"
#include "compiler/manual/places.h"
#include "compiler/manual/sections.h"
#include "compiler/model/quantity.h"
#include "compiler/pipeline.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace relc::manual {
namespace {

using schema::Base;
using schema::Kind;

constexpr std::string_view values = "values.md";

std::string written(std::string_view source, std::string text) {
  while (text.ends_with("\n\n")) text.pop_back();
  return fmt::format("<!-- Written by relc_write_manual from {}. -->\n\n{}", source, text);
}

Page kindPage(Kind host) {
  Page page{spotOf(host).page, kindSection(host, 1, spotOf(host).page)};
  for (const auto& row : schema::kinds())
    if (row.kind != host && hostOf(row.kind) == host)
      page.text += kindSection(row.kind, 2, page.path);
  page.text = written("compiler/schema", std::move(page.text));
  return page;
}

std::string_view groupOf(Kind kind) {
  std::string_view title;
  for (const Group& group : groups)
    if (group.first <= kind) title = group.title;
  return title;
}

Page checksPage() {
  std::string out =
      "# Checks\n\nEvery finding has the code and the name of a check. `relc explain` "
      "says of each what it looks for and why, with a bad example and the same "
      "example mended; the pages behind the codes are the same text.\n";
  std::vector<std::string_view> order;
  for (const auto& check : diagnostics::allChecks())
    if (std::find(order.begin(), order.end(), check.group) == order.end())
      order.push_back(check.group);
  for (std::string_view group : order) {
    Table table({"Code", "Name", "Severity", "When"});
    for (const auto& check : diagnostics::allChecks())
      if (check.group == group)
        table.add({fmt::format("[{}](../checks/{}-{}.md)", check.code, check.code, check.name),
                   code(check.name), std::string(toString(check.severity)),
                   std::string(check.summary)});
    out += fmt::format("\n## {}\n\n{}", group, table.text());
  }
  return {"checks.md", written("docs/checks", std::move(out))};
}

// --- parts of pages that people write

std::string index(std::string_view page) {
  std::string out;
  std::string_view group;
  Table table({"Kind", "What it states"});
  auto flush = [&] {
    if (!table.empty()) out += fmt::format("### {}\n\n{}\n", capitalized(group), table.text());
    table = Table({"Kind", "What it states"});
  };
  for (const auto& row : schema::kinds()) {
    if (groupOf(row.kind) != group) {
      flush();
      group = groupOf(row.kind);
    }
    bool inside = hostOf(row.kind) != row.kind;
    std::string name = link(row.word, spotOf(row.kind), page);
    table.add({inside ? fmt::format("{} in {}", name, schema::info(hostOf(row.kind)).word) : name,
               std::string(firstSentence(row.doc))});
  }
  flush();
  return out;
}

std::string modules(std::string_view page) {
  Table table({"Module", "What it is about"});
  for (const std::string& module : standardModules())
    table.add(
        {link(module, {fmt::format("std/{}.md", module.substr(module.rfind('.') + 1)), ""}, page),
         moduleSummary(module)});
  return table.text();
}

/// Each sort of value, what it looks like, and what takes it.
std::string types(std::string_view page) {
  Table table({"Value", "For example", "Taken by"});
  for (size_t i = 0; i <= static_cast<size_t>(Base::Version); ++i) {
    auto base = static_cast<Base>(i);
    std::string example = schema::describe(schema::Type{.base = base});
    size_t shown = example.find(" such as `");
    example = shown == example.npos
                  ? ""
                  : example.substr(shown + 9, example.find("` or", shown) - shown - 8);
    std::vector<std::string> users;
    auto use = [&](std::string name) {
      if (std::find(users.begin(), users.end(), name) == users.end())
        users.push_back(std::move(name));
    };
    for (const auto& row : schema::attributes()) {
      if (row.type.base != base || row.name == "*") continue;
      std::string_view value = row.example.substr(row.example.find("= ") + 2);
      if (example.empty() && value[0] != '[') example = code(value);
      use(code(row.name));
    }
    for (const auto& row : schema::formParameterTable)
      if (row.type.base == base && row.forms.find('|') == row.forms.npos)
        use(code(fmt::format("{}.{}", row.forms, row.name)));
    constexpr size_t most = 4;
    size_t more = users.size() > most + 1 ? users.size() - most : 0;
    if (more > 0) users.resize(most);
    if (more > 0) users.push_back(fmt::format("{} others", more));
    Spot spot = spotOf(base);
    table.add({link(spot.anchor, spot, page), example, enumerate(users)});
  }
  return table.text();
}

std::string units(model::Unit unit, std::string_view base) {
  Table table({"Unit", "Is"});
  for (const auto& row : model::unitNames())
    if (row.unit == unit) table.add({code(row.name), row.factor.toString() + std::string(base)});
  return table.text();
}
std::string durations(std::string_view) {
  return units(model::Unit::Duration, " s");
}
std::string sizes(std::string_view) {
  return units(model::Unit::Bytes, " B");
}

std::string periods(std::string_view) {
  std::vector<std::string> words;
  for (const auto& row : model::periodNames()) words.push_back(fmt::format("`/{}`", row.name));
  return enumerate(words) + "\n";
}

std::string profiled(std::string_view page) {
  std::vector<std::string> words;
  schema::profiled.each([&](Kind kind) { words.push_back(link(kind, page)); });
  return enumerate(words) + ".\n";
}

std::string forms(std::string_view page) {
  return formSections(3, page);
}

struct Part {
  std::string_view name;
  std::string (*text)(std::string_view page);
};
constexpr Part parts[] = {{"index", index},         {"modules", modules},  {"types", types},
                          {"durations", durations}, {"sizes", sizes},      {"periods", periods},
                          {"forms", forms},         {"profiled", profiled}};

} // namespace

std::vector<Page> writtenPages() {
  std::vector<Page> out;
  for (const auto& row : schema::kinds())
    if (hostOf(row.kind) == row.kind) out.push_back(kindPage(row.kind));
  for (const std::string& module : standardModules()) {
    std::string name = module.substr(module.rfind('.') + 1);
    out.push_back({fmt::format("std/{}.md", name),
                   written(fmt::format("stdlib/std/{}.rel", name), moduleSection(module, 1))});
  }
  out.push_back(checksPage());
  return out;
}

std::string refreshed(const Page& page, const std::function<void(std::string)>& fail) {
  constexpr std::string_view begin = "<!-- written: ", close = " -->\n", end = "<!-- end -->";
  std::string out;
  std::string_view rest = page.text;
  for (size_t at; (at = rest.find(begin)) != rest.npos;) {
    size_t nameEnd = rest.find(close, at);
    size_t stop = rest.find(end, at);
    if (nameEnd == rest.npos || stop == rest.npos || stop < nameEnd) {
      fail("a part that begins with `<!-- written: NAME -->` has no `<!-- end -->`");
      break;
    }
    std::string_view name = rest.substr(at + begin.size(), nameEnd - at - begin.size());
    const Part* part = std::find_if(std::begin(parts), std::end(parts),
                                    [&](const Part& each) { return each.name == name; });
    if (part == std::end(parts)) {
      fail(fmt::format("no part is called `{}`", name));
      break;
    }
    std::string text = part->text(page.path);
    while (text.ends_with("\n\n")) text.pop_back();
    out += rest.substr(0, nameEnd + close.size());
    out += fmt::format("\n{}\n", text);
    rest.remove_prefix(stop);
    out += end;
    rest.remove_prefix(end.size());
  }
  return out + std::string(rest);
}

} // namespace relc::manual
