// How findings look on a terminal. Golden texts, because their look is what users get.

#include "compiler/diagnostics/printable.h"
#include "compiler/diagnostics/render.h"
#include "compiler/diagnostics/shown_line.h"

#include <catch2/catch.hpp>

#include <chrono>
#include <string>

using namespace relc::diagnostics;
using relc::source::FileId;
using relc::source::Range;
using relc::source::SourceManager;

namespace {

/// A program and a finding in it; `range` finds a place by its text.
struct Fixture {
  SourceManager sources;
  FileId file;
  FindingList list;

  explicit Fixture(std::string text) : file(sources.add("shop.rel", std::move(text))) {}

  Range range(std::string_view what, size_t skip = 0) { return rangeIn(file, what, skip); }
  Range rangeIn(FileId in, std::string_view what, size_t skip = 0) {
    size_t at = sources.text(in).find(what);
    while (skip-- > 0) at = sources.text(in).find(what, at + 1);
    REQUIRE(at != std::string_view::npos);
    return {in, static_cast<uint32_t>(at), static_cast<uint32_t>(at + what.size())};
  }
  Finding& add(const Range& range, std::string message = "`x` is unknown") {
    return list.add(Check::UnknownName, range, std::move(message));
  }
  std::string text(RenderOptions options = {}) {
    return "\n" + renderText(list.all(), sources, options);
  }
};

std::string lines(size_t count) {
  return std::string(count, '\n');
}

} // namespace

