// Build tool: reads the pages docs/checks/REL####-name.md and writes the table of checks.
//
//   relc_generate_checks OUT_DIR RETIRED PAGE...
//
// writes OUT_DIR/check_enumerators.inc (one enumerator a page, all that a header needs) and
// OUT_DIR/checks_table.inc (everything). They are two files, and are left alone when their content
// is as before, so that mending the prose of a page does not recompile the world.
// A page that breaks the rules of docs/checks/README.md fails the build with file:line.

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace {

using std::string;
using std::string_view;

struct Page {
  string path, code, name, severity, group, summary, text, bad, mended;
  bool onlyIfEverywhere = false;
};

int errors = 0;

void fail(const string& path, size_t line, const string& message) {
  std::fprintf(stderr, "%s:%zu: error: %s\n", path.c_str(), line, message.c_str());
  ++errors;
}

bool readFile(const string& path, string& out) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return false;
  out.assign(std::istreambuf_iterator<char>(in), {});
  return true;
}

std::vector<string> splitLines(const string& text) {
  std::vector<string> lines;
  for (size_t begin = 0; begin < text.size();) {
    size_t end = std::min(text.find('\n', begin), text.size());
    lines.push_back(text.substr(begin, end - begin));
    if (!lines.back().empty() && lines.back().back() == '\r') lines.back().pop_back();
    begin = end + 1;
  }
  return lines;
}

string trim(string_view text) {
  size_t begin = text.find_first_not_of(" \t");
  if (begin == string_view::npos) return {};
  return string(text.substr(begin, text.find_last_not_of(" \t") - begin + 1));
}

