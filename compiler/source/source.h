#pragma once
// Files, buffers and byte ranges. Everything above this room speaks of source text as
// (file, byte range); lines and columns exist only where a person or an editor reads them.

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace relc::source {

/// Index of a file in its SourceManager.
struct FileId {
  uint32_t index = UINT32_MAX;
  [[nodiscard]] bool valid() const { return index != UINT32_MAX; }
  friend auto operator<=>(FileId, FileId) = default;
};

/// Half-open byte range [begin, end) in one file.
struct Range {
  FileId file;
  uint32_t begin = 0;
  uint32_t end = 0;
  [[nodiscard]] bool valid() const { return file.valid(); }
  [[nodiscard]] uint32_t size() const { return end - begin; }
  [[nodiscard]] bool contains(const Range& other) const {
    return file == other.file && begin <= other.begin && other.end <= end;
  }
  friend auto operator<=>(const Range&, const Range&) = default;
};

/// The smallest range that covers both; both must lie in the same file.
Range join(const Range& first, const Range& last);

/// 1-based line, 1-based column in bytes.
struct Position {
  uint32_t line = 1;
  uint32_t column = 1;
};

/// Owns the text of all files of a run. Text never moves: views into it stay valid as long as the
/// manager lives. Reading is thread-safe once all files are added; adding is not.
class SourceManager {
public:
  /// `path` is the name that findings show (relative to the workspace, `/` as separator).
  FileId add(std::string path, std::string text);

  [[nodiscard]] size_t fileCount() const { return files_.size(); }
  [[nodiscard]] std::string_view path(FileId file) const { return files_[file.index].path; }
  [[nodiscard]] std::string_view text(FileId file) const { return files_[file.index].text; }
  [[nodiscard]] std::string_view text(const Range& range) const {
    return text(range.file).substr(range.begin, range.size());
  }

  [[nodiscard]] Position position(FileId file, uint32_t offset) const;
  /// Text of a 1-based line without its line ending.
  [[nodiscard]] std::string_view line(FileId file, uint32_t line) const;
  /// Offset of the first byte of a 1-based line.
  [[nodiscard]] uint32_t lineStart(FileId file, uint32_t line) const;

private:
  struct File {
    std::string path;
    std::string text;
    mutable std::once_flag linesComputed;
    mutable std::vector<uint32_t> lineStarts;
  };
  [[nodiscard]] const std::vector<uint32_t>& lineStarts(FileId file) const;
  std::deque<File> files_;
};

} // namespace relc::source
