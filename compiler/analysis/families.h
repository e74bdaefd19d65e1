#pragma once
// The families of checks, one file each. A new family is a function here and a row in analysis.cpp.

#include "compiler/analysis/index.h"
#include "compiler/diagnostics/finding.h"
#include "compiler/reliability/system_tree.h"

namespace relc::analysis {

using diagnostics::Check;
using diagnostics::Finding;
using diagnostics::FindingList;

/// Adds a finding about an entity. `label` stands at `range`; if a library has that, the finding is
/// where the workspace takes it over.
Finding& addAbout(const Index& index, FindingList& findings, Check check, EntityId subject,
                  source::Range range, std::string message, std::string label);

/// dependencies.cpp: what needs and uses what, and how (REL1004 to REL1007).
void checkDependencies(const Index& index, FindingList& findings);
/// single_points.cpp, ceilings.cpp: what follows from the fault tree of the system: what takes a
/// root down alone (REL1001 to REL1003, REL1015, REL1016), and what is promised beside what can be
/// kept (REL1011, REL1012).
void checkSystem(const Index& index, FindingList& findings);
/// call_chains.cpp: what retries and timeouts make of a chain of calls (REL1008, REL1009,
/// REL1017, REL1018).
void checkCalls(const Index& index, FindingList& findings);
/// recovery.cpp: whether lost data can be brought back (REL1010).
void checkRecovery(const Index& index, FindingList& findings);
/// people.cpp: what depends on one person (REL1013).
void checkPeople(const Index& index, FindingList& findings);
/// alerting.cpp: what must work so that somebody hears that it does not (REL1014).
void checkAlerting(const Index& index, FindingList& findings);
/// objectives.cpp: what is promised, and what follows (REL2001, REL2012).
void checkObjectives(const Index& index, FindingList& findings);
/// slis.cpp and those that it calls: promises and what they are measured by (REL2002, REL2003,
/// REL2005, REL2006, REL2008, REL2010, REL2011, REL2013, REL2015).
void checkSlis(const Index& index, FindingList& findings);
/// burning.cpp: the alerts on a budget that burns (REL2004, REL2007, REL2009).
void checkBurning(const Index& index, FindingList& findings);
/// pages.cpp: who is woken, and what that person finds (REL3001 to REL3006).
void checkPages(const Index& index, FindingList& findings);
/// alerts.cpp: the condition and the text of a single alert (REL3011, REL3017).
void checkAlerts(const Index& index, FindingList& findings);
/// expressions*.cpp: what PromQL means (REL4004 to REL4019), and what follows from it for an alert
/// (REL3012, REL3013, REL3019).
void checkExpressions(const Index& index, FindingList& findings);

/// Parts of checkSystem.
void checkSinglePoints(const Index& index, const reliability::SystemTree& system,
                       FindingList& findings);
/// Sets the probabilities of the tree.
void checkCeilings(const Index& index, reliability::SystemTree& system, FindingList& findings);

} // namespace relc::analysis
