// Label matchers: REL4013, REL4014, REL4018.

#include "compiler/analysis/expressions.h"
#include "compiler/promql/regex.h"

#include <fmt/format.h>

#include <algorithm>

namespace relc::analysis {
namespace {

using promql::MatcherItem;
using promql::MatchOp;
using promql::TextRange;

bool isPattern(const MatcherItem& item) {
  return item.kind == MatcherItem::Kind::Matcher &&
         (item.matcher.op == MatchOp::Regex || item.matcher.op == MatchOp::NotRegex);
}

// --- REL4014 -------------------------------------------------------------------------------------

/// The pattern without `^` in front and `$` behind, which Prometheus adds to all of it.
std::string_view withoutAnchors(std::string_view pattern) {
  const bool choice = pattern.find('|') != pattern.npos; // `^a|b$`: each anchors one side only
  if (pattern.starts_with('^') && !choice) pattern.remove_prefix(1);
  size_t escapes = 0;
  while (pattern.size() > 1 + escapes && pattern[pattern.size() - 2 - escapes] == '\\') ++escapes;
  if (pattern.ends_with('$') && escapes % 2 == 0 && !choice) pattern.remove_suffix(1);
  return pattern;
}

bool redundantAnchor(const Expression& e, const MatcherItem& item) {
  const std::string_view better = withoutAnchors(item.matcher.value);
  if (better.size() == item.matcher.value.size()) return false;
  Finding& finding =
      e.find(Check::RedundantAnchor, item.valueRange,
             fmt::format("the anchors of {} change nothing", e.quote(item.valueRange)));
  finding.label("fits the whole value anyway");
  finding.because(
      "Prometheus anchors every pattern of a matcher at both ends; who reads the anchors "
      "takes patterns without them for parts of a value");
  const bool plain =
      promql::Regex(better).literals().value_or(std::vector<std::string>{}).size() == 1;
  const std::string op = item.matcher.op == MatchOp::Regex ? (plain ? "=" : "=~")
                         : plain                           ? "!="
                                                           : "!~";
  const std::string text = plain ? promql::Regex(better).literals()->front() : std::string(better);
  const std::string written =
      fmt::format("{}{}{}", e.expr.text(item.labelRange), op, promql::quote(text));
  finding.suggest(fmt::format("write `{}`", written));
  e.fix(finding, fmt::format("write `{}`", written), {{item.range, written}});
  return true;
}

// --- REL4013 -------------------------------------------------------------------------------------

void regexWithoutNeed(const Expression& e, const MatcherItem& item) {
  const bool wanted = item.matcher.op == MatchOp::Regex;
  if (item.matcher.value == ".*" && !wanted) return; // REL4017: selects nothing
  if (item.matcher.value == ".*") {
    Finding& finding = e.find(Check::RegexWithoutNeed, item.range,
                              fmt::format("{} is true of all series", e.quote(item.range)));
    finding.label("filters nothing");
    finding.because(
        "`.*` fits every value, and none: it does not even ask whether the label is there");
    finding.suggest(fmt::format("take it away; for series that have the label write `{}!=\"\"`",
                                item.matcher.label));
    return;
  }
  const promql::Regex regex(item.matcher.value);
  const auto values = regex.problem().empty() ? regex.literals() : std::nullopt;
  if (!values || values->size() != 1) return;
  const std::string written = fmt::format("{}{}{}", e.expr.text(item.labelRange),
                                          wanted ? "=" : "!=", promql::quote(values->front()));
  Finding& finding = e.find(Check::RegexWithoutNeed, item.range,
                            fmt::format("{} is a plain string", e.quote(item.valueRange)));
  finding.label("no pattern");
  finding.because(
      "a reader looks for the other values that it might fit; and results such as those "
      "of `absent` know a label from `=` only");
  finding.suggest(fmt::format("write `{}`", written));
  e.fix(finding, fmt::format("write `{}`", written), {{item.range, written}});
}

// --- REL4018 -------------------------------------------------------------------------------------

bool isInteger(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// `1` → `1.0`, `1.0` → `1`; empty for what both versions write the same.
std::string otherSpelling(std::string_view value) {
  if (isInteger(value)) return std::string(value) + ".0";
  if (value.ends_with(".0") && isInteger(value.substr(0, value.size() - 2)))
    return std::string(value.substr(0, value.size() - 2));
  return {};
}

void leSpelling(const Expression& e, std::string_view metric, const MatcherItem& item) {
  const bool equality = item.kind == MatcherItem::Kind::Matcher &&
                        (item.matcher.op == MatchOp::Equal || item.matcher.op == MatchOp::NotEqual);
  const bool bucket = item.matcher.label == "le" && metric.ends_with("_bucket");
  const Catalogue::Series* series = e.catalogue.find(metric);
  const bool summary =
      item.matcher.label == "quantile" && series && series->kind == promql::MetricKind::Summary;
  if (!equality || (!bucket && !summary)) return;
  const std::string& value = item.matcher.value;
  const std::string other = otherSpelling(value);
  if (other.empty()) return;
  const bool integer = isInteger(value);
  const bool three = e.target >= promql::Version{3, 0};
  // Before 3.0 each client library had its way: `1.0` was that of some.
  if (!integer && three) return;
  Finding& finding = e.find(
      Check::LeSpelling, item.range,
      integer ? fmt::format("Prometheus 3 stores the {} as `{}`, not as `{}`",
                            bucket ? "boundary" : "quantile", other, value)
              : fmt::format("Prometheus 2 stores the {} as `{}` if the exporter writes it so",
                            bucket ? "boundary" : "quantile", other));
  if (!three) finding.severity = diagnostics::Severity::Note;
  finding.label(three ? "selects nothing that was scraped" : "fits one version only");
  finding.because(
      "from 3.0 on the values of `le` and `quantile` are written as floating-point "
      "numbers when they are scraped; before, they were kept as the exporter wrote them");
  const std::string number = integer ? value : other;
  const std::string written =
      fmt::format("{}{}{}", item.matcher.label, item.matcher.op == MatchOp::Equal ? "=~" : "!~",
                  promql::quote(number + "(\\.0)?"));
  finding.suggest(fmt::format("write `{}`, which fits both", written));
  e.fix(finding, fmt::format("write `{}`", written), {{item.range, written}});
}

} // namespace

void checkPatterns(const Expression& e) {
  // What was put in for a parameter is a pattern only sometimes.
  if (!e.site.exact) return;
  for (const MatcherItem& item : e.expr.allMatchers())
    if (isPattern(item) && !redundantAnchor(e, item)) regexWithoutNeed(e, item);
}

void checkBoundaries(const Expression& e) {
  if (e.site.role == Role::Events) return; // REL2010 knows the threshold as well
  const auto nodes = e.expr.nodes();
  for (uint32_t i = 0; i < nodes.size(); ++i)
    if (const auto* selector = nodes[i].as<promql::Selector>())
      for (const MatcherItem& item : e.expr.get(selector->matchers))
        leSpelling(e, e.metricOf({i}), item);
}

} // namespace relc::analysis
