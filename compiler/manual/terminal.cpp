#include "compiler/manual/terminal.h"

#include "compiler/diagnostics/printable.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <utility>
#include <vector>

namespace relc::manual {
namespace {

using diagnostics::displayWidth;
using diagnostics::printable;

constexpr std::string_view bold = "\x1b[1m", plain = "\x1b[0m";

/// `&lt;`, `&#124;`: what it stands for, and how long it is.
std::pair<char, size_t> entity(std::string_view text) {
  static constexpr std::pair<std::string_view, char> named[] = {
      {"&lt;", '<'}, {"&gt;", '>'}, {"&amp;", '&'}};
  for (auto [name, c] : named)
    if (text.starts_with(name)) return {c, name.size()};
  unsigned number = 0;
  size_t end = text.find(';');
  if (text.starts_with("&#") && end != text.npos &&
      std::from_chars(text.data() + 2, text.data() + end, number).ptr == text.data() + end &&
      number >= 0x20 && number < 0x7f)
    return {static_cast<char>(number), end + 1};
  return {0, 0};
}

/// Where the emphasis `*so*` that begins at `at` ends; npos if none begins there.
size_t emphasisAt(std::string_view text, size_t at) {
  bool begins = text[at] == '*' && at + 1 < text.size() && text[at + 1] != ' ';
  size_t close = begins ? text.find('*', at + 1) : text.npos;
  return close != text.npos && text[close - 1] != ' ' ? close : text.npos;
}

/// Text within a line: marks are taken off, code keeps its back-quotes.
std::string inlineText(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size();) {
    if (text[i] == '`') {
      size_t quotes = std::min(text.find_first_not_of('`', i), text.size()) - i;
      size_t end = text.find(std::string(quotes, '`'), i + quotes);
      if (end == text.npos) end = text.size() - quotes;
      out += text.substr(i, end + quotes - i);
      i = end + quotes;
    } else if (text.substr(i, 2) == "**") {
      i += 2;
    } else if (size_t close = emphasisAt(text, i); close != text.npos) {
      out += inlineText(text.substr(i + 1, close - i - 1));
      i = close + 1;
    } else if (text[i] == '\\' && i + 1 < text.size() &&
               std::ispunct(static_cast<unsigned char>(text[i + 1]))) {
      out += text[i + 1];
      i += 2;
    } else if (auto [c, length] = entity(text.substr(i)); length > 0) {
      out += c;
      i += length;
    } else if (size_t close = text[i] == '[' ? text.find("](", i) : text.npos;
               close != text.npos && text.find(')', close) != text.npos) {
      out += inlineText(text.substr(i + 1, close - i - 1));
      i = text.find(')', close) + 1;
    } else {
      out += text[i++];
    }
  }
  return out;
}

/// What a line shows. Short code is not divided: its blanks become hard ones, which `run` takes
/// back.
constexpr std::string_view hardBlank = "\u00a0";
std::string shown(std::string_view text) {
  constexpr size_t longest = 60;
  std::string out, plainText = printable(text);
  for (size_t i = 0; i < plainText.size();) {
    size_t end = plainText[i] == '`' ? plainText.find('`', i + 1) : plainText.npos;
    if (end == plainText.npos || end - i > longest) {
      out += plainText[i++];
      continue;
    }
    for (; i <= end; ++i)
      out += plainText[i] == ' ' ? hardBlank : std::string_view(plainText).substr(i, 1);
  }
  return out;
}

class Layout {
public:
  Layout(unsigned width, bool color) : width_(std::max(width, 40U)), color_(color) {}

  std::string run(std::string_view markdown) {
    bool fenced = false;
    for (size_t at = 0; at < markdown.size();) {
      size_t end = std::min(markdown.find('\n', at), markdown.size());
      std::string_view line = markdown.substr(at, end - at);
      at = end + 1;
      if (line.starts_with("```")) {
        flush();
        fenced = !fenced;
      } else if (fenced) {
        put(4, line);
      } else if (line.find_first_not_of(" \t") == line.npos) {
        flush();
        blank();
      } else if (line.starts_with("<!--")) {
        flush();
      } else if (line.starts_with('#')) {
        flush();
        heading(line);
      } else if (line.starts_with("| ") || line.starts_with("|-")) {
        row(line);
      } else if (size_t length = markOf(line); length > 0) {
        flush();
        mark_ = line.substr(0, length);
        paragraph_ = line.substr(length);
      } else {
        line.remove_prefix(line.find_first_not_of(' '));
        paragraph_ += (paragraph_.empty() ? "" : " ");
        paragraph_ += line;
      }
    }
    flush();
    while (out_.ends_with("\n\n")) out_.pop_back();
    std::string text;
    for (size_t at = 0; at < out_.size(); ++at) {
      bool hard = std::string_view(out_).substr(at, hardBlank.size()) == hardBlank;
      text += hard ? ' ' : out_[at];
      at += hard ? hardBlank.size() - 1 : 0;
    }
    return text;
  }

private:
  unsigned width_;
  bool color_;
  std::string out_;
  std::string paragraph_;
  std::string mark_; ///< of the list's item that the paragraph is: "- ", "1. "
  std::vector<std::vector<std::string>> rows_;

  /// How long the mark of a list's item is, 0 if there is none.
  static size_t markOf(std::string_view line) {
    size_t digits = std::min(line.find_first_not_of("0123456789"), line.size());
    std::string_view mark = digits > 0 ? ". " : "- ";
    return line.substr(digits).starts_with(mark) ? digits + mark.size() : 0;
  }

  void put(size_t indent, std::string_view line) {
    std::string shown;
    for (size_t at = 0; at < line.size(); at += diagnostics::glyphAt(line, at).bytes)
      shown += diagnostics::glyphAt(line, at).shown;
    if (!shown.empty()) out_ += std::string(indent, ' ') + shown;
    out_ += '\n';
  }

