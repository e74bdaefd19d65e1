#pragma once
// Expressions to typed values: what the files that evaluate share. Private to this room.

#include "compiler/sema/context.h"

#include <fmt/format.h>

namespace relc::sema {

using model::Quantity;
using model::Value;
using schema::Base;
using syntax::Expr;
using syntax::ExprId;
using syntax::ExprKind;
using syntax::Tree;

/// What is wrong with a string of a fixed form, or null if the type has none.
using Judge = std::optional<TextFault> (*)(std::string_view text);
Judge judgeOf(Base base);
/// May a parameter of one type stand where another one is wanted?
bool accepts(const schema::Type& wanted, const schema::Type& has);
/// What a quantity must be for each type that is one.
std::optional<model::Unit> unitOf(Base base);

/// Evaluates expressions of one place. values.cpp tells types apart and has the simple ones;
/// named_values.cpp lets and parameters, quantities.cpp calculations, texts.cpp strings with holes,
/// references.cpp names of declarations, forms and slis, queries.cpp selectors and PromQL.
class Evaluator {
public:
  Evaluator(Context& context, const Tree& tree, const Place& place)
      : c_(context), tree_(tree), place_(place) {}

  Value value(ExprId id, const schema::Type& type);

private:
  Context& c_;
  const Tree& tree_;
  const Place& place_;
  static constexpr unsigned maxDepth = 32;
  unsigned depth_ = 0;
  Base wanted_ = Base::Value; ///< of the calculation, for messages
  bool endless_ = false;      ///< attributes that are made of each other
  bool symbolic_ = false;     ///< a parameter without a value has a part in the quantity

  [[nodiscard]] EntityId from() const { return place_.scope.entity; }
  /// Inside a profile: parameters have no values, and what is missing may be in the declaration
  /// that takes it over.
  [[nodiscard]] bool inPattern() const { return from().valid() && c_.entity(from()).pattern; }

  // --- findings --------------------------------------------------------------------------------

  std::string_view describeExpr(const Expr& e) const;

  /// `"5m"` where a duration is wanted, `"payments"` where a name is.
  bool fitsWithoutQuotes(const Expr& e, const schema::Type& type) const;

  Finding& wrong(const Expr& e, const schema::Type& type, std::string_view is = {});

  // --- lists and names -------------------------------------------------------------------------

  Value list(ExprId id, const schema::Type& type);

  void duplicates(const Expr& e, const std::vector<Value>& values);

  /// What `let` calls so, seen from the place: of the environment first, then of the module.
  Let* findLet(std::string_view name);
  Let* findLet(std::string_view name, uint32_t module);
  /// The same by all words of a reference: `slow`, or `platform.slow` of an imported module.
  Let* findLet(std::span<const syntax::Word> words);
  [[nodiscard]] Place placeOf(const Let& let) const;

  /// Runs `visit` with the evaluator of a let's value; reports a value that depends on itself.
  template <class Visit>
  void withLet(Let& let, const Expr& use, const Visit& visit) {
    const syntax::Member& m = (*let.tree)[let.member];
    if (let.evaluating) {
      c_.findings
          .add(Check::ArithmeticError, tree_.range(use),
               fmt::format("the value of `{}` depends on itself", tree_.str(use)))
          .at(let.tree->range(m.subject), "defined here");
      return;
    }
    let.evaluating = true;
    size_t known = c_.findings.size();
    Place place = placeOf(let);
    Evaluator evaluator(c_, *let.tree, place);
    evaluator.depth_ = depth_;
    visit(evaluator, m.value);
    let.evaluating = false;
    if (c_.findings.size() > known) c_.findings.all().back().at(tree_.range(use), "used here");
  }

  /// The parameter of the sli or profile around the place.
  EntityId findParameter(std::string_view name) const;

  /// Of the profile whose body the place is taken from: the parameter's expression with the place
  /// that it is evaluated for.
  struct Given {
    const Tree* tree;
    ExprId expr;
    Place place;
    EntityId parameter;
  };
  std::optional<Given> given(std::string_view name);
  /// Evaluates for a parameter without a word: what is wrong with an argument is said where it is
  /// given. Returns what could be said.
  template <class Visit>
  FindingList quietly(const Given& given, const Visit& visit) {
    FindingList findings;
    if (depth_ >= maxDepth || !given.expr.valid()) return findings; // said where it is missing
    std::swap(findings, c_.findings);
    Evaluator evaluator(c_, *given.tree, given.place);
    evaluator.depth_ = depth_ + 1;
    visit(evaluator, given.expr);
    std::swap(findings, c_.findings);
    return findings;
  }
  /// The same, but what is right for the parameter and wrong where `use` takes it is said.
  template <class Visit>
  void withGiven(const Given& given, const Expr& use, const Visit& visit) {
    FindingList findings = quietly(given, visit);
    if (findings.empty()) return;
    FindingList own = quietly(given, [&](Evaluator& evaluator, ExprId expr) {
      evaluator.value(expr, parameterType(c_, given.parameter));
    });
    if (!own.empty()) return;
    for (Finding& finding : findings.all())
      finding.at(tree_.range(use), fmt::format("taken for `{}` here", place_.attribute));
    c_.findings.append(std::move(findings));
  }

