#include "compiler/diagnostics/render.h"

#include <fmt/format.h>

namespace relc::diagnostics {

std::vector<Remark> remarks(const Finding& finding) {
  std::vector<Remark> out;
  if (finding.environments.size() == 1)
    out.push_back({"in", fmt::format("environment `{}` only", finding.environments[0])});
  else if (!finding.environments.empty())
    out.push_back(
        {"in", fmt::format("environments `{}`", fmt::join(finding.environments, "`, `"))});
  if (finding.morePlaces > 0)
    out.push_back({"note", fmt::format("the same in {} more place{}", finding.morePlaces,
                                       finding.morePlaces == 1 ? "" : "s")});
  for (const std::string& text : finding.why) out.push_back({"why", text});
  for (const std::string& text : finding.help) out.push_back({"help", text});
  return out;
}

} // namespace relc::diagnostics
