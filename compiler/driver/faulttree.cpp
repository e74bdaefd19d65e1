#include "compiler/driver/faulttree.h"

#include "compiler/driver/commands.h"
#include "compiler/driver/files.h"
#include "compiler/driver/session.h"
#include "compiler/faulttree/graphviz.h"
#include "compiler/faulttree/single_points.h"

#include <fmt/format.h>

#include <charconv>
#include <filesystem>

namespace relc::driver {

namespace {

/// The value of an option that takes a whole number; false, with the error printed, if it is none.
bool number(const Invocation& invocation, std::string_view option, uint32_t least, uint32_t most,
            uint32_t& out) {
  if (!invocation.has(option)) return true;
  const std::string_view text = invocation.value(option);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error == std::errc() && end == text.data() + text.size() && out >= least && out <= most)
    return true;
  print(stderr, fmt::format("relc: `--{}` takes a number from {} to {}, not `{}`\n", option, least,
                            most, text));
  return false;
}

bool readOptions(const Invocation& invocation, faulttree::Options& options) {
  auto limit = uint32_t(options.listLimit);
  // Each node takes some 40 bytes while a diagram is built, and a reference has 31 bits.
  if (!number(invocation, "budget", 1'000, 1'000'000'000, options.nodeBudget) ||
      !number(invocation, "order", 1, 1'000'000, options.listOrder) ||
      !number(invocation, "limit", 0, 100'000'000, limit))
    return false;
  options.listLimit = limit;
  options.fallbackOrder = std::max(options.fallbackOrder, std::min(options.listOrder, 6u));
  return true;
}

void printProblems(const std::string& path, const std::vector<faulttree::Error>& problems,
                   std::string_view severity) {
  for (const auto& problem : problems)
    print(stderr, problem.place.line == 0
                      ? fmt::format("{}: {}: {}\n", path, severity, problem.message)
                      : fmt::format("{}:{}:{}: {}: {}\n", path, problem.place.line,
                                    problem.place.column, severity, problem.message));
}

/// The roots of the model, or the one gate that `--root` names.
bool chooseRoots(const Invocation& invocation, faulttree::OpenPsaModel& model) {
  if (!invocation.has("root")) return true;
  const std::string_view wanted = invocation.value("root");
  for (faulttree::NodeId node = 0; node < model.tree.size(); ++node)
    if (model.tree.isGate(node) && model.tree.name(node) == wanted) {
      model.roots = {node};
      return true;
    }
  std::string known;
  for (size_t i = 0; i < model.roots.size() && i < 5; ++i)
    known += fmt::format("{}`{}`", i == 0 ? "" : ", ", model.tree.name(model.roots[i]));
  print(stderr, fmt::format("relc: no gate is called `{}`; at the top there {} {}{}\n", wanted,
                            model.roots.size() == 1 ? "is" : "are", known,
                            model.roots.size() > 5 ? " and others" : ""));
  return false;
}

} // namespace

int runFaultTree(const Invocation& invocation) {
  if (invocation.arguments.empty()) {
    print(stderr,
          "relc: `relc faulttree` takes a file in the Open-PSA format: relc faulttree FILE.xml\n");
    return ExitUnusable;
  }
  const std::string_view format = invocation.value("format", "text");
  const std::string& path = invocation.arguments[0];
  faulttree::Options options;
  if (!readOptions(invocation, options)) return ExitUnusable;
  faulttree::OpenPsaModel model;
  {
    std::string text;
    if (std::string error = readWhole(path, text); !error.empty()) {
      print(stderr, fmt::format("relc: cannot read `{}`: {}\n", path, error));
      return ExitUnusable;
    }
    model = faulttree::readOpenPsa(text);
  }
  printProblems(path, model.warnings, "warning");
  printProblems(path, model.errors, "error");
  if (!model.errors.empty()) return ExitFindings;
  if (!chooseRoots(invocation, model)) return ExitUnusable;

  if (invocation.has("open-psa")) {
    print(stdout,
          faulttree::writeOpenPsa(model.tree, model.roots,
                                  model.name.empty() ? std::filesystem::path(path).stem().string()
                                                     : model.name));
    return ExitClean;
  }
  if (invocation.has("dot")) {
    const faulttree::SinglePoints points(model.tree, model.roots);
    std::vector<faulttree::NodeId> marked;
    for (size_t i = 0; i < model.roots.size(); ++i)
      marked.insert(marked.end(), points.of(i).begin(), points.of(i).end());
    print(stdout, faulttree::writeGraphviz(model.tree, model.roots, marked));
    return ExitClean;
  }
  FaultTreeReport report{path, &model, options, {}};
  for (faulttree::NodeId root : model.roots)
    report.roots.push_back({root, faulttree::analyse(model.tree, root, options)});
  print(stdout, format == "json" ? faultTreeJson(report) : faultTreeText(report));
  return ExitClean;
}

} // namespace relc::driver
