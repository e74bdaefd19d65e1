#include "backends/emit/json.h"

#include <cassert>
#include <cmath>

namespace relc::emit {

void JsonWriter::newLine() {
  if (layout_ == JsonLayout::Compact) return;
  out_ += '\n';
  out_.append(2 * frames_.size(), ' ');
}

void JsonWriter::nextItem() {
  Frame& frame = frames_.back();
  if (!frame.empty) out_ += ',';
  frame.empty = false;
  newLine();
}

void JsonWriter::openValue() {
  if (frames_.empty()) return;
  assert(frames_.back().isMap == afterKey_ && "a value in a map needs a key");
  if (!afterKey_) nextItem();
  afterKey_ = false;
}

JsonWriter& JsonWriter::closeValue() {
  if (frames_.empty() && layout_ == JsonLayout::Pretty) out_ += '\n';
  return *this;
}

JsonWriter& JsonWriter::begin(bool isMap, char bracket) {
  openValue();
  out_ += bracket;
  frames_.push_back({isMap, true});
  return *this;
}

JsonWriter& JsonWriter::end([[maybe_unused]] bool isMap, char bracket) {
  assert(!frames_.empty() && frames_.back().isMap == isMap && "begin and end do not match");
  assert(!afterKey_ && "a key without its value");
  const bool empty = frames_.back().empty;
  frames_.pop_back();
  if (!empty) newLine();
  out_ += bracket;
  return closeValue();
}

JsonWriter& JsonWriter::key(std::string_view name) {
  assert(!frames_.empty() && frames_.back().isMap && "a key outside of a map");
  assert(!afterKey_ && "a key without its value");
  nextItem();
  appendQuoted(out_, name, embedding_);
  out_ += layout_ == JsonLayout::Pretty ? ": " : ":";
  afterKey_ = true;
  return *this;
}

JsonWriter& JsonWriter::value(double number) {
  if (!std::isfinite(number)) return null();
  openValue();
  appendNumber(out_, number);
  return closeValue();
}

JsonWriter& JsonWriter::word(std::string_view text) {
  openValue();
  out_ += text;
  return closeValue();
}

} // namespace relc::emit
