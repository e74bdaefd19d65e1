#pragma once
// Regular expressions of label matchers: RE2 syntax as Go's regexp/syntax reads it, and matching.

#include "compiler/promql/regex_classes.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace relc::promql {

/// A pattern that has to fit the whole text and whose `.` matches newlines, as in Prometheus 3.
/// Parsing is linear in its length, matching in pattern × text; nesting is bounded.
class Regex {
public:
  explicit Regex(std::string_view pattern);

  /// Prometheus' words if the pattern does not compile, else empty. The questions below may be
  /// asked only of a pattern that does.
  [[nodiscard]] const std::string& problem() const { return problem_; }
  [[nodiscard]] bool matchesEmpty() const;
  /// Nothing if it cannot be told: Unicode classes (`\pL`), case folding beyond ASCII, or a pattern
  /// that grows too large when its repetitions are written out.
  [[nodiscard]] std::optional<bool> matches(std::string_view text) const;
  /// The strings that a pattern such as `a|b|c` stands for, in their order; nothing if it is not a
  /// plain list of literal strings.
  [[nodiscard]] std::optional<std::vector<std::string>> literals() const;

private:
  friend class RegexParser;
  friend class RegexProgram;

  // clang-format off
  enum class Op : uint8_t {
    Empty, Literal, Class, Opaque,                                     // consume
    TextBegin, TextEnd, LineBegin, LineEnd, Boundary, NoBoundary,      // look
    Concat, Alternate, Repeat,                                         // combine
  };
  // clang-format on
  struct Node {
    Op op = Op::Empty;
    bool nullable = true;    ///< matches the empty text
    uint32_t repeats = 1;    ///< largest product of nested counts; Go allows 1000
    uint64_t size = 1;       ///< instructions, with repetitions written out
    char32_t literal = 0;    ///< Literal
    int32_t min = 0;         ///< Repeat
    int32_t max = unlimited; ///< Repeat
    uint32_t first = 0;      ///< Class: in spans_; combining ops: in children_
    uint32_t count = 0;
  };
  static constexpr int32_t unlimited = -1;

  std::vector<Node> nodes_;
  std::vector<uint32_t> children_;
  std::vector<CharacterSpan> spans_;
  uint32_t root_ = 0;
  std::string problem_;
};

} // namespace relc::promql
