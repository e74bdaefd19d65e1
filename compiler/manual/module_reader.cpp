#include "compiler/manual/module_reader.h"

#include "compiler/manual/markdown.h"
#include "compiler/pipeline.h"
#include "compiler/syntax/parse.h"

#include <fmt/format.h>

#include <algorithm>

namespace relc::manual {

using syntax::Member;
using syntax::MemberKind;

namespace {

/// Profiles that take over profiles that take over …
constexpr unsigned maxDepth = 16;

/// What tells most of a declaration without a comment.
constexpr std::pair<std::string_view, std::string_view> telling[] = {
    {"alert", "symptom"}, {"failure", "effect"}, {"runbook", "summary"}};

std::string unquoted(std::string_view literal) {
  while (literal.size() > 1 && literal.front() == '"' && literal.back() == '"')
    literal = literal.substr(1, literal.size() - 2);
  std::string out;
  for (size_t i = 0; i < literal.size(); ++i) {
    if (literal[i] == '\\' && i + 1 < literal.size()) ++i;
    out += literal[i];
  }
  return out;
}

} // namespace

std::unique_ptr<ModuleReader> ModuleReader::open(std::string_view module) {
  const std::string_view* text = standardModule(module);
  if (!text) return nullptr;
  auto result = std::make_unique<ModuleReader>();
  diagnostics::FindingList findings; // the tests check all modules
  auto file = result->sources_.add(std::string(module), std::string(*text));
  result->tree_ = syntax::parse(result->sources_, file, findings);
  return result;
}

std::string ModuleReader::head() const {
  std::string out;
  size_t behind = 0;
  for (const syntax::Token& comment : tree_.comments) {
    std::string_view between = tree_.text.substr(behind, comment.begin - behind);
    bool next = std::all_of(between.begin(), between.end(), [](char c) { return c == '\n'; }) &&
                between.size() <= (behind == 0 ? 0U : 1U);
    if (comment.kind != syntax::TokenKind::LineComment || !next) break;
    std::string_view line = tree_.text.substr(comment.begin + 2, comment.end - comment.begin - 2);
    if (line.starts_with(' ')) line.remove_prefix(1);
    out += fmt::format("{}\n", line);
    behind = comment.end;
  }
  return out;
}

std::vector<const Member*> ModuleReader::declarations() const {
  std::vector<const Member*> out;
  for (syntax::MemberId id : tree_.list(tree_.top)) {
    const Member& m = tree_[id];
    if (m.kind == MemberKind::Declaration && m.subject.present() &&
        !tree_.str(m.subject).starts_with('_'))
      out.push_back(&m);
  }
  return out;
}

std::string_view ModuleReader::attribute(const Member& declaration, std::string_view name) const {
  for (syntax::MemberId id : tree_.list(declaration.members)) {
    const Member& m = tree_[id];
    if (m.kind == MemberKind::Attribute && m.value.valid() && tree_.str(m.word) == name)
      return tree_.str(tree_[m.value]);
  }
  return {};
}

std::vector<ModuleReader::Parameter> ModuleReader::parametersOf(const Member& declaration) const {
  std::vector<Parameter> out;
  for (syntax::MemberId id : tree_.list(declaration.members)) {
    const Member& m = tree_[id];
    if (m.kind != MemberKind::Declaration || tree_.str(m.word) != "parameter") continue;
    out.push_back({tree_.str(m.subject), attribute(m, "type"), attribute(m, "default"),
                   attribute(m, "list") == "true", tree_.doc(m)});
  }
  return out;
}

std::vector<const Member*> ModuleReader::takenOver(const Member& declaration,
                                                   std::string_view word) const {
  std::vector<const Member*> out;
  auto applications = tree_.exprList(declaration.applications);
  for (size_t i = applications.size(); i-- > 0;) { // the last one is the strongest
    const syntax::Expr& call = tree_[applications[i]];
    if (call.words.count != 1) continue;
    std::string_view name = tree_.str(tree_.wordList(call.words)[0]);
    for (syntax::MemberId id : tree_.list(tree_.top)) {
      const Member& profile = tree_[id];
      if (profile.kind != MemberKind::Declaration || tree_.str(profile.word) != "profile" ||
          tree_.str(profile.subject) != name)
        continue;
      for (syntax::MemberId inner : tree_.list(profile.members))
        if (tree_[inner].kind == MemberKind::Declaration && tree_.str(tree_[inner].word) == word)
          out.push_back(&tree_[inner]);
    }
  }
  return out;
}

ModuleReader::Brought ModuleReader::describe(const Member& m, unsigned depth) const {
  std::string_view word = tree_.str(m.word);
  Brought out{std::string(word), tree_.doc(m), true};
  if (m.kind == MemberKind::Relation && m.value.valid())
    out.what += fmt::format(" {}", tree_.str(tree_[m.value]));
  if (m.subject.present()) out.what += fmt::format(" {}", tree_.str(m.subject));
  if (!out.text.empty()) return out;
  for (auto [kind, name] : telling) {
    if (kind != word) continue;
    out.text = unquoted(attribute(m, name));
    out.markdown = false;
  }
  if (!out.text.empty() || depth == 0) return out;
  for (const Member* layer : takenOver(m, word)) {
    Brought deeper = describe(*layer, depth - 1);
    if (deeper.text.empty()) continue;
    out.text = std::move(deeper.text);
    out.markdown = deeper.markdown;
    break;
  }
  return out;
}

void ModuleReader::bring(const Member& block, std::vector<Brought>& out, unsigned depth) const {
  for (syntax::MemberId id : tree_.list(block.members)) {
    const Member& m = tree_[id];
    if (m.kind != MemberKind::Declaration && m.kind != MemberKind::Relation) continue;
    Brought each = describe(m, maxDepth);
    auto same = std::find_if(out.begin(), out.end(),
                             [&](const Brought& other) { return other.what == each.what; });
    if (same == out.end())
      out.push_back(std::move(each));
    else if (same->text.empty())
      *same = std::move(each);
  }
  if (depth == 0) return;
  for (const Member* layer : takenOver(block, tree_.str(block.word))) bring(*layer, out, depth - 1);
}

std::vector<ModuleReader::Brought> ModuleReader::brought(const Member& block) const {
  std::vector<Brought> out;
  bring(block, out, maxDepth);
  return out;
}

} // namespace relc::manual
