// Calls that are given up before they can be answered: REL1008.

#include "compiler/analysis/call_chains.h"
#include "compiler/analysis/wording.h"

#include <fmt/format.h>

#include <algorithm>

namespace relc::analysis {

using reliability::Call;
using reliability::Calls;
using reliability::Micros;
using reliability::microsOf;
using reliability::secondsOf;

namespace {

std::string timeText(Micros time) {
  return model::formatDuration(secondsOf(time));
}

/// With two digits, so that what is suggested looks like what somebody would write.
Micros rounded(Micros time, bool up) {
  Micros unit = 1;
  while (time / unit >= 100) unit *= 10;
  return (up ? (time + unit - 1) / unit : time / unit) * unit;
}

/// A part of the time that a node needs at worst.
struct Term {
  uint32_t call = UINT32_MAX; ///< none: its own work
  Micros time = 0;
};

/// The longest first, but its own work at the beginning. An operation's are those of its component,
/// too. Of parallel calls only the longest counts.
std::vector<Term> termsOf(const TracedCalls& t, uint32_t node) {
  std::vector<Term> terms{{UINT32_MAX, 0}};
  for (;;) {
    terms[0].time += t.calls.graph.own(node);
    Term longest;
    uint32_t component = UINT32_MAX;
    for (uint32_t i = t.calls.graph.firstOf(node); const Call& call : t.calls.graph.callsOf(node)) {
      Term term{i, reliability::waitOf(t.calls.graph, i, t.worst)};
      ++i;
      if (t.isPart(call))
        component = call.callee;
      else if (call.parallel)
        longest = term.time > longest.time ? term : longest;
      else if (term.time > 0)
        terms.push_back(term);
    }
    if (longest.time > 0) terms.push_back(longest);
    if (component == UINT32_MAX) break;
    node = component;
  }
  std::stable_sort(terms.begin() + 1, terms.end(),
                   [](const Term& a, const Term& b) { return a.time > b.time; });
  if (terms[0].time <= 0) terms.erase(terms.begin());
  return terms;
}

/// "200ms × 2 attempts + 50ms backoff".
std::string arithmetic(const TracedCalls& t, const Term& term) {
  if (term.call == UINT32_MAX) return fmt::format("{} own", timeText(term.time));
  const Call& call = t.call(term.call);
  const bool limited = call.timeout != Call::unlimited;
  std::string text = timeText(limited ? call.timeout : t.worst[call.callee]);
  if (!limited) text += fmt::format(" of `{}`", t.nameOf(call.callee));
  if (call.attempts > 1) {
    text += fmt::format(" × {} attempts", call.attempts);
    if (call.backoff > 0)
      text += fmt::format(" + {} backoff", timeText(call.backoff * (call.attempts - 1)));
  }
  if (call.times > 1)
    text = call.attempts > 1 ? fmt::format("({}) × {} calls", text, call.times)
                             : fmt::format("{} × {} calls", text, call.times);
  return text;
}

/// A call that is given up too early, with what can be done about it.
class Inversion {
public:
  Inversion(const TracedCalls& t, EntityId relation, uint32_t target, Micros timeout,
            Micros patience)
      : t_(t), relation_(relation), target_(target), timeout_(timeout), patience_(patience),
        callee_(t.calls.nodeOf[t.model.targetsOf(relation)[target].index]),
        terms_(termsOf(t, callee_)) {}

