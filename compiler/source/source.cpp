#include "compiler/source/source.h"

#include <algorithm>
#include <cassert>

namespace relc::source {

Range join(const Range& first, const Range& last) {
  assert(first.file == last.file);
  return {first.file, std::min(first.begin, last.begin), std::max(first.end, last.end)};
}

FileId SourceManager::add(std::string path, std::string text) {
  FileId id{static_cast<uint32_t>(files_.size())};
  File& file = files_.emplace_back();
  file.path = std::move(path);
  file.text = std::move(text);
  return id;
}

const std::vector<uint32_t>& SourceManager::lineStarts(FileId id) const {
  const File& file = files_[id.index];
  std::call_once(file.linesComputed, [&] {
    file.lineStarts.push_back(0);
    for (size_t i = 0; i < file.text.size(); ++i)
      if (file.text[i] == '\n') file.lineStarts.push_back(static_cast<uint32_t>(i + 1));
  });
  return file.lineStarts;
}

Position SourceManager::position(FileId file, uint32_t offset) const {
  const auto& starts = lineStarts(file);
  offset = std::min<uint32_t>(offset, static_cast<uint32_t>(files_[file.index].text.size()));
  auto next = std::upper_bound(starts.begin(), starts.end(), offset);
  auto line = static_cast<uint32_t>(next - starts.begin());
  return {line, offset - starts[line - 1] + 1};
}

uint32_t SourceManager::lineStart(FileId file, uint32_t line) const {
  const auto& starts = lineStarts(file);
  return starts[std::min<size_t>(line, starts.size()) - 1];
}

std::string_view SourceManager::line(FileId file, uint32_t line) const {
  const auto& starts = lineStarts(file);
  if (line == 0 || line > starts.size()) return {};
  std::string_view all = files_[file.index].text;
  size_t begin = starts[line - 1];
  size_t end = line < starts.size() ? starts[line] - 1 : all.size();
  if (end > begin && all[end - 1] == '\r') --end;
  return all.substr(begin, end - begin);
}

} // namespace relc::source
