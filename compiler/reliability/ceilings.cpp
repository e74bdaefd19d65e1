#include "compiler/reliability/ceilings.h"

#include "compiler/faulttree/single_points.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace relc::reliability {

using faulttree::Interval;
using faulttree::Literal;
using faulttree::Op;

namespace {

constexpr uint32_t nodeBudget = 1u << 20;
/// Nodes that a walk for bounds looks at; beyond them bounds are wider.
constexpr size_t longestWalk = 4000;
/// Gates of redundancy that are solved for the bounds of what is above them, and of how many nodes.
constexpr size_t mostSolved = 2000;
constexpr size_t largestSolved = 200;

/// Bounds of at least `wanted` of some events that are not known to be independent of each other,
/// but of which none makes another one less likely (they are made of the same independent events,
/// and no contrary is among them; Esary, Proschan and Walkup 1967).
Interval gateBounds(uint32_t wanted, std::span<const Interval> arguments) {
  if (wanted <= 1) {
    double stands = 1, low = 0;
    for (const Interval& a : arguments) {
      stands *= 1 - a.high;
      low = std::max(low, a.low);
    }
    return {low, 1 - stands};
  }
  std::vector<double> highs, lows;
  for (const Interval& a : arguments) {
    highs.push_back(a.high);
    lows.push_back(a.low);
  }
  std::sort(highs.begin(), highs.end(), std::greater<>());
  std::sort(lows.begin(), lows.end(), std::greater<>());
  // Of the k most likely one must be among those that happen whenever k do; if the k likeliest
  // happen, k do.
  double low = 1;
  for (size_t i = 0; i < wanted && i < lows.size(); ++i) low *= lows[i];
  double sum = 0;
  for (size_t i = wanted - 1; i < highs.size(); ++i) sum += highs[i];
  double all = 0;
  for (double high : highs) all += high;
  return {wanted > lows.size() ? 0 : low, std::min({1.0, sum, all / wanted})};
}

} // namespace

namespace {

/// What an SLI is about, as its attribute `type` has it.
std::string_view typeOf(const Model& model, const model::Sli& sli) {
  using Form = model::Sli::Form;
  if (std::string_view said = model.text(sli.entity, attr("type")); !said.empty()) return said;
  if (sli.form == Form::Latency) return "latency";
  if (sli.form == Form::Freshness) return "freshness";
  if (!sli.numerator->expr.valid()) return "availability";
  // A bucket of a histogram of durations counts what was quick.
  const auto matchers = sli.numerator->expr.allMatchers();
  const bool bucket =
      std::any_of(matchers.begin(), matchers.end(),
                  [](const promql::MatcherItem& item) { return item.matcher.label == "le"; });
  return bucket ? "latency" : "availability";
}

} // namespace

bool promisesSpeed(const Model& model, EntityId slo) {
  const auto sli = model::sliOf(model, slo);
  return sli && typeOf(model, *sli) == "latency";
}

bool promisesAvailability(const Model& model, EntityId slo) {
  if (model[slo].broken || !model.ratio(slo, attr("objective"))) return false;
  const auto sli = model::sliOf(model, slo);
  return sli && typeOf(model, *sli) == "availability" &&
         model.text(sli->entity, attr("measures")) != "internal";
}

std::optional<model::Decimal> promiseOf(const Model& model, EntityId component) {
  std::optional<model::Decimal> best;
  for (EntityId child : model.childrenOf(component))
    if (model[child].kind == Kind::slo && promisesAvailability(model, child)) {
      const auto objective = model.ratio(child, attr("objective"));
      if (!best || *best < *objective) best = objective;
    }
  return best;
}

Ceilings::Ceilings(const Model& model, SystemTree& system)
    : model_(model), system_(system), stated_(system.tree.size()), quick_(model.entities.size()),
      tolerated_(model.entities.size()), seen_(system.tree.size()),
      belowGate_(model.entities.size(), noNode), settled_(model.entities.size()) {
  FaultTree& tree = system_.tree;
  for (NodeId node = 0; node < tree.size(); ++node)
    if (tree.isEvent(node)) {
      stated_[node] = !std::isnan(tree.probability(node));
      if (!stated_[node]) tree.setProbability(node, 0);
    }
  for (EntityId id : system_.nodes())
    if (const auto objective = promiseOf(model_, id))
      tolerated_[id.index] = 1 - objective->toDouble();
  findBounds();
}

