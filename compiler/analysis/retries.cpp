// What retries on several layers multiply to, and what is done twice: REL1009, REL1018.

#include "compiler/analysis/call_chains.h"
#include "compiler/analysis/policy.h"
#include "compiler/analysis/wording.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace relc::analysis {

using reliability::Amplification;
using reliability::Call;

namespace {

/// Who calls whom so often that a limit is exceeded for the first time.
class RetryReport {
public:
  RetryReport(const TracedCalls& t, double limit)
      : t_(t), limit_(limit), amplification_(reliability::amplify(t.calls.graph)) {}

  void add(FindingList& findings) {
    for (uint32_t node = 0; node < t_.calls.graph.nodes(); ++node) {
      if (exceeds(amplification_.factor[node])) continue;
      crossing_.clear();
      for (uint32_t i = t_.calls.graph.firstOf(node);
           const Call& call : t_.calls.graph.callsOf(node)) {
        if (!t_.calls.graph.closesCycle(i) && exceeds(factorOf(call)) && !isForeign(call))
          crossing_.push_back(i);
        ++i;
      }
      if (crossing_.empty()) continue;
      std::stable_sort(crossing_.begin(), crossing_.end(), [&](uint32_t a, uint32_t b) {
        return factorOf(t_.call(a)) > factorOf(t_.call(b));
      });
      addFor(findings);
    }
  }

private:
  const TracedCalls& t_;
  double limit_;
  Amplification amplification_;
  std::vector<uint32_t> crossing_; ///< calls of one caller, the worst first
  std::vector<uint32_t> below_;    ///< by node: the worst of what is called through it

  /// Sums of shares are not exact.
  [[nodiscard]] bool exceeds(double factor) const { return factor > limit_ * (1 + 1e-9); }
  [[nodiscard]] double factorOf(const Call& call) const {
    return (call.fatal ? amplification_.factor[call.caller] : 1) * call.amplified;
  }
  /// Not the workspace's own: whoever has written the library cannot know who calls it.
  [[nodiscard]] bool isForeign(const Call& call) const { return t_.model[call.relation].library; }

  void addFor(FindingList& findings) {
    const uint32_t worst = crossing_[0];
    const Call& last = t_.call(worst);
    std::vector<uint32_t> path;
    if (last.fatal) path = amplification_.pathTo(t_.calls.graph, last.caller);
    path.push_back(worst);
    const double factor = factorOf(last);
    const std::string callee = t_.nameOf(last.callee);
    Finding& finding = addAbout(
        t_.index, findings, Check::RetryAmplification, last.relation,
        t_.placeOf(last, attr("retries")),
        path.size() == 1 ? fmt::format("`{}` calls `{}` {} times for one request while it fails",
                                       t_.nameOf(last.caller), callee, factorText(factor))
                         : fmt::format("{} makes {} calls of one request while `{}` fails",
                                       chainText(t_, path), factorText(factor), callee),
        attemptsText(last));
    for (size_t i = path.size() - 1; i-- > 0;) {
      const Call& call = t_.call(path[i]);
      if (call.amplified > 1 && path.size() - i <= namesShown + 1)
        finding.at(t_.placeOf(call, attr("retries")),
                   fmt::format("{} of `{}`, each of which does that", attemptsText(call),
                               t_.nameOf(call.caller)));
    }
    for (size_t i = 1; i < crossing_.size() && i < namesShown; ++i)
      finding.at(t_.placeOf(t_.call(crossing_[i]), attr("retries")),
                 fmt::format("`{}` is called {} times, too",
                             t_.nameOf(t_.call(crossing_[i]).callee),
                             factorText(factorOf(t_.call(crossing_[i])))));
    explain(finding, path, factor);
    suggest(finding, path, factor);
  }

  void explain(Finding& finding, std::span<const uint32_t> path, double factor) {
    const std::string terms = productText(t_, path);
    finding.because(
        fmt::format("{}{} > {}, the most that this system's `policy` allows", terms,
                    terms == factorText(factor) ? "" : fmt::format(" = {}", factorText(factor)),
                    factorText(limit_)));
    finding.because("what fails is usually what has too much to do: retries multiply its load "
                    "when it can bear that least, and keep it down after the cause is gone");
    const uint32_t callee = t_.call(path.back()).callee;
    if (amplification_.via[callee] != path.back()) return;
    const uint32_t further = worstBelow(callee);
    if (amplification_.factor[further] > factor * (1 + 1e-9))
      finding.because(fmt::format("further down it becomes {} calls of `{}`",
                                  factorText(amplification_.factor[further]), t_.nameOf(further)));
  }

