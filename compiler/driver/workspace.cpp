#include "compiler/driver/workspace.h"

#include "compiler/driver/files.h"

#include <fmt/format.h>

#include <algorithm>

namespace relc::driver {
namespace fs = std::filesystem;

namespace {

bool skipped(const fs::path& folder) {
  std::string name = folder.filename();
  return name.starts_with('.') || name == "node_modules";
}

/// Sorted, so that nothing depends on the order in which the system lists folders.
std::vector<fs::directory_entry> list(const fs::path& folder,
                                      std::vector<FolderContents::Problem>& problems) {
  std::vector<fs::directory_entry> entries;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error))
    entries.push_back(*it);
  if (error) problems.push_back({folder.string(), error.message()});
  std::sort(entries.begin(), entries.end(),
            [](const auto& a, const auto& b) { return a.path() < b.path(); });
  return entries;
}

bool isRel(const fs::directory_entry& entry) {
  std::error_code error;
  return entry.path().extension() == ".rel" && !entry.is_directory(error);
}

bool holdsSystem(const fs::path& folder) {
  std::vector<FolderContents::Problem> ignored;
  for (const auto& entry : list(folder, ignored)) {
    std::string text;
    if (isRel(entry) && readWhole(entry.path(), text).empty() && declaresSystem(text)) return true;
  }
  return false;
}

template <class Visit>
void walk(const fs::path& root, std::vector<FolderContents::Problem>& problems, Visit visit) {
  std::vector<fs::path> todo{root};
  while (!todo.empty()) {
    fs::path folder = std::move(todo.back());
    todo.pop_back();
    auto entries = list(folder, problems);
    visit(folder, entries);
    for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
      std::error_code error;
      if (entry->is_directory(error) && !entry->is_symlink(error) && !skipped(entry->path()))
        todo.push_back(entry->path());
    }
  }
}

} // namespace

bool declaresSystem(std::string_view text) {
  for (size_t at = 0; (at = text.find("system", at)) != text.npos; at += 6) {
    size_t line = at == 0 ? 0 : text.rfind('\n', at - 1) + 1;
    std::string_view before = text.substr(line, at - line);
    if (before.starts_with("\xef\xbb\xbf")) before.remove_prefix(3);
    size_t end = at + 6;
    bool word = end < text.size() && (text[end] == ' ' || text[end] == '\t' || text[end] == '{');
    if (word && before.find_first_not_of(" \t") == before.npos) return true;
  }
  return false;
}

Workspace openWorkspace(const fs::path& start) {
  Workspace workspace;
  std::error_code error;
  fs::path from = fs::canonical(start, error);
  if (error) {
    workspace.error = fmt::format("cannot open `{}`: {}", start.string(), error.message());
    return workspace;
  }
  if (!fs::is_directory(from, error)) from = from.parent_path();

  for (fs::path at = from;; at = at.parent_path()) {
    if (holdsSystem(at)) {
      workspace.root = at;
      break;
    }
    // Not beyond the repository: what lies outside is not ours to read.
    if (at == at.parent_path() || fs::exists(at / ".git", error)) break;
  }
  if (workspace.root.empty()) {
    std::vector<fs::path> candidates;
    std::vector<FolderContents::Problem> ignored;
    walk(from, ignored, [&](const fs::path& folder, const auto&) {
      bool nested = std::any_of(candidates.begin(), candidates.end(),
                                [&](const fs::path& c) { return isInside(folder, c); });
      if (!nested && holdsSystem(folder)) candidates.push_back(folder);
    });
    if (candidates.empty()) {
      workspace.error = fmt::format(
          "no workspace at `{}`: no `.rel` file there, above or below has a `system` declaration "
          "(start one with `relc init`)",
          start.string());
      return workspace;
    }
    if (candidates.size() > 1) {
      workspace.error =
          fmt::format("`{}` holds several workspaces, say which one:", start.string());
      for (const auto& candidate : candidates)
        workspace.error += fmt::format(
            "\n  {}", (start / candidate.lexically_relative(from)).lexically_normal().string());
      return workspace;
    }
    workspace.root = candidates.front();
  }

  FolderContents contents = readFolder(workspace.root, workspace.root, workspace.root);
  workspace.files = std::move(contents.files);
  workspace.unreadable = std::move(contents.problems);
  workspace.libraries = std::make_unique<Libraries>(workspace.root);
  return workspace;
}

bool isInside(const fs::path& path, const fs::path& folder) {
  fs::path relative = path.lexically_relative(folder);
  return !relative.empty() && *relative.begin() != "..";
}

FolderContents readFolder(const fs::path& folder, const fs::path& root, const fs::path& limit) {
  FolderContents contents;
  auto visit = [&](const fs::path&, const std::vector<fs::directory_entry>& entries) {
    for (const auto& entry : entries) {
      if (!isRel(entry)) continue;
      std::string path = entry.path().lexically_relative(root).generic_string();
      std::string text;
      std::error_code error;
      // A link that leads out would let a program read what it must not.
      if (entry.is_symlink(error)) {
        fs::path target = fs::canonical(entry.path(), error);
        if (error || !isInside(target, limit)) {
          contents.problems.push_back(
              {path,
               error ? error.message()
                     : fmt::format("the link leads out of {}",
                                   limit == root ? "the workspace" : "what may be read"),
               !error});
          continue;
        }
      }
      if (std::string why = readWhole(entry.path(), text); !why.empty())
        contents.problems.push_back({std::move(path), std::move(why)});
      else
        contents.files.push_back({std::move(path), std::move(text)});
    }
  };
  walk(folder, contents.problems, visit);
  for (auto& problem : contents.problems)
    if (fs::path path = problem.path; path.is_absolute())
      problem.path = path.lexically_relative(root).generic_string();
  std::sort(contents.files.begin(), contents.files.end(),
            [](const auto& a, const auto& b) { return a.path < b.path; });
  return contents;
}

} // namespace relc::driver
