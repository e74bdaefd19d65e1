#include "tests/filetest/completion.h"

#include "compiler/model/model.h"
#include "compiler/syntax/parse.h"
#include "tests/filetest/test_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <regex>
#include <set>

namespace relc::filetest {
namespace {

using schema::Base;
using schema::Kind;
using schema::KindSet;
using syntax::Expr;
using syntax::ExprKind;
using syntax::Member;
using syntax::MemberKind;
using syntax::Tree;

/// A declaration, as far as names are looked up in it.
struct Node {
  Kind kind = Kind::top;
  std::string name;
  std::string type; ///< of a parameter
  std::vector<Node> inside;
};

/// What an example refers to and nothing declares.
struct Stub {
  Kind kind;
  std::string name;
  std::string text{}; ///< its attributes, if not those that it cannot do without
  std::vector<Stub> inside{};
};

/// A name that something must have.
struct Need {
  std::vector<std::string> words;
  KindSet kinds;
  std::string_view parts; ///< what may follow it
  std::vector<const Node*> around;
};

/// Of each type that can be given a name by `let`.
std::string_view exampleOf(Base base) {
  switch (base) {
  case Base::Duration: return "300ms";
  case Base::Ratio: return "99%";
  case Base::Integer:
  case Base::Number: return "2";
  case Base::Rate: return "10/s";
  case Base::Bytes: return "1GiB";
  case Base::Date: return "2026-01-01";
  case Base::Selector: return "{job=\"checkout\"}";
  default: return "\"text\"";
  }
}

/// The first kind in which one may stand, profiles last.
Kind parentOf(Kind kind) {
  KindSet parents = schema::info(kind).parents;
  if (parents.has(Kind::top)) return Kind::top;
  Kind first = Kind::profile;
  parents.each([&](Kind parent) {
    if (first == Kind::profile) first = parent;
  });
  return first;
}

class Completer {
public:
  explicit Completer(const Snippet& snippet) : snippet_(snippet) {}

  Completed run() {
    split();
    for (int round = 0; round < 10; ++round) {
      Completed program = assemble();
      if (!supply(program)) return program;
    }
    return assemble();
  }

private:
  const Snippet& snippet_;
  std::vector<SourceFile> parts_;
  std::vector<Stub> stubs_;
  std::set<std::string> imports_;
  std::set<std::string> lets_;       ///< whole lines
  std::set<std::string> parameters_; ///< of the definition around the snippet
  std::vector<Stub> siblings_; ///< what stands beside the snippet in the outermost declaration

  void split() {
    if (snippet_.place != Kind::top) return;
    for (const Part& part : TestFile("example.rel", snippet_.text).parts)
      parts_.push_back({part.path, part.text});
  }

  // --- the program -----------------------------------------------------------------------------

  static std::string headerOf(Kind kind, std::string_view name) {
    const auto& info = schema::info(kind);
    static constexpr std::string_view keys[] = {"", "", "", "missing-slo", "2026-11-03", "50%"};
    std::string key(keys[static_cast<size_t>(info.name)]);
    if (schema::relations.has(kind)) key = "example-needed";
    if (info.name == schema::NameRule::Required || info.name == schema::NameRule::Optional)
      key = name;
    return fmt::format("{}{}{}{} {{\n", info.word, key.empty() ? "" : " ", key,
                       info.on ? " on example-target" : "");
  }

  /// Attributes that the kind cannot do without, but for those in `given`.
  static std::string requiredOf(Kind kind, const std::set<std::string_view>& given) {
    std::string out;
    for (const auto* row : schema::attributesOf(kind))
      if (row->presence == schema::Presence::Required && !given.contains(row->name))
        out += fmt::format("{}\n", row->example);
    if (kind == Kind::slo && !given.contains("sli"))
      out += fmt::format("{}\n", schema::findAttribute(kind, "sli")->example);
    return out;
  }

  static std::string textOf(const Stub& stub) {
    std::string out = headerOf(stub.kind, stub.name);
    bool pattern = stub.name.empty(); // in a profile: what it lacks is no fault
    out += !stub.text.empty() || pattern ? stub.text : requiredOf(stub.kind, {});
    for (const Stub& inside : stub.inside) out += textOf(inside);
    return out + "}\n";
  }

