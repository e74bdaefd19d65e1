#pragma once
// The pages of docs/checks put to the proof, and the proof that no check is without a test.

#include <filesystem>

namespace relc::filetest {

/// Compiles the bad and the mended program of each page. The bad one raises its check and nothing
/// else above a note, the mended one nothing above a note. Prints what does not; returns whether
/// all do.
bool testPages();

/// Each check is expected by a test below `root`/check, or stands in `root`/check/exempt.txt with a
/// reason. Prints those that are neither; returns whether there are none.
bool testCoverage(const std::filesystem::path& root);

} // namespace relc::filetest
