#include "compiler/syntax/repair.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace relc::syntax {
namespace {

using diagnostics::Check;
using diagnostics::FindingList;
using K = TokenKind;

bool isWord(K kind) {
  return kind == K::Name || kind == K::Starter || (kind >= K::Needs && kind <= K::As);
}
bool isAssign(K kind) {
  return kind == K::Assign || kind == K::Colon;
}
bool isLiteral(K kind) {
  return (kind >= K::Date && kind <= K::UnterminatedPromql) || kind == K::True || kind == K::False;
}
bool isOperator(K kind) {
  return kind >= K::Plus && kind <= K::Slash;
}
bool isOpener(K kind) {
  return kind == K::LParen || kind == K::LBracket || kind == K::LBrace;
}
bool isCloser(K kind) {
  return kind == K::RParen || kind == K::RBracket || kind == K::RBrace;
}
K closerOf(K opener) {
  return opener == K::LParen ? K::RParen : opener == K::LBracket ? K::RBracket : K::RBrace;
}
std::string_view glyph(K kind) {
  switch (kind) {
  case K::LParen: return "(";
  case K::LBracket: return "[";
  case K::LBrace: return "{";
  case K::RParen: return ")";
  case K::RBracket: return "]";
  default: return "}";
  }
}

/// A `{` after one of these holds label matchers, not members.
bool opensSelector(K before) {
  return isAssign(before) || before == K::LParen || before == K::LBracket || before == K::Comma ||
         isOperator(before);
}

class Repair {
public:
  Repair(source::FileId file, std::string_view text, std::vector<Token>& tokens,
         FindingList& findings)
      : file_(file), text_(text), tokens_(tokens), findings_(findings) {}

  void run() {
    dropAssignBeforeBlock();
    bracketLists();
    if (!balanced()) balance();
    limitNesting();
    complete();
  }

private:
  source::FileId file_;
  std::string_view text_;
  std::vector<Token>& tokens_;
  FindingList& findings_;
  unsigned said_ = 0; ///< findings about delimiters

  source::Range range(const Token& token) const { return {file_, token.begin, token.end}; }

  uint32_t lineStart(uint32_t offset) const {
    size_t newline = offset == 0 ? text_.npos : text_.rfind('\n', offset - 1);
    if (newline != text_.npos) return static_cast<uint32_t>(newline + 1);
    return text_.starts_with("\xef\xbb\xbf") ? 3 : 0; // a byte order mark indents nothing
  }
  uint32_t lineStart(const Token& token) const { return lineStart(token.begin); }
  uint32_t column(const Token& token) const { return token.begin - lineStart(token.begin); }

  K kindAt(size_t i) const { return i < tokens_.size() ? tokens_[i].kind : K::End; }

  // --- `prometheus = { scrape_interval = 15s }`: a block takes no `=` -------------------------

  /// Does the brace at `open` (after `=`) hold members rather than label matchers?
  bool holdsMembers(size_t open) const {
    int assigned = 0;
    bool commas = false;
    for (size_t i = open + 1; i < tokens_.size(); ++i) {
      K kind = tokens_[i].kind;
      if (kind == K::RBrace) break;
      if (kind == K::LBrace) return !isAssign(tokens_[i - 1].kind); // a block inside
      if (kind == K::Comma) commas = true;
      if (kind == K::Match || kind == K::NotMatch || kind == K::NotEqual) return false;
      if (isAssign(kind)) {
        ++assigned;
        K value = kindAt(i + 1);
        if (value == K::Quantity || value == K::Promql || value == K::LBracket ||
            value == K::Date || value == K::True || value == K::False)
          return true;
      }
    }
    return assigned > 1 && !commas;
  }

  void dropAssignBeforeBlock() {
    size_t kept = 0;
    for (size_t i = 0; i < tokens_.size(); ++i) {
      bool drop = i > 0 && isAssign(tokens_[i].kind) && kindAt(i + 1) == K::LBrace &&
                  isWord(tokens_[kept - 1].kind) && holdsMembers(i + 1);
      if (drop)
        findings_
            .add(Check::ForeignSyntax, range(tokens_[i]),
                 fmt::format("a block takes no `{}` before its `{{`",
                             text_.substr(tokens_[i].begin, 1)))
            .fix("remove it", {{range(tokens_[i]), ""}});
      else
        tokens_[kept++] = tokens_[i];
    }
    tokens_.resize(kept);
  }

