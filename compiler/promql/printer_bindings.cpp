#include "compiler/promql/literals.h"
#include "compiler/promql/printer.h"

#include <array>
#include <cmath>
#include <fmt/format.h>

namespace relc::promql {

namespace {

template <class... Fs>
struct Overloaded : Fs... {
  using Fs::operator()...;
};
template <class... Fs>
Overloaded(Fs...) -> Overloaded<Fs...>;

/// For messages, in the order of `Binding`.
constexpr std::array<std::string_view, 7> sorts = {"label matchers", "a duration",  "a string",
                                                   "a number",       "label names", "an expression",
                                                   "an expression"};

/// Prometheus' base unit of time is the second.
double inSeconds(Milliseconds length) {
  return static_cast<double>(length.value) / 1000;
}

bool accepts(Place place, ValueType type) {
  if (type == ValueType::Unknown) return place != Place::String && place != Place::Range;
  switch (place) {
  case Place::String: return type == ValueType::String;
  case Place::Number: return type == ValueType::Scalar;
  case Place::Vector:
  case Place::Selector: return type == ValueType::Vector;
  case Place::Range: return type == ValueType::Range;
  case Place::Operand: return type == ValueType::Scalar || type == ValueType::Vector;
  default: return false;
  }
}

/// The selector that an expression is, without its parentheses; null if it is something else.
const Selector* plainSelector(const Expr& expr) {
  if (!expr.valid()) return nullptr;
  const Node* node = &expr.node(expr.root());
  while (const auto* paren = node->as<Paren>()) node = &expr.node(paren->inner);
  const auto* selector = node->as<Selector>();
  const bool plain = selector && selector->modifiers.offset.kind == Duration::Kind::None &&
                     selector->modifiers.at == Modifiers::At::None &&
                     selector->modifiers.extended == Modifiers::Extended::None;
  return plain ? selector : nullptr;
}

} // namespace

bool isBareSelector(const Expr& expr) {
  return plainSelector(expr) != nullptr;
}

void Printer::bind(const Bindings& bindings, Unbound unbound) {
  bindings_ = &bindings;
  unbound_ = unbound;
  places_ = places(expr_);
}

void Printer::fail(TextRange where, std::string message) {
  if (errors_.size() < maxErrors)
    errors_.push_back({where, std::move(message), ErrorKind::Binding});
}

const Binding* Printer::find(const std::string& name, TextRange where, Place place) {
  if (!bindings_) return nullptr;
  const auto found = bindings_->find(name);
  if (found != bindings_->end()) return &found->second;
  if (unbound_ == Unbound::Error)
    fail(where,
         fmt::format("parameter `${}` has no value, {} is needed here", name, toString(place)));
  return nullptr;
}

void Printer::misfit(const std::string& name, TextRange where, Place place,
                     const Binding& binding) {
  std::string_view sort = sorts[binding.index()];
  fail(where, fmt::format("parameter `${}` is bound to {}, {} is needed here", name, sort,
                          toString(place)));
}

/// The tree of a bound expression, parsed into `storage` if it is bound as text.
const Expr* Printer::expressionOf(const Binding& binding, Expr& storage, const std::string& name,
                                  TextRange where) {
  if (const auto* parsed = std::get_if<const Expr*>(&binding))
    return (*parsed)->valid() ? *parsed : nullptr;
  const auto* text = std::get_if<ExprText>(&binding);
  if (!text) return nullptr;
  // What the value needs of its Prometheus is judged where the value is written.
  ParseResult result = parse(text->text, {{UINT16_MAX, 0}, {true, true, true, true}, false});
  if (!result.ok()) {
    fail(where, fmt::format("the value of parameter `${}`, `{}`, is not PromQL: {}", name,
                            text->text, result.errors.front().message));
    return nullptr;
  }
  storage = std::move(result.expr);
  return &storage;
}

// --- operands -------------------------------------------------------------------------------

std::string Printer::operand(const std::string& name, TextRange where, Place place, int needed) {
  const Binding* binding = find(name, where, place);
  if (!binding) return {};
  const auto number = [&](double value) -> std::string {
    if (place != Place::Number && place != Place::Operand) {
      misfit(name, where, place, *binding);
      return {};
    }
    const std::string text = formatNumber(value);
    return std::signbit(value) && needed > 0 ? '(' + text + ')' : text;
  };
  Expr storage;
  return std::visit(Overloaded{
                        [&](const std::vector<Matcher>& matchers) -> std::string {
                          SelectorParts parts;
                          for (const Matcher& matcher : matchers) add(parts, matcher);
                          if (accepts(place, ValueType::Vector))
                            return selectorText(std::move(parts), where);
                          misfit(name, where, place, *binding);
                          return {};
                        },
                        [&](Milliseconds length) { return number(inSeconds(length)); },
                        [&](double value) { return number(value); },
                        [&](const std::string& text) -> std::string {
                          if (place == Place::String) return quote(text);
                          misfit(name, where, place, *binding);
                          return {};
                        },
                        [&](const LabelNames&) -> std::string {
                          misfit(name, where, place, *binding);
                          return {};
                        },
                        [&](const auto&) -> std::string {
                          const Expr* value = expressionOf(*binding, storage, name, where);
                          return value ? embed(name, *value, where, place, needed) : std::string();
                        },
                    },
                    *binding);
}

std::string Printer::embed(const std::string& name, const Expr& value, TextRange where, Place place,
                           int needed) {
  if (!accepts(place, value.type())) {
    fail(where,
         fmt::format("parameter `${}` is bound to an expression of type {}, {} is needed here",
                     name, toString(value.type()), toString(place)));
    return {};
  }
  if (unbound_ == Unbound::Error)
    for (const ParameterUse& use : parameters(value))
      fail(where,
           fmt::format("the value of parameter `${}` has the parameter `${}`, which has no value",
                       name, use.name));
  const std::string text = relc::promql::print(value);
  return precedence(value) < needed ? '(' + text + ')' : text;
}

bool Printer::selectorOf(const std::string& name, TextRange where, SelectorParts& parts) {
  const Binding* binding = find(name, where, Place::Selector);
  if (!binding) return false;
  if (const auto* matchers = std::get_if<std::vector<Matcher>>(binding)) {
    for (const Matcher& matcher : *matchers) add(parts, matcher);
    return true;
  }
  if (const auto* metric = std::get_if<std::string>(binding)) {
    if (isLegacyMetricName(*metric)) {
      parts.metric = *metric;
      parts.selects = true;
    } else {
      add(parts, {"__name__", MatchOp::Equal, *metric});
    }
    return true;
  }
  Expr storage;
  const Expr* value = expressionOf(*binding, storage, name, where);
  const Selector* selector = value ? plainSelector(*value) : nullptr;
  if (!selector || !parameters(*value).empty()) {
    if (value || (binding->index() != 5 && binding->index() != 6))
      misfit(name, where, Place::Selector, *binding);
    return false;
  }
  parts.metric = selector->metric;
  parts.selects = parts.selects || !selector->metric.empty();
  for (const MatcherItem& item : value->get(selector->matchers)) add(parts, item.matcher);
  return true;
}

// --- matchers, labels, literals -------------------------------------------------------------

void Printer::matchersOf(const std::string& name, TextRange where, SelectorParts& parts) {
  const Binding* binding = find(name, where, Place::Matchers);
  if (!binding) {
    parts.matchers.push_back('$' + name);
    return;
  }
  if (const auto* matchers = std::get_if<std::vector<Matcher>>(binding)) {
    for (const Matcher& matcher : *matchers) add(parts, matcher);
    return;
  }
  Expr storage;
  const Expr* value = expressionOf(*binding, storage, name, where);
  const Selector* selector = value ? plainSelector(*value) : nullptr;
  if (!selector || !selector->metric.empty() || !parameters(*value).empty())
    return misfit(name, where, Place::Matchers, *binding);
  for (const MatcherItem& item : value->get(selector->matchers)) add(parts, item.matcher);
}

std::optional<std::string> Printer::stringOf(const std::string& name, TextRange where) {
  const Binding* binding = find(name, where, Place::String);
  if (!binding) return std::nullopt;
  if (const auto* text = std::get_if<std::string>(binding)) return *text;
  if (const auto* number = std::get_if<double>(binding)) return formatNumber(*number);
  if (const auto* length = std::get_if<Milliseconds>(binding))
    return formatNumber(inSeconds(*length));
  misfit(name, where, Place::String, *binding);
  return std::nullopt;
}

std::optional<int64_t> Printer::durationOf(const std::string& name, TextRange where) {
  const Binding* binding = find(name, where, Place::Duration);
  if (!binding) return std::nullopt;
  if (const auto* length = std::get_if<Milliseconds>(binding)) return length->value;
  misfit(name, where, Place::Duration, *binding);
  return std::nullopt;
}

std::optional<std::string> Printer::numberOf(const std::string& name, TextRange where) {
  const Binding* binding = find(name, where, Place::Number);
  if (!binding) return std::nullopt;
  if (const auto* number = std::get_if<double>(binding)) return fmt::format("{:.3f}", *number);
  misfit(name, where, Place::Number, *binding);
  return std::nullopt;
}

std::vector<std::string> Printer::labelsOf(const std::string& name, TextRange where) {
  const Binding* binding = find(name, where, Place::Labels);
  if (!binding) return {'$' + name};
  if (const auto* text = std::get_if<std::string>(binding)) return {printLabel(*text)};
  std::vector<std::string> printed;
  if (const auto* labels = std::get_if<LabelNames>(binding))
    for (const std::string& label : labels->names) printed.push_back(printLabel(label));
  else
    misfit(name, where, Place::Labels, *binding);
  return printed;
}

Instantiated instantiate(const Expr& expr, const Bindings& bindings, Unbound unbound) {
  Instantiated result;
  if (!expr.valid()) {
    result.errors.push_back({{}, "the expression does not parse", ErrorKind::Binding});
    return result;
  }
  Printer printer(expr);
  printer.bind(bindings, unbound);
  result.text = printer.print(expr.root());
  result.errors = std::move(printer.errors());
  if (!result.ok()) result.text.clear();
  return result;
}

} // namespace relc::promql
