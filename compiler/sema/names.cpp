#include "compiler/sema/context.h"

#include <fmt/format.h>
#include <llvm/ADT/StringRef.h>

#include <algorithm>
#include <cctype>

namespace relc::sema {

std::string nearest(Context& context, std::string_view word,
                    const std::function<void(std::function<void(std::string_view)>)>& candidates) {
  if (context.suggestionsLeft == 0 || word.empty()) return {};
  --context.suggestionsLeft;
  std::string best;
  auto limit =
      static_cast<unsigned>(std::max<size_t>(1, std::min<size_t>((word.size() + 1) / 3, 4)));
  unsigned bestDistance = limit + 1;
  candidates([&](std::string_view candidate) {
    size_t lengths = candidate.size() > word.size() ? candidate.size() - word.size()
                                                    : word.size() - candidate.size();
    if (candidate.empty() || lengths > limit) return;
    unsigned distance =
        llvm::StringRef(word.data(), word.size())
            .edit_distance_insensitive(llvm::StringRef(candidate.data(), candidate.size()), true,
                                       bestDistance);
    // The alphabetically first of equally near ones, so that the order of candidates does not show.
    if (distance < bestDistance ||
        (distance == bestDistance && distance <= limit && candidate < best)) {
      bestDistance = distance;
      best = candidate;
    }
  });
  return bestDistance <= limit ? best : std::string();
}

void suggestOurWord(diagnostics::Finding& finding, std::string_view word) {
  auto kind = schema::calledElsewhere(word);
  if (!kind) return;
  const schema::KindInfo& info = schema::info(*kind);
  finding.suggest(fmt::format("here that is {}: {}",
                              schema::relations.has(*kind) ? fmt::format("`{}`", info.word)
                                                           : schema::withArticle(info.word),
                              info.example));
}

bool isName(std::string_view text) {
  auto letter = [](unsigned char c) { return std::isalpha(c) || c == '_'; };
  return !text.empty() && letter(static_cast<unsigned char>(text[0])) &&
         std::all_of(text.begin(), text.end(),
                     [&](unsigned char c) { return letter(c) || std::isdigit(c) || c == '-'; });
}

void didYouMean(Finding& finding, const std::string& candidate, source::Range range) {
  if (candidate.empty()) return;
  finding.suggest(fmt::format("did you mean `{}`?", candidate));
  finding.fix(fmt::format("write `{}`", candidate), {{range, candidate}});
}

namespace {

using Words = std::span<const syntax::Word>;

class Resolver {
public:
  Resolver(Context& context, const syntax::Tree& tree, Words words, KindSet kinds, Scope scope,
           bool quiet)
      : c_(context), tree_(tree), words_(words),
        range_(tree.range(words.front().begin, words.back().end)), kinds_(kinds),
        from_(scope.entity), module_(scope.module), quiet_(quiet) {}

  EntityId run() {
    // A first word that names a module wins, unless the module has no such thing and the place
    // itself has: `prometheus.queries` may be of std.prometheus or of a service of that name.
    uint32_t module = module_;
    std::vector<EntityId> found;
    size_t at = 0;
    bool viaModule = words_.size() > 1 && enterModule(tree_.str(words_[0]), module);
    if (viaModule && module != UINT32_MAX) found = lookUp(at = 1, module, false);
    if (found.empty()) {
      std::vector<EntityId> own = lookUp(0, module_, true);
      if (!own.empty()) at = 0, module = module_, found = std::move(own);
    }
    if (found.size() == 1) {
      c_.referenced[found[0].index] = true;
      if (auto it = c_.deprecated.find(found[0].index); it != c_.deprecated.end() && !quiet_)
        c_.findings
            .add(Check::DeprecatedForm, range_,
                 fmt::format("`{}` is deprecated", tree_.str(words_.back())))
            .at(it->second, "this says what to use instead");
      return found[0];
    }
    if (quiet_) return {};
    if (found.size() > 1)
      ambiguous(found);
    else if (module != UINT32_MAX)
      unknown(module, at); // else said at the import
    return {};
  }

private:
  Context& c_;
  const syntax::Tree& tree_;
  Words words_;
  source::Range range_;
  KindSet kinds_;
  EntityId from_;
  uint32_t module_;
  bool quiet_;

