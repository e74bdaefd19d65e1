// Which series an SLI reads: REL2011. What cannot be proven is not judged.

#include "compiler/analysis/families.h"
#include "compiler/analysis/measure.h"
#include "compiler/analysis/wording.h"
#include "compiler/promql/label_set.h"
#include "compiler/promql/regex.h"

#include <fmt/format.h>

#include <algorithm>

namespace relc::analysis {
namespace {

using promql::Matcher;
using promql::MatchOp;

// --- REL2011 -------------------------------------------------------------------------------------

/// The series of an expression that reads one selector, and all of its matchers are known.
struct Series {
  std::string metric;            ///< of a histogram the name without `_bucket`, `_count`, `_sum`
  std::vector<Matcher> matchers; ///< of labels that say which events they are
  std::string written;           ///< the name as it stands there
  std::vector<Matcher> bounds;   ///< `le`
};

std::optional<Series> seriesOf(const promql::Expr& expr) {
  const promql::Selector* selector = nullptr;
  for (const promql::Node& node : expr.nodes()) {
    if (node.as<promql::Parameter>() || node.as<promql::Binary>()) return std::nullopt;
    if (const auto* found = node.as<promql::Selector>()) {
      if (selector || !found->parameter.empty()) return std::nullopt;
      selector = found;
    }
  }
  if (!selector) return std::nullopt;
  Series result{selector->metric, {}, selector->metric, {}};
  for (const promql::MatcherItem& item : expr.get(selector->matchers)) {
    if (item.kind != promql::MatcherItem::Kind::Matcher) return std::nullopt;
    const Matcher& m = item.matcher;
    if (m.label == promql::metricNameLabel) {
      if (m.op != MatchOp::Equal || !result.metric.empty()) return std::nullopt;
      result.metric = m.value;
    } else {
      (m.label == "le" ? result.bounds : result.matchers).push_back(m);
    }
  }
  if (result.metric.empty()) return std::nullopt;
  for (std::string_view suffix : {"_bucket", "_count", "_sum"})
    if (result.metric.size() > suffix.size() && result.metric.ends_with(suffix)) {
      result.metric.resize(result.metric.size() - suffix.size());
      break;
    }
  return result;
}

/// Values to try where patterns meet; one that both sides of a proof agree on decides.
constexpr std::string_view trials[] = {"200", "201",  "204",  "301", "302",  "304", "400",
                                       "401", "403",  "404",  "409", "429",  "499", "500",
                                       "502", "503",  "504",  "0",   "1",    "OK",  "Error",
                                       "GET", "POST", "true", "x",   "other"};

/// Of the strings that a pattern lists, so many are tried: each is matched against patterns that
/// may be long.
constexpr size_t literalsTried = 50;

/// A value of the label that all of `some` accept, and `matcher` does not; nothing if none is
/// found.
std::optional<std::string> witness(const std::vector<const Matcher*>& some,
                                   const Matcher& matcher) {
  auto decides = [&](std::string_view value) {
    return std::all_of(some.begin(), some.end(),
                       [&](const Matcher* m) { return promql::matches(*m, value); }) &&
           !promql::matches(matcher, value);
  };
  std::vector<std::string> values;
  auto take = [&](const Matcher& m) {
    if (m.op == MatchOp::Equal || m.op == MatchOp::NotEqual) {
      values.push_back(m.value);
    } else if (promql::Regex regex(m.value); regex.problem().empty()) {
      if (auto literals = regex.literals())
        values.insert(values.end(), literals->begin(),
                      literals->begin() +
                          static_cast<std::ptrdiff_t>(std::min(literals->size(), literalsTried)));
    }
  };
  for (const Matcher* m : some) take(*m);
  take(matcher);
  values.insert(values.end(), std::begin(trials), std::end(trials));
  // A series may always have the label, so what only its absence decides decides nothing.
  for (const std::string& value : values)
    if (!value.empty() && decides(value)) return value;
  // One of the matchers says which value it is, even if that is none.
  for (const Matcher* m : some)
    if (m->op == MatchOp::Equal && decides(m->value)) return m->value;
  return std::nullopt;
}

/// What keeps series of one side out of the other.
struct Difference {
  const Matcher* matcher = nullptr; ///< of the total
  const Matcher* own = nullptr; ///< of the numerator: excludes the former; null: it says nothing
  std::string value;            ///< that it lets through
};

std::optional<Difference> difference(const Series& numerator, const Series& total,
                                     bool sameMetric) {
  for (const Matcher& matcher : total.matchers) {
    std::vector<const Matcher*> some;
    bool same = false;
    for (const Matcher& m : numerator.matchers) {
      if (m.label != matcher.label) continue;
      some.push_back(&m);
      same |= m == matcher;
    }
    // Another metric may have other labels: only what both name can be compared.
    if (same || (!sameMetric && some.empty())) continue;
    if (auto value = witness(some, matcher)) {
      const Matcher* own = nullptr;
      for (const Matcher* m : some)
        if (m->op == MatchOp::Equal || !own) own = m;
      return Difference{&matcher, own, *value};
    }
  }
  return std::nullopt;
}

/// Where the numerator and the total stand; in a library both are where the SLO names the SLI.
void pointAtTotal(Finding& finding, const Index& index, const Measure& measure, std::string text) {
  finding.at(placeOf(index.model, measure.sli.entity, attr("total")), std::move(text));
}

void selectorMismatch(const Index& index, const Measure& measure, FindingList& findings) {
  if (!measure.numerator.valid() || !measure.total.valid()) return;
  const model::Model& model = index.model;
  std::string_view word = measure.sli.form == model::Sli::Form::Good ? "good" : "bad";
  source::Range place = placeOf(index, measure, numeratorOf(measure));
  std::string path = model.path(measure.slo);
  if (promql::equal(measure.numerator, measure.total)) {
    Finding& finding = addAbout(index, findings, Check::SliSelectorMismatch, measure.slo, place,
                                fmt::format("`{}` counts every event as {}", path, word),
                                fmt::format("`{}` and `total` are the same", word));
    pointAtTotal(finding, index, measure, "the same");
    finding.because(word == "good"
                        ? "the ratio is 100% whatever happens, and no alert ever fires"
                        : "the ratio is 100% whatever happens, and the alert never ends");
    finding.suggest(fmt::format("select the {} ones only, such as {}", word,
                                word == "good" ? "`code!~\"5..\"`" : "`code=~\"5..\"`"));
    return;
  }
  auto numerator = seriesOf(measure.numerator);
  auto total = seriesOf(measure.total);
  if (!numerator || !total) return;
  bool sameMetric = numerator->metric == total->metric;
  auto found = difference(*numerator, *total, sameMetric);
  if (!found) return;

  std::string asked = promql::print(*found->matcher);
  Finding& finding =
      addAbout(index, findings, Check::SliSelectorMismatch, measure.slo, place,
               fmt::format("`{}` counts {} events that are not among all events", path, word),
               found->own ? fmt::format("those with `{}`", promql::print(*found->own))
                          : fmt::format("whatever `{}` is", found->matcher->label));
  pointAtTotal(finding, index, measure, fmt::format("only those with `{}`", asked));
  MatchOp op = found->matcher->op;
  bool any = !found->own && (op == MatchOp::Equal || op == MatchOp::Regex);
  finding.because(fmt::format(
      "an event with {} is counted by `{}` and not by `total`, so the ratio is no share: it can be "
      "more than 100%, and {}",
      any ? fmt::format("another `{}`", found->matcher->label)
          : quoted(promql::print(Matcher{found->matcher->label, MatchOp::Equal, found->value})),
      word,
      word == "good" ? "failures disappear behind what was never counted"
                     : "the budget is spent on what was never counted"));
  std::vector<Matcher> mended = numerator->matchers;
  mended.insert(mended.end(), numerator->bounds.begin(), numerator->bounds.end());
  mended.push_back(*found->matcher);
  if (found->own)
    finding.suggest(
        fmt::format("let both have the same matcher of `{}`, or only matchers under which "
                    "every {} event is one of all",
                    found->matcher->label, word));
  else
    finding.suggest(fmt::format("select the same in both: {} = `{}{}`", word, numerator->written,
                                promql::print(mended)));
  if (sameMetric) return;
  finding.severity = diagnostics::Severity::Warning;
  finding.suggest(
      "if one is counted where the other is passed on to, so that both do count the same "
      "events, accept this with that reason");
}

} // namespace

void checkSeries(const Index& index, std::span<const std::optional<Measure>> measures,
                 FindingList& findings) {
  for (const auto& measure : measures)
    if (measure) selectorMismatch(index, *measure, findings);
}

} // namespace relc::analysis
