#pragma once
// Random programs for the tests of the formatter.

#include <cstdint>
#include <random>
#include <string>

namespace relc::syntax::tests {

class Random {
public:
  explicit Random(uint64_t seed) : engine_(seed) {}
  uint32_t below(uint32_t bound) { return static_cast<uint32_t>(engine_() % bound); }
  bool chance(uint32_t percent) { return below(100) < percent; }

private:
  std::mt19937_64 engine_;
};

class Generator {
public:
  Generator(uint64_t seed, uint64_t layout) : random_(seed), layout_(layout) {}

  std::string program() {
    if (random_.chance(30)) text_ += "// The header.\n";
    if (random_.chance(30)) text_ += "\n";
    uint32_t members = 1 + random_.below(8);
    for (uint32_t i = 0; i < members; ++i) {
      lineComments();
      switch (random_.below(6)) {
      case 0: import(); break;
      case 1: assignment("let "); break;
      default: declaration(0); break;
      }
      endLine();
    }
    return text_;
  }

private:
  Random random_; // what the formatter respects
  Random layout_; // what it does not
  std::string text_;

  template <size_t N>
  const char* oneOf(const char* const (&words)[N]) {
    return words[random_.below(N)];
  }

  // --- gaps --------------------------------------------------------------------------------------

  void blanks() {
    static constexpr const char* choices[] = {" ", "  ", "\t", " \t ", "     "};
    text_ += choices[layout_.below(5)];
  }
  /// Within a line, where no blank is needed.
  void maybeBlanks() {
    if (random_.chance(2))
      text_ += " /* in line */ ";
    else if (layout_.chance(50))
      blanks();
  }
  /// Within a group. A comment fixes the line breaks around it.
  void free() {
    if (random_.chance(2))
      text_ += " /* here */ ";
    else if (random_.chance(1))
      text_ += "\n\n// a line\n";
    else if (random_.chance(1))
      text_ += " // behind\n";
    else if (random_.chance(1))
      text_ += "\n/* two\n   lines */";
    else if (layout_.chance(20))
      text_ += "\n", indent();
    else if (layout_.chance(50))
      blanks();
  }
  void indent() { text_.append(layout_.below(9), layout_.chance(90) ? ' ' : '\t'); }
  void endLine() {
    if (random_.chance(8)) {
      blanks();
      text_ += oneOf({"// behind", "/* behind */", "/* one */ // two", "/// behind"});
    }
    if (layout_.chance(20)) text_ += "  ";
    text_ += layout_.chance(10) ? "\r\n" : "\n";
    if (random_.chance(25))
      text_ += "\n";
    else if (random_.chance(3))
      text_ += "\n\n\n";
  }
  void lineComments() {
    while (random_.chance(12)) {
      indent();
      text_ += oneOf({"// a comment", "/// what follows", "/* a block */",
                      "/* several\n     lines */", "//", "/* x */ // y"});
      if (layout_.chance(20)) text_ += "  ";
      text_ += "\n";
      if (random_.chance(20)) text_ += "\n";
    }
    indent();
  }

  // --- expressions -------------------------------------------------------------------------------

  std::string name() {
    static constexpr const char* words[] = {
        "a",  "owner", "orders-db", "needs", "in",   "is", "payments-primary",
        "of", "any",   "eu-west-1", "x_1",   "tier", "on", "as"};
    return words[random_.below(14)];
  }

  void reference() {
    text_ += name();
    while (random_.chance(20)) text_ += '.', text_ += name();
  }
  /// Before a block, where words such as `in` mean something.
  void target() { text_ += oneOf({"checkout", "orders-db", "std.http", "eu-west-1", "a.b.c"}); }

  template <class Element>
  void group(char open, char close, uint32_t least, bool commas, Element element) {
    text_ += open;
    uint32_t count = least + random_.below(commas ? 5 : 1);
    for (uint32_t i = 0; i < count; ++i) {
      free();
      element();
      if (i + 1 == count) break;
      free();
      text_ += ',';
    }
    free();
    if (commas && count > 0 && layout_.chance(20)) text_ += ',';
    text_ += close;
  }

  void expression(int depth) {
    operand(depth);
    while (random_.chance(10)) {
      blanks();
      text_ += oneOf({"+", "-", "*", "/"});
      blanks();
      operand(depth);
    }
  }

