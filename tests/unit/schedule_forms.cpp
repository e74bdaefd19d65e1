// The texts of schedule.h: what is read, how it is written again, and what is said of mistakes.

#include "compiler/model/schedule.h"

#include <catch2/catch.hpp>

#include <random>
#include <vector>

using namespace relc::model;

namespace {

enum Form { moment, hours, recurrence, instant };

struct Outcome {
  std::string printed; ///< empty if there is an error
  FormError error;
};
template <class T>
Outcome outcome(const ParsedForm<T>& parsed) {
  return parsed.value ? Outcome{toString(*parsed.value), {}} : Outcome{{}, parsed.error};
}
Outcome parse(Form form, std::string_view text) {
  switch (form) {
  case moment: return outcome(parseMoment(text));
  case hours: return outcome(parseHours(text));
  case recurrence: return outcome(parseRecurrence(text));
  case instant: return outcome(parseInstant(text));
  }
  return {};
}

Days days(std::initializer_list<Weekday> list) {
  Days result;
  for (Weekday day : list) result.add(day);
  return result;
}

/// Applies suggestion after suggestion; the last text has none.
std::string mended(Form form, std::string text) {
  for (int round = 0; round < 10; ++round) {
    auto [printed, error] = parse(form, text);
    if (!printed.empty() || !error.suggestion) return text;
    text.replace(error.offset, error.length, *error.suggestion);
  }
  return "no end: " + text;
}

struct Mistake {
  Form form;
  std::string_view text;
  std::string_view carets; ///< `^` under the bytes that the error is about, `|` if there are none
  std::string_view message;
  std::string_view mended = {}; ///< after all suggestions; empty if the first error has none
};

} // namespace

TEST_CASE("schedule: values", "[schedule]") {
  using enum Weekday;
  CHECK(parseMoment("Mon 09:00").value == Moment{Mon, 540});
  CHECK(parseMoment("daily 23:59").value == Moment{std::nullopt, 1439});

  CHECK(parseHours("Mon-Fri 09:00-18:00").value ==
        Hours{days({Mon, Tue, Wed, Thu, Fri}), 540, 1080});
  CHECK(parseHours("Sat,Sun 10:00-16:00").value == Hours{days({Sat, Sun}), 600, 960});
  CHECK(parseHours("daily 22:00-06:00").value == Hours{{Days::all}, 1320, 1800});
  CHECK(parseHours("daily 00:00-24:00").value == Hours{{Days::all}, 0, 1440});
  CHECK(parseHours("Fri 22:00-00:00").value == Hours{days({Fri}), 1320, 1440});
  CHECK(parseHours("Fri-Mon 08:00-09:00").value == Hours{days({Fri, Sat, Sun, Mon}), 480, 540});
  CHECK(parseHours("Mon,Wed-Thu,Sun 08:00-09:00").value ==
        Hours{days({Mon, Wed, Thu, Sun}), 480, 540});

  CHECK(parseRecurrence("daily 10:00").value == Recurrence{Days{Days::all}, 600});
  CHECK(parseRecurrence("Mon,Wed 10:00").value == Recurrence{days({Mon, Wed}), 600});
  CHECK(parseRecurrence("first Tue of month 10:00").value == Recurrence{NthWeekday{1, Tue}, 600});
  CHECK(parseRecurrence("last Fri of month 10:00").value == Recurrence{NthWeekday{-1, Fri}, 600});
  CHECK(parseRecurrence("15 of month 08:00").value == Recurrence{DayOfMonth{15}, 480});

  CHECK(parseInstant("1970-01-01 00:00").value == LocalTime{0});
  CHECK(parseInstant("2026-11-03 14:05").value == LocalTime{1793714700});
  CHECK(parseInstant("1969-12-31 23:59").value == LocalTime{-60});
}

TEST_CASE("schedule: the canonical form", "[schedule]") {
  const std::pair<Form, std::pair<std::string_view, std::string_view>> cases[] = {
      {moment, {"Mon-Sun 09:00", "daily 09:00"}},
      {hours, {"Tue,Mon 09:00-10:00", "Mon,Tue 09:00-10:00"}},
      {hours, {"Mon,Tue,Wed 09:00-10:00", "Mon-Wed 09:00-10:00"}},
      {hours, {"Sat-Tue 09:00-10:00", "Mon,Tue,Sat,Sun 09:00-10:00"}},
      {hours, {"Fri-Mon,Wed 09:00-10:00", "Mon,Wed,Fri-Sun 09:00-10:00"}},
      {hours, {"Mon 22:00-00:00", "Mon 22:00-24:00"}},
      {recurrence, {"Sun,Mon-Sat 10:00", "daily 10:00"}},
  };
  for (const auto& [form, texts] : cases) CHECK(parse(form, texts.first).printed == texts.second);
  CHECK(toString(LocalTime{-1}) == "1969-12-31 23:59:59");
}

