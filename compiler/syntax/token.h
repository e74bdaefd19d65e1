#pragma once
// Tokens as this room keeps them: kind and byte range, 12 bytes each.

#include <cstdint>
#include <string_view>

namespace relc::syntax {

enum class TokenKind : uint8_t {
  End,
  // words
  Import,
  Let,
  True,
  False,
  Needs,
  Uses,
  Any,
  Of,
  In,
  On,
  Is,
  As,
  Name,
  // literals
  Date,
  Quantity,
  String,
  UnterminatedString,
  SingleQuoted,
  Text,
  UnterminatedText,
  Promql,
  UnterminatedPromql,
  // comments
  DocComment,
  LineComment,
  BlockComment,
  UnterminatedComment,
  HashComment,
  // punctuation
  Assign,
  Match,
  NotMatch,
  NotEqual,
  Colon,
  Semicolon,
  Comma,
  Dot,
  Plus,
  Minus,
  Star,
  Slash,
  LParen,
  RParen,
  LBracket,
  RBracket,
  LBrace,
  RBrace,
  Junk,
  // made by repair: the word that starts an attribute or declaration, the `in` that starts an
  // overlay, and (zero width) what the author forgot
  Starter,
  Overlay,
  Missing,
};

struct Token {
  TokenKind kind = TokenKind::End;
  bool firstOnLine = false; ///< nothing but white space before it on its line
  bool inserted = false;    ///< by repair: stands for what the author forgot
  uint32_t begin = 0;
  uint32_t end = 0;
};

/// "name", "string", "`{`" …: how messages speak of a kind of token.
std::string_view describe(TokenKind kind);

constexpr bool isComment(TokenKind kind) {
  return kind >= TokenKind::DocComment && kind <= TokenKind::HashComment;
}

} // namespace relc::syntax
