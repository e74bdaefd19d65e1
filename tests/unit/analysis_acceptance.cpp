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

using Names = std::vector<std::string>;

/// Names of the checks, sorted.
Names namesOf(const std::vector<Finding>& findings) {
  Names names;
  for (const Finding& f : findings) names.emplace_back(diagnostics::info(f.check).name);
  std::sort(names.begin(), names.end());
  return names;
}

/// The workspace's entity of that name.
model::EntityId named(const model::Model& model, std::string_view name) {
  for (uint32_t i = 0; i < model.entities.size(); ++i)
    if (model.entities[i].name == name && !model.entities[i].library) return {i};
  FAIL("no entity " << name);
  return {};
}

/// Names of the checks that are left, sorted.
Names settled(const std::string& text, std::string_view now = "2026-01-01",
              std::vector<Finding>* out = nullptr) {
  auto compiled = test::compile(text, now);
  analysis::analyze(compiled->model, compiled->findings);
  std::vector<Finding> findings = std::move(compiled->findings.all());
  analysis::settleAcceptance(compiled->model, findings);
  Names names = namesOf(findings);
  if (out) *out = std::move(findings);
  return names;
}

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
}

TEST_CASE("of two acceptances of one finding the narrower counts", "[analysis][accept]") {
  std::vector<Finding> findings;
  const std::string one = "because = \"x\"  mitigation = \"y\"  by = z  until = 2026-12-31";
  CHECK(settled(fmt::format("service a {{ accept unprotected-call {{ {0} }}\n needs b {{ accept "
                            "unprotected-call {{ {0} }} }} }}\nservice b {{}}",
                            one),
                "2026-01-01", &findings) == Names{"accept-unused"});
  REQUIRE(findings[0].secondary.size() == 1);
  CHECK(findings[0].primary.range.begin < findings[0].secondary[0].range.begin);
  // The narrower one counts, and the wider one is used by another finding.
  const std::string duties = "because = \"x\"  mitigation = \"y\"  by = z  until = 2026-12-31";
  CHECK(settled(fmt::format("service a {{ accept unprotected-call {{ {0} }}\n needs b {{ accept "
                            "unprotected-call {{ {0} }} }}\n needs c }}\n"
                            "service b {{}}\nservice c {{}}",
                            duties))
            .empty());
}

TEST_CASE("one check is accepted once for one target", "[analysis][accept]") {
  std::vector<Finding> findings;
  CHECK(
      settled(service("accept missing-slo { because = \"x\" }  accept REL2001 { because = \"y\" }"),
              "2026-01-01", &findings) == Names{"accept-duplicate"});
  REQUIRE(findings[0].secondary.size() == 1);
  CHECK(findings[0].primary.range.begin > findings[0].secondary[0].range.begin);
  CHECK(findings[0].fixes.size() == 2); // a choice
  CHECK(settled(service("accept missing-slo { because = \"x\" }") +
                "service b { accept missing-slo on a { because = \"x\" } }") ==
        Names{"accept-duplicate"});
  // Whether it silences anything does not matter, nor whether the program has errors.
  CHECK(settled("accept missing-slo on t { because = \"x\" }\n"
                "team t { accept missing-slo { because = \"x\" } }\n"
                "service a { owner = t  owner = t }") ==
        Names{"accept-duplicate", "duplicate-attribute"});
  // Other checks and other targets are no duplicates; of text only that it is unused is said.
  CHECK(settled(service("accept missing-slo { because = \"x\" }") +
                "service b { tier = tier1 accept "
                "missing-slo { because = \"x\" } }")
            .empty());
  CHECK(settled("team t { accept unknown-name { because = \"x\" } accept unknown-name { because = "
                "\"x\" } }\nservice a { owner = t }") == Names{"accept-unused", "accept-unused"});
}

