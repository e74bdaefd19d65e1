#pragma once
// The forms in which findings leave the compiler. Every renderer takes settled findings (see
// `settle`), shows them in that order and copes with any text in source, names and messages.

#include "compiler/diagnostics/finding.h"
#include "compiler/diagnostics/risk.h"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace relc::diagnostics {

struct RenderOptions {
  bool color = false;
  unsigned width = 0;       ///< columns of the terminal; 0: not a terminal, nothing is wrapped
  std::string_view version; ///< of relc, for the forms that name their tool
  const std::vector<Risk>* accepted = nullptr; ///< for JSON, which lists them; null: not known
};

/// What a finding says beside its message and its labels: a word ("in", "note", "why", "help") and
/// the text behind it, in the order in which it is read.
struct Remark {
  std::string_view word;
  std::string text;
};
std::vector<Remark> remarks(const Finding& finding);

/// For people: source, labels, reasons and next steps. Findings are separated by an empty line.
std::string renderText(std::span<const Finding> findings, const source::SourceManager& sources,
                       const RenderOptions& options);

/// The same, a string a finding.
std::vector<std::string> renderTextEach(std::span<const Finding> findings,
                                        const source::SourceManager& sources,
                                        const RenderOptions& options);

/// One JSON object; docs/reference/findings.md describes it. Lines and columns are 1-based, columns
/// count Unicode code points, `begin` and `end` bytes; ends are exclusive.
std::string renderJson(std::span<const Finding> findings, const source::SourceManager& sources,
                       const RenderOptions& options);

/// SARIF 2.1.0 (OASIS), one run, columns in UTF-16 code units.
std::string renderSarif(std::span<const Finding> findings, const source::SourceManager& sources,
                        const RenderOptions& options);

/// Workflow commands of GitHub Actions, one line a finding: `::error file=…,line=…::message`.
std::string renderGithub(std::span<const Finding> findings, const source::SourceManager& sources,
                         const RenderOptions& options);

/// JUnit XML: a test suite a file, a test case a finding, which failed if it is an error. Without
/// findings there is one case, and it passed.
std::string renderJUnit(std::span<const Finding> findings, const source::SourceManager& sources,
                        const RenderOptions& options);

/// "2 errors, 1 warning"; "no findings".
std::string summaryLine(std::span<const Finding> findings);

struct LeftOut {
  Check check;
  size_t count = 0;
};

/// Keeps a person from a wall of text: leaves at most `maxPerCheck` findings of each check and
/// `maxTotal` of all, errors before warnings before notes, else the first ones; 0 means no limit.
/// Returns what was left out, by code. Exit status and summary are about the findings before this.
std::vector<LeftOut> cap(std::vector<Finding>& findings, size_t maxPerCheck = 20,
                         size_t maxTotal = 200);

/// A line for each check: "… and 37 more REL0103 unknown-name (show all with --max-findings 0)".
std::string renderLeftOut(std::span<const LeftOut> leftOut);

} // namespace relc::diagnostics
