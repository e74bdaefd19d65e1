#pragma once
// Model to Prometheus rule files and to the promtool tests that prove them.

#include "backends/emit/output.h"
#include "compiler/model/model.h"

#include <string_view>
#include <vector>

namespace relc::prometheus {

struct Options {
  std::string_view version; ///< of relc, for the header of each file
};

/// One rule file for each component or journey that promises or alerts on something,
/// `prometheus/NAME.rules.yaml` (journeys: `prometheus/NAME.journey.rules.yaml`), and its tests in
/// `prometheus/tests/`. Sorted by path. SLOs and alerts in which findings were made are left out.
emit::Output generate(const model::Model& model, const source::SourceManager& sources,
                      const Options& options);

} // namespace relc::prometheus
