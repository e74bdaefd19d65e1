#pragma once
// What is tested of all checks at once: their pages, that none is without a test, their fixes.

#include <filesystem>

namespace relc::filetest {

/// Compiles the bad and the mended program of each page. The bad one raises its check and nothing
/// else above a note, the mended one nothing above a note. Prints what does not; returns whether
/// all do.
bool testPages();

/// Each check is expected by a test below `root`/check, or stands in `root`/check/exempt.txt with a
/// reason. Prints those that are neither; returns whether there are none.
bool testCoverage(const std::filesystem::path& root);

/// Applies the fixes that the programs below `root`/check are offered, and those that the result is
/// offered, until there are none: a fix that is offered for ever mends nothing, and one that breaks
/// the program adds syntax errors. Prints those; returns whether there are none.
bool testFixes(const std::filesystem::path& root);

} // namespace relc::filetest
