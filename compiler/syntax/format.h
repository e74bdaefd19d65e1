#pragma once
// The one canonical layout of Rel, `relc fmt`.

#include "compiler/syntax/tree.h"

#include <string>

namespace relc::syntax {

/// The text of the file in canonical layout: two spaces a level, `=` of attributes in a run aligned,
/// blocks separated by one blank line, comments kept. Idempotent, never changes what the program
/// means. Works from the parse alone; a top-level member in which there is a syntax error is kept as
/// it was written, byte for byte.
std::string format(const Tree& tree);

} // namespace relc::syntax
