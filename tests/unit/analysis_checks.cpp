// The families of checks on small programs: what fires, where, and what stays silent.

#include "compiler/analysis/analysis.h"
#include "tests/unit/compile.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>

using namespace relc;
using diagnostics::Check;
using diagnostics::Finding;

namespace {

struct Judged {
  std::unique_ptr<test::Compiled> compiled;
  std::vector<Finding> findings;

  [[nodiscard]] std::vector<Finding> of(Check check) const {
    std::vector<Finding> result;
    for (const Finding& f : findings)
      if (f.check == check) result.push_back(f);
    return result;
  }
  /// Source text of the primary places.
  [[nodiscard]] std::vector<std::string> places(Check check) const {
    std::vector<std::string> result;
    for (const Finding& f : of(check)) result.emplace_back(compiled->at(f));
    return result;
  }
};

/// The program has no finding of an earlier phase.
Judged judge(const std::string& text) {
  Judged result{test::compile(text), {}};
  for (const Finding& f : result.compiled->findings.all()) {
    if (f.severity != diagnostics::Severity::Error) continue; // fragments, odd values
    FAIL_CHECK(diagnostics::info(f.check).code << ": " << f.message);
  }
  diagnostics::FindingList list;
  analysis::analyze(result.compiled->model, list);
  result.findings = std::move(list.all());
  return result;
}

using Places = std::vector<std::string>;

std::string service(std::string_view name, std::string_view body) {
  return fmt::format("service {} {{\n{}\n}}\n", name, body);
}

const std::string http = "import std.http\nteam t { chat = c }\n";

std::string slo(std::string_view objective, std::string_view more = "") {
  return fmt::format("slo a {{ objective = {}  sli = http.availability({{job=\"x\"}})  {} }}",
                     objective, more);
}

} // namespace

TEST_CASE("a cycle is shown edge by edge", "[analysis]") {
  auto run =
      judge(service("a", "needs b { timeout = 1s }") + service("b", "needs c { timeout = 1s }") +
            service("c", "needs a { timeout = 1s }") + service("d", "needs a { timeout = 1s }"));
  auto found = run.of(Check::HardDependencyCycle);
  REQUIRE(found.size() == 1);
  CHECK(found[0].message == "`a` → `b` → `c` → `a` is a cycle of hard dependencies");
  CHECK(run.compiled->at(found[0]) == "b");
  CHECK(found[0].primary.text == "`a` needs `b`");
  REQUIRE(found[0].secondary.size() == 2);
  CHECK(found[0].secondary[1].text == "`c` needs `a`");
  CHECK(found[0].severity == diagnostics::Severity::Error);
}

TEST_CASE("soft, asynchronous and redundant needs break a cycle", "[analysis]") {
  auto run = [](std::string_view back) {
    return judge(service("a", "needs b { timeout = 1s }") + service("b", back) + service("c", ""))
        .of(Check::HardDependencyCycle);
  };
  CHECK(run("uses a { timeout = 1s  fallback = \"x\" }").empty());
  CHECK(run("needs a { tolerates = 4h }").empty());
  CHECK(run("needs any [a, c] { timeout = 1s }").empty());
  CHECK(run("needs [a, c] { timeout = 1s }").size() == 1);
  auto group = run("needs 2 of [a, c] { timeout = 1s }");
  CHECK(group.size() == 1);
  auto self = judge(service("a", "needs a { timeout = 1s }")).of(Check::HardDependencyCycle);
  REQUIRE(self.size() == 1);
  CHECK(self[0].message == "`a` needs itself");
}

TEST_CASE("a need stands up to its caller's tier", "[analysis]") {
  auto places = [](std::string_view relation, std::string_view callee) {
    return judge(http +
                 service("a", "owner = t\ntier = tier1\n" + slo("99.9%") +
                                  "\nrunbook r { summary = \"x\" }\n" + std::string(relation)) +
                 service("b", callee) + "external v { sla = 99.9% }\nexternal w {}\n")
        .places(Check::TierInversion);
  };
  CHECK(places("needs b { timeout = 1s }", "tier = tier2") == Places{"b"});
  CHECK(places("needs b { timeout = 1s }", "tier = tier1").empty());
  CHECK(places("needs b { timeout = 1s }", "") == Places{"b"});
  CHECK(places("needs b { tolerates = 1h }", "tier = tier4").empty());
  CHECK(places("uses b { timeout = 1s  fallback = \"x\" }", "tier = tier4").empty());
  CHECK(places("needs v { timeout = 1s }", "").empty());
  CHECK(places("needs w { timeout = 1s }", "") == Places{"w"});
  CHECK(places("needs any [b, v] { timeout = 1s }", "tier = tier4").empty());
  CHECK(places("needs 2 of [b, v, w] { timeout = 1s }", "tier = tier4") == Places{"b"});
}

