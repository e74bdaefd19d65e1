#pragma once
// How Rel writes times that come back, and times of day. One grammar, exact to the character:
//
//   moment      "Mon 09:00"  "daily 09:00"
//   hours       "Mon-Fri 09:00-18:00"  "Sat,Sun 10:00-16:00"  "daily 22:00-06:00"
//   recurrence  "daily 10:00"  "Mon,Wed 10:00"  "first Tue of month 10:00"  "15 of month 08:00"
//   instant     "2026-11-03 14:05"
//
//   days = "daily" | item { "," item }      item = day [ "-" day ]      time = HH ":" MM
//
// All are readings of a wall clock: the time zone stands beside them, and calendar.h says which
// instants they mean there.

#include "compiler/model/parsed_form.h"

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace relc::model {

enum class Weekday : uint8_t { Mon, Tue, Wed, Thu, Fri, Sat, Sun };

/// A set of weekdays.
struct Days {
  static constexpr uint8_t all = 0x7f;
  uint8_t bits = 0; ///< Monday is the lowest

  [[nodiscard]] constexpr bool has(Weekday day) const {
    return (bits >> static_cast<unsigned>(day) & 1) != 0;
  }
  constexpr void add(Weekday day) {
    bits = static_cast<uint8_t>(bits | 1u << static_cast<unsigned>(day));
  }
  friend bool operator==(Days, Days) = default;
};

/// A moment of the week, or of each day: when a rotation hands over.
struct Moment {
  std::optional<Weekday> day; ///< none: every day
  int minute = 0;             ///< since midnight: 0 … 1439
  friend bool operator==(const Moment&, const Moment&) = default;
};

/// A time of day on some days; the end is no part of it.
struct Hours {
  Days days;     ///< on which they begin
  int begin = 0; ///< minutes since midnight: 0 … 1439
  int end = 0;   ///< minutes since the same midnight: over 1440 is on the next day;
                 ///< begin < end < begin + 1440, or 0 and 1440
  friend bool operator==(const Hours&, const Hours&) = default;
};

/// The first to fourth, or the last (-1), of a weekday in each month.
struct NthWeekday {
  int nth = 1;
  Weekday day = Weekday::Mon;
  friend bool operator==(NthWeekday, NthWeekday) = default;
};

/// A day of each month, 1 … 31. Months without it are left out, as RFC 5545 does with BYMONTHDAY.
struct DayOfMonth {
  int day = 1;
  friend bool operator==(DayOfMonth, DayOfMonth) = default;
};

struct Recurrence {
  std::variant<Days, NthWeekday, DayOfMonth> on;
  int minute = 0; ///< since midnight: 0 … 1439
  friend bool operator==(const Recurrence&, const Recurrence&) = default;
};

/// What a clock on the wall shows: seconds since 1970-01-01 00:00 by that clock.
struct LocalTime {
  int64_t seconds = 0;
  friend auto operator<=>(LocalTime, LocalTime) = default;
};

ParsedForm<Moment> parseMoment(std::string_view text);
ParsedForm<Hours> parseHours(std::string_view text);
ParsedForm<Recurrence> parseRecurrence(std::string_view text);
/// Years 0000 to 9999.
ParsedForm<LocalTime> parseInstant(std::string_view text);

/// In the canonical form: "Mon-Sun" and "Mon,Tue,Wed" become "daily" and "Mon-Wed". Parsing it
/// gives the same value.
std::string toString(const Moment& moment);
std::string toString(const Hours& hours);
std::string toString(const Recurrence& recurrence);
/// With seconds, which no program can write, only if there are any.
std::string toString(LocalTime time);

} // namespace relc::model
