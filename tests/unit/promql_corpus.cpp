// Expressions of public mixins: each has to parse and to be printed as Prometheus prints it.
//
// The corpus is not part of the project. It is looked for in $RELC_CORPUS and as a folder `corpus`
// in the folders beside the project; without it the tests say that they are skipped.

#include "compiler/promql/promql.h"

#include <catch2/catch.hpp>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>

using namespace relc::promql;

namespace {

namespace fs = std::filesystem;

std::optional<fs::path> corpus() {
  if (const char* named = std::getenv("RELC_CORPUS")) return fs::path(named) / "promql";
  std::error_code error;
  // From the source file, and from where the test runs, upwards.
  for (const fs::path& start : {fs::absolute(__FILE__), fs::current_path()})
    for (fs::path at = start.lexically_normal(); at != at.root_path(); at = at.parent_path())
      for (const auto& sibling : fs::directory_iterator(at.parent_path(), error))
        if (fs::exists(sibling.path() / "corpus" / "promql" / "realworld.json", error))
          return sibling.path() / "corpus" / "promql";
  return std::nullopt;
}

using Record = std::map<std::string, std::string>;

/// Reads an array of flat objects; numbers and booleans are kept as text.
class Reader {
public:
  explicit Reader(const fs::path& path) {
    std::ifstream in(path);
    text_.assign(std::istreambuf_iterator<char>(in), {});
  }

  std::vector<Record> records() {
    std::vector<Record> all;
    while ((at_ = text_.find('{', at_)) != std::string::npos) {
      Record record;
      ++at_;
      while (next() != '}') {
        const std::string key = value();
        next(); // the colon
        ++at_;
        record[key] = value();
        if (next() == ',') ++at_;
      }
      all.push_back(std::move(record));
    }
    return all;
  }

private:
  char next() {
    at_ = text_.find_first_not_of(" \t\r\n", at_);
    return text_.at(at_);
  }
  std::string value() {
    if (next() != '"') {
      const size_t begin = at_;
      at_ = text_.find_first_of(",}\n", at_);
      return text_.substr(begin, at_ - begin);
    }
    const size_t begin = at_++;
    while (text_.at(at_) != '"') at_ += text_[at_] == '\\' ? 2 : 1;
    ++at_;
    std::string token = text_.substr(begin, at_ - begin);
    // JSON's `\/` is the one escape that PromQL does not know; reading a string is reading an
    // expression.
    for (size_t i = 0; (i = token.find("\\/", i)) != std::string::npos;) token.erase(i, 1);
    const ParseResult result = parse(token);
    if (!result.expr.valid()) throw std::runtime_error("unreadable string " + token);
    return result.expr.node(result.expr.root()).as<String>()->value;
  }

  std::string text_;
  size_t at_ = 0;
};

} // namespace

TEST_CASE("promql: rules of public mixins", "[promql][corpus]") {
  const auto folder = corpus();
  if (!folder) {
    WARN("SKIPPED: no corpus of public rules here (RELC_CORPUS is not set)");
    return;
  }
  const auto records = Reader(*folder / "realworld.json").records();
  REQUIRE(records.size() > 1000);
  for (const Record& record : records) {
    const std::string& text = record.at("expr");
    CAPTURE(record.at("source"), text);
    const ParseResult result = parse(text, {{2, 42}, {}, true});
    INFO((result.errors.empty() ? "" : result.errors[0].message));
    REQUIRE(result.ok());
    CHECK(toString(result.expr.type()) ==
          (record.at("type") == "vector" ? "instant vector" : record.at("type")));
    const std::string printed = print(result.expr);
    CHECK(printed == record.at("printed"));
    CHECK(equal(parse(printed).expr, result.expr));
    CHECK(parameters(result.expr).empty());
  }
}

TEST_CASE("promql: queries of public dashboards", "[promql][corpus]") {
  const auto folder = corpus();
  if (!folder) {
    WARN("SKIPPED: no corpus of public dashboards here (RELC_CORPUS is not set)");
    return;
  }
  const auto records = Reader(*folder / "realworld_dashboards.json").records();
  REQUIRE(records.size() > 1000);
  const auto begin = std::chrono::steady_clock::now();
  for (const Record& record : records) {
    const std::string& text = record.at("expanded");
    CAPTURE(record.at("source"), text);
    const ParseResult result = parse(text);
    INFO((result.errors.empty() ? "" : result.errors[0].message));
    REQUIRE(result.ok());
    CHECK(equal(parse(print(result.expr)).expr, result.expr));
  }
  const std::chrono::duration<double, std::milli> spent = std::chrono::steady_clock::now() - begin;
  // Two parses and a print each; the bound is wide enough for sanitizers.
  CHECK(spent.count() / static_cast<double>(records.size()) < 10);
}
