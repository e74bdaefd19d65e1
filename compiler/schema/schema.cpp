#include "compiler/schema/schema.h"

#include "compiler/schema/other_words.h"

#include <fmt/format.h>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

namespace relc::schema {

std::span<const KindInfo> kinds() {
  return std::span(kindTable).subspan(1);
}
std::span<const AttributeInfo> attributes() {
  return attributeTable;
}

const KindInfo& info(Kind kind) {
  return kindTable[static_cast<size_t>(kind)];
}

namespace {

constexpr size_t kindCount = static_cast<size_t>(Kind::count_);

/// What is looked up for every line of a program: rows by kind.
struct Lookup {
  std::array<std::vector<const KindInfo*>, kindCount> children;
  std::array<std::vector<const AttributeInfo*>, kindCount> attributes;
  std::array<NameId, attributeTable.size()> names;
  std::array<KindSet, kindCount> childSets;
  KindSet holders;

  Lookup() {
    for (size_t kind = 0; kind < kindCount; ++kind) {
      for (const KindInfo& row : kinds()) {
        if (!row.parents.has(static_cast<Kind>(kind))) continue;
        children[kind].push_back(&row);
        childSets[kind] = childSets[kind] | row.kind;
        bool named = row.name == NameRule::Required || row.name == NameRule::Optional;
        if (named && static_cast<Kind>(kind) != Kind::top)
          holders = holders | static_cast<Kind>(kind);
      }
      for (const AttributeInfo& row : attributeTable)
        if (row.kinds.has(static_cast<Kind>(kind))) attributes[kind].push_back(&row);
    }
    for (size_t i = 0; i < names.size(); ++i) names[i] = {firstRowNamed(attributeTable[i].name)};
  }
};

const Lookup& lookup() {
  static const Lookup table;
  return table;
}

} // namespace

std::optional<Kind> findKind(std::string_view word, Kind parent) {
  for (const KindInfo* row : lookup().children[static_cast<size_t>(parent)])
    if (row->word == word) return row->kind;
  return std::nullopt;
}

std::optional<Kind> findKind(std::string_view word) {
  for (const KindInfo& row : kinds())
    if (row.word == word) return row.kind;
  return std::nullopt;
}

std::optional<Kind> calledElsewhere(std::string_view word) {
  std::string plain;
  for (char c : word)
    if (c != '_' && c != '-') plain.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c);
  const std::string whole = fmt::format(" {} ", plain);
  for (const OtherWords& row : otherWords)
    if (fmt::format(" {} ", row.words).find(whole) != std::string::npos) return row.kind;
  return std::nullopt;
}

KindSet childrenOf(Kind parent) {
  return lookup().childSets[static_cast<size_t>(parent)];
}

KindSet holders() {
  return lookup().holders;
}

std::span<const AttributeInfo* const> attributesOf(Kind kind) {
  return lookup().attributes[static_cast<size_t>(kind)];
}

NameId nameOf(const AttributeInfo& row) {
  return lookup().names[static_cast<size_t>(&row - attributeTable.data())];
}

const AttributeInfo* findAttribute(Kind kind, std::string_view name) {
  for (const AttributeInfo* row : attributesOf(kind))
    if (row->name == name || row->name == "*") return row;
  return nullptr;
}

const AttributeInfo* findAttribute(Kind kind, NameId name) {
  return findAttribute(kind, nameOf(name));
}

namespace {

/// "a", "a or b", "a, b or c".
std::string alternatives(const std::vector<std::string>& words) {
  std::string out;
  for (size_t i = 0; i < words.size(); ++i) {
    if (i > 0) out += i + 1 == words.size() ? " or " : ", ";
    out += words[i];
  }
  return out;
}

} // namespace

const FormInfo* findForm(std::string_view set, std::string_view name) {
  for (const FormInfo& row : formTable)
    if (row.set == set && row.name == name) return &row;
  return nullptr;
}

std::vector<std::string_view> splitWords(std::string_view words) {
  std::vector<std::string_view> result;
  for (size_t at = 0; !words.empty() && at <= words.size();) {
    size_t bar = std::min(words.find('|', at), words.size());
    result.push_back(words.substr(at, bar - at));
    at = bar + 1;
  }
  return result;
}

std::vector<const FormParameterInfo*> parametersOf(const FormInfo& form) {
  std::vector<const FormParameterInfo*> result;
  for (bool wanted : {true, false}) // what is required comes first without a name
    for (const FormParameterInfo& row : formParameterTable) {
      if (row.set != form.set || (row.presence == Presence::Required) != wanted) continue;
      auto names = splitWords(row.forms);
      if (std::find(names.begin(), names.end(), form.name) != names.end()) result.push_back(&row);
    }
  return result;
}

std::string withArticle(std::string_view word) {
  // As spoken: "an s-l-o", but "a user".
  bool vowel = word == "slo" || word == "sli" ||
               (!word.empty() && std::string_view("aeio").find(word[0]) != std::string_view::npos);
  return fmt::format("{} {}", vowel ? "an" : "a", word);
}

std::string describe(KindSet kindSet) {
  std::vector<std::string> words;
  for (const KindInfo& row : kinds())
    if (kindSet.has(row.kind) && (words.empty() || words.back() != row.word))
      words.emplace_back(row.word);
  if (words.empty()) return "nothing";
  words.front() = withArticle(words.front());
  return alternatives(words);
}

std::string describe(const Type& type) {
  static constexpr std::string_view descriptions[] = {
      "`true` or `false`",
      "a whole number",
      "a number",
      "a ratio such as `99.9%`",
      "a duration such as `300ms` or `30d`",
      "a rate such as `1200/s`",
      "a growth such as `4%/month`",
      "a size such as `2GiB`",
      "a date such as `2026-11-23`",
      "a string",
      "a name or a string",
      "",
      "",
      "a label selector such as `{job=\"checkout\"}`",
      "a PromQL expression in back-quotes",
      "an sli such as `http.availability({job=\"checkout\"})`",
      "",
      "a value",
      "a time of the week such as `\"Mon 09:00\"`",
      "hours such as `\"Mon-Fri 09:00-18:00\"`",
      "a repeated time such as `\"first Tue of month 10:00\"`",
      "a time such as `\"2026-11-03 14:05\"`",
      "a time zone such as `\"Europe/Berlin\"`",
      "an address such as `\"https://www.example.com\"`",
      "a mail address such as `\"payments@example.com\"`",
      "a file below the workspace",
      "a version such as `\"1.4.0\"`"};
  std::string one(descriptions[static_cast<size_t>(type.base)]);
  auto add = [&](std::string text) { one += (one.empty() ? "" : " or ") + std::move(text); };
  if (type.base == Base::Reference) add("the name of " + describe(type.references));
  if (type.orText) add("a string");
  if (type.base == Base::Choice) {
    std::vector<std::string> words;
    for (std::string_view word : splitWords(type.choices))
      words.push_back(fmt::format("`{}`", word));
    one = alternatives(words);
  }
  if (!type.forms.empty()) {
    std::vector<std::string> words;
    for (const FormInfo& row : formTable)
      if (row.set == type.forms) words.push_back(fmt::format("`{}(…)`", row.name));
    add(alternatives(words));
  }
  return type.list ? fmt::format("a list, each {}", one) : one;
}

} // namespace relc::schema
