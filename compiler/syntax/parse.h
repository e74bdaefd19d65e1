#pragma once
// Text to syntax tree. The one entry point of this room besides format.h.

#include "compiler/diagnostics/finding.h"
#include "compiler/syntax/tree.h"

#include <string>

namespace relc::syntax {

/// Parses one file. Never fails: the tree holds what could be read, `findings` what could not.
/// Any bytes are accepted; files over 16 MiB are refused with a finding and an empty tree.
/// `sources` must outlive the tree, which has views into the text.
Tree parse(const source::SourceManager& sources, source::FileId file,
           diagnostics::FindingList& findings);

/// For `relc debug tokens|tree`: one line a token, or an indented outline of the tree.
std::string printTokens(const Tree& tree, const source::SourceManager& sources);
std::string printTree(const Tree& tree);

} // namespace relc::syntax
