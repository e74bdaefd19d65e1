// Text that means something to YAML, to Go templates, to a terminal or to PromQL goes through the
// whole compiler and comes back from the rule files as itself.

#include "backends/prometheus/prometheus.h"
#include "compiler/diagnostics/render.h"
#include "compiler/pipeline.h"

#include <catch2/catch.hpp>
#include <yaml-cpp/yaml.h>

#include <string>
#include <string_view>
#include <vector>

namespace {

/// As a string of Rel that holds exactly these characters.
std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (char c : text) {
    auto byte = static_cast<unsigned char>(c);
    constexpr std::string_view hex = "0123456789abcdef";
    if (c == '"' || c == '\\' || c == '$')
      (out += '\\') += c;
    else if (byte < 0x20 || byte == 0x7f)
      ((out += "\\u{") += {hex[byte >> 4], hex[byte & 15]}) += '}';
    else
      out += c;
  }
  return out + '"';
}

/// What Prometheus makes of a text in which only `{{"{{"}}` is a template action.
std::string expanded(std::string text) {
  constexpr std::string_view action = "{{\"{{\"}}";
  for (size_t at = 0; (at = text.find(action, at)) != text.npos; at += 2)
    text.replace(at, action.size(), "{{");
  return text;
}

std::string program(std::string_view text) {
  return "system example { runbooks { url = \"https://runbooks.example.com\" } }\n"
         "team payments { chat = slack-payments }\n"
         "service checkout {\n"
         "  owner = payments\n"
         "  tier = tier3\n"
         "  alert Hostile {\n"
         "    when = `max(up{job=\"checkout\"}) == 0`\n"
         "    for = 5m\n"
         "    severity = page\n"
         "    symptom = " +
         quoted(text) +
         "\n    runbook = errors\n"
         "  }\n"
         "  runbook errors { summary = " +
         quoted(text) + "  url = " + quoted("https://example.com/?q=") + " }\n}\n";
}

std::unique_ptr<relc::Compilation> compiled(std::string text) {
  return relc::compile({{"a.rel", std::move(text)}}, {*relc::model::parseDate("2026-11-23"), 1});
}

std::vector<std::string> hostileTexts() {
  std::vector<std::string> texts = {
      "\"double\" 'single' `back`",
      "first\nsecond\n\n  third\n",
      "\n leading line break",
      " blanks around ",
      "{{ $value }} {{ . }} {{- trim -}} }} {{{{ }}}}",
      "{{\"{{\"}} was escaped already",
      "${HOME} ${{ secrets.TOKEN }} $(id) `id` %{x}",
      "- a\n- b: {c: d}\n# no comment\n--- \n...\n",
      "key: value # comment",
      "yes",
      "no",
      "null",
      "~",
      "true",
      "1.5",
      "0x1F",
      "2026-11-23",
      "12:30:45",
      ".inf",
      "=",
      "<<",
      "!!binary aGVsbG8=",
      "&anchor",
      "*alias",
      "@reserved",
      "%directive",
      "? complex",
      "| literal",
      "> folded",
      "[flow",
      "{flow",
      "trailing:",
      "\\x41\\u0041\\n",
      "\x01\x02\x1b[31m\x7f",
      "tab\there",
      "carriage\rreturn\r\nboth",
      "\u202e reversed \u2066 isolated \u200b \ufeff",
      "\u0085next line\u2028line\u2029paragraph",
      "Größe 大きさ 🦊 e\u0301",
      std::string(1'000'000, 'x'),
      std::string(20'000, '{'),
  };
  for (int c = 1; c < 0x100; ++c) {
    std::string text = "a";
    if (c < 0x80)
      text += static_cast<char>(c);
    else
      (text += static_cast<char>(0xc0 | c >> 6)) += static_cast<char>(0x80 | (c & 0x3f));
    texts.push_back(text + "b");
  }
  return texts;
}

} // namespace

TEST_CASE("hostile text comes back from the rules as itself", "[hostile]") {
  for (const std::string& text : hostileTexts()) {
    INFO(text.substr(0, 100));
    auto result = compiled(program(text));
    // Characters that nobody sees stand in the source only where the test writes no escape.
    for (const auto& finding : result->findings)
      CHECK(finding.check == relc::diagnostics::Check::InvalidEncoding);
    bool found = false;
    for (const auto& file :
         relc::prometheus::generate(result->model, result->sources, {"0"}).files) {
      if (file.path.find("/tests/") != std::string::npos) continue;
      for (const YAML::Node& group : YAML::Load(file.content)["groups"])
        for (const YAML::Node& rule : group["rules"]) {
          if (!rule["alert"] || rule["alert"].as<std::string>() != "Hostile") continue;
          found = true;
          std::string summary = expanded(rule["annotations"]["summary"].as<std::string>());
          CHECK(summary == text);
          CHECK(rule["labels"].size() == 4); // severity, service, team, tier
        }
    }
    CHECK(found);
  }
}

TEST_CASE("names of a megabyte are nothing special", "[hostile]") {
  std::string name(1'000'000, 'n');
  auto result =
      compiled("system example {}\nteam " + name + " { chat = " + name + " }\nservice " + name +
               " { owner = " + name + "  tier = tier3\n  alert " + name +
               " { when = `up == 0`  for = 5m  severity = ticket  symptom = \"x\" }\n}\n");
  auto files = relc::prometheus::generate(result->model, result->sources, {"0"}).files;
  REQUIRE_FALSE(files.empty());
  for (const auto& file : files) {
    CHECK(file.path.size() < 200); // what file systems take
    if (file.path.find("/tests/") == std::string::npos)
      CHECK(YAML::Load(file.content)["groups"][0]["rules"][0]["alert"].as<std::string>() == name);
  }
}

TEST_CASE("no finding is a wall of one word", "[hostile]") {
  std::string name(1'000'000, 'n');
  auto result =
      compiled("system example {}\nservice a { " + name + " = " + name + "  owner = " + name +
               " }\n" + "service " + name + " { tier = tier3 alert " + name + " { for = " + name +
               " } }\n" + name + " b {}\nservis" + name + " {}\nimport std." + name + "\n");
  CHECK(result->findings.size() > 5);
  CHECK(relc::diagnostics::renderText(result->findings, result->sources, {}).size() < 100'000);
}