  void blank() {
    if (!out_.empty() && !out_.ends_with("\n\n")) out_ += '\n';
  }

  void heading(std::string_view line) {
    std::string text = shown(inlineText(line));
    out_ += color_ ? fmt::format("{}{}{}\n", bold, text, plain) : text + '\n';
  }

  void flush() {
    table();
    if (paragraph_.empty()) return;
    auto room = width_ - static_cast<unsigned>(mark_.size());
    for (const std::string& line : diagnostics::wrap(shown(inlineText(paragraph_)), room)) {
      out_ += fmt::format("{}{}\n", mark_, line);
      mark_.assign(mark_.size(), ' ');
    }
    paragraph_.clear();
    mark_.clear();
  }

  // --- tables

  void row(std::string_view line) {
    if (rows_.empty()) flush();
    if (line.starts_with("|-")) return;
    std::vector<std::string> cells;
    std::string cell;
    for (size_t i = 1; i < line.size(); ++i) {
      if (line.substr(i, 2) == "\\|") {
        cell += '|';
        ++i;
      } else if (line[i] == '|') {
        cells.push_back(std::move(cell));
        cell.clear();
      } else {
        cell += line[i];
      }
    }
    for (std::string& each : cells) {
      size_t first = each.find_first_not_of(' ');
      each = first == each.npos ? "" : each.substr(first, each.find_last_not_of(' ') + 1 - first);
    }
    rows_.push_back(std::move(cells));
  }

  /// Lines of a cell, as they are shown.
  static std::vector<std::string> linesOf(std::string_view cell) {
    std::vector<std::string> lines;
    for (size_t at = 0; at <= cell.size();) {
      size_t end = std::min(cell.find("<br>", at), cell.size());
      lines.push_back(shown(inlineText(cell.substr(at, end - at))));
      at = end + 4;
    }
    return lines;
  }

  void table() {
    if (rows_.empty()) return;
    std::vector<std::vector<std::string>> rows;
    std::swap(rows, rows_);
    std::vector<size_t> widths(rows[0].size(), 0);
    bool fits = true;
    for (const auto& row : rows)
      for (size_t column = 0; column < std::min(row.size(), widths.size()); ++column) {
        auto lines = linesOf(row[column]);
        fits &= lines.size() == 1;
        widths[column] = std::max<size_t>(widths[column], displayWidth(lines[0]));
      }
    size_t total = 0;
    for (size_t width : widths) total += width + 2;
    if (fits && total <= width_ + 2)
      columns(rows, widths);
    else if (widths.size() == 2)
      hanging(rows, std::min<size_t>(widths[0], width_ / 2));
    else
      records(rows);
  }

  void columns(const std::vector<std::vector<std::string>>& rows,
               const std::vector<size_t>& widths) {
    for (size_t i = 0; i < rows.size(); ++i) {
      std::string line;
      for (size_t column = 0; column < std::min(rows[i].size(), widths.size()); ++column) {
        std::string cell = linesOf(rows[i][column])[0];
        line += cell + std::string(widths[column] + 2 - displayWidth(cell), ' ');
      }
      line.erase(line.find_last_not_of(' ') + 1);
      if (line.empty()) continue;
      out_ += i == 0 && color_ ? fmt::format("{}{}{}\n", bold, line, plain) : line + '\n';
    }
  }

  /// Two columns, the second one wrapped.
  void hanging(const std::vector<std::vector<std::string>>& rows, size_t first) {
    for (const auto& row : rows) {
      if (row.size() < 2 || (row[0].empty() && row[1].empty())) continue;
      std::string term = linesOf(row[0])[0];
      size_t pad = first + 2;
      bool apart = displayWidth(term) > first;
      if (apart) out_ += term + '\n';
      bool begun = apart;
      for (const std::string& line : linesOf(row[1]))
        for (const std::string& part :
             diagnostics::wrap(line, static_cast<unsigned>(std::max<size_t>(width_ - pad, 20)))) {
          std::string before(pad, ' ');
          if (!std::exchange(begun, true))
            before = term + std::string(pad - displayWidth(term), ' ');
          out_ += before + part + '\n';
        }
    }
  }

  /// Each row a paragraph: its first cell, the others below it behind what the head calls them.
  void records(const std::vector<std::vector<std::string>>& rows) {
    std::vector<std::string> labels;
    size_t widest = 0;
    for (const std::string& cell : rows[0]) {
      labels.push_back(linesOf(cell)[0]);
      if (labels.size() > 1) widest = std::max<size_t>(widest, displayWidth(labels.back()));
    }
    for (size_t i = 1; i < rows.size(); ++i) {
      if (rows[i].empty()) continue;
      std::string term = linesOf(rows[i][0])[0];
      blank();
      out_ += color_ ? fmt::format("{}{}{}\n", bold, term, plain) : term + '\n';
      for (size_t column = 1; column < std::min(rows[i].size(), labels.size()); ++column) {
        if (rows[i][column].empty()) continue;
        bool begun = false;
        auto room = static_cast<unsigned>(std::max<size_t>(width_ - widest - 6, 20));
        for (const std::string& line : linesOf(rows[i][column]))
          for (const std::string& part : diagnostics::wrap(line, room)) {
            std::string label = std::exchange(begun, true) ? "" : labels[column];
            out_ += fmt::format("    {}{}{}\n", label,
                                std::string(widest + 2 - displayWidth(label), ' '), part);
          }
      }
    }
  }
};

} // namespace

std::string toTerminal(std::string_view markdown, unsigned width, bool color) {
  return Layout(width == 0 ? 100 : width, color).run(markdown);
}

} // namespace relc::manual
