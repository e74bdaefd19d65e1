#include "compiler/diagnostics/fixes.h"
#include "compiler/driver/commands.h"
#include "compiler/driver/files.h"
#include "compiler/driver/session.h"

#include <fmt/format.h>

namespace relc::driver {

int runCheck(const Invocation& invocation) {
  auto settings = settingsOf(invocation);
  Workspace workspace;
  if (!settings || !open(invocation, workspace)) return ExitUnusable;
  auto compilation = compileWorkspace(workspace, settings->pipeline);
  if (invocation.has("fix")) {
    // Libraries outside of the workspace and standard modules are not ours to mend.
    auto fixed = diagnostics::applyFixes(compilation->mendable(), compilation->sources);
    for (const auto& [path, text] : fixed.files)
      if (std::string error = replaceFile(workspace.root / path, text); !error.empty()) {
        print(stderr, fmt::format("relc: cannot write `{}`: {}\n", path, error));
        return ExitUnusable;
      }
    print(stderr, fmt::format("relc: {} fix{} applied in {} file{}\n", fixed.applied,
                              fixed.applied == 1 ? "" : "es", fixed.files.size(),
                              fixed.files.size() == 1 ? "" : "s"));
    if (!fixed.files.empty()) {
      workspace = openWorkspace(workspace.root);
      compilation = compileWorkspace(workspace, settings->pipeline);
    }
  }
  report(*compilation, *settings, stdout);
  if (invocation.has("timings")) printTimings(*compilation);
  return exitStatus(*compilation, *settings);
}

} // namespace relc::driver
