// Which PromQL is judged, where its findings stand, and by which checks: REL4004 to REL4020,
// REL3012, REL3013, REL3019.

#include "compiler/analysis/expressions.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace relc::analysis {

using promql::NodeId;
using promql::TextRange;

namespace {

/// In this order: what explains why an expression never returns anything comes before the check
/// that says so of those that nothing has explained.
constexpr void (*checks[])(const Expression&) = {
    checkNames,      checkRates,    checkRanges,    checkQuantiles, checkMatching,
    checkGrouping,   checkAbsence,  checkSelection, checkDivisions, checkPatterns,
    checkBoundaries, checkOutcomes, checkCondition,
};

/// Of what a whole expression has come to with its values, more is not shown.
constexpr size_t longestShown = 400;

/// Findings of one check in one expression, as many as the parser has errors.
constexpr size_t mostOfOne = promql::maxErrors;

/// Expressions of more nodes are not written by people, and not judged: some checks compare nodes
/// with one another.
constexpr size_t mostNodes = 2000;

} // namespace

// --- an expression -------------------------------------------------------------------------------

Expression::Expression(const Index& i, const Catalogue& c, const Site& s, const promql::Expr& x,
                       const promql::Options& options, FindingList& findings)
    : index(i), catalogue(c), site(s), expr(x), target(options.target),
      flowOptions(c.flowOptions(x, options.target)), flow(x, flowOptions), findings_(findings),
      parents_(promql::parents(x)) {
  const auto result = flow.result();
  neverReturns_ = !result.empty() && std::all_of(result.begin(), result.end(),
                                                 [](const auto& branch) { return branch.dead; });
}

NodeId Expression::bare(NodeId node) const {
  while (const auto* paren = expr.node(node).as<promql::Paren>()) node = paren->inner;
  return node;
}

std::string_view Expression::metricOf(NodeId id) const {
  const promql::Node& node = expr.node(id);
  if (const auto* ranged = node.as<promql::RangeSelector>()) return metricOf(ranged->selector);
  const auto* selector = node.as<promql::Selector>();
  if (!selector) return {};
  if (!selector->metric.empty()) return selector->metric;
  for (const promql::MatcherItem& item : expr.get(selector->matchers))
    if (item.kind == promql::MatcherItem::Kind::Matcher &&
        item.matcher.label == promql::metricNameLabel && item.matcher.op == promql::MatchOp::Equal)
      return item.matcher.value;
  return {};
}

std::string Expression::quote(TextRange range, size_t longest) const {
  std::string out;
  for (const char c : expr.text(range)) {
    const bool blank = c == ' ' || c == '\n' || c == '\t' || c == '\r';
    if (!blank)
      out += c;
    else if (!out.empty() && out.back() != ' ')
      out += ' ';
    if (out.size() > longest) break;
  }
  if (out.size() <= longest) return fmt::format("`{}`", out);
  size_t end = longest - 2;
  while (end > 0 && (static_cast<unsigned char>(out[end]) & 0xC0U) == 0x80U) --end;
  return fmt::format("`{}…`", out.substr(0, end));
}

Expression::Edits Expression::toKeep(std::string_view label, TextRange token) const {
  using promql::Aggregation;
  for (const promql::Node& node : expr.nodes()) {
    const auto* a = node.as<Aggregation>();
    if (!a) continue;
    if (a->grouping == Aggregation::Grouping::By && a->groupingRange == token)
      return {{{token.end - 1, token.end - 1},
               fmt::format("{}{}", a->labels.empty() ? "" : ", ", label)}};
    if (a->grouping == Aggregation::Grouping::None && a->opRange == token)
      return {{{token.end, token.end}, fmt::format(" by ({}) ", label)}};
  }
  return {};
}

source::Range Expression::rangeOf(TextRange place) const {
  if (!site.exact) return site.whole;
  return {site.file, site.textBegin + place.begin, site.textBegin + place.end};
}

