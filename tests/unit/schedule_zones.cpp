// Time zones: their names, and what local times mean in them.

#include "compiler/model/time_zone.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <random>

using namespace relc::model;

namespace {

TimeZone zone(std::string_view name) {
  auto found = TimeZone::find(name);
  REQUIRE(found);
  return *found;
}
LocalTime local(std::string_view text) {
  auto parsed = parseInstant(text);
  REQUIRE(parsed.value);
  return *parsed.value;
}
/// In UTC: "2026-03-29 01:00".
std::string utc(Instant instant) {
  return toString(LocalTime{instant});
}

struct Golden {
  std::string_view zone, local, utc;
  LocalKind kind;
};

} // namespace

TEST_CASE("schedule: local times in UTC", "[zones]") {
  using enum LocalKind;
  const Golden goldens[] = {
      {"Europe/Berlin", "2026-03-29 01:59", "2026-03-29 00:59", Unique},
      {"Europe/Berlin", "2026-03-29 02:00", "2026-03-29 01:00", Gap},
      {"Europe/Berlin", "2026-03-29 02:30", "2026-03-29 01:30", Gap},
      {"Europe/Berlin", "2026-03-29 03:00", "2026-03-29 01:00", Unique},
      {"Europe/Berlin", "2026-10-25 01:59", "2026-10-24 23:59", Unique},
      {"Europe/Berlin", "2026-10-25 02:00", "2026-10-25 00:00", Fold},
      {"Europe/Berlin", "2026-10-25 02:59", "2026-10-25 00:59", Fold},
      {"Europe/Berlin", "2026-10-25 03:00", "2026-10-25 02:00", Unique},
      {"America/New_York", "2026-03-08 02:30", "2026-03-08 07:30", Gap},
      {"America/New_York", "2026-11-01 01:30", "2026-11-01 05:30", Fold},
      {"America/New_York", "2026-11-01 02:00", "2026-11-01 07:00", Unique},
      {"Australia/Lord_Howe", "2026-10-04 02:15", "2026-10-03 15:45", Gap},
      {"Australia/Lord_Howe", "2026-10-04 02:30", "2026-10-03 15:30", Unique},
      {"Australia/Lord_Howe", "2026-04-05 01:45", "2026-04-04 14:45", Fold},
      {"Australia/Lord_Howe", "2026-04-05 02:00", "2026-04-04 15:30", Unique},
      {"Asia/Kathmandu", "2026-07-01 00:00", "2026-06-30 18:15", Unique},
      {"Pacific/Apia", "2011-12-29 23:59", "2011-12-30 09:59", Unique},
      {"Pacific/Apia", "2011-12-30 12:00", "2011-12-30 22:00", Gap},
      {"Pacific/Apia", "2011-12-31 00:00", "2011-12-30 10:00", Unique},
      {"Africa/Casablanca", "2026-02-15 02:30", "2026-02-15 01:30", Fold},
      {"Asia/Tokyo", "2026-03-29 02:30", "2026-03-28 17:30", Unique},
      {"UTC", "2026-03-29 02:30", "2026-03-29 02:30", Unique},
      // Beyond the transitions that files list, by the rule that they end with.
      {"Europe/Berlin", "2050-07-01 12:00", "2050-07-01 10:00", Unique},
      {"America/New_York", "2100-03-14 02:30", "2100-03-14 07:30", Gap},
  };
  for (const Golden& golden : goldens) {
    CAPTURE(golden.zone, golden.local);
    Resolved resolved = toUtc(zone(golden.zone), local(golden.local));
    CHECK(utc(resolved.instant) == golden.utc);
    CHECK(static_cast<int>(resolved.kind) == static_cast<int>(golden.kind));
  }
}

