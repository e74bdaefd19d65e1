#include "backends/graph/layout.h"

#include <graphviz/gvc.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>

extern "C" gvplugin_library_t gvplugin_dot_layout_LTX_library;

namespace relc::graph {
namespace {

constexpr size_t mostNodes = 250, mostEdges = 400;
constexpr double pointsPerInch = 72, labelFont = 11;

/// Graphviz takes strings that it does not change without `const`.
char* text(const char* constant) {
  return const_cast<char*>(constant);
}

int swallow(char*) {
  return 0;
}

struct Closer {
  void operator()(GVC_t* context) const { gvFreeContext(context); }
  void operator()(Agraph_t* graph) const { agclose(graph); }
};

class Drawing {
public:
  Drawing(const Scene& scene, const Sizes& sizes) : scene_(scene), sizes_(sizes) {}

  std::optional<Layout> run() {
    // Its messages would stand between ours.
    agseterrf(swallow);
    // The one plug-in is linked; no configuration is read and nothing is loaded. Without a plug-in
    // for text Graphviz estimates widths by tables of its own.
    lt_symlist_t linked[] = {{"gvplugin_dot_layout_LTX_library", &gvplugin_dot_layout_LTX_library},
                             {nullptr, nullptr}};
    std::unique_ptr<GVC_t, Closer> context(gvContextPlugins(linked, 0));
    graph_.reset(agopen(text("scene"), Agdirected, nullptr));
    if (!context || !graph_) return std::nullopt;
    describe();
    std::optional<Layout> layout;
    if (gvLayout(context.get(), graph_.get(), "dot") == 0) layout = read();
    gvFreeLayout(context.get(), graph_.get());
    graph_.reset();
    return layout;
  }

private:
  const Scene& scene_;
  const Sizes& sizes_;
  std::unique_ptr<Agraph_t, Closer> graph_;
  std::vector<Agraph_t*> boxes_;
  std::vector<Agnode_t*> nodes_;
  std::vector<Agedge_t*> edges_;

  void set(void* object, const char* name, const std::string& value) {
    agsafeset(object, text(name), text(value.c_str()), text(""));
  }
  /// Something as wide: no text of the program goes through Graphviz.
  static std::string asWide(double width) {
    return std::string(size_t(std::ceil(width / (labelFont / 2))), 'x');
  }

  void describe() {
    constexpr std::pair<const char*, const char*> ofGraph[] = {
        {"rankdir", "LR"},  {"newrank", "true"},       {"nodesep", "0.25"}, {"ranksep", "0.6"},
        {"pad", "0"},       {"nslimit", "1"},          {"nslimit1", "1"},   {"label", ""},
        {"fontsize", "11"}, {"fontname", "Helvetica"}, {"margin", "14"},
    };
    for (const auto& [name, value] : ofGraph) agattr(graph_.get(), AGRAPH, text(name), text(value));
    for (const auto& [name, value] :
         {std::pair("shape", "box"), {"label", ""}, {"fixedsize", "true"}})
      agattr(graph_.get(), AGNODE, text(name), text(value));
    for (const auto& [name, value] : {std::pair("label", ""),
                                      {"fontsize", "11"},
                                      {"fontname", "Helvetica"},
                                      {"arrowsize", "0.8"}})
      agattr(graph_.get(), AGEDGE, text(name), text(value));
    for (size_t i = 0; i < scene_.boxes.size(); ++i) {
      const uint32_t parent = scene_.boxes[i].parent;
      boxes_.push_back(agsubg(parent == none ? graph_.get() : boxes_[parent],
                              fmt::format("cluster_{}", i).data(), 1));
      set(boxes_.back(), "label", asWide(sizes_.titles[i]));
    }
    for (size_t i = 0; i < scene_.nodes.size(); ++i) {
      nodes_.push_back(agnode(graph_.get(), fmt::format("n{}", i).data(), 1));
      set(nodes_[i], "width", fmt::format("{:.4f}", sizes_.nodes[i].width / pointsPerInch));
      set(nodes_[i], "height", fmt::format("{:.4f}", sizes_.nodes[i].height / pointsPerInch));
      if (scene_.nodes[i].box != none) agsubnode(boxes_[scene_.nodes[i].box], nodes_[i], 1);
    }
    // Nobody needs a journey, so that all of them can stand at the left.
    Agraph_t* first = agsubg(graph_.get(), text("first"), 1);
    set(first, "rank", "source");
    for (size_t i = 0; i < scene_.nodes.size(); ++i)
      if (scene_.nodes[i].shape == Shape::Journey) agsubnode(first, nodes_[i], 1);
    for (size_t i = 0; i < scene_.edges.size(); ++i) {
      const Edge& edge = scene_.edges[i];
      edges_.push_back(agedge(graph_.get(), nodes_[edge.from], nodes_[edge.to],
                              fmt::format("e{}", i).data(), 1));
      if (edge.line == Line::Part) set(edges_[i], "arrowhead", "none");
      if (!edge.label.empty()) set(edges_[i], "label", asWide(sizes_.labels[i]));
    }
  }

  std::optional<Layout> read() {
    const boxf all = GD_bb(graph_.get());
    Layout layout;
    layout.size = {all.UR.x - all.LL.x, all.UR.y - all.LL.y};
    const auto point = [&](pointf p) { return Point{p.x - all.LL.x, all.UR.y - p.y}; };
    for (Agraph_t* box : boxes_) {
      const boxf b = GD_bb(box);
      const Point corner = point({b.LL.x, b.UR.y});
      layout.boxes.push_back({corner.x, corner.y, b.UR.x - b.LL.x, b.UR.y - b.LL.y});
      layout.titles.push_back(GD_label(box) ? point(GD_label(box)->pos) : corner);
    }
    for (size_t i = 0; i < nodes_.size(); ++i) {
      const Point centre = point(ND_coord(nodes_[i]));
      const Size& size = sizes_.nodes[i];
      layout.nodes.push_back(
          {centre.x - size.width / 2, centre.y - size.height / 2, size.width, size.height});
    }
    for (Agedge_t* edge : edges_) {
      const splines* ways = ED_spl(edge);
      Curve curve;
      if (ways && ways->size > 0) {
        const bezier& way = ways->list[0];
        for (int i = 0; i < int(way.size); ++i) curve.points.push_back(point(way.list[i]));
        curve.tip = way.eflag ? point(way.ep) : curve.points.back();
      }
      layout.edges.push_back(std::move(curve));
      layout.labels.push_back(ED_label(edge) ? point(ED_label(edge)->pos) : Point());
    }
    return layout;
  }
};

} // namespace

bool isSmall(const Scene& scene) {
  return scene.nodes.size() <= mostNodes && scene.edges.size() <= mostEdges;
}

std::optional<Layout> layOut(const Scene& scene, const Sizes& sizes) {
  return Drawing(scene, sizes).run();
}

} // namespace relc::graph
