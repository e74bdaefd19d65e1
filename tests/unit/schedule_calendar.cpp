// When the forms of schedule.h are: recurrences, hours and shifts over changes of the clock.

#include "compiler/model/calendar.h"

#include <catch2/catch.hpp>

#include <random>

using namespace relc::model;

namespace {

constexpr int64_t hour = 3600, day = 24 * hour, week = 7 * day;

TimeZone zone(std::string_view name) {
  auto found = TimeZone::find(name);
  REQUIRE(found);
  return *found;
}
/// "2026-03-29 01:00" in UTC; as a local time, what a clock shows.
Instant utc(std::string_view text) {
  auto parsed = parseInstant(text);
  REQUIRE(parsed.value);
  return parsed.value->seconds;
}
Recurrence recurrence(std::string_view text) {
  auto parsed = parseRecurrence(text);
  REQUIRE(parsed.value);
  return *parsed.value;
}
std::vector<Hours> hours(std::initializer_list<std::string_view> texts) {
  std::vector<Hours> list;
  for (std::string_view text : texts) {
    auto parsed = parseHours(text);
    REQUIRE(parsed.value);
    list.push_back(*parsed.value);
  }
  return list;
}
Moment moment(std::string_view text) {
  auto parsed = parseMoment(text);
  REQUIRE(parsed.value);
  return *parsed.value;
}

/// "2026-03-27 09:00Z" and so on; a gap and a fold get a `!` and a `?`.
std::string show(const Occurrence& at) {
  static constexpr std::string_view marks[] = {"", "!", "?"};
  return toString(LocalTime{at.instant}) + std::string(marks[static_cast<size_t>(at.kind)]);
}
std::vector<std::string> shown(const std::vector<Occurrence>& list) {
  std::vector<std::string> lines;
  for (const Occurrence& at : list) lines.push_back(show(at));
  return lines;
}
std::vector<std::string> shown(const std::vector<Interval>& list) {
  std::vector<std::string> lines;
  for (Interval i : list)
    lines.push_back(toString(LocalTime{i.begin}) + " to " + toString(LocalTime{i.end}));
  return lines;
}
std::vector<std::string> shown(const std::vector<ShiftBoundary>& list) {
  std::vector<std::string> lines;
  for (const ShiftBoundary& b : list) lines.push_back(std::to_string(b.shift) + " " + show(b.at));
  return lines;
}
int64_t length(const std::vector<Interval>& list) {
  int64_t sum = 0;
  for (Interval i : list) sum += i.end - i.begin;
  return sum;
}

using Lines = std::vector<std::string>;

constexpr std::string_view zones[] = {
    "Europe/Berlin", "America/New_York",  "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia",
    "Asia/Tokyo",    "Africa/Casablanca", "America/Sao_Paulo",   "Asia/Tehran",    "UTC",
};

} // namespace

TEST_CASE("schedule: recurrences", "[calendar]") {
  TimeZone berlin = zone("Europe/Berlin");
  auto in = [&](std::string_view text, std::string_view from, std::string_view until) {
    return shown(occurrences(recurrence(text), berlin, utc(from), utc(until)));
  };
  CHECK(in("daily 10:00", "2026-03-28 00:00", "2026-03-31 00:00") ==
        Lines{"2026-03-28 09:00", "2026-03-29 08:00", "2026-03-30 08:00"});
  CHECK(in("daily 02:30", "2026-03-28 00:00", "2026-03-31 00:00") ==
        Lines{"2026-03-28 01:30", "2026-03-29 01:30!", "2026-03-30 00:30"});
  CHECK(in("daily 02:30", "2026-10-24 00:00", "2026-10-27 00:00") ==
        Lines{"2026-10-24 00:30", "2026-10-25 00:30?", "2026-10-26 01:30"});
  CHECK(in("Mon,Wed 10:00", "2026-11-01 00:00", "2026-11-10 00:00") ==
        Lines{"2026-11-02 09:00", "2026-11-04 09:00", "2026-11-09 09:00"});
  CHECK(in("first Tue of month 10:00", "2026-01-01 00:00", "2026-05-01 00:00") ==
        Lines{"2026-01-06 09:00", "2026-02-03 09:00", "2026-03-03 09:00", "2026-04-07 08:00"});
  CHECK(in("last Fri of month 10:00", "2026-01-01 00:00", "2026-04-01 00:00") ==
        Lines{"2026-01-30 09:00", "2026-02-27 09:00", "2026-03-27 09:00"});
  CHECK(in("fourth Sun of month 00:00", "2026-02-01 00:00", "2026-03-01 00:00") ==
        Lines{"2026-02-21 23:00"});
  CHECK(in("31 of month 08:00", "2026-01-01 00:00", "2026-06-01 00:00") ==
        Lines{"2026-01-31 07:00", "2026-03-31 06:00", "2026-05-31 06:00"});
  // The begin is inside, the end is not.
  CHECK(in("daily 10:00", "2026-01-01 09:00", "2026-01-02 09:00") == Lines{"2026-01-01 09:00"});
  CHECK(in("daily 10:00", "2026-01-02 00:00", "2026-01-01 00:00").empty());

  // The 30th of December 2011 was left out: its 10:00 is the 31st's.
  CHECK(shown(occurrences(recurrence("daily 10:00"), zone("Pacific/Apia"), utc("2011-12-29 00:00"),
                          utc("2012-01-01 00:00"))) ==
        Lines{"2011-12-29 20:00", "2011-12-30 20:00!", "2011-12-31 20:00"});
}

