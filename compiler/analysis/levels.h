#pragma once
// `system { lint { … } }`: how severe the findings of a check are. Private to this room.

#include "compiler/analysis/families.h"

#include <string_view>
#include <unordered_map>

namespace relc::analysis {

/// Errors about text that cannot be understood. What such a finding is about is absent from the
/// model, so no `accept` or `lint` can make the build right.
bool isFixed(const diagnostics::CheckInfo& check);

class Levels {
public:
  /// Reports levels without effect (REL0405).
  Levels(const model::Model& model, FindingList& findings);

  [[nodiscard]] bool isOff(const Finding& finding) const { return levelOf(finding) == "off"; }
  /// Sets the severity that was asked for, if one was.
  void apply(Finding& finding) const;

private:
  std::unordered_map<Check, std::string_view> levels_;

  [[nodiscard]] std::string_view levelOf(const Finding& finding) const {
    auto level = levels_.find(finding.check);
    return level == levels_.end() ? std::string_view() : level->second;
  }
};

} // namespace relc::analysis