  void operand(int depth) {
    if (random_.chance(4)) text_ += "-";
    switch (random_.below(depth > 3 ? 6 : 11)) {
    case 0:
      text_ += oneOf({"99.9%", "300ms", "1h30m", "2GiB", "1200/s", "4%/month", "0", "1_000"});
      break;
    case 1:
      text_ +=
          oneOf({"\"Mon 09:00\"", "\"\"", "\"a \\\" b // no comment\"", "\"\xc3\xbc\xe2\x82\xac\"",
                 "\"A sentence that is rather long, so that lines have to be divided somewhere\""});
      break;
    case 2: text_ += oneOf({"true", "false", "2026-11-23"}); break;
    case 3:
      text_ += oneOf({"`up == 1`", "`sum(rate(x{$selector}[5m]))`", "`\n    up\n    ==   1\n  `"});
      break;
    case 4:
      text_ += oneOf({"\"\"\"text\"\"\"", "\"\"\"\n   first\n     second  \n\n   \"\"\""});
      break;
    case 5: reference(); break;
    case 6: group('[', ']', 0, true, [&] { expression(depth + 1); }); break;
    case 7: group('(', ')', 1, false, [&] { expression(depth + 1); }); break;
    case 8:
      group('{', '}', 0, true, [&] {
        text_ += name();
        maybeBlanks();
        text_ += oneOf({"=", "!=", "=~", "!~"});
        maybeBlanks();
        text_ += oneOf({"\"checkout\"", "\"5..\"", "job"});
      });
      break;
    default:
      reference();
      group('(', ')', 0, true, [&] {
        if (random_.chance(40)) {
          text_ += name();
          maybeBlanks();
          text_ += "=";
          maybeBlanks();
        }
        expression(depth + 1);
      });
    }
  }

  // --- members -----------------------------------------------------------------------------------

  void import() {
    text_ += "import";
    blanks();
    text_ += oneOf({"std.http", "std.postgres.fast", "\"../platform\""});
    if (random_.chance(30)) blanks(), text_ += "as", blanks(), text_ += "other";
  }

  void assignment(const char* word) {
    text_ += word;
    text_ += oneOf({"owner", "t", "detected_by", "objective", "needs_2", "is-it"});
    maybeBlanks();
    text_ += "=";
    maybeBlanks();
    expression(0);
  }

  void simpleValue() {
    if (random_.chance(30))
      text_ += oneOf({"[a, b]", "f(x = 1)", "{job=\"x\"}", "-1", "1 + 2", "[]"});
    else
      text_ += oneOf({"99.9%", "300ms", "page", "\"Somebody\"", "2026-11-23", "`up`", "true",
                      "\"A rather long sentence about it\""});
  }

  void declaration(int depth) {
    text_ += oneOf({"service", "slo", "step", "domain", "capacity", "alert"});
    if (random_.chance(70)) {
      blanks();
      text_ += oneOf({"checkout", "x", "eu-west-1a", "2026-11-23", "\"a name\"", "any"});
    }
    if (random_.chance(20)) blanks(), text_ += oneOf({"in", "on"}), blanks(), target();
    if (random_.chance(20)) {
      blanks();
      text_ += "is";
      blanks();
      target();
      if (random_.chance(70)) group('(', ')', 0, true, [&] { expression(2); });
      if (random_.chance(20)) maybeBlanks(), text_ += ",", maybeBlanks(), text_ += "other";
    }
    blanks();
    block(depth);
  }

  void relation(int depth) {
    text_ += oneOf({"needs", "uses"});
    blanks();
    switch (random_.below(4)) {
    case 0:
      text_ += "any";
      blanks();
      group('[', ']', 1, true, [&] { reference(); });
      break;
    case 1:
      text_ += "2";
      blanks();
      text_ += "of";
      blanks();
      group('[', ']', 1, true, [&] { reference(); });
      break;
    default: target();
    }
    if (random_.chance(60)) blanks(), block(depth);
  }

  void block(int depth) {
    text_ += '{';
    if (random_.chance(60)) { // on one line
      maybeBlanksOnly();
      uint32_t count = random_.below(4);
      for (uint32_t i = 0; i < count; ++i) {
        text_ += oneOf({"timeout", "a", "severity", "budget"});
        maybeBlanksOnly();
        text_ += "=";
        maybeBlanksOnly();
        simpleValue();
        blanks();
      }
      text_ += '}';
      return;
    }
    endLine();
    uint32_t count = random_.below(depth > 3 ? 3 : 7);
    for (uint32_t i = 0; i < count; ++i) {
      lineComments();
      switch (random_.below(depth > 4 ? 2 : 6)) {
      case 0:
      case 1:
      case 2: assignment(""); break;
      case 3: relation(depth + 1); break;
      case 4:
        text_ += "in";
        blanks();
        target();
        blanks();
        block(depth + 1);
        break;
      default: declaration(depth + 1);
      }
      endLine();
    }
    lineComments();
    text_ += '}';
  }
  void maybeBlanksOnly() {
    if (layout_.chance(50)) blanks();
  }
};

/// A correct program. `seed` decides on everything that the formatter respects: tokens, comments,
/// blank lines, which blocks are on one line. `layout` decides on the rest.
inline std::string randomProgram(uint64_t seed, uint64_t layout) {
  return Generator(seed, layout).program();
}

} // namespace relc::syntax::tests
