#include "compiler/syntax/parse.h"
#include "compiler/syntax/token_types.h"

#include <fmt/format.h>

#include <iterator>

namespace relc::syntax {

std::string_view describe(TokenKind kind) {
  for (const auto& row : tokenRows)
    if (row.kind == kind) return row.description;
  return {};
}

std::string Tree::doc(const Member& member) const {
  std::string result;
  for (uint32_t i = 0; i < member.doc.count; ++i) {
    const Token& line = comments[member.doc.first + i];
    std::string_view s = text.substr(line.begin + 3, line.end - line.begin - 3);
    if (s.starts_with(' ')) s.remove_prefix(1);
    s = s.substr(0, s.find_last_not_of(" \t\r") + 1);
    if (i > 0) result += '\n';
    result += s;
  }
  return result;
}

namespace {

std::string quoted(std::string_view text) {
  std::string out = "`";
  for (char c : text) {
    auto byte = static_cast<unsigned char>(c);
    if (c == '\n')
      out += "\\n";
    else if (byte < 0x20 || byte == 0x7f)
      out += fmt::format("\\x{:02x}", byte);
    else
      out += c;
  }
  return out + "`";
}

class Printer {
public:
  explicit Printer(const Tree& tree) : tree_(tree) {}

  std::string run() {
    for (MemberId id : tree_.list(tree_.top)) member(id, 0);
    return std::move(out_);
  }

private:
  const Tree& tree_;
  std::string out_;

  void line(int depth, std::string_view text) {
    fmt::format_to(std::back_inserter(out_), "{:{}}{}\n", "", depth * 2, text);
  }

  void member(MemberId id, int depth) {
    const Member& m = tree_[id];
    static constexpr std::string_view kinds[] = {"import",   "let",     "attribute",
                                                 "relation", "overlay", "declaration"};
    std::string head =
        fmt::format("{} {}", kinds[static_cast<size_t>(m.kind)], quoted(tree_.str(m.word)));
    if (m.subject.present()) head += ' ' + quoted(tree_.str(m.subject));
    if (m.any) head += " any";
    head += fmt::format(" [{}, {})", m.begin, m.end);
    if (m.broken) head += " broken";
    line(depth, head);
    for (uint32_t i = 0; i < m.doc.count; ++i) {
      const Token& doc = tree_.comments[m.doc.first + i];
      line(depth + 1,
           fmt::format("doc {}", quoted(tree_.text.substr(doc.begin, doc.end - doc.begin))));
    }
    clause("of", m.quantity, depth + 1);
    clause("", m.value, depth + 1);
    clause("in", m.in, depth + 1);
    clause("on", m.on, depth + 1);
    for (ExprId a : tree_.exprList(m.applications)) clause("is", a, depth + 1);
    for (MemberId child : tree_.list(m.members)) member(child, depth + 1);
  }

  void clause(std::string_view role, ExprId id, int depth) {
    if (id.valid()) expr(role, id, depth);
  }

  void expr(std::string_view role, ExprId id, int depth) {
    const Expr& e = tree_[id];
    static constexpr std::string_view kinds[] = {
        "missing", "quantity", "date",      "string",   "text",  "promql",
        "true",    "false",    "reference", "call",     "list",  "selector",
        "negate",  "add",      "subtract",  "multiply", "divide"};
    std::string head(role);
    if (!head.empty()) head += ' ';
    head += kinds[static_cast<size_t>(e.kind)];
    switch (e.kind) {
    case ExprKind::Reference:
    case ExprKind::Call:
      for (Word w : tree_.wordList(e.words)) head += ' ' + quoted(tree_.str(w));
      line(depth, head);
      if (e.kind == ExprKind::Call)
        for (const Argument& a : tree_.argumentList(e.children))
          expr(a.name.present() ? fmt::format("{} =", tree_.str(a.name)) : "argument", a.value,
               depth + 1);
      return;
    case ExprKind::Selector:
      line(depth, head);
      for (const Matcher& m : tree_.matcherList(e.children))
        expr(fmt::format("{} {}", tree_.str(m.label), tree_.str(m.op_)), m.value, depth + 1);
      return;
    case ExprKind::List:
    case ExprKind::Negate:
    case ExprKind::Add:
    case ExprKind::Subtract:
    case ExprKind::Multiply:
    case ExprKind::Divide: {
      // Left-deep chains can be long: unroll them.
      line(depth, head);
      for (ExprId child : tree_.exprList(e.children)) expr("", child, std::min(depth + 1, 400));
      return;
    }
    case ExprKind::Missing: line(depth, head); return;
    default: line(depth, head + ' ' + quoted(tree_.str(e)));
    }
  }
};

} // namespace

std::string printTokens(const Tree& tree, const source::SourceManager& sources) {
  std::string out;
  for (const Token& token : tree.tokens) {
    source::Position at = sources.position(tree.file, token.begin);
    fmt::format_to(std::back_inserter(out), "{}:{} {}{} {}\n", at.line, at.column,
                   describe(token.kind), token.inserted ? " (inserted)" : "",
                   quoted(tree.text.substr(token.begin, token.end - token.begin)));
  }
  return out;
}

std::string printTree(const Tree& tree) {
  return Printer(tree).run();
}

} // namespace relc::syntax
