// Properties of the formatter: it is idempotent, loses nothing, does not change the program, and
// its result depends on nothing but what it is said to depend on.

#include "tests/unit/format_programs.h"
#include "tests/unit/format_samples.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <stdexcept>

using namespace relc::syntax::tests;
using namespace std::string_view_literals;

namespace {

/// Looked for above this file and above the current folder: ccache may make `__FILE__` relative.
fs::path projectFolder() {
  for (const fs::path& start : {fs::absolute(__FILE__), fs::current_path()})
    for (fs::path folder = start; folder.has_relative_path(); folder = folder.parent_path())
      if (fs::exists(folder / "grammar/Rel.g4")) return folder;
  throw std::runtime_error("the project's folder is not found");
}

void keepsEverything(const std::string& text, const Formatted& once) {
  CHECK(rawTokens(once.text) == rawTokens(text));
  CHECK(comments(once.text) == comments(text));
  CHECK(formatText(once.text).text == once.text);
}

/// One random change of bytes or words.
std::string mutate(std::string text, Random& random) {
  auto at = [&] { return random.below(static_cast<uint32_t>(text.size())); };
  auto wordAt =
      [&](size_t offset) { // [begin, end) of a run of letters, of blanks or of one other byte
        auto kind = [&](size_t i) {
          return std::isalnum(static_cast<unsigned char>(text[i]))   ? 1
                 : std::isspace(static_cast<unsigned char>(text[i])) ? 2
                                                                     : 0;
        };
        size_t begin = offset;
        size_t end = offset + 1;
        while (kind(offset) && begin > 0 && kind(begin - 1) == kind(offset)) --begin;
        while (kind(offset) && end < text.size() && kind(end) == kind(offset)) ++end;
        return std::pair(begin, end);
      };
  if (text.empty()) return text;
  auto [begin, end] = wordAt(at());
  switch (random.below(8)) {
  case 0: text.erase(begin, end - begin); break;
  case 1: text.insert(end, text.substr(begin, end - begin)); break;
  case 2: {
    auto [otherBegin, otherEnd] = wordAt(at());
    if (otherBegin >= end) {
      std::string later = text.substr(otherBegin, otherEnd - otherBegin);
      std::string earlier = text.substr(begin, end - begin);
      text.replace(otherBegin, otherEnd - otherBegin, earlier);
      text.replace(begin, end - begin, later);
    }
    break;
  }
  case 3: text.erase(at(), 1); break;
  case 4: {
    static constexpr std::string_view bytes = "{}[]()=,.;:`\"'#/*+-~!\n\r\t \f\0\xff\xc3x0$"sv;
    text.insert(at(), 1, bytes[random.below(static_cast<uint32_t>(bytes.size()))]);
    break;
  }
  case 5: {
    static constexpr const char* words[] = {"\"\"\"", "/*",     "*/",    "//",  "///",
                                            "let",    "import", "needs", "in",  "is",
                                            "\n}\n",  "\n\n",   "\\",    "{ }", "= "};
    text.insert(at(), words[random.below(15)]);
    break;
  }
  case 6: { // the indentation of a line
    size_t line = text.rfind('\n', at());
    if (line != text.npos) text.insert(line + 1, random.below(5), ' ');
    break;
  }
  default: { // lines change places
    size_t a = text.find('\n', at());
    size_t b = a == text.npos ? a : text.find('\n', a + 1);
    size_t c = b == text.npos ? b : text.find('\n', b + 1);
    if (c != text.npos)
      std::rotate(text.begin() + a + 1, text.begin() + b + 1, text.begin() + c + 1);
  }
  }
  return text;
}

} // namespace

TEST_CASE("formatting a correct program keeps it, and depends on its lines only", "[format]") {
  for (uint64_t seed = 0; seed < 600; ++seed) {
    std::string text = randomProgram(seed, 1);
    CAPTURE(seed, text);
    Formatted once = formatText(text);
    REQUIRE(once.clean);
    keepsEverything(text, once);
    CHECK(outline(once.text) == outline(text));
    std::string other = randomProgram(seed, 2);
    CAPTURE(other);
    CHECK(formatText(other).text == once.text);
  }
}

TEST_CASE("formatting loses nothing of a program with mistakes", "[format]") {
  Random random(7);
  auto files = relFiles(projectFolder());
  std::vector<std::string> texts;
  std::transform(files.begin(), files.end(), std::back_inserter(texts), readFile);
  for (uint64_t seed = 0; seed < 20; ++seed) texts.push_back(randomProgram(seed, 1));
  for (const std::string& original : texts) {
    for (int round = 0; round < 20; ++round) {
      std::string text = original;
      for (uint32_t changes = 1 + random.below(3); changes > 0; --changes)
        text = mutate(std::move(text), random);
      CAPTURE(text);
      keepsEverything(text, formatText(text));
    }
  }
}

TEST_CASE("the project's own files are laid out canonically", "[format]") {
  for (const auto& path : relFiles(projectFolder())) {
    CAPTURE(path);
    std::string text = readFile(path);
    CHECK(formatText(text).text == text);
  }
}
