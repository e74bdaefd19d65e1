#include "compiler/diagnostics/snippet.h"

#include "compiler/diagnostics/printable.h"
#include "compiler/diagnostics/shown_line.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace relc::diagnostics {

namespace {

/// More places than this teach nothing more; all of them are in the JSON and SARIF output.
constexpr size_t maxSecondary = 12;
/// Where lines are cut and labels end when the reader is not a terminal with a width.
constexpr unsigned widthOfPipes = 160;
constexpr unsigned narrowest = 40;
constexpr unsigned longestLabel = 400;

constexpr std::string_view colours[] = {
    "",           // Plain
    "\x1b[1m",    // Strong
    "\x1b[1;34m", // Frame
    "\x1b[1;31m", // Error
    "\x1b[1;33m", // Warning
    "\x1b[1;32m", // Note
    "\x1b[32m",   // Added
    "\x1b[31m",   // Removed
};

/// A row under a source line: single characters at columns, then perhaps a text.
class Row {
public:
  void set(unsigned column, char c, Style style) {
    if (cells_.size() <= column) cells_.resize(column + 1, {' ', Style::Plain});
    cells_[column] = {c, style};
  }
  [[nodiscard]] unsigned end() const { return static_cast<unsigned>(cells_.size()); }
  void draw(Painter& painter) const {
    for (size_t i = 0; i < cells_.size();) {
      std::string run;
      const Style style = cells_[i].second;
      for (; i < cells_.size() && cells_[i].second == style; ++i) run += cells_[i].first;
      painter.put(style, run);
    }
  }

private:
  std::vector<std::pair<char, Style>> cells_;
};

unsigned sourceWidth(unsigned width, unsigned gutter) {
  if (width == 0) return widthOfPipes;
  return std::max(width, narrowest) - std::min(gutter + 3, 20U);
}

} // namespace

Painter& Painter::put(Style style, std::string_view text) {
  const std::string_view colour = colours[static_cast<size_t>(style)];
  if (!color_ || colour.empty() || text.empty()) {
    out_ += text;
    return *this;
  }
  out_ += colour;
  out_ += text;
  out_ += "\x1b[0m";
  return *this;
}

Style styleOf(Severity severity) {
  constexpr Style styles[] = {Style::Note, Style::Warning, Style::Error};
  return styles[static_cast<size_t>(severity)];
}

Snippet::Snippet(const Finding& finding, const source::SourceManager& sources)
    : sources_(sources), primaryStyle_(styleOf(finding.severity)) {
  add(finding.primary, true);
  const size_t shown = std::min(finding.secondary.size(), maxSecondary);
  hidden_ = finding.secondary.size() - shown;
  for (size_t i = 0; i < shown; ++i) add(finding.secondary[i], false);
  for (File& file : files_) {
    std::sort(file.lines.begin(), file.lines.end(),
              [](const Line& a, const Line& b) { return a.number < b.number; });
    gutter_ =
        std::max(gutter_, static_cast<unsigned>(std::to_string(file.lines.back().number).size()));
  }
}

void Snippet::add(const Label& label, bool primary) {
  const source::Range range = clamp(label.range, sources_);
  if (!range.valid()) return;
  auto file =
      std::find_if(files_.begin(), files_.end(), [&](const File& f) { return f.id == range.file; });
  if (file == files_.end()) {
    files_.push_back({range.file, {}, range.begin, primary});
    file = files_.end() - 1;
  } else if (!file->primary) {
    file->place = std::min(file->place, range.begin);
  }
  const uint32_t number = sources_.position(range.file, range.begin).line;
  auto line = std::find_if(file->lines.begin(), file->lines.end(),
                           [&](const Line& l) { return l.number == number; });
  if (line == file->lines.end()) {
    file->lines.push_back({number, {}});
    line = file->lines.end() - 1;
  }

  // What runs over several lines is shown up to the end of its first.
  const std::string_view text = sources_.line(range.file, number);
  const uint32_t start = sources_.lineStart(range.file, number);
  const auto size = static_cast<uint32_t>(text.size());
  Mark mark{std::min(range.begin - start, size), std::min(range.end - start, size), primary,
            label.text};
  if (range.end - start > size) {
    const size_t last = text.find_last_not_of(" \t");
    mark.end = std::max(mark.begin, last == text.npos ? 0 : static_cast<uint32_t>(last + 1));
  }
  const bool known = std::any_of(line->marks.begin(), line->marks.end(), [&](const Mark& m) {
    return std::tie(m.begin, m.end, m.text) == std::tie(mark.begin, mark.end, mark.text);
  });
  if (known) return;
  line->marks.insert(
      std::upper_bound(line->marks.begin(), line->marks.end(), mark,
                       [](const Mark& a, const Mark& b) { return a.begin < b.begin; }),
      mark);
}

void Snippet::drawGutter(Painter& painter, std::string_view number) const {
  painter.put(Style::Frame, fmt::format("{:>{}} |", number, gutter_));
}

