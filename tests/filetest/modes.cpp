#include "tests/filetest/modes.h"

#include "backends/prometheus/prometheus.h"
#include "compiler/diagnostics/printable.h"
#include "compiler/diagnostics/render.h"
#include "compiler/pipeline.h"
#include "compiler/syntax/format.h"
#include "compiler/syntax/parse.h"
#include "tests/filetest/test_file.h"

#include <fmt/format.h>

#include <fstream>
#include <iterator>
#include <stdexcept>

namespace relc::filetest {
namespace {

constexpr std::string_view version = "0.0.0";

std::unique_ptr<Compilation> compiled(const TestFile& test, std::string environment = {}) {
  return compileFiles(test.files(), test.directives.now, std::move(environment));
}

/// One line a finding, for outputs whose finer points are tested elsewhere.
std::string brief(std::span<const diagnostics::Finding> findings,
                  const source::SourceManager& sources) {
  std::string out;
  for (const auto& finding : findings) {
    std::string place;
    if (const auto& range = finding.primary.range; range.valid()) {
      auto begin = sources.position(range.file, range.begin),
           end = sources.position(range.file, range.end);
      place = fmt::format("{}:{}-{}:{} ", begin.line, begin.column, end.line, end.column);
    }
    out +=
        fmt::format("{}{}[{}]: {}", place, diagnostics::toString(finding.severity),
                    diagnostics::info(finding.check).code, diagnostics::printable(finding.message));
    if (!finding.primary.text.empty()) out += " | " + diagnostics::printable(finding.primary.text);
    out += '\n';
  }
  return out;
}

std::string check(const TestFile& test) {
  auto result = compiled(test);
  return test.annotated(result->findings, result->sources);
}

/// Each part parsed alone: what `print` makes of the tree, and the findings of syntax.
template <class Print>
std::string parsed(const TestFile& test, Print print) {
  std::string out;
  source::SourceManager sources;
  for (const Part& part : test.parts) {
    source::FileId file = sources.add(part.path, part.text);
    diagnostics::FindingList findings;
    syntax::Tree tree = syntax::parse(sources, file, findings);
    if (test.parts.size() > 1) out += fmt::format("--- {}\n", part.path);
    out += print(tree, sources);
    diagnostics::settle(findings.all(), sources);
    if (!findings.empty()) out += "findings\n" + brief(findings.all(), sources);
  }
  return out;
}

std::string tree(const TestFile& test) {
  return parsed(test,
                [](const syntax::Tree& tree, const auto&) { return syntax::printTree(tree); });
}

std::string tokens(const TestFile& test) {
  return parsed(test, [](const syntax::Tree& tree, const auto& sources) {
    return syntax::printTokens(tree, sources);
  });
}

std::string formatted(const TestFile& test) {
  std::string out;
  for (const Part& part : test.parts) {
    source::SourceManager sources;
    diagnostics::FindingList findings;
    out += syntax::format(syntax::parse(sources, sources.add(part.path, part.text), findings));
  }
  return out;
}

/// The model of each environment, and what there is to say of the language. What judges the system
/// that a program describes, and acceptances of that, are tested in tests/check.
std::string model(const TestFile& test) {
  auto result = compiled(test);
  std::string out;
  if (result->environments.empty()) out = model::print(result->model, result->sources);
  for (const std::string& environment : result->environments) {
    auto of = compiled(test, environment);
    out += fmt::format("--- {}\n", environment) + model::print(of->model, of->sources);
  }
  std::erase_if(result->findings, [](const auto& finding) {
    const auto& check = diagnostics::info(finding.check);
    return (check.group != "source" && check.group != "promql") || check.code.starts_with("REL04");
  });
  return out + brief(result->findings, result->sources);
}

std::string rules(const TestFile& test) {
  auto result = compiled(test);
  // Rules of what is not understood prove nothing.
  if (result->hasErrors()) return brief(result->findings, result->sources);
  std::string out;
  for (const auto& file : prometheus::generate(result->model, result->sources, {version}).files) {
    // The proofs are many and speak for themselves: promtool runs them in tests/cli/rules_test.py.
    bool proofs = file.path.find("/tests/") != std::string::npos;
    out += fmt::format("# --- {}\n{}", file.path, proofs ? "" : file.content);
  }
  return out;
}

std::string rendered(const TestFile& test) {
  auto result = compiled(test);
  diagnostics::RenderOptions options{test.directives.color, test.directives.width, version};
  return diagnostics::renderText(result->findings, result->sources, options) + "\n" +
         diagnostics::summaryLine(result->findings) + "\n";
}

constexpr Mode table[] = {
    {"check", "", check},          {"tree", ".tree", tree},
    {"tokens", ".tokens", tokens}, {"fmt", ".formatted", formatted},
    {"model", ".model", model},    {"rules", ".yaml", rules},
    {"render", ".txt", rendered},
};

} // namespace

std::span<const Mode> modes() {
  return table;
}

const Mode* findMode(std::string_view folder) {
  for (const Mode& mode : table)
    if (mode.folder == folder) return &mode;
  return nullptr;
}

std::string readFile(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error("cannot be read");
  return {std::istreambuf_iterator<char>(in), {}};
}

void writeFile(const std::filesystem::path& path, std::string_view text) {
  // Another test that runs beside this one may crash: the file is the old or the new one.
  std::filesystem::path fresh = path;
  fresh += ".new";
  std::ofstream out(fresh, std::ios::binary | std::ios::trunc);
  out.write(text.data(), static_cast<std::streamsize>(text.size()));
  out.close();
  if (!out) throw std::runtime_error("cannot be written");
  std::filesystem::rename(fresh, path);
}

} // namespace relc::filetest
