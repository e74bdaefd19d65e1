#include "tests/filetest/pages.h"

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
  auto result = compile(test.workspace(), {test.directives.now, 1});
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

} // namespace relc::filetest
