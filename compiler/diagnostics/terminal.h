#pragma once
// Whether the reader is a terminal that shows colours, and how wide it is.

#include <optional>
#include <string>
#include <string_view>

namespace relc::diagnostics {

enum class ColorChoice { Auto, Always, Never };

/// The values of `--color`; nothing for any other word.
std::optional<ColorChoice> parseColorChoice(std::string_view word);

struct Terminal {
  bool color = false;
  unsigned width = 0; ///< columns; 0 if the output is not a terminal
};

/// What the decision depends on; unset variables are empty.
struct TerminalFacts {
  bool isTerminal = false;
  std::string noColor;        ///< NO_COLOR, https://no-color.org: any text but none
  std::string cliColorForce;  ///< CLICOLOR_FORCE, http://bixense.com/clicolors: any text but "0"
  std::string term;           ///< TERM
  std::string columns;        ///< COLUMNS
  unsigned windowColumns = 0; ///< what the terminal says itself, 0 if it does not
};

/// `--color` wins over NO_COLOR, that over CLICOLOR_FORCE, that over what the terminal can do.
Terminal decideTerminal(ColorChoice choice, const TerminalFacts& facts);

/// The same for a file descriptor and the environment of this process.
Terminal detectTerminal(ColorChoice choice, int fileDescriptor);

} // namespace relc::diagnostics
