#pragma once
// ANTLR's contexts to our tree. Private to this room.

#include "RelParser.h"
#include "compiler/diagnostics/finding.h"
#include "compiler/syntax/tree.h"

namespace relc::syntax {

/// Fills the tree's arrays from `file`; reports what the tolerant grammar let through.
void buildTree(grammar::RelParser::FileContext* file, Tree& tree,
               diagnostics::FindingList& findings);

} // namespace relc::syntax