void Ceilings::findBounds() {
  const FaultTree& tree = system_.tree;
  std::vector<NodeId> tops;
  for (EntityId id : system_.nodes()) tops.push_back(system_.down(id));
  std::vector<Interval>& bounds = bounds_;
  bounds.assign(tree.size(), {0, 0});
  std::vector<Interval> arguments;
  for (NodeId node : tree.below(tops)) {
    if (tree.isEvent(node)) {
      bounds[node] = {tree.probability(node), tree.probability(node)};
      continue;
    }
    if (!tree.isGate(node)) {
      bounds[node] = tree.min(node) != 0 ? Interval{1, 1} : Interval{0, 0};
      continue;
    }
    const Meaning& meaning = system_.meaning(node);
    const bool component = schema::components.has(model_[meaning.entity].kind) &&
                           system_.ownDown(meaning.entity) == node;
    const NodeId whole = component ? system_.wholeFails(meaning.entity) : noNode;
    const bool promises = whole != noNode && !stated_[whole];
    arguments.clear();
    for (Literal argument : tree.arguments(node))
      if (!promises || argument.node() != whole) arguments.push_back(bounds[argument.node()]);
    const uint32_t wanted = tree.op(node) == Op::And       ? uint32_t(arguments.size())
                            : tree.op(node) == Op::AtLeast ? tree.min(node)
                                                           : 1;
    Interval rest = gateBounds(wanted, arguments);
    if (wanted > 1 && rest.high > rest.low) solve(node, rest);
    const bool unit = component || meaning.role == Role::Down;
    double likely = rest.high;
    if (unit && wanted == 1) {
      const Series below = series(tree.arguments(node), promises ? whole : noNode);
      likely = std::clamp(1 - below.stands, rest.low, rest.high);
      rest.high = std::min(rest.high, likely + 2 * below.uncertain);
      if (below.uncertain == 0) rest.low = rest.high;
    }
    if (component || (meaning.role == Role::Down && system_.ownDown(meaning.entity) == noNode))
      quick_[meaning.entity.index] = rest;
    bounds[node] = rest;
    if (!promises) continue;
    // It is down as often as it has promised, unless what is below is worse.
    if (const auto tolerated = tolerated_[meaning.entity.index]) {
      const double own = likely >= 1 ? 0 : std::max(0.0, 1 - (1 - *tolerated) / (1 - likely));
      bounds[whole] = {own, own};
      system_.tree.setProbability(whole, own);
      bounds[node] = {std::max(rest.low, *tolerated), std::max(rest.high, *tolerated)};
    }
  }
  // An operation is bounded with all of its component, of which its promise leaves out a part.
  for (EntityId id : system_.nodes())
    if (model_[id].kind == Kind::operation) quick_[id.index].low = 0;
}

/// That two things happen at once is rare, which bounds that know nothing of them do not see. The
/// own parts below the gate are known by now. What takes all of them down alone is told apart,
/// since others may depend on it, too.
void Ceilings::solve(NodeId gate, Interval& bounds) {
  if (solved_.size() >= mostSolved) return;
  Part part = partBelow(gate);
  if (part.nodes.size() > largestSolved) return;
  const faulttree::SinglePoints points(part.tree, {&part.root, 1});
  if (points.valueBefore(0)) return;
  faulttree::Options options;
  options.wantSets = options.wantImportance = false;
  const auto likely = [&] {
    work_ += part.nodes.size();
    return faulttree::analyse(part.tree, part.root, options).probability.high;
  };
  const double all = likely();
  Solved solved{{}, all};
  for (NodeId event : points.of(0)) {
    solved.alone.emplace_back(part.nodes[event]);
    part.tree.setProbability(event, 0);
  }
  if (!solved.alone.empty()) solved.rest = likely();
  bounds.high = std::min(bounds.high, all);
  solved_.emplace(gate, std::move(solved));
}

