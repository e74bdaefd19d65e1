// Findings as comments under the lines they point at.

#include "compiler/diagnostics/printable.h"
#include "compiler/diagnostics/render.h"
#include "tests/filetest/test_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

namespace relc::filetest {
namespace {

using diagnostics::Finding;
using diagnostics::Label;
using diagnostics::printable;

/// Comments of a line of a part, or of the test as a whole.
struct Notes {
  std::vector<std::string> primary;
  std::vector<std::pair<uint32_t, std::string>> secondary; ///< by offset
};

class Annotator {
public:
  Annotator(const TestFile& test, const source::SourceManager& sources)
      : test_(test), sources_(sources) {}

  void add(const Finding& finding) {
    const auto& check = diagnostics::info(finding.check);
    Notes& notes = at(finding.primary.range);
    std::string text = fmt::format("{}[{}]: {}", diagnostics::toString(finding.severity),
                                   check.code, printable(finding.message));
    if (!finding.primary.text.empty()) text += " | " + printable(finding.primary.text);
    notes.primary.push_back(marked(finding.primary.range, '^', text));
    for (const diagnostics::Remark& remark : diagnostics::remarks(finding))
      if (test_.directives.full || remark.word == "in" || remark.word == "note")
        notes.primary.push_back(fmt::format("//  = {}: {}", remark.word, printable(remark.text)));
    if (test_.directives.full) {
      for (const auto& fix : finding.fixes) notes.primary.push_back("//  = fix: " + describe(fix));
    }
    for (const Label& label : finding.secondary) {
      text = fmt::format("of {}:", check.code);
      if (!label.text.empty()) text += " " + printable(label.text);
      std::string line = marked(label.range, '-', text);
      // Facts in files that are not part of the test stand with their finding.
      if (partOf(label.range))
        at(label.range).secondary.emplace_back(label.range.begin, std::move(line));
      else
        notes.primary.push_back(std::move(line));
    }
  }

  /// Appends the comments of one line; `line` counts from 0 in `part`.
  void print(const Part* part, size_t line, std::string& out) {
    auto found = notes_.find({part, line});
    if (found == notes_.end()) return;
    for (const auto& text : found->second.primary) out += text + "\n";
    auto& secondary = found->second.secondary;
    std::sort(secondary.begin(), secondary.end());
    for (const auto& [offset, text] : secondary) out += text + "\n";
  }

private:
  const TestFile& test_;
  const source::SourceManager& sources_;
  std::map<std::pair<const Part*, size_t>, Notes> notes_;

  const Part* partOf(const source::Range& range) const {
    if (!range.valid() || range.file.index >= sources_.fileCount()) return nullptr;
    for (const Part& part : test_.parts)
      if (part.path == sources_.path(range.file)) return &part;
    return nullptr;
  }

  Notes& at(const source::Range& range) {
    const Part* part = partOf(range);
    return notes_[{part, part ? part->lineOf(range.begin) : 0}];
  }

  /// What the fix does, each replacement in reading order: "write `owner`: `ownr` → `owner`".
  std::string describe(const diagnostics::Fix& fix) const {
    std::string text = printable(fix.title);
    for (size_t i = 0; i < fix.edits.size(); ++i)
      text += fmt::format("{} `{}` → `{}`", i == 0 ? ":" : ",",
                          printable(sources_.text(fix.edits[i].range)),
                          printable(fix.edits[i].newText));
    return text;
  }

  std::string marked(const source::Range& range, char mark, const std::string& text) const {
    std::string rest = (mark == '-' ? " ---- " : " ") + text;
    const Part* part = partOf(range);
    if (!part) {
      if (!range.valid()) return "//@" + rest;
      return fmt::format("//@{} `{}`{}", sources_.path(range.file),
                         printable(sources_.text(range), 40), rest);
    }
    size_t index = part->lineOf(range.begin);
    if (index == part->lines.size()) return "//@end" + rest;

    const std::string& line = part->lines[index];
    size_t next = index + 1 < part->starts.size() ? part->starts[index + 1] : part->text.size();
    std::string_view compiled =
        std::string_view(part->text).substr(part->starts[index], next - part->starts[index]);
    size_t length = compiled.size();
    while (length > 0 && (compiled[length - 1] == '\n' || compiled[length - 1] == '\r')) --length;
    size_t begin = range.begin - part->starts[index];
    size_t end = std::min<size_t>(std::max(range.end, range.begin) - part->starts[index],
                                  std::max(begin, length));
    std::string_view more = range.end > part->starts[index] + compiled.size() ? "…" : "";

    bool linesUp = end <= line.size() &&
                   compiled.substr(0, end) == std::string_view(line).substr(0, end) &&
                   std::all_of(line.begin(), line.begin() + static_cast<ptrdiff_t>(end),
                               [](unsigned char c) { return c >= 0x20 && c < 0x7f; });
    std::string marks;
    if (linesUp && begin >= 2 && end > begin)
      marks = std::string(begin - 2, ' ') + std::string(end - begin, mark);
    else if (linesUp && begin == 0 && end >= 3)
      marks = "<" + std::string(end - 3, mark);
    if (marks.empty()) return fmt::format("//@{}-{}{}{}", begin + 1, end + 1, more, rest);
    return fmt::format("//{}{} {}", marks, more, text);
  }
};

} // namespace

std::string TestFile::annotated(std::span<const Finding> findings,
                                const source::SourceManager& sources) const {
  Annotator annotator(*this, sources);
  for (const Finding& finding : findings) annotator.add(finding);
  std::string out;
  for (const std::string& line : header_) out += line + "\n";
  annotator.print(nullptr, 0, out);
  for (const Part& part : parts) {
    if (named_) out += fmt::format("//--- {}\n", part.path);
    for (size_t i = 0; i <= part.lines.size(); ++i) {
      if (i < part.lines.size()) out += part.lines[i] + "\n";
      annotator.print(&part, i, out);
    }
  }
  return out;
}

} // namespace relc::filetest
