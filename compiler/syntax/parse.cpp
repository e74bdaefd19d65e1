// Tokens to tree: ANTLR's generated parser, then a walk over its contexts. ANTLR's objects live
// only inside `parse`; what remains of them is the Tree.

#include "compiler/syntax/parse.h"

#include "RelParser.h"
#include "compiler/syntax/lexer.h"
#include "compiler/syntax/repair.h"
#include "compiler/syntax/token_types.h"
#include "compiler/syntax/tree_builder.h"
#include "grammar/recognizer.h"

#include <fmt/format.h>

namespace relc::syntax {
namespace {

using diagnostics::Check;
using diagnostics::FindingList;
using Parser = grammar::RelParser;

constexpr uint32_t maxFileSize = 16U << 20;

/// Feeds the parser with our tokens.
class TokenFeed final : public antlr4::TokenSource {
public:
  explicit TokenFeed(const std::vector<Token>& tokens) : tokens_(tokens) {}

  std::unique_ptr<antlr4::Token> nextToken() override {
    const Token& token = tokens_[std::min(at_, tokens_.size() - 1)];
    ++at_;
    return std::make_unique<antlr4::CommonToken>(
        std::pair<antlr4::TokenSource*, antlr4::CharStream*>{nullptr, nullptr}, toAntlr(token.kind),
        antlr4::Token::DEFAULT_CHANNEL, token.begin, token.end - 1);
  }
  size_t getLine() const override { return 1; }
  size_t getCharPositionInLine() override { return 0; }
  antlr4::CharStream* getInputStream() override { return nullptr; }
  std::string getSourceName() override { return {}; }
  antlr4::TokenFactory<antlr4::CommonToken>* getTokenFactory() override {
    return antlr4::CommonTokenFactory::DEFAULT.get();
  }

private:
  const std::vector<Token>& tokens_;
  size_t at_ = 0;
};

/// What each rule would have liked to see, for messages.
std::string_view expectation(size_t rule) {
  switch (rule) {
  case Parser::RuleFile:
  case Parser::RuleMember:
  case Parser::RuleStray: return "a declaration";
  case Parser::RuleBlock: return "an attribute, a declaration or `}`";
  case Parser::RuleImportMember: return "a module such as `std.http`";
  case Parser::RuleLetMember: return "a name and `=`";
  case Parser::RuleSelector:
  case Parser::RuleMatcher: return "a label matcher such as `job=\"checkout\"`";
  case Parser::RuleTarget:
  case Parser::RuleReference:
  case Parser::RuleName:
  case Parser::RuleOverlay:
  case Parser::RuleClause:
  case Parser::RuleApplication: return "a name";
  case Parser::RuleList: return "`,` or `]`";
  case Parser::RuleArguments:
  case Parser::RuleArgument: return "`,` or `)`";
  case Parser::RuleQuantifier: return "`of`";
  default: return "a value";
  }
}

/// Says what is wrong in our words, and skips delimited groups as a whole, so that the nesting that
/// repair has balanced stays in step with the rules.
class Strategy final : public antlr4::DefaultErrorStrategy {
public:
  Strategy(source::FileId file, std::string_view text, const std::vector<Token>& tokens,
           FindingList& findings)
      : file_(file), text_(text), tokens_(tokens), findings_(findings) {}

  void reportError(antlr4::Parser* parser, const antlr4::RecognitionException& e) override {
    if (inErrorRecoveryMode(parser)) return;
    beginErrorCondition(parser);
    report(parser, e.getOffendingToken());
  }

  void sync(antlr4::Parser* parser) override {
    auto rule = parser->getRuleContext()->getRuleIndex();
    if (rule != Parser::RuleBlock && rule != Parser::RuleFile) return;
    if (inErrorRecoveryMode(parser)) endErrorCondition(parser);
    size_t la = parser->getTokenStream()->LA(1);
    if (startsMember(la) || la == Parser::RBRACE || la == Parser::LBRACE ||
        la == antlr4::Token::EOF)
      return;
    report(parser, parser->getCurrentToken());
    do consumeGroup(parser);
    while (!startsMember(la = parser->getTokenStream()->LA(1)) && la != Parser::RBRACE &&
           la != antlr4::Token::EOF);
  }

  static bool startsMember(size_t type) {
    switch (type) {
    case Parser::STARTER:
    case Parser::MISSING:
    case Parser::OVERLAY:
    case Parser::IMPORT:
    case Parser::LET:
    case Parser::NEEDS:
    case Parser::USES:
    case Parser::JUNK:
    case Parser::COMMA:
    case Parser::SEMICOLON:
    case Parser::MATCH:
    case Parser::NOT_MATCH:
    case Parser::NOT_EQUAL: return true;
    default: return false;
    }
  }

  void recover(antlr4::Parser* parser, std::exception_ptr) override {
    // Guarantee progress: the same place twice means that nobody above can use this token.
    size_t index = parser->getTokenStream()->index();
    if (lastIndex_ == index) consumeGroup(parser);
    lastIndex_ = parser->getTokenStream()->index();
    if (leaveGroup(parser)) return;
    consumeUntil(parser, getErrorRecoverySet(parser));
  }

