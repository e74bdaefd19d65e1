#include "compiler/promql/literals.h"
#include "compiler/promql/regex.h"
#include "compiler/promql/regex_scanner.h"

#include <algorithm>

namespace relc::promql {

using namespace regex_problem;

namespace {

// Go's limits.
constexpr int32_t maxRepeat = 1000;
constexpr uint32_t maxDepth = 1000;
constexpr uint64_t maxSize = (128ULL << 20) / 40;

constexpr char32_t maxRune = 0x10FFFF;

bool isDigit(char c) {
  return c >= '0' && c <= '9';
}
bool isAlnum(char c) {
  return isDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

} // namespace

/// Recursive descent over the pattern; recursion is one level a group and bounded by maxDepth.
class RegexParser : RegexScanner {
public:
  RegexParser(Regex& regex, std::string_view pattern)
      : RegexScanner(pattern, regex.problem_), regex_(regex) {}

  void parse() {
    const uint32_t root = alternation(0);
    if (!failed() && at_ < pattern_.size()) fail(unexpectedParen, pattern_);
    if (!failed() && node(root).size > maxSize) fail(tooLarge, {});
    regex_.root_ = root;
  }

private:
  using Op = Regex::Op;
  using Node = Regex::Node;

  struct Flags {
    bool fold = false;
    bool dotAll = true;
    bool multiLine = false;
  };

  [[nodiscard]] const Node& node(uint32_t id) const { return regex_.nodes_[id]; }
  uint32_t add(const Node& node) {
    regex_.nodes_.push_back(node);
    return static_cast<uint32_t>(regex_.nodes_.size() - 1);
  }

  uint32_t combine(Op op, const std::vector<uint32_t>& parts) {
    if (parts.size() == 1) return parts[0];
    Node made;
    made.op = parts.empty() ? Op::Empty : op;
    made.nullable = op == Op::Concat;
    made.first = static_cast<uint32_t>(regex_.children_.size());
    made.count = static_cast<uint32_t>(parts.size());
    for (const uint32_t part : parts) {
      made.repeats = std::max(made.repeats, node(part).repeats);
      made.size = std::min(made.size + node(part).size + 1, maxSize + 1);
      made.nullable = op == Op::Concat ? made.nullable && node(part).nullable
                                       : made.nullable || node(part).nullable;
    }
    regex_.children_.insert(regex_.children_.end(), parts.begin(), parts.end());
    return add(made);
  }

  uint32_t alternation(uint32_t depth) {
    const Flags outer = flags_;
    std::vector<uint32_t> branches{concatenation(depth)};
    while (!failed() && accept("|")) branches.push_back(concatenation(depth));
    flags_ = outer;
    return combine(Op::Alternate, branches);
  }

  uint32_t concatenation(uint32_t depth) {
    std::vector<uint32_t> parts;
    size_t lastRepeat =
        std::string_view::npos; // where the repetition right before this point begins
    while (!failed() && at_ < pattern_.size() && pattern_[at_] != '|' && pattern_[at_] != ')') {
      const size_t begin = at_;
      if (repetition(parts, lastRepeat)) {
        if (lastRepeat == std::string_view::npos) lastRepeat = begin;
        continue;
      }
      lastRepeat = std::string_view::npos;
      atom(parts, depth);
    }
    return combine(Op::Concat, parts);
  }

  /// Reads `*`, `+`, `?`, `{n}`, `{n,}`, `{n,m}`, each perhaps with `?`. False if there is none.
  bool repetition(std::vector<uint32_t>& parts, size_t lastRepeat) {
    const size_t begin = at_;
    Node made;
    made.op = Op::Repeat;
    switch (pattern_[at_]) {
    case '*': ++at_; break;
    case '+': made.min = 1, ++at_; break;
    case '?': made.max = 1, ++at_; break;
    case '{':
      if (!counts(made)) return false;
      break;
    default: return false;
    }
    const bool counted = pattern_[begin] == '{';
    if (counted &&
        (made.min > maxRepeat || made.max > maxRepeat || (made.max >= 0 && made.min > made.max))) {
      fail(badRepeatSize, since(begin));
      return true;
    }
    accept("?");
    if (lastRepeat != std::string_view::npos) {
      fail(badRepeatOp, since(lastRepeat));
      return true;
    }
    if (parts.empty()) {
      fail(missingArgument, since(begin));
      return true;
    }
    const Node& inner = node(parts.back());
    made.nullable = made.min == 0 || inner.nullable;
    made.repeats = inner.repeats;
    const int32_t times = made.max >= 0 ? made.max : made.min;
    if (counted && times > 0) made.repeats *= static_cast<uint32_t>(times);
    if (counted && times >= 2 && made.repeats > maxRepeat) {
      fail(badRepeatSize, since(begin));
      return true;
    }
    made.size = std::min(1 + inner.size * static_cast<uint64_t>(std::max(times, 1)) +
                             static_cast<uint64_t>(times),
                         maxSize + 1);
    made.first = static_cast<uint32_t>(regex_.children_.size());
    made.count = 1;
    regex_.children_.push_back(parts.back());
    parts.back() = add(made);
    return true;
  }

