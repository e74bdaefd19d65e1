// Expressions to typed values.

#include "compiler/sema/context.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <utility>

namespace relc::sema {
namespace {

using model::Quantity;
using model::Unit;
using model::Value;
using schema::Base;
using syntax::Expr;
using syntax::ExprId;
using syntax::ExprKind;
using syntax::Tree;

/// Strings of a fixed form: what is wrong with one, or nothing.
using Judge = std::optional<TextFault> (*)(std::string_view text);

struct TextForm {
  Base base;
  Judge judge;
};
constexpr TextForm textForms[] = {
    {Base::Moment, faultOfMoment},   {Base::Hours, faultOfHours},
    {Base::Instant, faultOfInstant}, {Base::Recurrence, faultOfRecurrence},
    {Base::Url, faultOfUrl},         {Base::TimeZone, faultOfTimeZone},
    {Base::Email, faultOfEmail},     {Base::Path, faultOfPath},
    {Base::Version, faultOfVersion},
};
const TextForm* textFormOf(Base base) {
  for (const TextForm& form : textForms)
    if (form.base == base) return &form;
  return nullptr;
}

/// May a parameter of one type stand where another one is wanted?
bool accepts(const schema::Type& wanted, const schema::Type& has) {
  if (has.base == Base::Value || wanted.base == Base::Value) return true;
  if (has.list && !wanted.list) return false;
  if (has.base == Base::Reference)
    return wanted.base == Base::Reference && !(wanted.references & has.references).empty();
  if (has.base == Base::String)
    return wanted.base == Base::String || wanted.base == Base::Label ||
           wanted.base == Base::Choice || wanted.orText || textFormOf(wanted.base);
  if (has.base == Base::Integer && wanted.base == Base::Number) return true;
  return has.base == wanted.base;
}

/// What a quantity must be for each type that is one.
std::optional<Unit> unitOf(Base base) {
  switch (base) {
  case Base::Integer:
  case Base::Number: return Unit::Number;
  case Base::Growth: return Unit::Growth;
  case Base::Ratio: return Unit::Ratio;
  case Base::Duration: return Unit::Duration;
  case Base::Rate: return Unit::Rate;
  case Base::Bytes: return Unit::Bytes;
  default: return std::nullopt;
  }
}

class Evaluator {
public:
  Evaluator(Context& context, const Tree& tree, const Place& place)
      : c_(context), tree_(tree), place_(place) {}

  Value value(ExprId id, const schema::Type& type) {
    Value result;
    if (!id.valid()) return result;
    const Expr& e = tree_[id];
    result.range = tree_.range(e);
    if (e.kind == ExprKind::Missing) return result;
    if (e.kind == ExprKind::Reference)
      if (auto given = parameter(e, type)) return *given;
    if (type.list) return list(id, type);

    if (e.kind == ExprKind::List) {
      wrong(e, type, "a list");
      return result;
    }
    if (!type.forms.empty() && (type.base == Base::Form || e.kind == ExprKind::Call)) {
      form(e, type, result);
      return result;
    }
    // A name may stand for a value: a `let`.
    if (e.kind == ExprKind::Reference && type.base != Base::Reference && type.base != Base::Sli &&
        type.base != Base::Choice && type.base != Base::Label)
      return named(e, type);

    if (unitOf(type.base)) {
      if (auto q = quantity(id, type)) result.data = *q;
      return result;
    }
    switch (type.base) {
    case Base::Boolean:
      if (e.kind == ExprKind::True || e.kind == ExprKind::False)
        result.data = e.kind == ExprKind::True;
      else
        wrong(e, type);
      break;
    case Base::Date: date(e, type, result); break;
    case Base::Label:
      if (e.kind == ExprKind::Reference && e.words.count == 1)
        result.data = model::Label{tree_.str(e)};
      else
        string(e, type, result);
      break;
    case Base::Choice: choice(e, type, result); break;
    case Base::Reference: reference(e, type, result); break;
    case Base::Selector: selector(e, type, result); break;
    case Base::Promql: promql(e, type, result); break;
    case Base::Sli: sli(e, type, result); break;
    case Base::Value: any(id, result); break;
    default: string(e, type, result);
    }
    return result;
  }

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

  std::string_view describeExpr(const Expr& e) const {
    switch (e.kind) {
    case ExprKind::Quantity: {
      auto parsed = model::parseQuantity(tree_.str(e));
      return parsed.value ? describe(parsed.value->unit) : "a quantity";
    }
    case ExprKind::Date: return "a date";
    case ExprKind::String: return "a string";
    case ExprKind::Text: return "a text";
    case ExprKind::Promql: return "a PromQL expression";
    case ExprKind::True:
    case ExprKind::False: return "a boolean";
    case ExprKind::Reference: return "a name";
    case ExprKind::Call: return "a call";
    case ExprKind::List: return "a list";
    case ExprKind::Selector: return "a label selector";
    default: return "a calculation";
    }
  }

  /// `"5m"` where a duration is wanted, `"payments"` where a name is.
  bool fitsWithoutQuotes(const Expr& e, const schema::Type& type) const {
    std::string_view inner = tree_.text.substr(e.begin + 1, e.end - e.begin - 2);
    if (auto unit = unitOf(type.base)) {
      auto parsed = model::parseQuantity(inner);
      return !inner.empty() && parsed.value && parsed.value->unit == *unit;
    }
    if (type.base == Base::Boolean) return inner == "true" || inner == "false";
    if (type.base == Base::Date) return model::parseDate(inner).has_value();
    return ((type.base == Base::Reference && !type.orText) || type.base == Base::Choice) &&
           isName(inner);
  }

  Finding& wrong(const Expr& e, const schema::Type& type, std::string_view is = {}) {
    auto& finding =
        c_.findings.add(Check::TypeMismatch, tree_.range(e),
                        fmt::format("`{}` must be {}", place_.attribute, schema::describe(type)));
    finding.label(fmt::format("this is {}", is.empty() ? describeExpr(e) : is));
    if (e.kind == ExprKind::String && fitsWithoutQuotes(e, type)) {
      std::string inner(tree_.text.substr(e.begin + 1, e.end - e.begin - 2));
      finding.fix("remove the quotes", {{tree_.range(e), std::move(inner)}});
    }
    return finding;
  }

  // --- lists and names -------------------------------------------------------------------------

  Value list(ExprId id, const schema::Type& type) {
    const Expr& e = tree_[id];
    schema::Type one = type;
    one.list = false;
    std::vector<Value> values;
    if (e.kind == ExprKind::Negate || e.kind == ExprKind::Subtract) {
      wrong(e, one).suggest("a list is written in brackets, `[a, b]`");
      return {};
    }
    if (e.kind == ExprKind::List) {
      for (ExprId item : tree_.exprList(e.children)) values.push_back(value(item, one));
      duplicates(e, values);
    } else {
      values.push_back(value(id, one));
    }
    values.erase(
        std::remove_if(values.begin(), values.end(), [](const Value& v) { return !v.present(); }),
        values.end());
    auto& pool = c_.model.listValues;
    Value result;
    result.range = tree_.range(e);
    result.data =
        model::ListRef{{static_cast<uint32_t>(pool.size()), static_cast<uint32_t>(values.size())}};
    pool.insert(pool.end(), values.begin(), values.end());
    return result;
  }

