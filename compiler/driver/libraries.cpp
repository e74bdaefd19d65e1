#include "compiler/driver/libraries.h"

#include "compiler/driver/workspace.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <vector>

namespace relc::driver {
namespace fs = std::filesystem;

namespace {

/// The repository that the workspace lies in, else the folder around it.
fs::path limitOf(const fs::path& root) {
  std::error_code error;
  for (fs::path at = root;; at = at.parent_path()) {
    if (fs::exists(at / ".git", error)) return at;
    if (at == at.parent_path()) return root.parent_path();
  }
}

std::string prefixOf(const fs::path& relative) {
  std::string text = relative.generic_string();
  return text == "." ? std::string() : text + "/";
}

/// What the lexer passes over from `at` on.
size_t behindBlanks(std::string_view text, size_t at) {
  for (;;) {
    at = std::min(text.find_first_not_of(" \t\r\n\f", at), text.size());
    std::string_view rest = text.substr(at);
    if (rest.starts_with("//") || rest.starts_with('#'))
      at = std::min(text.find('\n', at), text.size());
    else if (rest.starts_with("/*"))
      at = std::min(text.find("*/", at + 2), text.size() - 2) + 2;
    else
      return at;
  }
}

/// Is it the workspace's folder, or one that holds it?
bool isAround(std::string_view path) {
  while (path.starts_with("../")) path.remove_prefix(3);
  return path.empty();
}

} // namespace

std::vector<std::string_view> importedFolders(std::string_view text) {
  constexpr std::string_view word = "import";
  std::vector<std::string_view> result;
  for (size_t at = 0; (at = text.find(word, at)) != text.npos;) {
    at = behindBlanks(text, at + word.size());
    if (at >= text.size() || text[at] != '"') continue;
    size_t end = text.find_first_of("\"\r\n", at + 1);
    if (end != text.npos && text[end] == '"') result.push_back(text.substr(at + 1, end - at - 1));
  }
  return result;
}

Libraries::Libraries(fs::path root) : root_(std::move(root)), limit_(limitOf(root_)) {}

FoundFolder Libraries::find(std::string_view folder, std::string_view from) {
  auto outside = [&](std::string_view how) {
    return FoundFolder{
        FoundFolder::State::Outside, {}, fmt::format("{} `{}`", how, limit_.filename().string())};
  };
  fs::path path = (root_ / from / folder).lexically_normal();
  if (!isInside(path, limit_)) return outside("it leads out of");
  std::error_code error;
  fs::path target = fs::canonical(path, error);
  if (error == std::errc::no_such_file_or_directory || error == std::errc::not_a_directory)
    return {FoundFolder::State::Missing, {}, {}};
  if (error) return {FoundFolder::State::Unreadable, {}, error.message()};
  if (!isInside(target, limit_)) return outside("a symbolic link leads out of");
  if (!fs::is_directory(target, error)) return {FoundFolder::State::File, {}, {}};
  return {FoundFolder::State::Found, prefixOf(target.lexically_relative(root_)), {}};
}

const FolderContents& Libraries::contents(const std::string& path) {
  auto [it, isNew] = read_.try_emplace(path);
  if (isNew) it->second = readFolder((root_ / path).lexically_normal(), root_, limit_);
  return it->second;
}

void Libraries::inputs(std::span<const SourceFile> files,
                       const std::function<void(std::string_view)>& add) {
  auto among = [&](std::string_view folder) {
    return std::any_of(files.begin(), files.end(),
                       [&](const SourceFile& file) { return file.path.starts_with(folder); });
  };
  std::set<std::string, std::less<>> seen;
  std::vector<const SourceFile*> todo;
  for (const SourceFile& file : files) todo.push_back(&file);
  for (size_t i = 0; i < todo.size(); ++i) {
    std::string_view path = todo[i]->path;
    std::string_view from = path.substr(0, path.rfind('/') + 1);
    for (std::string_view folder : importedFolders(todo[i]->text)) {
      FoundFolder found = find(folder, from);
      add(fmt::format("{}\n{}\n{}\n{}", path, folder, static_cast<int>(found.state), found.path));
      if (found.state != FoundFolder::State::Found || !seen.insert(found.path).second) continue;
      if (isAround(found.path) || among(found.path)) continue;
      const FolderContents& library = contents(found.path);
      for (const SourceFile& file : library.files) {
        add(file.path);
        add(file.text);
        todo.push_back(&file);
      }
      for (const auto& problem : library.problems) add(problem.path + "\n" + problem.reason);
    }
  }
}

} // namespace relc::driver
