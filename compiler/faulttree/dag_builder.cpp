#include "compiler/faulttree/dag.h"

#include <algorithm>

namespace relc::faulttree {

Literal DagBuilder::event(NodeId source) {
  auto [at, isNew] = events_.try_emplace(source, uint32_t(dag_.nodes.size()));
  if (isNew) dag_.nodes.push_back({Dag::Kind::Event, 0, 0, 0, source});
  return {at->second};
}

Literal DagBuilder::gate(Dag::Kind kind, std::vector<Literal>& arguments, uint32_t k) {
  switch (kind) {
  case Dag::Kind::AtLeast: return atLeast(arguments, k);
  case Dag::Kind::Xor: return exclusive(arguments[0], arguments[1]);
  default: return conjunction(kind, arguments);
  }
}

/// `and` and `or`: each is the other with true and false exchanged.
Literal DagBuilder::conjunction(Dag::Kind kind, std::vector<Literal>& arguments) {
  const Literal neutral = kind == Dag::Kind::And ? trueLiteral : !trueLiteral;
  seen_.resize(dag_.nodes.size() * 2);
  ++call_;
  size_t kept = 0;
  for (Literal argument : arguments) {
    if (argument == !neutral) return !neutral;
    if (argument == neutral || seen_[argument.code] == call_) continue;
    if (seen_[(!argument).code] == call_) return !neutral;
    seen_[argument.code] = call_;
    arguments[kept++] = argument;
  }
  arguments.resize(kept);
  if (kept == 0) return neutral;
  if (kept == 1) return arguments[0];
  return unique(kind, arguments, 0);
}

Literal DagBuilder::atLeast(std::vector<Literal>& arguments, int64_t k) {
  seen_.resize(dag_.nodes.size() * 2);
  ++call_;
  size_t kept = 0;
  bool repeated = false;
  for (Literal argument : arguments) {
    if (argument == trueLiteral) --k;
    if (argument.node() == 0) continue;
    repeated |= seen_[argument.code] == call_ || seen_[(!argument).code] == call_;
    seen_[argument.code] = call_;
    arguments[kept++] = argument;
  }
  arguments.resize(kept);
  if (k <= 0) return trueLiteral;
  if (k > int64_t(kept)) return !trueLiteral;
  if (k == 1) return conjunction(Dag::Kind::Or, arguments);
  if (k == int64_t(kept)) return conjunction(Dag::Kind::And, arguments);
  if (repeated) return atLeastOfRepeated(arguments, k);
  return unique(Dag::Kind::AtLeast, arguments, uint32_t(k));
}

/// An argument that stands there m times counts m times, one beside its contrary counts once
/// whatever happens. What stands there once goes through a gate for each number that may still be
/// wanted when it is known which of the others hold.
Literal DagBuilder::atLeastOfRepeated(std::vector<Literal>& arguments, int64_t k) {
  std::vector<Literal> sorted = arguments;
  std::sort(sorted.begin(), sorted.end(), [](Literal a, Literal b) { return a.code < b.code; });
  std::vector<std::pair<Literal, int64_t>> repeated; // and how much more than nothing it counts
  std::vector<Literal> once;
  for (size_t i = 0; i < sorted.size();) {
    int64_t positive = 0, negative = 0;
    const Literal event{sorted[i].node()};
    for (; i < sorted.size() && sorted[i].node() == event.node(); ++i)
      ++(sorted[i].negated() ? negative : positive);
    k -= std::min(positive, negative);
    const int64_t rest = std::abs(positive - negative);
    const Literal literal = positive > negative ? event : !event;
    if (rest == 1) once.push_back(literal);
    if (rest > 1) repeated.emplace_back(literal, rest);
  }
  // level[j]: at least j, by what was looked at so far
  std::vector<Literal> level(size_t(std::max<int64_t>(k, 0)) + 1, trueLiteral);
  for (int64_t j = 1; j <= k; ++j) {
    std::vector<Literal> copy = once;
    level[size_t(j)] = atLeast(copy, j);
  }
  for (auto [literal, weight] : repeated)
    for (int64_t j = k; j >= 1; --j) {
      std::vector<Literal> with = {literal, level[size_t(std::max<int64_t>(j - weight, 0))]};
      std::vector<Literal> either = {conjunction(Dag::Kind::And, with), level[size_t(j)]};
      level[size_t(j)] = conjunction(Dag::Kind::Or, either);
    }
  return k <= 0 ? trueLiteral : level[size_t(k)];
}

/// Contraries are moved out: ¬a ⊕ b = ¬(a ⊕ b).
Literal DagBuilder::exclusive(Literal a, Literal b) {
  const bool flipped = a.negated() != b.negated();
  a = {a.node()};
  b = {b.node()};
  auto out = [&](Literal literal) { return flipped ? !literal : literal; };
  if (a == b) return out(!trueLiteral);
  if (a == trueLiteral) return out(!b);
  if (b == trueLiteral) return out(!a);
  return out(unique(Dag::Kind::Xor, {a, b}, 0));
}

Literal DagBuilder::unique(Dag::Kind kind, const std::vector<Literal>& arguments, uint32_t k) {
  std::vector<uint32_t> key;
  key.reserve(arguments.size());
  for (Literal argument : arguments) key.push_back(argument.code);
  std::sort(key.begin(), key.end());
  uint64_t hash = uint64_t(kind) * 0x9E3779B97F4A7C15U + k;
  for (uint32_t code : key) hash = (hash ^ code) * 0x9E3779B97F4A7C15U, hash ^= hash >> 29;
  for (auto [at, end] = gates_.equal_range(hash); at != end; ++at) {
    const Dag::Node& node = dag_.nodes[at->second];
    if (node.kind == kind && node.k == k && keys_[at->second] == key) return {at->second};
  }
  const auto id = uint32_t(dag_.nodes.size());
  dag_.nodes.push_back({kind, k, uint32_t(dag_.pool.size()), uint32_t(arguments.size()), noNode});
  dag_.pool.insert(dag_.pool.end(), arguments.begin(), arguments.end());
  gates_.emplace(hash, id);
  keys_.resize(id + 1);
  keys_[id] = std::move(key);
  return {id};
}

Dag DagBuilder::take(Literal root) const {
  struct Step {
    uint32_t node, next;
  };
  Dag out;
  out.nodes.push_back({Dag::Kind::True});
  std::vector<uint32_t> renumbered(dag_.nodes.size());
  std::vector<Step> path;
  if (root.node() != 0) path.push_back({root.node(), 0});
  std::vector<bool> seen(dag_.nodes.size());
  seen[root.node()] = true;
  while (!path.empty()) {
    Step& step = path.back();
    const Dag::Node& node = dag_.nodes[step.node];
    if (step.next < node.count) {
      const uint32_t child = dag_.pool[node.first + step.next++].node();
      if (!seen[child]) {
        seen[child] = true;
        path.push_back({child, 0});
      }
      continue;
    }
    renumbered[step.node] = uint32_t(out.nodes.size());
    Dag::Node copy = node;
    copy.first = uint32_t(out.pool.size());
    for (Literal argument : dag_.arguments(step.node)) {
      out.pool.emplace_back(renumbered[argument.node()], argument.negated());
      out.coherent &= !argument.negated();
    }
    out.coherent &= node.kind != Dag::Kind::Xor;
    out.nodes.push_back(copy);
    path.pop_back();
  }
  out.root = {renumbered[root.node()], root.negated()};
  out.coherent &= !(root.negated() && root.node() != 0);
  return out;
}

} // namespace relc::faulttree
