#include "compiler/diagnostics/printable.h"
#include "compiler/diagnostics/render.h"
#include "compiler/diagnostics/shown_line.h"
#include "compiler/diagnostics/snippet.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

namespace relc::diagnostics {

namespace {

constexpr unsigned longestMessage = 2000;
constexpr unsigned longestPreview = 120;

/// The line that a fix changes, before and after; `after` is empty if the line goes.
struct Preview {
  std::string_view before;
  std::optional<std::string> after;
};

/// Only for edits that stay inside one line, or take it away whole.
std::optional<Preview> preview(const Fix& fix, const source::SourceManager& sources) {
  if (fix.edits.empty()) return std::nullopt;
  std::vector<Edit> edits = fix.edits;
  for (Edit& edit : edits) edit.range = clamp(edit.range, sources);
  if (!edits[0].range.valid()) return std::nullopt;
  std::sort(edits.begin(), edits.end(), [](const Edit& a, const Edit& b) {
    return std::tie(a.range, a.newText) < std::tie(b.range, b.newText);
  });

  const source::FileId file = edits[0].range.file;
  const uint32_t number = sources.position(file, edits[0].range.begin).line;
  const uint32_t start = sources.lineStart(file, number);
  const std::string_view line = sources.line(file, number);
  if (!fitsWhole(line, longestPreview)) return std::nullopt;
  const uint32_t end = start + static_cast<uint32_t>(line.size());
  const uint32_t next = std::max(end, sources.lineStart(file, number + 1));
  if (edits.size() == 1 && edits[0].range.begin == start && edits[0].range.end == next &&
      next > end && edits[0].newText.empty())
    return Preview{line, std::nullopt};

  std::string after;
  uint32_t at = start;
  for (const Edit& edit : edits) {
    if (edit.range.file != file || edit.range.begin < at || edit.range.end > end ||
        edit.newText.find('\n') != std::string::npos)
      return std::nullopt;
    after += line.substr(at - start, edit.range.begin - at);
    after += edit.newText;
    at = edit.range.end;
  }
  after += line.substr(at - start);
  if (!fitsWhole(after, longestPreview)) return std::nullopt;
  return Preview{line, after};
}

class TextRenderer {
public:
  TextRenderer(const source::SourceManager& sources, const RenderOptions& options)
      : sources_(sources), options_(options), columns_(sources), painter_(out_, options.color) {}

  void render(const Finding& finding) {
    const CheckInfo& check = info(finding.check);
    painter_
        .put(styleOf(finding.severity),
             fmt::format("{}[{}]", toString(finding.severity), check.code))
        .put(Style::Strong, ": " + printable(finding.message, longestMessage))
        .put("\n");
    const Snippet snippet(finding, sources_);
    snippet.draw(painter_, columns_, options_.width);
    gutter_ = snippet.gutter();
    if (snippet.hidden() > 0)
      note("note", fmt::format("{} more places are left out here", snippet.hidden()));
    for (const Remark& remark : remarks(finding)) note(remark.word, remark.text);
    for (const Fix& fix : finding.fixes) showFix(fix);
    if (explained_.insert(finding.check).second)
      note("more", fmt::format("relc explain {}", check.code));
  }

  std::string take() { return std::exchange(out_, {}); }

private:
  /// `   = why: text`, further lines under the text.
  void note(std::string_view word, std::string_view text) {
    const auto indent = static_cast<unsigned>(gutter_ + 5 + word.size());
    const unsigned room = options_.width > indent + 20 ? options_.width - indent : 0;
    const std::vector<std::string> lines = wrap(
        text.size() > longestMessage ? printable(text, longestMessage) : std::string(text), room);
    painter_.put(std::string(gutter_ + 1, ' '))
        .put(Style::Frame, "=")
        .put(" ")
        .put(Style::Strong, word)
        .put(Style::Strong, ":");
    for (const std::string& line : lines) {
      if (&line != &lines.front()) painter_.put(std::string(line.empty() ? 0 : indent - 1, ' '));
      painter_.put(line.empty() ? "" : " ").put(line).put("\n");
    }
  }

  void showFix(const Fix& fix) {
    note("fix", fix.title);
    const std::optional<Preview> change = preview(fix, sources_);
    if (!change) return;
    auto show = [&](Style style, char sign, std::string_view line) {
      const size_t first = std::min(line.find_first_not_of(" \t"), line.size());
      painter_.put(std::string(gutter_ + 3, ' '))
          .put(style, fmt::format("{} {}", sign, printable(line.substr(first), longestMessage)))
          .put("\n");
    };
    show(Style::Removed, '-', change->before);
    if (change->after) show(Style::Added, '+', *change->after);
  }

  const source::SourceManager& sources_;
  const RenderOptions& options_;
  Columns columns_;
  std::string out_;
  Painter painter_;
  unsigned gutter_ = 1;
  std::set<Check> explained_;
};

} // namespace

std::vector<std::string> renderTextEach(std::span<const Finding> findings,
                                        const source::SourceManager& sources,
                                        const RenderOptions& options) {
  TextRenderer renderer(sources, options);
  std::vector<std::string> out;
  out.reserve(findings.size());
  for (const Finding& finding : findings) {
    renderer.render(finding);
    out.push_back(renderer.take());
  }
  return out;
}

std::string renderText(std::span<const Finding> findings, const source::SourceManager& sources,
                       const RenderOptions& options) {
  return fmt::format("{}", fmt::join(renderTextEach(findings, sources, options), "\n"));
}

} // namespace relc::diagnostics
