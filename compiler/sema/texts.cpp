// Strings, what `${…}` in them stands for, and strings of a fixed form.

#include "compiler/sema/evaluator.h"

#include <algorithm>
#include <cctype>
#include <utility>

namespace relc::sema {

void Evaluator::string(const Expr& e, const schema::Type& type, Value& result) {
  if (e.kind != ExprKind::String && e.kind != ExprKind::Text) {
    wrong(e, type);
    return;
  }
  std::string_view raw = tree_.str(e);
  bool whole = true;
  if (raw.find('$') != raw.npos) plainDollars(e.begin, raw);
  if (e.kind == ExprKind::String && raw.find_first_of("\\$") == raw.npos)
    result.data = model::Text{raw.substr(1, raw.size() - 2)};
  else
    result.data = model::Text{c_.model.keep(decode(e, whole))};
  if (!whole) return;
  Judge judge = judgeOf(type.base);
  if (!judge) return;
  if (auto fault = judge(result.as<model::Text>()->text)) {
    textFault(e, *fault);
    result.data = std::monostate{};
  }
}

void Evaluator::plainDollars(uint32_t begin, std::string_view text) {
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
      continue;
    }
    if (text[i] != '$') continue;
    size_t end = i + 1;
    while (end < text.size() &&
           (std::isalnum(static_cast<unsigned char>(text[end])) != 0 || text[end] == '_'))
      ++end;
    std::string_view name = text.substr(i + 1, end - i - 1);
    bool known = !name.empty() && (name == "self" || given(name) || findParameter(name).valid() ||
                                   c_.lets.contains(name));
    if (!known) continue;
    source::Range range =
        tree_.range(begin + static_cast<uint32_t>(i), begin + static_cast<uint32_t>(end));
    std::string hole = fmt::format("${{{}}}", name);
    c_.findings
        .add(Check::TypeMismatch, range,
             fmt::format("inside quotes `${}` is text, not the value of `{}`", name, name))
        .suggest(fmt::format("write `{}` for the value, `\\${}` for the text", hole, name))
        .fix(fmt::format("write `{}`", hole), {{range, hole}});
  }
}

void Evaluator::textFault(const Expr& e, const TextFault& fault) {
  // Offsets in the text are offsets in the source only if nothing was escaped or filled in.
  bool exact = e.kind == ExprKind::String && tree_.str(e).find_first_of("\\$") == std::string::npos;
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

std::string Evaluator::decode(const Expr& e, bool& whole) {
  return decodeString(tree_, e, c_.findings, [&](const Hole& hole) {
    auto text = fill(hole);
    if (!text) whole = false;
    // In a profile what it stands for is not known yet.
    return text ? *text
                : std::string(inPattern() ? tree_.text.substr(hole.begin, hole.end - hole.begin)
                                          : std::string_view());
  });
}

std::optional<std::string> Evaluator::fill(const Hole& hole) {
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
  if (Let* let = findLet(hole.words)) {
    std::optional<std::string> text;
    withLet(*let, e, [&](Evaluator& evaluator, ExprId expr) { text = evaluator.text(expr); });
    return text;
  }
  KindSet any = everything();
  if (EntityId id = tryResolve(c_, tree_, hole.words, any, place_.scope); id.valid())
    return std::string(c_.entity(id).name);
  // `checkout.owner.chat`: the longest part that is a declaration, then attributes. Of several
  // declarations of a name the one that has such an attribute is meant.
  for (size_t n = hole.words.size() - 1; n > 0; --n) {
    auto owner = std::span(hole.words).first(n);
    KindSet having;
    any.each([&](Kind kind) {
      if (schema::findAttribute(kind, tree_.str(hole.words[n]))) having = having | kind;
    });
    EntityId id = tryResolve(c_, tree_, owner, having, place_.scope);
    if (!id.valid()) id = tryResolve(c_, tree_, owner, any, place_.scope);
    if (id.valid()) return attributeText(id, std::span(hole.words).subspan(n), range);
  }
  if (inPattern() || foreign(hole.words)) return std::nullopt;
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

KindSet Evaluator::everything() {
  KindSet any;
  for (const auto& row : schema::kinds())
    if (row.kind != Kind::accept && row.kind != Kind::parameter) any = any | row.kind;
  return any;
}

EntityId Evaluator::outermost() const {
  EntityId at = from();
  while (at.valid() && c_.model[at].parent.valid()) at = c_.model[at].parent;
  return at;
}

std::optional<std::string> Evaluator::self(const Hole& hole, source::Range range) {
  if (inPattern()) return std::nullopt;
  EntityId id = outermost();
  if (!id.valid()) {
    c_.findings.add(Check::UnknownName, range, "there is no declaration here to be `self`");
    return std::nullopt;
  }
  if (hole.words.size() == 1) return std::string(c_.entity(id).name);
  return attributeText(id, std::span(hole.words).subspan(1), range);
}

std::optional<std::string> Evaluator::attributeText(EntityId id, std::span<const syntax::Word> path,
                                                    source::Range range) {
  syntax::Word word = path.front();
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
      if (!value.present() || endless_) return std::nullopt;
      if (path.size() == 1) return toText(c_.model, value);
      if (const auto* next = value.as<EntityId>())
        return attributeText(*next, path.subspan(1), range);
      c_.findings.add(Check::UnknownName, range,
                      fmt::format("`{}` names no declaration, so it has no attributes", name));
      return std::nullopt;
    }
  std::string fallback(row->fallback);
  if (fallback.size() > 1 && fallback.front() == '"')
    fallback = fallback.substr(1, fallback.size() - 2);
  if (fallback.empty())
    c_.findings
        .add(Check::MissingAttribute, range,
             fmt::format("{} `{}` has no `{}`", schema::info(kind).word, c_.entity(id).name, name))
        .at(c_.entity(id).nameRange, fmt::format("expected `{}` in it", row->example));
  return fallback.empty() ? std::nullopt : std::optional(fallback);
}

std::optional<std::string> Evaluator::text(ExprId id) {
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

} // namespace relc::sema
