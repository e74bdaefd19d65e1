// Ceilings against closed forms and published sheets, from programs.

#include "tests/unit/compile.h"

#include "compiler/reliability/ceilings.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <cmath>

using namespace relc;
using reliability::Ceilings;
using reliability::SystemTree;

namespace {

/// How often `path` can be up at best, exactly and by the bounds that are found quickly.
double ceilingOf(const std::string& program, const std::string& path) {
  const auto compiled = test::compile("import std.http\n\n" + program);
  const model::Model& model = compiled->model;
  for (const diagnostics::Finding& finding : compiled->findings.all())
    if (finding.severity == diagnostics::Severity::Error) FAIL(finding.message << "\n" << program);
  SystemTree system(model);
  Ceilings ceilings(model, system);
  for (uint32_t i = 0; i < model.entities.size(); ++i) {
    if (!reliability::needy.has(model.entities[i].kind) || model.path({i}) != path) continue;
    const faulttree::Interval quick = ceilings.quick({i}), exact = ceilings.exact({i});
    CHECK(exact.low == exact.high);
    CHECK(quick.low <= exact.low + 1e-15);
    CHECK(quick.high >= exact.low - 1e-15);
    return 1 - exact.low;
  }
  FAIL("there is no " << path);
  return 0;
}

Approx within(double value, double margin) {
  return Approx(value).margin(margin).epsilon(0);
}

/// `needs` of vendors with the given slas, and the vendors.
struct Vendors {
  std::string needs, declared;
  double product = 1;
};
Vendors vendors(const std::string& prefix, const std::vector<std::string>& slas) {
  Vendors result;
  for (size_t i = 0; i < slas.size(); ++i) {
    result.needs += fmt::format("  needs {}{}\n", prefix, i);
    result.declared += fmt::format("external {}{} {{ sla = {}% }}\n", prefix, i, slas[i]);
    result.product *= std::stod(slas[i]) / 100;
  }
  return result;
}

double binomial(unsigned n, unsigned k) {
  return k == 0 ? 1 : binomial(n, k - 1) * (n - k + 1) / k;
}

std::string promising(const std::string& objective) {
  return fmt::format(
      "  slo availability {{ objective = {}  sli = http.availability({{job=\"x\"}}) }}\n",
      objective);
}

// The sheets of github.com/Azure/reliable-web-app-pattern-dotnet, assets/sla-calculation.md: what
// both regions share, and what each of them has, private links with what they lead to.
const std::vector<std::string> shared = {"99.99", "99.99"};
const std::vector<std::string> regional = {"99.99",  "99.95", "99.99", "99.9",  "99.99",
                                           "99.995", "99.99", "99.9",  "99.99", "99.99",
                                           "99.99",  "99.9",  "99.99"};

} // namespace

TEST_CASE("a sheet of SLAs that are all needed") {
  const Vendors all =
      vendors("v", {"99.99", "99.99", "99.95", "99.9", "99.995", "99.9", "99.99", "99.9"});
  const double ceiling = ceilingOf("journey buy {\n" + all.needs + "}\n" + all.declared, "buy");
  CHECK(ceiling == within(all.product, 1e-12));
  CHECK(ceiling == within(0.996156, 5e-7)); // published: 99.616 %
  CHECK(reliability::shownAvailability(ceiling) == "99.616%");
}

TEST_CASE("one region, and two that share what the sheet counts twice") {
  const Vendors front = vendors("front", shared), west = vendors("west", regional),
                east = vendors("east", regional);
  const std::string site = "service west {\n" + west.needs + "}\nservice east {\n" + east.needs +
                           "}\n" + front.declared + west.declared + east.declared;
  const double one = ceilingOf("journey buy {\n" + front.needs + "  needs west\n}\n" + site, "buy");
  CHECK(one == within(0.995459, 5e-7)); // published: 99.546 %

  const double two =
      ceilingOf("journey buy {\n" + front.needs + "  needs any [west, east]\n}\n" + site, "buy");
  CHECK(two == within(front.product * (1 - std::pow(1 - west.product, 2)), 1e-12));
  CHECK(two ==
        within(0.9997812, 5e-8)); // published as 99.9779 %, with the shared part in each region
}

