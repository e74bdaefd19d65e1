#pragma once
// The time zones of the IANA database, by their names there ("Europe/Berlin"), from the system's
// tzdata. Nothing is read before a zone is asked for, and then only that zone's file.

#include "compiler/model/schedule.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace relc::model {

/// Seconds since 1970-01-01T00:00:00Z, without leap seconds.
using Instant = int64_t;
/// Years 0000 to 9999: what is outside is held to these.
inline constexpr Instant earliestInstant = -62167219200, latestInstant = 253402300799;

/// A time zone that exists; cheap to copy.
class TimeZone {
public:
  /// Nothing if there is no such zone. "UTC" exists even without a database.
  static std::optional<TimeZone> find(std::string_view name);
  [[nodiscard]] std::string_view name() const;

  struct Data;
  [[nodiscard]] const Data& data() const { return *data_; }

private:
  explicit TimeZone(std::shared_ptr<const Data> data) : data_(std::move(data)) {}
  std::shared_ptr<const Data> data_;
};

enum class ZoneStatus : uint8_t {
  Known,
  Unknown,
  NoDatabase, ///< nothing but "UTC" can be known: no tzdata in $TZDIR or /usr/share/zoneinfo
};
ZoneStatus timeZoneStatus(std::string_view name);
inline bool isTimeZone(std::string_view name) {
  return timeZoneStatus(name) == ZoneStatus::Known;
}
/// All names, sorted; reads the folders of the database.
std::vector<std::string> timeZoneNames();
/// Up to three zones that were probably meant, the likeliest first: "berlin", "PST", "UTC+2",
/// "Europe/Belrin". Reads the folders of the database.
std::vector<std::string> nearestTimeZones(std::string_view name);

/// How often a clock on the wall shows a time: once, never (it was put forward over it), twice (it
/// was put back).
enum class LocalKind : uint8_t { Unique, Gap, Fold };

struct Resolved {
  Instant instant = 0;
  LocalKind kind = LocalKind::Unique;
  friend bool operator==(Resolved, Resolved) = default;
};
/// The instant of a local time, by the rules of RFC 5545 (3.3.5): in a gap it is read with the
/// offset that held before the gap, and of two instants it is the first.
Resolved toUtc(const TimeZone& zone, LocalTime local);
LocalTime toLocal(const TimeZone& zone, Instant instant);

/// When a zone's distance from UTC changes: the material of an iCalendar VTIMEZONE.
struct OffsetChange {
  Instant at = 0;
  int from = 0; ///< seconds east of UTC
  int to = 0;
  bool daylight = false;    ///< summer time begins, or goes on
  std::string abbreviation; ///< of the time that begins: "CEST"
  friend bool operator==(const OffsetChange&, const OffsetChange&) = default;
};
/// In [from, until), by time; a century at most.
std::vector<OffsetChange> offsetChanges(const TimeZone& zone, Instant from, Instant until);

} // namespace relc::model
