#include "compiler/syntax/lexer.h"

#include "RelLexer.h"
#include "compiler/diagnostics/printable.h"
#include "compiler/syntax/byte_stream.h"
#include "compiler/syntax/token_types.h"
#include "grammar/recognizer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace relc::syntax {
namespace {

using diagnostics::Check;
using diagnostics::FindingList;

/// Length of the UTF-8 sequence at `p` (1..4), or 0 if it is not valid; `cp` gets the code point.
int decode(std::string_view s, size_t p, uint32_t& cp) {
  auto byte = [&](size_t i) { return i < s.size() ? static_cast<unsigned char>(s[i]) : 0U; };
  unsigned lead = byte(p);
  int length = lead < 0x80         ? 1
               : (lead >> 5) == 6  ? 2
               : (lead >> 4) == 14 ? 3
               : (lead >> 3) == 30 ? 4
                                   : 0;
  if (length == 0) return 0;
  static constexpr std::array<uint32_t, 5> mask{0, 0x7f, 0x1f, 0x0f, 0x07};
  static constexpr std::array<uint32_t, 5> least{0, 0, 0x80, 0x800, 0x10000};
  cp = lead & mask[length];
  for (int i = 1; i < length; ++i) {
    if ((byte(p + i) & 0xc0) != 0x80) return 0;
    cp = cp << 6 | (byte(p + i) & 0x3f);
  }
  bool surrogate = cp >= 0xd800 && cp <= 0xdfff;
  return cp < least[length] || cp > 0x10ffff || surrogate ? 0 : length;
}

/// Characters that show a reader something else than what the compiler reads ("Trojan Source").
bool invisible(uint32_t cp) {
  return (cp >= 0x202a && cp <= 0x202e) || (cp >= 0x2066 && cp <= 0x2069) || cp == 0x200b ||
         cp == 0x200e || cp == 0x200f || cp == 0x061c || cp == 0xfeff;
}

void checkEncoding(source::FileId file, std::string_view text, FindingList& findings) {
  constexpr int most = 5;
  int found = 0;
  auto report = [&](size_t at, size_t length, std::string message, std::string label) {
    if (found++ >= most) return;
    source::Range range{file, static_cast<uint32_t>(at), static_cast<uint32_t>(at + length)};
    findings.add(Check::InvalidEncoding, range, std::move(message))
        .label(std::move(label))
        .suggest(
            "save the file as UTF-8 and remove the character; in a string write it as `\\u{…}`");
  };
  size_t start = text.starts_with("\xef\xbb\xbf") ? 3 : 0;
  for (size_t i = start; i < text.size() && found < most;) {
    auto byte = static_cast<unsigned char>(text[i]);
    if (byte >= 0x20 && byte < 0x7f) {
      ++i;
    } else if (byte < 0x80) {
      if (byte != '\t' && byte != '\n' && byte != '\r' && byte != '\f')
        report(i, 1, fmt::format("control character U+{:04X} in the source", byte),
               "not allowed here");
      ++i;
    } else {
      uint32_t cp = 0;
      int length = decode(text, i, cp);
      if (length == 0)
        report(i, 1, fmt::format("byte 0x{:02X} is not valid UTF-8", byte), "not UTF-8");
      else if (invisible(cp))
        report(i, length, fmt::format("invisible character U+{:04X} in the source", cp),
               "makes the text look different from what it means");
      i += std::max(length, 1);
    }
  }
}

uint32_t endOfLine(std::string_view text, uint32_t from) {
  size_t end = text.find_first_of("\r\n", from);
  return static_cast<uint32_t>(end == text.npos ? text.size() : end);
}

/// Where a literal over several lines must end at the latest: before a line that begins with `}`.
uint32_t endOfDeclaration(std::string_view text, uint32_t from) {
  size_t end = text.find("\n}", from);
  return static_cast<uint32_t>(end == text.npos ? text.size() : end + 1);
}

struct Scanner {
  source::FileId file;
  std::string_view text;
  FindingList& findings;
  Tokens result;
  uint32_t skipUntil = 0;
  uint32_t lastMultilinePromql = UINT32_MAX;

  source::Range range(uint32_t begin, uint32_t end) const { return {file, begin, end}; }

  void unterminated(Token& token, std::string_view what, std::string_view close) {
    auto& finding = findings.add(Check::UnterminatedLiteral, range(token.begin, token.end),
                                 fmt::format("this {} has no end", what));
    finding.label(fmt::format("expected a closing {}", close));
    if (what == "PromQL expression" && lastMultilinePromql != UINT32_MAX)
      finding.at(range(lastMultilinePromql, lastMultilinePromql + 1),
                 "or the expression that starts here is the one without an end");
  }

  static bool nameByte(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-';
  }
  static bool beyondAscii(char c) { return static_cast<unsigned char>(c) >= 0x80; }

  /// Is there one of U+2018 to U+201F, which word processors make of quotes?
  bool typographicQuote(size_t at) const {
    return text.substr(at, 2) == "\xe2\x80" && at + 2 < text.size() &&
           static_cast<unsigned char>(text[at + 2]) >= 0x98 &&
           static_cast<unsigned char>(text[at + 2]) <= 0x9f;
  }

