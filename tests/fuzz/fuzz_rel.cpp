// Any bytes as the one file of a workspace: parse, check, fmt, rules. No crash, no hang, and what
// is promised of fmt holds.

#include "backends/prometheus/prometheus.h"
#include "compiler/diagnostics/render.h"
#include "compiler/pipeline.h"
#include "compiler/syntax/format.h"
#include "compiler/syntax/parse.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace {

using relc::diagnostics::Finding;
using relc::diagnostics::FindingList;

[[noreturn]] void broken(std::string_view promise, std::string_view first,
                         std::string_view second) {
  std::fprintf(stderr, "broken promise: %.*s\n--- first\n%.*s\n--- second\n%.*s\n",
               int(promise.size()), promise.data(), int(first.size()), first.data(),
               int(second.size()), second.data());
  std::abort();
}

struct Parsed {
  relc::source::SourceManager sources;
  FindingList findings;
  relc::syntax::Tree tree;

  explicit Parsed(std::string text) {
    tree = relc::syntax::parse(sources, sources.add("fuzz.rel", std::move(text)), findings);
  }
};

/// What layout may not change: all tokens but a comma before a closing delimiter, and the comments.
std::string meaning(const Parsed& parsed) {
  std::string out;
  const auto& tokens = parsed.tree.tokens;
  for (size_t i = 0; i < tokens.size(); ++i) {
    using relc::syntax::TokenKind;
    TokenKind next = i + 1 < tokens.size() ? tokens[i + 1].kind : TokenKind::End;
    bool closes =
        next == TokenKind::RParen || next == TokenKind::RBracket || next == TokenKind::RBrace;
    bool last = tokens[i].kind == TokenKind::Comma && closes;
    if (!tokens[i].inserted && !last)
      (out += parsed.tree.text.substr(tokens[i].begin, tokens[i].end - tokens[i].begin)) += '\n';
  }
  for (const auto& comment : parsed.tree.comments) {
    // Blanks at the end of a comment's lines are layout.
    for (char c : parsed.tree.text.substr(comment.begin, comment.end - comment.begin))
      if (c != ' ' && c != '\t' && c != '\r' && c != '\n') out += c;
    out += '\n';
  }
  return out;
}

void format(const std::string& text) {
  Parsed first(text);
  std::string once = relc::syntax::format(first.tree);
  Parsed second(once);
  std::string twice = relc::syntax::format(second.tree);
  if (once != twice) broken("fmt(fmt(x)) == fmt(x)", once, twice);
  // A file with mistakes is laid out as far as it parses; only a whole one can be compared.
  if (first.findings.empty() && meaning(first) != meaning(second))
    broken("fmt keeps every token", text, once);
  if (first.findings.empty() && !second.findings.empty())
    broken("fmt makes no mistakes", text,
           relc::diagnostics::renderText(second.findings.all(), second.sources, {}));
}

void inside(const relc::source::Range& range, const relc::source::SourceManager& sources) {
  if (!range.valid()) return;
  if (range.file.index >= sources.fileCount() || range.begin > range.end ||
      range.end > sources.text(range.file).size())
    broken("ranges lie inside their files", std::to_string(range.begin), std::to_string(range.end));
}

void check(const std::string& text) {
  relc::PipelineOptions options{*relc::model::parseDate("2026-11-23"), 1};
  auto result = relc::compile({{"fuzz.rel", text}, {"system.rel", "system fuzz {}\n"}}, options);
  for (const Finding& finding : result->findings) {
    if (finding.message.empty()) broken("findings say something", text, "");
    inside(finding.primary.range, result->sources);
    for (const auto& label : finding.secondary) inside(label.range, result->sources);
    for (const auto& fix : finding.fixes)
      for (const auto& edit : fix.edits) inside(edit.range, result->sources);
  }
  relc::diagnostics::renderText(result->findings, result->sources, {true, 80, "0"});
  relc::diagnostics::renderJson(result->findings, result->sources, {});
  relc::model::print(result->model, result->sources);
  relc::prometheus::generate(result->model, result->sources, {"0"});
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string text(reinterpret_cast<const char*>(data), size);
  format(text);
  check(text);
  return 0;
}
