#pragma once
// The syntax tree: flat arrays of members and expressions, ids instead of pointers, byte ranges
// into the text of one file. It knows nothing of kinds and attributes. Parsing never fails: what
// could not be read is left out or marked `broken`, and a finding says why.

#include "compiler/source/source.h"
#include "compiler/syntax/token.h"

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace relc::syntax {

struct ExprId {
  uint32_t index = UINT32_MAX;
  [[nodiscard]] bool valid() const { return index != UINT32_MAX; }
};
struct MemberId {
  uint32_t index = UINT32_MAX;
  [[nodiscard]] bool valid() const { return index != UINT32_MAX; }
};

/// A word of the source, or nothing (begin == end).
struct Word {
  uint32_t begin = 0;
  uint32_t end = 0;
  [[nodiscard]] bool present() const { return end > begin; }
};

/// Consecutive elements of one of the tree's pools.
struct Slice {
  uint32_t first = 0;
  uint32_t count = 0;
};

enum class ExprKind : uint8_t {
  Missing,  ///< forgotten or unreadable; a finding has been made
  Quantity, ///< number with or without unit
  Date,
  String,
  Text,
  Promql,
  True,
  False,
  Reference, ///< words: a.b.c
  Call,      ///< words + arguments
  List,      ///< children
  Selector,  ///< matchers
  Negate,    ///< one child
  Add,
  Subtract,
  Multiply,
  Divide, ///< two children
};

struct Argument {
  Word name; ///< absent if positional
  ExprId value;
};

struct Matcher {
  Word label;
  TokenKind op = TokenKind::Assign; ///< Assign, NotEqual, Match, NotMatch
  Word op_;
  ExprId value; ///< String or Reference
};

struct Expr {
  ExprKind kind = ExprKind::Missing;
  uint32_t begin = 0;
  uint32_t end = 0;
  Slice words;    ///< Reference, Call
  Slice children; ///< List: children; Call: arguments; Selector: matchers; operators: children
};

enum class MemberKind : uint8_t { Import, Let, Attribute, Relation, Overlay, Declaration };

struct Member {
  MemberKind kind = MemberKind::Declaration;
  bool broken = false;   ///< a syntax error lies inside; later phases do not judge what is absent
  bool any = false;      ///< Relation: `needs any [...]`
  bool hasBlock = false; ///< `{ … }` was written
  TokenKind subjectKind = TokenKind::End; ///< Declaration: how its name was written
  uint32_t begin = 0;                     ///< first token, without the doc comment
  uint32_t end = 0;
  Word word;          ///< kind of a declaration, name of an attribute, `needs`, `uses`, `import` …
  Word subject;       ///< name of a declaration or `let`; alias of an import
  ExprId value;       ///< attribute, let: the value; relation: the target; overlay: environment;
                      ///< import: module
  ExprId quantity;    ///< Relation: k of `needs k of [...]`
  ExprId in, on;      ///< Declaration: clauses
  Slice applications; ///< Declaration: `is a(…), b`; in exprLists
  uint32_t blockBegin = 0, blockEnd = 0;
  Slice members; ///< in memberLists
  Slice doc;     ///< doc comment lines before it; in comments
};

/// One file. The text must outlive the tree.
class Tree {
public:
  source::FileId file;
  std::string_view text;

  std::vector<Token> tokens;   ///< without comments, as lexed, with what repair inserted
  std::vector<Token> comments; ///< in source order

  std::vector<Expr> exprs;
  std::vector<Member> members;
  std::vector<ExprId> exprLists;
  std::vector<MemberId> memberLists;
  std::vector<Word> words;
  std::vector<Argument> arguments;
  std::vector<Matcher> matchers;
  Slice top; ///< members of the file

  const Member& operator[](MemberId id) const { return members[id.index]; }
  const Expr& operator[](ExprId id) const { return exprs[id.index]; }

  [[nodiscard]] std::string_view str(Word word) const {
    return text.substr(word.begin, word.end - word.begin);
  }
  [[nodiscard]] std::string_view str(const Expr& expr) const {
    return text.substr(expr.begin, expr.end - expr.begin);
  }
  [[nodiscard]] source::Range range(uint32_t begin, uint32_t end) const {
    return {file, begin, end};
  }
  [[nodiscard]] source::Range range(Word word) const { return {file, word.begin, word.end}; }
  [[nodiscard]] source::Range range(const Expr& expr) const { return {file, expr.begin, expr.end}; }
  [[nodiscard]] source::Range range(const Member& m) const { return {file, m.begin, m.end}; }
  /// From the first token to the last one before the block: what a finding about the whole
  /// declaration points at.
  [[nodiscard]] source::Range header(const Member& m) const {
    return {file, m.begin, m.hasBlock ? m.blockBegin + 1 : m.end};
  }

  [[nodiscard]] std::span<const MemberId> list(Slice s) const {
    return {memberLists.data() + s.first, s.count};
  }
  [[nodiscard]] std::span<const ExprId> exprList(Slice s) const {
    return {exprLists.data() + s.first, s.count};
  }
  [[nodiscard]] std::span<const Word> wordList(Slice s) const {
    return {words.data() + s.first, s.count};
  }
  [[nodiscard]] std::span<const Argument> argumentList(Slice s) const {
    return {arguments.data() + s.first, s.count};
  }
  [[nodiscard]] std::span<const Matcher> matcherList(Slice s) const {
    return {matchers.data() + s.first, s.count};
  }
  /// The text of `///` lines before a member, markers and one leading blank removed.
  [[nodiscard]] std::string doc(const Member& member) const;
};

} // namespace relc::syntax
