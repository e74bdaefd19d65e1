#include "compiler/promql/lexing.h"

#include "compiler/promql/literals.h"
#include "grammar/recognizer.h"

#include <algorithm>
#include <fmt/format.h>

namespace relc::promql {

namespace {

/// ANTLR's own stream converts with a facet that throws at malformed UTF-8.
class Utf32Stream : public antlr4::ANTLRInputStream {
public:
  explicit Utf32Stream(std::u32string characters) {
    _data = std::move(characters);
    p = 0;
  }
};

/// Go's %q of the first character.
std::string quoted(std::string_view at) {
  if (at.empty()) return "'\\x00'";
  const CodePoint c = decodeUtf8(at);
  if (c.value == 0xFFFD) return "'\\ufffd'";
  std::string escaped = quote(at.substr(0, c.length));
  escaped.front() = escaped.back() = '\'';
  if (c.value == '\'') return "'\\''";
  return c.value == '"' ? "'\"'" : escaped;
}

} // namespace

Tokens::Tokens(std::string_view text) : text_(text) {
  std::u32string characters;
  characters.reserve(text.size());
  const bool ascii = std::all_of(text.begin(), text.end(),
                                 [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  if (ascii) {
    characters.assign(text.begin(), text.end());
  } else {
    for (size_t i = 0; i < text.size();) {
      const CodePoint c = decodeUtf8(text.substr(i));
      characters.push_back(c.value);
      bytes_.push_back(static_cast<uint32_t>(i));
      i += c.length;
    }
    bytes_.push_back(static_cast<uint32_t>(text.size()));
  }
  characters_ = std::make_unique<Utf32Stream>(std::move(characters));
  lexer_ = std::make_unique<grammar::Recognizer<Lexer>>(characters_.get());
  lexer_->removeErrorListeners();
  stream_ = std::make_unique<antlr4::CommonTokenStream>(lexer_.get());
  stream_->fill();
  check();
}

TextRange Tokens::range(const antlr4::Token* token) const {
  const auto size = static_cast<uint32_t>(text_.size());
  if (token->getType() == antlr4::Token::EOF) return {size, size};
  const size_t begin = token->getStartIndex();
  const size_t end = token->getStopIndex() + 1;
  if (bytes_.empty()) return {static_cast<uint32_t>(begin), static_cast<uint32_t>(end)};
  return {bytes_[begin], bytes_[end]};
}

void Tokens::report(const antlr4::Token* token, uint32_t begin, std::string message) {
  // Like Prometheus, which reads nothing behind such a place: up to the end.
  problem_ = Problem{
      token->getTokenIndex(),
      {{begin, static_cast<uint32_t>(text_.size())}, std::move(message), ErrorKind::Syntax}};
}

void Tokens::check() {
  uint32_t parentheses = 0;
  uint32_t nesting = 0;
  bool inBraces = false;
  bool inBrackets = false;
  for (antlr4::Token* token : stream_->getTokens()) {
    switch (token->getType()) {
    case Lexer::LPAREN:
    case Lexer::GROUP_LEFT_LABELS:
    case Lexer::GROUP_RIGHT_LABELS:
      ++parentheses;
      ++nesting;
      break;
    case Lexer::RPAREN:
      if (parentheses == 0)
        return report(token, range(token).end, "unexpected right parenthesis ')'");
      --parentheses;
      --nesting;
      break;
    case Lexer::LBRACE: inBraces = true; break;
    case Lexer::RBRACE: inBraces = false; break;
    case Lexer::LBRACKET: inBrackets = true; break;
    case Lexer::RBRACKET: inBrackets = false; break;
    default:
      if (auto message = refuse(token, inBraces, inBrackets)) {
        // No parser rule knows this type, so the parser stops here at the latest.
        static_cast<antlr4::WritableToken*>(token)->setType(Lexer::BAD_CHARACTER);
        return report(token, range(token).begin, std::move(*message));
      }
    }
    if (nesting > maxNesting) {
      static_cast<antlr4::WritableToken*>(token)->setType(Lexer::BAD_CHARACTER);
      return report(
          token, range(token).begin,
          fmt::format("parentheses are nested more than {} deep, which is more than relc follows",
                      maxNesting));
    }
    if (token->getType() != antlr4::Token::EOF) continue;
    const auto end = static_cast<uint32_t>(text_.size());
    if (inBraces) return report(token, end, "unexpected end of input inside braces");
    if (inBrackets) return report(token, end, "unexpected end of input in duration expression");
    if (parentheses > 0) return report(token, end, "unclosed left parenthesis");
  }
}

std::optional<std::string> Tokens::refuse(const antlr4::Token* token, bool inBraces,
                                          bool inBrackets) const {
  const std::string_view word = text(token);
  const std::string_view behind = text_.substr(range(token).end);
  switch (token->getType()) {
  case Lexer::STRING:
    if (word.find("\xEF\xBF\xBD") != word.npos) return "invalid UTF-8 rune";
    for (size_t i = 0; i < word.size();) {
      const CodePoint c = decodeUtf8(word.substr(i));
      if (c.value == 0xFFFD) return "invalid UTF-8 rune";
      i += c.length;
    }
    return escapeProblem(word);
  case Lexer::BAD_STRING:
    if (word[0] == '`') return "unterminated raw string";
    if (auto problem = escapeProblem(std::string(word) + word[0])) return problem;
    return "unterminated quoted string";
  case Lexer::BAD_NUMBER: return fmt::format("bad number or duration syntax: {}", quote(word));
  case Lexer::STRAY_RBRACKET: return "unexpected right bracket ']'";
  case Lexer::BAD_WORD:
    return fmt::format("unexpected character in duration expression: {}", quoted(word));
  case Lexer::ASSIGN:
    if (behind.starts_with('~')) return "unexpected character after '=': '~'";
    return std::nullopt;
  case Lexer::BAD_CHARACTER: break;
  default: return std::nullopt;
  }
  if (word[0] == '$')
    return "unexpected character: '$', the name of a parameter starts with a letter or an "
           "underscore";
  if (word[0] == '!')
    return fmt::format("unexpected character after '!'{}: {}", inBraces ? " inside braces" : "",
                       quoted(behind));
  if (inBraces && word[0] == '{') return "unexpected left brace '{'";
  const std::string_view where = inBraces     ? " inside braces"
                                 : inBrackets ? " in duration expression"
                                              : "";
  return fmt::format("unexpected character{}: {}", where, quoted(word));
}

} // namespace relc::promql
