#include "compiler/driver/command_line.h"

#include "compiler/driver/commands.h"

#include <fmt/format.h>
#include <llvm/ADT/StringRef.h>

#include <algorithm>
#include <array>
#include <cstdio>

namespace relc::driver {
namespace {

// clang-format off
constexpr auto optionTable = std::to_array<OptionInfo>({
{"--color", "WHEN", "auto|always|never", "Colours in text output; auto: on a terminal, unless NO_COLOR is set."},
{"--format", "FORM", "text|json|sarif|github|junit", "Form of what is printed."},
{"--now", "DATE", "", "The day by which expiry is judged; else SOURCE_DATE_EPOCH, else today."},
{"--deny", "SEVERITY", "warnings|notes", "Fail on warnings (or notes) too."},
{"--max-findings", "N", "", "Show at most N findings of each check; 0: all."},
{"--fix", "", "", "Apply the fixes that are mechanical to the sources."},
{"--threads", "N", "", "Threads to parse with; as many as there are processors if not given."},
{"--timings", "", "", "Print what each phase took, as JSON on standard error."},
{"--in", "PATH", "", "The workspace; else that of this folder."},
{"--out", "DIR", "", "Folder of the generated files; else `dist` in the workspace."},
{"--env", "NAME", "", "The environment to generate for; else the one of production. All are checked."},
{"--only", "NAMES", "", "Generate only these outputs, separated by commas."},
{"--force", "", "", "Overwrite and remove what others put or edited in the output folder."},
{"--check", "", "", "Change nothing; fail if a file is not in canonical layout."},
{"--stdout", "", "", "Print the formatted text instead of writing the files."},
{"--expr", "PROMQL", "", "Say what is known of the results of this expression."},
{"--library", "", "", "Show the declarations of modules too."},
{"--root", "NAME", "", "What to begin at; else everything at the top."},
{"--order", "N", "", "List cut sets up to this order; 3 if not given."},
{"--limit", "N", "", "List at most so many cut sets; 10000 if not given. All are counted."},
{"--budget", "N", "", "Nodes that a decision diagram may have; 8388608 if not given, 40 bytes each."},
{"--open-psa", "", "", "Print the tree below the roots in the Open-PSA format instead."},
{"--dot", "", "", "Print it as a graph for Graphviz instead, single points of failure marked."},
{"--output", "FILE", "", "Write to this file instead of standard output; -o for short."},
{"--operations", "", "", "Show operations on their own, instead of as a part of their component."},
{"--no-domains", "", "", "Leave the failure domains out."},
{"--help", "", "", "Show this help."},
});

constexpr auto commandTable = std::to_array<CommandInfo>({
{"check", "[PATH]", 1, "Judge a workspace.",
 "Reads all .rel files of the workspace that PATH (default: this folder) belongs to and reports what\n"
 "is wrong with it. Exit status: 0 nothing at error level, 1 findings, 2 no workspace, 3 a bug in relc.",
 "relc check --deny warnings",
 "--format --deny --max-findings --fix --now --color --threads --timings --help", runCheck},
{"build", "[PATH]", 1, "Judge a workspace and generate what runs it.",
 "Writes nothing if there is a finding at error level. Files that did not change are not touched;\n"
 "files that somebody else put or edited in the output folder are never overwritten without --force.",
 "relc build --out dist",
 "--env --out --only --force --format --deny --max-findings --now --color --threads --timings --help", runBuild},
{"fmt", "[PATH…]", 10000, "Bring sources into canonical layout.",
 "Formats files, or all .rel files below folders (default: this folder). `-` reads standard input and\n"
 "writes standard output. What does not parse stays as it is.",
 "relc fmt --check",
 "--check --stdout --help", runFmt},
{"explain", "[NAME]", 1, "Say what a check, anything that one can write, or PromQL means.",
 "NAME is a check by code or name (REL0103, unknown-name), a kind (service), an attribute\n"
 "(service.replicas, or replicas of all kinds that have it), a form (kill), a sort of value (duration),\n"
 "a module (std.http) or what it declares (http.availability). Without one, lists what there is.\n"
 "With --expr, says of PromQL which labels its results have and which token took the others, between\n"
 "which values they are, how far it looks back and which Prometheus it needs; with what the workspace\n"
 "that this folder belongs to declares of its metrics. As text, or with --format json.",
 "relc explain --expr 'sum by (job) (rate(http_requests_total[5m])) > 5'",
 "--expr --format=text|json --color --help", runExplain},
{"init", "[DIR]", 1, "Start a workspace.",
 "Writes a small system that checks clean and builds into an empty folder (default: this one).",
 "relc init reliability && relc build reliability",
 "--help", runInit},
{"faulttree", "FILE.xml", 1, "Judge a fault tree in the Open-PSA format.",
 "Counts the minimal cut sets of each root by order, lists the small ones, and computes the exact\n"
 "probability and the importance of each event. What does not fit the budget is bounded, and said to be.\n"
 "Exit status: 0 computed, 1 the model has errors, 2 it cannot be read, 3 a bug in relc.",
 "relc faulttree --format json cooling.xml",
 "--root --order --limit --budget --format=text|json --open-psa --dot --help", runFaultTree},
{"graph", "[PATH]", 1, "Draw what needs what.",
 "Components, operations, journeys and vendors, the failure domains in which they stand, and what needs\n"
 "(solid) and uses (dashed) what; single points of failure are marked. --root draws one journey, component\n"
 "or operation with all that is below it. Without --format the ending of FILE tells the form, else it is dot.",
 "relc graph --root place-order -o place-order.svg examples/online-shop",
 "--root --format=dot|mermaid|svg --output --operations --no-domains --env --now --help", runGraph},
{"why", "NAME [NAME]", 2, "Say what goes down with something, and what takes it down.",
 "NAME is a component, domain, vendor, operation or journey, or a team or person. Of one, says what goes\n"
 "down with it, alone or together with what else, who notices when and whom they call, and what is known\n"
 "and accepted; of what makes a promise, its smallest cut sets and what it can keep. Of two, says on which\n"
 "way the second takes the first down, or where that is stopped. A name that several have may stand behind\n"
 "its kind: 'team checkout'.",
 "relc why place-order orders-db",
 "--in --env --format=text|json --now --color --help", runWhy},
{"what-if", "LOSS", 1, "Say what happens if something is lost.",
 "LOSS names what is lost, separated by commas: components, vendors, failure domains, operations, so many\n"
 "instances of a component, people and teams. Says what is down and on which way, what goes on with less, what\n"
 "stands but would now fall with one thing more, and whose pages nobody answers.",
 "relc what-if \"lose eu-west-1a, 2 of checkout\"",
 "--in --env --format=text|json --now --color --help", runWhatIf},
{"risks", "[PATH]", 1, "Show the risk register.",
 "What is found of topology and risk and not accepted, and what is accepted, by whom and until when; what\n"
 "each takes down and costs, the worst first; and by how much each journey, component of tier 1 and what\n"
 "users reach follows what it needs. `relc build` writes the same to risk/.",
 "relc risks --format markdown",
 "--env --format=text|json|markdown|sarif --now --color --help", runRisks},
{"debug", "tokens|tree|model|faulttree PATH", 2, "Show what a phase of the compiler made of the sources.",
 "tokens and tree take one file, model and faulttree a workspace. faulttree prints what takes journeys,\n"
 "components of tier 1 and what users reach down, and who answers for them; --root picks one gate.",
 "relc debug faulttree --root place-order examples/online-shop",
 "--env --library --root --format=text|dot|open-psa|json --now --help", runDebug},
{"help", "[COMMAND]", 1, "Show help.", "", "relc help build", "--help", runHelp},
});
// clang-format on

int usageError(const std::string& message, std::string_view command = {}) {
  fmt::print(stderr, "relc: {}\nSee `relc {}{}--help`.\n", message, command,
             command.empty() ? "" : " ");
  return ExitUnusable;
}

template <class Rows>
std::string nearest(std::string_view word, const Rows& rows) {
  std::string best;
  unsigned bestDistance = 3;
  for (const auto& row : rows) {
    unsigned distance = llvm::StringRef(word.data(), word.size())
                            .edit_distance(llvm::StringRef(row.name.data(), row.name.size()));
    if (distance < bestDistance) {
      bestDistance = distance;
      best = row.name;
    }
  }
  return best.empty() ? std::string() : fmt::format(", did you mean `{}`?", best);
}

bool contains(std::string_view list, std::string_view word, char separator) {
  for (size_t at = 0; at <= list.size();) {
    size_t end = std::min(list.find(separator, at), list.size());
    if (list.substr(at, end - at) == word) return true;
    at = end + 1;
  }
  return false;
}

const OptionInfo* findOption(std::string_view name) {
  for (const auto& row : optionTable)
    if (row.name == name) return &row;
  return nullptr;
}

/// The option as a command takes it, with choices of its own if its row says so; nothing if it does
/// not take it.
std::optional<OptionInfo> optionOf(std::string_view names, const OptionInfo& row) {
  for (size_t at = 0; at <= names.size();) {
    const size_t end = std::min(names.find(' ', at), names.size());
    const std::string_view word = names.substr(at, end - at);
    const size_t equals = std::min(word.find('='), word.size());
    if (word.substr(0, equals) == row.name) {
      OptionInfo own = row;
      if (equals < word.size()) own.choices = word.substr(equals + 1);
      return own;
    }
    at = end + 1;
  }
  return std::nullopt;
}

/// "text, json" of "text|json".
std::string listed(std::string_view choices) {
  std::string out(choices);
  for (size_t bar; (bar = out.find('|')) != out.npos;) out.replace(bar, 1, ", ");
  return out;
}

std::string optionHelp(std::string_view names) {
  std::string out;
  for (const auto& each : optionTable) {
    const auto own = optionOf(names, each);
    if (!own) continue;
    const OptionInfo& row = *own;
    std::string left =
        fmt::format("{}{}{}", row.name, row.placeholder.empty() ? "" : " ", row.placeholder);
    out += fmt::format("  {:<20} {}", left, row.doc);
    if (!row.choices.empty()) out += fmt::format(" One of: {}.", listed(row.choices));
    out += '\n';
  }
  return out;
}

} // namespace

std::span<const CommandInfo> commands() {
  return commandTable;
}
std::span<const OptionInfo> options() {
  return optionTable;
}

std::string helpText() {
  std::string out = "relc, the reliability-as-code compiler\n\nUsage: relc COMMAND [OPTIONS] "
                    "[ARGUMENTS]\n\nCommands:\n";
  for (const auto& command : commandTable)
    out += fmt::format("  {:<10} {}\n", command.name, command.summary);
  out += "\nrelc COMMAND --help tells more, relc --version the version.\n";
  return out;
}

std::string helpText(const CommandInfo& command) {
  std::string out = fmt::format("{}\n\nUsage: relc {} [OPTIONS] {}\n", command.summary,
                                command.name, command.arguments);
  if (!command.details.empty()) out += fmt::format("\n{}\n", command.details);
  out += fmt::format("\nOptions:\n{}\nExample:\n  {}\n", optionHelp(command.optionNames),
                     command.example);
  return out;
}

int runCommandLine(std::span<const char* const> arguments) {
  if (arguments.empty()) {
    fmt::print(stderr, "{}", helpText());
    return ExitUnusable;
  }
  std::string_view first = arguments[0];
  if (first == "--help" || first == "-h") {
    fmt::print("{}", helpText());
    return ExitClean;
  }
  if (first == "--version" || first == "-V") {
    fmt::print("relc {}\n", RELC_VERSION);
    return ExitClean;
  }
  const auto* command = std::find_if(commandTable.begin(), commandTable.end(),
                                     [&](const auto& row) { return row.name == first; });
  if (command == commandTable.end())
    return usageError(fmt::format("unknown command `{}`{}", first, nearest(first, commandTable)));

  Invocation invocation;
  bool onlyArguments = false;
  for (size_t i = 1; i < arguments.size(); ++i) {
    std::string_view word = arguments[i];
    if (onlyArguments || word == "-" || !word.starts_with('-')) {
      invocation.arguments.emplace_back(word);
      continue;
    }
    if (word == "--") {
      onlyArguments = true;
      continue;
    }
    if (word == "-h") word = "--help";
    if (word == "-o") word = "--output";
    std::optional<std::string_view> value;
    if (size_t equals = word.find('='); equals != word.npos) {
      value = word.substr(equals + 1);
      word = word.substr(0, equals);
    }
    const OptionInfo* known = findOption(word);
    const auto option = known ? optionOf(command->optionNames, *known) : std::nullopt;
    if (!option)
      return usageError(fmt::format("`relc {}` has no option `{}`{}", command->name, word,
                                    known ? "" : nearest(word, optionTable)),
                        command->name);
    if (option->placeholder.empty() && value)
      return usageError(fmt::format("`{}` takes no value", word), command->name);
    if (!option->placeholder.empty() && !value) {
      if (i + 1 >= arguments.size())
        return usageError(fmt::format("`{}` needs a value: {} {}", word, word, option->placeholder),
                          command->name);
      value = arguments[++i];
    }
    if (!option->choices.empty() && !contains(option->choices, *value, '|'))
      return usageError(
          fmt::format("`{}` is no value of `{}`; known: {}", *value, word, listed(option->choices)),
          command->name);
    invocation.options[std::string(word.substr(2))] = value.value_or("");
  }
  if (invocation.has("help")) {
    fmt::print("{}", helpText(*command));
    return ExitClean;
  }
  if (invocation.arguments.size() > command->maxArguments)
    return usageError(
        fmt::format("too many arguments: `{}`", invocation.arguments[command->maxArguments]),
        command->name);
  return command->run(invocation);
}

int runHelp(const Invocation& invocation) {
  if (invocation.arguments.empty()) {
    fmt::print("{}", helpText());
    return ExitClean;
  }
  for (const auto& command : commandTable)
    if (command.name == invocation.arguments[0]) {
      fmt::print("{}", helpText(command));
      return ExitClean;
    }
  return usageError(fmt::format("unknown command `{}`{}", invocation.arguments[0],
                                nearest(invocation.arguments[0], commandTable)));
}

} // namespace relc::driver
