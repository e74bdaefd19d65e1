#include "tests/filetest/reference.h"

#include "compiler/diagnostics/render.h"
#include "compiler/syntax/format.h"
#include "compiler/syntax/parse.h"
#include "tests/filetest/completion.h"
#include "tests/filetest/modes.h"
#include "tests/filetest/test_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <sstream>

namespace relc::filetest {
namespace {

using diagnostics::Check;
using diagnostics::Finding;
using schema::Kind;
using schema::KindSet;

/// That nothing uses what an example declares says nothing of it.
bool isOfUse(Check check) {
  return check == Check::UnusedImport || check == Check::UnusedDeclaration ||
         check == Check::AcceptUnused || check == Check::LintWithoutEffect;
}

/// Is it about what the text says, and not about what else a whole system would need?
bool isOfLanguage(const Finding& finding) {
  std::string_view group = diagnostics::info(finding.check).group;
  return (group == "source" || group == "promql") && !isOfUse(finding.check);
}

class Judge {
public:
  void example(std::string_view what, std::string_view text, Kind place) {
    std::string lines = fmt::format("{}\n", text);
    report(what, layout(lines) + compiles({lines, place}));
  }

  /// A block of a page, by what stands behind its fence.
  void block(const std::string& what, std::string_view info, const std::string& text) {
    std::istringstream words{std::string(info)};
    std::string word, raises;
    Snippet snippet{text, Kind::top};
    words >> word;
    while (words >> word) {
      std::string kindName;
      if (diagnostics::findCheck(word)) {
        raises = word;
        continue;
      }
      words >> kindName;
      if (auto kind = schema::findKind(kindName); word == "in" && kind)
        snippet.place = *kind;
      else
        return report(what, fmt::format("`{}` is nothing that a block can say of itself\n", info));
    }
    report(what, raises.empty() ? layout(text) + compiles(snippet) : findsOnly(snippet, raises));
  }

  bool finish() const {
    fmt::print("reference: {} examples passed, {} failed\n", passed_, failed_);
    return failed_ == 0;
  }

private:
  size_t passed_ = 0, failed_ = 0;

  void report(std::string_view what, const std::string& wrong) {
    wrong.empty() ? ++passed_ : ++failed_;
    if (!wrong.empty()) fmt::print("FAIL {}\n{}\n", what, wrong);
  }

  /// Is it laid out as `relc fmt` does it?
  static std::string layout(const std::string& text) {
    std::string wrong;
    for (const Part& part : TestFile("example.rel", text).parts) {
      source::SourceManager sources;
      diagnostics::FindingList findings;
      std::string formatted =
          syntax::format(syntax::parse(sources, sources.add("", part.text), findings));
      if (formatted != part.text) wrong += fmt::format("in canonical layout it is\n{}", formatted);
    }
    return wrong;
  }

  struct Result {
    std::unique_ptr<Compilation> compilation;
    std::vector<Finding> inside; ///< of the language, in the snippet
    std::vector<Finding> around; ///< in what was put around it
  };
  static Result compiled(const Snippet& snippet) {
    Completed program = complete(snippet);
    Result result;
    result.compilation = compileFiles(program.files, TestFile("", "").directives.now);
    auto isOwn = [&](const source::Range& range) {
      if (!range.valid() || range.file.index >= program.own) return false;
      return range.file.index > 0 || (range.begin >= program.begin && range.end <= program.end);
    };
    for (const Finding& finding : result.compilation->findings) {
      if (!isOfLanguage(finding)) continue;
      // What an attribute lacks beside it, or contradicts, was put there by us.
      bool related =
          std::any_of(finding.secondary.begin(), finding.secondary.end(), [&](const auto& at) {
            return at.range.valid() && at.range.file.index < program.own && !isOwn(at.range);
          });
      bool lacks = finding.severity != diagnostics::Severity::Error ||
                   finding.check == Check::MissingAttribute;
      if (isOwn(finding.primary.range) && !related)
        result.inside.push_back(finding);
      else if (!lacks && !related)
        result.around.push_back(finding);
    }
    return result;
  }

  static std::string compiles(const Snippet& snippet) {
    Result result = compiled(snippet);
    result.inside.insert(result.inside.end(), result.around.begin(), result.around.end());
    return result.inside.empty()
               ? ""
               : diagnostics::renderText(result.inside, result.compilation->sources, {});
  }

  static std::string findsOnly(const Snippet& snippet, std::string_view code) {
    Result result = compiled(snippet);
    auto is = [&](const Finding& f) { return diagnostics::info(f.check).code == code; };
    if (std::none_of(result.inside.begin(), result.inside.end(), is))
      return fmt::format("it does not raise {}\n", code);
    std::erase_if(result.inside, is);
    return result.inside.empty() ? ""
                                 : fmt::format("besides {} it raises\n{}", code,
                                               diagnostics::renderText(
                                                   result.inside, result.compilation->sources, {}));
  }
};

void schemaExamples(Judge& judge) {
  for (const auto& row : schema::kinds()) {
    KindSet parents = row.parents - KindSet(Kind::profile);
    if (parents.empty()) parents = Kind::profile;
    parents.each([&](Kind parent) {
      judge.example(
          fmt::format("example of kind `{}` in `{}`", row.word, schema::info(parent).word),
          row.example, parent);
    });
  }
  for (const auto& row : schema::attributes())
    row.kinds.each([&](Kind kind) {
      std::string_view word = schema::info(kind).word;
      judge.example(fmt::format("example of `{}` of `{}`", row.name, word), row.example, kind);
      if (!row.fallback.empty())
        judge.example(fmt::format("default of `{}` of `{}`", row.name, word),
                      fmt::format("{} = {}", row.name, row.fallback), kind);
    });
  for (const auto& form : schema::formTable)
    for (const auto& row : schema::attributes()) {
      if (row.type.forms != form.set) continue;
      row.kinds.each([&](Kind kind) {
        judge.example(fmt::format("example of `{}(…)` in `{}`", form.name, row.name),
                      fmt::format("{} = {}", row.name, form.example), kind);
      });
    }
}

void blocks(Judge& judge, const std::string& path, const std::string& page) {
  std::vector<std::string> lines = splitLines(page);
  for (size_t i = 0; i < lines.size(); ++i) {
    if (!lines[i].starts_with("```")) continue;
    std::string info = lines[i].substr(3);
    size_t first = i + 1;
    std::string text;
    for (++i; i < lines.size() && lines[i] != "```"; ++i) text += lines[i] + '\n';
    if (info == "rel" || info.starts_with("rel "))
      judge.block(fmt::format("{}:{}", path, first), info, text);
  }
}

} // namespace

bool testReference(const std::filesystem::path& docs) {
  Judge judge;
  schemaExamples(judge);
  std::set<std::filesystem::path> pages;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(docs))
    if (entry.path().extension() == ".md") pages.insert(entry.path());
  for (const auto& page : pages)
    blocks(judge, fmt::format("docs/reference/{}", page.lexically_relative(docs).generic_string()),
           readFile(page));
  return judge.finish();
}

} // namespace relc::filetest
