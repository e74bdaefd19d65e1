#pragma once
// The reference is true: every example in it and in the schema is right.

#include <filesystem>

namespace relc::filetest {

/// Compiles the examples of all kinds, attributes and forms, the defaults of attributes, and every
/// `rel` block of the pages below `docs` (docs/reference), and holds them against the layout. The
/// word behind `rel` says more of a block:
///
///     rel in service    it stands inside of a service
///     rel REL0201       it is wrong: this is what is found
///
/// Prints what is wrong; returns whether nothing is.
bool testReference(const std::filesystem::path& docs);

} // namespace relc::filetest
