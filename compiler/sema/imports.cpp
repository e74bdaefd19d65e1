// What each module calls the others, and which versions of them it asks for.

#include "compiler/model/version.h"
#include "compiler/sema/context.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

namespace relc::sema {
namespace {

using syntax::ExprKind;
using syntax::Member;
using syntax::MemberId;
using syntax::MemberKind;
using syntax::Tree;

constexpr uint32_t unknown = UINT32_MAX;

bool isFolder(const syntax::Expr& what) {
  return what.kind == ExprKind::String;
}

/// The imports of a file, in order, as `visit(member, what is imported)`.
template <class Visit>
void eachImport(const Tree& tree, const Visit& visit) {
  for (MemberId id : tree.list(tree.top)) {
    const Member& m = tree[id];
    if (m.kind != MemberKind::Import || !m.value.valid()) continue;
    const syntax::Expr& what = tree[m.value];
    if (what.kind == ExprKind::Reference || isFolder(what)) visit(m, what);
  }
}

/// What stands between the quotes of a path, or a dotted name.
std::string_view nameOf(const Tree& tree, const syntax::Expr& what) {
  std::string_view text = tree.str(what);
  return isFolder(what) ? text.substr(1, text.size() - 2) : text;
}

/// The import and, if nothing else stands there, its line: what is taken out with it.
source::Range removalOf(const Tree& tree, const Member& m) {
  constexpr std::string_view blanks = " \t\r";
  size_t before = m.begin == 0 ? tree.text.npos : tree.text.find_last_not_of(blanks, m.begin - 1);
  size_t after = tree.text.find_first_not_of(blanks, m.end);
  bool first = before == tree.text.npos || tree.text[before] == '\n';
  if (!first || after == tree.text.npos || tree.text[after] != '\n') return tree.range(m);
  return tree.range(before == tree.text.npos ? 0 : static_cast<uint32_t>(before) + 1,
                    static_cast<uint32_t>(after) + 1);
}

class Importer {
public:
  explicit Importer(Context& context) : c_(context) {}

  void run() {
    for (const Unit& unit : c_.units) {
      module_ = indexOf(unit.module);
      size_t folder = 0;
      eachImport(*unit.tree, [&](const Member& m, const syntax::Expr& what) {
        uint32_t module = unknown;
        if (!isFolder(what))
          module = standard(*unit.tree, what);
        else if (folder < unit.folders.size() && unit.folders[folder])
          module = indexOf(*unit.folders[folder]);
        folder += isFolder(what) ? 1 : 0;
        import(*unit.tree, m, what, module);
      });
    }
    cycles();
    names();
  }

private:
  Context& c_;
  uint32_t module_ = 0; ///< that imports
  struct Edge {
    uint32_t to;
    source::Range range;
  };
  std::vector<std::vector<Edge>> edges_; ///< by module that imports, in order

  [[nodiscard]] uint32_t indexOf(std::string_view module) const {
    auto found = std::find(c_.modules.begin(), c_.modules.end(), module);
    return found == c_.modules.end() ? unknown : static_cast<uint32_t>(found - c_.modules.begin());
  }

  uint32_t standard(const Tree& tree, const syntax::Expr& what) {
    std::string_view name = tree.str(what);
    source::Range range = tree.range(what);
    uint32_t module = indexOf(name);
    if (module != unknown) return module;
    auto& finding =
        c_.findings.add(Check::UnknownModule, range, fmt::format("unknown module `{}`", name));
    didYouMean(finding,
               nearest(c_, name,
                       [&](auto&& add) {
                         for (const auto& known : c_.options.knownModules) add(known);
                       }),
               range);
    if (finding.help.empty()) {
      finding.suggest(fmt::format("known modules: {}", fmt::join(c_.options.knownModules, ", ")));
      finding.suggest("a folder of the repository is imported by its path: import \"../platform\"");
    }
    return unknown;
  }

  void import(const Tree& tree, const Member& m, const syntax::Expr& what, uint32_t module) {
    body(tree, m, module);
    ImportedModule import;
    import.module = module;
    import.range = tree.range(what);
    import.removal = removalOf(tree, m);
    import.inModule = module_;
    import.alias =
        m.subject.present() ? tree.str(m.subject) : aliasOf(nameOf(tree, what), isFolder(what));
    if (module != unknown) {
      edges_.resize(std::max(edges_.size(), size_t{module_} + 1));
      edges_[module_].push_back({module, import.range});
    }
    if (import.alias.empty()) {
      if (module != unknown) nameless(import, tree, what);
      return;
    }
    auto same = std::find_if(c_.imports.begin(), c_.imports.end(), [&](const auto& other) {
      return other.inModule == module_ && other.alias == import.alias;
    });
    if (same == c_.imports.end()) {
      c_.imports.push_back(import);
    } else if (same->module != module) {
      source::Range range = m.subject.present() ? tree.range(m.subject) : import.range;
      c_.findings
          .add(Check::DuplicateName, range,
               fmt::format("`{}` already stands for another module", import.alias))
          .at(same->range, same->module == unknown
                               ? "imported here"
                               : fmt::format("for {}", moduleTitle(c_.modules[same->module])))
          .because(module_ == 0 ? "all files of a workspace share their imports"
                                : "all files of a library share their imports")
          .suggest(fmt::format("give it another name: import {} as …", tree.str(what)));
    }
  }

