#include "backends/prometheus/slo.h"

#include <fmt/format.h>

#include <algorithm>

namespace relc::prometheus {

using model::attr;
using model::Decimal;
using model::EntityId;
using model::Kind;
using model::Model;

namespace {

Decimal times(Decimal a, int64_t n) {
  return model::multiply(a, n).value_or(a);
}

std::string rate(const Selector& s, const std::string& window) {
  return fmt::format("sum(rate({}{}[{}]))", s.metric, promql::print(s.matchers), window);
}

/// The selector that a query comes to with its parameters bound, if it is one.
std::optional<Selector> selectorOf(const model::Query& query, const model::Sli& sli) {
  auto text = promql::instantiate(query.expr, sli.bindings);
  if (!text.ok()) return std::nullopt;
  auto parsed = promql::parseMatchers(text.text);
  if (!parsed.ok() || parsed.metric.empty()) return std::nullopt;
  return Selector{std::move(parsed.metric), std::move(parsed.matchers)};
}

/// Events per second over the base window: of a counter, or as the author wrote it.
struct Rate {
  std::string expr;
  std::optional<Selector> selector;
};
std::optional<Rate> rateOf(const model::Query& query, const SloPlan& plan) {
  if (promql::isBareSelector(query.expr)) {
    auto selector = selectorOf(query, plan.sli);
    if (!selector) return std::nullopt;
    return Rate{rate(*selector, promDuration(plan.baseWindow)), selector};
  }
  promql::Bindings bindings = plan.sli.bindings;
  bindings["window"] =
      promql::Milliseconds{static_cast<int64_t>(times(plan.baseWindow, 1000).toDouble())};
  auto text = promql::instantiate(query.expr, bindings);
  if (!text.ok()) return std::nullopt;
  return Rate{fmt::format("sum({})", text.text), std::nullopt};
}

bool planEvents(const Model& model, SloPlan& plan) {
  using Form = model::Sli::Form;
  const model::Sli& sli = plan.sli;
  std::string window = promDuration(plan.baseWindow);
  switch (sli.form) {
  case Form::Bad:
  case Form::Good: {
    auto numerator = rateOf(*sli.numerator, plan);
    auto total = rateOf(*sli.total, plan);
    if (!numerator || !total) return false;
    plan.totalExpr = total->expr;
    plan.total = total->selector;
    if (sli.form == Form::Bad) {
      plan.badExpr = numerator->expr;
      plan.bad = numerator->selector;
    } else {
      // Scrapes of the two counters can fall between events: never less than none.
      plan.badExpr = fmt::format("clamp_min(({}) - ({} or 0 * ({})), 0)", total->expr,
                                 numerator->expr, total->expr);
      plan.good = numerator->selector;
    }
    return true;
  }
  case Form::Latency: {
    auto histogram = selectorOf(*sli.numerator, sli);
    if (!histogram) return false;
    Selector count = *histogram, bucket = *histogram;
    count.metric += "_count";
    bucket.metric += "_bucket";
    plan.boundary = model::inUnitOf(model, histogram->metric, sli.threshold);
    bucket.matchers.push_back(bucketMatcher(plan.boundary));
    plan.total = histogram;
    plan.totalExpr = rate(count, window);
    plan.badExpr = fmt::format("clamp_min({} - {}, 0)", rate(count, window), rate(bucket, window));
    return true;
  }
  case Form::Slices: {
    auto text = promql::instantiate(sli.numerator->expr, sli.bindings);
    if (!text.ok()) return false;
    plan.totalExpr = "vector(1)";
    plan.badExpr = fmt::format("vector(1) unless on () ({})", text.text);
    return true;
  }
  case Form::Freshness: {
    auto text = promql::instantiate(sli.numerator->expr, sli.bindings);
    if (!text.ok()) return false;
    plan.totalExpr = "vector(1)";
    plan.badExpr = fmt::format("vector(1) unless on () (time() - max({}) <= {})", text.text,
                               sli.threshold.toString());
    return true;
  }
  case Form::Ratio: {
    promql::Bindings bindings = sli.bindings;
    bindings["window"] =
        promql::Milliseconds{static_cast<int64_t>(times(plan.baseWindow, 1000).toDouble())};
    auto text = promql::instantiate(sli.numerator->expr, bindings);
    if (!text.ok()) return false;
    // Each moment counts as much as any other; where the ratio is not known there is none.
    plan.totalExpr = fmt::format("1 + 0 * avg({})", text.text);
    plan.badExpr = fmt::format("clamp(avg({}), 0, 1)", text.text);
    return true;
  }
  }
  return false;
}

} // namespace

std::string promDuration(Decimal seconds) {
  return promql::formatDuration(static_cast<int64_t>(times(seconds, 1000).toDouble()));
}

std::string ratioSeries(Decimal window) {
  return "slo:error_ratio:rate" + promDuration(window);
}

std::string sloSelector(const SloPlan& plan) {
  return fmt::format("{{{}={},slo={}}}", plan.ownerLabel, promql::quote(plan.service),
                     promql::quote(plan.name));
}

promql::Matcher bucketMatcher(Decimal boundary) {
  std::string text = boundary.toString();
  if (text.find('.') != text.npos) return {"le", promql::MatchOp::Equal, text};
  return {"le", promql::MatchOp::Regex, text + "(\\.0)?"};
}

std::string originOf(const Model& model, const source::SourceManager& sources, EntityId id) {
  const auto& e = model[id];
  return fmt::format("{}:{} {} {}", sources.path(e.range.file),
                     sources.position(e.range.file, e.range.begin).line, schema::info(e.kind).word,
                     model.path(id));
}

std::optional<SloPlan> planSlo(const Model& model, EntityId slo) {
  const auto& entity = model[slo];
  auto objective = model.ratio(slo, attr("objective"));
  auto sli = model::sliOf(model, slo);
  EntityId policy = model::burnPolicyOf(model, slo);
  if (!objective || !sli || !policy.valid() || model[sli->entity].broken) return std::nullopt;

  SloPlan plan;
  plan.slo = slo;
  plan.owner = entity.parent;
  plan.ownerLabel = ownerLabel(model, entity.parent);
  EntityId component = componentOf(model, entity.parent);
  plan.service = model[component].name;
  plan.name = entity.name;
  if (component != entity.parent) // names have no dots, so this is no other SLO's
    plan.name = fmt::format("{}.{}", model[entity.parent].name, plan.name);
  plan.objective = *objective;
  plan.errorBudget = *model::subtract(1, *objective);
  plan.period = model::windowOf(model, slo);
  plan.interval = model::evaluationInterval(model);
  plan.coarseInterval = times(plan.interval, 10);
  plan.baseWindow = times(model::scrapeInterval(model), 4);
  if (plan.baseWindow == plan.coarseInterval) plan.coarseInterval = times(plan.interval, 20);
  plan.sli = std::move(*sli);
  if (!planEvents(model, plan)) return std::nullopt;

  for (EntityId id : model.childrenOf(policy, Kind::tier)) {
    BurnTier tier;
    tier.entity = id;
    tier.name = model[id].name;
    tier.severity = model.text(id, attr("severity"));
    auto budget = model.ratio(id, attr("budget"));
    auto longWindow = model.duration(id, attr("long"));
    auto shortWindow = model.duration(id, attr("short"));
    if (!budget || !longWindow || !shortWindow) continue;
    tier.budget = *budget;
    tier.longWindow = *longWindow;
    tier.shortWindow = *shortWindow;
    tier.forSeconds = model.duration(id, attr("for")).value_or(0);
    auto spent = model::multiply(tier.budget, plan.period);
    auto factor = spent ? model::divide(*spent, tier.longWindow) : std::nullopt;
    auto threshold = factor ? model::multiply(*factor, plan.errorBudget) : std::nullopt;
    if (!threshold) continue;
    tier.factor = *factor;
    tier.threshold = *threshold;
    plan.tiers.push_back(std::move(tier));
  }
  return plan;
}

std::vector<Group> sloGroups(const Model& model, const source::SourceManager& sources,
                             const SloPlan& plan) {
  const std::string selector = sloSelector(plan);
  const Labels labels{{plan.ownerLabel, plan.service}, {"slo", plan.name}};
  const std::string base = promDuration(plan.baseWindow),
                    coarse = promDuration(plan.coarseInterval);
  auto bad = [](const std::string& window) { return "slo:events_bad:rate" + window; };
  auto total = [](const std::string& window) { return "slo:events_total:rate" + window; };
  auto record = [&](std::string name, std::string expr) {
    return Rule{std::move(name), {}, std::move(expr), 0, 0, labels, {}};
  };
  std::string origin = originOf(model, sources, plan.slo);
  Group fine{fmt::format("{}-{}", plan.service, plan.name),
             plan.interval,
             origin,
             model[plan.slo].doc,
             {}};
  Group slow{
      fmt::format("{}-{}-period", plan.service, plan.name), plan.coarseInterval, origin, {}, {}};

  if (auto calendar = model::calendarOf(model, plan.slo); !calendar.empty())
    fine.doc +=
        fmt::format("\nThe window is that of the calendar ({}). These rules look back over {} "
                    "at any time: PromQL cannot begin anew with a month.",
                    calendar, promDuration(plan.period));
  if (!provable(plan))
    fine.doc += "\nNo test proves these rules: the events are not plain counters.";
  fine.rules.push_back(record(total(base), plan.totalExpr));
  // Bad events that were never counted are zero, where there are events at all.
  fine.rules.push_back(
      record(bad(base), fmt::format("{} or 0 * sum({}{})", plan.badExpr, total(base), selector)));
  slow.rules.push_back(
      record(total(coarse), fmt::format("avg_over_time({}{}[{}])", total(base), selector, coarse)));
  slow.rules.push_back(
      record(bad(coarse), fmt::format("avg_over_time({}{}[{}])", bad(base), selector, coarse)));

  std::vector<Decimal> windows{plan.period};
  for (const BurnTier& tier : plan.tiers)
    windows.insert(windows.end(), {tier.longWindow, tier.shortWindow});
  std::sort(windows.begin(), windows.end());
  windows.erase(std::unique(windows.begin(), windows.end()), windows.end());
  for (Decimal window : windows) {
    Decimal fineCost = model::divide(window, plan.interval).value_or(0);
    bool isFine = fineCost <= Decimal(maxFineSamples) && window != plan.period;
    const std::string& from = isFine ? base : coarse;
    std::string w = promDuration(window);
    std::string sumBad = fmt::format("sum_over_time({}{}[{}])", bad(from), selector, w);
    std::string sumTotal = fmt::format("sum_over_time({}{}[{}])", total(from), selector, w);
    // Idle: 0 of 0 events failed, which is no error.
    (isFine ? fine : slow)
        .rules.push_back(record(ratioSeries(window), fmt::format("{} / ({} > 0) or 0 * {}", sumBad,
                                                                 sumTotal, sumTotal)));
  }

  Decimal now = plan.tiers.empty() ? plan.period : plan.tiers[0].shortWindow;
  for (const BurnTier& tier : plan.tiers) now = std::min(now, tier.shortWindow);
  std::string budget = plan.errorBudget.toString();
  bool nowIsFine = model::divide(now, plan.interval).value_or(0) <= Decimal(maxFineSamples) &&
                   now != plan.period;
  (nowIsFine ? fine : slow)
      .rules.push_back(record("slo:burn_rate:ratio",
                              fmt::format("{}{} / {}", ratioSeries(now), selector, budget)));
  slow.rules.push_back(
      record("slo:error_budget_remaining:ratio",
             fmt::format("1 - {}{} / {}", ratioSeries(plan.period), selector, budget)));
  slow.rules.push_back(
      record("slo:objective:ratio", fmt::format("vector({})", plan.objective.toString())));
  slow.rules.push_back(record("slo:error_budget:ratio", fmt::format("vector({})", budget)));
  Rule info = record("slo_info", "vector(1)");
  EntityId team = model::ownerOf(model, plan.owner);
  if (team.valid()) info.labels.emplace_back("team", model[team].name);
  if (auto tier = model.text(plan.owner, attr("tier")); !tier.empty())
    info.labels.emplace_back("tier", tier);
  info.labels.emplace_back("objective", plan.objective.toString());
  info.labels.emplace_back("window", promDuration(plan.period));
  slow.rules.push_back(std::move(info));

  // Behind the recordings that they read, so that they see this evaluation's values.
  for (const BurnTier& tier : plan.tiers) {
    bool readsSlow =
        model::divide(tier.longWindow, plan.interval).value_or(0) > Decimal(maxFineSamples) ||
        tier.longWindow == plan.period;
    (readsSlow ? slow : fine).rules.push_back(burnAlert(model, plan, tier));
  }
  return {std::move(fine), std::move(slow)};
}

} // namespace relc::prometheus
