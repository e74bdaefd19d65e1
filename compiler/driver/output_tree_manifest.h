#pragma once
// The manifest of a generated tree, and what a path in it may look like.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace relc::driver {

inline constexpr std::string_view kManifestName = "manifest.json";
/// First part of the names that output_tree uses for itself within or beside an output folder.
inline constexpr std::string_view kPrivatePrefix = ".relc-";

struct ManifestEntry {
  std::string path;
  std::string hash; ///< BLAKE3-256, hexadecimal
  uint64_t size = 0;
  std::vector<std::string> origins;
};

struct Manifest {
  std::string inputs;
  /// Sorted by path, each path once and valid.
  std::vector<ManifestEntry> files;
  [[nodiscard]] const ManifestEntry* find(std::string_view path) const;
};

/// What is wrong with a path that a file of the tree is to have; empty if nothing is.
std::string_view pathProblem(std::string_view path);

/// The bytes of `manifest.json`; the same for the same manifest.
std::string manifestText(const Manifest& manifest);
/// Nothing if the text is not exactly what relc could have written; never trusts a path.
std::optional<Manifest> parseManifest(std::string_view text);

/// One step of replacing files in place. Hashes as in the manifest; empty: no file.
struct JournalStep {
  std::string path;
  std::string before;
  std::string after;
};
std::string journalText(const std::vector<JournalStep>& steps);
std::optional<std::vector<JournalStep>> parseJournal(std::string_view text);

} // namespace relc::driver
