#include "compiler/driver/output_tree_disk.h"

#include <llvm/ADT/StringExtras.h>
#include <llvm/Support/BLAKE3.h>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <system_error>

#include <dirent.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace relc::driver::disk {

namespace {

std::optional<Entry> lookAt(int folder, const char* name) {
  struct statx info{};
  if (statx(folder, name, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT, STATX_BASIC_STATS, &info) != 0) {
    return std::nullopt;
  }
  Entry entry;
  entry.kind = S_ISREG(info.stx_mode)   ? Kind::File
               : S_ISDIR(info.stx_mode) ? Kind::Folder
               : S_ISLNK(info.stx_mode) ? Kind::Link
                                        : Kind::Other;
  entry.closed = (info.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
  entry.mode = info.stx_mode & 07777;
  entry.owner = info.stx_uid;
  entry.group = info.stx_gid;
  entry.device = uint64_t(info.stx_dev_major) << 32 | info.stx_dev_minor;
  entry.inode = info.stx_ino;
  entry.size = info.stx_size;
  entry.modified = info.stx_mtime.tv_sec * 1'000'000'000 + info.stx_mtime.tv_nsec;
  return entry;
}

/// Opens a regular file for reading; never blocks on what is none.
Descriptor openFile(const Path& path) {
  Descriptor file(open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (!file.valid()) {
    if (errno == ENOENT || errno == ENOTDIR || errno == ELOOP || errno == ENXIO) return file;
    throw DiskError("read", path.native(), errno);
  }
  struct stat info{};
  if (fstat(file.get(), &info) != 0) throw DiskError("read", path.native(), errno);
  if (!S_ISREG(info.st_mode)) return Descriptor(-1);
  return file;
}

/// Hands the file's content to `use` in pieces until that returns false.
template <class Use>
void readChunks(const Path& path, const Descriptor& file, const Use& use) {
  std::array<char, 64 * 1024> buffer;
  for (;;) {
    const ssize_t size = read(file.get(), buffer.data(), buffer.size());
    if (size == 0) return;
    if (size < 0) {
      if (errno == EINTR) continue;
      throw DiskError("read", path.native(), errno);
    }
    if (!use(std::string_view(buffer.data(), size_t(size)))) return;
  }
}

llvm::ArrayRef<uint8_t> bytesOf(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

std::string hexOf(const llvm::BLAKE3Result<>& hash) {
  return llvm::toHex(hash, true);
}

} // namespace

DiskError::DiskError(std::string_view verb, std::string_view shown, int error)
    : std::runtime_error(
          fmt::format("cannot {} `{}`: {}", verb, shown, std::generic_category().message(error))) {}

Descriptor::~Descriptor() {
  if (fd_ >= 0) close(fd_);
}

std::optional<Entry> look(const Path& path) {
  auto entry = lookAt(AT_FDCWD, path.c_str());
  if (!entry && errno != ENOENT && errno != ENOTDIR) {
    throw DiskError("read", path.native(), errno);
  }
  return entry;
}

Snapshot::Snapshot(const Path& root, const std::function<bool(std::string_view)>& skip) {
  const auto top = look(root);
  if (!top) throw DiskError("read", root.native(), ENOENT);
  std::vector<std::string> pending = {""};
  while (!pending.empty()) {
    const std::string folder = std::move(pending.back());
    pending.pop_back();
    const Path path = folder.empty() ? root : root / folder;
    Descriptor fd(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!fd.valid()) throw DiskError("read", path.native(), errno);
    const std::unique_ptr<DIR, int (*)(DIR*)> listing(fdopendir(fd.get()), closedir);
    if (!listing) throw DiskError("read", path.native(), errno);
    const int at = fd.release();
    while (const dirent* item = (errno = 0, readdir(listing.get()))) {
      const std::string_view name = item->d_name;
      if (name == "." || name == ".." || (folder.empty() && skip && skip(name))) continue;
      auto entry = lookAt(at, item->d_name);
      if (!entry) {
        if (errno == ENOENT) continue; // gone since
        throw DiskError("read", (path / name).native(), errno);
      }
      entry->path = folder.empty() ? std::string(name) : fmt::format("{}/{}", folder, name);
      // Subvolumes are no mount points and yet cannot be renamed or linked across.
      if (entry->kind == Kind::Folder && entry->device != top->device) entry->closed = true;
      if (entry->kind == Kind::Folder &&
          faccessat(at, item->d_name, R_OK | X_OK, AT_EACCESS) != 0) {
        entry->closed = true;
      }
      if (entry->kind == Kind::Folder && !entry->closed) pending.push_back(entry->path);
      entries_.push_back(std::move(*entry));
    }
    if (errno != 0) throw DiskError("read", path.native(), errno);
  }
  std::sort(entries_.begin(), entries_.end(),
            [](const Entry& a, const Entry& b) { return a.path < b.path; });
}

const Entry* Snapshot::find(std::string_view path) const {
  const auto found =
      std::lower_bound(entries_.begin(), entries_.end(), path,
                       [](const Entry& entry, std::string_view key) { return entry.path < key; });
  return found != entries_.end() && found->path == path ? &*found : nullptr;
}

std::pair<size_t, size_t> Snapshot::below(std::string_view path) const {
  const auto before = [](const Entry& entry, const std::string& key) { return entry.path < key; };
  const auto first =
      std::lower_bound(entries_.begin(), entries_.end(), fmt::format("{}/", path), before);
  // `0` is what follows `/`.
  const auto last = std::lower_bound(first, entries_.end(), fmt::format("{}0", path), before);
  return {size_t(first - entries_.begin()), size_t(last - entries_.begin())};
}

bool Snapshot::same(const Snapshot& other) const {
  return std::equal(entries_.begin(), entries_.end(), other.entries_.begin(), other.entries_.end(),
                    [](const Entry& a, const Entry& b) {
                      if (a.path != b.path || a.kind != b.kind || a.inode != b.inode) return false;
                      // A folder's own time tells nothing that its entries do not.
                      return a.kind == Kind::Folder ||
                             (a.size == b.size && a.modified == b.modified);
                    });
}

std::string hashText(std::string_view text) {
  return hexOf(llvm::BLAKE3::hash(bytesOf(text)));
}

std::optional<std::string> hashFile(const Path& path) {
  const Descriptor file = openFile(path);
  if (!file.valid()) return std::nullopt;
  llvm::BLAKE3 hasher;
  readChunks(path, file, [&](std::string_view chunk) {
    hasher.update(bytesOf(chunk));
    return true;
  });
  return hexOf(hasher.final());
}

bool hasContent(const Path& path, std::string_view content) {
  const Descriptor file = openFile(path);
  if (!file.valid()) return false;
  bool equal = true;
  readChunks(path, file, [&](std::string_view chunk) {
    equal = content.starts_with(chunk);
    if (equal) content.remove_prefix(chunk.size());
    return equal;
  });
  return equal && content.empty();
}

std::optional<std::string> readFile(const Path& path, uint64_t limit) {
  const Descriptor file = openFile(path);
  if (!file.valid()) return std::nullopt;
  std::string content;
  readChunks(path, file, [&](std::string_view chunk) {
    content += chunk;
    return content.size() <= limit;
  });
  if (content.size() > limit) return std::nullopt;
  return content;
}

void createFile(const Path& path, std::string_view content, const Entry* like,
                std::string_view shown) {
  Descriptor file(open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666));
  if (!file.valid()) throw DiskError("write", shown, errno);
  while (!content.empty()) {
    const ssize_t size = write(file.get(), content.data(), content.size());
    if (size < 0) {
      if (errno == EINTR) continue;
      throw DiskError("write", shown, errno);
    }
    content.remove_prefix(size_t(size));
  }
  if (like) makeAlike(path, *like);
  // Some file systems say only here that the disk is full.
  if (close(file.release()) != 0) throw DiskError("write", shown, errno);
}

void createFolder(const Path& path, std::string_view shown) {
  if (mkdir(path.c_str(), 0777) != 0) throw DiskError("create", shown, errno);
}

void startElsewhere(const Path& path) {
  const Descriptor folder(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  int flags = 0;
  if (!folder.valid() || ioctl(folder.get(), FS_IOC_GETFLAGS, &flags) != 0) return;
  flags |= FS_TOPDIR_FL;
  ioctl(folder.get(), FS_IOC_SETFLAGS, &flags);
}

void makeAlike(const Path& path, const Entry& like) {
  // Only a privileged build can give files away; for others the owner is who runs it, as ever.
  const auto now = look(path);
  if (!now) return;
  if (now->owner != like.owner || now->group != like.group) {
    [[maybe_unused]] const int ignored = lchown(path.c_str(), like.owner, like.group);
  }
  if (now->mode != like.mode) chmod(path.c_str(), like.mode);
}

void renameOver(const Path& from, const Path& to, std::string_view shown) {
  if (rename(from.c_str(), to.c_str()) != 0) throw DiskError("write", shown, errno);
}

void flush(const Path& path) {
  const Descriptor folder(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder.valid() || syncfs(folder.get()) != 0) throw DiskError("write", path.native(), errno);
}

bool removeFolder(const Path& path) {
  try {
    const Snapshot content(path);
    for (const Entry& entry : content.entries()) {
      // So that a folder somebody made read-only can be emptied.
      if (entry.kind == Kind::Folder && !entry.closed) chmod((path / entry.path).c_str(), 0700);
    }
    for (auto entry = content.entries().rbegin(); entry != content.entries().rend(); ++entry) {
      const int flags = entry->kind == Kind::Folder ? AT_REMOVEDIR : 0;
      // Stops where it cannot go on, so that the first names are there as long as anything is.
      if (unlinkat(AT_FDCWD, (path / entry->path).c_str(), flags) != 0) return false;
    }
    return rmdir(path.c_str()) == 0;
  } catch (const DiskError&) {
    return false;
  }
}

std::optional<Lock> Lock::acquire(const Path& path, const std::function<void()>& onWait,
                                  int& error) {
  bool waited = false;
  for (;;) {
    Descriptor file(open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0666));
    if (!file.valid()) {
      error = errno;
      return std::nullopt;
    }
    while (flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
      if (errno == EWOULDBLOCK) {
        if (onWait && !waited) onWait();
        waited = true;
        if (flock(file.get(), LOCK_EX) == 0) break;
      }
      if (errno != EINTR) {
        error = errno;
        return std::nullopt;
      }
    }
    // The holder before us removed the file: whoever came after has locked another one.
    struct stat held{};
    struct stat current{};
    if (fstat(file.get(), &held) == 0 && lstat(path.c_str(), &current) == 0 &&
        held.st_ino == current.st_ino && held.st_dev == current.st_dev) {
      return Lock(path, std::move(file));
    }
  }
}

Lock::~Lock() {
  if (file_.valid()) unlink(path_.c_str());
}

} // namespace relc::driver::disk
