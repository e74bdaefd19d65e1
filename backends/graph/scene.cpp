#include "backends/graph/scene.h"

#include "backends/emit/text.h"

#include "compiler/reliability/ceilings.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace relc::graph {

using model::attr;
using model::EntityId;
using model::Kind;
using model::Model;
using reliability::Instances;
using reliability::Placed;

namespace {

constexpr size_t longestLine = 40, longestTooltip = 400;

/// Text of the program on one line: nothing in it is invisible or reorders its neighbours.
std::string shortened(std::string_view text, size_t longest) {
  std::string out;
  const char *at = text.data(), *const end = at + text.size();
  for (size_t width = 0; at < end; ++width) {
    const emit::Decoded c = emit::decodeUtf8(at, end);
    if (width == longest) return out + "…";
    at += c.size;
    if (c.codePoint == '\n' || c.codePoint == '\r' || c.codePoint == '\t')
      out += ' ';
    else if (emit::isInvisible(c.codePoint) && c.codePoint < 0x10000)
      emit::appendEscape(out, c.codePoint);
    else
      emit::appendUtf8(out, c.codePoint);
  }
  return out;
}

std::string line(std::string_view text) {
  return shortened(text, longestLine);
}

constexpr std::pair<Kind, Shape> shapes[] = {
    {Kind::journey, Shape::Journey}, {Kind::datastore, Shape::Datastore},
    {Kind::queue, Shape::Queue},     {Kind::cache, Shape::Cache},
    {Kind::external, Shape::Vendor}, {Kind::operation, Shape::Operation},
};

class SceneBuilder {
public:
  SceneBuilder(const Model& model, const source::SourceManager& sources, const View& view,
               std::vector<bool> weak)
      : model_(model), sources_(sources), view_(view), weak_(std::move(weak)),
        seen_(model.entities.size()), nodeOf_(model.entities.size(), none),
        boxOf_(model.entities.size(), none) {}

  Scene build() {
    findAll();
    std::sort(shown_.begin(), shown_.end());
    findAccepted();
    for (EntityId id : shown_) addNode(id);
    for (EntityId relation : relations_) addRelation(relation);
    if (view_.operations)
      for (EntityId id : shown_)
        if (model_[id].kind == Kind::operation)
          addEdge({nodeOf_[id.index], nodeOf_[model_[id].parent.index], Line::Part, {}, {}});
    scene_.title = view_.root.valid()
                       ? line(fmt::format("{} {}", wordOf(view_.root), model_.path(view_.root)))
                       : line(fmt::format("system {}", model_.path(model_.system)));
    describe();
    return std::move(scene_);
  }

private:
  const Model& model_;
  const source::SourceManager& sources_;
  const View& view_;
  std::vector<bool> weak_;    ///< by entity
  std::vector<uint8_t> seen_; ///< by entity: bits of Wanted
  std::vector<std::pair<EntityId, uint8_t>> wanted_;
  std::vector<EntityId> shown_, relations_;
  std::vector<uint32_t> nodeOf_, boxOf_; ///< by entity
  std::vector<bool> accepted_;           ///< by entity
  std::map<std::pair<uint32_t, uint32_t>, uint32_t> edgeOf_;
  std::map<std::pair<uint32_t, std::vector<uint32_t>>, uint32_t> groupOf_;
  Scene scene_;

  [[nodiscard]] std::string_view wordOf(EntityId id) const {
    return schema::info(model_[id].kind).word;
  }
  [[nodiscard]] std::string placeOf(EntityId id) const {
    const source::Range& range = model_[id].range;
    if (!range.valid()) return {};
    return fmt::format("{}:{}", sources_.path(range.file),
                       sources_.position(range.file, range.begin).line);
  }

  // --- what is shown -----------------------------------------------------------------------------

  /// Whoever needs an operation is not hurt by what other operations of the component need.
  enum Wanted : uint8_t { Itself = 1, WithOperations = 2 };

