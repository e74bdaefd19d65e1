#pragma once
// Pieces of Markdown. Texts are Markdown already; only what a place cannot hold is escaped.

#include "compiler/schema/schema.h"

#include <string>
#include <string_view>
#include <vector>

namespace relc::manual {

/// `text` as a code span.
std::string code(std::string_view text);

/// A block of Rel. `place` is the kind inside of which the text stands (`rel in service`): the
/// tests compile every block.
std::string program(std::string_view text, schema::Kind place = schema::Kind::top);

/// "a", "a and b", "a, b and c".
std::string enumerate(const std::vector<std::string>& words, std::string_view last = "and");

/// With a capital letter at its beginning.
std::string capitalized(std::string_view word);

/// The first sentence of a text: up to a period before a blank, outside of back-quotes.
std::string_view firstSentence(std::string_view text);

/// What links to a heading: GitHub's rule, lower case with `-` for blanks.
std::string anchorOf(std::string_view heading);

class Table {
public:
  explicit Table(std::vector<std::string> header) { rows_.push_back(std::move(header)); }
  /// Cells may have several lines.
  void add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  [[nodiscard]] bool empty() const { return rows_.size() == 1; }
  /// Without columns in which no cell says anything, but for the first. Ends with a line feed.
  [[nodiscard]] std::string text() const;

private:
  std::vector<std::vector<std::string>> rows_;
};

} // namespace relc::manual
