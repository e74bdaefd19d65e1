#pragma once
// What the tests of the formatter share: formatting a text, comparing programs.

#include "compiler/syntax/format.h"
#include "compiler/syntax/lexer.h"
#include "compiler/syntax/parse.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace relc::syntax::tests {

namespace fs = std::filesystem;

struct Formatted {
  std::string text;
  bool clean = false; ///< no finding was made
};

inline Formatted formatText(std::string_view text) {
  source::SourceManager sources;
  diagnostics::FindingList findings;
  Tree tree = parse(sources, sources.add("sample.rel", std::string(text)), findings);
  return {format(tree), findings.empty()};
}

/// The tokens of a text, each with its text, as lexed; without a comma before a closing delimiter.
inline std::vector<std::string> rawTokens(std::string_view text) {
  diagnostics::FindingList findings;
  Tokens lexed = lex({}, text, findings);
  std::vector<std::string> result;
  for (const Token& token : lexed.tokens) {
    std::string_view s = text.substr(token.begin, token.end - token.begin);
    bool closes = s == "]" || s == ")" || s == "}";
    while (closes && !result.empty() && result.back() == ",") result.pop_back();
    result.emplace_back(s);
  }
  return result;
}

/// The comments of a text, without the blanks behind them.
inline std::vector<std::string> comments(std::string_view text) {
  diagnostics::FindingList findings;
  std::vector<std::string> result;
  for (const Token& comment : lex({}, text, findings).comments) {
    std::string s(text.substr(comment.begin, comment.end - comment.begin));
    while (!s.empty() && std::isspace(static_cast<unsigned char>(s.back()))) s.pop_back();
    result.push_back(std::move(s));
  }
  return result;
}

/// The syntax tree without offsets.
inline std::string outline(std::string_view text) {
  source::SourceManager sources;
  diagnostics::FindingList findings;
  Tree tree = parse(sources, sources.add("sample.rel", std::string(text)), findings);
  std::string printed = printTree(tree);
  std::string result;
  for (size_t at = 0; at < printed.size();) {
    size_t end = std::min(printed.find('\n', at), printed.size());
    std::string line = printed.substr(at, end - at);
    // ` [12, 34)`, and blanks at the end of a doc comment
    if (size_t open = line.rfind(" ["), close = line.rfind(')');
        open != line.npos && close != line.npos && open < close)
      line.erase(open, close + 1 - open);
    if (size_t last = line.find_last_not_of(" `"); last != line.npos) line.resize(last + 1);
    result += line + '\n';
    at = end + 1;
  }
  return result;
}

/// All .rel files of the standard library and the examples.
inline std::vector<fs::path> relFiles(const fs::path& project) {
  std::vector<fs::path> files;
  for (const char* folder : {"stdlib", "examples"})
    for (const auto& entry : fs::recursive_directory_iterator(project / folder))
      if (entry.path().extension() == ".rel") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

inline std::string readFile(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

} // namespace relc::syntax::tests