  // --- `placement = eu-a, eu-b`: a list stands in brackets ------------------------------------

  /// Index behind one name or literal that starts at `i` on the same line; `i` if there is none.
  size_t behindItem(size_t i) const {
    if (isLiteral(kindAt(i))) return i + 1;
    if (!isWord(kindAt(i))) return i;
    while (kindAt(i + 1) == K::Dot && isWord(kindAt(i + 2))) i += 2;
    return i + 1;
  }

  /// Index behind the items that start at `first` if they are several, divided by commas, and end
  /// with the line or the block; else nothing. `x = 1, y = 2` is no list.
  std::optional<size_t> behindOpenList(size_t first, bool blockMayFollow) const {
    size_t at = first;
    size_t items = 0;
    for (;; ++at) {
      size_t behind = tokens_[at].firstOnLine ? at : behindItem(at);
      if (behind == at) return std::nullopt;
      ++items;
      at = behind;
      if (kindAt(at) != K::Comma) break;
      bool decimal = kindAt(at - 1) == K::Quantity && kindAt(at + 1) == K::Quantity &&
                     tokens_[at].end == tokens_[at + 1].begin;
      if (decimal) return std::nullopt; // `99,9%`
    }
    K next = kindAt(at);
    bool ends = next == K::End || next == K::RBrace || tokens_[at].firstOnLine ||
                (blockMayFollow && next == K::LBrace);
    return items > 1 && ends ? std::optional(at) : std::nullopt;
  }

  void bracketLists() {
    std::vector<Token> out;
    int inside = 0;    // parentheses and brackets
    int selectors = 0; // braces of label matchers
    size_t closesAt = SIZE_MAX;
    for (size_t i = 0; i < tokens_.size(); ++i) {
      const Token& token = tokens_[i];
      if (i == closesAt) {
        uint32_t end = out.back().end;
        out.push_back({K::RBracket, false, true, end, end});
      }
      out.push_back(token);
      K kind = token.kind;
      if (kind == K::LParen || kind == K::LBracket) ++inside;
      if (kind == K::RParen || kind == K::RBracket) --inside;
      if (kind == K::LBrace && i > 0 && opensSelector(tokens_[i - 1].kind)) ++selectors;
      if (kind == K::RBrace && selectors > 0) --selectors;
      bool relation =
          token.firstOnLine && (kind == K::Needs || kind == K::Uses) && isWord(kindAt(i + 1));
      bool attribute = isAssign(kind) && i > 0 && isWord(tokens_[i - 1].kind);
      if (inside > 0 || selectors > 0 || (!relation && !attribute)) continue;
      auto behind = behindOpenList(i + 1, relation);
      if (!behind) continue;
      uint32_t begin = tokens_[i + 1].begin;
      uint32_t end = tokens_[*behind - 1].end;
      findings_.add(Check::SyntaxError, {file_, begin, end}, "a list stands in brackets")
          .fix("put it in brackets", {{{file_, begin, begin}, "["}, {{file_, end, end}, "]"}});
      out.push_back({K::LBracket, false, true, begin, begin});
      closesAt = *behind;
    }
    tokens_ = std::move(out);
  }

  // --- delimiters ------------------------------------------------------------------------------

  bool balanced() const {
    std::vector<K> open;
    for (const Token& token : tokens_) {
      if (isOpener(token.kind)) open.push_back(token.kind);
      if (!isCloser(token.kind)) continue;
      if (open.empty() || closerOf(open.back()) != token.kind) return false;
      open.pop_back();
    }
    return open.empty();
  }

  struct Open {
    Token token;
    uint32_t indent; ///< column of the first token of its line
    bool block;
  };

