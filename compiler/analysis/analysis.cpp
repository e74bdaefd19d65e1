#include "compiler/analysis/analysis.h"

#include "compiler/analysis/families.h"

namespace relc::analysis {
namespace {

struct Family {
  std::string_view name;
  void (*run)(const Index& index, FindingList& findings);
};

constexpr Family families[] = {
    {"dependencies", checkDependencies},
    {"objectives", checkObjectives},
    {"burning", checkBurning},
    {"pages", checkPages},
    {"alerts", checkAlerts},
};

} // namespace

void analyze(const model::Model& model, FindingList& findings) {
  const Index index(model);
  for (const Family& family : families) family.run(index, findings);
}

} // namespace relc::analysis