  void nameless(const ImportedModule& import, const Tree& tree, const syntax::Expr& what) {
    std::string_view path = nameOf(tree, what);
    while (path.ends_with('/')) path.remove_suffix(1);
    std::string_view last = path.substr(path.rfind('/') + 1);
    c_.findings
        .add(Check::MalformedHeader, import.range,
             fmt::format("`{}` cannot be the name of what is imported", last))
        .label("expected `as` and a name after it")
        .suggest(fmt::format("choose the name by which you refer to it: import {} as platform",
                             tree.str(what)));
  }

  /// `version` is all that an import can say.
  void body(const Tree& tree, const Member& m, uint32_t module) {
    const Member* version = nullptr;
    for (MemberId id : tree.list(m.members)) {
      const Member& inner = tree[id];
      source::Range word = tree.range(inner.word);
      if (inner.kind != MemberKind::Attribute) {
        c_.findings
            .add(Check::MisplacedDeclaration, word,
                 fmt::format("`{}` cannot stand in an import", tree.str(inner.word)))
            .suggest("an import can say which versions fit: `version = \">= 1.2, < 2\"`");
      } else if (tree.str(inner.word) != "version") {
        auto& finding =
            c_.findings.add(Check::UnknownAttribute, word,
                            fmt::format("an import has no attribute `{}`", tree.str(inner.word)));
        didYouMean(finding, nearest(c_, tree.str(inner.word), [](auto&& add) { add("version"); }),
                   word);
        if (finding.help.empty()) finding.suggest("it has `version`");
      } else if (version) {
        c_.findings.add(Check::DuplicateAttribute, word, "`version` is set twice")
            .label("again")
            .at(tree.range(version->word), "first here")
            .suggest("keep one of them; a version can have two bounds: `\">= 1.2, < 2\"`");
      } else {
        version = &inner;
        c_.askedVersions.push_back({&tree, inner.value, module, module_});
      }
    }
  }

  /// What libraries are called in outputs and messages.
  void names() {
    std::set<std::string_view> taken;
    auto offer = [&](uint32_t module, std::string_view name) {
      std::string_view folder = c_.modules[module];
      if (!folder.ends_with('/') || name.empty() || c_.model.libraryNames.contains(folder)) return;
      if (taken.insert(name).second) c_.model.libraryNames.emplace(folder, name);
    };
    for (const ImportedModule& import : c_.imports)
      if (import.inModule == 0 && import.module != unknown) offer(import.module, import.alias);
    for (uint32_t module = 1; module < c_.modules.size(); ++module) {
      std::string_view folder = c_.modules[module];
      if (auto library = c_.libraries.find(module); library != c_.libraries.end())
        offer(module, c_.entity(library->second).name);
      offer(module, aliasOf(folder, true));
      offer(module, folder.substr(0, folder.size() - 1));
    }
  }

  // --- cycles ----------------------------------------------------------------------------------

  /// Depth first, from the workspace; an edge to a module on the way here closes a cycle.
  void cycles() {
    edges_.resize(c_.modules.size());
    enum : uint8_t { New, OnPath, Done };
    std::vector<uint8_t> state(c_.modules.size(), New);
    struct Step {
      uint32_t module;
      size_t next = 0; ///< in edges_[module]
    };
    for (uint32_t start = 0; start < c_.modules.size(); ++start) {
      if (state[start] != New) continue;
      std::vector<Step> path{{start}};
      state[start] = OnPath;
      while (!path.empty()) {
        Step& step = path.back();
        if (step.next == edges_[step.module].size()) {
          state[step.module] = Done;
          path.pop_back();
          continue;
        }
        const Edge& edge = edges_[step.module][step.next++];
        if (state[edge.to] == New) {
          state[edge.to] = OnPath;
          path.push_back({edge.to});
        } else if (state[edge.to] == OnPath) {
          auto first = std::find_if(path.begin(), path.end(),
                                    [&](const Step& s) { return s.module == edge.to; });
          std::vector<Edge> chain; // those of the steps, of which the last is the edge itself
          for (auto at = first; at != path.end(); ++at)
            chain.push_back(edges_[at->module][at->next - 1]);
          cycle(chain);
        }
      }
    }
  }

  /// Each edge leads to the next one's module, the last to that of the first.
  void cycle(const std::vector<Edge>& chain) {
    constexpr size_t shown = 10;
    auto title = [&](const Edge& edge) { return moduleTitle(c_.modules[edge.to]); };
    std::string way = title(chain.back());
    for (size_t i = 0; i < chain.size(); ++i)
      if (i < shown || i + 1 == chain.size())
        way += " → " + title(chain[i]);
      else if (i == shown)
        way += " → …";
    auto& finding = c_.findings.add(
        Check::ImportCycle, chain.back().range,
        chain.size() == 1 ? fmt::format("{} imports itself", title(chain.back()))
                          : fmt::format("the imports {} come back to where they began", way));
    for (size_t i = 0; i + 1 < chain.size() && i < shown; ++i)
      finding.at(chain[i].range, fmt::format("{} is imported here", title(chain[i])));
    if (chain.size() == 1)
      finding.suggest(
          "remove the import: what is declared in a module is seen in all of its files");
    else
      finding.suggest("move what both need into a library that imports neither");
  }
};

// --- versions ------------------------------------------------------------------------------------

class VersionChecker {
public:
  explicit VersionChecker(Context& context) : c_(context) {}

