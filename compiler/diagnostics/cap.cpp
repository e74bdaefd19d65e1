#include "compiler/diagnostics/render.h"

#include <fmt/format.h>

#include <array>
#include <iterator>
#include <map>

namespace relc::diagnostics {

std::string summaryLine(std::span<const Finding> findings) {
  std::array<size_t, 3> counts{};
  for (const Finding& finding : findings) ++counts[static_cast<size_t>(finding.severity)];
  std::string out;
  for (Severity severity : {Severity::Error, Severity::Warning, Severity::Note}) {
    const size_t count = counts[static_cast<size_t>(severity)];
    if (count == 0) continue;
    fmt::format_to(std::back_inserter(out), "{}{} {}{}", out.empty() ? "" : ", ", count,
                   toString(severity), count == 1 ? "" : "s");
  }
  return out.empty() ? "no findings" : out;
}

std::vector<LeftOut> cap(std::vector<Finding>& findings, size_t maxPerCheck, size_t maxTotal) {
  std::map<Check, size_t> kept;
  std::map<Check, size_t> dropped;
  std::vector<bool> keep(findings.size(), false);
  size_t total = 0;
  for (Severity severity : {Severity::Error, Severity::Warning, Severity::Note}) {
    for (size_t i = 0; i < findings.size(); ++i) {
      if (findings[i].severity != severity) continue;
      const Check check = findings[i].check;
      keep[i] =
          (maxTotal == 0 || total < maxTotal) && (maxPerCheck == 0 || kept[check] < maxPerCheck);
      ++(keep[i] ? kept : dropped)[check];
      total += keep[i] ? 1 : 0;
    }
  }
  size_t next = 0;
  for (size_t i = 0; i < findings.size(); ++i) {
    if (!keep[i]) continue;
    if (next != i) findings[next] = std::move(findings[i]);
    ++next;
  }
  findings.erase(findings.begin() + static_cast<std::ptrdiff_t>(next), findings.end());

  std::vector<LeftOut> out;
  for (auto [check, count] : dropped) out.push_back({check, count});
  return out;
}

std::string renderLeftOut(std::span<const LeftOut> leftOut) {
  std::string out;
  for (const LeftOut& row : leftOut)
    fmt::format_to(std::back_inserter(out),
                   "… and {} more {} {} (show all with --max-findings 0)\n", row.count,
                   info(row.check).code, info(row.check).name);
  return out;
}

} // namespace relc::diagnostics
