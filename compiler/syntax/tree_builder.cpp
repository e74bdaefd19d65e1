#include "compiler/syntax/tree_builder.h"

#include "compiler/diagnostics/printable.h"

#include <fmt/format.h>

#include <algorithm>

namespace relc::syntax {
namespace {

using diagnostics::Check;
using diagnostics::FindingList;
using Parser = grammar::RelParser;
using antlr4::ParserRuleContext;
using antlr4::tree::ParseTree;
using antlr4::tree::TerminalNode;

// After an error a context may lack any child, so every access here allows for null. Recursion is
// bounded by repair's nesting limit.
class Builder {
public:
  Builder(Tree& tree, FindingList& findings) : tree_(tree), findings_(findings) {
    tree_.members.reserve(tree.tokens.size() / 4);
    tree_.exprs.reserve(tree.tokens.size() / 4);
    for (const Token& t : tree.tokens) hasColon_ |= t.kind == TokenKind::Colon;
  }

  void file(Parser::FileContext* ctx) {
    bool broken = false;
    tree_.top = members(subs<Parser::MemberContext>(ctx, Parser::RuleMember), broken);
  }

private:
  Tree& tree_;
  FindingList& findings_;
  bool hasColon_ = false;
  size_t nextDoc_ = 0; // comments are attached in order, so one cursor suffices

  // --- tokens and ranges -------------------------------------------------------------------------

  const Token& token(const antlr4::Token* t) const { return tree_.tokens[t->getTokenIndex()]; }
  const Token& token(TerminalNode* node) const { return token(node->getSymbol()); }
  Word word(const antlr4::Token* t) const { return {token(t).begin, token(t).end}; }
  Word word(Parser::NameContext* name) const {
    return name && name->start && !name->exception ? word(name->start) : Word{};
  }
  static bool empty(ParserRuleContext* ctx) {
    return !ctx || !ctx->start || !ctx->stop ||
           ctx->stop->getTokenIndex() < ctx->start->getTokenIndex();
  }
  uint32_t begin(ParserRuleContext* ctx) const { return ctx->start ? token(ctx->start).begin : 0; }
  uint32_t end(ParserRuleContext* ctx) const {
    return empty(ctx) ? begin(ctx) : std::max(token(ctx->stop).end, begin(ctx));
  }
  source::Range range(uint32_t from, uint32_t to) const { return {tree_.file, from, to}; }

  ExprId add(Expr expr) {
    tree_.exprs.push_back(expr);
    return {static_cast<uint32_t>(tree_.exprs.size() - 1)};
  }
  template <class T>
  static Slice append(std::vector<T>& pool, const std::vector<T>& items) {
    Slice slice{static_cast<uint32_t>(pool.size()), static_cast<uint32_t>(items.size())};
    pool.insert(pool.end(), items.begin(), items.end());
    return slice;
  }
  ExprId missing(uint32_t at) { return add({ExprKind::Missing, at, at, {}, {}}); }

  // --- expressions -------------------------------------------------------------------------------

  // ANTLR's own accessors cost a dynamic_cast a child and question, a tenth of the time of parsing.
  // A node that has children is a rule context; one that was left empty by an error counts as
  // absent.
  static ParserRuleContext* rule(ParseTree* node) {
    return node->children.empty() ? nullptr : static_cast<ParserRuleContext*>(node);
  }
  /// The first child that is the rule of this index, or null.
  template <class Context>
  static Context* sub(ParserRuleContext* ctx, size_t index) {
    for (ParseTree* child : ctx->children)
      if (auto* r = rule(child); r && r->getRuleIndex() == index) return static_cast<Context*>(r);
    return nullptr;
  }
  template <class Context>
  static std::vector<Context*> subs(ParserRuleContext* ctx, size_t index) {
    std::vector<Context*> result;
    for (ParseTree* child : ctx->children)
      if (auto* r = rule(child); r && r->getRuleIndex() == index)
        result.push_back(static_cast<Context*>(r));
    return result;
  }
  /// The only child, if it is the rule of this index: most chains from expression down to a
  /// literal.
  template <class Context>
  static Context* only(ParserRuleContext* ctx, size_t index) {
    return ctx->children.size() == 1 && !ctx->exception ? sub<Context>(ctx, index) : nullptr;
  }