  antlr4::Token* recoverInline(antlr4::Parser* parser) override {
    antlr4::InputMismatchException e(parser);
    throw e;
  }

private:
  /// A rule that has taken an opening delimiter takes the closing one along, whatever stands before
  /// it: else that would end the block around.
  static bool leaveGroup(antlr4::Parser* parser) {
    const antlr4::ParserRuleContext* rule = parser->getRuleContext();
    switch (rule->getRuleIndex()) {
    case Parser::RuleBlock:
    case Parser::RuleSelector:
    case Parser::RuleList:
    case Parser::RuleArguments: break;
    case Parser::RulePrimary:
      if (rule->start->getType() == Parser::LPAREN) break;
      return false;
    default: return false;
    }
    if (parser->getTokenStream()->index() <= rule->start->getTokenIndex()) return false;
    for (;;) {
      size_t la = parser->getTokenStream()->LA(1);
      if (la == antlr4::Token::EOF) return true;
      bool closes = la == Parser::RBRACE || la == Parser::RPAREN || la == Parser::RBRACKET;
      if (closes)
        parser->getTokenStream()->consume();
      else
        consumeGroup(parser);
      if (closes) return true;
    }
  }

  void consumeUntil(antlr4::Parser* parser, const antlr4::misc::IntervalSet& set) override {
    for (;;) {
      size_t la = parser->getTokenStream()->LA(1);
      if (la == antlr4::Token::EOF || la == Parser::RBRACE || set.contains(la)) return;
      consumeGroup(parser);
    }
  }

  /// One token, or everything up to the delimiter that closes it.
  static void consumeGroup(antlr4::Parser* parser) {
    unsigned depth = 0;
    do {
      size_t la = parser->getTokenStream()->LA(1);
      if (la == antlr4::Token::EOF) return;
      if (la == Parser::LBRACE || la == Parser::LPAREN || la == Parser::LBRACKET) ++depth;
      if (la == Parser::RBRACE || la == Parser::RPAREN || la == Parser::RBRACKET) {
        // A `}` belongs to a block that is being read; the others alone are nobody's.
        if (depth == 0 && la == Parser::RBRACE) return;
        if (depth > 0) --depth;
      }
      parser->getTokenStream()->consume();
    } while (depth > 0);
  }

  void report(antlr4::Parser* parser, antlr4::Token* offending) {
    const Token& token = tokens_[offending->getTokenIndex()];
    if (token.inserted) return; // what is missing here has been reported by repair
    std::string found =
        token.kind == TokenKind::End
            ? "end of the file"
            : fmt::format("`{}`",
                          text_.substr(token.begin, std::min(token.end - token.begin, 40U)));
    findings_
        .add(Check::SyntaxError, {file_, token.begin, token.end},
             fmt::format("unexpected {}", found))
        .label(fmt::format("expected {}", expectation(parser->getRuleContext()->getRuleIndex())));
  }

  source::FileId file_;
  std::string_view text_;
  const std::vector<Token>& tokens_;
  FindingList& findings_;
  size_t lastIndex_ = SIZE_MAX;
};

/// Moves the tree's arrays to blocks of their exact size. They grew among ANTLR's objects; left
/// where they are they would leave the heap in pieces, and thousands of files slow every
/// allocation.
void settleDown(Tree& tree) {
  auto exact = [](auto& array) { array = std::remove_reference_t<decltype(array)>(array); };
  exact(tree.tokens);
  exact(tree.comments);
  exact(tree.exprs);
  exact(tree.members);
  exact(tree.exprLists);
  exact(tree.memberLists);
  exact(tree.words);
  exact(tree.arguments);
  exact(tree.matchers);
}

} // namespace

Tree parse(const source::SourceManager& sources, source::FileId file, FindingList& findings) {
  Tree tree;
  tree.file = file;
  tree.text = sources.text(file);
  if (tree.text.size() > maxFileSize) {
    findings.add(Check::LimitExceeded, {file, 0, 0},
                 fmt::format("the file has {} MiB, more than the {} MiB that are read",
                             tree.text.size() >> 20, maxFileSize >> 20));
    tree.text = tree.text.substr(0, 0);
  }
  Tokens lexed = lex(file, tree.text, findings);
  tree.comments = std::move(lexed.comments);
  repair(file, tree.text, lexed.tokens, findings);
  tree.tokens = std::move(lexed.tokens);

  {
    TokenFeed feed(tree.tokens);
    antlr4::BufferedTokenStream stream(&feed);
    grammar::Recognizer<Parser> parser(&stream);
    parser.removeErrorListeners();
    parser.setErrorHandler(std::make_shared<Strategy>(file, tree.text, tree.tokens, findings));
    buildTree(parser.file(), tree, findings);
  }
  settleDown(tree);
  return tree;
}

} // namespace relc::syntax
