#pragma once
// Raw series that a test can make up for an SLO. Private to this backend.

#include "backends/prometheus/plan.h"

#include <optional>
#include <string>
#include <vector>

namespace relc::prometheus {

/// A stretch of a test: so many scrapes of one kind.
struct Stretch {
  enum class Kind : uint8_t { Events, Idle, Missing, Restart };
  model::Decimal share; ///< of the events that is bad
  int64_t scrapes = 0;
  Kind kind = Kind::Events;
};

class Feed {
public:
  /// Nothing if no raw series can be made up: the SLI is not made of plain selectors, or no labels
  /// were found that fit.
  static std::optional<Feed> of(const SloPlan& plan);

  /// Counters count events, a level is good or bad, or is itself the share of what is bad.
  enum class Kind : uint8_t { Counters, Level, Share };
  [[nodiscard]] Kind kind() const { return kind_; }
  /// Can a part of the events fail?
  [[nodiscard]] bool divides() const { return kind_ != Kind::Level; }

  struct Series {
    std::string name;
    std::string values; ///< in promtool's notation
  };
  /// `neverBad`: without the series that exist only once something has failed.
  [[nodiscard]] std::vector<Series> series(const std::vector<Stretch>& stretches,
                                           bool neverBad = false) const;

  static constexpr int64_t eventsPerScrape = 1'000'000;

private:
  struct Source {
    std::string name;
    bool good = false, bad = false;           ///< grows with good events, with bad events
    bool onlyOnceBad = false;                 ///< does not exist before the first bad event
    std::optional<model::Decimal> boundary{}; ///< a native histogram: where good events end
  };
  Kind kind_ = Kind::Counters;
  std::vector<Source> sources_;
  model::Decimal whenGood_, whenBad_; ///< Level
  model::Decimal goodGrows_;          ///< Level: a scrape, for what tells the time

  bool countersOf(const SloPlan& plan);
  bool levelOf(const SloPlan& plan);
  [[nodiscard]] std::string valuesOf(const Source& source,
                                     const std::vector<Stretch>& stretches) const;
};

} // namespace relc::prometheus
