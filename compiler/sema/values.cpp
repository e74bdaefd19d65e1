// Expressions to typed values.

#include "compiler/sema/context.h"

#include <fmt/format.h>

#include <algorithm>
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

/// What a quantity must be for each type that is one.
std::optional<Unit> unitOf(Base base) {
  switch (base) {
  case Base::Integer: return Unit::Number;
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
    if (type.list) return list(id, type);

    if (e.kind == ExprKind::List) {
      wrong(e, type, "a list");
      return result;
    }
    // A name may stand for a value: a parameter of the definition around, or a `let`.
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
    case Base::String: string(e, type, result); break;
    case Base::Label:
      if (e.kind == ExprKind::Reference && e.words.count == 1)
        result.data = model::Label{tree_.str(e)};
      else
        string(e, type, result);
      break;
    case Base::Choice: choice(e, type, result); break;
    case Base::Reference:
      if (e.kind != ExprKind::Reference)
        wrong(e, type);
      else if (EntityId target = resolve(c_, tree_, e, type.references, place_.from);
               target.valid())
        result.data = target;
      break;
    case Base::Selector: selector(e, type, result); break;
    case Base::Promql: promql(e, type, result); break;
    case Base::Sli: sli(e, type, result); break;
    case Base::Value: any(id, result); break;
    default: break;
    }
    return result;
  }

