// `absent`, and selections of a few series: REL4010, REL4012.

#include "compiler/analysis/expressions.h"
#include "compiler/promql/operators.h"
#include "compiler/promql/regex.h"

#include <fmt/format.h>

#include <algorithm>

namespace relc::analysis {
namespace {

using promql::AggregateOp;
using promql::Aggregation;
using promql::Binary;
using promql::BinaryOp;
using promql::Branch;
using promql::Call;
using promql::MatcherItem;
using promql::MatchOp;
using promql::NodeId;
using promql::Selector;
using promql::TextRange;

bool selectsFew(AggregateOp op) {
  return op == AggregateOp::Topk || op == AggregateOp::Bottomk || op == AggregateOp::Limitk ||
         op == AggregateOp::LimitRatio;
}

// --- REL4010 -------------------------------------------------------------------------------------

bool isAbsent(const Call& call) {
  return call.name == "absent" || call.name == "absent_over_time";
}

void absentOfSomething(const Expression& e, const Call& call, NodeId argument) {
  const auto branches = e.flow.at(argument);
  const auto sure = std::find_if(branches.begin(), branches.end(),
                                 [](const Branch& b) { return b.alwaysReturns; });
  if (sure == branches.end()) return;
  Finding& finding = e.find(Check::AbsentIdiom, call.nameRange,
                            fmt::format("`{}` of something that is always there", call.name));
  finding.label("never has a result");
  if (sure->source.valid())
    e.show(finding, e.node(sure->source).range, "returns something whatever the data");
  finding.because(fmt::format("`{}` has a result only while its argument has none", call.name));
  finding.suggest("ask for the series itself: `absent(up{job=\"…\"})`");
  e.conclude(finding);
}

/// `absent(up{job=~"a|b"})` is silent as long as one of them is there.
void absentOfSeveral(const Expression& e, NodeId self, const Call& call, NodeId argument) {
  NodeId inner = argument;
  if (const auto* ranged = e.node(inner).as<promql::RangeSelector>()) inner = ranged->selector;
  const auto* selector = e.node(inner).as<Selector>();
  if (!selector) return;
  constexpr size_t mostToList = 6;
  for (const MatcherItem& item : e.expr.get(selector->matchers)) {
    if (item.kind != MatcherItem::Kind::Matcher || item.matcher.op != MatchOp::Regex) continue;
    const promql::Regex regex(item.matcher.value);
    const auto values = regex.problem().empty() ? regex.literals() : std::nullopt;
    if (!values || values->size() < 2) continue;
    Finding& finding =
        e.find(Check::AbsentIdiom, item.range,
               fmt::format("`{}` is silent as long as one of {} values of `{}` is there", call.name,
                           values->size(), item.matcher.label));
    finding.label("any of these is enough");
    e.show(finding, call.nameRange, "has a result only if nothing at all is selected");
    finding.because(fmt::format("when all but one are gone, nobody is told; and the result has no "
                                "label `{}`, since that is known from `=` only",
                                item.matcher.label));
    if (values->size() > mostToList) {
      finding.suggest("ask for each of them, or count those that are there");
      return;
    }
    std::string better;
    const TextRange whole = e.node(self).range;
    for (const std::string& value : *values)
      better += fmt::format("{}{}{}={}{}", better.empty() ? "" : " or ",
                            e.expr.text({whole.begin, item.range.begin}), item.matcher.label,
                            promql::quote(value), e.expr.text({item.range.end, whole.end}));
    const NodeId parent = e.parent(self);
    const bool alone = !parent.valid() || e.node(parent).as<promql::Paren>();
    finding.suggest(fmt::format("ask for each of them: `{}`", better));
    e.fix(finding, "ask for each of them", {{whole, alone ? better : fmt::format("({})", better)}});
    return;
  }
}

/// `absent(sum(up{job="a"}))`: there is a sum as long as there is a series, so it adds nothing; but
/// `absent` takes labels from a plain selector only.
void absentOfAggregate(const Expression& e, const Call& call, NodeId argument) {
  const auto* aggregation = e.node(argument).as<Aggregation>();
  const auto* selector =
      aggregation ? e.node(e.bare(aggregation->expression)).as<Selector>() : nullptr;
  if (!selector || selectsFew(aggregation->op)) return;
  const auto items = e.expr.get(selector->matchers);
  const auto known = std::find_if(items.begin(), items.end(), [](const MatcherItem& item) {
    return item.kind == MatcherItem::Kind::Matcher && item.matcher.op == MatchOp::Equal &&
           !item.matcher.value.empty() && item.matcher.label != promql::metricNameLabel;
  });
  if (known == items.end()) return;
  const std::string_view op = e.expr.text(aggregation->opRange);
  Finding& finding = e.find(Check::AbsentIdiom, aggregation->opRange,
                            fmt::format("`{}` inside of `{}` only loses labels", op, call.name));
  finding.severity = diagnostics::Severity::Note;
  finding.label("there is one as long as there is a series");
  e.show(finding, known->range,
         fmt::format("`{}` would be a label of the result", known->matcher.label));
  finding.because(
      fmt::format("`{}` takes the labels of its result from the `=` matchers of a plain "
                  "selector; alerts are grouped and silenced by them",
                  call.name));
  const std::string plain(e.expr.text(e.node(aggregation->expression).range));
  finding.suggest(fmt::format("write `{}({})`", call.name, plain));
  e.fix(finding, fmt::format("take `{}` away", op), {{e.node(argument).range, plain}});
}

/// A condition that is true as soon as one scrape has failed.
void absentAtOnce(const Expression& e) {
  if (e.site.role != Role::Condition) return;
  const model::Model& model = e.index.model;
  const model::Decimal interval = model::scrapeInterval(model);
  const auto least = model::multiply(2, interval);
  const auto waits = model.duration(e.site.about, attr("for"));
  if (!least || (waits && *waits >= *least)) return;
  const auto branches = e.flow.result();
  const auto found = std::find_if(branches.begin(), branches.end(), [&](const Branch& b) {
    const auto* call = b.source.valid() ? e.node(b.source).as<Call>() : nullptr;
    return call && call->name == "absent" && !b.dead;
  });
  if (found == branches.end()) return;
  const model::Attribute* given = model.attribute(e.site.about, attr("for"));
  Finding& finding = e.find(Check::AbsentIdiom, e.node(found->source).as<Call>()->nameRange,
                            "`absent` fires as soon as nothing has been scraped");
  finding.label(given ? "true when Prometheus starts, too" : "and the alert has no `for`");
  if (given)
    finding.at(given->value.range,
               fmt::format("shorter than two scrape intervals, {}", model::formatDuration(*least)));
  finding.because(
      "after a restart of Prometheus, or of what it scrapes, there is nothing until the "
      "first scrape: each of them would tell somebody");
  const auto better = model::multiply(10, interval);
  const std::string text = better ? model::formatDuration(*better) : "5m";
  finding.suggest(fmt::format("wait for some scrapes: `for = {}`", text));
  if (given) finding.fix(fmt::format("wait {}", text), {{given->value.range, text}});
}

// --- REL4012 -------------------------------------------------------------------------------------

/// The aggregations whose series are those of the result.
std::vector<NodeId> selections(const Expression& e) {
  std::vector<NodeId> found;
  std::vector<NodeId> todo = {e.expr.root()};
  while (!todo.empty()) {
    const NodeId at = e.bare(todo.back());
    todo.pop_back();
    const promql::Node& node = e.node(at);
    if (node.type == promql::ValueType::Scalar) continue;
    if (const auto* unary = node.as<promql::Unary>()) todo.push_back(unary->operand);
    if (const auto* call = node.as<Call>())
      for (const NodeId argument : e.expr.get(call->arguments))
        if (e.node(argument).type == promql::ValueType::Vector && !isAbsent(*call))
          todo.push_back(argument);
    const auto* aggregation = node.as<Aggregation>();
    if (aggregation && selectsFew(aggregation->op)) found.push_back(at);
    const auto* binary = node.as<Binary>();
    if (!binary) continue;
    const bool filters = binary->op == BinaryOp::And || binary->op == BinaryOp::Unless;
    if (binary->grouping != Binary::Grouping::Right) todo.push_back(binary->left);
    if (binary->grouping != Binary::Grouping::Left && !filters) todo.push_back(binary->right);
  }
  return found;
}

void selection(const Expression& e, NodeId self) {
  const auto& a = *e.node(self).as<Aggregation>();
  const auto shares = e.flow.at(a.parameter);
  const auto k = shares.empty() ? std::nullopt : shares.front().values.constant();
  // The one of each group: how duplicates are taken out.
  if (a.grouping != Aggregation::Grouping::None && k == 1) return;
  const std::string_view op = e.expr.text(a.opRange);
  Finding& finding =
      e.find(Check::TopkInAlert, a.opRange, fmt::format("`{}` in the condition of an alert", op));
  finding.label("which series these are changes from one moment to the next");
  finding.because("an alert belongs to a series: when another one takes its place, the first alert "
                  "ends and a new one begins its `for` again, although nothing has got better");
  const std::string inner = e.quote(a.expression);
  finding.suggest(fmt::format("compare all of them, {}, or put them together, `max({})`", inner,
                              inner.substr(1, inner.size() - 2)));
  const NodeId bare = e.bare(a.expression);
  if (a.grouping != Aggregation::Grouping::None) return;
  const std::string text(e.expr.text(e.node(a.expression).range));
  e.fix(finding, fmt::format("compare all of them, without `{}`", op),
        {{e.node(self).range,
          e.node(bare).as<Binary>() && bare == a.expression ? "(" + text + ")" : text}});
}

} // namespace

void checkAbsence(const Expression& e) {
  const auto nodes = e.expr.nodes();
  for (uint32_t i = 0; i < nodes.size(); ++i) {
    const auto* call = nodes[i].as<Call>();
    if (!call || !isAbsent(*call) || call->arguments.count != 1) continue;
    const NodeId argument = e.bare(e.expr.get(call->arguments)[0]);
    absentOfSomething(e, *call, argument);
    absentOfSeveral(e, {i}, *call, argument);
    absentOfAggregate(e, *call, argument);
  }
  absentAtOnce(e);
}

void checkSelection(const Expression& e) {
  if (e.site.role != Role::Condition) return;
  for (const NodeId node : selections(e)) selection(e, node);
}

} // namespace relc::analysis
