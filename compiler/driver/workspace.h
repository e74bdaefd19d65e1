#pragma once
// Finding and reading the `.rel` files of a workspace.

#include "compiler/pipeline.h"

#include <filesystem>
#include <string>
#include <vector>

namespace relc::driver {

struct Workspace {
  std::filesystem::path root;
  std::vector<SourceFile> files; ///< sorted by path
  struct Problem {
    std::string path;
    std::string message;
    bool outside = false; ///< it is not read because it leads out of the workspace
  };
  std::vector<Problem> unreadable; ///< files and folders that could not be read
  std::string error;               ///< why there is no workspace; empty if there is one
};

/// The workspace that `start` (a folder or a `.rel` file) belongs to: the nearest folder at or
/// above it, up to the root of the repository, that directly holds a file with a `system`
/// declaration, else the only such folder below it. Reads all `.rel` files at and below that
/// folder. Symbolic links to folders are not followed, nor are folders whose name begins with a
/// dot, nor `node_modules`.
Workspace openWorkspace(const std::filesystem::path& start);

/// Does the text declare a `system` at the start of a line? (Before anything is parsed.)
bool declaresSystem(std::string_view text);

} // namespace relc::driver
