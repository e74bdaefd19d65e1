#pragma once
// A test file: Rel text with directives and, in tests/check, expected findings as comments under
// the lines they point at. docs/contributing.md shows the format to those who write tests.
//
//   //! now 2026-11-23         directives, at the top of the file (see `Directives`)
//   //--- team.rel             the lines below, up to the next of these, are a file of that name;
//   //--- ../platform/x.rel    one of a folder beside the workspace, which can be imported
//   //^^^^ error[REL0101]: message | label of the range
//   //<^^^ …                   the range begins in the first column
//   //@5-9 …                   bytes by number: where carets cannot stand or would not line up
//   //@end …                   behind the last line
//   //@ …                      a finding without a place
//   //@std/http.rel `under` …  a place in a file that is not part of the test
//   //---- of REL0105: text    a secondary label of a finding of that check
//   //  = in: text             what holds for some environments or many places (`note`);
//   //  = help: text           with the directive `full` also why, help and fix
//
// All of these lines are taken out before the text is compiled, so that a test's text does not
// depend on what is expected of it.

#include "compiler/diagnostics/finding.h"
#include "compiler/model/quantity.h"
#include "compiler/pipeline.h"

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace relc::filetest {

struct Directives {
  model::Date now;
  bool full = false;           ///< `full`: expectations hold why, help and fix as well
  bool noSystem = false;       ///< `no-system`: no `system example {}` is added
  bool crlf = false;           ///< `crlf`: lines end with CR LF
  bool bom = false;            ///< `bom`: each file begins with a byte order mark
  bool noFinalNewline = false; ///< `no-final-newline`
  bool bytes = false;          ///< `bytes`: `<E2 80 AE>` stands for these bytes
  bool color = false;          ///< `color`: of tests/render
  unsigned width = 0;          ///< `width 60`: of tests/render
};

/// One file of the workspace that a test is.
struct Part {
  std::string path;
  std::vector<std::string> lines; ///< as they stand in the test file
  std::string text;               ///< as it is compiled
  std::vector<uint32_t> starts;   ///< offset in `text` at which each line begins

  /// Index of the line that holds an offset; `lines.size()` behind the last.
  [[nodiscard]] size_t lineOf(uint32_t offset) const;
};

class TestFile {
public:
  /// `name` is the name of the only part if the text names none. Throws std::runtime_error if a
  /// directive is unknown.
  TestFile(std::string name, std::string_view text);

  Directives directives;
  std::vector<Part> parts;

  /// The parts, and a file with a `system` if they have none.
  [[nodiscard]] std::vector<SourceFile> files() const;
  /// The test file with these findings as its expectations.
  [[nodiscard]] std::string annotated(std::span<const diagnostics::Finding> findings,
                                      const source::SourceManager& sources) const;

private:
  bool named_ = false;
  std::vector<std::string> header_;

  void directive(std::string_view line);
  void compose(Part& part) const;
};

/// Compiles files as if they lay on a disk: those whose paths begin with `../` beside the
/// workspace, for it to import.
std::unique_ptr<Compilation> compileFiles(const std::vector<SourceFile>& files, model::Date now,
                                          std::string environment = {});

/// Does a line state an expectation?
bool isExpectation(std::string_view line);

/// Codes of the findings that the text of a test file expects, in order, with repetitions.
std::vector<std::string> expectedCodes(std::string_view text);

std::vector<std::string> splitLines(std::string_view text);

} // namespace relc::filetest
