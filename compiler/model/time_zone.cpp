#include "compiler/model/time_zone.h"

#include <cctz/time_zone.h>
#include <fmt/format.h>
#include <llvm/ADT/StringRef.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <utility>

namespace relc::model {

struct TimeZone::Data {
  std::string name;
  cctz::time_zone zone;
};

namespace {

using Seconds = cctz::time_point<cctz::seconds>;

Seconds at(Instant instant) {
  return Seconds(cctz::seconds(std::clamp(instant, earliestInstant, latestInstant)));
}
Instant since1970(Seconds time) {
  return time.time_since_epoch().count();
}
constexpr cctz::civil_second epoch(1970, 1, 1, 0, 0, 0);

/// Each part begins with a capital letter, which all names of zones do and the other files of the
/// database do not. Nothing else is given to cctz, for which "/etc/x" and "libc:x" are names too.
bool isPlausible(std::string_view name) {
  bool first = true;
  for (char c : name) {
    bool capital = c >= 'A' && c <= 'Z';
    bool inner =
        (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '+';
    if (first ? !capital : !capital && !inner && c != '/') return false;
    first = c == '/';
  }
  return !first && name.size() <= 64;
}

/// Where cctz looks.
std::filesystem::path databaseFolder() {
  const char* folder = std::getenv("TZDIR");
  return folder && *folder ? folder : "/usr/share/zoneinfo";
}

} // namespace

std::optional<TimeZone> TimeZone::find(std::string_view name) {
  if (!isPlausible(name)) return std::nullopt;
  try { // it throws nothing of its own, but a damaged file may ask for too much memory
    auto data = std::make_shared<Data>();
    data->name = name;
    if (!cctz::load_time_zone(data->name, &data->zone)) return std::nullopt;
    return TimeZone(std::move(data));
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

std::string_view TimeZone::name() const {
  return data_->name;
}

ZoneStatus timeZoneStatus(std::string_view name) {
  if (TimeZone::find(name)) return ZoneStatus::Known;
  std::error_code error;
  bool present = std::filesystem::exists(databaseFolder() / "Etc" / "UTC", error);
  return present ? ZoneStatus::Unknown : ZoneStatus::NoDatabase;
}

std::vector<std::string> timeZoneNames() {
  namespace fs = std::filesystem;
  std::vector<std::string> names;
  std::error_code error;
  fs::path root = databaseFolder();
  fs::recursive_directory_iterator entry(root, error), end;
  for (; !error && entry != end; entry.increment(error)) {
    std::string name = entry->path().lexically_relative(root).generic_string();
    std::error_code ignored;
    bool folder = entry->is_directory(ignored);
    if (folder && (!isPlausible(name) || entry.depth() >= 3))
      entry.disable_recursion_pending();
    else if (!folder && isPlausible(name))
      names.push_back(std::move(name));
  }
  std::sort(names.begin(), names.end());
  return names;
}

// --- what was meant ------------------------------------------------------------------------------

namespace {

/// Abbreviations that are no names of zones, and where most of those who write them live.
constexpr std::pair<std::string_view, std::string_view> abbreviations[] = {
    {"PST", "America/Los_Angeles"},  {"PDT", "America/Los_Angeles"},
    {"PT", "America/Los_Angeles"},   {"MDT", "America/Denver"},
    {"MT", "America/Denver"},        {"CST", "America/Chicago"},
    {"CST", "Asia/Shanghai"},        {"CDT", "America/Chicago"},
    {"CT", "America/Chicago"},       {"EDT", "America/New_York"},
    {"ET", "America/New_York"},      {"BST", "Europe/London"},
    {"CEST", "Europe/Berlin"},       {"CEST", "Europe/Paris"},
    {"MEZ", "Europe/Berlin"},        {"MESZ", "Europe/Berlin"},
    {"EEST", "Europe/Helsinki"},     {"MSK", "Europe/Moscow"},
    {"IST", "Asia/Kolkata"},         {"IST", "Asia/Jerusalem"},
    {"IST", "Europe/Dublin"},        {"SGT", "Asia/Singapore"},
    {"HKT", "Asia/Hong_Kong"},       {"JST", "Asia/Tokyo"},
    {"KST", "Asia/Seoul"},           {"AEST", "Australia/Sydney"},
    {"AEDT", "Australia/Sydney"},    {"NZST", "Pacific/Auckland"},
    {"NZDT", "Pacific/Auckland"},    {"BRT", "America/Sao_Paulo"},
    {"SAST", "Africa/Johannesburg"}, {"Z", "UTC"},
};

/// "UTC+2", "GMT-05:00", "+02:00": "Etc/GMT-2" and so on, whose sign is the other way round.
std::string fixedOffset(std::string_view name) {
  llvm::StringRef rest(name.data(), name.size());
  if (!rest.consume_front_insensitive("UTC")) rest.consume_front_insensitive("GMT");
  bool west = rest.consume_front("-");
  unsigned hours = 0;
  if ((!west && !rest.consume_front("+")) || rest.consumeInteger(10, hours)) return {};
  if (!rest.empty() && rest != ":00") return {};
  if (hours == 0) return "UTC";
  return fmt::format("Etc/GMT{}{}", west ? '+' : '-', hours);
}

} // namespace

std::vector<std::string> nearestTimeZones(std::string_view name) {
  constexpr size_t most = 3;
  std::vector<std::string> found;
  if (name.empty() || name.size() > 64) return found;
  llvm::StringRef word(name.data(), name.size());
  if (std::string offset = fixedOffset(name); isTimeZone(offset)) found.push_back(offset);
  for (auto [abbreviation, zone] : abbreviations)
    if (word.equals_insensitive({abbreviation.data(), abbreviation.size()}) && isTimeZone(zone))
      found.emplace_back(zone);
  if (!found.empty()) return found;

  // 0 for the name itself in other letters, 1 for its last part, then by the letters that differ.
  std::string spelled(name);
  std::replace(spelled.begin(), spelled.end(), ' ', '_');
  word = spelled;
  llvm::StringRef city = word.rsplit('/').second.empty() ? word : word.rsplit('/').second;
  auto limit = static_cast<unsigned>(std::clamp<size_t>((word.size() + 1) / 4, 1, 4));
  std::vector<std::pair<unsigned, std::string>> ranked;
  for (std::string& zone : timeZoneNames()) {
    llvm::StringRef whole(zone);
    llvm::StringRef last = whole.contains('/') ? whole.rsplit('/').second : whole;
    unsigned rank = whole.equals_insensitive(word) ? 0
                    : last.equals_insensitive(city)
                        ? 1
                        : 1 + whole.edit_distance_insensitive(word, true, limit);
    if (rank > 1 && !word.contains('/'))
      rank = std::min(rank, 1 + last.edit_distance_insensitive(word, true, limit));
    if (rank <= 1 + limit) ranked.emplace_back(rank, std::move(zone));
  }
  std::sort(ranked.begin(), ranked.end());
  for (auto& [rank, zone] : ranked) {
    // A name that is right but for its capitals needs no company.
    if (found.size() == most || (!found.empty() && ranked[0].first == 0)) break;
    found.push_back(std::move(zone));
  }
  return found;
}

// --- local times ---------------------------------------------------------------------------------

Resolved toUtc(const TimeZone& zone, LocalTime local) {
  auto found =
      zone.data().zone.lookup(epoch + std::clamp(local.seconds, earliestInstant, latestInstant));
  using Lookup = cctz::time_zone::civil_lookup;
  LocalKind kind = found.kind == Lookup::SKIPPED    ? LocalKind::Gap
                   : found.kind == Lookup::REPEATED ? LocalKind::Fold
                                                    : LocalKind::Unique;
  // `pre` is by the offset before the change: of a gap what RFC 5545 wants, of a fold the first.
  return {since1970(found.pre), kind};
}

LocalTime toLocal(const TimeZone& zone, Instant instant) {
  return {zone.data().zone.lookup(at(instant)).cs - epoch};
}

std::vector<OffsetChange> offsetChanges(const TimeZone& zone, Instant from, Instant until) {
  constexpr int64_t century = int64_t{36525} * 86400;
  from = std::clamp(from, earliestInstant, latestInstant);
  until = std::clamp(until, from, from + century);
  const cctz::time_zone& rules = zone.data().zone;
  std::vector<OffsetChange> changes;
  cctz::time_zone::civil_transition change;
  for (Seconds time = at(from - 1); rules.next_transition(time, &change);) {
    Seconds next = rules.lookup(change.to).trans;
    if (next <= time || since1970(next) >= until) break;
    auto before = rules.lookup(next - cctz::seconds(1)), after = rules.lookup(next);
    if (before.offset != after.offset)
      changes.push_back({since1970(next), before.offset, after.offset, after.is_dst, after.abbr});
    time = next;
  }
  return changes;
}

} // namespace relc::model