  /// `{2}`, `{2,}`, `{2,3}`; anything else is literal text.
  bool counts(Node& made) {
    size_t i = at_ + 1;
    const auto number = [&]() -> std::optional<int32_t> {
      const size_t begin = i;
      int32_t value = 0;
      for (; i < pattern_.size() && isDigit(pattern_[i]); ++i)
        value = std::min(value * 10 + (pattern_[i] - '0'), maxRepeat + 1);
      // As in Go: no number, or one with a leading zero, makes the braces literal.
      if (i == begin || (i - begin > 1 && pattern_[begin] == '0')) return std::nullopt;
      return value;
    };
    const auto min = number();
    if (!min) return false;
    made.min = made.max = *min;
    if (i < pattern_.size() && pattern_[i] == ',') {
      ++i;
      made.max = Regex::unlimited;
      if (i < pattern_.size() && pattern_[i] != '}') {
        const auto max = number();
        if (!max) return false;
        made.max = *max;
      }
    }
    if (i >= pattern_.size() || pattern_[i] != '}') return false;
    at_ = i + 1;
    return true;
  }

  void atom(std::vector<uint32_t>& parts, uint32_t depth) {
    switch (pattern_[at_]) {
    case '(': group(parts, depth); return;
    case '[': parts.push_back(bracketed()); return;
    case '.': {
      ++at_;
      std::vector<CharacterSpan> all = {{0, maxRune}};
      if (!flags_.dotAll) all = {{0, '\n' - 1}, {'\n' + 1, maxRune}};
      parts.push_back(addClass(all, false));
      return;
    }
    case '^':
      ++at_;
      parts.push_back(look(flags_.multiLine ? Op::LineBegin : Op::TextBegin));
      return;
    case '$':
      ++at_;
      parts.push_back(look(flags_.multiLine ? Op::LineEnd : Op::TextEnd));
      return;
    case '\\': escaped(parts); return;
    default: {
      const CodePoint c = decodeUtf8(rest());
      at_ += c.length;
      parts.push_back(literal(c.value));
    }
    }
  }

  uint32_t look(Op op) {
    Node made;
    made.op = op;
    made.nullable = op != Op::Boundary;
    return add(made);
  }

  uint32_t literal(char32_t c) {
    if (flags_.fold && c >= 0x80) return opaque();
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (flags_.fold && letter) {
      const char32_t other = c ^ 0x20;
      // U+017F and U+212A fold to `s` and `k`.
      if ((c | 0x20) == 's') return addClass({{c, c}, {other, other}, {0x17F, 0x17F}}, false);
      if ((c | 0x20) == 'k') return addClass({{c, c}, {other, other}, {0x212A, 0x212A}}, false);
      return addClass({{c, c}, {other, other}}, false);
    }
    Node made;
    made.op = Op::Literal;
    made.nullable = false;
    made.literal = c;
    return add(made);
  }

  uint32_t opaque() {
    Node made;
    made.op = Op::Opaque;
    made.nullable = false;
    return add(made);
  }

  uint32_t addClass(std::vector<CharacterSpan> spans, bool negated) {
    std::sort(spans.begin(), spans.end(),
              [](const CharacterSpan& a, const CharacterSpan& b) { return a.first < b.first; });
    if (negated) {
      std::vector<CharacterSpan> outside;
      char32_t next = 0;
      for (const CharacterSpan& span : spans) {
        if (span.first > next) outside.push_back({next, span.first - 1});
        next = std::max<char32_t>(next, span.last + 1);
      }
      if (next <= maxRune) outside.push_back({next, maxRune});
      spans = std::move(outside);
    }
    Node made;
    made.op = Op::Class;
    made.nullable = false;
    made.first = static_cast<uint32_t>(regex_.spans_.size());
    made.count = static_cast<uint32_t>(spans.size());
    regex_.spans_.insert(regex_.spans_.end(), spans.begin(), spans.end());
    return add(made);
  }

  void group(std::vector<uint32_t>& parts, uint32_t depth) {
    if (depth >= maxDepth) return fail(tooDeep, pattern_);
    const Flags outer = flags_;
    const size_t begin = at_;
    ++at_;
    if (accept("?") && !groupHead(begin)) return; // an error, or `(?i)`, which stays in force
    const uint32_t inner = alternation(depth + 1);
    if (failed()) return;
    if (!accept(")")) return fail(missingParen, pattern_);
    flags_ = outer;
    // A group is one atom, even if it is empty.
    parts.push_back(inner);
  }

