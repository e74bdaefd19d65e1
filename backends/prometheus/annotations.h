#pragma once
// Labels and annotations of alerts. Private to this backend.

#include "backends/prometheus/rules.h"
#include "compiler/model/model.h"

#include <string>
#include <string_view>
#include <vector>

namespace relc::prometheus {

struct SloPlan;
struct BurnTier;

/// "service" or "journey".
std::string_view ownerLabel(const model::Model& model, model::EntityId owner);
/// What every alert of an owner carries, so that routes can be built on it.
Labels commonLabels(const model::Model& model, model::EntityId owner, std::string_view severity);
/// Text of the program for an annotation: nothing in it is a template.
std::string templateText(std::string_view text);
std::string runbookUrl(const model::Model& model, model::EntityId runbook);
/// `runbook_url` and `first_action`, as far as they are known, and `dashboard_url`.
void addGuidance(const model::Model& model, model::EntityId owner, model::EntityId runbook,
                 Labels& annotations);
/// The first paragraph of a doc comment on one line.
std::string firstParagraph(std::string_view text);

/// The alerts that the program declares for an owner.
std::vector<Group> alertGroups(const model::Model& model, const source::SourceManager& sources,
                               model::EntityId owner);

/// Page and ticket have different names, so that nobody reads one for the other.
std::string burnAlertName(std::string_view severity);
Rule burnAlert(const model::Model& model, const SloPlan& plan, const BurnTier& tier);

} // namespace relc::prometheus
