// `accept` and `lint`: what is silenced, and what is said about acceptances themselves.

#include "compiler/analysis/analysis.h"
#include "tests/unit/compile.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>

using namespace relc;
using diagnostics::Check;
using diagnostics::Finding;
using diagnostics::Severity;

namespace {

/// Names of the checks that are left, sorted.
std::vector<std::string> settled(const std::string& text, std::string_view now = "2026-01-01",
                                 std::vector<Finding>* out = nullptr) {
  auto compiled = test::compile(text, now);
  analysis::analyze(compiled->model, compiled->findings);
  std::vector<Finding> findings = std::move(compiled->findings.all());
  analysis::settleAcceptance(compiled->model, findings);
  std::vector<std::string> names;
  for (const Finding& f : findings) names.emplace_back(diagnostics::info(f.check).name);
  std::sort(names.begin(), names.end());
  if (out) *out = std::move(findings);
  return names;
}

using Names = std::vector<std::string>;

std::string service(std::string_view body) {
  return fmt::format("service a {{ tier = tier1  {} }}\n", body);
}

} // namespace

TEST_CASE("accept silences at its place and below", "[analysis][accept]") {
  CHECK(settled(service("")) == Names{"missing-slo"});
  CHECK(settled(service("accept missing-slo { because = \"x\" }")).empty());
  CHECK(settled(service("accept REL2001 { because = \"x\" }")).empty());
  CHECK(settled(service("accept rel2001 { because = \"x\" }")).empty());
  CHECK(settled(service("") + "accept missing-slo on a { because = \"x\" }").empty());
  CHECK(settled(service("") + "service b { accept missing-slo on a { because = \"x\" } }").empty());
  // The need lies in the service.
  CHECK(settled(
            "service a { needs b {}  accept unprotected-call on a { because = \"x\"  mitigation = "
            "\"y\"  by = z  until = 2026-01-01 } }\n"
            "service b {}")
            .empty());
  CHECK(settled("service a { needs b { accept unprotected-call { because = \"x\"  mitigation = "
                "\"y\"  by = z  until = 2026-01-01 } } }\n"
                "service b {}")
            .empty());
}

TEST_CASE("an acceptance elsewhere or of another check is unused", "[analysis][accept]") {
  std::vector<Finding> findings;
  CHECK(settled(service("") + "service b { accept missing-slo { because = \"x\" } }", "2026-01-01",
                &findings) == Names{"accept-unused", "missing-slo"});
  auto unused = std::find_if(findings.begin(), findings.end(),
                             [](const Finding& f) { return f.check == Check::AcceptUnused; });
  REQUIRE(unused->fixes.size() == 1);
  CHECK(unused->fixes[0].edits[0].newText.empty());
  CHECK(settled(service("accept no-fallback { because = \"x\" }")) ==
        Names{"accept-unused", "missing-slo"});
  CHECK(settled("accept missing-slo { because = \"x\" }\n" + service("")) ==
        Names{"accept-unused", "missing-slo"});
}

TEST_CASE("of two acceptances of one finding the second is unused", "[analysis][accept]") {
  std::vector<Finding> findings;
  CHECK(
      settled(service("accept missing-slo { because = \"x\" }  accept REL2001 { because = \"y\" }"),
              "2026-01-01", &findings) == Names{"accept-unused"});
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].secondary.size() == 1);
  CHECK(findings[0].primary.range.begin > findings[0].secondary[0].range.begin);
  // The narrower one counts, and the wider one is used by another finding.
  const std::string duties = "because = \"x\"  mitigation = \"y\"  by = z  until = 2026-12-31";
  CHECK(settled(fmt::format("service a {{ accept unprotected-call {{ {0} }}\n needs b {{ accept "
                            "unprotected-call {{ {0} }} }}\n needs c }}\n"
                            "service b {{}}\nservice c {{}}",
                            duties))
            .empty());
}

TEST_CASE("an expired acceptance silences nothing", "[analysis][accept]") {
  const std::string text = service("accept missing-slo { because = \"x\"  until = 2026-06-30 }");
  CHECK(settled(text, "2026-06-30").empty());
  std::vector<Finding> findings;
  CHECK(settled(text, "2026-07-02", &findings) == Names{"accept-expired", "missing-slo"});
  auto expired = std::find_if(findings.begin(), findings.end(),
                              [](const Finding& f) { return f.check == Check::AcceptExpired; });
  CHECK(expired->primary.text == "2 days ago");
  CHECK(expired->severity == Severity::Error);
  // A second one that still holds takes over.
  CHECK(settled(service("accept missing-slo { because = \"x\"  until = 2026-06-30 }  accept "
                        "missing-slo { because = \"x\" }"),
                "2026-07-02") == Names{"accept-expired"});
}

