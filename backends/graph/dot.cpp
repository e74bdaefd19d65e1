#include "backends/graph/formats.h"

#include <fmt/format.h>

#include <iterator>

namespace relc::graph {
namespace {

/// Inside double quotes. A backslash begins escapes such as `\N`, and `&` entities of HTML, in what
/// is shown and in what is linked to ("Graphviz: escString", "Character Set").
std::string escaped(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '&')
      out += "&amp;";
    else
      out += c;
  }
  return out;
}

constexpr std::string_view shapes[] = {
    "shape=box, style=\"filled,rounded\", penwidth=2", // Journey
    "shape=box, style=\"filled,rounded\"",             // Service
    "shape=cylinder, style=filled",                    // Datastore
    "shape=box, style=filled, peripheries=2",          // Queue
    "shape=note, style=filled",                        // Cache
    "shape=octagon, style=filled",                     // Vendor
    "shape=ellipse, style=filled",                     // Operation
    "shape=diamond, style=filled, margin=\"0,0\"",     // Group
};

constexpr std::string_view lines[] = {
    "",                             // Need
    "style=\"dashed,bold\"",        // Absorbed
    "style=dashed",                 // Use
    "style=dotted, arrowhead=none", // Part
};

constexpr std::string_view weakLook = "color=\"#b00020\", fontcolor=\"#b00020\", penwidth=3";

class DotWriter {
public:
  DotWriter(const Scene& scene, std::string& out) : scene_(scene), out_(out) {}

  void write(std::string_view header) {
    line(0, "// {}", header);
    line(0, "digraph \"{}\" {{", escaped(scene_.title));
    line(1,
         "graph [rankdir=LR, newrank=true, nodesep=0.25, ranksep=0.6, nslimit=1, nslimit1=1, "
         "fontname=Helvetica, "
         "fontsize=11, label=\"{}\", labelloc=t, tooltip=\"{}\"];",
         escaped(scene_.title), escaped(scene_.description));
    line(1, "node [fontname=Helvetica, fontsize=11, fillcolor=white, color=\"#4a5560\"];");
    line(1, "edge [color=\"#4a5560\", fontname=Helvetica, fontsize=10, arrowsize=0.8];");
    boxes(none, 1);
    std::string journeys;
    for (uint32_t i = 0; i < scene_.nodes.size(); ++i)
      if (scene_.nodes[i].shape == Shape::Journey) journeys += fmt::format(" n{};", i);
    if (!journeys.empty()) line(1, "{{ rank=source;{} }}", journeys);
    for (const Edge& edge : scene_.edges) {
      std::string look(lines[size_t(edge.line)]);
      const auto add = [&](std::string_view name, const std::string& value) {
        if (!value.empty())
          look += fmt::format("{}{}=\"{}\"", look.empty() ? "" : ", ", name, value);
      };
      add("label", escaped(edge.label));
      add("tooltip", joinLines(edge.tooltip, "\\n", escaped));
      line(1, "n{} -> n{}{};", edge.from, edge.to, look.empty() ? look : " [" + look + "]");
    }
    line(0, "}}");
  }

private:
  const Scene& scene_;
  std::string& out_;
  const Nesting nesting_{scene_};

  template <class... Arguments>
  void line(int depth, fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    out_.append(size_t(depth) * 2, ' ');
    fmt::format_to(std::back_inserter(out_), format, std::forward<Arguments>(arguments)...);
    out_ += '\n';
  }

  /// Domains stand inside each other 64 deep at most.
  void boxes(uint32_t parent, int depth) {
    for (uint32_t i : nesting_.nodes[parent + 1U]) node(i, depth);
    for (uint32_t i : nesting_.boxes[parent + 1U]) {
      const Box& box = scene_.boxes[i];
      line(depth, "subgraph cluster_{} {{", i);
      line(depth + 1, "label=\"{}\"; tooltip=\"{}\"; style=rounded; {}", escaped(box.title),
           joinLines(box.tooltip, "\\n", escaped),
           box.weak ? "color=\"#b00020\"; fontcolor=\"#b00020\"; penwidth=2"
                    : "color=\"#8a96a3\"; fontcolor=\"#4a5560\"; penwidth=1");
      boxes(i, depth + 1);
      line(depth, "}}");
    }
  }

  void node(uint32_t i, int depth) {
    const Node& node = scene_.nodes[i];
    std::vector<std::string> text{node.title};
    text.insert(text.end(), node.lines.begin(), node.lines.end());
    if (node.weak) text.push_back(markOf(node.accepted));
    std::string look =
        fmt::format("{}, label=\"{}\", tooltip=\"{}\"", shapes[size_t(node.shape)],
                    joinLines(text, "\\n", escaped), joinLines(node.tooltip, "\\n", escaped));
    if (!node.link.empty()) look += fmt::format(", URL=\"{}\"", escaped(node.link));
    if (node.weak) look += fmt::format(", {}", weakLook);
    line(depth, "n{} [{}];", i, look);
  }
};

} // namespace

std::string writeDot(const Scene& scene, std::string_view header) {
  std::string out;
  DotWriter(scene, out).write(header);
  return out;
}

} // namespace relc::graph
