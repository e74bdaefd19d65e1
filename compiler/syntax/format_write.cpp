// Writing: units to lines.

#include "compiler/syntax/format_sheet.h"

#include <algorithm>
#include <span>
#include <string>

namespace relc::syntax::layout {
namespace {

constexpr uint32_t limit = 100; ///< columns
constexpr uint32_t step = 2;    ///< blanks a level

using Run = std::span<const Entry>;

bool isAssignment(const Unit& unit) {
  return unit.kind == MemberKind::Attribute || unit.kind == MemberKind::Let;
}

/// The first tokens of the columns of a line, and the end.
using Cuts = std::vector<uint32_t>;
constexpr size_t headerColumns = 3; // word, subject, clauses; then the block

class Writer {
public:
  Writer(const Tree& tree, const Sheet& sheet) : tree_(tree), sheet_(sheet) {
    out_.reserve(tree.text.size() + tree.text.size() / 16);
  }

  std::string run() {
    entries(sheet_.top, 0, true);
    return std::move(out_);
  }

private:
  const Tree& tree_;
  const Sheet& sheet_;
  std::string out_;
  uint32_t column_ = 0;
  uint32_t slack_ = 0; ///< columns at the end of this line that are not for the taking

  const Unit& unit(const Entry& entry) const { return sheet_.units[entry.index]; }

  // --- text --------------------------------------------------------------------------------------

  void put(std::string_view text) {
    out_ += text;
    size_t newline = text.rfind('\n');
    if (newline == text.npos)
      column_ += width(text);
    else
      column_ = width(text.substr(newline + 1));
  }
  void pad(uint32_t count) {
    out_.append(count, ' ');
    column_ += count;
  }
  void newline() {
    out_ += '\n';
    column_ = slack_ = 0;
  }

  void comments(Comments range) {
    for (uint32_t c = range.first; c < range.last; ++c) {
      if (c > range.first) pad(1);
      put(commentText(tree_.text, tree_.comments[c]));
    }
  }
  void trailing(Comments range) {
    if (range.empty()) return;
    pad(2);
    comments(range);
  }

  void token(uint32_t i) {
    put(tree_.text.substr(tree_.tokens[i].begin, tree_.tokens[i].end - tree_.tokens[i].begin));
  }

  /// Blanks and comments before a token. What follows a line comment goes on in the next line.
  void lead(uint32_t i, bool first, uint32_t indent) {
    const Spot& spot = sheet_.spots[i];
    Comments range = inlineComments(sheet_, i);
    if (range.empty()) {
      if (!first) pad(spot.lastComma ? 0 : spot.space);
      return;
    }
    bool blank = !first && sheet_.spots[i - 1].match == 0;
    for (uint32_t c = range.first; c < range.last; ++c) {
      if (blank) pad(1);
      put(commentText(tree_.text, tree_.comments[c]));
      blank = !endsLine(tree_.comments[c].kind);
      if (blank) continue;
      newline();
      pad(indent + step);
    }
    if (blank && !isTight(tree_.tokens[i].kind, spot)) pad(1);
  }

  // --- expressions and headers -------------------------------------------------------------------

  /// Width of tokens laid flat, without the blanks before the first one.
  uint32_t flatWidth(uint32_t first, uint32_t last) const {
    if (first == last) return 0;
    const auto& spots = sheet_.spots;
    uint32_t blank = inlineComments(sheet_, first).empty() ? spots[first].space : 1;
    return spots[last].column - spots[first].column - blank;
  }
  bool hard(uint32_t first, uint32_t last) const {
    return sheet_.spots[last].hard > sheet_.spots[first].hard;
  }

  /// Tokens on one line.
  void flat(uint32_t first, uint32_t last) {
    for (uint32_t i = first; i < last; ++i) {
      lead(i, i == first, 0);
      if (!sheet_.spots[i].lastComma) token(i);
    }
  }

  bool isGroup(uint32_t i) const {
    const Spot& spot = sheet_.spots[i];
    return spot.match > i + 1 || (spot.match > 0 && !inlineComments(sheet_, spot.match).empty());
  }

