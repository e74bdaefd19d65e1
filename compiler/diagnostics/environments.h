#pragma once
// A program with environments is one model for each, and each is judged on its own. Here what they
// have in common is said once.

#include "compiler/diagnostics/finding.h"
#include "compiler/diagnostics/risk.h"

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace relc::diagnostics {

/// Whether a place of the program is part of an environment: what stands in `in staging { … }` is
/// part of `staging` only. Without it every place is part of every environment.
using StandsIn = std::function<bool(std::string_view environment, const source::Range& place)>;

/// Findings of all environments, by environment, as one list. Equal ones (subjects aside, which
/// mean nothing beside another model) become one; it names its environments unless they are all. A
/// check that is `onlyIfEverywhere` is heard only if every environment that the place is part of
/// reports it, whatever its facts are there; the first one's are told. What one environment says
/// alike of several subjects is said once and counted. The order is that of the first appearance,
/// which `settle` makes the reader's. Takes n log n time.
std::vector<Finding>
mergeEnvironments(std::vector<std::pair<std::string, std::vector<Finding>>>&& byEnvironment,
                  const StandsIn& standsIn = {});

/// The same for the risk registers: an acceptance that says the same of the same target is one
/// entry. `silenced` is that of the environment in which it silences most. Ordered as each of them.
std::vector<Risk>
mergeRisks(std::vector<std::pair<std::string, std::vector<Risk>>>&& byEnvironment);

} // namespace relc::diagnostics
