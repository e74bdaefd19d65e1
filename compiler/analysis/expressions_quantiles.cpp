// Quantiles: REL4008, REL4019.

#include "compiler/analysis/expressions.h"

#include <fmt/format.h>

#include <algorithm>

namespace relc::analysis {
namespace {

using promql::Aggregation;
using promql::Branch;
using promql::Call;
using promql::MetricKind;
using promql::NodeId;
using promql::Presence;
using promql::TextRange;

// --- REL4008 -------------------------------------------------------------------------------------

void quantileWithoutLe(const Expression& e, const Call& call, NodeId argument) {
  for (const Branch& branch : e.flow.at(argument)) {
    const promql::LabelFact le = branch.labels.at("le");
    if (branch.kind != MetricKind::Bucket || le.presence != Presence::Excluded) continue;
    Finding& finding =
        e.find(Check::QuantileWithoutLe, call.nameRange,
               fmt::format("`{}` of buckets that have lost the label `le`", call.name));
    finding.label("reads the buckets by `le`");
    e.show(finding, le.reason.range, lostHere(le, "le"));
    finding.because("the boundaries of the buckets are in that label: without it there is no "
                    "quantile, and the result is empty");
    finding.suggest(
        "keep `le` until the quantile is taken, as in `sum by (le) (rate(…_bucket[5m]))`");
    if (const auto edits = e.toKeep("le", le.reason.range); !edits.empty())
      e.fix(finding, "keep `le`", edits);
    e.conclude(finding);
    return;
  }
}

// --- REL4019 -------------------------------------------------------------------------------------

void quantileOutOfRange(const Expression& e, NodeId share, TextRange function,
                        std::string_view name) {
  const auto branches = e.flow.at(share);
  const auto value = branches.empty() ? std::nullopt : branches.front().values.constant();
  if (!value || (*value >= 0 && *value <= 1)) return;
  const TextRange place = e.node(share).range;
  Finding& finding = e.find(Check::QuantileOutOfRange, place,
                            fmt::format("there is no quantile {}", promql::formatNumber(*value)));
  finding.label("a quantile is between 0 and 1");
  e.show(finding, function,
         fmt::format("`{}` returns {} for it", name, *value > 1 ? "+Inf" : "-Inf"));
  finding.because(*value > 1 ? "an infinite value is above every threshold"
                             : "an infinitely small value is below every threshold");
  if (*value <= 1 || *value > 100) {
    finding.suggest("such as `0.99` for the slowest hundredth");
    return;
  }
  const std::string better = promql::formatNumber(*value / 100);
  finding.suggest(fmt::format("did you mean `{}`?", better));
  e.fix(finding, fmt::format("write `{}`", better), {{place, better}});
}

} // namespace

void checkQuantiles(const Expression& e) {
  for (const promql::Node& node : e.expr.nodes()) {
    if (const auto* call = node.as<Call>()) {
      const auto arguments = e.expr.get(call->arguments);
      const bool ofHistogram = call->name == "histogram_quantile";
      if (arguments.size() != 2 || (!ofHistogram && call->name != "quantile_over_time")) continue;
      quantileOutOfRange(e, arguments[0], call->nameRange, call->name);
      if (ofHistogram) quantileWithoutLe(e, *call, arguments[1]);
    }
    const auto* aggregation = node.as<Aggregation>();
    if (aggregation && aggregation->op == promql::AggregateOp::Quantile)
      quantileOutOfRange(e, aggregation->parameter, aggregation->opRange, "quantile");
  }
}

} // namespace relc::analysis
