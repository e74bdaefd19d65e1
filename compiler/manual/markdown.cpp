#include "compiler/manual/markdown.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace relc::manual {

std::string code(std::string_view text) {
  bool quotes = text.find('`') != text.npos;
  return quotes ? fmt::format("`` {} ``", text) : fmt::format("`{}`", text);
}

std::string program(std::string_view text, schema::Kind place) {
  std::string in;
  if (place != schema::Kind::top) in = fmt::format(" in {}", schema::info(place).word);
  return fmt::format("```rel{}\n{}{}```\n", in, text, text.ends_with('\n') ? "" : "\n");
}

std::string enumerate(const std::vector<std::string>& words, std::string_view last) {
  std::string out;
  for (size_t i = 0; i < words.size(); ++i) {
    if (i > 0) out += i + 1 == words.size() ? fmt::format(" {} ", last) : ", ";
    out += words[i];
  }
  return out;
}

std::string capitalized(std::string_view word) {
  std::string out(word);
  if (!out.empty()) out[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(out[0])));
  return out;
}

std::string_view firstSentence(std::string_view text) {
  bool quoted = false;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '`') quoted = !quoted;
    bool ends = i + 1 == text.size() || text[i + 1] == ' ' || text[i + 1] == '\n';
    if (!quoted && text[i] == '.' && ends) return text.substr(0, i + 1);
    if (text.substr(i, 2) == "\n\n") return text.substr(0, i);
  }
  return text;
}

std::string anchorOf(std::string_view heading) {
  std::string out;
  for (char c : heading) {
    auto u = static_cast<unsigned char>(c);
    if (c == ' ')
      out += '-';
    else if (std::isalnum(u) || c == '-' || c == '_' || u >= 0x80)
      out += static_cast<char>(std::tolower(u));
  }
  return out;
}

namespace {

/// As a cell of a table can hold it.
std::string escaped(std::string_view cell) {
  std::string out;
  for (char c : cell) {
    if (c == '|')
      out += "\\|";
    else if (c == '\n')
      out += "<br>";
    else
      out += c;
  }
  return out;
}

} // namespace

std::string Table::text() const {
  std::vector<size_t> columns{0};
  for (size_t column = 1; column < rows_[0].size(); ++column)
    if (std::any_of(rows_.begin() + 1, rows_.end(),
                    [&](const auto& row) { return !row[column].empty(); }))
      columns.push_back(column);
  std::string out;
  for (const auto& row : rows_) {
    for (size_t column : columns) {
      out += row[column].empty() ? "| " : "| " + escaped(row[column]) + ' ';
    }
    out += "|\n";
    if (&row != &rows_.front()) continue;
    for (size_t i = 0; i < columns.size(); ++i) out += "|---";
    out += "|\n";
  }
  return out;
}

} // namespace relc::manual
