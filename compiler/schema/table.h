#pragma once
// The rows. Texts are what hovers and the reference manual show: full sentences.

#include "compiler/schema/types.h"

#include <array>
#include <cstddef>

namespace relc::schema {

inline constexpr KindSet components{Kind::service, Kind::datastore, Kind::queue, Kind::cache,
                                    Kind::external};
inline constexpr KindSet promising = components | KindSet{Kind::journey};
inline constexpr KindSet relations{Kind::needs, Kind::uses};

namespace type {
inline constexpr Type boolean{Base::Boolean};
inline constexpr Type integer{Base::Integer};
inline constexpr Type ratio{.base = Base::Ratio, .minimum = "0%", .maximum = "100%"};
inline constexpr Type duration{.base = Base::Duration, .minimum = "0s"};
inline constexpr Type positiveDuration{.base = Base::Duration, .minimum = "1ms"};
inline constexpr Type rate{.base = Base::Rate, .minimum = "0/s"};
inline constexpr Type bytes{Base::Bytes};
inline constexpr Type date{Base::Date};
inline constexpr Type string{Base::String};
inline constexpr Type label{Base::Label};
inline constexpr Type selector{Base::Selector};
inline constexpr Type promql{Base::Promql};
inline constexpr Type sli{Base::Sli};
inline constexpr Type value{Base::Value};
constexpr Type choice(std::string_view words) {
  return {.base = Base::Choice, .choices = words};
}
constexpr Type reference(KindSet kinds) {
  return {.base = Base::Reference, .references = kinds};
}
inline constexpr Type tier = choice("tier1|tier2|tier3|tier4");
inline constexpr Type severity = choice("page|ticket|info");
inline constexpr Type level = choice("provider|region|zone|cluster|rack|node");
} // namespace type

// clang-format off
inline constexpr auto kindTable = std::to_array<KindInfo>({
{Kind::top, "", {}, NameRule::None, "", ""},
{Kind::system, "system", Kind::top, NameRule::Required,
 "The workspace: what it is called, where its tools live and what it must survive. Exactly one stands in each workspace.",
 "system webshop {\n  prometheus { scrape_interval = 15s }\n}"},
{Kind::prometheus, "prometheus", Kind::system, NameRule::None,
 "The Prometheus that evaluates the rules.", "prometheus { scrape_interval = 15s  evaluation_interval = 30s }"},
{Kind::alertmanager, "alertmanager", Kind::system, NameRule::None,
 "The Alertmanager that receives the alerts.", "alertmanager { url = \"https://alerts.example.com\" }"},
{Kind::grafana, "grafana", Kind::system, NameRule::None,
 "The Grafana that shows the dashboards.", "grafana { url = \"https://grafana.example.com\"  folder = \"Webshop\" }"},
{Kind::runbooks, "runbooks", Kind::system, NameRule::None,
 "Where people find the runbooks.", "runbooks { url = \"https://runbooks.example.com/webshop\" }"},
{Kind::survive, "survive", Kind::system, NameRule::None,
 "Which failure domains must be survived by which tier: one attribute a level.", "survive { zone = [tier1, tier2]  provider = [] }"},
{Kind::lint, "lint", Kind::system, NameRule::None,
 "Raises or lowers checks: one attribute a check.", "lint { missing-slo = note }"},
{Kind::domain, "domain", Kind::top, NameRule::Required,
 "A failure domain: what is inside it can fail together. Domains stand inside domains.",
 "domain eu-west-1a in eu-west-1 { level = zone  availability = 99.95% }", true},
{Kind::team, "team", Kind::top, NameRule::Required,
 "The people who own services and answer their pages.", "team payments { chat = slack-payments }"},
{Kind::service, "service", Kind::top, NameRule::Required,
 "Something that we run.", "service checkout {\n  owner = payments\n  tier  = tier1\n}"},
{Kind::datastore, "datastore", Kind::top, NameRule::Required,
 "A service that keeps data: it says how much of it may be lost (`rpo`) and how long getting it back may take (`rto`).",
 "datastore orders-db { owner = payments  rpo = 0s  rto = 2m }"},
{Kind::queue, "queue", Kind::top, NameRule::Required,
 "A service that holds messages between others.", "queue order-events { owner = payments }"},
{Kind::cache, "cache", Kind::top, NameRule::Required,
 "A service that keeps copies; losing them costs time, not data.", "cache carts { owner = shop }"},
{Kind::external, "external", Kind::top, NameRule::Required,
 "Somebody else's service, with the availability that they promise.", "external stripe { sla = 99.99%  status_page = \"https://status.stripe.com\" }"},
{Kind::needs, "needs", promising, NameRule::None,
 "A hard dependency: down without it. `needs any [a, b]` and `needs 2 of [a, b, c]` are redundancy.",
 "needs orders-db { timeout = 200ms  retries = 1  breaker = true }"},
{Kind::uses, "uses", promising, NameRule::None,
 "A soft dependency: degraded without it, so it says the fallback.",
 "uses recommendations { timeout = 50ms  fallback = \"Show the best sellers\" }"},
{Kind::journey, "journey", Kind::top, NameRule::Required,
 "What a user does, end to end. The critical path is measured from here.", "journey place-order {\n  needs web\n  needs checkout\n}"},
{Kind::sli, "sli", KindSet{Kind::top, Kind::slo}, NameRule::Optional,
 "How to measure: events (`good` or `bad`, and `total`), latency (`histogram` and `threshold`), or time slices (`good_when`).",
 "sli availability {\n  parameter selector { type = selector }\n  bad   = `http_requests_total{$selector, code=~\"5..\"}`\n  total = `http_requests_total{$selector}`\n}"},
{Kind::parameter, "parameter", Kind::sli, NameRule::Required,
 "A parameter of the definition around it; `$name` in PromQL, `name` elsewhere. Without a default an argument is required.",
 "parameter under { type = duration  default = 300ms }"},
{Kind::slo, "slo", promising, NameRule::Required,
 "A promise: this share of events is good over this window.",
 "slo availability {\n  objective = 99.9%\n  window    = 30d\n  sli       = http.availability({job=\"checkout\"})\n}"},
{Kind::burn_policy, "burn_policy", Kind::top, NameRule::Required,
 "How fast the error budget may burn before somebody is told: page and ticket tiers.",
 "burn_policy standard {\n  tier fast { severity = page  budget = 2%  long = 1h  short = 5m }\n}"},
{Kind::tier, "tier", Kind::burn_policy, NameRule::Required,
 "One alert of a burn policy: fires when the given share of the budget is gone within the long window, and still burns in the short one.",
 "tier fast { severity = page  budget = 2%  long = 1h  short = 5m }"},
{Kind::alert, "alert", promising, NameRule::Required,
 "A hand-written condition on which somebody must act.",
 "alert OrdersConfirmedLate {\n  when     = `max(order_confirmation_age_seconds) > 600`\n  for      = 5m\n  severity = page\n  symptom  = \"Customers wait for their confirmation\"\n}"},
{Kind::runbook, "runbook", KindSet{Kind::top} | components, NameRule::Required,
 "What to do, for somebody who has never seen the service.",
 "runbook drain-confirmations {\n  summary = \"Empty the confirmation queue\"\n  step { do = \"Look at the queue\"  command = \"kubectl get pods\"  expect = \"All running\" }\n}"},
{Kind::step, "step", Kind::runbook, NameRule::None,
 "One step of a runbook: what to do, the command, and what it shows when it worked.",
 "step { do = \"Restart the worker\"  command = \"systemctl restart worker\"  expect = \"active (running)\" }"},
{Kind::accept, "accept", KindSet{Kind::top} | promising | KindSet{Kind::slo, Kind::alert, Kind::domain, Kind::team, Kind::needs, Kind::uses}, NameRule::Code,
 "\"We know about this finding here\": with a reason and an end date.",
 "accept missing-slo on batch {\n  because = \"Runs once a year\"\n  until   = 2027-06-30\n}", false, true},
});

inline constexpr auto attributeTable = std::to_array<AttributeInfo>({
// --- system
{Kind::system, "window", type::positiveDuration, Presence::Optional, "30d", "Default window of the SLOs.", "window = 28d"},
{Kind::system, "timezone", type::string, Presence::Optional, "\"UTC\"", "Default time zone of schedules, by its name in the tz database.", "timezone = \"Europe/Berlin\""},
{Kind::prometheus, "scrape_interval", type::positiveDuration, Presence::Optional, "30s", "How often targets are scraped.", "scrape_interval = 15s"},
{Kind::prometheus, "evaluation_interval", type::positiveDuration, Presence::Optional, "30s", "How often rules are evaluated.", "evaluation_interval = 30s"},
{Kind::prometheus, "retention", type::positiveDuration, Presence::Optional, "", "How long samples are kept.", "retention = 90d"},
{KindSet{Kind::prometheus, Kind::alertmanager, Kind::grafana, Kind::runbooks}, "url", type::string, Presence::Optional, "", "Where it is reached; links in alerts and documents start with it.", "url = \"https://prometheus.example.com\""},
{Kind::grafana, "folder", type::string, Presence::Optional, "", "Folder of the generated dashboards.", "folder = \"Webshop\""},
{Kind::survive, "*", type::tier.listOf(), Presence::Optional, "", "Tiers that must survive the loss of one domain of this level.", "zone = [tier1, tier2]"},
{Kind::lint, "*", type::choice("error|warning|note|off"), Presence::Optional, "", "New severity of the check.", "missing-slo = note"},
// --- domain
{Kind::domain, "level", type::level, Presence::Required, "", "What sort of domain it is.", "level = zone"},
{Kind::domain, "availability", type::ratio, Presence::Optional, "", "Share of time in which the domain works, by the provider's promise or by experience.", "availability = 99.95%"},
// --- team
{Kind::team, "chat", type::label, Presence::Optional, "", "Where the team talks.", "chat = slack-payments"},
{Kind::team, "email", type::string, Presence::Optional, "", "Where the team reads mail.", "email = \"payments@example.com\""},
// --- components and journeys
{promising | KindSet{Kind::runbook}, "owner", type::reference(Kind::team), Presence::Optional, "", "The team that runs it and answers its pages.", "owner = payments"},
{promising, "tier", type::tier, Presence::Optional, "", "How much depends on it: `tier1` is what users cannot do without.", "tier = tier1"},
{KindSet{Kind::service, Kind::datastore, Kind::queue, Kind::cache}, "replicas", type::integer.from("1").to("100000"), Presence::Optional, "1", "How many instances run.", "replicas = 6"},
{KindSet{Kind::service, Kind::datastore, Kind::queue, Kind::cache}, "quorum", type::integer.from("1").to("100000"), Presence::Optional, "1", "How many instances are needed to do the work.", "quorum = 4"},
{KindSet{Kind::service, Kind::datastore, Kind::queue, Kind::cache}, "placement", type::reference(Kind::domain).listOf(), Presence::Optional, "", "The failure domains over which the instances are spread.", "placement = [eu-west-1a, eu-west-1b]"},
{Kind::datastore, "rpo", type::duration, Presence::Optional, "", "Recovery point objective: how much of the newest data may be lost.", "rpo = 5m"},
{Kind::datastore, "rto", type::duration, Presence::Optional, "", "Recovery time objective: how long getting it back may take.", "rto = 30m"},
{Kind::external, "sla", type::ratio, Presence::Optional, "", "The availability that the vendor promises.", "sla = 99.95%"},
{Kind::external, "status_page", type::string, Presence::Optional, "", "Where the vendor tells of outages.", "status_page = \"https://status.example.com\""},
{components, "user_facing", type::boolean, Presence::Optional, "false", "Users reach it directly.", "user_facing = true"},
// --- needs, uses
{relations, "timeout", type::positiveDuration, Presence::Optional, "", "How long the caller waits for one answer.", "timeout = 200ms"},
{relations, "retries", type::integer.from("0").to("100"), Presence::Optional, "0", "How often the caller tries again.", "retries = 1"},
{relations, "backoff", type::duration, Presence::Optional, "", "How long the caller waits before it tries again.", "backoff = 50ms"},
{relations, "breaker", type::boolean, Presence::Optional, "false", "A circuit breaker stops calls to what is down.", "breaker = true"},
{relations, "calls", type::integer.from("1").to("1000000"), Presence::Optional, "1", "Calls for each request of the caller.", "calls = 2"},
{Kind::uses, "fallback", type::string, Presence::Optional, "", "What users get instead while it is down.", "fallback = \"Show the best sellers\""},
{Kind::needs, "tolerates", type::duration, Presence::Optional, "", "An asynchronous need: an outage up to this long is absorbed.", "tolerates = 4h"},
// --- sli
{Kind::sli, "good", type::promql, Presence::Optional, "", "Counter of good events: a plain selector, or a rate over `[$window]`.", "good = `http_requests_total{$selector, code!~\"5..\"}`"},
{Kind::sli, "bad", type::promql, Presence::Optional, "", "Counter of bad events: a plain selector, or a rate over `[$window]`.", "bad = `http_requests_total{$selector, code=~\"5..\"}`"},
{Kind::sli, "total", type::promql, Presence::Optional, "", "Counter of all events: a plain selector, or a rate over `[$window]`.", "total = `http_requests_total{$selector}`"},
{Kind::sli, "histogram", type::promql, Presence::Optional, "", "A classic histogram of durations in seconds, without `_bucket`.", "histogram = `http_request_duration_seconds{$selector}`"},
{Kind::sli, "threshold", type::positiveDuration, Presence::Optional, "", "An event that takes no longer is good; must be a bucket boundary of the histogram.", "threshold = under"},
{Kind::sli, "good_when", type::promql, Presence::Optional, "", "A condition; each evaluation is one slice of time, good if the condition yields a series.", "good_when = `time() - max(timestamp(up{$selector})) < 60`"},
{Kind::parameter, "type", type::choice("selector|duration|ratio|string|integer"), Presence::Required, "", "What arguments must be.", "type = duration"},
{Kind::parameter, "default", type::value, Presence::Optional, "", "The value if no argument is given.", "default = 300ms"},
// --- slo
{Kind::slo, "objective", type::ratio.to("<100%"), Presence::Required, "", "The share of events that is promised to be good.", "objective = 99.9%"},
{Kind::slo, "window", type::positiveDuration, Presence::Optional, "", "The time over which the promise is kept; the system's `window` if not given.", "window = 30d"},
{Kind::slo, "sli", type::sli, Presence::Optional, "", "What is measured; instead of it an `sli { … }` block may stand in the SLO.", "sli = http.availability({job=\"checkout\"})"},
{Kind::slo, "burn_policy", type::reference(Kind::burn_policy), Presence::Optional, "", "When somebody is told; `standard` of the module `std.policy` if not given.", "burn_policy = standard"},
{Kind::slo, "runbook", type::reference(Kind::runbook), Presence::Optional, "", "What to do when the budget burns.", "runbook = checkout-errors"},
// --- burn policy
{Kind::tier, "severity", type::severity, Presence::Required, "", "`page` wakes somebody, `ticket` waits for the next working day, `info` tells nobody.", "severity = page"},
{Kind::tier, "budget", type::ratio, Presence::Required, "", "Share of the whole budget that is gone when the alert fires.", "budget = 2%"},
{Kind::tier, "long", type::positiveDuration, Presence::Required, "", "The window over which that share is spent.", "long = 1h"},
{Kind::tier, "short", type::positiveDuration, Presence::Required, "", "A window, usually a twelfth of the long one, that ends the alert soon after the burning ends.", "short = 5m"},
// --- alert
{Kind::alert, "when", type::promql, Presence::Required, "", "The condition.", "when = `max(order_age_seconds) > 600`"},
{KindSet{Kind::alert, Kind::tier}, "for", type::duration, Presence::Optional, "", "How long the condition must hold before the alert fires.", "for = 5m"},
{Kind::alert, "keep_firing_for", type::duration, Presence::Optional, "", "How long the alert stays after the condition has ended.", "keep_firing_for = 10m"},
{Kind::alert, "severity", type::severity, Presence::Required, "", "`page` wakes somebody, `ticket` waits for the next working day, `info` tells nobody.", "severity = page"},
{Kind::alert, "symptom", type::string, Presence::Optional, "", "What users notice.", "symptom = \"Customers wait more than ten minutes\""},
{Kind::alert, "impact", type::reference(KindSet{Kind::journey, Kind::slo}).listOf(), Presence::Optional, "", "The journeys and SLOs that it threatens.", "impact = place-order"},
{Kind::alert, "runbook", type::reference(Kind::runbook), Presence::Optional, "", "What to do.", "runbook = drain-confirmations"},
// --- runbook
{Kind::runbook, "summary", type::string, Presence::Optional, "", "What it is for, in a sentence.", "summary = \"Empty the confirmation queue\""},
{Kind::runbook, "url", type::string, Presence::Optional, "", "Where it is, if not below the system's `runbooks` address.", "url = \"https://wiki.example.com/drain\""},
{Kind::step, "do", type::string, Presence::Required, "", "What to do.", "do = \"Restart the worker\""},
{Kind::step, "command", type::string, Presence::Optional, "", "The command that does it.", "command = \"systemctl restart worker\""},
{Kind::step, "expect", type::string, Presence::Optional, "", "What one sees when it worked.", "expect = \"active (running)\""},
// --- accept
{Kind::accept, "because", type::string, Presence::Optional, "", "Why this is acceptable.", "because = \"A second provider would cost more than the outage\""},
{Kind::accept, "mitigation", type::string, Presence::Optional, "", "What limits the damage.", "mitigation = \"Static status page outside the provider\""},
{Kind::accept, "by", type::label, Presence::Optional, "", "Who accepted it.", "by = head-of-platform"},
{Kind::accept, "until", type::date, Presence::Optional, "", "When it must be decided again.", "until = 2027-06-30"},
});
// clang-format on

static_assert(kindTable.size() == static_cast<size_t>(Kind::count_));
static_assert(
    [] {
      for (size_t i = 0; i < kindTable.size(); ++i)
        if (static_cast<size_t>(kindTable[i].kind) != i) return false;
      return true;
    }(),
    "rows of kindTable stand in the order of the enumeration");

/// An attribute's name as a number: the index of the first row that has it.
struct NameId {
  uint16_t index;
  friend constexpr auto operator<=>(NameId, NameId) = default;
};

constexpr uint16_t firstRowNamed(std::string_view name) {
  for (size_t i = 0; i < attributeTable.size(); ++i)
    if (attributeTable[i].name == name) return static_cast<uint16_t>(i);
  return UINT16_MAX;
}

/// `attr("owner")` in analyses and backends; an unknown name does not compile.
consteval NameId attr(std::string_view name) {
  uint16_t index = firstRowNamed(name);
  if (index == UINT16_MAX) throw "no attribute has this name";
  return {index};
}

} // namespace relc::schema
