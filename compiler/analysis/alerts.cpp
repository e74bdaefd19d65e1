// The condition and the text of a single alert: REL3011, REL3017.

#include "compiler/analysis/families.h"
#include "compiler/analysis/wording.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace relc::analysis {
namespace {

// --- REL3011 -------------------------------------------------------------------------------------

/// A condition that looks at more than one moment. A recorded series (a name with a colon) may hold
/// a rate over any window, so it counts as one.
bool looksBack(const promql::Expr& expr) {
  return std::any_of(expr.nodes().begin(), expr.nodes().end(), [](const promql::Node& node) {
    const auto* selector = node.as<promql::Selector>();
    return node.as<promql::RangeSelector>() || node.as<promql::Subquery>() ||
           (selector && selector->metric.find(':') != std::string::npos);
  });
}

/// What is asked for by `absent`: what becomes of it without `for` is REL4010's.
bool asksForAbsence(const promql::Expr& expr) {
  return std::any_of(expr.nodes().begin(), expr.nodes().end(), [](const promql::Node& node) {
    const auto* call = node.as<promql::Call>();
    return call && call->name == "absent";
  });
}

bool lasts(const model::Model& model, EntityId alert, model::NameId name) {
  auto value = model.duration(alert, name);
  return value && value->mantissa > 0;
}

void flapping(const model::Model& model, EntityId alert, FindingList& findings) {
  const model::Entity& e = model[alert];
  const model::Query* when = model.query(alert, attr("when"));
  if (e.broken || !when || model.text(alert, attr("severity")) == "info") return;
  if (lasts(model, alert, attr("for")) || lasts(model, alert, attr("keep_firing_for"))) return;
  if (looksBack(when->expr) || asksForAbsence(when->expr)) return;
  Finding& finding =
      findings.add(Check::Flapping, model.attribute(alert, attr("when"))->value.range,
                   fmt::format("alert `{}` fires and ends with each sample", e.name));
  finding.about(alert.index).label("looks at one moment only");
  if (const model::Attribute* zero = model.attribute(alert, attr("for")))
    finding.at(zero->value.range, "does not wait");
  finding.because(
      fmt::format("it is judged every {}; a value that crosses the threshold to and fro "
                  "sends a new notification each time",
                  model::formatDuration(model::evaluationInterval(model))));
  finding.suggest(
      "wait until it lasts, `for = 5m`, or do not let go at once, `keep_firing_for = 10m`");
  finding.suggest("or judge a stretch of time, such as `avg_over_time(…[5m])`");
}

// --- REL3017 -------------------------------------------------------------------------------------

/// What fits beside a time and a service in one line of a telephone's screen; the limit of mixtool.
constexpr size_t longestName = 40;

bool isCamelCase(std::string_view name) {
  auto upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  auto alnum = [&](char c) { return upper(c) || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  return !name.empty() && upper(name[0]) && std::all_of(name.begin(), name.end(), alnum);
}

/// "OrdersLate" of "orders_late".
std::string camelCase(std::string_view name) {
  std::string out;
  bool start = true;
  for (char c : name) {
    if (c != '-' && c != '_')
      out += start ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : c;
    start = c == '-' || c == '_';
  }
  return out;
}

void alertText(const model::Model& model, EntityId alert, FindingList& findings) {
  const model::Entity& e = model[alert];
  if (!e.name.empty() && !isCamelCase(e.name)) {
    std::string better = camelCase(e.name);
    Finding& finding = findings.add(Check::AlertText, e.nameRange,
                                    fmt::format("the alert name `{}` is not in CamelCase", e.name));
    finding.about(alert.index);
    finding.because("routes, silences and searches are written against the names that everybody "
                    "uses in Prometheus");
    if (isCamelCase(better)) finding.label(fmt::format("`{}`", better));
    finding.suggest(
        fmt::format("call it {}; silences and routes that name it have to follow",
                    isCamelCase(better) ? quoted(better) : "such as `OrdersConfirmedLate`"));
  }
  if (e.name.size() > longestName)
    findings
        .add(Check::AlertText, e.nameRange,
             fmt::format("the alert name has {} characters, more than {}", e.name.size(),
                         longestName))
        .about(alert.index)
        .because("the end of a longer name is cut off on the telephone that it wakes somebody with")
        .suggest("name what is wrong in a few words; the rest belongs into `symptom`");

  std::string_view severity = model.text(alert, attr("severity"));
  bool tellsSomebody = severity == "page" || severity == "ticket";
  if (e.broken || !tellsSomebody || !model.text(alert, attr("symptom")).empty()) return;
  // A page with neither symptom nor impact is page-without-impact's.
  if (severity == "page" && model.listOf(alert, attr("impact")).empty()) return;
  findings
      .add(Check::AlertText, e.nameRange,
           fmt::format("alert `{}` does not say what users notice", e.name))
      .about(alert.index)
      .label("no `symptom`")
      .because("it is the first line of the notification; without it the reader gets an expression "
               "and a number")
      .suggest("say it in a sentence: `symptom = \"Customers wait more than ten minutes for their "
               "confirmation\"`");
}

} // namespace

void checkAlerts(const Index& index, FindingList& findings) {
  for (EntityId alert : index.of(Kind::alert)) {
    flapping(index.model, alert, findings);
    alertText(index.model, alert, findings);
  }
}

} // namespace relc::analysis