  /// Is there room for the group at `open`, and for what follows up to the next place where the
  /// line can end?
  bool fits(uint32_t open, uint32_t last, uint32_t after) const {
    const auto& spots = sheet_.spots;
    uint32_t behind = spots[open].match + 1;
    if (hard(open + 1, behind)) return false;
    uint32_t end = behind;
    while (end < last && spots[end + 1].hard == spots[end].hard) {
      ++end;
      if (isGroup(end - 1)) {
        after = 0;
        break;
      }
    }
    if (end < last) after = 0;
    return column_ + 1 + spots[end].column - spots[open + 1].column + after + slack_ <= limit;
  }

  /// Tokens on as many lines as they need; `after` columns are needed behind them.
  void flow(uint32_t first, uint32_t last, uint32_t indent, uint32_t after) {
    for (uint32_t i = first; i < last;) {
      if (i > first || !sheet_.spots[i].edge) lead(i, i == first, indent);
      if (!isGroup(i)) {
        token(i++);
        continue;
      }
      uint32_t close = sheet_.spots[i].match;
      if (fits(i, last, after)) {
        token(i);
        for (uint32_t j = i + 1; j <= close; ++j) {
          lead(j, false, indent);
          if (!sheet_.spots[j].lastComma) token(j);
        }
      } else {
        broken(i, indent);
      }
      i = close + 1;
    }
  }

  /// A group with a line for each element.
  void broken(uint32_t open, uint32_t indent) {
    const Spot& spot = sheet_.spots[open];
    elements(open, spot.match, indent + step, spot.commas, spot.commas);
    newline();
    pad(indent);
    token(spot.match);
  }

  /// What stands behind the token `open` and before `close`, a line for each element, `commas`
  /// between them, and one behind the last if `lastComma`.
  void elements(uint32_t open, uint32_t close, uint32_t indent, bool commas, bool lastComma) {
    const auto& spots = sheet_.spots;
    std::vector<Item> items;
    std::vector<std::pair<uint32_t, uint32_t>> elements;
    auto commentItems = [&](uint32_t token) {
      for (uint32_t c = spots[token - 1].comments; c < spots[token].comments; ++c)
        items.push_back(
            {Entry::Kind::Comment, tree_.comments[c].begin, tree_.comments[c].end, c, 0});
    };
    for (uint32_t i = open + 1; i < close;) {
      uint32_t first = i;
      commentItems(first);
      while (i < close && tree_.tokens[i].kind != TokenKind::Comma)
        i = std::max(i, spots[i].match) + 1;
      items.push_back({Entry::Kind::Unit, tree_.tokens[first].begin, tree_.tokens[i - 1].end,
                       static_cast<uint32_t>(elements.size()), tree_.tokens[i].begin});
      elements.emplace_back(first, i);
      if (i < close) commentItems(i++);
    }
    if (spots[open].match > 0) commentItems(close); // else they are written with `close`

    Comments behindOpen;
    auto entries =
        arrange(tree_, items, behindOpen, tree_.tokens[open].end, tree_.tokens[close].begin);
    token(open);
    trailing(behindOpen);
    bool joined = false;
    for (const Entry& entry : entries) {
      if (joined) {
        pad(1);
      } else {
        newline();
        if (entry.blankBefore) newline();
        pad(indent);
      }
      joined = entry.joined;
      if (entry.kind == Entry::Kind::Comment) {
        comments(entry.comments);
        continue;
      }
      auto [first, last] = elements[entry.index];
      bool comma = commas && (lastComma || entry.index + 1 < elements.size());
      flow(first, last, indent, comma ? 1 : commas ? 2 : 0); // `,` or ` {`
      if (comma) put(",");
      trailing(entry.comments);
    }
  }

  // --- members -----------------------------------------------------------------------------------

  bool hasBlock(const Unit& unit) const { return unit.open < unit.last; }

  /// Does a member other than an attribute get one line?
  bool isOneLine(const Unit& unit, uint32_t indent) const {
    if (!unit.simple || hard(unit.first + 1, unit.last)) return false;
    bool divisible = unit.groups || !unit.body.empty();
    return !divisible || indent + flatWidth(unit.first, unit.last) <= limit;
  }