  /// `service checkout` without its `{`: a line of words and literals, lines below that are
  /// indented deeper, and a `}` back in its column. Returns the index of the line's last token, or
  /// nothing.
  std::optional<size_t> headerWithoutBrace(size_t i) const {
    if (!isWord(tokens_[i].kind) || isAssign(kindAt(i + 1))) return std::nullopt;
    size_t last = i;
    for (; !tokens_[last + 1].firstOnLine; ++last) {
      K kind = tokens_[last + 1].kind;
      if (!isWord(kind) && !isLiteral(kind) && kind != K::Comma && kind != K::Dot &&
          kind != K::LBracket && kind != K::RBracket)
        return std::nullopt;
    }
    uint32_t indent = column(tokens_[i]);
    size_t next = last + 1;
    if (!isWord(tokens_[next].kind) || column(tokens_[next]) <= indent) return std::nullopt;
    int depth = 0;
    for (; tokens_[next].kind != K::End; ++next) {
      const Token& token = tokens_[next];
      if (token.firstOnLine && column(token) <= indent) break;
      if (isOpener(token.kind)) ++depth;
      if (isCloser(token.kind)) --depth;
    }
    bool closes = tokens_[next].kind == K::RBrace && column(tokens_[next]) == indent && depth == 0;
    return closes ? std::optional(last) : std::nullopt;
  }

  /// `[a, b)`: does a closer of the wrong sort stand where the right one would?
  bool standsFor(const Token& closer, const std::vector<Open>& open) const {
    if (open.empty()) return false;
    for (const Open& other : open)
      if (closerOf(other.token.kind) == closer.kind) return false;
    const Open& top = open.back();
    return lineStart(top.token) == lineStart(closer) ||
           (closer.firstOnLine && column(closer) == top.indent);
  }

  /// Is there still something to be gained by one more finding about delimiters?
  bool worthSaying() { return ++said_ <= 10; }

  /// Only reached when something is wrong: the layout then says which delimiter is missing or too
  /// many, because people indent what they nest.
  void balance() {
    std::vector<Token> out;
    out.reserve(tokens_.size() + 8);
    std::vector<Open> open;
    uint32_t lineIndent = 0;

    auto closeMissing = [&](const Token& before) {
      Open top = open.back();
      open.pop_back();
      uint32_t at = out.empty() ? before.begin : out.back().end;
      out.push_back({closerOf(top.token.kind), false, true, at, at});
      if (!worthSaying()) return;
      std::string_view close = glyph(closerOf(top.token.kind));
      auto& finding =
          findings_.add(Check::UnclosedDelimiter, range(top.token),
                        fmt::format("this `{}` is never closed", glyph(top.token.kind)));
      std::string expected = before.kind == K::End
                                 ? fmt::format("expected `{}` before the end of the file", close)
                                 : fmt::format("expected `{}` before this", close);
      finding.at({file_, before.begin, before.kind == K::End ? before.begin : before.end},
                 std::move(expected));
      // After what was said last: on its own line for a block over several lines.
      bool ownLine =
          top.block && text_.substr(top.token.begin, at - top.token.begin).find('\n') != text_.npos;
      std::string insert =
          ownLine ? fmt::format("\n{}{}", std::string(top.indent, ' '), close) : std::string(close);
      finding.fix(fmt::format("insert `{}`", close), {{{file_, at, at}, std::move(insert)}});
    };
    auto dropExtra = [&](const Token& token) {
      if (!worthSaying()) return;
      findings_
          .add(Check::UnclosedDelimiter, range(token),
               fmt::format("this `{}` closes nothing", glyph(token.kind)))
          .fix("remove it", {{range(token), ""}});
    };
    auto closeWrongly = [&](const Token& token) {
      const Token& opener = open.back().token;
      std::string_view right = glyph(closerOf(opener.kind));
      out.push_back({closerOf(opener.kind), false, true, token.begin, token.begin});
      if (worthSaying())
        findings_
            .add(Check::UnclosedDelimiter, range(token),
                 fmt::format("`{}` cannot close `{}`", glyph(token.kind), glyph(opener.kind)))
            .label(fmt::format("expected `{}`", right))
            .at(range(opener), "opened here")
            .fix(fmt::format("write `{}`", right), {{range(token), std::string(right)}});
      open.pop_back();
    };
    auto openMissing = [&](size_t header) {
      uint32_t at = tokens_[header].end;
      Token brace{K::LBrace, false, true, at, at};
      uint32_t begin = lineStart(tokens_[header]) + lineIndent;
      out.push_back(brace);
      open.push_back({brace, lineIndent, true});
      if (worthSaying())
        findings_
            .add(Check::UnclosedDelimiter, {file_, begin, at},
                 fmt::format("expected `{{` after `{}`",
                             text_.substr(begin, std::min(at - begin, 40U))))
            .fix("insert `{`", {{{file_, at, at}, " {"}});
    };
    size_t braceAfter = SIZE_MAX; // index of the token behind which a `{` was forgotten

    for (size_t i = 0; i < tokens_.size(); ++i) {
      Token token = tokens_[i];
      if (token.kind == K::End) {
        while (!open.empty()) closeMissing(token);
        out.push_back(token);
        break;
      }
      if (token.firstOnLine) {
        lineIndent = column(token);
        bool closes = isCloser(token.kind);
        // Something at or left of the opener's indentation cannot be inside it.
        while (!open.empty() &&
               (closes ? lineIndent < open.back().indent : lineIndent <= open.back().indent))
          closeMissing(token);
        if (closes && !open.empty() && open.back().block && token.kind == K::RBrace &&
            lineIndent > open.back().indent) {
          dropExtra(token);
          continue;
        }
        if (open.empty() || open.back().block)
          braceAfter = headerWithoutBrace(i).value_or(braceAfter);
      }
      // `[a, b  name = …`, `(a, b }` and `[a, b { timeout = …`: the bracket ended before.
      while (!open.empty() && !open.back().block &&
             ((open.back().token.kind == K::LBracket && isWord(token.kind) &&
               isAssign(kindAt(i + 1))) ||
              (token.kind == K::RBrace && open.back().token.kind != K::LBrace) ||
              (token.kind == K::LBrace && !out.empty() && !opensSelector(out.back().kind))))
        closeMissing(token);

      if (isOpener(token.kind)) {
        bool block = token.kind == K::LBrace && (out.empty() || !opensSelector(out.back().kind));
        open.push_back({token, lineIndent, block});
      } else if (isCloser(token.kind)) {
        if (open.empty() || closerOf(open.back().token.kind) != token.kind) {
          standsFor(token, open) ? closeWrongly(token) : dropExtra(token);
          continue;
        }
        open.pop_back();
      }
      out.push_back(token);
      if (i == braceAfter) openMissing(i);
    }
    tokens_ = std::move(out);
  }

