#pragma once
// Reduced ordered binary decision diagrams with complement edges: R. Bryant, "Graph-based
// algorithms for Boolean function manipulation", 1986; K. Brace, R. Rudell, R. Bryant, "Efficient
// implementation of a BDD package", DAC 1990; for fault trees A. Rauzy, "New algorithms for fault
// trees analysis", 1993.
//
// Nodes lie in one array, children before parents, so that whatever is computed of a diagram is one
// loop over it, without recursion, whatever its depth.

#include <cstdint>
#include <span>
#include <vector>

namespace relc::faulttree {

/// Empties a vector and gives its memory back, which `= {}` does not.
template <class T>
void release(std::vector<T>& vector) {
  std::vector<T>().swap(vector);
}

class Bdd {
public:
  /// A function: node << 1 | whether it is the contrary.
  using Ref = uint32_t;
  static constexpr Ref one = 0, zero = 1;
  /// What operations return once the budget is spent.
  static constexpr Ref none = ~Ref(0);

  struct Node {
    uint32_t level; ///< of the variable; smaller is nearer to the root
    Ref high, low;  ///< if the variable holds, if not; `high` is never a contrary
  };

  /// At most `budget` nodes at a time.
  explicit Bdd(uint32_t budget);
  Bdd() = default; ///< holds nothing, can make nothing

  /// The variable itself.
  Ref variable(uint32_t level) { return make(level, one, zero); }
  /// if f then g else h. `none` if an argument is, or if the budget is spent.
  Ref ite(Ref f, Ref g, Ref h);
  Ref conjunction(Ref f, Ref g) { return ite(f, g, zero); }
  Ref disjunction(Ref f, Ref g) { return ite(f, one, g); }
  static Ref negation(Ref f) { return f == none ? none : f ^ 1; }

  [[nodiscard]] const Node& node(Ref f) const { return nodes_[f >> 1]; }
  [[nodiscard]] std::span<const Node> nodes() const { return nodes_; }
  [[nodiscard]] uint32_t level(Ref f) const { return nodes_[f >> 1].level; }
  [[nodiscard]] bool exhausted() const { return exhausted_; }

  /// Drops what no root needs. References change: those in `roots` are brought up to date.
  void collect(std::span<Ref> roots);
  /// True if enough has been made since the last collection to be worth one.
  [[nodiscard]] bool wantsCollection() const { return nodes_.size() >= collectAt_; }
  /// Collects, and gives back the memory that only operations need: there can be none any more.
  void freeze(std::span<Ref> roots);

private:
  struct Cached {
    Ref f, g, h, result;
  };
  struct Frame {
    Ref f, g, h; ///< normalised
    Ref high;    ///< result of the first branch
    uint32_t level;
    bool negated; ///< what is asked is the contrary of ite(f, g, h)
    uint8_t stage;
  };

  Ref make(uint32_t level, Ref high, Ref low);
  bool resolve(Ref f, Ref g, Ref h);
  void rehash(size_t buckets);
  void compact(std::span<Ref> roots);
  [[nodiscard]] Ref cofactor(Ref f, uint32_t level, bool holds) const {
    const Node& at = nodes_[f >> 1];
    return at.level != level ? f : (holds ? at.high : at.low) ^ (f & 1);
  }

  std::vector<Node> nodes_;
  std::vector<uint32_t> next_;    ///< node after this one in its bucket
  std::vector<uint32_t> buckets_; ///< first node; 0 is none
  std::vector<Cached> cache_;
  std::vector<Frame> stack_;
  Ref result_ = none;
  size_t budget_ = 0;
  size_t collectAt_ = 0;
  bool exhausted_ = false;
};

} // namespace relc::faulttree