  ExprId expression(Parser::ExpressionContext* ctx) {
    if (!ctx) return {};
    if (auto* t = only<Parser::TermContext>(ctx, Parser::RuleTerm))
      if (auto* f = only<Parser::FactorContext>(t, Parser::RuleFactor))
        if (auto* p = only<Parser::PrimaryContext>(f, Parser::RulePrimary))
          return primary(p, begin(ctx));
    return chain(ctx->term(), ctx, [this](Parser::TermContext* term) { return this->term(term); });
  }
  ExprId term(Parser::TermContext* ctx) {
    return chain(ctx->factor(), ctx,
                 [this](Parser::FactorContext* factor) { return this->factor(factor); });
  }

  /// `a + b - c`, left-associative: one node an operator, built in a loop so that long chains
  /// need no stack.
  template <class Operand, class Build>
  ExprId chain(const std::vector<Operand*>& operands, ParserRuleContext* ctx, Build build) {
    if (operands.empty()) return missing(begin(ctx));
    // Later phases recurse into the left-deep chain.
    constexpr size_t most = 64;
    if (operands.size() > most)
      findings_
          .add(Check::LimitExceeded, range(begin(ctx), end(ctx)),
               fmt::format("more than {} operands in one expression", most))
          .suggest("name a part of it with `let`");
    ExprId left = build(operands[0]);
    size_t next = 1;
    for (ParseTree* child : ctx->children) {
      auto* terminal = dynamic_cast<TerminalNode*>(child);
      if (!terminal || next >= std::min(operands.size(), most)) continue;
      ExprId right = build(operands[next++]);
      static constexpr std::pair<TokenKind, ExprKind> kinds[] = {
          {TokenKind::Plus, ExprKind::Add},
          {TokenKind::Minus, ExprKind::Subtract},
          {TokenKind::Star, ExprKind::Multiply},
          {TokenKind::Slash, ExprKind::Divide}};
      for (auto [tokenKind, kind] : kinds)
        if (token(terminal).kind == tokenKind)
          left = add({kind,
                      tree_[left].begin,
                      tree_[right].end,
                      {},
                      append(tree_.exprLists, {left, right})});
    }
    return left;
  }

  ExprId factor(Parser::FactorContext* ctx) {
    ExprId value = primary(ctx->primary(), begin(ctx));
    auto minus = ctx->MINUS();
    if (minus.size() % 2 == 1)
      value = add(
          {ExprKind::Negate, begin(ctx), tree_[value].end, {}, append(tree_.exprLists, {value})});
    return value;
  }

  ExprId primary(Parser::PrimaryContext* ctx, uint32_t at) {
    if (!ctx || ctx->children.empty()) return missing(at);
    if (auto* a = only<Parser::ApplicationContext>(ctx, Parser::RuleApplication))
      return application(a);
    if (auto* l = only<Parser::ListContext>(ctx, Parser::RuleList)) return list(l);
    if (auto* s = only<Parser::SelectorContext>(ctx, Parser::RuleSelector)) return selector(s);
    if (ctx->children.size() > 1 && sub<Parser::ExpressionContext>(ctx, Parser::RuleExpression))
      return expression(sub<Parser::ExpressionContext>(ctx, Parser::RuleExpression));
    if (empty(ctx)) return missing(at);
    const Token& t = token(ctx->start);
    static constexpr std::pair<TokenKind, ExprKind> kinds[] = {
        {TokenKind::Quantity, ExprKind::Quantity}, {TokenKind::Date, ExprKind::Date},
        {TokenKind::String, ExprKind::String},     {TokenKind::SingleQuoted, ExprKind::String},
        {TokenKind::Text, ExprKind::Text},         {TokenKind::Promql, ExprKind::Promql},
        {TokenKind::True, ExprKind::True},         {TokenKind::False, ExprKind::False}};
    for (auto [tokenKind, kind] : kinds)
      if (t.kind == tokenKind) return add({kind, t.begin, t.end, {}, {}});
    return missing(t.begin); // unterminated literals among others: the finding has been made
  }

