#pragma once
// Findings, acceptances and the fault tree as the rows of the risk register.

#include "backends/risk/risk.h"
#include "compiler/pipeline.h"

namespace relc::driver {

/// Of the environment of the model: findings of topology and risk that stand, all that is accepted,
/// and by how much each root follows what. The worst first: what takes down the most roots, costs
/// the most, is the most severe, is not taken on.
risk::Register registerOf(const Compilation& compilation);

} // namespace relc::driver
