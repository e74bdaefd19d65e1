#pragma once
// What `relc faulttree` has found, and its two forms.

#include "compiler/faulttree/analysis.h"
#include "compiler/faulttree/open_psa.h"

namespace relc::driver {

struct JudgedRoot {
  faulttree::NodeId root;
  faulttree::Analysis analysis;
};

struct FaultTreeReport {
  std::string path;
  const faulttree::OpenPsaModel* model;
  faulttree::Options options;
  std::vector<JudgedRoot> roots;
};

std::string faultTreeText(const FaultTreeReport& report);
std::string faultTreeJson(const FaultTreeReport& report);

} // namespace relc::driver
