#pragma once
// Carrying out a plan so that no moment of it leaves the folder in between.

#include "compiler/driver/output_tree_disk.h"
#include "compiler/driver/output_tree_plan.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace relc::driver {

/// An output folder.
struct Site {
  disk::Path folder; ///< absolute, without symbolic links
  std::string shown; ///< as the user wrote it
};

/// Where the work in progress on a site is kept: beside it, so that the whole folder can be
/// exchanged, or within it, if it is a file system of its own or its parent cannot be written.
struct Workplace {
  disk::Path folder;
  std::string prefix; ///< of the names of stagings; a number follows
  disk::Path lock;
  bool inside = false;

  [[nodiscard]] bool isStagingName(std::string_view name) const;
  /// True for names in `folder` that are the workplace's own.
  [[nodiscard]] bool isPrivate(std::string_view name) const;
};

Workplace besideOf(const Site& site);
Workplace insideOf(const Site& site);

/// Stagings that writers left behind, or that one is using now.
std::vector<disk::Path> findStagings(const Workplace& workplace);

/// Completes or forgets what interrupted writers left; needs the workplace's lock. Throws
/// DiskError.
void recover(const Site& site, const Workplace& workplace);

/// Carries out the plan, which has no refusals and something to do; needs the workplace's lock.
/// Returns what went wrong and what that means for the folder; empty: it holds the new tree.
std::string commit(const Site& site, const Workplace& workplace, const Plan& plan,
                   std::span<const DesiredFile> desired, bool inPlace);

} // namespace relc::driver
