#include "compiler/driver/commands.h"
#include "compiler/driver/files.h"
#include "compiler/driver/session.h"
#include "compiler/syntax/format.h"
#include "compiler/syntax/parse.h"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <iterator>

namespace relc::driver {
namespace fs = std::filesystem;

namespace {

std::string formatted(const std::string& path, std::string text, size_t& errors) {
  source::SourceManager sources;
  diagnostics::FindingList findings;
  auto file = sources.add(path, std::move(text));
  syntax::Tree tree = syntax::parse(sources, file, findings);
  errors += findings.size();
  // A file that is too large was not read: nothing is known of its layout.
  if (tree.text.size() != sources.text(file).size()) return std::string(sources.text(file));
  return syntax::format(tree);
}

bool leadsOut(const fs::path& link, const fs::path& folder) {
  std::error_code error, ignored;
  fs::path target = fs::canonical(link, error);
  return !error && !isInside(target, fs::canonical(folder, ignored));
}

/// Files as given, all `.rel` files below folders but links that lead out of them: what lies there
/// is not meant by the folder's name. Sorted, each once.
bool gather(const std::string& argument, std::vector<fs::path>& files) {
  std::error_code error;
  fs::file_status status = fs::status(argument, error);
  if (error || !fs::exists(status)) {
    print(stderr, fmt::format("relc: cannot open `{}`: {}\n", argument,
                              error ? error.message() : "no such file or folder"));
    return false;
  }
  if (!fs::is_directory(status)) {
    files.emplace_back(argument);
    return true;
  }
  for (fs::recursive_directory_iterator it(argument, error), end; !error && it != end;
       it.increment(error)) {
    std::string name = it->path().filename();
    std::error_code ignored;
    if (it->is_directory(ignored)) {
      if (name.starts_with('.') || name == "node_modules") it.disable_recursion_pending();
    } else if (it->path().extension() == ".rel") {
      if (it->is_symlink(ignored) && leadsOut(it->path(), argument))
        print(stderr,
              fmt::format("relc: `{}` is a link that leads out of `{}`; it is left as it is\n",
                          it->path().lexically_normal().string(), argument));
      else
        files.push_back(it->path().lexically_normal());
    }
  }
  if (error) print(stderr, fmt::format("relc: cannot read `{}`: {}\n", argument, error.message()));
  return !error;
}

} // namespace

int runFmt(const Invocation& invocation) {
  bool check = invocation.has("check");
  size_t broken = 0;
  if (invocation.arguments.size() == 1 && invocation.arguments[0] == "-") {
    std::string text{std::istreambuf_iterator<char>(std::cin), {}};
    std::string result = formatted("<stdin>", text, broken);
    if (!check) print(stdout, result);
    return check && result != text ? ExitFindings : ExitClean;
  }
  std::vector<fs::path> files;
  std::vector<std::string> arguments = invocation.arguments;
  if (arguments.empty()) arguments.emplace_back(".");
  for (const std::string& argument : arguments)
    if (!gather(argument, files)) return ExitUnusable;
  std::sort(files.begin(), files.end());
  files.erase(std::unique(files.begin(), files.end()), files.end());

  size_t changed = 0;
  int status = ExitClean;
  for (const fs::path& path : files) {
    std::string text;
    if (std::string error = readWhole(path, text); !error.empty()) {
      print(stderr, fmt::format("relc: cannot read `{}`: {}\n", path.string(), error));
      status = ExitUnusable;
      continue;
    }
    size_t errors = 0;
    std::string result = formatted(path.string(), text, errors);
    if (errors > 0) {
      ++broken;
      print(stderr, fmt::format("relc: `{}` has syntax errors (`relc check` shows them); what does "
                                "not parse is left as it is\n",
                                path.string()));
    }
    if (invocation.has("stdout")) {
      print(stdout, result);
      continue;
    }
    if (result == text) continue;
    ++changed;
    print(stdout, fmt::format("{} {}\n", check ? "not formatted:" : "formatted", path.string()));
    if (check) continue;
    if (std::string error = replaceFile(path, result); !error.empty()) {
      print(stderr, fmt::format("relc: cannot write `{}`: {}\n", path.string(), error));
      status = ExitUnusable;
    }
  }
  if (status == ExitClean && check && changed > 0) status = ExitFindings;
  if (!invocation.has("stdout"))
    print(stderr, fmt::format("{} files, {} {}\n", files.size(), changed,
                              check ? "not in canonical layout" : "changed"));
  return status;
}

} // namespace relc::driver
