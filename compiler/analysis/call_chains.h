#pragma once
// The calls of the system beside what checks of calls say of them. Private to this room.

#include "compiler/analysis/families.h"
#include "compiler/reliability/calls.h"

#include <span>
#include <string>
#include <vector>

namespace relc::analysis {

struct TracedCalls {
  explicit TracedCalls(const Index& i)
      : index(i), model(i.model), calls(i.model), worst(reliability::worstCases(calls.graph)) {}

  const Index& index;
  const model::Model& model;
  reliability::Calls calls;
  std::vector<reliability::Micros> worst; ///< time that a node needs to answer, by node

  [[nodiscard]] const reliability::Call& call(uint32_t id) const { return calls.graph.calls()[id]; }
  [[nodiscard]] std::string nameOf(uint32_t node) const { return model.path(calls.entities[node]); }
  /// An operation calls the component that it is a part of: nobody wrote that.
  [[nodiscard]] bool isPart(const reliability::Call& c) const {
    return model[c.relation].kind == Kind::operation;
  }
  /// Where the relation of a call says what `name` is, else where it names the callee.
  [[nodiscard]] source::Range placeOf(const reliability::Call& c, model::NameId name) const;
};

/// "`a` → `b` → `c`"; of a long path the middle is left out.
std::string chainText(const TracedCalls& t, std::span<const uint32_t> path);
/// "3 × 3", of the calls of a path that amplify.
std::string productText(const TracedCalls& t, std::span<const uint32_t> path);
/// "4", "1.61", "about 1.5e+09".
std::string factorText(double factor);

/// timeouts.cpp: REL1008.
void checkTimeouts(const TracedCalls& t, FindingList& findings);
/// retries.cpp: REL1009, REL1018.
void checkRetries(const TracedCalls& t, FindingList& findings);
/// overload.cpp: REL1017.
void checkOverload(const TracedCalls& t, FindingList& findings);

} // namespace relc::analysis