TEST_CASE("schedule: reading what was written gives the same", "[schedule]") {
  std::mt19937 random(7);
  auto below = [&](unsigned n) { return static_cast<int>(random() % n); };
  auto someDays = [&] { return Days{static_cast<uint8_t>(1 + below(127))}; };
  for (int i = 0; i < 3000; ++i) {
    Moment m{below(8) ? std::optional(static_cast<Weekday>(below(7))) : std::nullopt, below(1440)};
    CHECK(parseMoment(toString(m)).value == m);

    Hours h{someDays(), below(1440), 0};
    h.end = h.begin + 1 + below(1439);
    if (below(20) == 0) h.begin = 0, h.end = 1440;
    CHECK(parseHours(toString(h)).value == h);

    Recurrence r{someDays(), below(1440)};
    if (int which = below(3); which == 1)
      r.on = NthWeekday{below(5) ? 1 + below(4) : -1, static_cast<Weekday>(below(7))};
    else if (which == 2)
      r.on = DayOfMonth{1 + below(31)};
    CHECK(parseRecurrence(toString(r)).value == r);

    constexpr int firstDay = -719528, lastDay = 2932896; // 0000-01-01, 9999-12-31
    int64_t day = firstDay + below(lastDay - firstDay + 1);
    LocalTime t{day * 86400 + below(1440) * 60};
    CHECK(parseInstant(toString(t)).value == t);
  }
}

