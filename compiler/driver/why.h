#pragma once
// The questions that `relc why` answers, one function each; why.cpp puts them together.

#include "compiler/driver/account.h"
#include "compiler/driver/system_words.h"
#include "compiler/pipeline.h"
#include "compiler/reliability/blast.h"

namespace relc::driver {

struct Question {
  const Compilation& compilation;
  const model::Model& model;
  const reliability::SystemTree& system; ///< each instance, with people
  const SystemWords& words;
};

/// The node of the tree that is lost with it: of a component that it fails as a whole, of a domain
/// that it fails, of an operation that it is down, of people that nobody answers.
faulttree::NodeId lostWith(const Question& ask, model::EntityId id);

/// Roots and components that are down with it, what is degraded, and what must fail beside it.
void tellBlast(const Question& ask, model::EntityId id, Account& account);
/// Its minimal cut sets.
void tellCutSets(const Question& ask, model::EntityId id, Account& account);
/// Its promises beside their ceilings.
void tellCeilings(const Question& ask, model::EntityId id, Account& account);
/// Which promises and alerts see it, who is paged first, with which runbook.
void tellNotice(const Question& ask, model::EntityId id, Account& account);
/// Failure modes, experiments and incidents that name it; what is accepted and found about it.
void tellKnown(const Question& ask, model::EntityId id, Account& account);
/// Who is on call without this person or team.
void tellPeople(const Question& ask, model::EntityId id, Account& account);
/// Why `top` goes down with `cause`, or why not.
void tellWay(const Question& ask, model::EntityId top, model::EntityId cause, Account& account);

/// "`platform-primary`, after 15m `will`": who a team's escalation tells.
std::string escalationOf(const Question& ask, model::EntityId team);

} // namespace relc::driver
