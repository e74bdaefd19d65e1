// Labels by which an SLO is kept, and which its events do not have: REL2015. What cannot be proven
// is not judged.

#include "compiler/analysis/families.h"
#include "compiler/analysis/measure.h"
#include "compiler/analysis/wording.h"
#include "compiler/promql/label_flow.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace relc::analysis {
namespace {

using promql::Matcher;

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

  /// Where an expression loses a label.
  struct Loss {
    enum class Extent : uint8_t {
      None,
      Side, ///< one side of an operator has it not, so that it never matches the other
      Some, ///< some of the series that the expression comes to have it not
      All,
    } extent = Extent::None;
    promql::Reason reason; ///< of the first that has it not
  };
  static Loss lossOf(std::span<const promql::Branch> branches, std::string_view label) {
    Loss loss;
    size_t with = 0, without = 0;
    for (const promql::Branch& branch : branches) {
      if (branch.dead) continue;
      const promql::LabelFact& fact = branch.labels.at(label);
      if (fact.presence != promql::Presence::Excluded)
        ++with;
      else if (without++ == 0)
        loss.reason = fact.reason;
    }
    if (without > 0) loss.extent = with > 0 ? Loss::Extent::Some : Loss::Extent::All;
    return loss;
  }
  static Loss lossOf(const promql::LabelFlow& flow, std::string_view label) {
    Loss loss = lossOf(flow.result(), label);
    if (loss.extent != Loss::Extent::None) return loss;
    const promql::Expr& expr = flow.expr();
    for (const promql::Node& node : expr.nodes()) {
      const auto* binary = node.as<promql::Binary>();
      if (!binary || binary->op == promql::BinaryOp::Or || !matchesBy(expr, *binary, label))
        continue;
      std::array sides{lossOf(flow.at(binary->left), label), lossOf(flow.at(binary->right), label)};
      for (size_t side : {0, 1})
        if (sides[side].extent == Loss::Extent::All && sides[1 - side].extent != Loss::Extent::All)
          return {Loss::Extent::Side, sides[side].reason};
    }
    return loss;
  }
  /// Must a label be the same on both sides of an operator?
  static bool matchesBy(const promql::Expr& expr, const promql::Binary& binary,
                        std::string_view label) {
    using Matching = promql::Binary::Matching;
    for (promql::NodeId side : {binary.left, binary.right})
      if (expr.node(side).type != promql::ValueType::Vector) return false;
    const auto labels = expr.get(binary.labels);
    const bool named = std::any_of(labels.begin(), labels.end(),
                                   [&](const auto& item) { return item.name == label; });
    return binary.matching == Matching::On ? named : !named;
  }

  /// An expression of the SLI that the workspace may or may not be able to change.
  struct Part {
    const model::Query* query;
    const promql::Expr& bound; ///< as it is measured
    model::NameId attribute;
  };
  static std::vector<Part> partsOf(const Measure& measure) {
    std::vector<Part> parts;
    if (measure.sli.numerator && measure.numerator.valid())
      parts.push_back({measure.sli.numerator, measure.numerator, numeratorOf(measure)});
    if (measure.sli.total && measure.total.valid())
      parts.push_back({measure.sli.total, measure.total, attr("total")});
    return parts;
  }

  void label(const Measure& measure, const model::Value& value, bool own,
             FindingList& findings) const {
    const auto* name = value.as<model::Label>();
    if (!name) return;
    for (const Part& part : partsOf(measure)) {
      Loss loss = lossOf(promql::LabelFlow(part.bound), name->text);
      if (loss.extent == Loss::Extent::None) continue;
      dropped(measure, part, loss, value.range, name->text, own, findings);
      return;
    }
    if (own) undeclared(measure, value.range, name->text, findings);
  }

