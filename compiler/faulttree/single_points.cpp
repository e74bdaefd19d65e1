#include "compiler/faulttree/single_points.h"

#include <algorithm>
#include <bit>
#include <functional>

namespace relc::faulttree {

SinglePoints::SinglePoints(const FaultTree& tree, std::span<const NodeId> roots, Others others)
    : tree_(tree), roots_(roots.begin(), roots.end()), nodes_(tree.below(roots)),
      rank_(tree.size(), noNode), values_(nodes_.size()), found_(roots.size()) {
  for (uint32_t i = 0; i < nodes_.size(); ++i) rank_[nodes_[i]] = i;
  connect();
  findValues(others);
  makeSlots();
  findAll();
}

void SinglePoints::connect() {
  parentsBegin_.resize(nodes_.size() + 1);
  for (NodeId node : nodes_)
    for (Literal argument : tree_.arguments(node)) ++parentsBegin_[rank_[argument.node()] + 1];
  for (size_t i = 0; i < nodes_.size(); ++i) parentsBegin_[i + 1] += parentsBegin_[i];
  parents_.resize(parentsBegin_.back());
  std::vector<uint32_t> next(parentsBegin_.begin(), parentsBegin_.end() - 1);
  for (uint32_t i = 0; i < nodes_.size(); ++i)
    for (Literal argument : tree_.arguments(nodes_[i]))
      parents_[next[rank_[argument.node()]]++] = i;
}

namespace {

/// Does a gate hold of whose `count` arguments `holding` do? `firstHolds` is for Imply.
bool holds(const FaultTree& tree, NodeId node, uint32_t count, uint32_t holding, bool firstHolds) {
  switch (tree.op(node)) {
  case Op::And:
  case Op::Pass: return holding == count;
  case Op::Or: return holding > 0;
  case Op::AtLeast: return holding >= tree.min(node);
  case Op::Cardinality: return holding >= tree.min(node) && holding <= tree.max(node);
  case Op::Not:
  case Op::Nand: return holding < count;
  case Op::Nor: return holding == 0;
  case Op::Xor: return holding == 1;
  case Op::Iff: return holding != 1;
  case Op::Imply: return !firstHolds || holding == 2;
  default: return false;
  }
}

} // namespace

void SinglePoints::findValues(Others others) {
  argumentsBegin_.reserve(nodes_.size() + 1);
  argumentsBegin_.push_back(0);
  for (uint32_t i = 0; i < nodes_.size(); ++i) {
    const NodeId node = nodes_[i];
    if (!tree_.isGate(node)) {
      values_[i] = tree_.isEvent(node) ? others == Others::Present : tree_.min(node) != 0;
      argumentsBegin_.push_back(uint32_t(arguments_.size()));
      continue;
    }
    const auto arguments = tree_.arguments(node);
    uint32_t holding = 0;
    bool firstHolds = false;
    for (const Literal& argument : arguments) {
      const bool value = (values_[rank_[argument.node()]] != 0) != argument.negated();
      if (&argument == arguments.data()) firstHolds = value;
      holding += value;
      arguments_.push_back(rank_[argument.node()] << 1 | uint32_t(value));
    }
    argumentsBegin_.push_back(uint32_t(arguments_.size()));
    values_[i] = holds(tree_, node, uint32_t(arguments.size()), holding, firstHolds);
  }
}

/// True if the gate turns whenever one of its arguments does.
bool SinglePoints::everyArgumentTurns(uint32_t rank) const {
  const bool value = values_[rank] != 0;
  switch (tree_.op(nodes_[rank])) {
  case Op::Pass:
  case Op::Not: return true;
  case Op::And:
  case Op::Nor: return value;
  case Op::Or:
  case Op::Nand: return !value;
  default: return false;
  }
}

/// Events that turn the same gates, because there is one way up from them and it turns whenever
/// they do, are looked at as one.
void SinglePoints::makeSlots() {
  std::vector<uint32_t> stands(nodes_.size());
  std::vector<bool> isRoot(nodes_.size());
  for (NodeId root : roots_) isRoot[rank_[root]] = true;
  for (auto i = uint32_t(nodes_.size()); i-- > 0;) {
    const bool oneWay = parentsBegin_[i + 1] - parentsBegin_[i] == 1;
    const uint32_t parent = oneWay ? parents_[parentsBegin_[i]] : 0;
    stands[i] = oneWay && !isRoot[i] && everyArgumentTurns(parent) ? stands[parent] : i;
  }
  std::vector<std::pair<uint32_t, NodeId>> events; // where they are turned
  for (uint32_t i = 0; i < nodes_.size(); ++i)
    if (tree_.isEvent(nodes_[i])) events.emplace_back(stands[i], nodes_[i]);
  std::sort(events.begin(), events.end());
  for (auto [at, event] : events) {
    if (slots_.empty() || slots_.back().at != at) {
      const auto first = uint32_t(slotEvents_.size());
      slots_.push_back({at, first, first});
    }
    slotEvents_.push_back(event);
    ++slots_.back().lastEvent;
  }
}

/// Which bits of a gate turn, from those of its arguments (blockWords each, by rank).
void SinglePoints::evaluate(uint32_t rank, const uint64_t* flips, uint64_t* out) const {
  const NodeId node = nodes_[rank];
  const auto arguments =
      std::span(arguments_)
          .subspan(argumentsBegin_[rank], argumentsBegin_[rank + 1] - argumentsBegin_[rank]);
  const Op op = tree_.op(node);
  auto value = [&](uint32_t argument, size_t word) {
    return flips[(argument >> 1) * blockWords + word] ^ -uint64_t(argument & 1);
  };
  uint64_t result[blockWords];
  const uint64_t before = values_[rank] != 0 ? ~uint64_t(0) : 0;
  switch (op) {
  case Op::And:
  case Op::Nand:
  case Op::Pass:
  case Op::Not:
    std::fill_n(result, blockWords, ~uint64_t(0));
    for (uint32_t argument : arguments)
      for (size_t word = 0; word < blockWords; ++word) result[word] &= value(argument, word);
    break;
  case Op::Or:
  case Op::Nor:
    std::fill_n(result, blockWords, 0);
    for (uint32_t argument : arguments)
      for (size_t word = 0; word < blockWords; ++word) result[word] |= value(argument, word);
    break;
  case Op::Xor:
  case Op::Iff:
    for (size_t word = 0; word < blockWords; ++word)
      result[word] = value(arguments[0], word) ^ value(arguments[1], word);
    break;
  case Op::Imply:
    for (size_t word = 0; word < blockWords; ++word)
      result[word] = ~value(arguments[0], word) | value(arguments[1], word);
    break;
  default: { // a counter for each bit, held as one word for each of its digits
    const auto digits = size_t(std::bit_width(arguments.size()));
    const uint32_t most = op == Op::Cardinality ? tree_.max(node) : noNode;
    for (size_t word = 0; word < blockWords; ++word) {
      uint64_t counter[33] = {};
      for (uint32_t argument : arguments) {
        uint64_t carry = value(argument, word);
        for (size_t digit = 0; carry != 0; ++digit) {
          const uint64_t both = counter[digit] & carry;
          counter[digit] ^= carry;
          carry = both;
        }
      }
      // Digit by digit from the greatest: which counters are at least the bound.
      auto atLeast = [&](uint64_t bound) {
        if (bound >> digits != 0) return uint64_t(0);
        uint64_t greater = 0, equal = ~uint64_t(0);
        for (size_t digit = digits; digit-- > 0;) {
          const uint64_t wanted = (bound >> digit & 1) != 0 ? ~uint64_t(0) : 0;
          greater |= equal & counter[digit] & ~wanted;
          equal &= ~(counter[digit] ^ wanted);
        }
        return greater | equal;
      };
      result[word] = atLeast(tree_.min(node)) & ~(most == noNode ? 0 : atLeast(uint64_t(most) + 1));
    }
  }
  }
  const bool negated = op == Op::Nand || op == Op::Not || op == Op::Nor || op == Op::Iff;
  for (size_t word = 0; word < blockWords; ++word)
    out[word] |= (negated ? ~result[word] : result[word]) ^ before;
}

void SinglePoints::findAll() {
  constexpr size_t blockBits = blockWords * 64;
  std::vector<uint64_t> flips(nodes_.size() * blockWords);
  std::vector<uint64_t> waiting((nodes_.size() + 63) / 64); // ranks to visit, one bit each
  std::vector<uint32_t> touched;
  for (size_t first = 0; first < slots_.size(); first += blockBits) {
    const size_t last = std::min(first + blockBits, slots_.size());
    uint32_t from = noNode;
    auto wait = [&](uint32_t rank) { waiting[rank / 64] |= uint64_t(1) << rank % 64; };
    for (size_t i = first; i < last; ++i) {
      flips[slots_[i].at * blockWords + (i - first) / 64] |= uint64_t(1) << (i - first) % 64;
      wait(slots_[i].at);
      from = std::min(from, slots_[i].at);
    }
    for (size_t group = from / 64; group < waiting.size(); ++group)
      while (waiting[group] != 0) {
        const auto rank = uint32_t(group * 64 + size_t(std::countr_zero(waiting[group])));
        waiting[group] &= waiting[group] - 1;
        uint64_t* own = flips.data() + rank * blockWords;
        if (tree_.isGate(nodes_[rank])) evaluate(rank, flips.data(), own);
        if (std::all_of(own, own + blockWords, [](uint64_t word) { return word == 0; })) continue;
        touched.push_back(rank);
        // Parents come later in the order.
        for (uint32_t p = parentsBegin_[rank]; p < parentsBegin_[rank + 1]; ++p) wait(parents_[p]);
      }
    for (size_t root = 0; root < roots_.size(); ++root) {
      const uint64_t* bits = flips.data() + rank_[roots_[root]] * blockWords;
      for (size_t word = 0; word < blockWords; ++word)
        for (uint64_t left = bits[word]; left != 0; left &= left - 1) {
          const Slot& slot = slots_[first + word * 64 + size_t(std::countr_zero(left))];
          found_[root].insert(found_[root].end(), slotEvents_.begin() + slot.firstEvent,
                              slotEvents_.begin() + slot.lastEvent);
        }
    }
    for (uint32_t rank : touched) std::fill_n(flips.data() + rank * blockWords, blockWords, 0);
    touched.clear();
  }
  for (auto& events : found_) std::sort(events.begin(), events.end());
}

std::vector<NodeId> SinglePoints::path(size_t root, NodeId event) {
  if (event >= rank_.size() || rank_[event] == noNode) return {};
  distance_.resize(nodes_.size());
  // Ranks that turn, from the event up; a node waits once.
  std::vector<uint32_t> turned, heap;
  std::vector<bool> waits(nodes_.size());
  auto wait = [&](uint32_t rank) {
    if (waits[rank]) return;
    waits[rank] = true;
    heap.push_back(rank);
    std::push_heap(heap.begin(), heap.end(), std::greater<>());
  };
  wait(rank_[event]);
  while (!heap.empty()) {
    std::pop_heap(heap.begin(), heap.end(), std::greater<>());
    const uint32_t rank = heap.back();
    heap.pop_back();
    const NodeId node = nodes_[rank];
    uint32_t nearest = 0;
    if (node != event) {
      const auto arguments = tree_.arguments(node);
      uint32_t holding = 0;
      bool firstHolds = false;
      for (const Literal& argument : arguments) {
        const uint32_t child = rank_[argument.node()];
        const bool turns = distance_[child] != 0;
        if (turns && (nearest == 0 || distance_[child] < nearest)) nearest = distance_[child];
        const bool value = ((values_[child] != 0) != argument.negated()) != turns;
        if (&argument == arguments.data()) firstHolds = value;
        holding += value;
      }
      if (holds(tree_, node, uint32_t(arguments.size()), holding, firstHolds) ==
          (values_[rank] != 0))
        continue;
    }
    distance_[rank] = nearest + 1;
    turned.push_back(rank);
    for (uint32_t p = parentsBegin_[rank]; p < parentsBegin_[rank + 1]; ++p) wait(parents_[p]);
  }
  std::vector<NodeId> way;
  uint32_t at = rank_[roots_[root]];
  if (distance_[at] != 0)
    for (way.push_back(nodes_[at]); nodes_[at] != event; way.push_back(nodes_[at])) {
      uint32_t next = noNode;
      for (Literal argument : tree_.arguments(nodes_[at])) {
        const uint32_t child = rank_[argument.node()];
        if (distance_[child] != 0 && (next == noNode || distance_[child] < distance_[next]))
          next = child;
      }
      at = next;
    }
  for (uint32_t rank : turned) distance_[rank] = 0;
  return way;
}

} // namespace relc::faulttree
