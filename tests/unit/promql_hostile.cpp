// Expressions of tens of kilobytes, wrong from end to end or right and absurd: what they cost grows
// as they do, and what is said of them stays readable. Cost is counted in bytes and blocks that are
// allocated, which do not depend on the machine or on what else it does.

#include "compiler/pipeline.h"

#include <catch2/catch.hpp>

#include <fmt/format.h>

#include <atomic>
#include <cstdlib>
#include <functional>
#include <new>

namespace {

std::atomic<uint64_t> allocatedBytes{0};
std::atomic<uint64_t> allocatedBlocks{0};

void count(std::size_t size) {
  allocatedBytes += size;
  ++allocatedBlocks;
}

} // namespace

#if defined(__SANITIZE_ADDRESS__)

// AddressSanitizer compares who allocated with who frees, so it does the counting. Debian's g++ has
// no header for that.
extern "C" int __sanitizer_install_malloc_and_free_hooks(void (*allocated)(const volatile void*,
                                                                           std::size_t),
                                                         void (*freed)(const volatile void*));
[[maybe_unused]] const int hooked = __sanitizer_install_malloc_and_free_hooks(
    [](const volatile void*, std::size_t size) { count(size); }, [](const volatile void*) {});

#else

namespace {

void* counted(std::size_t size) {
  count(size);
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}

} // namespace

void* operator new(std::size_t size) {
  return counted(size);
}
void* operator new[](std::size_t size) {
  return counted(size);
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete[](void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
  std::free(memory);
}

#endif

namespace {

std::string repeated(std::string_view part, size_t bytes) {
  std::string out;
  while (out.size() < bytes) out += part;
  return out;
}

/// Numbered parts, so that no two are the same.
std::string numbered(std::string_view part, std::string_view between, size_t bytes) {
  std::string out;
  for (size_t i = 0; out.size() < bytes; ++i)
    out += fmt::format("{}{}", i == 0 ? "" : between, fmt::format(fmt::runtime(part), i));
  return out;
}

struct Shape {
  std::string_view name;
  std::function<std::string(size_t)> text;
};

const Shape shapes[] = {
    {"closing parentheses", [](size_t n) { return repeated(")", n); }},
    {"opening parentheses", [](size_t n) { return repeated("(", n); }},
    {"opening braces", [](size_t n) { return repeated("{{", n); }},
    {"unknown characters", [](size_t n) { return repeated("§ ", n); }},
    {"words", [](size_t n) { return repeated("foo bar ", n); }},
    {"parameters", [](size_t n) { return repeated("$x ", n); }},
    {"holes", [](size_t n) { return repeated("${x} ", n); }},
    {"strings", [](size_t n) { return repeated("\"a\" ", n); }},
    {"quotes", [](size_t n) { return repeated("\"", n); }},
    {"bad durations", [](size_t n) { return repeated("x[5q] + ", n) + "x"; }},
    {"unknown functions", [](size_t n) { return repeated("rat(x) + ", n) + "x"; }},
    {"wrong types", [](size_t n) { return repeated("rate(x) + ", n) + "x"; }},
    {"nested sums", [](size_t n) { return repeated("sum(", n / 2) + "x" + repeated(")", n / 8); }},
    {"or", [](size_t n) { return numbered("a{}", " or ", n); }},
    {"or with labels", [](size_t n) { return numbered("a{0}{{x=\"{0}\"}}", " or ", n); }},
    {"and with thresholds", [](size_t n) { return numbered("(x > {})", " and ", n); }},
    {"sums of sums", [](size_t n) { return repeated("x+", n) + "x"; }},
    {"powers", [](size_t n) { return repeated("x^", n) + "x"; }},
    {"signs", [](size_t n) { return repeated("-", n) + "x"; }},
    {"joins", [](size_t n) { return numbered("sum by (a{}) (x)", " / ", n) + " > 1"; }},
    {"joins on a lost label",
     [](size_t n) { return numbered("sum by (b{}) (x)", " / on (a) ", n) + " > 1"; }},
    {"matchers", [](size_t n) { return "x{" + numbered("l{}=\"v\"", ",", n) + "} > 1"; }},
    {"matchers of one label",
     [](size_t n) { return "x{" + numbered("l=~\"v{}\"", ",", n) + "} > 1"; }},
    {"labels", [](size_t n) { return "sum by (" + numbered("l{}", ",", n) + ") (x) > 1"; }},
    {"alternatives", [](size_t n) { return "absent(x{a=~\"" + numbered("v{}", "|", n) + "\"})"; }},
    {"misspelt metrics", [](size_t n) { return numbered("http_request_total{}", " or ", n); }},
    // As long as what is still judged: the checks may compare nodes with one another.
    {"short joins",
     [](size_t n) { return numbered("sum by (a{}) (x)", " / ", std::min<size_t>(n, 7'000)); }},
};

struct Cost {
  uint64_t bytes = 0;
  uint64_t blocks = 0;
  size_t findings = 0;
};

Cost costOf(const std::string& expression) {
  const std::string program =
      "import std.http\n\nsystem s {}\n\nteam t { chat = c }\n\nservice s {\n  owner = t\n"
      "  tier  = tier3\n\n  alert A {\n    when     = `" +
      expression + "`\n    for      = 5m\n    severity = ticket\n    symptom  = \"x\"\n  }\n}\n";
  relc::PipelineOptions options;
  options.now = *relc::model::parseDate("2026-01-01");
  const uint64_t bytes = allocatedBytes;
  const uint64_t blocks = allocatedBlocks;
  const auto compiled = relc::compile({{"a.rel", program}}, options);
  return {allocatedBytes - bytes, allocatedBlocks - blocks, compiled->findings.size()};
}

} // namespace

TEST_CASE("an expression of any shape costs as much as it is long", "[promql][hostile]") {
  costOf("x > 1"); // what is built once only
  const Cost least = costOf("x > 1");
  for (const Shape& shape : shapes) {
    CAPTURE(shape.name);
    const Cost half = costOf(shape.text(27'500));
    const Cost whole = costOf(shape.text(55'000));
    CHECK(whole.blocks - least.blocks <=
          2.3 * static_cast<double>(half.blocks - least.blocks) + 1000);
    CHECK(whole.bytes - least.bytes <=
          2.6 * static_cast<double>(half.bytes - least.bytes) + 100'000);
    // `${x}` is a mistake each time, and said of each; everything else is said of the first few.
    if (shape.name != "holes") CHECK(whole.findings <= 40);
  }
}
