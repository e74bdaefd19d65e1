#include "compiler/driver/faulttree.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

namespace relc::driver {

namespace {

using faulttree::Analysis;
using faulttree::everyOrder;
using faulttree::FaultTree;

constexpr size_t shownSets = 20, shownEvents = 20;

/// 130,281,976
std::string grouped(const faulttree::BigUnsigned& count) {
  std::string digits = count.toString();
  for (auto at = static_cast<ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3)
    digits.insert(static_cast<size_t>(at), 1, ',');
  return digits;
}

std::string plural(uint64_t count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

void probability(std::string& out, const FaultTree& tree, const Analysis& all) {
  auto to = std::back_inserter(out);
  if (!all.hasProbability) {
    fmt::format_to(to, "  probability        unknown: `{}` has none\n", tree.name(all.unknown));
    return;
  }
  if (all.isExact)
    fmt::format_to(to, "  probability        {:.10g}\n", all.probability.low);
  else
    fmt::format_to(to,
                   "  probability        between {:.6g} and {:.6g}: {} did not fit the budget, "
                   "--budget gives more nodes\n",
                   all.probability.low, all.probability.high, plural(all.unsolved, "module"));
}

void counts(std::string& out, const Analysis& all) {
  auto to = std::back_inserter(out);
  if (all.downAtRest) {
    fmt::format_to(to,
                   "  It holds although nothing has happened: the model contradicts itself, or its "
                   "root is the\n  contrary of what was meant. It has no cut sets.\n");
    return;
  }
  if (all.never) {
    fmt::format_to(to, "  Nothing can make it hold: it has no cut sets.\n");
    return;
  }
  const bool cut = all.completeTo != everyOrder;
  fmt::format_to(
      to, "  minimal cut sets   {}{}\n", grouped(all.total),
      cut ? fmt::format(" up to order {}; greater ones did not fit the budget and are NOT "
                        "counted",
                        all.completeTo)
          : "");
  if (!all.coherent)
    fmt::format_to(
        to, "                     (events that fail it if no other happens; it has contraries, "
            "so these are no prime implicants)\n");
  fmt::format_to(to, "\n  order   cut sets\n");
  for (size_t order = 0; order < all.countByOrder.size(); ++order)
    if (!all.countByOrder[order].isZero())
      fmt::format_to(to, "  {:>5}   {:>8}\n", order, grouped(all.countByOrder[order]));
}

void sets(std::string& out, const FaultTree& tree, const Analysis& all, uint32_t order) {
  auto to = std::back_inserter(out);
  if (all.downAtRest || all.never) return;
  fmt::format_to(to, "\n  cut sets up to order {}{}\n", order,
                 all.cutSets.empty() ? ": none" : ", the most probable of an order first");
  for (size_t i = 0; i < all.cutSets.size() && i < shownSets; ++i) {
    const auto& set = all.cutSets[i];
    std::string names;
    for (auto event : set.events)
      fmt::format_to(std::back_inserter(names), "{}{}", names.empty() ? "" : ", ",
                     tree.name(event));
    fmt::format_to(to, "  {:>10}   {}\n",
                   std::isnan(set.probability) ? std::string("?")
                                               : fmt::format("{:.3g}", set.probability),
                   names);
  }
  const size_t more = all.cutSets.size() - std::min(all.cutSets.size(), shownSets);
  if (more > 0) fmt::format_to(to, "  {:>10}   and {} more, which --format json lists\n", "", more);
  if (all.listedTo < std::min(order, all.completeTo))
    fmt::format_to(to, "  {:>10}   and others: the list ends at --limit\n", "");
}

void importance(std::string& out, const FaultTree& tree, const Analysis& all) {
  auto to = std::back_inserter(out);
  if (all.importance.empty()) return;
  auto rows = all.importance;
  std::stable_sort(rows.begin(), rows.end(),
                   [](const auto& a, const auto& b) { return a.criticality > b.criticality; });
  size_t width = 5;
  const size_t shown = std::min(rows.size(), shownEvents);
  for (size_t i = 0; i < shown; ++i) width = std::max(width, tree.name(rows[i].event).size());
  width = std::min<size_t>(width, 60);
  fmt::format_to(to, "\n  {:<{}}  {:>12} {:>12} {:>14} {:>10} {:>10}\n", "event", width, "Birnbaum",
                 "criticality", "Fussell-Vesely", "RAW", "RRW");
  for (size_t i = 0; i < shown; ++i)
    fmt::format_to(to, "  {:<{}}  {:>12.6g} {:>12.6g} {:>14.6g} {:>10.6g} {:>10.6g}\n",
                   tree.name(rows[i].event), width, rows[i].birnbaum, rows[i].criticality,
                   rows[i].diagnostic, rows[i].achievement, rows[i].reduction);
  if (rows.size() > shown)
    fmt::format_to(to, "  and {} more, which --format json lists\n", rows.size() - shown);
}

} // namespace

std::string faultTreeText(const FaultTreeReport& report) {
  std::string out;
  for (const JudgedRoot& judged : report.roots) {
    const FaultTree& tree = report.model->tree;
    const Analysis& all = judged.analysis;
    if (!out.empty()) out += '\n';
    fmt::format_to(std::back_inserter(out), "{}\n  simplified to      {}, {}, {}\n",
                   tree.name(judged.root), plural(all.events, "event"), plural(all.gates, "gate"),
                   plural(all.modules, "module"));
    probability(out, tree, all);
    counts(out, all);
    sets(out, tree, all, report.options.listOrder);
    importance(out, tree, all);
  }
  out += "\nEvents are taken to be independent of each other.\n";
  return out;
}

} // namespace relc::driver