  void dropped(const Measure& measure, const Part& part, const Loss& loss, source::Range place,
               std::string_view name, bool own, FindingList& findings) const {
    const model::Model& model = index_.model;
    const bool some = loss.extent == Loss::Extent::Some, side = loss.extent == Loss::Extent::Side;
    const bool library = index_.inLibrary(model[measure.sli.entity].range);
    // Where values were put in, positions are those of the file only as long as nothing is bound.
    source::Range where = placeOf(index_, measure, part.attribute);
    if (!library && !part.query->instantiated) {
      Loss written = lossOf(promql::LabelFlow(part.query->expr), name);
      if (written.extent == loss.extent)
        where = {part.query->file, part.query->textBegin + written.reason.range.begin,
                 part.query->textBegin + written.reason.range.end};
    }
    std::string reason(loss.reason.text);
    Finding& finding = addAbout(
        index_, findings, Check::PerLabelMissing, measure.slo, own ? place : where,
        fmt::format("`{}` is kept for each `{}`, which {} not have", model.path(measure.slo), name,
                    side   ? "a part of its expression does"
                    : some ? "some of its events do"
                           : "its events do"),
        own ? "one budget for each" : reason);
    if (own)
      finding.at(where, reason);
    else
      finding.at(place, "every SLO is kept for each of its values");
    if (!own || some || side) finding.severity = diagnostics::Severity::Warning;
    if (library)
      finding.because(fmt::format("`{}` of sli `{}` is `{}`: {}", schema::nameOf(part.attribute),
                                  model.path(measure.sli.entity), promql::print(part.bound),
                                  reason));
    if (side)
      finding.because("series with the label and series without it never match");
    else if (some)
      finding.because(fmt::format(
          "what has no `{}` belongs to no budget that is kept by it, and is missing there", name));
    else
      finding.because(fmt::format("without the label all events are one, and there is one budget, "
                                  "under no `{}`: what goes wrong at one of them disappears among "
                                  "the others",
                                  name));
    suggest(measure, part, some, library, finding);
    if (!library) fix(measure, finding);
  }

  void suggest(const Measure& measure, const Part& part, bool some, bool library,
               Finding& finding) const {
    using Form = model::Sli::Form;
    Form form = measure.sli.form;
    bool counts = form == Form::Good || form == Form::Bad;
    if (some) {
      finding.suggest("a zero that has the labels, too, is nought times something that has them: "
                      "`… or 0 * sum by ($by) (…)` instead of `… or vector(0)`");
      return;
    }
    std::string_view op = counts ? "sum" : "max";
    for (const promql::Node& node : part.bound.nodes())
      if (const auto* aggregation = node.as<promql::Aggregation>())
        op = promql::toString(aggregation->op);
    finding.suggest(fmt::format(
        "{} `{} by ($by) (…)`, where `$by` is what the SLO is kept by{}",
        library ? "whoever writes the library keeps the labels:" : "keep the labels:", op,
        counts ? "; or write the counter alone: the rules sum it by what is asked for" : ""));
  }

  /// `$by` wherever labels are dropped, if that is all that it takes.
  void fix(const Measure& measure, Finding& finding) const {
    std::vector<diagnostics::Edit> edits;
    for (const Part& part : partsOf(measure)) {
      const promql::Expr& expr = part.query->expr;
      if (keeps(measure, part.bound)) continue;
      if (part.query->instantiated) return;
      std::string text;
      uint32_t at = 0;
      for (const promql::TextEdit& edit : promql::keepLabels(expr, "$by")) {
        text += expr.text({at, edit.range.begin});
        text += edit.text;
        at = edit.range.end;
        edits.push_back({{part.query->file, part.query->textBegin + edit.range.begin,
                          part.query->textBegin + edit.range.end},
                         edit.text});
      }
      text += std::string_view(expr.text()).substr(at);
      promql::ParseResult parsed = promql::parse(text);
      if (!parsed.ok()) return;
      auto filled = promql::instantiate(parsed.expr, measure.sli.bindings, promql::Unbound::Keep);
      promql::ParseResult bound = promql::parse(filled.text);
      if (!filled.ok() || !bound.ok() || !keeps(measure, bound.expr)) return;
    }
    if (!edits.empty()) finding.fix("keep the labels that the SLO is kept by", std::move(edits));
  }

  [[nodiscard]] bool keeps(const Measure& measure, const promql::Expr& expr) const {
    const promql::LabelFlow flow(expr);
    auto labels = model::keptBy(index_.model, measure.slo);
    return std::all_of(labels.begin(), labels.end(), [&](std::string_view label) {
      return lossOf(flow, label).extent == Loss::Extent::None;
    });
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

void checkKeptLabels(const Index& index, std::span<const std::optional<Measure>> measures,
                     FindingList& findings) {
  const Labels labels(index);
  for (const auto& measure : measures)
    if (measure) labels.check(*measure, findings);
}

} // namespace relc::analysis