  ExprId reference(Parser::ReferenceContext* ctx) {
    if (!ctx || empty(ctx)) return {};
    std::vector<Word> words;
    for (auto* name : subs<Parser::NameContext>(ctx, Parser::RuleName))
      if (!empty(name)) words.push_back(word(name));
    if (words.empty()) return missing(begin(ctx));
    return add({ExprKind::Reference,
                words.front().begin,
                words.back().end,
                append(tree_.words, words),
                {}});
  }

  ExprId application(Parser::ApplicationContext* ctx) {
    ExprId callee = reference(sub<Parser::ReferenceContext>(ctx, Parser::RuleReference));
    if (!callee.valid()) return missing(begin(ctx));
    auto* list = sub<Parser::ArgumentsContext>(ctx, Parser::RuleArguments);
    if (!list || tree_[callee].kind != ExprKind::Reference) return callee;
    std::vector<Argument> arguments;
    for (auto* argument : subs<Parser::ArgumentContext>(list, Parser::RuleArgument)) {
      ExprId value = expression(sub<Parser::ExpressionContext>(argument, Parser::RuleExpression));
      if (!value.valid()) value = missing(end(argument));
      colonForAssign(argument);
      arguments.push_back({word(sub<Parser::NameContext>(argument, Parser::RuleName)), value});
    }
    Slice slice = append(tree_.arguments, arguments);
    Expr& expr = tree_.exprs[callee.index];
    expr.kind = ExprKind::Call;
    expr.end = end(ctx);
    expr.children = slice;
    return callee;
  }

  ExprId list(Parser::ListContext* ctx) {
    std::vector<ExprId> items;
    for (auto* item : subs<Parser::ExpressionContext>(ctx, Parser::RuleExpression))
      if (ExprId id = expression(item); id.valid()) items.push_back(id);
    return add({ExprKind::List, begin(ctx), end(ctx), {}, append(tree_.exprLists, items)});
  }

  ExprId selector(Parser::SelectorContext* ctx) {
    std::vector<Matcher> matchers;
    for (auto* m : subs<Parser::MatcherContext>(ctx, Parser::RuleMatcher)) {
      Matcher matcher;
      matcher.label = word(sub<Parser::NameContext>(m, Parser::RuleName));
      for (ParseTree* child : m->children) {
        auto* terminal = dynamic_cast<TerminalNode*>(child);
        if (!terminal) continue;
        const Token& t = token(terminal);
        if (t.kind == TokenKind::Assign || t.kind == TokenKind::NotEqual ||
            t.kind == TokenKind::Match || t.kind == TokenKind::NotMatch) {
          matcher.op = t.kind;
          matcher.op_ = {t.begin, t.end};
        } else if (t.kind == TokenKind::String || t.kind == TokenKind::SingleQuoted) {
          matcher.value = add({ExprKind::String, t.begin, t.end, {}, {}});
        }
      }
      colonForAssign(m);
      if (m->reference()) matcher.value = reference(m->reference());
      if (!matcher.value.valid()) matcher.value = missing(end(m));
      if (matcher.label.present()) matchers.push_back(matcher);
    }
    return add({ExprKind::Selector, begin(ctx), end(ctx), {}, append(tree_.matchers, matchers)});
  }

  /// `owner: payments`
  void colonForAssign(ParserRuleContext* ctx) {
    if (!hasColon_) return;
    for (ParseTree* child : ctx->children) {
      auto* terminal = dynamic_cast<TerminalNode*>(child);
      if (!terminal || terminal->getSymbol()->getType() != Parser::COLON) continue;
      const Token& t = token(terminal);
      findings_
          .add(Check::ForeignSyntax, range(t.begin, t.end), "attributes are set with `=`, not `:`")
          .fix("use `=`", {{range(t.begin, t.end),
                            t.begin > 0 && tree_.text[t.begin - 1] != ' ' ? " =" : "="}});
    }
  }

  // --- members -----------------------------------------------------------------------------------

