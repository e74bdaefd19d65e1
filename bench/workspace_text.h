#pragma once
// The plan of a workspace as .rel files.

#include "bench/workspace_plan.h"

#include <string>
#include <vector>

namespace bench {

struct File {
  std::string path; ///< below the workspace's folder
  std::string text;
};

struct Text {
  std::vector<File> files;
  uint64_t mistakes = 0; ///< declarations that were spoilt, as `errorRate` asks
};

Text writeWorkspace(const Plan& plan, const Options& options);

} // namespace bench