  /// The snippet in what it stands in.
  std::string wrapped(Completed& program) const {
    std::vector<Kind> chain;
    for (Kind at = snippet_.place; at != Kind::top; at = parentOf(at)) chain.push_back(at);
    source::SourceManager sources;
    diagnostics::FindingList findings;
    Tree tree = syntax::parse(sources, sources.add("", snippet_.text), findings);
    std::set<std::string_view> given;
    for (const Member& m : tree.members) given.insert(tree.str(m.word));
    std::string out;
    for (size_t i = chain.size(); i-- > 0;) {
      out += headerOf(chain[i], fmt::format("example-{}", schema::info(chain[i]).word));
      out += requiredOf(chain[i], i == 0 ? given : std::set<std::string_view>());
      if (i + 1 == chain.size())
        for (const Stub& stub : siblings_) out += textOf(stub);
    }
    for (const std::string& name : parameters_)
      out += fmt::format("parameter {} {{ type = selector }}\n", name);
    program.begin = static_cast<uint32_t>(out.size());
    out += snippet_.text;
    program.end = static_cast<uint32_t>(out.size());
    out += "\n";
    for (size_t i = 0; i < chain.size(); ++i) out += "}\n";
    return out;
  }

  Completed assemble() const {
    Completed program;
    program.files = parts_;
    if (snippet_.place != Kind::top) program.files.push_back({"example.rel", wrapped(program)});
    program.own = program.files.size();
    if (snippet_.place == Kind::top)
      program.end = static_cast<uint32_t>(program.files[0].text.size());
    std::string rest;
    for (const std::string& module : imports_) rest += fmt::format("import {}\n", module);
    for (const std::string& let : lets_) rest += let + "\n";
    for (const Stub& stub : stubs_) rest += textOf(stub);
    bool system = std::any_of(program.files.begin(), program.files.end(), [](const auto& file) {
      return file.text.starts_with("system ") || file.text.find("\nsystem ") != std::string::npos;
    });
    if (!system) rest += "system example {}\n";
    program.files.push_back({"stubs.rel", std::move(rest)});
    return program;
  }

  // --- what it lacks ---------------------------------------------------------------------------

  struct File {
    source::SourceManager sources;
    Tree tree;
  };

  /// Adds what the program refers to and does not declare. False if there is nothing.
  bool supply(const Completed& program) {
    std::deque<File> files;
    Node root;
    for (const SourceFile& file : program.files) {
      File& f = files.emplace_back();
      diagnostics::FindingList findings;
      f.tree = syntax::parse(f.sources, f.sources.add(file.path, file.text), findings);
      declare(f.tree, f.tree.top, root);
    }
    values_.clear();
    std::function<void(const Node&)> gather = [&](const Node& node) {
      if (node.kind == Kind::parameter) values_.insert(node.name);
      for (const Node& each : node.inside) gather(each);
    };
    gather(root);
    for (const File& f : files)
      for (const Member& m : f.tree.members)
        if (m.kind == MemberKind::Let) values_.insert(std::string(f.tree.str(m.subject)));
    added_ = false;
    for (const File& f : files) {
      std::vector<const Node*> around{&root};
      walk(f.tree, f.tree.top, around);
    }
    return added_;
  }

  std::set<std::string> values_; ///< names of parameters and lets
  bool added_ = false;

  void declare(const Tree& tree, syntax::Slice members, Node& parent) {
    for (syntax::MemberId id : tree.list(members)) {
      const Member& m = tree[id];
      if (m.kind == MemberKind::Overlay) declare(tree, m.members, parent);
      if (m.kind != MemberKind::Declaration && m.kind != MemberKind::Relation) continue;
      auto kind = schema::findKind(tree.str(m.word), parent.kind);
      if (!kind) continue;
      Node node{*kind, std::string(m.subject.present() ? tree.str(m.subject) : ""), {}, {}};
      for (syntax::MemberId inner : tree.list(m.members))
        if (tree.str(tree[inner].word) == "type" && tree[inner].value.valid())
          node.type = tree.str(tree[tree[inner].value]);
      declare(tree, m.members, node);
      parent.inside.push_back(std::move(node));
    }
  }

  void walk(const Tree& tree, syntax::Slice members, std::vector<const Node*>& around) {
    for (syntax::MemberId id : tree.list(members)) {
      const Member& m = tree[id];
      Kind place = around.back()->kind;
      if (m.kind == MemberKind::Attribute) {
        if (const auto* row = schema::findAttribute(place, tree.str(m.word)))
          value(tree, m.value, row->type, around);
        continue;
      }
      if (m.kind == MemberKind::Overlay) {
        need(tree, m.value, Kind::environment, around);
        walk(tree, m.members, around);
        continue;
      }
      if (m.kind != MemberKind::Declaration && m.kind != MemberKind::Relation) continue;
      auto kind = schema::findKind(tree.str(m.word), place);
      if (!kind) continue;
      if (m.kind == MemberKind::Relation)
        value(tree, m.value,
              schema::type::reference(schema::components | KindSet(Kind::operation)).listOf(),
              around);
      if (m.in.valid()) need(tree, m.in, *kind, around);
      if (m.on.valid()) need(tree, m.on, Kind::service, around);
      for (syntax::ExprId application : tree.exprList(m.applications))
        applied(tree, application, *kind, around);
      const Node* node =
          child(*around.back(), *kind, m.subject.present() ? tree.str(m.subject) : "");
      if (!node) continue;
      around.push_back(node);
      walk(tree, m.members, around);
      around.pop_back();
    }
  }

