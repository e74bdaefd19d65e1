#pragma once
// The rows of forms: calls that stand where an attribute says which ones fit.

#include "compiler/schema/attributes.h"

namespace relc::schema {

// clang-format off
inline constexpr auto formTable = std::to_array<FormInfo>({
{"fault", "kill", "Instances are stopped at once.", "kill(count = 1, role = \"primary\")"},
{"fault", "latency", "Packets or answers come later.", "latency(delay = 200ms, jitter = 50ms)"},
{"fault", "loss", "Packets are lost.", "loss(share = 10%)"},
{"fault", "partition", "The target and another component cannot reach each other.", "partition(from = orders-db)"},
{"fault", "cpu", "The processors are kept busy.", "cpu(load = 90%)"},
{"fault", "memory", "Memory is taken away.", "memory(size = 512MiB)"},
{"fault", "disk", "The disk is full, slow or fails.", "disk(fault = full)"},
{"fault", "dns", "Names are not resolved.", "dns(names = [\"orders-db.internal\"])"},
{"fault", "http", "Answers are errors.", "http(status = 503, share = 50%)"},
{"fault", "clock", "The clock is wrong.", "clock(offset = 10m)"},
{"fault", "outage", "The whole target is gone: all that runs in a zone, a region, a vendor.", "outage()"},
{"fault", "flag", "A feature flag is set that makes the target fail.", "flag(name = \"paymentFailure\", value = \"50%\")"},
{"fault", "run", "Anything else that a command does.", "run(command = \"./break-it.sh\")"},
{"secret", "file", "The secret is what the file holds, where the tool runs that needs it.", "file(\"secrets/payments-pagerduty\")"},
{"secret", "env", "The secret is the value of a variable of the environment.", "env(\"PAGERDUTY_KEY\")"},
{"window", "calendar", "A week, month or quarter of the calendar; the budget is whole again when the next one begins.", "calendar(month)"},
});

inline constexpr auto formParameterTable = std::to_array<FormParameterInfo>({
{"fault", "kill|latency|loss|cpu|memory|disk|dns|http|clock", "count", type::count, table::optional, "", "How many instances; all if neither `count` nor `percent` is given."},
{"fault", "kill|latency|loss|cpu|memory|disk|dns|http|clock", "percent", type::ratio, table::optional, "", "Share of the instances."},
{"fault", "kill|latency|loss|cpu|memory|disk|dns|http|clock", "role", type::string, table::optional, "", "Only instances with this role: the primary, say."},
{"fault", "latency", "delay", type::positiveDuration, table::required, "", "How much later."},
{"fault", "latency", "jitter", type::duration, table::optional, "0s", "How much the delay varies."},
{"fault", "loss", "share", type::ratio, table::required, "", "Share of the packets that is lost."},
{"fault", "partition", "from", type::reference(components | KindSet(Kind::domain)), table::required, "", "What cannot be reached."},
{"fault", "cpu", "load", type::ratio, table::required, "", "Share of the processors that is kept busy."},
{"fault", "memory", "size", type::bytes, table::required, "", "How much is taken."},
{"fault", "disk", "fault", type::choice("full|slow|error"), table::required, "", "What is wrong with the disk."},
{"fault", "disk", "delay", type::positiveDuration, table::optional, "", "How much slower, with `slow`."},
{"fault", "dns", "names", type::string.listOf(), table::required, "", "Which names are not resolved."},
{"fault", "http", "status", type::integer.from("400").to("599"), table::required, "", "The status of the answers."},
{"fault", "http", "share", type::ratio, table::optional, "100%", "Share of the answers."},
{"fault", "clock", "offset", Type{Base::Duration}, table::required, "", "How far it is off; negative for slow."},
{"fault", "flag", "name", type::string, table::required, "", "Name of the flag."},
{"fault", "flag", "value", type::string, table::optional, "\"on\"", "What it is set to."},
{"fault", "run", "command", type::string, table::required, "", "The command that breaks it."},
{"secret", "file", "path", type::string, table::required, "", "The file, as the tool sees it."},
{"secret", "env", "name", type::string, table::required, "", "Name of the variable."},
{"window", "calendar", "period", type::choice("week|month|quarter"), table::required, "", "How long each period is."},
});
// clang-format on

} // namespace relc::schema
