// Which comments stand on a line of their own, and which behind something.

#include "compiler/syntax/format_sheet.h"

#include <algorithm>

namespace relc::syntax::layout {

std::string_view commentText(std::string_view all, const Token& comment) {
  std::string_view text = all.substr(comment.begin, comment.end - comment.begin);
  return text.substr(0, text.find_last_not_of(blanks) + 1);
}

std::vector<Entry> arrange(const Tree& tree, const std::vector<Item>& items, Comments& behindOpen,
                           std::optional<uint32_t> open, std::optional<uint32_t> close) {
  size_t next = 0;
  auto isComment = [&](size_t i) {
    return i < items.size() && items[i].kind == Entry::Kind::Comment;
  };
  auto sameLine = [&](uint32_t from, uint32_t to) { return !breaksLine(tree, from, to); };

  // The comments that follow on the line that ends at `end`: those before the comma, and further
  // ones if nothing comes behind them.
  auto behind = [&](uint32_t end, uint32_t comma, bool delimiterMayFollow) -> Comments {
    size_t sure = next;
    size_t last = next;
    bool full = false; // a line comment ends the line
    for (; isComment(last) && !full; ++last) {
      if (items[last].begin > comma) end = std::max(end, comma);
      if (!sameLine(end, items[last].begin)) break;
      end = items[last].end;
      full = endsLine(tree.comments[items[last].index].kind);
      if (items[last].begin < comma) sure = last + 1;
    }
    bool alone =
        full || (last < items.size() ? !sameLine(end, items[last].begin)
                                     : delimiterMayFollow || !close || !sameLine(end, *close));
    if (!alone) last = sure;
    if (last == next) return {};
    Comments result{items[next].index, items[last - 1].index + 1};
    next = last;
    return result;
  };

  std::vector<Entry> entries;
  entries.reserve(items.size());
  uint32_t end = open.value_or(0);
  if (open) {
    behindOpen = behind(*open, 0, false);
    if (next > 0) end = items[next - 1].end;
  }
  uint32_t comma = 0; // behind the last unit
  while (next < items.size()) {
    const Item& item = items[next++];
    if (item.begin > comma) end = std::max(end, comma);
    Entry entry{item.kind, false, false, item.index, item.begin, item.end, {}};
    entry.blankBefore = !entries.empty() && leavesLine(tree, end, item.begin);
    end = item.end;
    if (item.kind == Entry::Kind::Comment) {
      for (; isComment(next) && sameLine(end, items[next].begin); ++next) end = items[next].end;
      entry.comments = {item.index, items[next - 1].index + 1};
      entry.joined = next < items.size() && item.begin >= comma && sameLine(end, items[next].begin);
    } else if (item.kind == Entry::Kind::Unit) {
      entry.comments = behind(end, item.comma, true);
      end = std::max(end, items[next - 1].end);
      comma = item.comma;
    }
    entries.push_back(entry);
  }
  return entries;
}

} // namespace relc::syntax::layout
