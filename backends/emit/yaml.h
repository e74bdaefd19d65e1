#pragma once
// A streaming writer of block-style YAML that YAML 1.1 and 1.2 readers understand alike.

#include "backends/emit/number.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace relc::emit {

/// Appends YAML to a buffer, one call a token:
///
///     YamlWriter yaml(out);
///     yaml.comment("checkout.rel:12").beginMap();
///     yaml.key("groups").beginList();
///     yaml.beginMap().entry("name", "checkout").entry("interval", "30s").endMap();
///     yaml.endList().endMap();
///
/// Any text comes back as itself: it is written plain only if no reader could take it for anything
/// else, over several lines as a literal block where that is exact, else in quotes. Bytes that are
/// no UTF-8 come back as U+FFFD. Calls must nest properly, in a map each value needs its key
/// (asserted); keys are not checked for being unique.
class YamlWriter {
public:
  explicit YamlWriter(std::string& out) : out_(out) { frames_.reserve(16); }

  YamlWriter& beginMap() { return begin(true); }
  YamlWriter& endMap() { return end(true, "{}"); }
  YamlWriter& beginList() { return begin(false); }
  YamlWriter& endList() { return end(false, "[]"); }

  YamlWriter& key(std::string_view name);

  YamlWriter& value(std::string_view text);
  YamlWriter& value(const char* text) { return value(std::string_view(text)); }
  YamlWriter& value(const std::string& text) { return value(std::string_view(text)); }
  template <std::same_as<bool> T>
  YamlWriter& value(T truth) {
    return word(truth ? "true" : "false");
  }
  template <Integer T>
  YamlWriter& value(T number) {
    openValue();
    appendNumber(out_, number);
    return closeValue();
  }
  /// Infinities and NaN are written as YAML has them (`.inf`, `-.inf`, `.nan`).
  YamlWriter& value(double number);
  YamlWriter& null() { return word("null"); }

  /// key and value in one.
  template <class T>
  YamlWriter& entry(std::string_view name, const T& content) {
    return key(name).value(content);
  }

  /// Writes `# text` on lines of its own before what comes next; not between a key and its value.
  /// Nothing in the text can end the comment early: line breaks of any kind start a new comment
  /// line, invisible characters are shown as `\u202e`.
  YamlWriter& comment(std::string_view text);
  /// An empty line; only where a new line starts anyway.
  YamlWriter& blankLine();
  /// `---`, before each document of a file that holds several.
  YamlWriter& beginDocument();

  /// True if all maps and lists are closed.
  [[nodiscard]] bool complete() const { return frames_.empty(); }

private:
  enum class At : uint8_t { LineStart, AfterKey, AfterDash };
  struct Frame {
    uint32_t indent;
    bool isMap;
    bool empty;
  };

  YamlWriter& begin(bool isMap);
  YamlWriter& end(bool isMap, std::string_view ifEmpty);
  YamlWriter& word(std::string_view plain);
  void startLine(Frame& frame);
  void openItem();
  void openValue();
  YamlWriter& closeValue();
  [[nodiscard]] uint32_t blockIndent() const;

  std::string& out_;
  std::vector<Frame> frames_;
  At at_ = At::LineStart;
};

} // namespace relc::emit