  /// `broken` is set if something among them was lost.
  Slice members(const std::vector<Parser::MemberContext*>& contexts, bool& broken) {
    std::vector<MemberId> ids;
    bool lost = false; // the member before
    ids.reserve(contexts.size());
    for (size_t i = 0; i < contexts.size(); ++i) {
      auto* ctx = contexts[i];
      if (only<Parser::StrayContext>(ctx, Parser::RuleStray)) {
        // A run of strays on one line is one mistake.
        size_t last = i;
        while (last + 1 < contexts.size() &&
               only<Parser::StrayContext>(contexts[last + 1], Parser::RuleStray) &&
               !token(contexts[last + 1]->start).firstOnLine)
          ++last;
        // Behind a member that was lost on the same line it is the same mistake.
        if (!lost || token(ctx->start).firstOnLine)
          broken |=
              stray(ctx->stray(), contexts[last]->stray(), !ids.empty() ? ids.back() : MemberId{});
        i = last;
        continue;
      }
      MemberId id = member(ctx);
      lost = !id.valid();
      broken |= lost;
      if (!lost) ids.push_back(id);
    }
    return append(tree_.memberLists, ids);
  }

  /// Returns whether anything is lost, more than a `,` that another language would want.
  bool stray(Parser::StrayContext* first, Parser::StrayContext* last, MemberId before) {
    if (empty(first)) return false;
    const Token& t = token(first->start);
    uint32_t stop = std::max(empty(last) ? t.end : end(last), t.end);
    if (before.valid()) tree_.members[before.index].broken = true;
    if (t.kind == TokenKind::Comma || t.kind == TokenKind::Semicolon) {
      findings_
          .add(Check::ForeignSyntax, range(t.begin, t.end),
               fmt::format("no `{}` between attributes or declarations",
                           tree_.text.substr(t.begin, 1)))
          .fix("remove it", {{range(t.begin, t.end), ""}});
      if (stop == t.end) return false;
    }
    std::string_view text = tree_.text.substr(t.begin, stop - t.begin);
    bool reported = t.kind == TokenKind::UnterminatedString ||
                    t.kind == TokenKind::UnterminatedText ||
                    t.kind == TokenKind::UnterminatedPromql || diagnostics::printable(text) != text;
    if (reported && stop == t.end) return true;
    if (t.kind == TokenKind::String && stop > t.end) {
      size_t colon = tree_.text.find_first_not_of(" \t", t.end);
      if (colon < stop && (tree_.text[colon] == ':' || tree_.text[colon] == '=')) {
        findings_
            .add(Check::ForeignSyntax, range(t.begin, t.end),
                 "names of attributes stand without quotes")
            .fix("remove the quotes",
                 {{range(t.begin, t.begin + 1), ""}, {range(t.end - 1, t.end), ""}});
        return true;
      }
    }
    uint32_t shown = std::min(stop, t.begin + 40);
    findings_
        .add(Check::SyntaxError, range(t.begin, stop),
             fmt::format("unexpected `{}`", tree_.text.substr(t.begin, shown - t.begin)))
        .label("expected an attribute (`name = value`) or a declaration (`kind name { … }`)");
    return true;
  }

  MemberId member(Parser::MemberContext* ctx) {
    if (ctx->children.empty() || !ctx->start) return {};
    Member m;
    m.begin = begin(ctx);
    m.end = end(ctx);
    m.doc = docBefore(m.begin);
    m.broken = ctx->exception != nullptr;
    auto place = static_cast<uint32_t>(tree_.members.size());
    tree_.members.emplace_back(); // parents stand before their children
    bool keep = true;
    ParserRuleContext* child = rule(ctx->children[0]);
    switch (child ? child->getRuleIndex() : SIZE_MAX) {
    case Parser::RuleImportMember:
      import(static_cast<Parser::ImportMemberContext*>(child), m);
      break;
    case Parser::RuleLetMember: let(static_cast<Parser::LetMemberContext*>(child), m); break;
    case Parser::RuleAttribute: attribute(static_cast<Parser::AttributeContext*>(child), m); break;
    case Parser::RuleRelation: relation(static_cast<Parser::RelationContext*>(child), m); break;
    case Parser::RuleOverlay: overlay(static_cast<Parser::OverlayContext*>(child), m); break;
    case Parser::RuleDeclaration:
      keep = declaration(static_cast<Parser::DeclarationContext*>(child), m);
      break;
    default: keep = false;
    }
    tree_.members[place] = m;
    return keep ? MemberId{place} : MemberId{};
  }

