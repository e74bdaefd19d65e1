// Growth, and what arithmetic makes of rates, times and numbers.

#include "compiler/model/quantity.h"

#include <catch2/catch.hpp>

#include <cmath>

using namespace relc::model;

namespace {

Quantity quantity(std::string_view text) {
  bool negative = text.starts_with('-'); // `-` is an operator of expressions, not of literals
  auto parsed = parseQuantity(text.substr(negative ? 1 : 0));
  INFO(text << ": " << parsed.error);
  REQUIRE(parsed.value);
  if (negative) parsed.value->value = *subtract(0, parsed.value->value);
  return *parsed.value;
}

std::string result(std::string_view a, char op, std::string_view b) {
  Combined combined = combine(op, quantity(a), quantity(b));
  return combined.value ? combined.value->toString() : combined.error;
}

} // namespace

TEST_CASE("quantity: a growth is read and written", "[quantity]") {
  for (std::string_view text :
       {"4%/month", "-2%/year", "0.5%/w", "1%/d", "100%/m", "12.25%/h", "0%/month"}) {
    Quantity growth = quantity(text);
    CHECK(growth.unit == Unit::Growth);
    std::string printed = growth.toString();
    CHECK(quantity(printed).value == growth.value);
    CHECK(quantity(printed).per == growth.per);
  }
  CHECK(quantity("4%/month").toString() == "4%/month");
  CHECK(quantity("4%/month").value == Decimal(4, -2));
  CHECK(quantity("4%/month").per == Decimal(31536000 / 12));
  CHECK(quantity("3%/week").per == Decimal(604800));
  CHECK(describe(Unit::Growth) == "a growth");
  CHECK((compare(quantity("12/year"), quantity("1/month")) == 0));
}

TEST_CASE("quantity: what is no growth says why", "[quantity]") {
  auto error = [](std::string_view text) { return parseQuantity(text).error; };
  CHECK(error("4ms/month") ==
        "a rate is a plain number of events in a time, such as `1200/s`, and a "
        "growth a share, such as `4%/month`");
  CHECK(error("4%/fortnight") == "unknown unit `/fortnight`");
  CHECK(parseQuantity("4%/months").suggestion == "/month");
  CHECK(parseQuantity("4%/mo").suggestion == "/month");
  CHECK(parseQuantity("4%/yr").suggestion == "/y");
  CHECK(parseQuantity("4/days").suggestion == "/d");
  CHECK(parseQuantity("4/kb").suggestion.empty());
  CHECK(parseQuantity("4months").suggestion == "d");
}

TEST_CASE("quantity: growths compare by what a year makes of them", "[quantity]") {
  auto less = [](std::string_view a, std::string_view b) {
    return compare(quantity(a), quantity(b)) < 0 && compare(quantity(b), quantity(a)) > 0;
  };
  auto same = [](std::string_view a, std::string_view b) {
    return compare(quantity(a), quantity(b)) == 0;
  };
  CHECK(same("4%/month", "4%/month"));
  CHECK(less("4%/month", "5%/month"));
  CHECK(less("-2%/year", "0%/year"));
  CHECK(same("0%/year", "0%/month"));
  // 4 % a month is 60.1 % a year, not 48 %.
  CHECK(less("60%/year", "4%/month"));
  CHECK(less("4%/month", "61%/year"));
  CHECK(less("900%/week", "100%/day")); // 2^7 = 128
  // Nothing is left after a month or a year: no order between them, and no NaN.
  CHECK(less("-100%/month", "-99%/year"));
  CHECK(same("-150%/month", "-100%/year"));
}

TEST_CASE("quantity: a growth compounds", "[quantity]") {
  Quantity monthly = quantity("4%/month");
  constexpr double day = 86400, year = 365 * day;
  CHECK(monthly.toDouble() == Approx(std::pow(1.04, 12) - 1));
  CHECK(growthFactor(monthly, year) == Approx(std::pow(1.04, 12)));
  CHECK(growthFactor(monthly, 180 * day) == Approx(std::pow(1.04, 12 * 180 / 365.0)));
  CHECK(growthFactor(monthly, 0) == 1);
  CHECK(growthFactor(quantity("-2%/year"), 2 * year) == Approx(0.98 * 0.98));
  CHECK(growthFactor(quantity("-100%/year"), 1) == 0);
  CHECK(growthFactor(quantity("10%/year"), -year) == Approx(1 / 1.1));
}

TEST_CASE("quantity: arithmetic", "[quantity]") {
  CHECK(result("1200/s", '*', "30d") == "3110400000");
  CHECK(result("30d", '*', "1200/s") == "3110400000");
  CHECK(result("2", '*', "300ms") == "600ms");
  CHECK(result("300ms", '*', "2") == "600ms");
  CHECK(result("30d", '/', "1h") == "720");
  CHECK(result("600ms", '/', "2") == "300ms");
  CHECK(result("50%", '*', "30d") == "15d");
  CHECK(result("1200", '/', "1m") == "1200/m");
  CHECK(result("-1200", '/', "1m") == "-1200/m");
  CHECK(result("1200", '/', "-1m") == "-1200/m");
  CHECK(result("1200", '/', "20/s") == "1m");
  CHECK(result("1200/m", '/', "20/s") == "1");
  CHECK(result("2/year", '+', "1/month") == "14/y");
  CHECK(result("1", '/', "0/s") == "division by zero");

  CHECK(result("4%/month", '*', "2") == "8%/month");
  CHECK(result("2", '*', "4%/month") == "8%/month");
  CHECK(result("50%", '*', "4%/month") == "2%/month");
  CHECK(result("4%/month", '/', "2") == "2%/month");
  CHECK(result("4%/month", '+', "1%/month") == "5%/month");
  CHECK(result("4%/month", '-', "5%/month") == "-1%/month");
  CHECK(result("4%/month", '+', "1%/year") ==
        "growths over different times compound differently, and have no sum");
  CHECK(result("4%/month", '/', "2%/month") == "cannot divide a growth by a growth");
  CHECK(result("4%/month", '*', "30d") == "cannot multiply a growth by a duration");
  CHECK(result("4%/month", '*', "2%/month") == "cannot multiply a growth by a growth");
  CHECK(result("4%/month", '+', "1%") == "cannot add a growth and a ratio");
  CHECK(result("1200/s", '+', "4%/month") == "cannot add a rate and a growth");
}
