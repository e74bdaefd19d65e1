#pragma once
// The risk register as documents: what is found and not mended, what is taken on and until when,
// and what weighs how much. Whoever builds has judged; here it is only written down.

#include "backends/emit/output.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace relc::risk {

enum class State : uint8_t {
  Expired,  ///< was accepted until a day that is over
  Open,     ///< nobody has taken it on
  Accepted, ///< somebody has, for a time
};

/// A finding that is not accepted, or an acceptance. Texts may be anything; empty: not said.
struct Entry {
  State state = State::Open;
  std::string code, check, summary; ///< REL1001, single-point-of-failure, what the check is about
  std::string severity;             ///< error, warning, note
  std::string message;
  std::string target, owner; ///< declaration, and the team that answers for it
  std::string by, because, mitigation, until, ticket;
  std::optional<int64_t> daysLeft;    ///< until it must be decided again; negative: since then
  std::vector<std::string> takesDown; ///< roots that go down with the target alone
  double secondsLost = 0;             ///< that it costs a root in its window at most, if known
  std::string file;                   ///< where it is said
  uint32_t line = 0, column = 0, endLine = 0, endColumn = 0; ///< from 1, in UTF-16 code units
};

/// By how much a root follows an event.
struct Weight {
  std::string event;
  double probability;
  std::optional<double> birnbaum; ///< not of several instances together
  double criticality;             ///< share of the outages that would not be without it
  double seconds;                 ///< in the window
};
struct RootTable {
  std::string root;
  std::string window;              ///< "30d"
  double seconds = 0;              ///< that it is down in the window for what it needs
  std::vector<Weight> weights;     ///< the heaviest first
  std::vector<std::string> unsaid; ///< taken as always up
};

struct Register {
  std::string system, environment, now;
  std::vector<Entry> entries; ///< the worst first
  std::vector<RootTable> roots;
  size_t rootsLeftOut = 0; ///< too much to compute
};

/// `risk/register.md`, `.json` and `.sarif` (SARIF 2.1.0: what is accepted is suppressed). Nothing
/// if there is nothing to say.
emit::Output generate(const Register& risks, std::string_view version);

/// Names of a list that are spelt out for people; the JSON has all of them.
inline constexpr size_t namesShown = 12;

std::string toMarkdown(const Register& risks);
std::string toJson(const Register& risks);
std::string toSarif(const Register& risks, std::string_view version);

/// "3 risks: 1 expired, 1 open, 1 accepted".
std::string summaryOf(const Register& risks);
/// "until 2027-06-30, 219 days left"; "ended 3 days ago".
std::string termOf(const Entry& entry);
/// "4m18s"; "<1s".
std::string shownSeconds(double seconds);
std::string_view toString(State state);

} // namespace relc::risk