  void add(FindingList& findings) const {
    const std::string caller = t_.model.path(t_.model[relation_].parent);
    const std::string callee = t_.nameOf(callee_);
    const bool own = terms_[0].call == UINT32_MAX && terms_[0].time > timeout_;
    Finding& finding = addAbout(
        t_.index, findings, Check::TimeoutInversion, relation_,
        t_.model.attribute(relation_, attr("timeout"))->value.range,
        own ? fmt::format("`{}` gives up on `{}` after {}, which works for {} itself", caller,
                          callee, timeText(timeout_), timeText(terms_[0].time))
            : fmt::format("`{}` gives up on `{}` after {}, which may take {}", caller, callee,
                          timeText(timeout_), timeText(need())),
        fmt::format("{} less than `{}` needs at worst", timeText(need() - timeout_), callee));
    point(finding);
    finding.because(fmt::format("{} needs {} > {}", quoted(callee), sum(), timeText(timeout_)));
    finding.because(
        own ? "its latency is the 99.9th percentile: more than one call in a thousand is given up "
              "on a good day, and many more on a bad one"
            : "the callee works on for somebody who has left: what it gets is thrown away, its own "
              "retries and fallbacks come too late, and a caller that tries again adds to its "
              "load");
    suggest(finding, caller);
  }

private:
  const TracedCalls& t_;
  EntityId relation_;
  uint32_t target_;
  Micros timeout_;
  Micros patience_; ///< the least that a caller of the caller waits
  uint32_t callee_;
  std::vector<Term> terms_;

  [[nodiscard]] Micros need() const { return t_.worst[callee_]; }

  /// "200ms × 2 attempts + 50ms backoff + 40ms own = 490ms".
  [[nodiscard]] std::string sum() const {
    std::string text;
    Micros left = need();
    for (size_t i = 0; i < terms_.size() && i < namesShown; ++i) {
      text += fmt::format("{}{}", i > 0 ? " + " : "", arithmetic(t_, terms_[i]));
      left -= terms_[i].time;
    }
    if (terms_.size() > namesShown)
      text += fmt::format(" + {} of {} more", timeText(left), terms_.size() - namesShown);
    const bool alone = terms_.size() == 1 &&
                       (terms_[0].call == UINT32_MAX || (t_.call(terms_[0].call).attempts == 1 &&
                                                         t_.call(terms_[0].call).times == 1));
    return alone ? text : fmt::format("{} = {}", text, timeText(need()));
  }

  void point(Finding& finding) const {
    for (size_t i = 0; i < terms_.size() && i < namesShown; ++i) {
      const Term& term = terms_[i];
      if (term.call == UINT32_MAX) {
        const EntityId id = t_.calls.entities[callee_];
        const EntityId who = t_.model.has(id, attr("latency")) ? id : t_.model[id].parent;
        finding.at(t_.index.here(who, placeOf(t_.model, who, attr("latency"))),
                   "this long it works itself");
        continue;
      }
      const Call& call = t_.call(term.call);
      finding.at(t_.placeOf(call, attr("timeout")),
                 fmt::format("`{}` waits {} for `{}`", t_.nameOf(call.caller), timeText(term.time),
                             t_.nameOf(call.callee)));
    }
  }

  /// What the caller waits for the callee with that timeout, if it waits at all.
  [[nodiscard]] Micros callerWith(Micros timeout) const {
    const model::EntityId parent = t_.model[relation_].parent;
    const uint32_t caller = t_.calls.nodeOf[parent.index];
    if (caller == Calls::none) return 0; // a journey: nobody waits for it
    for (const Call& call : t_.calls.graph.callsOf(caller))
      if (call.relation == relation_ && call.target == target_)
        return t_.worst[caller] + Micros(call.times) * call.attempts * (timeout - call.timeout);
    return 0;
  }

  void suggest(Finding& finding, const std::string& caller) const {
    const Micros enough = rounded(need(), true);
    const Micros above = callerWith(enough);
    const bool bounded = patience_ != reliability::longest;
    const bool fits = above <= patience_;
    if (fits)
      finding.suggest(fmt::format(
          "let `{}` wait long enough: `timeout = {}`{}", caller, timeText(enough),
          bounded ? fmt::format(", which its own callers have the time for: they wait {}",
                                timeText(patience_))
                  : ""));
    const std::string less = below();
    if (!less.empty()) finding.suggest(fmt::format("{}{}", fits ? "or " : "", less));
    if (!fits)
      finding.suggest(
          fmt::format("{}let `{}` wait {}, and all who call it longer, too: it would need {}, and "
                      "they wait {}",
                      less.empty() ? "" : "or ", caller, timeText(enough), timeText(above),
                      timeText(patience_)));
    if (terms_.size() > 2 || (terms_.size() == 2 && terms_[0].call != UINT32_MAX))
      finding.suggest(fmt::format("calls that `{}` makes at the same time are counted once if they "
                                  "say `parallel = true`",
                                  t_.nameOf(callee_)));
  }