  void limitNesting() {
    unsigned depth = 0;
    bool reported = false;
    size_t kept = 0;
    for (const Token& token : tokens_) {
      if (isCloser(token.kind)) --depth;
      bool inside = depth > maxNesting ||
                    (depth == maxNesting && (isOpener(token.kind) || isCloser(token.kind)));
      if (isOpener(token.kind)) ++depth;
      if (inside) {
        if (!reported)
          findings_
              .add(Check::LimitExceeded, range(token),
                   fmt::format("nesting is deeper than {} levels", maxNesting))
              .label("what is inside is not read");
        reported = true;
        continue;
      }
      tokens_[kept++] = token;
    }
    tokens_.resize(kept);
  }

  // --- what was forgotten ----------------------------------------------------------------------

  /// Is the token at `i` the start of something else than a value? `x = \n y = 1`, `x = }`, `x =
  /// ,`.
  bool startsNoValue(size_t i) const {
    const Token& next = tokens_[i];
    if (next.kind == K::End || isCloser(next.kind) || next.kind == K::Comma ||
        next.kind == K::Semicolon || next.kind == K::Import || next.kind == K::Let)
      return true;
    if (!isWord(next.kind)) return false;
    if (isAssign(kindAt(i + 1))) return true;
    if (!next.firstOnLine) return false;
    const Token& after = tokens_[i + 1];
    bool header = after.kind == K::LBrace || after.kind == K::String || after.kind == K::Date ||
                  isWord(after.kind) || after.kind == K::Quantity;
    return header && !after.firstOnLine;
  }

  void missing(std::vector<Token>& out, std::string_view expected, bool report = true) {
    uint32_t at = out.empty() ? 0 : out.back().end;
    if (report)
      findings_.add(
          Check::SyntaxError, {file_, out.empty() ? 0 : out.back().begin, at},
          fmt::format("expected {} after `{}`", expected,
                      out.empty() ? "" : text_.substr(out.back().begin, at - out.back().begin)));
    out.push_back({K::Missing, false, true, at, at});
  }

