#pragma once
// The one canonical layout of Rel, `relc fmt`.

#include "compiler/syntax/tree.h"

#include <string>

namespace relc::syntax {

/// The text of the file in canonical layout (docs/reference/format.md). Idempotent; keeps every
/// token and every comment, and never changes what the program means. Works from the parse alone: a
/// top-level member in which there is a syntax error is kept as it was written, byte for byte.
/// Takes time in proportion to the text. The text of a file that was too large to be parsed is not
/// in its tree, so do not write what is returned for it.
std::string format(const Tree& tree);

} // namespace relc::syntax
