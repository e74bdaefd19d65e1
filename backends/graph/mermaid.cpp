#include "backends/graph/formats.h"

#include <fmt/format.h>

#include <iterator>

namespace relc::graph {
namespace {

/// Inside double quotes, where Mermaid knows `#35;` and `#quot;` only (its page "Flowcharts, entity
/// codes"). It reads text as Markdown and as HTML afterwards, looks for `style…:…#…;` anywhere in a
/// line, and other texts around it (a wiki, GitHub) look for `{{`: all but letters, digits and what
/// is plainly harmless becomes a code.
std::string escaped(std::string_view text) {
  std::string out;
  for (char c : text) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    const bool plain = letter || uint8_t(c) >= 0x80 || c == ' ' || c == ',' || c == '.' ||
                       c == '-' || c == '/' || c == '(' || c == ')' || c == '%';
    if (plain)
      out += c;
    else
      out += fmt::format("#{};", int(c));
  }
  return out;
}

/// An address without what Mermaid could take for a code.
std::string escapedLink(std::string_view url) {
  std::string out;
  for (char c : url) {
    if (c == ';' || c == '"')
      out += c == ';' ? "%3B" : "%22";
    else
      out += c;
  }
  return out;
}

constexpr std::pair<std::string_view, std::string_view> shapes[] = {
    {"([", "])"}, // Journey
    {"(", ")"},   // Service
    {"[(", ")]"}, // Datastore
    {"[[", "]]"}, // Queue
    {"{{", "}}"}, // Cache
    {"[/", "/]"}, // Vendor
    {"(", ")"},   // Operation
    {"((", "))"}, // Group
};

constexpr std::string_view arrows[] = {"-->", "-.->", "-.->", "---"};

class MermaidWriter {
public:
  MermaidWriter(const Scene& scene, std::string& out) : scene_(scene), out_(out) {}

  void write(std::string_view header) {
    line(0, "%% {}", header);
    line(0, "%%{{init: {{\"flowchart\": {{\"wrappingWidth\": 320}}}}}}%%");
    line(0, "flowchart LR");
    line(1, "accTitle: {}", plain(scene_.title));
    line(1, "accDescr: {}", plain(scene_.description));
    boxes(none, 1);
    for (const Edge& edge : scene_.edges)
      line(1, "n{} {}{} n{}", edge.from, arrows[size_t(edge.line)],
           edge.label.empty() ? "" : fmt::format("|\"{}\"|", escaped(edge.label)), edge.to);
    for (uint32_t i = 0; i < scene_.nodes.size(); ++i)
      if (const std::string& link = scene_.nodes[i].link; !link.empty())
        line(1, "click n{} href \"{}\" _blank", i, escapedLink(link));
    line(1, "classDef weak stroke:#b00020,stroke-width:3px");
    line(1, "classDef domain fill:none,stroke:#8a96a3");
    line(1, "classDef weakDomain fill:none,stroke:#b00020,stroke-width:3px");
    for (uint32_t i = 0; i < scene_.boxes.size(); ++i)
      line(1, "class d{} {}", i, scene_.boxes[i].weak ? "weakDomain" : "domain");
    for (uint32_t i = 0; i < scene_.nodes.size(); ++i)
      if (scene_.nodes[i].weak) line(1, "class n{} weak", i);
  }

private:
  const Scene& scene_;
  std::string& out_;
  const Nesting nesting_{scene_};

  /// Titles for screen readers end at the line, at `#` and at `;`, and know no codes.
  static std::string plain(std::string_view text) {
    std::string out(text);
    for (char& c : out)
      if (c == '#' || c == ';' || c == '{' || c == '}' || c == '<' || c == '>') c = ' ';
    return out;
  }

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
      line(depth, "subgraph d{} [\"{}\"]", i, escaped(scene_.boxes[i].title));
      boxes(i, depth + 1);
      line(depth, "end");
    }
  }

  void node(uint32_t i, int depth) {
    const Node& node = scene_.nodes[i];
    std::string text = node.shape == Shape::Group ? escaped(node.title)
                                                  : fmt::format("<b>{}</b>", escaped(node.title));
    if (!node.lines.empty()) text += "<br>" + joinLines(node.lines, "<br>", escaped);
    if (node.weak) text += fmt::format("<br><b>{}</b>", escaped(markOf(node.accepted)));
    const auto& [before, behind] = shapes[size_t(node.shape)];
    line(depth, "n{}{}\"{}\"{}", i, before, text, behind);
  }
};

} // namespace

std::string writeMermaid(const Scene& scene, std::string_view header) {
  std::string out;
  MermaidWriter(scene, out).write(header);
  return out;
}

} // namespace relc::graph
