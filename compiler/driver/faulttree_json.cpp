#include "backends/emit/json.h"
#include "compiler/driver/faulttree.h"

#include <cmath>

namespace relc::driver {

namespace {

using faulttree::Analysis;
using faulttree::everyOrder;
using faulttree::FaultTree;

/// Counts are text: they can be greater than what a reader's number holds.
void counts(emit::JsonWriter& json, const Analysis& all) {
  json.entry("total", all.total.toString());
  json.key("by_order").beginList();
  for (size_t order = 0; order < all.countByOrder.size(); ++order)
    if (!all.countByOrder[order].isZero())
      json.beginMap()
          .entry("order", uint64_t(order))
          .entry("count", all.countByOrder[order].toString())
          .endMap();
  json.endList();
  json.entry("complete", all.completeTo == everyOrder);
  if (all.completeTo != everyOrder) json.entry("complete_to_order", all.completeTo);
}

void sets(emit::JsonWriter& json, const FaultTree& tree, const Analysis& all) {
  json.entry("listed_to_order", all.listedTo);
  json.key("listed").beginList();
  for (const auto& set : all.cutSets) {
    json.beginMap().key("events").beginList();
    for (auto event : set.events) json.value(tree.name(event));
    json.endList().entry("probability", set.probability).endMap(); // an unknown one is null
  }
  json.endList();
}

void importance(emit::JsonWriter& json, const FaultTree& tree, const Analysis& all) {
  json.key("importance").beginList();
  for (const auto& row : all.importance) {
    json.beginMap()
        .entry("event", tree.name(row.event))
        .entry("probability", tree.probability(row.event))
        .entry("birnbaum", row.birnbaum)
        .entry("criticality", row.criticality)
        .entry("fussell_vesely", row.diagnostic)
        .entry("risk_achievement_worth", row.achievement)
        .entry("risk_reduction_worth", row.reduction) // infinity is null
        .entry("indispensable", std::isinf(row.reduction))
        .endMap();
  }
  json.endList();
}

} // namespace

std::string faultTreeJson(const FaultTreeReport& report) {
  std::string out;
  emit::JsonWriter json(out);
  json.beginMap().entry("file", report.path).key("roots").beginList();
  for (const JudgedRoot& judged : report.roots) {
    const FaultTree& tree = report.model->tree;
    const Analysis& all = judged.analysis;
    json.beginMap()
        .entry("root", tree.name(judged.root))
        .entry("events", all.events)
        .entry("gates", all.gates)
        .entry("modules", all.modules)
        .entry("coherent", all.coherent)
        .entry("down_at_rest", all.downAtRest)
        .entry("never", all.never);
    json.key("probability");
    if (!all.hasProbability)
      json.null();
    else
      json.beginMap()
          .entry("exact", all.isExact)
          .entry("low", all.probability.low)
          .entry("high", all.probability.high)
          .entry("rare_event_sum", all.rareEventSum)
          .endMap();
    if (!all.hasProbability) json.entry("unknown_probability", tree.name(all.unknown));
    json.key("minimal_cut_sets").beginMap();
    counts(json, all);
    sets(json, tree, all);
    json.endMap();
    importance(json, tree, all);
    json.key("effort")
        .beginMap()
        .entry("largest_diagram", all.largestDiagram)
        .entry("node_budget", report.options.nodeBudget)
        .entry("modules_over_budget", all.unsolved)
        .endMap();
    json.endMap();
  }
  json.endList().endMap();
  return out;
}

} // namespace relc::driver
