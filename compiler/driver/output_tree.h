#pragma once
// Writing a generated tree so that running again is safe: only what differs is written, nothing
// that somebody else put or edited there is lost, and whatever happens on the way (a kill, a full
// disk) the folder holds the old tree or the new one.

#include "backends/emit/output.h"

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace relc::driver {

using emit::OutputFile;

struct WriteOptions {
  /// Overwrite and remove what others put or edited in the way (files only: never a symbolic link,
  /// a device, or a folder with something in it).
  bool force = false;
  /// Keep the folder itself, for containers and watchers that hold on to it. After a crash the tree
  /// may then be in between, until the next run completes it before it does anything else.
  bool inPlace = false;
  /// Names everything that the content depends on: sources, options, version; for isUpToDate.
  std::string inputsDigest;
  /// Called before waiting for another build that writes the same folder.
  std::function<void()> onWait;
};

/// Counts do not include `manifest.json`.
struct WriteReport {
  size_t written = 0;
  size_t unchanged = 0;
  size_t removed = 0;
  /// What stands in the way because somebody else put or edited it, a sentence each. With
  /// `force`: what could not be overwritten even so. If there is any, nothing was written.
  std::vector<std::string> foreign;
  /// Why nothing was written; empty if all is as it should be.
  std::string error;
  [[nodiscard]] bool ok() const { return error.empty(); }
};

/// Makes `outDir` hold `files` and a `manifest.json` that lists them, creating it if need be.
///
/// - A file that already has its content is not touched (same inode, same times); if nothing
///   differs, nothing at all is touched.
/// - Files that the manifest lists and that are generated no longer are removed, with the folders
///   that this empties. Files of others that are not in the way stay.
/// - Files that differ from what the manifest says, or that it does not list, are somebody else's.
///   If one is in the way, the write is refused as a whole: a half-updated tree is worse than an
///   old one.
/// - The new tree is put together beside `outDir` from hard links and new files, then exchanged
///   with it in one step. Where that is not possible (a mount point, a file system without it, no
///   right to write beside it) files are replaced one by one under a journal, as with `inPlace`.
/// - No symbolic link within `outDir` is followed; `outDir` may be one itself.
/// - Two writers of one folder wait for each other.
///
/// Does not throw. Linux only.
WriteReport writeTree(const std::filesystem::path& outDir, std::vector<OutputFile> files,
                      const WriteOptions& options);

/// True if the last build wrote `outDir` from the same inputs and every file that its manifest
/// lists is still there as it was written, so that a build can be skipped. Writes nothing, does not
/// throw.
bool isUpToDate(const std::filesystem::path& outDir, std::string_view inputsDigest);

} // namespace relc::driver
