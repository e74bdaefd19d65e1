#include "tests/filetest/test_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <stdexcept>

namespace relc::filetest {
namespace {

constexpr std::string_view directiveMark = "//! ";
constexpr std::string_view partMark = "//--- ";

/// The line behind `//`, blanks, `<` and marks such as `^^^`, or nothing if there are none.
std::string_view behindMarks(std::string_view line, char mark) {
  if (!line.starts_with("//")) return {};
  line.remove_prefix(2);
  bool first = line.starts_with('<');
  line.remove_prefix(first ? 1 : std::min(line.find_first_not_of(' '), line.size()));
  size_t marks = std::min(line.find_first_not_of(mark), line.size());
  if (marks == 0 && !first) return {};
  line.remove_prefix(marks);
  constexpr std::string_view ellipsis = "…";
  if (line.starts_with(ellipsis)) line.remove_prefix(ellipsis.size());
  return line;
}

/// `<E2 80 AE>` at `at`; leaves `at` behind it.
bool appendBytes(std::string& out, std::string_view line, size_t& at) {
  std::string bytes;
  for (size_t i = at + 1; i + 2 < line.size(); i += 3) {
    unsigned byte = 0;
    auto [last, error] = std::from_chars(line.data() + i, line.data() + i + 2, byte, 16);
    if (error != std::errc() || last != line.data() + i + 2) return false;
    bytes += static_cast<char>(byte);
    if (line[i + 2] == '>') {
      out += bytes;
      at = i + 3;
      return true;
    }
    if (line[i + 2] != ' ') return false;
  }
  return false;
}

} // namespace

std::vector<std::string> splitLines(std::string_view text) {
  std::vector<std::string> lines;
  for (size_t at = 0; at < text.size();) {
    size_t newline = std::min(text.find('\n', at), text.size());
    lines.emplace_back(text.substr(at, newline - at));
    at = newline + 1;
  }
  return lines;
}

bool isExpectation(std::string_view line) {
  if (line.starts_with("//@")) return true;
  if (line.starts_with("//  = ")) {
    line.remove_prefix(6);
    for (std::string_view word : {"in: ", "note: ", "why: ", "help: ", "fix: "})
      if (line.starts_with(word)) return true;
    return false;
  }
  if (auto rest = behindMarks(line, '^'); !rest.empty())
    for (std::string_view severity : {" error[REL", " warning[REL", " note[REL"})
      if (rest.starts_with(severity)) return true;
  return behindMarks(line, '-').starts_with(" of REL");
}

std::vector<std::string> expectedCodes(std::string_view text) {
  std::vector<std::string> codes;
  for (const std::string& line : splitLines(text)) {
    if (!isExpectation(line)) continue;
    size_t code = line.find("[REL");
    if (code != line.npos && line.find("]:", code) == code + 8)
      codes.push_back(line.substr(code + 1, 7));
  }
  return codes;
}

size_t Part::lineOf(uint32_t offset) const {
  if (offset >= text.size() && (text.empty() || text.back() == '\n')) return lines.size();
  return static_cast<size_t>(std::upper_bound(starts.begin(), starts.end(), offset) -
                             starts.begin()) -
         1;
}

TestFile::TestFile(std::string name, std::string_view text) {
  directives.now = *model::parseDate("2026-11-23");
  std::vector<std::string> lines = splitLines(text);
  size_t at = 0;
  for (; at < lines.size(); ++at) {
    if (isExpectation(lines[at])) continue; // a finding without a place
    if (!lines[at].starts_with(directiveMark)) break;
    directive(lines[at]);
    header_.push_back(lines[at]);
  }
  for (; at < lines.size(); ++at) {
    std::string& line = lines[at];
    if (isExpectation(line)) continue;
    if (line.starts_with(partMark)) {
      if (parts.empty()) named_ = true;
      if (named_) {
        parts.push_back({line.substr(partMark.size()), {}, {}, {}});
        continue;
      }
    }
    if (parts.empty()) parts.push_back({name, {}, {}, {}});
    parts.back().lines.push_back(std::move(line));
  }
  if (parts.empty()) parts.push_back({std::move(name), {}, {}, {}});
  for (Part& part : parts) compose(part);
}

void TestFile::directive(std::string_view line) {
  std::string_view word = line.substr(directiveMark.size());
  std::string_view argument;
  if (size_t space = word.find(' '); space != word.npos) {
    argument = word.substr(space + 1);
    word = word.substr(0, space);
  }
  struct Switch {
    std::string_view word;
    bool Directives::* flag;
  };
  static constexpr Switch switches[] = {{"full", &Directives::full},
                                        {"no-system", &Directives::noSystem},
                                        {"crlf", &Directives::crlf},
                                        {"bom", &Directives::bom},
                                        {"no-final-newline", &Directives::noFinalNewline},
                                        {"bytes", &Directives::bytes},
                                        {"color", &Directives::color}};
  for (const Switch& known : switches)
    if (known.word == word && argument.empty()) {
      directives.*known.flag = true;
      return;
    }
  auto date = model::parseDate(argument);
  if (word == "now" && date) {
    directives.now = *date;
    return;
  }
  auto [last, error] =
      std::from_chars(argument.data(), argument.data() + argument.size(), directives.width);
  if (word != "width" || error != std::errc() || last != argument.data() + argument.size())
    throw std::runtime_error(fmt::format("unknown directive `{}`", line));
}

void TestFile::compose(Part& part) const {
  if (directives.bom) part.text = "\xef\xbb\xbf";
  for (const std::string& line : part.lines) {
    // The byte order mark belongs to the first line, which begins behind it.
    part.starts.push_back(static_cast<uint32_t>(part.text.size()));
    for (size_t i = 0; i < line.size();)
      if (!directives.bytes || line[i] != '<' || !appendBytes(part.text, line, i))
        part.text += line[i++];
    part.text += directives.crlf ? "\r\n" : "\n";
  }
  if (directives.noFinalNewline && !part.lines.empty())
    part.text.resize(part.text.size() - (directives.crlf ? 2 : 1));
  if (!part.starts.empty()) part.starts.front() = 0;
}

namespace {

bool isBeside(const SourceFile& file) {
  return file.path.starts_with("../");
}

/// A disk on which there is nothing but a test: the workspace and what lies beside it.
class Disk final : public FolderReader {
public:
  explicit Disk(const std::vector<SourceFile>& files) : files_(files) {}