  void check(const AskedVersion& asked) {
    const Tree& tree = *asked.tree;
    constexpr schema::Type text{.base = schema::Base::String};
    model::Value value =
        evaluate(c_, tree, asked.expr, text, {{EntityId{}, asked.inModule}, "version"});
    const auto* constraint = value.as<model::Text>();
    if (!constraint) return; // a finding has been made
    const syntax::Expr& e = tree[asked.expr];
    // Offsets in the text are offsets in the source only if it stands there as it is.
    bool exact = e.kind == ExprKind::String && e.end - e.begin == constraint->text.size() + 2;
    auto range = [&](size_t offset, size_t length) {
      if (!exact) return tree.range(e);
      auto begin = e.begin + 1 + static_cast<uint32_t>(offset);
      // Where something is missing the quote behind it is shown.
      return tree.range(begin, begin + std::max(static_cast<uint32_t>(length), 1U));
    };
    auto parsed = model::parseVersionConstraint(constraint->text);
    if (!parsed.value) {
      auto place = range(parsed.error.offset, parsed.error.length);
      auto& finding = c_.findings.add(Check::MalformedText, place, parsed.error.message);
      if (parsed.error.suggestion) {
        finding.suggest(fmt::format("did you mean `{}`?", *parsed.error.suggestion));
        if (exact)
          finding.fix(fmt::format("write `{}`", *parsed.error.suggestion),
                      {{place, *parsed.error.suggestion}});
      } else {
        finding.suggest("for example `\">= 1.2, < 2\"`, or `\"1.4\"` for 1.4 and whatever follows "
                        "it before 2");
      }
      return;
    }
    if (asked.module != unknown)
      against(asked.module, *parsed.value,
              [&](const auto& term) { return range(term.offset, term.length); });
  }

private:
  Context& c_;

  template <class Place>
  void against(uint32_t module, const model::VersionConstraint& constraint, const Place& place) {
    std::string_view name = c_.modules[module];
    bool standard = !name.empty() && !name.ends_with('/');
    auto library = c_.libraries.find(module);
    EntityId declaration = library == c_.libraries.end() ? EntityId{} : library->second;
    if (!standard && !declaration.valid()) {
      std::string_view alias = aliasOf(name, true);
      c_.findings
          .add(Check::LibraryVersion, place(constraint.terms.front()),
               fmt::format("{} has no version", moduleTitle(name)))
          .because("no file of it holds a `library` declaration")
          .suggest(fmt::format("declare one there: library {} {{ version = \"1.0.0\" }}",
                               alias.empty() ? "platform" : alias))
          .suggest("or import it as it is, without `version`");
      return;
    }
    constexpr auto attribute = schema::attr("version");
    std::string_view text =
        standard ? c_.options.standardVersion : c_.model.text(declaration, attribute);
    auto version = model::parseVersion(text);
    if (!version) return; // a finding has been made
    const auto* broken = constraint.brokenBy(*version);
    if (!broken) return;
    auto& finding = c_.findings.add(Check::LibraryVersion, place(*broken),
                                    fmt::format("{} has version {}", moduleTitle(name), text));
    finding.label("which does not fit");
    if (standard)
      finding.because("the modules of the standard library have the version of relc");
    else
      finding.at(c_.model.attribute(declaration, attribute)->value.range, "its version");
    finding.suggest("see what changed in it, and ask for the version that is there");
  }
};

} // namespace

std::string moduleTitle(std::string_view module) {
  if (module.empty()) return "the workspace";
  if (module.size() > 1 && module.ends_with('/')) module.remove_suffix(1);
  return fmt::format("`{}`", module);
}

std::string_view aliasOf(std::string_view module, bool folder) {
  while (folder && module.ends_with('/')) module.remove_suffix(1);
  std::string_view last = module.substr(module.rfind(folder ? '/' : '.') + 1);
  constexpr std::string_view reserved[] = {"import", "let", "true", "false"};
  bool free = std::find(std::begin(reserved), std::end(reserved), last) == std::end(reserved);
  return isName(last) && free ? last : std::string_view();
}

std::vector<Import> importsOf(const Tree& tree) {
  std::vector<Import> result;
  eachImport(tree, [&](const Member& m, const syntax::Expr& what) {
    result.push_back(
        {std::string(nameOf(tree, what)), isFolder(what), tree.range(what), removalOf(tree, m)});
  });
  return result;
}

void declareImports(Context& context) {
  Importer(context).run();
}

void checkVersions(Context& context) {
  VersionChecker checker(context);
  for (const AskedVersion& asked : context.askedVersions) checker.check(asked);
}

} // namespace relc::sema