  /// What the words from `at` on can mean in a module, sorted, each once; with `own`, and first, in
  /// the declarations around the place.
  std::vector<EntityId> lookUp(size_t at, uint32_t module, bool own) {
    return lookUp(at, module, own, kinds_);
  }
  std::vector<EntityId> lookUp(size_t at, uint32_t module, bool own, KindSet kinds) {
    if (at + 1 < words_.size())
      if (auto kind = schema::findKind(tree_.str(words_[at]), Kind::top);
          kind && kinds.has(*kind)) {
        kinds = *kind;
        ++at;
      }
    // What a declaration around the place has hides what is further out.
    for (EntityId scope = own ? from_ : EntityId{}; scope.valid(); scope = c_.entity(scope).parent)
      if (auto found = within(scope.index, schema::childrenOf(c_.entity(scope).kind), at, kinds);
          !found.empty())
        return found;
    if (isPrivate(tree_.str(words_[at]), module)) return {};
    KindSet anything;
    for (const auto& row : schema::kinds()) anything = anything | row.kind;
    return within(Context::moduleScope(module), anything, at, kinds);
  }

  /// The same in one scope, which can hold kinds of `inside`. All words but the last go through
  /// declarations that hold others.
  [[nodiscard]] std::vector<EntityId> within(uint32_t scope, KindSet inside, size_t at,
                                             KindSet kinds) const {
    bool last = at + 1 == words_.size();
    std::vector<EntityId> found;
    collect(scope, (last ? kinds : schema::holders()) & inside, tree_.str(words_[at]), found);
    while (!last && !found.empty()) {
      last = ++at + 1 == words_.size();
      std::vector<EntityId> next;
      for (EntityId parent : found)
        collect(parent.index, last ? kinds : schema::holders(), tree_.str(words_[at]), next);
      found = std::move(next);
    }
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    return found;
  }

  /// Names that begin with `_` are seen in their own module only.
  [[nodiscard]] bool isPrivate(std::string_view name, uint32_t module) const {
    return module != module_ && name.starts_with('_');
  }

  bool enterModule(std::string_view alias, uint32_t& module) {
    auto found = importedAs(c_, alias, module_);
    if (found) module = *found;
    return found.has_value();
  }

  void collect(uint32_t scope, KindSet kinds, std::string_view name,
               std::vector<EntityId>& found) const {
    kinds.each([&](Kind kind) {
      if (EntityId id = c_.find(scope, kind, name); id.valid()) found.push_back(id);
    });
  }

  void ambiguous(const std::vector<EntityId>& found) {
    std::string_view name = tree_.str(words_.back());
    auto& finding = c_.findings.add(Check::UnknownName, range_,
                                    fmt::format("`{}` can mean several things", name));
    for (EntityId id : found)
      finding.at(c_.entity(id).nameRange,
                 schema::withArticle(schema::info(c_.entity(id).kind).word));
    finding.suggest(
        fmt::format("say which one: `{}.{}`", schema::info(c_.entity(found[0]).kind).word, name));
  }

