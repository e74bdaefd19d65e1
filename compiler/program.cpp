#include "compiler/program.h"

#include "compiler/syntax/parse.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace relc {
namespace {

using diagnostics::Check;
using diagnostics::Finding;
using diagnostics::FindingList;
using schema::Kind;
using State = FoundFolder::State;

/// Modules that are there without an import: what defaults refer to.
constexpr std::string_view prelude[] = {"std.policy"};

/// "shop/" of "shop/cart.rel" and of "shop/cart/".
std::string_view folderOf(std::string_view path) {
  if (path.ends_with('/')) path.remove_suffix(1);
  return path.substr(0, path.rfind('/') + 1);
}

/// Does it lead out of whatever folder it is read from?
bool isAbsolute(std::string_view folder) {
  return folder.starts_with('/') || folder == "~" || folder.starts_with("~/") ||
         folder.find(':') == 1;
}

/// How a file in folder `from` names the folder `path`, both relative to the workspace.
std::string relativeTo(std::string_view from, std::string_view path) {
  size_t common = 0;
  for (size_t at = 0; at < std::min(from.size(), path.size()) && from[at] == path[at]; ++at)
    if (from[at] == '/') common = at + 1;
  std::string up;
  for (char c : from.substr(common))
    if (c == '/') up += "../";
  std::string result = up + std::string(path.substr(common));
  while (result.ends_with('/')) result.pop_back();
  return result;
}

/// A folder or standard module in messages.
std::string titleOf(std::string_view module) {
  if (module.empty()) return "the workspace";
  if (module.ends_with('/')) module.remove_suffix(1);
  return fmt::format("`{}`", module);
}

class Loader {
public:
  Loader(Compilation& c, FolderReader* reader, FindingList& findings)
      : c_(c), reader_(reader), findings_(findings) {}

  std::vector<sema::Unit> run() {
    std::vector<uint32_t> given(c_.trees.size());
    for (uint32_t i = 0; i < given.size(); ++i) given[i] = i;
    c_.workspaceFiles = add("", divide("", given), {});
    for (std::string_view name : prelude) standard(name);
    // Modules are added at the end while this goes on.
    for (uint32_t module = 0; module < modules_.size(); ++module)
      for (size_t i = 0; i < modules_[module].files.size(); ++i)
        imports(module, modules_[module].files[i]);
    return finish();
  }

private:
  Compilation& c_;
  FolderReader* reader_;
  FindingList& findings_;

  struct Module {
    std::string name; ///< as in sema::Unit
    std::vector<uint32_t> files;
    source::Range importedAt; ///< the first of its imports; not valid for the workspace
  };
  std::vector<Module> modules_;
  std::map<std::string, uint32_t, std::less<>> moduleOf_; ///< by name
  std::map<std::string, uint32_t, std::less<>> moduleAt_; ///< by path of a file
  /// Libraries inside of modules that are read already, by folder.
  std::map<std::string, std::vector<uint32_t>, std::less<>> libraries_;
  std::map<std::string, FoundFolder, std::less<>> found_;        ///< by importing folder and import
  std::vector<std::vector<std::optional<std::string>>> folders_; ///< by file: see sema::Unit

  size_t add(std::string name, std::vector<uint32_t> files, source::Range importedAt) {
    auto index = static_cast<uint32_t>(modules_.size());
    moduleOf_.emplace(name, index);
    for (uint32_t file : files) moduleAt_.emplace(c_.sources.path({file}), index);
    modules_.push_back({std::move(name), std::move(files), importedAt});
    return modules_.back().files.size();
  }

  uint32_t parse(std::string path, std::string text) {
    auto file = c_.sources.add(std::move(path), std::move(text));
    c_.trees.push_back(syntax::parse(c_.sources, file, findings_));
    return file.index;
  }

  void standard(std::string_view name) {
    const std::string_view* text = standardModule(name);
    if (!text || moduleOf_.contains(name)) return; // sema says so of unknown ones
    add(std::string(name), {parse(fmt::format("<{}>", name), std::string(*text))}, {});
  }

  /// The files of the module of a folder. Those of libraries inside it are put aside. Inside a
  /// library a folder with a `system` is a workspace of its own.
  std::vector<uint32_t> divide(std::string_view folder, const std::vector<uint32_t>& files) {
    std::set<std::string, std::less<>> roots;
    auto folderOfFile = [&](uint32_t file) { return folderOf(c_.sources.path({file})); };
    for (uint32_t file : files)
      if (sema::declaresAtTop(c_.trees[file], Kind::library)) roots.emplace(folderOfFile(file));
    roots.erase(std::string(folder));
    auto rootOf = [&](std::string_view at) {
      while (at.size() > folder.size() && !roots.contains(at)) at = folderOf(at);
      return at;
    };
    std::vector<std::string> workspaces;
    for (uint32_t file : files)
      if (std::string_view root = rootOf(folderOfFile(file));
          !root.empty() && root != folderOfFile(file) &&
          sema::declaresAtTop(c_.trees[file], Kind::system))
        workspaces.emplace_back(folderOfFile(file));
    roots.insert(workspaces.begin(), workspaces.end());
    if (roots.empty()) return files;
    std::vector<uint32_t> own;
    std::map<std::string_view, std::vector<uint32_t>> others;
    for (uint32_t file : files) {
      std::string_view root = rootOf(folderOfFile(file));
      (root == folder ? own : others[root]).push_back(file);
    }
    // One that is known has been read on its own before.
    for (auto& [root, its] : others)
      if (!moduleOf_.contains(root)) libraries_.emplace(root, std::move(its));
    return own;
  }

