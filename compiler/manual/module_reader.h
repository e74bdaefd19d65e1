#pragma once
// What a module of the standard library says, read from its text.

#include "compiler/syntax/tree.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace relc::manual {

class ModuleReader {
public:
  /// Of "std.http". Null if there is no such module.
  static std::unique_ptr<ModuleReader> open(std::string_view module);

  struct Parameter {
    std::string_view name, type, fallback; ///< fallback: as written; empty if there is none
    bool list = false;
    std::string doc;
  };
  /// A member that a profile gives to a declaration: `slo availability`, `telemetry`.
  struct Brought {
    std::string what;
    std::string text; ///< what it is, as plain text or Markdown
    bool markdown = false;
  };

  [[nodiscard]] const syntax::Tree& tree() const { return tree_; }
  /// The comment at the head of the file.
  [[nodiscard]] std::string head() const;
  /// Declarations that others can use, in the order of the file.
  [[nodiscard]] std::vector<const syntax::Member*> declarations() const;
  [[nodiscard]] std::vector<Parameter> parametersOf(const syntax::Member& declaration) const;
  /// The value of an attribute as written; empty if it has none.
  [[nodiscard]] std::string_view attribute(const syntax::Member& declaration,
                                           std::string_view name) const;
  /// All members of one of a profile's blocks, those of the profiles that the block takes over
  /// included.
  [[nodiscard]] std::vector<Brought> brought(const syntax::Member& block) const;

private:
  source::SourceManager sources_;
  syntax::Tree tree_;

  void bring(const syntax::Member& block, std::vector<Brought>& out, unsigned depth) const;
  [[nodiscard]] Brought describe(const syntax::Member& member, unsigned depth) const;
  /// The blocks of the kind `word` in profiles of this module that a declaration takes over.
  [[nodiscard]] std::vector<const syntax::Member*> takenOver(const syntax::Member& declaration,
                                                             std::string_view word) const;
};

} // namespace relc::manual