TEST_CASE("an acceptance names a place and not too large a one", "[analysis][accept]") {
  std::vector<Finding> findings;
  CHECK(settled("accept missing-slo { because = \"x\" }\n" + service(""), "2026-01-01",
                &findings) == Names{"accept-too-broad", "missing-slo"});
  auto broad = std::find_if(findings.begin(), findings.end(),
                            [](const Finding& f) { return f.check == Check::AcceptTooBroad; });
  CHECK(broad->help[0] == "name the declaration: accept missing-slo on a { … }");

  auto alerts = [&](int count) {
    std::string body = "accept flapping { because = \"x\" }\n";
    for (int i = 0; i < count; ++i)
      body += fmt::format(
          "alert A{} {{ when = `level == {}`  severity = ticket  symptom = \"s\" }}\n", i, i);
    return settled("service a {\n" + body + "}", "2026-01-01", &findings);
  };
  CHECK(alerts(5).empty());
  CHECK(settled("system s { policy { max_accepted_findings = 1 } }\nservice b {}\nservice c {}\n"
                "journey j { uses b\n uses c\n accept missing-slo { because = \"x\" }\n"
                "  accept no-fallback { because = \"x\"  mitigation = \"y\"  by = z  until = "
                "2026-12-31 } }") == Names{"accept-too-broad"});
  CHECK(alerts(7) == Names{"accept-too-broad"});
  CHECK(findings[0].message == "the acceptance of `flapping` silences 7 findings");
  CHECK(findings[0].secondary.size() == 5);
  CHECK(findings[0].help[0].find("accept flapping on a.A0 {") != std::string::npos);
}

TEST_CASE("what a finding is about decides, else where it is", "[analysis][accept]") {
  auto compiled = test::compile("service a {\n  accept flapping { because = \"x\" }\n"
                                "  alert A { when = `up == 0`  for = 1m  severity = info }\n}\n"
                                "service b {}\n");
  REQUIRE(compiled->findings.empty());
  const model::Model& model = compiled->model;
  auto silenced = [&](std::string_view subject, std::string_view place) {
    diagnostics::FindingList list;
    Finding& finding = list.add(Check::Flapping, model[named(model, place)].nameRange, "m");
    if (!subject.empty()) finding.about(named(model, subject).index);
    analysis::settleAcceptance(model, list.all());
    return std::none_of(list.all().begin(), list.all().end(),
                        [](const Finding& f) { return f.check == Check::Flapping; });
  };
  CHECK(silenced("a", "b"));
  CHECK(silenced("A", "b"));
  CHECK_FALSE(silenced("b", "a"));
  CHECK_FALSE(silenced("b", "A"));
  CHECK(silenced("", "a"));
  CHECK(silenced("", "A"));
  CHECK_FALSE(silenced("", "b"));
}

TEST_CASE("every finding of an analysis says what it is about", "[analysis][accept]") {
  for (const diagnostics::CheckInfo& check : diagnostics::allChecks()) {
    if (check.bad.empty()) continue;
    auto compiled = test::compile(std::string(check.bad));
    diagnostics::FindingList list;
    analysis::analyze(compiled->model, list);
    analysis::settleAcceptance(compiled->model, list.all());
    for (const Finding& finding : list.all()) {
      INFO(diagnostics::info(finding.check).name << ": " << finding.message);
      CHECK(finding.subject < compiled->model.entities.size());
    }
  }
}

TEST_CASE("the text of a profile is one acceptance for each user", "[analysis][accept]") {
  auto run = [](std::string_view a, std::string_view b = "", std::string_view more = "") {
    return settled(
        fmt::format("profile p {{ service {{ accept missing-slo {{ because = \"x\" }} }} }}\n"
                    "service a is p {{ {} }}\nservice b is p {{ {} }}\n{}",
                    a, b, more));
  };
  // Of use to one of them is enough; of no use it is said once.
  CHECK(run("tier = tier1").empty());
  CHECK(run("", "tier = tier1").empty());
  CHECK(run("") == Names{"accept-unused"});
  // What a user says itself comes second, whatever the order.
  CHECK(run("tier = tier1", "tier = tier1  accept REL2001 { because = \"y\" }") ==
        Names{"accept-duplicate"});
  CHECK(settled("service a is p { tier = tier1  accept missing-slo { because = \"y\" } }\n"
                "profile p { service { accept missing-slo { because = \"x\" } } }\n") ==
        Names{"accept-duplicate"});
  // Two profiles say it of both, then of one only: taken away it would be missed by the other.
  auto both = [](std::string_view b) {
    return settled(
        fmt::format("profile p {{ service {{ accept missing-slo {{ because = \"x\" }} }} }}\n"
                    "profile q {{ service {{ accept missing-slo {{ because = \"y\" }} }} }}\n"
                    "service a is p, q {{ tier = tier1 }}\nservice b is {} {{ tier = tier1 }}\n",
                    b));
  };
  CHECK(both("p, q") == Names{"accept-duplicate"});
  CHECK(both("p") == Names{"accept-duplicate"});
  CHECK(settled("profile p { service { accept missing-slo { because = \"x\" } } }\n"
                "profile q { service { accept missing-slo { because = \"y\" } } }\n"
                "service a is p, q { tier = tier1 }\nservice b is p { tier = tier1 }\n"
                "service c is q { tier = tier1 }\n")
            .empty());
  // One that nobody uses is not judged.
  CHECK(settled("profile p { service { accept missing-slo { because = \"x\" } } }\n") ==
        Names{"unused-declaration"});
  // What is said about the text of a profile stands in it, not in its users.
  const std::string text = "profile p {{ service {{ needs b {{ timeout = 200m  {} }} }} }}\n"
                           "service a is p {{}}\nservice b {{}}\n";
  CHECK(settled(fmt::format(fmt::runtime(text), "")) == Names{"unusual-value"});
  CHECK(
      settled(fmt::format(fmt::runtime(text), "accept unusual-value { because = \"x\" }")).empty());
  CHECK(settled(fmt::format(fmt::runtime(text), "accept missing-slo { because = \"x\" }")) ==
        Names{"accept-unused", "unusual-value"});
}

