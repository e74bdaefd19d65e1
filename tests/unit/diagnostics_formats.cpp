// The forms for machines: each is read back.

#include "compiler/diagnostics/render.h"

#include <catch2/catch.hpp>
#include <llvm/Support/JSON.h>

#include <string>

using namespace relc::diagnostics;
using relc::source::FileId;
using relc::source::SourceManager;

namespace {

struct Sample {
  SourceManager sources;
  FindingList list;
  Sample() {
    // A smiley is two UTF-16 units, one character, four bytes.
    FileId file = sources.add("my shop/ü.rel", "// \U0001f600 x\r\nowner: paymets\n");
    FileId other = sources.add("b.rel", "x\n");
    list.add(Check::ForeignSyntax, {file, 16, 17}, "`:` instead of `=`")
        .label("\x1b[31m here, \xff \"quoted\" <&>")
        .at({other, 0, 1}, "there")
        .because("100 % of the others, too:\nall")
        .suggest("write `=`")
        .fix("write `=`", {{{file, 16, 17}, " ="}});
    list.add(Check::UnusedImport, {file, 8, 9}, "behind the smiley");
    list.add(Check::SystemCount, {}, "there is no system");
    settle(list.all(), sources);
  }
};

llvm::json::Object parse(const std::string& text) {
  llvm::Expected<llvm::json::Value> value = llvm::json::parse(text);
  if (!value) FAIL(llvm::toString(value.takeError()));
  REQUIRE(value->getAsObject());
  return *value->getAsObject();
}

} // namespace

TEST_CASE("JSON output parses back", "[diagnostics]") {
  Sample s;
  const llvm::json::Object root = parse(renderJson(s.list.all(), s.sources, {false, 0, "1.2.3"}));
  CHECK(root.getInteger("version") == 1);
  CHECK(root.getObject("tool")->getString("version") == llvm::StringRef("1.2.3"));
  CHECK(root.getObject("summary")->getInteger("errors") == 2);
  CHECK(root.getObject("summary")->getInteger("warnings") == 1);
  const llvm::json::Array& findings = *root.getArray("findings");
  REQUIRE(findings.size() == 3);
  // Not getNull: the library, built by clang, returns it in other registers than g++ reads.
  CHECK(findings[0].getAsObject()->get("file")->kind() == llvm::json::Value::Null);
  const llvm::json::Object& smiley = *findings[1].getAsObject();
  CHECK(smiley.getString("file") == llvm::StringRef("my shop/ü.rel"));
  CHECK(smiley.getString("severity") == llvm::StringRef("warning"));
  CHECK(smiley.getInteger("column") == 6);
  CHECK(smiley.getInteger("begin") == 8);
  const llvm::json::Object& colon = *findings[2].getAsObject();
  CHECK(colon.getString("code") == llvm::StringRef("REL0006"));
  CHECK(colon.getString("name") == llvm::StringRef("foreign-syntax"));
  CHECK(colon.getInteger("line") == 2);
  CHECK(colon.getInteger("endColumn") == 7);
  CHECK(colon.getString("label") == llvm::StringRef("\x1b[31m here, \ufffd \"quoted\" <&>"));
  CHECK(colon.getArray("related")->size() == 1);
  const llvm::json::Object& fix = *(*colon.getArray("fixes"))[0].getAsObject();
  const llvm::json::Object& edit = *(*fix.getArray("edits"))[0].getAsObject();
  CHECK(edit.getString("newText") == llvm::StringRef(" ="));
  const llvm::json::Object empty = parse(renderJson({}, s.sources, {}));
  CHECK(empty.getArray("findings")->empty());
  CHECK(empty.get("accepted") == nullptr);

  std::vector<Risk> risks(1);
  risks[0] = {
      Check::MissingSlo, "a.b",      "a \"reason\" \xff", "", "ada", "2027-06-30", "", true, 3,
      {FileId{0}, 8, 9}, {"staging"}};
  RenderOptions options;
  options.accepted = &risks;
  const llvm::json::Object full = parse(renderJson({}, s.sources, options));
  const llvm::json::Object& risk = *(*full.getArray("accepted"))[0].getAsObject();
  CHECK(risk.getString("code") == llvm::StringRef("REL2001"));
  CHECK(risk.getString("target") == llvm::StringRef("a.b"));
  CHECK(risk.getString("because") == llvm::StringRef("a \"reason\" \ufffd"));
  CHECK(risk.getString("until") == llvm::StringRef("2027-06-30"));
  CHECK(risk.getBoolean("expired") == true);
  CHECK(risk.getInteger("silenced") == 3);
  CHECK(risk.getInteger("column") == 6);
  CHECK(risk.getArray("environments")->size() == 1);
}

