#include "compiler/driver/naming.h"

#include "compiler/diagnostics/printable.h"

#include <fmt/format.h>
#include <llvm/ADT/StringRef.h>

#include <algorithm>

namespace relc::driver {

using model::EntityId;
using model::Model;
using schema::KindSet;

namespace {

constexpr size_t candidatesShown = 8;
constexpr size_t longestShown = 60;

/// "team checkout": the kind, and what is left of the text.
KindSet takeKind(std::string_view& text, KindSet all) {
  const size_t space = text.find(' ');
  if (space == text.npos) return all;
  for (const schema::KindInfo& kind : schema::kinds())
    if (all.has(kind.kind) && kind.word == text.substr(0, space)) {
      text.remove_prefix(space + 1);
      while (text.starts_with(' ')) text.remove_prefix(1);
      return kind.kind;
    }
  return all;
}

std::string unknown(const Model& model, std::string_view text, KindSet kinds) {
  const auto limit = static_cast<unsigned>(std::clamp<size_t>((text.size() + 1) / 3, 1, 4));
  unsigned least = limit + 1;
  std::string best;
  const llvm::StringRef word(text.data(), text.size());
  if (text.size() <= 200)
    for (EntityId id : model.all(kinds, true)) {
      if (model[id].pattern) continue;
      const std::string path = model.path(id);
      for (std::string_view name : {std::string_view(path), model[id].name}) {
        const unsigned distance =
            word.edit_distance_insensitive(llvm::StringRef(name.data(), name.size()), true, least);
        if (distance < least) {
          least = distance;
          best = path;
        }
      }
    }
  return fmt::format("nothing is called `{}`{}", diagnostics::printable(text, longestShown),
                     best.empty() ? std::string() : fmt::format(", did you mean `{}`?", best));
}

} // namespace

Named findNamed(const Model& model, std::string_view text, std::span<const KindSet> ranks) {
  KindSet all;
  for (KindSet rank : ranks) all = all | rank;
  const KindSet wanted = takeKind(text, all);
  Named found;
  for (KindSet rank : ranks) {
    std::vector<EntityId> exact, short_;
    for (EntityId id : model.all(rank & wanted, true)) {
      if (model[id].pattern || model[id].name.empty()) continue;
      if (model[id].name == text) short_.push_back(id);
      if (text.ends_with(model[id].name) && model.path(id) == text) exact.push_back(id);
    }
    const std::vector<EntityId>& all = exact.empty() ? short_ : exact;
    if (all.empty()) continue;
    if (found.id.valid()) {
      found.others.insert(found.others.end(), all.begin(), all.end());
    } else if (all.size() == 1) {
      found.id = all.front();
    } else {
      std::vector<std::string> names;
      for (EntityId id : all) names.push_back(titled(model, id));
      found.error = fmt::format("{} things are called `{}`: {}", all.size(), text,
                                joined(names, "and", candidatesShown));
      return found;
    }
  }
  if (!found.id.valid()) found.error = unknown(model, text, all);
  return found;
}

std::string titled(const Model& model, EntityId id) {
  return fmt::format("{} `{}`", schema::info(model[id].kind).word, model.path(id));
}

std::string joined(std::span<const std::string> phrases, std::string_view join, size_t most) {
  std::string out;
  const size_t show = phrases.size() > most ? most : phrases.size();
  for (size_t i = 0; i < show; ++i) {
    if (i > 0) out += i + 1 == phrases.size() && join != "," ? fmt::format(" {} ", join) : ", ";
    out += phrases[i];
  }
  if (show < phrases.size())
    out += fmt::format("{}{} {} more", join == "," ? "" : " ", join, phrases.size() - show);
  return out;
}

} // namespace relc::driver
