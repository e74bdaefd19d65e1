#pragma once
// Deciding what a write has to change, before anything is touched.

#include "compiler/driver/output_tree_disk.h"
#include "compiler/driver/output_tree_manifest.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace relc::driver {

/// A file that the tree is to have; the views outlive the plan.
struct DesiredFile {
  std::string_view path;
  std::string_view content;
};

struct Plan {
  disk::Snapshot before;
  /// Indices of the desired files that must be written; the manifest, if it must, last.
  std::vector<size_t> writes;
  /// What is to be gone afterwards: files no longer generated and, with force, files in the way.
  std::vector<std::string> removals;
  /// For each entry of `before` that is no folder: whether it stays as it is.
  std::vector<bool> keeps;
  /// What is in the way, a sentence each; not empty: nothing may be written.
  std::vector<std::string> refusals;
  /// How many generated files are removed.
  size_t staleFiles = 0;

  [[nodiscard]] bool nothingToDo() const { return writes.empty() && removals.empty(); }
};

/// Compares the folder with what it is to hold. `before` is what is there, `old` what the last
/// build left (null: nothing known). `desired` is sorted, with the manifest last. Throws DiskError.
Plan makePlan(const disk::Path& folder, disk::Snapshot before, const Manifest* old,
              std::span<const DesiredFile> desired, bool force);

} // namespace relc::driver
