#include "compiler/diagnostics/checks.h"
#include "compiler/diagnostics/printable.h"
#include "compiler/driver/commands.h"
#include "compiler/driver/session.h"

#include <fmt/format.h>
#include <llvm/ADT/StringRef.h>

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
  return ExitClean;
}

} // namespace

int runExplain(const Invocation& invocation) {
  if (invocation.arguments.empty()) return list();
  const std::string& word = invocation.arguments[0];
  auto check = diagnostics::findCheck(word);
  if (!check) {
    std::string near;
    unsigned best = 4;
    for (const auto& row : diagnostics::allChecks())
      for (std::string_view candidate : {row.code, row.name}) {
        unsigned distance = llvm::StringRef(word).edit_distance_insensitive(
            llvm::StringRef(candidate.data(), candidate.size()));
        if (distance < best) best = distance, near = candidate;
      }
    print(stderr, fmt::format("relc: no check is called `{}`{}\n", word,
                              near.empty() ? "; `relc explain` lists all"
                                           : fmt::format(", did you mean `{}`?", near)));
    return ExitUnusable;
  }
  const auto& info = diagnostics::info(*check);
  print(stdout, fmt::format("{} {} ({}, group {})\n\n", info.code, info.name,
                            toString(info.severity), info.group));
  // A page may show what must not be seen raw: direction marks, control characters.
  for (size_t at = 0; at < info.page.size();) {
    size_t end = std::min(info.page.find('\n', at), info.page.size());
    print(stdout, diagnostics::printable(info.page.substr(at, end - at)) + "\n");
    at = end + 1;
  }
  return ExitClean;
}

} // namespace relc::driver
