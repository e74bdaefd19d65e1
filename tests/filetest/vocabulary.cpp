#include "tests/filetest/vocabulary.h"

#include "compiler/pipeline.h"
#include "compiler/syntax/parse.h"
#include "tests/filetest/modes.h"
#include "tests/filetest/test_file.h"

#include <fmt/format.h>

#include <set>
#include <string>
#include <string_view>

namespace relc::filetest {
namespace {

namespace fs = std::filesystem;
using schema::Base;
using schema::Kind;

/// Sentences such as "`rpo` in `queue`": what a program uses, or what the schema has.
using Words = std::set<std::string, std::less<>>;

// The sentences. Each says one fact of the schema.
std::string place(Kind kind, Kind parent) {
  if (parent == Kind::top) return fmt::format("`{}` at the top", schema::info(kind).word);
  return fmt::format("`{}` inside `{}`", schema::info(kind).word, schema::info(parent).word);
}
std::string anyPlace(Kind kind) {
  return fmt::format("kind `{}`", schema::info(kind).word);
}
std::string attributeOf(std::string_view attribute, Kind kind) {
  return fmt::format("`{}` of `{}`", attribute, schema::info(kind).word);
}
std::string anyAttribute(std::string_view attribute) {
  return fmt::format("attribute `{}`", attribute);
}
std::string choiceOf(std::string_view choice, std::string_view attribute) {
  return fmt::format("`{}` of `{}`", choice, attribute);
}
std::string form(const schema::FormInfo& info) {
  return fmt::format("`{}(…)`", info.name);
}
std::string argument(const schema::FormInfo& info, const schema::FormParameterInfo& parameter) {
  return fmt::format("`{}(… {} = …)`", info.name, parameter.name);
}

// --- what there is -------------------------------------------------------------------------------

Words everything() {
  Words all;
  for (const auto& row : schema::kinds())
    row.parents.each([&](Kind parent) { all.insert(place(row.kind, parent)); });
  for (const auto& row : schema::attributes()) {
    row.kinds.each([&](Kind kind) { all.insert(attributeOf(row.name, kind)); });
    for (auto choice : schema::splitWords(row.type.choices)) all.insert(choiceOf(choice, row.name));
  }
  for (const auto& info : schema::formTable) {
    all.insert(form(info));
    for (const auto* parameter : schema::parametersOf(info)) {
      all.insert(argument(info, *parameter));
      for (auto choice : schema::splitWords(parameter->type.choices))
        all.insert(choiceOf(choice, parameter->name));
    }
  }
  return all;
}

Words everyKind() {
  Words all;
  for (const auto& row : schema::kinds()) all.insert(anyPlace(row.kind));
  return all;
}

Words everyLine() {
  Words all = everyKind();
  for (const auto& row : schema::attributes()) all.insert(anyAttribute(row.name));
  for (const auto& info : schema::formTable) all.insert(form(info));
  return all;
}

// --- what a model has ----------------------------------------------------------------------------

class Reader {
public:
  Reader(const model::Model& model, Words& words) : model_(model), words_(words) {}

  void run() {
    for (uint32_t i = 0; i < model_.entities.size(); ++i) {
      const model::Entity& entity = model_.entities[i];
      if (!entity.module.empty() || entity.broken) continue;
      Kind parent = entity.parent.valid() ? model_[entity.parent].kind : Kind::top;
      words_.insert(place(entity.kind, parent));
      words_.insert(anyPlace(entity.kind));
      if (entity.pattern) continue;
      for (const model::Attribute& attribute : model_.attributesOf({i})) {
        std::string_view name = schema::findAttribute(entity.kind, attribute.name)->name;
        if (!attribute.value.present()) continue;
        words_.insert(attributeOf(name, entity.kind));
        value(name, attribute.value);
      }
    }
  }

private:
  const model::Model& model_;
  Words& words_;