TEST_CASE("schedule: coverage", "[calendar]") {
  TimeZone berlin = zone("Europe/Berlin");
  auto in = [&](std::initializer_list<std::string_view> texts, std::string_view from,
                std::string_view until) {
    return shown(coverage(hours(texts), berlin, utc(from), utc(until)));
  };
  CHECK(in({"Mon-Fri 09:00-18:00"}, "2026-03-26 00:00", "2026-03-31 00:00") ==
        Lines{"2026-03-26 08:00 to 2026-03-26 17:00", "2026-03-27 08:00 to 2026-03-27 17:00",
              "2026-03-30 07:00 to 2026-03-30 16:00"});
  // Nights: 7 hours when summer time begins, 9 when it ends.
  CHECK(in({"Sat 22:00-06:00"}, "2026-03-28 00:00", "2026-03-30 00:00") ==
        Lines{"2026-03-28 21:00 to 2026-03-29 04:00"});
  CHECK(in({"Sat 22:00-06:00"}, "2026-10-24 00:00", "2026-10-26 00:00") ==
        Lines{"2026-10-24 20:00 to 2026-10-25 05:00"});
  // A night that began before the range, cut at both ends of it.
  CHECK(in({"daily 22:00-06:00"}, "2026-01-05 00:00", "2026-01-05 22:00") ==
        Lines{"2026-01-05 00:00 to 2026-01-05 05:00", "2026-01-05 21:00 to 2026-01-05 22:00"});
  // What overlaps or touches becomes one.
  CHECK(in({"Mon 09:00-12:00", "Mon 11:00-15:00", "Mon 15:00-16:00", "Mon 17:00-18:00"},
           "2026-01-05 00:00", "2026-01-06 00:00") ==
        Lines{"2026-01-05 08:00 to 2026-01-05 15:00", "2026-01-05 16:00 to 2026-01-05 17:00"});
  // Follow the sun, and in a gap: 02:30 is 03:30, after 03:10.
  CHECK(in({"daily 02:30-03:10"}, "2026-03-29 00:00", "2026-03-30 00:00").empty());
  CHECK(in({"daily 02:00-02:30"}, "2026-03-29 00:00", "2026-03-30 00:00") ==
        Lines{"2026-03-29 01:00 to 2026-03-29 01:30"});
  CHECK(in({}, "2026-01-05 00:00", "2026-01-06 00:00").empty());
  CHECK(in({"daily 00:00-24:00"}, "2026-01-06 00:00", "2026-01-05 00:00").empty());
}

