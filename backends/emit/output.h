#pragma once
// What every backend hands over: files of the output tree, in memory.

#include <string>
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

} // namespace relc::emit
