#pragma once
// PromQL in `.rel` files: text → typed tree, tree → canonical text, and instantiation of the
// `$name` parameters. This room knows nothing of files or findings: whoever calls it maps errors
// (byte ranges relative to the expression) to places in a file.

#include "compiler/promql/tree.h"

#include <compare>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace relc::promql {

// --- errors and targets ---------------------------------------------------------------------

enum class ErrorKind : uint8_t {
  Syntax,  ///< REL4001: Prometheus would not parse it
  Type,    ///< REL4002: it parses and is then refused
  Version, ///< REL4003: right, but newer than the target, or behind a feature flag that is off
  Binding, ///< of `instantiate`: a parameter that is unbound or bound to a wrong sort of value
};

struct Error {
  TextRange range;     ///< may be empty (end of input)
  std::string message; ///< lower-case start, no final period; Prometheus' wording where it has one
  ErrorKind kind = ErrorKind::Syntax;
};

/// A version of Prometheus.
struct Version {
  uint16_t major = 2;
  uint16_t minor = 42;
  friend auto operator<=>(const Version&, const Version&) = default;
};
/// "2.42".
std::string toString(Version version);

/// What is switched on with `--enable-feature` in the Prometheus that will run the expression.
struct Features {
  bool experimentalFunctions = false; ///< promql-experimental-functions
  bool durationExpressions = false;   ///< promql-duration-expr
  bool extendedRanges = false;        ///< promql-extended-range-selectors
  bool fillModifiers = false;         ///< promql-binop-fill-modifiers
};

/// The switch of a flag by its name, "promql-duration-expr"; null if it is none of them.
bool* featureOf(Features& features, std::string_view flag);

struct Options {
  Version target;
  Features features;
  /// The expression is that of a rule: its type must be scalar or instant vector.
  bool rule = false;
};

// --- parsing --------------------------------------------------------------------------------

/// Deepest nesting of parentheses, calls, signs and `^` that is accepted.
inline constexpr uint32_t maxNesting = 200;
/// Errors after this many are not reported.
inline constexpr size_t maxErrors = 10;

struct ParseResult {
  Expr expr; ///< `valid()` unless there was a syntax error
  std::vector<Error> errors;
  [[nodiscard]] bool ok() const { return errors.empty(); }
};

/// Parses and type-checks. Never throws for bad input; takes time linear in its length.
ParseResult parse(std::string_view text, const Options& options = {});

struct MatchersResult {
  std::string metric; ///< name in front of the braces, or empty
  std::vector<Matcher> matchers;
  std::vector<Error> errors;
  [[nodiscard]] bool ok() const { return errors.empty(); }
};

/// Parses a selector on its own, `{job="checkout", code=~"5.."}` or `metric{…}`: no modifiers, no
/// parameters. Unlike in an expression `{}` and `{a=""}` are fine: it is going to be added to
/// others.
MatchersResult parseMatchers(std::string_view text, const Options& options = {});

/// What the Prometheus that runs an expression must be.
struct Needs {
  Version since;                ///< 2.42, the oldest that relc knows, if any will do
  std::optional<Version> until; ///< the first one that refuses it again
  Features features;            ///< what has to be switched on in `since`
};
/// Nothing if there is no version that takes the text.
std::optional<Needs> needsOf(std::string_view text);
/// The flags that are on: "promql-duration-expr".
std::vector<std::string_view> namesOf(const Features& features);

// --- printing -------------------------------------------------------------------------------

/// Canonical text on one line, character by character what Prometheus prints for the same tree.
/// `parse(print(parse(x)))` equals `parse(x)`. Parameters are printed as `$name`.
std::string print(const Expr& expr);
std::string print(const Expr& expr, NodeId node);

/// Structural equality: ranges, layout and the order of matchers do not count.
bool equal(const Expr& a, const Expr& b);

/// "1h30m", "3d", "4w", "0s": Prometheus' model.Duration. A negative length is printed with `-`.
std::string formatDuration(int64_t milliseconds);
/// "1h30m" → 5,400,000; nothing if it is not a duration as Prometheus defines it.
std::optional<int64_t> parseDuration(std::string_view text);
/// Shortest decimal form without exponent that reads back as the same number: "0.001", "+Inf".
std::string formatNumber(double value);
/// Double-quoted PromQL string with the escapes that are needed.
std::string quote(std::string_view text);
/// `job="checkout"`; the label is quoted if it needs to be.
std::string print(const Matcher& matcher);
/// `{a="b",c!="d"}` with the matchers in canonical order; `{}` if there are none.
std::string print(const std::vector<Matcher>& matchers);

