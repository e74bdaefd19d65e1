// Reading: tokens to units. Strict: a member in which anything is not as the grammar of a correct
// program has it is not read at all.

#include "compiler/syntax/format_sheet.h"

#include <algorithm>
#include <utility>

namespace relc::syntax::layout {
namespace {

using K = TokenKind;

bool isLiteral(K kind) {
  return kind == K::Quantity || kind == K::Date || kind == K::String || kind == K::Text ||
         kind == K::Promql || kind == K::True || kind == K::False;
}
bool isSubject(K kind) {
  return kind == K::Name || kind == K::Date || kind == K::String || kind == K::Quantity ||
         kind == K::True || kind == K::False;
}
bool isOperator(K kind) {
  return kind >= K::Plus && kind <= K::Slash;
}
bool isMatchOperator(K kind) {
  return kind >= K::Assign && kind <= K::NotEqual;
}
bool isSound(K comment) {
  return comment == K::DocComment || comment == K::LineComment || comment == K::BlockComment;
}

/// Reads one member at a time, at the token `at`. A function that returns false has met something
/// that is no correct program. Recursion is bounded by repair's nesting limit.
class Reader {
public:
  Reader(const Tree& tree, Sheet& sheet) : tree_(tree), sheet_(sheet) {}

  /// The member of these bytes, which starts with the token `first`.
  std::optional<Unit> member(uint32_t first, uint32_t begin, uint32_t end) {
    at_ = start_ = first;
    Unit unit;
    bool read = tree_.tokens[first].begin == begin && member(unit, 0);
    if (!read || tree_.tokens[at_ - 1].end != end) return std::nullopt;
    return unit;
  }

private:
  const Tree& tree_;
  Sheet& sheet_;
  uint32_t at_ = 0;
  uint32_t start_ = 0;
  bool groups_ = false;

  K kind() const { return tree_.tokens[at_].kind; }

  /// Only blanks and comments between the last token and this one? If not, something was dropped
  /// before the parser saw it.
  bool covered() const {
    if (at_ == start_) return true;
    uint32_t from = tree_.tokens[at_ - 1].end;
    auto blank = [&](uint32_t to) {
      return from <= to &&
             tree_.text.substr(from, to - from).find_first_not_of(blanks) == tree_.text.npos;
    };
    for (uint32_t c = sheet_.spots[at_ - 1].comments; c < sheet_.spots[at_].comments; ++c) {
      const Token& comment = tree_.comments[c];
      if (!isSound(comment.kind) || !blank(comment.begin)) return false;
      from = comment.end;
      // A carriage return alone ends a comment and is no line break otherwise.
      uint32_t next = c + 1 < sheet_.spots[at_].comments ? tree_.comments[c + 1].begin
                                                         : tree_.tokens[at_].begin;
      if (endsLine(comment.kind) && !breaksLine(tree_, from, next)) return false;
    }
    return blank(tree_.tokens[at_].begin);
  }

  bool take(uint8_t space) {
    if (tree_.tokens[at_].inserted || kind() == K::End || !covered()) return false;
    sheet_.spots[at_].space = space;
    ++at_;
    return true;
  }
  bool take(K expected, uint8_t space) { return kind() == expected && take(space); }

  // --- expressions -------------------------------------------------------------------------------

  bool reference(uint8_t space) {
    if (!take(K::Name, space)) return false;
    while (kind() == K::Dot)
      if (!take(0) || !take(K::Name, 0)) return false;
    return true;
  }

  /// Elements between the delimiter at `at_` and `close`, with or without commas.
  template <class Element>
  bool group(uint8_t space, K close, bool commas, Element element) {
    uint32_t open = at_;
    if (!take(space)) return false;
    for (uint8_t before = 0; kind() != close; before = 1) {
      sheet_.spots[at_].edge = true;
      if (!element(before)) return false;
      if (kind() == close) break;
      sheet_.spots[at_].edge = true;
      if (!commas || !take(K::Comma, 0)) return false;
      sheet_.spots[at_ - 1].lastComma = kind() == close;
    }
    bool empty = at_ == open + 1;
    sheet_.spots[at_].edge = true;
    if (!take(0) || (empty && !commas)) return false; // `()` is no value
    sheet_.spots[open].match = at_ - 1;
    sheet_.spots[open].commas = commas;
    groups_ |= !empty;
    return true;
  }