  void suggest(Finding& finding, std::span<const uint32_t> path, double factor) const {
    const Call& last = t_.call(path.back());
    std::vector<std::string> upper;
    double budgets = 1;
    for (uint32_t id : path) {
      const Call& call = t_.call(id);
      if (call.amplified <= 1) continue;
      budgets *= 1.1;
      if (id == path.back()) continue;
      const std::string name = t_.nameOf(call.caller);
      if (upper.empty() || upper.back() != name) upper.push_back(name);
    }
    const std::string who = t_.nameOf(last.caller), whom = t_.nameOf(last.callee);
    if (!upper.empty())
      finding.suggest(fmt::format("try again only in the layer right above what fails: let `{}` "
                                  "retry, and take `retries` away from {}",
                                  who, listed(upper)));
    if (exceeds(last.amplified))
      finding.suggest(fmt::format("let `{}` try `{}` less often: `retries = {}`", who, whom,
                                  std::max(0.0, std::floor(limit_) - 1)));
    if (!exceeds(budgets) && budgets < factor)
      finding.suggest(fmt::format("or bound how much of the traffic may be retries, with "
                                  "`retry_budget = 10%`{}: {} times the load at most",
                                  path.size() > 1 ? " on each of these calls" : "",
                                  factorText(budgets)));
  }

  static std::string attemptsText(const Call& call) {
    return call.amplified < call.attempts
               ? fmt::format("{} attempts, within a budget of {}%", call.attempts,
                             factorText((call.amplified - 1) * 100))
               : fmt::format("{} attempts", call.attempts);
  }

  /// The node with the greatest factor whose worst path comes through this one.
  uint32_t worstBelow(uint32_t node) {
    if (below_.empty()) {
      const auto& graph = t_.calls.graph;
      below_.resize(graph.nodes());
      for (uint32_t i = 0; i < graph.nodes(); ++i) below_[i] = i;
      for (size_t at = graph.order().size(); at-- > 0;) {
        const uint32_t callee = graph.order()[at];
        const uint32_t via = amplification_.via[callee];
        if (via == Amplification::none || !t_.call(via).fatal) continue;
        uint32_t& best = below_[t_.call(via).caller];
        if (amplification_.factor[below_[callee]] > amplification_.factor[best])
          best = below_[callee];
      }
    }
    return below_[node];
  }
};

// --- REL1018 -------------------------------------------------------------------------------------

/// Retries of what is said to do harm when it is done twice: by the relation, or by an operation,
/// which says so by not saying that it is idempotent. Of a whole component it is not known.
void unsafeRetry(const TracedCalls& t, EntityId id, FindingList& findings) {
  const model::Model& model = t.model;
  const model::Attribute* retries = model.attribute(id, attr("retries"));
  if (!retries || model.integer(id, attr("retries")).value_or(0) <= 0 || model[id].broken) return;
  const model::Attribute* own = model.attribute(id, attr("idempotent"));
  if (model.boolean(id, attr("idempotent"))) return;
  EntityId target;
  for (EntityId one : model.targetsOf(id))
    if (!target.valid() && !model[one].broken &&
        (own || (model[one].kind == Kind::operation && !model.boolean(one, attr("idempotent")))))
      target = one;
  if (!target.valid()) return;
  const std::string caller = model.path(model[id].parent), callee = model.path(target);
  const source::Range said = own ? own->value.range
                             : model.has(target, attr("idempotent"))
                                 ? model.attribute(target, attr("idempotent"))->value.range
                                 : model[target].nameRange;
  Finding& finding =
      addAbout(t.index, findings, Check::UnsafeRetry, id, retries->value.range,
               fmt::format("`{}` tries `{}` again, which is not idempotent", caller, callee),
               "what was done the first time is done again");
  finding.at(t.index.here(own ? id : target, said), own || model.has(target, attr("idempotent"))
                                                        ? "said here"
                                                        : "does not say `idempotent = true`");
  finding.because("a call that timed out may have done its work, and only the answer was lost: the "
                  "next attempt charges the card a second time");
  finding.suggest("give all attempts of a call the same key, by which the callee knows what it has "
                  "done already, and say so: `idempotent = true`");
  finding.suggest("or do not try again: remove `retries`");
}

} // namespace

void checkRetries(const TracedCalls& t, FindingList& findings) {
  for (Kind kind : {Kind::needs, Kind::uses})
    for (EntityId id : t.index.of(kind)) unsafeRetry(t, id, findings);
  RetryReport(t, policyNumber(t.model, attr("retry_amplification")).toDouble()).add(findings);
}

} // namespace relc::analysis
