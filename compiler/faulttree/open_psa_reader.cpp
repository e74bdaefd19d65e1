#include "compiler/faulttree/open_psa.h"

#include "compiler/faulttree/common_cause.h"
#include "compiler/faulttree/open_psa_expressions.h"
#include "compiler/faulttree/xml.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace relc::faulttree {

namespace {

constexpr size_t errorLimit = 100;

struct Formula {
  std::string_view name;
  Op op;
};
constexpr auto formulaTable = std::to_array<Formula>({
    {"and", Op::And},
    {"or", Op::Or},
    {"atleast", Op::AtLeast},
    {"cardinality", Op::Cardinality},
    {"not", Op::Not},
    {"xor", Op::Xor},
    {"iff", Op::Iff},
    {"imply", Op::Imply},
    {"nand", Op::Nand},
    {"nor", Op::Nor},
});

/// What can refer to an event, and what it must be then.
struct Reference {
  std::string_view name;
  bool gate, basic, house;
};
constexpr auto referenceTable = std::to_array<Reference>({
    {"gate", true, false, false},
    {"basic-event", false, true, false},
    {"house-event", false, false, true},
    {"event", true, true, true},
});

template <class Table>
auto* find(const Table& table, std::string_view name) {
  auto found =
      std::find_if(table.begin(), table.end(), [&](const auto& row) { return row.name == name; });
  return found == table.end() ? nullptr : &*found;
}

class Reader {
public:
  Reader(const Xml& xml, const OpenPsaOptions& options, OpenPsaModel& out)
      : xml_(xml), out_(out),
        expressions_(
            xml, options, [this](Xml::Id reference) { return findParameter(reference); },
            out.errors) {}

  void read() {
    if (xml_[0].name != "opsa-mef") {
      error(0,
            fmt::format("the file is no Open-PSA model: its first element is `{}`, not `opsa-mef`",
                        xml_[0].name));
      return;
    }
    if (const std::string* name = xml_.attribute(0, "name")) out_.name = *name;
    collect();
    for (size_t i = 0; i < definitions_.size() && !full(); ++i)
      if (!xml_[definitions_[i].element].name.starts_with("basic-event")) define(definitions_[i]);
    for (size_t i = 0; i < groups_.size() && !full(); ++i) define(groups_[i]);
    if (out_.errors.empty()) out_.errors = out_.tree.validate();
    if (out_.errors.empty()) findRoots();
    std::stable_sort(out_.errors.begin(), out_.errors.end(), [](const Error& a, const Error& b) {
      return std::pair(a.place.line, a.place.column) < std::pair(b.place.line, b.place.column);
    });
    if (full()) out_.errors.resize(errorLimit);
  }

private:
  /// A fault tree or a component, with the path of names that leads to it.
  struct Container {
    Xml::Id element;
    std::string path; ///< "pumps.north."
    bool isPublic;
  };
  struct Definition {
    Xml::Id element;
    NodeId node;
    uint32_t container;
  };
  /// A common-cause group and its members among the definitions.
  struct Group {
    Xml::Id element;
    uint32_t first, last;
    uint32_t container;
  };
  using ByName = std::unordered_map<std::string, uint32_t>;

  [[nodiscard]] bool full() const { return out_.errors.size() >= errorLimit; }
  void error(Xml::Id element, std::string message) {
    if (!full()) out_.errors.push_back({xml_[element].place, std::move(message)});
  }
  void warn(Xml::Id element, std::string message) {
    if (out_.warnings.size() < errorLimit)
      out_.warnings.push_back({xml_[element].place, std::move(message)});
  }

  /// Names of everything, before anything refers to it.
  void collect() {
    containers_.push_back({0, "", true});
    for (uint32_t at = 0; at < containers_.size() && !full(); ++at) {
      const Xml::Id element = containers_[at].element;
      for (Xml::Id child = xml_[element].firstChild; child != Xml::none && !full();
           child = xml_[child].next)
        collect(child, at);
    }
  }

  void collect(Xml::Id element, uint32_t container) {
    const std::string_view kind = xml_[element].name;
    if (kind == "label" || kind == "attributes") return;
    if (kind == "model-data") {
      containers_.push_back({element, "", true});
      return;
    }
    if (kind == "define-CCF-group") return collectGroup(element, container);
    const bool isContainer = kind == "define-fault-tree" || kind == "define-component";
    const bool isEvent =
        kind == "define-gate" || kind == "define-basic-event" || kind == "define-house-event";
    if (!isContainer && !isEvent && kind != "define-parameter") {
      warn(element,
           fmt::format("`{}` is left out: relc computes fault trees of gates, basic events "
                       "and house events",
                       kind));
      return;
    }
    const std::string* name = nameOf(element);
    if (!name) return;
    bool isPublic = containers_[container].isPublic;
    if (const std::string* role = xml_.attribute(element, "role")) isPublic = *role != "private";
    const std::string path = containers_[container].path + *name;
    if (isContainer) {
      containers_.push_back({element, path + ".", isPublic});
      return;
    }
    declare(element, container, *name, isPublic, kind == "define-parameter");
  }

