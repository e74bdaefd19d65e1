#pragma once
// PromQL that reads a clock on the wall: which month it is, whether it is within working hours.
// PromQL knows UTC only, so that a zone's distance from it is written into the expression, with the
// changes of the coming years (`yearsKnown`). Private to this backend.

#include "compiler/model/model.h"
#include "compiler/model/schedule.h"
#include "compiler/model/time_zone.h"

#include <span>
#include <string>
#include <string_view>

namespace relc::prometheus {

/// How far ahead the changes of summer time are known to what is generated.
inline constexpr int yearsKnown = 3;

/// The zone of the system.
model::TimeZone zoneOf(const model::Model& model);

/// Seconds east of UTC on the day before `now`, from which `localTime` goes on.
int64_t utcOffset(const model::TimeZone& zone, model::Date now);

/// Seconds since 1970 by the wall clock, as a scalar: `time()`, or with an offset that changes at
/// the instants known from `now` on.
std::string localTime(const model::TimeZone& zone, model::Date now);

/// A vector of one series without labels: a number that is the same during one calendar period and
/// another in the next: of the week (from Monday), the month, the quarter.
std::string periodNumber(std::string_view calendar, const std::string& localTime);
/// The longest that a period can be, with an hour for the end of summer time: seconds.
int64_t longestPeriod(std::string_view calendar);

/// A vector of one series without labels while the wall clock shows one of the hours, else empty.
std::string withinHours(std::span<const model::Hours> hours, const std::string& localTime);

} // namespace relc::prometheus
