#pragma once
// Kinds, sets of kinds and the types of attributes.

#include <bit>
#include <cstdint>
#include <initializer_list>
#include <string_view>

namespace relc::schema {

/// Kinds of declarations. `top` stands for the file as a place. The order is that of the rows of
/// `kindTable`.
enum class Kind : uint8_t {
  top,
  system,
  prometheus,
  alertmanager,
  grafana,
  runbooks,
  survive,
  lint,
  domain,
  team,
  service,
  datastore,
  queue,
  cache,
  external,
  needs,
  uses,
  journey,
  sli,
  parameter,
  slo,
  burn_policy,
  tier,
  alert,
  runbook,
  step,
  accept,
  count_
};

class KindSet {
public:
  constexpr KindSet() = default;
  constexpr KindSet(Kind kind) : bits_(uint64_t{1} << static_cast<unsigned>(kind)) {}
  constexpr KindSet(std::initializer_list<Kind> kinds) {
    for (Kind kind : kinds) bits_ |= KindSet(kind).bits_;
  }
  [[nodiscard]] constexpr bool has(Kind kind) const { return (bits_ & KindSet(kind).bits_) != 0; }
  [[nodiscard]] constexpr bool empty() const { return bits_ == 0; }
  [[nodiscard]] constexpr int size() const { return std::popcount(bits_); }
  friend constexpr KindSet operator|(KindSet a, KindSet b) {
    KindSet result;
    result.bits_ = a.bits_ | b.bits_;
    return result;
  }
  friend constexpr bool operator==(KindSet, KindSet) = default;

private:
  uint64_t bits_ = 0;
};

/// What an expression of an attribute must be.
enum class Base : uint8_t {
  Boolean,
  Integer,
  Ratio,     ///< 99.9 %
  Duration,  ///< 300ms
  Rate,      ///< 1200/s, 2/year
  Bytes,     ///< 2GiB
  Date,      ///< 2026-11-23
  String,    ///< "…" or """…"""
  Label,     ///< a bare word or a string that names something outside: a chat channel
  Choice,    ///< one word of a fixed set
  Reference, ///< name of a declaration
  Selector,  ///< {job="checkout"}
  Promql,    ///< `…`
  Sli,       ///< an sli with its arguments
  Value,     ///< any of the above: default of a parameter
};

struct Type {
  Base base = Base::String;
  bool list = false;
  KindSet references{};       ///< Reference: the kinds that fit
  std::string_view choices{}; ///< Choice: words separated by `|`
  std::string_view minimum{}; ///< as written in Rel, inclusive; empty if none
  std::string_view maximum{}; ///< inclusive, or exclusive with a `<` before it
  constexpr Type listOf() const {
    Type copy = *this;
    copy.list = true;
    return copy;
  }
  constexpr Type from(std::string_view least) const {
    Type copy = *this;
    copy.minimum = least;
    return copy;
  }
  constexpr Type to(std::string_view most) const {
    Type copy = *this;
    copy.maximum = most;
    return copy;
  }
};

enum class Presence : uint8_t { Optional, Required };
enum class NameRule : uint8_t { None, Required, Optional, Code };

struct KindInfo {
  Kind kind;
  std::string_view word;
  KindSet parents; ///< where it may stand; `Kind::top` for the file
  NameRule name;
  std::string_view doc;
  std::string_view example;
  bool in = false; ///< takes `in REFERENCE` (to the same kind)
  bool on = false; ///< takes `on REFERENCE`
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

} // namespace relc::schema