  void declare(Xml::Id element, uint32_t container, const std::string& name, bool isPublic,
               bool isParameter) {
    const std::string path = containers_[container].path + name;
    const uint32_t id = isParameter
                            ? uint32_t(parameters_.size())
                            : out_.tree.declare(isPublic ? name : path, xml_[element].place);
    ByName& byPath = isParameter ? parametersByPath_ : eventsByPath_;
    ByName& byName = isParameter ? parametersByName_ : eventsByName_;
    auto [earlier, isNew] = byPath.try_emplace(path, id);
    if (isNew && isPublic && path != name) std::tie(earlier, isNew) = byName.try_emplace(name, id);
    if (!isNew) {
      const Place first = isParameter ? xml_[parameters_[earlier->second].element].place
                                      : out_.tree.place(earlier->second);
      error(element, fmt::format("`{}` is defined twice, first in line {}; names must be unique",
                                 name, first.line));
    }
    if (isParameter)
      parameters_.push_back({element, noNode, container});
    else
      definitions_.push_back({element, id, container});
  }

  /// The members of a common-cause group are basic events that are defined by it.
  void collectGroup(Xml::Id element, uint32_t container) {
    if (!nameOf(element)) return;
    Group group{element, uint32_t(definitions_.size()), 0, container};
    for (Xml::Id part : xml_.children(element))
      if (xml_[part].name == "members")
        for (Xml::Id member : xml_.children(part))
          if (const std::string* name = nameOf(member))
            declare(member, container, *name, containers_[container].isPublic, false);
    group.last = uint32_t(definitions_.size());
    groups_.push_back(group);
  }

  void define(const Group& group) {
    scope_ = group.container;
    CommonCauseGroup result{CommonCauseModel::BetaFactor, {}, unknownProbability, {}};
    for (uint32_t i = group.first; i < group.last; ++i)
      result.members.push_back(definitions_[i].node);
    const std::string* model = xml_.attribute(group.element, "model");
    const auto known = model ? commonCauseModel(*model) : std::nullopt;
    if (!known)
      error(group.element, "a common-cause group needs a `model`: `beta-factor`, `MGL`, "
                           "`alpha-factor` or `phi-factor`");
    else
      result.model = *known;
    const auto factor = [&](Xml::Id element) {
      const Xml::Id inside = content(element);
      if (inside != Xml::none)
        result.factors.push_back({bound(element, "level"), expressions_.evaluate(inside)});
    };
    for (Xml::Id part : xml_.children(group.element)) {
      const std::string_view kind = xml_[part].name;
      const Xml::Id inside = content(part);
      if (kind == "distribution" && inside != Xml::none)
        result.probability = expressions_.evaluate(inside);
      else if (kind == "factor")
        factor(part);
      else if (kind == "factors")
        for (Xml::Id each : xml_.children(part)) factor(each);
    }
    std::stable_sort(result.factors.begin(), result.factors.end(),
                     [](const auto& a, const auto& b) { return a.level < b.level; });
    if (!(result.probability >= 0 && result.probability <= 1)) {
      error(group.element, "a common-cause group needs a `distribution`, the probability that a "
                           "member fails, within 0 and 1");
      result.probability = 0;
    }
    if (std::string problem = defineCommonCause(out_.tree, result); !problem.empty())
      error(group.element, problem);
  }

  const std::string* nameOf(Xml::Id element) {
    const std::string* name = xml_.attribute(element, "name");
    if (!name || name->empty()) {
      error(element, fmt::format("`{}` needs a `name`", xml_[element].name));
      return nullptr;
    }
    return name;
  }

  /// In the container, then among what is public, then by its whole path (section IV.1.2).
  static const uint32_t* lookUp(const ByName& byPath, const ByName& byName,
                                const std::string& scope, const std::string& name) {
    if (auto at = byPath.find(scope + name); at != byPath.end()) return &at->second;
    if (auto at = byName.find(name); at != byName.end()) return &at->second;
    if (auto at = byPath.find(name); at != byPath.end()) return &at->second;
    return nullptr;
  }

  Xml::Id findParameter(Xml::Id reference) {
    const std::string* name = xml_.attribute(reference, "name");
    if (!name) return Xml::none;
    const uint32_t* found =
        lookUp(parametersByPath_, parametersByName_, containers_[scope_].path, *name);
    return found ? content(parameters_[*found].element) : Xml::none;
  }

  /// The first child that is not about the element but in it.
  [[nodiscard]] Xml::Id content(Xml::Id element) const {
    Xml::Id child = xml_[element].firstChild;
    while (child != Xml::none && (xml_[child].name == "label" || xml_[child].name == "attributes"))
      child = xml_[child].next;
    return child;
  }

