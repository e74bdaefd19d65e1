// What several environments have in common is said once.

#include "compiler/diagnostics/environments.h"
#include "compiler/diagnostics/render.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <chrono>

using namespace relc::diagnostics;
using relc::source::FileId;
using relc::source::Range;
using relc::source::SourceManager;

namespace {

using Findings = std::vector<Finding>;
using ByEnvironment = std::vector<std::pair<std::string, Findings>>;
using Names = std::vector<std::string>;

constexpr FileId file{0};
constexpr Range place{file, 0, 4};

Finding finding(Check check = Check::MissingSlo, Range range = place,
                std::string message = "no SLO") {
  return {check, info(check).severity, std::move(message), {range, {}}, {}, {}, {}, {}};
}

} // namespace

TEST_CASE("what holds everywhere is said once without mention", "[diagnostics][environments]") {
  ByEnvironment all{{"dev", {finding().about(1)}},
                    {"prod", {finding().about(2), finding().about(3)}},
                    {"staging", {finding()}}};
  Findings merged = mergeEnvironments(std::move(all));
  REQUIRE(merged.size() == 1);
  CHECK(merged[0].environments.empty());
  CHECK(merged[0].subject == Finding::none);
  CHECK(merged[0].morePlaces == 1);
}

TEST_CASE("what is said alike of many subjects is counted", "[diagnostics][environments]") {
  auto count = [](std::vector<uint32_t> dev, std::vector<uint32_t> prod) {
    ByEnvironment all{{"dev", {}}, {"prod", {}}};
    for (uint32_t subject : dev) all[0].second.push_back(finding().about(subject));
    for (uint32_t subject : prod) all[1].second.push_back(finding().about(subject));
    Findings merged = mergeEnvironments(std::move(all));
    REQUIRE(merged.size() == 1);
    return merged[0].morePlaces;
  };
  CHECK(count({7}, {8}) == 0); // one in each, whatever its number there
  CHECK(count({1, 2, 3}, {1, 2}) == 2);
  CHECK(count({1, 1, 1}, {2, 3, 2}) == 1);
  CHECK(count({Finding::none, Finding::none}, {}) == 0); // said twice
}

TEST_CASE("what holds in some names them, sorted", "[diagnostics][environments]") {
  Findings merged =
      mergeEnvironments({{"staging", {finding(Check::BurnGap), finding()}},
                         {"prod", {finding(Check::BurnGap, {file, 8, 9})}},
                         {"dev", {finding(), finding(Check::BurnGap, place, "another")}}});
  REQUIRE(merged.size() == 4); // in the order of their first appearance
  CHECK(merged[0].check == Check::BurnGap);
  CHECK(merged[0].environments == Names{"staging"});
  CHECK(merged[1].environments == Names{"dev", "staging"});
  CHECK(merged[2].environments == Names{"prod"});
  CHECK(merged[3].message == "another");
}

TEST_CASE("findings that differ in anything but the subject are two",
          "[diagnostics][environments]") {
  Finding severe = finding();
  severe.severity = Severity::Error;
  for (const Finding& other :
       {severe, finding().label("x"), finding().at(place, "x"), finding().because("x"),
        finding().suggest("x"), finding().fix("x", {{place, ""}})}) {
    Findings merged = mergeEnvironments({{"a", {finding()}}, {"b", {other}}});
    REQUIRE(merged.size() == 2);
    CHECK(merged[0].environments == Names{"a"});
    CHECK(merged[1].environments == Names{"b"});
  }
}

TEST_CASE("one environment or none is as if there were none", "[diagnostics][environments]") {
  CHECK(mergeEnvironments({}).empty());
  CHECK(mergeEnvironments({{"prod", {}}}).empty());
  Findings merged = mergeEnvironments({{"", {finding(), finding(Check::AcceptUnused)}}});
  REQUIRE(merged.size() == 2);
  CHECK(merged[0].environments.empty());
}

