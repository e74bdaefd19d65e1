#include "compiler/model/calendar.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace relc::model {
namespace {

constexpr int64_t day = 86400, week = 7 * day, century = 36525 * day;
/// No clock was ever put forward or back by more than a day.
constexpr int64_t slack = day;
constexpr int64_t mostShifts = 100'000;

int64_t floorDiv(int64_t a, int64_t b) {
  return a / b - (a % b < 0 ? 1 : 0);
}

/// What is asked for, held to its limits, and what the clock shows then.
struct Range {
  Instant from, until;
  int64_t firstLocal, lastLocal; ///< no local time before and after has a part in it

  Range(const TimeZone& zone, Instant begin, Instant end)
      : from(std::clamp(begin, earliestInstant, latestInstant)),
        until(std::clamp(end, from, std::min(from + century, latestInstant))),
        firstLocal(toLocal(zone, from).seconds - slack),
        lastLocal(toLocal(zone, until).seconds + slack) {}
};

/// `days` since 1970-01-01, a Thursday.
Weekday weekdayOf(int64_t days) {
  return static_cast<Weekday>(floorDiv(days + 3, 7) * -7 + days + 3);
}

bool falls(Days on, int64_t days) {
  return on.has(weekdayOf(days));
}
bool falls(NthWeekday on, int64_t days) {
  if (weekdayOf(days) != on.day) return false;
  namespace chrono = std::chrono;
  chrono::year_month_day date{chrono::sys_days{chrono::days{days}}};
  auto dayOfMonth = static_cast<int>(static_cast<unsigned>(date.day()));
  auto length =
      static_cast<int>(static_cast<unsigned>((date.year() / date.month() / chrono::last).day()));
  return on.nth < 0 ? dayOfMonth + 7 > length : (dayOfMonth - 1) / 7 + 1 == on.nth;
}
bool falls(DayOfMonth on, int64_t days) {
  std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{days}}};
  return static_cast<int>(static_cast<unsigned>(date.day())) == on.day;
}

Occurrence occurrence(const TimeZone& zone, int64_t localSeconds) {
  Resolved resolved = toUtc(zone, {localSeconds});
  return {resolved.instant, {localSeconds}, resolved.kind};
}

} // namespace

std::vector<Occurrence> occurrences(const Recurrence& recurrence, const TimeZone& zone,
                                    Instant from, Instant until) {
  Range range(zone, from, until);
  std::vector<Occurrence> found;
  for (int64_t d = floorDiv(range.firstLocal, day); d * day <= range.lastLocal; ++d) {
    if (!std::visit([d](auto on) { return falls(on, d); }, recurrence.on)) continue;
    Occurrence next = occurrence(zone, d * day + recurrence.minute * 60);
    if (next.instant < range.from || next.instant >= range.until) continue;
    if (found.empty() || found.back().instant < next.instant) found.push_back(next);
  }
  return found;
}

std::vector<Interval> coverage(std::span<const Hours> hours, const TimeZone& zone, Instant from,
                               Instant until) {
  Range range(zone, from, until);
  std::vector<Interval> parts;
  // Those of the day before may end on the first day.
  for (int64_t d = floorDiv(range.firstLocal, day) - 1; d * day <= range.lastLocal; ++d)
    for (const Hours& h : hours) {
      if (!h.days.has(weekdayOf(d))) continue;
      Instant begin = std::max(toUtc(zone, {d * day + h.begin * 60}).instant, range.from);
      Instant end = std::min(toUtc(zone, {d * day + h.end * 60}).instant, range.until);
      if (begin < end) parts.push_back({begin, end});
    }
  std::sort(parts.begin(), parts.end(), [](Interval a, Interval b) { return a.begin < b.begin; });
  std::vector<Interval> merged;
  for (Interval part : parts) {
    if (merged.empty() || merged.back().end < part.begin)
      merged.push_back(part);
    else
      merged.back().end = std::max(merged.back().end, part.end);
  }
  return merged;
}

std::vector<ShiftBoundary> shiftBoundaries(const Moment& handOver, int64_t shiftSeconds,
                                           const TimeZone& zone, LocalTime start, Instant from,
                                           Instant until) {
  std::vector<ShiftBoundary> boundaries;
  if (shiftSeconds <= 0) return boundaries;
  Range range(zone, from, until);

  // The first hand-over at or after `start`.
  int64_t first = std::clamp(start.seconds, earliestInstant, latestInstant);
  int64_t period = handOver.day ? week : day;
  int64_t phase = handOver.minute * 60;
  if (handOver.day)
    phase += (static_cast<int64_t>(*handOver.day) - 3) * day; // the 1st was a Thursday
  first = phase + -floorDiv(phase - first, period) * period;

  for (int64_t shift = std::max<int64_t>(0, floorDiv(range.firstLocal - first, shiftSeconds));;
       ++shift) {
    int64_t local = first + shift * shiftSeconds;
    if (local > range.lastLocal) break;
    Occurrence next = occurrence(zone, local);
    // In a gap a later boundary may come before an earlier one, whose shift then is empty.
    while (!boundaries.empty() && boundaries.back().at.instant >= next.instant)
      boundaries.pop_back();
    // Only the last one at or before `from` counts.
    if (!boundaries.empty() && next.instant <= range.from) boundaries.pop_back();
    boundaries.push_back({next, shift});
    if (boundaries.size() > mostShifts) break;
  }
  while (!boundaries.empty() && boundaries.back().at.instant >= range.until) boundaries.pop_back();
  if (boundaries.size() > mostShifts) boundaries.pop_back();
  return boundaries;
}

bool fitsHandOver(const Moment& handOver, int64_t shiftSeconds) {
  int64_t period = handOver.day ? week : day;
  return shiftSeconds > 0 && (shiftSeconds % period == 0 || period % shiftSeconds == 0);
}

} // namespace relc::model