  void define(const Definition& definition) {
    scope_ = definition.container;
    const std::string_view kind = xml_[definition.element].name;
    const Xml::Id inside = content(definition.element);
    if (kind == "define-house-event") {
      out_.tree.defineHouse(definition.node, inside != Xml::none && truth(inside));
    } else if (kind == "define-basic-event") {
      double probability = unknownProbability;
      if (inside != Xml::none) probability = expressions_.evaluate(inside);
      if (probability < 0 || probability > 1) {
        error(inside, fmt::format("the probability of `{}` is {}, which is not within 0 and 1",
                                  out_.tree.name(definition.node), probability));
        probability = unknownProbability;
      }
      out_.tree.defineEvent(definition.node, probability);
    } else if (inside == Xml::none) {
      error(definition.element,
            fmt::format("the gate `{}` has no formula, so that nobody knows when it "
                        "fails",
                        out_.tree.name(definition.node)));
    } else {
      if (xml_[inside].next != Xml::none)
        error(xml_[inside].next, fmt::format("the gate `{}` has more than one formula",
                                             out_.tree.name(definition.node)));
      defineGate(definition.node, inside);
    }
  }

  bool truth(Xml::Id element) {
    const std::string* value = xml_.attribute(element, "value");
    if (xml_[element].name == "constant" && value) {
      if (*value == "true" || *value == "1") return true;
      if (*value == "false" || *value == "0") return false;
    }
    error(element, "here a `constant` with the `value` true or false is wanted");
    return false;
  }

  void defineGate(NodeId node, Xml::Id element) {
    const Formula* formula = find(formulaTable, xml_[element].name);
    std::vector<Literal> arguments;
    if (!formula) {
      arguments.push_back(argument(element));
      out_.tree.defineGate(node, Op::Pass, arguments);
      return;
    }
    for (Xml::Id child = xml_[element].firstChild; child != Xml::none && !full();
         child = xml_[child].next)
      arguments.push_back(argument(child));
    const uint32_t min =
        formula->op == Op::AtLeast || formula->op == Op::Cardinality ? bound(element, "min") : 0;
    const uint32_t max = formula->op == Op::Cardinality ? bound(element, "max") : 0;
    out_.tree.defineGate(node, formula->op, arguments, min, max);
  }

  /// An argument of a formula: a reference, a constant, or a formula, which becomes a gate without
  /// a name. Formulas are as deep as the XML, whose depth is bounded.
  Literal argument(Xml::Id element) {
    const std::string_view kind = xml_[element].name;
    if (kind == "constant") return out_.tree.addHouse("", truth(element), xml_[element].place);
    if (kind == "not") {
      const Xml::Id inside = xml_[element].firstChild;
      if (inside != Xml::none && xml_[inside].next == Xml::none) return !argument(inside);
    }
    if (find(formulaTable, kind)) {
      const NodeId gate = out_.tree.declare("", xml_[element].place);
      defineGate(gate, element);
      return gate;
    }
    const Reference* reference = find(referenceTable, kind);
    if (!reference) {
      error(element, fmt::format("`{}` is no formula and refers to no event", kind));
      return NodeId(0);
    }
    const std::string* name = nameOf(element);
    if (!name) return NodeId(0);
    const uint32_t* found = lookUp(eventsByPath_, eventsByName_, containers_[scope_].path, *name);
    if (!found) {
      if (undefined_.try_emplace(*name, 0).second)
        error(element,
              fmt::format("no {} is called `{}`; define it, or mend the name", kind, *name));
      return NodeId(0);
    }
    // Nodes of definitions come first, in the order of the definitions.
    const std::string_view defined = xml_[definitions_[*found].element].name;
    if ((defined == "define-gate" && !reference->gate) ||
        (defined == "define-basic-event" && !reference->basic) ||
        (defined == "define-house-event" && !reference->house))
      error(element, fmt::format("`{}` is a {}, but is referred to as a {}", *name,
                                 defined.substr(7), kind));
    return *found;
  }

  uint32_t bound(Xml::Id element, std::string_view attribute) {
    const std::string* text = xml_.attribute(element, attribute);
    uint32_t value = 0;
    if (text) {
      const auto [end, failure] = std::from_chars(text->data(), text->data() + text->size(), value);
      if (failure == std::errc() && end == text->data() + text->size()) return value;
    }
    error(element,
          fmt::format("`{}` needs a whole number as its `{}`", xml_[element].name, attribute));
    return 1;
  }

  void findRoots() {
    for (NodeId root : out_.tree.roots())
      if (!out_.tree.name(root).empty()) out_.roots.push_back(root);
    if (out_.roots.empty()) error(0, "the model has no gate, so that there is nothing to compute");
  }

  const Xml& xml_;
  OpenPsaModel& out_;
  ExpressionEvaluator expressions_;
  std::vector<Container> containers_;
  std::vector<Definition> definitions_, parameters_; ///< events by node
  std::vector<Group> groups_;
  ByName eventsByPath_, eventsByName_, parametersByPath_, parametersByName_, undefined_;
  uint32_t scope_ = 0; ///< the container of what is being defined
};

} // namespace

OpenPsaModel readOpenPsa(std::string_view text, const OpenPsaOptions& options) {
  OpenPsaModel model;
  Xml xml;
  model.errors = xml.read(text);
  if (model.errors.empty()) Reader(xml, options, model).read();
  return model;
}

} // namespace relc::faulttree
