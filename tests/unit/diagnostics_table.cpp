// The table of checks, the order of findings, fixes, limits, the terminal.

#include "compiler/diagnostics/columns.h"
#include "compiler/diagnostics/fixes.h"
#include "compiler/diagnostics/render.h"
#include "compiler/diagnostics/terminal.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>

using namespace relc::diagnostics;
using relc::source::FileId;
using relc::source::SourceManager;

TEST_CASE("the table is sorted, and found by code and name", "[diagnostics]") {
  REQUIRE_FALSE(allChecks().empty());
  CHECK(std::is_sorted(allChecks().begin(), allChecks().end(),
                       [](const CheckInfo& a, const CheckInfo& b) { return a.code < b.code; }));
  for (const CheckInfo& check : allChecks()) {
    CHECK(&info(check.check) == &check);
    CHECK(findCheck(check.code) == check.check);
    CHECK(findCheck(check.name) == check.check);
    CHECK(check.page.substr(0, 2) == "# ");
    CHECK(check.summary.back() == '.');
    CHECK(check.bad.empty() == check.mended.empty());
    CHECK((check.bad.empty() || check.bad != check.mended));
  }
  CHECK(findCheck("rel0103") == Check::UnknownName);
  CHECK_FALSE(findCheck("Unknown-Name"));
  CHECK_FALSE(findCheck(""));
  CHECK(info(Check::UnusedImport).severity == Severity::Warning);
  CHECK(info(Check::UnreadableFile).bad.empty());
  // Pages may hold any text, this one the mark that it warns of.
  CHECK(info(Check::InvalidEncoding).bad.find("\u202e") != std::string_view::npos);
  CHECK(toString(Severity::Note) == "note");
}

TEST_CASE("findings are settled by path, place, code and message, each once", "[diagnostics]") {
  SourceManager sources;
  FileId b = sources.add("b.rel", "text");
  FileId a = sources.add("a.rel", "text");
  FindingList list;
  list.add(Check::UnknownName, {b, 0, 1}, "2");
  list.add(Check::UnknownName, {a, 2, 3}, "2");
  list.add(Check::UnknownName, {a, 2, 3}, "1");
  list.add(Check::UnknownName, {a, 2, 3}, "1").because("other");
  list.add(Check::UnknownName, {a, 2, 3}, "1");
  list.add(Check::SyntaxError, {a, 2, 3}, "9");
  list.add(Check::UnknownName, {a, 1, 2}, "3");
  list.add(Check::UnknownName, {}, "no place");
  std::vector<Finding> reversed(list.all().rbegin(), list.all().rend());
  for (std::vector<Finding>* findings : {&list.all(), &reversed}) {
    settle(*findings, sources);
    std::string order;
    for (const Finding& finding : *findings) {
      const auto& range = finding.primary.range;
      order += range.valid() ? sources.path(range.file).substr(0, 1) : "-";
      order += finding.message + (finding.why.empty() ? " " : "w ");
    }
    CHECK(order == "-no place a3 a9 a1 a2 b2 ");
  }
}

TEST_CASE("the same fault at the same place is said once, and counted", "[diagnostics]") {
  SourceManager sources;
  FileId file = sources.add("profile.rel", "threshold of a user and more");
  auto users = [&](uint32_t count) {
    FindingList list;
    for (uint32_t i = count; i-- > 0;)
      list.add(Check::TypeMismatch, {file, 0, 9}, "no duration")
          .at({file, 13 + i, 14 + i}, "used here");
    return std::move(list.all());
  };
  std::vector<Finding> findings = users(5);
  for (Finding& twice : users(5)) findings.push_back(std::move(twice));
  findings.push_back(users(1)[0]);
  findings.back().message = "other";
  findings.push_back(users(1)[0]);
  findings.back().environments = {"staging"};
  for (int again = 0; again < 2; ++again) {
    settle(findings, sources);
    REQUIRE(findings.size() == 3);
    CHECK(findings[0].morePlaces == 4);
    REQUIRE(findings[0].secondary.size() == 1);
    CHECK(findings[0].secondary[0].range.begin == 13); // the first in the text, whoever came first
    CHECK(findings[1].environments == std::vector<std::string>{"staging"});
    CHECK(findings[1].morePlaces == 0);
    CHECK(findings[2].message == "other");
  }
  std::vector<Finding> none;
  settle(none, sources);
  CHECK(none.empty());
}

TEST_CASE("findings are counted and capped, errors first", "[diagnostics]") {
  std::vector<Finding> findings;
  CHECK(summaryLine(findings) == "no findings");
  auto add = [&](Check check, int count) {
    for (int i = 0; i < count; ++i)
      findings.push_back({check, info(check).severity, std::to_string(i), {}, {}, {}, {}, {}});
  };
  add(Check::UnusedImport, 1);
  add(Check::UnknownName, 57);
  add(Check::UnusedDeclaration, 5);
  add(Check::SyntaxError, 2);
  CHECK(summaryLine(findings) == "59 errors, 6 warnings");

  std::vector<Finding> some = findings;
  CHECK(renderLeftOut(cap(some)) ==
        "… and 37 more REL0103 unknown-name (show all with --max-findings 0)\n");
  CHECK(some.size() == 28);

  some = findings;
  CHECK(renderLeftOut(cap(some, 20, 23)) ==
        "… and 37 more REL0103 unknown-name (show all with --max-findings 0)\n"
        "… and 5 more REL0111 unused-declaration (show all with --max-findings 0)\n");
  REQUIRE(some.size() == 23);
  CHECK(some.front().check == Check::UnusedImport);
  CHECK(some.back().check == Check::SyntaxError);

  some = findings;
  CHECK(cap(some, 0, 0).empty());
  CHECK(some.size() == findings.size());
}