  void body(Parser::BlockContext* ctx, Member& m) {
    if (!ctx || !ctx->start) return;
    m.hasBlock = true;
    m.blockBegin = begin(ctx);
    m.blockEnd = end(ctx);
    m.broken |= ctx->exception != nullptr;
    m.members = members(subs<Parser::MemberContext>(ctx, Parser::RuleMember), m.broken);
  }

  void noBlock(Parser::BlockContext* ctx, Member& m, std::string_view what) {
    if (!ctx || !ctx->start) return;
    m.broken = true;
    findings_
        .add(Check::SyntaxError, range(begin(ctx), begin(ctx) + 1),
             fmt::format("{} takes no block", what))
        .label("expected the next attribute or declaration");
  }

  void import(Parser::ImportMemberContext* ctx, Member& m) {
    m.kind = MemberKind::Import;
    m.word = word(ctx->start);
    m.value = reference(sub<Parser::ReferenceContext>(ctx, Parser::RuleReference));
    if (auto* path = ctx->STRING()) {
      const Token& t = token(path);
      m.value = add({ExprKind::String, t.begin, t.end, {}, {}});
    }
    m.subject = word(ctx->name());
    m.broken |= ctx->exception != nullptr;
    body(sub<Parser::BlockContext>(ctx, Parser::RuleBlock), m);
  }

  void let(Parser::LetMemberContext* ctx, Member& m) {
    m.kind = MemberKind::Let;
    m.word = word(ctx->start);
    m.subject = word(ctx->name());
    m.value = expression(sub<Parser::ExpressionContext>(ctx, Parser::RuleExpression));
    m.broken |= ctx->exception != nullptr || (ctx->name() && ctx->name()->exception);
    colonForAssign(ctx);
    noBlock(sub<Parser::BlockContext>(ctx, Parser::RuleBlock), m, "`let`");
    if (!m.value.valid()) {
      if (!m.broken)
        findings_.add(Check::SyntaxError, range(m.begin, m.end), "`let` needs a value")
            .label("expected `let name = value`");
      m.broken = true;
      m.value = missing(m.end);
    }
  }

  void attribute(Parser::AttributeContext* ctx, Member& m) {
    m.kind = MemberKind::Attribute;
    m.word = word(ctx->start);
    m.value = expression(sub<Parser::ExpressionContext>(ctx, Parser::RuleExpression));
    if (!m.value.valid()) m.value = missing(m.end);
    m.broken |= ctx->exception != nullptr;
    colonForAssign(ctx);
    noBlock(sub<Parser::BlockContext>(ctx, Parser::RuleBlock), m, "an attribute");
  }

  void relation(Parser::RelationContext* ctx, Member& m) {
    m.kind = MemberKind::Relation;
    m.word = word(ctx->start);
    if (auto* q = sub<Parser::QuantifierContext>(ctx, Parser::RuleQuantifier)) {
      m.any = q->ANY() != nullptr;
      if (auto* count = q->QUANTITY()) {
        const Token& t = token(count);
        m.quantity = add({ExprKind::Quantity, t.begin, t.end, {}, {}});
      }
    }
    if (auto* target = sub<Parser::TargetContext>(ctx, Parser::RuleTarget)) {
      auto* group = sub<Parser::ListContext>(target, Parser::RuleList);
      m.value = group ? list(group)
                      : reference(sub<Parser::ReferenceContext>(target, Parser::RuleReference));
    }
    m.broken |= ctx->exception != nullptr;
    body(sub<Parser::BlockContext>(ctx, Parser::RuleBlock), m);
    if (!m.value.valid()) {
      findings_
          .add(Check::SyntaxError, range(m.word.begin, m.word.end),
               fmt::format("`{}` does not say what", tree_.str(m.word)))
          .label("expected the name of a component, `any [a, b]` or `2 of [a, b, c]`");
      m.value = missing(m.word.end);
      m.broken = true;
    }
  }

