#include "compiler/diagnostics/environments.h"

#include <algorithm>
#include <tuple>
#include <unordered_set>
#include <utility>

namespace relc::diagnostics {
namespace {

struct Row {
  Finding finding;
  std::vector<uint32_t> environments; ///< that report it, ascending
  uint32_t morePlaces = 0;
};

class Hasher {
public:
  template <class T>
  Hasher& add(const T& value) {
    hash_ = (hash_ ^ std::hash<T>()(value)) * 0x9e3779b97f4a7c15ULL;
    hash_ ^= hash_ >> 32U;
    return *this;
  }
  Hasher& add(const source::Range& range) {
    return add(range.file.index).add(range.begin).add(range.end);
  }
  Hasher& add(const Label& label) { return add(label.range).add(label.text); }
  template <class T>
  Hasher& add(const std::vector<T>& all) {
    for (const T& each : all) add(each);
    return add(all.size());
  }
  [[nodiscard]] size_t result() const { return hash_; }

private:
  uint64_t hash_ = 0;
};

bool onlyIfEverywhere(const Finding& finding) {
  return info(finding.check).onlyIfEverywhere;
}

/// Of what equal rows have in common: fixes and counts follow from it as a rule.
size_t hashOf(const Finding& f) {
  Hasher hasher;
  hasher.add(static_cast<uint16_t>(f.check)).add(f.primary.range).add(f.message);
  if (!onlyIfEverywhere(f)) hasher.add(f.primary.text).add(f.secondary).add(f.why).add(f.help);
  return hasher.result();
}

bool isSame(const Finding& a, const Finding& b) {
  if (a.check != b.check || a.primary.range != b.primary.range || a.message != b.message)
    return false;
  return onlyIfEverywhere(a) ||
         (a.severity == b.severity && a.primary == b.primary && a.secondary == b.secondary &&
          a.why == b.why && a.help == b.help && a.fixes == b.fixes &&
          a.environments == b.environments && a.morePlaces == b.morePlaces);
}

/// Rows by their index, so that each finding is kept once.
struct RowHash {
  const std::vector<Row>* rows;
  size_t operator()(uint32_t i) const { return hashOf((*rows)[i].finding); }
};
struct RowEqual {
  const std::vector<Row>* rows;
  bool operator()(uint32_t a, uint32_t b) const {
    return isSame((*rows)[a].finding, (*rows)[b].finding);
  }
};

/// A row was found in an environment about an entity of its model.
struct Sighting {
  uint32_t row;
  uint32_t environment;
  uint32_t subject;
  friend auto operator<=>(const Sighting&, const Sighting&) = default;
};

/// What is said alike of many, such as by the text of a profile of each of its users: they are
/// counted, by the environment with most of them.
void countPlaces(std::vector<Row>& rows, std::vector<Sighting> sightings) {
  std::sort(sightings.begin(), sightings.end());
  sightings.erase(std::unique(sightings.begin(), sightings.end()), sightings.end());
  for (size_t begin = 0, end = 0; begin < sightings.size(); begin = end) {
    const Sighting& first = sightings[begin];
    while (end < sightings.size() && sightings[end].row == first.row &&
           sightings[end].environment == first.environment)
      ++end;
    uint32_t& more = rows[first.row].morePlaces;
    more = std::max(more, static_cast<uint32_t>(end - begin - 1));
  }
}

} // namespace

std::vector<Finding>
mergeEnvironments(std::vector<std::pair<std::string, std::vector<Finding>>>&& byEnvironment,
                  const StandsIn& standsIn) {
  std::vector<Row> rows;
  std::vector<Sighting> sightings;
  std::unordered_set<uint32_t, RowHash, RowEqual> known(16, RowHash{&rows}, RowEqual{&rows});
  for (uint32_t environment = 0; environment < byEnvironment.size(); ++environment)
    for (Finding& finding : byEnvironment[environment].second) {
      const uint32_t subject = std::exchange(finding.subject, Finding::none);
      rows.push_back({std::move(finding), {}});
      auto [row, isNew] = known.insert(static_cast<uint32_t>(rows.size() - 1));
      if (!isNew) rows.pop_back();
      if (subject != Finding::none) sightings.push_back({*row, environment, subject});
      std::vector<uint32_t>& in = rows[*row].environments;
      if (in.empty() || in.back() != environment) in.push_back(environment);
    }
  countPlaces(rows, std::move(sightings));

  std::vector<Finding> out;
  out.reserve(rows.size());
  for (Row& row : rows) {
    const bool everywhere = row.environments.size() == byEnvironment.size();
    if (!everywhere && onlyIfEverywhere(row.finding)) {
      auto reports = row.environments.begin();
      bool missing = false;
      for (uint32_t i = 0; i < byEnvironment.size(); ++i) {
        if (reports != row.environments.end() && *reports == i)
          ++reports;
        else
          missing |= !standsIn || standsIn(byEnvironment[i].first, row.finding.primary.range);
      }
      if (missing) continue;
    }
    if (!everywhere) {
      for (uint32_t i : row.environments)
        row.finding.environments.push_back(byEnvironment[i].first);
      std::sort(row.finding.environments.begin(), row.finding.environments.end());
    }
    row.finding.morePlaces += row.morePlaces;
    out.push_back(std::move(row.finding));
  }
  return out;
}

std::vector<Risk>
mergeRisks(std::vector<std::pair<std::string, std::vector<Risk>>>&& byEnvironment) {
  auto key = [](const Risk& r) {
    return std::tie(r.check, r.target, r.range, r.because, r.mitigation, r.by, r.until, r.ticket);
  };
  std::vector<Risk> all;
  for (auto& [environment, risks] : byEnvironment)
    for (Risk& risk : risks) {
      risk.environments = {environment};
      all.push_back(std::move(risk));
    }
  std::sort(all.begin(), all.end(), [&](const Risk& a, const Risk& b) {
    return std::tuple_cat(key(a), std::tie(a.environments)) <
           std::tuple_cat(key(b), std::tie(b.environments));
  });
  std::vector<Risk> out;
  for (Risk& risk : all) {
    if (out.empty() || key(out.back()) != key(risk)) {
      out.push_back(std::move(risk));
      continue;
    }
    out.back().silenced = std::max(out.back().silenced, risk.silenced);
    std::vector<std::string>& in = out.back().environments;
    if (in.back() != risk.environments[0]) in.push_back(std::move(risk.environments[0]));
  }
  for (Risk& risk : out)
    if (risk.environments.size() == byEnvironment.size()) risk.environments.clear();
  return out;
}

} // namespace relc::diagnostics
