#pragma once
// What is tested in which folder below tests/.

#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace relc::filetest {

class TestFile;

struct Mode {
  std::string_view folder;
  /// Where the expected output stands, beside NAME.rel; empty: in the test file itself.
  std::string_view extension;
  std::string (*output)(const TestFile& test);
};

std::span<const Mode> modes();
const Mode* findMode(std::string_view folder);

/// A file's bytes; throws std::runtime_error if it cannot be read.
std::string readFile(const std::filesystem::path& path);
void writeFile(const std::filesystem::path& path, std::string_view text);

} // namespace relc::filetest
