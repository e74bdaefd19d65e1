#pragma once
// One SLO, understood: what is counted, over which windows, and when each tier of the burn policy
// fires. Rules and their tests are written from it. Private to this backend.
//
// Recordings (labels `service` or `journey`, `slo`, and those by which the SLO is kept):
//   slo:events_bad:rateB, slo:events_total:rateB   events per second over the base window B,
//       which is at least four scrape intervals: the only rules that read raw series. What counts
//       time has one event a second
//   slo:events_bad:rateC, slo:events_total:rateC   the same over the coarse interval C, once in
//       each, so that they tile time without overlap: the sum of the above over their number in C,
//       so that what was not measured counts as no events, and not as if it had been like the rest
//   slo:error_ratio:rateW                          bad over total for each window W of the burn
//       policy and for the whole period: sum over sum, so true to events, from rateB where that
//       is at most `maxFineSamples` samples, else from rateC
// A total of zero gives an error ratio of zero, an absent total gives nothing, and bad events that
// were never seen count as zero.
//
// Arithmetic: factor = share of the budget × period ÷ long window (Google, The Site Reliability
// Workbook, chapter 5), in exact decimals.

#include "backends/prometheus/series.h"
#include "compiler/model/model.h"
#include "compiler/model/traffic.h"

#include <optional>
#include <string>
#include <vector>

namespace relc::prometheus {

/// A window reads the fine recording if that costs at most so many samples.
constexpr int64_t maxFineSamples = 1000;

/// A metric and its matchers.
struct Selector {
  std::string metric;
  std::vector<promql::Matcher> matchers;
};

struct BurnTier {
  std::string name;
  std::string severity; ///< page, ticket, info
  model::Decimal budget;
  model::Decimal longWindow, shortWindow, forSeconds; ///< seconds
  model::Decimal factor;
  model::Decimal threshold; ///< of the error ratio: factor × (1 − objective)
  /// Events that must have failed in the long window; 0: the share alone decides.
  int64_t minFailures = 0;
  model::EntityId entity;
};

/// How the events of an SLI are read, by what a test can feed.
struct Events {
  std::string bad;   ///< over the base window; absent where nothing failed yet
  std::string total; ///< over the base window
  /// Bad events that were never counted are zero, wherever there are events at all.
  bool missingBadIsZero = true;
  /// Raw selectors, where the SLI names counters: what tests need to feed. Latency: the histogram's
  /// base name is in `totalCounter`.
  std::optional<Selector> badCounter, goodCounter, totalCounter;
  /// The histogram in `totalCounter` is native: one series, of which PromQL takes the share.
  bool native = false;
  /// What counts time: the series that is looked at, if it is a plain selector.
  std::optional<Selector> gauge;
  model::Decimal whenGood = 0, whenBad = 0; ///< time slices: values of it on both sides
  /// The total exists whether anything is measured or not: nothing can be fed in its place.
  bool constantTotal = false;
};

struct SloPlan {
  model::EntityId slo;
  model::EntityId owner;           ///< the component or journey that promises
  std::string_view ownerLabel;     ///< `service` or `journey`
  std::string service;             ///< value of that label
  std::string name;                ///< label `slo`
  std::vector<std::string> groups; ///< labels by which the SLO is kept
  Identity identity;
  model::Decimal objective, errorBudget, period;
  std::string_view calendar; ///< week, month, quarter; empty if the window rolls
  model::Decimal scrape, interval, coarseInterval, baseWindow; ///< seconds
  int64_t slices;                                              ///< evaluations in a coarse interval
  std::vector<BurnTier> tiers;
  model::Sli sli;
  model::Decimal boundary; ///< Latency: the threshold in the histogram's unit, as `le` has it
  Events events;
  std::optional<model::Decimal> quiet; ///< declared events a second at the quietest time

  /// Seconds between the samples of the recording that a window is derived from.
  [[nodiscard]] model::Decimal stepFor(model::Decimal window) const;
  [[nodiscard]] bool isFine(model::Decimal window) const { return stepFor(window) == interval; }
  /// The window of that recording: the base window, or the coarse interval.
  [[nodiscard]] model::Decimal sourceFor(model::Decimal window) const;
  /// All windows of which an error ratio is recorded, the period excluded; ascending.
  [[nodiscard]] std::vector<model::Decimal> windows() const;
  /// The shortest of them: what happens now.
  [[nodiscard]] model::Decimal nowWindow() const;
};

/// Nothing if the SLO cannot be measured; a finding has been made.
std::optional<SloPlan> planSlo(const model::Model& model, model::EntityId slo);

/// Label matchers for an upper bound of a histogram in both spellings: Prometheus 3 writes `1.0`
/// where Prometheus 2 writes `1`.
promql::Matcher bucketMatcher(model::Decimal boundary);

/// "sum by (region) (…)", or "sum(…)" without groups.
std::string aggregated(const SloPlan& plan, std::string_view op, std::string_view expr);

/// The text of a query with its parameters bound; `$window` is the base window.
std::optional<std::string> textOf(const model::Query& query, const SloPlan& plan);

/// Fills `events` of a plan of which all else is known; false if the SLI cannot be read.
bool planEvents(const model::Model& model, SloPlan& plan);

/// "checkout.rel:12 slo checkout.availability".
std::string originOf(const model::Model& model, const source::SourceManager& sources,
                     model::EntityId id);

} // namespace relc::prometheus