Ceilings::Part Ceilings::partBelow(NodeId top) {
  const FaultTree& tree = system_.tree;
  Part part;
  ++walk_;
  seen_.resize(tree.size());
  inPart_.resize(tree.size());
  std::vector<std::pair<NodeId, uint32_t>> open{{top, 0}}; // a node and its next argument
  seen_[top] = walk_;
  std::vector<Literal> arguments;
  while (!open.empty()) {
    auto& [node, next] = open.back();
    const auto all = tree.arguments(node);
    if (next < all.size()) {
      const NodeId argument = all[next++].node();
      if (seen_[argument] == walk_) continue;
      seen_[argument] = walk_;
      open.emplace_back(argument, 0);
      continue;
    }
    inPart_[node] = part.tree.declare({});
    part.nodes.push_back(node);
    arguments.clear();
    for (Literal argument : all)
      arguments.emplace_back(inPart_[argument.node()], argument.negated());
    if (tree.isEvent(node))
      part.tree.defineEvent(inPart_[node], tree.probability(node));
    else if (tree.isGate(node))
      part.tree.defineGate(inPart_[node], tree.op(node), arguments, tree.min(node), tree.max(node));
    else
      part.tree.defineHouse(inPart_[node], tree.min(node) != 0);
    open.pop_back();
  }
  part.root = inPart_[top];
  return part;
}

/// What an `or` of the arguments, one left out, is worth: a product over what is below it through
/// other `or`s, in which nothing counts twice. Exact if that is all events; gates of redundancy are
/// taken as independent of each other, and all of them together are `uncertain`.
Ceilings::Series Ceilings::series(std::span<const Literal> arguments, NodeId without) {
  const FaultTree& tree = system_.tree;
  ++walk_;
  Series result;
  std::vector<NodeId> open;
  const auto take = [&](std::span<const Literal> literals) {
    for (Literal literal : literals)
      if (literal.node() != without && seen_[literal.node()] != walk_) {
        seen_[literal.node()] = walk_;
        open.push_back(literal.node());
      }
  };
  take(arguments);
  for (size_t looked = 0; !open.empty(); ++looked) {
    if (looked == longestWalk) return {0, 1};
    const NodeId node = open.back();
    open.pop_back();
    if (tree.op(node) == Op::Or) {
      take(tree.arguments(node));
      continue;
    }
    double likely = bounds_[node].high;
    if (const auto known = solved_.find(node); known != solved_.end()) {
      take(known->second.alone);
      likely = known->second.rest;
    }
    result.stands *= 1 - likely;
    if (!tree.isEvent(node)) result.uncertain += likely;
  }
  return result;
}

Interval Ceilings::quick(EntityId owner) const {
  return quick_[owner.index];
}

/// What takes the owner down but for the part that its promise leaves to its component.
NodeId Ceilings::belowGate(EntityId owner) {
  NodeId& known = belowGate_[owner.index];
  if (known != noNode) return known;
  FaultTree& tree = system_.tree;
  const bool operation = model_[owner].kind == Kind::operation;
  const EntityId component = operation ? model_[owner].parent : owner;
  const NodeId whole = system_.wholeFails(component);
  const NodeId own = system_.ownDown(component);
  std::vector<Literal> causes;
  const auto take = [&](NodeId gate, bool outer) {
    if (gate == noNode || !tree.isGate(gate)) return;
    for (Literal argument : tree.arguments(gate))
      if ((argument.node() != whole || stated_[whole]) && !(outer && argument.node() == own))
        causes.push_back(argument);
  };
  if (operation || own == noNode) take(system_.down(owner), true);
  take(own, false);
  std::sort(causes.begin(), causes.end(), [](Literal a, Literal b) { return a.code < b.code; });
  causes.erase(std::unique(causes.begin(), causes.end()), causes.end());
  known = causes.empty() ? tree.addHouse({}, false) : tree.addGate({}, Op::Or, causes);
  return known;
}

faulttree::Analysis Ceilings::analysed(NodeId node, bool importance) {
  faulttree::Options options;
  options.nodeBudget = nodeBudget;
  options.wantSets = false;
  options.wantImportance = importance;
  const Part part = partBelow(node);
  work_ += part.nodes.size();
  faulttree::Analysis result = faulttree::analyse(part.tree, part.root, options);
  for (faulttree::Importance& each : result.importance) each.event = part.nodes[each.event];
  return result;
}

