#include "backends/emit/text.h"
#include "backends/emit/yaml.h"
#include "tests/unit/emit_samples.h"

#include <catch2/catch.hpp>
#include <yaml-cpp/yaml.h>

#include <bit>
#include <cmath>
#include <functional>
#include <limits>

using relc::emit::YamlWriter;

namespace {

std::string written(const std::function<void(YamlWriter&)>& write) {
  std::string out;
  YamlWriter yaml(out);
  write(yaml);
  REQUIRE(yaml.complete());
  return out;
}

std::string scalar(std::string_view text) {
  return written([&](YamlWriter& yaml) { yaml.value(text); });
}

/// The texts at every place where a scalar can stand, deep and shallow.
std::string everywhere(const std::vector<std::string>& texts) {
  return written([&](YamlWriter& yaml) {
    yaml.beginMap();
    yaml.key("values").beginList();
    for (const auto& text : texts) yaml.value(text);
    yaml.endList();
    yaml.key("keys").beginList();
    for (const auto& text : texts) {
      yaml.comment(text);
      yaml.beginMap().comment(text).entry(text, text).comment(text).key("list").beginList();
      yaml.beginList().value(text).value(text).endList().value(text).endList();
      yaml.key("map").beginMap().entry("a", text).key(text).beginMap().entry(text, 1).endMap();
      yaml.endMap().endMap();
    }
    yaml.endList().endMap();
  });
}

void requireEverywhere(const YAML::Node& root, const std::vector<std::string>& texts) {
  REQUIRE(root["values"].size() == texts.size());
  REQUIRE(root["keys"].size() == texts.size());
  for (size_t i = 0; i < texts.size(); ++i) {
    const std::string& text = texts[i];
    CAPTURE(i, text);
    const YAML::Node value = root["values"][i];
    REQUIRE(value.IsScalar());
    REQUIRE(value.Scalar() == text);
    if (value.Tag() == "?") { // plain: nothing but a string to anybody
      double number = 0;
      bool truth = false;
      REQUIRE_FALSE(YAML::convert<double>::decode(value, number));
      REQUIRE_FALSE(YAML::convert<bool>::decode(value, truth));
    }
    const YAML::Node item = root["keys"][i];
    REQUIRE(item.begin()->first.Scalar() == text);
    REQUIRE(item.begin()->second.Scalar() == text);
    REQUIRE(item["list"][0][0].Scalar() == text);
    REQUIRE(item["list"][0][1].Scalar() == text);
    REQUIRE(item["list"][1].Scalar() == text);
    auto member = item["map"].begin();
    REQUIRE(member->second.Scalar() == text);
    ++member;
    REQUIRE(member->first.Scalar() == text);
    REQUIRE(member->second.begin()->first.Scalar() == text);
  }
}

} // namespace

TEST_CASE("yaml: a rule file looks as people write it", "[emit]") {
  const std::string out = written([](YamlWriter& yaml) {
    yaml.comment("checkout.rel:12\n\nsecond").beginMap();
    yaml.key("groups").beginList();
    yaml.beginMap().entry("name", "checkout").entry("interval", "30s").key("rules").beginList();
    yaml.comment("burn").beginMap().entry("alert", "Burn").entry("expr", "a{b=\"c\"}\n  > 1\n");
    yaml.entry("for", "2m").key("labels").beginMap().entry("count", 1).entry("on", false).endMap();
    yaml.key("annotations").beginMap().endMap();
    yaml.key("empty").beginList().endList().endMap();
    yaml.beginMap().entry("record", "x").entry("expr", "a\nb").endMap();
    yaml.endList().endMap().endList();
    yaml.blankLine().entry("ratio", 0.999).endMap();
  });
  CHECK(out == R"(# checkout.rel:12
#
# second
groups:
  - name: checkout
    interval: 30s
    rules:
      # burn
      - alert: Burn
        expr: |
          a{b="c"}
            > 1
        for: 2m
        labels:
          count: 1
          'on': false
        annotations: {}
        empty: []
      - record: x
        expr: |-
          a
          b

ratio: 0.999
)");
}

TEST_CASE("yaml: empty, nested and commented collections load", "[emit]") {
  const std::string out = written([](YamlWriter& yaml) {
    yaml.beginList().beginList().beginList().endList().beginMap().endMap().endList();
    yaml.beginMap().comment("nothing here").endMap();
    yaml.beginList().comment("nor here").endList();
    yaml.beginMap().comment("first").key("a").beginMap().comment("deeper").endMap();
    yaml.key("b").beginList().comment("deeper").beginMap().comment("c").entry("d", "e").endMap();
    yaml.endList().endMap().null().endList();
  });
  const YAML::Node root = YAML::Load(out);
  REQUIRE(root.size() == 5);
  CHECK((root[0][0].IsSequence() && root[0][0].size() == 0));
  CHECK((root[0][1].IsMap() && root[0][1].size() == 0));
  CHECK((root[1].IsMap() && root[1].size() == 0));
  CHECK((root[2].IsSequence() && root[2].size() == 0));
  CHECK(root[3]["a"].IsMap());
  CHECK(root[3]["b"][0]["d"].Scalar() == "e");
  CHECK(root[4].IsNull());
  CHECK(written([](YamlWriter& yaml) { yaml.beginMap().endMap(); }) == "{}\n");
}

