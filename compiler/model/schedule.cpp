#include "compiler/model/schedule.h"

#include "compiler/model/quantity.h"
#include "compiler/model/schedule_reader.h"

#include <fmt/format.h>

namespace relc::model {

constexpr int64_t secondsOfDay = 86400;

ParsedForm<Moment> parseMoment(std::string_view text) {
  static constexpr Form form{"a weekly moment", "`Mon 09:00` or `daily 09:00`"};
  Reader reader(text, form);
  Moment moment;
  Days days = reader.readDays();
  for (unsigned day = 0; day < dayNames.size(); ++day)
    if (days.bits == 1u << day) moment.day = static_cast<Weekday>(day);
  if (!moment.day && days.bits != Days::all)
    reader.failSince(0, "a weekly moment is on one day, or `daily`");
  reader.readBlank("a time");
  moment.minute = reader.readTime();
  return reader.finish(moment);
}

ParsedForm<Hours> parseHours(std::string_view text) {
  static constexpr Form form{"hours of the week", "`Mon-Fri 09:00-18:00` or `daily 22:00-06:00`"};
  Reader reader(text, form);
  if (text == "24/7" || text == "24x7")
    reader.fail(0, text.size(), "all hours are written `daily 00:00-24:00`", "daily 00:00-24:00");
  Hours hours{.days = reader.readDays()};
  reader.readBlank("two times");
  size_t begin = reader.at();
  hours.begin = reader.readTime();
  if (!reader.join('-'))
    reader.fail(reader.at(), reader.at(),
                fmt::format("these hours have no end; it is written as in {}", form.examples));
  hours.end = reader.readTime(true);
  if (hours.begin == hours.end)
    reader.failSince(begin, "these hours end when they begin; a whole day is `00:00-24:00`",
                     hours.begin == 0 ? std::optional<std::string>("00:00-24:00") : std::nullopt);
  if (hours.end < hours.begin) hours.end += minutesOfDay;
  return reader.finish(hours);
}

ParsedForm<Recurrence> parseRecurrence(std::string_view text) {
  static constexpr Form form{"a recurrence",
                             "`Mon,Wed 10:00`, `first Tue of month 10:00` or `15 of month 08:00`"};
  Reader reader(text, form);
  Recurrence recurrence;
  if (int nth = reader.readOrdinal()) {
    reader.readBlank("a day");
    recurrence.on = NthWeekday{nth, reader.readDay()};
    reader.readOfMonth(0);
  } else if (int day = reader.readDayOfMonth()) {
    recurrence.on = DayOfMonth{day};
    reader.readOfMonth(0);
  } else {
    recurrence.on = reader.readDays();
  }
  reader.readBlank("a time");
  recurrence.minute = reader.readTime();
  return reader.finish(recurrence);
}

ParsedForm<LocalTime> parseInstant(std::string_view text) {
  static constexpr Form form{"a point in time", "`2026-11-03 14:05`"};
  Reader reader(text, form);
  Date date = reader.readDate();
  reader.readBlank("a time");
  int minute = reader.readTime();
  return reader.finish(LocalTime{date.days * secondsOfDay + minute * 60});
}

// --- writing -------------------------------------------------------------------------------------

namespace {

std::string_view nameOf(Weekday day) {
  return dayNames[static_cast<size_t>(day)];
}

std::string print(Days days) {
  if (days.bits == Days::all) return "daily";
  std::string out;
  for (size_t first = 0; first < dayNames.size(); ++first) {
    size_t end = first;
    while (end < dayNames.size() && days.has(static_cast<Weekday>(end))) ++end;
    if (end == first) continue;
    if (!out.empty()) out += ',';
    out += dayNames[first];
    if (end - first > 1) out += fmt::format("{}{}", end - first > 2 ? '-' : ',', dayNames[end - 1]);
    first = end;
  }
  return out;
}
std::string print(NthWeekday on) {
  std::string_view word;
  for (const Ordinal& ordinal : ordinals)
    if (ordinal.nth == on.nth) word = ordinal.word;
  return fmt::format("{} {}{}", word, nameOf(on.day), ofMonth);
}
std::string print(DayOfMonth on) {
  return fmt::format("{}{}", on.day, ofMonth);
}

} // namespace

std::string toString(const Moment& moment) {
  return fmt::format("{} {}", moment.day ? nameOf(*moment.day) : "daily", clock(moment.minute));
}

std::string toString(const Hours& hours) {
  int end = hours.end > minutesOfDay ? hours.end - minutesOfDay : hours.end;
  return fmt::format("{} {}-{}", print(hours.days), clock(hours.begin), clock(end));
}

std::string toString(const Recurrence& recurrence) {
  std::string on = std::visit([](auto when) { return print(when); }, recurrence.on);
  return fmt::format("{} {}", on, clock(recurrence.minute));
}

std::string toString(LocalTime time) {
  int64_t day = time.seconds / secondsOfDay - (time.seconds % secondsOfDay < 0 ? 1 : 0);
  auto second = static_cast<int>(time.seconds - day * secondsOfDay);
  std::string date = Date{static_cast<int32_t>(day)}.toString();
  if (second % 60 == 0) return fmt::format("{} {}", date, clock(second / 60));
  return fmt::format("{} {}:{:02}", date, clock(second / 60), second % 60);
}

} // namespace relc::model
