#include "backends/prometheus/feeds.h"

#include "backends/prometheus/arithmetic.h"
#include "backends/prometheus/examples.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace relc::prometheus {

using model::Decimal;

namespace {

/// With the labels by which the SLO is kept: any value, if no matcher asks for one.
std::string seriesName(const SloPlan& plan, const std::string& metric,
                       std::map<std::string, std::string> labels) {
  for (const std::string& group : plan.groups) labels.emplace(group, "a");
  std::string out = metric;
  char separator = '{';
  for (const auto& [name, value] : labels) {
    out += fmt::format("{}{}={}", separator, name, promql::quote(value));
    separator = ',';
  }
  return separator == ',' ? out + "}" : out;
}

/// A sample of a native histogram, as promtool has it: `good` events just below the boundary and
/// `bad` ones just above. Bucket i of schema 8 ends at 2^(i / 256), so they are within 1 % of it;
/// the bucket that the boundary is in stays empty, so that no part of it has to be guessed.
std::string histogram(const Decimal& boundary, const Decimal& good, const Decimal& bad) {
  double index = std::log2(boundary.toDouble()) * 256;
  std::string_view between = index == std::floor(index) ? " " : " 0 ";
  return fmt::format("{{{{schema:8 count:{} offset:{} buckets:[{}{}{}]}}}}",
                     plus(good, bad).toString(), int(std::floor(index)), good.toString(), between,
                     bad.toString());
}

} // namespace

bool Feed::countersOf(const SloPlan& plan) {
  const Events& events = plan.events;
  if (!events.totalCounter) return false;
  const Selector& total = *events.totalCounter;
  auto name = [&](const std::string& metric, const auto& labels) {
    return seriesName(plan, metric, labels);
  };
  if (plan.sli.form == model::Sli::Form::Latency) {
    auto labels = exampleLabels(total.matchers);
    if (!labels) return false;
    if (events.native) {
      sources_.push_back({name(total.metric, *labels), true, true, false, plan.boundary});
      return true;
    }
    sources_.push_back({name(total.metric + "_count", *labels), true, true, false});
    auto bucket = *labels;
    bucket["le"] = "+Inf";
    sources_.push_back({name(total.metric + "_bucket", bucket), true, true, false});
    bucket["le"] = plan.boundary.toString();
    sources_.push_back({name(total.metric + "_bucket", bucket), true, false, false});
    return true;
  }
  bool countsBad = events.badCounter.has_value();
  if (!countsBad && !events.goodCounter) return false;
  const Selector& part = countsBad ? *events.badCounter : *events.goodCounter;
  if (part.metric != total.metric) {
    auto partLabels = exampleLabels(part.matchers), totalLabels = exampleLabels(total.matchers);
    if (!partLabels || !totalLabels) return false;
    sources_.push_back({name(total.metric, *totalLabels), true, true, false});
    sources_.push_back({name(part.metric, *partLabels), !countsBad, countsBad, countsBad});
    return true;
  }
  // One metric: some label tells the counted events from the others.
  std::vector<promql::Matcher> both = part.matchers;
  both.insert(both.end(), total.matchers.begin(), total.matchers.end());
  auto inside = exampleLabels(both), outside = exampleLabels(total.matchers, part.matchers);
  if (!inside || !outside || *inside == *outside) return false;
  sources_.push_back({name(part.metric, *inside), !countsBad, countsBad, countsBad});
  sources_.push_back({name(total.metric, *outside), countsBad, !countsBad, !countsBad});
  return true;
}

bool Feed::levelOf(const SloPlan& plan) {
  if (!plan.events.gauge) return false;
  auto labels = exampleLabels(plan.events.gauge->matchers);
  if (!labels) return false;
  sources_.push_back({seriesName(plan, plan.events.gauge->metric, *labels), true, true, false});
  kind_ = Kind::Level;
  using Form = model::Sli::Form;
  if (plan.sli.form == Form::Ratio) {
    kind_ = Kind::Share;
  } else if (plan.sli.form == Form::Freshness) {
    // The clock of the tests begins at zero: good is now, bad was long ago.
    whenBad_ = minus(-60, plan.sli.threshold);
    goodGrows_ = plan.scrape;
  } else {
    whenGood_ = plan.events.whenGood;
    whenBad_ = plan.events.whenBad;
  }
  return true;
}

std::optional<Feed> Feed::of(const SloPlan& plan) {
  Feed feed;
  bool made = model::ofTime(plan.sli) ? feed.levelOf(plan) : feed.countersOf(plan);
  return made ? std::optional(std::move(feed)) : std::nullopt;
}

std::string Feed::valuesOf(const Source& source, const std::vector<Stretch>& stretches) const {
  std::string out;
  Decimal count = 0, countBad = 0, clock = 0;
  for (const Stretch& s : stretches) {
    if (!out.empty()) out += ' ';
    if (s.kind == Stretch::Kind::Missing) {
      out += fmt::format("_x{}", s.scrapes);
      clock = plus(clock, mul(goodGrows_, s.scrapes));
      continue;
    }
    if (s.kind == Stretch::Kind::Restart) count = countBad = 0;
    Decimal bad = mul(s.share, eventsPerScrape);
    Decimal good = minus(eventsPerScrape, bad);
    if (s.kind == Stretch::Kind::Idle) good = bad = 0;
    if (source.boundary) {
      out += fmt::format("{}+{}x{}", histogram(*source.boundary, count, countBad),
                         histogram(*source.boundary, good, bad), s.scrapes - 1);
      count = plus(count, mul(good, s.scrapes));
      countBad = plus(countBad, mul(bad, s.scrapes));
      continue;
    }
    Decimal start = count, step = 0;
    if (kind_ == Kind::Counters) {
      step = plus(source.good ? good : Decimal(0), source.bad ? bad : Decimal(0));
    } else if (kind_ == Kind::Share) {
      start = s.share;
    } else {
      bool isBad = s.share > Decimal(0);
      start = isBad ? whenBad_ : plus(whenGood_, clock);
      step = isBad ? Decimal(0) : goodGrows_;
    }
    out += fmt::format("{}{}{}x{}", start.toString(), step < Decimal(0) ? "" : "+", step.toString(),
                       s.scrapes - 1);
    count = plus(start, mul(step, s.scrapes));
    clock = plus(clock, mul(goodGrows_, s.scrapes));
  }
  return out;
}

std::vector<Feed::Series> Feed::series(const std::vector<Stretch>& stretches, bool neverBad) const {
  std::vector<Series> out;
  for (const Source& source : sources_)
    if (!neverBad || !source.onlyOnceBad) out.push_back({source.name, valuesOf(source, stretches)});
  return out;
}

} // namespace relc::prometheus