Finding& Expression::find(Check check, TextRange place, std::string message) const {
  Finding& finding = findings_.add(check, rangeOf(place), std::move(message));
  finding.about(site.about.index);
  if (site.exact) return finding;
  if (site.from.valid()) finding.at(site.from, "the expression");
  finding.because(fmt::format("with its values the expression is {}",
                              quote(node(expr.root()).range, longestShown)));
  return finding;
}

void Expression::show(Finding& finding, TextRange place, std::string_view text) const {
  if (site.exact)
    finding.at(rangeOf(place), std::string(text));
  else
    finding.because(fmt::format("{}: {}", quote(place), text));
}

void Expression::fix(Finding& finding, std::string title, const Edits& edits) const {
  if (!site.exact) return;
  std::vector<diagnostics::Edit> placed;
  for (const auto& [place, text] : edits) placed.push_back({rangeOf(place), text});
  finding.fix(std::move(title), std::move(placed));
}

void Expression::conclude(Finding& finding) const {
  if (!neverReturns_) return;
  explained_ = true;
  finding.severity = diagnostics::Severity::Error;
  finding.because(site.role == Role::Condition
                      ? "nothing else can make the condition true: the alert never fires"
                      : "so the whole expression never has a value, and nothing is measured");
}

std::string shownMilliseconds(int64_t milliseconds) {
  return fmt::format("`{}`", promql::formatDuration(milliseconds));
}

std::string lostHere(const promql::LabelFact& fact, std::string_view label) {
  return fmt::format("`{}` goes here: {}", label, fact.reason.text);
}

// --- all expressions -----------------------------------------------------------------------------

namespace {

class Judge {
public:
  Judge(const Index& index, FindingList& findings)
      : index_(index), findings_(findings), catalogue_(index.model),
        options_(model::promqlOf(index.model)) {
    for (const model::Entity& e : index.model.entities)
      if (!e.module.empty() && e.range.valid()) libraries_.insert(e.range.file);
  }

  void alert(EntityId id) {
    const model::Attribute* when = index_.model.attribute(id, attr("when"));
    const model::Query* query = index_.model.query(id, attr("when"));
    if (!query || !query->expr.valid()) return;
    const model::Entity& e = index_.model[id];
    Expression::Site site{id,    Role::Condition, when->value.range, {},
                          false, query->file,     query->textBegin};
    if (libraries_.contains(query->file) && e.appliedAt.valid()) {
      site.from = site.whole;
      site.whole = e.appliedAt;
    } else {
      site.exact = !query->instantiated;
    }
    judge(site, query->expr);
  }

  /// The parts of an sli as they are written, whatever its parameters will be.
  void sli(EntityId id) {
    if (index_.model[id].broken) return;
    for (const Part& part : parts) {
      const model::Attribute* attribute = index_.model.attribute(id, part.name);
      const model::Query* query = index_.model.query(id, part.name);
      if (!query || !query->expr.valid() || libraries_.contains(query->file)) continue;
      const size_t known = findings_.size();
      judge({id,
             part.role,
             attribute->value.range,
             {},
             !query->instantiated,
             query->file,
             query->textBegin},
            query->expr);
      for (size_t i = known; i < findings_.size(); ++i)
        said_.emplace(query, findings_.all()[i].check);
    }
  }