  void duplicates(const Expr& e, const std::vector<Value>& values) {
    std::unordered_map<std::string_view, source::Range> seen;
    for (const Value& v : values) {
      if (!v.as<EntityId>() && !v.as<model::Label>()) continue;
      auto [it, fresh] = seen.emplace(tree_.text.substr(v.range.begin, v.range.size()), v.range);
      if (!fresh)
        c_.findings
            .add(Check::DuplicateAttribute, v.range,
                 fmt::format("`{}` stands twice in `{}`", it->first, place_.attribute))
            .at(it->second, "first here");
    }
    (void)e;
  }

  /// What `let` calls so, seen from the place: of the environment first, then of the module.
  Let* findLet(std::string_view name) { return findLet(name, place_.scope.module); }
  Let* findLet(std::string_view name, uint32_t module) {
    auto it = c_.lets.find(name);
    if (it == c_.lets.end()) return nullptr;
    Let* found = nullptr;
    for (Let& let : it->second) {
      if (let.module != module) continue;
      if (let.environment.empty()) {
        if (!found) found = &let;
      } else if (let.environment == c_.options.environment) {
        found = &let;
      } else {
        let.used = true; // its own environment will judge it
      }
    }
    if (found) found->used = true;
    return found;
  }
  /// The same by all words of a reference: `slow`, or `platform.slow` of an imported module.
  Let* findLet(const Expr& e) {
    auto words = tree_.wordList(e.words);
    if (words.size() == 1) return findLet(tree_.str(words[0]));
    if (words.size() != 2 || tree_.str(words[1]).starts_with('_')) return nullptr;
    auto module = importedAs(c_, tree_.str(words[0]), place_.scope.module);
    return module && *module != UINT32_MAX ? findLet(tree_.str(words[1]), *module) : nullptr;
  }
  [[nodiscard]] Place placeOf(const Let& let) const {
    return {{EntityId{}, let.module}, place_.attribute, 0};
  }

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
  EntityId findParameter(std::string_view name) const {
    for (EntityId at = from(); at.valid(); at = c_.model.entities[at.index].parent)
      if (EntityId id = c_.find(at.index, Kind::parameter, name); id.valid()) return id;
    return {};
  }

