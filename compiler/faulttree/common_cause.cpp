#include "compiler/faulttree/common_cause.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace relc::faulttree {
namespace {

/// Sets of members that become events, at most.
constexpr double mostEvents = 100'000;

constexpr std::pair<std::string_view, CommonCauseModel> modelTable[] = {
    {"beta-factor", CommonCauseModel::BetaFactor},
    {"MGL", CommonCauseModel::MultipleGreekLetters},
    {"alpha-factor", CommonCauseModel::AlphaFactor},
    {"phi-factor", CommonCauseModel::PhiFactor},
};

double choose(uint32_t n, uint32_t k) {
  double result = 1;
  for (uint32_t i = 0; i < k; ++i) result = result * (n - i) / (i + 1);
  return result;
}

/// By number of members k, from 1: the share of a member's probability that one event of k members
/// has. Empty if the levels are not those of the model.
std::vector<double> sharesOf(const CommonCauseGroup& group) {
  const auto n = uint32_t(group.members.size());
  const uint32_t firstLevel = group.model == CommonCauseModel::BetaFactor             ? n
                              : group.model == CommonCauseModel::MultipleGreekLetters ? 2
                                                                                      : 1;
  std::vector<double> shares(n + 1);
  const auto count = uint32_t(group.factors.size());
  if (count == 0 || firstLevel + count - 1 > n) return {};
  std::vector<double> factor(n + 2); // by level
  for (uint32_t i = 0; i < count; ++i) {
    if (group.factors[i].level != firstLevel + i) return {};
    factor[group.factors[i].level] = group.factors[i].value;
  }
  switch (group.model) {
  case CommonCauseModel::BetaFactor:
    shares[1] = 1 - factor[n];
    shares[n] = n == 1 ? 1 : factor[n];
    break;
  case CommonCauseModel::MultipleGreekLetters: {
    double product = 1;
    for (uint32_t k = 1; k <= count + 1; ++k) {
      if (k > 1) product *= factor[k];
      shares[k] = product * (1 - factor[k + 1]) / choose(n - 1, k - 1);
    }
    break;
  }
  case CommonCauseModel::AlphaFactor: {
    double total = 0;
    for (uint32_t k = 1; k <= n; ++k) total += k * factor[k];
    for (uint32_t k = 1; k <= n; ++k) shares[k] = k * factor[k] / (total * choose(n - 1, k - 1));
    break;
  }
  case CommonCauseModel::PhiFactor:
    for (uint32_t k = 1; k <= n; ++k) shares[k] = factor[k];
    break;
  }
  return shares;
}

std::string problemOf(const CommonCauseGroup& group, const std::vector<double>& shares) {
  if (group.members.size() < 2) return "a group of common cause has at least two members";
  if (shares.empty())
    return "its factors do not fit its model: `beta-factor` has one, of the level of all members, "
           "`MGL` has levels from 2 up, the others from 1 up";
  double events = 0;
  for (uint32_t k = 1; k < shares.size(); ++k) {
    if (!(shares[k] >= 0) || !(shares[k] * group.probability <= 1))
      return "its factors give probabilities that are not within 0 and 1";
    if (shares[k] > 0) events += choose(uint32_t(group.members.size()), k);
  }
  if (events > mostEvents)
    return fmt::format("it stands for {:.0f} events, and relc computes at most {:.0f}", events,
                       mostEvents);
  return "";
}

} // namespace

std::optional<CommonCauseModel> commonCauseModel(std::string_view name) {
  for (const auto& [known, model] : modelTable)
    if (known == name) return model;
  return std::nullopt;
}

std::string defineCommonCause(FaultTree& tree, const CommonCauseGroup& group) {
  const auto n = uint32_t(group.members.size());
  const std::vector<double> shares = n < 2 ? std::vector<double>() : sharesOf(group);
  std::string problem = problemOf(group, shares);
  if (!problem.empty()) {
    for (NodeId member : group.members) tree.defineEvent(member, group.probability);
    return problem;
  }
  std::vector<std::vector<Literal>> causes(n);
  std::vector<uint32_t> set;
  for (uint32_t k = 1; k <= n; ++k) {
    if (shares[k] == 0) continue;
    set.resize(k);
    for (uint32_t i = 0; i < k; ++i) set[i] = i;
    // All sets of k members, in the order of the members.
    for (bool more = true; more;) {
      std::string name = "[";
      for (uint32_t i : set) {
        if (name.size() > 1) name += ' ';
        name += tree.name(group.members[i]);
      }
      const NodeId event = tree.addEvent(name + "]", shares[k] * group.probability,
                                         tree.place(group.members[set[0]]));
      for (uint32_t i : set) causes[i].emplace_back(event);
      uint32_t at = k;
      while (at > 0 && set[at - 1] == n - k + at - 1) --at;
      more = at > 0;
      if (!more) continue;
      ++set[at - 1];
      for (uint32_t i = at; i < k; ++i) set[i] = set[i - 1] + 1;
    }
  }
  for (uint32_t i = 0; i < n; ++i) tree.defineGate(group.members[i], Op::Or, causes[i]);
  return "";
}

} // namespace relc::faulttree