TEST_CASE("schedule: mistakes", "[schedule]") {
  static constexpr std::string_view noDay =
      "is no day; days are `Mon`, `Tue`, `Wed`, `Thu`, `Fri`, `Sat` and `Sun`";
  static constexpr std::string_view noTime =
      "is no time of day; it has two digits for the hour, a colon, and two for the minute";
  const Mistake mistakes[] = {
      // days
      {moment, "mon 09:00", "^^^", noDay, "Mon 09:00"},
      {moment, "Monday 09:00", "^^^^^^", noDay, "Mon 09:00"},
      {moment, "Tues. 09:00", "^^^^^", noDay, "Tue 09:00"},
      {moment, "Mittwoch 09:00", "^^^^^^^^", noDay},
      {moment, "Daily 09:00", "^^^^^", "these days are written `daily`", "daily 09:00"},
      {moment, "every day 09:00", "^^^^^^^^^", "these days are written `daily`", "daily 09:00"},
      {moment, "every Mon 09:00", "^^^^^^", "`every` is one word too many, as in `Mon 09:00`",
       "Mon 09:00"},
      {moment, "Mon-Fri 09:00", "^^^^^^^", "a weekly moment is on one day, or `daily`"},
      {moment, "09:00", "|", "expected the days before the time, as in `Mon 09:00`", "daily 09:00"},
      {hours, "weekdays 09:00-18:00", "^^^^^^^^", "these days are written `Mon-Fri`",
       "Mon-Fri 09:00-18:00"},
      {hours, "18:00-09:00", "|", "expected the days before the time", "daily 18:00-09:00"},
      {hours, "24/7", "^^^^", "all hours are written `daily 00:00-24:00`", "daily 00:00-24:00"},
      {hours, "Mon - Fri 09:00-18:00", "   ^^^", "a `-` without blanks joins these",
       "Mon-Fri 09:00-18:00"},
      {hours, "Mon\u2013Fri 09:00\u201318:00", "   ^^^", "a `-` without blanks joins these",
       "Mon-Fri 09:00-18:00"},
      {hours, "monday to friday, 9am - 5:30pm", "^^^^^^", noDay, "Mon-Fri 09:00-17:30"},
      {hours, "Mon, Wed and Fri 09:00-18:00", "   ^^", "a `,` without blanks joins these",
       "Mon,Wed,Fri 09:00-18:00"},
      {hours, "Mon Wed 09:00-18:00", "   ^", "a `,` without blanks joins these",
       "Mon,Wed 09:00-18:00"},
      {hours, "Mon-Mon 09:00-18:00", "^^^^^^^",
       "a range of days ends with another day; all seven are `daily`"},
      {hours, "Mon-Fri,Wed 09:00-18:00", "       ^^^^", "it is among the days already",
       "Mon-Fri 09:00-18:00"},
      {hours, "Mon-Fri,Fri-Sun 09:00-18:00", "        ^^^^^^^",
       "some of these are among the days already"},
      {hours, "Mon,daily 09:00-18:00", "    ^^^^^", noDay},
      {hours, "Mon, 09:00-18:00", "   ^^", "one blank stands before two times", "Mon 09:00-18:00"},
      {hours, "Mon,", "    |", "expected a day; days are"},
      // blanks
      {moment, "", "|", "expected a weekly moment, as in `Mon 09:00` or `daily 09:00`"},
      {moment, "  ", "^^", "expected a weekly moment, as in `Mon 09:00` or `daily 09:00`"},
      {moment, " Mon 09:00", "^", "no blank stands before the first word", "Mon 09:00"},
      {moment, "Mon 09:00\t", "         ^", "no blank stands behind the last word", "Mon 09:00"},
      {moment, "Mon  09:00", "   ^^", "one blank stands before a time", "Mon 09:00"},
      {moment, "Mon09:00", "   |", "one blank stands before a time", "Mon 09:00"},
      {moment, "Mon at 09:00", "   ^^^^", "one blank stands before a time", "Mon 09:00"},
      {moment, "Mon", "   |", "expected a time behind this, as in `Mon 09:00`"},
      {moment, "Mon ", "    |", "expected a time behind this, as in `Mon 09:00`"},
      {moment, "Mon!", "   ^", "expected a blank and a time, as in `Mon 09:00`"},
      // times
      {moment, "Mon 9:00", "    ^^^^", noTime, "Mon 09:00"},
      {moment, "Mon 9", "    ^", noTime, "Mon 09:00"},
      {moment, "Mon 0930", "    ^^^^", noTime, "Mon 09:30"},
      {moment, "Mon 09.30", "    ^^^^^", noTime, "Mon 09:30"},
      {moment, "Mon 9h30", "    ^^^^", noTime, "Mon 09:30"},
      {moment, "Mon 9 pm", "    ^^^^", noTime, "Mon 21:00"},
      {moment, "Mon 12:15 AM", "    ^^^^^^^^", noTime, "Mon 00:15"},
      {moment, "Mon noon", "    ^^^^", noTime, "Mon 12:00"},
      {moment, "Mon 9:3", "    ^^^", noTime},
      {moment, "Mon 09:00:00", "    ^^^^^^^^", noTime, "Mon 09:00"},
      {moment, "Mon 09:00:30", "    ^^^^^^^^", "`09:00:30` is no time of day; it has no seconds"},
      {moment, "Mon 25:00", "    ^^^^^", "`25:00` is no time of day; hours go from 00 to 23"},
      {moment, "Mon 09:60", "    ^^^^^", "`09:60` is no time of day; minutes go from 00 to 59"},
      {moment, "Mon 24:00", "    ^^^^^", "it begins at `00:00`, and only hours end at `24:00`"},
      {moment, "Mon 12345:00", "    ^^^^^", noTime},
      {hours, "Mon 24:00-25:00", "    ^^^^^", "only hours end at `24:00`"},
      {hours, "Mon 09:00-24:30", "          ^^^^^", "hours go from 00 to 23"},
      {hours, "Mon 09:00-midnight", "          ^^^^^^^^", noTime, "Mon 09:00-24:00"},
      {hours, "Mon 09:00 to 18:00", "         ^^^^", "a `-` without blanks joins these",
       "Mon 09:00-18:00"},
      {hours, "Mon 09:00", "         |", "these hours have no end"},
      {hours, "Mon 09:00-", "          |", "expected a time of day"},
      {hours, "Mon 09:00-09:00", "    ^^^^^^^^^^^", "these hours end when they begin"},
      {hours, "Mon 00:00-00:00", "    ^^^^^^^^^^^", "these hours end when they begin",
       "Mon 00:00-24:00"},
      // what stands behind
      {moment, "Mon 09:00-18:00", "         ^^^^^^", "a weekly moment ends with its time"},
      {moment, "Mon 09:00 Europe/Berlin", "         ^^^^^^^^^^^^^^",
       "the time zone stands apart, in `timezone`"},
      {instant, "2026-11-03 14:05Z", "                ^",
       "the time zone stands apart, in `timezone`"},
      {instant, "2026-11-03 14:05+01:00", "                ^^^^^^",
       "the time zone stands apart, in `timezone`"},
      // days of a month
      {recurrence, "First Tue of month 10:00", "^^^^^", "it is written `first`",
       "first Tue of month 10:00"},
      {recurrence, "2nd tuesday of every month at 10:00", "^^^", "it is written `second`",
       "second Tue of month 10:00"},
      {recurrence, "fifth Tue of month 10:00", "^^^^^",
       "most months have no fifth; `last` is in every month"},
      {recurrence, "first Tue 10:00", "^^^^^^^^^",
       "`first Tue` of what? it is written `first Tue of month`", "first Tue of month 10:00"},
      {recurrence, "first Tue of the month 10:00", "         ^^^^^^^^^^^^^",
       "it is written `of month`", "first Tue of month 10:00"},
      {recurrence, "first of month 10:00", "      ^^", "`of` is no day"},
      {recurrence, "15th of the month 10:00", "^^^^", "`15th` is no day of a month",
       "15 of month 10:00"},
      {recurrence, "05 of month 10:00", "^^", "`05` is no day of a month; it is a plain number",
       "5 of month 10:00"},
      {recurrence, "32 of month 10:00", "^^", "they go from 1 to 31"},
      {recurrence, "0 of month 10:00", "^", "they go from 1 to 31"},
      {recurrence, "10:00", "|", "expected the days before the time", "daily 10:00"},
      {recurrence, "10 am", "|", "expected the days before the time", "daily 10:00"},
      // dates
      {instant, "2026-11-03", "          |", "expected a time behind this, as in `2026-11-03"},
      {instant, "2026-11-03T14:05", "          ^", "one blank stands before a time",
       "2026-11-03 14:05"},
      {instant, "2026/11/3 14:05", "^^^^^^^^^", "is no date; it has dashes", "2026-11-03 14:05"},
      {instant, "03.11.2026 14:05", "^^^^^^^^^^", "is no date; it has the year first"},
      {instant, "2026-02-29 14:05", "^^^^^^^^^^",
       "`2026-02-29` is no date; the calendar has no such day"},
      {instant, "2026-11-03-07 14:05", "^^^^^^^^^^^^^", "is no date; it has the year first"},
      {instant, "tomorrow 14:05", "^^^^^^^^", "`tomorrow` is no date"},
      {instant, "14:05", "^^", "`14` is no date; it has the year first"},
  };
  for (const Mistake& mistake : mistakes) {
    CAPTURE(mistake.text, mistake.form);
    auto [printed, error] = parse(mistake.form, mistake.text);
    REQUIRE(printed.empty());
    std::string carets(error.offset, ' ');
    carets += error.length ? std::string(error.length, '^') : "|";
    CHECK(carets == mistake.carets);
    CHECK_THAT(error.message, Catch::Contains(std::string(mistake.message)));
    CHECK(error.suggestion.has_value() == !mistake.mended.empty());
    if (error.suggestion) CHECK(mended(mistake.form, std::string(mistake.text)) == mistake.mended);
  }
}

