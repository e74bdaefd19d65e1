// The canonical layout; docs/reference/format.md has the same rules with examples.
//
// Lines. Two blanks a level, no blanks at the end, one line feed, 100 columns. At most one blank
// line in a row, none behind `{` or before `}`.
//
// Order. Nothing is reordered. Of the author's layout three things count: single blank lines, where
// comments stand, and which blocks of attributes are on one line.
//
// One-line members. A block stays on one line if the author wrote it so, it holds attributes only
// and no comment, and the line fits. An empty block is `{}`. All other blocks have a line for each
// member.
//
// Blank lines. There is one between two members of a block if one of them has a block of several
// lines, or if only one is an attribute; at the top level also between members of different kinds
// and before a member with a comment above it. Elsewhere the author decides.
//
// Runs. Lines that follow each other with no blank line and no comment line between form a run and
// share columns, if they are of the same kind (`import`, `let`, attribute, `needs` and `uses`,
// overlay, declaration with name, declaration without):
// - attributes and `let` align their `=`; one whose value takes several lines is the last of its
// run;
// - other one-line members have the columns word, name, clauses and block, and a column for each
//   attribute if all blocks have the same ones. Columns are given up from the right as long as
//   they push a line over the limit.
//
// Values. `[a, b]`, `f(x, y = 1)`, `{job="x", code!~"5.."}`, `-a * (b + 1)`. What does not fit is
// divided at its outermost delimiters, one element a line, each with a comma. Literals and
// parentheses stay as they are.
//
// Comments. Those on a line of their own get the indentation of what follows, those behind
// something stay there after two blanks, those inside a line stay inside. They do not count for the
// limit.
//
// Mistakes. A member of the top level that is no correct program is kept byte by byte, and so is
// whatever else stands on its lines.

#include "compiler/syntax/format.h"

#include "compiler/syntax/format_sheet.h"
#include "compiler/syntax/lexer.h"
#include "compiler/syntax/parse.h"
#include "compiler/syntax/repair.h"

#include <algorithm>

namespace relc::syntax {
namespace {

using K = TokenKind;

bool closes(K kind) {
  return kind == K::RParen || kind == K::RBracket || kind == K::RBrace;
}

/// Kinds and texts of tokens; a comma before a closing delimiter counts for nothing.
bool sameTokens(const std::vector<Token>& a, std::string_view textA, const std::vector<Token>& b,
                std::string_view textB) {
  size_t i = 0;
  size_t j = 0;
  auto skip = [](const std::vector<Token>& tokens, size_t& at) {
    while (at + 1 < tokens.size() && tokens[at].kind == K::Comma && closes(tokens[at + 1].kind))
      ++at;
  };
  for (;; ++i, ++j) {
    skip(a, i);
    skip(b, j);
    if (i == a.size() || j == b.size()) return i == a.size() && j == b.size();
    if (a[i].kind != b[j].kind || a[i].inserted != b[j].inserted ||
        textA.substr(a[i].begin, a[i].end - a[i].begin) !=
            textB.substr(b[j].begin, b[j].end - b[j].begin))
      return false;
  }
}

/// For each comment, is it a doc comment directly above a member or above such a comment?
std::vector<bool> documenting(const std::vector<Token>& tokens, const std::vector<Token>& comments,
                              std::string_view text) {
  std::vector<bool> result;
  size_t token = 0;
  for (size_t i = 0; i < comments.size(); ++i) {
    const Token& comment = comments[i];
    while (tokens[token].begin < comment.begin) ++token;
    K member = tokens[token].kind;
    uint32_t next = tokens[token].begin;
    if (i + 1 < comments.size()) next = std::min(next, comments[i + 1].begin);
    bool above = member == K::Starter || member == K::Overlay || member == K::Needs ||
                 member == K::Uses || member == K::Import || member == K::Let;
    result.push_back(above && comment.kind == K::DocComment && comment.firstOnLine &&
                     std::count(text.begin() + comment.end, text.begin() + next, '\n') == 1);
  }
  return result;
}

bool sameComments(const std::vector<Token>& a, std::string_view textA, const std::vector<Token>& b,
                  std::string_view textB) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](const Token& x, const Token& y) {
    return x.kind == y.kind && layout::commentText(textA, x) == layout::commentText(textB, y);
  });
}

} // namespace

std::string format(const Tree& tree) {
  layout::Sheet sheet = layout::read(tree);
  std::string result = layout::write(tree, sheet);
  if (result == tree.text) return result;

  // Never lose anything: the text is read again, and has to be the same program.
  std::string original(tree.text);
  diagnostics::FindingList findings;
  Tokens lexed = lex(tree.file, result, findings);
  if (sheet.verbatim &&
      !sameTokens(lex(tree.file, tree.text, findings).tokens, tree.text, lexed.tokens, result))
    return original; // repair may have left tokens out of the tree
  repair(tree.file, result, lexed.tokens, findings);
  if (!sameTokens(tree.tokens, tree.text, lexed.tokens, result) ||
      !sameComments(tree.comments, tree.text, lexed.comments, result) ||
      documenting(tree.tokens, tree.comments, tree.text) !=
          documenting(lexed.tokens, lexed.comments, result))
    return original;
  if (sheet.verbatim) {
    source::SourceManager sources;
    Tree again = parse(sources, sources.add({}, result), findings);
    if (layout::write(again, layout::read(again)) != result) return original;
  }
  return result;
}

} // namespace relc::syntax
