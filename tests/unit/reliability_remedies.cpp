// What is suggested against single points of failure mends them: random systems are judged, each
// change of instances that is suggested is written into the program, and the finding must be gone.

#include "compiler/pipeline.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <map>
#include <random>
#include <regex>

using namespace relc;

namespace {

class Program {
public:
  explicit Program(uint32_t seed) : random_(seed) {
    const int zones = 2 + upTo(4);
    head_ = "system example {\n  survive {\n    zone = [tier1, tier2]\n";
    if (upTo(2) == 0) head_ += fmt::format("    region = {}\n", upTo(2) == 0 ? "[tier1]" : "[]");
    head_ += "  }\n}\n";
    for (int r = 0; r < 3; ++r) head_ += fmt::format("domain r{} {{ level = region }}\n", r);
    for (int z = 0; z < zones; ++z)
      head_ += fmt::format("domain z{} in r{} {{ level = zone }}\n", z, upTo(3));
    const int components = 2 + upTo(4);
    for (int c = 0; c < components; ++c) {
      const std::string name = fmt::format("c{}", c);
      facts_[name] = someFacts(zones);
      std::string rest = fmt::format("  tier = tier{}\n", 1 + upTo(3));
      for (int other = c + 1; other < components; ++other)
        if (upTo(2) == 0) rest += fmt::format("  needs c{}\n", other);
      rest_[name] = rest;
    }
    for (int j = 0; j < 2; ++j)
      head_ += fmt::format("journey j{} {{\n  tier = tier{}\n  needs c{}\n}}\n", j, 1 + upTo(3),
                           upTo(components));
  }

  [[nodiscard]] std::string text(const std::string& changed = {},
                                 const std::string& facts = {}) const {
    std::string text = head_;
    for (const auto& [name, rest] : rest_)
      text += fmt::format("service {} {{\n  {}\n{}}}\n", name,
                          name == changed ? facts : facts_.at(name), rest);
    return text;
  }

private:
  std::mt19937 random_;
  std::string head_;
  std::map<std::string, std::string> facts_, rest_;

  int upTo(int bound) { return int(random_() % uint32_t(bound)); }

  std::string someFacts(int zones) {
    const int count = 1 + upTo(6);
    std::string facts = fmt::format("replicas = {}", count);
    if (upTo(3) > 0) facts += fmt::format("  quorum = {}", 1 + upTo(count));
    std::string places, counted;
    for (int z = 0, left = count; z < zones; ++z) {
      if (upTo(2) == 0) places += fmt::format("{}z{}", places.empty() ? "" : ", ", z);
      const int here = z + 1 == zones ? left : upTo(left + 1);
      left -= here;
      if (here > 0) counted += fmt::format("{}z{}({})", counted.empty() ? "" : ", ", z, here);
    }
    if (upTo(3) == 0) places = counted;
    if (!places.empty()) facts += "  placement = [" + places + "]";
    return facts;
  }
};

/// Suggested facts by component, of findings whose component is to blame.
std::multimap<std::string, std::string> suggested(const std::string& text) {
  const auto compiled = compile({{"a.rel", text}}, {*model::parseDate("2026-11-23"), 1});
  static const std::regex component("^`(c[0-9])` is a single point|leaves `(c[0-9])` with");
  static const std::regex tried("`(replicas = [^`]*)` \\(tried in the model\\)");
  std::multimap<std::string, std::string> result;
  for (const diagnostics::Finding& finding : compiled->findings) {
    std::smatch who, what;
    if (finding.check == diagnostics::Check::SyntaxError) FAIL(finding.message << "\n" << text);
    if ((finding.check != diagnostics::Check::SinglePointOfFailure &&
         finding.check != diagnostics::Check::QuorumLostWithDomain) ||
        !std::regex_search(finding.message, who, component))
      continue;
    const std::string name = who[1].matched ? who[1] : who[2];
    result.emplace(name, "");
    for (const std::string& help : finding.help)
      if (std::regex_search(help, what, tried)) result.emplace(name, what[1]);
  }
  return result;
}

} // namespace

TEST_CASE("suggested changes mend what they are suggested for") {
  size_t tried = 0;
  for (uint32_t seed = 1; seed <= 400; ++seed) {
    const Program program(seed);
    const std::string text = program.text();
    for (const auto& [name, facts] : suggested(text)) {
      if (facts.empty()) continue;
      ++tried;
      const std::string changed = program.text(name, facts);
      if (suggested(changed).contains(name))
        FAIL("`" << name << "` is not mended by `" << facts << "` in\n" << text);
    }
  }
  CHECK(tried > 500);
}
