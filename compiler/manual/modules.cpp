// What the manual says of a module of the standard library: its comments, its parameters, its
// metrics.

#include "backends/emit/markdown.h"
#include "compiler/manual/markdown.h"
#include "compiler/manual/module_reader.h"
#include "compiler/manual/places.h"
#include "compiler/manual/sections.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

namespace relc::manual {
namespace {

using schema::Kind;
using syntax::Member;
using syntax::MemberKind;

/// Kinds of declarations in the order in which a page shows them; the others follow by their words.
struct Chapter {
  std::string_view word;
  std::string_view title;
};
constexpr Chapter chapters[] = {{"sli", "What can be promised"},
                                {"profile", "What can be taken over"},
                                {"burn_policy", "Burn policies"},
                                {"budget_policy", "Budget policies"},
                                {"metric", "Metrics"}};

std::string lastWord(std::string_view module) {
  return std::string(module.substr(module.rfind('.') + 1));
}

class ModuleText {
public:
  ModuleText(std::string_view module, const ModuleReader& reader)
      : alias_(lastWord(module)), page_(fmt::format("std/{}.md", alias_)), reader_(reader),
        tree_(reader.tree()) {}

  std::string declaration(const Member& m, unsigned level) const {
    std::string_view word = tree_.str(m.word);
    if (word == "metric") {
      std::string out = fmt::format("{} {}\n\n", std::string(level, '#'), tree_.str(m.subject));
      return out + metrics({&m});
    }
    auto parameters = reader_.parametersOf(m);
    bool takes = word == "sli" || word == "profile";
    std::string out =
        fmt::format("{} {}.{}\n\n", std::string(level, '#'), alias_, tree_.str(m.subject));
    if (std::string doc = tree_.doc(m); !doc.empty()) out += doc + "\n\n";
    if (takes) {
      out +=
          fmt::format("{}: `{}`\n\n", word == "sli" ? "In an SLO" : "In the head of a declaration",
                      signature(m, parameters));
      out += table(parameters);
    }
    if (word == "profile")
      out += blocks(m);
    else
      out += program(tree_.text.substr(m.begin, m.end - m.begin)) + "\n";
    return out;
  }

  std::string chapter(std::string_view title, const std::vector<const Member*>& members,
                      unsigned level) const {
    if (members.empty()) return {};
    std::string out = fmt::format("{} {}\n\n", std::string(level, '#'), title);
    if (tree_.str(members[0]->word) == "metric") return out + metrics(members);
    for (const Member* m : members) out += declaration(*m, level + 1);
    return out;
  }

private:
  std::string alias_, page_;
  const ModuleReader& reader_;
  const syntax::Tree& tree_;

  std::string signature(const Member& m,
                        const std::vector<ModuleReader::Parameter>& parameters) const {
    std::string list;
    for (const auto& p : parameters)
      list += fmt::format("{}{}{}{}", list.empty() ? "" : ", ", p.name,
                          p.fallback.empty() ? "" : " = ", p.fallback);
    bool sli = tree_.str(m.word) == "sli";
    return fmt::format("{}{}.{}{}", sli ? "sli = " : "is ", alias_, tree_.str(m.subject),
                       list.empty() ? "" : fmt::format("({})", list));
  }

  /// "[a duration](…)", "the name of [a team](…)".
  std::string typeOf(const ModuleReader::Parameter& p) const {
    std::string one;
    if (auto kind = schema::findKind(p.type))
      one = "the name of " + describe(schema::KindSet(*kind), page_);
    else
      one = link(p.type, {"values.md", anchorOf(p.type)}, page_);
    return p.list ? fmt::format("{}, each {}", link("a list", {"values.md", "list"}, page_), one)
                  : one;
  }

  std::string table(const std::vector<ModuleReader::Parameter>& parameters) const {
    Table table({"Parameter", "Takes", "Default", "What it says"});
    for (const auto& p : parameters)
      table.add({code(p.name), typeOf(p), p.fallback.empty() ? "**required**" : code(p.fallback),
                 oneLine(p.doc)});
    return table.empty() ? std::string() : table.text() + "\n";
  }

