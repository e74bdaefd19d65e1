#include "compiler/diagnostics/checks.h"
#include "compiler/driver/commands.h"
#include "compiler/driver/session.h"
#include "compiler/manual/manual.h"
#include "compiler/manual/terminal.h"
#include "compiler/pipeline.h"

#include <fmt/format.h>
#include <llvm/ADT/StringRef.h>

#include <algorithm>

namespace relc::driver {

namespace {

int list() {
  std::string_view group;
  for (const auto& check : diagnostics::allChecks()) {
    if (check.group != group)
      print(stdout, fmt::format("{}{}\n", group.empty() ? "" : "\n", check.group));
    group = check.group;
    print(stdout, fmt::format("  {}  {:<8} {:<28} {}\n", check.code, toString(check.severity),
                              check.name, check.summary));
  }
  for (const auto& [title, topics] : manual::contents()) {
    print(stdout, fmt::format("\n{}\n", title));
    for (const auto& topic : topics)
      print(stdout, fmt::format("  {:<28} {}\n", topic.name, topic.text));
  }
  return ExitClean;
}

/// The name that was probably meant; empty if none is near.
std::string nearest(std::string_view word) {
  auto limit = static_cast<unsigned>(std::clamp<size_t>((word.size() + 1) / 3, 1, 4));
  std::string best;
  unsigned bestDistance = limit + 1;
  for (const std::string& name : manual::names()) {
    unsigned distance = llvm::StringRef(word.data(), word.size())
                            .edit_distance_insensitive(name, true, bestDistance);
    if (distance < bestDistance) bestDistance = distance, best = name;
  }
  return best;
}

} // namespace

int runExplain(const Invocation& invocation) {
  if (invocation.has("expr")) return explainExpression(invocation);
  if (invocation.arguments.empty()) return list();
  auto color = diagnostics::parseColorChoice(invocation.value("color", "auto"));
  auto terminal =
      diagnostics::detectTerminal(color.value_or(diagnostics::ColorChoice::Auto), fileno(stdout));
  const std::string& word = invocation.arguments[0];
  auto topics = manual::explain(word);
  if (topics.empty()) {
    std::string near = nearest(word);
    print(stderr, fmt::format("relc: nothing is called `{}`{}\n", word,
                              near.empty() ? "; `relc explain` lists what can be explained"
                                           : fmt::format(", did you mean `{}`?", near)));
    return ExitUnusable;
  }
  std::string text;
  for (const auto& topic : topics) {
    if (!text.empty()) text += '\n';
    text += manual::toTerminal(topic.text, terminal.width, terminal.color);
  }
  print(stdout, text);
  return ExitClean;
}

} // namespace relc::driver
