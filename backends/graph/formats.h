#pragma once
// A scene as text. Private to this backend.

#include "backends/graph/scene.h"

#include <optional>
#include <string>

namespace relc::graph {

/// The language of Graphviz. `header` stands in a comment.
std::string writeDot(const Scene& scene, std::string_view header);
/// A flowchart of Mermaid.
std::string writeMermaid(const Scene& scene, std::string_view header);
/// A picture: layers from left to right, with titles, descriptions and links, readable on light and
/// dark. Nothing if the scene is too large (`isSmall`) or cannot be laid out.
std::optional<std::string> writeSvg(const Scene& scene, std::string_view header);

/// "a\nb": each line through `quote`, `lineBreak` between them.
template <class Quote>
std::string joinLines(const std::vector<std::string>& lines, std::string_view lineBreak,
                      Quote quote) {
  std::string out;
  for (const std::string& line : lines) {
    if (!out.empty()) out += lineBreak;
    out += quote(line);
  }
  return out;
}

} // namespace relc::graph
