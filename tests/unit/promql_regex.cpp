// RE2 syntax as Go reads it, and matching.

#include "compiler/promql/promql.h"
#include "compiler/promql/regex.h"

#include <catch2/catch.hpp>

using namespace relc::promql;

TEST_CASE("promql: regular expressions that compile", "[promql]") {
  for (const std::string_view pattern : {"",
                                         "a|b",
                                         "(a)(?:b)(?P<n>c)(?<m>d)",
                                         "[]a]",
                                         "[^]a]",
                                         "[a-z\\d-]",
                                         "[[:alpha:][:^digit:]]",
                                         "\\pL\\p{Greek}\\P{^Lu}",
                                         "a{2}b{2,}c{2,3}?",
                                         "a{,3}",
                                         "a{",
                                         "a{01}",
                                         "\\Qa.b\\E+",
                                         "\\x41\\x{1F600}\\012\\0",
                                         "(?i)a(?-i:b)",
                                         "(?s-U:.)",
                                         "^$\\A\\z\\b\\B",
                                         "\\.\\-\\_",
                                         "a(?i)*",
                                         "((a{10}){10}){10}",
                                         "[a-b-c]",
                                         "||",
                                         "()"}) {
    CAPTURE(pattern);
    CHECK(Regex(pattern).problem().empty());
  }
}

TEST_CASE("promql: regular expressions that do not, in Go's words", "[promql]") {
  const std::pair<std::string_view, std::string_view> broken[] = {
      {"(", "missing closing ): `(`"},
      {"a)b", "unexpected ): `a)b`"},
      {"[a", "missing closing ]: `[a`"},
      {"[z-a]", "invalid character class range: `z-a`"},
      {"[[:foo:]]", "invalid character class range: `[:foo:]`"},
      {"\\p{Foo}", "invalid character class range: `\\p{Foo}`"},
      {"\\8", "invalid escape sequence: `\\8`"},
      {"\\1", "invalid escape sequence: `\\1`"},
      {"\\x4", "invalid escape sequence: `\\x4`"},
      {"\\Z", "invalid escape sequence: `\\Z`"},
      {"a**", "invalid nested repetition operator: `**`"},
      {"a*?*", "invalid nested repetition operator: `*?*`"},
      {"a{2}{3}", "invalid nested repetition operator: `{2}{3}`"},
      {"*", "missing argument to repetition operator: `*`"},
      {"a|*", "missing argument to repetition operator: `*`"},
      {"a{1001}", "invalid repeat count: `{1001}`"},
      {"a{2,1}", "invalid repeat count: `{2,1}`"},
      {"((a{10}){10}){11}", "invalid repeat count: `{11}`"},
      {"(?=a)", "invalid or unsupported Perl syntax: `(?=`"},
      {"(?x)", "invalid or unsupported Perl syntax: `(?x`"},
      {"(?i-)", "invalid or unsupported Perl syntax: `(?i-)`"},
      {"(?P<>a)", "invalid named capture: `(?P<>`"},
      {"\\", "trailing backslash at end of expression: ``"},
  };
  for (const auto& [pattern, problem] : broken) {
    CAPTURE(pattern);
    CHECK(Regex(pattern).problem() == "error parsing regexp: " + std::string(problem));
  }
  CHECK_FALSE(Regex(std::string(5000, '(') + std::string(5000, ')')).problem().empty());
  std::string large;
  for (int i = 0; i < 5000; ++i) large += "x{1000}";
  CHECK(Regex(large).problem() == "error parsing regexp: expression too large");
}

TEST_CASE("promql: matching", "[promql]") {
  const auto accepts = [](std::string_view pattern, std::string_view text) {
    return matches({"a", MatchOp::Regex, std::string(pattern)}, text);
  };
  CHECK(accepts("a|b", "b"));
  CHECK_FALSE(accepts("a|b", "ab"));
  CHECK(accepts("5..", "503"));
  CHECK_FALSE(accepts("5..", "5033"));
  CHECK(accepts(".*", ""));
  CHECK_FALSE(accepts(".+", ""));
  CHECK(accepts(".", "\n"));
  CHECK(accepts("é+", "éé"));
  CHECK(accepts("[^a]", "é"));
  CHECK(accepts("(?i)AbC", "aBc"));
  CHECK(accepts("a{2,3}", "aaa"));
  CHECK_FALSE(accepts("a{2,3}", "aaaa"));
  CHECK(accepts("(ab)*", "ababab"));
  CHECK(accepts("^ab$", "ab"));
  CHECK_FALSE(accepts("a\\b-\\Bb", "a-b"));
  CHECK(accepts("a\\b.*", "a-b"));
  CHECK_FALSE(accepts("(a*)*b", std::string(5000, 'a')));
  CHECK(accepts("\\d+\\s\\w[[:upper:]]", "42 xY"));
  CHECK(accepts("\\pL", "a")); // it cannot be told
  CHECK(matches({"a", MatchOp::NotRegex, "\\pL"}, "a"));
  CHECK_FALSE(accepts("\\pL", ""));
  CHECK(accepts("(", "a"));
  CHECK(matches({"a", MatchOp::NotRegex, "x.*"}, "y"));
  CHECK(matches({"a", MatchOp::NotEqual, "x"}, ""));
}

TEST_CASE("promql: patterns that are lists of plain strings", "[promql]") {
  CHECK(Regex("a|b.c|d").literals() == std::nullopt);
  CHECK(Regex("a|bc|").literals() == std::vector<std::string>{"a", "bc", ""});
  CHECK(Regex("checkout").literals() == std::vector<std::string>{"checkout"});
  CHECK(Regex("a\\.b").literals() == std::vector<std::string>{"a.b"});
  CHECK(Regex("x.*").literals() == std::nullopt);
}
