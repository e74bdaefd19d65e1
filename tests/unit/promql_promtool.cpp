// Are the verdicts in promql_cases.h those of Prometheus? Asks promtool 2.42, if it is installed.

#include "compiler/promql/promql.h"
#include "tests/unit/promql_cases.h"

#include <catch2/catch.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <set>
#include <unistd.h>

using namespace relc::promql;

namespace {

std::string run(const std::string& command) {
  std::string output;
  FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  if (!pipe) return output;
  char buffer[4096];
  for (size_t n = 0; (n = fread(buffer, 1, sizeof buffer, pipe)) > 0;) output.append(buffer, n);
  pclose(pipe);
  return output;
}

/// A YAML double-quoted scalar.
std::string yaml(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '\n')
      out += "\\n";
    else
      out += c;
  }
  return out + '"';
}

/// Numbers of the expressions that `promtool check rules` refuses.
std::set<size_t> refused(const std::vector<std::string_view>& expressions) {
  const auto file =
      std::filesystem::temp_directory_path() / ("relc-promql-" + std::to_string(getpid()) + ".yml");
  {
    std::ofstream out(file);
    out << "groups:\n- name: g\n  rules:\n";
    for (size_t i = 0; i < expressions.size(); ++i)
      out << "  - record: r" << i << "\n    expr: " << yaml(expressions[i]) << '\n';
  }
  const std::string output = run("promtool check rules " + file.string());
  std::filesystem::remove(file);
  std::set<size_t> numbers;
  // "… group "g", rule 17, "r17": could not parse expression: …"
  for (size_t at = 0; (at = output.find("rule ", at)) != std::string::npos; at += 5) {
    const size_t number = std::strtoul(output.c_str() + at + 5, nullptr, 10);
    if (number > 0) numbers.insert(number - 1);
  }
  return numbers;
}

} // namespace

TEST_CASE("promql: promtool agrees with the verdicts", "[promql][promtool]") {
  if (run("promtool --version").find("version 2.42") == std::string::npos) {
    WARN("SKIPPED: promtool 2.42 is not installed");
    return;
  }
  const std::vector<std::string_view> good(std::begin(tests::accepted), std::end(tests::accepted));
  const auto wrongly = refused(good);
  for (const size_t i : wrongly) CHECK(good.at(i) == "accepted by promtool");

  // An empty expression is refused for another reason, before it is parsed.
  std::vector<std::string_view> bad;
  for (const std::string_view text : tests::rejected)
    if (!text.empty()) bad.push_back(text);
  const auto rightly = refused(bad);
  for (size_t i = 0; i < bad.size(); ++i) {
    CAPTURE(bad[i]);
    CHECK(rightly.count(i) == 1);
  }
}