/// Makes the own parts of all components below the owner exact, callees first.
void Ceilings::settleBelow(EntityId owner) {
  const NodeId top = belowGate(owner);
  std::vector<EntityId> open;
  const NodeId roots[] = {top};
  for (NodeId node : system_.tree.below(roots)) {
    if (node >= stated_.size()) continue; // a gate that was added here
    const Meaning& meaning = system_.meaning(node);
    if (!schema::components.has(model_[meaning.entity].kind) ||
        system_.ownDown(meaning.entity) != node || meaning.entity == owner ||
        settled_[meaning.entity.index])
      continue;
    settled_[meaning.entity.index] = true;
    open.push_back(meaning.entity);
  }
  for (EntityId id : open) {
    const NodeId whole = system_.wholeFails(id);
    if (whole == noNode || stated_[whole]) continue;
    if (!tolerated_[id.index]) continue;
    const Interval quickly = quick(id);
    const Interval below =
        quickly.low == quickly.high ? quickly : analysed(belowGate(id), false).probability;
    const double left = 1 - below.low;
    const double own = left <= 0 ? 0 : 1 - (1 - *tolerated_[id.index]) / left;
    system_.tree.setProbability(whole, std::max(0.0, own));
  }
}

Interval Ceilings::exact(EntityId owner) {
  settleBelow(owner);
  return analysed(belowGate(owner), false).probability;
}

std::vector<Term> Ceilings::terms(EntityId owner) {
  settleBelow(owner);
  const NodeId top = belowGate(owner);
  const faulttree::Analysis all = analysed(top, true);
  std::vector<Term> terms;
  std::vector<std::vector<NodeId>> groups; // by term
  std::vector<EntityId> componentOf;
  for (const faulttree::Importance& i : all.importance) {
    const Meaning& meaning = system_.meaning(i.event);
    const double p = system_.tree.probability(i.event);
    if (p == 0) continue;
    if (meaning.role == Role::InstanceFails) {
      size_t at = 0;
      while (at < terms.size() && componentOf[at] != meaning.entity) ++at;
      if (at < terms.size()) {
        groups[at].push_back(i.event);
        terms[at].probability = 1 - (1 - terms[at].probability) * (1 - p);
        continue;
      }
      componentOf.push_back(meaning.entity);
    } else {
      componentOf.emplace_back();
    }
    terms.push_back({i.event, p, p * i.birnbaum});
    groups.push_back({i.event});
  }
  // What several instances cost together is not the sum of what each does.
  for (size_t t = 0; t < terms.size(); ++t) {
    if (groups[t].size() == 1) continue;
    const double p = system_.tree.probability(groups[t].front());
    for (NodeId event : groups[t]) system_.tree.setProbability(event, 0);
    terms[t].gain = all.probability.low - analysed(top, false).probability.low;
    for (NodeId event : groups[t]) system_.tree.setProbability(event, p);
  }
  std::stable_sort(terms.begin(), terms.end(),
                   [](const Term& a, const Term& b) { return a.gain > b.gain; });
  return terms;
}

std::vector<EntityId> Ceilings::unknown(EntityId owner) {
  std::vector<EntityId> result;
  const NodeId roots[] = {belowGate(owner)};
  for (NodeId node : system_.tree.below(roots)) {
    if (node >= stated_.size() || stated_[node] || !system_.tree.isEvent(node)) continue;
    const Meaning& meaning = system_.meaning(node);
    const bool whole = meaning.role == Role::WholeFails && !tolerated_[meaning.entity.index];
    if (whole || meaning.role == Role::DomainFails) result.push_back(meaning.entity);
  }
  std::sort(result.begin(), result.end());
  result.erase(std::unique(result.begin(), result.end()), result.end());
  return result;
}

std::string shownAvailability(double availability) {
  const double percent = 100 * (1 - availability);
  const int digits = percent <= 0 ? 2 : std::clamp(2 - int(std::floor(std::log10(percent))), 2, 12);
  std::string text = fmt::format("{:.{}f}", 100 * availability, digits);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text + "%";
}

std::string honestObjective(double ceiling) {
  // 1 − ceiling, rounded up: 0.00021 → 0.00025, 0.00026 → 0.0003.
  double unavailable = 1 - ceiling;
  if (unavailable <= 1e-9) return "99.9999999%";
  double scale = 1;
  int digits = -1;
  while (scale > unavailable) {
    scale /= 10;
    ++digits;
  }
  // A little may be lost in rounding, which must not cost a step.
  for (double step : {1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0})
    if (scale * step >= unavailable * (1 - 1e-9)) {
      unavailable = scale * step;
      break;
    }
  std::string text = fmt::format("{:.{}f}", 100 * (1 - unavailable), std::max(1, digits));
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text + "%";
}

} // namespace relc::reliability