  /// `is replicated(zones = [a, b])`: a profile with a block for the kind, and what it is given.
  void applied(const Tree& tree, syntax::ExprId id, Kind kind,
               const std::vector<const Node*>& around) {
    need(tree, id, Kind::profile, around);
    const Expr& call = tree[id];
    if (call.kind != ExprKind::Reference && call.kind != ExprKind::Call) return;
    std::string_view name = tree.str(tree.wordList(call.words)[0]);
    for (Stub& stub : stubs_)
      if (stub.kind == Kind::profile && stub.name == name) {
        add(stub.inside, {kind, ""});
        if (call.kind == ExprKind::Call)
          for (const syntax::Argument& argument : tree.argumentList(call.children))
            if (argument.name.present())
              add(stub.inside, {Kind::parameter, std::string(tree.str(argument.name)),
                                typeOf(tree, argument.value)});
      }
    if (call.kind != ExprKind::Call) return;
    const Node* profile = child(*around.front(), Kind::profile, name);
    for (const syntax::Argument& argument : tree.argumentList(call.children)) {
      if (!profile || !argument.name.present()) continue;
      const Node* parameter = child(*profile, Kind::parameter, tree.str(argument.name));
      auto wanted = parameter ? schema::findKind(parameter->type) : std::nullopt;
      if (wanted) value(tree, argument.value, schema::type::reference(*wanted).listOf(), around);
    }
  }

  /// Attributes of a parameter to which the argument would fit.
  static std::string typeOf(const Tree& tree, syntax::ExprId id) {
    const Expr& e = tree[id];
    switch (e.kind) {
    case ExprKind::List: return "type = domain  list = true\n";
    case ExprKind::Reference: return "type = team\n";
    case ExprKind::Selector: return "type = selector\n";
    case ExprKind::Quantity: {
      static constexpr std::string_view types[] = {"number", "ratio", "duration",
                                                   "bytes",  "rate",  "number"};
      auto value = model::parseQuantity(tree.str(e)).value;
      return fmt::format("type = {}\n", types[value ? static_cast<size_t>(value->unit) : 0]);
    }
    default: return "type = string\n";
    }
  }

  static const Node* child(const Node& parent, Kind kind, std::string_view name) {
    for (const Node& node : parent.inside)
      if (node.kind == kind && node.name == name) return &node;
    return nullptr;
  }

  void value(const Tree& tree, syntax::ExprId id, const schema::Type& type,
             const std::vector<const Node*>& around) {
    if (!id.valid()) return;
    const Expr& e = tree[id];
    switch (e.kind) {
    case ExprKind::List:
      for (syntax::ExprId item : tree.exprList(e.children)) value(tree, item, type, around);
      break;
    case ExprKind::Promql: parameters(tree.str(e)); break;
    case ExprKind::Negate:
    case ExprKind::Add:
    case ExprKind::Subtract:
    case ExprKind::Multiply:
    case ExprKind::Divide:
      for (syntax::ExprId item : tree.exprList(e.children)) value(tree, item, type, around);
      break;
    case ExprKind::Call:
    case ExprKind::Reference:
      if (e.kind == ExprKind::Call && !type.forms.empty()) {
        form(tree, e, type, around);
      } else if (type.base == Base::Reference || type.base == Base::Sli) {
        KindSet kinds = type.base == Base::Sli ? KindSet(Kind::sli) : type.references;
        need(tree, id, kinds, around, type.choices);
      } else if (type.base != Base::Choice && type.base != Base::Label &&
                 e.kind == ExprKind::Reference && type.forms.empty()) {
        name(std::string(tree.str(e)), exampleOf(type.base));
      }
      break;
    default: break;
    }
  }

  void form(const Tree& tree, const Expr& e, const schema::Type& type,
            const std::vector<const Node*>& around) {
    const auto* info = schema::findForm(type.forms, tree.str(tree.wordList(e.words)[0]));
    if (!info) return;
    for (const syntax::Argument& argument : tree.argumentList(e.children))
      for (const auto* parameter : schema::parametersOf(*info))
        if (argument.name.present() && tree.str(argument.name) == parameter->name)
          value(tree, argument.value, parameter->type, around);
  }

