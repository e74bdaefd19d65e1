#include "compiler/sema/context.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace relc::sema {
namespace {

void appendUtf8(std::string& out, uint32_t cp) {
  if (cp < 0x80) {
    out += static_cast<char>(cp);
  } else if (cp < 0x800) {
    out += static_cast<char>(0xc0 | cp >> 6);
    out += static_cast<char>(0x80 | (cp & 0x3f));
  } else if (cp < 0x10000) {
    out += static_cast<char>(0xe0 | cp >> 12);
    out += static_cast<char>(0x80 | (cp >> 6 & 0x3f));
    out += static_cast<char>(0x80 | (cp & 0x3f));
  } else {
    out += static_cast<char>(0xf0 | cp >> 18);
    out += static_cast<char>(0x80 | (cp >> 12 & 0x3f));
    out += static_cast<char>(0x80 | (cp >> 6 & 0x3f));
    out += static_cast<char>(0x80 | (cp & 0x3f));
  }
}

/// The hexadecimal number of `\u{1F600}`, whose `{` stands at `open`; `end` gets the offset behind
/// `}`.
bool codePoint(std::string_view text, size_t open, uint32_t& cp, size_t& end) {
  size_t close = text.find('}', open);
  if (close == text.npos || open >= text.size() || text[open] != '{') return false;
  auto [last, error] = std::from_chars(text.data() + open + 1, text.data() + close, cp, 16);
  end = close + 1;
  return error == std::errc() && last == text.data() + close && cp <= 0x10ffff &&
         (cp < 0xd800 || cp > 0xdfff);
}

using Fill = std::function<std::string(const Hole&)>;

std::string unescape(const syntax::Tree& tree, uint32_t begin, uint32_t end, FindingList& findings,
                     const Fill& fill) {
  std::string_view text = tree.text.substr(0, end);
  std::string out;
  for (size_t i = begin; i < end; ++i) {
    if (text.substr(i, 3) == "$${") {
      out += "${";
      i += 2;
      continue;
    }
    if (auto hole = holeAt(text, i)) {
      out += fill(*hole);
      i = hole->end - 1;
      continue;
    }
    if (text[i] != '\\') {
      out += text[i];
      continue;
    }
    static constexpr std::pair<char, char> simple[] = {
        {'"', '"'}, {'\\', '\\'}, {'n', '\n'}, {'t', '\t'}, {'$', '$'}};
    char next = i + 1 < end ? text[i + 1] : '\0';
    const auto* row =
        std::find_if(std::begin(simple), std::end(simple), [&](auto r) { return r.first == next; });
    if (row != std::end(simple)) {
      out += row->second;
      ++i;
      continue;
    }
    uint32_t cp = 0;
    size_t behind = 0;
    if (next == 'u' && codePoint(text, i + 2, cp, behind)) {
      appendUtf8(out, cp);
      i = behind - 1;
      continue;
    }
    findings
        .add(Check::InvalidEscape,
             tree.range(static_cast<uint32_t>(i),
                        static_cast<uint32_t>(std::min<size_t>(i + 2, end))),
             fmt::format("unknown escape `{}`", text.substr(i, 2)))
        .suggest("known escapes: `\\\"` `\\\\` `\\n` `\\t` `\\$` `\\u{1F600}`; a backslash itself "
                 "is `\\\\`")
        .fix("write the backslash twice",
             {{tree.range(static_cast<uint32_t>(i), static_cast<uint32_t>(i + 1)), "\\\\"}});
    out += text[i];
  }
  return out;
}

/// `"""…"""`: a line break behind the opening quotes and the last line, if blank, are layout; the
/// indent that all lines share is taken off.
std::string dedent(std::string_view body) {
  std::vector<std::string_view> lines;
  for (size_t at = 0; at <= body.size();) {
    size_t newline = std::min(body.find('\n', at), body.size());
    std::string_view line = body.substr(at, newline - at);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.push_back(line);
    at = newline + 1;
  }
  auto blank = [](std::string_view line) { return line.find_first_not_of(" \t") == line.npos; };
  bool inlineStart = !blank(lines.front());
  if (!inlineStart && lines.size() > 1) lines.erase(lines.begin());
  if (lines.size() > 1 && blank(lines.back())) lines.pop_back();
  size_t indent = std::string_view::npos;
  for (size_t i = inlineStart ? 1 : 0; i < lines.size(); ++i)
    if (!blank(lines[i])) indent = std::min(indent, lines[i].find_first_not_of(" \t"));
  std::string out;
  for (size_t i = 0; i < lines.size(); ++i) {
    if (i > 0) out += '\n';
    bool cut = indent != std::string_view::npos && !(i == 0 && inlineStart);
    if (blank(lines[i])) continue;
    out += cut ? lines[i].substr(indent) : lines[i];
  }
  return out;
}

} // namespace

std::optional<Hole> holeAt(std::string_view text, size_t at) {
  if (text.substr(at, 2) != "${") return std::nullopt;
  size_t close = text.find_first_of("}\r\n", at);
  bool open = close == text.npos || text[close] != '}';
  Hole hole{static_cast<uint32_t>(at),
            static_cast<uint32_t>(open ? std::min(close, text.size()) : close + 1),
            {}};
  if (open) return hole;
  auto isBlank = [&](size_t i) { return text[i] == ' ' || text[i] == '\t'; };
  size_t begin = at + 2, end = close;
  while (begin < end && isBlank(begin)) ++begin;
  while (end > begin && isBlank(end - 1)) --end;
  for (size_t word = begin; word <= end;) {
    size_t dot = std::min(text.find('.', word), end);
    if (!isName(text.substr(word, dot - word))) {
      hole.words.clear();
      break;
    }
    hole.words.push_back({static_cast<uint32_t>(word), static_cast<uint32_t>(dot)});
    word = dot + 1;
  }
  return hole;
}

std::string decodeString(const syntax::Tree& tree, const syntax::Expr& expr, FindingList& findings,
                         const Fill& fill) {
  if (expr.kind != syntax::ExprKind::Text)
    return unescape(tree, expr.begin + 1, expr.end - 1, findings, fill);
  // Taking off the indent moves holes, but neither adds nor removes one: the n-th stays the n-th.
  std::string_view raw = tree.text.substr(0, expr.end - 3);
  std::string text = dedent(raw.substr(expr.begin + 3));
  std::string out;
  size_t next = expr.begin + 3; // in raw
  auto nextHole = [&]() -> std::optional<Hole> {
    for (; next < raw.size(); ++next) {
      if (raw.substr(next, 3) == "$${") {
        next += 2;
      } else if (auto hole = holeAt(raw, next)) {
        next = hole->end;
        return hole;
      }
    }
    return std::nullopt;
  };
  for (size_t i = 0; i < text.size(); ++i) {
    if (std::string_view(text).substr(i, 3) == "$${") {
      out += "${";
      i += 2;
    } else if (auto here = holeAt(text, i)) {
      auto hole = nextHole();
      if (hole) out += fill(*hole);
      i = here->end - 1;
    } else {
      out += text[i];
    }
  }
  return out;
}

} // namespace relc::sema