  // --- imports ---------------------------------------------------------------------------------

  void imports(uint32_t module, uint32_t file) {
    folders_.resize(std::max<size_t>(folders_.size(), file + 1));
    for (const sema::Import& import : sema::importsOf(c_.trees[file])) {
      if (!import.folder) {
        standard(import.module);
        continue;
      }
      auto to = folder(module, file, import);
      folders_[file].push_back(to ? std::optional(modules_[*to].name) : std::nullopt);
    }
  }

  Finding& report(Check check, const sema::Import& import, std::string message) {
    return findings_.add(check, import.range, std::move(message));
  }

  /// The module that an import of a folder means.
  std::optional<uint32_t> folder(uint32_t module, uint32_t file, const sema::Import& import) {
    std::string from(folderOf(c_.sources.path({file})));
    if (!isPath(import, from)) return std::nullopt;
    FoundFolder found = find(import.module, from);
    if (found.state != State::Found) {
      nowhere(import, from, found);
      return std::nullopt;
    }
    if (auto known = moduleOf_.find(found.path); known != moduleOf_.end()) return known->second;
    if (auto library = libraries_.find(found.path); library != libraries_.end()) {
      std::vector<uint32_t> files = std::move(library->second);
      libraries_.erase(library);
      add(found.path, std::move(files), import.range);
      return moduleOf_.at(found.path);
    }
    if (isPart(module, import, found.path)) return std::nullopt;
    return read(import, found.path);
  }

  FoundFolder find(std::string_view folder, std::string_view from) {
    if (!reader_) return {State::Unreadable, {}, "there is nothing here to read folders with"};
    auto [it, isNew] = found_.try_emplace(fmt::format("{}\n{}", from, folder));
    if (isNew) it->second = reader_->find(folder, from);
    return it->second;
  }

  bool isPath(const sema::Import& import, std::string_view from) {
    const std::string& text = import.module;
    if (text.empty()) {
      report(Check::UnknownModule, import, "expected the path of a folder")
          .suggest("for example: import \"../platform\"");
    } else if (text.find("${") != text.npos) {
      report(Check::MalformedText, import, "the path of an import is written out")
          .because("what a program is made of cannot depend on what it says");
    } else if (text.find('\\') != text.npos && !isAbsolute(text)) {
      std::string mended;
      for (char c : text)
        if (c != '\\' || !mended.ends_with('/')) mended += c == '\\' ? '/' : c;
      report(Check::MalformedText, import, "a path has `/` between its folders")
          .fix(fmt::format("write `\"{}\"`", mended),
               {{import.range, fmt::format("\"{}\"", mended)}});
    } else if (isAbsolute(text)) {
      report(Check::PathOutsideWorkspace, import, fmt::format("`{}` is no relative path", text))
          .because("a program means the same on every machine")
          .suggest(from.empty()
                       ? "write the path from the folder of this file: import \"../platform\""
                       : fmt::format("write the path from the folder of this file, `{}`",
                                     from.substr(0, from.size() - 1)));
    } else {
      return true;
    }
    return false;
  }

  void nowhere(const sema::Import& import, const std::string& from, const FoundFolder& found) {
    const std::string& text = import.module;
    switch (found.state) {
    case State::Found: return;
    case State::Outside:
      report(Check::PathOutsideWorkspace, import,
             fmt::format("`{}` lies outside of what may be read", text))
          .label(found.reason)
          .because("a program that may read any folder can publish what is secret, and means "
                   "something else on another machine")
          .suggest("copy the library into the repository");
      return;
    case State::Unreadable:
      report(Check::UnreadableFile, import, fmt::format("cannot read `{}`: {}", text, found.reason))
          .suggest("what it declares is missing from everything that follows");
      return;
    case State::File:
      report(Check::UnknownModule, import, fmt::format("`{}` is a file", text))
          .suggest("import its folder: all `.rel` files at and below a folder are one module");
      return;
    case State::Missing: {
      Finding& finding =
          report(Check::UnknownModule, import, fmt::format("there is no folder `{}`", text));
      if (from.empty()) {
        finding.suggest("the path begins at the folder of this file");
        return;
      }
      finding.suggest(fmt::format("the path begins at the folder of this file, `{}`",
                                  from.substr(0, from.size() - 1)));
      // A frequent slip: written from where the workspace is.
      FoundFolder fromRoot = find(text, "");
      if (fromRoot.state != State::Found) return;
      std::string mended = relativeTo(from, fromRoot.path);
      if (!mended.empty())
        finding.fix(fmt::format("write `\"{}\"`", mended),
                    {{import.range, fmt::format("\"{}\"", mended)}});
    }
    }
  }

