#include "tests/filetest/pages.h"

#include "compiler/diagnostics/fixes.h"
#include "compiler/diagnostics/render.h"
#include "compiler/pipeline.h"
#include "tests/filetest/modes.h"
#include "tests/filetest/test_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace relc::filetest {
namespace {

using diagnostics::CheckInfo;
using diagnostics::Severity;

/// Compiles one program of a page; returns what is wrong with it, or nothing.
std::string judge(const CheckInfo& check, std::string_view program, bool bad) {
  TestFile test(fmt::format("{}-{}.rel", check.name, bad ? "bad" : "mended"), program);
  auto result = compileFiles(test.files(), test.directives.now);
  // A bad example of an acceptance raises what it fails to silence as well.
  bool silenced = bad && check.code.starts_with("REL04");
  bool raised = false;
  std::vector<diagnostics::Finding> others;
  for (const auto& finding : result->findings) {
    if (bad && finding.check == check.check)
      raised = true;
    else if (finding.severity != Severity::Note && !silenced)
      others.push_back(finding);
  }
  std::string wrong;
  if (bad && !raised) wrong += "the bad program does not raise it\n";
  if (!others.empty())
    wrong += fmt::format("the {} program raises {}:\n{}", bad ? "bad" : "mended",
                         bad ? "something else" : "a finding",
                         diagnostics::renderText(others, result->sources, {}));
  return wrong;
}

} // namespace

bool testPages() {
  size_t passed = 0, failed = 0, none = 0;
  for (const CheckInfo& check : diagnostics::allChecks()) {
    if (check.bad.empty()) {
      ++none;
      continue;
    }
    std::string wrong = judge(check, check.bad, true) + judge(check, check.mended, false);
    wrong.empty() ? ++passed : ++failed;
    if (!wrong.empty())
      fmt::print("FAIL docs/checks/{}-{}.md\n{}\n", check.code, check.name, wrong);
  }
  fmt::print("pages: {} passed, {} failed, {} without a program\n", passed, failed, none);
  return failed == 0;
}

bool testCoverage(const std::filesystem::path& root) {
  std::set<std::string> covered;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root / "check"))
    if (entry.path().extension() == ".rel")
      for (std::string& code : expectedCodes(readFile(entry.path())))
        covered.insert(std::move(code));

  std::map<std::string, std::string> exempt; // code → reason
  for (const std::string& line : splitLines(readFile(root / "check/exempt.txt"))) {
    if (line.empty() || line.starts_with('#')) continue;
    size_t space = std::min(line.find(' '), line.size());
    exempt[line.substr(0, space)] = line.substr(std::min(space + 1, line.size()));
  }

  std::vector<std::string> wrong;
  for (const CheckInfo& check : diagnostics::allChecks()) {
    std::string code(check.code);
    auto excuse = exempt.find(code);
    bool has = covered.contains(code);
    if (!has && excuse == exempt.end())
      wrong.push_back(
          fmt::format("{} {} has no test: no file of tests/check expects it", code, check.name));
    if (excuse != exempt.end()) {
      if (has)
        wrong.push_back(fmt::format("{} {} has a test: take it out of tests/check/exempt.txt", code,
                                    check.name));
      if (excuse->second.empty())
        wrong.push_back(fmt::format("{} is exempt without a reason", code));
      exempt.erase(excuse);
    }
  }
  for (const auto& [code, reason] : exempt)
    wrong.push_back(fmt::format("tests/check/exempt.txt names `{}`, which is no check", code));
  for (const auto& line : wrong) fmt::print("FAIL {}\n", line);
  fmt::print("coverage: {} checks, {} of them without a test\n", diagnostics::allChecks().size(),
             wrong.size());
  return wrong.empty();
}

namespace {

size_t syntaxErrors(const Compilation& compilation) {
  return static_cast<size_t>(
      std::count_if(compilation.findings.begin(), compilation.findings.end(),
                    [](const auto& f) { return diagnostics::info(f.check).code < "REL0004"; }));
}

/// What is wrong with the fixes of one program, or nothing.
std::string judgeFixes(const TestFile& test) {
  std::vector<SourceFile> files = test.files();
  size_t errorsBefore = SIZE_MAX;
  constexpr int most = 20; // one mend can bring the next to light; two at one place take turns
  for (int round = 0; round < most; ++round) {
    auto result = compileFiles(files, test.directives.now);
    size_t errors = syntaxErrors(*result);
    if (errors > errorsBefore)
      return fmt::format("after {} rounds of fixes there are more syntax errors:\n{}", round,
                         diagnostics::renderText(result->findings, result->sources, {}));
    errorsBefore = errors;
    auto fixed = diagnostics::applyFixes(result->mendable(), result->sources);
    if (fixed.files.empty()) return {};
    for (auto& [path, text] : fixed.files)
      for (SourceFile& file : files)
        if (file.path == path) file.text = text;
  }
  auto result = compileFiles(files, test.directives.now);
  return fmt::format("after {} rounds there are still fixes:\n{}", most,
                     diagnostics::renderText(result->findings, result->sources, {}));
}

} // namespace

bool testFixes(const std::filesystem::path& root) {
  size_t passed = 0, failed = 0;
  std::set<std::filesystem::path> tests;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root / "check"))
    if (entry.path().extension() == ".rel") tests.insert(entry.path());
  for (const auto& path : tests) {
    std::string wrong = judgeFixes(TestFile(path.filename().string(), readFile(path)));
    wrong.empty() ? ++passed : ++failed;
    if (!wrong.empty())
      fmt::print("FAIL {}\n{}\n", path.lexically_relative(root).generic_string(), wrong);
  }
  fmt::print("fixes: {} passed, {} failed\n", passed, failed);
  return failed == 0;
}

} // namespace relc::filetest
