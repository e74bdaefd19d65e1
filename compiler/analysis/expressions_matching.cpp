// Operators that match series by labels, and groupings: REL4009.

#include "compiler/analysis/expressions.h"
#include "compiler/promql/operators.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace relc::analysis {
namespace {

using promql::Aggregation;
using promql::Binary;
using promql::BinaryOp;
using promql::Branch;
using promql::JoinProblem;
using promql::LabelFact;
using promql::LabelItem;
using promql::NodeId;
using promql::Presence;
using promql::TextRange;

bool lacks(const LabelFact& fact) {
  return fact.presence == Presence::Excluded;
}

/// What is known of a label over all branches of a node that can return something.
LabelFact factOf(const Expression& e, NodeId node, std::string_view label) {
  LabelFact fact;
  bool first = true;
  for (const Branch& branch : e.flow.at(node)) {
    if (branch.dead) continue;
    fact = first ? branch.labels.at(label) : promql::either(fact, branch.labels.at(label));
    first = false;
  }
  return fact;
}

std::string_view nameOf(BinaryOp op) {
  return promql::toString(op);
}

/// The place of a label in a list, or the whole list, or the operator if there is none.
TextRange placeOf(const Expression& e, const Binary& binary, std::string_view label) {
  for (const LabelItem& item : e.expr.get(binary.labels))
    if (!item.parameter && item.name == label) return item.range;
  return binary.opRange;
}

void suggestKeeping(const Expression& e, Finding& finding, std::string_view label,
                    const LabelFact& fact) {
  const auto edits = e.toKeep(label, fact.reason.range);
  if (edits.empty()) return;
  finding.suggest(fmt::format("keep it: name `{}` in {}", label, e.quote(fact.reason.range)));
  e.fix(finding, fmt::format("keep `{}`", label), edits);
}

void showSide(const Expression& e, Finding& finding, const LabelFact& fact, std::string_view label,
              std::string_view side) {
  if (lacks(fact))
    e.show(finding, fact.reason.range, fmt::format("the {} side: {}", side, lostHere(fact, label)));
  else if (fact.presence == Presence::Guaranteed && fact.reason.range.size() > 0)
    e.show(finding, fact.reason.range,
           fmt::format("the {} side has it: {}", side, fact.reason.text));
}

/// Two sides with different values of a label, each given by a matcher: REL4017.
void neverEqual(const Expression& e, const Binary& binary, const JoinProblem& problem) {
  Finding& finding = e.find(
      Check::Impossible, binary.opRange,
      fmt::format(
          "the two sides of `{}` never match: `{}` is `{}` on the left and `{}` on the right",
          nameOf(binary.op), problem.label, problem.left.value.value_or("?"),
          problem.right.value.value_or("?")));
  finding.label("nothing is equal on both sides");
  e.show(finding, problem.left.reason.range, "the left side");
  e.show(finding, problem.right.reason.range, "the right side");
  finding.because("series are matched by equal values of their labels");
  finding.suggest(fmt::format("match by other labels: `{} ignoring ({})`, or `on (…)`",
                              nameOf(binary.op), problem.label));
  if (binary.op == BinaryOp::Unless)
    finding.because("so `unless` takes nothing away");
  else
    e.conclude(finding);
}

bool byDeclaration(const JoinProblem& problem) {
  const auto declared = [](const LabelFact& fact) {
    return lacks(fact) && fact.reason.text == promql::declaredWithout;
  };
  return declared(problem.left) || declared(problem.right);
}

void joinProblem(const Expression& e, const JoinProblem& problem) {
  const auto& binary = *e.node(problem.binary).as<Binary>();
  if (!lacks(problem.left) && !lacks(problem.right)) {
    if (problem.left.value && problem.right.value) neverEqual(e, binary, problem);
    return;
  }
  if (byDeclaration(problem)) return; // REL4016's
  const bool both = lacks(problem.left) && lacks(problem.right);
  const bool on = binary.matching == Binary::Matching::On;
  const bool unless = binary.op == BinaryOp::Unless;
  const std::string_view side = both                  ? "neither side"
                                : lacks(problem.left) ? "the left side"
                                                      : "the right side";
  Finding& finding = e.find(
      Check::LabelLostInMatch, placeOf(e, binary, problem.label),
      both ? fmt::format("`{}` is matched on `{}`, which neither side has", nameOf(binary.op),
                         problem.label)
           : fmt::format("{} of `{}` has no label `{}`", side, nameOf(binary.op), problem.label));
  finding.label(on ? "matched by this label" : "matched by all labels");
  showSide(e, finding, problem.left, problem.label, "left");
  showSide(e, finding, problem.right, problem.label, "right");
  const bool never = problem.kind == JoinProblem::Kind::Never;
  if (both)
    finding.because("all series of a side are the same then, and more than one of them is an error "
                    "each time that the rule is evaluated");
  else if (unless)
    finding.because(
        never
            ? "series with the label and series without it never match: `unless` takes nothing away"
            : "only series that lack the label on both sides match");
  else
    finding.because(
        never ? "series with the label and series without it never match: the result is empty"
              : "series that have the label never match, so the result is empty or has gaps");
  const LabelFact& lost = lacks(problem.left) ? problem.left : problem.right;
  suggestKeeping(e, finding, problem.label, lost);
  if (on)
    finding.suggest(fmt::format("or leave `{}` out of `on`", problem.label));
  else
    finding.suggest(fmt::format("or match without it: `{} {}`", nameOf(binary.op),
                                unless || binary.op == BinaryOp::And
                                    ? fmt::format("ignoring ({})", problem.label)
                                    : fmt::format("ignoring ({}) group_{}", problem.label,
                                                  lacks(problem.left) ? "right" : "left")));
  if (never && !unless) e.conclude(finding);
}

/// Is the label named in a `by` inside the node?
bool isGroupedBy(const Expression& e, NodeId inside, std::string_view label) {
  const TextRange range = e.node(inside).range;
  for (const promql::Node& node : e.expr.nodes()) {
    const auto* a = node.as<Aggregation>();
    if (!a || a->grouping != Aggregation::Grouping::By || node.range.begin < range.begin ||
        node.range.end > range.end)
      continue;
    for (const LabelItem& item : e.expr.get(a->labels))
      if (item.name == label && !item.parameter) return true;
  }
  return false;
}

/// Matched by all labels, and one side is grouped by a label that the other has lost. Series may
/// lack a label by which they are grouped, but then nobody would have named it.
void groupedApart(const Expression& e, const Binary& binary) {
  for (const bool left : {true, false}) {
    const NodeId has = left ? binary.left : binary.right;
    const NodeId misses = left ? binary.right : binary.left;
    const auto branches = e.flow.at(has);
    if (branches.size() != 1 || branches[0].dead || branches[0].labels.isOpen()) continue;
    for (const auto& [label, fact] : branches[0].labels.named()) {
      if (fact.presence != Presence::Possible || label == promql::metricNameLabel) continue;
      const auto ignored = e.expr.get(binary.labels);
      if (std::any_of(ignored.begin(), ignored.end(), [&, name = label](const LabelItem& item) {
            return item.parameter || item.name == name;
          }))
        continue;
      const LabelFact other = factOf(e, misses, label);
      if (!lacks(other) || other.reason.text == promql::declaredWithout ||
          !isGroupedBy(e, has, label))
        continue;
      Finding& finding =
          e.find(Check::LabelLostInMatch, binary.opRange,
                 fmt::format("only one side of `{}` has the label `{}`", nameOf(binary.op), label));
      finding.label("matched by all labels");
      e.show(finding, e.node(has).range, fmt::format("grouped by `{}`", label));
      e.show(finding, other.reason.range, lostHere(other, label));
      finding.because(binary.op == BinaryOp::Unless
                          ? "series with the label and series without it never match: `unless` "
                            "takes nothing away"
                          : "series with the label and series without it never match: the result "
                            "is empty");
      const bool set = promql::row(binary.op).family == promql::OperatorFamily::Set;
      finding.suggest(fmt::format("match without it: `{} ignoring ({}){}`", nameOf(binary.op),
                                  label,
                                  set    ? ""
                                  : left ? " group_left"
                                         : " group_right"));
      suggestKeeping(e, finding, label, other);
      return;
    }
  }
}

/// `group_left (x)` where the other side has no `x`.
void includedLabels(const Expression& e, const Binary& binary) {
  const NodeId one = binary.grouping == Binary::Grouping::Left ? binary.right : binary.left;
  for (const LabelItem& item : e.expr.get(binary.include)) {
    if (item.parameter) continue;
    const LabelFact fact = factOf(e, one, item.name);
    if (!lacks(fact) || fact.reason.text == promql::declaredWithout) continue;
    const std::string_view word =
        binary.grouping == Binary::Grouping::Left ? "group_left" : "group_right";
    Finding& finding = e.find(
        Check::LabelLostInMatch, item.range,
        fmt::format("`{}` takes over `{}`, which the other side does not have", word, item.name));
    finding.label("taken over empty");
    e.show(finding, fact.reason.range, lostHere(fact, item.name));
    finding.because("a label that is taken over and is not there is removed from the result, even "
                    "if it had it");
    suggestKeeping(e, finding, item.name, fact);
    finding.suggest(fmt::format("or leave it out of `{}`", word));
  }
}

} // namespace