  /// Index behind the delimiter that closes the one at `i`; delimiters balance by now.
  size_t behindGroup(size_t i) const {
    unsigned depth = 0;
    for (; i < tokens_.size(); ++i) {
      if (isOpener(tokens_[i].kind)) ++depth;
      if (isCloser(tokens_[i].kind) && --depth == 0) return i + 1;
    }
    return tokens_.size() - 1;
  }

  /// What a statement of a block is doing.
  enum class Phase {
    Header, ///< kind, name, clauses, or an attribute's name
    Value,  ///< behind `=`
    Is,     ///< behind `is`: applications separated by commas
  };

  /// Does the word at `i`, in a block, start a new attribute or declaration?
  bool starts(size_t i, K before, Phase phase) const {
    bool assigned = isAssign(kindAt(i + 1));
    if (before == K::End || before == K::LBrace || before == K::RBrace) return true;
    if (isAssign(before) || isOperator(before) || before == K::Dot || before == K::Let)
      return false;
    if (before == K::Comma) return phase != Phase::Is || assigned;
    if (phase == Phase::Value || assigned) return true;
    if (isLiteral(before) && tokens_[i].kind == K::Name) return true; // `timeout 2s  breaker true`
    if (before >= K::Needs && before <= K::Is) return false; // its target may be on the next line
    bool relation = tokens_[i].kind == K::Needs || tokens_[i].kind == K::Uses;
    if (relation && before != K::Starter) return true; // `needs a  needs b` on one line
    return tokens_[i].firstOnLine;
  }

  /// Keywords are such only where they can be; the grammar sees names everywhere else.
  static K classify(K kind, bool starter, K before, K after, bool inBlock, Phase phase) {
    if (starter) {
      if (isAssign(after)) return K::Starter;
      if (kind == K::Needs || kind == K::Uses) return kind;
      return kind == K::In ? K::Overlay : K::Starter;
    }
    if (!inBlock || phase == Phase::Value) return K::Name;
    switch (kind) {
    case K::Any:
      return (before == K::Needs || before == K::Uses) && after != K::LBrace ? kind : K::Name;
    case K::Of: return before == K::Quantity ? kind : K::Name;
    case K::As: return (before == K::Name || isLiteral(before)) && isWord(after) ? kind : K::Name;
    case K::In:
    case K::On:
    case K::Is: {
      // `accept on cart` lacks a name, `domain on in eu` has a strange one.
      bool clause = after >= K::In && after <= K::Is;
      bool headed = before == K::Starter
                        ? !clause
                        : before == K::Name || before == K::RParen || isLiteral(before);
      return headed && isWord(after) ? kind : K::Name;
    }
    default: return K::Name;
    }
  }

  /// A third bare word in a row, and what follows it on its line, belongs to no header.
  static bool prose(const Token& token, K before) {
    return token.kind == K::Name &&
           (before == K::Name || (before == K::Junk && !token.firstOnLine));
  }

  /// `let` and `import` cannot be names.
  void reserved(const Token& token) {
    std::string_view word = text_.substr(token.begin, token.end - token.begin);
    findings_.add(Check::SyntaxError, range(token), fmt::format("`{}` cannot be a name", word))
        .label("a reserved word")
        .suggest("choose another name; reserved are `import`, `let`, `true` and `false`");
  }

  /// Takes what belongs to a number along, for sema to say so: `5 s` and `99,9%`.
  size_t behindQuantity(size_t i) const {
    const Token& number = tokens_[i];
    bool bare = text_[number.end - 1] >= '0' && text_[number.end - 1] <= '9';
    const Token& next = tokens_[i + 1];
    if (!bare || next.firstOnLine || next.kind == K::End) return i + 1;
    const Token& after = tokens_[i + 2];
    if (next.kind == K::Comma && after.kind == K::Quantity && number.end == next.begin &&
        next.end == after.begin)
      return i + 3;
    bool percent = next.kind == K::Junk && text_.substr(next.begin, next.end - next.begin) == "%";
    bool alone = after.kind == K::End || after.firstOnLine || isCloser(after.kind) ||
                 (isWord(after.kind) && isAssign(kindAt(i + 3)));
    return percent || (next.kind == K::Name && alone) ? i + 2 : i + 1;
  }

