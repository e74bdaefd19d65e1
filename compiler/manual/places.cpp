#include "compiler/manual/places.h"

#include "compiler/manual/markdown.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>

namespace relc::manual {

using schema::Base;
using schema::Kind;
using schema::KindSet;

Kind hostOf(Kind kind) {
  KindSet parents = schema::info(kind).parents;
  if (schema::profiled.has(kind)) parents = parents - KindSet(Kind::profile);
  if (parents.has(Kind::top) || parents.size() != 1) return kind;
  Kind parent = kind;
  parents.each([&](Kind only) { parent = only; });
  return hostOf(parent);
}

Spot spotOf(Kind kind) {
  Kind host = hostOf(kind);
  return {fmt::format("kinds/{}.md", schema::info(host).word),
          host == kind ? std::string() : anchorOf(schema::info(kind).word)};
}

Spot spotOf(Base base) {
  static constexpr std::string_view anchors[] = {
      "boolean", "integer",   "number", "ratio", "duration", "rate",      "growth",
      "bytes",   "date",      "string", "label", "choice",   "reference", "selector",
      "promql",  "sli",       "form",   "value", "moment",   "hours",     "recurrence",
      "instant", "time-zone", "url",    "email", "path",     "version"};
  static_assert(std::size(anchors) == static_cast<size_t>(Base::Version) + 1);
  return {"values.md", std::string(anchors[static_cast<size_t>(base)])};
}

std::string nameOf(Kind kind) {
  Kind host = hostOf(kind);
  std::string word(schema::info(kind).word);
  return host == kind ? word : fmt::format("{}.{}", schema::info(host).word, word);
}

std::string link(std::string_view text, const Spot& to, std::string_view fromPage) {
  std::string path;
  if (to.page != fromPage) {
    size_t from = fromPage.rfind('/'), target = to.page.rfind('/');
    std::string_view fromFolder = fromPage.substr(0, from == fromPage.npos ? 0 : from + 1);
    std::string_view folder =
        std::string_view(to.page).substr(0, target == std::string::npos ? 0 : target + 1);
    if (fromFolder == folder)
      path = to.page.substr(folder.size());
    else
      path = (fromFolder.empty() ? "" : "../") + to.page;
  }
  if (!to.anchor.empty() || path.empty()) path += '#' + to.anchor;
  if (path == "#") return std::string(text); // the page that one is on
  return fmt::format("[{}]({})", text, path);
}

std::string link(Kind kind, std::string_view fromPage) {
  return link(schema::info(kind).word, spotOf(kind), fromPage);
}

std::string describe(KindSet kinds, std::string_view fromPage) {
  std::vector<std::string> words;
  kinds.each([&](Kind kind) {
    std::string_view word = schema::info(kind).word;
    std::string linked = link(kind, fromPage);
    if (words.empty()) {
      std::string spoken = schema::withArticle(word);
      linked = spoken.substr(0, spoken.size() - word.size()) + linked;
    }
    words.push_back(std::move(linked));
  });
  return enumerate(words, "or");
}

namespace {

std::string range(const schema::Type& type) {
  std::string out;
  bool below = type.maximum.starts_with('<');
  if (!type.minimum.empty() && !type.maximum.empty() && !below)
    out = fmt::format(" from {} to {}", type.minimum, type.maximum);
  else if (!type.minimum.empty() && below)
    out = fmt::format(" from {} to below {}", type.minimum, type.maximum.substr(1));
  else if (!type.minimum.empty())
    out = fmt::format(" of at least {}", type.minimum);
  else if (!type.maximum.empty())
    out = fmt::format(" of at most {}", type.maximum);
  if (!type.usualMinimum.empty()) {
    bool exclusive = type.usualMaximum.starts_with('<');
    out += fmt::format(", usually {} to {}", type.usualMinimum,
                       type.usualMaximum.substr(exclusive ? 1 : 0));
  }
  return out;
}

} // namespace

std::string describe(const schema::Type& type, std::string_view fromPage) {
  std::vector<std::string> ways;
  auto words = [](std::string_view list, std::string_view before) {
    std::vector<std::string> out;
    for (std::string_view word : schema::splitWords(list))
      out.push_back(code(fmt::format("{}{}", before, word)));
    return enumerate(out, "or");
  };
  if (type.base == Base::Choice) {
    ways.push_back(words(type.choices, ""));
  } else if (type.base == Base::Reference) {
    ways.push_back(fmt::format("the {} of {}", link("name", spotOf(Base::Reference), fromPage),
                               describe(type.references, fromPage)));
    if (type.counted) ways.back() += ", with a count behind it or without";
    if (!type.choices.empty())
      ways.back() += fmt::format(", an SLO's followed by {} or not", words(type.choices, "."));
  } else if (type.base != Base::Form) {
    std::string plain = schema::describe(schema::Type{.base = type.base});
    plain = plain.substr(0, plain.find(" such as "));
    ways.push_back(link(plain, spotOf(type.base), fromPage) + range(type));
  }
  if (type.orText) ways.push_back(link("a string", spotOf(Base::String), fromPage));
  if (!type.forms.empty()) {
    std::vector<std::string> calls;
    for (const auto& row : schema::formTable)
      if (row.set == type.forms)
        calls.push_back(link(code(fmt::format("{}(…)", row.name)),
                             {"values.md", anchorOf(fmt::format("{}-{}", row.set, row.name))},
                             fromPage));
    ways.push_back(enumerate(calls, "or"));
  }
  bool usual = !type.usualMinimum.empty() && ways.size() > 1; // its range has a comma of its own
  std::string one = usual ? fmt::format("{}", fmt::join(ways, ", or ")) : enumerate(ways, "or");
  if (!type.list) return one;
  return fmt::format("{}, each {}", link("a list", {"values.md", "list"}, fromPage), one);
}

} // namespace relc::manual