  void want(EntityId id, uint8_t how) {
    if (!reliability::needy.has(model_[id].kind)) return;
    const auto more = uint8_t(how & ~seen_[id.index]);
    if (more == 0) return;
    if (seen_[id.index] == 0 && fold(id) == id) shown_.push_back(id);
    seen_[id.index] |= more;
    wanted_.emplace_back(id, more);
  }

  [[nodiscard]] EntityId fold(EntityId id) const {
    return model_[id].kind == Kind::operation && !view_.operations ? model_[id].parent : id;
  }

  void findAll() {
    if (view_.root.valid())
      want(view_.root, Itself | WithOperations);
    else
      for (uint32_t i = 0; i < model_.entities.size(); ++i)
        if (const model::Entity& e = model_.entities[i];
            !e.library && !e.pattern && reliability::needy.has(e.kind) && e.kind != Kind::operation)
          want({i}, Itself | WithOperations);
    for (size_t i = 0; i < wanted_.size(); ++i) {
      const auto [id, how] = wanted_[i];
      if (model_[id].kind == Kind::operation) want(model_[id].parent, Itself);
      for (EntityId child : model_.childrenOf(id)) {
        if (model_[child].kind == Kind::operation && (how & WithOperations) != 0)
          want(child, Itself | WithOperations);
        if (!schema::relations.has(model_[child].kind) || (how & Itself) == 0) continue;
        relations_.push_back(child);
        for (EntityId target : model_.targetsOf(child)) want(target, Itself | WithOperations);
      }
    }
    std::sort(relations_.begin(), relations_.end());
  }

  void findAccepted() {
    accepted_.resize(model_.entities.size());
    for (EntityId id : model_.all(Kind::accept)) {
      const model::Entity& e = model_[id];
      const EntityId about = e.on.valid() ? e.on : e.parent;
      if (e.broken || !about.valid()) continue;
      if (e.name != "single-point-of-failure" && e.name != "REL1001") continue;
      const model::Attribute* until = model_.attribute(id, attr("until"));
      const model::Date* date = until ? until->value.as<model::Date>() : nullptr;
      accepted_[about.index] = !date || *date >= model_.now;
    }
  }

  // --- boxes -------------------------------------------------------------------------------------

  /// The innermost domain that holds both; not valid if there is none.
  [[nodiscard]] EntityId common(EntityId a, EntityId b) const {
    for (EntityId outer : reliability::chainOf(model_, a))
      if (reliability::within(model_, b, outer)) return outer;
    return {};
  }

  uint32_t boxFor(EntityId domain) {
    if (!domain.valid()) return none;
    const std::vector<EntityId> chain = reliability::chainOf(model_, domain);
    for (size_t i = chain.size(); i-- > 0;) {
      const EntityId id = chain[i];
      uint32_t& box = boxOf_[id.index];
      if (box != none) continue;
      Box made;
      made.weak = weak_[id.index];
      made.title = line(fmt::format("{} {}", model_.text(id, attr("level")), model_.path(id)));
      if (made.weak) made.title += ": " + markOf(accepted_[id.index]);
      made.tooltip.push_back(made.title);
      if (!model_[id].doc.empty()) made.tooltip.push_back(firstParagraph(model_[id].doc));
      if (const model::Attribute* a = model_.attribute(id, attr("availability")))
        made.tooltip.push_back("available " + model::toText(model_, a->value));
      made.tooltip.push_back(placeOf(id));
      made.parent = i + 1 < chain.size() ? boxOf_[chain[i + 1].index] : none;
      box = uint32_t(scene_.boxes.size());
      scene_.boxes.push_back(std::move(made));
    }
    return boxOf_[domain.index];
  }

  [[nodiscard]] EntityId homeOf(const Instances& instances) const {
    if (!view_.domains || !instances.placed()) return {};
    EntityId home = instances.places.front().domain;
    for (const Placed& place : instances.places)
      if (home.valid()) home = place.domain.valid() ? common(home, place.domain) : EntityId();
    return home;
  }

  // --- nodes -------------------------------------------------------------------------------------