TEST_CASE("schedule: coverage is sorted and disjoint, and a whole day is whole", "[calendar]") {
  std::mt19937 random(5);
  auto below = [&](unsigned n) { return static_cast<int>(random() % n); };
  for (std::string_view name : zones) {
    TimeZone z = zone(name);
    for (int i = 0; i < 40; ++i) {
      Instant from = 1'280'000'000 + static_cast<int64_t>(below(900'000)) * 1000 + below(1000);
      Instant until = from + below(400) * day + below(86400);
      CAPTURE(name, from, until);

      auto whole = coverage(hours({"daily 00:00-24:00"}), z, from, until);
      CHECK(length(whole) == until - from);
      CHECK(whole.size() == (from < until ? 1 : 0));

      std::vector<Hours> some, rest;
      for (int n = below(4); n >= 0; --n) {
        Hours h{Days{static_cast<uint8_t>(1 + below(127))}, below(1440), 0};
        h.end = h.begin + 1 + below(1439);
        some.push_back(h);
      }
      auto covered = coverage(some, z, from, until);
      for (size_t k = 0; k < covered.size(); ++k) {
        REQUIRE(covered[k].begin < covered[k].end);
        if (k > 0) REQUIRE(covered[k - 1].end < covered[k].begin);
      }
      if (!covered.empty()) {
        REQUIRE(covered.front().begin >= from);
        REQUIRE(covered.back().end <= until);
      }
      // A time and the rest of the day are the day.
      int noon = below(1438) + 1;
      CHECK(
          length(coverage(std::vector{Hours{{Days::all}, 0, noon}, Hours{{Days::all}, noon, 1440}},
                          z, from, until)) == until - from);
      // A range is the sum of its parts.
      Instant middle = from + (until - from) / 3;
      CHECK(length(coverage(some, z, from, middle)) + length(coverage(some, z, middle, until)) ==
            length(covered));
    }
  }
}

