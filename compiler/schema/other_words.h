#pragma once
// What other tools call things that have another word here. Who writes one of these gets told ours.

#include "compiler/schema/types.h"

#include <array>
#include <string_view>

namespace relc::schema {

struct OtherWords {
  Kind kind;              ///< what it is here
  std::string_view words; ///< lower case without `_` and `-`, divided by spaces
};

// clang-format off
inline constexpr auto otherWords = std::to_array<OtherWords>({
{Kind::domain, "provider region zone az availabilityzone datacenter datacentre rack host node cluster site location failuredomain"},
{Kind::service, "app application microservice workload deployment statefulset pod component api frontend backend server"},
{Kind::datastore, "database db store storage bucket volume"},
{Kind::queue, "topic broker bus messaging"},
{Kind::external, "thirdparty saas vendor"},
{Kind::operation, "endpoint route method rpc"},
{Kind::needs, "dependson depends dependency dependencies requires require calls upstream upstreams"},
{Kind::journey, "userjourney cuj flow scenario"},
{Kind::slo, "objectives sla slos goal promise errorbudget"},
{Kind::sli, "indicator"},
{Kind::alert, "rule rules alarm monitor alerts page"},
{Kind::runbook, "playbook sop procedure"},
{Kind::rotation, "oncall schedule shift shifts roster"},
{Kind::person, "user member people contact"},
{Kind::team, "squad group org department"},
{Kind::receiver, "notification notifications channel notify"},
{Kind::accept, "risk exception waiver suppress ignore disable"},
{Kind::experiment, "chaosexperiment gameday drill faultinjection"},
{Kind::failure, "failuremode fmea fault"},
{Kind::incident, "outage postmortem"},
{Kind::profile, "define template macro trait mixin abstract"},
});
// clang-format on

} // namespace relc::schema
