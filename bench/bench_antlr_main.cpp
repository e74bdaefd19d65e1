// Bar P1's yardstick: how long ANTLR alone needs to lex and parse all `.rel` files below a folder,
// on one core. The generated parser reads what repair makes of the tokens, as it does in the
// compiler; repair itself, our findings and our tree are not timed.
//
// relc_bench_antlr DIR prints one line of JSON: lines, bytes, and seconds of lexer and parser.

#include "RelLexer.h"
#include "RelParser.h"
#include "compiler/source/source.h"
#include "compiler/syntax/byte_stream.h"
#include "compiler/syntax/lexer.h"
#include "compiler/syntax/repair.h"
#include "compiler/syntax/token_types.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

namespace {

using namespace relc;
using Clock = std::chrono::steady_clock;

struct Seconds {
  double lex = 0;
  double parse = 0;
};

double since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Without anything of ours: ANTLR's lexer to the end of the text.
double lexAlone(std::string_view text) {
  const auto start = Clock::now();
  syntax::ByteStream stream(text, 0);
  grammar::RelLexer lexer(&stream);
  lexer.removeErrorListeners();
  while (lexer.nextToken()->getType() != antlr4::Token::EOF) {
  }
  return since(start);
}

double parseAlone(source::FileId file, std::string_view text) {
  diagnostics::FindingList findings;
  auto tokens = syntax::lex(file, text, findings).tokens;
  syntax::repair(file, text, tokens, findings);
  std::vector<std::unique_ptr<antlr4::Token>> list;
  list.reserve(tokens.size());
  for (const syntax::Token& token : tokens)
    list.push_back(std::make_unique<antlr4::CommonToken>(
        std::pair<antlr4::TokenSource*, antlr4::CharStream*>{nullptr, nullptr},
        syntax::toAntlr(token.kind), antlr4::Token::DEFAULT_CHANNEL, token.begin, token.end - 1));

  const auto start = Clock::now();
  antlr4::ListTokenSource feed(std::move(list));
  antlr4::BufferedTokenStream stream(&feed);
  grammar::RelParser parser(&stream);
  parser.removeErrorListeners();
  parser.file();
  return since(start);
}

} // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    fmt::print(stderr, "relc_bench_antlr DIR\n");
    return 2;
  }
  source::SourceManager sources;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(argv[1])) {
    if (entry.path().extension() != ".rel") continue;
    std::ifstream in(entry.path(), std::ios::binary);
    sources.add(entry.path().string(), {std::istreambuf_iterator<char>(in), {}});
  }
  Seconds seconds;
  size_t bytes = 0;
  size_t lines = 0;
  for (uint32_t i = 0; i < sources.fileCount(); ++i) {
    const std::string_view text = sources.text(source::FileId{i});
    bytes += text.size();
    lines += static_cast<size_t>(std::ranges::count(text, '\n'));
    seconds.lex += lexAlone(text);
    seconds.parse += parseAlone(source::FileId{i}, text);
  }
  fmt::print("{{\"files\":{},\"lines\":{},\"bytes\":{},\"lex\":{:.6f},\"parse\":{:.6f}}}\n",
             sources.fileCount(), lines, bytes, seconds.lex, seconds.parse);
  return 0;
}
