// What the manual says of a kind and of an attribute.

#include "compiler/manual/markdown.h"
#include "compiler/manual/places.h"
#include "compiler/manual/sections.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace relc::manual {
namespace {

using schema::AttributeInfo;
using schema::Kind;
using schema::KindInfo;
using schema::KindSet;
using schema::NameRule;

/// `domain NAME [in DOMAIN] { … }`
std::string headerOf(const KindInfo& info) {
  static constexpr std::string_view names[] = {"", " NAME", " [NAME]", " CHECK", " DATE", " SHARE"};
  std::string out(info.word);
  out += names[static_cast<size_t>(info.name)];
  std::string upper(info.word);
  for (char& c : upper) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  if (info.in) out += fmt::format(" [in {}]", upper);
  if (info.on) out += " [on NAME]";
  if (schema::profiled.has(info.kind)) out += " [is PROFILE, …]";
  return out + " { … }";
}

/// "Written `…`." A relation has targets for a name, and can do without its block.
std::string writtenSentence(const KindInfo& info, std::string_view page) {
  if (!schema::relations.has(info.kind)) return fmt::format("Written `{}`.", headerOf(info));
  return fmt::format(
      "Written `{0} TARGET {{ … }}`, `{0} any [TARGET, …] {{ … }}` or `{0} NUMBER of "
      "[TARGET, …] {{ … }}`; the block may be left out. A target is the name of {1}.",
      info.word, describe(schema::components | KindSet(Kind::operation), page));
}

std::string whereSentence(const KindInfo& info, std::string_view page) {
  KindSet parents = info.parents;
  if (schema::profiled.has(info.kind)) parents = parents - KindSet(Kind::profile);
  std::vector<std::string> places;
  if (parents.has(Kind::top)) places.emplace_back("at the top of a file");
  parents = parents - KindSet(Kind::top);
  if (!parents.empty()) places.push_back("in " + describe(parents, page));
  std::string once = info.once && parents.size() > 1 ? ", at most once in each"
                     : info.once                     ? ", at most once"
                                                     : "";
  return fmt::format("Stands {}{}.", enumerate(places, "or"), once);
}

/// Attributes, forms and relations that take the name of such a kind.
std::string namedBy(Kind kind, std::string_view page) {
  std::vector<std::string> users;
  if ((schema::components | KindSet(Kind::operation)).has(kind))
    users.push_back(
        fmt::format("what {} and {} name", link(Kind::needs, page), link(Kind::uses, page)));
  std::map<std::string_view, KindSet> byName; // rows of one name are said together
  std::vector<std::string_view> order;
  for (const AttributeInfo& row : schema::attributes())
    if (row.type.base == schema::Base::Reference && row.type.references.has(kind)) {
      auto [it, fresh] = byName.emplace(row.name, KindSet());
      if (fresh) order.push_back(row.name);
      it->second = it->second | row.kinds;
    }
  for (std::string_view name : order)
    users.push_back(fmt::format("`{}` of {}", name, describe(byName[name], page)));
  if (schema::info(kind).in)
    users.push_back(fmt::format("`in` of another {}", schema::info(kind).word));
  if (kind == Kind::sli) users.push_back(fmt::format("`sli` of {}", describe(Kind::slo, page)));
  if (kind == Kind::profile) users.emplace_back("`is` of whatever it fits");
  if (kind == Kind::environment) users.emplace_back("`in` of an overlay, `in staging { … }`");
  for (const auto& row : schema::formParameterTable)
    if (row.type.base == schema::Base::Reference && row.type.references.has(kind))
      users.push_back(fmt::format("`{}` of `{}(…)`", row.name, row.forms));
  if (users.empty()) return {};
  std::string out;
  for (const std::string& user : users) out += fmt::format("- {}\n", user);
  return out;
}

std::string names(const KindInfo& info, std::string_view page) {
  if (info.name != NameRule::Required && info.name != NameRule::Optional) return {};
  std::string users = namedBy(info.kind, page);
  if (users.empty()) return {};
  KindSet parents = info.parents - KindSet{Kind::top, Kind::profile};
  constexpr std::string_view inside = "`PARENT.NAME`, or `NAME` inside of the same declaration";
  std::string as =
      parents.empty() ? "`NAME`"
      : !info.parents.has(Kind::top)
          ? std::string(inside)
          : fmt::format("`NAME`; where it stands in another declaration as {}", inside);
  return fmt::format("Others refer to it as {}:\n\n{}\n", as, users);
}

/// Where its example stands.
Kind placeOf(const KindInfo& info) {
  if (info.parents.has(Kind::top)) return Kind::top;
  Kind place = Kind::top;
  (info.parents - KindSet(Kind::profile)).each([&](Kind parent) {
    if (place == Kind::top) place = parent;
  });
  return place;
}

/// The attributes of a kind: what is required, what its example has, the others.
std::vector<const AttributeInfo*> inOrder(Kind kind) {
  auto all = schema::attributesOf(kind);
  std::vector<const AttributeInfo*> rows(all.begin(), all.end());
  std::string_view example = schema::info(kind).example;
  auto place = [&](const AttributeInfo* row) {
    bool required = row->presence == schema::Presence::Required;
    for (size_t at = 0; (at = example.find(row->name, at)) != example.npos; ++at) {
      size_t behind = example.find_first_not_of(' ', at + row->name.size());
      bool begins = at == 0 || example[at - 1] == ' ';
      if (begins && behind != example.npos && example[behind] == '=')
        return std::pair(!required, at);
    }
    return std::pair(!required, example.size());
  };
  std::stable_sort(rows.begin(), rows.end(),
                   [&](const auto* a, const auto* b) { return place(a) < place(b); });
  return rows;
}

std::string attributeTable(Kind kind, std::string_view page) {
  Table table({"Attribute", "Takes", "Default", "What it says"});
  for (const AttributeInfo* row : inOrder(kind))
    table.add({row->name == "*" ? "any name" : code(row->name), describe(row->type, page),
               defaultOf(row->presence, row->fallback),
               fmt::format("{}\n{}", row->doc, code(row->example))});
  return table.empty() ? std::string() : table.text() + "\n";
}

} // namespace

