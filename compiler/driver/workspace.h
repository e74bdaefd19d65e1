#pragma once
// Finding and reading the `.rel` files of a workspace.

#include "compiler/driver/libraries.h"
#include "compiler/pipeline.h"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace relc::driver {

struct Workspace {
  std::filesystem::path root;
  std::vector<SourceFile> files;                   ///< sorted by path
  std::vector<FolderContents::Problem> unreadable; ///< files and folders that could not be read
  std::string error;                    ///< why there is no workspace; empty if there is one
  std::unique_ptr<Libraries> libraries; ///< what it may import
};

/// The workspace that `start` (a folder or a `.rel` file) belongs to: the nearest folder at or
/// above it, up to the root of the repository, that directly holds a file with a `system`
/// declaration, else the only such folder below it. Reads all `.rel` files at and below that
/// folder, those of libraries among them included.
Workspace openWorkspace(const std::filesystem::path& start);

/// All `.rel` files at and below a folder, with their paths relative to `root`, sorted. Symbolic
/// links to folders are not followed, nor are folders whose name begins with a dot, nor
/// `node_modules`; links to files only if they lead to somewhere inside `limit`.
FolderContents readFolder(const std::filesystem::path& folder, const std::filesystem::path& root,
                          const std::filesystem::path& limit);

/// Is the path that of the folder, or below it? Both without `..` and links.
bool isInside(const std::filesystem::path& path, const std::filesystem::path& folder);

/// Does the text declare a `system` at the start of a line? (Before anything is parsed.)
bool declaresSystem(std::string_view text);

} // namespace relc::driver
