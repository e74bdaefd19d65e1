#pragma once
// Our token kinds and ANTLR's token types, side by side.

#include "RelLexer.h"
#include "compiler/syntax/token.h"

#include <array>

namespace relc::syntax {

struct TokenRow {
  TokenKind kind;
  size_t antlr;
  std::string_view description;
};

using L = grammar::RelLexer;
inline constexpr TokenRow tokenRows[] = {
    {TokenKind::Import, L::IMPORT, "`import`"},
    {TokenKind::Let, L::LET, "`let`"},
    {TokenKind::True, L::TRUE, "`true`"},
    {TokenKind::False, L::FALSE, "`false`"},
    {TokenKind::Needs, L::NEEDS, "`needs`"},
    {TokenKind::Uses, L::USES, "`uses`"},
    {TokenKind::Any, L::ANY, "`any`"},
    {TokenKind::Of, L::OF, "`of`"},
    {TokenKind::In, L::IN, "`in`"},
    {TokenKind::On, L::ON, "`on`"},
    {TokenKind::Is, L::IS, "`is`"},
    {TokenKind::As, L::AS, "`as`"},
    {TokenKind::Name, L::NAME, "a name"},
    {TokenKind::Date, L::DATE, "a date"},
    {TokenKind::Quantity, L::QUANTITY, "a quantity"},
    {TokenKind::String, L::STRING, "a string"},
    {TokenKind::UnterminatedString, L::UNTERMINATED_STRING, "a string"},
    {TokenKind::SingleQuoted, L::SINGLE_QUOTED, "a string"},
    {TokenKind::Text, L::TEXT, "a text"},
    {TokenKind::UnterminatedText, L::UNTERMINATED_TEXT, "a text"},
    {TokenKind::Promql, L::PROMQL, "a PromQL expression"},
    {TokenKind::UnterminatedPromql, L::UNTERMINATED_PROMQL, "a PromQL expression"},
    {TokenKind::DocComment, L::DOC_COMMENT, "a doc comment"},
    {TokenKind::LineComment, L::LINE_COMMENT, "a comment"},
    {TokenKind::BlockComment, L::BLOCK_COMMENT, "a comment"},
    {TokenKind::UnterminatedComment, L::UNTERMINATED_COMMENT, "a comment"},
    {TokenKind::HashComment, L::HASH_COMMENT, "a comment"},
    {TokenKind::Assign, L::ASSIGN, "`=`"},
    {TokenKind::Match, L::MATCH, "`=~`"},
    {TokenKind::NotMatch, L::NOT_MATCH, "`!~`"},
    {TokenKind::NotEqual, L::NOT_EQUAL, "`!=`"},
    {TokenKind::Colon, L::COLON, "`:`"},
    {TokenKind::Semicolon, L::SEMICOLON, "`;`"},
    {TokenKind::Comma, L::COMMA, "`,`"},
    {TokenKind::Dot, L::DOT, "`.`"},
    {TokenKind::Plus, L::PLUS, "`+`"},
    {TokenKind::Minus, L::MINUS, "`-`"},
    {TokenKind::Star, L::STAR, "`*`"},
    {TokenKind::Slash, L::SLASH, "`/`"},
    {TokenKind::LParen, L::LPAREN, "`(`"},
    {TokenKind::RParen, L::RPAREN, "`)`"},
    {TokenKind::LBracket, L::LBRACKET, "`[`"},
    {TokenKind::RBracket, L::RBRACKET, "`]`"},
    {TokenKind::LBrace, L::LBRACE, "`{`"},
    {TokenKind::RBrace, L::RBRACE, "`}`"},
    {TokenKind::Junk, L::JUNK, "text"},
    {TokenKind::Starter, L::STARTER, "a name"},
    {TokenKind::Overlay, L::OVERLAY, "`in`"},
    {TokenKind::Missing, L::MISSING, "nothing"},
    {TokenKind::End, static_cast<size_t>(antlr4::Token::EOF), "the end of the file"},
};

namespace detail {
constexpr auto antlrToKind = [] {
  std::array<TokenKind, L::MISSING + 1> table{};
  for (const auto& row : tokenRows)
    if (row.kind != TokenKind::End) table[row.antlr] = row.kind;
  return table;
}();
constexpr auto kindToAntlr = [] {
  std::array<size_t, static_cast<size_t>(TokenKind::Missing) + 1> table{};
  for (const auto& row : tokenRows) table[static_cast<size_t>(row.kind)] = row.antlr;
  return table;
}();
} // namespace detail

/// A NUL byte in the source lexes as one of the inserted kinds; there it is junk.
inline TokenKind fromAntlr(size_t type) {
  TokenKind kind = detail::antlrToKind[type];
  return kind >= TokenKind::Starter ? TokenKind::Junk : kind;
}

/// What the parser sees: an unterminated or single-quoted literal stands where a whole one would,
/// its finding has been made.
inline size_t toAntlr(TokenKind kind) {
  if (kind == TokenKind::UnterminatedString || kind == TokenKind::SingleQuoted)
    kind = TokenKind::String;
  if (kind == TokenKind::UnterminatedText) kind = TokenKind::Text;
  if (kind == TokenKind::UnterminatedPromql) kind = TokenKind::Promql;
  return detail::kindToAntlr[static_cast<size_t>(kind)];
}

} // namespace relc::syntax
