#pragma once
// The table of checks. Its rows are the pages docs/checks/*.md: a page's front matter gives code,
// name, severity and group, its sections what `relc explain` prints. A build step
// (generate_checks_main.cpp) turns the pages into `checks_table.inc` and, for this header, the much
// smaller `check_enumerators.inc`; a check without a page does not compile, because its enumerator
// does not exist.

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace relc::diagnostics {

enum class Severity : uint8_t { Note, Warning, Error };

/// One enumerator a page, named after the check: `single-point-of-failure` is SinglePointOfFailure.
enum class Check : uint16_t {
#define RELC_CHECK(enumerator) enumerator,
#include "check_enumerators.inc"
#undef RELC_CHECK
};

struct CheckInfo {
  Check check;
  std::string_view code;    ///< stable, "REL1001"
  std::string_view name;    ///< kebab-case, "single-point-of-failure"
  Severity severity;        ///< default, before `system { lint { … } }`
  std::string_view group;   ///< "source", "topology", "slo", "alert", "promql", …
  std::string_view summary; ///< first sentence of the page: when it fires
  std::string_view page;    ///< Markdown without front matter
  std::string_view bad;     ///< Rel program that raises the check; empty if no program can
  std::string_view mended;  ///< the same program put right
  /// Says that something is of no use: true of a program only if it is true in every environment.
  bool onlyIfEverywhere;
};

/// All checks, sorted by code.
std::span<const CheckInfo> allChecks();
const CheckInfo& info(Check check);
/// By code ("REL1001", any case) or name.
std::optional<Check> findCheck(std::string_view codeOrName);
std::string_view toString(Severity severity);

} // namespace relc::diagnostics
