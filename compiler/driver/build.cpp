#include "backends/emit/parallel.h"
#include "backends/graph/graph.h"
#include "backends/prometheus/prometheus.h"
#include "compiler/diagnostics/render.h"
#include "compiler/driver/commands.h"
#include "compiler/driver/output_tree.h"
#include "compiler/driver/risk_register.h"
#include "compiler/driver/session.h"

#include <fmt/format.h>
#include <llvm/ADT/StringRef.h>
#include <llvm/Support/MemoryBuffer.h>
#include <llvm/Support/SHA256.h>
#include <llvm/Support/xxhash.h>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <map>

namespace relc::driver {
namespace {

/// A way from the judged model to files. A new backend is a row.
struct Backend {
  std::string_view name;
  emit::Output (*generate)(const Compilation&);
  std::string_view doc;
};

/// `system { outputs = … }`: all if it is not said.
bool wantsDocuments(const model::Model& model) {
  const auto outputs = model.listOf(model.system, model::attr("outputs"));
  return outputs.empty() || std::any_of(outputs.begin(), outputs.end(), [](const auto& value) {
           const auto* label = value.template as<model::Label>();
           return label && label->text == "documents";
         });
}

constexpr Backend backends[] = {
    {"prometheus",
     [](const Compilation& c) { return prometheus::generate(c.model, c.sources, {RELC_VERSION}); },
     "recording rules, burn-rate alerts, and the promtool tests that prove them"},
    {"graph",
     [](const Compilation& c) { return graph::generate(c.model, c.sources, {RELC_VERSION}); },
     "what needs what, for Graphviz, for Mermaid and as pictures"},
    {"risk",
     [](const Compilation& c) {
       return wantsDocuments(c.model) ? risk::generate(registerOf(c), RELC_VERSION)
                                      : emit::Output{};
     },
     "the risk register: what is known and not mended, by whom and until when"},
};

/// The backends of `--only`, or all. Nothing if a name is unknown; the error has been printed.
std::optional<std::vector<const Backend*>> chosen(const Invocation& invocation) {
  std::vector<const Backend*> result;
  if (!invocation.has("only")) {
    for (const Backend& backend : backends) result.push_back(&backend);
    return result;
  }
  std::string_view names = invocation.value("only");
  for (size_t at = 0; at <= names.size();) {
    size_t comma = std::min(names.find(',', at), names.size());
    std::string_view name = names.substr(at, comma - at);
    const auto* row = std::find_if(std::begin(backends), std::end(backends),
                                   [&](const Backend& b) { return b.name == name; });
    if (row == std::end(backends)) {
      std::string known;
      for (const Backend& b : backends)
        known += fmt::format("{}{}", known.empty() ? "" : ", ", b.name);
      print(stderr, fmt::format("relc: there is no output `{}`; known: {}\n", name, known));
      return std::nullopt;
    }
    result.push_back(row);
    at = comma + 1;
  }
  return result;
}

/// Names everything that the output and the findings depend on.
std::string digestOf(const Workspace& workspace, const Invocation& invocation,
                     const Settings& settings) {
  llvm::SHA256 hash;
  auto add = [&](std::string_view text) {
    hash.update(llvm::StringRef(std::to_string(text.size()) + ":"));
    hash.update(llvm::StringRef(text.data(), text.size()));
  };
  // Not only the version: a compiler that was built anew may write something else.
  if (auto self = llvm::MemoryBuffer::getFile("/proc/self/exe", false, false))
    add(fmt::format("{:016x}", llvm::xxh3_64bits((*self)->getBuffer())));
  add(settings.pipeline.now.toString());
  add(invocation.value("only"));
  add(invocation.value("env"));
  for (const SourceFile& file : workspace.files) {
    add(file.path);
    add(file.text);
  }
  workspace.libraries->inputs(workspace.files, add);
  auto bytes = hash.final();
  std::string out;
  for (uint8_t byte : bytes) out += fmt::format("{:02x}", byte);
  return out;
}

std::string counted(size_t files) {
  return fmt::format("{} file{}", files, files == 1 ? "" : "s");
}

std::string describe(const WriteReport& report, size_t files, const std::filesystem::path& out) {
  if (report.written == 0 && report.removed == 0)
    return fmt::format("{}: {}, nothing changed\n", out.string(), counted(files));
  std::string text = fmt::format("{}: {}, {} written, {} unchanged", out.string(), counted(files),
                                 report.written, report.unchanged);
  if (report.removed > 0) text += fmt::format(", {} removed", report.removed);
  return text + "\n";
}

} // namespace

int runBuild(const Invocation& invocation) {
  auto settings = settingsOf(invocation);
  auto wanted = settings ? chosen(invocation) : std::nullopt;
  Workspace workspace;
  if (!wanted || !open(invocation, workspace)) return ExitUnusable;
  bool text = settings->format == "text";

  std::filesystem::path out = invocation.has("out") ? std::filesystem::path(invocation.value("out"))
                                                    : workspace.root / "dist";
  std::string digest = digestOf(workspace, invocation, *settings);
  // The digest is recorded only by builds without findings, so nothing that should be said is lost.
  if (workspace.unreadable.empty() && isUpToDate(out, digest)) {
    if (text)
      print(stdout, fmt::format("{}: up to date\n", out.string()));
    else {
      Compilation nothing;
      nothing.workspaceFiles = workspace.files.size();
      report(nothing, *settings, stdout);
    }
    return ExitClean;
  }

  auto compilation = compileWorkspace(workspace, settings->pipeline);
  if (!knowsEnvironment(*compilation, settings->pipeline.environment)) return ExitUnusable;
  if (!text || !compilation->findings.empty())
    report(*compilation, *settings, text ? stderr : stdout);
  int status = exitStatus(*compilation, *settings);
  if (status != ExitClean) {
    if (text) print(stderr, "nothing was written\n");
    if (invocation.has("timings")) printTimings(*compilation);
    return status;
  }

  auto lap = [last = std::chrono::steady_clock::now(),
              &compilation](std::string_view name) mutable {
    auto now = std::chrono::steady_clock::now();
    compilation->timings.push_back({name, std::chrono::duration<double>(now - last).count()});
    last = now;
  };
  std::vector<emit::OutputFile> files;
  std::vector<std::string> notes;
  // What is drawn and listed is done beside the rules; the order of the rows is kept.
  std::vector<emit::Output> outputs(wanted->size());
  emit::inParallel(
      wanted->size(), [&](size_t i) { outputs[i] = (*wanted)[i]->generate(*compilation); }, 1);
  for (emit::Output& made : outputs) {
    std::move(made.files.begin(), made.files.end(), std::back_inserter(files));
    std::move(made.notes.begin(), made.notes.end(), std::back_inserter(notes));
  }
  lap("generate");
  size_t count = files.size();
  WriteOptions options;
  options.force = invocation.has("force");
  if (compilation->findings.empty()) options.inputsDigest = digest;
  options.onWait = [&] {
    print(stderr, fmt::format("relc: waiting for another build of `{}`\n", out.string()));
  };
  std::map<std::string, size_t> perFolder;
  for (const auto& file : files) ++perFolder[file.path.substr(0, file.path.rfind('/'))];
  WriteReport written = writeTree(out, std::move(files), options);
  lap("write");
  if (invocation.has("timings")) printTimings(*compilation);
  for (const std::string& line : written.foreign) print(stderr, fmt::format("relc: {}\n", line));
  if (!written.ok()) {
    print(stderr, fmt::format("relc: {}\n", written.error));
    return ExitUnusable;
  }
  if (text) {
    print(stdout, describe(written, count, out));
    for (const auto& [folder, n] : perFolder)
      print(stdout, fmt::format("  {}/: {}\n", folder, counted(n)));
    for (const std::string& note : notes) print(stdout, fmt::format("  {}\n", note));
  }
  return ExitClean;
}

} // namespace relc::driver
