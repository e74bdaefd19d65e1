// Expressions to typed values: which type asks for what, and the simple ones.

#include "compiler/sema/evaluator.h"

#include <algorithm>

namespace relc::sema {

namespace {

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
} // namespace

Judge judgeOf(Base base) {
  for (const TextForm& form : textForms)
    if (form.base == base) return form.judge;
  return nullptr;
}

bool accepts(const schema::Type& wanted, const schema::Type& has) {
  if (has.base == Base::Value || wanted.base == Base::Value) return true;
  if (has.list && !wanted.list) return false;
  if (has.base == Base::Reference)
    return wanted.base == Base::Reference && !(wanted.references & has.references).empty();
  if (has.base == Base::String)
    return wanted.base == Base::String || wanted.base == Base::Label ||
           wanted.base == Base::Choice || wanted.orText || judgeOf(wanted.base);
  if (has.base == Base::Integer && wanted.base == Base::Number) return true;
  return has.base == wanted.base;
}

std::optional<model::Unit> unitOf(Base base) {
  switch (base) {
  case Base::Integer:
  case Base::Number: return model::Unit::Number;
  case Base::Growth: return model::Unit::Growth;
  case Base::Ratio: return model::Unit::Ratio;
  case Base::Duration: return model::Unit::Duration;
  case Base::Rate: return model::Unit::Rate;
  case Base::Bytes: return model::Unit::Bytes;
  default: return std::nullopt;
  }
}
Value Evaluator::value(ExprId id, const schema::Type& type) {
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

std::string_view Evaluator::describeExpr(const Expr& e) const {
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

bool Evaluator::fitsWithoutQuotes(const Expr& e, const schema::Type& type) const {
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

Finding& Evaluator::wrong(const Expr& e, const schema::Type& type, std::string_view is) {
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

Value Evaluator::list(ExprId id, const schema::Type& type) {
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

void Evaluator::duplicates(const Expr& e, const std::vector<Value>& values) {
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

void Evaluator::date(const Expr& e, const schema::Type& type, Value& result) {
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

void Evaluator::choice(const Expr& e, const schema::Type& type, Value& result) {
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
  // `severity = sev1` in an alert: what is declared as a severity is for incidents.
  if (auto kind = schema::findKind(place_.attribute, Kind::top))
    if (EntityId same = c_.find(Context::moduleScope(place_.scope.module), *kind, word);
        same.valid())
      finding.at(c_.entity(same).nameRange, "declared here, for other places");

  didYouMean(finding,
             nearest(c_, word,
                     [&](auto&& add) {
                       for (auto known : schema::splitWords(type.choices)) add(known);
                     }),
             tree_.range(e));
}

void Evaluator::any(ExprId id, Value& result) {
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
    if (auto q = compute(id, model::Unit::Number); q && !symbolic_) result.data = *q;
  }
}

model::Value evaluate(Context& context, const Tree& tree, ExprId expr, const schema::Type& type,
                      const Place& place) {
  context.holesLeft = Context::maxHoles;
  return Evaluator(context, tree, place).value(expr, type);
}

} // namespace relc::sema
