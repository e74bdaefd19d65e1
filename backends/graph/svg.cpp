#include "backends/graph/formats.h"
#include "backends/graph/layout.h"

#include "backends/emit/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

namespace relc::graph {
namespace {

constexpr double titleFont = 13, lineFont = 11, lineHeight = 14.5, padding = 12, margin = 16;
constexpr double headHeight = 46, legendHeight = 30;

/// Advance widths of Helvetica's ASCII from the blank on, in thousandths of the font's size (the
/// metrics that Adobe published for the core fonts of PostScript). Others are taken to be wide.
constexpr uint16_t widths[] = {
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333,  278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667,
    611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667,  611, 722, 667, 944, 667,
    667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278,  556, 556, 222, 222, 500,
    222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500,  500, 334, 260, 334, 584,
};
constexpr double boldIsWider = 1.08, otherWidth = 600, ideographWidth = 1000;

double widthOf(std::string_view text, double font, bool bold = false) {
  double sum = 0;
  for (const char *at = text.data(), *end = at + text.size(); at < end;) {
    const emit::Decoded c = emit::decodeUtf8(at, end);
    at += c.size;
    const uint32_t index = c.codePoint - 0x20;
    sum += index < std::size(widths) ? widths[index]
           : c.codePoint == 0xB7     ? 278
           : c.codePoint < 0x1100    ? otherWidth
                                     : ideographWidth;
  }
  return sum * font / 1000 * (bold ? boldIsWider : 1);
}

std::string escaped(std::string_view text) {
  std::string out;
  for (char c : text) {
    switch (c) {
    case '&': out += "&amp;"; break;
    case '<': out += "&lt;"; break;
    case '>': out += "&gt;"; break;
    case '"': out += "&quot;"; break;
    case '\'': out += "&#39;"; break;
    default: out += c;
    }
  }
  return out;
}

constexpr std::string_view classes[] = {"journey", "service", "datastore", "queue",
                                        "cache",   "vendor",  "operation", "group"};
constexpr std::string_view lineClasses[] = {"need", "absorbed", "use", "part"};

// Literal colours instead of variables: not every reader of SVG knows those.
constexpr std::string_view style = R"(
  text { font-family: Helvetica, Arial, "Liberation Sans", "Nimbus Sans", sans-serif; font-size: 11px; fill: #1d2730 }
  .paper { fill: #ffffff }
  .head { font-size: 17px; font-weight: bold }
  .name { font-size: 13px; font-weight: bold }
  .body { fill: #f7f9fb; stroke: #4a5560; stroke-width: 1.2 }
  .journey .body { fill: #e7effa; stroke: #2b5c9e; stroke-width: 2 }
  .vendor .body { fill: #f3eefa; stroke: #6b4fa0 }
  .rim { fill: none; stroke: #4a5560; stroke-width: 1.2 }
  .vendor .rim { stroke: #6b4fa0 }
  .group .body { fill: #ffffff }
  .domain .body { fill: #7a8896; fill-opacity: 0.06; stroke: #8a96a3 }
  .domain text { fill: #4a5560; font-weight: bold }
  .weak .body { stroke: #b00020; stroke-width: 3 }
  .weak .rim { stroke: #b00020 }
  .weak .mark, .domain.weak text { fill: #b00020; font-weight: bold }
  .line { fill: none; stroke: #4a5560; stroke-width: 1.3 }
  .absorbed .line { stroke-dasharray: 10 4 }
  .use .line { stroke-dasharray: 3 4 }
  .part .line { stroke-dasharray: 1 3 }
  .arrow { fill: #4a5560 }
  .label { fill: #1d2730; stroke: #ffffff; stroke-width: 4; paint-order: stroke; stroke-linejoin: round }
  a:hover .body, a:focus .body { stroke-width: 3 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6ebf0 }
    .paper { fill: #14191f }
    .body { fill: #1f2730; stroke: #a3b0bd }
    .journey .body { fill: #1c2c44; stroke: #79a8ea }
    .vendor .body { fill: #2a2340; stroke: #b79cf0 }
    .vendor .rim { stroke: #b79cf0 }
    .rim { stroke: #a3b0bd }
    .group .body { fill: #14191f }
    .domain .body { fill: #a3b0bd; stroke: #6d7985 }
    .domain text { fill: #b8c4cf }
    .weak .body, .weak .rim { stroke: #ff6b7d }
    .weak .mark, .domain.weak text { fill: #ff8a98 }
    .line { stroke: #a3b0bd }
    .arrow { fill: #a3b0bd }
    .label { fill: #e6ebf0; stroke: #14191f }
  }
)";

class SvgWriter {
public:
  explicit SvgWriter(const Scene& scene) : scene_(scene) {}

  std::optional<std::string> write(std::string_view header) {
    const std::optional<Layout> layout = layOut(scene_, sizes());
    if (!layout) return std::nullopt;
    const double legend = legendWidth();
    const double head = widthOf(scene_.title, 17, true);
    const double width = std::max({layout->size.width, legend, head}) + 2 * margin;
    const double height = layout->size.height + headHeight + legendHeight + 2 * margin;
    put("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0:.0f}\" height=\"{1:.0f}\" "
        "viewBox=\"0 0 {0:.0f} {1:.0f}\" role=\"img\" aria-labelledby=\"title description\">\n",
        width, height);
    put("<!-- {} -->\n", withoutDashes(header));
    put("<title id=\"title\">{}</title>\n<desc id=\"description\">{}</desc>\n",
        escaped(scene_.title), escaped(scene_.description));
    put("<style>{}</style>\n", style);
    put("<rect class=\"paper\" width=\"100%\" height=\"100%\"/>\n");
    put("<text class=\"head\" x=\"{:.1f}\" y=\"{:.1f}\">{}</text>\n", margin, margin + 17,
        escaped(scene_.title));
    put("<g transform=\"translate({:.1f} {:.1f})\">\n", margin, margin + headHeight);
    for (size_t i = 0; i < scene_.boxes.size(); ++i) box(scene_.boxes[i], *layout, i);
    for (size_t i = 0; i < scene_.edges.size(); ++i) edge(scene_.edges[i], *layout, i);
    for (size_t i = 0; i < scene_.nodes.size(); ++i) node(scene_.nodes[i], layout->nodes[i]);
    // Labels last, so that no line crosses them.
    for (size_t i = 0; i < scene_.edges.size(); ++i)
      if (const std::string& label = scene_.edges[i].label; !label.empty())
        text("label", label, layout->labels[i].x, layout->labels[i].y + 4, lineFont, true);
    put("</g>\n");
    writeLegend(height - margin - 4);
    put("</svg>\n");
    return std::move(out_);
  }

private:
  const Scene& scene_;
  std::string out_;

  template <class... Arguments>
  void put(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    fmt::format_to(std::back_inserter(out_), format, std::forward<Arguments>(arguments)...);
  }

  /// Two hyphens would end a comment.
  static std::string withoutDashes(std::string_view text) {
    std::string out;
    for (char c : text) out += c == '-' && out.ends_with('-') ? ' ' : c;
    return out;
  }

  Sizes sizes() const {
    Sizes sizes;
    for (const Node& node : scene_.nodes) {
      if (node.shape == Shape::Group) {
        sizes.nodes.push_back({widthOf(node.title, lineFont) + 18, 26});
        continue;
      }
      double width = widthOf(node.title, titleFont, true);
      if (node.weak) width = std::max(width, widthOf(markOf(node.accepted), lineFont, true));
      for (const std::string& line : node.lines) width = std::max(width, widthOf(line, lineFont));
      const double rows = double(node.lines.size()) + (node.weak ? 1 : 0);
      const double more = node.shape == Shape::Datastore ? 12 : 0;
      sizes.nodes.push_back({std::round(width + 2 * padding + 6),
                             std::round(titleFont + 4 + rows * lineHeight + 14 + more)});
    }
    for (const Box& box : scene_.boxes) sizes.titles.push_back(widthOf(box.title, lineFont, true));
    for (const Edge& edge : scene_.edges) sizes.labels.push_back(widthOf(edge.label, lineFont));
    return sizes;
  }

  /// Text that is as wide as it was taken to be, whichever font there is.
  void text(std::string_view style, const std::string& text, double x, double y, double font,
            bool centred, bool bold = false) {
    put("<text{}{}{} x=\"{:.1f}\" y=\"{:.1f}\" textLength=\"{:.1f}\" "
        "lengthAdjust=\"spacingAndGlyphs\"{}>{}</text>\n",
        style.empty() ? "" : " class=\"", style, style.empty() ? "" : "\"", x, y,
        widthOf(text, font, bold), centred ? " text-anchor=\"middle\"" : "", escaped(text));
  }

  void title(const std::vector<std::string>& lines) {
    if (!lines.empty()) put("<title>{}</title>\n", joinLines(lines, "\n", escaped));
  }

  void rectangle(std::string_view style, const Area& a, double inset, double radius) {
    put("<rect class=\"{}\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" "
        "rx=\"{:.1f}\"/>\n",
        style, a.x + inset, a.y + inset, a.width - 2 * inset, a.height - 2 * inset, radius);
  }

  void box(const Box& box, const Layout& layout, size_t i) {
    put("<g class=\"domain{}\">\n", box.weak ? " weak" : "");
    title(box.tooltip);
    rectangle("body", layout.boxes[i], 0, 6);
    text({}, box.title, layout.titles[i].x, layout.titles[i].y + 4, lineFont, true, true);
    put("</g>\n");
  }

  void shape(Shape shape, const Area& a) {
    const double right = a.x + a.width, bottom = a.y + a.height;
    switch (shape) {
    case Shape::Journey:
    case Shape::Group: return rectangle("body", a, 0, std::min(a.height, 48.0) / 2);
    case Shape::Datastore:
      put("<path class=\"body\" d=\"M{0:.1f} {1:.1f}a{2:.1f} 6 0 0 1 {3:.1f} 0V{4:.1f}a{2:.1f} 6 0 "
          "0 "
          "1 -{3:.1f} 0z\"/>\n<path class=\"rim\" d=\"M{0:.1f} {1:.1f}a{2:.1f} 6 0 0 0 {3:.1f} "
          "0\"/>\n",
          a.x, a.y + 6, a.width / 2, a.width, bottom - 6);
      return;
    case Shape::Queue:
      rectangle("body", a, 0, 0);
      put("<path class=\"rim\" d=\"M{0:.1f} {1:.1f}V{2:.1f}M{3:.1f} {1:.1f}V{2:.1f}\"/>\n", a.x + 5,
          a.y, bottom, right - 5);
      return;
    case Shape::Cache:
      put("<path class=\"body\" d=\"M{0:.1f} {1:.1f}H{2:.1f}L{3:.1f} "
          "{4:.1f}V{5:.1f}H{0:.1f}z\"/>\n",
          a.x, a.y, right - 12, right, a.y + 12, bottom);
      return;
    case Shape::Vendor:
      rectangle("body", a, 0, 0);
      rectangle("rim", a, 4, 0);
      return;
    case Shape::Operation: return rectangle("body", a, 0, 14);
    case Shape::Service: return rectangle("body", a, 0, 6);
    }
  }

  void node(const Node& node, const Area& area) {
    const double centre = area.x + area.width / 2;
    if (!node.link.empty()) put("<a href=\"{}\" target=\"_top\">\n", escaped(node.link));
    put("<g class=\"{}{}\">\n", classes[size_t(node.shape)], node.weak ? " weak" : "");
    title(node.tooltip);
    shape(node.shape, area);
    if (node.shape == Shape::Group) {
      text({}, node.title, centre, area.y + 17, lineFont, true);
    } else {
      double y = area.y + 8 + titleFont + (node.shape == Shape::Datastore ? 10 : 0);
      text("name", node.title, centre, y, titleFont, true, true);
      for (const std::string& line : node.lines)
        text({}, line, centre, y += lineHeight, lineFont, true);
      if (node.weak)
        text("mark", markOf(node.accepted), centre, y + lineHeight, lineFont, true, true);
    }
    put("</g>\n{}", node.link.empty() ? "" : "</a>\n");
  }

  void edge(const Edge& edge, const Layout& layout, size_t i) {
    const Curve& curve = layout.edges[i];
    if (curve.points.size() < 4) return;
    put("<g class=\"{}\">\n", lineClasses[size_t(edge.line)]);
    title(edge.tooltip);
    put("<path class=\"line\" d=\"M{:.1f} {:.1f}C", curve.points[0].x, curve.points[0].y);
    for (size_t p = 1; p < curve.points.size(); ++p)
      put("{}{:.1f} {:.1f}", p == 1 ? "" : " ", curve.points[p].x, curve.points[p].y);
    put("\"/>\n");
    if (edge.line != Line::Part) arrow(curve.points.back(), curve.tip);
    put("</g>\n");
  }

  void arrow(Point from, Point to) {
    const double x = to.x - from.x, y = to.y - from.y, length = std::hypot(x, y);
    if (length < 0.01) return;
    const double sideX = -y / length * 3.6, sideY = x / length * 3.6;
    put("<path class=\"arrow\" d=\"M{:.1f} {:.1f}L{:.1f} {:.1f} {:.1f} {:.1f}z\"/>\n", to.x, to.y,
        from.x + sideX, from.y + sideY, from.x - sideX, from.y - sideY);
  }

  // --- legend ------------------------------------------------------------------------------------

  static constexpr std::pair<std::string_view, std::string_view> legend_[] = {
      {"need", "needs: down without it"},
      {"absorbed", "needs, and absorbs an outage"},
      {"use", "uses: degraded without it"},
      {"part", "is a part of"},
  };
  static constexpr double sample = 34, gap = 22;

  [[nodiscard]] bool isUsed(size_t lineKind) const {
    return std::any_of(scene_.edges.begin(), scene_.edges.end(),
                       [&](const Edge& edge) { return size_t(edge.line) == lineKind; });
  }
  /// Of what several share and fail with.
  static constexpr std::string_view sharedMark = "!: single point of failure";
  [[nodiscard]] bool marksShared() const {
    return std::any_of(scene_.nodes.begin(), scene_.nodes.end(), [](const Node& node) {
      return std::any_of(node.lines.begin(), node.lines.end(), [](const std::string& line) {
        return line.starts_with("shares ") && line.find('!') != line.npos;
      });
    });
  }
  [[nodiscard]] double legendWidth() const {
    double width = marksShared() ? widthOf(sharedMark, lineFont) : 0;
    for (size_t i = 0; i < std::size(legend_); ++i)
      if (isUsed(i)) width += sample + 6 + widthOf(legend_[i].second, lineFont) + gap;
    return width;
  }
  void writeLegend(double y) {
    double x = margin;
    for (size_t i = 0; i < std::size(legend_); ++i) {
      if (!isUsed(i)) continue;
      const auto& [name, words] = legend_[i];
      put("<g class=\"{}\"><path class=\"line\" d=\"M{:.1f} {:.1f}h{}\"/>\n", name, x, y,
          sample - 8);
      if (i != size_t(Line::Part)) arrow({x + sample - 8, y}, {x + sample, y});
      text({}, std::string(words), x + sample + 6, y + 4, lineFont, false);
      put("</g>\n");
      x += sample + 6 + widthOf(words, lineFont) + gap;
    }
    if (marksShared()) text({}, std::string(sharedMark), x, y + 4, lineFont, false);
  }
};

} // namespace

std::optional<std::string> writeSvg(const Scene& scene, std::string_view header) {
  if (!isSmall(scene)) return std::nullopt;
  return SvgWriter(scene).write(header);
}

} // namespace relc::graph