  static std::string firstParagraph(std::string_view text) {
    return shortened(text.substr(0, text.find("\n\n")), longestTooltip);
  }

  [[nodiscard]] std::string percent(EntityId id, model::NameId name) const {
    const model::Attribute* a = model_.attribute(id, name);
    return a ? model::toText(model_, a->value) : std::string();
  }

  /// "promises 99.9%": the promise that being down would break, else the first one.
  [[nodiscard]] std::string promiseOf(EntityId id) const {
    if (model_[id].kind == Kind::external) {
      const std::string sla = percent(id, attr("sla"));
      return sla.empty() ? sla : "SLA " + sla;
    }
    EntityId best;
    for (EntityId slo : model_.childrenOf(id)) {
      if (model_[slo].kind != Kind::slo || model_[slo].broken) continue;
      const bool available = reliability::promisesAvailability(model_, slo);
      const bool bestIs = best.valid() && reliability::promisesAvailability(model_, best);
      if (!best.valid() || (available && !bestIs) ||
          (available &&
           *model_.ratio(best, attr("objective")) < *model_.ratio(slo, attr("objective"))))
        best = slo;
    }
    if (!best.valid()) return {};
    return fmt::format("{} {}", model_[best].name, percent(best, attr("objective")));
  }

  /// "6 instances, 4 needed, in eu-west-1a, eu-west-1b"
  [[nodiscard]] std::vector<std::string> standing(const Instances& instances) const {
    std::vector<std::string> lines;
    if (!instances.stated) return lines;
    lines.push_back(instances.count == 1 ? std::string("1 instance")
                                         : fmt::format("{} instances, {} needed", instances.count,
                                                       instances.quorum));
    const bool even =
        std::all_of(instances.places.begin(), instances.places.end(),
                    [&](const Placed& p) { return p.count == instances.places[0].count; });
    std::string places;
    if (instances.placed() && (instances.places.size() > 1 || !view_.domains))
      for (const Placed& place : instances.places) {
        if (!place.domain.valid()) continue;
        places += fmt::format("{}{}", places.empty() ? "in " : ", ", model_[place.domain].name);
        if (!even) places += fmt::format(" ({})", place.count);
      }
    if (!places.empty()) lines.push_back(std::move(places));
    return lines;
  }

  void addNode(EntityId id) {
    const model::Entity& e = model_[id];
    Node node;
    for (const auto& [kind, shape] : shapes)
      if (kind == e.kind) node.shape = shape;
    node.title = line(model_.path(id));
    node.weak = weak_[id.index];
    node.accepted = node.weak && accepted_[id.index];
    const EntityId owner = model::ownerOf(model_, id);
    const unsigned tier = reliability::tierOf(model_, id);
    std::string what(e.kind == Kind::external ? "vendor" : wordOf(id));
    if (tier != 0) what += fmt::format(" · tier {}", tier);
    if (owner.valid()) what += fmt::format(" · {}", model_[owner].name);
    node.lines.push_back(line(what));
    if (std::string promise = promiseOf(id); !promise.empty()) node.lines.push_back(line(promise));
    std::vector<std::string> instances;
    if (schema::operated.has(e.kind)) instances = standing(reliability::instancesOf(model_, id));
    // An operation stands where its component does.
    const EntityId component = e.kind == Kind::operation ? e.parent : id;
    if (schema::operated.has(model_[component].kind))
      node.box = boxFor(homeOf(reliability::instancesOf(model_, component)));
    for (const std::string& text : instances) node.lines.push_back(line(text));
    std::string shared;
    for (const model::Value& value : model_.listOf(id, attr("shares")))
      if (const auto* domain = value.as<EntityId>())
        shared += fmt::format("{}{}{}", shared.empty() ? "shares " : ", ", model_[*domain].name,
                              weak_[domain->index] ? "!" : "");
    if (!shared.empty()) node.lines.push_back(line(shared));
    // --- what is told who asks
    node.tooltip.push_back(fmt::format("{} {}", wordOf(id), node.title));
    if (!e.doc.empty()) node.tooltip.push_back(firstParagraph(e.doc));
    if (node.weak) node.tooltip.push_back(markOf(node.accepted));
    if (tier != 0) node.tooltip.push_back(fmt::format("tier {}", tier));
    if (owner.valid()) node.tooltip.push_back(fmt::format("owner {}", model_[owner].name));
    for (EntityId slo : model_.childrenOf(id))
      if (model_[slo].kind == Kind::slo && !model_[slo].broken)
        node.tooltip.push_back(
            shortened(fmt::format("promises {} {} over {}", model_[slo].name,
                                  percent(slo, attr("objective")), windowOf(slo)),
                      longestTooltip));
    for (std::string& text : instances) node.tooltip.push_back(shortened(text, longestTooltip));
    if (!shared.empty()) node.tooltip.push_back(shortened(shared, longestTooltip));
    node.tooltip.push_back(shortened(placeOf(id), longestTooltip));
    node.link = linkOf(id);
    nodeOf_[id.index] = uint32_t(scene_.nodes.size());
    scene_.nodes.push_back(std::move(node));
  }

