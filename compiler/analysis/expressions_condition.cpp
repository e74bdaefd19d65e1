// What an alert's condition comes to: REL3012, REL3013, REL3019.

#include "compiler/analysis/expressions.h"

#include <fmt/format.h>

#include <algorithm>

namespace relc::analysis {
namespace {

using promql::Binary;
using promql::Branch;
using promql::Call;
using promql::LabelFact;
using promql::NodeId;
using promql::Presence;
using promql::Selector;
using promql::TextRange;
using promql::Verdict;

// --- REL3012 -------------------------------------------------------------------------------------

void neverFires(const Expression& e) {
  if (!e.neverReturns() || e.explained()) return;
  const auto branches = e.flow.result();
  // Said of the label or of the matcher that is in the way.
  if (branches.front().dead->text == promql::declaredWithout) return;
  Finding& finding =
      e.find(Check::NeverFires, branches.front().dead->range,
             fmt::format("alert `{}` can never fire", e.index.model[e.site.about].name));
  finding.label(std::string(branches.front().dead->text));
  for (size_t i = 1; i < branches.size() && i < 4; ++i)
    e.show(finding, branches[i].dead->range, branches[i].dead->text);
  finding.because("whatever the data, the condition has no result");
  finding.suggest("see what it was meant to ask for; an alert that cannot fire is worse than none, "
                  "because it is counted on");
}

// --- REL3019 -------------------------------------------------------------------------------------

/// `vector(1)`: what keeps a dead man's switch quiet.
bool isWatchdog(const Expression& e) {
  const auto* call = e.node(e.bare(e.expr.root())).as<Call>();
  return call && call->name == "vector";
}

/// Series whose being there is the news, or that are all there to be read by somebody.
bool speaksByPresence(const Expression& e, NodeId source) {
  const std::string_view metric = source.valid() ? e.metricOf(source) : std::string_view();
  return metric.ends_with("_info") || metric.ends_with("_metadata") || metric == "ALERTS" ||
         metric.find(':') != std::string_view::npos;
}

/// The comparison that decides a branch and is always true; null if there is none.
const promql::ComparisonVerdict* emptyComparison(const Expression& e, const Branch& branch) {
  if (!branch.condition) return nullptr;
  for (const auto& c : e.flow.comparisons()) {
    const auto* binary = e.node(c.binary).as<Binary>();
    if (binary->opRange == branch.condition->range && c.verdict == Verdict::Always &&
        !binary->returnBool)
      return &c;
  }
  return nullptr;
}

/// `count(…) > 0` asks whether there is any.
bool asksForPresence(const Expression& e, const promql::ComparisonVerdict& c) {
  const auto* binary = e.node(c.binary).as<Binary>();
  for (const NodeId side : {binary->left, binary->right}) {
    const auto* aggregation = e.node(e.bare(side)).as<promql::Aggregation>();
    if (aggregation && (aggregation->op == promql::AggregateOp::Count ||
                        aggregation->op == promql::AggregateOp::Group))
      return true;
    const auto* call = e.node(e.bare(side)).as<Call>();
    if (call && (call->name == "count_over_time" || call->name == "present_over_time")) return true;
  }
  return false;
}

/// The only condition, and not one of several: `x >= 0 and y > 1` depends on y.
bool isOnlyComparison(const Expression& e, const promql::ComparisonVerdict& c) {
  return e.bare(e.expr.root()) == c.binary;
}

void alwaysFires(const Expression& e) {
  if (isWatchdog(e) || e.neverReturns()) return;
  for (const Branch& branch : e.flow.result()) {
    if (branch.dead) continue;
    const auto* empty = emptyComparison(e, branch);
    if (empty && (asksForPresence(e, *empty) || !isOnlyComparison(e, *empty))) continue;
    if (branch.condition && !empty) continue;
    if (!empty && speaksByPresence(e, branch.source)) continue;
    const auto* root = e.node(e.bare(e.expr.root())).as<Binary>();
    const bool isBool = !empty && root && root->returnBool;
    const TextRange place = empty                   ? e.node(empty->binary).as<Binary>()->opRange
                            : isBool                ? root->opRange
                            : branch.source.valid() ? e.node(branch.source).range
                                                    : e.node(e.expr.root()).range;
    Finding& finding =
        e.find(Check::AlwaysFires, place,
               branch.alwaysReturns
                   ? fmt::format("alert `{}` fires always", e.index.model[e.site.about].name)
                   : fmt::format("alert `{}` fires as long as there are samples",
                                 e.index.model[e.site.about].name));
    if (branch.alwaysReturns) finding.severity = diagnostics::Severity::Error;
    finding.label(empty    ? "always true"
                  : isBool ? "0 or 1, but always a result"
                           : "has a result without a condition");
    if (empty)
      e.show(finding, e.node(e.bare(e.node(empty->binary).as<Binary>()->left)).range,
             fmt::format("never below {}", promql::formatNumber(empty->values.min)));
    finding.because("an alert fires for each series of the result, whatever its value, even 0");
    if (isBool) {
      finding.suggest("without `bool` only those for which it holds are left");
      e.fix(finding, "take `bool` away",
            {{root->opRange, std::string(promql::toString(root->op))}});
    } else if (empty) {
      finding.suggest("compare with a value that it does not always have");
    } else {
      finding.suggest("say from which value on it is bad: `… > 0`");
    }
    return;
  }
}

// --- REL3013 -------------------------------------------------------------------------------------

void perInstancePage(const Expression& e) {
  const model::Model& model = e.index.model;
  const EntityId alert = e.site.about;
  const EntityId component = model[alert].parent;
  if (model.text(alert, attr("severity")) != "page" || !component.valid() || e.neverReturns())
    return;
  const model::Attribute* replicas = model.attribute(component, attr("replicas"));
  const auto count = replicas ? model.integer(component, attr("replicas")) : std::nullopt;
  if (!count || *count < 2) return;
  for (const std::string_view label : {"instance", "pod"}) {
    const LabelFact fact = e.flow.label(label);
    // Every series that is scraped has an instance; a pod only what says so.
    if (fact.presence == Presence::Excluded || fact.value ||
        (label == "pod" && fact.presence != Presence::Guaranteed))
      continue;
    Finding& finding = e.find(Check::PerInstancePage, e.node(e.expr.root()).range,
                              fmt::format("alert `{}` pages for each {} of {}", model[alert].name,
                                          label, model[component].name));
    finding.label(fmt::format("its series keep the label `{}`", label));
    finding.at(replicas->value.range, fmt::format("{} of them", *count));
    finding.because(
        "one that fails is what the others are there for; and if all fail, each pages on its own");
    finding.suggest(
        "page on what users notice, over all of them: `sum(…)`, `min(…)`, a share; make "
        "a ticket of a single one");
    return;
  }
}

} // namespace

void checkCondition(const Expression& e) {
  if (e.site.role != Role::Condition) return;
  neverFires(e);
  alwaysFires(e);
  perInstancePage(e);
}

} // namespace relc::analysis