  void unknown(uint32_t module, size_t at) {
    std::string_view name = tree_.str(words_[std::min(at, words_.size() - 1)]);
    std::string_view last = tree_.str(words_.back());
    std::string what = schema::describe(kinds_);
    size_t first = at < words_.size() ? at : 0;
    std::string_view written =
        tree_.text.substr(words_[first].begin, words_.back().end - words_[first].begin);
    if (module != module_ && name.starts_with('_')) {
      c_.findings
          .add(Check::UnknownName, range_, fmt::format("`{}` is private to its module", written))
          .suggest("names that begin with `_` are seen in their own module only");
      return;
    }
    // Something of that name exists, but of another kind.
    KindSet others;
    for (const auto& row : schema::kinds())
      if (!kinds_.has(row.kind)) others = others | row.kind;
    if (std::vector<EntityId> found = lookUp(first, module, false, others); !found.empty()) {
      std::string_view word = schema::info(c_.entity(found[0]).kind).word;
      c_.findings
          .add(Check::UnknownName, range_,
               fmt::format("`{}` is {}, not {}", written, schema::withArticle(word), what))
          .at(c_.entity(found[0]).nameRange, fmt::format("declared here as {}", word));
      return;
    }
    bool anything = kinds_.size() > 8; // as behind `on`
    auto& finding = c_.findings.add(
        Check::UnknownName, range_,
        fmt::format("{} is called `{}`",
                    anything ? "nothing" : "no " + what.substr(what.find(' ') + 1), written));
    size_t place = words_.size() - 1;
    std::string near = nearest(c_, last, [&](auto&& add) {
      bool parents = words_.size() - at == 2;
      for (const auto& [key, id] : c_.symbols) {
        bool here = !parents && (key.scope == Context::moduleScope(module) || around(key.scope));
        bool nested = parents && key.scope < c_.model.entities.size() &&
                      c_.model.entities[key.scope].name == name && c_.moduleOf[key.scope] == module;
        if ((here || nested) && kinds_.has(key.kind) && !isPrivate(key.name, module)) add(key.name);
      }
    });
    if (near.empty() && words_.size() - at == 2) {
      near = nearest(c_, name, [&](auto&& add) {
        for (const auto& [key, id] : c_.symbols)
          if (key.scope == Context::moduleScope(module) && !isPrivate(key.name, module) &&
              c_.model.entities[id.index].children.count > 0)
            add(key.name);
      });
      place = at;
    }
    if (near.empty() && words_.size() > 1 && at == 0) importHint(finding, tree_.str(words_[0]));
    if (near.empty() && words_.size() - at == 1 && module == module_) moduleHint(finding, last);
    didYouMean(finding, near, tree_.range(words_[place]));
    if (finding.help.empty() && !anything && module != module_) contentsHint(finding, module);
    if (finding.help.empty() && !anything && words_.size() == 1) {
      Kind one = Kind::top; // the first that may stand at top level
      for (const auto& row : schema::kinds())
        if (one == Kind::top && kinds_.has(row.kind) && row.parents.has(Kind::top)) one = row.kind;
      if (one != Kind::top)
        finding.suggest(fmt::format("declare it{}: {} {} {{ … }}",
                                    kinds_.size() == 1 ? "" : ", for example",
                                    schema::info(one).word, last));
    }
  }

  /// Is it the scope of the place of the reference, or of what stands around that?
  [[nodiscard]] bool around(uint32_t scope) const {
    for (EntityId at = from_; at.valid(); at = c_.entity(at).parent)
      if (at.index == scope) return true;
    return false;
  }

  /// `http.availability` without an import of `std.http`.
  void importHint(Finding& finding, std::string_view alias) {
    const auto& known = c_.options.knownModules;
    std::string module = fmt::format("std.{}", alias);
    if (std::find(known.begin(), known.end(), module) == known.end())
      return elsewhereHint(finding, alias);
    finding.suggest(fmt::format("`{}` is a module: import it", alias));
    // Behind the last import of the file, or at its top.
    uint32_t at = 0;
    for (syntax::MemberId id : tree_.list(tree_.top))
      if (tree_[id].kind == syntax::MemberKind::Import) at = tree_[id].end;
    std::string text =
        at == 0 ? fmt::format("import {}\n\n", module) : fmt::format("\nimport {}", module);
    finding.fix(fmt::format("write `import {}`", module),
                {{source::Range{tree_.file, at, at}, std::move(text)}});
  }

  /// A name that another module gives to what it imports.
  void elsewhereHint(Finding& finding, std::string_view alias) const {
    auto standard = [&](uint32_t module) {
      return module != 0 && !c_.modules[module].ends_with('/');
    };
    auto other =
        std::find_if(c_.imports.begin(), c_.imports.end(), [&](const ImportedModule& import) {
          return import.inModule != module_ && import.alias == alias && !standard(import.inModule);
        });
    if (other == c_.imports.end()) return;
    finding.at(other->range,
               fmt::format("imported here, by {}", moduleTitle(c_.modules[other->inModule])));
    finding.suggest("import it here, too: each module sees its own imports only");
  }

