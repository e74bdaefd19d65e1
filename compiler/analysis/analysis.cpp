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
    {"system", checkSystem},
    {"calls", checkCalls},
    {"recovery", checkRecovery},
    {"people", checkPeople},
    {"alerting", checkAlerting},
    {"objectives", checkObjectives},
    {"slis", checkSlis},
    {"burning", checkBurning},
    {"pages", checkPages},
    {"alerts", checkAlerts},
    {"expressions", checkExpressions},
};

} // namespace

void checkSystem(const Index& index, FindingList& findings) {
  if (reliability::isRehearsal(index.model)) return;
  reliability::SystemTree system(index.model, {.roots = {}, .eachInstance = false});
  checkSinglePoints(index, system, findings);
  checkCeilings(index, system, findings);
}

Finding& addAbout(const Index& index, FindingList& findings, Check check, EntityId subject,
                  source::Range range, std::string message, std::string label) {
  source::Range here = index.here(subject, range);
  Finding& finding = findings.add(check, here, std::move(message));
  finding.about(subject.index);
  if (here == range)
    finding.label(std::move(label));
  else
    finding.at(range, std::move(label));
  return finding;
}

void analyze(const model::Model& model, FindingList& findings) {
  const Index index(model);
  for (const Family& family : families) family.run(index, findings);
}

} // namespace relc::analysis
