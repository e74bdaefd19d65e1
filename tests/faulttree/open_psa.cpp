// Open-PSA: what is read, what is written, what is wrong.

#include "compiler/faulttree/open_psa.h"

#include "compiler/faulttree/analysis.h"
#include "tests/faulttree/random_trees.h"

#include <catch2/catch.hpp>

#include <cmath>

using namespace relc::faulttree;

namespace {

std::string model(std::string_view gates, std::string_view data) {
  return std::string("<opsa-mef><define-fault-tree name=\"t\">")
      .append(gates)
      .append("</define-fault-tree><model-data>")
      .append(data)
      .append("</model-data></opsa-mef>");
}

double probabilityOf(std::string_view expression) {
  const OpenPsaModel read =
      readOpenPsa(model("<define-gate name=\"g\"><basic-event name=\"e\"/></define-gate>",
                        std::string("<define-basic-event name=\"e\">")
                            .append(expression)
                            .append("</define-basic-event>")));
  return read.errors.empty() ? read.tree.probability(read.tree.arguments(read.roots[0])[0].node())
                             : -1;
}

} // namespace

TEST_CASE("expressions") {
  const auto f = [](std::string_view value) {
    return std::string("<float value=\"").append(value).append("\"/>");
  };
  CHECK(probabilityOf(f("1.5e-3")) == 1.5e-3);
  CHECK(probabilityOf(f(" +0.5 ")) == 0.5);
  CHECK(probabilityOf("<int value=\"1\"/>") == 1);
  CHECK(probabilityOf("<bool value=\"true\"/>") == 1);
  CHECK(probabilityOf("<mul>" + f("0.5") + f("0.5") + "</mul>") == 0.25);
  CHECK(probabilityOf("<sub>" + f("1") + f("0.25") + "</sub>") == 0.75);
  CHECK(probabilityOf("<exponential>" + f("1e-4") + "<system-mission-time/></exponential>") ==
        Approx(1 - std::exp(-0.876)));
  CHECK(probabilityOf("<Weibull>" + f("100") + f("2") + f("0") + f("50") + "</Weibull>") ==
        Approx(1 - std::exp(-0.25)));
  CHECK(probabilityOf("<GLM>" + f("0") + f("0.1") + f("0.9") + f("1e6") + "</GLM>") == Approx(0.1));
  CHECK(probabilityOf("<lognormal-deviate>" + f("0.01") + f("3") + f("0.95") +
                      "</lognormal-deviate>") == 0.01);
  CHECK(probabilityOf("<ite><gt>" + f("2") + f("1") + "</gt>" + f("0.1") + f("0.2") + "</ite>") ==
        0.1);
  CHECK(std::isnan(probabilityOf("")));
  for (const char* wrong :
       {"<float/>", "<float value=\"x\"/>", "<float value=\"2\"/>", "<float value=\"nan\"/>",
        "<div><int value=\"1\"/><int value=\"0\"/></div>", "<histogram/>", "<pow/>",
        "<parameter name=\"none\"/>"})
    CHECK(probabilityOf(wrong) == -1);
}

TEST_CASE("a chain of parameters is as long as it likes") {
  std::string data = "<define-basic-event name=\"e\"><parameter name=\"p0\"/></define-basic-event>";
  for (int i = 0; i < 100'000; ++i) {
    const std::string name = std::to_string(i), next = std::to_string(i + 1);
    data.append("<define-parameter name=\"p")
        .append(name)
        .append("\"><parameter name=\"p")
        .append(next)
        .append("\"/></define-parameter>");
  }
  data += "<define-parameter name=\"p100000\"><float value=\"0.25\"/></define-parameter>";
  const OpenPsaModel read =
      readOpenPsa(model("<define-gate name=\"g\"><basic-event name=\"e\"/></define-gate>", data));
  REQUIRE(read.errors.empty());
  CHECK(analyse(read.tree, read.roots[0]).probability.low == 0.25);
}

TEST_CASE("names are looked for in their component first") {
  const OpenPsaModel read = readOpenPsa(model(
      R"(<define-component name="a" role="private">
           <define-gate name="g"><basic-event name="e"/></define-gate>
           <define-basic-event name="e"><float value="0.1"/></define-basic-event>
         </define-component>
         <define-component name="b">
           <define-gate name="h"><and><basic-event name="e"/><gate name="t.a.g"/></and></define-gate>
         </define-component>)",
      R"(<define-basic-event name="e"><float value="0.5"/></define-basic-event>)"));
  REQUIRE(read.errors.empty());
  REQUIRE(read.roots.size() == 1);
  CHECK(read.tree.name(read.roots[0]) == "h");
  CHECK(analyse(read.tree, read.roots[0]).probability.low == Approx(0.05));
}

