#include "compiler/faulttree/counting.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace relc::faulttree {

namespace {

constexpr OrderRange emptyFamily{std::numeric_limits<uint32_t>::max(), 0};

bool isEmpty(OrderRange range) {
  return range.least > range.most;
}

/// log2(2^a + 2^b)
double addLog2(double a, double b) {
  const double high = std::max(a, b), low = std::min(a, b);
  return std::isinf(high) ? high : high + std::log2(1 + std::exp2(low - high));
}

double log2Total(const CountByOrder& count) {
  BigUnsigned total;
  for (const BigUnsigned& number : count) total += number;
  // Two bits more than the number has; it is rounded up anyway.
  return double(total.bits());
}

/// Bits that hold the count of each node. Sets below a node are sets of the root's node too, with
/// something added, or so few that they do not matter: the greatest of all is taken.
size_t bitsNeeded(const Zbdd& sets, Zbdd::Ref root, std::span<const CountByOrder* const> choices) {
  std::vector<double> ways(choices.size(), 0);
  for (size_t level = 0; level < choices.size(); ++level)
    if (choices[level]) ways[level] = log2Total(*choices[level]);
  std::vector<double> total(root + 1, -std::numeric_limits<double>::infinity());
  total[Zbdd::unit] = 0;
  double most = 0;
  // Counts as doubles while they are small enough to be that, which is nearly always.
  std::vector<double> plain(root + 1);
  plain[Zbdd::unit] = 1;
  bool fits = true;
  for (Zbdd::Ref at = 2; at <= root && fits; ++at) {
    const Zbdd::Node& node = sets.node(at);
    plain[at] = plain[node.low] + plain[node.high] * std::exp2(ways[node.level]);
    most = std::max(most, plain[at]);
    fits = most < 1e300;
  }
  if (fits) return size_t(std::log2(most + 1) * (1 + 1e-9)) + 2;
  most = 0;
  for (Zbdd::Ref at = 2; at <= root; ++at) {
    const Zbdd::Node& node = sets.node(at);
    total[at] = addLog2(total[node.low], total[node.high] + ways[node.level]);
    most = std::max(most, total[at]);
  }
  return size_t(most * (1 + 1e-9)) + 3;
}

} // namespace

OrderRange rangeOf(const CountByOrder& count) {
  OrderRange range = emptyFamily;
  for (uint32_t order = 0; order < count.size(); ++order)
    if (!count[order].isZero()) range = {std::min(range.least, order), order};
  return range;
}

std::vector<OrderRange> orderRanges(const Zbdd& sets, Zbdd::Ref root,
                                    std::span<const OrderRange> ways) {
  std::vector<OrderRange> ranges(std::max<size_t>(root + 1, 2), emptyFamily);
  ranges[Zbdd::unit] = {0, 0};
  for (Zbdd::Ref at = 2; at <= root; ++at) {
    const Zbdd::Node& node = sets.node(at);
    ranges[at] = ranges[node.low];
    const OrderRange with = ranges[node.high], own = ways[node.level];
    if (isEmpty(with) || isEmpty(own)) continue;
    ranges[at].least = std::min(ranges[at].least, with.least + own.least);
    ranges[at].most = std::max(ranges[at].most, with.most + own.most);
  }
  return ranges;
}

CountByOrder countSets(const Zbdd& sets, Zbdd::Ref root,
                       std::span<const CountByOrder* const> choices) {
  if (root == Zbdd::empty) return {};
  std::vector<OrderRange> own(choices.size());
  for (size_t level = 0; level < choices.size(); ++level)
    if (choices[level]) own[level] = rangeOf(*choices[level]);
  const std::vector<OrderRange> ranges = orderRanges(sets, root, own);
  const size_t width = (bitsNeeded(sets, root, choices) + 63) / 64;
  auto length = [&](Zbdd::Ref at) {
    return isEmpty(ranges[at]) ? 0 : (ranges[at].most - ranges[at].least + 1) * width;
  };
  std::vector<size_t> begin(root + 2);
  for (Zbdd::Ref at = 0; at <= root; ++at) begin[at + 1] = begin[at] + length(at);
  std::vector<uint64_t> words(begin[root + 1]);
  auto count = [&](Zbdd::Ref at, uint32_t order) {
    return std::span(words).subspan(begin[at] + (order - ranges[at].least) * width, width);
  };
  const uint64_t single[] = {1};
  words[begin[Zbdd::unit]] = 1;
  for (Zbdd::Ref at = 2; at <= root; ++at) {
    const Zbdd::Node& node = sets.node(at);
    const OrderRange low = ranges[node.low], high = ranges[node.high];
    if (!isEmpty(low))
      for (uint32_t order = low.least; order <= low.most; ++order) {
        const auto from = count(node.low, order);
        std::copy(from.begin(), from.end(), count(at, order).begin());
      }
    if (isEmpty(high)) continue;
    const CountByOrder* ways = choices[node.level];
    for (uint32_t order = high.least; order <= high.most; ++order) {
      if (!ways) {
        addProduct(count(at, order + 1), count(node.high, order), single);
        continue;
      }
      for (uint32_t more = 0; more < ways->size(); ++more)
        if (!(*ways)[more].isZero())
          addProduct(count(at, order + more), count(node.high, order), (*ways)[more].words());
    }
  }
  CountByOrder result(ranges[root].most + 1);
  for (uint32_t order = ranges[root].least; order <= ranges[root].most; ++order)
    result[order] = BigUnsigned::fromWords(count(root, order));
  return result;
}

} // namespace relc::faulttree
