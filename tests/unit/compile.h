#pragma once
// For tests of what stands behind the parser: text → model and findings, through the real phases.
// Unlike relc::compile it stops before the analyses, so that a test sees what each of them adds.

#include "compiler/pipeline.h"
#include "compiler/sema/sema.h"
#include "compiler/syntax/parse.h"

#include <deque>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace relc::test {

struct Compiled {
  source::SourceManager sources;
  std::deque<syntax::Tree> trees;
  diagnostics::FindingList findings;
  model::Model model;

  /// The text of a finding's primary place.
  [[nodiscard]] std::string_view at(const diagnostics::Finding& finding) const {
    const source::Range& range = finding.primary.range;
    return range.valid() ? sources.text(range) : std::string_view();
  }
};

/// Compiles one file of a workspace with the modules of the standard library that it imports, and
/// std.policy. A text without `system` gets `system example {}` in front.
inline std::unique_ptr<Compiled> compile(std::string text, std::string_view now = "2026-01-01") {
  auto result = std::make_unique<Compiled>();
  if (text.find("system ") == std::string::npos) text = "system example {}\n" + text;
  std::vector<sema::Unit> units;
  std::vector<std::string> wanted{"std.policy"};
  auto add = [&](std::string path, std::string content, std::string module) {
    source::FileId file = result->sources.add(std::move(path), std::move(content));
    result->trees.push_back(syntax::parse(result->sources, file, result->findings));
    units.push_back({&result->trees.back(), std::move(module)});
    for (sema::Import& import : sema::importsOf(result->trees.back()))
      wanted.push_back(std::move(import.module));
  };
  add("example.rel", std::move(text), "");
  std::set<std::string> known;
  for (size_t i = 0; i < wanted.size(); ++i) {
    const std::string module = wanted[i];
    if (!known.insert(module).second) continue;
    if (const std::string_view* content = standardModule(module))
      add(module, std::string(*content), module);
  }
  sema::Options options;
  options.now = *model::parseDate(now);
  options.knownModules = standardModules();
  result->model = sema::analyze(units, options, result->findings);
  return result;
}

} // namespace relc::test
