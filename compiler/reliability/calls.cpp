#include "compiler/reliability/calls.h"

#include <algorithm>
#include <cmath>

namespace relc::reliability {

using model::attr;
using schema::Kind;
using schema::KindSet;

namespace {

/// What no figure of load exceeds: many retries along a long path.
constexpr double most = 1e18;

Micros bounded(double time) {
  return static_cast<Micros>(std::clamp(time, -double(longest), double(longest)));
}

} // namespace

// --- the graph -----------------------------------------------------------------------------------

CallGraph::CallGraph(std::vector<Micros> own, std::vector<Call> calls)
    : own_(std::move(own)), calls_(std::move(calls)), first_(own_.size() + 1),
      closesCycle_(calls_.size()) {
  sortByCaller();
  search();
}

void CallGraph::sortByCaller() {
  for (const Call& call : calls_) ++first_[call.caller + 1];
  for (uint32_t i = 0; i < nodes(); ++i) first_[i + 1] += first_[i];
  std::vector<uint32_t> next(first_.begin(), first_.end() - 1);
  std::vector<Call> sorted(calls_.size());
  for (const Call& call : calls_) sorted[next[call.caller]++] = call;
  calls_ = std::move(sorted);
}

/// Depth first, from those first whom nobody calls, so that what closes a cycle is what leads back
/// up. The order is the reverse of that in which nodes are left.
void CallGraph::search() {
  enum State : uint8_t { New, Open, Done };
  std::vector<State> state(nodes(), New);
  std::vector<bool> called(nodes());
  for (const Call& call : calls_) called[call.callee] = true;
  std::vector<std::pair<uint32_t, uint32_t>> stack; // node, its next call
  order_.reserve(nodes());
  auto from = [&](uint32_t root) {
    if (state[root] != New) return;
    state[root] = Open;
    stack.emplace_back(root, first_[root]);
    while (!stack.empty()) {
      auto& [node, next] = stack.back();
      if (next == first_[node + 1]) {
        state[node] = Done;
        order_.push_back(node);
        stack.pop_back();
        continue;
      }
      const uint32_t call = next++;
      const uint32_t callee = calls_[call].callee;
      closesCycle_[call] = state[callee] == Open;
      if (state[callee] != New) continue;
      state[callee] = Open;
      stack.emplace_back(callee, first_[callee]);
    }
  };
  for (uint32_t node = 0; node < nodes(); ++node)
    if (!called[node]) from(node);
  for (uint32_t node = 0; node < nodes(); ++node) from(node);
  std::reverse(order_.begin(), order_.end());
}

// --- load ----------------------------------------------------------------------------------------

Amplification amplify(const CallGraph& graph, bool breakersOpen) {
  Amplification result{std::vector<double>(graph.nodes(), 1),
                       std::vector<uint32_t>(graph.nodes(), Amplification::none)};
  for (uint32_t node : graph.order())
    for (uint32_t i = graph.firstOf(node); const Call& call : graph.callsOf(node)) {
      const uint32_t id = i++;
      if (graph.closesCycle(id)) continue;
      const double above = call.fatal ? result.factor[node] : 1;
      const double factor =
          std::min(most, above * (breakersOpen && call.breaker ? 1 : call.amplified));
      if (factor <= result.factor[call.callee]) continue;
      result.factor[call.callee] = factor;
      result.via[call.callee] = id;
    }
  return result;
}

std::vector<uint32_t> Amplification::pathTo(const CallGraph& graph, uint32_t node) const {
  std::vector<uint32_t> path;
  while (via[node] != none) {
    path.push_back(via[node]);
    const Call& call = graph.calls()[via[node]];
    if (!call.fatal) break;
    node = call.caller;
  }
  std::reverse(path.begin(), path.end());
  return path;
}

std::vector<double> demand(const CallGraph& graph, std::span<const double> sources) {
  std::vector<double> result(sources.begin(), sources.end());
  for (uint32_t node : graph.order())
    for (uint32_t i = graph.firstOf(node); const Call& call : graph.callsOf(node))
      if (!graph.closesCycle(i++)) result[call.callee] += result[node] * call.perRequest;
  return result;
}

// --- waiting -------------------------------------------------------------------------------------

Micros waitOf(const CallGraph& graph, uint32_t call, std::span<const Micros> worst) {
  const Call& c = graph.calls()[call];
  if (!c.waited || graph.closesCycle(call)) return 0;
  const Micros once = c.timeout != Call::unlimited ? c.timeout : worst[c.callee];
  return bounded(double(c.times) *
                 (double(c.attempts) * double(once) + double(c.attempts - 1) * double(c.backoff)));
}

std::vector<Micros> worstCases(const CallGraph& graph) {
  std::vector<Micros> worst(graph.nodes());
  for (size_t at = graph.order().size(); at-- > 0;) {
    const uint32_t node = graph.order()[at];
    Micros sum = graph.own(node), atOnce = 0;
    for (uint32_t i = graph.firstOf(node); const Call& call : graph.callsOf(node)) {
      const Micros wait = waitOf(graph, i++, worst);
      if (call.parallel)
        atOnce = std::max(atOnce, wait);
      else
        sum = std::min(longest, sum + wait);
    }
    worst[node] = std::min(longest, sum + atOnce);
  }
  return worst;
}

// --- from the model ------------------------------------------------------------------------------

namespace {

constexpr KindSet calling = schema::components | KindSet(Kind::operation);

Micros timeOf(const model::Model& model, EntityId id, model::NameId name, Micros absent) {
  auto time = model.duration(id, name);
  return time ? microsOf(*time) : absent;
}

/// What all targets of a relation have in common.
Call callBy(const model::Model& model, EntityId id) {
  const model::Entity& relation = model[id];
  Call call;
  call.relation = id;
  call.timeout = timeOf(model, id, attr("timeout"), Call::unlimited);
  call.backoff = timeOf(model, id, attr("backoff"), 0);
  call.breaker = model.boolean(id, attr("breaker"));
  const int64_t retries = model.integer(id, attr("retries")).value_or(0);
  call.attempts = static_cast<uint32_t>(1 + std::clamp<int64_t>(retries, 0, 1'000'000));
  call.amplified = call.attempts;
  if (auto budget = model.ratio(id, attr("retry_budget")); budget && retries > 0)
    call.amplified = std::min(call.amplified, 1 + budget->toDouble());
  call.perRequest = model.number(id, attr("calls")).value_or(1);
  auto tolerates = model.duration(id, attr("tolerates"));
  call.waited = !tolerates || tolerates->mantissa <= 0;
  call.fatal = relation.kind == Kind::needs && call.waited;
  // Two of three are asked at once: that is what makes them a quorum.
  const bool quorum = relation.required > 1 && relation.required < relation.targets.count;
  call.parallel = quorum || model.boolean(id, attr("parallel"));
  if (!call.parallel)
    call.times = static_cast<uint32_t>(std::clamp(std::ceil(call.perRequest), 1.0, 1e6));
  return call;
}

CallGraph read(const model::Model& model, std::vector<EntityId>& entities,
               std::vector<uint32_t>& nodeOf) {
  nodeOf.assign(model.entities.size(), Calls::none);
  size_t relations = 0;
  for (uint32_t i = 0; i < model.entities.size(); ++i) {
    const model::Entity& e = model.entities[i];
    relations += schema::relations.has(e.kind) ? e.targets.count : 0;
    if (!calling.has(e.kind) || e.pattern) continue;
    nodeOf[i] = static_cast<uint32_t>(entities.size());
    entities.push_back({i});
  }
  std::vector<Micros> own(entities.size());
  std::vector<Call> calls;
  calls.reserve(relations + entities.size() / 8);
  for (uint32_t i = 0; i < model.entities.size(); ++i) {
    const model::Entity& e = model.entities[i];
    if (schema::relations.has(e.kind)) {
      if (e.pattern || e.broken || nodeOf[e.parent.index] == Calls::none) continue;
      Call call = callBy(model, {i});
      call.caller = nodeOf[e.parent.index];
      for (EntityId target : model.targetsOf({i})) {
        call.callee = nodeOf[target.index];
        if (call.callee != Calls::none) calls.push_back(call);
        ++call.target;
      }
    } else if (nodeOf[i] != Calls::none) {
      auto latency = model.duration({i}, attr("latency"));
      own[nodeOf[i]] = latency ? microsOf(*latency) : 0;
      if (e.kind != Kind::operation || nodeOf[e.parent.index] == Calls::none) continue;
      // Its own latency stands for that of its component, which the call brings with it.
      if (latency) own[nodeOf[i]] -= timeOf(model, e.parent, attr("latency"), 0);
      Call part;
      part.caller = nodeOf[i];
      part.callee = nodeOf[e.parent.index];
      part.relation = {i};
      calls.push_back(part);
    }
  }
  return {std::move(own), std::move(calls)};
}

} // namespace

Calls::Calls(const model::Model& model) : graph(read(model, entities, nodeOf)) {}

Micros microsOf(model::Decimal seconds) {
  return bounded(std::round(seconds.toDouble() * 1e6));
}

model::Decimal secondsOf(Micros time) {
  return {time, -6};
}

} // namespace relc::reliability
