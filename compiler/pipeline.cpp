#include "compiler/pipeline.h"

#include "compiler/analysis/analysis.h"
#include "compiler/diagnostics/environments.h"
#include "compiler/program.h"
#include "compiler/sema/sema.h"
#include "compiler/syntax/parse.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>

namespace relc {
namespace {

using diagnostics::FindingList;

class Clock {
public:
  explicit Clock(std::vector<PhaseTime>& out) : out_(out) {}
  void lap(std::string_view phase) {
    auto now = std::chrono::steady_clock::now();
    out_.push_back({phase, std::chrono::duration<double>(now - last_).count()});
    last_ = now;
  }
  /// What has passed is no phase of its own.
  void skip() { last_ = std::chrono::steady_clock::now(); }
  void addToLast() {
    double before = out_.back().seconds;
    std::string_view phase = out_.back().name;
    out_.pop_back();
    lap(phase);
    out_.back().seconds += before;
  }

private:
  std::vector<PhaseTime>& out_;
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

/// Parses files [0, count) into `trees`; each worker takes the next file that nobody has.
void parseAll(Compilation& c, unsigned threads, FindingList& findings) {
  auto count = static_cast<uint32_t>(c.trees.size());
  if (threads == 0) {
    // Each thread learns the grammar by itself: it should have something to read with it.
    constexpr size_t worthAThread = 64 << 10; // bytes
    threads = static_cast<unsigned>(std::min<size_t>(
        std::clamp(std::thread::hardware_concurrency(), 1U, 16U), c.bytes / worthAThread + 1));
  }
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

/// The one that was asked for, else the first of production, else the first.
size_t chooseEnvironment(const std::vector<sema::Environment>& environments,
                         std::string_view name) {
  for (size_t i = 0; i < environments.size(); ++i)
    if (environments[i].name == name && !name.empty()) return i;
  for (size_t i = 0; i < environments.size(); ++i)
    if (environments[i].production) return i;
  return 0;
}

} // namespace

bool Compilation::hasErrors() const {
  return std::any_of(findings.begin(), findings.end(),
                     [](const auto& f) { return f.severity == diagnostics::Severity::Error; });
}

std::vector<diagnostics::Finding> Compilation::mendable() const {
  std::vector<diagnostics::Finding> result = findings;
  for (diagnostics::Finding& finding : result)
    std::erase_if(finding.fixes, [&](const diagnostics::Fix& fix) {
      return std::any_of(fix.edits.begin(), fix.edits.end(), [&](const diagnostics::Edit& edit) {
        return edit.range.file.index >= givenFiles;
      });
    });
  return result;
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
  c.givenFiles = files.size();
  c.trees.resize(files.size());
  parseAll(c, options.threads, findings);
  std::vector<sema::Unit> units = loadProgram(c, options.folders, findings);
  clock.lap("parse");

  std::vector<sema::Environment> environments = sema::environmentsOf(units);
  for (const auto& e : environments) c.environments.push_back(e.name);
  if (environments.empty()) environments.emplace_back();
  size_t wanted = chooseEnvironment(environments, options.environment);

  // Each environment is a program of its own; what they have in common is said once.
  sema::Options semaOptions{options.now, {}, standardModules(), RELC_VERSION};
  std::vector<std::pair<std::string, std::vector<diagnostics::Finding>>> byEnvironment;
  std::vector<std::pair<std::string, std::vector<diagnostics::Risk>>> accepted;
  double seconds[3] = {};
  for (size_t i = 0; i < environments.size(); ++i) {
    semaOptions.environment = environments[i].name;
    FindingList found;
    found.all() = findings.all();
    auto lap = [&, last = std::chrono::steady_clock::now()](double& phase) mutable {
      auto now = std::chrono::steady_clock::now();
      phase += std::chrono::duration<double>(now - last).count();
      last = now;
    };
    model::Model model = sema::analyze(units, semaOptions, found);
    lap(seconds[0]);
    analysis::analyze(model, found);
    lap(seconds[1]);
    accepted.emplace_back(environments[i].name, analysis::settleAcceptance(model, found.all()));
    byEnvironment.emplace_back(environments[i].name, std::move(found.all()));
    if (i == wanted) c.model = std::move(model);
    lap(seconds[2]);
  }
  c.timings.push_back({"sema", seconds[0]});
  c.timings.push_back({"analysis", seconds[1]});
  c.timings.push_back({"settle", seconds[2]});
  clock.skip();

  auto overlays = sema::overlaysOf(units);
  c.findings = diagnostics::mergeEnvironments(
      std::move(byEnvironment), [&](std::string_view environment, const source::Range& place) {
        return std::all_of(overlays.begin(), overlays.end(), [&](const auto& overlay) {
          return !overlay.range.contains(place) || overlay.environment == environment;
        });
      });
  diagnostics::settle(c.findings, c.sources);
  c.accepted = diagnostics::mergeRisks(std::move(accepted));
  clock.addToLast();
  return result;
}

} // namespace relc
