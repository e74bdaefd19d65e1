#pragma once
// A file as the formatter sees it. Private to format*.cpp.
//
// The formatter works on tokens, because the tree drops what a layout needs: parentheses, commas,
// comments. It reads a member only if it knows the role of each of its tokens; whatever else stands
// in the file is text that is kept.

#include "compiler/syntax/tree.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace relc::syntax::layout {

/// Consecutive comments of the file, [first, last).
struct Comments {
  uint32_t first = 0;
  uint32_t last = 0;
  [[nodiscard]] bool empty() const { return first == last; }
};

/// How a token stands on a line. There is one more spot than tokens, for the sums.
struct Spot {
  uint32_t comments = 0;  ///< comments of the file before this token
  uint32_t column = 0;    ///< width of all tokens before this one, each laid flat, with its lead
  uint32_t hard = 0;      ///< line breaks before this token that no layout can take out
  uint32_t match = 0;     ///< an opening delimiter of a group (list, arguments, …): the closing one
  uint8_t space = 0;      ///< blanks before it
  bool apart = false;     ///< the comments before it are entries of a block
  bool edge = false;      ///< the comments before it stand between elements of a group
  bool commas = false;    ///< an opening delimiter: elements end with commas
  bool lastComma = false; ///< a comma behind the last element: written if elements have own lines
};

/// What stands on lines of its own in a block, or between the delimiters of a group.
struct Entry {
  enum class Kind : uint8_t {
    Comment,  ///< comments of one line
    Unit,     ///< a member, or an element of a group
    Verbatim, ///< lines that are kept as they are
  };
  Kind kind = Kind::Comment;
  bool blankBefore = false; ///< the author left a blank line
  bool joined = false;      ///< a comment before a unit on the same line
  uint32_t index = 0;       ///< of the unit
  uint32_t begin = 0;       ///< byte range, without comments
  uint32_t end = 0;
  Comments comments; ///< Comment: they; otherwise those behind it on its last line
};

/// A member. Its columns are [first, subject) [subject, rest) [rest, open) [open, last):
///   needs | any [a, b] |           | { timeout = 2s }
///   domain | eu-west-1 | in aws    | { level = region }
///   owner | = payments |           |
struct Unit {
  MemberKind kind = MemberKind::Attribute;
  bool simple = true;  ///< can be on one line: its block, if any, was, and holds but attributes
  bool groups = false; ///< something before the block can be laid out on several lines
  uint32_t first = 0, subject = 0, rest = 0, open = 0, last = 0;
  uint32_t is = 0;      ///< the `is` of several profiles, if the header ends with them
  Comments behindBrace; ///< behind the `{`
  std::vector<Entry> body;
};

struct Sheet {
  std::vector<Spot> spots;
  std::vector<Unit> units;
  std::vector<Entry> top;
  bool verbatim = false; ///< a part is kept verbatim
};

Sheet read(const Tree& tree);

/// Writes the sheet in canonical layout.
std::string write(const Tree& tree, const Sheet& sheet);

// --- shared by reader and writer -----------------------------------------------------------------

/// What the lexer skips.
inline constexpr std::string_view blanks = " \t\r\n\f";

constexpr bool endsLine(TokenKind comment) {
  return comment == TokenKind::LineComment || comment == TokenKind::DocComment;
}

inline bool breaksLine(const Tree& tree, uint32_t begin, uint32_t end) {
  return begin < end && tree.text.substr(begin, end - begin).find('\n') != std::string_view::npos;
}

/// Is there an empty line in [begin, end)?
inline bool leavesLine(const Tree& tree, uint32_t begin, uint32_t end) {
  bool broken = false;
  for (uint32_t i = begin; i < end; ++i)
    if (tree.text[i] == '\n' && std::exchange(broken, true)) return true;
  return false;
}

/// Characters, which we take to be as wide as each other.
inline uint32_t width(std::string_view text) {
  uint32_t count = 0;
  for (char c : text) count += (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  return count;
}

/// A comment without the blanks behind it.
std::string_view commentText(std::string_view text, const Token& comment);

/// Something between the delimiters of a block or a group.
struct Item {
  Entry::Kind kind = Entry::Kind::Comment;
  uint32_t begin = 0;
  uint32_t end = 0;
  uint32_t index = 0; ///< of the comment or the unit
  uint32_t comma = 0; ///< where the comma behind it is: comments before that are its own
};

/// Joins comments to the lines on which they stand. `open` and `close` are the offsets behind the
/// opening and before the closing delimiter; a file has none. `behindOpen` gets the comments behind
/// the opening delimiter on its line.
std::vector<Entry> arrange(const Tree& tree, const std::vector<Item>& items, Comments& behindOpen,
                           std::optional<uint32_t> open, std::optional<uint32_t> close);

/// The comments before a token that are written with it.
inline Comments inlineComments(const Sheet& sheet, uint32_t token) {
  if (token == 0 || sheet.spots[token].apart) return {};
  return {sheet.spots[token - 1].comments, sheet.spots[token].comments};
}

/// No blank between a comment and this token.
constexpr bool isTight(TokenKind kind, const Spot& spot) {
  bool closes =
      kind == TokenKind::RParen || kind == TokenKind::RBracket || kind == TokenKind::RBrace;
  return kind == TokenKind::Comma || (closes && spot.edge);
}

} // namespace relc::syntax::layout