TEST_CASE("calls are protected", "[analysis]") {
  auto run = [](std::string_view relation) {
    return judge(service("a", relation) + service("b", "")).places(Check::UnprotectedCall);
  };
  CHECK(run("needs b") == Places{"b"});
  CHECK(run("needs b { retries = 2 }") == Places{"b", "2"});
  CHECK(run("needs b { timeout = 1s  retries = 2 }") == Places{"2"});
  CHECK(run("needs b { timeout = 1s  retries = 2  backoff = 0s }") == Places{"2"});
  CHECK(run("needs b { timeout = 1s  retries = 2  backoff = 1ms }").empty());
  CHECK(run("needs b { timeout = 1s  retries = 2  breaker = true }").empty());
  CHECK(run("needs b { timeout = 1s  retries = 0 }").empty());
  CHECK(run("needs b { tolerates = 1h }").empty());
  CHECK(judge("journey j { needs b }\n" + service("b", "")).of(Check::UnprotectedCall).empty());
  CHECK(judge(service("a", "uses [b, c] { timeout = 1s }") + service("b", "") + service("c", ""))
            .places(Check::NoFallback) == Places{"b, c"});
}

TEST_CASE("what matters to users has an SLO", "[analysis]") {
  auto run =
      judge("service a { tier = tier2 }\ncache b { user_facing = true }\njourney c { needs a }\n"
            "service d { tier = tier3 }\nexternal e { tier = tier1 }\nservice f {}\n");
  CHECK(run.places(Check::MissingSlo) == Places{"a", "b", "c"});
}

TEST_CASE("a burn alert needs room for bad events", "[analysis]") {
  auto run = [](std::string_view objective, std::string_view more = "") {
    return judge(http + service("a", slo(objective, more))).of(Check::BurnAlertCannotFire);
  };
  CHECK(run("99.9%").empty());
  CHECK(run("93.1%").empty());
  // 10% × 10d ÷ 1d is exactly 1: not even a full outage is more than that.
  auto nothing = run("0%", "window = 10d");
  REQUIRE(nothing.size() == 1);
  CHECK(nothing[0].message.find("tiers `page-fast`, `page-slow` and `ticket-fast` of") == 0);
  auto found = run("90%");
  REQUIRE(found.size() == 1);
  CHECK(found[0].message == "tier `page-fast` of burn policy `standard` can never fire for `a.a`");
  REQUIRE(found[0].secondary.size() == 1);
  CHECK(found[0].secondary[0].text ==
        "`page-fast` fires above a burn rate of 2% × 30d ÷ 1h = 14.4");
  REQUIRE(found[0].why.size() == 1);
  CHECK(found[0].why[0] ==
        "`page-fast` waits for more than 14.4 × (100% − 90%) = 144% of all events to be "
        "bad; there are never more than 100%");
  auto two = run("80%");
  REQUIRE(two.size() == 1);
  CHECK(two[0].message.find("tiers `page-fast` and `page-slow`") == 0);
}

TEST_CASE("the limit of a burn alert is exact", "[analysis]") {
  auto run = [](std::string_view objective) {
    return judge(http +
                 "burn_policy p { tier x { severity = page  budget = 10%  long = 36h  short = 3h } "
                 "}\n" +
                 service("a", slo(objective, "window = 30d  burn_policy = p")))
        .of(Check::BurnAlertCannotFire);
  };
  // A rate of 2: from half of all events on it cannot fire.
  CHECK(run("50%").size() == 1);
  CHECK(run("50.0000000001%").empty());
}

TEST_CASE("every burn rate that empties the budget trips a tier", "[analysis]") {
  auto run = [](std::string_view tiers, std::string_view window = "30d") {
    return judge(http + fmt::format("burn_policy p {{ {} }}\n", tiers) +
                 service("a", slo("99.9%", fmt::format("window = {}  burn_policy = p", window))))
        .of(Check::BurnGap);
  };
  CHECK(run("tier x { severity = ticket  budget = 10%  long = 3d  short = 6h }").empty());
  CHECK(run("tier x { severity = ticket  budget = 10%  long = 3d  short = 6h }", "31d").size() ==
        1);
  CHECK(run("tier x { severity = info  budget = 10%  long = 3d  short = 6h }").size() == 1);
  auto found = run("tier x { severity = page  budget = 5%  long = 1h  short = 5m }");
  REQUIRE(found.size() == 1);
  CHECK(found[0].message == "burn policy `p` is blind to burn rates from 1 to 36");
  REQUIRE(found[0].why.size() == 1);
  CHECK(found[0].why[0] == "at a steady burn rate of 36 the budget of 30d is spent after 30d ÷ 36 "
                           "= 20h, and nobody is told");
  CHECK(run("").size() == 1);

  // A library's policy is blamed on the window that does not suit it, once for all its users.
  auto library = judge(http + service("a", slo("99.9%", "window = 90d")) +
                       service("b", slo("99.9%", "window = 90d")));
  CHECK(library.places(Check::BurnGap) == Places{"90d"});
}

