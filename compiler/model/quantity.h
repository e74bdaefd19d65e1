#pragma once
// Exact quantities: decimals with a unit. 1 − 99.9 % is 0.001, not 0.0009999999999999432.

#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace relc::model {

/// mantissa × 10^exponent, normalised: no trailing zeros in the mantissa, zero has exponent 0.
struct Decimal {
  int64_t mantissa = 0;
  int32_t exponent = 0;

  constexpr Decimal() = default;
  constexpr Decimal(int64_t value) : Decimal(value, 0) {}
  constexpr Decimal(int64_t m, int32_t e) : mantissa(m), exponent(e) {
    while (mantissa != 0 && mantissa % 10 == 0) mantissa /= 10, ++exponent;
    if (mantissa == 0) exponent = 0;
  }
  [[nodiscard]] double toDouble() const;
  /// Shortest plain notation without exponent: "0.001", "-12", "1500000".
  [[nodiscard]] std::string toString() const;
  friend bool operator==(const Decimal&, const Decimal&) = default;
  friend std::strong_ordering operator<=>(const Decimal& a, const Decimal& b);
};

/// Arithmetic is exact or, for division, rounded to 18 significant digits. Nothing on overflow or
/// division by zero.
std::optional<Decimal> add(Decimal a, Decimal b);
std::optional<Decimal> subtract(Decimal a, Decimal b);
std::optional<Decimal> multiply(Decimal a, Decimal b);
std::optional<Decimal> divide(Decimal a, Decimal b);
/// "12", "0.25", "1_000"; nothing if it is none or has more than 18 digits.
std::optional<Decimal> parseDecimal(std::string_view text);

enum class Unit : uint8_t {
  Number,   ///< plain
  Ratio,    ///< 99.9 % is 0.999
  Duration, ///< seconds
  Bytes,    ///< bytes
  Rate,     ///< `value` events in `per` seconds
  Growth,   ///< a change by the share `value` every `per` seconds, compounding: 4%/month
};
/// "a duration", for messages.
std::string_view describe(Unit unit);

struct Quantity {
  Decimal value;
  Unit unit = Unit::Number;
  /// Rate and Growth only: seconds. A year is 365 days and a month its twelfth, so that `12/year`
  /// is `1/month`.
  Decimal per = 1;

  /// In the base unit: seconds, bytes, events per second, fraction; for a growth the fraction by
  /// which a year changes things, compounded: 4%/month is 0.60103….
  [[nodiscard]] double toDouble() const;
  /// As Rel writes it: "300ms", "99.9%", "1200/s", "4%/month".
  [[nodiscard]] std::string toString() const;
};
/// Of the same unit. Growths of different periods compare by what they make of a year.
std::strong_ordering compare(const Quantity& a, const Quantity& b);
/// By what a growth multiplies in `seconds`, compound interest: (1 + value)^(seconds / per). 0 if
/// it takes everything away.
double growthFactor(const Quantity& growth, double seconds);

/// A unit that a literal may have, and what one of it is in the base unit.
struct UnitInfo {
  std::string_view name;
  Unit unit;
  Decimal factor;
};
/// `ms`, `%`, `GiB`.
std::span<const UnitInfo> unitNames();
/// What may stand behind the `/` of a rate or a growth, in seconds.
std::span<const UnitInfo> periodNames();

struct ParsedQuantity {
  std::optional<Quantity> value;
  std::string error;       ///< empty if there is a value
  std::string unknownUnit; ///< the unit that is unknown, if that is what is wrong
  std::string suggestion;  ///< a unit that was probably meant
};
/// A literal: `12`, `99.9%`, `1h30m`, `2GiB`, `1200/s`, `4%/month`.
ParsedQuantity parseQuantity(std::string_view text);

struct Combined {
  std::optional<Quantity> value;
  std::string error;
};
/// `op` is one of + - * /. Besides arithmetic on one unit and with plain numbers: events from a
/// rate and a time (`1200/s * 30d`), a rate from events and a time, a time from events and a rate.
Combined combine(char op, const Quantity& a, const Quantity& b);

/// A day in the proleptic Gregorian calendar, as days since 1970-01-01.
struct Date {
  int32_t days = 0;
  friend auto operator<=>(Date, Date) = default;
  [[nodiscard]] std::string toString() const;
};
/// "2026-11-23"; nothing if there is no such day.
std::optional<Date> parseDate(std::string_view text);

/// "1h30m", "30d", "300ms": the largest units that fit exactly.
std::string formatDuration(Decimal seconds);

} // namespace relc::model
