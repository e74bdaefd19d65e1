// What the formatter does with bytes that no editor shows, and with texts that are hardly programs.

#include "tests/unit/format_samples.h"

#include <catch2/catch.hpp>

using namespace relc::syntax::tests;

namespace {

std::string format(std::string_view text) {
  std::string once = formatText(text).text;
  CHECK(formatText(once).text == once);
  return once;
}

std::string repeated(std::string_view text, int times) {
  std::string result;
  for (int i = 0; i < times; ++i) result += text;
  return result;
}

} // namespace

TEST_CASE("a text without members stays without", "[format]") {
  CHECK(format("").empty());
  CHECK(format(" \t\r\n\f\n").empty());
  CHECK(format("\xef\xbb\xbf").empty());
  CHECK(format("// one\n\n\n\n// two") == "// one\n\n// two\n");
}

TEST_CASE("lines end with one line feed", "[format]") {
  CHECK(format("let a = 1") == "let a = 1\n");
  CHECK(format("let a = 1\n\n\n") == "let a = 1\n");
  CHECK(format("let a = 1\r\n// b \t\r\nlet b = 2\r\n") == "let a = 1\n\n// b\nlet b = 2\n");
  CHECK(format("\f\xef\xbb\xbflet a = 1\n") == "\f\xef\xbb\xbflet a = 1\n"); // no mark there
  CHECK(format("\xef\xbb\xbf let a = 1\n") == "let a = 1\n");
}

TEST_CASE("the insides of literals and block comments stay byte by byte", "[format]") {
  CHECK(format("let a=\"\"\"\r\n  x \t\r\n\r\n\r\n  y\"\"\"\r\n") ==
        "let a = \"\"\"\r\n  x \t\r\n\r\n\r\n  y\"\"\"\n");
  CHECK(format("let a=`x \r\n  y `\n") == "let a = `x \r\n  y `\n");
  CHECK(format("  /* x \t\r\n\r\n\r\n y*/  \n") == "/* x \t\r\n\r\n\r\n y*/\n");
}

TEST_CASE("what has a mistake stays byte by byte", "[format]") {
  CHECK(format("let  a=1\r\n  service x {\t\r\n owner:  1 \t\r\n}\t \r\nlet  b=2\r\n") ==
        "let a = 1\n  service x {\t\r\n owner:  1 \t\r\n}\t \r\nlet b = 2\n");
  CHECK(format("let a =  'x'  ") == "let a =  'x'  \n");
  CHECK(format("service a { }  service b { x: 1 }\n") == "service a { }  service b { x: 1 }\n");
}

TEST_CASE("a carriage return alone is no end of a line", "[format]") {
  // It ends the comment, but what follows counts as part of its line.
  CHECK(format("service a {\n  b  =  1 // c\rd = 2\n}\n") ==
        "service a {\n  b  =  1 // c\rd = 2\n}\n");
  CHECK(format("let  a = 1\r+ 2\n") == "let a = 1 + 2\n");
}

TEST_CASE("widths are counted in characters", "[format]") {
  std::string wide = repeated("\xc3\xa4", 44);
  std::string narrow = repeated("\xc3\xa4", 40);
  std::string fits =
      "let a = [\"" + wide + "\", \"" + narrow + "\"]\n"; // 100 characters, 184 bytes
  CHECK(format(fits) == fits);
  CHECK(format("let a = [\"" + wide + "\", \"" + narrow + "x\"]\n") ==
        "let a = [\n  \"" + wide + "\",\n  \"" + narrow + "x\",\n]\n");
}

TEST_CASE("nesting has an end", "[format]") {
  for (int depth : {10, 99, 100, 101, 5000}) {
    CAPTURE(depth);
    std::string lists = "let a=" + repeated("[", depth) + "1" + repeated("]", depth) + "\n";
    CHECK(rawTokens(format(lists)) == rawTokens(lists));
    std::string blocks = repeated("service a {\n", depth) + repeated("}\n", depth);
    CHECK(rawTokens(format(blocks)) == rawTokens(blocks));
  }
  CHECK(format("service a { slo b { tier c {x=[ [ 1 ] ]} } }") ==
        "service a {\n  slo b {\n    tier c { x = [[1]] }\n  }\n}\n");
}

TEST_CASE("long lines cost no more than their length", "[format]") {
  std::string text = "let a = [" + repeated("f(x = [1, 2], {job=\"a\"}) + ", 20000) + "1]\n";
  text += "service a { " + repeated("x = 1 ", 20000) + "}\n";
  text += repeated("service a { x = [1] }\n", 20000);
  CHECK(rawTokens(formatText(text).text) == rawTokens(text));
}
