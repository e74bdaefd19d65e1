// Selectors and PromQL, with what `$name` stands for in them.

#include "compiler/sema/evaluator.h"

#include <algorithm>
#include <cctype>
#include <utility>

namespace relc::sema {
namespace {

/// Is nothing in the matcher that PromQL's parser could object to? Most are so, and asking it costs
/// more than all else about them.
bool isPlain(const promql::Matcher& matcher) {
  using Op = promql::MatchOp;
  if (matcher.op != Op::Equal && matcher.op != Op::NotEqual) return false;
  auto isWord = [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; };
  return !matcher.label.empty() &&
         std::isdigit(static_cast<unsigned char>(matcher.label[0])) == 0 &&
         std::all_of(matcher.label.begin(), matcher.label.end(), isWord);
}

} // namespace

void Evaluator::selector(const Expr& e, const schema::Type& type, Value& result) {
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
    promql::MatchersResult parsed;
    if (!isPlain(matcher))
      parsed =
          promql::parseMatchers(promql::print(std::vector<promql::Matcher>{matcher}), c_.promql);
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

bool Evaluator::looksLikeAttribute(uint32_t at) const {
  size_t line = tree_.text.find_last_not_of(" \t", at == 0 ? 0 : at - 1);
  if (line == tree_.text.npos || tree_.text[line] != '\n') return false;
  size_t behind = tree_.text.find_first_not_of("abcdefghijklmnopqrstuvwxyz_", at);
  size_t assign = tree_.text.find_first_not_of(" \t", behind);
  return behind > at && assign != tree_.text.npos && tree_.text.substr(assign, 2) == "= ";
}

void Evaluator::promql(const Expr& e, const schema::Type& type, Value& result) {
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
  promql::Options options = c_.promql;
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
    if (error.kind == promql::ErrorKind::Version)
      finding.suggest("if every Prometheus that loads it can do that, the system says so: "
                      "prometheus { version = \"…\"  features = [ … ] }");
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

std::string Evaluator::fillPromql(const Expr& e, bool& whole) {
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

void Evaluator::quotedParameters(const Expr& e, std::string_view raw) {
  for (size_t i = 0; i < raw.size(); ++i) {
    if (raw[i] != '"' && raw[i] != '\'') continue;
    size_t end = i + 1;
    while (end < raw.size() && raw[end] != raw[i]) end += raw[end] == '\\' ? 2 : 1;
    end = std::min(end, raw.size());
    plainDollars(e.begin + 1 + static_cast<uint32_t>(i), raw.substr(i, end - i));
    i = end;
  }
}

bool Evaluator::fits(Base base, promql::Place place) {
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

std::optional<promql::Binding> Evaluator::bindingOf(const Value& value) const {
  if (const auto* s = value.as<model::SelectorRef>()) return c_.model.selectors[s->index];
  if (const auto* q = value.as<Quantity>()) {
    if (q->unit != model::Unit::Duration) return q->toDouble();
    auto ms = model::multiply(q->value, 1000);
    return promql::Milliseconds{ms ? static_cast<int64_t>(ms->toDouble()) : 0};
  }
  if (value.present()) return toText(c_.model, value);
  return std::nullopt;
}

std::optional<promql::Binding> Evaluator::bound(std::string_view name) {
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

promql::LabelNames Evaluator::scopeLabels() const {
  promql::LabelNames labels;
  for (std::string_view label : model::keptBy(c_.model, EntityId()))
    labels.names.emplace_back(label);
  return labels;
}

void Evaluator::parameters(const Expr& e, const promql::Expr& expr, promql::Bindings& bindings) {
  bool inSli = from().valid() && c_.entity(from()).kind == Kind::sli;
  for (const auto& use : promql::parameters(expr)) {
    source::Range range = tree_.range(e.begin + 1 + use.range.begin, e.begin + 1 + use.range.end);
    if (EntityId parameter = findParameter(use.name); parameter.valid()) {
      c_.referenced[parameter.index] = true;
      Base base = parameterType(c_, parameter).base;
      if (base == Base::Value || fits(base, use.place)) continue;
      c_.findings.add(Check::TypeMismatch, range, fmt::format("`${}` cannot stand here", use.name))
          .label(fmt::format("expected {}", toString(use.place)))
          .at(c_.entity(parameter).nameRange,
              fmt::format("declared as {}", schema::describe(schema::Type{.base = base})));
      c_.entity(from()).broken = true;
      continue;
    }
    const auto* builtIn = model::builtInOf(use.name);
    if (builtIn && (inSli || builtIn->everywhere)) {
      if (std::find(builtIn->places.begin(), builtIn->places.end(), use.place) !=
          builtIn->places.end()) {
        if (!inSli) bindings.emplace(use.name, scopeLabels());
        continue;
      }
      c_.findings.add(Check::TypeMismatch, range, fmt::format("`${}` cannot stand here", use.name))
          .label(fmt::format("expected {}", toString(use.place)))
          .because(
              inSli ? fmt::format("in an sli `${}` stands for {}", use.name, builtIn->meaning)
                    : fmt::format("`${}` stands for the `scope_labels` of the system", use.name));
      if (from().valid()) c_.entity(from()).broken = true; // else it stands in a `let` of the file
      continue;
    }
    if (bindings.contains(use.name)) continue;
    if (auto value = bound(use.name)) {
      bindings.emplace(use.name, std::move(*value));
      continue;
    }
    if (inPattern() && use.name == "self") continue;
    if (given(use.name)) continue; // its argument is missing or wrong: said there
    auto& finding = c_.findings.add(Check::UnknownName, range,
                                    fmt::format("no parameter is called `${}`", use.name));
    if (builtIn) {
      finding.suggest(fmt::format("only an sli has it, where it stands for {}", builtIn->meaning));
      continue;
    }
    if (elsewhere(finding, use.name)) continue;
    finding.suggest(inSli
                        ? fmt::format("declare it: parameter {} {{ type = … }}", use.name)
                        : fmt::format("write the value itself, or name it: let {} = …", use.name));
  }
}

} // namespace relc::sema
