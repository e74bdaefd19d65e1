// `relc debug faulttree`: the fault tree that a model becomes, in four forms.

#include "backends/emit/json.h"
#include "compiler/diagnostics/printable.h"
#include "compiler/driver/commands.h"
#include "compiler/driver/naming.h"
#include "compiler/driver/session.h"
#include "compiler/faulttree/graphviz.h"
#include "compiler/faulttree/open_psa.h"
#include "compiler/faulttree/single_points.h"
#include "compiler/reliability/system_tree.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace relc::driver {
namespace {

using faulttree::FaultTree;
using faulttree::Literal;
using faulttree::NodeId;
using faulttree::noNode;
using faulttree::Op;
using model::EntityId;
using reliability::SystemTree;
using schema::Kind;
using schema::KindSet;

/// Deeper lines are not indented further, but say how deep they are.
constexpr size_t deepestIndent = 32;

constexpr KindSet ranks[] = {
    schema::components | KindSet{Kind::journey, Kind::operation, Kind::domain},
    KindSet{Kind::team, Kind::escalation, Kind::rotation, Kind::layer, Kind::person}};

/// That it fails, or what it stands in: the tree need not have a gate for each domain.
NodeId domainDown(const model::Model& model, SystemTree& system, EntityId id) {
  if (system.domainFails(id) == noNode || system.down(id) != noNode) return system.down(id);
  std::vector<Literal> causes;
  for (EntityId domain : reliability::chainOf(model, id))
    if (const NodeId event = system.domainFails(domain); event != noNode)
      causes.emplace_back(event);
  const std::string name = fmt::format("{} down", system.tree.name(system.domainFails(id)));
  return system.tree.addGate(name, Op::Or, causes);
}

/// What is to be shown: what `--root` names, else the roots of the system and who answers for them.
std::vector<NodeId> chooseTops(const Invocation& invocation, const model::Model& model,
                               SystemTree& system, std::string& error) {
  std::vector<NodeId> tops;
  const auto add = [&](NodeId node) {
    if (node != noNode && std::find(tops.begin(), tops.end(), node) == tops.end())
      tops.push_back(node);
  };
  if (invocation.has("root")) {
    const Named named = findNamed(model, invocation.value("root"), ranks);
    if (!named.id.valid()) {
      error = named.error;
      return {};
    }
    const bool person = ranks[1].has(model[named.id].kind);
    if (model[named.id].kind == Kind::domain)
      add(domainDown(model, system, named.id));
    else
      add(person ? system.nobodyAnswers(named.id) : system.down(named.id));
    if (tops.empty())
      error = fmt::format("nothing of the model depends on {}, so it is not in the tree",
                          titled(model, named.id));
    return tops;
  }
  for (EntityId id : reliability::rootsOf(model)) add(system.down(id));
  if (tops.empty())
    for (EntityId id : system.nodes()) add(system.down(id));
  const std::vector<NodeId> roots = tops;
  for (NodeId node : system.tree.below(roots)) {
    const auto& meaning = system.meaning(node);
    if (schema::components.has(model[meaning.entity].kind))
      add(system.nobodyAnswers(meaning.entity));
  }
  if (tops.empty()) error = "the model has neither journeys nor components, so it has no tree";
  return tops;
}

std::string inWords(const FaultTree& tree, NodeId node) {
  const size_t count = tree.arguments(node).size();
  if (count == 1) return "if";
  if (tree.op(node) == Op::And || tree.min(node) == count) return "if all of";
  return tree.op(node) == Op::Or ? "if any of"
                                 : fmt::format("if {} of {} of", tree.min(node), count);
}

std::string outline(const FaultTree& tree, std::span<const NodeId> tops,
                    const std::vector<bool>& marked) {
  std::string out;
  std::vector<bool> shown(tree.size());
  struct Line {
    NodeId node;
    size_t depth;
  };
  std::vector<Line> open;
  for (NodeId top : tops) {
    if (!out.empty()) out += '\n';
    open.push_back({top, 0});
    while (!open.empty()) {
      const auto [node, depth] = open.back();
      open.pop_back();
      out.append(2 * std::min(depth, deepestIndent), ' ');
      if (depth > deepestIndent) out += fmt::format("({}) ", depth);
      out += diagnostics::printable(tree.name(node));
      if (tree.isEvent(node)) {
        const double p = tree.probability(node);
        if (!std::isnan(p)) out += fmt::format(", probability {:.6g}", p);
        if (marked[node]) out += "  <- single point of failure";
      } else if (!tree.isGate(node)) {
        out += tree.min(node) != 0 ? ": always" : ": never";
      } else if (shown[node]) {
        out += " … see above";
      } else {
        out += fmt::format(", {}:", inWords(tree, node));
        shown[node] = true;
        const auto arguments = tree.arguments(node);
        for (size_t i = arguments.size(); i-- > 0;)
          open.push_back({arguments[i].node(), depth + 1});
      }
      out += '\n';
    }
  }
  return out;
}

std::string_view roleName(reliability::Role role) {
  using reliability::Role;
  switch (role) {
  case Role::None: break;
  case Role::DomainFails: return "domain-fails";
  case Role::InstanceFails: return "instance-fails";
  case Role::WholeFails: return "fails-as-a-whole";
  case Role::CommonCause: return "common-cause";
  case Role::PersonSilent: return "person-silent";
  case Role::Another: return "another";
  case Role::DomainDown: return "domain-down";
  case Role::InstanceDown: return "instance-down";
  case Role::TooFewInstances: return "too-few-instances";
  case Role::NeedUnmet: return "need-unmet";
  case Role::Down: return "down";
  case Role::OwnDown: return "own-down";
  case Role::NobodyAnswers: return "nobody-answers";
  }
  return "none";
}

std::string asJson(const model::Model& model, const SystemTree& system, NodeId known,
                   std::span<const NodeId> tops, const std::vector<bool>& marked) {
  const FaultTree& tree = system.tree;
  std::string out;
  emit::JsonWriter json(out);
  json.beginMap().key("roots").beginList();
  for (NodeId top : tops) json.value(top);
  json.endList().key("nodes").beginList();
  for (NodeId node : tree.below(tops)) {
    // Gates that were added to be shown mean nothing else.
    const reliability::Meaning meaning =
        node < known ? system.meaning(node) : reliability::Meaning{};
    json.beginMap().entry("id", node).entry("name", tree.name(node));
    json.entry("role", roleName(meaning.role));
    if (meaning.entity.valid()) json.entry("of", model.path(meaning.entity));
    json.entry("op", faulttree::toString(tree.op(node)));
    if (tree.op(node) == Op::AtLeast) json.entry("min", tree.min(node));
    if (tree.op(node) == Op::House) json.entry("holds", tree.min(node) != 0);
    if (tree.isEvent(node)) {
      if (!std::isnan(tree.probability(node))) json.entry("probability", tree.probability(node));
      json.entry("single_point", bool(marked[node]));
    }
    if (tree.isGate(node)) {
      json.key("arguments").beginList();
      for (Literal argument : tree.arguments(node)) json.value(argument.node());
      json.endList();
    }
    json.endMap();
  }
  json.endList().endMap();
  return out;
}

/// Formats of fault trees have gates at the top: an event or constant gets one above it.
std::vector<NodeId> gatesFor(SystemTree& system, std::vector<NodeId> tops) {
  for (NodeId& top : tops)
    if (!system.tree.isGate(top)) {
      const std::string name = fmt::format("{}: down", system.tree.name(top));
      top = system.tree.addGate(name, Op::Or, {Literal(top)});
    }
  return tops;
}

} // namespace