  bool list(uint8_t space) {
    return group(space, K::RBracket, true, [this](uint8_t before) { return expression(before); });
  }

  bool application(uint8_t space) {
    if (!reference(space)) return false;
    if (kind() != K::LParen) return true;
    return group(0, K::RParen, true, [this](uint8_t before) {
      if (kind() == K::Name && tree_.tokens[at_ + 1].kind == K::Assign) {
        if (!take(before) || !take(1)) return false;
        before = 1;
      }
      return expression(before);
    });
  }

  bool matcher(uint8_t space) {
    if (!take(K::Name, space) || !isMatchOperator(kind()) || !take(0)) return false;
    return kind() == K::String ? take(0) : reference(0);
  }

  bool expression(uint8_t space) {
    if (!operand(space)) return false;
    while (isOperator(kind()))
      if (!take(1) || !operand(1)) return false;
    return true;
  }

  bool operand(uint8_t space) {
    for (; kind() == K::Minus; space = 0)
      if (!take(space)) return false;
    if (isLiteral(kind())) return take(space);
    switch (kind()) {
    case K::Name: return application(space);
    case K::LBracket: return list(space);
    case K::LBrace:
      return group(space, K::RBrace, true, [this](uint8_t before) { return matcher(before); });
    case K::LParen:
      return group(space, K::RParen, false, [this](uint8_t before) { return expression(before); });
    default: return false;
    }
  }

  // --- members -----------------------------------------------------------------------------------

  bool member(Unit& unit, uint8_t space) {
    sheet_.spots[at_].apart = true;
    unit.first = at_;
    bool outer = std::exchange(groups_, false);
    K word = kind();
    if (!take(space)) return false;
    unit.subject = unit.rest = at_;
    bool read = word == K::Import    ? import(unit)
                : word == K::Let     ? take(K::Name, 1) && assignment(unit, MemberKind::Let)
                : word == K::Overlay ? overlay(unit)
                : word == K::Needs || word == K::Uses ? relation(unit)
                : word == K::Starter ? kind() == K::Assign ? assignment(unit, MemberKind::Attribute)
                                                           : declaration(unit)
                                     : false;
    if (!read) return false;
    unit.groups = groups_;
    groups_ = outer;
    unit.open = at_;
    bool mayHold = unit.kind == MemberKind::Import || unit.kind >= MemberKind::Relation;
    if (kind() == K::LBrace && mayHold) {
      if (!block(unit)) return false;
    } else if (unit.kind >= MemberKind::Overlay) {
      return false; // overlays and declarations have a block
    }
    unit.last = at_;
    return true;
  }

  bool assignment(Unit& unit, MemberKind kind) {
    unit.kind = kind;
    unit.subject = at_;
    if (!take(K::Assign, 1) || !expression(1)) return false;
    unit.rest = at_;
    return true;
  }

  bool import(Unit& unit) {
    unit.kind = MemberKind::Import;
    if (kind() == K::String ? !take(1) : !reference(1)) return false;
    unit.rest = at_;
    return kind() != K::As || (take(1) && take(K::Name, 1));
  }

  bool overlay(Unit& unit) {
    unit.kind = MemberKind::Overlay;
    bool read = reference(1);
    unit.rest = at_;
    return read;
  }

  bool relation(Unit& unit) {
    unit.kind = MemberKind::Relation;
    if (kind() == K::Any) {
      if (!take(1)) return false;
    } else if (kind() == K::Quantity) {
      if (!take(1) || !take(K::Of, 1)) return false;
    }
    bool read = kind() == K::LBracket ? list(1) : reference(1);
    unit.rest = at_;
    return read;
  }

  bool declaration(Unit& unit) {
    unit.kind = MemberKind::Declaration;
    if (isSubject(kind()) && !take(1)) return false;
    unit.rest = at_;
    for (;;) {
      if (kind() == K::In || kind() == K::On) {
        unit.is = 0;
        if (!take(1) || !reference(1)) return false;
      } else if (kind() == K::Is) {
        uint32_t is = at_;
        unit.is = 0;
        if (!take(1) || !application(1)) return false;
        for (; kind() == K::Comma; unit.is = is) {
          sheet_.spots[is + 1].edge = sheet_.spots[at_].edge = sheet_.spots[at_ + 1].edge = true;
          if (!take(0) || !application(1)) return false;
        }
      } else {
        return true;
      }
    }
  }