TEST_CASE("schedule: shifts", "[calendar]") {
  TimeZone berlin = zone("Europe/Berlin");
  auto in = [&](std::string_view handOver, int64_t shift, std::string_view start,
                std::string_view from, std::string_view until) {
    return shown(
        shiftBoundaries(moment(handOver), shift, berlin, {utc(start)}, utc(from), utc(until)));
  };
  // 09:00 in winter and in summer; the shift that runs at the begin comes first.
  CHECK(in("Mon 09:00", week, "2026-03-01 00:00", "2026-03-20 00:00", "2026-04-07 00:00") ==
        Lines{"2 2026-03-16 08:00", "3 2026-03-23 08:00", "4 2026-03-30 07:00",
              "5 2026-04-06 07:00"});
  CHECK(in("Mon 09:00", 2 * week, "2026-03-02 09:00", "2026-03-20 00:00", "2026-04-07 00:00") ==
        Lines{"1 2026-03-16 08:00", "2 2026-03-30 07:00"});
  CHECK(in("Mon 09:00", 2 * week, "2026-03-02 09:01", "2026-03-20 00:00", "2026-04-07 00:00") ==
        Lines{"0 2026-03-09 08:00", "1 2026-03-23 08:00", "2 2026-04-06 07:00"});
  CHECK(in("daily 08:00", day / 2, "2026-10-24 00:00", "2026-10-24 12:00", "2026-10-26 00:00") ==
        Lines{"0 2026-10-24 06:00", "1 2026-10-24 18:00", "2 2026-10-25 07:00",
              "3 2026-10-25 19:00"});
  CHECK(in("daily 02:30", day, "2026-03-28 00:00", "2026-03-28 00:00", "2026-03-31 00:00") ==
        Lines{"0 2026-03-28 01:30", "1 2026-03-29 01:30!", "2 2026-03-30 00:30"});
  CHECK(in("daily 02:30", day, "2026-10-24 00:00", "2026-10-24 12:00", "2026-10-27 00:00") ==
        Lines{"0 2026-10-24 00:30", "1 2026-10-25 00:30?", "2 2026-10-26 01:30"});
  // A boundary at the very begin needs nobody before it; before the start there is nobody.
  CHECK(in("Mon 09:00", week, "2026-03-02 00:00", "2026-03-09 08:00", "2026-03-16 08:00") ==
        Lines{"1 2026-03-09 08:00"});
  CHECK(in("Mon 09:00", week, "2026-03-02 00:00", "2026-02-01 00:00", "2026-03-09 00:00") ==
        Lines{"0 2026-03-02 08:00"});
  CHECK(in("Mon 09:00", week, "2026-03-02 00:00", "2026-01-01 00:00", "2026-02-01 00:00").empty());
  // Shifts of half an hour around a gap: those that have no time are left out.
  CHECK(in("daily 00:00", hour / 2, "2026-03-29 00:00", "2026-03-29 00:30", "2026-03-29 02:00") ==
        Lines{"3 2026-03-29 00:30", "6 2026-03-29 01:00", "7 2026-03-29 01:30"});

  CHECK(in("Mon 09:00", 0, "2026-03-02 00:00", "2026-03-09 08:00", "2026-03-16 08:00").empty());
  CHECK(in("Mon 09:00", -week, "2026-03-02 00:00", "2026-03-09 08:00", "2026-03-16 08:00").empty());
  auto most = shiftBoundaries(moment("daily 00:00"), 1, berlin, {utc("2026-01-01 00:00")},
                              utc("2026-02-01 00:00"), INT64_MAX);
  CHECK(most.size() == 100'000);
  CHECK(most.front().at.instant == utc("2026-02-01 00:00"));
  for (int64_t shift : {int64_t{1}, week, INT64_MAX})
    for (Instant extreme : {INT64_MIN, INT64_MAX})
      CHECK(shiftBoundaries(moment("Sun 23:59"), shift, berlin, {extreme}, INT64_MIN, INT64_MAX)
                .size() <= 100'000);
}

TEST_CASE("schedule: shifts increase, and keep to their time of day", "[calendar]") {
  std::mt19937 random(9);
  auto below = [&](unsigned n) { return static_cast<int>(random() % n); };
  for (std::string_view name : zones) {
    TimeZone z = zone(name);
    for (int i = 0; i < 60; ++i) {
      Moment handOver{below(3) ? std::optional(static_cast<Weekday>(below(7))) : std::nullopt,
                      below(4) ? below(1440) : below(240)};
      static constexpr int64_t lengths[] = {8 * hour, 12 * hour, day, week, 2 * week, 4 * week};
      int64_t shift = lengths[below(6)];
      LocalTime start{1'280'000'000 + static_cast<int64_t>(below(900'000)) * 1000};
      Instant from = start.seconds + (below(200) - 50) * day, until = from + below(500) * day + 1;
      CAPTURE(name, toString(handOver), shift, start.seconds, from, until);

      auto boundaries = shiftBoundaries(handOver, shift, z, start, from, until);
      auto full = shiftBoundaries(handOver, shift, z, start, start.seconds - day, until);
      REQUIRE(full.size() <= 100'000);
      for (size_t k = 0; k < boundaries.size(); ++k) {
        const ShiftBoundary& b = boundaries[k];
        REQUIRE((b.at.local.seconds - handOver.minute * 60) % std::min(shift, day) == 0);
        if (b.at.kind == LocalKind::Gap)
          REQUIRE(toLocal(z, b.at.instant) != b.at.local);
        else
          REQUIRE(toLocal(z, b.at.instant) == b.at.local);
        REQUIRE(b.at.instant < until);
        if (k == 0) continue;
        REQUIRE(boundaries[k - 1].at.instant < b.at.instant);
        REQUIRE(boundaries[k - 1].shift < b.shift);
        REQUIRE(b.at.instant > from);
      }
      // What is running at the begin is what a longer look finds there.
      const ShiftBoundary* running = nullptr;
      for (const ShiftBoundary& b : full)
        if (b.at.instant <= from) running = &b;
      if (!boundaries.empty() && boundaries[0].at.instant <= from) {
        REQUIRE(running);
        CHECK(*running == boundaries[0]);
      } else {
        CHECK(!running);
      }
    }
  }
}

TEST_CASE("schedule: shifts that fit the hand-over", "[calendar]") {
  for (int64_t fitting : {week, 2 * week, day, day / 2, day / 3, hour})
    CHECK(fitsHandOver(moment("Mon 09:00"), fitting));
  for (int64_t wandering : {3 * day, 10 * day, 5 * hour, int64_t{0}, -week})
    CHECK(!fitsHandOver(moment("Mon 09:00"), wandering));
  for (int64_t fitting : {week, 3 * day, 10 * day, day, day / 2})
    CHECK(fitsHandOver(moment("daily 09:00"), fitting));
  for (int64_t wandering : {5 * hour, 36 * hour})
    CHECK(!fitsHandOver(moment("daily 09:00"), wandering));
}