  /// The tokens before a block, with a line for each profile if several do not fit into one.
  void header(const Unit& unit, uint32_t indent) {
    bool wide = indent + flatWidth(unit.first, unit.open + 1) > limit;
    if (unit.is == 0 || !(wide || hard(unit.first + 1, unit.open + 1))) {
      flow(unit.first, unit.open + 1, indent, 0);
      return;
    }
    flow(unit.first, unit.is, indent, 3);
    lead(unit.is, false, indent);
    elements(unit.is, unit.open, indent + 2 * step, true, false);
    lead(unit.open, false, indent);
    token(unit.open);
  }

  /// A member on several lines.
  void spread(const Unit& unit, uint32_t indent) {
    if (!hasBlock(unit)) return flow(unit.first, unit.last, indent, 0);
    header(unit, indent);
    if (!unit.body.empty() || !unit.behindBrace.empty()) {
      trailing(unit.behindBrace);
      newline();
      entries(unit.body, indent + step, false);
      pad(indent);
    }
    token(unit.last - 1);
  }

  /// `capacity { … }` has no name, `slo latency { … }` has one: they share no columns.
  bool sameForm(const Unit& a, const Unit& b) const {
    return a.kind == b.kind && (a.subject == a.rest) == (b.subject == b.rest);
  }

  /// Writes the entries of a block, each with its line breaks.
  void entries(const std::vector<Entry>& list, uint32_t indent, bool top) {
    std::vector<bool> oneLine(list.size());
    for (size_t i = 0; i < list.size(); ++i)
      oneLine[i] = list[i].kind == Entry::Kind::Unit && isOneLine(unit(list[i]), indent);
    std::vector<bool> blank = blankLines(list, oneLine, top);

    for (size_t i = 0; i < list.size();) {
      const Entry& entry = list[i];
      if (blank[i]) newline();
      if (entry.kind == Entry::Kind::Verbatim) {
        put(tree_.text.substr(entry.begin, entry.end - entry.begin));
        newline();
        ++i;
        continue;
      }
      if (entry.kind == Entry::Kind::Comment) {
        pad(indent);
        comments(entry.comments);
        newline();
        ++i;
        continue;
      }
      const Unit& first = unit(entry);
      size_t last = i + 1;
      auto joins = [&](size_t next) {
        return next < list.size() && list[next].kind == Entry::Kind::Unit && !blank[next] &&
               sameForm(first, unit(list[next])) && (isAssignment(first) || oneLine[next]);
      };
      if (isAssignment(first)) {
        while (joins(last)) ++last;
        assignments(Run(list).subspan(i, last - i), indent);
      } else if (oneLine[i]) {
        while (joins(last)) ++last;
        table(Run(list).subspan(i, last - i), indent);
      } else {
        pad(indent);
        spread(first, indent);
        trailing(entry.comments);
        newline();
      }
      i = last;
    }
  }

  /// Before which entries there is a blank line: where the author left one, and between two members
  /// of which one has several lines or only one is an attribute. At the top level also between
  /// members of different kinds and before a comment.
  std::vector<bool> blankLines(const std::vector<Entry>& list, const std::vector<bool>& oneLine,
                               bool top) const {
    std::vector<bool> blank(list.size());
    size_t before = list.size(); // the last member, if there is one
    bool any = false;            // behind it
    for (size_t i = 0; i < list.size(); ++i) {
      blank[i] = list[i].blankBefore;
      any |= blank[i];
      if (list[i].kind == Entry::Kind::Comment) continue;
      if (list[i].kind == Entry::Kind::Unit) {
        if (before < i && !any) {
          const Unit& a = unit(list[before]);
          const Unit& b = unit(list[i]);
          blank[before + 1] = isAssignment(a) != isAssignment(b) ||
                              (!isAssignment(a) && (!oneLine[before] || !oneLine[i])) ||
                              (top && (a.kind != b.kind || i > before + 1));
        }
        before = i;
      } else {
        before = list.size();
      }
      any = false;
    }
    return blank;
  }

  // --- columns -----------------------------------------------------------------------------------

