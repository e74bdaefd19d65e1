// Which series an SLI reads: REL2011, REL2015. What cannot be proven is not judged.

#include "compiler/analysis/families.h"
#include "compiler/analysis/measure.h"
#include "compiler/analysis/wording.h"
#include "compiler/promql/label_flow.h"
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

// --- REL2015 -------------------------------------------------------------------------------------

/// Labels that come with a target or from the server, by what everybody calls them: no program has
/// to declare them.
constexpr std::string_view targetLabels[] = {
    "job",       "instance",    "cluster", "region",  "zone",      "datacenter",
    "dc",        "environment", "env",     "stage",   "namespace", "pod",
    "container", "node",        "host",    "service", "endpoint",  "prometheus",
    "replica",   "shard",       "app",     "tenant",  "team",      "site"};

class Labels {
public:
  explicit Labels(const Index& index) : index_(index) {
    const model::Model& model = index.model;
    prometheus_ = model.block(model.system, Kind::prometheus);
    for (EntityId telemetry : index.of(Kind::telemetry))
      if (const model::Attribute* a = model.attribute(telemetry, attr("selector")))
        if (const auto* ref = a->value.as<model::SelectorRef>())
          for (const Matcher& m : model.selectors[ref->index]) known_.push_back(m.label);
    known_.insert(known_.end(), std::begin(targetLabels), std::end(targetLabels));
  }

  void check(const Measure& measure, FindingList& findings) const {
    for (const model::Value& value : index_.model.listOf(measure.slo, attr("per")))
      label(measure, value, true, findings);
    for (const model::Value& value : index_.model.listOf(prometheus_, attr("scope_labels")))
      label(measure, value, false, findings);
  }

private:
  const Index& index_;
  EntityId prometheus_;
  std::vector<std::string> known_;

  void label(const Measure& measure, const model::Value& value, bool own,
             FindingList& findings) const {
    const auto* name = value.as<model::Label>();
    if (!name) return;
    for (auto [query, attribute] : {std::pair(measure.sli.numerator, numeratorOf(measure)),
                                    std::pair(measure.sli.total, attr("total"))}) {
      if (!query) continue;
      promql::LabelFlow flow(query->expr);
      const promql::LabelFact fact = flow.label(name->text);
      if (!own && index_.inLibrary(index_.model[measure.sli.entity].range)) continue;
      if (fact.presence == promql::Presence::Excluded && !flow.result().empty()) {
        dropped(measure, value.range, name->text, own, *query, attribute, fact, findings);
        return;
      }
    }
    if (own) undeclared(measure, value.range, name->text, findings);
  }

  void dropped(const Measure& measure, source::Range place, std::string_view name, bool own,
               const model::Query& query, model::NameId attribute, const promql::LabelFact& fact,
               FindingList& findings) const {
    const model::Model& model = index_.model;
    // A library's text is shown whole; where values were put in, positions are not those of the
    // file.
    source::Range reason = placeOf(model, measure.sli.entity, attribute);
    if (!query.instantiated)
      reason = {query.file, query.textBegin + fact.reason.range.begin,
                query.textBegin + fact.reason.range.end};
    Finding& finding =
        addAbout(index_, findings, Check::PerLabelMissing, measure.slo, own ? place : reason,
                 fmt::format("`{}` is kept for each `{}`, which its events do not have",
                             model.path(measure.slo), name),
                 own ? "one budget for each" : std::string(fact.reason.text));
    if (own) {
      finding.at(reason, std::string(fact.reason.text));
    } else {
      finding.severity = diagnostics::Severity::Warning;
      finding.at(place, "every SLO is kept for each of its values");
    }
    finding.because(fmt::format(
        "without the label all events are one, and there is one budget, under no `{}`: what goes "
        "wrong at one of them disappears among the others",
        name));
    using Form = model::Sli::Form;
    Form form = measure.sli.form;
    bool counts = form == Form::Good || form == Form::Bad;
    finding.suggest(
        fmt::format("keep the label, such as `{} by ({}) (…)`{}", counts ? "sum" : "max", name,
                    counts ? ", or write the counter alone: the rules sum it by what is "
                             "asked for"
                           : ""));
  }

  void undeclared(const Measure& measure, source::Range place, std::string_view name,
                  FindingList& findings) const {
    const model::Model& model = index_.model;
    if (std::find(known_.begin(), known_.end(), name) != known_.end()) return;
    for (const model::Value& value : model.listOf(prometheus_, attr("scope_labels")))
      if (const auto* scope = value.as<model::Label>(); scope && scope->text == name) return;
    for (const std::string& metric : measure.metrics) {
      EntityId declared = declarationOf(model, metric);
      if (!declared.valid() || !model.has(declared, attr("labels"))) continue;
      std::vector<std::string> has;
      for (const model::Value& value : model.listOf(declared, attr("labels")))
        if (const auto* label = value.as<model::Label>()) has.emplace_back(label->text);
      if (std::find(has.begin(), has.end(), name) != has.end()) continue;
      Finding& finding = addAbout(
          index_, findings, Check::PerLabelMissing, measure.slo, place,
          fmt::format("`{}` is kept for each `{}`, a label that `{}` is not declared to have",
                      model.path(measure.slo), name, metric),
          "one budget for each");
      finding.severity = diagnostics::Severity::Warning;
      finding.at(placeOf(model, declared, attr("labels")), "its labels");
      finding.because(
          "of a label that no series has the rules make one budget under no value: what "
          "goes wrong at one of them disappears among the others");
      if (!has.empty()) finding.suggest(fmt::format("it has {}", listed(has)));
      finding.suggest(
          fmt::format("if it has this one, too, declare it: `labels` of metric `{}`; if "
                      "all that the server scrapes has it, it is one of `scope_labels`",
                      model[declared].name));
      return;
    }
  }
};

} // namespace

void checkSeries(const Index& index, std::span<const std::optional<Measure>> measures,
                 FindingList& findings) {
  const Labels labels(index);
  for (const auto& measure : measures) {
    if (!measure) continue;
    selectorMismatch(index, *measure, findings);
    labels.check(*measure, findings);
  }
}

} // namespace relc::analysis