  void commentItems(std::vector<Item>& items) const {
    for (uint32_t c = sheet_.spots[at_ - 1].comments; c < sheet_.spots[at_].comments; ++c)
      items.push_back({Entry::Kind::Comment, tree_.comments[c].begin, tree_.comments[c].end, c, 0});
  }

  bool block(Unit& unit) {
    uint32_t open = at_;
    if (!take(1)) return false;
    std::vector<Item> items;
    bool attributes = true;
    for (commentItems(items); kind() != K::RBrace; commentItems(items)) {
      Unit child;
      if (!member(child, at_ == open + 1 ? 1 : 2)) return false;
      attributes &= child.kind == MemberKind::Attribute;
      items.push_back({Entry::Kind::Unit, tree_.tokens[child.first].begin,
                       tree_.tokens[child.last - 1].end, static_cast<uint32_t>(sheet_.units.size()),
                       0});
      sheet_.units.push_back(std::move(child));
    }
    uint32_t close = at_;
    sheet_.spots[close].apart = true;
    if (!take(close == open + 1 ? 0 : 1)) return false;

    uint32_t begin = tree_.tokens[open].end;
    uint32_t end = tree_.tokens[close].begin;
    unit.body = arrange(tree_, items, unit.behindBrace, begin, end);
    bool comments = sheet_.spots[close].comments > sheet_.spots[open].comments;
    unit.simple = items.empty() || (attributes && !comments && !breaksLine(tree_, begin, end));
    commentBeforeBrace(unit, open);
    return true;
  }

  /// `service checkout // the shop`, and the brace on a later line: the comment goes behind it.
  void commentBeforeBrace(Unit& unit, uint32_t open) {
    Comments before = inlineComments(sheet_, open);
    if (before.last != before.first + 1 || !unit.behindBrace.empty()) return;
    const Token& comment = tree_.comments[before.first];
    if (!endsLine(comment.kind)) return;
    unit.behindBrace = before;
    unit.simple = false;
    sheet_.spots[open].apart = true;
  }
};

/// The whole file: members that can be read, comments, and the lines of everything else.
class FileReader {
public:
  explicit FileReader(const Tree& tree) : tree_(tree), reader_(tree, sheet_) {}

  Sheet run() {
    countComments();
    uint32_t at = tree_.text.starts_with("\xef\xbb\xbf") ? 3 : 0;
    start_ = at;
    for (MemberId id : tree_.list(tree_.top)) {
      const Member& m = tree_[id];
      if (m.begin < at || m.end <= m.begin) continue; // of an error: what it holds is in a gap
      gap(at, m.begin);
      member(m);
      at = m.end;
    }
    gap(at, static_cast<uint32_t>(tree_.text.size()));
    keepLines();
    Comments none;
    sheet_.top = arrange(tree_, items_, none, std::nullopt, std::nullopt);
    measure();
    return std::move(sheet_);
  }

private:
  const Tree& tree_;
  Sheet sheet_;
  Reader reader_;
  std::vector<Item> items_;
  uint32_t token_ = 0;
  uint32_t comment_ = 0;
  uint32_t start_ = 0;

  void countComments() {
    sheet_.spots.resize(tree_.tokens.size() + 1);
    uint32_t count = 0;
    for (size_t i = 0; i < tree_.tokens.size(); ++i) {
      while (count < tree_.comments.size() && tree_.comments[count].begin < tree_.tokens[i].begin)
        ++count;
      sheet_.spots[i].comments = count;
    }
  }

  void keep(uint32_t begin, uint32_t end) {
    items_.push_back({Entry::Kind::Verbatim, begin, end, 0, 0});
  }

  void member(const Member& m) {
    size_t units = sheet_.units.size();
    if (auto unit = reader_.member(token_, m.begin, m.end)) {
      items_.push_back(
          {Entry::Kind::Unit, m.begin, m.end, static_cast<uint32_t>(sheet_.units.size()), 0});
      sheet_.units.push_back(std::move(*unit));
    } else {
      sheet_.units.resize(units);
      keep(m.begin, m.end);
    }
    while (token_ < tree_.tokens.size() && tree_.tokens[token_].begin < m.end) ++token_;
    while (comment_ < tree_.comments.size() && tree_.comments[comment_].begin < m.end) ++comment_;
  }

