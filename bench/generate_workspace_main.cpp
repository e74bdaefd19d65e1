// Writes a synthetic workspace of any size for measurements: deterministic in its parameters, with
// the names, nesting and proportions of a real one. It checks clean unless mistakes are asked for:
// needs lead from less to more important components and never in a circle, timeouts shrink on the
// way down, every soft dependency has a fallback and every alert a runbook.
//
// relc_generate_workspace --out DIR [--services N] … ; --help lists the parameters.

#include "bench/workspace_plan.h"
#include "bench/workspace_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>
#include <utility>

namespace bench {
namespace {

constexpr std::string_view usage =
    "relc_generate_workspace --out DIR\n"
    "  --services N            components: services, datastores, caches, queues, externals "
    "(10000)\n"
    "  --slos-per-service N    on average, those of the journeys included (2)\n"
    "  --edges-per-service N   needs and uses, on average (3)\n"
    "  --files N               at least 6 (500)\n"
    "  --seed N                another workspace of the same size (1)\n"
    "  --shape SHAPE           layers: mostly within an area; random; star: half lead to hubs\n"
    "  --cycles N              this many needs that close a circle (0)\n"
    "  --error-rate X          share of declarations with a mistake, 0 to 1 (0)\n"
    "DIR must be new or empty.\n";

[[noreturn]] void fail(std::string_view message) {
  fmt::print(stderr, "relc_generate_workspace: {}\n\n{}", message, usage);
  std::exit(2);
}

template <class Number>
void parse(std::string_view text, Number& into) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), into);
  if (error != std::errc() || end != text.data() + text.size())
    fail(fmt::format("`{}` is not a number that fits here", text));
}

Options readOptions(std::span<char*> arguments) {
  Options options;
  const std::pair<std::string_view, uint64_t*> numbers[] = {
      {"--services", &options.services},
      {"--slos-per-service", &options.slosPerService},
      {"--edges-per-service", &options.edgesPerService},
      {"--files", &options.files},
      {"--seed", &options.seed},
      {"--cycles", &options.cycles}};
  for (size_t i = 0; i < arguments.size(); i += 2) {
    const std::string_view name = arguments[i];
    if (name == "--help") {
      fmt::print("{}", usage);
      std::exit(0);
    }
    if (i + 1 == arguments.size()) fail(fmt::format("`{}` lacks its value", name));
    const char* value = arguments[i + 1];
    const auto* number =
        std::ranges::find(numbers, name, [](const auto& row) { return row.first; });
    if (number != std::end(numbers))
      parse(value, *number->second);
    else if (name == "--error-rate")
      parse(value, options.errorRate);
    else if (name == "--shape")
      options.shape = value;
    else if (name == "--out")
      options.out = value;
    else
      fail(fmt::format("there is no option `{}`", name));
  }
  if (options.out.empty()) fail("where to? `--out DIR`");
  if (options.shape != "layers" && options.shape != "random" && options.shape != "star")
    fail(fmt::format("`{}` is no shape", options.shape));
  if (options.services < 1 || options.services > 10'000'000 || options.files < 6 ||
      options.slosPerService > 100 || options.edgesPerService > 100)
    fail("1 to 10000000 services, 6 files or more, up to 100 SLOs and edges a service");
  return options;
}

int run(const Options& options) {
  namespace fs = std::filesystem;
  if (fs::exists(options.out) && !fs::is_empty(options.out))
    fail(fmt::format("`{}` is not empty", options.out));
  const Plan plan = makePlan(options);
  const Text text = writeWorkspace(plan, options);
  size_t bytes = 0, lines = 0, slos = plan.areas.size(), edges = plan.areas.size();
  for (const Component& c : plan.components) {
    slos += c.sloCount;
    edges += c.edges.size();
  }
  for (const File& file : text.files) {
    const fs::path path = fs::path(options.out) / file.path;
    fs::create_directories(path.parent_path());
    if (!(std::ofstream(path, std::ios::binary) << file.text).flush())
      fail(fmt::format("`{}` cannot be written", path.string()));
    bytes += file.text.size();
    lines += static_cast<size_t>(std::ranges::count(file.text, '\n'));
  }
  fmt::print(
      "{} services, {} SLOs, {} edges, {} journeys: {} lines, {} bytes in {} files, {} mistakes\n",
      plan.components.size(), slos, edges, plan.areas.size(), lines, bytes, text.files.size(),
      text.mistakes);
  return 0;
}

} // namespace
} // namespace bench

int main(int argc, char** argv) {
  return bench::run(bench::readOptions(std::span(argv + 1, static_cast<size_t>(argc - 1))));
}