void Snippet::draw(Painter& painter, Columns& columns, unsigned width) const {
  const std::string indent(gutter_, ' ');
  for (const File& file : files_) {
    const bool first = &file == &files_.front();
    if (!first) {
      drawGutter(painter, "");
      painter.put("\n");
    }
    const Place place = columns.at(file.id, file.place);
    painter.put(Style::Frame, indent + (first ? "-->" : ":::"))
        .put(fmt::format(" {}:{}:{}\n", printable(sources_.path(file.id)), place.line,
                         place.character));
    if (first) {
      drawGutter(painter, "");
      painter.put("\n");
    }
    drawFile(painter, file, width);
  }
}

void Snippet::drawFile(Painter& painter, const File& file, unsigned width) const {
  uint32_t last = file.lines.front().number - 1;
  for (const Line& line : file.lines) {
    if (line.number == last + 2) drawLine(painter, file, {last + 1, {}}, width);
    if (line.number > last + 2) painter.put(Style::Frame, "...").put("\n");
    drawLine(painter, file, line, width);
    last = line.number;
  }
}

void Snippet::drawLine(Painter& painter, const File& file, const Line& line, unsigned width) const {
  const std::string_view text = sources_.line(file.id, line.number);
  const unsigned room = sourceWidth(width, gutter_);
  const bool whole = fitsWhole(text, room);

  const std::vector<Mark>& marks = line.marks;
  // A line that must be cut is shown once for each group of labels that fits one window.
  size_t first = 0;
  do {
    size_t next = first;
    uint32_t end = 0;
    while (next < marks.size() &&
           (whole || next == first || marks[next].end - marks[first].begin <= room / 2)) {
      end = std::max(end, marks[next].end);
      ++next;
    }
    const ShownLine shown(text, marks.empty() ? 0 : marks[first].begin, end, room);
    std::string_view visible = shown.text();
    visible = visible.substr(0, visible.find_last_not_of(' ') + 1);
    drawGutter(painter, std::to_string(line.number));
    painter.put(visible.empty() ? "" : " ").put(visible).put("\n");
    drawMarks(painter, shown,
              {marks.begin() + static_cast<std::ptrdiff_t>(first),
               marks.begin() + static_cast<std::ptrdiff_t>(next)});
    first = next;
  } while (first < marks.size());
}

/// One row of underlines; the rightmost text stands behind its own, the others hang below theirs,
/// the rightmost first, so that no line crosses a text.
void Snippet::drawMarks(Painter& painter, const ShownLine& shown, std::vector<Mark> marks) const {
  if (marks.empty()) return;
  auto styleOfMark = [&](const Mark& mark) { return mark.primary ? primaryStyle_ : Style::Frame; };
  Row underlines;
  for (bool primary : {false, true}) {
    for (const Mark& mark : marks) {
      if (mark.primary != primary) continue;
      const unsigned begin = shown.column(mark.begin);
      const unsigned end = std::max(shown.column(mark.end), begin + 1);
      for (unsigned column = begin; column < end; ++column)
        underlines.set(column, primary ? '^' : '-', styleOfMark(mark));
    }
  }
  auto drawRow = [&](const Row& row, const Mark* mark) {
    drawGutter(painter, "");
    painter.put(" ");
    row.draw(painter);
    if (mark) painter.put(styleOfMark(*mark), printable(mark->text, longestLabel));
    painter.put("\n");
  };

  std::erase_if(marks, [](const Mark& mark) { return mark.text.empty(); });
  const Mark* beside = nullptr;
  if (!marks.empty()) {
    const Mark& last = marks.back();
    const unsigned end = std::max(shown.column(last.end), shown.column(last.begin) + 1);
    const bool alone = marks.size() == 1 || marks[marks.size() - 2].begin < last.begin;
    if (end == underlines.end() && alone) beside = &last;
  }
  if (beside) underlines.set(underlines.end(), ' ', Style::Plain);
  drawRow(underlines, beside);
  if (beside) marks.pop_back();
  if (marks.empty()) return;

  auto connectors = [&](size_t count) {
    Row row;
    for (size_t i = 0; i < count; ++i)
      row.set(shown.column(marks[i].begin), '|', styleOfMark(marks[i]));
    return row;
  };
  drawRow(connectors(marks.size()), nullptr);
  while (!marks.empty()) {
    // Labels that begin at one place hang there in their own order.
    size_t group = marks.size() - 1;
    while (group > 0 && marks[group - 1].begin == marks.back().begin) --group;
    for (size_t i = group; i < marks.size(); ++i) {
      Row row = connectors(group);
      const unsigned column = shown.column(marks[i].begin);
      while (row.end() < column) row.set(row.end(), ' ', Style::Plain);
      drawRow(row, &marks[i]);
    }
    marks.resize(group);
  }
}

} // namespace relc::diagnostics
