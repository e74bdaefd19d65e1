#include "compiler/driver/commands.h"
#include "compiler/driver/files.h"
#include "compiler/driver/session.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace relc::driver {
namespace fs = std::filesystem;

namespace {

/// A name that Rel accepts, after the folder's.
std::string systemName(const fs::path& folder) {
  std::string name = fs::weakly_canonical(folder).filename();
  for (char& c : name)
    if (!std::isalnum(static_cast<unsigned char>(c)) && c != '_') c = '-';
  name.erase(0, std::min(name.find_first_not_of("-0123456789"), name.size()));
  while (name.ends_with('-')) name.pop_back();
  constexpr std::string_view reserved[] = {"import", "let", "true", "false"};
  if (std::find(std::begin(reserved), std::end(reserved), name) != std::end(reserved))
    name += "-system";
  return name.empty() ? "my-system" : name;
}

constexpr std::string_view systemFile =
    R"(/// Describe in a sentence what this system does for its users.
system @NAME@ {
  window = 30d

  prometheus { scrape_interval = 15s  evaluation_interval = 30s }
  runbooks   { url = "https://runbooks.example.com/@NAME@" }
}

team my-team { chat = my-team-channel }
)";

constexpr std::string_view serviceFile = R"(import std.http

/// What users come for. Rename it, and say in a sentence what it does.
service web {
  owner       = my-team
  tier        = tier1
  replicas    = 3
  quorum      = 2
  user_facing = true

  /// Visitors get an answer.
  slo availability {
    objective     = 99.9%
    sli           = http.availability({job="web"})
    runbook       = web-errors
    budget_policy = fixes-first
  }

  /// They get it before they lose patience.
  slo latency {
    objective     = 99%
    sli           = http.latency({job="web"}, under = 500ms)
    runbook       = web-errors
    budget_policy = fixes-first
  }

  runbook web-errors {
    summary = "The web service fails or is slow"

    step {
      do      = "See whether the newest release is to blame"
      command = "kubectl rollout history deployment/web"
      expect  = "The time of the last change; if it is that of the alert, undo it"
    }

    step {
      do      = "Undo the newest release"
      command = "kubectl rollout undo deployment/web"
      expect  = "The share of errors falls within five minutes"
    }
  }
}

/// What follows when a promise has been broken. Agree on it while all is well.
budget_policy fixes-first {
  at 100% { action = "Only what makes it more reliable is released"  stops = [features] }
}
)";

std::string fill(std::string_view text, const std::string& name) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i, 6) == "@NAME@") {
      out += name;
      i += 5;
    } else {
      out += text[i];
    }
  }
  return out;
}

} // namespace

int runInit(const Invocation& invocation) {
  fs::path folder =
      invocation.arguments.empty() ? fs::path(".") : fs::path(invocation.arguments[0]);
  std::error_code error;
  fs::create_directories(folder, error);
  if (error || !fs::is_directory(folder)) {
    print(stderr, fmt::format("relc: cannot make the folder `{}`: {}\n", folder.string(),
                              error ? error.message() : "something else is there"));
    return ExitUnusable;
  }
  for (const auto& entry : fs::directory_iterator(folder, error))
    if (entry.path().extension() == ".rel") {
      print(stderr,
            fmt::format("relc: `{}` already holds a workspace (`{}`); nothing was written\n",
                        folder.string(), entry.path().filename().string()));
      return ExitUnusable;
    }
  std::string name = systemName(folder);
  for (auto [file, text] : {std::pair<std::string_view, std::string_view>{"system.rel", systemFile},
                            {"web.rel", serviceFile}}) {
    if (std::string why = replaceFile(folder / file, fill(text, name)); !why.empty()) {
      print(stderr, fmt::format("relc: cannot write `{}`: {}\n", (folder / file).string(), why));
      return ExitUnusable;
    }
    print(stdout, fmt::format("wrote {}\n", (folder / file).lexically_normal().string()));
  }
  std::string where = invocation.arguments.empty() ? "" : " " + invocation.arguments[0];
  print(stdout, fmt::format("\nNext:\n  relc check{0}    what is wrong with it: nothing, for now\n"
                            "  relc build{0}    rules for Prometheus, and their tests, in dist/\n"
                            "Then tell it about your own services in web.rel.\n",
                            where));
  return ExitClean;
}

} // namespace relc::driver
