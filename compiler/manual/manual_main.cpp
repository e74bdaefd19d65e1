// Writes docs/reference, or says in what it differs from what the tables say now.
//
//   relc_write_manual [--update] FOLDER
//
// RELC_UPDATE=1 in the environment stands for --update. Pages that hold nothing but what tables say
// are written whole; in the others the parts between marks are. Exit status 1 if a page differs.

#include "compiler/manual/manual.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

namespace fs = std::filesystem;
using relc::manual::Page;

namespace {

std::string readFile(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// The first line in which two texts differ, from 1.
size_t firstDifference(std::string_view a, std::string_view b) {
  auto [at, other] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  return static_cast<size_t>(std::count(a.begin(), at, '\n')) + 1;
}

} // namespace

int main(int argc, char** argv) {
  const char* wish = std::getenv("RELC_UPDATE");
  bool update = wish && *wish && std::string_view(wish) != "0";
  fs::path root;
  for (int i = 1; i < argc; ++i) {
    if (std::string_view(argv[i]) == "--update")
      update = true;
    else
      root = argv[i];
  }
  if (!fs::is_directory(root)) {
    fmt::print(stderr, "usage: relc_write_manual [--update] FOLDER\n");
    return 2;
  }
  size_t wrong = 0;
  auto fail = [&](std::string_view page, const std::string& what) {
    fmt::print("FAIL {}: {}\n", page, what);
    ++wrong;
  };

  std::map<std::string, std::string> pages; // by path, as they should be
  for (Page& page : relc::manual::writtenPages())
    pages.emplace(std::move(page.path), std::move(page.text));
  size_t written = pages.size();
  for (const auto& entry : fs::directory_iterator(root)) {
    std::string name = entry.path().filename().string();
    if (entry.path().extension() != ".md" || pages.contains(name)) continue;
    pages.emplace(name,
                  relc::manual::refreshed({name, readFile(entry.path())},
                                          [&](const std::string& what) { fail(name, what); }));
  }
  for (std::string_view folder : relc::manual::writtenFolders) {
    if (!fs::is_directory(root / folder)) continue;
    for (const auto& entry : fs::directory_iterator(root / folder)) {
      std::string path = fmt::format("{}/{}", folder, entry.path().filename().string());
      if (pages.contains(path)) continue;
      if (update)
        fs::remove(entry.path());
      else
        fail(path, "nothing is described on this page any more");
    }
  }
  size_t changed = 0;
  for (const auto& [path, text] : pages) {
    fs::path file = root / path;
    std::string old = readFile(file);
    if (old == text) continue;
    if (update) {
      fs::create_directories(file.parent_path());
      std::ofstream(file, std::ios::binary) << text;
      ++changed;
    } else {
      fail(path, fs::exists(file) ? fmt::format("differs from the tables in line {}; "
                                                "RELC_UPDATE=1 writes it",
                                                firstDifference(old, text))
                                  : "is missing; RELC_UPDATE=1 writes it");
    }
  }
  fmt::print("manual: {} pages, {} of them written whole, {} rewritten, {} wrong\n", pages.size(),
             written, changed, wrong);
  return wrong > 0 ? 1 : 0;
}