  /// A name that is a parameter: its value in the body of a profile that is taken over, else the
  /// parameter itself. Nothing if no parameter is called so.
  std::optional<Value> parameter(const Expr& e, const schema::Type& type);

  Value named(const Expr& e, const schema::Type& type);
  [[nodiscard]] bool endsStatement(const Expr& e) const;

  /// Names of values, for "did you mean".
  template <class Add>
  void values(const Add& add) {
    for (const auto& [known, lets] : c_.lets)
      for (const Let& let : lets)
        if (let.module == place_.scope.module) add(known);
    auto parametersOf = [&](EntityId id) {
      for (EntityId child : c_.model.childrenOf(id))
        if (c_.model[child].kind == Kind::parameter) add(c_.model[child].name);
    };
    for (EntityId at = from(); at.valid(); at = c_.model.entities[at.index].parent)
      parametersOf(at);
    if (place_.expansion != 0) parametersOf(c_.expansions[place_.expansion].profile);
  }

  /// A value that other environments give the name to.
  bool elsewhere(Finding& finding, std::string_view name) const;
  /// A name of an imported module, for which there is no value: says so.
  bool foreign(std::span<const syntax::Word> words) {
    return reportForeignValue(c_, tree_, words, place_.scope.module);
  }

  // --- quantities ------------------------------------------------------------------------------

  std::optional<Quantity> quantity(ExprId id, const schema::Type& type);

  void unitHelp(Finding& finding, const Expr& e, model::Unit wanted);

  bool inRange(const Expr& e, const Quantity& q, const schema::Type& type);

  /// Allowed, but probably a slip: `timeout = 200m`.
  void unusual(const Expr& e, const Quantity& q, const schema::Type& type);

  /// `5 s` and `99,9%`, which syntax keeps as one quantity: mends the text and says what was wrong.
  static std::string_view spelledApart(std::string& text);

  std::string operand(ExprId id, const Quantity& value) const;

  /// `wanted` helps with the unit of bare numbers in messages only.
  std::optional<Quantity> compute(ExprId id, model::Unit wanted);

  static Base baseOf(model::Unit unit);

  // --- the other types -------------------------------------------------------------------------

  void date(const Expr& e, const schema::Type& type, Value& result);

  void string(const Expr& e, const schema::Type& type, Value& result);

  void textFault(const Expr& e, const TextFault& fault);

  /// The text of a string, its holes filled. `whole` becomes false if a hole could not be.
  std::string decode(const Expr& e, bool& whole);

  /// What `${…}` stands for: a parameter, a `let`, `self`, a declaration, or an attribute of one.
  std::optional<std::string> fill(const Hole& hole);

  static KindSet everything();

  /// The declaration at top level that the place belongs to.
  [[nodiscard]] EntityId outermost() const;

  std::optional<std::string> self(const Hole& hole, source::Range range);

  /// `$job` in a quoted text that begins at `begin`: a dollar sign and three letters.
  void plainDollars(uint32_t begin, std::string_view text);
  /// An attribute of a declaration as text, or one of what it refers to.
  std::optional<std::string> attributeText(EntityId id, std::span<const syntax::Word> path,
                                           source::Range range);

  /// Any value as text, for a hole.
  std::optional<std::string> text(ExprId id);

  void choice(const Expr& e, const schema::Type& type, Value& result);

  // --- names of declarations, forms ------------------------------------------------------------

  void reference(const Expr& e, const schema::Type& type, Value& result);

  /// `eu-west-1a(4)`.
  void counted(const Expr& e, const schema::Type& type, Value& result);

  void form(const Expr& e, const schema::Type& type, Value& result);

  void formArgument(const syntax::Argument& argument, const schema::FormInfo& info,
                    const std::vector<const schema::FormParameterInfo*>& parameters);

  void selector(const Expr& e, const schema::Type& type, Value& result);

  template <class Kind>
  static Check checkOf(Kind kind) {
    static constexpr Check checks[] = {Check::PromqlSyntax, Check::PromqlType,
                                       Check::PromqlNeedsNewerVersion, Check::PromqlSyntax};
    return checks[static_cast<size_t>(kind)];
  }

  /// `severity = page` on a line of its own.
  bool looksLikeAttribute(uint32_t at) const;

  void promql(const Expr& e, const schema::Type& type, Value& result);

  /// The text with its holes filled, as they stand in strings: `pod=~"${self}-.*"`.
  std::string fillPromql(const Expr& e, bool& whole);

  /// `job="$job"` compares with a dollar sign and three letters.
  void quotedParameters(const Expr& e, std::string_view raw);

  /// Where in PromQL a parameter of each type may stand.
  static bool fits(Base base, promql::Place place);

  /// What promql::instantiate takes for a value.
  std::optional<promql::Binding> bindingOf(const Value& value) const;

  /// The value of `$name` where it has one; nothing where it is a parameter still, or unknown.
  std::optional<promql::Binding> bound(std::string_view name);

  /// What `$by` stands for outside of an sli.
  promql::LabelNames scopeLabels() const;
  void parameters(const Expr& e, const promql::Expr& expr, promql::Bindings& bindings);

  void sli(const Expr& e, const schema::Type& type, Value& result);

  /// A parameter's default: any value that has a form of its own.
  void any(ExprId id, Value& result);
};

} // namespace relc::sema
