#include "compiler/sema/context.h"

#include <fmt/format.h>
#include <llvm/ADT/StringRef.h>

#include <algorithm>

namespace relc::sema {

std::string nearest(Context& context, std::string_view word,
                    const std::function<void(std::function<void(std::string_view)>)>& candidates) {
  if (context.suggestionsLeft == 0 || word.empty()) return {};
  --context.suggestionsLeft;
  std::string best;
  auto limit = static_cast<unsigned>(std::max<size_t>(1, std::min<size_t>(word.size() / 3, 4)));
  unsigned bestDistance = limit + 1;
  candidates([&](std::string_view candidate) {
    size_t lengths = candidate.size() > word.size() ? candidate.size() - word.size() : word.size() - candidate.size();
    if (candidate.empty() || lengths > limit) return;
    unsigned distance = llvm::StringRef(word.data(), word.size())
                            .edit_distance_insensitive(llvm::StringRef(candidate.data(), candidate.size()), true, bestDistance);
    // The alphabetically first of equally near ones, so that the order of candidates does not show.
    if (distance < bestDistance || (distance == bestDistance && distance <= limit && candidate < best)) {
      bestDistance = distance;
      best = candidate;
    }
  });
  return bestDistance <= limit ? best : std::string();
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
  Resolver(Context& context, const syntax::Tree& tree, const syntax::Expr& reference, KindSet kinds, EntityId from)
      : c_(context), tree_(tree), words_(tree.wordList(reference.words)), range_(tree.range(reference)), kinds_(kinds),
        from_(from), module_(from.valid() ? context.moduleOf[from.index] : 0) {}

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
      return found[0];
    }
    if (found.size() > 1) ambiguous(found);
    else if (module != UINT32_MAX) unknown(module, at); // else said at the import
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

  /// What the words from `at` on can mean in a module, sorted, each once.
  std::vector<EntityId> lookUp(size_t at, uint32_t module, bool own) {
    KindSet kinds = kinds_;
    std::vector<EntityId> found;
    if (at + 1 < words_.size())
      if (auto kind = schema::findKind(tree_.str(words_[at]), Kind::top); kind && kinds_.has(*kind)) {
        kinds = *kind;
        ++at;
      }
    if (at + 1 == words_.size()) {
      std::string_view name = tree_.str(words_[at]);
      for (EntityId scope = own ? from_ : EntityId{}; scope.valid(); scope = c_.entity(scope).parent)
        collect(scope.index, kinds, name, found);
      collect(Context::moduleScope(module), kinds, name, found);
    } else if (at + 2 == words_.size()) {
      for (const auto& row : schema::kinds()) {
        EntityId parent = c_.find(Context::moduleScope(module), row.kind, tree_.str(words_[at]));
        if (parent.valid()) collect(parent.index, kinds, tree_.str(words_[at + 1]), found);
      }
    }
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    return found;
  }

  bool enterModule(std::string_view alias, uint32_t& module) {
    for (ImportedModule& import : c_.imports)
      if (import.inModule == module_ && import.alias == alias) {
        import.used = true;
        module = import.module;
        return true;
      }
    return false;
  }

  void collect(uint32_t scope, KindSet kinds, std::string_view name, std::vector<EntityId>& found) const {
    for (const auto& row : schema::kinds())
      if (kinds.has(row.kind))
        if (EntityId id = c_.find(scope, row.kind, name); id.valid()) found.push_back(id);
  }

  void ambiguous(const std::vector<EntityId>& found) {
    std::string_view name = tree_.str(words_.back());
    auto& finding = c_.findings.add(Check::UnknownName, range_, fmt::format("`{}` can mean several things", name));
    for (EntityId id : found)
      finding.at(c_.entity(id).nameRange, schema::withArticle(schema::info(c_.entity(id).kind).word));
    finding.suggest(fmt::format("say which one: `{}.{}`", schema::info(c_.entity(found[0]).kind).word, name));
  }

  void unknown(uint32_t module, size_t at) {
    std::string_view name = tree_.str(words_[std::min(at, words_.size() - 1)]);
    std::string_view last = tree_.str(words_.back());
    std::string what = schema::describe(kinds_);
    // Something of that name exists, but of another kind.
    for (const auto& row : schema::kinds()) {
      if (kinds_.has(row.kind) || at + 1 != words_.size()) continue;
      EntityId other = c_.find(Context::moduleScope(module), row.kind, name);
      if (!other.valid()) continue;
      c_.findings.add(Check::UnknownName, range_, fmt::format("`{}` is {}, not {}", name, schema::withArticle(row.word), what))
          .at(c_.entity(other).nameRange, fmt::format("declared here as {}", row.word));
      return;
    }
    auto& finding = c_.findings.add(Check::UnknownName, range_,
                                    fmt::format("no {} is called `{}`", what.substr(what.find(' ') + 1),
                                                tree_.text.substr(words_[at < words_.size() ? at : 0].begin,
                                                                  words_.back().end - words_[at < words_.size() ? at : 0].begin)));
    size_t place = words_.size() - 1;
    std::string near = nearest(c_, last, [&](auto&& add) {
      bool parents = words_.size() - at == 2;
      for (const auto& [key, id] : c_.symbols) {
        bool here = key.scope == Context::moduleScope(module) && !parents;
        bool nested = parents && key.scope < c_.model.entities.size() &&
                      c_.model.entities[key.scope].name == name && c_.moduleOf[key.scope] == module;
        if ((here || nested) && kinds_.has(key.kind)) add(key.name);
      }
    });
    if (near.empty() && words_.size() - at == 2) {
      near = nearest(c_, name, [&](auto&& add) {
        for (const auto& [key, id] : c_.symbols)
          if (key.scope == Context::moduleScope(module) && c_.model.entities[id.index].children.count > 0) add(key.name);
      });
      place = at;
    }
    if (near.empty() && words_.size() - at == 1 && module == module_) moduleHint(finding, last);
    didYouMean(finding, near, tree_.range(words_[place]));
    if (finding.help.empty() && kinds_.size() == 1) {
      Kind only = Kind::top;
      for (const auto& row : schema::kinds())
        if (kinds_.has(row.kind)) only = row.kind;
      if (schema::info(only).parents.has(Kind::top))
        finding.suggest(fmt::format("declare it: {} {} {{ … }}", schema::info(only).word, last));
    }
  }

  /// `availability` where `http.availability` was meant.
  void moduleHint(Finding& finding, std::string_view name) {
    for (const ImportedModule& import : c_.imports) {
      if (import.inModule != module_ || import.module == UINT32_MAX) continue;
      std::vector<EntityId> found;
      collect(Context::moduleScope(import.module), kinds_, name, found);
      if (found.empty()) continue;
      didYouMean(finding, fmt::format("{}.{}", import.alias, name), range_);
      return;
    }
  }
};

} // namespace

EntityId resolve(Context& context, const syntax::Tree& tree, const syntax::Expr& reference, KindSet kinds,
                 EntityId from) {
  return Resolver(context, tree, reference, kinds, from).run();
}

} // namespace relc::sema