  /// Of the profile whose body the place is taken from: the parameter's expression with the place
  /// that it is evaluated for.
  struct Given {
    const Tree* tree;
    ExprId expr;
    Place place;
    EntityId parameter;
  };
  std::optional<Given> given(std::string_view name) {
    if (place_.expansion == 0) return std::nullopt;
    const Expansion& e = c_.expansions[place_.expansion];
    EntityId parameter = c_.find(e.profile.index, Kind::parameter, name);
    if (!parameter.valid()) return std::nullopt;
    c_.referenced[parameter.index] = true;
    size_t position = 0;
    for (EntityId child : c_.model.childrenOf(e.profile)) {
      if (child == parameter) break;
      position += c_.entity(child).kind == Kind::parameter ? 1 : 0;
    }
    if (position < e.arguments.size() && e.arguments[position].valid())
      return Given{e.tree, e.arguments[position], {{e.site, e.module}, name, e.outer}, parameter};
    const Tree& tree = c_.tree(parameter);
    for (syntax::MemberId id : tree.list(c_.member(parameter).members))
      if (tree[id].kind == syntax::MemberKind::Attribute && tree.str(tree[id].word) == "default")
        return Given{
            &tree, tree[id].value, {{{}, c_.moduleOf[e.profile.index]}, name, 0}, parameter};
    return Given{&tree, {}, {{{}, 0}, name, 0}, parameter};
  }
  /// Evaluates for a parameter without a word: what is wrong with an argument is said where it is
  /// given. Returns what could be said.
  template <class Visit>
  FindingList quietly(const Given& given, const Visit& visit) {
    FindingList findings;
    if (depth_ >= maxDepth) return findings;
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
  std::optional<Value> parameter(const Expr& e, const schema::Type& type) {
    if (e.words.count != 1) return std::nullopt;
    if (from().valid() && c_.entity(from()).kind == Kind::parameter) return std::nullopt;
    std::string_view name = tree_.str(e);
    if (type.base == Base::Choice)
      for (std::string_view word : schema::splitWords(type.choices))
        if (word == name) return std::nullopt;
    Value result;
    result.range = tree_.range(e);
    if (auto value = given(name)) {
      withGiven(*value, e, [&](Evaluator& evaluator, ExprId expr) {
        result.data = evaluator.value(expr, type).data;
      });
      return result;
    }
    EntityId parameter = findParameter(name);
    if (!parameter.valid()) return std::nullopt;
    c_.referenced[parameter.index] = true;
    schema::Type has = parameterType(c_, parameter);
    bool fits = accepts(type, has);
    if (!fits)
      wrong(e, type, fmt::format("the parameter `{}`, {}", name, schema::describe(has)));
    else
      result.data = model::ParameterRef{parameter};
    return result;
  }

  Value named(const Expr& e, const schema::Type& type) {
    Value result;
    result.range = tree_.range(e);
    if (Let* let = findLet(e)) {
      withLet(*let, e, [&](Evaluator& evaluator, ExprId expr) {
        result.data = evaluator.value(expr, type).data;
      });
      return result;
    }
    std::string_view name = tree_.str(e);
    if (inPattern()) return result;
    auto& finding = wrong(e, type);
    if (elsewhere(finding, name)) return result;
    std::string near = nearest(c_, name, [&](auto&& add) { values(add); });
    didYouMean(finding, near, tree_.range(e));
    if (near.empty() &&
        (type.base == Base::String || type.base == Base::Promql || textFormOf(type.base))) {
      char quote = type.base == Base::Promql ? '`' : '"';
      finding.fix("quote it", {{tree_.range(e.begin, e.begin), std::string(1, quote)},
                               {tree_.range(e.end, e.end), std::string(1, quote)}});
    }
    return result;
  }

  /// Names of values, for "did you mean".
  template <class Add>
  void values(const Add& add) {
    for (const auto& [known, lets] : c_.lets) add(known);
    auto parametersOf = [&](EntityId id) {
      for (EntityId child : c_.model.childrenOf(id))
        if (c_.model[child].kind == Kind::parameter) add(c_.model[child].name);
    };
    for (EntityId at = from(); at.valid(); at = c_.model.entities[at.index].parent)
      parametersOf(at);
    if (place_.expansion != 0) parametersOf(c_.expansions[place_.expansion].profile);
  }

  /// A value that other environments give the name to.
  bool elsewhere(Finding& finding, std::string_view name) const {
    auto it = c_.lets.find(name);
    if (it == c_.lets.end()) return false;
    for (const Let& let : it->second) {
      if (let.environment.empty() || let.module != place_.scope.module) continue;
      finding.at(let.tree->range((*let.tree)[let.member].subject),
                 fmt::format("it has a value in environment `{}` only", let.environment));
      finding.suggest(fmt::format("give it one in `{}` too, or one for all environments at the top "
                                  "of a file",
                                  c_.options.environment));
      return true;
    }
    return false;
  }

  // --- quantities ------------------------------------------------------------------------------

  std::optional<Quantity> quantity(ExprId id, const schema::Type& type) {
    const Expr& e = tree_[id];
    Unit wanted = *unitOf(type.base);
    wanted_ = type.base;
    auto q = compute(id, wanted);
    if (!q) return std::nullopt;
    if (q->unit != wanted) {
      auto& finding = wrong(e, type,
                            e.kind == ExprKind::Quantity
                                ? describe(q->unit)
                                : fmt::format("{}, {}", q->toString(), describe(q->unit)));
      if (e.kind == ExprKind::Quantity && q->unit == Unit::Number) unitHelp(finding, e, wanted);
      return std::nullopt;
    }
    if (symbolic_) {
      // In a profile it is calculated where that is taken over; in an sli nothing calculates.
      if (!inPattern())
        c_.findings
            .add(Check::TypeMismatch, tree_.range(e), "a parameter of an sli stands alone")
            .label("this is a calculation")
            .suggest("name the parameter itself, and calculate where the sli is used");
      return std::nullopt;
    }
    if (type.base == Base::Integer && (q->value.exponent < 0)) {
      wrong(e, type, "a fraction");
      return std::nullopt;
    }
    return inRange(e, *q, type) ? q : std::nullopt;
  }

  void unitHelp(Finding& finding, const Expr& e, Unit wanted) {
    std::string text(tree_.str(e));
    switch (wanted) {
    case Unit::Duration:
      finding.suggest(fmt::format("add a unit: `{}ms`, `{}s`, `{}m`, `{}h` or `{}d`", text, text,
                                  text, text, text));
      break;
    case Unit::Ratio: {
      auto value = model::parseDecimal(text);
      bool fraction = value && *value <= model::Decimal(1);
      std::string percent =
          fraction ? model::Decimal(value->mantissa, value->exponent + 2).toString() : text;
      finding.suggest(fmt::format("did you mean `{}%`?", percent));
      finding.fix(fmt::format("write `{}%`", percent), {{tree_.range(e), percent + "%"}});
      break;
    }
    case Unit::Rate:
      finding.suggest(
          fmt::format("say in what time: `{}/s`, `{}/h` or `{}/year`", text, text, text));
      break;
    case Unit::Bytes:
      finding.suggest(fmt::format("add a unit: `{}MiB` or `{}GB`", text, text));
      break;
    default: break;
    }
  }

  bool inRange(const Expr& e, const Quantity& q, const schema::Type& type) {
    auto report = [&](std::string bound) {
      c_.findings
          .add(Check::OutOfRange, tree_.range(e),
               fmt::format("`{}` must be {}", place_.attribute, bound))
          .label(e.kind == ExprKind::Quantity ? std::string("out of range")
                                              : fmt::format("this is {}", q.toString()));
      return false;
    };
    if (!type.minimum.empty() && compare(q, *model::parseQuantity(type.minimum).value) < 0)
      return report(fmt::format("at least {}", type.minimum));
    if (!type.maximum.empty()) {
      bool exclusive = type.maximum.starts_with('<');
      auto order = compare(q, *model::parseQuantity(type.maximum.substr(exclusive ? 1 : 0)).value);
      if (exclusive && order >= 0)
        return report(fmt::format("less than {}", type.maximum.substr(1)));
      if (!exclusive && order > 0) return report(fmt::format("at most {}", type.maximum));
    }
    unusual(e, q, type);
    return true;
  }

  /// Allowed, but probably a slip: `timeout = 200m`.
  void unusual(const Expr& e, const Quantity& q, const schema::Type& type) {
    if (type.usualMinimum.empty() || e.kind != ExprKind::Quantity) return;
    auto least = model::parseQuantity(type.usualMinimum).value;
    bool exclusive = type.usualMaximum.starts_with('<');
    auto most = model::parseQuantity(type.usualMaximum.substr(exclusive ? 1 : 0)).value;
    if (compare(q, *least) >= 0 && compare(q, *most) <= 0) return;
    c_.findings
        .add(Check::UnusualValue, tree_.range(e),
             fmt::format("`{}` is unusual for `{}`", tree_.str(e), place_.attribute))
        .label(fmt::format("usually between {} and {}", least->toString(), most->toString()))
        .suggest(
            "check the unit; if it is meant so, accept it: accept unusual-value { because = … }");
  }

  /// `5 s` and `99,9%`, which syntax keeps as one quantity: mends the text and says what was wrong.
  static std::string_view spelledApart(std::string& text) {
    if (size_t comma = text.find(','); comma != text.npos) {
      text[comma] = '.';
      return "a decimal point is a `.`";
    }
    size_t size = text.size();
    std::erase_if(text, [](char c) { return c == ' ' || c == '\t'; });
    return text.size() < size ? "number and unit stand together" : std::string_view();
  }

  std::string operand(ExprId id, const Quantity& value) const {
    return fmt::format("`{}` is {}", tree_.str(tree_[id]), describe(value.unit));
  }

  /// `wanted` helps with the unit of bare numbers in messages only.
  std::optional<Quantity> compute(ExprId id, Unit wanted) {
    const Expr& e = tree_[id];
    switch (e.kind) {
    case ExprKind::Quantity: {
      std::string mended(tree_.str(e));
      std::string_view apart = spelledApart(mended);
      auto parsed = model::parseQuantity(mended);
      if (parsed.value && apart.empty()) return parsed.value;
      auto& finding = c_.findings.add(
          parsed.unknownUnit.empty() && apart.empty() ? Check::ArithmeticError : Check::UnknownUnit,
          tree_.range(e), apart.empty() ? parsed.error : std::string(apart));
      if (parsed.value) {
        finding.fix(fmt::format("write `{}`", mended), {{tree_.range(e), mended}});
      } else if (!parsed.suggestion.empty() && !parsed.unknownUnit.empty()) {
        mended.replace(mended.find(parsed.unknownUnit), parsed.unknownUnit.size(),
                       parsed.suggestion);
        finding.suggest(fmt::format("did you mean `{}`?", mended));
        finding.fix(fmt::format("write `{}`", mended), {{tree_.range(e), mended}});
      } else if (!parsed.unknownUnit.empty()) {
        finding.suggest("known units: ns us ms s m h d w y, %, B KB MB GB TB KiB MiB GiB TiB, and "
                        "`/s` … `/year` for rates");
      }
      return std::nullopt;
    }
    case ExprKind::Negate: {
      auto q = compute(tree_.exprList(e.children)[0], wanted);
      if (q) q->value = model::Decimal(-q->value.mantissa, q->value.exponent);
      return q;
    }
    case ExprKind::Add:
    case ExprKind::Subtract:
    case ExprKind::Multiply:
    case ExprKind::Divide: {
      auto children = tree_.exprList(e.children);
      auto a = compute(children[0], wanted);
      auto b = compute(children[1], wanted);
      if (!a || !b) return std::nullopt;
      static constexpr char ops[] = {'+', '-', '*', '/'};
      char op = ops[static_cast<int>(e.kind) - static_cast<int>(ExprKind::Add)];
      auto combined = model::combine(op, *a, *b);
      if (!combined.value) {
        c_.findings.add(Check::ArithmeticError, tree_.range(e), combined.error)
            .at(tree_.range(tree_[children[0]]), operand(children[0], *a))
            .at(tree_.range(tree_[children[1]]), operand(children[1], *b));
      }
      return combined.value;
    }
    case ExprKind::Reference: {
      // Inside a calculation a name's own unit decides.
      std::optional<Quantity> result;
      auto compute = [&](Evaluator& evaluator, ExprId expr) {
        result = evaluator.compute(expr, wanted);
      };
      std::string_view name = tree_.str(e);
      if (auto value = e.words.count == 1 ? given(name) : std::nullopt) {
        withGiven(*value, e, compute);
        return result;
      }
      if (EntityId parameter = e.words.count == 1 ? findParameter(name) : EntityId{};
          parameter.valid()) {
        c_.referenced[parameter.index] = true;
        symbolic_ = true;
        auto unit = unitOf(parameterType(c_, parameter).base);
        if (!unit) {
          wrong(e, schema::Type{.base = baseOf(wanted)},
                fmt::format("the parameter `{}`, {}", name,
                            schema::describe(parameterType(c_, parameter))));
          return std::nullopt;
        }
        return Quantity{1, *unit};
      }
      if (Let* let = findLet(e)) {
        withLet(*let, e, compute);
        return result;
      }
      auto& finding = c_.findings.add(Check::UnknownName, tree_.range(e),
                                      fmt::format("no value is called `{}`", name));
      if (!elsewhere(finding, name)) {
        didYouMean(finding, nearest(c_, name, [&](auto&& add) { values(add); }), tree_.range(e));
        if (finding.help.empty()) finding.suggest("name a value with `let`: let budget = 300ms");
      }
      return std::nullopt;
    }
    case ExprKind::Missing: return std::nullopt;
    default:
      wrong(e, schema::Type{.base = unitOf(wanted_) == wanted ? wanted_ : baseOf(wanted)});
      return std::nullopt;
    }
  }

  static Base baseOf(Unit unit) {
    static constexpr Base bases[] = {Base::Number, Base::Ratio, Base::Duration,
                                     Base::Bytes,  Base::Rate,  Base::Growth};
    return bases[static_cast<size_t>(unit)];
  }

  // --- the other types -------------------------------------------------------------------------

  void date(const Expr& e, const schema::Type& type, Value& result) {
    if (e.kind != ExprKind::Date) {
      wrong(e, type);
      return;
    }
    if (auto d = model::parseDate(tree_.str(e)))
      result.data = *d;
    else
      c_.findings.add(Check::OutOfRange, tree_.range(e),
                      fmt::format("there is no day `{}`", tree_.str(e)));
  }

  void string(const Expr& e, const schema::Type& type, Value& result) {
    if (e.kind != ExprKind::String && e.kind != ExprKind::Text) {
      wrong(e, type);
      return;
    }
    std::string_view raw = tree_.str(e);
    bool whole = true;
    if (e.kind == ExprKind::String && raw.find_first_of("\\$") == raw.npos)
      result.data = model::Text{raw.substr(1, raw.size() - 2)};
    else
      result.data = model::Text{c_.model.keep(decode(e, whole))};
    if (!whole) return;
    const TextForm* form = textFormOf(type.base);
    if (!form) return;
    if (auto fault = form->judge(result.as<model::Text>()->text)) {
      textFault(e, *fault);
      result.data = std::monostate{};
    }
  }

  void textFault(const Expr& e, const TextFault& fault) {
    // Offsets in the text are offsets in the source only if nothing was escaped or filled in.
    bool exact =
        e.kind == ExprKind::String && tree_.str(e).find_first_of("\\$") == std::string::npos;
    uint32_t begin = e.begin + 1 + fault.offset;
    source::Range range =
        exact && fault.length > 0 ? tree_.range(begin, begin + fault.length) : tree_.range(e);
    auto& finding = c_.findings.add(Check::MalformedText, range, fault.message);
    if (!fault.suggestion.empty()) {
      finding.suggest(fmt::format("did you mean `\"{}\"`?", fault.suggestion));
      if (exact)
        finding.fix(fmt::format("write `\"{}\"`", fault.suggestion),
                    {{tree_.range(e), '"' + fault.suggestion + '"'}});
    } else if (!fault.help.empty()) {
      finding.suggest(fault.help);
    }
  }

  /// The text of a string, its holes filled. `whole` becomes false if a hole could not be.
  std::string decode(const Expr& e, bool& whole) {
    return decodeString(tree_, e, c_.findings, [&](const Hole& hole) {
      auto text = fill(hole);
      if (!text) whole = false;
      // In a profile what it stands for is not known yet.
      return text ? *text
                  : std::string(inPattern() ? tree_.text.substr(hole.begin, hole.end - hole.begin)
                                            : std::string_view());
    });
  }

  /// What `${…}` stands for: a parameter, a `let`, `self`, a declaration, or an attribute of one.
  std::optional<std::string> fill(const Hole& hole) {
    source::Range range = tree_.range(hole.begin, hole.end);
    if (c_.holesLeft == 0) {
      c_.findings.add(Check::LimitExceeded, range, "too much is put together in one text")
          .because(fmt::format("its value is made of more than {} others", Context::maxHoles));
      return std::nullopt;
    }
    --c_.holesLeft;
    if (hole.words.empty()) {
      c_.findings.add(Check::UnknownName, range, "expected a name between `${` and `}`")
          .suggest("for a dollar sign before a brace write `$${`");
      return std::nullopt;
    }
    Expr e;
    e.kind = ExprKind::Reference;
    e.begin = hole.words.front().begin;
    e.end = hole.words.back().end;
    std::string_view first = tree_.str(hole.words.front());
    if (hole.words.size() == 1) {
      if (auto value = given(first)) {
        std::optional<std::string> text;
        quietly(*value, [&](Evaluator& evaluator, ExprId expr) { text = evaluator.text(expr); });
        return text;
      }
      if (EntityId parameter = findParameter(first); parameter.valid()) {
        c_.referenced[parameter.index] = true;
        return std::nullopt;
      }
    }
    if (first == "self") return self(hole, range);
    if (Let* let = hole.words.size() == 1 ? findLet(first) : nullptr) {
      std::optional<std::string> text;
      withLet(*let, e, [&](Evaluator& evaluator, ExprId expr) { text = evaluator.text(expr); });
      return text;
    }
    KindSet any = everything();
    if (EntityId id = tryResolve(c_, tree_, hole.words, any, place_.scope); id.valid())
      return std::string(c_.entity(id).name);
    if (hole.words.size() > 1) {
      // Of several declarations of that name the one that has such an attribute is meant.
      auto owner = std::span(hole.words).first(hole.words.size() - 1);
      KindSet having;
      any.each([&](Kind kind) {
        if (schema::findAttribute(kind, tree_.str(hole.words.back()))) having = having | kind;
      });
      EntityId id = tryResolve(c_, tree_, owner, having, place_.scope);
      if (!id.valid()) id = tryResolve(c_, tree_, owner, any, place_.scope);
      if (id.valid()) return attributeText(id, hole.words.back(), range);
    }
    if (inPattern()) return std::nullopt;
    auto& finding = c_.findings.add(Check::UnknownName, range,
                                    fmt::format("nothing is called `{}`", tree_.str(e)));
    if (elsewhere(finding, first)) return std::nullopt;
    if (hole.words.size() == 1)
      didYouMean(finding, nearest(c_, first, [&](auto&& add) { values(add); }),
                 tree_.range(hole.words[0]));
    if (finding.help.empty())
      finding.suggest("name a value with `let`; for a dollar sign before a brace write `$${`");
    return std::nullopt;
  }

  static KindSet everything() {
    KindSet any;
    for (const auto& row : schema::kinds())
      if (row.kind != Kind::accept && row.kind != Kind::parameter) any = any | row.kind;
    return any;
  }

  /// The declaration at top level that the place belongs to.
  [[nodiscard]] EntityId outermost() const {
    EntityId at = from();
    while (at.valid() && c_.model[at].parent.valid()) at = c_.model[at].parent;
    return at;
  }

  std::optional<std::string> self(const Hole& hole, source::Range range) {
    if (inPattern()) return std::nullopt;
    EntityId id = outermost();
    if (!id.valid()) {
      c_.findings.add(Check::UnknownName, range, "there is no declaration here to be `self`");
      return std::nullopt;
    }
    if (hole.words.size() == 1) return std::string(c_.entity(id).name);
    if (hole.words.size() == 2) return attributeText(id, hole.words[1], range);
    c_.findings.add(Check::UnknownName, range, "`self` is followed by one attribute at most");
    return std::nullopt;
  }

  /// An attribute of a declaration as text.
  std::optional<std::string> attributeText(EntityId id, syntax::Word word, source::Range range) {
    std::string_view name = tree_.str(word);
    Kind kind = c_.entity(id).kind;
    const schema::AttributeInfo* row = schema::findAttribute(kind, name);
    if (!row) {
      auto& finding =
          c_.findings.add(Check::UnknownAttribute, tree_.range(word),
                          fmt::format("{} has no attribute `{}`",
                                      schema::withArticle(schema::info(kind).word), name));
      didYouMean(finding,
                 nearest(c_, name,
                         [&](auto&& add) {
                           for (const auto* known : schema::attributesOf(kind)) add(known->name);
                         }),
                 tree_.range(word));
      return std::nullopt;
    }
    if (depth_ >= maxDepth) {
      endless_ = true;
      return std::nullopt;
    }
    for (const Layer& layer : c_.layersOf(id))
      for (syntax::MemberId memberId : layer.tree->list((*layer.tree)[layer.member].members)) {
        const syntax::Member& m = (*layer.tree)[memberId];
        if (m.kind != syntax::MemberKind::Attribute || layer.tree->str(m.word) != name) continue;
        Place place{{id, c_.moduleOfLayer(id, layer)}, name, layer.expansion};
        Evaluator evaluator(c_, *layer.tree, place);
        evaluator.depth_ = depth_ + 1;
        // What is wrong with the value is said where it stands, unless it is that it never ends.
        FindingList findings;
        std::swap(findings, c_.findings);
        Value value = evaluator.value(m.value, row->type);
        std::swap(findings, c_.findings);
        endless_ |= evaluator.endless_;
        if (depth_ == 0 && endless_)
          c_.findings.add(Check::ArithmeticError, range,
                          fmt::format("the value of `{}` depends on itself", name));
        if (value.present() && !endless_) return toText(c_.model, value);
        return std::nullopt;
      }
    std::string fallback(row->fallback);
    if (fallback.size() > 1 && fallback.front() == '"')
      fallback = fallback.substr(1, fallback.size() - 2);
    if (fallback.empty())
      c_.findings
          .add(
              Check::MissingAttribute, range,
              fmt::format("{} `{}` has no `{}`", schema::info(kind).word, c_.entity(id).name, name))
          .at(c_.entity(id).nameRange, fmt::format("expected `{}` in it", row->example));
    return fallback.empty() ? std::nullopt : std::optional(fallback);
  }

  /// Any value as text, for a hole.
  std::optional<std::string> text(ExprId id) {
    if (!id.valid()) return std::nullopt;
    const Expr& e = tree_[id];
    if (e.kind == ExprKind::Reference) {
      Hole hole{e.begin, e.end, {}};
      auto words = tree_.wordList(e.words);
      hole.words.assign(words.begin(), words.end());
      return fill(hole);
    }
    Value value;
    value.range = tree_.range(e);
    if (e.kind == ExprKind::List) {
      std::string all;
      for (ExprId item : tree_.exprList(e.children)) {
        auto one = text(item);
        if (!one) return std::nullopt;
        all += (all.empty() ? "" : ", ") + *one;
      }
      return all;
    }
    any(id, value);
    return value.present() ? std::optional(toText(c_.model, value)) : std::nullopt;
  }

  void choice(const Expr& e, const schema::Type& type, Value& result) {
    std::string_view word = tree_.str(e);
    if (e.kind == ExprKind::String) word = word.substr(1, word.size() - 2);
    for (std::string_view known : schema::splitWords(type.choices)) {
      if (known != word) continue;
      // A string is right where it is the argument of a parameter.
      if (e.kind == ExprKind::String && depth_ == 0)
        wrong(e, type);
      else
        result.data = model::Label{known};
      return;
    }
    if (e.kind != ExprKind::Reference) {
      wrong(e, type);
      return;
    }
    // What `lint` and `survive` set is named by the author.
    bool named = schema::firstRowNamed(place_.attribute) == UINT16_MAX;
    auto& finding =
        c_.findings.add(Check::UnknownChoice, tree_.range(e),
                        named ? fmt::format("`{}` is no value of `{}`", word, place_.attribute)
                              : fmt::format("`{}` is no {}", word, place_.attribute));
    finding.label(fmt::format("expected {}", schema::describe(type)));
    didYouMean(finding,
               nearest(c_, word,
                       [&](auto&& add) {
                         for (auto known : schema::splitWords(type.choices)) add(known);
                       }),
               tree_.range(e));
  }

  // --- names of declarations, forms ------------------------------------------------------------

  void reference(const Expr& e, const schema::Type& type, Value& result) {
    if (type.orText && (e.kind == ExprKind::String || e.kind == ExprKind::Text)) {
      string(e, {.base = Base::String}, result);
      return;
    }
    if (e.kind == ExprKind::Call && type.counted) {
      counted(e, type, result);
      return;
    }
    if (e.kind != ExprKind::Reference) {
      wrong(e, type);
      return;
    }
    // `checkout.availability.page`: the last word may be a part of what the others name.
    auto words = tree_.wordList(e.words);
    if (!type.choices.empty() && words.size() > 1 &&
        !tryResolve(c_, tree_, words, type.references, place_.scope).valid())
      for (std::string_view part : schema::splitWords(type.choices)) {
        if (tree_.str(words.back()) != part) continue;
        Expr owner = e;
        owner.words.count -= 1;
        owner.end = words[words.size() - 2].end;
        EntityId target = resolve(c_, tree_, owner, type.references, place_.scope);
        if (target.valid()) result.data = model::Qualified{target, part};
        return;
      }
    if (EntityId target = resolve(c_, tree_, e, type.references, place_.scope); target.valid())
      result.data = target;
  }

  /// `eu-west-1a(4)`.
  void counted(const Expr& e, const schema::Type& type, Value& result) {
    EntityId target = resolve(c_, tree_, calleeOf(tree_, e), type.references, place_.scope);
    auto arguments = tree_.argumentList(e.children);
    if (arguments.size() != 1 || arguments[0].name.present()) {
      c_.findings
          .add(Check::WrongArguments, tree_.range(e),
               fmt::format("`{}` takes one number, how many stand there",
                           tree_.str(calleeOf(tree_, e))))
          .suggest(fmt::format("write `{}(2)`", tree_.str(calleeOf(tree_, e))));
      return;
    }
    auto count = quantity(arguments[0].value, schema::type::count);
    if (count && target.valid())
      result.data = model::Counted{target, static_cast<uint32_t>(count->toDouble())};
  }

  void form(const Expr& e, const schema::Type& type, Value& result) {
    bool call = e.kind == ExprKind::Call;
    if (!call && e.kind != ExprKind::Reference) {
      wrong(e, type);
      return;
    }
    Expr callee = calleeOf(tree_, e);
    std::string_view name = tree_.str(callee);
    const schema::FormInfo* info = schema::findForm(type.forms, name);
    if (!info) {
      auto& finding = c_.findings.add(Check::UnknownChoice, tree_.range(callee),
                                      fmt::format("`{}` is no {}", name, place_.attribute));
      finding.label(fmt::format("expected {}", schema::describe(type)));
      didYouMean(finding,
                 nearest(c_, name,
                         [&](auto&& add) {
                           for (const auto& row : schema::formTable)
                             if (row.set == type.forms) add(row.name);
                         }),
                 tree_.range(callee));
      return;
    }
    auto parameters = schema::parametersOf(*info);
    model::Form made;
    made.info = info;
    bool failed = false;
    size_t position = 0;
    std::span<const syntax::Argument> arguments;
    if (call) arguments = tree_.argumentList(e.children);
    for (const syntax::Argument& argument : arguments) {
      size_t index = position;
      if (argument.name.present())
        for (index = 0; index < parameters.size(); ++index)
          if (parameters[index]->name == tree_.str(argument.name)) break;
      if (index >= parameters.size()) {
        formArgument(argument, *info, parameters);
        failed = true;
        continue;
      }
      position += argument.name.present() ? 0 : 1;
      const schema::FormParameterInfo* parameter = parameters[index];
      bool again = std::any_of(made.arguments.begin(), made.arguments.end(),
                               [&](const auto& other) { return other.parameter == parameter; });
      if (again) {
        c_.findings.add(Check::WrongArguments, tree_.range(tree_[argument.value]),
                        fmt::format("`{}` is given twice", parameter->name));
        continue;
      }
      Place place{place_.scope, parameter->name, place_.expansion};
      Evaluator evaluator(c_, tree_, place);
      evaluator.depth_ = depth_;
      Value value = evaluator.value(argument.value, parameter->type);
      failed |= !value.present();
      made.arguments.push_back({parameter, value});
    }
    for (const auto* parameter : parameters) {
      bool given = std::any_of(made.arguments.begin(), made.arguments.end(),
                               [&](const auto& a) { return a.parameter == parameter; });
      if (given || failed || parameter->presence != schema::Presence::Required) continue;
      c_.findings
          .add(Check::WrongArguments, tree_.range(e),
               fmt::format("`{}` needs `{}`", name, parameter->name))
          .because(std::string(parameter->doc))
          .suggest(fmt::format("for example: {}", info->example));
      failed = true;
    }
    if (failed) return;
    result.data = model::FormRef{static_cast<uint32_t>(c_.model.forms.size())};
    c_.model.forms.push_back(std::move(made));
  }

  void formArgument(const syntax::Argument& argument, const schema::FormInfo& info,
                    const std::vector<const schema::FormParameterInfo*>& parameters) {
    source::Range range =
        argument.name.present() ? tree_.range(argument.name) : tree_.range(tree_[argument.value]);
    auto& finding = c_.findings.add(
        Check::WrongArguments, range,
        argument.name.present()
            ? fmt::format("`{}` has no parameter `{}`", info.name, tree_.str(argument.name))
            : fmt::format("`{}` takes {} argument{}, not more", info.name, parameters.size(),
                          parameters.size() == 1 ? "" : "s"));
    if (argument.name.present())
      didYouMean(finding,
                 nearest(c_, tree_.str(argument.name),
                         [&](auto&& add) {
                           for (const auto* p : parameters) add(p->name);
                         }),
                 range);
    if (finding.help.empty()) finding.suggest(fmt::format("for example: {}", info.example));
  }

  void selector(const Expr& e, const schema::Type& type, Value& result) {
    if (e.kind != ExprKind::Selector) {
      wrong(e, type).suggest("for example `{job=\"checkout\", code=~\"5..\"}`");
      return;
    }
    // Text for PromQL's own parser, so that it alone judges labels and regular expressions.
    std::vector<promql::Matcher> matchers;
    bool failed = false;
    for (const syntax::Matcher& m : tree_.matcherList(e.children)) {
      const Expr& v = tree_[m.value];
      Evaluator evaluator(c_, tree_, place_);
      evaluator.depth_ = depth_;
      size_t known = c_.findings.size();
      Value value =
          v.kind == ExprKind::Missing ? Value() : evaluator.value(m.value, {.base = Base::String});
      const auto* plain = value.as<model::Text>();
      if (!plain) {
        bool patterned = inPattern() && c_.findings.size() == known;
        if (value.as<model::ParameterRef>() && !inPattern())
          c_.findings.add(Check::TypeMismatch, tree_.range(v),
                          "a parameter cannot stand in a selector outside of PromQL");
        failed = !patterned;
        if (failed) continue;
      }
      promql::Matcher matcher;
      matcher.label = tree_.str(m.label);
      matcher.op = m.op == syntax::TokenKind::NotEqual   ? promql::MatchOp::NotEqual
                   : m.op == syntax::TokenKind::Match    ? promql::MatchOp::Regex
                   : m.op == syntax::TokenKind::NotMatch ? promql::MatchOp::NotRegex
                                                         : promql::MatchOp::Equal;
      matcher.value = plain ? plain->text : std::string_view("?");
      auto parsed = promql::parseMatchers(promql::print(std::vector<promql::Matcher>{matcher}));
      for (const auto& error : parsed.errors) {
        c_.findings.add(checkOf(error.kind), tree_.range(m.label.begin, v.end), error.message);
        failed = true;
        break;
      }
      matchers.push_back(std::move(matcher));
    }
    if (failed) return;
    result.data = model::SelectorRef{static_cast<uint32_t>(c_.model.selectors.size())};
    c_.model.selectors.push_back(std::move(matchers));
  }

  template <class Kind>
  static Check checkOf(Kind kind) {
    static constexpr Check checks[] = {Check::PromqlSyntax, Check::PromqlType,
                                       Check::PromqlNeedsNewerVersion, Check::PromqlSyntax};
    return checks[static_cast<size_t>(kind)];
  }

  /// `severity = page` on a line of its own.
  bool looksLikeAttribute(uint32_t at) const {
    size_t line = tree_.text.find_last_not_of(" \t", at == 0 ? 0 : at - 1);
    if (line == tree_.text.npos || tree_.text[line] != '\n') return false;
    size_t behind = tree_.text.find_first_not_of("abcdefghijklmnopqrstuvwxyz_", at);
    size_t assign = tree_.text.find_first_not_of(" \t", behind);
    return behind > at && assign != tree_.text.npos && tree_.text.substr(assign, 2) == "= ";
  }

  void promql(const Expr& e, const schema::Type& type, Value& result) {
    if (e.kind != ExprKind::Promql) {
      auto& finding = wrong(e, type);
      if (e.kind == ExprKind::String) {
        bool whole = true;
        std::string text = decode(e, whole);
        if (text.find('`') == text.npos)
          finding.fix("use back-quotes", {{tree_.range(e), "`" + text + "`"}});
      }
      return;
    }
    promql::Options options;
    options.rule = from().valid() && c_.entity(from()).kind == Kind::alert;
    std::string_view raw = tree_.text.substr(e.begin + 1, e.end - e.begin - 2);
    quotedParameters(e, raw);
    bool whole = true;
    std::optional<std::string> filled;
    if (raw.find("${") != raw.npos) filled = fillPromql(e, whole);
    if (!whole && !inPattern()) return;
    std::string_view text = filled ? std::string_view(*filled) : raw;
    auto parsed = promql::parse(text, options);
    for (const auto& error : parsed.errors) {
      // Where values were put in, offsets in the text are not those of the source.
      uint32_t begin =
          filled ? e.begin : std::min<uint32_t>(e.begin + 1 + error.range.begin, e.end - 1);
      uint32_t end =
          filled ? e.end
                 : std::min<uint32_t>(std::max<uint32_t>(e.begin + 1 + error.range.end, begin + 1),
                                      e.end);
      auto& finding = c_.findings.add(checkOf(error.kind), tree_.range(begin, end), error.message);
      if (filled)
        finding.because(fmt::format("with its values the expression is `{}`", text));
      else if (looksLikeAttribute(begin))
        finding.suggest(
            "this line looks like an attribute: is the closing back-quote missing before it?");
    }
    promql::Bindings bindings;
    if (parsed.expr.valid()) parameters(e, parsed.expr, bindings);
    bool usable = parsed.ok();
    model::Query query{{}, tree_.file, e.begin + 1, !bindings.empty() || filled};
    if (usable && !bindings.empty()) {
      auto bound = promql::instantiate(parsed.expr, bindings, promql::Unbound::Keep);
      for (const auto& error : bound.errors)
        c_.findings.add(Check::TypeMismatch,
                        tree_.range(e.begin + 1 + error.range.begin, e.begin + 1 + error.range.end),
                        error.message);
      auto again = promql::parse(bound.text, options);
      usable = bound.ok() && again.ok();
      if (bound.ok() && !again.ok())
        c_.findings.add(checkOf(again.errors[0].kind), tree_.range(e), again.errors[0].message)
            .because(fmt::format("with its parameters the expression is `{}`", bound.text));
      query.expr = std::move(again.expr);
    } else {
      query.expr = std::move(parsed.expr);
    }
    if (!usable) query.expr = {};
    result.data = model::PromqlRef{static_cast<uint32_t>(c_.model.queries.size())};
    c_.model.queries.push_back(std::move(query));
  }

  /// The text with its holes filled, as they stand in strings: `pod=~"${self}-.*"`.
  std::string fillPromql(const Expr& e, bool& whole) {
    std::string_view source = tree_.text.substr(0, e.end - 1);
    std::string out;
    for (uint32_t at = e.begin + 1; at < source.size();) {
      if (source.substr(at, 3) == "$${") {
        out += "${";
        at += 3;
      } else if (auto hole = holeAt(source, at)) {
        auto text = fill(*hole);
        whole &= text.has_value();
        std::string quoted = promql::quote(text.value_or("x"));
        out += std::string_view(quoted).substr(1, quoted.size() - 2);
        at = hole->end;
      } else {
        out += source[at++];
      }
    }
    return out;
  }

  /// `job="$job"` compares with a dollar sign and three letters.
  void quotedParameters(const Expr& e, std::string_view raw) {
    char quote = 0;
    for (size_t i = 0; i < raw.size(); ++i) {
      if (quote == 0) {
        if (raw[i] == '"' || raw[i] == '\'') quote = raw[i];
      } else if (raw[i] == '\\') {
        ++i;
      } else if (raw[i] == quote) {
        quote = 0;
      } else if (raw[i] == '$') {
        size_t end = i + 1;
        while (end < raw.size() &&
               (std::isalnum(static_cast<unsigned char>(raw[end])) != 0 || raw[end] == '_'))
          ++end;
        std::string_view name = raw.substr(i + 1, end - i - 1);
        bool known = !name.empty() && (name == "self" || given(name) ||
                                       findParameter(name).valid() || c_.lets.contains(name));
        if (!known) continue;
        source::Range range = tree_.range(e.begin + 1 + static_cast<uint32_t>(i),
                                          e.begin + 1 + static_cast<uint32_t>(end));
        std::string hole = fmt::format("${{{}}}", name);
        c_.findings
            .add(Check::TypeMismatch, range,
                 fmt::format("inside quotes `${}` is text, not the value of `{}`", name, name))
            .suggest(fmt::format("write `{}`, or `${}` without the quotes", hole, name))
            .fix(fmt::format("write `{}`", hole), {{range, hole}});
      }
    }
  }

  /// Where in PromQL a parameter of each type may stand.
  static bool fits(Base base, promql::Place place) {
    using P = promql::Place;
    static constexpr std::pair<Base, P> rows[] = {
        {Base::Selector, P::Matchers}, {Base::Selector, P::Vector},  {Base::Selector, P::Operand},
        {Base::String, P::String},     {Base::String, P::Selector},  {Base::Duration, P::Duration},
        {Base::Duration, P::Number},   {Base::Duration, P::Operand}, // as seconds
        {Base::Ratio, P::Number},      {Base::Ratio, P::Operand},    {Base::Integer, P::Number},
        {Base::Integer, P::Operand},   {Base::Number, P::Number},    {Base::Number, P::Operand},
        {Base::Bytes, P::Number},      {Base::Bytes, P::Operand},    {Base::Rate, P::Number},
        {Base::Rate, P::Operand}, // a second
    };
    return std::find(std::begin(rows), std::end(rows), std::pair(base, place)) != std::end(rows);
  }

  /// What promql::instantiate takes for a value.
  std::optional<promql::Binding> bindingOf(const Value& value) const {
    if (const auto* s = value.as<model::SelectorRef>()) return c_.model.selectors[s->index];
    if (const auto* q = value.as<Quantity>()) {
      if (q->unit != Unit::Duration) return q->toDouble();
      auto ms = model::multiply(q->value, 1000);
      return promql::Milliseconds{ms ? static_cast<int64_t>(ms->toDouble()) : 0};
    }
    if (value.present()) return toText(c_.model, value);
    return std::nullopt;
  }

  /// The value of `$name` where it has one; nothing where it is a parameter still, or unknown.
  std::optional<promql::Binding> bound(std::string_view name) {
    std::optional<promql::Binding> result;
    auto take = [&](Evaluator& evaluator, ExprId expr) {
      if (!expr.valid()) return;
      const Expr& e = evaluator.tree_[expr];
      Value value;
      value.range = evaluator.tree_.range(e);
      if (e.kind == ExprKind::Reference || e.kind == ExprKind::List) {
        if (auto text = evaluator.text(expr)) result = *text;
        if (e.kind == ExprKind::Reference && e.words.count == 1)
          if (auto inner = evaluator.bound(evaluator.tree_.str(e))) result = inner;
        return;
      }
      evaluator.any(expr, value);
      result = bindingOf(value);
    };
    if (auto value = given(name)) {
      quietly(*value, take);
    } else if (name == "self" && !inPattern()) {
      if (EntityId id = outermost(); id.valid()) result = std::string(c_.entity(id).name);
    } else if (Let* let = findLet(name)) {
      Expr use;
      use.begin = use.end = 0;
      withLet(*let, use, take);
    }
    return result;
  }

  void parameters(const Expr& e, const promql::Expr& expr, promql::Bindings& bindings) {
    bool inSli = from().valid() && c_.entity(from()).kind == Kind::sli;
    for (const auto& use : promql::parameters(expr)) {
      source::Range range = tree_.range(e.begin + 1 + use.range.begin, e.begin + 1 + use.range.end);
      if (EntityId parameter = findParameter(use.name); parameter.valid()) {
        c_.referenced[parameter.index] = true;
        Base base = parameterType(c_, parameter).base;
        if (base == Base::Value || fits(base, use.place)) continue;
        c_.findings
            .add(Check::TypeMismatch, range, fmt::format("`${}` cannot stand here", use.name))
            .label(fmt::format("expected {}", toString(use.place)))
            .at(c_.entity(parameter).nameRange,
                fmt::format("declared as {}", schema::describe(schema::Type{.base = base})));
        c_.entity(from()).broken = true;
        continue;
      }
      if ((inSli && use.name == "window") || bindings.contains(use.name)) continue;
      if (auto value = bound(use.name)) {
        bindings.emplace(use.name, std::move(*value));
        continue;
      }
      if (inPattern() && use.name == "self") continue;
      if (given(use.name)) continue; // its argument is missing or wrong: said there
      auto& finding = c_.findings.add(Check::UnknownName, range,
                                      fmt::format("no parameter is called `${}`", use.name));
      if (elsewhere(finding, use.name)) continue;
      finding.suggest(
          inSli ? fmt::format("declare it: parameter {} {{ type = … }}", use.name)
                : fmt::format("write the value itself, or name it: let {} = …", use.name));
    }
  }

  void sli(const Expr& e, const schema::Type& type, Value& result) {
    if (e.kind != ExprKind::Reference && e.kind != ExprKind::Call) {
      wrong(e, type).suggest("declare an `sli`, or put an `sli { … }` block into the SLO");
      return;
    }
    EntityId target = resolve(c_, tree_, calleeOf(tree_, e), Kind::sli, place_.scope);
    if (!target.valid()) return;
    model::Application application;
    application.target = target;
    std::vector<EntityId> parameters = c_.model.childrenOf(target, Kind::parameter);
    MatchedArguments matched = matchArguments(c_, tree_, e, target);
    bool failed = matched.failed;
    for (size_t i = 0; i < parameters.size(); ++i) {
      if (matched.byParameter[i].valid()) {
        Place place{place_.scope, c_.entity(parameters[i]).name, place_.expansion};
        Evaluator evaluator(c_, tree_, place);
        evaluator.depth_ = depth_;
        Value value = evaluator.value(matched.byParameter[i], parameterType(c_, parameters[i]));
        failed |= !value.present();
        application.arguments.push_back({parameters[i], value});
      } else if (const auto* fallback =
                     c_.model.attribute(parameters[i], schema::attr("default"))) {
        application.arguments.push_back({parameters[i], fallback->value});
      }
    }
    if (failed) return;
    result.data = model::ApplicationRef{static_cast<uint32_t>(c_.model.applications.size())};
    c_.model.applications.push_back(std::move(application));
  }

  /// A parameter's default: any value that has a form of its own.
  void any(ExprId id, Value& result) {
    const Expr& e = tree_[id];
    switch (e.kind) {
    case ExprKind::Selector: selector(e, {.base = Base::Selector}, result); break;
    case ExprKind::String:
    case ExprKind::Text: string(e, {.base = Base::String}, result); break;
    case ExprKind::True:
    case ExprKind::False: result.data = e.kind == ExprKind::True; break;
    case ExprKind::Date: date(e, {.base = Base::Date}, result); break;
    case ExprKind::Promql:
    case ExprKind::Call: wrong(e, {.base = Base::Value}); break;
    case ExprKind::Reference: result.data = named(e, {.base = Base::Value}).data; break;
    default:
      if (auto q = compute(id, Unit::Number); q && !symbolic_) result.data = *q;
    }
  }
};

void unknownArgument(Context& c, const syntax::Tree& tree, const syntax::Argument& argument,
                     EntityId target, const std::vector<EntityId>& parameters) {
  std::string_view name = c.entity(target).name;
  if (!argument.name.present()) {
    c.findings
        .add(Check::WrongArguments, tree.range(tree[argument.value]),
             parameters.empty() ? fmt::format("`{}` takes no arguments", name)
                                : fmt::format("`{}` takes {} argument{}, not more", name,
                                              parameters.size(), parameters.size() == 1 ? "" : "s"))
        .at(c.entity(target).nameRange, "declared here");
    return;
  }
  auto& finding =
      c.findings.add(Check::WrongArguments, tree.range(argument.name),
                     fmt::format("`{}` has no parameter `{}`", name, tree.str(argument.name)));
  finding.at(c.entity(target).nameRange, "declared here");
  didYouMean(finding,
             nearest(c, tree.str(argument.name),
                     [&](auto&& add) {
                       for (EntityId p : parameters) add(c.entity(p).name);
                     }),
             tree.range(argument.name));
  if (!finding.help.empty()) return;
  std::string known;
  for (EntityId p : parameters)
    known += fmt::format("{}`{}`, {}", known.empty() ? "" : "; ", c.entity(p).name,
                         schema::describe(parameterType(c, p)));
  finding.suggest(known.empty() ? "it has no parameters" : "it has " + known);
}

} // namespace

syntax::Expr calleeOf(const Tree& tree, const Expr& call) {
  Expr callee = call;
  callee.kind = ExprKind::Reference;
  callee.end = tree.wordList(call.words).back().end;
  return callee;
}

MatchedArguments matchArguments(Context& c, const Tree& tree, const Expr& call, EntityId target) {
  std::vector<EntityId> parameters = c.model.childrenOf(target, Kind::parameter);
  MatchedArguments result;
  result.byParameter.resize(parameters.size());
  size_t position = 0;
  bool misnamed = false;
  std::span<const syntax::Argument> arguments;
  if (call.kind == ExprKind::Call) arguments = tree.argumentList(call.children);
  for (const syntax::Argument& argument : arguments) {
    size_t index = parameters.size();
    if (argument.name.present()) {
      for (size_t i = 0; i < parameters.size(); ++i)
        if (c.entity(parameters[i]).name == tree.str(argument.name)) index = i;
    } else {
      index = position++;
    }
    if (index >= parameters.size()) {
      unknownArgument(c, tree, argument, target, parameters);
      result.failed = misnamed = true;
    } else if (result.byParameter[index].valid()) {
      c.findings.add(Check::WrongArguments,
                     argument.name.present() ? tree.range(argument.name)
                                             : tree.range(tree[argument.value]),
                     fmt::format("`{}` is given twice", c.entity(parameters[index]).name));
    } else {
      result.byParameter[index] = argument.value;
      c.referenced[parameters[index].index] = true;
    }
  }
  std::string_view callee = tree.str(calleeOf(tree, call));
  for (size_t i = 0; i < parameters.size(); ++i) {
    if (result.byParameter[i].valid() || hasDefault(c, parameters[i])) continue;
    // A misnamed argument is most likely what is missing.
    if (std::exchange(result.failed, true) && misnamed) continue;
    if (c.entity(parameters[i]).broken) continue;
    c.findings
        .add(Check::WrongArguments, tree.range(call),
             fmt::format("`{}` needs the argument `{}`", callee, c.entity(parameters[i]).name))
        .at(c.entity(parameters[i]).nameRange, "this parameter has no default")
        .suggest(fmt::format("write `{}({} = {})`", callee, c.entity(parameters[i]).name, "…"));
  }
  return result;
}

bool hasDefault(const Context& c, EntityId parameter) {
  const Tree& tree = c.tree(parameter);
  auto members = tree.list(c.member(parameter).members);
  return std::any_of(members.begin(), members.end(), [&](syntax::MemberId id) {
    return tree[id].kind == syntax::MemberKind::Attribute && tree.str(tree[id].word) == "default";
  });
}

schema::Type parameterType(const Context& context, EntityId parameter) {
  struct Row {
    std::string_view name;
    schema::Type type;
  };
  static constexpr Row rows[] = {
      {"selector", schema::type::selector}, {"duration", schema::type::duration},
      {"ratio", schema::type::ratio},       {"string", schema::type::string},
      {"integer", schema::type::integer},   {"number", schema::type::number},
      {"rate", schema::type::rate},         {"bytes", schema::type::bytes},
      {"date", schema::type::date},         {"boolean", schema::type::boolean}};
  std::string_view name = context.model.text(parameter, schema::attr("type"));
  schema::Type type = schema::type::value;
  for (const Row& row : rows)
    if (row.name == name) type = row.type;
  // Any other is the kind of a declaration.
  if (auto kind = name.empty() ? std::nullopt : schema::findKind(name);
      kind && type.base == Base::Value)
    type = schema::type::reference(*kind);
  type.counted = type.references.has(Kind::domain);
  type.list = context.model.boolean(parameter, schema::attr("list"));
  return type;
}

model::Value evaluate(Context& context, const Tree& tree, ExprId expr, const schema::Type& type,
                      const Place& place) {
  context.holesLeft = Context::maxHoles;
  return Evaluator(context, tree, place).value(expr, type);
}

} // namespace relc::sema
