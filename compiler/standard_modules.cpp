#include "compiler/pipeline.h"

#include <algorithm>
#include <iterator>

namespace relc {
namespace {

struct Module {
  std::string_view name;
  std::string_view text;
};
constexpr Module modules[] = {
#define RELC_EMBED(name, text) {name, text},
#include "standard_modules.inc"
#undef RELC_EMBED
};

} // namespace

const std::string_view* standardModule(std::string_view name) {
  const auto* row = std::find_if(std::begin(modules), std::end(modules),
                                 [&](const Module& m) { return m.name == name; });
  return row == std::end(modules) ? nullptr : &row->text;
}

std::vector<std::string> standardModules() {
  std::vector<std::string> names;
  for (const Module& m : modules) names.emplace_back(m.name);
  std::sort(names.begin(), names.end());
  return names;
}

} // namespace relc
