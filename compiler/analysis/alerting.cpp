// What must work so that somebody hears that it does not: REL1014.

#include "compiler/analysis/families.h"
#include "compiler/analysis/wording.h"
#include "compiler/reliability/calls.h"

#include <fmt/format.h>

#include <algorithm>

namespace relc::analysis {
namespace {

using reliability::Call;
using reliability::Calls;

/// Prometheus, Alertmanager or a receiver, and what it is.
struct Watcher {
  EntityId tool;
  uint32_t node;
};

/// Follows the needs without which a component is down: neither soft nor asynchronous ones, nor
/// those of which another member can stand in.
class Alerting {
public:
  explicit Alerting(const Index& index) : index_(index), model_(index.model) {
    for (Kind kind : {Kind::prometheus, Kind::alertmanager, Kind::receiver})
      for (EntityId tool : index.of(kind))
        if (EntityId component = model_.reference(tool, attr("component")); component.valid())
          tools_.emplace_back(tool, component);
  }

  void check(FindingList& findings) {
    if (tools_.empty()) return;
    const Calls calls(model_);
    calls_ = &calls;
    for (const auto& [tool, component] : tools_)
      if (uint32_t node = calls.nodeOf[component.index]; node != Calls::none)
        watchers_.push_back({tool, node});
    markReported();
    for (const Watcher& watcher : watchers_) judge(watcher, findings);
  }

private:
  const Index& index_;
  const model::Model& model_;
  const Calls* calls_ = nullptr;
  std::vector<std::pair<EntityId, EntityId>> tools_;
  std::vector<Watcher> watchers_;
  /// By node: what tells of its failure, an alert or SLO of its own or of what needs it.
  std::vector<EntityId> reported_;

  [[nodiscard]] bool carries(const Call& call) const {
    const model::Entity& relation = model_[call.relation];
    return call.fatal &&
           (relation.kind == Kind::operation || relation.required == relation.targets.count);
  }

  [[nodiscard]] bool watches(uint32_t node) const {
    return std::any_of(watchers_.begin(), watchers_.end(),
                       [&](const Watcher& w) { return w.node == node; });
  }

  void markReported() {
    const auto& graph = calls_->graph;
    reported_.resize(graph.nodes());
    std::vector<uint32_t> open;
    auto mark = [&](EntityId parent, EntityId by) {
      const uint32_t node = calls_->nodeOf[parent.index];
      if (node == Calls::none || reported_[node].valid() || watches(node)) return;
      reported_[node] = by;
      open.push_back(node);
    };
    for (EntityId alert : index_.of(Kind::alert)) mark(model_[alert].parent, alert);
    for (EntityId slo : index_.of(Kind::slo)) mark(model_[slo].parent, slo);
    while (!open.empty()) {
      const uint32_t node = open.back();
      open.pop_back();
      for (const Call& call : graph.callsOf(node))
        if (carries(call)) mark(calls_->entities[call.callee], reported_[node]);
    }
  }

  void judge(const Watcher& watcher, FindingList& findings) const {
    const auto& graph = calls_->graph;
    std::vector<uint32_t> via(graph.nodes(), UINT32_MAX), open{watcher.node}, found;
    std::vector<bool> seen(graph.nodes());
    seen[watcher.node] = true;
    for (size_t at = 0; at < open.size(); ++at)
      for (uint32_t i = graph.firstOf(open[at]); const Call& call : graph.callsOf(open[at])) {
        const uint32_t id = i++;
        if (!carries(call) || seen[call.callee]) continue;
        seen[call.callee] = true;
        via[call.callee] = id;
        open.push_back(call.callee);
        // With an operation goes its component: that is one finding, not two.
        const bool part = model_[call.relation].kind == Kind::operation;
        if (reported_[call.callee].valid() && !(part && reported_[call.caller].valid()))
          found.push_back(call.callee);
      }
    if (!found.empty()) add(watcher, found, via, findings);
  }

  void add(const Watcher& watcher, std::span<const uint32_t> found, std::span<const uint32_t> via,
           FindingList& findings) const {
    std::vector<uint32_t> path;
    for (uint32_t node = found[0]; node != watcher.node;
         node = calls_->graph.calls()[path.back()].caller)
      path.push_back(via[node]);
    std::reverse(path.begin(), path.end());
    const std::string name = model_.path(calls_->entities[found[0]]);
    const std::string_view role = model_[watcher.tool].kind == Kind::prometheus     ? "Prometheus"
                                  : model_[watcher.tool].kind == Kind::alertmanager ? "Alertmanager"
                                                                                    : "receiver";
    const std::string self = model_.path(calls_->entities[watcher.node]);
    const Call& first = calls_->graph.calls()[path[0]];
    Finding& finding = addAbout(
        index_, findings, Check::AlertingPathDependency, first.relation, placeOf(first),
        path.size() == 1 ? fmt::format("`{}` is how `{}` is reported, and needs it", self, name)
                         : fmt::format("`{}` is how `{}` is reported, and needs it by {}", self,
                                       name, listed(between(path))),
        fmt::format("without `{}` nothing is reported",
                    model_.path(calls_->entities[first.callee])));
    for (size_t i = 1; i < path.size() && i < namesShown; ++i)
      if (const Call& call = calls_->graph.calls()[path[i]];
          model_[call.relation].kind != Kind::operation)
        finding.at(placeOf(call),
                   fmt::format("`{}` needs `{}`", nameOf(call.caller), nameOf(call.callee)));
    finding.at(model_.attribute(watcher.tool, attr("component"))->value.range,
               fmt::format("`{}` is the {}", self, role));
    const EntityId by = reported_[found[0]];
    finding.at(index_.here(by, model_[by].nameRange),
               fmt::format("this would tell that `{}` is down", name));
    if (found.size() > 1) {
      std::vector<std::string> others;
      for (uint32_t node : found.subspan(1)) others.push_back(nameOf(node));
      finding.because(fmt::format("the same goes for {}", listed(others)));
    }
    finding.because("when it fails, so does the way by which somebody would hear of it: no alert "
                    "fires, and silence looks like health");
    finding.suggest(fmt::format("let `{}` run without it: a copy of its own, a local cache, a "
                                "static configuration; then say so with `uses … {{ fallback = "
                                "\"…\" }}`",
                                nameOf(first.caller)));
    finding.suggest(fmt::format("or watch `{}` from outside, by a probe and a pager that share "
                                "nothing with it, and accept this by naming them as `mitigation`",
                                name));
  }

  [[nodiscard]] std::string nameOf(uint32_t node) const {
    return model_.path(calls_->entities[node]);
  }
  [[nodiscard]] std::vector<std::string> between(std::span<const uint32_t> path) const {
    std::vector<std::string> names;
    for (uint32_t id : path.first(path.size() - 1))
      names.push_back(nameOf(calls_->graph.calls()[id].callee));
    return names;
  }
  [[nodiscard]] source::Range placeOf(const Call& call) const {
    const model::Entity& relation = model_[call.relation];
    return index_.here(call.relation, relation.kind == Kind::operation
                                          ? relation.nameRange
                                          : relation.targetRanges[call.target]);
  }
};

} // namespace

void checkAlerting(const Index& index, FindingList& findings) {
  Alerting(index).check(findings);
}

} // namespace relc::analysis
