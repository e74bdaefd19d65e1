#pragma once
// What is declared of the series that PromQL asks for: the `metric` declarations of the workspace
// and of what it imports, by the names under which Prometheus stores them.

#include "compiler/model/model.h"
#include "compiler/promql/label_flow.h"

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace relc::analysis {

class Catalogue {
public:
  explicit Catalogue(const model::Model& model);

  /// What a name is to the metric that declares it.
  enum class Part : uint8_t {
    Series, ///< the metric has this name
    Bucket, ///< `…_bucket`
    Count,  ///< `…_count`
    Sum,    ///< `…_sum`
    Family, ///< no series has the name: that of a classic histogram without its suffix
  };
  struct Series {
    model::EntityId metric; ///< not valid for what Prometheus itself writes
    Part part = Part::Series;
    promql::MetricKind kind = promql::MetricKind::Unknown;
    std::optional<promql::Bounds> values;
    /// Without those of the target; nothing if the declaration does not say.
    std::optional<std::vector<std::string_view>> labels;
  };
  /// Null for what is not declared.
  [[nodiscard]] const Series* find(std::string_view name) const;
  /// Does the workspace, or what it imports, declare any metric?
  [[nodiscard]] bool empty() const { return declared_ == 0; }

  /// A label that whoever scrapes or ships the samples may add to those of a metric: `job`, what
  /// the telemetry of a component selects by, the usual names for places and owners.
  [[nodiscard]] bool isTargetLabel(std::string_view label) const;

  /// The series that was probably meant; empty if none is near. Costly: after some hundreds of
  /// questions the answer is always empty.
  [[nodiscard]] std::string nearest(std::string_view name) const;
  /// The label of the series that was probably meant; empty if none is near.
  [[nodiscard]] static std::string nearestLabel(const Series& series, std::string_view label);

  /// For the label flow of an expression, which the options must outlive: of the labels of targets
  /// a metric has those that the expression speaks of.
  [[nodiscard]] promql::FlowOptions flowOptions(const promql::Expr& expr,
                                                promql::Version target) const;

private:
  std::unordered_map<std::string, Series> series_;
  std::unordered_set<std::string> targetLabels_;
  size_t declared_ = 0;
  mutable unsigned suggestionsLeft_ = 300;
};

} // namespace relc::analysis
