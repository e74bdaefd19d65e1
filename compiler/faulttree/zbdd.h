#pragma once
// Families of sets as zero-suppressed decision diagrams: S. Minato, "Zero-suppressed BDDs for set
// manipulation in combinatorial problems", DAC 1993. Families here are minimal: no set of one holds
// another. As in bdd.h, nodes lie in one array with children before parents.

#include "compiler/faulttree/bdd.h"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace relc::faulttree {

class Zbdd {
public:
  using Ref = uint32_t;
  static constexpr Ref empty = 0; ///< no set
  static constexpr Ref unit = 1;  ///< the empty set alone
  static constexpr Ref none = ~Ref(0);

  struct Node {
    uint32_t level;
    Ref high, low; ///< sets with the variable (without it in them), sets without
  };

  explicit Zbdd(uint32_t budget);
  Zbdd() = default; ///< holds nothing, can make nothing

  Ref make(uint32_t level, Ref high, Ref low);
  /// Sets of f that are not in g.
  Ref difference(Ref f, Ref g);
  /// Sets of f that hold no set of g.
  Ref without(Ref f, Ref g);
  /// Minimal sets of f and g together.
  Ref unite(Ref f, Ref g);
  /// Minimal unions of a set of f with one of g whose weights sum up to `limit` at most.
  Ref join(Ref f, Ref g, uint32_t limit);
  /// Sets of f whose weights sum up to `limit` at most.
  Ref truncate(Ref f, uint32_t limit);
  /// What each variable counts in `join` and `truncate`; 1 where nothing is given.
  void setWeights(std::vector<uint32_t> weights) { weights_ = std::move(weights); }

  [[nodiscard]] const Node& node(Ref f) const { return nodes_[f]; }
  [[nodiscard]] std::span<const Node> nodes() const { return nodes_; }
  [[nodiscard]] bool exhausted() const { return exhausted_; }
  /// Keeps what `root` needs, gives back all other memory, and returns the new root.
  Ref freeze(Ref root);

private:
  enum class Action : uint32_t { Difference = 1, Without, Unite, Join, Truncate };
  struct Key {
    uint32_t action; ///< with the limit; 0: free
    Ref f, g;
    bool operator==(const Key&) const = default;
  };
  struct Cached {
    Key key;
    Ref result;
  };
  struct Frame {
    Key key;
    Ref f, g;    ///< as normalised
    Ref a, b, c; ///< results so far
    uint32_t level, limit;
    Action action;
    uint8_t stage;
  };

  Ref run(Action action, Ref f, Ref g, uint32_t limit);
  bool resolve(Action action, Ref f, Ref g, uint32_t limit);
  bool step(Frame frame);
  bool finish(uint32_t level, Ref high, Ref low);
  void rehash(size_t buckets);
  [[nodiscard]] uint32_t weight(uint32_t level) const {
    return level < weights_.size() ? weights_[level] : 1;
  }

  std::vector<Node> nodes_;
  std::vector<uint32_t> next_, buckets_;
  std::vector<Cached> cache_;
  std::vector<Frame> stack_;
  std::vector<uint32_t> weights_;
  Ref result_ = none;
  size_t budget_ = 0;
  bool exhausted_ = false;
};

/// The minimal sets of variables that make `f` hold when no other variable does (Rauzy 1993): those
/// of the low branch, and with the variable those of the high branch that hold none of the low
/// one's. If `coherent`, if more variables never make f fail, a set of the high branch that holds
/// one of the low branch is that one itself, because it is minimal in the high branch, where both
/// hold; then the difference of families suffices, which is far cheaper. Zbdd::none if the budget
/// is spent.
Zbdd::Ref minimalSets(const Bdd& bdd, Bdd::Ref f, bool coherent, Zbdd& out);

} // namespace relc::faulttree
