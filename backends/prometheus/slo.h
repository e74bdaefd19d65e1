#pragma once
// The mathematics of one SLO: which series are recorded, from which the longer windows are derived,
// and when each tier of the burn policy fires. Private to this backend.
//
// Recordings (labels `service` or `journey`, and `slo`):
//   slo:events_bad:rateB, slo:events_total:rateB   events per second over the base window B, which
//       is four scrape intervals: the only rules that read raw series
//   slo:events_bad:rateC, slo:events_total:rateC   the same over the coarse interval C, averaged
//       from the above once every C, so that they tile time without overlap
//   slo:error_ratio:rateW                          bad over total for each window W of the burn
//       policy and for the whole period: sum over sum, so true to events, from rateB where that
//       is at most `maxFineSamples` samples, else from rateC
// A total of zero gives an error ratio of zero, an absent total gives nothing, and bad events that
// were never seen count as zero.
//
// Arithmetic: factor = share of the budget × period ÷ long window (Google, The Site Reliability
// Workbook, chapter 5), in exact decimals.

#include "backends/prometheus/rules.h"
#include "compiler/model/model.h"

#include <optional>
#include <string>
#include <vector>

namespace relc::prometheus {

/// A window of a burn policy reads the fine recording if that costs at most so many samples.
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
  model::EntityId entity;
};

struct SloPlan {
  model::EntityId slo;
  model::EntityId owner;  ///< the component or journey that promises
  std::string ownerLabel; ///< `service`, or `journey`: the two may have the same name
  std::string service;    ///< value of that label
  std::string name;       ///< label `slo`
  model::Decimal objective, errorBudget, period;
  model::Decimal interval, coarseInterval, baseWindow; ///< seconds
  std::vector<BurnTier> tiers;
  model::Sli sli;
  model::Decimal boundary; ///< Latency: the threshold in the histogram's unit, as `le` has it
  std::string badExpr,
      totalExpr; ///< rates over the base window; bad may be absent where nothing failed yet
  /// Raw selectors, where the SLI names counters: what tests need to feed. Latency: the histogram's
  /// base name is in `total`, `bad` is empty.
  std::optional<Selector> bad, good, total;
};

/// Nothing if the SLO cannot be measured; a finding has been made.
std::optional<SloPlan> planSlo(const model::Model& model, model::EntityId slo);

/// "slo:error_ratio:rate1h".
std::string ratioSeries(model::Decimal window);
/// `{service="checkout",slo="availability"}`
std::string sloSelector(const SloPlan& plan);
/// "30m", "3d": Prometheus' form.
std::string promDuration(model::Decimal seconds);
/// Label matchers for an upper bound of a histogram in both spellings: Prometheus 3 writes `1.0`
/// where Prometheus 2 writes `1`.
promql::Matcher bucketMatcher(model::Decimal boundary);

std::vector<Group> sloGroups(const model::Model& model, const source::SourceManager& sources,
                             const SloPlan& plan);

/// "checkout.rel:12 slo checkout.availability".
std::string originOf(const model::Model& model, const source::SourceManager& sources,
                     model::EntityId id);

// --- annotations.cpp ---

/// "service" or "journey".
std::string ownerLabel(const model::Model& model, model::EntityId owner);
/// Whose series and files an owner's are: an operation's are those of its component.
model::EntityId componentOf(const model::Model& model, model::EntityId owner);
/// Text of the program for an annotation: nothing in it is a template.
std::string templateText(std::string_view text);
std::string runbookUrl(const model::Model& model, model::EntityId runbook);
std::vector<Group> alertGroups(const model::Model& model, const source::SourceManager& sources,
                               model::EntityId owner);
/// Page and ticket have different names, so that nobody reads one for the other.
std::string burnAlertName(std::string_view severity);
Rule burnAlert(const model::Model& model, const SloPlan& plan, const BurnTier& tier);

// --- proofs.cpp ---

/// Can a test be generated for the SLO? Its events must be plain counters.
bool provable(const SloPlan& plan);
/// The promtool test file of a rule file, or "" if nothing in it can be proven.
std::string proofs(const std::vector<SloPlan>& plans, const std::string& ruleFile,
                   std::string_view header);

} // namespace relc::prometheus
