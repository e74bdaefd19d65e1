#pragma once
// How a promise is measured: its SLI with what its parameters are bound to. Private to this room.

#include "compiler/analysis/index.h"
#include "compiler/diagnostics/finding.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace relc::analysis {

/// What an SLI sees.
enum class Sees : uint8_t {
  Unknown,
  Users,    ///< what they get
  Probe,    ///< what a probe gets
  Internal, ///< what is inside and they do not notice
};

struct Measure {
  EntityId slo;
  EntityId owner; ///< the component or journey that promises; of an operation its component
  model::Sli sli;
  /// With the parameters bound, `$window` aside. Not valid if that does not parse.
  promql::Expr numerator;
  promql::Expr total;               ///< Good and Bad only
  std::vector<std::string> metrics; ///< names that it reads, sorted; none if it says no name
  Sees sees = Sees::Unknown;
  /// `sees` follows from well-known names, not from what is declared.
  bool byName = false;
};

/// Nothing if it has no SLI that can be used.
std::optional<Measure> measureOf(const model::Model& model, EntityId slo);

/// The declaration of a metric, of `x_bucket` that of the histogram `x`; not valid if there is
/// none.
EntityId declarationOf(const model::Model& model, std::string_view metric);

/// The value of the threshold of an SLO whose SLI has one, a default included; null if none.
const model::Value* thresholdOf(const model::Model& model, EntityId slo);
/// The SLI as the SLO names it, or if it stands in the SLO, its numerator.
source::Range placeOf(const Index& index, const Measure& measure);
/// The place of an attribute of the SLI, such as `bad`: in the SLI if the workspace has it, else
/// where the SLO names it.
source::Range placeOf(const Index& index, const Measure& measure, model::NameId name);
/// "good" or "bad", "histogram" …: the attribute that the numerator is.
model::NameId numeratorOf(const Measure& measure);

// --- families that judge what is measured; in the order of the promises
// traffic.cpp: REL2005, REL2006
void checkTraffic(const Index& index, std::span<const std::optional<Measure>> measures,
                  diagnostics::FindingList& findings);
// detection.cpp: REL2008
void checkDetection(const Index& index, std::span<const std::optional<Measure>> measures,
                    diagnostics::FindingList& findings);
// latency.cpp: REL2010
void checkLatency(const Index& index, std::span<const std::optional<Measure>> measures,
                  diagnostics::FindingList& findings);
// series.cpp: REL2011
void checkSeries(const Index& index, std::span<const std::optional<Measure>> measures,
                 diagnostics::FindingList& findings);
// kept_labels.cpp: REL2015
void checkKeptLabels(const Index& index, std::span<const std::optional<Measure>> measures,
                     diagnostics::FindingList& findings);
// retention.cpp: REL2013
void checkRetention(const Index& index, std::span<const std::optional<Measure>> measures,
                    diagnostics::FindingList& findings);

} // namespace relc::analysis