TEST_CASE("SARIF output parses back", "[diagnostics]") {
  Sample s;
  const llvm::json::Object root = parse(renderSarif(s.list.all(), s.sources, {false, 0, "1.2.3"}));
  CHECK(root.getString("version") == llvm::StringRef("2.1.0"));
  const llvm::json::Object& run = *(*root.getArray("runs"))[0].getAsObject();
  const llvm::json::Array& rules = *run.getObject("tool")->getObject("driver")->getArray("rules");
  const llvm::json::Array& results = *run.getArray("results");
  REQUIRE(results.size() == 3);
  CHECK(rules.size() == 3);
  for (const llvm::json::Value& value : results) {
    const llvm::json::Object& result = *value.getAsObject();
    const auto index = static_cast<size_t>(*result.getInteger("ruleIndex"));
    REQUIRE(index < rules.size());
    CHECK(rules[index].getAsObject()->getString("id") == result.getString("ruleId"));
  }
  CHECK(results[0].getAsObject()->getArray("locations")->empty());
  const llvm::json::Object& place =
      *(*results[1].getAsObject()->getArray("locations"))[0].getAsObject()->getObject(
          "physicalLocation");
  CHECK(place.getObject("artifactLocation")->getString("uri") ==
        llvm::StringRef("my%20shop/%C3%BC.rel"));
  CHECK(place.getObject("region")->getInteger("startColumn") == 7);
  CHECK(place.getObject("region")->getInteger("endColumn") == 8);
  CHECK(results[2].getAsObject()->getArray("fixes")->size() == 1);
  CHECK(results[2].getAsObject()->getArray("relatedLocations")->size() == 1);
}

TEST_CASE("GitHub annotations stay on one line", "[diagnostics]") {
  Sample s;
  CHECK("\n" + renderGithub(s.list.all(), s.sources, {}) == R"(
::error title=REL0301 system-count::there is no system
::warning file=my shop/ü.rel,line=1,endLine=1,col=6,endColumn=7,title=REL0110 unused-import::behind the smiley
::error file=my shop/ü.rel,line=2,endLine=2,col=6,endColumn=7,title=REL0006 foreign-syntax::`:` instead of `=`%0Awhy: 100 %25 of the others, too:\nall%0Ahelp: write `=`
)");
}

TEST_CASE("JUnit output", "[diagnostics]") {
  Sample s;
  CHECK("\n" + renderJUnit(s.list.all(), s.sources, {}) == R"(
<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="relc" tests="3" failures="2" errors="0">
  <testsuite name="workspace" tests="1" failures="1" errors="0">
    <testcase classname="workspace" name="1:1 REL0301 system-count">
      <failure type="REL0301" message="there is no system">error[REL0301]: there is no system
  = more: relc explain REL0301
</failure>
    </testcase>
  </testsuite>
  <testsuite name="my shop/ü.rel" tests="2" failures="1" errors="0">
    <testcase classname="my shop/ü.rel" name="1:6 REL0110 unused-import">
      <system-out>warning[REL0110]: behind the smiley
 --&gt; my shop/ü.rel:1:6
  |
1 | // 😀 x
  |       ^
  = more: relc explain REL0110
</system-out>
    </testcase>
    <testcase classname="my shop/ü.rel" name="2:6 REL0006 foreign-syntax">
      <failure type="REL0006" message="`:` instead of `=`">error[REL0006]: `:` instead of `=`
 --&gt; my shop/ü.rel:2:6
  |
2 | owner: paymets
  |      ^ \x1B[31m here, \xFF &quot;quoted&quot; &lt;&amp;&gt;
  |
 ::: b.rel:1:1
1 | x
  | - there
  = why: 100 % of the others, too:
         all
  = help: write `=`
  = fix: write `=`
    - owner: paymets
    + owner = paymets
  = more: relc explain REL0006
</failure>
    </testcase>
  </testsuite>
</testsuites>
)");
  CHECK(renderJUnit({}, s.sources, {}).find("name=\"relc check\"/>") != std::string::npos);
}
