#include "compiler/promql/label_set.h"

#include <algorithm>

namespace relc::promql {

namespace {

/// More named labels than anybody writes. Beyond, nothing is known, so that long expressions cost
/// no more than linear space.
constexpr size_t maxNamed = 128;

auto find(auto& named, std::string_view name) {
  return std::lower_bound(
      named.begin(), named.end(), name,
      [](const LabelSet::Named& entry, std::string_view wanted) { return entry.first < wanted; });
}

} // namespace

const LabelFact& LabelSet::at(std::string_view name) const {
  const auto found = find(named_, name);
  return found != named_.end() && found->first == name ? found->second : rest_;
}

void LabelSet::set(std::string_view name, LabelFact fact) {
  const auto found = find(named_, name);
  if (found != named_.end() && found->first == name)
    found->second = fact;
  else
    named_.insert(found, {name, fact});
  bound();
}

void LabelSet::exclude(std::string_view name, Reason reason) {
  if (at(name).presence != Presence::Excluded)
    set(name, {Presence::Excluded, std::nullopt, reason});
}

void LabelSet::keepOnly(const std::vector<std::string_view>& names, Reason reason) {
  LabelSet kept(isOpen() ? LabelFact{Presence::Excluded, std::nullopt, reason} : rest_);
  for (const Named& entry : named_) {
    kept.set(entry.first, entry.second);
    if (std::find(names.begin(), names.end(), entry.first) == names.end())
      kept.exclude(entry.first, reason);
  }
  for (const std::string_view name : names) kept.set(name, at(name));
  *this = std::move(kept);
}

void LabelSet::weaken(Reason reason) {
  for (Named& entry : named_)
    if (entry.second.presence == Presence::Guaranteed)
      entry.second = {Presence::Possible, std::nullopt, reason};
}

void LabelSet::bound() {
  if (named_.size() <= maxNamed) return;
  rest_ = {Presence::Possible, std::nullopt, rest_.reason};
  named_.clear();
}

LabelFact either(const LabelFact& a, const LabelFact& b) {
  if (a.presence == b.presence) {
    LabelFact fact = a;
    if (a.value != b.value) fact.value.reset();
    return fact;
  }
  LabelFact fact = a.presence == Presence::Excluded ? b : a;
  fact.presence = Presence::Possible;
  fact.value.reset();
  return fact;
}

LabelFact both(const LabelFact& a, const LabelFact& b) {
  if (a.presence == Presence::Excluded) return a;
  if (b.presence == Presence::Excluded) return b;
  if (a.presence == Presence::Guaranteed && (a.value || b.presence != Presence::Guaranteed))
    return a;
  return b.presence == Presence::Guaranteed ? b : a;
}

bool canAgree(const LabelFact& a, const LabelFact& b) {
  const bool sure = a.presence == Presence::Guaranteed || b.presence == Presence::Guaranteed;
  if (!sure) return true;
  if (a.presence == Presence::Excluded || b.presence == Presence::Excluded) return false;
  return !a.value || !b.value || *a.value == *b.value;
}

} // namespace relc::promql
