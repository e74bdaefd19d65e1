// Workflow commands: https://docs.github.com/actions/reference/workflow-commands-for-github-actions

#include "compiler/diagnostics/columns.h"
#include "compiler/diagnostics/printable.h"
#include "compiler/diagnostics/render.h"

#include <fmt/format.h>

#include <iterator>

namespace relc::diagnostics {

namespace {

/// Property values also give up `:` and `,`, which end them.
std::string percentEscape(std::string_view text, bool property) {
  const std::string_view special = property ? "%\r\n:," : "%\r\n";
  std::string out;
  for (char c : text) {
    if (special.find(c) == std::string_view::npos)
      out += c;
    else
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

std::string_view command(Severity severity) {
  return severity == Severity::Note ? "notice" : toString(severity);
}

} // namespace

std::string renderGithub(std::span<const Finding> findings, const source::SourceManager& sources,
                         const RenderOptions&) {
  std::string out;
  Columns columns(sources);
  for (const Finding& finding : findings) {
    const CheckInfo& check = info(finding.check);
    const source::Range range = clamp(finding.primary.range, sources);
    out += fmt::format("::{} ", command(finding.severity));
    if (range.valid()) {
      const Place begin = columns.at(range.file, range.begin);
      const Place end = columns.at(range.file, range.end);
      fmt::format_to(std::back_inserter(out), "file={},line={},endLine={},",
                     percentEscape(printable(sources.path(range.file)), true), begin.line,
                     end.line);
      // GitHub takes columns only for a place on one line.
      if (begin.line == end.line)
        fmt::format_to(std::back_inserter(out), "col={},endColumn={},", begin.character,
                       end.character);
    }
    std::string text = printable(finding.message);
    for (const Remark& remark : remarks(finding))
      text += fmt::format("\n{}: {}", remark.word, printable(remark.text));
    fmt::format_to(std::back_inserter(out), "title={}::{}\n",
                   percentEscape(fmt::format("{} {}", check.code, check.name), true),
                   percentEscape(text, false));
  }
  return out;
}

} // namespace relc::diagnostics