TEST_CASE("k of n instances") {
  struct Case {
    unsigned k, n;
    std::string each;
    double known, digits;
  };
  for (const Case& c :
       {Case{2, 3, "99", 0.999702, 5e-7}, Case{3, 5, "99", 0.9999901, 5e-8},
        Case{1, 2, "99.9", 0.999999, 5e-10}, Case{4, 6, "99.9", 0.99999998, 5e-10}}) {
    const double a = std::stod(c.each) / 100;
    double closed = 0;
    for (unsigned i = c.k; i <= c.n; ++i)
      closed += binomial(c.n, i) * std::pow(a, i) * std::pow(1 - a, c.n - i);
    const double ceiling = ceilingOf(
        fmt::format("service x {{ replicas = {}  quorum = {}  instance_availability = {}% }}", c.n,
                    c.k, c.each),
        "x");
    CHECK(ceiling == within(closed, 1e-13));
    CHECK(ceiling == within(c.known, c.digits));
  }
}

TEST_CASE("k of n vendors") {
  for (unsigned n = 2; n <= 6; ++n)
    for (unsigned k = 1; k < n; ++k) {
      std::string names, declared;
      for (unsigned i = 0; i < n; ++i) {
        names += fmt::format("{}v{}", i == 0 ? "" : ", ", i);
        declared += fmt::format("external v{} {{ sla = 99% }}\n", i);
      }
      double closed = 0;
      for (unsigned i = k; i <= n; ++i)
        closed += binomial(n, i) * std::pow(0.99, i) * std::pow(0.01, n - i);
      CHECK(ceilingOf(fmt::format("journey buy {{ needs {} of [{}] }}\n{}", k, names, declared),
                      "buy") == within(closed, 1e-13));
    }
}

TEST_CASE("a share of the failures hits all instances at once") {
  // β = 10 % of 1e-3: 1e-4 for both, and 9e-4 for each by itself.
  const double ceiling = ceilingOf(
      "service x { replicas = 2  instance_availability = 99.9%  common_cause = 10% }", "x");
  CHECK(1 - ceiling == within(1e-4 + 8.1e-7 - 1e-4 * 8.1e-7, 1e-15));
}

TEST_CASE("instances that stand together") {
  // Two in one zone: the zone, or both. Zones in one region: the region, or both zones.
  CHECK(1 - ceilingOf("domain z { level = zone  availability = 99.9% }\n"
                      "service x { replicas = 2  placement = [z]  instance_availability = 99% }",
                      "x") ==
        within(1 - 0.999 * (1 - 1e-4), 1e-14));
  CHECK(1 - ceilingOf("domain r { level = region  availability = 99.99% }\n"
                      "domain y in r { level = zone  availability = 99.9% }\n"
                      "domain z in r { level = zone  availability = 99.9% }\n"
                      "service x { placement = [y, z] }",
                      "x") ==
        within(1 - 0.9999 * (1 - 1e-6), 1e-14));
}

TEST_CASE("what a promise leaves to its owner") {
  const std::string program = "journey one { needs checkout }\n"
                              "journey both {\n  needs checkout\n  needs vendor\n}\n"
                              "journey two {\n  needs checkout\n  needs search\n}\n"
                              "service checkout {\n" +
                              promising("99.9%") +
                              "  needs vendor\n}\n"
                              "service search {\n" +
                              promising("99.8%") +
                              "  needs vendor\n}\n"
                              "external vendor { sla = 99.95% }\n";
  // Not more than the vendor for whoever promises; just the promise for who needs that.
  CHECK(ceilingOf(program, "checkout") == within(0.9995, 1e-13));
  CHECK(ceilingOf(program, "one") == within(0.999, 1e-13));
  // The vendor is in the promise already, and counts once.
  CHECK(ceilingOf(program, "both") == within(0.999, 1e-13));
  CHECK(ceilingOf(program, "two") == within(0.999 * 0.998 / 0.9995, 1e-13));
}

TEST_CASE("a promise that cannot be kept does not make what is above it better") {
  CHECK(ceilingOf("journey buy { needs checkout }\n"
                  "service checkout {\n" +
                      promising("99.99%") +
                      "  needs vendor\n}\n"
                      "external vendor { sla = 99.5% }\n",
                  "buy") == within(0.995, 1e-13));
}

TEST_CASE("objectives that are suggested can be kept") {
  for (double below : {0.5, 1e-1, 1.234e-2, 1e-3, 9.99e-4, 2.1e-4, 1e-5, 3.3e-7}) {
    const std::string text = reliability::honestObjective(1 - below);
    INFO(below << " " << text);
    const double objective = std::stod(text) / 100;
    CHECK(objective <= 1 - below + 1e-12);
    CHECK(1 - objective <= below * 2);
  }
}
