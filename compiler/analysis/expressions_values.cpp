// Values: NaN that spoils a sum, and comparisons whose outcome is known. REL4011, REL4017.

#include "compiler/analysis/expressions.h"
#include "compiler/promql/operators.h"

#include <fmt/format.h>

#include <algorithm>

namespace relc::analysis {
namespace {

using promql::AggregateOp;
using promql::Aggregation;
using promql::Binary;
using promql::BinaryOp;
using promql::Bounds;
using promql::Branch;
using promql::Call;
using promql::NodeId;
using promql::OperatorFamily;
using promql::Selector;
using promql::Verdict;

// --- REL4011 -------------------------------------------------------------------------------------

/// The values of a node, over all branches that can return something.
Bounds valuesOf(const Expression& e, NodeId node) {
  std::optional<Bounds> all;
  for (const Branch& branch : e.flow.at(node))
    if (!branch.dead) all = all ? promql::hull(*all, branch.values) : branch.values;
  return all.value_or(Bounds{});
}

/// Is it zero whenever nothing happens? So is a rate, or a sum of rates; of a gauge such as the
/// size of a disk nobody knows.
bool isIdleAtTimes(const Expression& e, NodeId divisor) {
  std::vector<NodeId> todo = {divisor};
  while (!todo.empty()) {
    const NodeId at = e.bare(todo.back());
    todo.pop_back();
    const promql::Node& node = e.node(at);
    if (const auto* call = node.as<Call>()) {
      constexpr std::string_view rates[] = {"rate", "increase", "irate"};
      if (std::find(std::begin(rates), std::end(rates), call->name) != std::end(rates)) return true;
      continue;
    }
    if (const auto* aggregation = node.as<Aggregation>();
        aggregation && aggregation->op == AggregateOp::Sum)
      todo.push_back(aggregation->expression);
    if (const auto* binary = node.as<Binary>(); binary && binary->op == BinaryOp::Add) {
      // A sum of several is idle only if all are.
      todo.push_back(binary->left);
    }
  }
  return false;
}

/// The division inside a node by which NaN gets into its values.
const Binary* poison(const Expression& e, NodeId node) {
  std::vector<NodeId> todo = {node};
  while (!todo.empty()) {
    const NodeId at = e.bare(todo.back());
    todo.pop_back();
    if (e.node(at).type == promql::ValueType::Scalar) continue;
    if (const auto* unary = e.node(at).as<promql::Unary>()) todo.push_back(unary->operand);
    const auto* binary = e.node(at).as<Binary>();
    if (!binary || promql::row(binary->op).family != OperatorFamily::Arithmetic) continue;
    const bool divides = binary->op == BinaryOp::Divide || binary->op == BinaryOp::Modulo;
    if (divides && valuesOf(e, binary->right).contains(0) && isIdleAtTimes(e, binary->right))
      return binary;
    todo.push_back(binary->left);
    todo.push_back(binary->right);
  }
  return nullptr;
}

void nanPoison(const Expression& e, NodeId inside, promql::TextRange token, std::string_view name) {
  const Binary* division = poison(e, inside);
  if (!division) return;
  Finding& finding =
      e.find(Check::NanPoison, division->opRange,
             fmt::format("one series without traffic makes the whole `{}` NaN", name));
  finding.label("0/0 is NaN");
  e.show(finding, e.node(division->right).range, "zero while nothing happens");
  e.show(finding, token, "NaN of one series is NaN of all");
  finding.because(
      "a comparison with NaN is false: the alert ends, or never fires, as long as one of "
      "the series is idle");
  const std::string divisor(e.expr.text(e.node(division->right).range));
  finding.suggest(fmt::format("leave idle series out: `… / ({} > 0)`; or divide the sums: "
                              "`sum(…) / sum(…)`, which also weighs each series by its traffic",
                              divisor));
  e.fix(finding, "leave idle series out",
        {{e.node(division->right).range, fmt::format("({} > 0)", divisor)}});
}

bool isPoisoned(AggregateOp op) {
  return op == AggregateOp::Sum || op == AggregateOp::Avg || op == AggregateOp::Stddev ||
         op == AggregateOp::Stdvar;
}

// --- REL4017 -------------------------------------------------------------------------------------

/// What cannot be is said of the alert if it is all that there is to it.
Check impossible(const Expression& e) {
  return e.neverReturns() && e.site.role == Role::Condition && !e.explained() ? Check::NeverFires
                                                                              : Check::Impossible;
}

std::string shown(const Bounds& values) {
  if (const auto constant = values.constant())
    return fmt::format("always {}", promql::formatNumber(*constant));
  const bool low = values.min > -std::numeric_limits<double>::infinity();
  const bool high = values.max < std::numeric_limits<double>::infinity();
  if (low && high)
    return fmt::format("between {} and {}", promql::formatNumber(values.min),
                       promql::formatNumber(values.max));
  if (low)
    return fmt::format("{} {}", values.minOpen ? "above" : "at least",
                       promql::formatNumber(values.min));
  return fmt::format("{} {}", values.maxOpen ? "below" : "at most",
                     promql::formatNumber(values.max));
}

/// `count(…) == 0`, `count(…) < 1`.
bool countsNothing(const Expression& e, NodeId subject, const promql::ComparisonVerdict& c) {
  const auto* count = e.node(e.bare(subject)).as<Aggregation>();
  return count && count->op == AggregateOp::Count && c.threshold >= 0 && c.threshold <= 1;
}

void comparison(const Expression& e, const promql::ComparisonVerdict& c) {
  const auto& binary = *e.node(c.binary).as<Binary>();
  const bool numberRight = valuesOf(e, binary.right).constant().has_value();
  const NodeId subject = numberRight ? binary.left : binary.right;
  const NodeId threshold = numberRight ? binary.right : binary.left;
  // What holds always filters nothing: `count(…) > 0` asks whether there is any. Of a condition
  // that is nothing else, REL3019 speaks.
  if (c.verdict == Verdict::Sometimes || (c.verdict == Verdict::Always && !binary.returnBool))
    return;
  // Of a condition that is nothing else, too.
  if (binary.returnBool && e.site.role == Role::Condition && e.bare(e.expr.root()) == c.binary)
    return;
  const bool alone = binary.returnBool && c.verdict == Verdict::Always;
  Finding& finding =
      e.find(binary.returnBool ? Check::Impossible : impossible(e), binary.opRange,
             alone ? fmt::format("this comparison is always true")
                   : fmt::format("{} can never be {} {}", e.quote(subject), promql::toString(c.op),
                                 promql::formatNumber(c.threshold)));
  finding.label(alone ? "always 1" : binary.returnBool ? "always 0" : "never true");
  e.show(finding, e.node(subject).range, shown(c.values));
  const auto* share = e.node(e.bare(subject)).as<Binary>();
  const bool divides = share && share->op == BinaryOp::Divide && c.values.max == 1;
  if (divides && c.threshold > 1 && c.threshold <= 100 && !binary.returnBool) {
    const std::string better = promql::formatNumber(c.threshold / 100);
    finding.because("a share of something is at most 1");
    finding.suggest(fmt::format("if these are percent, did you mean `{}`?", better));
    e.fix(finding, fmt::format("write `{}`", better), {{e.node(threshold).range, better}});
  } else if (countsNothing(e, subject, c)) {
    finding.because("where there is nothing to count there is no result, not 0");
    const std::string counted(e.expr.text(e.node(subject).range));
    const auto* count = e.node(e.bare(subject)).as<Aggregation>();
    finding.suggest(
        count->grouping == Aggregation::Grouping::None
            ? fmt::format("for 0 where there is nothing write `({} or vector(0))`", counted)
            : "ask for its absence: `absent(…)`, for each group that there must be");
    if (count->grouping == Aggregation::Grouping::None)
      e.fix(finding, "count nothing as 0",
            {{e.node(subject).range, fmt::format("({} or vector(0))", counted)}});
  } else {
    finding.suggest("is another threshold, or another metric, meant?");
  }
  if (!binary.returnBool) e.conclude(finding);
}

/// Matchers of one selector that no series satisfies.
void contradictions(const Expression& e) {
  const auto nodes = e.expr.nodes();
  for (uint32_t i = 0; i < nodes.size(); ++i) {
    if (!nodes[i].as<Selector>()) continue;
    const auto branches = e.flow.at({i});
    if (branches.size() != 1 || !branches[0].dead ||
        branches[0].dead->text == promql::declaredWithout)
      continue;
    Finding& finding = e.find(impossible(e), branches[0].dead->range,
                              fmt::format("{} selects nothing", e.quote(NodeId{i})));
    finding.label(std::string(branches[0].dead->text));
    finding.suggest(e.expr.text(branches[0].dead->range).find("!~") != std::string_view::npos
                        ? "for series without the label compare with nothing: `=\"\"`"
                        : "a series has one value for each label; for either of two values write "
                          "`=~\"a|b\"`");
    e.conclude(finding);
  }
}

/// The right side of `or` when the left one has a result for everything that it could have.
void idleAlternatives(const Expression& e) {
  for (const promql::Node& node : e.expr.nodes()) {
    const auto* binary = node.as<Binary>();
    if (!binary || binary->op != BinaryOp::Or || binary->matching != Binary::Matching::None)
      continue;
    const auto bare = [](const Branch& b) {
      return !b.labels.isOpen() &&
             std::all_of(b.labels.named().begin(), b.labels.named().end(), [](const auto& n) {
               return n.second.presence == promql::Presence::Excluded;
             });
    };
    const auto left = e.flow.at(binary->left);
    const auto right = e.flow.at(binary->right);
    const bool covered = std::any_of(left.begin(), left.end(),
                                     [&](const Branch& b) { return b.alwaysReturns && bare(b); });
    if (!covered || right.empty() || !std::all_of(right.begin(), right.end(), bare)) continue;
    Finding& finding =
        e.find(Check::Impossible, binary->opRange, "the right side of this `or` is never used");
    finding.label("stands in only for what is missing on the left");
    e.show(finding, e.node(binary->left).range, "always has a result, without labels");
    e.show(finding, e.node(binary->right).range, "has no labels either");
    finding.suggest("take the right side away, or exchange the two");
  }
}

} // namespace

void checkDivisions(const Expression& e) {
  for (const promql::Node& node : e.expr.nodes()) {
    if (const auto* a = node.as<Aggregation>(); a && isPoisoned(a->op)) {
      nanPoison(e, a->expression, a->opRange, e.expr.text(a->opRange));
      continue;
    }
    constexpr std::string_view overTime[] = {"sum_over_time", "avg_over_time", "stddev_over_time",
                                             "stdvar_over_time"};
    const auto* call = node.as<Call>();
    if (!call || call->arguments.count != 1 ||
        std::find(std::begin(overTime), std::end(overTime), call->name) == std::end(overTime))
      continue;
    if (const auto* subquery = e.node(e.expr.get(call->arguments)[0]).as<promql::Subquery>())
      nanPoison(e, subquery->expression, call->nameRange, call->name);
  }
}

void checkOutcomes(const Expression& e) {
  contradictions(e);
  for (const auto& c : e.flow.comparisons()) comparison(e, c);
  idleAlternatives(e);
}

} // namespace relc::analysis