TEST_CASE("of no use means: of no use anywhere", "[diagnostics][environments]") {
  const Finding unused = finding(Check::AcceptUnused, place, "silences nothing");
  // The facts may differ: nothing to silence here, silenced by another one there.
  Findings everywhere =
      mergeEnvironments({{"dev", {Finding(unused).label("here")}}, {"prod", {unused}}});
  REQUIRE(everywhere.size() == 1);
  CHECK(everywhere[0].environments.empty());
  CHECK(everywhere[0].primary.text == "here");
  CHECK(mergeEnvironments({{"dev", {unused}}, {"prod", {finding()}}}).size() == 1);
  CHECK(mergeEnvironments({{"dev", {unused}}, {"prod", {}}}).empty());

  // What stands in `in staging { … }` is part of nothing else.
  auto part = [](std::string_view environment, const Range&) { return environment == "staging"; };
  Findings some = mergeEnvironments({{"prod", {}}, {"staging", {unused}}}, part);
  REQUIRE(some.size() == 1);
  CHECK(some[0].environments == Names{"staging"});
  for (Check check : {Check::UnusedImport, Check::UnusedDeclaration, Check::LintWithoutEffect})
    CHECK(info(check).onlyIfEverywhere);
  CHECK_FALSE(info(Check::AcceptExpired).onlyIfEverywhere);
}

TEST_CASE("risk registers merge by what they say of what", "[diagnostics][environments]") {
  auto risk = [](std::string target, std::string because, size_t silenced) {
    Risk result;
    result.check = Check::MissingSlo;
    result.target = std::move(target);
    result.because = std::move(because);
    result.silenced = silenced;
    result.range = place;
    return result;
  };
  auto merged = mergeRisks({{"staging", {risk("a", "x", 0), risk("b", "y", 1)}},
                            {"dev", {risk("a", "x", 2), risk("b", "z", 3)}}});
  REQUIRE(merged.size() == 3);
  CHECK(merged[0].target == "a");
  CHECK(merged[0].silenced == 2);
  CHECK(merged[0].environments.empty());
  CHECK(merged[1].because == "y");
  CHECK(merged[1].environments == Names{"staging"});
  CHECK(merged[2].environments == Names{"dev"});
}

TEST_CASE("every form names the environments and the further places",
          "[diagnostics][environments]") {
  SourceManager sources;
  sources.add("a.rel", "text\n");
  Findings findings{finding().because("x"), finding(Check::BurnGap)};
  findings[0].environments = {"staging"};
  findings[0].morePlaces = 1;
  findings[1].environments = {"dev", "staging"};
  findings[1].morePlaces = 99;
  settle(findings, sources);
  CHECK("\n" + renderText(findings, sources, {}) == R"(
warning[REL2001]: no SLO
 --> a.rel:1:1
  |
1 | text
  | ^^^^
  = in: environment `staging` only
  = note: the same in 1 more place
  = why: x
  = more: relc explain REL2001

warning[REL2009]: no SLO
 --> a.rel:1:1
  |
1 | text
  | ^^^^
  = in: environments `dev`, `staging`
  = note: the same in 99 more places
  = more: relc explain REL2009
)");
  CHECK(renderGithub(findings, sources, {})
            .find("no SLO%0Ain: environment `staging` only%0Anote: "
                  "the same in 1 more place%0Awhy: x\n") != std::string::npos);
  CHECK(renderJUnit(findings, sources, {}).find("= in: environments `dev`, `staging`\n") !=
        std::string::npos);
  for (const std::string& json :
       {renderJson(findings, sources, {}), renderSarif(findings, sources, {})}) {
    std::string dense;
    for (char c : json)
      if (c != ' ' && c != '\n') dense += c;
    CHECK(dense.find("\"environments\":[\"staging\"],\"morePlaces\":1}") != std::string::npos);
    CHECK(dense.find("\"environments\":[\"dev\",\"staging\"],\"morePlaces\":99}") !=
          std::string::npos);
  }
}

TEST_CASE("many findings of many environments merge in linear time",
          "[diagnostics][environments]") {
  constexpr uint32_t count = 20000;
  ByEnvironment all;
  for (int environment = 0; environment < 5; ++environment) {
    Findings findings;
    for (uint32_t i = 0; i < count; ++i) // one place, told apart by their facts alone
      findings.push_back(finding().at({file, i, i + 1}, fmt::format("used by {}", i)));
    all.emplace_back(fmt::format("e{}", environment), std::move(findings));
  }
  auto start = std::chrono::steady_clock::now();
  Findings merged = mergeEnvironments(std::move(all));
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(2));
  CHECK(merged.size() == count);
}
