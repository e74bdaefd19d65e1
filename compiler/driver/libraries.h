#pragma once
// The folders that a program imports, as the disk has them.

#include "compiler/pipeline.h"

#include <filesystem>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>

namespace relc::driver {

/// Reads folders of the repository that the workspace lies in; without a repository, of the folder
/// around the workspace. Nothing else, whatever a path or a symbolic link says. What has been read
/// stays as it was then.
class Libraries final : public FolderReader {
public:
  /// `root` is the workspace's folder, links resolved.
  explicit Libraries(std::filesystem::path root);

  FoundFolder find(std::string_view folder, std::string_view from) override;
  FolderContents read(const std::string& path) override { return contents(path); }

  /// Everything beside `files`, the workspace's own, that a program of them depends on: calls
  /// `add` with text after text. It looks at the words of the files only, so it may name more than
  /// the program imports, never less.
  void inputs(std::span<const SourceFile> files, const std::function<void(std::string_view)>& add);

private:
  std::filesystem::path root_;
  std::filesystem::path limit_; ///< nothing outside of it is read
  std::map<std::string, FolderContents> read_;

  const FolderContents& contents(const std::string& path);
};

/// The paths behind the word `import` in a text: those of its imports, and maybe of some that stand
/// in comments and strings.
std::vector<std::string_view> importedFolders(std::string_view text);

} // namespace relc::driver