  [[nodiscard]] std::string windowOf(EntityId slo) const {
    const std::string_view calendar = model::calendarOf(model_, slo);
    return calendar.empty() ? model::formatDuration(model::windowOf(model_, slo))
                            : fmt::format("a {}", calendar);
  }

  /// The dashboard of a component, the status page of a vendor.
  [[nodiscard]] std::string linkOf(EntityId id) const {
    std::string_view url = model_.text(id, attr("status_page"));
    if (url.empty())
      if (EntityId telemetry = model_.block(id, Kind::telemetry); telemetry.valid())
        url = model_.text(telemetry, attr("dashboard"));
    const bool web = url.starts_with("https://") || url.starts_with("http://");
    const bool plain = std::all_of(url.begin(), url.end(), [](char c) {
      return c > ' ' && c < 0x7F && c != '"' && c != '<' && c != '>' && c != '\\' && c != '`';
    });
    return web && plain && url.size() < 2000 ? std::string(url) : std::string();
  }

  // --- lines -------------------------------------------------------------------------------------

  /// Of several lines between two things the hardest is drawn; it tells of all.
  void addEdge(Edge edge) {
    if (edge.from == edge.to) return;
    const auto [at, fresh] = edgeOf_.emplace(std::pair(edge.from, edge.to), scene_.edges.size());
    if (fresh) {
      scene_.edges.push_back(std::move(edge));
      return;
    }
    Edge& known = scene_.edges[at->second];
    if (edge.line < known.line) {
      known.line = edge.line;
      known.label = edge.label;
    }
    known.tooltip.insert(known.tooltip.end(), edge.tooltip.begin(), edge.tooltip.end());
  }

  [[nodiscard]] std::string tell(EntityId relation, std::string_view target) const {
    const model::Entity& e = model_[relation];
    std::string text = fmt::format("{} {} {}", model_.path(e.parent), wordOf(relation), target);
    const auto add = [&](std::string_view before, std::string_view value) {
      if (!value.empty()) text += fmt::format("; {}{}", before, value);
    };
    add("timeout ", percent(relation, attr("timeout")));
    add("retries ", percent(relation, attr("retries")));
    add("tolerates ", percent(relation, attr("tolerates")));
    add("fallback: ", model_.text(relation, attr("fallback")));
    add("", placeOf(relation));
    return shortened(text, longestTooltip);
  }

