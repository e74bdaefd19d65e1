#pragma once
// Model to pictures of what needs what: Graphviz, Mermaid, SVG.

#include "backends/emit/output.h"
#include "compiler/model/model.h"

#include <optional>
#include <string>
#include <string_view>

namespace relc::graph {

struct Options {
  std::string_view version; ///< of relc, for the header of each file
};

/// `graph/system.dot`, `.mmd` and `.svg`, and the same for each journey with all that it needs and
/// uses, `graph/NAME.journey.*`. SVGs of small systems only, since their layout costs more than all
/// the rest of a build; a note says how many are missing. Sorted by path.
emit::Output generate(const model::Model& model, const source::SourceManager& sources,
                      const Options& options);

enum class Format : uint8_t { Dot, Mermaid, Svg };

struct PictureOptions {
  model::EntityId root;    ///< a component, an operation or a journey; not valid: the whole system
  bool operations = false; ///< each on its own, instead of folded into their component
  bool domains = true;     ///< with the failure domains around what stands in them
  Format format = Format::Dot;
  std::string_view version;
};
struct Picture {
  std::string text; ///< empty if there is none
  size_t nodes, edges;
  bool tooLarge = false; ///< to be laid out within seconds
};
/// One picture.
Picture draw(const model::Model& model, const source::SourceManager& sources,
             const PictureOptions& options);

} // namespace relc::graph
