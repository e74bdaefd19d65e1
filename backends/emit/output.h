#pragma once
// What every backend hands over: files of the output tree, in memory.

#include <string>
#include <string_view>
#include <vector>

namespace relc::emit {

struct OutputFile {
  /// Relative to the output folder, with `/`; no `..`, UTF-8. `manifest.json` and names that begin
  /// with `.relc-` are taken.
  std::string path;
  std::string content;
  /// The declarations that it came from: "checkout.rel:12 service checkout".
  std::vector<std::string> origins;
};

/// All that a backend made, and sentences about it for whoever builds.
struct Output {
  std::vector<OutputFile> files;
  std::vector<std::string> notes;
};

/// What a file is called after a declaration: its name, or the beginning and a digest of one that
/// is longer than file systems like.
std::string fileName(std::string_view name);

} // namespace relc::emit
