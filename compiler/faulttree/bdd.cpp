#include "compiler/faulttree/bdd.h"

#include "compiler/faulttree/diagram_hash.h"

#include <algorithm>

namespace relc::faulttree {

namespace {

constexpr size_t firstCollection = size_t(1) << 16;

} // namespace

Bdd::Bdd(uint32_t budget)
    : nodes_{{terminalLevel, one, one}}, next_{0}, buckets_(firstBuckets), cache_(firstBuckets),
      budget_(budget), collectAt_(std::min<size_t>(firstCollection, budget / 2)) {
  for (Cached& entry : cache_) entry.f = none;
}

Bdd::Ref Bdd::make(uint32_t level, Ref high, Ref low) {
  if (high == low) return high;
  const Ref flip = high & 1; // a contrary above moves up
  high ^= flip;
  low ^= flip;
  uint32_t& bucket = buckets_[mix(level, high, low) & (buckets_.size() - 1)];
  for (uint32_t at = bucket; at != 0; at = next_[at]) {
    const Node& node = nodes_[at];
    if (node.level == level && node.high == high && node.low == low) return at << 1 | flip;
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
  return made << 1 | flip;
}

void Bdd::rehash(size_t buckets) {
  buckets_.assign(buckets, 0);
  for (uint32_t at = 1; at < nodes_.size(); ++at) {
    const Node& node = nodes_[at];
    uint32_t& bucket = buckets_[mix(node.level, node.high, node.low) & (buckets - 1)];
    next_[at] = bucket;
    bucket = at;
  }
  if (const size_t entries = std::min(buckets, largestCache); entries > cache_.size()) {
    std::vector<Cached> old(entries, Cached{none, 0, 0, 0});
    old.swap(cache_);
    for (const Cached& entry : old)
      if (entry.f != none) cache_[mix(entry.f, entry.g, entry.h) & (entries - 1)] = entry;
  }
}

/// Finds ite(f, g, h) without work and puts it into result_, or pushes what has to be done.
bool Bdd::resolve(Ref f, Ref g, Ref h) {
  if (f <= zero) return result_ = f == one ? g : h, true;
  if (g == f) g = one;
  if (g == (f ^ 1)) g = zero;
  if (h == f) h = zero;
  if (h == (f ^ 1)) h = one;
  if (g == h) return result_ = g, true;
  if (g == one && h == zero) return result_ = f, true;
  if (g == zero && h == one) return result_ = f ^ 1, true;
  // Equal questions in one form: the argument that is nearest to the root first, no contrary as the
  // first or the second one (Brace, Rudell and Bryant, section 3).
  auto before = [&](Ref a, Ref b) {
    return level(a) < level(b) || (level(a) == level(b) && (a >> 1) < (b >> 1));
  };
  if (g == one) { // or
    if (before(h, f)) std::swap(f, h);
  } else if (h == zero) { // and
    if (before(g, f)) std::swap(f, g);
  } else if (g == zero) { // ¬f and h
    if (before(h, f)) {
      const Ref old = f;
      f = h ^ 1;
      h = old ^ 1;
    }
  } else if (h == one) { // ¬f or g
    if (before(g, f)) {
      const Ref old = f;
      f = g ^ 1;
      g = old ^ 1;
    }
  } else if (g == (h ^ 1)) { // f as g
    if (before(g, f)) {
      const Ref old = f;
      f = g;
      g = old;
      h = old ^ 1;
    }
  }
  if ((f & 1) != 0) {
    f ^= 1;
    std::swap(g, h);
  }
  const bool negated = (g & 1) != 0;
  if (negated) {
    g ^= 1;
    h ^= 1;
  }
  const Cached& entry = cache_[mix(f, g, h) & (cache_.size() - 1)];
  if (entry.f == f && entry.g == g && entry.h == h)
    return result_ = entry.result ^ Ref(negated), true;
  stack_.push_back({f, g, h, none, std::min({level(f), level(g), level(h)}), negated, 0});
  return false;
}

Bdd::Ref Bdd::ite(Ref f, Ref g, Ref h) {
  if (f == none || g == none || h == none) return none;
  const size_t base = stack_.size();
  if (resolve(f, g, h)) return result_;
  while (stack_.size() > base) {
    Frame& frame = stack_.back();
    if (frame.stage < 2) {
      const bool holds = frame.stage == 0;
      if (frame.stage == 1) frame.high = result_;
      ++frame.stage;
      const uint32_t level = frame.level;
      // A question that needs work is pushed, and its answer is in result_ when this frame is on
      // top again; `frame` is invalid then.
      resolve(cofactor(frame.f, level, holds), cofactor(frame.g, level, holds),
              cofactor(frame.h, level, holds));
      continue;
    }
    const Ref made = make(frame.level, frame.high, result_);
    if (made == none) {
      stack_.resize(base);
      return none;
    }
    cache_[mix(frame.f, frame.g, frame.h) & (cache_.size() - 1)] = {frame.f, frame.g, frame.h,
                                                                    made};
    result_ = made ^ Ref(frame.negated);
    stack_.pop_back();
  }
  return result_;
}

void Bdd::compact(std::span<Ref> roots) {
  std::vector<uint32_t> moved(nodes_.size());
  moved[0] = 1;
  for (Ref root : roots) moved[root >> 1] = 1;
  for (size_t at = nodes_.size(); at-- > 1;)
    if (moved[at] != 0) moved[nodes_[at].high >> 1] = moved[nodes_[at].low >> 1] = 1;
  uint32_t kept = 0;
  for (size_t at = 0; at < nodes_.size(); ++at) {
    if (moved[at] == 0) continue;
    const Node& node = nodes_[at];
    const Node to{node.level, moved[node.high >> 1] << 1,
                  moved[node.low >> 1] << 1 | (node.low & 1)};
    nodes_[kept] = at == 0 ? node : to;
    moved[at] = kept++;
  }
  for (Ref& root : roots) root = moved[root >> 1] << 1 | (root & 1);
  nodes_.resize(kept);
}

void Bdd::collect(std::span<Ref> roots) {
  compact(roots);
  next_.resize(nodes_.size());
  for (Cached& entry : cache_) entry.f = none;
  rehash(buckets_.size());
  collectAt_ =
      std::min(std::max(firstCollection, nodes_.size() * 4), (nodes_.size() + budget_) / 2);
}

void Bdd::freeze(std::span<Ref> roots) {
  release(buckets_);
  release(next_);
  release(cache_);
  release(stack_);
  compact(roots);
  nodes_.shrink_to_fit();
}

} // namespace relc::faulttree
