#include "compiler/analysis/call_chains.h"

#include "compiler/analysis/wording.h"

#include <fmt/format.h>

namespace relc::analysis {

using reliability::Call;

source::Range TracedCalls::placeOf(const Call& c, model::NameId name) const {
  const model::Attribute* a = model.attribute(c.relation, name);
  return index.here(c.relation, a ? a->value.range : model[c.relation].targetRanges[c.target]);
}

std::string chainText(const TracedCalls& t, std::span<const uint32_t> path) {
  // An operation and its component are one step for whoever reads it.
  std::vector<uint32_t> nodes{t.call(path[0]).caller};
  for (uint32_t id : path)
    if (!t.isPart(t.call(id))) nodes.push_back(t.call(id).callee);
  std::string text;
  for (size_t i = 0; i < nodes.size(); ++i) {
    if (nodes.size() > namesShown && i == namesShown - 2) {
      text += "… → ";
      i = nodes.size() - 1;
    }
    text += quoted(t.nameOf(nodes[i]));
    if (i + 1 < nodes.size()) text += " → ";
  }
  return text;
}

std::string productText(const TracedCalls& t, std::span<const uint32_t> path) {
  std::string text;
  for (uint32_t id : path)
    if (const double factor = t.call(id).amplified; factor > 1)
      text += fmt::format("{}{}", text.empty() ? "" : " × ", factorText(factor));
  return text;
}

std::string factorText(double factor) {
  return factor < 1e6 ? fmt::format("{:.4g}", factor) : fmt::format("about {:.2g}", factor);
}

void checkCalls(const Index& index, FindingList& findings) {
  const TracedCalls t(index);
  checkTimeouts(t, findings);
  checkRetries(t, findings);
  checkOverload(t, findings);
}

} // namespace relc::analysis
