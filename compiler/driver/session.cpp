#include "compiler/driver/session.h"

#include "compiler/diagnostics/render.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdlib>

namespace relc::driver {

using diagnostics::Severity;

void print(std::FILE* out, std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), out);
}

namespace {

bool parseNumber(std::string_view text, size_t& out) {
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size();
}

} // namespace

std::optional<model::Date> clockOf(const Invocation& invocation, std::string& error) {
  if (invocation.has("now")) {
    auto date = model::parseDate(invocation.value("now"));
    if (!date)
      error =
          fmt::format("`--now` takes a day such as 2026-11-23, not `{}`", invocation.value("now"));
    return date;
  }
  if (const char* epoch = std::getenv("SOURCE_DATE_EPOCH"); epoch && *epoch) {
    size_t seconds = 0;
    if (parseNumber(epoch, seconds) && seconds / 86400 < 3'000'000)
      return model::Date{static_cast<int32_t>(seconds / 86400)};
    error = fmt::format("SOURCE_DATE_EPOCH is no number of seconds: `{}`", epoch);
    return std::nullopt;
  }
  auto today = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
  return model::Date{static_cast<int32_t>(today.time_since_epoch().count())};
}

std::optional<Settings> settingsOf(const Invocation& invocation) {
  Settings settings;
  std::string error;
  auto clock = clockOf(invocation, error);
  if (clock) settings.pipeline.now = *clock;
  size_t number = 0;
  if (invocation.has("threads")) {
    if (parseNumber(invocation.value("threads"), number) && number >= 1 && number <= 1024)
      settings.pipeline.threads = static_cast<unsigned>(number);
    else
      error = fmt::format("`--threads` takes a number from 1 to 1024, not `{}`",
                          invocation.value("threads"));
  }
  if (invocation.has("max-findings") &&
      !parseNumber(invocation.value("max-findings"), settings.maxFindings))
    error =
        fmt::format("`--max-findings` takes a number, not `{}`", invocation.value("max-findings"));
  if (std::string_view deny = invocation.value("deny"); deny == "warnings" || deny == "notes")
    settings.failAt = deny == "warnings" ? Severity::Warning : Severity::Note;
  else if (!deny.empty())
    error = fmt::format("`--deny` takes `warnings` or `notes`, not `{}`", deny);
  if (auto color = diagnostics::parseColorChoice(invocation.value("color", "auto")))
    settings.color = *color;
  settings.pipeline.environment = invocation.value("env");
  settings.format = invocation.value("format", "text");
  if (error.empty()) return settings;
  print(stderr, fmt::format("relc: {}\n", error));
  return std::nullopt;
}

namespace {

bool openAt(std::string_view path, Workspace& workspace) {
  workspace = openWorkspace(path);
  if (workspace.error.empty()) return true;
  print(stderr, fmt::format("relc: {}\n", workspace.error));
  return false;
}

} // namespace

bool open(const Invocation& invocation, Workspace& workspace) {
  return openAt(invocation.argument(0, "."), workspace);
}

std::unique_ptr<Compilation> compileWorkspace(Workspace& workspace, PipelineOptions options) {
  options.folders = workspace.libraries.get();
  auto compilation = compile(std::move(workspace.files), options);
  for (const auto& problem : workspace.unreadable) {
    diagnostics::FindingList list;
    auto& finding = list.add(problem.outside ? diagnostics::Check::PathOutsideWorkspace
                                             : diagnostics::Check::UnreadableFile,
                             {}, fmt::format("cannot read `{}`: {}", problem.path, problem.reason));
    if (problem.outside)
      finding.because("a program that may read any file can publish what is secret")
          .suggest("copy what it needs into the workspace");
    else
      finding.suggest("what it declares is missing from everything that follows; make it readable "
                      "or move it away");
    compilation->findings.insert(compilation->findings.begin(), list.all().begin(),
                                 list.all().end());
  }
  return compilation;
}

bool knowsEnvironment(const Compilation& compilation, std::string_view name) {
  const auto& known = compilation.environments;
  if (name.empty() || std::find(known.begin(), known.end(), name) != known.end()) return true;
  print(
      stderr,
      known.empty()
          ? fmt::format("relc: the workspace declares no environment, so there is no `{}`\n", name)
          : fmt::format("relc: no environment is called `{}`; there are {}\n", name,
                        fmt::join(known, ", ")));
  return false;
}

std::unique_ptr<Compilation> compileAt(std::string_view path, const Settings& settings) {
  Workspace workspace;
  if (!openAt(path, workspace)) return nullptr;
  auto compilation = compileWorkspace(workspace, settings.pipeline);
  return knowsEnvironment(*compilation, settings.pipeline.environment) ? std::move(compilation)
                                                                       : nullptr;
}

void report(Compilation& compilation, const Settings& settings, std::FILE* out) {
  auto terminal = diagnostics::detectTerminal(settings.color, fileno(out));
  diagnostics::RenderOptions options{terminal.color, terminal.width, RELC_VERSION};
  if (compilation.accepted) options.accepted = &*compilation.accepted;
  auto& findings = compilation.findings;
  const auto& sources = compilation.sources;
  if (settings.format == "json")
    print(out, diagnostics::renderJson(findings, sources, options));
  else if (settings.format == "sarif")
    print(out, diagnostics::renderSarif(findings, sources, options));
  else if (settings.format == "github")
    print(out, diagnostics::renderGithub(findings, sources, options));
  else if (settings.format == "junit")
    print(out, diagnostics::renderJUnit(findings, sources, options));
  else {
    std::string summary = diagnostics::summaryLine(findings);
    auto shown = findings;
    auto leftOut =
        diagnostics::cap(shown, settings.maxFindings, settings.maxFindings == 0 ? 0 : 200);
    print(out, diagnostics::renderText(shown, sources, options));
    print(out, diagnostics::renderLeftOut(leftOut));
    if (!findings.empty()) print(out, "\n");
    print(out, fmt::format("{} in {} file{}, {} lines\n", summary, compilation.workspaceFiles,
                           compilation.workspaceFiles == 1 ? "" : "s", compilation.lines));
  }
}

int exitStatus(const Compilation& compilation, const Settings& settings) {
  for (const auto& finding : compilation.findings)
    if (finding.severity >= settings.failAt) return ExitFindings;
  return ExitClean;
}

void printTimings(const Compilation& compilation) {
  std::string out = "{\"phases\":[";
  for (size_t i = 0; i < compilation.timings.size(); ++i)
    out += fmt::format("{}{{\"name\":\"{}\",\"seconds\":{:.6f},\"lines\":{},\"bytes\":{}}}",
                       i > 0 ? "," : "", compilation.timings[i].name,
                       compilation.timings[i].seconds, compilation.lines, compilation.bytes);
  print(stderr, out + "]}\n");
}

} // namespace relc::driver
