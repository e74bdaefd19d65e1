#pragma once
// Where things of a scene stand. Private to this backend; the only place that knows Graphviz.

#include "backends/graph/scene.h"

#include <optional>
#include <vector>

namespace relc::graph {

/// In pixels; x to the right, y down.
struct Point {
  double x = 0, y = 0;
};
struct Size {
  double width = 0, height = 0;
};
struct Area {
  double x = 0, y = 0, width = 0, height = 0;
};

/// A Bézier curve, 3n + 1 points, and what its arrow points at.
struct Curve {
  std::vector<Point> points;
  Point tip;
};

struct Layout {
  Size size;
  std::vector<Area> boxes;
  std::vector<Point> titles; ///< of boxes: centre
  std::vector<Area> nodes;
  std::vector<Curve> edges;
  std::vector<Point> labels; ///< of edges: centre
};

/// What a layout must leave room for.
struct Sizes {
  std::vector<Size> nodes;
  std::vector<double> titles, labels; ///< widths of titles of boxes and of labels of edges
};

/// Layers from left to right (Gansner et al., "A technique for drawing directed graphs", 1993), the
/// same on every machine: no fonts are asked. Not to be called by two threads at once. Nothing if
/// Graphviz fails.
std::optional<Layout> layOut(const Scene& scene, const Sizes& sizes);

/// Whether a layout takes seconds at most: with more lines it soon takes minutes.
bool isSmall(const Scene& scene);

} // namespace relc::graph
