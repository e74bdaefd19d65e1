#pragma once
// The numbers that checks judge by and that a workspace may set otherwise. Private to this room.

#include "compiler/model/model.h"

namespace relc::analysis {

/// A number of `system { policy { … } }`, or its default: every row of the schema's `policy` has
/// one.
model::Quantity policyNumber(const model::Model& model, model::NameId name);

} // namespace relc::analysis
