#include "compiler/promql/literals.h"
#include "compiler/promql/regex.h"

#include <algorithm>

namespace relc::promql {

/// A pattern written out as instructions, run as a set of states (Thompson): time is pattern ×
/// text, whatever the pattern.
class RegexProgram {
public:
  static constexpr uint64_t maxInstructions = 100'000;

  explicit RegexProgram(const Regex& regex) : regex_(regex) {
    emit(regex.root_);
    program_.push_back({Do::Accept, 0, 0});
  }

  bool run(std::string_view text) {
    std::vector<uint32_t> states;
    std::vector<uint32_t> next;
    marks_.assign(program_.size(), 0);
    char32_t before = noCharacter;
    for (size_t at = 0;;) {
      const CodePoint c =
          at < text.size() ? decodeUtf8(text.substr(at)) : CodePoint{noCharacter, 0};
      if (at == 0) follow(states, 0, before, c.value);
      if (c.length == 0)
        return std::any_of(states.begin(), states.end(),
                           [&](uint32_t s) { return program_[s].what == Do::Accept; });
      at += c.length;
      const char32_t after = at < text.size() ? decodeUtf8(text.substr(at)).value : noCharacter;
      ++round_;
      next.clear();
      for (const uint32_t state : states)
        if (program_[state].what == Do::Consume && consumes(program_[state].first, c.value))
          follow(next, state + 1, c.value, after);
      states.swap(next);
      before = c.value;
    }
  }

private:
  using Op = Regex::Op;
  enum class Do : uint8_t { Consume, Look, Fork, Jump, Accept };
  struct Instruction {
    Do what;
    uint32_t first;  ///< node (Consume, Look) or target (Fork, Jump)
    uint32_t second; ///< other target (Fork)
  };
  static constexpr char32_t noCharacter = 0xFFFFFFFF;

  [[nodiscard]] uint32_t here() const { return static_cast<uint32_t>(program_.size()); }
  uint32_t push(Do what, uint32_t first = 0, uint32_t second = 0) {
    program_.push_back({what, first, second});
    return here() - 1;
  }

  // Recursion is bounded: the parser refuses deeper patterns.
  void emit(uint32_t id) {
    const Regex::Node& node = regex_.nodes_[id];
    const auto child = [&](uint32_t i) { return regex_.children_[node.first + i]; };
    switch (node.op) {
    case Op::Empty: return;
    case Op::Literal:
    case Op::Class:
    case Op::Opaque: push(Do::Consume, id); return;
    case Op::Concat:
      for (uint32_t i = 0; i < node.count; ++i) emit(child(i));
      return;
    case Op::Alternate: {
      std::vector<uint32_t> exits;
      for (uint32_t i = 0; i + 1 < node.count; ++i) {
        const uint32_t fork = push(Do::Fork, here() + 1);
        emit(child(i));
        exits.push_back(push(Do::Jump));
        program_[fork].second = here();
      }
      emit(child(node.count - 1));
      for (const uint32_t exit : exits) program_[exit].first = here();
      return;
    }
    case Op::Repeat: {
      for (int32_t i = 0; i < node.min; ++i) emit(child(0));
      if (node.max == Regex::unlimited) {
        const uint32_t fork = push(Do::Fork, here() + 1);
        emit(child(0));
        push(Do::Jump, fork);
        program_[fork].second = here();
        return;
      }
      std::vector<uint32_t> forks;
      for (int32_t i = node.min; i < node.max; ++i) {
        forks.push_back(push(Do::Fork, here() + 1));
        emit(child(0));
      }
      for (const uint32_t fork : forks) program_[fork].second = here();
      return;
    }
    default: push(Do::Look, id);
    }
  }

  [[nodiscard]] bool consumes(uint32_t id, char32_t c) const {
    const Regex::Node& node = regex_.nodes_[id];
    if (node.op == Op::Literal) return node.literal == c;
    for (uint32_t i = 0; i < node.count; ++i) {
      const CharacterSpan& span = regex_.spans_[node.first + i];
      if (c >= span.first && c <= span.last) return true;
    }
    return false;
  }

  [[nodiscard]] bool holds(Op op, char32_t before, char32_t after) const {
    const auto isWord = [](char32_t c) {
      return c == '_' || (c >= '0' && c <= '9') ||
             ((c | 0x20) >= 'a' && (c | 0x20) <= 'z' && c < 0x80);
    };
    switch (op) {
    case Op::TextBegin: return before == noCharacter;
    case Op::TextEnd: return after == noCharacter;
    case Op::LineBegin: return before == noCharacter || before == '\n';
    case Op::LineEnd: return after == noCharacter || after == '\n';
    case Op::Boundary: return isWord(before) != isWord(after);
    default: return isWord(before) == isWord(after);
    }
  }

  /// Adds a state and all that it reaches without consuming.
  void follow(std::vector<uint32_t>& states, uint32_t start, char32_t before, char32_t after) {
    pending_.push_back(start);
    while (!pending_.empty()) {
      const uint32_t state = pending_.back();
      pending_.pop_back();
      if (marks_[state] == round_ + 1) continue;
      marks_[state] = round_ + 1;
      const Instruction& instruction = program_[state];
      switch (instruction.what) {
      case Do::Jump: pending_.push_back(instruction.first); break;
      case Do::Fork:
        pending_.push_back(instruction.second);
        pending_.push_back(instruction.first);
        break;
      case Do::Look:
        if (holds(regex_.nodes_[instruction.first].op, before, after))
          pending_.push_back(state + 1);
        break;
      default: states.push_back(state);
      }
    }
  }

  const Regex& regex_;
  std::vector<Instruction> program_;
  std::vector<size_t> marks_; ///< last round in which a state was added
  std::vector<uint32_t> pending_;
  size_t round_ = 0;
};

std::optional<bool> Regex::matches(std::string_view text) const {
  if (text.empty()) return matchesEmpty();
  const bool opaque =
      std::any_of(nodes_.begin(), nodes_.end(), [](const Node& n) { return n.op == Op::Opaque; });
  if (opaque || nodes_[root_].size > RegexProgram::maxInstructions) return std::nullopt;
  return RegexProgram(*this).run(text);
}

std::optional<std::vector<std::string>> Regex::literals() const {
  std::vector<std::string> found;
  const auto append = [&](uint32_t branch) {
    const Node& node = nodes_[branch];
    std::string text;
    const auto one = [&](const Node& part) {
      if (part.op != Op::Literal) return part.op == Op::Empty;
      appendUtf8(text, part.literal);
      return true;
    };
    bool plain = true;
    if (node.op == Op::Concat)
      for (uint32_t i = 0; i < node.count; ++i)
        plain = plain && one(nodes_[children_[node.first + i]]);
    else
      plain = one(node);
    found.push_back(std::move(text));
    return plain;
  };
  const Node& root = nodes_[root_];
  if (root.op != Op::Alternate) return append(root_) ? std::optional(found) : std::nullopt;
  for (uint32_t i = 0; i < root.count; ++i)
    if (!append(children_[root.first + i])) return std::nullopt;
  return found;
}

} // namespace relc::promql