TEST_CASE("schedule: any text gives a value or a place within it", "[schedule]") {
  static constexpr std::string_view pieces[] = {
      "Mon",   "-",       ",",        " ",    "09:00", "first", "of month", "15",   "\u2013",
      "daily", "24:00",   "2026-11-", "03",   "T",     "every", "th",       "\xff", "midnight",
      "to",    "weekday", "9pm",      "Sat.", "::",    "/",     "99999999", "\n",   "sunday",
      "last",  "monthly", "of the",   "24/7", "00",    "@",     "at",       "Ü",    "\0",
  };
  std::mt19937 random(11);
  for (int i = 0; i < 20000; ++i) {
    std::string text;
    for (auto n = random() % 7; n > 0; --n) text += pieces[random() % std::size(pieces)];
    for (Form form : {moment, hours, recurrence, instant}) {
      auto [printed, error] = parse(form, text);
      if (!printed.empty()) {
        REQUIRE(parse(form, printed).printed == printed);
        continue;
      }
      CAPTURE(text, form);
      REQUIRE(!error.message.empty());
      REQUIRE(error.offset <= text.size());
      REQUIRE(error.length <= text.size() - error.offset);
      REQUIRE(mended(form, text).substr(0, 7) != "no end:");
    }
  }
  for (std::string_view start : {"", "Mon", "2026-", "first ", "1", "Mon 09:00", "Mon,"})
    for (char filling : {'-', '1', 'a', ' ', ','})
      for (Form form : {moment, hours, recurrence, instant}) {
        auto error = parse(form, std::string(start) + std::string(1 << 20, filling)).error;
        CHECK(error.message.size() < 300);
      }
}
