#pragma once
// Single points of failure of many roots over one shared graph, exactly and without decision
// diagrams: with one event happened and no other, each gate has one value, which is found by
// looking. 512 events are looked at together, one bit each, and only gates that one of them changes
// are visited.
//
// For gates without contraries the sets of bits are the S(g) of the textbook rule: S(or) is the
// union of its arguments', S(and) the intersection, S(at least k) what is in k of them. The rule
// followed here holds for all gates.

#include "compiler/faulttree/fault_tree.h"

namespace relc::faulttree {

class SinglePoints {
public:
  /// What each event is before one of them is turned.
  enum class Others : uint8_t {
    Absent,  ///< which events suffice alone: cut sets of order 1
    Present, ///< which events are needed, all others happened: for a tree without contraries those
             ///< that are in every cut set
  };

  /// The tree below the roots must be valid.
  SinglePoints(const FaultTree& tree, std::span<const NodeId> roots,
               Others others = Others::Absent);

  /// Value of the root before anything is turned: if it holds with all events absent, the model
  /// contradicts itself, and nothing is a single point.
  [[nodiscard]] bool valueBefore(size_t root) const { return values_[rank_[roots_[root]]]; }
  /// Events that alone turn the root (number in the list of roots), ascending.
  [[nodiscard]] std::span<const NodeId> of(size_t root) const { return found_[root]; }
  /// Why: the shortest way from the root to the event over gates that the event alone turns. Under
  /// an `and` more than this way turn; it is one of them. Empty if the event is none of the root's.
  /// Takes time linear in what stands above the event.
  std::vector<NodeId> path(size_t root, NodeId event);

private:
  static constexpr size_t blockWords = 8;
  struct Slot {
    uint32_t at;                    ///< rank of the node that is turned
    uint32_t firstEvent, lastEvent; ///< in slotEvents_
  };

  void connect();
  void findValues(Others others);
  void makeSlots();
  void findAll();
  void evaluate(uint32_t rank, const uint64_t* flips, uint64_t* out) const;
  [[nodiscard]] bool everyArgumentTurns(uint32_t rank) const;

  const FaultTree& tree_;
  std::vector<NodeId> roots_;
  std::vector<NodeId> nodes_;                    ///< by rank: arguments before gates
  std::vector<uint32_t> rank_;                   ///< by node
  std::vector<uint8_t> values_;                  ///< by rank
  std::vector<uint32_t> parentsBegin_, parents_; ///< ranks, ascending
  /// Arguments of each gate: rank << 1 | whether the argument holds before anything is turned.
  std::vector<uint32_t> argumentsBegin_, arguments_;
  std::vector<Slot> slots_;
  std::vector<NodeId> slotEvents_;
  std::vector<std::vector<NodeId>> found_;
  std::vector<uint32_t> distance_; ///< of `path`; 0 outside of it
};

} // namespace relc::faulttree