TEST_CASE("schedule: to local time and back", "[zones]") {
  std::mt19937_64 random(3);
  for (std::string_view name : {"Europe/Berlin", "America/New_York", "Australia/Lord_Howe",
                                "Asia/Kathmandu", "Pacific/Apia", "Asia/Tokyo", "UTC"}) {
    TimeZone z = zone(name);
    CHECK(z.name() == name);
    for (int i = 0; i < 2000; ++i) {
      Instant instant = static_cast<Instant>(random() % 8'000'000'000) - 2'000'000'000;
      Resolved back = toUtc(z, toLocal(z, instant));
      REQUIRE(back.kind != LocalKind::Gap);
      REQUIRE(
          (back.instant == instant || (back.kind == LocalKind::Fold && back.instant < instant)));
    }
    for (Instant extreme : {INT64_MIN, earliestInstant, latestInstant, INT64_MAX}) {
      Instant held = std::clamp(extreme, earliestInstant, latestInstant);
      CHECK(std::abs(toLocal(z, extreme).seconds - held) <= 86400);
      CHECK(std::abs(toUtc(z, {extreme}).instant - held) <= 86400);
    }
  }
}

TEST_CASE("schedule: changes of the offset", "[zones]") {
  auto changes = offsetChanges(zone("Europe/Berlin"), local("2026-01-01 00:00").seconds,
                               local("2027-01-01 00:00").seconds);
  REQUIRE(changes.size() == 2);
  CHECK(changes[0] == OffsetChange{local("2026-03-29 01:00").seconds, 3600, 7200, true, "CEST"});
  CHECK(changes[1] == OffsetChange{local("2026-10-25 01:00").seconds, 7200, 3600, false, "CET"});
  // The begin belongs to the range, the end does not.
  CHECK(offsetChanges(zone("Europe/Berlin"), changes[0].at, changes[1].at).size() == 1);
  CHECK(offsetChanges(zone("Europe/Berlin"), changes[0].at + 1, changes[1].at + 1).size() == 1);

  auto lordHowe = offsetChanges(zone("Australia/Lord_Howe"), local("2026-01-01 00:00").seconds,
                                local("2027-01-01 00:00").seconds);
  REQUIRE(lordHowe.size() == 2);
  CHECK(lordHowe[0].from - lordHowe[0].to == 1800);

  auto apia = offsetChanges(zone("Pacific/Apia"), local("2011-12-01 00:00").seconds,
                            local("2012-01-31 00:00").seconds);
  REQUIRE(apia.size() == 1);
  CHECK(apia[0].to - apia[0].from == 86400);

  CHECK(offsetChanges(zone("Asia/Tokyo"), 0, 4'000'000'000).empty());
  CHECK(offsetChanges(zone("UTC"), INT64_MIN, INT64_MAX).empty());
  CHECK(offsetChanges(zone("Europe/Berlin"), local("2050-01-01 00:00").seconds, INT64_MAX).size() ==
        200);
  CHECK(offsetChanges(zone("Europe/Berlin"), INT64_MAX, INT64_MIN).empty());
}

TEST_CASE("schedule: names of time zones", "[zones]") {
  for (std::string_view name : {"Europe/Berlin", "America/Port-au-Prince", "Etc/GMT+5", "EST5EDT",
                                "America/Argentina/Buenos_Aires", "UTC", "CET"})
    CHECK(isTimeZone(name));
  // What libraries or systems take for a zone, and what is no name at all.
  for (std::string_view name :
       {"", "europe/berlin", "Europe", "Europe/", "/Europe/Berlin", "Europe//Berlin", "localtime",
        "posixrules", "posix/Europe/Berlin", "right/Europe/Berlin", "../zoneinfo/Europe/Berlin",
        "/usr/share/zoneinfo/Europe/Berlin", "file:/etc/localtime", "libc:localtime",
        "Fixed/UTC+01:00:00", "tzdata.zi", "Europe/Berlin\n", "Mars/Phobos", "Etc/../UTC"}) {
    CAPTURE(name);
    CHECK(timeZoneStatus(name) == ZoneStatus::Unknown);
  }
  CHECK(timeZoneStatus(std::string(1 << 20, 'A')) == ZoneStatus::Unknown);
  CHECK(timeZoneStatus(std::string_view("Europe/Berlin\0", 14)) == ZoneStatus::Unknown);

  auto names = timeZoneNames();
  CHECK(names.size() > 300);
  CHECK(std::is_sorted(names.begin(), names.end()));
  for (const std::string& name : names) CHECK(isTimeZone(name));
}

TEST_CASE("schedule: time zones that were meant", "[zones]") {
  auto nearest = [](std::string_view name) {
    std::string all;
    for (const std::string& zone : nearestTimeZones(name)) all += (all.empty() ? "" : " ") + zone;
    return all;
  };
  CHECK(nearest("europe/berlin") == "Europe/Berlin");
  CHECK(nearest("Berlin") == "Europe/Berlin");
  CHECK(nearest("Germany/Berlin") == "Europe/Berlin");
  CHECK(nearest("Europe/Belrin").starts_with("Europe/Berlin"));
  CHECK(nearest("America/New York") == "America/New_York");
  CHECK(nearest("new york").starts_with("America/New_York"));
  CHECK(nearest("PST") == "America/Los_Angeles");
  CHECK(nearest("cest") == "Europe/Berlin Europe/Paris");
  CHECK(nearest("utc") == "UTC");
  CHECK(nearest("UTC+2") == "Etc/GMT-2"); // POSIX counts westwards
  CHECK(nearest("-05:00") == "Etc/GMT+5");
  CHECK(nearest("+00:00") == "UTC");
  CHECK(nearest("").empty());
  CHECK(nearest("Atlantis").find("Atlan") != 0);
  CHECK(nearest(std::string(1000, 'x')).empty());
  CHECK(nearest("zzzzzzzzzzzz").empty());
}

TEST_CASE("schedule: without a database", "[zones]") {
  const char* before = std::getenv("TZDIR");
  std::string kept = before ? before : "";
  setenv("TZDIR", "/nonexistent", 1);
  // Zones that were asked for before are remembered; this one never was.
  CHECK(timeZoneStatus("Mars/Phobos") == ZoneStatus::NoDatabase);
  CHECK(timeZoneStatus("UTC") == ZoneStatus::Known);
  CHECK(timeZoneNames().empty());
  CHECK(nearestTimeZones("Antarctica/Trol").empty());
  if (before)
    setenv("TZDIR", kept.c_str(), 1);
  else
    unsetenv("TZDIR");
}
