#include "compiler/pipeline.h"

#include "compiler/analysis/analysis.h"
#include "compiler/sema/sema.h"
#include "compiler/syntax/parse.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <set>
#include <thread>

namespace relc {
namespace {

using diagnostics::FindingList;

/// Modules that are there without an import: what defaults refer to.
constexpr std::string_view prelude[] = {"std.policy"};

class Clock {
public:
  explicit Clock(std::vector<PhaseTime>& out) : out_(out) {}
  void lap(std::string_view phase) {
    auto now = std::chrono::steady_clock::now();
    out_.push_back({phase, std::chrono::duration<double>(now - last_).count()});
    last_ = now;
  }

private:
  std::vector<PhaseTime>& out_;
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

/// Parses files [0, count) into `trees`; each worker takes the next file that nobody has.
void parseAll(Compilation& c, unsigned threads, FindingList& findings) {
  auto count = static_cast<uint32_t>(c.trees.size());
  // One thread unless asked: ANTLR's runtime takes a shared lock for every character, and two
  // threads come out slower than one (docs/performance.md).
  threads = std::max(1U, std::min(threads, count));
  std::vector<FindingList> found(threads);
  std::atomic<uint32_t> next{0};
  auto work = [&](unsigned worker) {
    for (uint32_t i; (i = next++) < count;)
      c.trees[i] = syntax::parse(c.sources, {i}, found[worker]);
  };
  std::vector<std::thread> pool;
  for (unsigned i = 1; i < threads; ++i) pool.emplace_back(work, i);
  work(0);
  for (auto& thread : pool) thread.join();
  for (auto& list : found) findings.append(std::move(list));
}

/// Adds the trees of all standard modules that are asked for, directly or by another module.
std::vector<std::string> loadModules(Compilation& c, FindingList& findings) {
  std::vector<std::string> names; // by tree, behind the workspace's files
  std::set<std::string, std::less<>> seen;
  std::vector<std::string> todo(std::begin(prelude), std::end(prelude));
  auto gather = [&](const syntax::Tree& tree) {
    for (const auto& import : sema::importsOf(tree)) todo.push_back(import.module);
  };
  for (const auto& tree : c.trees) gather(tree);
  while (!todo.empty()) {
    std::string name = std::move(todo.back());
    todo.pop_back();
    const std::string_view* text = standardModule(name);
    if (!text || !seen.insert(name).second) continue;
    auto file = c.sources.add("<" + name + ">", std::string(*text));
    c.trees.push_back(syntax::parse(c.sources, file, findings));
    names.push_back(name);
    gather(c.trees.back());
  }
  return names;
}

} // namespace

bool Compilation::hasErrors() const {
  return std::any_of(findings.begin(), findings.end(),
                     [](const auto& f) { return f.severity == diagnostics::Severity::Error; });
}

std::unique_ptr<Compilation> compile(std::vector<SourceFile> files,
                                     const PipelineOptions& options) {
  auto result = std::make_unique<Compilation>();
  Compilation& c = *result;
  Clock clock(c.timings);
  FindingList findings;
  for (SourceFile& file : files) {
    c.bytes += file.text.size();
    c.lines += static_cast<size_t>(std::count(file.text.begin(), file.text.end(), '\n'));
    c.sources.add(std::move(file.path), std::move(file.text));
  }
  c.workspaceFiles = files.size();
  c.trees.resize(files.size());
  parseAll(c, options.threads, findings);
  std::vector<std::string> modules = loadModules(c, findings);
  clock.lap("parse");

  std::vector<sema::Unit> units(c.trees.size());
  for (size_t i = 0; i < c.trees.size(); ++i)
    units[i] = {&c.trees[i], i < c.workspaceFiles ? std::string() : modules[i - c.workspaceFiles]};
  c.model = sema::analyze(units, {options.now, standardModules()}, findings);
  clock.lap("sema");

  analysis::analyze(c.model, findings);
  clock.lap("analysis");

  c.findings = std::move(findings.all());
  c.accepted = analysis::settleAcceptance(c.model, c.findings);
  diagnostics::settle(c.findings, c.sources);
  clock.lap("settle");
  return result;
}

} // namespace relc