  /// The most that the callee's longest call may try or wait, so that all fits into the timeout.
  [[nodiscard]] std::string below() const {
    for (const Term& term : terms_) {
      if (term.call == UINT32_MAX) continue;
      const Call& call = t_.call(term.call);
      const Micros room = (timeout_ - (need() - term.time)) / call.times;
      if (room < 1000 || call.timeout == Call::unlimited) return {};
      const std::string who = t_.nameOf(call.caller), whom = t_.nameOf(call.callee);
      const Micros attempts =
          (room + call.backoff) / std::max<Micros>(1, call.timeout + call.backoff);
      if (attempts >= 1 && attempts < call.attempts)
        return attempts == 1 ? fmt::format("let `{}` call `{}` once, without `retries`", who, whom)
                             : fmt::format("let `{}` try `{}` less often: `retries = {}`", who,
                                           whom, attempts - 1);
      const Micros each = (room - Micros(call.attempts - 1) * call.backoff) / call.attempts;
      if (each < 1000) return {};
      return fmt::format("let `{}` wait less for `{}`: `timeout = {}`", who, whom,
                         timeText(rounded(each, false)));
    }
    return {};
  }
};

/// What leads back up is waited for by its own callee: hard-dependency-cycle's, if anybody's.
bool closesCycle(const TracedCalls& t, EntityId relation, uint32_t target) {
  const uint32_t caller = t.calls.nodeOf[t.model[relation].parent.index];
  if (caller == Calls::none) return false;
  for (uint32_t i = t.calls.graph.firstOf(caller);
       const Call& call : t.calls.graph.callsOf(caller)) {
    if (call.relation == relation && call.target == target) return t.calls.graph.closesCycle(i);
    ++i;
  }
  return false;
}

} // namespace

void checkTimeouts(const TracedCalls& t, FindingList& findings) {
  std::vector<Micros> patience; // by node: the least that a caller waits; made when first asked for
  auto patienceOf = [&](EntityId caller) {
    if (patience.empty()) {
      patience.assign(t.calls.graph.nodes(), reliability::longest);
      for (const Call& call : t.calls.graph.calls())
        if (call.waited && call.timeout != Call::unlimited)
          patience[call.callee] = std::min(patience[call.callee], call.timeout);
    }
    const uint32_t node = t.calls.nodeOf[caller.index];
    return node == Calls::none ? reliability::longest : patience[node];
  };
  for (Kind kind : {Kind::needs, Kind::uses})
    for (EntityId id : t.index.of(kind)) {
      const model::Entity& relation = t.model[id];
      auto timeout = t.model.duration(id, attr("timeout"));
      if (!timeout || relation.broken) continue;
      if (auto tolerates = t.model.duration(id, attr("tolerates"));
          tolerates && tolerates->mantissa > 0)
        continue;
      const Micros limit = microsOf(*timeout);
      auto targets = t.model.targetsOf(id);
      uint32_t longest = UINT32_MAX;
      Micros need = limit;
      for (uint32_t i = 0; i < targets.size(); ++i)
        if (const uint32_t node = t.calls.nodeOf[targets[i].index];
            node != Calls::none && t.worst[node] > need) {
          need = t.worst[node];
          longest = i;
        }
      if (longest != UINT32_MAX && !closesCycle(t, id, longest))
        Inversion(t, id, longest, limit, patienceOf(relation.parent)).add(findings);
    }
}

} // namespace relc::analysis