private:
  Context& c_;
  const Tree& tree_;
  const Place& place_;

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
    return (type.base == Base::Reference || type.base == Base::Choice) && isName(inner);
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

  Let* findLet(std::string_view name) {
    auto it = c_.lets.find(name);
    if (it == c_.lets.end()) return nullptr;
    uint32_t module = place_.from.valid() ? c_.moduleOf[place_.from.index] : 0;
    for (Let& let : it->second)
      if (let.module == module) return &let;
    return nullptr;
  }

  EntityId findParameter(std::string_view name) const {
    for (EntityId at = place_.from; at.valid(); at = c_.model.entities[at.index].parent)
      if (EntityId id = c_.find(at.index, Kind::parameter, name); id.valid()) return id;
    return {};
  }

  Value named(const Expr& e, const schema::Type& type) {
    Value result;
    result.range = tree_.range(e);
    std::string_view name = tree_.str(e);
    if (EntityId parameter = findParameter(name); parameter.valid()) {
      c_.referenced[parameter.index] = true;
      schema::Type has = parameterType(c_, parameter);
      if (has.base != type.base)
        wrong(e, type, fmt::format("the parameter `{}`, {}", name, schema::describe(has)));
      else
        result.data = model::ParameterRef{parameter};
      return result;
    }
    if (Let* let = findLet(name)) {
      let->used = true;
      const syntax::Member& m = (*let->tree)[let->member];
      if (let->evaluating) {
        c_.findings
            .add(Check::ArithmeticError, tree_.range(e),
                 fmt::format("the value of `{}` depends on itself", name))
            .at(let->tree->range(m.subject), "defined here");
        return result;
      }
      let->evaluating = true;
      size_t known = c_.findings.size();
      result.data = Evaluator(c_, *let->tree, place_).value(m.value, type).data;
      let->evaluating = false;
      if (c_.findings.size() > known) c_.findings.all().back().at(tree_.range(e), "used here");
      return result;
    }
    auto& finding = wrong(e, type);
    std::string near = nearest(c_, name, [&](auto&& add) {
      for (const auto& [known, lets] : c_.lets) add(known);
      for (EntityId at = place_.from; at.valid(); at = c_.model.entities[at.index].parent)
        for (EntityId child : c_.model.childrenOf(at))
          if (c_.model[child].kind == Kind::parameter) add(c_.model[child].name);
    });
    didYouMean(finding, near, tree_.range(e));
    if (near.empty() && (type.base == Base::String || type.base == Base::Promql)) {
      char quote = type.base == Base::String ? '"' : '`';
      finding.fix("quote it", {{tree_.range(e.begin, e.begin), std::string(1, quote)},
                               {tree_.range(e.end, e.end), std::string(1, quote)}});
    }
    return result;
  }

  // --- quantities ------------------------------------------------------------------------------

  std::optional<Quantity> quantity(ExprId id, const schema::Type& type) {
    const Expr& e = tree_[id];
    Unit wanted = *unitOf(type.base);
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
    return true;
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
      // Inside a calculation a name is a `let`; its own unit decides.
      Let* let = e.words.count == 1 ? findLet(tree_.str(e)) : nullptr;
      if (!let) {
        auto& finding = c_.findings.add(Check::UnknownName, tree_.range(e),
                                        fmt::format("no value is called `{}`", tree_.str(e)));
        finding.suggest("name a value with `let`: let budget = 300ms");
        return std::nullopt;
      }
      let->used = true;
      const syntax::Member& m = (*let->tree)[let->member];
      if (let->evaluating) {
        c_.findings
            .add(Check::ArithmeticError, tree_.range(e),
                 fmt::format("the value of `{}` depends on itself", tree_.str(e)))
            .at(let->tree->range(m.subject), "defined here");
        return std::nullopt;
      }
      let->evaluating = true;
      size_t known = c_.findings.size();
      auto q = Evaluator(c_, *let->tree, place_).compute(m.value, wanted);
      let->evaluating = false;
      if (c_.findings.size() > known) c_.findings.all().back().at(tree_.range(e), "used here");
      return q;
    }
    case ExprKind::Missing: return std::nullopt;
    default: {
      static constexpr Base bases[] = {Base::Integer, Base::Ratio, Base::Duration, Base::Bytes,
                                       Base::Rate};
      wrong(e, schema::Type{.base = bases[static_cast<size_t>(wanted)]});
      return std::nullopt;
    }
    }
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
    if (e.kind == ExprKind::String && raw.find('\\') == raw.npos)
      result.data = model::Text{raw.substr(1, raw.size() - 2)};
    else
      result.data = model::Text{c_.model.keep(decodeString(tree_, e, c_.findings))};
  }

  void choice(const Expr& e, const schema::Type& type, Value& result) {
    std::string_view word = tree_.str(e);
    if (e.kind == ExprKind::String) word = word.substr(1, word.size() - 2);
    for (size_t at = 0; at <= type.choices.size();) {
      size_t bar = std::min(type.choices.find('|', at), type.choices.size());
      if (type.choices.substr(at, bar - at) == word) {
        if (e.kind == ExprKind::String) {
          wrong(e, type);
          return;
        }
        result.data = model::Label{type.choices.substr(at, bar - at)};
        return;
      }
      at = bar + 1;
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
                         for (size_t at = 0; at <= type.choices.size();) {
                           size_t bar = std::min(type.choices.find('|', at), type.choices.size());
                           add(type.choices.substr(at, bar - at));
                           at = bar + 1;
                         }
                       }),
               tree_.range(e));
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
      Value value;
      if (v.kind == ExprKind::String)
        string(v, {.base = Base::String}, value);
      else if (v.kind == ExprKind::Reference)
        value = named(v, {.base = Base::String});
      const auto* plain = value.as<model::Text>();
      if (!plain) {
        if (value.as<model::ParameterRef>())
          c_.findings.add(Check::TypeMismatch, tree_.range(v),
                          "a parameter cannot stand in a selector outside of PromQL");
        failed = true;
        continue;
      }
      promql::Matcher matcher;
      matcher.label = tree_.str(m.label);
      matcher.op = m.op == syntax::TokenKind::NotEqual   ? promql::MatchOp::NotEqual
                   : m.op == syntax::TokenKind::Match    ? promql::MatchOp::Regex
                   : m.op == syntax::TokenKind::NotMatch ? promql::MatchOp::NotRegex
                                                         : promql::MatchOp::Equal;
      matcher.value = plain->text;
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
        std::string text = decodeString(tree_, e, c_.findings);
        if (text.find('`') == text.npos)
          finding.fix("use back-quotes", {{tree_.range(e), "`" + text + "`"}});
      }
      return;
    }
    bool rule = place_.from.valid() && c_.entity(place_.from).kind == Kind::alert;
    promql::Options options;
    options.rule = rule;
    std::string_view text = tree_.text.substr(e.begin + 1, e.end - e.begin - 2);
    auto parsed = promql::parse(text, options);
    for (const auto& error : parsed.errors) {
      uint32_t begin = std::min<uint32_t>(e.begin + 1 + error.range.begin, e.end - 1);
      uint32_t end =
          std::min<uint32_t>(std::max<uint32_t>(e.begin + 1 + error.range.end, begin + 1), e.end);
      auto& finding = c_.findings.add(checkOf(error.kind), tree_.range(begin, end), error.message);
      if (looksLikeAttribute(begin))
        finding.suggest(
            "this line looks like an attribute: is the closing back-quote missing before it?");
    }
    if (parsed.expr.valid()) parameters(e, parsed.expr);
    result.data = model::PromqlRef{static_cast<uint32_t>(c_.model.queries.size())};
    bool usable = parsed.ok();
    c_.model.queries.push_back(
        {usable ? std::move(parsed.expr) : promql::Expr{}, tree_.file, e.begin + 1});
  }

  /// Where in PromQL a parameter of each type may stand.
  static bool fits(Base base, promql::Place place) {
    using P = promql::Place;
    static constexpr std::pair<Base, P> rows[] = {
        {Base::Selector, P::Matchers}, {Base::Selector, P::Vector},  {Base::Selector, P::Operand},
        {Base::String, P::String},     {Base::String, P::Selector},  {Base::Duration, P::Duration},
        {Base::Duration, P::Number},   {Base::Duration, P::Operand}, // as seconds
        {Base::Ratio, P::Number},      {Base::Ratio, P::Operand},    {Base::Integer, P::Number},
        {Base::Integer, P::Operand},
    };
    return std::find(std::begin(rows), std::end(rows), std::pair(base, place)) != std::end(rows);
  }

  void parameters(const Expr& e, const promql::Expr& expr) {
    bool inSli = place_.from.valid() && c_.entity(place_.from).kind == Kind::sli;
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
        c_.entity(place_.from).broken = true;
        continue;
      }
      if (inSli && use.name == "window") continue;
      auto& finding = c_.findings.add(Check::UnknownName, range,
                                      fmt::format("no parameter is called `${}`", use.name));
      finding.suggest(
          inSli ? fmt::format("declare it: parameter {} {{ type = … }}", use.name)
                : std::string("parameters exist in an `sli` only; write the value itself"));
    }
  }

  void sli(const Expr& e, const schema::Type& type, Value& result) {
    if (e.kind != ExprKind::Reference && e.kind != ExprKind::Call) {
      wrong(e, type).suggest("declare an `sli`, or put an `sli { … }` block into the SLO");
      return;
    }
    Expr callee = e;
    auto words = tree_.wordList(e.words);
    callee.end = words.back().end;
    EntityId target = resolve(c_, tree_, callee, Kind::sli, place_.from);
    if (!target.valid()) return;
    model::Application application;
    application.target = target;
    std::vector<EntityId> parameters = c_.model.childrenOf(target, Kind::parameter);
    size_t position = 0;
    std::vector<bool> given(parameters.size(), false);
    bool failed = false, misnamed = false;
    std::span<const syntax::Argument> arguments;
    if (e.kind == ExprKind::Call) arguments = tree_.argumentList(e.children);
    for (const syntax::Argument& argument : arguments) {
      size_t index = parameters.size();
      if (argument.name.present()) {
        for (size_t i = 0; i < parameters.size(); ++i)
          if (c_.entity(parameters[i]).name == tree_.str(argument.name)) index = i;
      } else {
        index = position++;
      }
      if (index >= parameters.size()) {
        unknownArgument(argument, target, parameters);
        failed = misnamed = true;
        continue;
      }
      if (given[index]) {
        c_.findings.add(Check::WrongArguments,
                        argument.name.present() ? tree_.range(argument.name)
                                                : tree_.range(tree_[argument.value]),
                        fmt::format("`{}` is given twice", c_.entity(parameters[index]).name));
        continue;
      }
      given[index] = true;
      c_.referenced[parameters[index].index] = true;
      std::string_view name = c_.entity(parameters[index]).name;
      Place place{place_.from, name};
      Value value =
          Evaluator(c_, tree_, place).value(argument.value, parameterType(c_, parameters[index]));
      failed |= !value.present();
      application.arguments.push_back({parameters[index], value});
    }
    for (size_t i = 0; i < parameters.size(); ++i) {
      if (given[i]) continue;
      if (const auto* fallback = c_.model.attribute(parameters[i], schema::attr("default"))) {
        application.arguments.push_back({parameters[i], fallback->value});
        continue;
      }
      if (std::exchange(failed, true) && misnamed)
        continue; // most likely what the unknown name was to be
      if (c_.entity(parameters[i]).broken) continue;
      c_.findings
          .add(Check::WrongArguments, tree_.range(e),
               fmt::format("`{}` needs the argument `{}`", tree_.str(callee),
                           c_.entity(parameters[i]).name))
          .at(c_.entity(parameters[i]).nameRange, "this parameter has no default")
          .suggest(fmt::format("write `{}({} = {})`", tree_.str(callee),
                               c_.entity(parameters[i]).name, "…"));
    }
    if (failed) return;
    result.data = model::ApplicationRef{static_cast<uint32_t>(c_.model.applications.size())};
    c_.model.applications.push_back(std::move(application));
  }

  void unknownArgument(const syntax::Argument& argument, EntityId target,
                       const std::vector<EntityId>& parameters) {
    std::string_view name = c_.entity(target).name;
    if (!argument.name.present()) {
      c_.findings
          .add(Check::WrongArguments, tree_.range(tree_[argument.value]),
               parameters.empty()
                   ? fmt::format("`{}` takes no arguments", name)
                   : fmt::format("`{}` takes {} argument{}, not more", name, parameters.size(),
                                 parameters.size() == 1 ? "" : "s"))
          .at(c_.entity(target).nameRange, "declared here");
      return;
    }
    auto& finding =
        c_.findings.add(Check::WrongArguments, tree_.range(argument.name),
                        fmt::format("`{}` has no parameter `{}`", name, tree_.str(argument.name)));
    finding.at(c_.entity(target).nameRange, "declared here");
    didYouMean(finding,
               nearest(c_, tree_.str(argument.name),
                       [&](auto&& add) {
                         for (EntityId p : parameters) add(c_.entity(p).name);
                       }),
               tree_.range(argument.name));
    if (!finding.help.empty()) return;
    std::string known;
    for (EntityId p : parameters)
      known += fmt::format("{}`{}`, {}", known.empty() ? "" : "; ", c_.entity(p).name,
                           schema::describe(parameterType(c_, p)));
    finding.suggest(known.empty() ? "it has no parameters" : "it has " + known);
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
    case ExprKind::Call:
    case ExprKind::Reference: wrong(e, {.base = Base::Value}); break;
    default:
      if (auto q = compute(id, Unit::Number)) result.data = *q;
    }
  }
};

} // namespace

schema::Type parameterType(const Context& context, EntityId parameter) {
  struct Row {
    std::string_view name;
    schema::Type type;
  };
  static constexpr Row rows[] = {{"selector", schema::type::selector},
                                 {"duration", schema::type::duration},
                                 {"ratio", schema::type::ratio},
                                 {"string", schema::type::string},
                                 {"integer", schema::type::integer}};
  std::string_view name = context.model.text(parameter, schema::attr("type"));
  for (const Row& row : rows)
    if (row.name == name) return row.type;
  return schema::type::value;
}

model::Value evaluate(Context& context, const Tree& tree, ExprId expr, const schema::Type& type,
                      const Place& place) {
  return Evaluator(context, tree, place).value(expr, type);
}

} // namespace relc::sema
