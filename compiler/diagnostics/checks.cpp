#include "compiler/diagnostics/checks.h"

#include <algorithm>
#include <iterator>

namespace relc::diagnostics {

namespace {

constexpr CheckInfo table[] = {
#define RELC_CHECK(enumerator, code, name, severity, ...)                                          \
  {Check::enumerator, code, name, Severity::severity, __VA_ARGS__},
#include "checks_table.inc"
#undef RELC_CHECK
};

bool equalsIgnoringCase(std::string_view a, std::string_view b) {
  auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

} // namespace

std::span<const CheckInfo> allChecks() {
  return table;
}

const CheckInfo& info(Check check) {
  return table[static_cast<size_t>(check)];
}

std::optional<Check> findCheck(std::string_view codeOrName) {
  for (const CheckInfo& row : table)
    if (row.name == codeOrName || equalsIgnoringCase(row.code, codeOrName)) return row.check;
  return std::nullopt;
}

std::string_view toString(Severity severity) {
  switch (severity) {
  case Severity::Note: return "note";
  case Severity::Warning: return "warning";
  case Severity::Error: return "error";
  }
  return "error";
}

} // namespace relc::diagnostics
