#include "compiler/diagnostics/render.h"
#include "compiler/driver/commands.h"
#include "compiler/driver/files.h"
#include "compiler/driver/session.h"
#include "compiler/syntax/parse.h"

#include <fmt/format.h>

namespace relc::driver {

int runDebug(const Invocation& invocation) {
  if (!invocation.arguments.empty() && invocation.arguments[0] == "faulttree") {
    Invocation here = invocation;
    here.arguments.erase(here.arguments.begin());
    return debugFaultTree(here);
  }
  if (invocation.arguments.size() != 2) {
    print(stderr, "relc: `relc debug` takes a phase and a path: relc debug "
                  "tokens|tree|model|faulttree PATH\n");
    return ExitUnusable;
  }
  const std::string& phase = invocation.arguments[0];
  const std::string& path = invocation.arguments[1];
  if (phase == "model") {
    auto settings = settingsOf(invocation);
    auto compilation = settings ? compileAt(path, *settings) : nullptr;
    if (!compilation) return ExitUnusable;
    print(stdout,
          model::print(compilation->model, compilation->sources, invocation.has("library")));
    print(stderr, diagnostics::summaryLine(compilation->findings) + "\n");
    return exitStatus(*compilation, *settings);
  }
  if (phase != "tokens" && phase != "tree") {
    print(stderr,
          fmt::format("relc: no phase is called `{}`; known: tokens, tree, model, faulttree\n",
                      phase));
    return ExitUnusable;
  }
  std::string text;
  if (std::string error = readWhole(path, text); !error.empty()) {
    print(stderr, fmt::format("relc: cannot read `{}`: {}\n", path, error));
    return ExitUnusable;
  }
  source::SourceManager sources;
  diagnostics::FindingList findings;
  auto file = sources.add(path, std::move(text));
  syntax::Tree tree = syntax::parse(sources, file, findings);
  print(stdout, phase == "tokens" ? syntax::printTokens(tree, sources) : syntax::printTree(tree));
  diagnostics::settle(findings.all(), sources);
  print(stderr, diagnostics::renderText(findings.all(), sources, {}));
  return findings.empty() ? ExitClean : ExitFindings;
}

} // namespace relc::driver