std::string defaultOf(schema::Presence presence, std::string_view fallback) {
  if (presence == schema::Presence::Required) return "**required**";
  return fallback.empty() ? std::string() : code(fallback);
}

std::string kindSection(Kind kind, unsigned level, std::string_view page) {
  const KindInfo& info = schema::info(kind);
  std::string out = fmt::format("{} {}\n\n{}\n\n{}\n", std::string(level, '#'), info.word, info.doc,
                                program(info.example, placeOf(info)));
  out += fmt::format("{} {}", writtenSentence(info, page), whereSentence(info, page));
  if (schema::profiled.has(kind))
    out += fmt::format(" {} that hold `{} {{ … }}` fit it.",
                       link("Profiles", {"kinds/profile.md", ""}, page), info.word);
  out += "\n\n";
  out += names(info, page);
  out += attributeTable(kind, page);
  KindSet children = schema::childrenOf(kind);
  if (!children.empty()) {
    std::vector<std::string> words;
    children.each([&](Kind child) { words.push_back(link(child, page)); });
    out += fmt::format("May hold {}.\n\n", enumerate(words));
  }
  return out;
}

std::string attributeSection(const AttributeInfo& row, KindSet of, std::string_view page) {
  std::string fallback;
  if (row.presence == schema::Presence::Required)
    fallback = ", required";
  else if (!row.fallback.empty())
    fallback = fmt::format(", {} if not given", code(row.fallback));
  std::string title = fmt::format("`{}`", row.name);
  bool one = of.size() == 1;
  if (one)
    of.each([&](Kind kind) {
      title = row.name == "*" ? fmt::format("any attribute of `{}`", nameOf(kind))
                              : fmt::format("`{}.{}`", nameOf(kind), row.name);
    });
  return fmt::format("# {}\n\n{}\n\n{}\nTakes {}{}.{}\n", title, row.doc, program(row.example),
                     describe(row.type, page), fallback,
                     one ? "" : fmt::format("\n\nAn attribute of {}.", describe(of, page)));
}

} // namespace relc::manual