  void addRelation(EntityId relation) {
    const model::Entity& e = model_[relation];
    const uint32_t from = nodeOf_[fold(e.parent).index];
    Edge edge{from, none, Line::Use, {}, {}};
    if (e.kind == Kind::needs) {
      edge.line = reliability::isHard(model_, relation) ? Line::Need : Line::Absorbed;
      if (edge.line == Line::Absorbed)
        if (const std::string time = percent(relation, attr("tolerates")); !time.empty())
          edge.label = line("tolerates " + time);
    }
    std::vector<uint32_t> targets;
    for (EntityId target : model_.targetsOf(relation)) {
      if (!reliability::needy.has(model_[target].kind)) continue;
      const uint32_t to = nodeOf_[fold(target).index];
      if (e.required >= e.targets.count) {
        Edge one = edge;
        one.to = to;
        one.tooltip.push_back(tell(relation, model_.path(target)));
        addEdge(std::move(one));
      } else if (std::find(targets.begin(), targets.end(), to) == targets.end()) {
        targets.push_back(to);
      }
    }
    if (targets.empty()) return;
    std::string names;
    for (EntityId target : model_.targetsOf(relation))
      names += fmt::format("{}{}", names.empty() ? "" : ", ", model_.path(target));
    const std::string title =
        e.required == 1 ? "any of" : fmt::format("{} of {}", e.required, e.targets.count);
    edge.tooltip.push_back(tell(relation, fmt::format("{} {}", title, names)));
    edge.to = groupFor(from, e.required, targets, title, edge);
    addEdge(edge);
    edge.label.clear();
    for (uint32_t target : targets) {
      Edge member = edge;
      member.from = edge.to;
      member.to = target;
      addEdge(std::move(member));
    }
  }

  uint32_t groupFor(uint32_t from, uint32_t required, const std::vector<uint32_t>& targets,
                    const std::string& title, const Edge& edge) {
    std::vector<uint32_t> key{from, uint32_t(edge.line)};
    key.insert(key.end(), targets.begin(), targets.end());
    const auto [at, fresh] =
        groupOf_.emplace(std::pair(required, std::move(key)), scene_.nodes.size());
    if (!fresh) return at->second;
    Node node;
    node.shape = Shape::Group;
    node.title = title;
    node.tooltip = edge.tooltip;
    const uint32_t box = scene_.nodes[from].box;
    if (std::all_of(targets.begin(), targets.end(),
                    [&](uint32_t t) { return scene_.nodes[t].box == box; }))
      node.box = box;
    scene_.nodes.push_back(std::move(node));
    return at->second;
  }

  // --- all of it in words ------------------------------------------------------------------------

  void describe() {
    size_t counts[size_t(Shape::Group) + 1] = {};
    std::string weak;
    for (const Node& node : scene_.nodes) {
      ++counts[size_t(node.shape)];
      if (node.weak) weak += fmt::format("{}{}", weak.empty() ? "" : ", ", node.title);
    }
    for (uint32_t i = 0; i < model_.entities.size(); ++i)
      if (boxOf_[i] != none && weak_[i])
        weak += fmt::format("{}{}", weak.empty() ? "" : ", ", model_.path({i}));
    const size_t others = counts[size_t(Shape::Service)] + counts[size_t(Shape::Datastore)] +
                          counts[size_t(Shape::Queue)] + counts[size_t(Shape::Cache)];
    const auto counted = [](size_t count, std::string_view what) {
      return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
    };
    scene_.description =
        fmt::format("What needs what: {}, {}, {}, {}. Single points of failure: {}.",
                    counted(counts[size_t(Shape::Journey)], "journey"),
                    counted(others, "component"), counted(counts[size_t(Shape::Vendor)], "vendor"),
                    counted(scene_.edges.size(), "dependency line"), weak.empty() ? "none" : weak);
  }
};

} // namespace

Nesting::Nesting(const Scene& scene)
    : boxes(scene.boxes.size() + 1), nodes(scene.boxes.size() + 1) {
  for (uint32_t i = 0; i < scene.boxes.size(); ++i) boxes[scene.boxes[i].parent + 1U].push_back(i);
  for (uint32_t i = 0; i < scene.nodes.size(); ++i) nodes[scene.nodes[i].box + 1U].push_back(i);
}

Scene sceneOf(const Model& model, const source::SourceManager& sources, const View& view,
              const reliability::WeakPoints& weak) {
  return SceneBuilder(model, sources, view, weak.of(view.root)).build();
}

} // namespace relc::graph
