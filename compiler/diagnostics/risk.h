#pragma once
// What a workspace has accepted: the entries of its risk register.

#include "compiler/diagnostics/checks.h"
#include "compiler/source/source.h"

#include <cstddef>
#include <string>
#include <vector>

namespace relc::diagnostics {

/// An `accept` and the declaration that it counts for. Texts as in the program; empty: not said.
struct Risk {
  Check check;
  std::string target;     ///< `checkout.availability`; empty if it names no place
  std::string because;    ///< why it is taken
  std::string mitigation; ///< what limits the damage
  std::string by;         ///< who decided
  std::string until;      ///< the last day that it holds, 2027-06-30
  std::string ticket;     ///< where it is followed
  bool expired = false;   ///< that day is over: it silences nothing
  size_t silenced = 0;    ///< findings that it takes out
  source::Range range;    ///< the declaration of the acceptance
  /// Names of the environments in which it stands, sorted; empty: in all of them.
  std::vector<std::string> environments;
  std::string finding; ///< the message of the first finding that it takes out; empty if none
};

} // namespace relc::diagnostics