  /// The sli of an SLO with what its parameters are: what was not said of the sli itself.
  void promise(EntityId slo) {
    const model::Attribute* attribute = index_.model.attribute(slo, attr("sli"));
    const auto sli = model::sliOf(index_.model, slo);
    if (!attribute || !sli || index_.model[slo].broken) return;
    promql::Bindings bindings = sli->bindings;
    bindings.emplace("window", promql::Milliseconds{usualWindow});
    for (const Part& part : parts) {
      const model::Query* query = index_.model.query(sli->entity, part.name);
      if (!query || !query->expr.valid()) continue;
      std::pair<const model::Query*, std::string> shape(query, shapeOf(query->expr, bindings));
      if (fine_.contains(shape)) continue;
      const auto bound = promql::instantiate(query->expr, bindings, promql::Unbound::Keep);
      if (!bound.ok()) continue;
      const auto parsed = promql::parse(bound.text, options_);
      if (!parsed.ok()) continue;
      const size_t known = findings_.size();
      judge({slo, part.role, attribute->value.range, {}, false, query->file, 0}, parsed.expr);
      auto& all = findings_.all();
      all.erase(std::remove_if(all.begin() + static_cast<std::ptrdiff_t>(known), all.end(),
                               [&](const Finding& f) { return said_.contains({query, f.check}); }),
                all.end());
      if (all.size() == known) fine_.insert(std::move(shape));
    }
  }

private:
  struct Part {
    model::NameId name;
    Role role;
  };
  static constexpr Part parts[] = {
      {attr("good"), Role::Events},     {attr("bad"), Role::Events},
      {attr("total"), Role::Events},    {attr("histogram"), Role::Histogram},
      {attr("good_when"), Role::Slice}, {attr("timestamp"), Role::Value},
      {attr("ratio"), Role::Value},
  };
  /// Five minutes: whether the windows of a burn policy are long enough is REL2007's.
  static constexpr int64_t usualWindow = 300'000;

  const Index& index_;
  FindingList& findings_;
  Catalogue catalogue_;
  promql::Options options_;
  std::set<source::FileId> libraries_;
  std::set<std::pair<const model::Query*, Check>> said_;
  std::set<std::pair<const model::Query*, std::string>> fine_; ///< shapes without a finding

  /// What matters of the bindings of an sli: thousands of SLOs differ in the value of `job` alone.
  static std::string shapeOf(const promql::Expr& expr, const promql::Bindings& bindings) {
    std::string shape;
    const auto valueMatters = [&](const std::string& label) {
      const auto items = expr.allMatchers();
      return label == "le" || label == "quantile" ||
             std::any_of(items.begin(), items.end(),
                         [&](const auto& item) { return item.matcher.label == label; });
    };
    for (const auto& [name, binding] : bindings) {
      shape += name + ':';
      if (const auto* matchers = std::get_if<std::vector<promql::Matcher>>(&binding)) {
        for (const promql::Matcher& m : *matchers) {
          shape += m.label + std::string(promql::toString(m.op));
          if (valueMatters(m.label)) shape += promql::quote(m.value);
          shape += ',';
        }
      } else if (const auto* text = std::get_if<std::string>(&binding)) {
        shape += *text;
      } else if (const auto* number = std::get_if<double>(&binding)) {
        shape += promql::formatNumber(*number);
      } else if (const auto* length = std::get_if<promql::Milliseconds>(&binding)) {
        shape += std::to_string(length->value);
      } else if (const auto* labels = std::get_if<promql::LabelNames>(&binding)) {
        for (const std::string& label : labels->names) shape += label + ',';
      }
      shape += ';';
    }
    return shape;
  }

  void judge(const Expression::Site& site, const promql::Expr& expr) {
    if (expr.nodes().size() > mostNodes) return;
    const Expression expression(index_, catalogue_, site, expr, options_, findings_);
    const size_t known = findings_.size();
    for (const auto check : checks) check(expression);
    // One expression with thousands of mistakes says enough with the first of each sort.
    std::map<Check, size_t> count;
    auto& all = findings_.all();
    all.erase(std::remove_if(all.begin() + static_cast<std::ptrdiff_t>(known), all.end(),
                             [&](const Finding& f) { return ++count[f.check] > mostOfOne; }),
              all.end());
  }
};

} // namespace

void checkExpressions(const Index& index, FindingList& findings) {
  Judge judge(index, findings);
  for (EntityId id : index.of(Kind::alert)) judge.alert(id);
  for (EntityId id : index.of(Kind::sli)) judge.sli(id);
  for (const Promise& promise : index.promises) judge.promise(promise.slo);
}

} // namespace relc::analysis
