#pragma once
// The table of commands and options. Parsing, `--help`, shell completion and man pages all read it.

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace relc::driver {

/// Exit statuses, as every command uses them.
enum Exit : int { ExitClean = 0, ExitFindings = 1, ExitUnusable = 2, ExitInternal = 3 };

struct OptionInfo {
  std::string_view name;        ///< "--out"
  std::string_view placeholder; ///< "DIR"; empty for a switch
  std::string_view choices;     ///< "text|json"; empty if free
  std::string_view doc;
};

/// What somebody typed, taken apart.
struct Invocation {
  std::map<std::string, std::string, std::less<>> options; ///< by name without dashes
  std::vector<std::string> arguments;
  [[nodiscard]] bool has(std::string_view name) const {
    return options.find(name) != options.end();
  }
  [[nodiscard]] std::string_view value(std::string_view name,
                                       std::string_view otherwise = {}) const {
    auto it = options.find(name);
    return it == options.end() ? otherwise : std::string_view(it->second);
  }
  [[nodiscard]] std::string_view argument(size_t i, std::string_view otherwise = {}) const {
    return i < arguments.size() ? std::string_view(arguments[i]) : otherwise;
  }
};

struct CommandInfo {
  std::string_view name;
  std::string_view arguments; ///< "[PATH]"
  size_t maxArguments;
  std::string_view summary;
  std::string_view details;
  std::string_view example;
  /// Separated by blanks, rows of the option table; with choices of their own if they differ:
  /// `--format=text|dot`.
  std::string_view optionNames;
  int (*run)(const Invocation&);
};

std::span<const CommandInfo> commands();
std::span<const OptionInfo> options();

std::string helpText();
std::string helpText(const CommandInfo& command);

/// Runs what the arguments say (without the program's name).
int runCommandLine(std::span<const char* const> arguments);

} // namespace relc::driver