void checkMatching(const Expression& e) {
  std::set<uint32_t> said;
  for (const JoinProblem& problem : e.flow.joinProblems())
    if (said.insert(problem.binary.index).second) joinProblem(e, problem);
  const auto nodes = e.expr.nodes();
  for (uint32_t i = 0; i < nodes.size(); ++i) {
    const auto* binary = nodes[i].as<Binary>();
    if (!binary || said.contains(i) || e.flow.at(binary->left).empty() ||
        e.flow.at(binary->right).empty())
      continue;
    const bool vectors = e.node(binary->left).type != promql::ValueType::Scalar &&
                         e.node(binary->right).type != promql::ValueType::Scalar;
    if (!vectors) continue;
    if (binary->matching != Binary::Matching::On && binary->op != BinaryOp::Or)
      groupedApart(e, *binary);
    if (binary->grouping != Binary::Grouping::None) includedLabels(e, *binary);
  }
}

void checkGrouping(const Expression& e) {
  for (const promql::Node& node : e.expr.nodes()) {
    const auto* a = node.as<Aggregation>();
    if (!a || a->grouping != Aggregation::Grouping::By || e.flow.at(a->expression).empty())
      continue;
    for (const LabelItem& item : e.expr.get(a->labels)) {
      if (item.parameter) continue;
      const LabelFact fact = factOf(e, a->expression, item.name);
      if (!lacks(fact) || fact.reason.text == promql::declaredWithout) continue;
      const std::string_view op = e.expr.text(a->opRange);
      Finding& finding =
          e.find(Check::LabelLostInMatch, item.range,
                 fmt::format("`{}` groups by `{}`, which no series has any more", op, item.name));
      finding.label("gone before");
      e.show(finding, fact.reason.range, lostHere(fact, item.name));
      finding.because("the result has no such label, and nothing is told apart by it");
      suggestKeeping(e, finding, item.name, fact);
      finding.suggest(fmt::format("or leave `{}` out of `by`", item.name));
    }
  }
}

} // namespace relc::analysis
