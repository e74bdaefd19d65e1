#include "compiler/model/version.h"

#include <catch2/catch.hpp>

using namespace relc::model;

namespace {

bool fits(std::string_view constraint, std::string_view version) {
  auto parsed = parseVersionConstraint(constraint);
  INFO(constraint << " " << parsed.error.message);
  REQUIRE(parsed.value);
  return parsed.value->brokenBy(*parseVersion(version)) == nullptr;
}

FormError errorOf(std::string_view constraint) {
  auto parsed = parseVersionConstraint(constraint);
  INFO(constraint);
  REQUIRE_FALSE(parsed.value);
  return parsed.error;
}

} // namespace

TEST_CASE("versions are up to three numbers") {
  CHECK(parseVersion("1.4.0")->numbers == std::array<uint32_t, 3>{1, 4, 0});
  CHECK(parseVersion("1.4") == parseVersion("1.4.0"));
  CHECK(parseVersion("2") == parseVersion("2.0.0"));
  CHECK(*parseVersion("1.10") > *parseVersion("1.9.9"));
  CHECK(parseVersion("999999999"));
  for (std::string_view wrong : {"", ".", "1.", ".1", "1..2", "1.2.3.4", "v1", "1.2-rc1", "-1",
                                 "+1", " 1", "1 ", "1000000000", "1.x"}) {
    INFO(wrong);
    CHECK_FALSE(parseVersion(wrong));
  }
}

TEST_CASE("all comparisons of a constraint must hold") {
  CHECK(fits(">= 1.2, < 2", "1.2.0"));
  CHECK(fits(">= 1.2, < 2", "1.99.99"));
  CHECK_FALSE(fits(">= 1.2, < 2", "1.1.9"));
  CHECK_FALSE(fits(">= 1.2, < 2", "2.0.0"));
  CHECK(fits("> 1.2", "1.2.1"));
  CHECK_FALSE(fits("> 1.2", "1.2"));
  CHECK(fits("<= 1.2", "1.2.0"));
  CHECK_FALSE(fits("<= 1.2", "1.2.1"));
  CHECK(fits("= 1.2", "1.2.0"));
  CHECK_FALSE(fits("= 1.2", "1.2.1"));
  CHECK(fits("  >=1.2 ,<2  ", "1.5"));
}

TEST_CASE("a version alone asks for that and what follows it before the next major one") {
  CHECK(fits("1.4", "1.4.0"));
  CHECK(fits("1.4", "1.5"));
  CHECK_FALSE(fits("1.4", "1.3.9"));
  CHECK_FALSE(fits("1.4", "2.0"));
  CHECK(fits("0.1", "0.2"));
  CHECK_FALSE(fits("0", "1"));
}

TEST_CASE("the term that does not hold is known by its place") {
  auto constraint = *parseVersionConstraint(">= 1.2,  < 2").value;
  const auto* broken = constraint.brokenBy(*parseVersion("2"));
  REQUIRE(broken);
  CHECK(broken->offset == 9);
  CHECK(broken->length == 3);
}

TEST_CASE("what other tools write is put into our words") {
  CHECK(errorOf("~> 1.2").suggestion == ">= 1.2, < 2");
  CHECK(errorOf("~> 1.2.3").suggestion == ">= 1.2.3, < 1.3");
  CHECK(errorOf("~1.2").suggestion == ">= 1.2, < 1.3");
  CHECK(errorOf("~1").suggestion == ">= 1, < 2");
  CHECK(errorOf("^1.2").suggestion == "1.2");
  CHECK(errorOf("== 1.2").suggestion == "= 1.2");
  CHECK(errorOf("=> 1.2").suggestion == ">= 1.2");
  CHECK(errorOf("v1.2").suggestion == "1.2");
  CHECK_FALSE(errorOf("!= 1.2").suggestion);
  CHECK_FALSE(errorOf("latest").suggestion);
}

TEST_CASE("errors have the place of what is wrong") {
  auto at = [](std::string_view text) {
    FormError error = errorOf(text);
    return std::pair(error.offset, error.length);
  };
  CHECK(at("") == std::pair<size_t, size_t>(0, 0));
  CHECK(at(">= 1.2,") == std::pair<size_t, size_t>(7, 0));
  CHECK(at(">= 1.2, ") == std::pair<size_t, size_t>(8, 0));
  CHECK(at(">= 1.2, ,< 2").second == 0);
  CHECK(at(">= 1.2, <") == std::pair<size_t, size_t>(8, 1));
  CHECK(at(">= 1.2, < x") == std::pair<size_t, size_t>(10, 1));
  CHECK(at("1.2 < 2") == std::pair<size_t, size_t>(0, 7));
}
