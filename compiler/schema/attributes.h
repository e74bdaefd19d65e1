#pragma once
// The rows of attributes. Texts are what hovers and the reference manual show: full sentences.

#include "compiler/schema/kinds.h"

namespace relc::schema {

namespace type {
inline constexpr Type boolean{Base::Boolean};
inline constexpr Type integer{Base::Integer};
inline constexpr Type number{Base::Number};
inline constexpr Type ratio{.base = Base::Ratio, .minimum = "0%", .maximum = "100%"};
inline constexpr Type duration{.base = Base::Duration, .minimum = "0s"};
inline constexpr Type positiveDuration{.base = Base::Duration, .minimum = "1ms"};
inline constexpr Type rate{.base = Base::Rate, .minimum = "0/s"};
inline constexpr Type growth{Base::Growth};
inline constexpr Type bytes{Base::Bytes};
inline constexpr Type date{Base::Date};
inline constexpr Type string{Base::String};
inline constexpr Type label{Base::Label};
inline constexpr Type selector{Base::Selector};
inline constexpr Type promql{Base::Promql};
inline constexpr Type sli{Base::Sli};
inline constexpr Type value{Base::Value};
inline constexpr Type moment{Base::Moment};
inline constexpr Type hours{.base = Base::Hours, .list = true};
inline constexpr Type recurrence{Base::Recurrence};
inline constexpr Type instant{Base::Instant};
inline constexpr Type timezone{Base::TimeZone};
inline constexpr Type url{Base::Url};
inline constexpr Type email{Base::Email};
inline constexpr Type path{Base::Path};
inline constexpr Type version{Base::Version};
constexpr Type choice(std::string_view words) {
  return {.base = Base::Choice, .choices = words};
}
constexpr Type reference(KindSet kinds) {
  return {.base = Base::Reference, .references = kinds};
}
constexpr Type referenceOrText(KindSet kinds) {
  return {.base = Base::Reference, .orText = true, .references = kinds};
}
constexpr Type form(std::string_view set) {
  return {.base = Base::Form, .forms = set};
}
/// How long a caller waits, how long a command takes: neither hours nor microseconds.
inline constexpr Type callTime = positiveDuration.usually("1ms", "10m");
inline constexpr Type count = integer.from("1").to("100000");
inline constexpr Type tier = choice("tier1|tier2|tier3|tier4");
inline constexpr Type severity = choice("page|ticket|info");
inline constexpr Type level = choice("provider|region|zone|cluster|rack|node|shared");
inline constexpr Type slo = reference(Kind::slo);
/// `availability`, `checkout.availability.page`, or an alert.
inline constexpr Type signal{.base = Base::Reference,
                             .references = KindSet{Kind::slo, Kind::alert},
                             .choices = "page|ticket|info"};
inline constexpr Type placement{
    .base = Base::Reference, .list = true, .counted = true, .references = Kind::domain};
inline constexpr Type parameterType =
    choice("selector|duration|ratio|string|integer|number|rate|bytes|date|boolean|domain|person|"
           "team|rotation|escalation|receiver|service|datastore|queue|cache|external|journey|slo|"
           "alert|runbook|experiment|burn_policy|budget_policy");
} // namespace type

namespace table {
inline constexpr auto optional = Presence::Optional;
inline constexpr auto required = Presence::Required;
inline constexpr KindSet who{Kind::team, Kind::person, Kind::rotation};
inline constexpr KindSet tools{Kind::prometheus, Kind::alertmanager, Kind::grafana, Kind::runbooks};
} // namespace table

// clang-format off
inline constexpr auto attributeTable = [] { using namespace table; return std::to_array<AttributeInfo>({
// --- system
{Kind::system, "window", type::positiveDuration.usually("1d", "92d"), optional, "30d", "Default window of the SLOs.", "window = 28d"},
{KindSet{Kind::system, Kind::person, Kind::team, Kind::rotation, Kind::layer, Kind::incident, Kind::experiment}, "timezone", type::timezone, optional, "\"UTC\"", "The time zone of times and schedules, by its name in the tz database; that of the system if not given.", "timezone = \"Europe/Berlin\""},
{Kind::system, "outputs", type::choice("prometheus|alertmanager|grafana|runbooks|chaos|documents|kubernetes|site").listOf(), optional, "", "Which outputs are built; all if not given.", "outputs = [prometheus, runbooks]"},
{Kind::prometheus, "scrape_interval", type::positiveDuration.usually("1s", "5m"), optional, "30s", "How often targets are scraped.", "scrape_interval = 15s"},
{Kind::prometheus, "evaluation_interval", type::positiveDuration.usually("1s", "5m"), optional, "30s", "How often rules are evaluated.", "evaluation_interval = 30s"},
{Kind::prometheus, "retention", type::positiveDuration, optional, "", "How long samples are kept.", "retention = 90d"},
{KindSet{Kind::prometheus, Kind::alertmanager, Kind::grafana}, "version", type::version, optional, "", "The oldest version that must load what is generated; Debian 12's if not given: Prometheus 2.42, Alertmanager 0.25.", "version = \"3.5\""},
{Kind::prometheus, "features", type::choice("promql-experimental-functions|promql-duration-expr|promql-extended-range-selectors|promql-binop-fill-modifiers").listOf(), optional, "", "What is switched on with `--enable-feature` in every Prometheus that loads what is generated.", "features = [promql-experimental-functions]"},
{Kind::prometheus, "naming", type::choice("relc|sloth"), optional, "relc", "Names and labels of the recorded series: relc's own, or those of Sloth, so that its dashboards keep working.", "naming = sloth"},
{Kind::prometheus, "scope_labels", type::label.listOf(), optional, "", "Labels that tell apart what this Prometheus sees of several clusters or regions: every SLO is kept for each of their values on its own; in PromQL `$by` stands for them.", "scope_labels = [cluster]"},
{tools, "url", type::url, optional, "", "Where it is reached; links in alerts and documents start with it.", "url = \"https://prometheus.example.com\""},
{Kind::alertmanager, "group_wait", type::duration, optional, "30s", "How long the first notification of a group waits for others.", "group_wait = 30s"},
{Kind::alertmanager, "group_interval", type::positiveDuration, optional, "5m", "How long after a notification the next one of the same group may follow.", "group_interval = 5m"},
{Kind::alertmanager, "repeat_interval", type::positiveDuration, optional, "4h", "How long after a notification it is repeated while the alert goes on.", "repeat_interval = 4h"},
{KindSet{Kind::prometheus, Kind::alertmanager, Kind::receiver}, "component", type::reference(components), optional, "", "The component of the system that it is, or that a notification goes through: it must not need what it reports.", "component = monitoring"},
{Kind::grafana, "folder", type::string, optional, "", "Folder of the generated dashboards.", "folder = \"Webshop\""},
{Kind::grafana, "datasource", type::string, optional, "", "Name of the Prometheus data source; the default one if not given.", "datasource = \"prometheus\""},
{Kind::grafana, "extensions", type::path.listOf(), optional, "", "Jsonnet files of your own that add to the dashboards or replace parts of them.", "extensions = [\"dashboards/house-style.libsonnet\"]"},
{KindSet{Kind::kubernetes, Kind::chaos}, "namespace", type::string, optional, "", "The namespace of the objects that are generated.", "namespace = \"webshop\""},
{Kind::kubernetes, "rule_labels", type::selector, optional, "", "Labels of the `PrometheusRule` objects, by which the operator's `ruleSelector` finds them.", "rule_labels = {release=\"kube-prometheus-stack\"}"},
{Kind::chaos, "engines", type::choice("chaos_toolkit|chaos_mesh|litmus|aws_fis").listOf(), optional, "[chaos_toolkit]", "For which engines experiments are written.", "engines = [chaos_toolkit, chaos_mesh]"},
{Kind::survive, "*", type::tier.listOf(), optional, "", "Tiers that must survive the loss of one domain of this level.", "zone = [tier1, tier2]"},
{Kind::lint, "*", type::choice("error|warning|note|off"), optional, "", "New severity of the check.", "missing-slo = note"},
// --- policy: numbers of the checks
{Kind::policy, "max_accepted_findings", type::count, optional, "5", "An `accept` that silences more findings than this is too broad.", "max_accepted_findings = 3"},
{Kind::policy, "retry_amplification", type::number.from("1"), optional, "4", "How many times the load may be multiplied by retries along one path.", "retry_amplification = 3"},
{Kind::policy, "dependency_slack", type::number.from("1"), optional, "10", "How many times better than the promise each hard dependency must be: the rule of the extra nine.", "dependency_slack = 10"},
{Kind::policy, "restore_test_max_age", type::positiveDuration, optional, "180d", "How old the last test of a restore may be.", "restore_test_max_age = 90d"},
{Kind::policy, "experiment_max_age", type::positiveDuration, optional, "180d", "How old the last passed experiment may be.", "experiment_max_age = 90d"},
{Kind::policy, "runbook_max_age", type::positiveDuration, optional, "180d", "How old the last test of a runbook may be.", "runbook_max_age = 90d"},
{Kind::policy, "load_test_max_age", type::positiveDuration, optional, "180d", "How old a load test may be.", "load_test_max_age = 90d"},
{Kind::policy, "experiment_budget_share", type::ratio, optional, "10%", "Share of the remaining error budget that one experiment may spend.", "experiment_budget_share = 5%"},
{Kind::policy, "pages_per_shift", type::number.from("0"), optional, "2", "How many pages may be expected in a shift of 12 hours.", "pages_per_shift = 1"},
{Kind::policy, "rotation_size", type::count, optional, "8", "How many people a rotation around the clock needs.", "rotation_size = 6"},
{Kind::policy, "rotation_size_per_site", type::count, optional, "6", "How many people each of two sites needs that share a rotation.", "rotation_size_per_site = 5"},
{Kind::policy, "schedule_horizon", type::positiveDuration, optional, "8w", "How far ahead schedules are checked for gaps.", "schedule_horizon = 12w"},
{Kind::policy, "ticket_response", type::positiveDuration, optional, "3d", "How long a ticket may lie before somebody reads it.", "ticket_response = 1d"},
{Kind::policy, "acknowledge_within", type::positiveDuration, optional, "5m", "How fast a page is acknowledged.", "acknowledge_within = 15m"},
// --- environment, library, parameter
{Kind::environment, "production", type::boolean, optional, "false", "Real users are here: experiments need approval, and `relc build` takes it if no environment is named.", "production = true"},
{Kind::library, "version", type::version, required, "", "Changes when what the library declares changes; importers can ask for a range of versions.", "version = \"1.4.0\""},
{Kind::parameter, "type", type::parameterType, required, "", "What arguments must be: a sort of value, or the kind of a declaration.", "type = duration"},
{Kind::parameter, "default", type::value, optional, "", "The value if no argument is given.", "default = 300ms"},
{Kind::parameter, "list", type::boolean, optional, "false", "Arguments are lists of the type.", "list = true"},
// --- places and people
{Kind::domain, "level", type::level, required, "", "What sort of domain it is; `shared` is anything else that several components have in common, such as a certificate or an image.", "level = zone"},
{Kind::domain, "availability", type::ratio, optional, "", "Share of time in which the domain works, by the provider's promise or by experience.", "availability = 99.95%"},
{Kind::person, "name", type::string, optional, "", "The full name.", "name = \"Ana Moreno\""},
{KindSet{Kind::person, Kind::team}, "chat", type::label, optional, "", "Where to reach them in the chat.", "chat = slack-payments"},
{KindSet{Kind::person, Kind::team}, "email", type::email, optional, "", "Where they read mail.", "email = \"payments@example.com\""},
{Kind::person, "phone", type::string, optional, "", "The number that the pager calls.", "phone = \"+49 30 1234567\""},
{KindSet{Kind::person, Kind::team, Kind::rotation, Kind::layer, Kind::traffic}, "hours", type::hours, optional, "", "When: working hours of people, hours on call of a rotation or layer, hours in which traffic is expected. Always, if not given.", "hours = \"Mon-Fri 09:00-18:00\""},
{Kind::absence, "from", type::date, required, "", "The first day.", "from = 2026-12-24"},
{Kind::absence, "until", type::date, required, "", "The last day.", "until = 2027-01-03"},
{Kind::team, "members", type::reference(Kind::person).listOf(), optional, "", "Who belongs to it.", "members = [ana, bo]"},
{Kind::team, "lead", type::reference(Kind::person), optional, "", "Who decides.", "lead = ana"},
{Kind::team, "rotation", type::reference(Kind::rotation), optional, "", "Who of it is on call.", "rotation = payments-primary"},
{Kind::team, "escalation", type::reference(Kind::escalation), optional, "", "Who is told when nobody answers its pages.", "escalation = payments-escalation"},
{Kind::team, "receivers", type::reference(Kind::receiver).listOf(), optional, "", "Where its notifications go.", "receivers = [payments-pager, payments-chat]"},
{KindSet{Kind::rotation}, "members", type::reference(Kind::person).listOf(), optional, "", "Who takes turns, in this order. A rotation without layers needs them.", "members = [ana, bo, chi]"},
{Kind::layer, "members", type::reference(Kind::person).listOf(), required, "", "Who takes turns, in this order.", "members = [ana, bo, chi]"},
{KindSet{Kind::rotation, Kind::layer}, "shift", type::positiveDuration.usually("1h", "4w"), optional, "1w", "How long one is on call before the next one takes over.", "shift = 1w"},
{KindSet{Kind::rotation, Kind::layer}, "hand_over", type::moment, optional, "\"Mon 09:00\"", "When one hands over to the next, in local time.", "hand_over = \"Mon 09:00\""},
{KindSet{Kind::rotation, Kind::layer}, "start", type::date, optional, "", "The day on which the first member's shift begins; it fixes whose turn it is.", "start = 2026-01-05"},
{Kind::override_, "person", type::reference(Kind::person), required, "", "Who takes over.", "person = bo"},
{Kind::override_, "from", type::instant, required, "", "From when, in the rotation's time zone.", "from = \"2026-12-24 09:00\""},
{Kind::override_, "until", type::instant, required, "", "Until when, in the rotation's time zone.", "until = \"2026-12-27 09:00\""},
{Kind::escalation, "repeat", type::integer.from("0").to("9"), optional, "0", "How often it starts again from the first step.", "repeat = 2"},
{Kind::escalation_step, "notify", type::reference(table::who | KindSet(Kind::receiver)).listOf(), required, "", "Who is told.", "notify = payments-primary"},
{Kind::escalation_step, "after", type::duration.usually("0s", "4h"), optional, "0s", "How long after the alert, if nobody has acknowledged.", "after = 10m"},
{Kind::severity, "response", type::positiveDuration, required, "", "How soon somebody must work on it.", "response = 5m"},
{Kind::severity, "urgency", type::severity, required, "", "`page` wakes somebody, `ticket` waits for the next working day, `info` tells nobody.", "urgency = page"},
{Kind::severity, "notify", type::reference(table::who | KindSet(Kind::receiver)).listOf(), optional, "", "Who is told beside the owner.", "notify = head-of-platform"},
{Kind::severity, "review", type::boolean, optional, "false", "A review must follow.", "review = true"},
{Kind::severity, "update_every", type::positiveDuration, optional, "", "How often users and management hear how it goes.", "update_every = 30m"},
{Kind::receiver, "type", type::choice("pagerduty|opsgenie|slack|email|webhook|msteams"), required, "", "What sort of tool takes the notifications.", "type = pagerduty"},
{Kind::receiver, "key", type::form("secret"), optional, "", "The integration key: `file(…)` or `env(…)`, never the key itself.", "key = file(\"secrets/payments-pagerduty\")"},
{Kind::receiver, "webhook", Type{.base = Base::Url, .forms = "secret"}, optional, "", "The address to post to; a secret one as `file(…)` or `env(…)`.", "webhook = file(\"secrets/slack-webhook\")"},
{Kind::receiver, "channel", type::label, optional, "", "The channel of a chat.", "channel = \"#payments\""},
{Kind::receiver, "address", type::email, optional, "", "The mail address.", "address = \"payments@example.com\""},
// --- components and journeys
{promising | KindSet{Kind::runbook, Kind::experiment}, "owner", type::reference(Kind::team), optional, "", "The team that runs it and answers its pages.", "owner = payments"},
{promising, "tier", type::tier, optional, "", "How much depends on it: `tier1` is what users cannot do without.", "tier = tier1"},
{operated, "replicas", type::count, optional, "1", "How many instances run.", "replicas = 6"},
{operated, "quorum", type::count, optional, "1", "How many instances are needed to do the work.", "quorum = 4"},
{operated, "placement", type::placement, optional, "", "The failure domains over which the instances are spread: evenly, or with a count each.", "placement = [eu-west-1a(4), eu-west-1b(2)]"},
{components, "shares", type::reference(Kind::domain).listOf(), optional, "", "What it has in common with others and fails with: a certificate, an image, a deployment pipeline, each a domain of level `shared`.", "shares = [wildcard-certificate]"},
{operated, "availability", type::ratio, optional, "", "Share of time in which the component as a whole works by itself, whatever it needs: no bad release, no bug.", "availability = 99.95%"},
{operated, "instance_availability", type::ratio, optional, "", "Share of time in which one instance works.", "instance_availability = 99.5%"},
{operated, "common_cause", type::ratio, optional, "", "Share of instance failures that hit all instances at once (the beta factor).", "common_cause = 5%"},
{components | KindSet(Kind::operation), "latency", type::callTime, optional, "", "How long it works on a request itself, at the 99.9th percentile, calls to others not counted.", "latency = 40ms"},
{components, "user_facing", type::boolean, optional, "false", "Users reach it directly.", "user_facing = true"},
{KindSet{Kind::datastore, Kind::queue}, "rpo", type::duration, optional, "", "Recovery point objective: how much of the newest data may be lost.", "rpo = 5m"},
{KindSet{Kind::datastore, Kind::queue}, "rto", type::duration, optional, "", "Recovery time objective: how long getting it back may take.", "rto = 30m"},
{KindSet{Kind::datastore, Kind::queue, Kind::cache}, "replication", type::choice("none|asynchronous|synchronous"), optional, "", "How copies follow the primary.", "replication = synchronous"},
{KindSet{Kind::datastore, Kind::queue, Kind::cache}, "replication_lag", type::duration, optional, "", "How far a copy may be behind.", "replication_lag = 5s"},
{Kind::queue, "retention", type::positiveDuration, optional, "", "How long messages are kept that nobody has read.", "retention = 7d"},
{Kind::cache, "hit_ratio", type::ratio, optional, "", "Share of the reads that it answers; without it they all go to what is behind.", "hit_ratio = 95%"},
{Kind::external, "sla", type::ratio.usually("90%", "100%"), optional, "", "The availability that the vendor promises.", "sla = 99.95%"},
{Kind::external, "status_page", type::url, optional, "", "Where the vendor tells of outages.", "status_page = \"https://status.example.com\""},
{Kind::external, "contract_until", type::date, optional, "", "The last day on which the vendor's promise holds.", "contract_until = 2027-12-31"},
{Kind::external, "support", type::string, optional, "", "How one reaches the vendor when it is down.", "support = \"+1 800 555 0100, contract 4711\""},
{Kind::operation, "idempotent", type::boolean, optional, "false", "Doing it twice does no harm, so it may be tried again.", "idempotent = true"},
{Kind::traffic, "peak", type::rate, optional, "", "Requests at the busiest time.", "peak = 1200/s"},
{Kind::traffic, "mean", type::rate, optional, "", "Requests on average.", "mean = 300/s"},
{Kind::traffic, "quiet", type::rate, optional, "", "Requests at the quietest time.", "quiet = 5/s"},
{KindSet{Kind::traffic, Kind::capacity}, "measured", type::date, optional, "", "When that was measured.", "measured = 2026-10-14"},
{KindSet{Kind::traffic, Kind::backup, Kind::result}, "evidence", type::string, optional, "", "Where the measurement can be seen: a file, a dashboard, a ticket.", "evidence = \"reports/2026-10-14-traffic.md\""},
// --- needs, uses
{relations, "timeout", type::callTime, optional, "", "How long the caller waits for one answer.", "timeout = 200ms"},
{relations, "retries", type::integer.from("0").to("100"), optional, "0", "How often the caller tries again.", "retries = 1"},
{relations, "backoff", type::duration, optional, "", "How long the caller waits before it tries again.", "backoff = 50ms"},
{relations, "jitter", type::boolean, optional, "false", "The wait is random, so that callers do not come back all at once.", "jitter = true"},
{relations, "retry_budget", type::ratio, optional, "", "Share of the calls that may be retries.", "retry_budget = 10%"},
{relations, "breaker", type::boolean, optional, "false", "A circuit breaker stops calls to what is down.", "breaker = true"},
{relations, "calls", type::number.from("0.000001").to("1000000"), optional, "1", "Calls for each request of the caller; less than one if only some requests need it.", "calls = 2"},
{relations, "parallel", type::boolean, optional, "false", "The call is made at the same time as the caller's other parallel calls, or instead of them: the caller waits for the longest, not for one after the other.", "parallel = true"},
{relations, "pool", type::count, optional, "", "How many calls can be under way at once in one instance.", "pool = 50"},
{relations, "scope", type::label.listOf(), optional, "", "Labels that caller and callee have in common: calls stay within one region, say.", "scope = [region]"},
{relations, "idempotent", type::boolean, optional, "false", "Calling twice does no harm, so it may be tried again.", "idempotent = true"},
{Kind::uses, "fallback", type::string, optional, "", "What users get instead while it is down.", "fallback = \"Show the best sellers\""},
{Kind::needs, "tolerates", type::duration, optional, "", "An asynchronous need: an outage up to this long is absorbed.", "tolerates = 4h"},
// --- backup, capacity, rollout, telemetry
{Kind::backup, "every", type::positiveDuration, required, "", "How often a backup is made.", "every = 1h"},
{Kind::backup, "duration", type::duration, optional, "", "How long making one takes.", "duration = 10m"},
{Kind::backup, "kept", type::positiveDuration, optional, "", "How long backups are kept.", "kept = 30d"},
{Kind::backup, "placement", type::reference(Kind::domain).listOf(), optional, "", "The failure domains that hold the backups.", "placement = [eu-central-1]"},
{Kind::backup, "restore_tested", type::date, optional, "", "When a backup was last restored to see whether it works.", "restore_tested = 2026-09-30"},
{Kind::backup, "restore_time", type::duration, optional, "", "How long that took, until the data was used again.", "restore_time = 25m"},
{Kind::capacity, "peak", type::rate, optional, "", "The highest load that was measured.", "peak = 1200/s"},
{Kind::capacity, "growth", type::growth, optional, "0%/year", "How fast the peak grows, compounded.", "growth = 4%/month"},
{Kind::capacity, "unit", type::rate, optional, "", "What one instance carries, by a load test.", "unit = 320/s"},
{Kind::capacity, "load_test", type::string, optional, "", "Where the load test is written up.", "load_test = \"reports/2026-09-30-checkout.md\""},
{Kind::capacity, "load_tested", type::date, optional, "", "When the load test was made.", "load_tested = 2026-09-30"},
{Kind::capacity, "headroom", type::ratio, optional, "30%", "Share of the capacity that is kept free.", "headroom = 30%"},
{Kind::capacity, "horizon", type::positiveDuration, optional, "180d", "How far ahead the capacity must last.", "horizon = 180d"},
{Kind::capacity, "lead_time", type::positiveDuration, optional, "", "How long getting more takes.", "lead_time = 6w"},
{Kind::limit, "max", type::value, required, "", "Where it ends: a number, a size or a rate.", "max = 500"},
{Kind::limit, "used", type::value, optional, "", "How much of it is used at the peak, in the same unit.", "used = 220"},
{Kind::limit, "per_replica", type::value, optional, "", "How much each instance takes, in the same unit.", "per_replica = 20"},
{Kind::scale, "min", type::count, required, "", "The least number of instances.", "min = 4"},
{Kind::scale, "max", type::count, required, "", "The greatest number of instances.", "max = 20"},
{Kind::scale, "target", type::ratio, optional, "", "The utilisation at which instances are added.", "target = 60%"},
{Kind::scale, "up_time", type::duration, optional, "", "How long until a new instance carries load.", "up_time = 3m"},
{Kind::rollout, "strategy", type::choice("canary|blue_green|rolling|recreate"), optional, "", "How the change reaches the instances.", "strategy = canary"},
{Kind::rollout, "gates", type::slo.listOf(), optional, "", "The promises that stop the rollout when their budget burns.", "gates = [availability]"},
{KindSet{Kind::rollout, Kind::experiment, Kind::step}, "rollback", type::string, optional, "", "How one gets back to where one was.", "rollback = \"argocd app rollback checkout\""},
{Kind::rollout, "rollback_time", type::duration, optional, "", "How long that takes.", "rollback_time = 3m"},
{Kind::rollout, "automatic_rollback", type::boolean, optional, "false", "Nobody has to decide it.", "automatic_rollback = true"},
{Kind::stage, "bake", type::positiveDuration, required, "", "How long one watches before going on.", "bake = 10m"},
{Kind::telemetry, "selector", type::selector, optional, "", "Labels that all its series have.", "selector = {job=\"checkout\"}"},
{Kind::telemetry, "scheme", type::choice("http|https"), optional, "http", "How it is scraped.", "scheme = https"},
{Kind::telemetry, "port", type::integer.from("1").to("65535"), optional, "", "The port of its metrics.", "port = 9102"},
{Kind::telemetry, "path", type::string, optional, "\"/metrics\"", "The path of its metrics.", "path = \"/metrics\""},
{Kind::telemetry, "interval", type::positiveDuration, optional, "", "How often it is scraped; as the system says if not given.", "interval = 15s"},
{Kind::telemetry, "logs", type::url, optional, "", "Where its logs are.", "logs = \"https://logs.example.com/?service=checkout\""},
{Kind::telemetry, "traces", type::url, optional, "", "Where its traces are.", "traces = \"https://traces.example.com/checkout\""},
{KindSet{Kind::telemetry, Kind::alert}, "dashboard", type::url, optional, "", "The dashboard to look at; the generated one if not given.", "dashboard = \"https://grafana.example.com/d/checkout\""},
{Kind::link, "url", type::url, required, "", "Where it leads.", "url = \"https://admin.example.com/checkout\""},
// --- metric
{Kind::metric, "type", type::choice("counter|gauge|histogram|native_histogram|summary|info"), required, "", "What sort of metric it is.", "type = counter"},
{Kind::metric, "unit", type::label, optional, "", "What it counts or measures, in the base unit.", "unit = seconds"},
{Kind::metric, "labels", type::label.listOf(), optional, "", "The labels that it has beside those of its target.", "labels = [method, code]"},
{Kind::metric, "buckets", type::value.listOf(), optional, "", "The upper bounds of a classic histogram, without `+Inf`; plain numbers are in its unit.", "buckets = [5ms, 10ms, 25ms, 50ms, 100ms, 250ms, 500ms, 1s]"},
{Kind::metric, "signal", type::choice("traffic|errors|latency|saturation|probe|other"), optional, "other", "What it tells about: only the first three are what users feel.", "signal = traffic"},
{Kind::metric, "since", type::string, optional, "", "The version of the exporter that has it first.", "since = \"1.4\""},
// --- sli
{Kind::sli, "good", type::promql, optional, "", "Counter of good events: a plain selector, or a rate over `[$window]`.", "good = `http_requests_total{$selector, code!~\"5..\"}`"},
{Kind::sli, "bad", type::promql, optional, "", "Counter of bad events: a plain selector, or a rate over `[$window]`.", "bad = `http_requests_total{$selector, code=~\"5..\"}`"},
{Kind::sli, "total", type::promql, optional, "", "Counter of all events: a plain selector, or a rate over `[$window]`.", "total = `http_requests_total{$selector}`"},
{Kind::sli, "histogram", type::promql, optional, "", "A classic histogram of durations, without `_bucket`: in seconds, or in the unit that its `metric` declares.", "histogram = `http_request_duration_seconds{$selector}`"},
{Kind::sli, "threshold", type::positiveDuration, optional, "", "With `histogram`: an event that takes no longer is good; must be a bucket boundary. With `timestamp`: what is no older is good.", "threshold = under"},
{Kind::sli, "good_when", type::promql, optional, "", "A condition; each evaluation is one slice of time, good if the condition yields a series.", "good_when = `time() - max by ($by) (timestamp(up{$selector})) < 60`"},
{Kind::sli, "timestamp", type::promql, optional, "", "When something last succeeded, in seconds since 1970; time in which that is longer ago than `threshold` is bad.", "timestamp = `batch_last_success_timestamp_seconds{$selector}`"},
{Kind::sli, "ratio", type::promql, optional, "", "The share of bad events, between 0 and 1, that something else has computed over `[$window]` or for each moment.", "ratio = `probe_error_ratio{$selector}`"},
{Kind::sli, "type", type::choice("availability|latency|quality|freshness|coverage|correctness|throughput|durability"), optional, "", "What it is about; if not given, latency of a histogram, freshness of a timestamp, and availability of all else. Only the availability of a component limits what those who need it can promise.", "type = freshness"},
{Kind::sli, "measures", type::choice("users|probe|internal"), optional, "users", "What it sees: what users get, what a probe gets, or something inside that they do not notice.", "measures = probe"},
// --- slo
{Kind::slo, "objective", type::ratio.to("<100%").usually("50%", "<100%"), required, "", "The share of events that is promised to be good.", "objective = 99.9%"},
{Kind::slo, "window", type::positiveDuration.usually("1d", "92d").orForm("window"), optional, "", "The time over which the promise is kept, rolling or by the calendar; the system's `window` if not given.", "window = 30d"},
{Kind::slo, "sli", type::sli, optional, "", "What is measured; instead of it an `sli { … }` block may stand in the SLO.", "sli = http.availability({job=\"checkout\"})"},
{Kind::slo, "burn_policy", type::reference(Kind::burn_policy), optional, "", "When somebody is told; `standard` of the module `std.policy` if not given.", "burn_policy = standard"},
{Kind::slo, "budget_policy", type::reference(Kind::budget_policy), optional, "", "What happens as the budget is spent.", "budget_policy = feature-freeze"},
{Kind::slo, "per", type::label.listOf(), optional, "", "Labels by which the promise is kept separately: one budget for each region, say; in an sli `$by` stands for them.", "per = [region]"},
{Kind::slo, "runbook", type::reference(Kind::runbook), optional, "", "What to do when the budget burns.", "runbook = checkout-errors"},
// --- burn and budget policy
{KindSet{Kind::tier, Kind::alert}, "severity", type::severity, required, "", "`page` wakes somebody, `ticket` waits for the next working day, `info` tells nobody.", "severity = page"},
{Kind::tier, "budget", type::ratio, required, "", "Share of the whole budget that is gone when the alert fires.", "budget = 2%"},
{Kind::tier, "long", type::positiveDuration, required, "", "The window over which that share is spent.", "long = 1h"},
{Kind::tier, "short", type::positiveDuration, required, "", "A window, usually a twelfth of the long one, that ends the alert soon after the burning ends.", "short = 5m"},
{Kind::tier, "min_failures", type::count, optional, "", "How many events must have failed in the long window before it fires: with little traffic one alone can exceed the share. If not given, 2 where the declared traffic is so low, else no matter how many.", "min_failures = 5"},
{Kind::at, "action", type::string, required, "", "What is done.", "action = \"Ship fixes only\""},
{Kind::at, "decides", type::reference(KindSet{Kind::team, Kind::person}), optional, "", "Who decides about exceptions.", "decides = head-of-platform"},
{Kind::at, "stops", type::label.listOf(), optional, "", "What must not go on: features, experiments, migrations.", "stops = [features, experiments]"},
// --- alert
{Kind::alert, "when", type::promql, required, "", "The condition.", "when = `max(order_age_seconds) > 600`"},
{KindSet{Kind::alert, Kind::tier}, "for", type::duration.usually("0s", "1d"), optional, "", "How long the condition must hold before the alert fires.", "for = 5m"},
{Kind::alert, "keep_firing_for", type::duration.usually("0s", "1d"), optional, "", "How long the alert stays after the condition has ended.", "keep_firing_for = 10m"},
{Kind::alert, "symptom", type::string, optional, "", "What users notice.", "symptom = \"Customers wait more than ten minutes\""},
{Kind::alert, "impact", type::reference(KindSet{Kind::journey, Kind::slo}).listOf(), optional, "", "The journeys and SLOs that it threatens.", "impact = place-order"},
{Kind::alert, "runbook", type::reference(Kind::runbook), optional, "", "What to do.", "runbook = drain-confirmations"},
{Kind::alert, "first_action", type::string, optional, "", "The first thing to do, in a sentence that fits on a telephone.", "first_action = \"Look whether the confirmation worker runs\""},
{Kind::example, "series", type::string, required, "", "A series with its labels.", "series = \"order_age_seconds{job='checkout'}\""},
{Kind::example, "values", type::string, required, "", "Its samples, one an evaluation, in promtool's notation: `0x10` is eleven zeros.", "values = \"0x10 700x20\""},
{Kind::example, "after", type::positiveDuration, required, "", "By when the alert fires.", "after = 15m"},
// --- runbook
{Kind::runbook, "summary", type::string, optional, "", "What it is for, in a sentence.", "summary = \"Empty the confirmation queue\""},
{Kind::runbook, "url", type::url, optional, "", "Where it is, if not below the system's `runbooks` address.", "url = \"https://wiki.example.com/drain\""},
{Kind::runbook, "file", type::path, optional, "", "A Markdown file of the workspace with the text, instead of steps.", "file = \"runbooks/drain.md\""},
{Kind::runbook, "last_tested", type::date, optional, "", "When somebody last went through it.", "last_tested = 2026-09-12"},
{Kind::runbook, "tested_by", type::reference(Kind::person), optional, "", "Who did.", "tested_by = ana"},
{Kind::step, "do", type::string, required, "", "What to do.", "do = \"Restart the worker\""},
{Kind::step, "phase", type::choice("detect|triage|mitigate|verify|escalate"), optional, "mitigate", "What the step is for.", "phase = triage"},
{Kind::step, "command", type::string, optional, "", "The command that does it.", "command = \"systemctl restart worker\""},
{Kind::step, "expect", type::string, optional, "", "What one sees when it worked.", "expect = \"active (running)\""},
{Kind::step, "who", type::referenceOrText(table::who).listOf(), optional, "", "Who may do it; whoever is on call if not given.", "who = payments"},
{Kind::step, "automatic", type::boolean, optional, "false", "A program does it already.", "automatic = true"},
{Kind::step, "takes", type::duration, optional, "", "How long it takes.", "takes = 3m"},
// --- failure
{KindSet{Kind::failure, Kind::incident}, "cause", type::referenceOrText(components | KindSet(Kind::domain)), optional, "", "What goes wrong first: a component, a domain, or a sentence.", "cause = orders-db"},
{Kind::failure, "effect", type::string, optional, "", "What users notice.", "effect = \"No order can be placed\""},
{Kind::failure, "likelihood", type::rate, optional, "", "How often it is expected.", "likelihood = 2/year"},
{Kind::failure, "detected_by", type::signal.listOf(), optional, "", "The promises and alerts that see it.", "detected_by = availability"},
{Kind::failure, "mitigated_by", type::referenceOrText(Kind::runbook).listOf(), optional, "", "The runbook that helps, or what helps by itself.", "mitigated_by = fail-over-orders-db"},
{Kind::failure, "proven_by", type::reference(Kind::experiment).listOf(), optional, "", "The experiments that show that it is seen and mended.", "proven_by = kill-orders-primary"},
// --- experiment
{Kind::experiment, "hypothesis", type::slo.listOf(), optional, "", "The promises that must hold while it runs.", "hypothesis = checkout.availability"},
{Kind::experiment, "target", type::reference(components | KindSet(Kind::domain)).listOf(), optional, "", "What is hurt.", "target = orders-db"},
{Kind::experiment, "inject", type::form("fault").listOf(), optional, "", "How it is hurt.", "inject = kill(count = 1, role = \"primary\")"},
{Kind::experiment, "blast_radius", type::string, optional, "", "Who can notice it at worst.", "blast_radius = \"one database cluster of staging\""},
{Kind::experiment, "abort_when", type::signal.listOf(), optional, "", "The alerts that end it at once.", "abort_when = checkout.availability.page"},
{Kind::experiment, "environment", type::reference(Kind::environment), optional, "", "Where it runs.", "environment = staging"},
{Kind::experiment, "schedule", type::recurrence, optional, "", "When it runs.", "schedule = \"first Tue of month 10:00\""},
{Kind::experiment, "duration", type::positiveDuration.usually("1s", "1d"), optional, "", "How long the fault lasts.", "duration = 5m"},
{Kind::experiment, "approved_by", type::reference(KindSet{Kind::person, Kind::team}).listOf(), optional, "", "Who agreed to it.", "approved_by = head-of-platform"},
{Kind::experiment, "expects", type::signal.listOf(), optional, "", "The alerts that must fire.", "expects = checkout.availability.ticket"},
{Kind::experiment, "engine", type::choice("chaos_toolkit|chaos_mesh|litmus|aws_fis"), optional, "", "What runs it; the system's engines if not given.", "engine = chaos_toolkit"},
{Kind::result, "outcome", type::choice("passed|failed|aborted"), required, "", "Did the hypothesis hold?", "outcome = passed"},
{Kind::result, "detected_after", type::duration, optional, "", "How long until an alert fired.", "detected_after = 70s"},
{Kind::result, "recovered_after", type::duration, optional, "", "How long until everything worked again.", "recovered_after = 95s"},
{Kind::result, "notes", type::string, optional, "", "What was learnt.", "notes = \"The standby took over, the pool did not notice\""},
// --- incident
{Kind::incident, "severity", type::reference(Kind::severity), required, "", "How bad it was.", "severity = sev1"},
{Kind::incident, "started", type::instant, required, "", "When users first noticed, in the incident's time zone.", "started = \"2026-10-03 14:05\""},
{Kind::incident, "detected", type::instant, optional, "", "When we knew.", "detected = \"2026-10-03 14:09\""},
{Kind::incident, "mitigated", type::instant, optional, "", "When users no longer noticed.", "mitigated = \"2026-10-03 14:41\""},
{Kind::incident, "resolved", type::instant, optional, "", "When it was over.", "resolved = \"2026-10-03 16:20\""},
{Kind::incident, "affected", type::reference(components | KindSet{Kind::journey}).listOf(), optional, "", "What did not work.", "affected = checkout"},
{Kind::incident, "failure", type::reference(Kind::failure), optional, "", "The failure mode that it was; none if nobody had thought of it.", "failure = checkout.primary-db-lost"},
{Kind::incident, "review", type::path, optional, "", "The review, a file of the workspace.", "review = \"incidents/2026-10-03-payment.md\""},
{Kind::incident, "commander", type::reference(KindSet{Kind::person, Kind::team}), optional, "", "Who led the response.", "commander = ana"},
{Kind::event, "at", type::instant, required, "", "When, in the incident's time zone.", "at = \"2026-10-03 14:09\""},
{Kind::event, "what", type::string, required, "", "What happened.", "what = \"The pager rings\""},
{Kind::action, "do", type::string, required, "", "What is to be done.", "do = \"Add a standby in another zone\""},
{Kind::action, "owner", type::reference(KindSet{Kind::team, Kind::person}), optional, "", "Who does it.", "owner = payments"},
{Kind::action, "due", type::date, optional, "", "By when.", "due = 2026-12-01"},
{Kind::action, "done", type::date, optional, "", "When it was done.", "done = 2026-11-20"},
{KindSet{Kind::action, Kind::accept}, "ticket", type::url, optional, "", "Where it is followed.", "ticket = \"https://tickets.example.com/OPS-4711\""},
// --- accept
{Kind::accept, "because", type::string, optional, "", "Why this is acceptable.", "because = \"A second provider would cost more than the outage\""},
{Kind::accept, "mitigation", type::string, optional, "", "What limits the damage.", "mitigation = \"Static status page outside the provider\""},
{KindSet{Kind::accept, Kind::result}, "by", type::label, optional, "", "Who did it or takes it upon them.", "by = head-of-platform"},
{Kind::accept, "until", type::date, optional, "", "When it must be decided again.", "until = 2027-06-30"},
// --- of many kinds
{deprecatable, "deprecated", type::string, optional, "", "What to use instead; whoever refers to it is told.", "deprecated = \"use http.server_availability\""},
}); }();
// clang-format on

static_assert(
    [] {
      for (size_t i = 0; i < attributeTable.size(); ++i)
        for (size_t j = 0; j < i; ++j)
          if (attributeTable[i].name == attributeTable[j].name &&
              (attributeTable[i].kinds - attributeTable[j].kinds) != attributeTable[i].kinds)
            return false;
      return true;
    }(),
    "a kind has one row for each of its attributes");

} // namespace relc::schema
