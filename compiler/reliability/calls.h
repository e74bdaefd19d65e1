#pragma once
// Who calls whom, how often and for how long: what retries make of load and of waiting. Plain
// arrays; everything here is linear in nodes and calls, and enumerates no paths.

#include "compiler/model/model.h"

#include <cstdint>
#include <span>
#include <vector>

namespace relc::reliability {

using model::EntityId;

/// A time in microseconds; 1e15 of them, thirty years, stand for anything longer.
using Micros = int64_t;
inline constexpr Micros longest = 1'000'000'000'000'000;

/// One target of a `needs` or `uses`. An operation calls the component that it is a part of, once
/// and without a limit: what the component needs, each of its operations does.
struct Call {
  static constexpr Micros unlimited = -1;

  uint32_t caller = 0;   ///< node
  uint32_t callee = 0;   ///< node
  EntityId relation;     ///< the operation itself for what it is a part of
  uint32_t target = 0;   ///< which of the relation's targets
  uint32_t attempts = 1; ///< of one call, at worst: 1 + retries
  uint32_t times = 1;    ///< calls one after the other in one request, at worst
  double amplified = 1;  ///< load on the callee while it fails: `attempts`, or less by a budget
  double perRequest = 1; ///< calls in one request, on average
  Micros timeout = unlimited;
  Micros backoff = 0;    ///< before each further attempt
  bool parallel = false; ///< made at the same time as other such calls of the caller
  bool fatal = true;     ///< the caller fails with the callee: neither soft nor asynchronous
  bool breaker = false;
  bool waited = true; ///< the caller waits for the answer: not asynchronous
};

class CallGraph {
public:
  /// `own` holds for each node how long it works itself on one request. Calls in any order.
  CallGraph(std::vector<Micros> own, std::vector<Call> calls);

  [[nodiscard]] uint32_t nodes() const { return static_cast<uint32_t>(own_.size()); }
  [[nodiscard]] Micros own(uint32_t node) const { return own_[node]; }
  /// By caller; a call is known by its place here.
  [[nodiscard]] std::span<const Call> calls() const { return calls_; }
  [[nodiscard]] std::span<const Call> callsOf(uint32_t caller) const {
    return calls().subspan(first_[caller], first_[caller + 1] - first_[caller]);
  }
  [[nodiscard]] uint32_t firstOf(uint32_t caller) const { return first_[caller]; }
  /// All nodes, callers before those that they call, but for what closes a cycle.
  [[nodiscard]] std::span<const uint32_t> order() const { return order_; }
  /// Does this call close a cycle? Everything below goes on as if it were not there: without such
  /// calls each path passes a node once.
  [[nodiscard]] bool closesCycle(uint32_t call) const { return closesCycle_[call]; }

private:
  std::vector<Micros> own_;
  std::vector<Call> calls_;
  std::vector<uint32_t> first_; ///< by node, and one more
  std::vector<uint32_t> order_;
  std::vector<bool> closesCycle_;

  void sortByCaller();
  void search();
};

/// By how much retries multiply the load on each node while it fails.
struct Amplification {
  static constexpr uint32_t none = UINT32_MAX;

  std::vector<double> factor; ///< by node, at least 1
  std::vector<uint32_t> via;  ///< by node: the call through which the worst load comes, or none

  /// The calls of a worst path, from the first that multiplies to the one of `node`.
  [[nodiscard]] std::vector<uint32_t> pathTo(const CallGraph& graph, uint32_t node) const;
};

/// The maximum over all paths to a node of the product of what their calls amplify. Who has a
/// fallback does not fail with its callee, so its own callers do not try again: a path goes on
/// upwards from a caller only if that one fails, too. `breakersOpen`: a call with a breaker
/// amplifies nothing, as when its callee has been failing for some time.
Amplification amplify(const CallGraph& graph, bool breakersOpen = false);

/// How long each node takes to answer at worst, its own work and all that it waits for: one after
/// the other what is not parallel, and of what is, the longest. A call takes its timeout, however
/// long its callee would work on; one without a timeout as long as its callee.
std::vector<Micros> worstCases(const CallGraph& graph);
/// What a call adds to that of its caller; `worst` of all nodes. 0 if nobody
/// waits for it, and if it closes a cycle.
Micros waitOf(const CallGraph& graph, uint32_t call, std::span<const Micros> worst);

/// Requests that reach each node, if `sources` come to each node from outside: through every path,
/// by the calls for each request, nothing being tried twice. Any unit.
std::vector<double> demand(const CallGraph& graph, std::span<const double> sources);

/// The calls of a system: components and operations are nodes, those of libraries too. Journeys are
/// none: what they need is what their users do.
struct Calls {
  explicit Calls(const model::Model& model);

  static constexpr uint32_t none = UINT32_MAX;

  std::vector<EntityId> entities; ///< by node
  std::vector<uint32_t> nodeOf;   ///< by entity; none for what calls nothing
  CallGraph graph;
};

/// A duration in microseconds.
Micros microsOf(model::Decimal seconds);
model::Decimal secondsOf(Micros time);

} // namespace relc::reliability
