#pragma once
// Whole numbers without an upper end: cut sets are counted, and their number has none.

#include <compare>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace relc::faulttree {

class BigUnsigned {
public:
  BigUnsigned() = default;
  BigUnsigned(uint64_t value) { // NOLINT: a number is a number
    if (value != 0) words_.push_back(value);
  }
  /// From words, the least significant one first.
  static BigUnsigned fromWords(std::span<const uint64_t> words);

  BigUnsigned& operator+=(const BigUnsigned& other);
  friend BigUnsigned operator*(const BigUnsigned& a, const BigUnsigned& b);
  bool operator==(const BigUnsigned&) const = default;
  std::strong_ordering operator<=>(const BigUnsigned& other) const;

  [[nodiscard]] bool isZero() const { return words_.empty(); }
  /// The least significant word first; empty for 0.
  [[nodiscard]] std::span<const uint64_t> words() const { return words_; }
  /// Number of bits; 0 for 0.
  [[nodiscard]] size_t bits() const;
  /// Decimal digits.
  [[nodiscard]] std::string toString() const;
  /// The nearest double, infinity if there is none.
  [[nodiscard]] double toDouble() const;

private:
  std::vector<uint64_t> words_; ///< no zero at the end
};

/// words `to` += `a` * `b`; the result must fit. For arrays of fixed width.
void addProduct(std::span<uint64_t> to, std::span<const uint64_t> a, std::span<const uint64_t> b);

} // namespace relc::faulttree
