#pragma once
// The rows of kinds. Texts are what hovers and the reference manual show: full sentences.

#include "compiler/schema/types.h"

#include <array>

namespace relc::schema {

/// Kinds that run somewhere and can be needed.
inline constexpr KindSet components{Kind::service, Kind::datastore, Kind::queue, Kind::cache,
                                    Kind::external};
/// Components that we run ourselves.
inline constexpr KindSet operated = components - KindSet{Kind::external};
/// Kinds with needs and promises of their own.
inline constexpr KindSet promising = components | KindSet{Kind::journey, Kind::operation};
inline constexpr KindSet relations{Kind::needs, Kind::uses};
/// Kinds whose declarations may take a part of their body from profiles.
inline constexpr KindSet profiled =
    promising | KindSet{Kind::team,          Kind::rotation,   Kind::traffic,   Kind::backup,
                        Kind::capacity,      Kind::rollout,    Kind::telemetry, Kind::slo,
                        Kind::alert,         Kind::runbook,    Kind::failure,   Kind::experiment,
                        Kind::budget_policy, Kind::burn_policy};
/// Kinds of which a declaration may be on its way out.
inline constexpr KindSet deprecatable =
    components | KindSet{Kind::operation,     Kind::profile, Kind::sli,    Kind::burn_policy,
                         Kind::budget_policy, Kind::metric,  Kind::runbook};
/// Kinds that an `accept` may stand in.
inline constexpr KindSet acceptable =
    promising | relations |
    KindSet{Kind::domain,  Kind::team,     Kind::rotation, Kind::escalation, Kind::slo,
            Kind::alert,   Kind::runbook,  Kind::failure,  Kind::experiment, Kind::capacity,
            Kind::rollout, Kind::incident, Kind::backup};

namespace table {
constexpr KindSet in(KindSet parents) {
  return parents | KindSet(Kind::profile);
}
inline constexpr KindSet top{Kind::top};
} // namespace table

// clang-format off
inline constexpr auto kindTable = std::to_array<KindInfo>({
{Kind::top, "", {}, NameRule::None, "", ""},

// --- the workspace
{Kind::system, "system", Kind::top, NameRule::Required,
 "The workspace: what it is called, where its tools live and what it must survive. Exactly one stands in each workspace.",
 "system webshop {\n  prometheus { scrape_interval = 15s }\n}"},
{Kind::prometheus, "prometheus", Kind::system, NameRule::None,
 "The Prometheus that evaluates the rules.", "prometheus { scrape_interval = 15s  evaluation_interval = 30s }", false, false, true},
{Kind::alertmanager, "alertmanager", Kind::system, NameRule::None,
 "The Alertmanager that receives the alerts.", "alertmanager { url = \"https://alerts.example.com\" }", false, false, true},
{Kind::grafana, "grafana", Kind::system, NameRule::None,
 "The Grafana that shows the dashboards.", "grafana { url = \"https://grafana.example.com\"  folder = \"Webshop\" }", false, false, true},
{Kind::runbooks, "runbooks", Kind::system, NameRule::None,
 "Where people find the runbooks.", "runbooks { url = \"https://runbooks.example.com/webshop\" }", false, false, true},
{Kind::kubernetes, "kubernetes", Kind::system, NameRule::None,
 "The Kubernetes that runs the components, if one does.", "kubernetes { namespace = \"webshop\" }", false, false, true},
{Kind::chaos, "chaos", Kind::system, NameRule::None,
 "The engines that run the experiments.", "chaos { engines = [chaos_toolkit] }", false, false, true},
{Kind::survive, "survive", Kind::system, NameRule::None,
 "Which failure domains must be survived by which tier: one attribute a level.", "survive { zone = [tier1, tier2]  provider = [] }", false, false, true},
{Kind::lint, "lint", Kind::system, NameRule::None,
 "Raises or lowers checks: one attribute a check.", "lint { missing-slo = note }", false, false, true},
{Kind::policy, "policy", Kind::system, NameRule::None,
 "The numbers of the checks: how old a test may be, how many people a rotation needs.", "policy { load_test_max_age = 180d  rotation_size = 6 }", false, false, true},
{Kind::environment, "environment", Kind::top, NameRule::Required,
 "A place where the whole system runs: production, staging. `in staging { … }` inside a declaration says what is different there, and a `let` inside the environment what a name stands for there.",
 "environment prod {\n  production = true\n  let cluster = \"p1\"\n}"},
{Kind::library, "library", Kind::top, NameRule::Required,
 "Names the folder as a library that other workspaces import, and its version. At most one stands in a folder.",
 "library platform { version = \"1.4.0\" }"},
{Kind::profile, "profile", Kind::top, NameRule::Required,
 "A part of declarations, to be reused: one block for each kind that it fits. `service checkout is http.service(job = \"checkout\") { … }` takes it over; what the declaration says itself wins.",
 "profile replicated {\n  parameter zones { type = domain  list = true }\n\n  service {\n    replicas  = 3\n    placement = zones\n  }\n}"},
{Kind::parameter, "parameter", KindSet{Kind::sli, Kind::profile}, NameRule::Required,
 "A parameter of the definition around it; `$name` in PromQL, `${name}` in strings, `name` elsewhere. Without a default an argument is required.",
 "parameter under { type = duration  default = 300ms }"},

// --- places and people
{Kind::domain, "domain", Kind::top, NameRule::Required,
 "A failure domain: what is inside it can fail together. Domains stand inside domains.",
 "domain eu-west-1a in eu-west-1 { level = zone  availability = 99.95% }", true},
{Kind::person, "person", Kind::top, NameRule::Required,
 "Somebody who is on call, approves experiments or owns actions.", "person ana { name = \"Ana Moreno\"  email = \"ana@example.com\" }"},
{Kind::absence, "absence", Kind::person, NameRule::None,
 "Days on which the person is away, both included.", "absence { from = 2026-12-24  until = 2027-01-03 }"},
{Kind::team, "team", table::in(table::top), NameRule::Required,
 "The people who own services and answer their pages.", "team payments { chat = slack-payments }"},
{Kind::rotation, "rotation", table::in(table::top), NameRule::Required,
 "Who is on call when: members take turns, each for one shift.",
 "rotation payments-primary {\n  members   = [ana, bo, chi, dee, eli, fay, gus, hao]\n  shift     = 1w\n  hand_over = \"Mon 09:00\"\n  timezone  = \"Europe/Berlin\"\n}"},
{Kind::layer, "layer", Kind::rotation, NameRule::Required,
 "One of several rosters of a rotation that are on call side by side, such as a site that covers its own daytime. What it does not say is the rotation's.",
 "layer berlin { members = [ana, bo]  hours = \"daily 08:00-20:00\"  timezone = \"Europe/Berlin\" }"},
{Kind::override_, "override", Kind::rotation, NameRule::None,
 "Somebody takes over for a while.", "override { person = bo  from = \"2026-12-24 09:00\"  until = \"2026-12-27 09:00\" }"},
{Kind::escalation, "escalation", Kind::top, NameRule::Required,
 "Who is told when, as long as nobody has acknowledged: ordered steps.",
 "escalation payments-escalation {\n  step { notify = payments-primary    after = 0s }\n  step { notify = payments-secondary  after = 10m }\n}"},
{Kind::escalation_step, "step", Kind::escalation, NameRule::None,
 "One step of an escalation: who is told, and how long after the alert.", "step { notify = payments-primary  after = 10m }"},
{Kind::severity, "severity", Kind::top, NameRule::Required,
 "How bad an incident is: how fast somebody must respond, who is told, whether it is reviewed.",
 "severity sev1 { response = 5m  urgency = page  review = true }"},
{Kind::receiver, "receiver", Kind::top, NameRule::Required,
 "Where notifications can go. Secrets are named, never written: a file or a variable of the environment holds them.",
 "receiver payments-pager { type = pagerduty  key = file(\"secrets/payments-pagerduty\") }"},

// --- what runs
{Kind::service, "service", table::in(table::top), NameRule::Required,
 "Something that we run.", "service checkout {\n  owner = payments\n  tier  = tier1\n}"},
{Kind::datastore, "datastore", table::in(table::top), NameRule::Required,
 "A service that keeps data: it says how much of it may be lost (`rpo`) and how long getting it back may take (`rto`).",
 "datastore orders-db { owner = payments  rpo = 0s  rto = 2m }"},
{Kind::queue, "queue", table::in(table::top), NameRule::Required,
 "A service that holds messages between others.", "queue order-events { owner = payments  retention = 7d }"},
{Kind::cache, "cache", table::in(table::top), NameRule::Required,
 "A service that keeps copies; losing them costs time, not data.", "cache carts { owner = shop }"},
{Kind::external, "external", table::in(table::top), NameRule::Required,
 "Somebody else's service, with the availability that they promise.", "external stripe { sla = 99.99%  status_page = \"https://status.stripe.com\" }"},
{Kind::operation, "operation", table::in(components), NameRule::Required,
 "One thing that a component does, with its own needs, promises and traffic. Who needs `checkout.pay` is not hurt by what the rest of `checkout` needs.",
 "operation pay {\n  needs payment-gateway { timeout = 2s }\n}"},
{Kind::traffic, "traffic", table::in(promising), NameRule::None,
 "How many requests come in. Demand, guards for low traffic and the meaning of silence follow from it.",
 "traffic { peak = 1200/s  mean = 300/s  quiet = 5/s  measured = 2026-10-14 }", false, false, true},
{Kind::needs, "needs", promising, NameRule::None,
 "A hard dependency: down without it. `needs any [a, b]` and `needs 2 of [a, b, c]` are redundancy.",
 "needs orders-db { timeout = 200ms  retries = 1  breaker = true }"},
{Kind::uses, "uses", promising, NameRule::None,
 "A soft dependency: degraded without it, so it says the fallback.",
 "uses recommendations { timeout = 50ms  fallback = \"Show the best sellers\" }"},
{Kind::journey, "journey", table::in(table::top), NameRule::Required,
 "What a user does, end to end. The critical path is measured from here.", "journey place-order {\n  needs web\n  needs checkout\n}"},
{Kind::backup, "backup", table::in(KindSet{Kind::datastore, Kind::queue}), NameRule::None,
 "How data is saved, and when getting it back was last tried.", "backup { every = 1h  kept = 30d  restore_tested = 2026-09-30  restore_time = 25m }", false, false, true},
{Kind::capacity, "capacity", table::in(operated), NameRule::None,
 "What it can carry and what it must carry: capacity comes from load tests.",
 "capacity {\n  peak      = 1200/s\n  growth    = 4%/month\n  unit      = 320/s\n  load_test = \"reports/2026-09-30-checkout.md\"\n}", false, false, true},
{Kind::limit, "limit", Kind::capacity, NameRule::Required,
 "Something that runs out: connections, a quota, disk.", "limit connections { max = 500  used = 220 }"},
{Kind::scale, "scale", Kind::capacity, NameRule::None,
 "How the number of instances follows the load.", "scale { min = 4  max = 20  up_time = 3m }", false, false, true},
{Kind::rollout, "rollout", table::in(operated), NameRule::None,
 "How it changes: in which steps, which promises stop it, how one gets back. Change is the most frequent cause of failure.",
 "rollout {\n  strategy = canary\n  gates    = [availability]\n  rollback = \"argocd app rollback checkout\"\n\n  stage 5%  { bake = 10m }\n  stage 50% { bake = 20m }\n}", false, false, true},
{Kind::stage, "stage", Kind::rollout, NameRule::Share,
 "A step of a rollout: this share of the traffic sees the change, for the bake time.", "stage 5% { bake = 10m }"},
{Kind::telemetry, "telemetry", table::in(components), NameRule::None,
 "How it is scraped, and where its logs, traces and dashboards are.",
 "telemetry {\n  selector = {job=\"checkout\"}\n  port     = 9102\n  logs     = \"https://logs.example.com/checkout\"\n}", false, false, true},
{Kind::link, "link", Kind::telemetry, NameRule::Required,
 "A page that helps: dashboards and runbooks show it.", "link admin { url = \"https://admin.example.com/checkout\" }"},

// --- promises and alerts
{Kind::metric, "metric", Kind::top, NameRule::Required,
 "A metric that exists: its type, unit, labels and buckets. Queries are judged by it.",
 "metric http_requests_total { type = counter  labels = [method, code]  signal = traffic }"},
{Kind::sli, "sli", KindSet{Kind::top, Kind::slo}, NameRule::Optional,
 "How to measure: events (`good` or `bad`, and `total`), latency (`histogram` and `threshold`), freshness (`timestamp` and `threshold`), time slices (`good_when`) or a raw `ratio`.",
 "sli availability {\n  parameter selector { type = selector }\n\n  bad   = `http_requests_total{$selector, code=~\"5..\"}`\n  total = `http_requests_total{$selector}`\n}", false, false, true},
{Kind::slo, "slo", table::in(promising), NameRule::Required,
 "A promise: this share of events is good over this window.",
 "slo availability {\n  objective = 99.9%\n  window    = 30d\n  sli       = http.availability({job=\"checkout\"})\n}"},
{Kind::burn_policy, "burn_policy", table::in(table::top), NameRule::Required,
 "How fast the error budget may burn before somebody is told: page and ticket tiers.",
 "burn_policy standard {\n  tier fast { severity = page  budget = 2%  long = 1h  short = 5m }\n}"},
{Kind::tier, "tier", Kind::burn_policy, NameRule::Required,
 "One alert of a burn policy: fires when the given share of the budget is gone within the long window, and still burns in the short one.",
 "tier fast { severity = page  budget = 2%  long = 1h  short = 5m }"},
{Kind::budget_policy, "budget_policy", table::in(table::top), NameRule::Required,
 "What happens as the error budget is spent: who decides, what stops.",
 "budget_policy feature-freeze {\n  at 75%  { action = \"Review what burns it\" }\n  at 100% { action = \"Ship fixes only\"  stops = [features] }\n}"},
{Kind::at, "at", Kind::budget_policy, NameRule::Share,
 "What happens when this share of the budget is gone.", "at 100% { action = \"Ship fixes only\"  stops = [features] }"},
{Kind::alert, "alert", table::in(promising), NameRule::Required,
 "A hand-written condition on which somebody must act.",
 "alert OrdersConfirmedLate {\n  when     = `max(order_confirmation_age_seconds) > 600`\n  for      = 5m\n  severity = page\n  symptom  = \"Customers wait for their confirmation\"\n}"},
{Kind::example, "example", Kind::alert, NameRule::None,
 "Samples on which the alert must fire, in promtool's notation; several may stand for several series.",
 "example {\n  series = \"order_confirmation_age_seconds{job='checkout'}\"\n  values = \"0x10 700x20\"\n  after  = 15m\n}"},
{Kind::runbook, "runbook", table::in(table::top | components | KindSet(Kind::journey)), NameRule::Required,
 "What to do, for somebody who has never seen the service.",
 "runbook drain-confirmations {\n  summary = \"Empty the confirmation queue\"\n\n  step { do = \"Look at the queue\"  command = \"kubectl get pods\"  expect = \"All running\" }\n}"},
{Kind::step, "step", Kind::runbook, NameRule::None,
 "One step of a runbook: what to do, the command, and what it shows when it worked.",
 "step {\n  do      = \"Restart the worker\"\n  command = \"systemctl restart worker\"\n  expect  = \"active (running)\"\n}"},

// --- what goes wrong
{Kind::failure, "failure", table::in(promising), NameRule::Required,
 "A way in which it fails: why, what users notice, how often, what sees it, what helps, and what proves that it helps.",
 "failure primary-db-lost {\n  cause        = orders-db\n  effect       = \"No order can be placed\"\n  likelihood   = 2/year\n  detected_by  = availability\n  mitigated_by = fail-over-orders-db\n  proven_by    = kill-orders-primary\n}"},
{Kind::experiment, "experiment", table::in(table::top | components), NameRule::Required,
 "A failure on purpose, to prove that the promises hold.",
 "experiment kill-orders-primary {\n  hypothesis  = checkout.availability\n  target      = orders-db\n  inject      = kill(count = 1, role = \"primary\")\n  environment = staging\n  abort_when  = checkout.availability.page\n  rollback    = \"Start the stopped instance\"\n}"},
{Kind::result, "result", Kind::experiment, NameRule::Date,
 "What happened when the experiment was run on that day.", "result 2026-11-03 { outcome = passed  detected_after = 70s  recovered_after = 95s }"},
{Kind::incident, "incident", Kind::top, NameRule::Required,
 "Something that went wrong: when, what it hurt, why, and what is done about it.",
 "incident payment-outage {\n  severity = sev1\n  started  = \"2026-10-03 14:05\"\n  affected = checkout\n\n  action add-standby { do = \"Add a standby\"  owner = payments  due = 2026-12-01 }\n}"},
{Kind::event, "event", Kind::incident, NameRule::None,
 "A moment of the incident's timeline.", "event { at = \"2026-10-03 14:09\"  what = \"The pager rings\" }"},
{Kind::action, "action", Kind::incident, NameRule::Required,
 "What is done so that it does not happen again, with an owner and a date.", "action add-standby { do = \"Add a standby\"  owner = payments  due = 2026-12-01 }"},
{Kind::accept, "accept", table::top | acceptable, NameRule::Check,
 "\"We know about this finding here\": with a reason and an end date.",
 "accept missing-slo on batch {\n  because = \"Runs once a year\"\n  until   = 2027-06-30\n}", false, true},
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
static_assert(
    [] {
      for (const KindInfo& row : kindTable)
        if (row.parents.has(Kind::profile) && row.kind != Kind::parameter &&
            !profiled.has(row.kind))
          return false;
      return true;
    }(),
    "what may stand in a profile is in `profiled`");

} // namespace relc::schema