  /// Between members there should be comments only.
  void gap(uint32_t from, uint32_t to) {
    auto rest = [&](uint32_t end) { // text that is neither token nor comment
      size_t begin = tree_.text.find_first_not_of(blanks, from);
      if (begin < end)
        keep(static_cast<uint32_t>(begin),
             static_cast<uint32_t>(tree_.text.find_last_not_of(blanks, end - 1)) + 1);
    };
    for (;;) {
      while (token_ < tree_.tokens.size() && tree_.tokens[token_].inserted) ++token_;
      uint32_t token = tree_.tokens[std::min<size_t>(token_, tree_.tokens.size() - 1)].begin;
      uint32_t comment = comment_ < tree_.comments.size() ? tree_.comments[comment_].begin : to;
      if (std::min(token, comment) >= to) break;
      const Token& next = token < comment ? tree_.tokens[token_] : tree_.comments[comment_];
      rest(next.begin);
      if (isSound(next.kind))
        items_.push_back({Entry::Kind::Comment, next.begin, next.end, comment_, 0});
      else
        keep(next.begin, next.end);
      from = std::max(from, next.end);
      ++(token < comment ? token_ : comment_);
    }
    rest(to);
  }

  /// What shares a line with text that is kept is kept with it.
  void keepLines() {
    std::vector<Item> lines;
    for (size_t first = 0; first < items_.size();) {
      size_t last = first + 1;
      bool verbatim = items_[first].kind == Entry::Kind::Verbatim;
      for (; last < items_.size(); ++last) {
        const Item& before = items_[last - 1];
        if (breaksLine(tree_, before.end, items_[last].begin)) break;
        verbatim |=
            items_[last].kind == Entry::Kind::Verbatim ||
            (before.kind == Entry::Kind::Comment && endsLine(tree_.comments[before.index].kind));
      }
      if (verbatim) {
        sheet_.verbatim = true;
        size_t newline = items_[first].begin > start_
                             ? tree_.text.rfind('\n', items_[first].begin - 1)
                             : tree_.text.npos;
        size_t begin = newline == tree_.text.npos ? start_ : newline + 1;
        size_t end = std::min(tree_.text.find('\n', items_[last - 1].end), tree_.text.size());
        lines.push_back({Entry::Kind::Verbatim, static_cast<uint32_t>(begin),
                         static_cast<uint32_t>(end), 0, 0});
      } else {
        lines.insert(lines.end(), items_.begin() + first, items_.begin() + last);
      }
      first = last;
    }
    items_ = std::move(lines);
  }

  // --- widths ------------------------------------------------------------------------------------

  bool hard(const Token& comment, uint32_t before, uint32_t after, bool edge) const {
    return endsLine(comment.kind) || breaksLine(tree_, comment.begin, comment.end) ||
           (edge &&
            (breaksLine(tree_, before, comment.begin) || breaksLine(tree_, comment.end, after)));
  }

  void measure() {
    auto& spots = sheet_.spots;
    for (uint32_t i = 0; i < tree_.tokens.size(); ++i) {
      const Token& token = tree_.tokens[i];
      uint32_t lead = spots[i].lastComma ? 0 : spots[i].space;
      uint32_t hardBreaks = 0;
      Comments comments = inlineComments(sheet_, i);
      if (!comments.empty()) {
        lead = spots[i - 1].match > 0 ? 0 : 1;
        lead += comments.last - comments.first - 1;
        lead += isTight(token.kind, spots[i]) ? 0 : 1;
        for (uint32_t c = comments.first; c < comments.last; ++c) {
          const Token& comment = tree_.comments[c];
          lead += width(commentText(tree_.text, comment));
          uint32_t before =
              c > comments.first ? tree_.comments[c - 1].end : tree_.tokens[i - 1].end;
          uint32_t after = c + 1 < comments.last ? tree_.comments[c + 1].begin : token.begin;
          hardBreaks += hard(comment, before, after, spots[i].edge);
        }
      }
      std::string_view text = tree_.text.substr(token.begin, token.end - token.begin);
      hardBreaks += text.find('\n') != text.npos;
      spots[i + 1].column = spots[i].column + lead + (spots[i].lastComma ? 0 : width(text));
      spots[i + 1].hard = spots[i].hard + hardBreaks;
    }
  }
};

} // namespace

Sheet read(const Tree& tree) {
  return FileReader(tree).run();
}

} // namespace relc::syntax::layout