TEST_CASE("what a library accepts is not judged by one of its users", "[analysis][accept]") {
  auto compiled = test::compile(service("accept missing-slo { because = \"x\" }") +
                                "service b { accept missing-slo { because = \"x\" } }");
  model::Model& model = compiled->model;
  // The acceptance of b now comes from a profile of a library.
  auto file = compiled->sources.add("<library>", std::string(5000, ' '));
  for (model::Entity& e : model.entities)
    if (e.kind == schema::Kind::accept && e.parent == named(model, "b")) e.range.file = file;
  auto run = [&] {
    std::vector<Finding> findings;
    analysis::settleAcceptance(model, findings);
    return namesOf(findings);
  };
  CHECK(run() == Names{"accept-unused", "accept-unused"});
  model.entities.push_back(model[named(model, "b")]);
  model.entities.back().library = true;
  model.entities.back().module = "library";
  model.entities.back().range.file = file;
  CHECK(run() == Names{"accept-unused"});
}

TEST_CASE("the risk register lists all acceptances", "[analysis][accept]") {
  auto compiled = test::compile(
      "service b { tier = tier1  uses a { timeout = 1s }\n"
      "  accept no-fallback { because = \"cheap\"  mitigation = \"cache\"  by = ada  until = "
      "2026-12-31 }\n"
      "  accept REL2001 { because = \"soon\"  until = 2025-12-31 } }\n"
      "service a { alert x { when = `up == 0`  severity = info  for = 1m\n"
      "    accept alert-text { because = \"\"\"\nold\n\"\"\" } } }\n"
      "accept missing-slo { because = \"nowhere\" }\n"
      "accept missing-slo on a { because = \"wrong\" }\n");
  auto risks = analysis::riskRegister(compiled->model);
  std::string out;
  for (const diagnostics::Risk& r : risks)
    out += fmt::format("{} on {}: {}|{}|{}|{}|{}|{} `{}`\n", diagnostics::info(r.check).name,
                       r.target, r.because, r.mitigation, r.by, r.until, r.expired, r.silenced,
                       compiled->sources.text(r.range).substr(0, 18));
  CHECK(out == "no-fallback on b: cheap|cache|ada|2026-12-31|false|1 `accept no-fallback`\n"
               "missing-slo on : nowhere||||false|0 `accept missing-slo`\n"
               "missing-slo on a: wrong||||false|0 `accept missing-slo`\n"
               "missing-slo on b: soon|||2025-12-31|true|0 `accept REL2001 { b`\n"
               "alert-text on a.x: old||||false|1 `accept alert-text `\n");
  CHECK(analysis::riskRegister(test::compile(service(""))->model).empty());
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
  CHECK(settled("team t { accept unknown-name { because = \"x\" } }\nservice a { owner = t }") ==
        Names{"accept-unused"});
  // What is understood but doubtful can.
  CHECK(settled("team t { chat = c }\nteam u { chat = c  accept unused-declaration { because = "
                "\"x\" } }\nservice a { owner = t }")
            .empty());
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
