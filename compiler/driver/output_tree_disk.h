#pragma once
// What output_tree needs of the file system. All functions here throw DiskError; writeTree turns it
// into a report.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace relc::driver::disk {

using Path = std::filesystem::path;

class DiskError : public std::runtime_error {
public:
  /// "cannot `verb` `shown`: the system's reason"
  DiskError(std::string_view verb, std::string_view shown, int error);
  explicit DiskError(const std::string& message) : std::runtime_error(message) {}
};

class Descriptor {
public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor();
  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] bool valid() const { return fd_ >= 0; }
  /// Gives up the descriptor without closing it.
  int release() {
    const int fd = fd_;
    fd_ = -1;
    return fd;
  }

private:
  int fd_;
};

enum class Kind : uint8_t { File, Folder, Link, Other };

struct Entry {
  std::string path; ///< relative to the root, with `/`
  Kind kind = Kind::Other;
  bool closed = false; ///< a folder that is not entered: a mount point, or not readable
  mode_t mode = 0;     ///< permission bits
  uid_t owner = 0;
  gid_t group = 0;
  uint64_t device = 0;
  uint64_t inode = 0;
  uint64_t size = 0;
  int64_t modified = 0; ///< nanoseconds
};

/// The entry at a path (but for `path` itself), not following a final symbolic link; nothing if
/// there is none.
std::optional<Entry> look(const Path& path);

/// All that is below a folder, at one time. Follows no symbolic link and enters no mount point.
class Snapshot {
public:
  Snapshot() = default;
  /// `skip` is asked about the names directly in `root`.
  explicit Snapshot(const Path& root, const std::function<bool(std::string_view)>& skip = nullptr);

  /// Sorted by path.
  [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }
  [[nodiscard]] const Entry* find(std::string_view path) const;
  /// Index range of what is below the folder `path`.
  [[nodiscard]] std::pair<size_t, size_t> below(std::string_view path) const;
  /// True if the same things are at the same places, as far as inode, size and time can tell.
  [[nodiscard]] bool same(const Snapshot& other) const;

private:
  std::vector<Entry> entries_;
};

/// BLAKE3, 256 bits, as 64 hexadecimal digits.
std::string hashText(std::string_view text);
/// Of a regular file; nothing if there is none at the path.
std::optional<std::string> hashFile(const Path& path);
/// True if a regular file at the path has this content.
bool hasContent(const Path& path, std::string_view content);
/// Content of a regular file; nothing if there is none or if it has more than `limit` bytes.
std::optional<std::string> readFile(const Path& path, uint64_t limit);

/// Creates a file; with the permissions and the owner of `like`, if given. `shown` is its name in
/// errors.
void createFile(const Path& path, std::string_view content, const Entry* like,
                std::string_view shown);
void createFolder(const Path& path, std::string_view shown);
/// Says that what is made in the folder need not stand near it. ext4 goes through all inodes that
/// were deleted near by in the last minutes for each new one, so that a build soon after another
/// one takes several times as long. Where that is not understood, nothing is done.
void startElsewhere(const Path& path);
/// Gives a file or folder the permissions and, if allowed, the owner of `like`.
void makeAlike(const Path& path, const Entry& like);
void renameOver(const Path& from, const Path& to, std::string_view shown);

/// Brings everything that was written to the file system of `path` to the disk. One call for all
/// files is ten times faster than one for each.
void flush(const Path& path);

/// Removes a folder and what is in it; names that sort first go last. Follows no symbolic link and
/// enters no mount point. False if something is left.
bool removeFolder(const Path& path);

/// A lock between processes: an exclusive flock on a file that exists only while it is held.
class Lock {
public:
  /// Waits until the lock is free, after one call of `onWait`. Sets `error` to the system's number
  /// and returns nothing if the file cannot be created.
  static std::optional<Lock> acquire(const Path& path, const std::function<void()>& onWait,
                                     int& error);
  Lock(Lock&&) = default;
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;
  Lock& operator=(Lock&&) = delete;
  ~Lock();

private:
  Lock(Path path, Descriptor file) : path_(std::move(path)), file_(std::move(file)) {}
  Path path_;
  Descriptor file_;
};

} // namespace relc::driver::disk