  /// Attributes without anything between them: their `=` are aligned, up to one whose value takes
  /// several lines.
  void assignments(Run run, uint32_t indent) {
    std::vector<uint32_t> names(run.size()); // width of the widest name up to the next such value
    std::vector<uint32_t> name(run.size());
    for (size_t i = run.size(); i-- > 0;) {
      const Unit& u = unit(run[i]);
      name[i] = names[i] = flatWidth(u.first, u.subject);
      if (i + 1 < run.size() && !hard(u.first + 1, u.last))
        names[i] = std::max(names[i], names[i + 1]);
    }
    for (size_t first = 0; first < run.size();) {
      uint32_t wished = names[first];
      uint32_t widest = 0;
      size_t last = first;
      bool breaks = false;
      for (; last < run.size() && !breaks; ++last) {
        const Unit& u = unit(run[last]);
        widest = std::max(widest, name[last]);
        breaks = hard(u.first + 1, u.last) ||
                 (u.groups && indent + wished + 1 + flatWidth(u.subject, u.last) > limit);
      }
      for (size_t i = first; i < last; ++i) {
        const Unit& u = unit(run[i]);
        pad(indent);
        slack_ = wished - widest;
        flow(u.first, u.subject, indent, 0);
        pad(widest - name[i] + 1);
        if (breaks && i + 1 == last)
          flow(u.subject, u.last, indent, 0);
        else
          flat(u.subject, u.last);
        trailing(run[i].comments);
        newline();
      }
      first = last;
    }
  }

  /// The names of the attributes of a simple block, if they are the same in all of the run.
  bool sameAttributes(Run run) const {
    const auto& model = unit(run[0]).body;
    auto name = [&](const Entry& entry) {
      const Token& token = tree_.tokens[unit(entry).first];
      return tree_.text.substr(token.begin, token.end - token.begin);
    };
    return std::all_of(run.begin(), run.end(), [&](const Entry& entry) {
      const auto& body = unit(entry).body;
      return std::equal(body.begin(), body.end(), model.begin(), model.end(),
                        [&](const Entry& a, const Entry& b) { return name(a) == name(b); });
    });
  }

  /// One-line members without anything between them, in columns: word, subject, clauses and block,
  /// and the attributes if all have the same ones.
  void table(Run run, uint32_t indent) {
    bool attributes = sameAttributes(run);
    std::vector<Cuts> rows;
    rows.reserve(run.size());
    for (const Entry& entry : run) {
      const Unit& u = unit(entry);
      Cuts cuts{u.first, u.subject, u.rest, u.open};
      if (attributes)
        for (size_t i = 1; i < u.body.size(); ++i) cuts.push_back(unit(u.body[i]).first);
      cuts.push_back(u.last);
      rows.push_back(std::move(cuts));
    }
    std::vector<uint32_t> widths(rows[0].size() - 1);
    for (const Cuts& row : rows)
      for (size_t k = 0; k < widths.size(); ++k)
        widths[k] = std::max(widths[k], flatWidth(row[k], row[k + 1]));

    // As many aligned columns as keep every line within the limit.
    size_t aligned = widths.size() - 1;
    auto fit = [&] {
      return std::all_of(rows.begin(), rows.end(), [&](const Cuts& row) {
        uint32_t most = std::max(limit, indent + flatWidth(row.front(), row.back()));
        return indent + line(row, widths, aligned, false) <= most;
      });
    };
    while (aligned > 0 && !fit()) aligned = std::min(aligned - 1, headerColumns);

    for (size_t i = 0; i < rows.size(); ++i) {
      pad(indent);
      line(rows[i], widths, aligned, true);
      trailing(run[i].comments);
      newline();
    }
  }

  /// One line of a table, of which the first `aligned` columns are padded. Returns its width, and
  /// writes it if so told.
  uint32_t line(const Cuts& cuts, const std::vector<uint32_t>& widths, size_t aligned,
                bool writing) {
    uint32_t total = 0;
    uint32_t owed = 0; // blanks before the next text
    for (size_t k = 0; k < widths.size(); ++k) {
      uint32_t cell = flatWidth(cuts[k], cuts[k + 1]);
      uint32_t column = k < aligned ? widths[k] : cell;
      if (column == 0) continue;
      owed += k == 0 ? 0 : k > headerColumns ? 2 : 1;
      if (cell > 0) {
        if (writing) {
          pad(owed);
          flat(cuts[k], cuts[k + 1]);
        }
        total += owed + cell;
        owed = 0;
      }
      owed += column - cell;
    }
    return total;
  }
};

} // namespace

std::string write(const Tree& tree, const Sheet& sheet) {
  return Writer(tree, sheet).run();
}

} // namespace relc::syntax::layout
