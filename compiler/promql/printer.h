#pragma once
// Tree → canonical text, with or without values for the parameters.

#include "compiler/promql/promql.h"

#include <string>
#include <vector>

namespace relc::promql {

/// What a selector is printed from, once parameters have their values.
struct SelectorParts {
  std::string metric;
  std::vector<std::string> matchers; ///< printed
  bool selects = false;              ///< has a metric or a matcher that does not accept ""
};

/// Works with a stack of its own, because a tree can be deeper than the call stack.
class Printer {
public:
  explicit Printer(const Expr& expr) : expr_(expr) {}

  /// Values for parameters; without, or where one is missing and `unbound` is Keep, `$name` stays.
  void bind(const Bindings& bindings, Unbound unbound);
  /// Matchers that every selector gets in addition.
  void addToSelectors(const std::vector<Matcher>& matchers) { extra_ = &matchers; }

  std::string print(NodeId root);
  std::vector<Error>& errors() { return errors_; }

private:
  /// Text, or a node in a place where only what binds at least as tight stands without parentheses.
  struct Piece {
    std::string text;
    NodeId node;
    int precedence = 0;
  };
  using Pieces = std::vector<Piece>;

  // printer.cpp
  void pieces(const Number& number, const Node& node, const Piece& piece, Pieces& out);
  void pieces(const String& string, const Node& node, const Piece& piece, Pieces& out);
  void pieces(const Selector& selector, const Node& node, const Piece& piece, Pieces& out);
  void pieces(const RangeSelector& selector, const Node& node, const Piece& piece, Pieces& out);
  void pieces(const Subquery& subquery, const Node& node, const Piece& piece, Pieces& out);
  void pieces(const Call& call, const Node& node, const Piece& piece, Pieces& out);
  void pieces(const Aggregation& aggregation, const Node& node, const Piece& piece, Pieces& out);
  void pieces(const Binary& binary, const Node& node, const Piece& piece, Pieces& out);
  void pieces(const Unary& unary, const Node& node, const Piece& piece, Pieces& out);
  void pieces(const Paren& paren, const Node& node, const Piece& piece, Pieces& out);
  void pieces(const Parameter& parameter, const Node& node, const Piece& piece, Pieces& out);
  void pieces(const DurationArithmetic& duration, const Node& node, const Piece& piece,
              Pieces& out);
  void duration(const Duration& duration, bool positive, Pieces& out);
  void modifiers(const Modifiers& modifiers, bool ofSelector, Pieces& out);
  std::string labels(Slice<LabelItem> slice);
  std::string selectorText(SelectorParts parts, TextRange where);

  // printer_bindings.cpp: values of parameters
  const Binding* find(const std::string& name, TextRange where, Place place);
  void misfit(const std::string& name, TextRange where, Place place, const Binding& binding);
  std::string operand(const std::string& name, TextRange where, Place place, int precedence);
  std::string embed(const std::string& name, const Expr& value, TextRange where, Place place,
                    int precedence);
  bool selectorOf(const std::string& name, TextRange where, SelectorParts& parts);
  void matchersOf(const std::string& name, TextRange where, SelectorParts& parts);
  std::optional<std::string> stringOf(const std::string& name, TextRange where);
  std::optional<int64_t> durationOf(const std::string& name, TextRange where);
  std::optional<std::string> numberOf(const std::string& name, TextRange where);
  std::vector<std::string> labelsOf(const std::string& name, TextRange where);
  const Expr* expressionOf(const Binding& binding, Expr& storage, const std::string& name,
                           TextRange where);
  void fail(TextRange where, std::string message);

  const Expr& expr_;
  const Bindings* bindings_ = nullptr;
  const std::vector<Matcher>* extra_ = nullptr;
  Unbound unbound_ = Unbound::Keep;
  std::vector<Place> places_; ///< by node: what a parameter stands for
  std::vector<Error> errors_;
};

/// The place in which each node stands, by node index; what matters are those of parameters.
std::vector<Place> places(const Expr& expr);

void add(SelectorParts& parts, const Matcher& matcher);
/// A label as it stands in a list: quoted if it has to be.
std::string printLabel(const std::string& name);
/// How tight the outermost operator of a tree binds; `primaryPrecedence` if there is none.
int precedence(const Expr& expr);
inline constexpr int primaryPrecedence = 7;

} // namespace relc::promql
