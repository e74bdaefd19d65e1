#include "compiler/schema/schema.h"

#include <fmt/format.h>

#include <algorithm>
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

std::optional<Kind> findKind(std::string_view word, Kind parent) {
  for (const KindInfo& row : kinds())
    if (row.word == word && row.parents.has(parent)) return row.kind;
  return std::nullopt;
}

std::optional<Kind> findKind(std::string_view word) {
  for (const KindInfo& row : kinds())
    if (row.word == word) return row.kind;
  return std::nullopt;
}

const AttributeInfo* findAttribute(Kind kind, std::string_view name) {
  for (const AttributeInfo& row : attributeTable)
    if (row.kinds.has(kind) && (row.name == name || row.name == "*")) return &row;
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

std::string withArticle(std::string_view word) {
  // As spoken: "an s-l-o", but "a user".
  bool vowel = word == "slo" || word == "sli" ||
               (!word.empty() && std::string_view("aeio").find(word[0]) != std::string_view::npos);
  return fmt::format("{} {}", vowel ? "an" : "a", word);
}

std::string describe(KindSet kindSet) {
  std::vector<std::string> words;
  for (const KindInfo& row : kinds())
    if (kindSet.has(row.kind)) words.emplace_back(row.word);
  if (words.empty()) return "nothing";
  words.front() = withArticle(words.front());
  return alternatives(words);
}

std::string describe(const Type& type) {
  static constexpr std::string_view descriptions[] = {
      "`true` or `false`",
      "a whole number",
      "a ratio such as `99.9%`",
      "a duration such as `300ms` or `30d`",
      "a rate such as `1200/s`",
      "a size such as `2GiB`",
      "a date such as `2026-11-23`",
      "a string",
      "a name or a string",
      "",
      "",
      "a label selector such as `{job=\"checkout\"}`",
      "a PromQL expression in back-quotes",
      "an sli such as `http.availability({job=\"checkout\"})`",
      "a value"};
  std::string one(descriptions[static_cast<size_t>(type.base)]);
  if (type.base == Base::Reference) one = "the name of " + describe(type.references);
  if (type.base == Base::Choice) {
    std::vector<std::string> words;
    for (size_t at = 0; at <= type.choices.size();) {
      size_t bar = std::min(type.choices.find('|', at), type.choices.size());
      words.push_back(fmt::format("`{}`", type.choices.substr(at, bar - at)));
      at = bar + 1;
    }
    one = alternatives(words);
  }
  return type.list ? fmt::format("a list, each {}", one) : one;
}

} // namespace relc::schema