  FoundFolder find(std::string_view folder, std::string_view from) override {
    std::string path = (std::filesystem::path(from) / folder / "").lexically_normal();
    if (path.ends_with("..")) path += '/';
    if (path == "." || path == "./") path.clear();
    if (path.starts_with("../../")) return {FoundFolder::State::Outside, {}, "it leads out"};
    // The workspace is somewhere, and something around it.
    bool known = path.empty() || path == "../" || !below(path).empty();
    return {known ? FoundFolder::State::Found : FoundFolder::State::Missing, path, {}};
  }

  FolderContents read(const std::string& path) override { return {below(path), {}}; }

private:
  const std::vector<SourceFile>& files_;

  [[nodiscard]] std::vector<SourceFile> below(std::string_view folder) const {
    std::vector<SourceFile> files;
    for (const SourceFile& file : files_)
      if (file.path.starts_with(folder)) files.push_back(file);
    return files;
  }
};

} // namespace

std::unique_ptr<Compilation> compileFiles(const std::vector<SourceFile>& files, model::Date now,
                                          std::string environment) {
  Disk disk(files);
  PipelineOptions options{now};
  options.environment = std::move(environment);
  options.folders = &disk;
  std::vector<SourceFile> own = files;
  std::erase_if(own, isBeside);
  return compile(std::move(own), options);
}

std::vector<SourceFile> TestFile::files() const {
  std::vector<SourceFile> files;
  bool hasSystem = directives.noSystem;
  for (const Part& part : parts) {
    files.push_back({part.path, part.text});
    if (isBeside(files.back())) continue;
    for (const std::string& line : part.lines) hasSystem |= line.starts_with("system");
  }
  if (!hasSystem) files.push_back({"example-system.rel", "system example {}\n"});
  return files;
}

} // namespace relc::filetest
