// Bar P1's yardstick: how long ANTLR alone needs to lex and parse all `.rel` files below a folder,
// on one core. The generated parser reads what repair makes of the tokens, as it does in the
// compiler; repair itself, our findings and our tree are not timed.
//
// relc_bench_antlr DIR prints one line of JSON: lines, bytes, seconds of lexer and of parser, and
// of both by the wall clock and of the processor.

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
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

namespace {

using namespace relc;
using Clock = std::chrono::steady_clock;

/// Seconds by the wall clock and of the processor; on a machine that is busy with other things only
/// the second says something.
struct Cost {
  double wall = 0;
  double cpu = 0;
  void operator+=(const Cost& other) {
    wall += other.wall;
    cpu += other.cpu;
  }
};

class Stopwatch {
public:
  [[nodiscard]] Cost read() const {
    return {std::chrono::duration<double>(Clock::now() - wall_).count(),
            double(std::clock() - cpu_) / CLOCKS_PER_SEC};
  }

private:
  Clock::time_point wall_ = Clock::now();
  std::clock_t cpu_ = std::clock();
};

/// Without anything of ours: ANTLR's lexer to the end of the text.
Cost lexAlone(std::string_view text) {
  const Stopwatch watch;
  syntax::ByteStream stream(text, 0);
  grammar::RelLexer lexer(&stream);
  lexer.removeErrorListeners();
  while (lexer.nextToken()->getType() != antlr4::Token::EOF) {
  }
  return watch.read();
}

Cost parseAlone(source::FileId file, std::string_view text) {
  diagnostics::FindingList findings;
  auto tokens = syntax::lex(file, text, findings).tokens;
  syntax::repair(file, text, tokens, findings);
  std::vector<std::unique_ptr<antlr4::Token>> list;
  list.reserve(tokens.size());
  for (const syntax::Token& token : tokens)
    list.push_back(std::make_unique<antlr4::CommonToken>(
        std::pair<antlr4::TokenSource*, antlr4::CharStream*>{nullptr, nullptr},
        syntax::toAntlr(token.kind), antlr4::Token::DEFAULT_CHANNEL, token.begin, token.end - 1));

  const Stopwatch watch;
  antlr4::ListTokenSource feed(std::move(list));
  antlr4::BufferedTokenStream stream(&feed);
  grammar::RelParser parser(&stream);
  parser.removeErrorListeners();
  parser.file();
  return watch.read();
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
  Cost lex;
  Cost parse;
  size_t bytes = 0;
  size_t lines = 0;
  for (uint32_t i = 0; i < sources.fileCount(); ++i) {
    const std::string_view text = sources.text(source::FileId{i});
    bytes += text.size();
    lines += static_cast<size_t>(std::ranges::count(text, '\n'));
    lex += lexAlone(text);
    parse += parseAlone(source::FileId{i}, text);
  }
  fmt::print("{{\"files\":{},\"lines\":{},\"bytes\":{},\"lex\":{:.6f},\"parse\":{:.6f},"
             "\"wall\":{:.6f},\"cpu\":{:.6f}}}\n",
             sources.fileCount(), lines, bytes, lex.wall, parse.wall, lex.wall + parse.wall,
             lex.cpu + parse.cpu);
  return 0;
}