TEST_CASE("fixes are applied whole, once, and to the byte", "[diagnostics]") {
  SourceManager sources;
  FileId file = sources.add("a.rel", "\xff one\r\ntwo: three,\r\n");
  FileId other = sources.add("b.rel", "x");
  sources.add("c.rel", "untouched");
  FindingList list;
  auto add = [&]() -> Finding& { return list.add(Check::ForeignSyntax, {file, 0, 1}, "m"); };
  add().fix("a", {{{file, 17, 18}, ""}, {{file, 10, 11}, " ="}, {{other, 1, 1}, "\xfe"}});
  add().fix("overlaps", {{{other, 0, 1}, "y"}, {{file, 9, 11}, "no"}});
  add().fix("inserts at the same place", {{{other, 1, 1}, "z"}});
  add().fix("is a choice", {{{other, 0, 1}, "1"}}).fix("or", {{{other, 0, 1}, "2"}});
  add().fix("is outside", {{{other, 0, 99}, "1"}});
  add().fix("inserts before", {{{file, 10, 10}, "!"}});
  add().fix("touches", {{{file, 7, 10}, "TWO"}});
  const FixedFiles fixed = applyFixes(list.all(), sources);
  CHECK(fixed.applied == 2);
  CHECK(fixed.skipped == 4);
  REQUIRE(fixed.files.size() == 2);
  CHECK(fixed.files.at("a.rel") == "\xff one\r\nTWO = three\r\n");
  CHECK(fixed.files.at("b.rel") == "x\xfe");
}

TEST_CASE("columns of long lines agree with a plain count", "[diagnostics]") {
  std::string text = "first\n";
  for (int i = 0; i < 3000; ++i) text += i % 3 == 0 ? "\U0001f600" : i % 3 == 1 ? "\xe9" : "é";
  SourceManager sources;
  FileId file = sources.add("a.rel", text);
  Columns columns(sources);
  uint32_t characters = 1;
  uint32_t units = 1;
  for (uint32_t at = 6, i = 0; at < text.size(); ++i) {
    // Backwards, too: the order of questions must not matter.
    const Place place = columns.at(file, at);
    CHECK((place.line == 2 && place.character == characters && place.utf16 == units));
    if (i % 500 == 499) CHECK(columns.at(file, 6).utf16 == 1);
    characters += 1;
    units += i % 3 == 0 ? 2 : 1;
    at += i % 3 == 0 ? 4 : i % 3 == 1 ? 1 : 2;
  }
  CHECK(columns.at(file, 1000000).character == 3001);
  CHECK(columns.at(file, 3).character == 4);
}

TEST_CASE("colours and width follow the usual conventions", "[diagnostics]") {
  const TerminalFacts terminal{true, "", "", "xterm-256color", "", 120};
  auto with = [&](auto change) {
    TerminalFacts facts = terminal;
    change(facts);
    return facts;
  };
  auto color = [](const TerminalFacts& facts, ColorChoice choice = ColorChoice::Auto) {
    return decideTerminal(choice, facts).color;
  };
  CHECK(color(terminal));
  CHECK_FALSE(color(terminal, ColorChoice::Never));
  CHECK_FALSE(color(TerminalFacts{}));
  CHECK(color(TerminalFacts{}, ColorChoice::Always));
  CHECK_FALSE(color(with([](auto& f) { f.noColor = "1"; })));
  CHECK(color(with([](auto& f) { f.noColor = "1"; }), ColorChoice::Always));
  CHECK_FALSE(color(with([](auto& f) { f.term = "dumb"; })));
  CHECK(color(with([](auto& f) { f.isTerminal = false, f.cliColorForce = "1"; })));
  CHECK_FALSE(color(with([](auto& f) { f.isTerminal = false, f.cliColorForce = "0"; })));
  CHECK_FALSE(color(with([](auto& f) { f.noColor = "1", f.cliColorForce = "1"; })));

  auto width = [](const TerminalFacts& facts) {
    return decideTerminal(ColorChoice::Auto, facts).width;
  };
  CHECK(width(terminal) == 120);
  CHECK(width(with([](auto& f) { f.columns = "90"; })) == 90);
  CHECK(width(with([](auto& f) { f.columns = "wide"; })) == 120);
  CHECK(width(with([](auto& f) { f.columns = "3"; })) == 40);
  CHECK(width(with([](auto& f) { f.windowColumns = 0; })) == 80);
  CHECK(width(with([](auto& f) { f.isTerminal = false, f.columns = "90"; })) == 0);
  CHECK(parseColorChoice("always") == ColorChoice::Always);
  CHECK_FALSE(parseColorChoice("yes"));
}
