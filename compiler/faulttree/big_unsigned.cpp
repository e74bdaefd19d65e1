#include "compiler/faulttree/big_unsigned.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace relc::faulttree {

namespace {

struct Wide {
  uint64_t low, high;
};

/// a * b + c + d, which fits two words.
Wide multiply(uint64_t a, uint64_t b, uint64_t c, uint64_t d) {
  __extension__ using Double = unsigned __int128;
  const Double product = static_cast<Double>(a) * b + c + d;
  return {uint64_t(product), uint64_t(product >> 64)};
}

} // namespace

BigUnsigned BigUnsigned::fromWords(std::span<const uint64_t> words) {
  while (!words.empty() && words.back() == 0) words = words.first(words.size() - 1);
  BigUnsigned number;
  number.words_.assign(words.begin(), words.end());
  return number;
}

BigUnsigned& BigUnsigned::operator+=(const BigUnsigned& other) {
  if (other.words_.size() > words_.size()) words_.resize(other.words_.size());
  uint64_t carry = 0;
  for (size_t i = 0; i < words_.size() && (carry != 0 || i < other.words_.size()); ++i) {
    const Wide sum = multiply(1, words_[i], i < other.words_.size() ? other.words_[i] : 0, carry);
    words_[i] = sum.low;
    carry = sum.high;
  }
  if (carry != 0) words_.push_back(carry);
  return *this;
}

void addProduct(std::span<uint64_t> to, std::span<const uint64_t> a, std::span<const uint64_t> b) {
  for (size_t i = 0; i < a.size(); ++i) {
    if (a[i] == 0) continue;
    uint64_t carry = 0;
    for (size_t j = 0; i + j < to.size() && (j < b.size() || carry != 0); ++j) {
      const Wide sum = multiply(a[i], j < b.size() ? b[j] : 0, to[i + j], carry);
      to[i + j] = sum.low;
      carry = sum.high;
    }
  }
}

BigUnsigned operator*(const BigUnsigned& a, const BigUnsigned& b) {
  std::vector<uint64_t> words(a.words_.size() + b.words_.size());
  addProduct(words, a.words_, b.words_);
  return BigUnsigned::fromWords(words);
}

std::strong_ordering BigUnsigned::operator<=>(const BigUnsigned& other) const {
  if (auto order = words_.size() <=> other.words_.size(); order != 0) return order;
  for (size_t i = words_.size(); i-- > 0;)
    if (auto order = words_[i] <=> other.words_[i]; order != 0) return order;
  return std::strong_ordering::equal;
}

size_t BigUnsigned::bits() const {
  return words_.empty() ? 0 : words_.size() * 64 - size_t(std::countl_zero(words_.back()));
}

std::string BigUnsigned::toString() const {
  // Nine digits at a time, on halves of words, so that a remainder and a half fit one word.
  constexpr uint64_t step = 1'000'000'000;
  std::vector<uint32_t> halves;
  for (uint64_t word : words_) {
    halves.push_back(uint32_t(word));
    halves.push_back(uint32_t(word >> 32));
  }
  std::string digits;
  while (!halves.empty()) {
    uint64_t remainder = 0;
    for (size_t i = halves.size(); i-- > 0;) {
      const uint64_t value = remainder << 32 | halves[i];
      halves[i] = uint32_t(value / step);
      remainder = value % step;
    }
    while (!halves.empty() && halves.back() == 0) halves.pop_back();
    for (int i = 0; i < 9 && (remainder != 0 || !halves.empty()); ++i, remainder /= 10)
      digits += char('0' + remainder % 10);
  }
  if (digits.empty()) return "0";
  std::reverse(digits.begin(), digits.end());
  return digits;
}

double BigUnsigned::toDouble() const {
  double value = 0;
  for (size_t i = words_.size(); i-- > 0;) value = std::ldexp(value, 64) + double(words_[i]);
  return value;
}

} // namespace relc::faulttree
