#include "backends/emit/markdown.h"
#include "tests/unit/emit_samples.h"

#include <catch2/catch.hpp>

using namespace relc::emit;

TEST_CASE("markdown: text can begin no markup", "[emit]") {
  CHECK(markdownText("plain words, 5.5 % of http_requests_total") ==
        "plain words, 5.5 % of http_requests_total");
  CHECK(markdownText("*a* _b_ `c` [d](e) <f> & ~g~ $h$ i|j \\") ==
        "\\*a\\* \\_b\\_ \\`c\\` \\[d\\](e) &lt;f&gt; &amp; \\~g\\~ \\$h\\$ i&#124;j \\\\");
  CHECK(markdownText("# a") == "\\# a");
  CHECK(markdownText("- a") == "\\- a");
  CHECK(markdownText("12. a") == "12\\. a");
  CHECK(markdownText("12) a") == "12\\) a");
  CHECK(markdownText("a - b # c 1. d") == "a - b # c 1. d");
  CHECK(markdownText("a #") == "a \\#");
  CHECK(markdownText("hey!") == "hey\\!");
  CHECK(markdownText("  a\r\nb\n") == "a b");
  CHECK(markdownText("\n") == "");
  CHECK(markdownText("a\x1B\xFFz") == "a\uFFFD\uFFFDz");
  CHECK(markdownText("\u202Eabc") == "&#8238;abc");
  CHECK(markdownCell("a|b\nc") == "a&#124;b<br>c");
}

TEST_CASE("markdown: code spans survive back-quotes", "[emit]") {
  CHECK(markdownCode("a") == "`a`");
  CHECK(markdownCode("a`b") == "``a`b``");
  CHECK(markdownCode("`a``b`") == "``` `a``b` ```");
  CHECK(markdownCode(" a ") == "`  a  `");
  CHECK(markdownCode(" ") == "` `");
  CHECK(markdownCode("") == "");
  CHECK(markdownCode("a\nb|c") == "`a b|c`");
  CHECK(markdownCodeCell("a`b") == "``a`b``");
  CHECK(markdownCodeCell("a|b<") == "<code>a&#124;b&#60;</code>");
}

TEST_CASE("markdown: blocks survive fences", "[emit]") {
  CHECK(markdownBlock("a\n", "promql") == "```promql\na\n```\n");
  CHECK(markdownBlock("a") == "```\na\n```\n");
  CHECK(markdownBlock("") == "```\n```\n");
  CHECK(markdownBlock("```\na\n````") == "`````\n```\na\n````\n`````\n");
  CHECK(markdownBlock("a\r\nb", "sh `x`\n") == "```shx\na\nb\n```\n");
}

TEST_CASE("markdown: links stay links, and harmless", "[emit]") {
  CHECK(markdownLink("a]b", "https://e.x/a?b=c&d=(e)") == "[a\\]b](<https://e.x/a?b=c&amp;d=(e)>)");
  CHECK(markdownLink("a", "x> <y\n") == "[a](<x%3E%20%3Cy%0A>)");
  CHECK(markdownLink("", "runbooks/a.md#b") == "[runbooks/a.md#b](<runbooks/a.md#b>)");
  CHECK(markdownLink("a", "JavaScript:alert(1)") == "a (JavaScript:alert(1))");
  CHECK(markdownLink("a", " javascript:alert(1)") == "a (javascript:alert(1))");
  CHECK(markdownLink("a", "data:text/html,b") == "a (data:text/html,b)");
  CHECK(markdownLink("a", "MAILTO:b@c.d") == "[a](<MAILTO:b@c.d>)");
}

TEST_CASE("markdown: inline text of any kind stays on its line", "[emit]") {
  std::mt19937 random(5);
  for (int i = 0; i < 3000; ++i) {
    const std::string text =
        i % 2 ? relc::test::randomText(random, 20) : relc::test::randomBytes(random, 40);
    const std::string all[] = {markdownText(text), markdownCell(text), markdownCode(text),
                               markdownCodeCell(text), markdownLink(text, text)};
    for (const auto& line : all) REQUIRE(line.find_first_of("\r\n") == std::string::npos);
    REQUIRE(all[1].find('|') == std::string::npos);
    REQUIRE(all[3].find('|') == std::string::npos);
  }
}