int debugFaultTree(const Invocation& invocation) {
  const std::string_view format = invocation.value("format", "text");
  auto settings = settingsOf(invocation);
  auto compilation = settings ? compileAt(invocation.argument(0, "."), *settings) : nullptr;
  if (!compilation) return ExitUnusable;
  const model::Model& model = compilation->model;
  SystemTree system(model, {.roots = {}, .eachInstance = true, .people = true});
  system.nameNodes();
  const NodeId known = system.tree.size();
  std::string error;
  const std::vector<NodeId> tops = chooseTops(invocation, model, system, error);
  if (tops.empty()) {
    print(stderr, fmt::format("relc: {}\n", error));
    return ExitUnusable;
  }
  faulttree::SinglePoints points(system.tree, tops);
  std::vector<NodeId> found;
  std::vector<bool> marked(system.tree.size());
  for (size_t i = 0; i < tops.size(); ++i)
    for (NodeId node : points.of(i)) {
      if (!marked[node]) found.push_back(node);
      marked[node] = true;
    }
  if (format == "text")
    print(stdout, outline(system.tree, tops, marked));
  else if (format == "json")
    print(stdout, asJson(model, system, known, tops, marked));
  else if (format == "dot")
    print(stdout, faulttree::writeGraphviz(system.tree, tops, found));
  else
    print(stdout, faulttree::writeOpenPsa(system.tree, gatesFor(system, tops),
                                          model.system.valid() ? model[model.system].name
                                                               : std::string_view("system")));
  return exitStatus(*compilation, *settings);
}

} // namespace relc::driver
