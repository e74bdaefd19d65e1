#pragma once
// What the whole system is judged by: pure functions from the model to findings, one file a family
// of checks. A finding about one declaration alone is sema's.

#include "compiler/diagnostics/finding.h"
#include "compiler/model/model.h"

#include <vector>

namespace relc::analysis {

/// All checks of the whole system, in time and memory linear in the model (n log n at worst). What
/// is `broken` in the model is not judged for what it lacks. Libraries are not judged.
void analyze(const model::Model& model, diagnostics::FindingList& findings);

/// The last word about all findings of a run, those of earlier phases included: takes out what is
/// accepted or switched off, sets the severities of `system { lint { … } }`, and adds what is wrong
/// with acceptances and levels themselves (REL0401 to REL0403, REL0405). If errors in the text left
/// something out of the model, nothing is called unused.
void settleAcceptance(const model::Model& model, std::vector<diagnostics::Finding>& findings);

} // namespace relc::analysis