  std::string blocks(const Member& profile) const {
    std::string out;
    for (syntax::MemberId id : tree_.list(profile.members)) {
      const Member& block = tree_[id];
      if (block.kind != MemberKind::Declaration || tree_.str(block.word) == "parameter") continue;
      auto kind = schema::findKind(tree_.str(block.word));
      if (!kind) continue;
      out += fmt::format("To {} it brings", describe(schema::KindSet(*kind), page_));
      Table table({"", ""});
      for (const auto& each : reader_.brought(block))
        table.add(
            {code(each.what), each.markdown ? oneLine(each.text) : emit::markdownText(each.text)});
      std::string attributes;
      for (syntax::MemberId inner : tree_.list(block.members))
        if (tree_[inner].kind == MemberKind::Attribute)
          attributes +=
              fmt::format("{}`{}`", attributes.empty() ? "" : ", ", tree_.str(tree_[inner].word));
      if (!attributes.empty()) out += fmt::format(" {}", attributes);
      if (!attributes.empty() && !table.empty()) out += " and";
      out += table.empty() ? ".\n\n" : fmt::format(":\n\n{}\n", table.text());
    }
    return out;
  }

  /// Lines of one paragraph put together; paragraphs stay lines of a cell.
  static std::string oneLine(std::string_view text) {
    std::string out;
    for (size_t i = 0; i < text.size(); ++i) {
      if (text[i] != '\n') {
        out += text[i];
      } else if (i + 1 < text.size() && text[i + 1] == '\n') {
        out += '\n';
        ++i;
      } else {
        out += ' ';
      }
    }
    return out;
  }

  std::string metrics(const std::vector<const Member*>& members) const {
    Table table({"Metric", "Type", "Labels", "What it says"});
    for (const Member* m : members) {
      std::string labels(reader_.attribute(*m, "labels"));
      std::string list;
      size_t at = 0;
      while ((at = labels.find_first_not_of("[], \n\t", at)) != labels.npos) {
        size_t end = std::min(labels.find_first_of("[], \n\t", at), labels.size());
        list += fmt::format("{}`{}`", list.empty() ? "" : ", ", labels.substr(at, end - at));
        at = end;
      }
      std::string type(reader_.attribute(*m, "type"));
      if (auto unit = reader_.attribute(*m, "unit"); !unit.empty())
        type += fmt::format(" of {}", unit);
      std::string text = oneLine(tree_.doc(*m));
      if (auto since = reader_.attribute(*m, "since"); since.size() > 2)
        text +=
            fmt::format("{}Since {}.", text.empty() ? "" : " ", since.substr(1, since.size() - 2));
      table.add({code(tree_.str(m->subject)), type, list, text});
    }
    return table.text() + "\n";
  }
};

} // namespace

std::string moduleSection(std::string_view module, unsigned level) {
  auto reader = ModuleReader::open(module);
  if (!reader) return {};
  ModuleText text(module, *reader);
  std::string out = fmt::format("{} {}\n\n{}\n{}\n", std::string(level, '#'), module,
                                reader->head(), program(fmt::format("import {}", module)));
  const syntax::Tree& tree = reader->tree();
  auto of = [&](const std::function<bool(std::string_view)>& fits) {
    std::vector<const Member*> members;
    for (const Member* m : reader->declarations())
      if (fits(tree.str(m->word))) members.push_back(m);
    return members;
  };
  auto isMetric = [](std::string_view word) { return word == "metric"; };
  for (const Chapter& chapter : chapters)
    if (!isMetric(chapter.word))
      out += text.chapter(chapter.title, of([&](auto word) { return word == chapter.word; }),
                          level + 1);
  out += text.chapter("Others", of([](std::string_view word) {
                        return std::none_of(std::begin(chapters), std::end(chapters),
                                            [&](const auto& c) { return c.word == word; });
                      }),
                      level + 1);
  out += text.chapter("Metrics", of(isMetric), level + 1);
  return out;
}

std::string moduleSummary(std::string_view module) {
  auto reader = ModuleReader::open(module);
  if (!reader) return {};
  std::string head = reader->head();
  std::string summary(firstSentence(head));
  std::replace(summary.begin(), summary.end(), '\n', ' ');
  return summary;
}

std::vector<std::string> declarationsOf(std::string_view module) {
  std::vector<std::string> out;
  if (auto reader = ModuleReader::open(module))
    for (const Member* m : reader->declarations()) out.emplace_back(reader->tree().str(m->subject));
  return out;
}

std::string declarationSection(std::string_view module, std::string_view name, unsigned level) {
  std::string out;
  if (auto reader = ModuleReader::open(module))
    for (const Member* m : reader->declarations())
      if (reader->tree().str(m->subject) == name)
        out += ModuleText(module, *reader).declaration(*m, level);
  return out;
}

} // namespace relc::manual