bool isCode(string_view text) {
  return text.size() == 7 && text.substr(0, 3) == "REL" &&
         std::all_of(text.begin() + 3, text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool isKebab(string_view text) {
  if (text.empty() || text.front() < 'a' || text.front() > 'z' || text.back() == '-') return false;
  char last = 0;
  for (char c : text) {
    if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-')) return false;
    if (c == '-' && last == '-') return false;
    last = c;
  }
  return true;
}

string pascal(string_view kebab) {
  string out;
  bool upper = true;
  for (char c : kebab) {
    if (c != '-') out += upper && c >= 'a' && c <= 'z' ? char(c - 'a' + 'A') : c;
    upper = c == '-';
  }
  return out;
}

/// Up to the first period that ends a word and is followed by space, outside back-quotes.
string firstSentence(const string& paragraph) {
  bool quoted = false;
  for (size_t i = 0; i < paragraph.size(); ++i) {
    if (paragraph[i] == '`') quoted = !quoted;
    if (!quoted && paragraph[i] == '.' && (i + 1 == paragraph.size() || paragraph[i + 1] == ' '))
      return paragraph.substr(0, i + 1);
  }
  return paragraph;
}

/// The rules of a page, applied line by line.
class PageReader {
public:
  explicit PageReader(const string& path) { page_.path = path; }

  Page read() {
    string text;
    if (!readFile(page_.path, text)) {
      fail(page_.path, 1, "cannot be read");
      return page_;
    }
    // ISO C++ promises 65,536 characters a literal.
    if (text.size() > 60000) fail(page_.path, 1, "longer than 60000 bytes");
    lines_ = splitLines(text);
    readFrontMatter();
    readHead();
    readSections();
    for (size_t i = body_; i < lines_.size(); ++i) page_.text += lines_[i] + '\n';
    return page_;
  }

private:
  void readFrontMatter() {
    if (lines_.empty() || lines_[0] != "---") {
      fail(page_.path, 1, "expected `---`, the start of the front matter");
      return;
    }
    std::map<string, string> fields;
    size_t i = 1;
    for (; i < lines_.size() && lines_[i] != "---"; ++i) {
      size_t colon = lines_[i].find(':');
      if (colon == string::npos) {
        fail(page_.path, i + 1, "expected `field: value`");
        continue;
      }
      string key = trim(string_view(lines_[i]).substr(0, colon));
      string value = trim(string_view(lines_[i]).substr(colon + 1));
      static const std::set<string> known{"code",  "name",    "severity",
                                          "group", "example", "environments"};
      if (!known.count(key)) fail(page_.path, i + 1, "unknown field `" + key + "`");
      if (!fields.emplace(key, value).second)
        fail(page_.path, i + 1, "field `" + key + "` is set twice");
      checkField(key, value, i + 1);
    }
    if (i == lines_.size()) fail(page_.path, 1, "the front matter has no closing `---`");
    for (const char* key : {"code", "name", "severity", "group"})
      if (!fields.count(key)) fail(page_.path, 1, string("missing field `") + key + "`");
    page_.code = fields["code"];
    page_.name = fields["name"];
    page_.severity = fields["severity"];
    page_.group = fields["group"];
    hasExample_ = !fields.count("example");
    page_.onlyIfEverywhere = fields.count("environments") > 0;
    body_ = std::min(i + 1, lines_.size());
    while (body_ < lines_.size() && trim(lines_[body_]).empty()) ++body_;
    string file = page_.path.substr(page_.path.find_last_of('/') + 1);
    if (file != page_.code + "-" + page_.name + ".md")
      fail(page_.path, 1,
           "file name does not match the front matter: expected `" + page_.code + "-" + page_.name +
               ".md`");
  }

  void checkField(const string& key, const string& value, size_t line) {
    if (key == "code" && !isCode(value))
      fail(page_.path, line, "expected a code such as REL1001, found `" + value + "`");
    if ((key == "name" || key == "group") && !isKebab(value))
      fail(page_.path, line, "expected a kebab-case " + key + ", found `" + value + "`");
    if (key == "severity" && value != "error" && value != "warning" && value != "note")
      fail(page_.path, line,
           "unknown severity `" + value + "`: expected `error`, `warning` or `note`");
    if (key == "example" && (value.rfind("none, ", 0) != 0 || value.size() < 16))
      fail(page_.path, line,
           "expected `example: none, ` and the reason why no program can show it");
    if (key == "environments" && value != "all")
      fail(page_.path, line, "expected `environments: all`, found `" + value + "`");
  }

  /// `# Heading`, then the paragraph whose first sentence is the summary.
  void readHead() {
    size_t i = body_;
    if (i >= lines_.size() || lines_[i].rfind("# ", 0) != 0)
      fail(page_.path, i + 1, "expected `# ` and the heading of the page");
    for (++i; i < lines_.size() && trim(lines_[i]).empty();) ++i;
    size_t first = i;
    string paragraph;
    for (; i < lines_.size() && !trim(lines_[i]).empty() && lines_[i][0] != '#'; ++i)
      paragraph += (paragraph.empty() ? "" : " ") + trim(lines_[i]);
    page_.summary = firstSentence(paragraph);
    if (page_.summary.empty() || page_.summary.back() != '.')
      fail(page_.path, first + 1, "expected a paragraph that says in one sentence when it fires");
    sections_ = i;
  }

  void readSections() {
    static const std::vector<string> order{"Why it matters", "Bad", "Mended", "Settings",
                                           "Sources"};
    size_t next = 0;
    bool fenced = false;
    for (size_t i = sections_; i < lines_.size(); ++i) {
      if (lines_[i].rfind("```", 0) == 0) fenced = !fenced;
      if (fenced || lines_[i].rfind("#", 0) != 0) continue;
      if (lines_[i].rfind("###", 0) == 0) continue;
      string title = lines_[i].rfind("## ", 0) == 0 ? trim(lines_[i].substr(3)) : lines_[i];
      size_t found = std::find(order.begin() + next, order.end(), title) - order.begin();
      if (found == order.size()) {
        fail(page_.path, i + 1,
             "section `" + title +
                 "` is unknown, repeated or out of order: expected Why it matters, Bad, Mended, "
                 "then Settings and Sources if needed");
        continue;
      }
      for (size_t k = next; k < found && k < 3; ++k)
        fail(page_.path, i + 1, "missing section `## " + order[k] + "` before this one");
      next = found + 1;
      readSection(title, i);
    }
    if (fenced)
      fail(page_.path, std::max<size_t>(lines_.size(), 1), "a fenced block is not closed");
    for (size_t k = next; k < 3; ++k)
      fail(page_.path, std::max<size_t>(lines_.size(), 1), "missing section `## " + order[k] + "`");
  }

  void readSection(const string& title, size_t heading) {
    bool fenced = false;
    bool anything = false;
    std::vector<string> programs;
    for (size_t i = heading + 1; i < lines_.size(); ++i) {
      const string& line = lines_[i];
      if (!fenced && line.rfind("## ", 0) == 0) break;
      anything = anything || !trim(line).empty();
      if (line.rfind("```", 0) == 0) {
        fenced = !fenced;
        inProgram_ = fenced && line == "```rel";
        if (inProgram_) programs.emplace_back();
      } else if (fenced && inProgram_) {
        programs.back() += line + '\n';
      }
    }
    if (!anything) fail(page_.path, heading + 1, "section `" + title + "` is empty");
    if (title != "Bad" && title != "Mended") return;
    if (programs.size() != (hasExample_ ? 1 : 0)) {
      fail(page_.path, heading + 1,
           hasExample_ ? "section `" + title + "` must hold exactly one ```rel block"
                       : "a page with `example: none` has no ```rel block");
      return;
    }
    if (!hasExample_) return;
    (title == "Bad" ? page_.bad : page_.mended) = programs[0];
    if (trim(programs[0]).empty() || programs[0] == "\n")
      fail(page_.path, heading + 1, "the program of section `" + title + "` is empty");
  }

  Page page_;
  std::vector<string> lines_;
  size_t body_ = 0;
  size_t sections_ = 0;
  bool hasExample_ = true;
  bool inProgram_ = false;
};

/// One code a line, sorted, with an optional comment after `#`.
std::set<string> readRetired(const string& path) {
  string text;
  std::set<string> codes;
  if (!readFile(path, text)) fail(path, 1, "cannot be read");
  std::vector<string> lines = splitLines(text);
  string last;
  for (size_t i = 0; i < lines.size(); ++i) {
    string code = trim(string_view(lines[i]).substr(0, lines[i].find('#')));
    if (code.empty()) continue;
    if (!isCode(code)) fail(path, i + 1, "expected a code such as REL1001, found `" + code + "`");
    if (code <= last) fail(path, i + 1, "`" + code + "` is repeated or not in order");
    last = code;
    codes.insert(code);
  }
  return codes;
}

void checkTogether(const std::vector<Page>& pages, const std::set<string>& retired) {
  std::map<string, string> seen;
  for (const Page& page : pages) {
    if (retired.count(page.code))
      fail(page.path, 2, "code `" + page.code + "` is retired and never used again");
    for (const string& key : {page.code, page.name}) {
      if (key.empty()) continue;
      auto [it, isNew] = seen.emplace(key, page.path);
      if (!isNew) fail(page.path, 2, "`" + key + "` is already taken by " + it->second);
    }
  }
}

/// A C++ string literal, pure ASCII, a source line per line of text.
string literal(string_view text) {
  string out = "\"";
  for (size_t i = 0; i < text.size(); ++i) {
    unsigned char c = static_cast<unsigned char>(text[i]);
    if (c == '\n') {
      out += i + 1 < text.size() ? "\\n\"\n  \"" : "\\n";
    } else if (c == '"' || c == '\\') {
      out += '\\';
      out += char(c);
    } else if (c < 0x20 || c >= 0x7f) {
      char octal[8];
      std::snprintf(octal, sizeof octal, "\\%03o", c);
      out += octal;
    } else {
      out += char(c);
    }
  }
  return out + '"';
}

void writeIfChanged(const string& path, const string& text) {
  string old;
  if (readFile(path, old) && old == text) return;
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  if (!(out << text).flush()) fail(path, 1, "cannot be written");
}

} // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: relc_generate_checks OUT_DIR RETIRED PAGE...\n");
    return 2;
  }
  std::set<string> retired = readRetired(argv[2]);
  std::vector<Page> pages;
  for (int i = 3; i < argc; ++i) pages.push_back(PageReader(argv[i]).read());
  std::sort(pages.begin(), pages.end(), [](const Page& a, const Page& b) {
    return std::tie(a.code, a.path) < std::tie(b.code, b.path);
  });
  checkTogether(pages, retired);
  if (pages.empty()) fail(argv[2], 1, "there is no page beside this file");
  if (errors) return 1;

  string enumerators = "// Written by relc_generate_checks from docs/checks.\n";
  string table = enumerators;
  for (const Page& page : pages) {
    string enumerator = pascal(page.name);
    enumerators += "RELC_CHECK(" + enumerator + ")\n";
    table += "RELC_CHECK(" + enumerator + ", " + literal(page.code) + ", " + literal(page.name) +
             ", " + pascal(page.severity) + ", " + literal(page.group) + ",\n  " +
             literal(page.summary) + ",\n  " + literal(page.text) + ",\n  " + literal(page.bad) +
             ",\n  " + literal(page.mended) + ", " + (page.onlyIfEverywhere ? "true" : "false") +
             ")\n";
  }
  string out = argv[1];
  writeIfChanged(out + "/check_enumerators.inc", enumerators);
  writeIfChanged(out + "/checks_table.inc", table);
  return errors ? 1 : 0;
}