TEST_CASE("the finding of the manual looks as in the manual", "[diagnostics]") {
  SourceManager sources;
  FileId data = sources.add("shop/data.rel", lines(11) + "datastore orders-db {\n}\n");
  FileId checkout =
      sources.add("shop/checkout.rel", lines(30) + "  needs orders-db { timeout = 200ms }\n");
  FindingList list;
  list.add(Check::UnknownName, {data, 11, 30},
           "`orders-db` is a single point of failure for journey `place-order`")
      .label("one instance, in `eu-west-1a` only")
      .at({checkout, 32, 67}, "`checkout` is down without it")
      .because("losing `orders-db` or zone `eu-west-1a` alone takes down `place-order` (2 minimal "
               "cut sets of order 1)")
      .suggest("add a standby in another zone, or accept the risk: accept "
               "single-point-of-failure { … until = … }");
  CHECK("\n" + renderText(list.all(), sources, {}) == R"(
error[REL0103]: `orders-db` is a single point of failure for journey `place-order`
  --> shop/data.rel:12:1
   |
12 | datastore orders-db {
   | ^^^^^^^^^^^^^^^^^^^ one instance, in `eu-west-1a` only
   |
  ::: shop/checkout.rel:31:3
31 |   needs orders-db { timeout = 200ms }
   |   ----------------------------------- `checkout` is down without it
   = why: losing `orders-db` or zone `eu-west-1a` alone takes down `place-order` (2 minimal cut sets of order 1)
   = help: add a standby in another zone, or accept the risk: accept single-point-of-failure { … until = … }
   = more: relc explain REL0103
)");
}

TEST_CASE("reasons wrap under themselves, explanations are offered once", "[diagnostics]") {
  Fixture f("owner = paymets\n");
  for (int i = 0; i < 2; ++i)
    f.add(f.range("paymets"))
        .because("the owner is who is woken, and nobody of that name is declared in this system")
        .suggest("declare it:\nteam paymets {}");
  CHECK(f.text({false, 60, {}}) == R"(
error[REL0103]: `x` is unknown
 --> shop.rel:1:9
  |
1 | owner = paymets
  |         ^^^^^^^
  = why: the owner is who is woken, and nobody of that name
         is declared in this system
  = help: declare it:
          team paymets {}
  = more: relc explain REL0103

error[REL0103]: `x` is unknown
 --> shop.rel:1:9
  |
1 | owner = paymets
  |         ^^^^^^^
  = why: the owner is who is woken, and nobody of that name
         is declared in this system
  = help: declare it:
          team paymets {}
)");
}

TEST_CASE("labels of one file share a snippet", "[diagnostics]") {
  Fixture f("one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\nten\n");
  f.add(f.range("ten"))
      .label("here")
      .at(f.range("two"), "first")
      .at(f.range("four"), "second")
      .at(f.range("nine"), "third");
  CHECK(f.text() == R"(
error[REL0103]: `x` is unknown
  --> shop.rel:10:1
   |
 2 | two
   | --- first
 3 | three
 4 | four
   | ---- second
...
 9 | nine
   | ---- third
10 | ten
   | ^^^ here
   = more: relc explain REL0103
)");
}

TEST_CASE("labels of one line hang below each other", "[diagnostics]") {
  Fixture f("needs orders-db { timeout = 200ms }\n");
  f.add(f.range("orders-db"))
      .label("the callee")
      .at(f.range("needs"), "a hard dependency")
      .at(f.range("200ms"), "less than its own 300ms")
      .at(f.range("needs"), "said twice")
      .at(f.range("needs"), "said twice");
  CHECK(f.text() == R"(
error[REL0103]: `x` is unknown
 --> shop.rel:1:7
  |
1 | needs orders-db { timeout = 200ms }
  | ----- ^^^^^^^^^             ----- less than its own 300ms
  | |     |
  | |     the callee
  | a hard dependency
  | said twice
  = more: relc explain REL0103
)");
}

TEST_CASE("labels may overlap", "[diagnostics]") {
  Fixture f("needs orders-db { timeout = 200ms }\n");
  f.add(f.range("timeout"))
      .label("inner")
      .at(f.range("needs orders-db { timeout = 200ms }"), "outer");
  CHECK(f.text() == R"(
error[REL0103]: `x` is unknown
 --> shop.rel:1:19
  |
1 | needs orders-db { timeout = 200ms }
  | ------------------^^^^^^^----------
  | |                 |
  | |                 inner
  | outer
  = more: relc explain REL0103
)");
}

TEST_CASE("ranges over several lines, empty ranges and the end of the file", "[diagnostics]") {
  Fixture f("service checkout {   \r\n  tier =\r\n}\r\n");
  f.add(f.range("checkout {   \r\n  tier")).label("all of it");
  Range empty = f.range("=");
  empty.begin = empty.end;
  f.add(empty).label("expected a value");
  f.add({f.file, 9999, 9999}).label("the end");
  CHECK(f.text() == R"(
error[REL0103]: `x` is unknown
 --> shop.rel:1:9
  |
1 | service checkout {
  |         ^^^^^^^^^^ all of it
  = more: relc explain REL0103

error[REL0103]: `x` is unknown
 --> shop.rel:2:9
  |
2 |   tier =
  |         ^ expected a value

error[REL0103]: `x` is unknown
 --> shop.rel:4:1
  |
4 |
  | ^ the end
)");
}

TEST_CASE("a finding without a place has no snippet", "[diagnostics]") {
  Fixture f("");
  f.add({}, "there is no `system` in this folder").suggest("run relc init");
  Range elsewhere{FileId{7}, 1, 2};
  f.add(elsewhere, "a file that does not exist");
  CHECK(f.text() == R"(
error[REL0103]: there is no `system` in this folder
  = help: run relc init
  = more: relc explain REL0103

error[REL0103]: a file that does not exist
)");
}

TEST_CASE("tabs and wide characters keep carets in place", "[diagnostics]") {
  Fixture f("\ttier\t= x // \u8a3b\u6587\u5b57 \u00e9\u0301 end\n");
  f.add(f.range("x")).label("tab");
  f.add(f.range("\u6587")).label("wide");
  f.add(f.range("end")).label("after a combining mark");
  CHECK(f.text() == "\n"
                    "error[REL0103]: `x` is unknown\n"
                    " --> shop.rel:1:9\n"
                    "  |\n"
                    "1 |     tier    = x // 註文字 é\u0301 end\n"
                    "  |               ^ tab\n"
                    "  = more: relc explain REL0103\n"
                    "\n"
                    "error[REL0103]: `x` is unknown\n"
                    " --> shop.rel:1:15\n"
                    "  |\n"
                    "1 |     tier    = x // 註文字 é\u0301 end\n"
                    "  |                      ^^ wide\n"
                    "\n"
                    "error[REL0103]: `x` is unknown\n"
                    " --> shop.rel:1:21\n"
                    "  |\n"
                    "1 |     tier    = x // 註文字 é\u0301 end\n"
                    "  |                             ^^^ after a combining mark\n");
}

TEST_CASE("hostile text cannot drive the terminal", "[diagnostics]") {
  Fixture f("// \x1b[2J \u202e \xff\xc3( \u200b \u0085 x\n");
  f.add(f.range("x"), "no \x1b[31m \n error[REL0001]: fake \u2066")
      .label("\x07 bell\nnext")
      .because("\x1b]0;title\x07");
  const std::string text = f.text();
  CHECK(text == R"(
error[REL0103]: no \x1B[31m \n error[REL0001]: fake \u{2066}
 --> shop.rel:1:19
  |
1 | // \x1B[2J \u{202E} \xFF\xC3( \u{200B} \u{85} x
  |                                               ^ \x07 bell\nnext
  = why: \x1B]0;title\x07
  = more: relc explain REL0103
)");
}

TEST_CASE("long lines are cut to a window round the label", "[diagnostics]") {
  Fixture f(std::string(500, 'a') + "NEEDLE" + std::string(500, 'b') + "PIN" +
            std::string(1000000, 'c'));
  f.add(f.range("NEEDLE")).label("this").at(f.range("PIN"), "that");
  CHECK(f.text({false, 60, {}}) == R"(
error[REL0103]: `x` is unknown
 --> shop.rel:1:501
  |
1 | …aaaaaaaaaaaaaaaaNEEDLEbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb…
  |                  ^^^^^^ this
1 | …bbbbbbbbbbbbbbbbbPINcccccccccccccccccccccccccccccccccc…
  |                   --- that
  = more: relc explain REL0103
)");

  // A label longer than the window, at the very start and the very end.
  f.list = {};
  f.add({f.file, 0, 900}).label("start");
  f.add({f.file, 1001008, 1001009}).label("end");
  CHECK(f.text({false, 60, {}}) == R"(
error[REL0103]: `x` is unknown
 --> shop.rel:1:1
  |
1 | aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…
  | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ start
  = more: relc explain REL0103

error[REL0103]: `x` is unknown
 --> shop.rel:1:1001009
  |
1 | …cccccccccccccccccccccccccccccccccccccccccccccccccccccc
  |                                                       ^ end
)");
}

TEST_CASE("hostile sizes stay fast and small", "[diagnostics]") {
  // Continuation bytes, combining marks and wide characters, a megabyte each on one line.
  for (std::string unit : {"\x80", "\u0301", "\u6587", "\t", "\u202e"}) {
    std::string text;
    while (text.size() < 1000000) text += unit;
    Fixture f(text);
    for (uint32_t i = 0; i < 200; ++i) f.add({f.file, i * 5000, i * 5000 + 3000}).label("here");
    f.add({f.file, 500, 600}, std::string(1000000, 'm')).label(std::string(1000000, 'l'));
    const auto before = std::chrono::steady_clock::now();
    const std::string out = f.text({false, 80, {}});
    CHECK(std::chrono::steady_clock::now() - before < std::chrono::seconds(2));
    CHECK(out.size() < 400000);
  }
  Fixture many("x\n");
  Finding& finding = many.add({many.file, 0, 1});
  for (int i = 0; i < 1000; ++i) finding.at({many.file, 0, 1}, std::to_string(i));
  const std::string out = many.text();
  CHECK(out.size() < 2000);
  CHECK(out.find("988 more places are left out here") != std::string::npos);
}

TEST_CASE("fixes are shown as a change of the line", "[diagnostics]") {
  Fixture f("  owner: payments,\n  tier = tier3\nimport x\n");
  f.add(f.range(":"))
      .fix("write `=`", {{f.range(":"), " ="}, {f.range(","), ""}})
      .fix("remove the import", {{f.range("import x\n"), ""}})
      .fix("rewrite", {{f.range(",\n  tier"), "\n  tier"}});
  CHECK(f.text() == R"(
error[REL0103]: `x` is unknown
 --> shop.rel:1:8
  |
1 |   owner: payments,
  |        ^
  = fix: write `=`
    - owner: payments,
    + owner = payments
  = fix: remove the import
    - import x
  = fix: rewrite
  = more: relc explain REL0103
)");
}

TEST_CASE("colours only when asked for", "[diagnostics]") {
  Fixture f("owner = paymets\n");
  f.add(f.range("paymets")).label("here").at(f.range("owner"), "there");
  CHECK(f.text().find('\x1b') == std::string::npos);
  CHECK(f.text({true, 0, {}}) ==
        "\n\x1b[1;31merror[REL0103]\x1b[0m\x1b[1m: `x` is unknown\x1b[0m\n"
        "\x1b[1;34m -->\x1b[0m shop.rel:1:9\n"
        "\x1b[1;34m  |\x1b[0m\n"
        "\x1b[1;34m1 |\x1b[0m owner = paymets\n"
        "\x1b[1;34m  |\x1b[0m \x1b[1;34m-----\x1b[0m   \x1b[1;31m^^^^^^^\x1b[0m "
        "\x1b[1;31mhere\x1b[0m\n"
        "\x1b[1;34m  |\x1b[0m \x1b[1;34m|\x1b[0m\n"
        "\x1b[1;34m  |\x1b[0m \x1b[1;34mthere\x1b[0m\n"
        "  \x1b[1;34m=\x1b[0m \x1b[1mmore\x1b[0m\x1b[1m:\x1b[0m relc explain REL0103\n");
}

TEST_CASE("text is decoded as UTF-8 and nothing else", "[diagnostics]") {
  CHECK(decodeUtf8("\u00e9", 0).value == 0xe9);
  CHECK(decodeUtf8("\U0001f600", 0).bytes == 4);
  for (std::string_view bad :
       {"\x80", "\xc0\xaf", "\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xf8\x88\x80\x80",
        "\xe2\x82", "\xe2(", "\xff"}) {
    CHECK_FALSE(decodeUtf8(bad, 0).valid);
    CHECK(decodeUtf8(bad, 0).bytes == 1);
  }
  CHECK(printable("a\tb\r\n") == "a\\tb\\r\\n");
  CHECK(printable("abcdef", 3) == "abc…");
  CHECK(wrap("", 10) == std::vector<std::string>{""});
  CHECK(wrap("one two  three", 8) == std::vector<std::string>{"one two", "three"});
  CHECK(wrap("a-word-longer-than-the-line x", 8) ==
        std::vector<std::string>{"a-word-longer-than-the-line", "x"});
}
