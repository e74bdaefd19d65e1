// Build step: files as C++ string literals. embed OUT.inc NAME=FILE …; each becomes a row
// RELC_EMBED("NAME", "text").
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

int main(int argc, char** argv) {
  std::ofstream out(argv[1], std::ios::binary);
  for (int i = 2; i < argc; ++i) {
    std::string argument = argv[i];
    size_t equals = argument.find('=');
    std::ifstream in(argument.substr(equals + 1), std::ios::binary);
    if (!in) {
      std::cerr << "cannot read " << argument.substr(equals + 1) << '\n';
      return 1;
    }
    std::string text{std::istreambuf_iterator<char>(in), {}};
    out << "RELC_EMBED(\"" << argument.substr(0, equals) << "\",\n";
    // A literal a line: compilers limit the length of one, not of their concatenation.
    size_t at = 0;
    do {
      size_t end = std::min(text.find('\n', at), text.size() - 1) + 1;
      out << "  R\"relc~(" << text.substr(at, end - at) << ")relc~\"\n";
      at = end;
    } while (at < text.size());
    out << ")\n";
  }
  return out ? 0 : 1;
}
