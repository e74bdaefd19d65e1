#pragma once
// Words from which generated workspaces get the names and sentences that real ones have.

#include <array>
#include <string_view>

namespace bench {

using Words = std::string_view;

/// Areas of a company's software: `billing`, then `billing-eu`, `billing-retail` …
inline constexpr auto areaNouns = std::to_array<Words>(
    {"checkout",  "billing",  "ledger",   "invoicing",  "catalog",     "search",     "pricing",
     "inventory", "shipping", "returns",  "loyalty",    "identity",    "sessions",   "messaging",
     "reviews",   "media",    "payouts",  "fraud",      "promotions",  "recommends", "reporting",
     "exports",   "bookings", "calendar", "maps",       "routing",     "dispatch",   "tracking",
     "claims",    "quotes",   "policies", "onboarding", "marketplace", "auctions",   "wallets",
     "tickets",   "support",  "feeds",    "publishing", "analytics",   "campaigns",  "fleet"});
inline constexpr auto areaQualifiers = std::to_array<Words>(
    {"",       "eu",    "us",       "apac",   "retail",  "partner", "mobile", "internal",
     "b2b",    "core",  "seasonal", "public", "gift",    "express", "daily",  "vendor",
     "branch", "field", "pro",      "family", "student", "travel",  "kiosk",  "voice"});
inline constexpr auto platformNouns =
    std::to_array<Words>({"auth", "config", "secrets", "events", "storage", "network", "gateway",
                          "flags", "delivery", "metering", "registry", "scheduling"});

/// What a service does in its area, callers before callees.
inline constexpr auto roles = std::to_array<Words>(
    {"backoffice", "admin",    "reports",    "importer",  "exporter",  "web",         "api",
     "gateway",    "mobile",   "composer",   "assistant", "frontdoor", "composer-v2", "planner",
     "validator",  "matcher",  "scorer",     "renderer",  "resolver",  "notifier",    "scheduler",
     "worker",     "indexer",  "aggregator", "enricher",  "converter", "collector",   "sampler",
     "archiver",   "settler",  "estimator",  "allocator", "verifier",  "signer",      "splitter",
     "batcher",    "replayer", "janitor",    "streamer",  "store"});
inline constexpr auto adjectives = std::to_array<Words>(
    {"fast", "bulk", "nightly", "regional", "shared", "early", "late", "small", "large", "rapid",
     "silent", "second", "spare", "public", "sealed", "amber", "cobalt", "crimson", "olive"});
inline constexpr auto storeRoles =
    std::to_array<Words>({"db", "archive", "index-db", "history", "blobs", "settings-db"});
inline constexpr auto cacheRoles = std::to_array<Words>({"cache", "hot-cache", "lookup-cache"});
inline constexpr auto queueRoles = std::to_array<Words>({"events", "jobs", "retries", "outbox"});
inline constexpr auto vendors = std::to_array<Words>(
    {"stripe", "adyen", "twilio", "sendgrid", "maxmind", "onfido", "avalara", "shippo", "algolia",
     "cloudinary", "plaid", "here-maps", "docusign", "zendesk", "segment", "trulioo"});

inline constexpr auto deeds = std::to_array<Words>(
    {"Answers requests so that", "Keeps the records by which", "Decides in which order",
     "Collects what is needed before", "Checks the rules before", "Prepares the pages on which",
     "Tells the others when", "Computes the figures with which"});
inline constexpr auto purposes = std::to_array<Words>(
    {"a customer finishes an order", "the finance team closes its month",
     "an agent answers a question", "a courier picks up a parcel", "a partner sees its sales",
     "a shopper finds the right size", "a refund reaches its account", "a new member is let in",
     "an auditor follows a payment"});
inline constexpr auto fallbacks = std::to_array<Words>(
    {"Show yesterday's figures", "Leave the box empty and go on", "Take the default of the country",
     "Queue the request and answer later", "Show the best sellers of the category",
     "Skip the check and review by hand on the next day", "Serve the last known answer"});
inline constexpr auto steps = std::to_array<std::array<Words, 3>>({
    {"Look which instances fail", "kubectl get pods -l app=$SERVICE", "All are Running"},
    {"Compare with the last release", "deployctl history $SERVICE", "No release in the last hour"},
    {"Roll the last release back", "deployctl undo $SERVICE", "The old version answers"},
    {"Shed the batch traffic", "flagctl set $SERVICE.batch off", "Load falls within a minute"},
    {"Fail the store over", "dbctl promote $SERVICE", "A new primary accepts writes"},
    {"Drain the zone that fails", "trafficctl drain $SERVICE", "Errors stop in the other zones"},
});

/// Hand-written alerts: name, condition with `{0}` for the job, what users notice.
inline constexpr auto alerts = std::to_array<std::array<Words, 3>>({
    {"QueueGrows",
     R"(sum(queue_messages{{job="{0}"}}) > 10000 and sum(deriv(queue_messages{{job="{0}"}}[15m])) > 0)",
     "Confirmations arrive minutes late"},
    {"OldestOrderWaits", R"(max(order_age_seconds{{job="{0}", state!="done"}}) > 600)",
     "Customers wait more than ten minutes"},
    {"RejectionsRise",
     R"(sum by (region) (rate(requests_rejected_total{{job="{0}"}}[10m])) / sum by (region) (rate(requests_total{{job="{0}"}}[10m])) > 0.05)",
     "One in twenty customers is turned away"},
    {"ReplicaLags", R"(max by (cluster) (replication_lag_seconds{{job="{0}"}}) > 30)",
     "Changes of a profile do not show"},
    {"CertificateEndsSoon", R"(min(tls_not_after_seconds{{job="{0}"}}) - time() < 7 * 86400)",
     "Browsers will refuse to connect"},
    {"SlowStatements",
     R"(histogram_quantile(0.99, sum by (le) (rate(statement_duration_seconds_bucket{{job="{0}"}}[5m]))) > 0.75)",
     "Pages take longer than a second"},
    {"NothingProcessed",
     R"(sum(rate(items_processed_total{{job="{0}"}}[30m])) == 0 unless on () maintenance_mode == 1)",
     "New orders stay where they are"},
});

} // namespace bench
