#include "compiler/driver/output_tree_manifest.h"

#include "backends/emit/json.h"
#include "backends/emit/text.h"

#include <algorithm>
#include <charconv>
#include <system_error>
#include <utility>

namespace relc::driver {

namespace {

constexpr uint64_t kFormat = 1;
constexpr std::string_view kManifestKind = "relc";
constexpr std::string_view kJournalKind = "relc journal";

/// Reads the few shapes of JSON that are written here, each call one expected token; anything else
/// fails for good. A general parser would build (and recurse into) whatever somebody put there.
class Reader {
public:
  explicit Reader(std::string_view text) : rest_(text) {}

  [[nodiscard]] bool atEnd() {
    skipSpace();
    return ok_ && rest_.empty();
  }
  /// True if the next token is this one, which is then used up.
  bool take(char token) {
    skipSpace();
    if (!ok_ || rest_.empty() || rest_.front() != token) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void expect(char token) { ok_ = take(token); }
  void key(std::string_view name) {
    require(text() == name);
    expect(':');
  }
  /// A member that is a text.
  std::string member(std::string_view name) {
    key(name);
    return text();
  }
  void require(bool right) { ok_ = ok_ && right; }
  uint64_t number() {
    skipSpace();
    uint64_t value = 0;
    const auto [end, error] = std::from_chars(rest_.begin(), rest_.end(), value);
    if (error != std::errc()) return fail(), 0;
    rest_.remove_prefix(size_t(end - rest_.begin()));
    return value;
  }
  std::string text() {
    std::string value;
    expect('"');
    while (ok_) {
      const size_t stop = rest_.find_first_of("\"\\");
      if (stop == rest_.npos) return fail(), value;
      value += rest_.substr(0, stop);
      const bool isEnd = rest_[stop] == '"';
      rest_.remove_prefix(stop + 1);
      if (isEnd) break;
      unescape(value);
    }
    return value;
  }
  /// Calls `item` for each item of a list.
  template <class Item>
  void list(const Item& item) {
    expect('[');
    if (take(']')) return;
    do {
      item();
    } while (ok_ && take(','));
    expect(']');
  }

private:
  void fail() { ok_ = false; }
  void skipSpace() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(" \n\r\t"), rest_.size()));
  }
  void unescape(std::string& value) {
    static constexpr std::string_view kLetters = "\"\\/bfnrt";
    static constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
    if (rest_.empty()) return fail();
    const char letter = rest_.front();
    rest_.remove_prefix(1);
    if (const size_t i = kLetters.find(letter); i != kLetters.npos) {
      value += kMeanings[i];
      return;
    }
    uint32_t codePoint = 0;
    const std::string_view digits = rest_.substr(0, 4);
    const auto [end, error] = std::from_chars(digits.begin(), digits.end(), codePoint, 16);
    const bool surrogate = codePoint >= 0xD800 && codePoint < 0xE000; // never written
    if (letter != 'u' || error != std::errc() || end != digits.begin() + 4 || surrogate) {
      return fail();
    }
    rest_.remove_prefix(4);
    emit::appendUtf8(value, codePoint);
  }

  std::string_view rest_;
  bool ok_ = true;
};

bool isHash(std::string_view text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == text.npos;
}

/// What every file that is written here begins with.
void head(emit::JsonWriter& json, std::string_view kind) {
  json.beginMap().entry("generator", kind).entry("format", kFormat);
}

void readHead(Reader& json, std::string_view kind) {
  json.expect('{');
  json.require(json.member("generator") == kind);
  json.expect(',');
  json.key("format");
  json.require(json.number() == kFormat);
  json.expect(',');
}

} // namespace

const ManifestEntry* Manifest::find(std::string_view path) const {
  const auto found = std::lower_bound(
      files.begin(), files.end(), path,
      [](const ManifestEntry& entry, std::string_view key) { return entry.path < key; });
  return found != files.end() && found->path == path ? &*found : nullptr;
}

std::string_view pathProblem(std::string_view path) {
  if (path.empty()) return "it is empty";
  if (path.front() == '/') return "it is absolute";
  // Leaves room for the output folder's own path within the system's 4,096 bytes.
  if (path.size() > 1000) return "it is longer than 1000 bytes";
  if (path.find('\0') != path.npos) return "it has a NUL character";
  if (path == kManifestName) return "the manifest has that name";
  if (path.starts_with(kPrivatePrefix)) return "names that begin with `.relc-` are reserved";
  std::string valid;
  emit::appendValidUtf8(valid, path);
  if (valid != path) return "it is not UTF-8";
  for (size_t start = 0; start <= path.size();) {
    const size_t end = std::min(path.find('/', start), path.size());
    const std::string_view part = path.substr(start, end - start);
    if (part.empty()) return "it has an empty part";
    if (part.size() > 255) return "a part of it is longer than 255 bytes";
    if (part == "." || part == "..") return "it has a part `.` or `..`";
    start = end + 1;
  }
  return {};
}

std::string manifestText(const Manifest& manifest) {
  std::string out;
  emit::JsonWriter json(out);
  head(json, kManifestKind);
  json.entry("inputs", manifest.inputs).key("files").beginList();
  for (const ManifestEntry& file : manifest.files) {
    json.beginMap().entry("path", file.path).entry("blake3", file.hash).entry("size", file.size);
    json.key("origins").beginList();
    for (const std::string& origin : file.origins) json.value(origin);
    json.endList().endMap();
  }
  json.endList().endMap();
  return out;
}

std::optional<Manifest> parseManifest(std::string_view text) {
  Manifest manifest;
  Reader json(text);
  readHead(json, kManifestKind);
  manifest.inputs = json.member("inputs");
  json.expect(',');
  json.key("files");
  json.list([&] {
    ManifestEntry file;
    json.expect('{');
    file.path = json.member("path");
    json.expect(',');
    file.hash = json.member("blake3");
    json.expect(',');
    json.key("size");
    file.size = json.number();
    json.expect(',');
    json.key("origins");
    json.list([&] { file.origins.push_back(json.text()); });
    json.expect('}');
    json.require(isHash(file.hash) && pathProblem(file.path).empty());
    json.require(manifest.files.empty() || manifest.files.back().path < file.path);
    manifest.files.push_back(std::move(file));
  });
  json.expect('}');
  if (!json.atEnd()) return std::nullopt;
  return manifest;
}

std::string journalText(const std::vector<JournalStep>& steps) {
  std::string out;
  emit::JsonWriter json(out);
  head(json, kJournalKind);
  json.key("steps").beginList();
  for (const JournalStep& step : steps) {
    json.beginMap().entry("path", step.path).entry("before", step.before);
    json.entry("after", step.after).endMap();
  }
  json.endList().endMap();
  return out;
}

std::optional<std::vector<JournalStep>> parseJournal(std::string_view text) {
  std::vector<JournalStep> steps;
  Reader json(text);
  readHead(json, kJournalKind);
  json.key("steps");
  json.list([&] {
    JournalStep step;
    json.expect('{');
    step.path = json.member("path");
    json.expect(',');
    step.before = json.member("before");
    json.expect(',');
    step.after = json.member("after");
    json.expect('}');
    json.require(step.path == kManifestName || pathProblem(step.path).empty());
    steps.push_back(std::move(step));
  });
  json.expect('}');
  if (!json.atEnd()) return std::nullopt;
  return steps;
}

} // namespace relc::driver
