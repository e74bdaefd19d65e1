// Names that stand for values: what `let` calls so, and parameters of slis and profiles.

#include "compiler/sema/evaluator.h"

#include <algorithm>
#include <utility>

namespace relc::sema {

Let* Evaluator::findLet(std::string_view name) {
  return findLet(name, place_.scope.module);
}

Let* Evaluator::findLet(std::string_view name, uint32_t module) {
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

Let* Evaluator::findLet(std::span<const syntax::Word> words) {
  if (words.size() == 1) return findLet(tree_.str(words[0]));
  if (words.size() != 2 || tree_.str(words[1]).starts_with('_')) return nullptr;
  auto module = importedAs(c_, tree_.str(words[0]), place_.scope.module);
  return module && *module != UINT32_MAX ? findLet(tree_.str(words[1]), *module) : nullptr;
}

Place Evaluator::placeOf(const Let& let) const {
  return {{EntityId{}, let.module}, place_.attribute, 0};
}

EntityId Evaluator::findParameter(std::string_view name) const {
  for (EntityId at = from(); at.valid(); at = c_.model.entities[at.index].parent)
    if (EntityId id = c_.find(at.index, Kind::parameter, name); id.valid()) return id;
  return {};
}

std::optional<Evaluator::Given> Evaluator::given(std::string_view name) {
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
      return Given{&tree, tree[id].value, {{{}, c_.moduleOf[e.profile.index]}, name, 0}, parameter};
  return Given{&tree, {}, {{{}, 0}, name, 0}, parameter};
}

std::optional<Value> Evaluator::parameter(const Expr& e, const schema::Type& type) {
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

namespace {

/// "calendar(month)" of "month": the form whose argument was written on its own, or nothing.
std::string formWith(const schema::Type& type, std::string_view word) {
  for (const schema::FormInfo& form : schema::formTable) {
    if (type.forms.empty() || form.set != type.forms) continue;
    for (const auto* parameter : schema::parametersOf(form)) {
      auto words = schema::splitWords(parameter->type.choices);
      if (std::find(words.begin(), words.end(), word) != words.end())
        return fmt::format("{}({})", form.name, word);
    }
  }
  return {};
}

} // namespace

Value Evaluator::named(const Expr& e, const schema::Type& type) {
  Value result;
  result.range = tree_.range(e);
  if (Let* let = findLet(tree_.wordList(e.words))) {
    withLet(*let, e, [&](Evaluator& evaluator, ExprId expr) {
      result.data = evaluator.value(expr, type).data;
    });
    return result;
  }
  std::string_view name = tree_.str(e);
  if (inPattern() || foreign(tree_.wordList(e.words))) return result;
  // A bare word where text is wanted is text without quotes; anything else is a name of nothing.
  bool text = type.base == Base::String || type.base == Base::Promql || judgeOf(type.base);
  bool declared =
      !text && tryResolve(c_, tree_, tree_.wordList(e.words), everything(), place_.scope).valid();
  auto& finding = text || declared ? wrong(e, type)
                                   : c_.findings.add(Check::UnknownName, tree_.range(e),
                                                     fmt::format("no value is called `{}`", name));
  if (!text && !declared) finding.label(fmt::format("expected {}", schema::describe(type)));
  if (elsewhere(finding, name)) return result;
  std::string near = nearest(c_, name, [&](auto&& add) { values(add); });
  if (near.empty() && !text && !declared) near = formWith(type, name);
  didYouMean(finding, near, tree_.range(e));
  if (near.empty() && text && endsStatement(e)) {
    char quote = type.base == Base::Promql ? '`' : '"';
    finding.fix("quote it", {{tree_.range(e.begin, e.begin), std::string(1, quote)},
                             {tree_.range(e.end, e.end), std::string(1, quote)}});
  }
  return result;
}

/// Does nothing but another member follow? `Mon 09:00` is more than a word without quotes.
bool Evaluator::endsStatement(const Expr& e) const {
  size_t next = tree_.text.find_first_not_of(" \t", e.end);
  return next == tree_.text.npos || next >= e.end + 2 ||
         std::string_view("\r\n}],").find(tree_.text[next]) != std::string_view::npos;
}

bool Evaluator::elsewhere(Finding& finding, std::string_view name) const {
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

} // namespace relc::sema
