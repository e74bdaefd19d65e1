#pragma once
// Is all of the schema in the tests and in the showcase?

#include <filesystem>

namespace relc::filetest {

/// The programs below `root`/model state every attribute of every kind, stand every kind in every
/// place where it may, and use every choice, form and argument of the schema, so that their
/// print-outs show what sema makes of each. Those below `root`/fmt have every kind, attribute and
/// form at least once, and so every sort of line that there is to lay out. The workspace `showcase`
/// has every kind. Prints what is missing; returns whether nothing is.
bool testVocabulary(const std::filesystem::path& root, const std::filesystem::path& showcase);

} // namespace relc::filetest
