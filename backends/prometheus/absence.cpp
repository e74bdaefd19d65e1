// An alert on silence, only where something is known to be expected: a number that is always there,
// or requests where the declared traffic never ceases. On anything else it would fire for services
// that are merely idle.

#include "backends/prometheus/annotations.h"
#include "backends/prometheus/civil_time.h"
#include "backends/prometheus/recordings.h"
#include "compiler/model/burn.h"

#include <fmt/format.h>

namespace relc::prometheus {

using model::attr;
using model::Decimal;
using model::EntityId;
using model::Kind;
using model::Model;

namespace {

constexpr int64_t shortestSilence = 600; ///< seconds: a restart of Prometheus is no news
/// So many events must have been expected in the silence: of that many a Poisson process brings
/// none with a probability of e^-20, once in ten thousand years of ten minutes each.
constexpr int64_t eventsMissed = 20;

std::vector<model::Hours> hoursOf(const Model& model, EntityId traffic) {
  std::vector<model::Hours> result;
  if (!traffic.valid()) return result;
  for (const model::Value& value : model.listOf(traffic, attr("hours")))
    if (const auto* text = value.as<model::Text>())
      if (auto hours = model::parseHours(text->text); hours.value) result.push_back(*hours.value);
  return result;
}

} // namespace

std::optional<Rule> absenceAlert(const Model& model, const SloPlan& plan) {
  if (plan.events.constantTotal) return std::nullopt;
  bool time = model::ofTime(plan.sli);
  if (!time && (!plan.quiet || *plan.quiet <= Decimal(0))) return std::nullopt;
  Decimal silence(shortestSilence);
  if (!time) {
    auto wait = model::divide(eventsMissed, *plan.quiet);
    if (!wait) return std::nullopt;
    // Whole minutes, the next one up.
    auto minutes = static_cast<int64_t>(wait->toDouble() / 60) + 1;
    silence = std::max(silence, Decimal(minutes * 60));
  }

  std::string total = eventsOf(plan, "total", plan.baseWindow);
  Rule rule;
  rule.alert = absenceAlertName;
  rule.expr = fmt::format("(sum({}) or vector(0)) == 0", total);
  EntityId traffic = model::trafficBlockOf(model, plan.owner);
  if (auto hours = hoursOf(model, traffic); !time && !hours.empty()) {
    rule.expr +=
        fmt::format(" and on () ({})", withinHours(hours, localTime(zoneOf(model), model.now)));
  }
  rule.forSeconds = silence;
  rule.labels = commonLabels(model, plan.owner, "ticket");
  rule.labels.emplace_back("slo", plan.name);
  rule.annotations.emplace_back(
      "summary", fmt::format("nothing is measured for {}/{}", plan.service, plan.name));
  rule.annotations.emplace_back(
      "description",
      time ? fmt::format(
                 "The series that {}/{} looks at has been missing for {}. Whether the promise "
                 "is kept is not known, and no other alert of it can fire.",
                 plan.service, plan.name, promDuration(silence))
           : fmt::format(
                 "Not one event of {}/{} was counted for {}, though {} a second are expected "
                 "at the quietest time. Either no request arrives, or it is not measured.",
                 plan.service, plan.name, promDuration(silence), plan.quiet->toString()));
  rule.annotations.emplace_back(
      "first_action",
      "Look at `up` of its targets: are they scraped, and do they still have the metric?");
  addGuidance(model, plan.owner, model::runbookOf(model, plan.slo), rule.annotations);
  return rule;
}

} // namespace relc::prometheus
