#pragma once
// What the whole system is judged by: pure functions from the model to findings, one file a family
// of checks. A finding about one declaration alone is sema's.

#include "compiler/diagnostics/finding.h"
#include "compiler/diagnostics/risk.h"
#include "compiler/model/model.h"

#include <vector>

namespace relc::analysis {

/// All checks of the whole system; each finding says which entity it is about. In time and memory
/// linear in the model (n log n at worst). What is `broken` in the model is not judged for what it
/// lacks. Libraries are not judged.
void analyze(const model::Model& model, diagnostics::FindingList& findings);

/// The last word about all findings of a run, those of earlier phases included: takes out what is
/// accepted or switched off, sets the severities of `system { lint { … } }`, and adds what is wrong
/// with acceptances and levels themselves (REL0401 to REL0403, REL0405 to REL0407). If errors in
/// the text left something out of the model, nothing is called unused. Returns the risk register:
/// all acceptances by check, target and place.
///
/// An acceptance takes findings about its target and all that stands in it. What a finding is about
/// is its subject; one without a subject is about the declarations that its primary place lies in.
std::vector<diagnostics::Risk> settleAcceptance(const model::Model& model,
                                                std::vector<diagnostics::Finding>& findings);

/// The risk register of a model alone: `silenced` counts what the analyses find.
std::vector<diagnostics::Risk> riskRegister(const model::Model& model);

} // namespace relc::analysis