  /// `$selector` in PromQL.
  void parameters(std::string_view promql) {
    static const std::regex parameter("\\$([A-Za-z_][A-Za-z0-9_]*)");
    std::string text(promql);
    for (std::sregex_iterator it(text.begin(), text.end(), parameter), end; it != end; ++it) {
      std::string word = (*it)[1];
      if (model::builtInOf(word) || word == "self" || values_.contains(word)) continue;
      if (snippet_.place == Kind::sli)
        added_ |= parameters_.insert(word).second;
      else
        name(word, "\"text\"");
    }
  }

  void name(const std::string& word, std::string_view example) {
    if (values_.contains(word) || word.find('.') != std::string::npos) return;
    added_ |= lets_.insert(fmt::format("let {} = {}", word, example)).second;
  }

  // --- names of declarations -------------------------------------------------------------------

  void need(const Tree& tree, syntax::ExprId id, KindSet kinds,
            const std::vector<const Node*>& around, std::string_view parts = {}) {
    if (!id.valid()) return;
    const Expr& e = tree[id];
    if (e.kind != ExprKind::Reference && e.kind != ExprKind::Call) return;
    std::vector<std::string> words;
    for (syntax::Word word : tree.wordList(e.words)) words.emplace_back(tree.str(word));
    if (words.size() == 1 && values_.contains(words[0])) return;
    if (found(words, kinds, around)) return;
    if (auto known = schema::splitWords(parts);
        words.size() > 1 && std::find(known.begin(), known.end(), words.back()) != known.end()) {
      words.pop_back();
      if (found(words, kinds, around)) return;
    }
    if (words.size() > 1 && standardModule("std." + words[0])) {
      added_ |= imports_.insert("std." + words[0]).second;
      return;
    }
    if (auto kind = schema::findKind(words[0], Kind::top);
        words.size() > 1 && kind && kinds.has(*kind)) {
      kinds = *kind;
      words.erase(words.begin());
    }
    words.size() == 1 ? one(words[0], kinds) : member(words[0], words[1], kinds);
  }

  static bool found(std::vector<std::string> words, KindSet kinds,
                    const std::vector<const Node*>& around) {
    if (auto kind = schema::findKind(words[0], Kind::top);
        words.size() > 1 && kind && kinds.has(*kind)) {
      kinds = *kind;
      words.erase(words.begin());
    }
    return std::any_of(around.begin(), around.end(),
                       [&](const Node* node) { return within(*node, words, kinds); });
  }
  static bool within(const Node& node, std::span<const std::string> words, KindSet kinds) {
    return std::any_of(node.inside.begin(), node.inside.end(), [&](const Node& each) {
      if (each.name != words[0]) return false;
      return words.size() == 1 ? kinds.has(each.kind) : within(each, words.subspan(1), kinds);
    });
  }

  /// The first of the kinds that may stand in `parent`.
  static std::optional<Kind> firstIn(Kind parent, KindSet kinds) {
    std::optional<Kind> first;
    (kinds & schema::childrenOf(parent)).each([&](Kind kind) {
      if (!first) first = kind;
    });
    return first;
  }

  void one(const std::string& name, KindSet kinds) {
    if (auto kind = firstIn(Kind::top, kinds)) return add(stubs_, {*kind, name});
    Kind outermost = snippet_.place;
    if (outermost == Kind::top) return;
    while (parentOf(outermost) != Kind::top) outermost = parentOf(outermost);
    if (auto kind = firstIn(outermost, kinds)) add(siblings_, {*kind, name});
  }

  /// `checkout.availability`
  void member(const std::string& parent, const std::string& name, KindSet kinds) {
    auto known = std::find_if(stubs_.begin(), stubs_.end(),
                              [&](const Stub& stub) { return stub.name == parent; });
    if (known == stubs_.end()) {
      KindSet holders = schema::childrenOf(Kind::top) - KindSet(Kind::profile);
      std::optional<Kind> kind;
      holders.each([&](Kind each) {
        if (!kind && firstIn(each, kinds)) kind = each;
      });
      if (!kind) return;
      add(stubs_, {*kind, parent});
      known = stubs_.end() - 1;
    }
    if (auto kind = firstIn(known->kind, kinds)) add(known->inside, {*kind, name});
  }

  void add(std::vector<Stub>& stubs, Stub stub) {
    bool known = std::any_of(stubs.begin(), stubs.end(), [&](const Stub& each) {
      return each.name == stub.name && each.kind == stub.kind;
    });
    if (known) return;
    stubs.push_back(std::move(stub));
    added_ = true;
  }
};

} // namespace

Completed complete(const Snippet& snippet) {
  return Completer(snippet).run();
}

} // namespace relc::filetest
