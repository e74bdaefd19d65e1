#pragma once
// The tree of a PromQL expression: nodes in one array, ids instead of pointers, byte ranges
// relative to the text of the expression. Parameters (`$name`) are part of the tree.

#include <compare>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace relc::promql {

/// Half-open byte range in the text of the expression.
struct TextRange {
  uint32_t begin = 0;
  uint32_t end = 0;
  [[nodiscard]] uint32_t size() const { return end - begin; }
  friend auto operator<=>(const TextRange&, const TextRange&) = default;
};

/// Prometheus' four types. `None`: not typed (a syntax error). `Unknown`: a `$parameter` whose
/// place does not say whether a number or a vector will stand there; it fits both.
enum class ValueType : uint8_t { None, Scalar, String, Vector, Range, Unknown };

enum class MatchOp : uint8_t { Equal, NotEqual, Regex, NotRegex };

/// One label matcher of a selector; for the regular expressions `value` is the pattern as written,
/// which Prometheus anchors on both sides.
struct Matcher {
  std::string label;
  MatchOp op = MatchOp::Equal;
  std::string value;
  friend auto operator<=>(const Matcher&, const Matcher&) = default;
};

struct NodeId {
  uint32_t index = std::numeric_limits<uint32_t>::max();
  [[nodiscard]] bool valid() const { return index != std::numeric_limits<uint32_t>::max(); }
  friend auto operator<=>(NodeId, NodeId) = default;
};

/// A run of elements in one of the side arrays of an expression.
template <class T>
struct Slice {
  uint32_t first = 0;
  uint32_t count = 0;
  [[nodiscard]] bool empty() const { return count == 0; }
};

/// What stands between the braces of a selector.
struct MatcherItem {
  enum class Kind : uint8_t {
    Matcher,        ///< `label op "value"`, or a quoted metric name (label `__name__`)
    ValueParameter, ///< `label op $name`; `matcher.value` is the name of the parameter
    ListParameter,  ///< `$name`, standing for any number of matchers; name in `matcher.value`
  };
  Kind kind = Kind::Matcher;
  Matcher matcher;
  TextRange range;
  TextRange labelRange;
  TextRange valueRange;
};

/// A name in `by (…)`, `without (…)`, `on (…)`, `ignoring (…)`, `group_left (…)`.
struct LabelItem {
  std::string name;
  TextRange range;
  bool parameter = false; ///< `$name`, standing for any number of labels
};

/// A length of time as written in brackets or after `offset`.
struct Duration {
  enum class Kind : uint8_t {
    None,       ///< not written (the step in `[1h:]`)
    Literal,    ///< `milliseconds`
    Parameter,  ///< `$name` or, with `negative`, `-$name`
    Expression, ///< arithmetic (feature promql-duration-expr): `expression`
  };
  Kind kind = Kind::None;
  bool negative = false; ///< only with Parameter
  int64_t milliseconds = 0;
  std::optional<double> seconds; ///< with Literal, if it is written as a bare number
  std::string parameter;
  NodeId expression;
  TextRange range;
};

/// `offset` and `@`, and the experimental `anchored` and `smoothed`.
struct Modifiers {
  enum class At : uint8_t { None, Timestamp, Start, End, Parameter };
  enum class Extended : uint8_t { None, Anchored, Smoothed };
  Duration offset; ///< Kind::None if absent
  At at = At::None;
  Extended extended = Extended::None;
  int64_t atMilliseconds = 0; ///< Unix time, with At::Timestamp
  std::string atParameter;    ///< with At::Parameter
  TextRange atRange;          ///< from the `@` to the end of its operand
};

enum class BinaryOp : uint8_t {
  // clang-format off
  Or, And, Unless,
  Equal, NotEqual, Less, LessEqual, Greater, GreaterEqual, TrimUpper, TrimLower,
  Add, Subtract, Multiply, Divide, Modulo, Atan2, Power,
  // clang-format on
};

enum class AggregateOp : uint8_t {
  // clang-format off
  Sum, Avg, Count, Min, Max, Group, Stddev, Stdvar, Topk, Bottomk, CountValues, Quantile,
  Limitk, LimitRatio,
  // clang-format on
};

// --- the kinds of nodes ---------------------------------------------------------------------

struct Number {
  double value = 0;
  bool duration = false; ///< written as a duration; `value` is in seconds
};

struct String {
  std::string value; ///< unquoted
};

/// `metric{matchers}` with modifiers.
struct Selector {
  std::string metric;    ///< in front of the braces, or empty; a quoted name inside is a matcher
  std::string parameter; ///< `$name{…}`: the selector that the matchers are added to; or empty
  Slice<MatcherItem> matchers;
  Modifiers modifiers;
  TextRange metricRange; ///< of the name or parameter
};

