#include "compiler/model/quantity.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <iterator>

namespace relc::model {
namespace {

__extension__ using Wide = __int128; // g++ and clang have it, the standard does not

std::optional<Wide> scaleUp(Wide m, int32_t digits) {
  constexpr Wide limit = Wide{1} << 120;
  for (; digits > 0; --digits) {
    if (m > limit / 10 || m < -limit / 10) return std::nullopt;
    m *= 10;
  }
  return m;
}

std::optional<Decimal> narrow(Wide m, int32_t exponent) {
  while (m > INT64_MAX || m < INT64_MIN + 1) {
    Wide tenth = m / 10;
    if (tenth * 10 != m) return std::nullopt;
    m = tenth, ++exponent;
  }
  if (m == 0) return Decimal();
  auto mantissa = static_cast<int64_t>(m); // divided ten times as fast
  while (mantissa % 10 == 0) mantissa /= 10, ++exponent;
  if (std::abs(exponent) > 300) return std::nullopt;
  return Decimal(mantissa, exponent);
}

std::optional<std::pair<Wide, Wide>> align(Decimal a, Decimal b) {
  int32_t exponent = std::min(a.exponent, b.exponent);
  auto x = scaleUp(a.mantissa, a.exponent - exponent);
  auto y = scaleUp(b.mantissa, b.exponent - exponent);
  if (!x || !y) return std::nullopt;
  return std::pair{*x, *y};
}

Decimal negate(Decimal a) {
  return {-a.mantissa, a.exponent};
}

} // namespace

double Decimal::toDouble() const {
  // Both are exact as doubles, so that one operation rounds once.
  static constexpr double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                      1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                      1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
  constexpr int64_t exact = int64_t{1} << 53;
  if (mantissa >= -exact && mantissa <= exact && exponent >= -22 && exponent <= 22) {
    auto m = static_cast<double>(mantissa);
    return exponent < 0 ? m / powers[-exponent] : m * powers[exponent];
  }
  // Through text: strtod rounds correctly, m * pow(10, e) does not.
  std::string text = fmt::format("{}e{}", mantissa, exponent);
  return std::strtod(text.c_str(), nullptr);
}

std::string Decimal::toString() const {
  std::string digits =
      std::to_string(mantissa < 0 ? -static_cast<Wide>(mantissa) > 0 ? -mantissa : 0 : mantissa);
  std::string sign = mantissa < 0 ? "-" : "";
  if (exponent >= 0) return sign + digits + std::string(static_cast<size_t>(exponent), '0');
  auto places = static_cast<size_t>(-exponent);
  if (digits.size() <= places) digits.insert(0, places - digits.size() + 1, '0');
  digits.insert(digits.size() - places, 1, '.');
  return sign + digits;
}

std::strong_ordering operator<=>(const Decimal& a, const Decimal& b) {
  if (a.exponent == b.exponent) return a.mantissa <=> b.mantissa;
  if (auto pair = align(a, b)) return pair->first <=> pair->second;
  double x = a.toDouble(), y = b.toDouble();
  return x < y   ? std::strong_ordering::less
         : x > y ? std::strong_ordering::greater
                 : std::strong_ordering::equal;
}

std::optional<Decimal> add(Decimal a, Decimal b) {
  auto pair = align(a, b);
  if (!pair) return std::nullopt;
  return narrow(pair->first + pair->second, std::min(a.exponent, b.exponent));
}
std::optional<Decimal> subtract(Decimal a, Decimal b) {
  return add(a, negate(b));
}
std::optional<Decimal> multiply(Decimal a, Decimal b) {
  return narrow(Wide{a.mantissa} * b.mantissa, a.exponent + b.exponent);
}
std::optional<Decimal> divide(Decimal a, Decimal b) {
  if (b.mantissa == 0) return std::nullopt;
  if (b.mantissa > 0 && a.mantissa % b.mantissa == 0)
    return narrow(a.mantissa / b.mantissa, a.exponent - b.exponent);
  // As many digits as the mantissa can hold.
  for (int32_t digits = 18; digits >= 0; --digits) {
    auto m = scaleUp(a.mantissa, digits);
    if (!m) continue;
    Wide q = *m / b.mantissa;
    Wide rest = *m - q * b.mantissa;
    Wide divisor = b.mantissa;
    if ((rest < 0 ? -rest : rest) * 2 >= (divisor < 0 ? -divisor : divisor))
      q += (*m < 0) == (divisor < 0) ? 1 : -1;
    if (auto result = narrow(q, a.exponent - digits - b.exponent)) return result;
  }
  return std::nullopt;
}

std::optional<Decimal> parseDecimal(std::string_view text) {
  int64_t mantissa = 0;
  int32_t exponent = 0;
  bool point = false, any = false;
  for (char c : text) {
    if (c == '_' && any && !point) continue;
    if (c == '.' && any && !point) {
      point = true;
      continue;
    }
    if (c < '0' || c > '9') return std::nullopt;
    if (mantissa > (INT64_MAX - 9) / 10) return std::nullopt;
    mantissa = mantissa * 10 + (c - '0');
    if (point) --exponent;
    any = true;
  }
  if (!any || text.back() == '.' || text.back() == '_') return std::nullopt;
  return Decimal(mantissa, exponent);
}

// --- units ---------------------------------------------------------------------------------------

namespace {

constexpr UnitInfo units[] = {
    {"ns", Unit::Duration, {1, -9}},
    {"us", Unit::Duration, {1, -6}},
    {"ms", Unit::Duration, {1, -3}},
    {"s", Unit::Duration, 1},
    {"m", Unit::Duration, 60},
    {"h", Unit::Duration, 3600},
    {"d", Unit::Duration, 86400},
    {"w", Unit::Duration, 604800},
    {"y", Unit::Duration, 31536000},
    {"%", Unit::Ratio, {1, -2}},
    {"B", Unit::Bytes, 1},
    {"KB", Unit::Bytes, 1000},
    {"MB", Unit::Bytes, 1000000},
    {"GB", Unit::Bytes, {1, 9}},
    {"TB", Unit::Bytes, {1, 12}},
    {"KiB", Unit::Bytes, 1024},
    {"MiB", Unit::Bytes, 1048576},
    {"GiB", Unit::Bytes, 1073741824},
    {"TiB", Unit::Bytes, 1099511627776},
};
/// What may stand behind the `/` of a rate.
constexpr UnitInfo periods[] = {
    {"s", Unit::Duration, 1},           {"m", Unit::Duration, 60},
    {"h", Unit::Duration, 3600},        {"d", Unit::Duration, 86400},
    {"w", Unit::Duration, 604800},      {"y", Unit::Duration, 31536000},
    {"minute", Unit::Duration, 60},     {"hour", Unit::Duration, 3600},
    {"day", Unit::Duration, 86400},     {"week", Unit::Duration, 604800},
    {"year", Unit::Duration, 31536000}, {"month", Unit::Duration, 2628000},
    {"min", Unit::Duration, 60},
};

template <size_t N>
const UnitInfo* find(const UnitInfo (&rows)[N], std::string_view name) {
  for (const UnitInfo& row : rows)
    if (row.name == name) return &row;
  return nullptr;
}

/// What people write instead.
constexpr std::pair<std::string_view, std::string_view> aliases[] = {
    {"sec", "s"},     {"secs", "s"},    {"second", "s"},
    {"seconds", "s"}, {"min", "m"},     {"mins", "m"},
    {"minute", "m"},  {"minutes", "m"}, {"hr", "h"},
    {"hrs", "h"},     {"hour", "h"},    {"hours", "h"},
    {"day", "d"},     {"days", "d"},    {"week", "w"},
    {"weeks", "w"},   {"year", "y"},    {"years", "y"},
    {"msec", "ms"},   {"millis", "ms"}, {"milliseconds", "ms"},
    {"kb", "KB"},     {"mb", "MB"},     {"gb", "GB"},
    {"tb", "TB"},     {"k", "KB"},      {"M", "MB"},
    {"G", "GB"},      {"T", "TB"},      {"Ki", "KiB"},
    {"Mi", "MiB"},    {"Gi", "GiB"},    {"Ti", "TiB"},
    {"kB", "KB"},     {"S", "s"},       {"D", "d"},
    {"H", "h"},       {"MS", "ms"},     {"percent", "%"},
    {"pct", "%"},     {"mo", "d"},      {"month", "d"},
    {"months", "d"},  {"rps", "/s"},    {"qps", "/s"},
    {"rpm", "/m"},    {"yr", "y"},      {"yrs", "y"},
};

std::string_view suggest(std::string_view unit) {
  for (auto [alias, meant] : aliases)
    if (alias == unit) return meant;
  return {};
}

std::string_view suggestPeriod(std::string_view period) {
  if (period == "mo" || period == "months") return "month"; // which is no duration
  std::string_view meant = suggest(period);
  return find(periods, meant) ? meant : std::string_view();
}

/// The natural logarithm of what a growth makes of one in a second.
double logGrowth(const Quantity& growth) {
  return std::log1p(std::max(growth.value.toDouble(), -1.0)) / growth.per.toDouble();
}
constexpr double year = 31536000;

} // namespace

std::span<const UnitInfo> unitNames() {
  return units;
}
std::span<const UnitInfo> periodNames() {
  return periods;
}

std::string_view describe(Unit unit) {
  static constexpr std::string_view names[] = {"a plain number",  "a ratio", "a duration",
                                               "a size in bytes", "a rate",  "a growth"};
  return names[static_cast<size_t>(unit)];
}

ParsedQuantity parseQuantity(std::string_view text) {
  std::string_view rest = text;
  std::string_view period;
  if (size_t slash = text.find('/'); slash != text.npos) {
    rest = text.substr(0, slash);
    period = text.substr(slash + 1);
  }
  ParsedQuantity result;
  std::optional<Quantity> sum;
  Decimal lastFactor = 0;
  while (!rest.empty()) {
    size_t digits = std::min(rest.find_first_not_of("0123456789_."), rest.size());
    auto number = parseDecimal(rest.substr(0, digits));
    if (!number) {
      result.error = fmt::format("`{}` is no number of at most 18 digits", rest.substr(0, digits));
      return result;
    }
    rest.remove_prefix(digits);
    size_t letters = std::min(rest.find_first_of("0123456789"), rest.size());
    std::string_view name = rest.substr(0, letters);
    rest.remove_prefix(letters);
    Quantity part{*number, Unit::Number, 1};
    if (!name.empty()) {
      const UnitInfo* row = find(units, name);
      if (!row) {
        result.unknownUnit = name;
        result.suggestion = suggest(name);
        result.error = fmt::format("unknown unit `{}`", name);
        return result;
      }
      auto value = multiply(*number, row->factor);
      if (!value) {
        result.error = "the number is too large";
        return result;
      }
      part = {*value, row->unit, 1};
      if (sum && (row->unit != Unit::Duration || sum->unit != Unit::Duration ||
                  !(row->factor < lastFactor))) {
        result.error = "only durations have several parts, the larger unit first: `1h30m`";
        return result;
      }
      lastFactor = row->factor;
    } else if (sum) {
      result.error = fmt::format("the last part of `{}` has no unit", text);
      return result;
    }
    auto total = sum ? add(sum->value, part.value) : part.value;
    if (!total) {
      result.error = "the number is too large";
      return result;
    }
    sum = Quantity{*total, part.unit, 1};
  }
  if (!period.empty()) {
    const UnitInfo* row = find(periods, period);
    if (!row) {
      result.unknownUnit = fmt::format("/{}", period);
      std::string_view meant = suggestPeriod(period);
      if (!meant.empty()) result.suggestion = fmt::format("/{}", meant);
      result.error = fmt::format("unknown unit `/{}`", period);
      return result;
    }
    if (!sum || (sum->unit != Unit::Number && sum->unit != Unit::Ratio)) {
      result.error =
          "a rate is a plain number of events in a time, such as `1200/s`, and a growth a "
          "share, such as `4%/month`";
      return result;
    }
    sum->unit = sum->unit == Unit::Number ? Unit::Rate : Unit::Growth;
    sum->per = row->factor;
  }
  if (!sum) result.error = "no number";
  result.value = sum;
  return result;
}

double Quantity::toDouble() const {
  if (unit == Unit::Growth) return std::expm1(logGrowth(*this) * year);
  return value.toDouble() / (unit == Unit::Rate ? per.toDouble() : 1.0);
}

std::string formatDuration(Decimal seconds) {
  if (seconds.mantissa == 0) return "0s";
  if (seconds.mantissa < 0) return fmt::format("-{}", formatDuration(negate(seconds)));
  static constexpr std::pair<std::string_view, int64_t> steps[] = {
      {"d", 86400'000}, {"h", 3600'000}, {"m", 60'000}, {"s", 1000}, {"ms", 1}};
  auto inMs = multiply(seconds, 1000);
  if (!inMs || inMs->exponent < 0 || inMs->exponent > 15) return seconds.toString() + "s";
  std::string out;
  auto wide = scaleUp(inMs->mantissa, inMs->exponent);
  if (!wide || *wide > INT64_MAX) return seconds.toString() + "s";
  auto rest = static_cast<int64_t>(*wide);
  for (auto [name, step] : steps) {
    if (rest < step) continue;
    out += fmt::format("{}{}", rest / step, name);
    rest %= step;
  }
  return out;
}

double growthFactor(const Quantity& growth, double seconds) {
  return std::exp(logGrowth(growth) * seconds);
}

std::string Quantity::toString() const {
  auto percent = [&] { return Decimal(value.mantissa, value.exponent + 2).toString() + "%"; };
  auto each = [&](std::string amount) {
    for (const UnitInfo& row : periods)
      if (row.factor == per) return fmt::format("{}/{}", amount, row.name);
    return fmt::format("{}/{}s", amount, per.toString());
  };
  switch (unit) {
  case Unit::Number: return value.toString();
  case Unit::Ratio: return percent();
  case Unit::Duration: return formatDuration(value);
  case Unit::Bytes: return value.toString() + "B";
  case Unit::Rate: return each(value.toString());
  case Unit::Growth: return each(percent());
  }
  return {};
}

std::strong_ordering compare(const Quantity& a, const Quantity& b) {
  bool timed = a.unit == Unit::Rate || a.unit == Unit::Growth;
  if (!timed || a.per == b.per) return a.value <=> b.value;
  if (a.unit == Unit::Growth) {
    double x = logGrowth(a), y = logGrowth(b);
    return x < y   ? std::strong_ordering::less
           : x > y ? std::strong_ordering::greater
                   : std::strong_ordering::equal;
  }
  auto x = multiply(a.value, b.per), y = multiply(b.value, a.per);
  if (x && y) return *x <=> *y;
  return a.toDouble() < b.toDouble() ? std::strong_ordering::less : std::strong_ordering::greater;
}

Combined combine(char op, const Quantity& a, const Quantity& b) {
  auto wrong = [&](std::string_view verb, std::string_view join) {
    return Combined{
        {}, fmt::format("cannot {} {} {} {}", verb, describe(a.unit), join, describe(b.unit))};
  };
  auto checked = [](std::optional<Decimal> value, Unit unit, Decimal per = 1) -> Combined {
    if (!value) return {{}, "the result is too large"};
    return {Quantity{*value, unit, per}, {}};
  };
  auto scalar = [](Unit unit) { return unit == Unit::Number || unit == Unit::Ratio; };
  switch (op) {
  case '+':
  case '-': {
    if (a.unit != b.unit) return op == '+' ? wrong("add", "and") : wrong("subtract", "and");
    if (a.unit == Unit::Growth && !(a.per == b.per))
      return {{}, "growths over different times compound differently, and have no sum"};
    Decimal right = b.value;
    if (a.unit == Unit::Rate && !(a.per == b.per)) {
      auto scaled = multiply(b.value, a.per);
      auto same = scaled ? divide(*scaled, b.per) : std::nullopt;
      if (!same) return {{}, "the result is too large"};
      right = *same;
    }
    return checked(op == '+' ? add(a.value, right) : subtract(a.value, right), a.unit, a.per);
  }
  case '*':
    if (scalar(a.unit))
      return checked(multiply(a.value, b.value), b.unit == Unit::Number ? a.unit : b.unit, b.per);
    if (scalar(b.unit)) return checked(multiply(a.value, b.value), a.unit, a.per);
    if ((a.unit == Unit::Rate && b.unit == Unit::Duration) ||
        (a.unit == Unit::Duration && b.unit == Unit::Rate)) {
      auto product = multiply(a.value, b.value);
      return checked(product ? divide(*product, a.unit == Unit::Rate ? a.per : b.per) : product,
                     Unit::Number);
    }
    return wrong("multiply", "by");
  case '/':
    if (b.value.mantissa == 0) return {{}, "division by zero"};
    if (a.unit == b.unit && a.unit != Unit::Growth) {
      auto quotient = divide(a.value, b.value);
      if (a.unit == Unit::Rate && quotient) {
        quotient = multiply(*quotient, b.per);
        if (quotient) quotient = divide(*quotient, a.per);
      }
      return checked(quotient, Unit::Number);
    }
    if (scalar(b.unit)) return checked(divide(a.value, b.value), a.unit, a.per);
    if (a.unit == Unit::Number && b.unit == Unit::Duration)
      return b.value.mantissa > 0 ? checked(a.value, Unit::Rate, b.value)
                                  : checked(negate(a.value), Unit::Rate, negate(b.value));
    if (a.unit == Unit::Number && b.unit == Unit::Rate) {
      auto product = multiply(a.value, b.per);
      return checked(product ? divide(*product, b.value) : product, Unit::Duration);
    }
    return wrong("divide", "by");
  default: return {{}, "no such operator"};
  }
}

// --- dates ---------------------------------------------------------------------------------------

std::optional<Date> parseDate(std::string_view text) {
  int year = 0, month = 0, day = 0;
  auto number = [&](size_t at, size_t length, int& out) {
    auto [end, error] = std::from_chars(text.data() + at, text.data() + at + length, out);
    return error == std::errc() && end == text.data() + at + length;
  };
  if (text.size() != 10 || text[4] != '-' || text[7] != '-' || !number(0, 4, year) ||
      !number(5, 2, month) || !number(8, 2, day))
    return std::nullopt;
  std::chrono::year_month_day date{std::chrono::year{year},
                                   std::chrono::month{static_cast<unsigned>(month)},
                                   std::chrono::day{static_cast<unsigned>(day)}};
  if (!date.ok()) return std::nullopt;
  return Date{static_cast<int32_t>(std::chrono::sys_days(date).time_since_epoch().count())};
}

std::string Date::toString() const {
  std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{days}}};
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

} // namespace relc::model
