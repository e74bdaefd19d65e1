// How the manual looks on a terminal.

#include "compiler/manual/terminal.h"

#include <catch2/catch.hpp>

#include <string>

using relc::manual::toTerminal;

namespace {

std::string shown(std::string_view markdown, unsigned width = 60) {
  return "\n" + toTerminal(markdown, width, false);
}

} // namespace

TEST_CASE("paragraphs are wrapped, code and headings stay", "[manual]") {
  CHECK(shown("# Title\n\nA paragraph over\ntwo lines that is longer than the terminal is wide.\n\n"
              "```rel\nservice checkout {\n  tier = tier1\n}\n```\n\n\nThe end.\n") == R"(
# Title

A paragraph over two lines that is longer than the terminal
is wide.

    service checkout {
      tier = tier1
    }

The end.
)");
}

TEST_CASE("marks that people do not read are taken off", "[manual]") {
  CHECK(shown("A [link](../kinds/team.md#x), `[no](link)`, **bold**, *so*, 2 * 3 * 4, \\${x} &lt; "
              "&#124;.\n<!-- a comment -->\n") == R"(
A link, `[no](link)`, bold, so, 2 * 3 * 4, ${x} < |.
)");
}

TEST_CASE("short code is not divided", "[manual]") {
  CHECK(shown("It is written here as `kill(count = 1, role = \"primary\")`, say.", 48) == R"(
It is written here as
`kill(count = 1, role = "primary")`, say.
)");
}

TEST_CASE("items of lists hang", "[manual]") {
  CHECK(
      shown(
          "- one that is too long for a line of forty columns\n- two\n\n1. first\n12. twelfth, and "
          "long enough to be wrapped\n",
          40) == R"(
- one that is too long for a line of
  forty columns
- two

1. first
12. twelfth, and long enough to be
    wrapped
)");
}

TEST_CASE("tables are columns, hanging text or records", "[manual]") {
  CHECK(shown("| Unit | Is |\n|---|---|\n| `ms` | 0.001 s |\n| `h` | 3600 s |\n") == R"(
Unit  Is
`ms`  0.001 s
`h`   3600 s
)");
  CHECK(
      shown(
          "| | |\n|---|---|\n| `slo a` | There is one server that takes writes, and only one. |\n",
          40) == R"(
`slo a`  There is one server that takes
         writes, and only one.
)");
  CHECK(shown("| Attribute | Takes | Default | What it says |\n|---|---|---|---|\n"
              "| `tier` | `a` \\| `b` | | How much depends on it.<br>`tier = a` |\n"
              "| `b` | a number | `1` | Another. |\n",
              40) == R"(
`tier`
    Takes         `a` | `b`
    What it says  How much depends on
                  it.
                  `tier = a`

`b`
    Takes         a number
    Default       `1`
    What it says  Another.
)");
}

TEST_CASE("what acts on a terminal is shown", "[manual]") {
  std::string text = toTerminal(
      "a \x1b[31m b\n\n```\n\x1b]0;x\x07\n```\n\n| \x1b[0m | x |\n|---|---|\n", 80, false);
  CHECK(text.find('\x1b') == std::string::npos);
  CHECK(text.find('\x07') == std::string::npos);
}

TEST_CASE("any text ends", "[manual]") {
  for (std::string_view part :
       {"`", "[", "](", "*", "| ", "|\n", "\\", "&#", "- ", "#\n", "```\n", "<br>"}) {
    std::string text;
    for (int i = 0; i < 2000; ++i) text += part;
    CAPTURE(part);
    CHECK(toTerminal(text, 80, true).size() < 10 * text.size() + 100);
  }
}