/// `selector[range]`; modifiers stand here, never on the inner selector.
struct RangeSelector {
  NodeId selector; ///< a Selector or a Parameter
  Duration range;
  Modifiers modifiers;
};

/// `expression[range:step]`.
struct Subquery {
  NodeId expression;
  Duration range;
  Duration step;
  Modifiers modifiers;
};

struct Function; // functions.h

struct Call {
  std::string name;                   ///< as written
  const Function* function = nullptr; ///< null if there is no such function
  Slice<NodeId> arguments;
  TextRange nameRange;
};

struct Aggregation {
  enum class Grouping : uint8_t { None, By, Without };
  AggregateOp op = AggregateOp::Sum;
  Grouping grouping = Grouping::None;
  Slice<LabelItem> labels;
  NodeId parameter; ///< invalid if the operator takes none
  NodeId expression;
  TextRange opRange;
  TextRange groupingRange; ///< from `by` to its closing parenthesis
};

struct Binary {
  enum class Matching : uint8_t { None, On, Ignoring };
  enum class Grouping : uint8_t { None, Left, Right };
  BinaryOp op = BinaryOp::Add;
  bool returnBool = false;
  Matching matching = Matching::None;
  Grouping grouping = Grouping::None;
  Slice<LabelItem> labels;  ///< of `on` or `ignoring`
  Slice<LabelItem> include; ///< of `group_left` or `group_right`
  std::optional<double> fillLeft;
  std::optional<double> fillRight;
  NodeId left;
  NodeId right;
  TextRange opRange;
  TextRange matchingRange; ///< from `on` or `ignoring` to its closing parenthesis
  TextRange groupingRange; ///< from `group_left` to the end of its labels
};

struct Unary {
  bool negative = false;
  NodeId operand;
};

struct Paren {
  NodeId inner;
};

/// `$name` in the place of an operand.
struct Parameter {
  std::string name;
  Modifiers modifiers; ///< a parameter with modifiers must be bound to a plain selector
};

/// Arithmetic on durations (feature promql-duration-expr): `1h + 5m`, `step()`, `max_of(a, b)`.
/// The operand of Negate and Paren is `left`.
struct DurationArithmetic {
  enum class Op : uint8_t {
    // clang-format off
    Literal, Parameter, Negate, Add, Subtract, Multiply, Divide, Modulo, Power, Step, Range, MaxOf, MinOf, Paren,
    // clang-format on
  };
  Op op = Op::Literal;
  Number literal;
  std::string parameter;
  NodeId left;
  NodeId right;
};

using NodeData = std::variant<Number, String, Selector, RangeSelector, Subquery, Call, Aggregation,
                              Binary, Unary, Paren, Parameter, DurationArithmetic>;

struct Node {
  TextRange range;
  ValueType type = ValueType::None;
  NodeData data;

  template <class T>
  [[nodiscard]] const T* as() const {
    return std::get_if<T>(&data);
  }
};

/// A parsed expression: its text and its tree. Plain data, cheap to move. A long row such as
/// `a or b or …` is as deep as it is long: walk `nodes()` in order instead of recursing.
class Expr {
public:
  [[nodiscard]] bool valid() const { return root_.valid(); }
  [[nodiscard]] NodeId root() const { return root_; }
  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] std::string_view text(TextRange range) const {
    return std::string_view(text_).substr(range.begin, range.size());
  }
  [[nodiscard]] ValueType type() const { return valid() ? node(root_).type : ValueType::None; }
  /// All nodes; children stand before their parents.
  [[nodiscard]] std::span<const Node> nodes() const { return nodes_; }
  [[nodiscard]] const Node& node(NodeId id) const { return nodes_[id.index]; }
  /// Of all selectors and of all label lists, in the order of the text.
  [[nodiscard]] std::span<const MatcherItem> allMatchers() const { return matchers_; }
  [[nodiscard]] std::span<const LabelItem> allLabels() const { return labels_; }

  [[nodiscard]] std::span<const MatcherItem> get(Slice<MatcherItem> slice) const {
    return std::span(matchers_).subspan(slice.first, slice.count);
  }
  [[nodiscard]] std::span<const LabelItem> get(Slice<LabelItem> slice) const {
    return std::span(labels_).subspan(slice.first, slice.count);
  }
  [[nodiscard]] std::span<const NodeId> get(Slice<NodeId> slice) const {
    return std::span(arguments_).subspan(slice.first, slice.count);
  }

private:
  friend class SelectorWriter;
  friend class TreeBuilder;
  friend class TypeChecker;
  std::string text_;
  std::vector<Node> nodes_;
  std::vector<MatcherItem> matchers_;
  std::vector<LabelItem> labels_;
  std::vector<NodeId> arguments_;
  NodeId root_;
};

} // namespace relc::promql
