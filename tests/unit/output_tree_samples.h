#pragma once
// What the tests of output_tree share: scratch folders, and looking at what is in them.

#include "compiler/driver/output_tree.h"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <sys/stat.h>

namespace relc::test {

namespace fs = std::filesystem;
using driver::OutputFile;
using driver::WriteOptions;
using driver::WriteReport;
using driver::writeTree;

/// A folder of its own for a test, gone afterwards.
class Scratch {
public:
  Scratch() {
    std::string name = (fs::temp_directory_path() / "relc-test-XXXXXX").native();
    if (!mkdtemp(name.data())) throw std::runtime_error("no temporary folder");
    path_ = fs::canonical(name);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  [[nodiscard]] fs::path operator/(const fs::path& name) const { return path_ / name; }
  [[nodiscard]] const fs::path& path() const { return path_; }

private:
  fs::path path_;
};

inline void put(const fs::path& path, const std::string& content) {
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << content;
}

inline std::string get(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

/// What is below a folder: contents of files, `-> target` of links, `/` for folders.
inline std::map<std::string, std::string> contentOf(const fs::path& root) {
  std::map<std::string, std::string> content;
  if (!fs::exists(root)) return content;
  for (const auto& item : fs::recursive_directory_iterator(root)) {
    const std::string path = item.path().lexically_relative(root).generic_string();
    const auto status = item.symlink_status();
    content[path] = fs::is_symlink(status)        ? "-> " + fs::read_symlink(item.path()).native()
                    : fs::is_directory(status)    ? "/"
                    : fs::is_regular_file(status) ? get(item.path())
                                                  : "?";
  }
  return content;
}

/// Names directly in a folder.
inline std::vector<std::string> namesIn(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& item : fs::directory_iterator(folder)) names.push_back(item.path().filename());
  std::sort(names.begin(), names.end());
  return names;
}

/// Inode and times of change; equal if nobody touched the file.
struct Identity {
  ino_t inode;
  int64_t modified;
  friend bool operator==(const Identity&, const Identity&) = default;
};

inline Identity identityOf(const fs::path& path) {
  struct stat info{};
  REQUIRE(lstat(path.c_str(), &info) == 0);
  return {info.st_ino, info.st_mtim.tv_sec * 1'000'000'000 + info.st_mtim.tv_nsec};
}

inline OutputFile file(std::string path, std::string content) {
  return {std::move(path), std::move(content), {"a.rel:1 service a"}};
}

} // namespace relc::test
