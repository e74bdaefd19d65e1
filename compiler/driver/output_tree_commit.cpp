#include "compiler/driver/output_tree_commit.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <system_error>
#include <unordered_set>
#include <utility>

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

namespace relc::driver {

using disk::DiskError;
using disk::Entry;
using disk::Kind;
using disk::Path;

namespace {

// What is in a staging folder. Removal goes from the last name to the first: as long as anything of
// a staging is left, the marker says whose it is.
constexpr std::string_view kMarker = ".relc-staging"; // empty, so that it is there or not
constexpr std::string_view kTree = "tree-";      // the new tree; after the exchange the old one
constexpr std::string_view kNew = "new";         // new files by the number of their step
constexpr std::string_view kJournal = "journal"; // complete, so it will be carried out
constexpr std::string_view kJournalDraft = "journal-draft";

/// System errors that mean "not here" and not "not now": another way may do.
bool meansUnsupported(int error) {
  constexpr std::array kErrors = {EINVAL, ENOSYS, EBUSY, EXDEV, EPERM, EACCES, EOPNOTSUPP, EMLINK};
  return std::find(kErrors.begin(), kErrors.end(), error) != kErrors.end();
}

std::string shownPath(const Site& site, std::string_view path) {
  return (Path(site.shown) / path).generic_string();
}

std::string changedError(std::string_view shown) {
  return fmt::format("`{}` was changed by somebody else meanwhile, so nothing was written; run the "
                     "build again",
                     shown);
}

bool sameFile(const Entry& now, const Entry& then) {
  return now.inode == then.inode && now.size == then.size && now.modified == then.modified;
}

/// Brings renames in the folder to the disk. They have happened whatever this meets, so it reports
/// nothing.
void syncFolder(const Path& path) {
  const disk::Descriptor folder(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.valid()) fsync(folder.get());
}

void createWay(const Site& site, std::string_view path) {
  for (size_t slash = path.find('/'); slash != path.npos; slash = path.find('/', slash + 1)) {
    const std::string_view folder = path.substr(0, slash);
    if (mkdir((site.folder / folder).c_str(), 0777) != 0 && errno != EEXIST) {
      throw DiskError("create", shownPath(site, folder), errno);
    }
  }
}

/// A staging folder of this process; removed at the end, unless it must outlive a failure.
class Staging {
public:
  explicit Staging(const Site& site, const Workplace& workplace) {
    for (unsigned number = unsigned(getpid());; ++number) {
      folder_ = workplace.folder / fmt::format("{}{}", workplace.prefix, number);
      if (mkdir(folder_.c_str(), 0700) == 0) break;
      if (errno != EEXIST) {
        throw DiskError(workplace.inside ? "write in" : "write beside", site.shown, errno);
      }
    }
    disk::startElsewhere(folder_);
    try {
      disk::createFile(folder_ / kMarker, "", nullptr, site.shown);
    } catch (const DiskError&) {
      disk::removeFolder(folder_);
      throw;
    }
  }
  Staging(const Staging&) = delete;
  Staging& operator=(const Staging&) = delete;
  ~Staging() {
    if (!kept_) disk::removeFolder(folder_);
  }
  [[nodiscard]] Path at(std::string_view name) const { return folder_ / name; }
  [[nodiscard]] const Path& folder() const { return folder_; }
  void keep(bool kept) { kept_ = kept; }
  /// Leaves the folder to the user: no later run will remove it.
  void disown() {
    unlink(at(kMarker).c_str());
    kept_ = true;
  }

private:
  Path folder_;
  bool kept_ = false;
};

// ---- one file ----

/// True if the plan changes one file in a folder that exists: then a rename is all it takes.
bool isOneFile(const Plan& plan, std::span<const DesiredFile> desired) {
  if (plan.writes.size() != 1 || !plan.removals.empty()) return false;
  const std::string_view path = desired[plan.writes.front()].path;
  const size_t slash = path.rfind('/');
  const Entry* there = plan.before.find(path);
  return (!there || there->kind == Kind::File) &&
         (slash == path.npos || plan.before.find(path.substr(0, slash)));
}

std::string replaceOne(const Site& site, const Staging& staging, const Plan& plan,
                       const DesiredFile& file) {
  const Path target = site.folder / file.path;
  const Entry* there = plan.before.find(file.path);
  const std::string shown = shownPath(site, file.path);
  disk::createFile(staging.at(kNew), file.content, there, shown);
  disk::flush(staging.folder());
  const auto now = disk::look(target);
  const bool same = there && now ? sameFile(*now, *there) : !there && !now;
  if (!same) return changedError(shown);
  disk::renameOver(staging.at(kNew), target, shown);
  syncFolder(target.parent_path());
  return {};
}

// ---- the whole tree ----

/// All folders of the new tree, parents first: those that hold something, and those that were empty
/// before, which are not ours to remove.
std::vector<std::string_view> foldersOf(const Plan& plan, std::span<const DesiredFile> desired) {
  std::unordered_set<std::string_view> folders;
  const auto addParents = [&](std::string_view path) {
    for (size_t slash; (slash = path.rfind('/')) != path.npos;) {
      path = path.substr(0, slash);
      if (!folders.insert(path).second) break;
    }
  };
  const auto& entries = plan.before.entries();
  for (size_t i = 0; i < entries.size(); ++i) {
    if (entries[i].kind != Kind::Folder) {
      if (plan.keeps[i]) addParents(entries[i].path);
    } else if (const auto [first, last] = plan.before.below(entries[i].path); first == last) {
      folders.insert(entries[i].path);
      addParents(entries[i].path);
    }
  }
  for (const size_t i : plan.writes) addParents(desired[i].path);
  std::vector<std::string_view> sorted(folders.begin(), folders.end());
  std::sort(sorted.begin(), sorted.end());
  return sorted;
}

/// Puts the new tree together; false if its files cannot be linked.
bool buildTree(const Site& site, const Path& tree, const Plan& plan,
               std::span<const DesiredFile> desired) {
  const auto folders = foldersOf(plan, desired);
  disk::createFolder(tree, site.shown);
  for (const auto folder : folders) {
    disk::createFolder(tree / folder, shownPath(site, folder));
  }
  const auto& entries = plan.before.entries();
  for (size_t i = 0; i < entries.size(); ++i) {
    const Entry& entry = entries[i];
    if (entry.kind == Kind::Folder || !plan.keeps[i]) continue;
    if (linkat(AT_FDCWD, (site.folder / entry.path).c_str(), AT_FDCWD, (tree / entry.path).c_str(),
               0) == 0) {
      continue;
    }
    // No copies: they would change the owner and the inode of what is not ours.
    if (meansUnsupported(errno)) return false;
    throw DiskError("link", shownPath(site, entry.path), errno);
  }
  // On one thread: a folder takes one new file at a time, and threads that wait for it cost more
  // than they save, most of all soon after another tree was deleted.
  for (const size_t i : plan.writes) {
    const Entry* there = plan.before.find(desired[i].path);
    disk::createFile(tree / desired[i].path, desired[i].content,
                     there && there->kind == Kind::File ? there : nullptr,
                     shownPath(site, desired[i].path));
  }
  for (auto folder = folders.rbegin(); folder != folders.rend(); ++folder) {
    const Entry* there = plan.before.find(*folder);
    if (there && there->kind == Kind::Folder) disk::makeAlike(tree / *folder, *there);
  }
  if (const auto there = disk::look(site.folder)) disk::makeAlike(tree, *there);
  return true;
}

/// Swaps the new tree with the old one, or moves it to where none is. Returns the system's error.
int exchange(const Path& tree, const Site& site, bool exists) {
  const auto rename = [&](unsigned flags) {
    const int result = renameat2(AT_FDCWD, tree.c_str(), AT_FDCWD, site.folder.c_str(), flags);
    return result == 0 ? 0 : errno;
  };
  if (exists) return rename(RENAME_EXCHANGE);
  const int error = rename(RENAME_NOREPLACE);
  return error == EINVAL || error == ENOSYS ? rename(0) : error;
}

bool isDesired(std::string_view path, std::span<const DesiredFile> desired) {
  const auto listed = desired.first(desired.size() - 1); // the manifest is the last
  return path == desired.back().path ||
         std::ranges::binary_search(listed, path, {}, &DesiredFile::path);
}

/// True if somebody edited what the new tree replaces or drops since the plan was made. `old` is
/// the old tree, now that nobody finds it by its name any more.
bool isEdited(const disk::Snapshot& old, const Plan& plan, std::span<const DesiredFile> desired) {
  return std::ranges::any_of(old.entries(), [&](const Entry& now) {
    if (now.kind == Kind::Folder) return false;
    const Entry* then = plan.before.find(now.path);
    if (!then || then->kind == Kind::Folder) return isDesired(now.path, desired);
    if (plan.keeps[size_t(then - plan.before.entries().data())]) return false;
    return !sameFile(now, *then);
  });
}

/// Moves into the folder what somebody put into a tree that has just lost its name to the one that
/// is there now. What was kept is in both, as one file.
void rescue(const disk::Snapshot& lost, const Path& tree, const Site& site, const Plan& plan,
            std::span<const DesiredFile> desired) {
  for (const Entry& entry : lost.entries()) {
    const Entry* then = plan.before.find(entry.path);
    const bool known = isDesired(entry.path, desired) || (then && then->inode == entry.inode);
    if (known || entry.kind == Kind::Folder) continue;
    createWay(site, entry.path);
    disk::renameOver(tree / entry.path, site.folder / entry.path, shownPath(site, entry.path));
  }
}

/// Nothing if this way is not possible here; else what commit returns.
std::optional<std::string> exchangeTree(const Site& site, Staging& staging, const Plan& plan,
                                        std::span<const DesiredFile> desired, bool exists) {
  const auto& entries = plan.before.entries();
  if (std::any_of(entries.begin(), entries.end(), [](const Entry& e) { return e.closed; })) {
    return std::nullopt;
  }
  // Another name each time: ext4 chooses by the name where a tree starts (disk::startElsewhere).
  const auto unique = std::chrono::steady_clock::now().time_since_epoch().count();
  const Path tree = staging.at(fmt::format("{}{}", kTree, unique));
  if (!buildTree(site, tree, plan, desired)) return std::nullopt;
  disk::flush(staging.folder());
  if (const int error = exchange(tree, site, exists)) {
    if (exists && meansUnsupported(error)) return std::nullopt;
    throw DiskError("replace", site.shown, error);
  }
  if (exists) {
    try {
      const disk::Snapshot old(tree);
      const bool edited = isEdited(old, plan, desired);
      if (edited && exchange(tree, site, true) != 0) throw DiskError("restore", site.shown, EBUSY);
      rescue(edited ? disk::Snapshot(tree) : old, tree, site, plan, desired);
      if (edited) return changedError(site.shown);
    } catch (const DiskError& error) {
      staging.disown();
      return fmt::format(
          "{}; somebody may have changed `{}` meanwhile, so the other tree is kept in "
          "`{}`",
          error.what(), site.shown, tree.native());
    }
  }
  syncFolder(site.folder.parent_path());
  return "";
}

// ---- in place, under a journal ----

/// True if every folder on the way to the path is a real one, of this file system, or missing.
bool isPlainWay(const Path& folder, std::string_view path) {
  for (size_t slash = path.find('/'); slash != path.npos; slash = path.find('/', slash + 1)) {
    const auto entry = disk::look(folder / path.substr(0, slash));
    if (!entry) return true;
    if (entry->kind != Kind::Folder || entry->closed) return false;
  }
  return true;
}

/// Hash of what is at the path, as in a journal; `other` for what is no file.
std::string hashAt(const Path& path) {
  const auto entry = disk::look(path);
  if (!entry) return "";
  return disk::hashFile(path).value_or("other");
}

void removeEmptied(const Path& folder, std::string_view path) {
  for (size_t slash; (slash = path.rfind('/')) != path.npos;) {
    path = path.substr(0, slash);
    if (rmdir((folder / path).c_str()) != 0 && errno != ENOENT) break;
  }
}

/// Carries out the steps, those already done too. Returns the paths that it left alone because
/// they hold neither what was there when the journal was written nor what is to be there.
std::vector<std::string> replay(const Site& site, const Path& staging,
                                const std::vector<JournalStep>& steps) {
  std::vector<std::string> left;
  for (size_t i = 0; i < steps.size(); ++i) {
    const JournalStep& step = steps[i];
    const Path target = site.folder / step.path;
    if (!isPlainWay(site.folder, step.path)) {
      left.push_back(step.path);
      continue;
    }
    const std::string current = hashAt(target);
    const bool known = current.empty() || current == step.before || current == step.after;
    if (step.after.empty()) {
      if (!known) {
        left.push_back(step.path);
      } else if (!current.empty() && unlink(target.c_str()) != 0) {
        throw DiskError("remove", shownPath(site, step.path), errno);
      } else {
        removeEmptied(site.folder, step.path);
      }
      continue;
    }
    const Path source = staging / kNew / std::to_string(i);
    const auto fresh = disk::look(source);
    if (!fresh || fresh->kind != Kind::File) continue; // done before the interruption
    if (known) {
      createWay(site, step.path);
      disk::renameOver(source, target, shownPath(site, step.path));
    } else {
      left.push_back(step.path);
    }
  }
  disk::flush(site.folder);
  return left;
}

/// As DiskError, with what to do about a journal that cannot be carried out.
std::string pendingError(const Site& site, const Path& staging, std::string_view why) {
  return fmt::format("{}; `{}` is partly written, the next build completes it (what is left to do "
                     "is in `{}`)",
                     why, site.shown, staging.native());
}

std::string replaceInPlace(const Site& site, Staging& staging, const Plan& plan,
                           std::span<const DesiredFile> desired) {
  std::vector<JournalStep> steps;
  for (const std::string& path : plan.removals) {
    steps.push_back({path, hashAt(site.folder / path), ""});
  }
  disk::createFolder(staging.at(kNew), site.shown);
  for (const size_t i : plan.writes) {
    const DesiredFile& file = desired[i];
    const Entry* there = plan.before.find(file.path);
    const bool isFile = there && there->kind == Kind::File;
    disk::createFile(staging.at(kNew) / std::to_string(steps.size()), file.content,
                     isFile ? there : nullptr, shownPath(site, file.path));
    steps.push_back({std::string(file.path), isFile ? hashAt(site.folder / file.path) : "",
                     disk::hashText(file.content)});
  }
  disk::createFile(staging.at(kJournalDraft), journalText(steps), nullptr, site.shown);
  disk::flush(staging.folder());
  disk::renameOver(staging.at(kJournalDraft), staging.at(kJournal), site.shown);
  staging.keep(true);
  try {
    syncFolder(staging.folder());
    const auto left = replay(site, staging.folder(), steps);
    unlink(staging.at(kJournal).c_str());
    staging.keep(false);
    if (left.empty()) return {};
    return fmt::format("`{}` changed while it was being written and was left alone; look at it, "
                       "then run the build again",
                       fmt::join(left, "`, `"));
  } catch (const DiskError& error) {
    return pendingError(site, staging.folder(), error.what());
  }
}

} // namespace

bool Workplace::isStagingName(std::string_view name) const {
  if (!name.starts_with(prefix)) return false;
  name.remove_prefix(prefix.size());
  return !name.empty() && name.find_first_not_of("0123456789") == name.npos;
}

bool Workplace::isPrivate(std::string_view name) const {
  return name == lock.filename().native() || isStagingName(name);
}

Workplace besideOf(const Site& site) {
  const Path parent = site.folder.parent_path();
  const std::string name = fmt::format(".{}{}", site.folder.filename().native(), kPrivatePrefix);
  return {parent, name + "new-", parent / (name + "lock"), false};
}

Workplace insideOf(const Site& site) {
  const std::string name(kPrivatePrefix);
  return {site.folder, name + "new-", site.folder / (name + "lock"), true};
}

std::vector<Path> findStagings(const Workplace& workplace) {
  std::vector<Path> found;
  std::error_code ignored;
  std::error_code error; // a folder that cannot be listed has no stagings of ours
  for (std::filesystem::directory_iterator item(workplace.folder, error), end;
       !error && item != end; item.increment(error)) {
    const std::string name = item->path().filename().native();
    if (!workplace.isStagingName(name)) continue;
    const auto entry = disk::look(item->path());
    if (!entry || entry->kind != Kind::Folder) continue;
    const auto marker = disk::look(item->path() / kMarker);
    // Empty: from before the marker was there, or after it was removed.
    if ((marker && marker->kind == Kind::File) ||
        std::filesystem::is_empty(item->path(), ignored)) {
      found.push_back(item->path());
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

void recover(const Site& site, const Workplace& workplace) {
  for (const Path& staging : findStagings(workplace)) {
    if (const auto text = disk::readFile(staging / kJournal, uint64_t(1) << 30)) {
      if (const auto steps = parseJournal(*text)) {
        try {
          replay(site, staging, *steps);
        } catch (const DiskError& error) {
          throw DiskError(pendingError(site, staging, error.what()));
        }
      }
      unlink((staging / kJournal).c_str());
    }
    disk::removeFolder(staging);
  }
}

std::string commit(const Site& site, const Workplace& workplace, const Plan& plan,
                   std::span<const DesiredFile> desired, bool inPlace) {
  try {
    const bool exists = disk::look(site.folder).has_value();
    Staging staging(site, workplace);
    if (exists && isOneFile(plan, desired)) {
      return replaceOne(site, staging, plan, desired[plan.writes.front()]);
    }
    if (!exists || !(inPlace || workplace.inside)) {
      if (auto result = exchangeTree(site, staging, plan, desired, exists)) return *result;
    }
    return replaceInPlace(site, staging, plan, desired);
  } catch (const DiskError& error) {
    return fmt::format("{}; `{}` is as it was", error.what(), site.shown);
  }
}

} // namespace relc::driver
