#include "compiler/diagnostics/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>

namespace relc::diagnostics {

namespace {

/// Narrower than this nothing can be laid out, wider than this no window is.
constexpr unsigned narrowest = 40;
constexpr unsigned widest = 1000;
constexpr unsigned usual = 80;

unsigned widthOf(const TerminalFacts& facts) {
  if (!facts.isTerminal) return 0;
  unsigned width = 0;
  const char* end = facts.columns.data() + facts.columns.size();
  auto [stop, error] = std::from_chars(facts.columns.data(), end, width);
  if (error != std::errc() || stop != end || width == 0) width = facts.windowColumns;
  return std::clamp(width == 0 ? usual : width, narrowest, widest);
}

bool colorOf(ColorChoice choice, const TerminalFacts& facts) {
  if (choice != ColorChoice::Auto) return choice == ColorChoice::Always;
  if (!facts.noColor.empty()) return false;
  if (!facts.cliColorForce.empty() && facts.cliColorForce != "0") return true;
  return facts.isTerminal && !facts.term.empty() && facts.term != "dumb";
}

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

} // namespace

std::optional<ColorChoice> parseColorChoice(std::string_view word) {
  if (word == "auto") return ColorChoice::Auto;
  if (word == "always") return ColorChoice::Always;
  if (word == "never") return ColorChoice::Never;
  return std::nullopt;
}

Terminal decideTerminal(ColorChoice choice, const TerminalFacts& facts) {
  return {colorOf(choice, facts), widthOf(facts)};
}

Terminal detectTerminal(ColorChoice choice, int fileDescriptor) {
  TerminalFacts facts;
  facts.isTerminal = isatty(fileDescriptor) == 1;
  facts.noColor = variable("NO_COLOR");
  facts.cliColorForce = variable("CLICOLOR_FORCE");
  facts.term = variable("TERM");
  facts.columns = variable("COLUMNS");
  winsize window{};
  if (facts.isTerminal && ioctl(fileDescriptor, TIOCGWINSZ, &window) == 0)
    facts.windowColumns = window.ws_col;
  return decideTerminal(choice, facts);
}

} // namespace relc::diagnostics
