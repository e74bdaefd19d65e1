// Times that are looked back over, against how long samples are kept: REL2013.

#include "compiler/analysis/families.h"
#include "compiler/analysis/measure.h"
#include "compiler/analysis/wording.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace relc::analysis {
namespace {

/// How far an expression looks back: the range of the farthest node, what is around and in it
/// included.
struct LookBack {
  int64_t milliseconds = 0;
  promql::TextRange range;
};

int64_t literal(const promql::Duration& duration) {
  return duration.kind == promql::Duration::Kind::Literal ? duration.milliseconds : 0;
}

LookBack lookBackOf(const promql::Expr& expr) {
  std::vector<int64_t> back(expr.nodes().size(), 0);
  LookBack farthest;
  for (uint32_t i = 0; i < back.size(); ++i) {
    const promql::Node& node = expr.nodes()[i];
    if (const auto* selector = node.as<promql::Selector>())
      back[i] = literal(selector->modifiers.offset);
    else if (const auto* range = node.as<promql::RangeSelector>())
      back[i] = literal(range->range) + literal(range->modifiers.offset);
    else if (const auto* subquery = node.as<promql::Subquery>()) {
      // What is inside stands right before it in the array; nesting is bounded.
      int64_t inner = 0;
      promql::TextRange inside = expr.node(subquery->expression).range;
      for (uint32_t j = i; j-- > 0 && expr.nodes()[j].range.begin >= inside.begin;)
        if (expr.nodes()[j].range.end <= inside.end) inner = std::max(inner, back[j]);
      back[i] = literal(subquery->range) + literal(subquery->modifiers.offset) + inner;
    }
    if (back[i] > farthest.milliseconds) farthest = {back[i], node.range};
  }
  return farthest;
}

struct Retention {
  Decimal kept; ///< seconds
  source::Range place;
};

Finding& tooShort(const Index& index, FindingList& findings, const Retention& retention,
                  EntityId subject, source::Range place, std::string message, Decimal wanted) {
  Finding& finding = addAbout(index, findings, Check::WindowLongerThanRetention, subject, place,
                              std::move(message), model::formatDuration(wanted));
  finding.at(retention.place,
             fmt::format("kept for {} only", model::formatDuration(retention.kept)));
  return finding;
}

void suggestLonger(Finding& finding, Decimal wanted) {
  finding.suggest(
      fmt::format("keep samples for {} or longer; `retention` is what those who evaluate "
                  "the rules can read, a store behind Prometheus included",
                  model::formatDuration(wanted)));
}

/// Windows that come from the system are one finding.
void windows(const Index& index, const Retention& retention, FindingList& findings) {
  const model::Model& model = index.model;
  auto inherits = [&](const Promise& promise) { return !model.has(promise.slo, attr("window")); };
  const auto inherited = std::count_if(index.promises.begin(), index.promises.end(), inherits);
  bool said = false;
  for (const Promise& promise : index.promises) {
    if (promise.window <= retention.kept || model[promise.slo].broken) continue;
    bool own = !inherits(promise);
    if (!own && std::exchange(said, true)) continue;
    std::string kept = model::formatDuration(retention.kept);
    std::string window = model::formatDuration(promise.window);
    source::Range place = own ? placeOf(model, promise.slo, attr("window"))
                          : model.has(model.system, attr("window"))
                              ? placeOf(model, model.system, attr("window"))
                              : model[promise.slo].nameRange;
    Finding& finding =
        tooShort(index, findings, retention, promise.slo, place,
                 fmt::format("samples are kept for {}, less than the window of {} of `{}`", kept,
                             window, model.path(promise.slo)),
                 promise.window);
    if (!own && inherited > 1)
      finding.because(fmt::format("{} have the system's window",
                                  counted(static_cast<size_t>(inherited), "SLO")));
    finding.because(fmt::format("the budget that is left is the sum over {}; after {} nobody "
                                "knows what it has been spent for, and it looks full again",
                                window, kept));
    suggestLonger(finding, promise.window);
    finding.suggest(fmt::format("or promise for a time that is kept: `window = {}`", kept));
  }
}

void expression(const Index& index, const Retention& retention, EntityId subject,
                const promql::Expr& expr, source::Range place, FindingList& findings) {
  const model::Model& model = index.model;
  LookBack back = lookBackOf(expr);
  Decimal wanted(back.milliseconds, -3);
  if (wanted <= retention.kept) return;
  Finding& finding =
      tooShort(index, findings, retention, subject, place,
               fmt::format("{} `{}` looks back {}, and samples are kept for {}",
                           schema::info(model[subject].kind).word, model.path(subject),
                           model::formatDuration(wanted), model::formatDuration(retention.kept)),
               wanted);
  finding.because(fmt::format("`{}` has nothing to read that far back: {}", expr.text(back.range),
                              "the expression is empty, or about less time than it says"));
  suggestLonger(finding, wanted);
}

/// The text that looks back so far, if it stands in the file as it is in the expression.
source::Range textOf(const model::Query& query, source::Range whole) {
  if (query.instantiated) return whole;
  promql::TextRange range = lookBackOf(query.expr).range;
  return {query.file, query.textBegin + range.begin, query.textBegin + range.end};
}

} // namespace

void checkRetention(const Index& index, std::span<const std::optional<Measure>> measures,
                    FindingList& findings) {
  const model::Model& model = index.model;
  EntityId prometheus = model.block(model.system, Kind::prometheus);
  auto kept = model.duration(prometheus, attr("retention"));
  if (!kept) return;
  Retention retention{*kept, placeOf(model, prometheus, attr("retention"))};
  windows(index, retention, findings);
  for (const auto& measure : measures) {
    if (!measure) continue;
    if (measure->numerator.valid())
      expression(index, retention, measure->slo, measure->numerator,
                 placeOf(index, *measure, numeratorOf(*measure)), findings);
    if (measure->total.valid())
      expression(index, retention, measure->slo, measure->total,
                 placeOf(index, *measure, attr("total")), findings);
  }
  for (EntityId alert : index.of(Kind::alert))
    if (const model::Query* when = model.query(alert, attr("when")))
      expression(index, retention, alert, when->expr,
                 textOf(*when, placeOf(model, alert, attr("when"))), findings);
}

} // namespace relc::analysis
