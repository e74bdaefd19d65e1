#include "backends/prometheus/examples.h"

#include <algorithm>

namespace relc::prometheus {
namespace {

/// First alternative of each choice, the fewest repetitions that a quantifier allows.
class Generator {
public:
  explicit Generator(std::string_view pattern) : p_(pattern) {}

  std::string alternatives(int depth) {
    std::string first = sequence(depth);
    while (at_ < p_.size() && p_[at_] == '|') {
      ++at_;
      sequence(depth); // skipped
    }
    return first;
  }

private:
  std::string_view p_;
  size_t at_ = 0;

  std::string sequence(int depth) {
    std::string out;
    while (at_ < p_.size() && p_[at_] != '|' && p_[at_] != ')') {
      std::string atom = this->atom(depth);
      out += quantified(atom);
    }
    return out;
  }

  std::string atom(int depth) {
    char c = p_[at_++];
    switch (c) {
    case '.': return "0";
    case '^':
    case '$': return {};
    case '(': {
      if (p_.substr(at_).starts_with("?:")) at_ += 2;
      std::string inner = depth < 50 ? alternatives(depth + 1) : std::string();
      if (at_ < p_.size() && p_[at_] == ')') ++at_;
      return inner;
    }
    case '[': return set();
    case '\\': {
      char e = at_ < p_.size() ? p_[at_++] : '\\';
      return e == 'd' || e == 'w'   ? "0"
             : e == 's'             ? " "
             : e == 'D' || e == 'W' ? "-"
                                    : std::string(1, e);
    }
    default: return std::string(1, c);
    }
  }

  std::string set() {
    bool negated = at_ < p_.size() && p_[at_] == '^';
    size_t end = p_.find(']', at_ + (negated ? 2 : 1));
    if (end == p_.npos) end = p_.size();
    std::string_view inside = p_.substr(at_ + (negated ? 1 : 0), end - at_ - (negated ? 1 : 0));
    at_ = std::min(end + 1, p_.size());
    if (!negated)
      return inside.empty()
                 ? std::string()
                 : std::string(1, inside[0] == '\\' && inside.size() > 1 ? '0' : inside[0]);
    for (char c : std::string_view("0aZ-_ "))
      if (inside.find(c) == inside.npos) return std::string(1, c);
    return "~";
  }

  std::string quantified(const std::string& atom) {
    if (at_ >= p_.size()) return atom;
    int least = 1;
    if (p_[at_] == '?' || p_[at_] == '*')
      least = 0, ++at_;
    else if (p_[at_] == '+')
      ++at_;
    else if (p_[at_] == '{') {
      size_t end = p_.find('}', at_);
      if (end == p_.npos) return atom;
      least = std::clamp(std::atoi(std::string(p_.substr(at_ + 1, 4)).c_str()), 0, 100);
      at_ = end + 1;
    }
    if (at_ < p_.size() && p_[at_] == '?') ++at_; // lazy
    std::string out;
    for (int i = 0; i < least; ++i) out += atom;
    return out;
  }
};

} // namespace

std::string exampleOf(std::string_view regex) {
  return Generator(regex).alternatives(0);
}

bool satisfies(const std::map<std::string, std::string>& labels,
               const std::vector<promql::Matcher>& matchers) {
  return std::all_of(matchers.begin(), matchers.end(), [&](const promql::Matcher& m) {
    auto it = labels.find(m.label);
    return promql::matches(m,
                           it == labels.end() ? std::string_view() : std::string_view(it->second));
  });
}

std::optional<std::map<std::string, std::string>>
exampleLabels(const std::vector<promql::Matcher>& wanted,
              const std::vector<promql::Matcher>& unwanted) {
  std::map<std::string, std::vector<promql::Matcher>> byLabel;
  for (const auto& m : wanted) byLabel[m.label].push_back(m);
  auto candidates = [](const std::vector<promql::Matcher>& matchers) {
    std::vector<std::string> out;
    for (const auto& m : matchers) {
      if (m.op == promql::MatchOp::Equal) out.push_back(m.value);
      if (m.op == promql::MatchOp::Regex) out.push_back(exampleOf(m.value));
    }
    out.insert(out.end(), {"200", "OK", "other", "0", "", "another-one"});
    return out;
  };
  auto accepted = [](const std::vector<promql::Matcher>& matchers, std::string_view value) {
    return std::all_of(matchers.begin(), matchers.end(),
                       [&](const auto& m) { return promql::matches(m, value); });
  };
  std::map<std::string, std::string> labels;
  for (const auto& [label, matchers] : byLabel) {
    auto values = candidates(matchers);
    auto good = std::find_if(values.begin(), values.end(),
                             [&](const auto& v) { return accepted(matchers, v); });
    if (good == values.end()) return std::nullopt;
    if (!good->empty()) labels[label] = *good;
  }
  if (unwanted.empty() || !satisfies(labels, unwanted)) return labels;
  // Change one label so that the unwanted matchers fail and the wanted ones still hold.
  for (const auto& m : unwanted) {
    for (const std::string& value : candidates(byLabel[m.label])) {
      auto changed = labels;
      if (value.empty())
        changed.erase(m.label);
      else
        changed[m.label] = value;
      if (satisfies(changed, wanted) && !satisfies(changed, unwanted)) return changed;
    }
  }
  return std::nullopt;
}

} // namespace relc::prometheus
