// What stays overloaded after the cause is gone: REL1017.

#include "compiler/analysis/call_chains.h"
#include "compiler/analysis/wording.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

namespace relc::analysis {

using reliability::Amplification;
using reliability::Call;

namespace {

/// The loss of one domain that the component's tier must survive, at its worst.
struct Loss {
  EntityId domain; ///< not valid if it loses no instance
  int64_t instances = 0;
};

class OverloadReport {
public:
  explicit OverloadReport(const TracedCalls& t) : t_(t), model_(t.model) {}

  void add(FindingList& findings) {
    std::vector<EntityId> judged;
    for (EntityId capacity : t_.index.of(Kind::capacity))
      if (model_.has(capacity, attr("unit")) && !model_[capacity].broken)
        judged.push_back(capacity);
    if (judged.empty()) return;
    amplification_ = reliability::amplify(t_.calls.graph, true);
    for (EntityId capacity : judged) judge(capacity, findings);
  }

private:
  const TracedCalls& t_;
  const model::Model& model_;
  Amplification amplification_;

  void judge(EntityId capacity, FindingList& findings) const {
    const EntityId id = model_[capacity].parent;
    const uint32_t node = t_.calls.nodeOf[id.index];
    if (node == reliability::Calls::none || amplification_.factor[node] <= 1) return;
    const model::Attribute* unit = model_.attribute(capacity, attr("unit"));
    const model::Attribute* peak = model_.attribute(capacity, attr("peak"));
    if (!peak)
      if (EntityId traffic = model_.block(id, Kind::traffic); traffic.valid())
        peak = model_.attribute(traffic, attr("peak"));
    const auto* each = unit->value.as<model::Quantity>();
    const auto* load = peak ? peak->value.as<model::Quantity>() : nullptr;
    auto replicas = model_.integer(id, attr("replicas"));
    if (!each || !load || !replicas) return;
    const Loss loss = worstLoss(id, *replicas);
    const int64_t left = *replicas - loss.instances;
    const double factor = amplification_.factor[node];
    const double needed = load->toDouble() * factor, carried = each->toDouble() * double(left);
    // Too little without any retries is a matter of capacity.
    if (needed <= carried * (1 + 1e-9) || load->toDouble() > carried) return;

    const std::string name = model_.path(id);
    const std::vector<uint32_t> path = amplification_.pathTo(t_.calls.graph, node);
    Finding& finding = addAbout(
        t_.index, findings, Check::MetastableOverload, capacity, peak->value.range,
        fmt::format("once overloaded, `{}` stays so: retries make {}/s of its peak, and {} {} {}/s",
                    name, shownRate(needed), counted(size_t(left), "instance"),
                    left == 1 ? "carries" : "carry", shownRate(carried)),
        fmt::format("{} × {} attempts = {}/s", load->toString(), productText(path),
                    shownRate(needed)));
    finding.at(t_.index.here(capacity, unit->value.range),
               fmt::format("{} × {} = {}/s", each->toString(), counted(size_t(left), "instance"),
                           shownRate(carried)));
    if (loss.domain.valid())
      finding.at(model_[loss.domain].nameRange,
                 fmt::format("{} of {} instances are lost with it, which must be survived",
                             loss.instances, *replicas));
    for (uint32_t i : path)
      if (const Call& call = t_.call(i); multiplies(call))
        finding.at(t_.placeOf(call, attr("retries")),
                   fmt::format("`{}` calls `{}` up to {} times, and no breaker stops it",
                               t_.nameOf(call.caller), t_.nameOf(call.callee),
                               factorText(call.amplified)));
    finding.because("a failure of some minutes at the peak makes everybody try again; what comes "
                    "then is more than it can do, so it goes on failing, and they go on trying, "
                    "until somebody keeps the load away by hand");
    const Call& last = t_.call(path.back());
    finding.suggest(fmt::format("let `{}` stop calling what fails: `breaker = true`, or bound its "
                                "retries: `retry_budget = 10%`",
                                t_.nameOf(last.caller)));
    if (each->toDouble() > 0)
      finding.suggest(fmt::format(
          "or run {} more of it, for a peak that is tried again",
          counted(size_t(std::min(1e9, std::ceil((needed - carried) / each->toDouble()))),
                  "instance")));
  }

  static bool multiplies(const Call& call) { return call.amplified > 1 && !call.breaker; }

  [[nodiscard]] std::string productText(std::span<const uint32_t> path) const {
    std::string text;
    for (uint32_t i : path)
      if (const Call& call = t_.call(i); multiplies(call))
        text += fmt::format("{}{}", text.empty() ? "" : " × ", factorText(call.amplified));
    return text;
  }

  static std::string shownRate(double perSecond) { return fmt::format("{:.4g}", perSecond); }

  /// Instances stand where `placement` says: so many each, or evenly, the first ones one more.
  [[nodiscard]] Loss worstLoss(EntityId id, int64_t replicas) const {
    Loss worst;
    const std::vector<model::Value> places = model_.listOf(id, attr("placement"));
    if (places.empty()) return worst;
    std::map<EntityId, int64_t> inDomain;
    for (size_t i = 0; i < places.size(); ++i) {
      int64_t here =
          replicas / int64_t(places.size()) + (int64_t(i) < replicas % int64_t(places.size()));
      EntityId domain;
      if (const auto* some = places[i].as<model::Counted>())
        domain = some->entity, here = some->count;
      else if (const auto* one = places[i].as<EntityId>())
        domain = *one;
      for (int depth = 0; domain.valid() && depth < 100; ++depth, domain = model_[domain].in)
        if (mustSurvive(domain, id)) inDomain[domain] += here;
    }
    for (const auto& [domain, instances] : inDomain)
      if (instances > worst.instances && instances < replicas) worst = {domain, instances};
    return worst;
  }

  [[nodiscard]] bool mustSurvive(EntityId domain, EntityId id) const {
    const EntityId survive = model_.block(model_.system, Kind::survive);
    const std::string_view level = model_.text(domain, attr("level"));
    const std::string_view tier = model_.text(id, attr("tier"));
    if (!survive.valid() || level.empty() || tier.empty()) return false;
    for (const model::Attribute& a : model_.attributesOf(survive)) {
      if (a.word != level) continue;
      if (const auto* one = a.value.as<model::Label>()) return one->text == tier;
      if (const auto* list = a.value.as<model::ListRef>())
        for (const model::Value& value : model_.list(*list))
          if (const auto* word = value.as<model::Label>(); word && word->text == tier) return true;
    }
    return false;
  }
};

} // namespace

void checkOverload(const TracedCalls& t, FindingList& findings) {
  OverloadReport(t).add(findings);
}

} // namespace relc::analysis