  /// Are its files those of another module already? Reports it.
  bool isPart(uint32_t importing, const sema::Import& import, const std::string& path) {
    std::string_view above = path;
    while (above.starts_with("../")) above.remove_prefix(3);
    if (above.empty()) {
      overlap(import, fmt::format("{} contains the workspace", titleOf(path)))
          .suggest("move what is to be shared into a folder of its own, beside the workspace");
      return true;
    }
    // A module that is known has files there, or a library that nobody has imported yet.
    const Module* module = nullptr;
    std::string_view around;
    if (auto first = moduleAt_.lower_bound(path);
        first != moduleAt_.end() && first->first.starts_with(path)) {
      module = &modules_[first->second];
      around = module->name;
    } else {
      for (around = folderOf(path); !around.empty() && !libraries_.contains(around);)
        around = folderOf(around);
      if (around.empty()) return false;
    }
    if (around.starts_with(path)) {
      surrounds(import, path, *module);
      return true;
    }
    Finding& finding =
        overlap(import, fmt::format("{} is part of {}", titleOf(path), titleOf(around)));
    if (module == &modules_[importing])
      finding.because("what a module declares is seen in all of its files without an import")
          .suggest("remove the import, and the name of the module where it is used");
    else if (module && module->importedAt.valid())
      finding.at(module->importedAt, "imported here as a whole");
    finding.suggest(fmt::format(
        "to make a library of it declare one there: library {} {{ version = \"1.0.0\" }}",
        nameFor(path)));
    return true;
  }

  static std::string_view nameFor(std::string_view path) {
    path.remove_suffix(1);
    return path.substr(path.rfind('/') + 1);
  }

  Finding& overlap(const sema::Import& import, std::string message) {
    return report(Check::ModuleOverlap, import, std::move(message))
        .because("each file belongs to one module");
  }

  void surrounds(const sema::Import& import, const std::string& path, const Module& inner) {
    overlap(import, fmt::format("{} contains {}, which is a module of its own", titleOf(path),
                                titleOf(inner.name)))
        .at(inner.importedAt, "imported here")
        .suggest(
            fmt::format("if {0} is a library of its own, say so there: library {1} {{ version = "
                        "\"1.0.0\" }}; else import one of the two",
                        titleOf(inner.name), nameFor(inner.name)));
  }

  std::optional<uint32_t> read(const sema::Import& import, const std::string& path) {
    FolderContents contents = reader_->read(path);
    for (const auto& problem : contents.problems) {
      Finding& finding =
          report(problem.outside ? Check::PathOutsideWorkspace : Check::UnreadableFile, import,
                 fmt::format("cannot read `{}`: {}", problem.path, problem.reason));
      finding.suggest("what it declares is missing from everything that follows");
    }
    if (contents.files.empty()) {
      if (contents.problems.empty())
        report(Check::UnknownModule, import, fmt::format("{} holds no `.rel` file", titleOf(path)))
            .suggest("folders whose name begins with a dot, and `node_modules`, are not searched");
      return std::nullopt;
    }
    std::vector<uint32_t> files;
    for (SourceFile& file : contents.files)
      files.push_back(parse(std::move(file.path), std::move(file.text)));
    files = divide(path, files);
    for (uint32_t file : files)
      if (auto known = moduleAt_.find(c_.sources.path({file})); known != moduleAt_.end()) {
        surrounds(import, path, modules_[known->second]);
        return std::nullopt;
      }
    add(path, std::move(files), import.range);
    return moduleOf_.at(path);
  }

  // --- the result ------------------------------------------------------------------------------

  std::vector<sema::Unit> finish() {
    std::vector<bool> used(c_.trees.size(), false);
    std::vector<sema::Unit> units;
    folders_.resize(c_.trees.size());
    for (Module& module : modules_)
      for (uint32_t file : module.files) {
        used[file] = true;
        units.push_back({&c_.trees[file], module.name, std::move(folders_[file])});
      }
    std::erase_if(findings_.all(), [&](const Finding& finding) {
      return finding.primary.range.valid() && !used[finding.primary.range.file.index];
    });
    return units;
  }
};

} // namespace

std::vector<sema::Unit> loadProgram(Compilation& compilation, FolderReader* reader,
                                    FindingList& findings) {
  return Loader(compilation, reader, findings).run();
}

} // namespace relc