  void overlay(Parser::OverlayContext* ctx, Member& m) {
    m.kind = MemberKind::Overlay;
    m.word = word(ctx->start);
    m.value = reference(sub<Parser::ReferenceContext>(ctx, Parser::RuleReference));
    m.broken |= ctx->exception != nullptr;
    body(sub<Parser::BlockContext>(ctx, Parser::RuleBlock), m);
    if (!m.value.valid()) m.value = missing(m.word.end);
    if (!m.hasBlock && !m.broken) {
      findings_.add(Check::SyntaxError, range(m.begin, m.end), "an overlay needs a block")
          .label("expected `in environment { … }`");
      m.broken = true;
    }
  }

  /// Returns false for what is no declaration after all; the finding has been made.
  bool declaration(Parser::DeclarationContext* ctx, Member& m) {
    m.kind = MemberKind::Declaration;
    const Token& kind = token(ctx->start);
    m.word = {kind.begin, kind.end};
    if (auto* subject = sub<Parser::SubjectContext>(ctx, Parser::RuleSubject);
        subject && !empty(subject)) {
      m.subject = word(subject->start);
      m.subjectKind = token(subject->start).kind;
    }
    std::vector<ExprId> applications;
    for (auto* clause : subs<Parser::ClauseContext>(ctx, Parser::RuleClause)) {
      if (clause->IN()) m.in = reference(clause->reference());
      if (clause->ON()) m.on = reference(clause->reference());
      for (auto* a : subs<Parser::ApplicationContext>(clause, Parser::RuleApplication))
        applications.push_back(application(a));
      m.broken |= clause->exception != nullptr;
    }
    m.applications = append(tree_.exprLists, applications);
    m.broken |= ctx->exception != nullptr;
    body(sub<Parser::BlockContext>(ctx, Parser::RuleBlock), m);
    if (m.hasBlock) return true;
    if (m.broken) return false;
    noBlockFollows(m);
    return false;
  }

  /// `owner payments`, `objective 99.9%`, `foo`, `service checkout`: neither `=` nor `{`.
  void noBlockFollows(const Member& m) {
    std::string_view name = tree_.str(m.word);
    if (!m.subject.present()) {
      findings_.add(Check::SyntaxError, range(m.begin, m.end), fmt::format("unexpected `{}`", name))
          .label("expected `=` or `{` after it");
      return;
    }
    bool literal = m.subjectKind != TokenKind::Name;
    auto& finding =
        findings_.add(Check::SyntaxError, range(m.begin, m.end),
                      literal ? fmt::format("expected `=` after `{}`", name)
                              : fmt::format("expected `=` after `{}`, or `{{` after `{} {}`", name,
                                            name, tree_.str(m.subject)));
    finding.label("neither an attribute nor a declaration");
    if (literal)
      finding.fix("insert `=`", {{range(m.word.end, m.word.end), " ="}});
    else
      finding.suggest(fmt::format("an attribute is `{} = {}`, a declaration `{} {} {{ … }}`", name,
                                  tree_.str(m.subject), name, tree_.str(m.subject)));
  }

  /// The `///` lines directly above.
  Slice docBefore(uint32_t at) {
    const auto& comments = tree_.comments;
    while (nextDoc_ < comments.size() && comments[nextDoc_].begin < at) ++nextDoc_;
    size_t first = nextDoc_;
    uint32_t below = at;
    while (first > 0 && comments[first - 1].kind == TokenKind::DocComment &&
           comments[first - 1].firstOnLine) {
      std::string_view gap =
          tree_.text.substr(comments[first - 1].end, below - comments[first - 1].end);
      if (std::count(gap.begin(), gap.end(), '\n') != 1 ||
          gap.find_first_not_of(" \t\r\n") != gap.npos)
        break;
      below = comments[--first].begin;
    }
    return {static_cast<uint32_t>(first), static_cast<uint32_t>(nextDoc_ - first)};
  }
};

} // namespace

void buildTree(Parser::FileContext* file, Tree& tree, FindingList& findings) {
  if (file) Builder(tree, findings).file(file);
}

} // namespace relc::syntax
