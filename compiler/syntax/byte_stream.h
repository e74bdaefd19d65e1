#pragma once
// The lexer's input: bytes, not code points, so that ANTLR's indices are byte offsets. The grammar
// treats bytes over 0x7F alike (allowed in strings and comments, junk elsewhere).

#include "CharStream.h"

#include <string_view>

namespace relc::syntax {

class ByteStream final : public antlr4::CharStream {
public:
  explicit ByteStream(std::string_view text, size_t start) : text_(text), at_(start) {}

  void consume() override { ++at_; }
  size_t LA(ssize_t i) override {
    size_t at = at_ + static_cast<size_t>(i > 0 ? i - 1 : i);
    return at < text_.size() ? static_cast<unsigned char>(text_[at]) : antlr4::IntStream::EOF;
  }
  ssize_t mark() override { return -1; }
  void release(ssize_t) override {}
  size_t index() override { return at_; }
  void seek(size_t index) override { at_ = index < text_.size() ? index : text_.size(); }
  size_t size() override { return text_.size(); }
  std::string getSourceName() const override { return {}; }
  std::string getText(const antlr4::misc::Interval& interval) override {
    auto begin = static_cast<size_t>(interval.a);
    return std::string(text_.substr(begin, static_cast<size_t>(interval.b) + 1 - begin));
  }
  std::string toString() const override { return std::string(text_); }

private:
  std::string_view text_;
  size_t at_;
};

} // namespace relc::syntax
