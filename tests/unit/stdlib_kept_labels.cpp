// Every sli of the standard library keeps the labels by which an SLO is kept, whatever they are: in
// what relc records of it, label by label, as far as the flow of labels can tell.

#include "backends/prometheus/plan.h"
#include "compiler/promql/label_flow.h"
#include "tests/unit/compile.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <fstream>
#include <iterator>

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

namespace {

constexpr std::string_view scope[] = {"cluster", "region"};

/// What tests/stdlib makes of a module, every profile and alert of it, for a server that sees more
/// than one cluster; nothing for a module without such.
std::string workspaceOf(std::string_view module) {
  std::ifstream file(fmt::format("tests/stdlib/{}/shop.rel", module.substr(module.find('.') + 1)));
  std::string text{std::istreambuf_iterator<char>(file), {}};
  static constexpr std::string_view head = "system shop {";
  if (size_t at = text.find(head); at != text.npos)
    text.insert(at + head.size(),
                fmt::format("prometheus {{ scope_labels = [{}] }}\n", fmt::join(scope, ", ")));
  return text;
}

/// Is it there only where nothing is known of any cluster: `absent(…)`, or the `vector(0)` of
/// `… or on () vector(0)`?
bool isForNothing(const promql::Expr& expr, promql::NodeId source) {
  const auto* call = expr.node(source).as<promql::Call>();
  if (!call || call->name == "absent") return call != nullptr;
  return std::any_of(expr.nodes().begin(), expr.nodes().end(), [&](const promql::Node& node) {
    const auto* binary = node.as<promql::Binary>();
    return binary && binary->op == promql::BinaryOp::Or && binary->right == source &&
           binary->matching == promql::Binary::Matching::On && expr.get(binary->labels).empty();
  });
}

/// Series of one cluster are never put together, nor matched, with those of another.
void separates(const promql::Expr& expr) {
  const promql::LabelFlow flow(expr);
  REQUIRE_FALSE(flow.result().empty());
  CHECK(flow.joinProblems().empty());
  const auto nodes = expr.nodes();
  for (uint32_t i = 0; i < nodes.size(); ++i) {
    if (nodes[i].type != promql::ValueType::Vector) continue;
    for (const promql::Branch& branch : flow.at({i}))
      for (std::string_view label : scope) {
        INFO(label << " in " << expr.text(nodes[i].range));
        CHECK((branch.labels.at(label).presence != promql::Presence::Excluded ||
               isForNothing(expr, branch.source)));
      }
    const auto* binary = nodes[i].as<promql::Binary>();
    using Matching = promql::Binary::Matching;
    if (!binary || binary->matching == Matching::None || isForNothing(expr, binary->right))
      continue;
    const auto labels = expr.get(binary->labels);
    for (std::string_view label : scope) {
      INFO(label << " in " << expr.text(binary->matchingRange));
      const bool named = std::any_of(labels.begin(), labels.end(),
                                     [&](const auto& item) { return item.name == label; });
      CHECK(named == (binary->matching == Matching::On));
    }
  }
}

} // namespace

TEST_CASE("alerts of the standard library judge each cluster on its own") {
  size_t judged = 0;
  for (const std::string& module : standardModules()) {
    const std::string text = workspaceOf(module);
    if (text.empty()) continue;
    auto compiled = test::compile(text);
    const model::Model& model = compiled->model;
    for (uint32_t i = 0; i < model.entities.size(); ++i) {
      const auto& e = model.entities[i];
      const model::Query* when = model.query({i}, attr("when"));
      if (e.kind != Kind::alert || e.pattern || !when) continue;
      INFO(module << ": " << e.name << ": " << promql::print(when->expr));
      CHECK(promql::parameters(when->expr).empty());
      separates(when->expr);
      ++judged;
    }
  }
  CHECK(judged > 70);
}
