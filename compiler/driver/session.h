#pragma once
// What `check` and `build` share: open, compile, report.

#include "compiler/diagnostics/terminal.h"
#include "compiler/driver/command_line.h"
#include "compiler/driver/workspace.h"
#include "compiler/pipeline.h"

#include <cstdio>
#include <memory>
#include <optional>

namespace relc::driver {

/// Options that several commands take, judged once.
struct Settings {
  PipelineOptions pipeline;
  diagnostics::Severity failAt = diagnostics::Severity::Error;
  size_t maxFindings = 20; ///< of each check; 0: no limit
  diagnostics::ColorChoice color = diagnostics::ColorChoice::Auto;
  std::string format = "text";
};
/// Nothing if an option's value is wrong; the error has been printed.
std::optional<Settings> settingsOf(const Invocation& invocation);

/// The clock of the build: `--now`, SOURCE_DATE_EPOCH, today (UTC).
std::optional<model::Date> clockOf(const Invocation& invocation, std::string& error);

/// Opens the workspace of PATH or the current folder. Returns false if there is none; the error has
/// been printed.
bool open(const Invocation& invocation, Workspace& workspace);

/// Compiles with the libraries that the workspace may import, and adds findings about files that
/// could not be read.
std::unique_ptr<Compilation> compileWorkspace(Workspace& workspace, PipelineOptions options);

/// Does the workspace have the environment that `--env` names? If not, the error has been printed.
bool knowsEnvironment(const Compilation& compilation, std::string_view name);

/// The workspace at `path`, judged. Null if there is none, or
/// not the environment that `--env` names; the error has been printed.
std::unique_ptr<Compilation> compileAt(std::string_view path, const Settings& settings);

/// Prints findings in the form that was asked for; text also gets a summary line.
void report(Compilation& compilation, const Settings& settings, std::FILE* out);
/// ExitFindings if a finding is at or above the level that fails.
int exitStatus(const Compilation& compilation, const Settings& settings);

/// `{"phases":[{"name":…,"seconds":…},…],"lines":…,"bytes":…}` on standard error.
void printTimings(const Compilation& compilation);

void print(std::FILE* out, std::string_view text);

} // namespace relc::driver
