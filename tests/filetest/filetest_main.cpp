// Runs the tests that are files: see test_file.h for their format and modes.cpp for the folders.
//
//   relc_filetest [--update] [--filter TEXT] [--root DIR] [PATH…]
//   relc_filetest --pages | --coverage | --fixes | --vocabulary | --reference

#include "tests/filetest/diff.h"
#include "tests/filetest/modes.h"
#include "tests/filetest/pages.h"
#include "tests/filetest/reference.h"
#include "tests/filetest/test_file.h"
#include "tests/filetest/vocabulary.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <set>
#include <string_view>
#include <thread>
#include <vector>

namespace fs = std::filesystem;
using namespace relc::filetest;

namespace {

constexpr std::string_view usage =
    "usage: relc_filetest [--update] [--filter TEXT] [--root DIR] [PATH…]\n"
    "       relc_filetest --pages | --coverage | --fixes | --vocabulary | --reference\n"
    "PATH is a test file or a folder of them below DIR, which is tests/ if not given; TEXT is part "
    "of\n"
    "a path. --update, or RELC_UPDATE=1 in the environment, writes what comes out as what is "
    "expected.\n";

/// Tests that are no files: of all checks, of the schema, of the reference.
struct Whole {
  std::string_view option;
  bool (*passes)(const fs::path& root);
};
constexpr Whole wholes[] = {
    {"--pages", [](const fs::path&) { return testPages(); }},
    {"--coverage", testCoverage},
    {"--fixes", testFixes},
    {"--vocabulary",
     [](const fs::path& root) {
       return testVocabulary(root, root.parent_path() / "examples/online-shop");
     }},
    {"--reference", [](const fs::path& root) { return testReference(root / "../docs/reference"); }},
};

struct Options {
  fs::path root = RELC_TESTS_DIR;
  bool update = false;
  bool (*whole)(const fs::path& root) = nullptr; ///< a test of everything at once
  std::string filter;
  std::vector<fs::path> paths;
};

struct Outcome {
  bool passed = true;
  bool updated = false;
  std::string report;
};

Outcome runFile(const fs::path& root, const fs::path& path, bool update) {
  fs::path relative = path.lexically_relative(root);
  const Mode* mode = findMode(relative.begin()->string());
  Outcome outcome;
  auto fail = [&](std::string why) {
    outcome.passed = false;
    outcome.report = fmt::format("FAIL {}\n{}", relative.generic_string(), why);
  };
  try {
    std::string text = readFile(path);
    fs::path golden = path;
    if (!mode->extension.empty()) golden.replace_extension(mode->extension);
    bool exists = fs::exists(golden);
    std::string expected = exists ? readFile(golden) : "";
    std::string actual = mode->output(TestFile(path.filename().string(), text));
    if (exists && expected == actual) return outcome;
    if (update) {
      writeFile(golden, actual);
      outcome.updated = true;
    } else if (exists) {
      fail(lineDiff(expected, actual));
    } else {
      fail(fmt::format("{} is missing; --update writes it\n", golden.filename().string()));
    }
  } catch (const std::exception& error) {
    fail(fmt::format("{}\n", error.what()));
  }
  return outcome;
}

/// Test files below a path, and expected outputs to which there is no test file.
void collect(const fs::path& path, const Options& options, std::set<fs::path>& tests,
             std::vector<fs::path>& orphans) {
  auto visit = [&](const fs::path& file) {
    fs::path relative = file.lexically_relative(options.root);
    const Mode* mode = findMode(relative.begin()->string());
    if (!mode || relative.generic_string().find(options.filter) == std::string::npos) return;
    if (file.extension() == ".rel")
      tests.insert(file);
    else if (file.extension() == mode->extension &&
             !fs::exists(fs::path(file).replace_extension(".rel")))
      orphans.push_back(relative);
  };
  if (!fs::is_directory(path)) return visit(path);
  for (const auto& entry : fs::recursive_directory_iterator(path))
    if (entry.is_regular_file()) visit(entry.path());
}

int runAll(const Options& options) {
  std::set<fs::path> found;
  std::vector<fs::path> orphans;
  for (const fs::path& path : options.paths) collect(path, options, found, orphans);
  std::vector<fs::path> tests(found.begin(), found.end());
  std::vector<Outcome> outcomes(tests.size());
  std::atomic<size_t> next = 0;
  {
    std::vector<std::jthread> workers;
    for (unsigned i = 0; i < std::max(1U, std::thread::hardware_concurrency()); ++i)
      workers.emplace_back([&] {
        for (size_t at; (at = next++) < tests.size();)
          outcomes[at] = runFile(options.root, tests[at], options.update);
      });
  }
  size_t passed = 0, failed = orphans.size(), updated = 0;
  for (const Outcome& outcome : outcomes) {
    outcome.passed ? ++passed : ++failed;
    updated += outcome.updated;
    if (!outcome.report.empty()) fmt::print("{}\n", outcome.report);
  }
  for (const fs::path& orphan : orphans)
    fmt::print("FAIL {}\nhas no test file beside it\n\n", orphan.generic_string());
  fmt::print("{} passed, {} failed{}\n", passed, failed,
             updated ? fmt::format(", {} rewritten", updated) : "");
  if (tests.empty())
    fmt::print("no test was found: {} knows nothing of what was asked for\n",
               options.root.string());
  return failed > 0 || tests.empty() ? 1 : 0;
}

} // namespace

int main(int argc, char** argv) {
  Options options;
  const char* update = std::getenv("RELC_UPDATE");
  options.update = update && *update && std::string_view(update) != "0";
  for (int i = 1; i < argc; ++i) {
    std::string_view word = argv[i];
    bool last = i + 1 == argc;
    if (word == "--update")
      options.update = true;
    else if (const auto* test =
                 std::find_if(std::begin(wholes), std::end(wholes),
                              [&](const Whole& each) { return each.option == word; });
             test != std::end(wholes))
      options.whole = test->passes;
    else if (word == "--filter" && !last)
      options.filter = argv[++i];
    else if (word == "--root" && !last)
      options.root = fs::absolute(argv[++i]).lexically_normal();
    else if (!word.starts_with('-'))
      options.paths.push_back(fs::absolute(word).lexically_normal());
    else {
      fmt::print(stderr, "{}", usage);
      return 2;
    }
  }
  if (options.whole) return options.whole(options.root) ? 0 : 1;
  if (options.paths.empty())
    for (const Mode& mode : modes())
      if (fs::is_directory(options.root / mode.folder))
        options.paths.push_back(options.root / mode.folder);
  return runAll(options);
}
