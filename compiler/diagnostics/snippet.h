#pragma once
// The part of a text finding that shows source: lines with their labels under them.

#include "compiler/diagnostics/columns.h"
#include "compiler/diagnostics/finding.h"

#include <string>
#include <string_view>
#include <vector>

namespace relc::diagnostics {

enum class Style { Plain, Strong, Frame, Error, Warning, Note, Added, Removed };

/// Appends text, coloured if the reader's terminal can.
class Painter {
public:
  Painter(std::string& out, bool color) : out_(out), color_(color) {}
  Painter& put(Style style, std::string_view text);
  Painter& put(std::string_view text) { return put(Style::Plain, text); }

private:
  std::string& out_;
  bool color_;
};

/// The colour of what a finding of this severity points at.
Style styleOf(Severity severity);

/// A finding's labels, sorted by file and line, ready to be drawn under their lines.
class Snippet {
public:
  Snippet(const Finding& finding, const source::SourceManager& sources);

  /// Columns of the widest line number shown; 1 if there is no source to show.
  [[nodiscard]] unsigned gutter() const { return gutter_; }
  /// Draws all files, the primary one first. `width` as in RenderOptions.
  void draw(Painter& painter, Columns& columns, unsigned width) const;
  /// How many secondary labels do not fit a finding that a person would read.
  [[nodiscard]] size_t hidden() const { return hidden_; }

private:
  /// A label on its (first) line: bytes of that line.
  struct Mark {
    uint32_t begin;
    uint32_t end;
    bool primary;
    std::string_view text;
  };
  struct Line {
    uint32_t number;
    std::vector<Mark> marks; ///< by where they begin
  };
  struct File {
    source::FileId id;
    std::vector<Line> lines;
    uint32_t place; ///< offset that the heading names: the primary label's, or the first
    bool primary;   ///< holds the primary label
  };

  void add(const Label& label, bool primary);
  void drawFile(Painter& painter, const File& file, unsigned width) const;
  void drawLine(Painter& painter, const File& file, const Line& line, unsigned width) const;
  void drawMarks(Painter& painter, const class ShownLine& shown, std::vector<Mark> marks) const;
  void drawGutter(Painter& painter, std::string_view number) const;

  const source::SourceManager& sources_;
  Style primaryStyle_;
  std::vector<File> files_;
  unsigned gutter_ = 1;
  size_t hidden_ = 0;
};

} // namespace relc::diagnostics