TEST_CASE("yaml: several documents", "[emit]") {
  const std::string out = written([](YamlWriter& yaml) {
    yaml.beginDocument().beginMap().entry("a", 1).endMap();
    yaml.beginDocument().value("---");
    yaml.beginDocument().value("a\nb");
  });
  const auto documents = YAML::LoadAll(out);
  REQUIRE(documents.size() == 3);
  CHECK(documents[0]["a"].as<int>() == 1);
  CHECK(documents[1].Scalar() == "---");
  CHECK(documents[2].Scalar() == "a\nb");
}

TEST_CASE("yaml: quotes only where somebody could misread", "[emit]") {
  const std::vector<std::pair<std::string, std::string>> kCases = {
      {"checkout", "checkout"},
      {"sum(rate(a_total{b=~\"5..\"}[5m])) / 2", "sum(rate(a_total{b=~\"5..\"}[5m])) / 2"},
      {"(a or b) > 1", "(a or b) > 1"},
      {"a:b:c", "a:b:c"},
      {"5m", "5m"},
      {"1h30m", "1h30m"},
      {"100ms", "100ms"},
      {"/etc/a", "/etc/a"},
      {"日本語", "日本語"},
      {"yes", "'yes'"},
      {"Off", "'Off'"},
      {"1e3", "'1e3'"},
      {"e5", "'e5'"},
      {"5", "'5'"},
      {"it's: so", "'it''s: so'"},
      {"a #b", "'a #b'"},
      {"{{ $value }}", "'{{ $value }}'"},
      {"", "''"},
      {"a\tb", "\"a\\tb\""},
      {"a\rb", "\"a\\rb\""},
      {"\xE2\x80\xAE"
       "evil",
       "\"\\u202eevil\""},
  };
  for (const auto& [text, expected] : kCases) CHECK(scalar(text) == expected + "\n");
}

TEST_CASE("yaml: hostile text comes back as itself", "[emit]") {
  const auto texts = relc::test::hostileTexts();
  requireEverywhere(YAML::Load(everywhere(texts)), texts);
}

TEST_CASE("yaml: random text comes back as itself", "[emit]") {
  std::mt19937 random(20240229);
  for (int round = 0; round < 20; ++round) {
    std::vector<std::string> texts;
    for (int i = 0; i < 60; ++i) texts.push_back(relc::test::randomText(random, 12));
    requireEverywhere(YAML::Load(everywhere(texts)), texts);
  }
}

TEST_CASE("yaml: any bytes come back, what is no UTF-8 as U+FFFD", "[emit]") {
  std::mt19937 random(7);
  std::vector<std::string> texts;
  std::vector<std::string> valid;
  for (int i = 0; i < 300; ++i) {
    texts.push_back(relc::test::randomBytes(random, 24));
    relc::emit::appendValidUtf8(valid.emplace_back(), texts.back());
  }
  requireEverywhere(YAML::Load(everywhere(texts)), valid);
}

TEST_CASE("yaml: names of a megabyte", "[emit]") {
  const std::string name(1 << 20, 'n');
  const std::string lines = [&] {
    std::string text;
    for (int i = 0; i < 100000; ++i) text += "line: '\"\n";
    return text;
  }();
  const std::string out = written([&](YamlWriter& yaml) {
    yaml.beginList().beginMap().entry(name, name).entry("b", lines).endMap().endList();
  });
  const YAML::Node item = YAML::Load(out)[0];
  CHECK(item.begin()->first.Scalar() == name);
  CHECK(item.begin()->second.Scalar() == name);
  CHECK(item["b"].Scalar() == lines);
}

TEST_CASE("yaml: a comment cannot be left", "[emit]") {
  for (const auto& text : relc::test::hostileTexts()) {
    const std::string out = written([&](YamlWriter& yaml) { yaml.comment(text).value("a"); });
    CAPTURE(text, out);
    REQUIRE(YAML::Load(out).Scalar() == "a");
  }
  CHECK(written([](YamlWriter& yaml) { yaml.comment("a\r\nb\u2028c: d\x1B"); }) ==
        "# a\n# b\\u2028c: d\\u001b\n");
}

TEST_CASE("numbers read back as themselves", "[emit]") {
  const std::vector<std::pair<double, std::string>> kCases = {
      {0, "0"},        {-0.0, "-0.0"},        {5, "5"},           {0.999, "0.999"},  {14.4, "14.4"},
      {1e5, "100000"}, {1e16, "1.0e+16"},     {1e-5, "0.00001"},  {1e-6, "1.0e-06"}, {-1.5, "-1.5"},
      {0.1, "0.1"},    {1.25e-7, "1.25e-07"}, {1e300, "1.0e+300"}};
  for (const auto& [number, expected] : kCases) {
    std::string out;
    relc::emit::appendNumber(out, number);
    CHECK(out == expected);
  }
  std::mt19937_64 random(3);
  for (int i = 0; i < 20000; ++i) {
    const auto number = std::bit_cast<double>(random());
    if (!std::isfinite(number)) continue;
    std::string out;
    relc::emit::appendNumber(out, number);
    REQUIRE(std::bit_cast<uint64_t>(std::strtod(out.c_str(), nullptr)) ==
            std::bit_cast<uint64_t>(number));
  }
  const double infinity = std::numeric_limits<double>::infinity();
  CHECK(written([&](YamlWriter& yaml) {
          yaml.beginList().value(infinity).value(-infinity).value(std::nan(""));
          yaml.value(INT64_MIN).value(UINT64_MAX).value(size_t(3)).value(true).endList();
        }) ==
        "- .inf\n- -.inf\n- .nan\n- -9223372036854775808\n- 18446744073709551615\n- 3\n- true\n");
}