  /// What follows `(?`: a name, flags. True if a body follows.
  bool groupHead(size_t begin) {
    if (accept("P<") || accept("<")) {
      const size_t nameBegin = at_;
      const size_t close = pattern_.find('>', at_);
      if (close == pattern_.npos) {
        at_ = pattern_.size();
        fail(badCapture, since(begin));
        return false;
      }
      at_ = close + 1;
      const std::string_view name = pattern_.substr(nameBegin, close - nameBegin);
      if (name.empty() ||
          !std::all_of(name.begin(), name.end(), [](char c) { return isAlnum(c) || c == '_'; })) {
        fail(badCapture, since(begin));
        return false;
      }
      return true;
    }
    Flags flags = flags_;
    bool negative = false;
    bool sawFlag = false;
    while (at_ < pattern_.size()) {
      const CodePoint c = decodeUtf8(rest());
      at_ += c.length;
      switch (c.value) {
      case 'i': flags.fold = !negative, sawFlag = true; continue;
      case 'm': flags.multiLine = !negative, sawFlag = true; continue;
      case 's': flags.dotAll = !negative, sawFlag = true; continue;
      case 'U': sawFlag = true; continue;
      case '-':
        if (negative) break;
        negative = true;
        sawFlag = false; // at least one flag has to follow
        continue;
      case ':':
      case ')':
        if (negative && !sawFlag) break;
        flags_ = flags;
        return c.value == ':';
      default: break;
      }
      fail(badPerl, since(begin));
      return false;
    }
    fail(badPerl, since(begin));
    return false;
  }

  void escaped(std::vector<uint32_t>& parts) {
    if (accept("\\Q")) {
      while (at_ < pattern_.size() && !accept("\\E")) {
        const CodePoint c = decodeUtf8(rest());
        at_ += c.length;
        parts.push_back(literal(c.value));
      }
      return;
    }
    if (accept("\\A")) return parts.push_back(look(Op::TextBegin));
    if (accept("\\z")) return parts.push_back(look(Op::TextEnd));
    if (accept("\\b")) return parts.push_back(look(Op::Boundary));
    if (accept("\\B")) return parts.push_back(look(Op::NoBoundary));
    std::vector<CharacterSpan> spans;
    bool unknown = false;
    if (perlEscape(spans) || unicodeName(unknown)) {
      if (!failed()) parts.push_back(unknown ? opaque() : addClass(std::move(spans), false));
      return;
    }
    const char32_t c = escape();
    if (!failed()) parts.push_back(literal(c));
  }

  uint32_t bracketed() {
    const size_t begin = at_;
    ++at_;
    const bool negated = accept("^");
    std::vector<CharacterSpan> spans;
    bool unknown = false;
    for (bool first = true; at_ < pattern_.size() && (first || pattern_[at_] != ']');
         first = false) {
      if (posixName(spans) || perlEscape(spans) || unicodeName(unknown)) {
        if (failed()) return 0;
        continue;
      }
      const size_t rangeBegin = at_;
      CharacterSpan span{classCharacter(begin), 0};
      span.last = span.first;
      // `-` right before the closing bracket stands for itself.
      if (!failed() && rest().size() >= 2 && rest()[0] == '-' && rest()[1] != ']') {
        ++at_;
        span.last = classCharacter(begin);
        if (!failed() && span.last < span.first) fail(badRange, since(rangeBegin));
      }
      if (failed()) return 0;
      if (flags_.fold && !foldInto(spans, span)) unknown = true;
      spans.push_back(span);
    }
    if (!accept("]")) {
      fail(missingBracket, pattern_.substr(begin));
      return 0;
    }
    return unknown ? opaque() : addClass(std::move(spans), negated);
  }

  char32_t classCharacter(size_t begin) {
    if (at_ == pattern_.size()) {
      fail(missingBracket, pattern_.substr(begin));
      return 0;
    }
    if (pattern_[at_] == '\\') return escape();
    const CodePoint c = decodeUtf8(rest());
    at_ += c.length;
    return c.value;
  }

  /// Adds the other case of the ASCII letters of a range; false if it has other letters.
  static bool foldInto(std::vector<CharacterSpan>& spans, const CharacterSpan& span) {
    if (span.last >= 0x80) return false;
    for (char32_t c = span.first; c <= span.last; ++c)
      if ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') spans.push_back({c ^ 0x20, c ^ 0x20});
    return true;
  }

  Regex& regex_;
  Flags flags_;
};

Regex::Regex(std::string_view pattern) {
  RegexParser(*this, pattern).parse();
}

bool Regex::matchesEmpty() const {
  return nodes_[root_].nullable;
}

} // namespace relc::promql