  /// Is a token that is no word out of place in a block, given what stands before it?
  static bool stray(K kind, K before, Phase phase) {
    if (isAssign(kind))
      return before != K::Starter && !(phase == Phase::Header && before == K::Name);
    bool expectsOperand = isAssign(before) || isOperator(before);
    if (isLiteral(kind))
      return phase == Phase::Header ? before != K::Starter && before != K::Needs &&
                                          before != K::Uses && before != K::Import
                                    : !expectsOperand;
    if (isOperator(kind)) return phase != Phase::Value || (expectsOperand && kind != K::Minus);
    if (kind == K::Dot) return !isWord(before);
    return false;
  }

  void complete() {
    std::vector<Token> out;
    out.reserve(tokens_.size() + 8);
    std::vector<bool> blocks; // for each open delimiter: does it hold members?
    Phase phase = Phase::Header;
    for (size_t i = 0; i < tokens_.size(); ++i) {
      Token token = tokens_[i];
      K before = out.empty() ? K::End : out.back().kind;
      bool inBlock = blocks.empty() || blocks.back();
      if (isWord(token.kind)) {
        bool starter = inBlock && starts(i, before, phase);
        token.kind = classify(token.kind, starter, before, kindAt(i + 1), inBlock, phase);
        if (starter) phase = Phase::Header;
        if (!starter && inBlock && phase == Phase::Header && prose(token, before))
          token.kind = K::Junk;
      } else if (inBlock && (token.kind == K::Import || token.kind == K::Let)) {
        if (before == K::Starter && !token.firstOnLine) {
          reserved(token);
          token.kind = K::Name;
        }
        phase = Phase::Header;
      } else if (inBlock && phase == Phase::Value && token.kind == K::Quantity &&
                 !stray(token.kind, before, phase)) {
        size_t behind = behindQuantity(i);
        token.end = tokens_[behind - 1].end;
        i = behind - 1;
      } else if (inBlock && stray(token.kind, before, phase)) {
        if (isAssign(before)) missing(out, "", false);
        token.kind = K::Junk;
      }

      if (token.kind == K::LBrace) {
        bool selector = !inBlock || opensSelector(before);
        bool strayBefore = before == K::Semicolon || (before == K::Junk && token.firstOnLine);
        if (!selector &&
            (before == K::End || before == K::LBrace || before == K::RBrace || strayBefore)) {
          findings_.add(Check::SyntaxError, range(token), "a block without a name")
              .label("expected a kind such as `service` before `{`");
          missing(out, "", false);
        }
        out.push_back(token);
        blocks.push_back(!selector);
        if (!selector) phase = Phase::Header;
        continue;
      }
      if (inBlock && phase == Phase::Header &&
          (token.kind == K::LParen || (token.kind == K::LBracket && before != K::Needs &&
                                       before != K::Uses && before != K::Any && before != K::Of))) {
        size_t behind = behindGroup(i);
        findings_
            .add(Check::SyntaxError, {file_, token.begin, tokens_[behind - 1].end},
                 fmt::format("unexpected `{}`", glyph(token.kind)))
            .label("expected `=`, `{` or the next declaration");
        i = behind - 1;
        continue;
      }
      if (isOpener(token.kind)) blocks.push_back(false);
      if (isCloser(token.kind) && !blocks.empty()) blocks.pop_back();
      out.push_back(token);

      if (inBlock && isAssign(token.kind)) phase = Phase::Value;
      if (inBlock && token.kind == K::Is) phase = Phase::Is;
      if (i + 1 >= tokens_.size()) break;
      bool wantsValue = (isAssign(token.kind) && isWord(before)) ||
                        (isOperator(token.kind) && phase == Phase::Value) ||
                        (!inBlock && (token.kind == K::Comma || token.kind == K::LBracket) &&
                         kindAt(i + 1) == K::Comma);
      if (wantsValue && startsNoValue(i + 1)) missing(out, "a value");
    }
    tokens_ = std::move(out);
  }
};

} // namespace

void repair(source::FileId file, std::string_view text, std::vector<Token>& tokens,
            FindingList& findings) {
  Repair(file, text, tokens, findings).run();
}

} // namespace relc::syntax
