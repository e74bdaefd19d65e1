// Open-PSA: any bytes are read without harm; what is a valid model is analysed under a small
// budget, written, and read again as the same.

#include "compiler/faulttree/analysis.h"
#include "compiler/faulttree/graphviz.h"
#include "compiler/faulttree/open_psa.h"
#include "compiler/faulttree/single_points.h"

#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace relc::faulttree;

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const OpenPsaModel model = readOpenPsa({reinterpret_cast<const char*>(data), size});
  require(model.errors.size() <= 100 && model.warnings.size() <= 100);
  for (const Error& error : model.errors) require(!error.message.empty());
  if (!model.errors.empty()) return 0;
  require(!model.roots.empty() && model.tree.validate(model.roots).empty());

  Options options;
  options.nodeBudget = 2'000;
  options.listLimit = 100;
  const Analysis all = analyse(model.tree, model.roots[0], options);
  require(all.cutSets.size() <= 100 && all.probability.low <= all.probability.high);
  const SinglePoints points(model.tree, model.roots);
  if (!all.downAtRest && all.countByOrder.size() > 1 && all.completeTo >= 1)
    require(all.countByOrder[1] == BigUnsigned(points.of(0).size()));
  writeGraphviz(model.tree, model.roots, points.of(0));

  // Names that are no identifiers become labels when they are written first.
  std::string written = writeOpenPsa(model.tree, model.roots, model.name);
  for (int turn = 0; turn < 2; ++turn) {
    const OpenPsaModel again = readOpenPsa(written);
    require(again.errors.empty() && again.tree.size() == model.tree.below(model.roots).size());
    const std::string rewritten = writeOpenPsa(again.tree, again.roots, again.name);
    require(turn == 0 || rewritten == written);
    written = rewritten;
  }
  return 0;
}