TEST_CASE("what is written is read as the same") {
  std::mt19937 random(3);
  for (int i = 0; i < 2'000; ++i) {
    NodeId root = noNode;
    const FaultTree tree = test::randomTree(
        random, {1 + uint32_t(random() % 6), 1 + uint32_t(random() % 8), true}, root);
    const OpenPsaModel read = readOpenPsa(writeOpenPsa(tree, std::span(&root, 1), "random tree"));
    REQUIRE(read.errors.empty());
    REQUIRE(read.roots.size() == 1);
    CHECK(read.tree.name(read.roots[0]) == tree.name(root));
    const Analysis a = analyse(tree, root), b = analyse(read.tree, read.roots[0]);
    CHECK(a.countByOrder == b.countByOrder);
    CHECK(a.probability.low == Approx(b.probability.low).epsilon(1e-12));
  }
}

TEST_CASE("names that are no identifiers keep themselves as labels") {
  FaultTree tree;
  const NodeId a = tree.addEvent("a<b>&\"c\"\n", 0.1), b = tree.addEvent("a-b--c-", 0.1),
               c = tree.addEvent("9 lives", 0.1), d = tree.addEvent("9 lives", 0.1);
  const NodeId root = tree.addGate("", Op::Or, {a, b, c, d});
  const std::string text = writeOpenPsa(tree, std::span(&root, 1), "");
  CHECK(text.find("name=\"_9_lives\"") != text.npos);
  CHECK(text.find("name=\"_9_lives_2\"") != text.npos);
  CHECK(text.find("<label>a&lt;b&gt;&amp;&quot;c&quot; </label>") != text.npos);
  const OpenPsaModel read = readOpenPsa(text);
  REQUIRE(read.errors.empty());
  CHECK(analyse(read.tree, read.roots[0]).total == BigUnsigned(4));
}

TEST_CASE("errors have their place and an end") {
  std::string gates;
  for (int i = 0; i < 1'000; ++i)
    gates.append("\n <define-gate name=\"g")
        .append(std::to_string(i))
        .append("\"><gate name=\"none")
        .append(std::to_string(i))
        .append("\"/></define-gate>");
  const OpenPsaModel read = readOpenPsa(model(gates, ""));
  REQUIRE(read.errors.size() == 100);
  CHECK(read.errors[0].place.line == 2);
  CHECK(read.errors[0].place.column == 25);
  CHECK(read.errors[0].message == "no gate is called `none0`; define it, or mend the name");
}

namespace {

std::string groupOfThree(std::string_view commonCause, std::string_view factors) {
  std::string members;
  for (int i = 0; i < 3; ++i)
    members.append("<basic-event name=\"e").append(std::to_string(i)).append("\"/>");
  return "<opsa-mef><define-fault-tree name=\"t\"><define-gate name=\"top\"><and>" + members +
         "</and></define-gate></define-fault-tree><define-CCF-group name=\"g\" model=\"" +
         std::string(commonCause) + "\"><members>" + members +
         "</members><distribution><float value=\"0.1\"/></distribution><factors>" +
         std::string(factors) + "</factors></define-CCF-group></opsa-mef>";
}

std::string factor(int level, double value) {
  return "<factor level=\"" + std::to_string(level) + "\"><float value=\"" + std::to_string(value) +
         "\"/></factor>";
}

} // namespace

TEST_CASE("members of a group fail of common causes, as SCRAM computes it") {
  struct Known {
    std::string_view model;
    std::string factors;
    double probability; // SCRAM 0.16.2, --bdd --ccf 1
    uint64_t cutSets;
  };
  const std::string levels = factor(1, 0.9) + factor(2, 0.07) + factor(3, 0.03);
  for (const Known& known :
       {Known{"beta-factor", factor(3, 0.2), 0.0205018, 2},
        Known{"MGL", factor(2, 0.2) + factor(3, 0.3), 0.00829037, 8},
        Known{"alpha-factor", levels, 0.0100205, 8}, Known{"phi-factor", levels, 0.00571557, 8}}) {
    const OpenPsaModel read = readOpenPsa(groupOfThree(known.model, known.factors));
    REQUIRE(read.errors.empty());
    const Analysis all = analyse(read.tree, read.roots[0]);
    CHECK(all.probability.low == Approx(known.probability).epsilon(1e-5));
    CHECK(all.total == BigUnsigned(known.cutSets));
  }
  CHECK_FALSE(readOpenPsa(groupOfThree("beta-factor", factor(2, 0.2))).errors.empty());
  CHECK_FALSE(readOpenPsa(groupOfThree("gamma-factor", factor(3, 0.2))).errors.empty());
  CHECK_FALSE(readOpenPsa(groupOfThree("MGL", "")).errors.empty());
}