  /// `“payments”`: all of it is one literal that cannot be read.
  void quoted(Token token) {
    uint32_t end = endOfLine(text, token.begin), close = token.begin + 3;
    while (close < end && !typographicQuote(close)) ++close;
    token.kind = TokenKind::UnterminatedString;
    token.end = skipUntil = close < end ? close + 3 : end;
    auto& finding = findings.add(Check::ForeignSyntax, range(token.begin, token.end),
                                 "strings stand in straight double quotes");
    if (close < end)
      finding.fix("use straight quotes",
                  {{range(token.begin, token.begin + 3), "\""}, {range(close, token.end), "\""}});
    result.tokens.push_back(token);
  }

  /// `größe`: a name, as its author sees it, so that one mistake is one finding. Returns whether
  /// the junk is part of such a word.
  bool foreignLetters(const Token& junk) {
    if (!beyondAscii(text[junk.begin])) return false;
    uint32_t end = junk.end;
    while (end < text.size() && (nameByte(text[end]) || beyondAscii(text[end])) &&
           !typographicQuote(end))
      ++end;
    Token* before = result.tokens.empty() ? nullptr : &result.tokens.back();
    bool continues = before && before->end == junk.begin && nameByte(text[junk.begin - 1]) &&
                     before->kind >= TokenKind::Import && before->kind <= TokenKind::Name;
    if (!continues) {
      if (std::none_of(text.begin() + junk.end, text.begin() + end, nameByte)) return false;
      result.tokens.push_back(junk);
      before = &result.tokens.back();
    }
    before->kind = TokenKind::Name;
    before->end = skipUntil = end;
    std::string_view word = text.substr(before->begin, end - before->begin);
    // Of what nobody can see, or no UTF-8, there is a finding already.
    if (diagnostics::printable(word) == word)
      findings
          .add(Check::SyntaxError, range(before->begin, end), fmt::format("`{}` is no name", word))
          .label("names consist of the letters a to z, digits, `-` and `_`");
    return true;
  }

  void add(Token token) {
    switch (token.kind) {
    case TokenKind::UnterminatedString: unterminated(token, "string", "`\"`"); break;
    case TokenKind::UnterminatedText:
      skipUntil = endOfDeclaration(text, token.begin);
      unterminated(token, "text", "`\"\"\"`");
      token.end = endOfLine(text, token.begin);
      break;
    case TokenKind::UnterminatedPromql:
      skipUntil = token.end = endOfLine(text, token.begin);
      unterminated(token, "PromQL expression", "back-quote");
      break;
    case TokenKind::UnterminatedComment:
      skipUntil = token.end = endOfLine(text, token.begin);
      unterminated(token, "comment", "`*/`");
      break;
    case TokenKind::HashComment:
      findings
          .add(Check::ForeignSyntax, range(token.begin, token.begin + 1),
               "`#` starts no comment in Rel")
          .label("expected `//`")
          .fix("start the comment with `//`", {{range(token.begin, token.begin + 1), "//"}});
      break;
    case TokenKind::SingleQuoted:
      findings
          .add(Check::ForeignSyntax, range(token.begin, token.end),
               "strings stand in double quotes")
          .fix("use double quotes", {{range(token.begin, token.begin + 1), "\""},
                                     {range(token.end - 1, token.end), "\""}});
      break;
    case TokenKind::Promql:
      if (text.substr(token.begin, token.end - token.begin).find('\n') != text.npos)
        lastMultilinePromql = token.begin;
      break;
    case TokenKind::Junk:
      if (typographicQuote(token.begin)) return quoted(token);
      if (foreignLetters(token)) return;
      // The lexer reads bytes: the bytes of one character, and a run of junk, are one token.
      if (!result.tokens.empty() && result.tokens.back().kind == TokenKind::Junk &&
          result.tokens.back().end == token.begin) {
        result.tokens.back().end = token.end;
        return;
      }
      break;
    default: break;
    }
    (isComment(token.kind) ? result.comments : result.tokens).push_back(token);
  }
};

} // namespace

Tokens lex(source::FileId file, std::string_view text, FindingList& findings) {
  checkEncoding(file, text, findings);
  uint32_t start = text.starts_with("\xef\xbb\xbf") ? 3 : 0;
  ByteStream stream(text, start);
  grammar::Recognizer<grammar::RelLexer> lexer(&stream);
  lexer.removeErrorListeners();

  Scanner scanner{file, text, findings, {}};
  scanner.result.tokens.reserve(text.size() / 4);
  uint32_t lineSeen = start; // everything before this offset is known not to be a line break
  bool first = true;
  for (;;) {
    auto next = lexer.nextToken();
    if (next->getType() == antlr4::Token::EOF) break;
    Token token;
    token.kind = fromAntlr(next->getType());
    token.begin = static_cast<uint32_t>(next->getStartIndex());
    token.end = static_cast<uint32_t>(next->getStopIndex() + 1);
    if (!first) first = text.substr(lineSeen, token.begin - lineSeen).find('\n') != text.npos;
    token.firstOnLine = first;
    first = false;
    lineSeen = token.end;
    if (token.begin < scanner.skipUntil) continue;
    scanner.add(token);
  }
  auto size = static_cast<uint32_t>(text.size());
  scanner.result.tokens.push_back({TokenKind::End, true, false, size, size});
  return std::move(scanner.result);
}

} // namespace relc::syntax