  /// What the module has of the kind.
  void contentsHint(Finding& finding, uint32_t module) const {
    if (c_.suggestionsLeft == 0) return; // it takes a look at all names of the program
    std::vector<std::string_view> names;
    for (const auto& [key, id] : c_.symbols)
      if (key.scope == Context::moduleScope(module) && kinds_.has(key.kind) &&
          !isPrivate(key.name, module))
        names.push_back(key.name);
    std::sort(names.begin(), names.end());
    std::string known;
    for (std::string_view each : names)
      known += fmt::format("{}`{}`", known.empty() ? "" : ", ", each);
    std::string title = moduleTitle(c_.modules[module]);
    finding.suggest(known.empty() ? fmt::format("{} has none", title)
                                  : fmt::format("{} has {}", title, known));
  }

  /// `availability` where `http.availability` was meant.
  void moduleHint(Finding& finding, std::string_view name) {
    if (name.starts_with('_')) return;
    for (const ImportedModule& import : c_.imports) {
      if (import.inModule != module_ || import.module == UINT32_MAX) continue;
      std::vector<EntityId> found;
      collect(Context::moduleScope(import.module), kinds_, name, found);
      if (found.empty()) continue;
      didYouMean(finding, fmt::format("{}.{}", import.alias, name), range_);
      return;
    }
    for (uint32_t module = 1; module < c_.modules.size(); ++module) {
      std::vector<EntityId> found;
      collect(Context::moduleScope(module), kinds_, name, found);
      if (found.empty()) continue;
      std::string_view path = c_.modules[module];
      if (!path.ends_with('/'))
        finding.suggest(fmt::format("it is in a module: import {}, and write `{}.{}`", path,
                                    aliasOf(path, false), name));
      else
        finding.at(
            c_.entity(found[0]).nameRange,
            fmt::format("there is one in {}, which is not imported here", moduleTitle(path)));
      return;
    }
  }
};

} // namespace

bool reportForeignValue(Context& c, const syntax::Tree& tree, Words words, uint32_t module) {
  if (words.size() < 2) return false;
  auto found = importedAs(c, tree.str(words[0]), module);
  if (!found || (words.size() > 2 && *found != UINT32_MAX)) return false;
  if (*found == UINT32_MAX) return true; // said at the import
  source::Range range = tree.range(words.front().begin, words.back().end);
  std::string_view name = tree.str(words[1]);
  std::string written(tree.text.substr(range.begin, range.size()));
  if (name.starts_with('_') && *found != module) {
    c.findings.add(Check::UnknownName, range, fmt::format("`{}` is private to its module", written))
        .suggest("names that begin with `_` are seen in their own module only");
    return true;
  }
  auto& finding =
      c.findings.add(Check::UnknownName, range, fmt::format("no value is called `{}`", written));
  didYouMean(finding,
             nearest(c, name,
                     [&](auto&& add) {
                       for (const auto& [known, lets] : c.lets)
                         for (const Let& let : lets)
                           if (let.module == *found && !known.starts_with('_')) add(known);
                     }),
             tree.range(words[1]));
  return true;
}

EntityId resolve(Context& context, const syntax::Tree& tree, const syntax::Expr& reference,
                 KindSet kinds, Scope scope) {
  // What a profile refers to may be in the declaration that takes it over.
  bool quiet = scope.entity.valid() && context.entity(scope.entity).pattern;
  return Resolver(context, tree, tree.wordList(reference.words), kinds, scope, quiet).run();
}

EntityId tryResolve(Context& context, const syntax::Tree& tree, Words words, KindSet kinds,
                    Scope scope) {
  return Resolver(context, tree, words, kinds, scope, true).run();
}

std::optional<uint32_t> importedAs(Context& context, std::string_view alias, uint32_t module) {
  for (ImportedModule& import : context.imports)
    if (import.inModule == module && import.alias == alias) {
      import.used = true;
      return import.module;
    }
  return std::nullopt;
}

} // namespace relc::sema