TEST_CASE("a risk is accepted by somebody, with a mitigation and an end", "[analysis][accept]") {
  auto names = [](std::string_view body) {
    return settled(fmt::format(
        "service a {{ uses b {{ timeout = 1s  accept no-fallback {{ {} }} }} }}\nservice b {{}}",
        body));
  };
  CHECK(names("because = \"x\"  mitigation = \"y\"  by = z  until = 2026-12-31").empty());
  CHECK(names("because = \"x\"  mitigation = \"y\"  by = z") ==
        Names{"accept-incomplete", "no-fallback"});
  CHECK(names("because = \"x\"") == Names{"accept-incomplete", "no-fallback"});
  CHECK(settled(service("accept missing-slo {}")) == Names{"accept-incomplete", "missing-slo"});
  CHECK(settled(service("accept missing-slo { because = \"\" }")) ==
        Names{"accept-incomplete", "missing-slo"});
}

TEST_CASE("what could not be understood cannot be accepted", "[analysis][accept]") {
  CHECK(settled("team t { chat = c }\nteam u { chat = c  accept unused-declaration { because = "
                "\"x\" } }\nservice a { owner = t }") ==
        Names{"accept-unused", "unused-declaration"});
  // Of a program with errors nobody knows which acceptances are needed.
  CHECK(settled(service("accept no-fallback { because = \"x\" }  owner = nobody")) ==
        Names{"unknown-name"});
  CHECK(settled("team t { chat = c }\nservice a { owner = u }") == Names{"unknown-name"});
  // What is unknown about the acceptance itself is said already.
  CHECK(settled("service a { accept missing-slo on nothing { because = \"x\" } }") ==
        Names{"unknown-name"});
  CHECK(settled("service a { accept mising-slo { because = \"x\" } }") == Names{"unknown-check"});
}

TEST_CASE("lint sets severities", "[analysis][lint]") {
  auto run = [](std::string_view lint, const std::string& rest = service("")) {
    std::vector<Finding> findings;
    settled(fmt::format("system s {{ lint {{ {} }} }}\n", lint) + rest, "2026-01-01", &findings);
    return findings;
  };
  CHECK(run("missing-slo = off").empty());
  CHECK(run("REL2001 = error")[0].severity == Severity::Error);
  CHECK(run("missing-slo = note")[0].severity == Severity::Note);
  CHECK(run("accept-unused = note", "service a { accept missing-slo { because = \"x\" } }")[0]
            .severity == Severity::Note);
  // An acceptance of a check that is off is still used.
  CHECK(run("missing-slo = off", service("accept missing-slo { because = \"x\" }")).empty());

  auto fixed = run("unknown-name = off", "service a { owner = nobody }");
  REQUIRE(fixed.size() == 2);
  CHECK(std::any_of(fixed.begin(), fixed.end(), [](const Finding& f) {
    return f.check == Check::UnknownName && f.severity == Severity::Error;
  }));
  CHECK(std::any_of(fixed.begin(), fixed.end(),
                    [](const Finding& f) { return f.check == Check::LintWithoutEffect; }));
  auto twice = run("missing-slo = note  REL2001 = off");
  REQUIRE(twice.size() == 2);
  CHECK(std::count_if(twice.begin(), twice.end(),
                      [](const Finding& f) { return f.check == Check::LintWithoutEffect; }) == 1);
}

TEST_CASE("many acceptances and findings take no quadratic time", "[analysis][accept]") {
  std::string text = "system s {}\n";
  constexpr int count = 5000;
  for (int i = 0; i < count; ++i)
    text += fmt::format(
        "service s{} {{ tier = tier1  accept missing-slo {{ because = \"x\" }} }}\n", i);
  for (int i = 0; i < count; ++i)
    text += fmt::format("accept missing-slo on s{} {{ because = \"y\" }}\n", i);
  auto compiled = test::compile(text);
  analysis::analyze(compiled->model, compiled->findings);
  std::vector<Finding> findings = std::move(compiled->findings.all());
  auto start = std::chrono::steady_clock::now();
  analysis::settleAcceptance(compiled->model, findings);
  auto taken = std::chrono::steady_clock::now() - start;
  CHECK(findings.size() == count);
  // Some 10 ms; all pairs would be 50 million comparisons and more than this.
  CHECK(std::chrono::duration<double>(taken).count() < 1.0);
}
