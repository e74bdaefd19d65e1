// Calculations: numbers with units.

#include "compiler/sema/evaluator.h"

#include <algorithm>
#include <utility>

namespace relc::sema {

std::optional<Quantity> Evaluator::quantity(ExprId id, const schema::Type& type) {
  const Expr& e = tree_[id];
  model::Unit wanted = *unitOf(type.base);
  wanted_ = type.base;
  auto q = compute(id, wanted);
  if (!q) return std::nullopt;
  if (q->unit != wanted) {
    auto& finding = wrong(e, type,
                          e.kind == ExprKind::Quantity
                              ? describe(q->unit)
                              : fmt::format("{}, {}", q->toString(), describe(q->unit)));
    if (e.kind == ExprKind::Quantity && q->unit == model::Unit::Number)
      unitHelp(finding, e, wanted);
    if (wanted == model::Unit::Growth && q->unit == model::Unit::Ratio)
      finding.suggest(fmt::format("say in what time: `{0}/month` or `{0}/year`", q->toString()));
    return std::nullopt;
  }
  if (symbolic_) {
    // In a profile it is calculated where that is taken over; in an sli nothing calculates.
    if (!inPattern())
      c_.findings.add(Check::TypeMismatch, tree_.range(e), "a parameter of an sli stands alone")
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

void Evaluator::unitHelp(Finding& finding, const Expr& e, model::Unit wanted) {
  std::string text(tree_.str(e));
  switch (wanted) {
  case model::Unit::Duration:
    finding.suggest(fmt::format("add a unit: `{}ms`, `{}s`, `{}m`, `{}h` or `{}d`", text, text,
                                text, text, text));
    break;
  case model::Unit::Ratio: {
    auto value = model::parseDecimal(text);
    bool fraction = value && *value <= model::Decimal(1);
    std::string percent =
        fraction ? model::Decimal(value->mantissa, value->exponent + 2).toString() : text;
    finding.suggest(fmt::format("did you mean `{}%`?", percent));
    finding.fix(fmt::format("write `{}%`", percent), {{tree_.range(e), percent + "%"}});
    break;
  }
  case model::Unit::Rate:
    finding.suggest(fmt::format("say in what time: `{}/s`, `{}/h` or `{}/year`", text, text, text));
    break;
  case model::Unit::Bytes:
    finding.suggest(fmt::format("add a unit: `{}MiB` or `{}GB`", text, text));
    break;
  default: break;
  }
}

bool Evaluator::inRange(const Expr& e, const Quantity& q, const schema::Type& type) {
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
    if (exclusive && order >= 0) return report(fmt::format("less than {}", type.maximum.substr(1)));
    if (!exclusive && order > 0) return report(fmt::format("at most {}", type.maximum));
  }
  unusual(e, q, type);
  return true;
}

void Evaluator::unusual(const Expr& e, const Quantity& q, const schema::Type& type) {
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

std::string_view Evaluator::spelledApart(std::string& text) {
  if (size_t comma = text.find(','); comma != text.npos) {
    text[comma] = '.';
    return "a decimal point is a `.`";
  }
  size_t size = text.size();
  std::erase_if(text, [](char c) { return c == ' ' || c == '\t'; });
  return text.size() < size ? "number and unit stand together" : std::string_view();
}

std::string Evaluator::operand(ExprId id, const Quantity& value) const {
  return fmt::format("`{}` is {}", tree_.str(tree_[id]), describe(value.unit));
}

std::optional<Quantity> Evaluator::compute(ExprId id, model::Unit wanted) {
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
      mended.replace(mended.find(parsed.unknownUnit), parsed.unknownUnit.size(), parsed.suggestion);
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
    if (Let* let = findLet(tree_.wordList(e.words))) {
      withLet(*let, e, compute);
      return result;
    }
    if (foreign(tree_.wordList(e.words))) return std::nullopt;
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

Base Evaluator::baseOf(model::Unit unit) {
  static constexpr Base bases[] = {Base::Number, Base::Ratio, Base::Duration,
                                   Base::Bytes,  Base::Rate,  Base::Growth};
  return bases[static_cast<size_t>(unit)];
}

} // namespace relc::sema
