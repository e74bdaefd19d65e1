#pragma once
// Which files make up a program: those of the workspace, of the libraries that it imports from the
// repository, and of the standard library. Private to the pipeline.

#include "compiler/diagnostics/finding.h"
#include "compiler/pipeline.h"
#include "compiler/sema/sema.h"

#include <vector>

namespace relc {

/// The files given are parsed. Follows imports from module to module, adds what they lead to, and
/// says of imports of folders why one leads nowhere. All `.rel` files at and below a folder are one
/// module, but for folders below it that hold a `library` declaration: those are modules of their
/// own, which nobody sees without an import. Sets `workspaceFiles`, and forgets the findings in
/// files that are of no module.
std::vector<sema::Unit> loadProgram(Compilation& compilation, FolderReader* reader,
                                    diagnostics::FindingList& findings);

} // namespace relc
