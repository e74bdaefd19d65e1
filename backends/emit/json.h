#pragma once
// A streaming writer of JSON (RFC 8259) with the calls of YamlWriter.

#include "backends/emit/number.h"
#include "backends/emit/text.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace relc::emit {

enum class JsonLayout : uint8_t {
  Pretty,  ///< two spaces a level, one member a line, a line feed at the end
  Compact, ///< no white space at all
};

/// Appends JSON to a buffer, one call a token:
///
///     JsonWriter json(out);
///     json.beginMap().entry("version", 1).key("files").beginList().value("a").endList().endMap();
///
/// Any text comes back as itself; bytes that are no UTF-8 come back as U+FFFD. Calls must nest
/// properly, in a map each value needs its key (asserted); keys are not checked for being unique.
class JsonWriter {
public:
  explicit JsonWriter(std::string& out, JsonLayout layout = JsonLayout::Pretty,
                      Embedding embedding = Embedding::File)
      : out_(out), layout_(layout), embedding_(embedding) {
    frames_.reserve(16);
  }

  JsonWriter& beginMap() { return begin(true, '{'); }
  JsonWriter& endMap() { return end(true, '}'); }
  JsonWriter& beginList() { return begin(false, '['); }
  JsonWriter& endList() { return end(false, ']'); }

  JsonWriter& key(std::string_view name);

  JsonWriter& value(std::string_view text) {
    openValue();
    appendQuoted(out_, text, embedding_);
    return closeValue();
  }
  JsonWriter& value(const char* text) { return value(std::string_view(text)); }
  JsonWriter& value(const std::string& text) { return value(std::string_view(text)); }
  template <std::same_as<bool> T>
  JsonWriter& value(T truth) {
    return word(truth ? "true" : "false");
  }
  template <Integer T>
  JsonWriter& value(T number) {
    openValue();
    appendNumber(out_, number);
    return closeValue();
  }
  /// Infinities and NaN, which JSON does not have, are written as null.
  JsonWriter& value(double number);
  JsonWriter& null() { return word("null"); }

  /// key and value in one.
  template <class T>
  JsonWriter& entry(std::string_view name, const T& content) {
    return key(name).value(content);
  }

  /// True if all maps and lists are closed.
  [[nodiscard]] bool complete() const { return frames_.empty(); }

private:
  struct Frame {
    bool isMap;
    bool empty;
  };

  JsonWriter& begin(bool isMap, char bracket);
  JsonWriter& end(bool isMap, char bracket);
  JsonWriter& word(std::string_view text);
  void newLine();
  void nextItem();
  void openValue();
  JsonWriter& closeValue();

  std::string& out_;
  std::vector<Frame> frames_;
  JsonLayout layout_;
  Embedding embedding_;
  bool afterKey_ = false;
};

} // namespace relc::emit
