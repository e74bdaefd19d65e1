#pragma once
// Kinds, sets of kinds and the types of attributes.

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string_view>

namespace relc::schema {

/// Kinds of declarations. `top` stands for the file as a place. The order is that of the rows of
/// `kindTable`.
enum class Kind : uint8_t {
  top,
  // the workspace
  system,
  prometheus,
  alertmanager,
  grafana,
  runbooks,
  kubernetes,
  chaos,
  survive,
  lint,
  policy,
  environment,
  library,
  profile,
  parameter,
  // places and people
  domain,
  person,
  absence,
  team,
  rotation,
  layer,
  override_,
  escalation,
  escalation_step,
  severity,
  receiver,
  // what runs
  service,
  datastore,
  queue,
  cache,
  external,
  operation,
  traffic,
  needs,
  uses,
  journey,
  backup,
  capacity,
  limit,
  scale,
  rollout,
  stage,
  telemetry,
  link,
  // promises and alerts
  metric,
  sli,
  slo,
  burn_policy,
  tier,
  budget_policy,
  at,
  alert,
  example,
  runbook,
  step,
  // what goes wrong
  failure,
  experiment,
  result,
  incident,
  event,
  action,
  accept,
  count_
};

class KindSet {
public:
  constexpr KindSet() = default;
  constexpr KindSet(Kind kind) {
    auto index = static_cast<unsigned>(kind);
    bits_[index / 64] = uint64_t{1} << (index % 64);
  }
  constexpr KindSet(std::initializer_list<Kind> kinds) {
    for (Kind kind : kinds) *this = *this | KindSet(kind);
  }
  [[nodiscard]] constexpr bool has(Kind kind) const {
    auto index = static_cast<unsigned>(kind);
    return (bits_[index / 64] >> (index % 64) & 1U) != 0;
  }
  [[nodiscard]] constexpr bool empty() const { return size() == 0; }
  [[nodiscard]] constexpr int size() const {
    return std::popcount(bits_[0]) + std::popcount(bits_[1]);
  }
  friend constexpr KindSet operator|(KindSet a, KindSet b) {
    KindSet result;
    for (size_t i = 0; i < a.bits_.size(); ++i) result.bits_[i] = a.bits_[i] | b.bits_[i];
    return result;
  }
  friend constexpr KindSet operator&(KindSet a, KindSet b) {
    KindSet result;
    for (size_t i = 0; i < a.bits_.size(); ++i) result.bits_[i] = a.bits_[i] & b.bits_[i];
    return result;
  }
  friend constexpr KindSet operator-(KindSet a, KindSet b) {
    KindSet result;
    for (size_t i = 0; i < a.bits_.size(); ++i) result.bits_[i] = a.bits_[i] & ~b.bits_[i];
    return result;
  }
  friend constexpr bool operator==(KindSet, KindSet) = default;
  /// Calls `visit(kind)` in the order of the table.
  template <class Visit>
  constexpr void each(const Visit& visit) const {
    for (size_t i = 0; i < bits_.size(); ++i)
      for (uint64_t rest = bits_[i]; rest != 0; rest &= rest - 1)
        visit(static_cast<Kind>(i * 64 + static_cast<size_t>(std::countr_zero(rest))));
  }

private:
  std::array<uint64_t, 2> bits_{};
};

/// What an expression of an attribute must be.
enum class Base : uint8_t {
  Boolean,
  Integer,
  Number,    ///< 1.5
  Ratio,     ///< 99.9 %
  Duration,  ///< 300ms
  Rate,      ///< 1200/s, 2/year
  Growth,    ///< 4%/month
  Bytes,     ///< 2GiB
  Date,      ///< 2026-11-23
  String,    ///< "…" or """…"""
  Label,     ///< a bare word or a string that names something outside: a chat channel
  Choice,    ///< one word of a fixed set
  Reference, ///< name of a declaration
  Selector,  ///< {job="checkout"}
  Promql,    ///< `…`
  Sli,       ///< an sli with its arguments
  Form,      ///< a call of a fixed set: kill(count = 1)
  Value,     ///< any quantity, string, date or selector
  // Strings of a fixed form; model/schedule.h reads the first four.
  Moment,     ///< "Mon 09:00"
  Hours,      ///< "Mon-Fri 09:00-18:00"
  Recurrence, ///< "first Tue of month 10:00"
  Instant,    ///< "2026-11-03 14:05"
  TimeZone,   ///< "Europe/Berlin"
  Url,        ///< "https://grafana.example.com"
  Email,      ///< "payments@example.com"
  Path,       ///< a file below the workspace
  Version,    ///< "1.4.0"
};

struct Type {
  Base base = Base::String;
  bool list = false;
  bool orText = false;        ///< Reference: a string will do instead
  bool counted = false;       ///< Reference: may say how many, `eu-west-1a(4)`
  KindSet references{};       ///< Reference: the kinds that fit
  std::string_view choices{}; ///< Choice: words separated by `|`; Reference to an SLO: what may
                              ///< follow its name, `checkout.availability.page`
  std::string_view forms{};   ///< the set of forms that fit (instead of a value of `base`)
  std::string_view minimum{}; ///< as written in Rel, inclusive; empty if none
  std::string_view maximum{}; ///< inclusive, or exclusive with a `<` before it
  /// Outside of these a value is allowed, but probably a slip: `timeout = 200h`.
  std::string_view usualMinimum{}, usualMaximum{};
  [[nodiscard]] constexpr Type listOf() const {
    Type copy = *this;
    copy.list = true;
    return copy;
  }
  [[nodiscard]] constexpr Type from(std::string_view least) const {
    Type copy = *this;
    copy.minimum = least;
    return copy;
  }
  [[nodiscard]] constexpr Type to(std::string_view most) const {
    Type copy = *this;
    copy.maximum = most;
    return copy;
  }
  [[nodiscard]] constexpr Type usually(std::string_view least, std::string_view most) const {
    Type copy = *this;
    copy.usualMinimum = least;
    copy.usualMaximum = most;
    return copy;
  }
  [[nodiscard]] constexpr Type orForm(std::string_view set) const {
    Type copy = *this;
    copy.forms = set;
    return copy;
  }
};

enum class Presence : uint8_t { Optional, Required };
/// What stands behind the kind's word. Directly inside of a profile nothing ever does.
enum class NameRule : uint8_t {
  None,
  Required,
  Optional,
  Check, ///< code or name of a check: `accept REL1001`
  Date,  ///< `result 2026-11-03`
  Share, ///< `at 50%`
};

struct KindInfo {
  Kind kind;
  std::string_view word;
  KindSet parents; ///< where it may stand; `Kind::top` for the file
  NameRule name;
  std::string_view doc;
  std::string_view example;
  bool in = false;   ///< takes `in REFERENCE` (to the same kind)
  bool on = false;   ///< takes `on REFERENCE`
  bool once = false; ///< without a name, and once in each parent
};

struct AttributeInfo {
  KindSet kinds;
  std::string_view name; ///< "*" stands for any name
  Type type;
  Presence presence;
  std::string_view fallback; ///< the default, as written in Rel; empty if none
  std::string_view doc;
  std::string_view example;
};

/// A call that an attribute takes: `inject = kill(count = 1)`.
struct FormInfo {
  std::string_view set; ///< "fault": what attributes ask for
  std::string_view name;
  std::string_view doc;
  std::string_view example;
};

struct FormParameterInfo {
  std::string_view set;
  std::string_view forms; ///< names separated by `|`
  std::string_view name;
  Type type;
  Presence presence;
  std::string_view fallback;
  std::string_view doc;
};

} // namespace relc::schema
