// Every sli of the standard library keeps the labels by which an SLO is kept, whatever they are: in
// what relc records of it, label by label, as far as the flow of labels can tell.

#include "backends/prometheus/plan.h"
#include "compiler/promql/label_flow.h"
#include "tests/unit/compile.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>

using namespace relc;
using schema::attr;
using schema::Kind;

namespace {

/// An argument for each parameter that needs one, by the type that it is declared with.
std::string argumentsFor(const model::Model& model, model::EntityId sli) {
  static constexpr std::pair<std::string_view, std::string_view> values[] = {
      {"selector", "{job=\"shop\"}"},
      {"string", "\"a\""},
      {"duration", "1m"},
      {"ratio", "50%"},
      {"integer", "2"},
      {"number", "2"},
      {"bytes", "1MB"},
      {"rate", "1/s"}};
  std::string text;
  for (model::EntityId parameter : model.childrenOf(sli, Kind::parameter)) {
    if (model.has(parameter, attr("default"))) continue;
    const auto* value = std::find_if(std::begin(values), std::end(values), [&](const auto& row) {
      return row.first == model.text(parameter, attr("type"));
    });
    REQUIRE(value != std::end(values));
    text +=
        fmt::format("{}{} = {}", text.empty() ? "" : ", ", model[parameter].name, value->second);
  }
  return text;
}

/// An SLO for each sli of a module, as it is imported.
std::string promises(std::string_view module) {
  auto library = test::compile(fmt::format("import {}\n", module));
  const model::Model& model = library->model;
  std::string text;
  for (uint32_t i = 0; i < model.entities.size(); ++i) {
    const auto& e = model.entities[i];
    if (e.kind != Kind::sli || e.module != module || e.parent.valid() || e.pattern) continue;
    text += fmt::format("  slo s{} {{ objective = 99%  per = [tenant]  sli = {}.{}({}) }}\n", i,
                        module.substr(module.find('.') + 1), e.name, argumentsFor(model, {i}));
  }
  return text;
}

void keeps(const promql::LabelFlow& flow, promql::NodeId node) {
  for (const promql::Branch& branch : flow.at(node))
    for (std::string_view label : {"cluster", "tenant"})
      CHECK(branch.labels.at(label).presence != promql::Presence::Excluded);
}

} // namespace

TEST_CASE("slis of the standard library keep the labels of their SLOs") {
  size_t measured = 0;
  for (const std::string& module : standardModules()) {
    const std::string slos = promises(module);
    if (slos.empty()) continue;
    auto compiled = test::compile(
        fmt::format("import {}\nsystem shop {{ prometheus {{ scope_labels = [cluster] }} }}\n"
                    "service web {{\n{}}}\n",
                    module, slos));
    const model::Model& model = compiled->model;
    for (uint32_t i = 0; i < model.entities.size(); ++i) {
      if (model.entities[i].kind != Kind::slo || !model.entities[i].module.empty() ||
          model.entities[i].pattern)
        continue;
      auto plan = prometheus::planSlo(model, {i});
      INFO(module << '\n' << slos);
      REQUIRE(plan);
      ++measured;
      CHECK(plan->groups == std::vector<std::string>{"cluster", "tenant"});
      CHECK_FALSE(plan->events.constantTotal);
      // As it is measured, and both sides of each operator in it: one that drops a label matches
      // nothing.
      std::vector<std::string> texts{plan->events.total, plan->events.bad};
      promql::Bindings bindings = plan->sli.bindings;
      bindings.insert_or_assign("window", promql::Milliseconds{60'000});
      for (const model::Query* query : {plan->sli.numerator, plan->sli.total})
        if (query) texts.push_back(promql::instantiate(query->expr, bindings).text);
      for (const std::string& text : texts) {
        INFO(text);
        auto parsed = promql::parse(text);
        REQUIRE(parsed.ok());
        const promql::LabelFlow flow(parsed.expr);
        REQUIRE_FALSE(flow.result().empty());
        CHECK(flow.joinProblems().empty());
        keeps(flow, parsed.expr.root());
        for (const promql::Node& node : parsed.expr.nodes())
          if (const auto* binary = node.as<promql::Binary>())
            for (promql::NodeId side : {binary->left, binary->right})
              if (parsed.expr.node(side).type == promql::ValueType::Vector) keeps(flow, side);
      }
    }
  }
  CHECK(measured > 40);
}
