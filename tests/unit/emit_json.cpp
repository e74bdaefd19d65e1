#include "backends/emit/json.h"
#include "backends/emit/text.h"
#include "tests/unit/emit_samples.h"

#include <catch2/catch.hpp>

#include <cmath>
#include <functional>
#include <limits>
#include <optional>

using relc::emit::JsonLayout;
using relc::emit::JsonWriter;

namespace {

std::string written(const std::function<void(JsonWriter&)>& write,
                    JsonLayout layout = JsonLayout::Pretty) {
  std::string out;
  JsonWriter json(out, layout);
  write(json);
  REQUIRE(json.complete());
  return out;
}

/// A reader of RFC 8259 that takes nothing else; lists the strings (keys too) in their order.
class StrictReader {
public:
  explicit StrictReader(std::string_view text) : text_(text) {}

  std::optional<std::vector<std::string>> strings() {
    if (!value(0) || (space(), at_ != text_.size())) return std::nullopt;
    return strings_;
  }

private:
  void space() {
    while (at_ < text_.size() && std::string_view(" \n\r\t").find(text_[at_]) != text_.npos) ++at_;
  }
  bool take(std::string_view token) {
    space();
    if (text_.substr(at_, token.size()) != token) return false;
    at_ += token.size();
    return true;
  }
  bool value(int depth) {
    if (depth > 100) return false;
    if (take("{")) return take("}") || items('}', depth);
    if (take("[")) return take("]") || items(']', depth);
    if (take("true") || take("false") || take("null")) return true;
    if (at_ < text_.size() && text_[at_] == '"') return string();
    const size_t start = at_;
    while (at_ < text_.size() && std::string_view("+-.eE0123456789").find(text_[at_]) != text_.npos)
      ++at_;
    return at_ > start;
  }
  bool items(char close, int depth) {
    do {
      space();
      if (close == '}' && !(string() && take(":"))) return false;
      if (!value(depth + 1)) return false;
    } while (take(","));
    return take(std::string_view(&close, 1));
  }
  bool string() {
    if (!take("\"")) return false;
    std::string result;
    while (at_ < text_.size() && text_[at_] != '"') {
      if (uint8_t(text_[at_]) < 0x20) return false;
      if (text_[at_] != '\\') {
        result += text_[at_++];
        continue;
      }
      static constexpr std::string_view kLetters = "\"\\/bfnrt";
      static constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
      const char letter = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
      if (letter == 'u') {
        relc::emit::appendUtf8(
            result, uint32_t(std::stoul(std::string(text_.substr(at_ + 2, 4)), nullptr, 16)));
        at_ += 6;
      } else if (const size_t i = kLetters.find(letter); i != std::string_view::npos) {
        result += kMeanings[i];
        at_ += 2;
      } else {
        return false;
      }
    }
    strings_.push_back(std::move(result));
    return at_++ < text_.size();
  }

  std::string_view text_;
  size_t at_ = 0;
  std::vector<std::string> strings_;
};

std::string listOf(const std::vector<std::string>& texts, JsonLayout layout) {
  return written(
      [&](JsonWriter& json) {
        json.beginList();
        for (const auto& text : texts) json.beginMap().entry(text, text).endMap();
        json.endList();
      },
      layout);
}

void requireBack(const std::vector<std::string>& texts, const std::vector<std::string>& expected) {
  for (const auto layout : {JsonLayout::Pretty, JsonLayout::Compact}) {
    const auto strings = StrictReader(listOf(texts, layout)).strings();
    REQUIRE(strings);
    REQUIRE(strings->size() == 2 * texts.size());
    for (size_t i = 0; i < texts.size(); ++i) {
      CAPTURE(i);
      REQUIRE((*strings)[2 * i] == expected[i]);
      REQUIRE((*strings)[2 * i + 1] == expected[i]);
    }
  }
}

} // namespace

TEST_CASE("json: pretty and compact", "[emit]") {
  const auto write = [](JsonWriter& json) {
    json.beginMap().entry("a", 1).entry("b", "x").key("c").beginList().value(true).null();
    json.beginList().endList().beginMap().endMap().endList().entry("d", 0.5).endMap();
  };
  CHECK(written(write) == R"({
  "a": 1,
  "b": "x",
  "c": [
    true,
    null,
    [],
    {}
  ],
  "d": 0.5
}
)");
  CHECK(written(write, JsonLayout::Compact) == R"({"a":1,"b":"x","c":[true,null,[],{}],"d":0.5})");
}

TEST_CASE("json: hostile text comes back as itself", "[emit]") {
  const auto texts = relc::test::hostileTexts();
  requireBack(texts, texts);
}

TEST_CASE("json: random text and bytes come back", "[emit]") {
  std::mt19937 random(11);
  std::vector<std::string> texts;
  std::vector<std::string> valid;
  for (int i = 0; i < 3000; ++i) {
    texts.push_back(i % 2 ? relc::test::randomText(random, 20)
                          : relc::test::randomBytes(random, 40));
    relc::emit::appendValidUtf8(valid.emplace_back(), texts.back());
  }
  requireBack(texts, valid);
}

TEST_CASE("json: invalid UTF-8 is replaced a part at a time", "[emit]") {
  const auto back = [](std::string_view text) {
    std::string out;
    relc::emit::appendValidUtf8(out, text);
    return out;
  };
  const std::string bad = "\uFFFD";
  CHECK(back("a\xFFz") == "a" + bad + "z");
  CHECK(back("\xC0\xAF") == bad + bad);                     // overlong
  CHECK(back("\xED\xA0\x80") == bad + bad + bad);           // surrogate
  CHECK(back("\xF4\x90\x80\x80") == bad + bad + bad + bad); // over U+10FFFF
  CHECK(back("\xE6\x97") == bad);                           // cut off
  CHECK(back("\xF0\x9F\x98z") == bad + "z");                // cut off within
  CHECK(back("\xE6\x97\xE6\x97\xA5") == bad + "\u65E5");    // cut off by the next
}

TEST_CASE("json: within a script no text can end it", "[emit]") {
  std::string out;
  JsonWriter(out, JsonLayout::Compact, relc::emit::Embedding::Script)
      .beginMap()
      .entry("</script>", "<!--<script>")
      .endMap();
  CHECK(out.find('<') == std::string::npos);
  const auto strings = StrictReader(out).strings();
  REQUIRE(strings);
  CHECK(*strings == std::vector<std::string>{"</script>", "<!--<script>"});
}

TEST_CASE("json: numbers that JSON does not have are null", "[emit]") {
  CHECK(written(
            [](JsonWriter& json) {
              json.beginList().value(std::numeric_limits<double>::infinity()).value(std::nan(""));
              json.value(-0.0).value(1e21).value(UINT64_MAX).endList();
            },
            JsonLayout::Compact) == "[null,null,-0.0,1.0e+21,18446744073709551615]");
}