std::string_view toString(MatchOp op);
std::string_view toString(BinaryOp op);
std::string_view toString(AggregateOp op);
/// As Prometheus' messages say it: "instant vector", "range vector", "scalar", "string".
std::string_view toString(ValueType type);

// --- parameters -----------------------------------------------------------------------------

/// The sorts of places in which a `$name` can stand, and so what it may be bound to.
enum class Place : uint8_t {
  Matchers, ///< `x{a="b", $name}`: any number of matchers
  String,   ///< `x{job=$name}` or a string argument
  Duration, ///< `x[$name]`, `offset $name`, `[1h:$name]`
  Labels,   ///< `by ($name)`, `on ($name)`: any number of label names
  Number,   ///< where a scalar is required, or `@ $name`
  Selector, ///< `$name{…}`, `$name[5m]`, `$name offset 5m`: a plain selector
  Vector,   ///< where an instant vector is required
  Range,    ///< where a range vector is required
  Operand,  ///< operand of an operator: a number or a vector
};
/// For messages: "a list of label matchers", "a duration".
std::string_view toString(Place place);

struct ParameterUse {
  std::string name; ///< without `$`
  TextRange range;  ///< with `$`
  Place place;
};

/// All uses of parameters, in the order of the text.
std::vector<ParameterUse> parameters(const Expr& expr);

/// Values of the sorts that have no type of their own.
struct Milliseconds {
  int64_t value = 0;
};
struct LabelNames {
  std::vector<std::string> names;
};
/// PromQL text of a number, a vector or a plain selector; set in parentheses where needed.
struct ExprText {
  std::string text;
};

/// matchers, duration, string, number, label list, expression. An expression that is bound often
/// is better given as a parsed tree, which must outlive the bindings.
using Binding = std::variant<std::vector<Matcher>, Milliseconds, std::string, double, LabelNames,
                             ExprText, const Expr*>;
/// By parameter name, without `$`.
using Bindings = std::map<std::string, Binding, std::less<>>;

enum class Unbound : uint8_t { Error, Keep };

struct Instantiated {
  std::string text; ///< canonical PromQL; empty if there are errors
  std::vector<Error> errors;
  [[nodiscard]] bool ok() const { return errors.empty(); }
};

/// Puts values in the place of parameters. An empty matcher or label list leaves no comma behind;
/// strings are quoted; an expression is parenthesised where precedence asks for it. In a Matchers
/// place matchers fit, and so does an expression that is a plain selector without a metric; in a
/// Selector place an expression that is a plain selector, or a string (the metric's name). A
/// binding that is not used is no error.
Instantiated instantiate(const Expr& expr, const Bindings& bindings,
                         Unbound unbound = Unbound::Error);

/// What `instantiate` and `parse` make of a plain selector whose parameters are bound to matchers
/// and strings, at a fraction of their cost; nothing if it is anything else.
std::optional<Expr> boundSelector(const Expr& expr, const Bindings& bindings);

// --- questions and changes ------------------------------------------------------------------

/// A plain instant-vector selector: no range, offset, `@`, function or operator. Parentheses do not
/// count.
bool isBareSelector(const Expr& expr);

/// By node: what it is a part of; not valid for the root.
std::vector<NodeId> parents(const Expr& expr);

/// Names of all metrics that the selectors name by equality, sorted, each once.
std::vector<std::string> metricNames(const Expr& expr);

/// Adds the matchers to every selector of the expression, except those that it already has word for
/// word. Returns canonical text.
std::string addMatchers(const Expr& expr, const std::vector<Matcher>& matchers);

/// A piece of an expression's text and what to write in its place; an empty range: inserted there.
struct TextEdit {
  TextRange range;
  std::string text;
};
/// Edits after which aggregations keep the labels of `list`, such as `$by`, as well as their own,
/// and `on` matches by them: those that leave labels out and do not name the list. What drops
/// labels in another way (`without`, `ignoring`, numbers) stays. In the order of the text.
std::vector<TextEdit> keepLabels(const Expr& expr, std::string_view list);

/// Does a matcher accept the value? An absent label has the value "". What cannot be told counts as
/// accepted: a pattern that does not compile, one that grows too large, and, unless the value is
/// "", one with Unicode classes such as `\pL`.
bool matches(const Matcher& matcher, std::string_view value);

} // namespace relc::promql
