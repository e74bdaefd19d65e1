#include "compiler/faulttree/zbdd.h"

#include "compiler/faulttree/diagram_hash.h"

#include <algorithm>

namespace relc::faulttree {

Zbdd::Zbdd(uint32_t budget)
    : nodes_{{terminalLevel, empty, empty}, {terminalLevel, unit, unit}}, next_{0, 0},
      buckets_(firstBuckets), cache_(firstBuckets), budget_(budget) {}

Zbdd::Ref Zbdd::make(uint32_t level, Ref high, Ref low) {
  if (high == empty) return low;
  uint32_t& bucket = buckets_[mix(level, high, low) & (buckets_.size() - 1)];
  for (uint32_t at = bucket; at != 0; at = next_[at]) {
    const Node& node = nodes_[at];
    if (node.level == level && node.high == high && node.low == low) return at;
  }
  if (nodes_.size() >= budget_) {
    exhausted_ = true;
    return none;
  }
  const auto made = uint32_t(nodes_.size());
  nodes_.push_back({level, high, low});
  next_.push_back(bucket);
  bucket = made;
  if (nodes_.size() > buckets_.size()) rehash(buckets_.size() * 2);
  return made;
}

void Zbdd::rehash(size_t buckets) {
  buckets_.assign(buckets, 0);
  for (uint32_t at = 2; at < nodes_.size(); ++at) {
    const Node& node = nodes_[at];
    uint32_t& bucket = buckets_[mix(node.level, node.high, node.low) & (buckets - 1)];
    next_[at] = bucket;
    bucket = at;
  }
  if (const size_t entries = std::min(buckets, largestCache); entries > cache_.size()) {
    std::vector<Cached> old(entries);
    old.swap(cache_);
    for (const Cached& entry : old)
      if (entry.key.action != 0)
        cache_[mix(entry.key.action, entry.key.f, entry.key.g) & (entries - 1)] = entry;
  }
}

Zbdd::Ref Zbdd::difference(Ref f, Ref g) {
  return run(Action::Difference, f, g, 0);
}
Zbdd::Ref Zbdd::without(Ref f, Ref g) {
  return run(Action::Without, f, g, 0);
}
Zbdd::Ref Zbdd::unite(Ref f, Ref g) {
  return run(Action::Unite, f, g, 0);
}
Zbdd::Ref Zbdd::join(Ref f, Ref g, uint32_t limit) {
  return run(Action::Join, f, g, limit);
}
Zbdd::Ref Zbdd::truncate(Ref f, uint32_t limit) {
  return run(Action::Truncate, f, unit, limit);
}

Zbdd::Ref Zbdd::run(Action action, Ref f, Ref g, uint32_t limit) {
  if (f == none || g == none) return none;
  const size_t base = stack_.size();
  if (resolve(action, f, g, limit)) return result_;
  while (stack_.size() > base) {
    const Frame frame = stack_.back();
    if (!step(frame)) continue; // it asked for something
    if (result_ == none) {
      stack_.resize(base);
      return none;
    }
    cache_[mix(frame.key.action, frame.key.f, frame.key.g) & (cache_.size() - 1)] = {frame.key,
                                                                                     result_};
    stack_.pop_back();
  }
  return result_;
}

/// Finds the answer without work and puts it into result_, or pushes what has to be done.
bool Zbdd::resolve(Action action, Ref f, Ref g, uint32_t limit) {
  switch (action) {
  case Action::Difference:
    if (f == empty || f == g) return result_ = empty, true;
    if (g == empty) return result_ = f, true;
    break;
  case Action::Without:
    if (f == empty || f == g || g == unit) return result_ = empty, true;
    if (g == empty || f == unit)
      return result_ = f, true; // minimal: g has no empty set beside others
    break;
  case Action::Unite:
    if (f == unit || g == unit) return result_ = unit, true;
    if (f == empty || f == g) return result_ = g, true;
    if (g == empty) return result_ = f, true;
    if (f > g) std::swap(f, g);
    break;
  case Action::Join:
    if (f == empty || g == empty) return result_ = empty, true;
    if (f == unit || f == g) return resolve(Action::Truncate, g, unit, limit);
    if (g == unit) return resolve(Action::Truncate, f, unit, limit);
    if (f > g) std::swap(f, g);
    break;
  case Action::Truncate:
    if (f <= unit) return result_ = f, true;
    break;
  }
  const Key key{uint32_t(action) | limit << 3, f, g};
  const Cached& entry = cache_[mix(key.action, f, g) & (cache_.size() - 1)];
  if (entry.key == key) return result_ = entry.result, true;
  const uint32_t level = std::min(nodes_[f].level, nodes_[g].level);
  stack_.push_back({key, f, g, none, none, none, level, limit, action, 0});
  return false;
}

bool Zbdd::finish(uint32_t level, Ref high, Ref low) {
  result_ = high == none || low == none ? none : make(level, high, low);
  return true;
}

/// One step of the frame on top of the stack: true when its result is in result_. Answers to what
/// it asks for are in result_ when it is called again.
bool Zbdd::step(Frame frame) {
  const uint32_t level = frame.level;
  const Node &f = nodes_[frame.f], &g = nodes_[frame.g];
  const Ref f1 = f.level == level ? f.high : empty, f0 = f.level == level ? f.low : frame.f;
  const Ref g1 = g.level == level ? g.high : empty, g0 = g.level == level ? g.low : frame.g;
  const uint32_t own = weight(level);
  const bool fits = frame.limit >= own;
  const uint32_t left = fits ? frame.limit - own : 0;
  auto ask = [&](Action action, Ref a, Ref b, uint32_t limit = 0) {
    stack_.back() = frame;
    ++stack_.back().stage;
    if (a == none || b == none)
      result_ = none;
    else
      resolve(action, a, b, limit);
    return false;
  };
  // What was asked for in a stage is stored on entry to the next one.
  switch (frame.action) {
  case Action::Difference:
    if (frame.stage == 0) return ask(Action::Difference, f1, g1);
    if (frame.stage == 1) return frame.a = result_, ask(Action::Difference, f0, g0);
    return finish(level, frame.a, result_);
  case Action::Without: // (f1 without g1) without g0
    if (frame.stage == 0) return ask(Action::Without, f1, g1);
    if (frame.stage == 1) return ask(Action::Without, result_, g0);
    if (frame.stage == 2) return frame.a = result_, ask(Action::Without, f0, g0);
    return finish(level, frame.a, result_);
  case Action::Unite:
    if (frame.stage == 0) return ask(Action::Unite, f0, g0);
    if (frame.stage == 1) return frame.a = result_, ask(Action::Unite, f1, g1);
    if (frame.stage == 2) return ask(Action::Without, result_, frame.a);
    return finish(level, result_, frame.a);
  case Action::Join: // with the variable: f1 g1, f1 g0, f0 g1
    if (frame.stage == 0) return ask(Action::Join, f0, g0, frame.limit);
    if (frame.stage == 1) {
      frame.a = result_;
      return ask(Action::Unite, g0, g1);
    }
    if (frame.stage == 2) return ask(Action::Join, fits ? f1 : empty, result_, left);
    if (frame.stage == 3) return frame.b = result_, ask(Action::Join, f0, fits ? g1 : empty, left);
    if (frame.stage == 4) return ask(Action::Unite, result_, frame.b);
    if (frame.stage == 5) return ask(Action::Without, result_, frame.a);
    return finish(level, result_, frame.a);
  case Action::Truncate:
    if (frame.stage == 0) return ask(Action::Truncate, fits ? f1 : empty, unit, left);
    if (frame.stage == 1) return frame.a = result_, ask(Action::Truncate, f0, unit, frame.limit);
    return finish(level, frame.a, result_);
  }
  return true;
}

Zbdd::Ref Zbdd::freeze(Ref root) {
  std::vector<uint32_t> moved(nodes_.size());
  moved[root] = 1;
  for (size_t at = nodes_.size(); at-- > 2;)
    if (moved[at] != 0) moved[nodes_[at].high] = moved[nodes_[at].low] = 1;
  moved[empty] = empty;
  moved[unit] = unit;
  uint32_t kept = 2;
  for (size_t at = 2; at < nodes_.size(); ++at) {
    if (moved[at] == 0) continue;
    const Node node = nodes_[at];
    nodes_[kept] = {node.level, moved[node.high], moved[node.low]};
    moved[at] = kept++;
  }
  nodes_.resize(kept);
  nodes_.shrink_to_fit();
  release(next_);
  release(buckets_);
  release(cache_);
  release(stack_);
  return moved[root];
}

Zbdd::Ref minimalSets(const Bdd& bdd, Bdd::Ref f, bool coherent, Zbdd& out) {
  const size_t count = (f >> 1) + 1;
  std::vector<uint8_t> needed(count);
  needed[f >> 1] = uint8_t(1 << (f & 1));
  const auto nodes = bdd.nodes();
  for (size_t at = count; at-- > 1;)
    for (Bdd::Ref sign = 0; sign < 2; ++sign)
      if ((needed[at] >> sign & 1) != 0)
        for (Bdd::Ref child : {nodes[at].high, nodes[at].low})
          needed[child >> 1] |= uint8_t(1 << ((child ^ sign) & 1));
  // A function that only rises has each of its nodes in one sense, so that one entry a node would
  // nearly do; the other half of this table is not touched.
  std::vector<Zbdd::Ref> sets(count * 2, Zbdd::none);
  sets[Bdd::one] = Zbdd::unit;
  sets[Bdd::zero] = Zbdd::empty;
  for (size_t at = 1; at < count; ++at)
    for (Bdd::Ref sign = 0; sign < 2; ++sign) {
      if ((needed[at] >> sign & 1) == 0) continue;
      const Zbdd::Ref low = sets[nodes[at].low ^ sign];
      const Zbdd::Ref with = sets[nodes[at].high ^ sign];
      const Zbdd::Ref high = coherent ? out.difference(with, low) : out.without(with, low);
      if (high == Zbdd::none ||
          (sets[at << 1 | sign] = out.make(nodes[at].level, high, low)) == Zbdd::none)
        return Zbdd::none;
    }
  return sets[f];
}

} // namespace relc::faulttree
