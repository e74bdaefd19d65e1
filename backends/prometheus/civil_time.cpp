#include "backends/prometheus/civil_time.h"

#include <fmt/format.h>

namespace relc::prometheus {

namespace {

constexpr int64_t day = 86400, week = 7 * day;
/// 1970-01-01 was a Thursday: three days after a Monday.
constexpr int64_t sinceMonday = 3 * day;

struct Calendar {
  std::string_view name;
  std::string_view number; ///< of `{0}`, the local time
  int64_t longest;
};
constexpr Calendar calendars[] = {
    {"week", "floor(vector(({0} + 259200) / 604800))", week},
    {"month", "year(vector({0})) * 12 + month(vector({0}))", 31 * day},
    {"quarter", "year(vector({0})) * 4 + ceil(month(vector({0})) / 3)", 92 * day},
};

const Calendar& calendarNamed(std::string_view name) {
  for (const Calendar& row : calendars)
    if (row.name == name) return row;
  return calendars[1];
}

} // namespace

model::TimeZone zoneOf(const model::Model& model) {
  auto zone = model::TimeZone::find(model.text(model.system, model::attr("timezone")));
  return zone ? *zone : *model::TimeZone::find("UTC"); // which always exists
}

int64_t utcOffset(const model::TimeZone& zone, model::Date now) {
  model::Instant from = (int64_t{now.days} - 1) * day;
  return model::toLocal(zone, from).seconds - from;
}

std::string localTime(const model::TimeZone& zone, model::Date now) {
  model::Instant from = (int64_t{now.days} - 1) * day;
  auto changes = model::offsetChanges(zone, from, from + yearsKnown * 366 * day);
  int64_t offset = utcOffset(zone, now);
  std::string text = "time()";
  if (offset != 0) text += fmt::format(" {} {}", offset < 0 ? '-' : '+', std::abs(offset));
  for (const model::OffsetChange& change : changes) {
    int64_t step = change.to - change.from;
    if (step == 0) continue;
    text += fmt::format(" {} {} * (time() >= bool {})", step < 0 ? '-' : '+', std::abs(step),
                        change.at);
  }
  return text;
}

std::string periodNumber(std::string_view calendar, const std::string& localTime) {
  return fmt::format(fmt::runtime(calendarNamed(calendar).number), localTime);
}

int64_t longestPeriod(std::string_view calendar) {
  return calendarNamed(calendar).longest + 3600;
}

std::string withinHours(std::span<const model::Hours> hours, const std::string& localTime) {
  std::string text;
  auto minute = fmt::format("vector(({}) % {} / 60)", localTime, day);
  auto weekday =
      fmt::format("floor(vector(({} + {}) % {} / {}))", localTime, sinceMonday, week, day);
  // On `days` of the week (Monday is the lowest bit), from one minute of the day to another.
  auto add = [&](unsigned days, int begin, int end) {
    for (int first = 0; first < 7; ++first) {
      if ((days >> first & 1) == 0) continue;
      int last = first;
      while (last < 6 && (days >> (last + 1) & 1) != 0) ++last;
      text += fmt::format("{}{} >= {} < {}", text.empty() ? "" : " or ", minute, begin, end);
      if (last - first < 6)
        text += fmt::format(" and on () ({} >= {} <= {})", weekday, first, last);
      first = last;
    }
  };
  constexpr int minutes = 1440;
  for (const model::Hours& h : hours) {
    add(h.days.bits, h.begin, std::min(h.end, minutes));
    unsigned next = (h.days.bits << 1 | h.days.bits >> 6) & model::Days::all;
    if (h.end > minutes) add(next, 0, h.end - minutes);
  }
  return text;
}

} // namespace relc::prometheus