  void value(std::string_view attribute, const model::Value& v) {
    if (const auto* list = v.as<model::ListRef>())
      for (const auto& item : model_.list(*list)) value(attribute, item);
    if (const auto* label = v.as<model::Label>()) words_.insert(choiceOf(label->text, attribute));
    if (const auto* part = v.as<model::Qualified>()) words_.insert(choiceOf(part->part, attribute));
    if (const auto* ref = v.as<model::FormRef>()) {
      const model::Form& made = model_.forms[ref->index];
      words_.insert(form(*made.info));
      for (const auto& given : made.arguments) {
        words_.insert(argument(*made.info, *given.parameter));
        value(given.parameter->name, given.value);
      }
    }
  }
};

void addModels(const std::vector<SourceFile>& files, model::Date now, Words& words) {
  auto first = compileFiles(files, now);
  Reader(first->model, words).run();
  for (const std::string& environment : first->environments)
    Reader(compileFiles(files, now, environment)->model, words).run();
}

// --- what a text has -----------------------------------------------------------------------------

void addMembers(const syntax::Tree& tree, syntax::Slice members, Kind parent, Words& words) {
  for (syntax::MemberId id : tree.list(members)) {
    const syntax::Member& m = tree[id];
    Kind kind = parent;
    if (m.kind == syntax::MemberKind::Attribute) {
      if (const auto* row = schema::findAttribute(parent, tree.str(m.word)))
        words.insert(anyAttribute(row->name));
    } else if (m.kind == syntax::MemberKind::Declaration ||
               m.kind == syntax::MemberKind::Relation) {
      auto known = schema::findKind(tree.str(m.word), parent);
      if (!known) continue;
      words.insert(anyPlace(kind = *known));
    }
    addMembers(tree, m.members, kind, words);
  }
}

void addText(const Part& part, Words& words) {
  source::SourceManager sources;
  diagnostics::FindingList findings;
  syntax::Tree tree = syntax::parse(sources, sources.add(part.path, part.text), findings);
  addMembers(tree, tree.top, Kind::top, words);
  for (const syntax::Expr& expr : tree.exprs) {
    if (expr.kind != syntax::ExprKind::Call) continue;
    std::string_view call = tree.str(expr);
    for (const auto& info : schema::formTable)
      if (call.substr(0, call.find('(')) == info.name) words.insert(form(info));
  }
}

// --- files ---------------------------------------------------------------------------------------

/// In the order of their paths.
std::set<fs::path> programs(const fs::path& folder) {
  std::set<fs::path> found;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.path().extension() == ".rel") found.insert(entry.path());
  return found;
}

bool covers(std::string_view where, const Words& wanted, const Words& words) {
  size_t missing = 0;
  for (const std::string& word : wanted)
    if (!words.contains(word)) {
      fmt::print("FAIL {} lacks {}\n", where, word);
      ++missing;
    }
  fmt::print("vocabulary: {} of {} facts of the schema are in {}\n", wanted.size() - missing,
             wanted.size(), where);
  return missing == 0;
}

} // namespace

bool testVocabulary(const fs::path& root, const fs::path& showcase) {
  Words inModels, inTexts, inShowcase;
  for (const fs::path& path : programs(root / "model")) {
    TestFile test(path.filename().string(), readFile(path));
    addModels(test.files(), test.directives.now, inModels);
  }
  for (const fs::path& path : programs(root / "fmt"))
    for (const Part& part : TestFile(path.filename().string(), readFile(path)).parts)
      addText(part, inTexts);
  std::vector<SourceFile> files;
  for (const fs::path& path : programs(showcase))
    files.push_back({path.lexically_relative(showcase).generic_string(), readFile(path)});
  addModels(files, TestFile("", "").directives.now, inShowcase);

  bool all = covers("tests/model", everything(), inModels);
  all &= covers("tests/fmt", everyLine(), inTexts);
  Words kinds = everyKind();
  kinds.erase(anyPlace(Kind::library)); // is no part of a workspace
  all &= covers("examples/" + showcase.filename().string(), kinds, inShowcase);
  return all;
}

} // namespace relc::filetest