TEST_CASE("windows hold four scrapes", "[analysis]") {
  auto run = [](std::string_view interval, std::string_view shortWindow) {
    return judge(fmt::format("system s {{ prometheus {{ scrape_interval = {} }} }}\n", interval) +
                 http +
                 fmt::format("burn_policy p {{ tier x {{ severity = ticket  budget = 10%  long = "
                             "3d  short = {} }} }}\n",
                             shortWindow) +
                 service("a", slo("99.9%", "burn_policy = p")))
        .places(Check::WindowVsScrape);
  };
  CHECK(run("1m", "4m").empty());
  CHECK(run("1m", "239s") == Places{"239s"});
  CHECK(judge("system s { prometheus { scrape_interval = 2m } }\n" + http +
              service("a", slo("99.9%")))
            .places(Check::WindowVsScrape) == Places{"2m"});
}

TEST_CASE("a page has an owner, a runbook and an impact", "[analysis]") {
  const std::string alert = "alert A { when = `x > 1`  for = 5m  severity = page }";
  auto run = judge("team t { chat = c }\n" + service("a", alert) +
                   service("b", "owner = t\nrunbook r { summary = \"x\" }\n" + alert));
  CHECK(run.places(Check::PageWithoutOwner) == Places{"a"});
  CHECK(run.places(Check::PageWithoutRunbook) == Places{"A", "A"});
  CHECK(run.places(Check::PageWithoutImpact) == Places{"A", "A"});
  CHECK(run.of(Check::AlertText).empty());
  REQUIRE(run.of(Check::PageWithoutRunbook)[1].fixes.size() == 1);
  CHECK(run.of(Check::PageWithoutRunbook)[1].fixes[0].edits[0].newText == "  runbook = r");

  auto slos = judge(http + service("a", slo("99.9%")) + "journey j { needs a\n" +
                    slo("99%", "runbook = r") + " }\nrunbook r { summary = \"x\" }\n");
  CHECK(slos.places(Check::PageWithoutOwner) == Places{"a", "j"});
  CHECK(slos.places(Check::PageWithoutRunbook) == Places{"a"});

  auto ticket = judge(
      service("a", "alert A { when = `x > 1`  for = 5m  severity = ticket  symptom = \"s\" }"));
  CHECK(ticket.findings.empty());
}

TEST_CASE("alerts wait or look back", "[analysis]") {
  auto flaps = [](std::string_view when, std::string_view more = "") {
    return !judge(service("a",
                          fmt::format(
                              "alert A {{ when = `{}`  severity = ticket  symptom = \"s\"  {} }}",
                              when, more)))
                .of(Check::Flapping)
                .empty();
  };
  CHECK(flaps("x > 1"));
  CHECK(flaps("x offset 5m > 1", "for = 0s"));
  CHECK_FALSE(flaps("x > 1", "for = 1m"));
  CHECK_FALSE(flaps("x > 1", "keep_firing_for = 1m"));
  CHECK_FALSE(flaps("rate(x_total[5m]) > 1"));
  CHECK_FALSE(flaps("max_over_time(x[5m:1m]) > 1"));
  CHECK_FALSE(flaps("job:x:rate5m > 1"));
}

TEST_CASE("alert names are CamelCase and short", "[analysis]") {
  auto run = [](std::string_view name) {
    return judge(
               service("a", fmt::format("alert {} {{ when = `x > 1`  for = 1m  severity = info }}",
                                        name)))
        .of(Check::AlertText);
  };
  CHECK(run("OrdersLate").empty());
  CHECK(run("orders_late").size() == 1);
  CHECK(run("Orders-late").size() == 1);
  CHECK(run(std::string(41, 'A')).size() == 1);
  CHECK(run(std::string(40, 'A')).empty());
  CHECK(run("_1").size() == 1);
}

TEST_CASE("what could not be read is not judged for what it lacks", "[analysis]") {
  auto compiled =
      test::compile("service a {\n  tier = tier1\n  nonsense = 1\n  needs b { timeut = 1s }\n}\n"
                    "service b {}\nburn_policy p { tier x { severity = page } }\n");
  diagnostics::FindingList list;
  analysis::analyze(compiled->model, list);
  for (const Finding& f : list.all()) FAIL_CHECK(f.message);
}
