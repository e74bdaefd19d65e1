#pragma once
// Which instants the forms of schedule.h mean in a time zone. A local time in a gap or a fold means
// what toUtc says. All ranges are half open, and cut a century after they begin.

#include "compiler/model/schedule.h"
#include "compiler/model/time_zone.h"

#include <cstdint>
#include <span>
#include <vector>

namespace relc::model {

/// A local time and when it is.
struct Occurrence {
  Instant instant = 0;
  LocalTime local; ///< as the form says it; the clock shows something else in a gap
  LocalKind kind = LocalKind::Unique;
  friend bool operator==(const Occurrence&, const Occurrence&) = default;
};
/// Strictly increasing: two local times that are the same instant, as where a zone left out a whole
/// day, are one occurrence.
std::vector<Occurrence> occurrences(const Recurrence& recurrence, const TimeZone& zone,
                                    Instant from, Instant until);

struct Interval {
  Instant begin = 0;
  Instant end = 0; ///< exclusive
  friend bool operator==(Interval, Interval) = default;
};
/// The time that at least one of the hours covers: sorted, disjoint, none empty, none touching.
/// Hours begin and end by the wall clock, so "daily 00:00-24:00" covers everything, and
/// "daily 00:00-12:00" an hour less on the day on which summer time begins.
std::vector<Interval> coverage(std::span<const Hours> hours, const TimeZone& zone, Instant from,
                               Instant until);

/// The begin of a shift.
struct ShiftBoundary {
  Occurrence at;
  int64_t shift = 0; ///< how many shifts came before: shift % members is who is on
  friend bool operator==(const ShiftBoundary&, const ShiftBoundary&) = default;
};
/// The first shift begins at the first `handOver` at or after `start`, each further one
/// `shiftSeconds` later by the wall clock, so that a hand-over stays at 09:00 over the whole year.
/// Returns the boundaries in [from, until), before them the one of the shift that is running at
/// `from`; strictly increasing, a shift that a gap leaves nothing of is left out; at most 100,000.
std::vector<ShiftBoundary> shiftBoundaries(const Moment& handOver, int64_t shiftSeconds,
                                           const TimeZone& zone, LocalTime start, Instant from,
                                           Instant until);
/// Whether every shift begins at the hand-over or at a whole part of the way to the next one: `1w`,
/// `2w`, `1d` and `12h` go with "Mon 09:00", while shifts of `3d` would wander through the week.
bool fitsHandOver(const Moment& handOver, int64_t shiftSeconds);

} // namespace relc::model
