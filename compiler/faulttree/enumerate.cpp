#include "compiler/faulttree/enumerate.h"

namespace relc::faulttree {

namespace {

/// A family from which a set is still to be chosen, and what is to be chosen from after it. Choices
/// of one path share their tails.
struct Pending {
  uint32_t part;
  Zbdd::Ref at;
  uint32_t next;        ///< index of a Pending; 0: nothing
  uint64_t least, most; ///< orders that all of it can have together
};

/// A branch to come back to.
struct Branch {
  uint32_t pending, pendingCount, chosen;
};

} // namespace

bool enumerateSets(std::span<const EnumeratedPart> parts, uint32_t order, size_t limit,
                   std::vector<std::vector<NodeId>>& out) {
  std::vector<Pending> pending(1);
  std::vector<Branch> branches;
  std::vector<NodeId> chosen;
  auto push = [&](uint32_t part, Zbdd::Ref at, uint32_t next) {
    const OrderRange range = parts[part].ranges[at];
    pending.push_back(
        {part, at, next, pending[next].least + range.least, pending[next].most + range.most});
    return uint32_t(pending.size() - 1);
  };
  auto possible = [&](uint32_t part, Zbdd::Ref at, uint32_t next, uint64_t more) {
    const OrderRange range = parts[part].ranges[at];
    return range.least <= range.most &&
           chosen.size() + more + pending[next].least + range.least <= order &&
           chosen.size() + more + pending[next].most + range.most >= order;
  };
  const auto top = uint32_t(parts.size() - 1);
  if (!possible(top, parts[top].minimal, 0, 0)) return true;
  uint32_t at = push(top, parts[top].minimal, 0);
  while (true) {
    // `at` is what is to be chosen from next.
    bool dead = false;
    if (at == 0) {
      if (chosen.size() == order) {
        if (out.size() == limit) return false;
        out.push_back(chosen);
      }
      dead = true;
    } else if (pending[at].at == Zbdd::unit) {
      at = pending[at].next;
    } else {
      const Pending now = pending[at];
      const EnumeratedPart& part = parts[now.part];
      const Zbdd::Node& node = part.sets->node(now.at);
      const NodeId event = part.eventOfLevel[node.level];
      const uint32_t below = part.partOfLevel[node.level];
      const OrderRange own =
          event != noNode ? OrderRange{1, 1} : parts[below].ranges[parts[below].minimal];
      const OrderRange rest = part.ranges[node.high];
      const uint64_t least = chosen.size() + own.least + rest.least + pending[now.next].least;
      const uint64_t most = chosen.size() + own.most + rest.most + pending[now.next].most;
      const bool high =
          own.least <= own.most && rest.least <= rest.most && least <= order && most >= order;
      const bool low = possible(now.part, node.low, now.next, 0);
      if (high) {
        if (low) {
          const uint32_t other = push(now.part, node.low, now.next);
          branches.push_back({other, uint32_t(pending.size()), uint32_t(chosen.size())});
        }
        at = push(now.part, node.high, now.next);
        if (event != noNode)
          chosen.push_back(event);
        else
          at = push(below, parts[below].minimal, at);
      } else if (low) {
        at = push(now.part, node.low, now.next);
      } else {
        dead = true;
      }
    }
    if (!dead) continue;
    if (branches.empty()) return true;
    const Branch branch = branches.back();
    branches.pop_back();
    at = branch.pending;
    pending.resize(branch.pendingCount);
    chosen.resize(branch.chosen);
  }
}

} // namespace relc::faulttree
