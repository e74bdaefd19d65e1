// PromQL: any bytes are parsed, printed, parsed again, instantiated, followed, without harm and
// without loss.

#include "compiler/promql/label_flow.h"
#include "compiler/promql/promql.h"

#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace relc::promql;

namespace {

const Bindings& bindings() {
  static const Bindings all = {
      {"selector", std::vector<Matcher>{{"job", MatchOp::Regex, "a|b"}}},
      {"none", std::vector<Matcher>{}},
      {"window", Milliseconds{300000}},
      {"job", std::string("a\"b")},
      {"n", -0.5},
      {"labels", LabelNames{{"a", "b.c"}}},
      {"v", ExprText{"x{a=\"b\"}"}},
      {"ratio", ExprText{"a / b"}},
  };
  return all;
}

void require(bool condition) {
  if (!condition) std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const Options newest{{99, 0}, {true, true, true, true}, false};
  const ParseResult result = parse(text, newest);
  require(result.errors.size() <= maxErrors);
  for (const Error& error : result.errors)
    require(error.range.begin <= error.range.end && error.range.end <= size &&
            !error.message.empty());
  parse(text);
  parseMatchers(text);
  if (!result.ok()) return 0;

  const std::string printed = print(result.expr);
  const ParseResult again = parse(printed, newest);
  require(again.ok() && equal(result.expr, again.expr) && print(again.expr) == printed);
  for (const ParameterUse& use : parameters(result.expr))
    require(result.expr.text(use.range) == '$' + use.name);
  metricNames(result.expr);
  addMatchers(result.expr, {{"a", MatchOp::Equal, "b"}});
  instantiate(result.expr, bindings());
  instantiate(result.expr, bindings(), Unbound::Keep);

  const LabelFlow flow(result.expr);
  static_cast<void>(flow.label("job"));
  static_cast<void>(flow.values());
  ranges(result.expr);
  selecting(result.expr, {{"job", "a"}});
  require(implies(result.expr, result.expr));
  return 0;
}
