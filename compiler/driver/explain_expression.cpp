// `relc explain --expr`: what label flow knows of an expression's results, for people and as JSON.

#include "backends/emit/json.h"
#include "compiler/analysis/catalogue.h"
#include "compiler/diagnostics/render.h"
#include "compiler/driver/commands.h"
#include "compiler/driver/session.h"
#include "compiler/promql/label_flow.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace relc::driver {

namespace {

using diagnostics::Check;
using promql::Branch;
using promql::LabelFact;
using promql::Presence;
using promql::TextRange;

/// An expression, what it is judged by, and what is known of it.
struct Subject {
  explicit Subject(std::string_view text, const model::Model* workspace)
      : model(workspace), target(workspace ? model::promqlOf(*workspace) : promql::Options{}),
        needs(promql::needsOf(text)), parsed(promql::parse(text, fitting(needs))) {
    if (model) catalogue.emplace(*model);
    if (!parsed.ok()) return;
    if (catalogue) options = catalogue->flowOptions(parsed.expr, target.target);
    flow.emplace(parsed.expr, options);
  }
  Subject(const Subject&) = delete;

  /// A Prometheus that takes it: what that of the system lacks is said, and no mistake here.
  static promql::Options fitting(const std::optional<promql::Needs>& needs) {
    promql::Options options;
    options.target = needs ? needs->since : promql::Version{3, 14};
    for (const std::string_view name :
         {"promql-experimental-functions", "promql-duration-expr",
          "promql-extended-range-selectors", "promql-binop-fill-modifiers"})
      *promql::featureOf(options.features, name) = true;
    return options;
  }
  [[nodiscard]] std::string_view text(TextRange range) const { return parsed.expr.text(range); }
  /// On one line.
  [[nodiscard]] std::string quote(TextRange range) const {
    std::string out;
    for (const char c : text(range)) {
      const bool blank = c == ' ' || c == '\n' || c == '\t' || c == '\r';
      if (!blank || (!out.empty() && out.back() != ' ')) out += blank ? ' ' : c;
    }
    return fmt::format("`{}`", out);
  }

  const model::Model* model;
  promql::Options target;
  std::optional<promql::Needs> needs;
  promql::ParseResult parsed;
  std::optional<analysis::Catalogue> catalogue;
  promql::FlowOptions options;
  std::optional<promql::LabelFlow> flow;
};

constexpr std::string_view presenceNames[] = {"guaranteed", "possible", "excluded"};
constexpr std::string_view kindNames[] = {"unknown", "counter", "gauge", "bucket", "summary"};

std::string_view nameOf(Presence presence) {
  return presenceNames[static_cast<size_t>(presence)];
}
std::string_view nameOf(promql::MetricKind kind) {
  return kindNames[static_cast<size_t>(kind)];
}

// --- as text -------------------------------------------------------------------------------------

std::string shown(const promql::Bounds& values) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  std::string out;
  const auto number = [](double value) { return promql::formatNumber(value); };
  if (const auto constant = values.constant()) return fmt::format("always {}", number(*constant));
  const bool low = values.min > -infinity;
  const bool high = values.max < infinity;
  if (low) out = fmt::format("{} {}", values.minOpen ? "above" : "at least", number(values.min));
  if (high)
    out += fmt::format("{}{} {}", low ? ", " : "", values.maxOpen ? "below" : "at most",
                       number(values.max));
  if (!low && !high) out = "any number";
  return values.nan ? out + ", or NaN" : out;
}

std::string shown(const Subject& subject, const LabelFact& fact) {
  std::string out;
  if (fact.presence == Presence::Guaranteed)
    out = fact.value ? fmt::format("always `{}`", *fact.value) : "always there";
  else if (fact.presence == Presence::Possible)
    return "possible";
  else
    out = "removed";
  if (fact.reason.text.empty() || fact.reason.range.size() == 0) return out;
  return fmt::format("{} by {}: {}", out, subject.quote(fact.reason.range), fact.reason.text);
}

void row(std::string& out, std::string_view title, std::string_view text) {
  out += fmt::format("  {:<11}{}\n", title, text);
}

std::string sourceOf(const Subject& subject, const Branch& branch) {
  return branch.source.valid() ? subject.quote(subject.parsed.expr.node(branch.source).range)
                               : "the expression";
}

void branchAsText(const Subject& subject, const Branch& branch, std::string& out) {
  size_t width = 6;
  for (const auto& [name, fact] : branch.labels.named()) width = std::max(width, name.size());
  std::string_view title = "labels";
  for (const auto& [name, fact] : branch.labels.named()) {
    row(out, title, fmt::format("{:<{}}  {}", name, width, shown(subject, fact)));
    title = "";
  }
  row(out, title,
      fmt::format("{:<{}}  {}", title.empty() ? "others" : "all", width,
                  shown(subject, branch.labels.rest())));
  row(out, "values", shown(branch.values));
  if (branch.kind != promql::MetricKind::Unknown)
    row(out, "metric",
        fmt::format("samples of a {}{}", nameOf(branch.kind),
                    branch.kindDeclared || branch.kind == promql::MetricKind::Gauge
                        ? ""
                        : ", by its name"));
  if (branch.dead)
    row(out, "never",
        fmt::format("returns anything: {}, {}", branch.dead->text,
                    subject.quote(branch.dead->range)));
  else if (branch.condition)
    row(out, "condition",
        fmt::format("{}, {}", branch.condition->text, subject.quote(branch.condition->range)));
  if (!branch.dead) row(out, "result", branch.alwaysReturns ? "whatever the data" : "can be empty");
}

std::string shown(const promql::Needs& needs) {
  std::string out = fmt::format("Prometheus {}", promql::toString(needs.since));
  out += needs.until ? fmt::format(" to below {}", promql::toString(*needs.until)) : " or newer";
  for (const std::string_view feature : promql::namesOf(needs.features))
    out += fmt::format(", with `--enable-feature={}`", feature);
  return out;
}

/// Does the system's own Prometheus take it?
bool isMet(const Subject& subject) {
  return promql::parse(subject.parsed.expr.text(), subject.target).ok();
}

std::string declarationOf(const Subject& subject, const std::string& metric) {
  const auto* series = subject.catalogue ? subject.catalogue->find(metric) : nullptr;
  if (!series) return "not declared";
  if (!series->metric.valid()) return "a gauge that Prometheus itself writes";
  const model::Entity& e = (*subject.model)[series->metric];
  const std::string type(subject.model->text(series->metric, model::attr("type")));
  std::string out = fmt::format("{} `{}`{}", type, e.name,
                                e.module.empty() ? "" : fmt::format(" of {}", e.module));
  if (series->part == analysis::Catalogue::Part::Family)
    return out + ", which is stored as `_bucket`, `_count` and `_sum`";
  return series->labels ? fmt::format("{}, labels {}", out,
                                      series->labels->empty()
                                          ? "of its target only"
                                          : fmt::format("{}", fmt::join(*series->labels, ", ")))
                        : out;
}

std::string asText(const Subject& subject) {
  const promql::Expr& expr = subject.parsed.expr;
  const promql::LabelFlow& flow = *subject.flow;
  std::string out = promql::print(expr) + "\n";
  const auto branches = flow.result();
  out += fmt::format("{} {}", expr.type() == promql::ValueType::Vector ? "an" : "a",
                     promql::toString(expr.type()));
  if (!branches.empty())
    out +=
        fmt::format("; {}", flow.alwaysReturns() ? "there is a result whatever the data"
                            : flow.isConditional()
                                ? "whether there is a result depends on values or on other series"
                                : "there is a result as long as there are samples");
  out += "\n";
  for (size_t i = 0; i < branches.size(); ++i) {
    out += branches.size() == 1
               ? fmt::format("\nwhat comes of {}\n", sourceOf(subject, branches[i]))
               : fmt::format("\nbranch {} of {}: what comes of {}\n", i + 1, branches.size(),
                             sourceOf(subject, branches[i]));
    branchAsText(subject, branches[i], out);
  }
  const auto ranges = promql::ranges(expr);
  if (!ranges.empty()) out += "\nlooks back\n";
  for (const promql::RangeUse& use : ranges)
    row(out,
        use.milliseconds != 0 ? promql::formatDuration(use.milliseconds) : subject.text(use.range),
        subject.quote(expr.node(use.call.valid() ? use.call : use.node).range));
  if (subject.needs) {
    out += fmt::format("\nneeds {}", shown(*subject.needs));
    if (subject.model && !isMet(subject))
      out += fmt::format("; the one of the system is {}", promql::toString(subject.target.target));
    out += "\n";
  }
  const auto metrics = promql::metricNames(expr);
  if (subject.catalogue && !metrics.empty()) {
    out += "\nmetrics\n";
    for (const std::string& metric : metrics)
      out += fmt::format("  {}: {}\n", metric, declarationOf(subject, metric));
  }
  return out;
}

// --- as JSON -------------------------------------------------------------------------------------

void reason(const Subject& subject, emit::JsonWriter& json, const promql::Reason& why) {
  json.entry("reason", why.text).entry("token", subject.text(why.range));
  json.entry("begin", why.range.begin).entry("end", why.range.end);
}

void reasonOrNull(const Subject& subject, emit::JsonWriter& json, std::string_view key,
                  const std::optional<promql::Reason>& why) {
  json.key(key);
  if (!why) {
    json.null();
    return;
  }
  json.beginMap();
  reason(subject, json, *why);
  json.endMap();
}

void label(const Subject& subject, emit::JsonWriter& json, const LabelFact& fact) {
  json.entry("presence", nameOf(fact.presence)).key("value");
  fact.value ? json.value(*fact.value) : json.null();
  reason(subject, json, fact.reason);
}

void branchAsJson(const Subject& subject, emit::JsonWriter& json, const Branch& branch) {
  json.beginMap().entry("source", branch.source.valid()
                                      ? subject.text(subject.parsed.expr.node(branch.source).range)
                                      : std::string_view());
  json.key("labels").beginList();
  for (const auto& [name, fact] : branch.labels.named()) {
    json.beginMap().entry("name", name);
    label(subject, json, fact);
    json.endMap();
  }
  json.endList().key("otherLabels").beginMap();
  label(subject, json, branch.labels.rest());
  json.endMap();
  const promql::Bounds& v = branch.values;
  // An open end is null.
  json.key("values").beginMap().entry("min", v.min).entry("max", v.max);
  json.entry("minOpen", v.minOpen).entry("maxOpen", v.maxOpen).entry("nan", v.nan).endMap();
  json.entry("metric", nameOf(branch.kind)).entry("declared", branch.kindDeclared);
  json.entry("alwaysReturns", branch.alwaysReturns);
  reasonOrNull(subject, json, "condition", branch.condition);
  reasonOrNull(subject, json, "never", branch.dead);
  json.endMap();
}

std::string asJson(const Subject& subject) {
  std::string out;
  emit::JsonWriter json(out);
  const promql::Expr& expr = subject.parsed.expr;
  json.beginMap()
      .entry("expression", promql::print(expr))
      .entry("type", promql::toString(expr.type()));
  json.entry("alwaysReturns", subject.flow->alwaysReturns());
  json.entry("conditional", subject.flow->isConditional());
  json.key("branches").beginList();
  for (const Branch& branch : subject.flow->result()) branchAsJson(subject, json, branch);
  json.endList().key("ranges").beginList();
  for (const promql::RangeUse& use : promql::ranges(expr)) {
    json.beginMap().entry("text", subject.text(use.range)).entry("milliseconds", use.milliseconds);
    json.entry("of", subject.text(expr.node(use.call.valid() ? use.call : use.node).range));
    json.entry("begin", use.range.begin).entry("end", use.range.end).endMap();
  }
  json.endList().key("needs");
  if (subject.needs) {
    json.beginMap().entry("since", promql::toString(subject.needs->since)).key("until");
    subject.needs->until ? json.value(promql::toString(*subject.needs->until)) : json.null();
    json.key("features").beginList();
    for (const std::string_view feature : promql::namesOf(subject.needs->features))
      json.value(feature);
    json.endList().endMap();
  } else {
    json.null();
  }
  json.key("metrics").beginList();
  for (const std::string& metric : promql::metricNames(expr)) {
    const auto* series = subject.catalogue ? subject.catalogue->find(metric) : nullptr;
    json.beginMap().entry("name", metric).entry("declared", series != nullptr).key("type");
    series && series->metric.valid()
        ? json.value(subject.model->text(series->metric, model::attr("type")))
        : json.null();
    json.endMap();
  }
  json.endList().endMap();
  return out;
}

// --- errors --------------------------------------------------------------------------------------

constexpr std::pair<promql::ErrorKind, Check> checkOfKind[] = {
    {promql::ErrorKind::Syntax, Check::PromqlSyntax},
    {promql::ErrorKind::Type, Check::PromqlType},
    {promql::ErrorKind::Version, Check::PromqlNeedsNewerVersion},
    {promql::ErrorKind::Binding, Check::PromqlType},
};

int reportErrors(const Subject& subject, std::string_view text, const Settings& settings) {
  Compilation compilation;
  const source::FileId file = compilation.sources.add("expression", std::string(text));
  diagnostics::FindingList findings;
  for (const promql::Error& error : subject.parsed.errors)
    for (const auto& [kind, check] : checkOfKind)
      if (kind == error.kind)
        findings.add(check, {file, error.range.begin, error.range.end}, error.message);
  compilation.findings = std::move(findings.all());
  const auto terminal = diagnostics::detectTerminal(settings.color, fileno(stdout));
  const diagnostics::RenderOptions options{terminal.color, terminal.width, RELC_VERSION};
  print(stdout, settings.format == "json"
                    ? diagnostics::renderJson(compilation.findings, compilation.sources, options)
                    : diagnostics::renderText(compilation.findings, compilation.sources, options));
  return ExitFindings;
}

} // namespace

int explainExpression(const Invocation& invocation) {
  auto settings = settingsOf(invocation);
  if (!settings) return ExitUnusable;
  if (!invocation.arguments.empty()) {
    print(stderr, fmt::format("relc: either a name or `--expr`, not both: `{}`\n",
                              invocation.arguments[0]));
    return ExitUnusable;
  }
  const std::string text(invocation.value("expr"));
  std::unique_ptr<Compilation> workspace;
  if (Workspace found = openWorkspace("."); found.error.empty())
    workspace = compileWorkspace(found, settings->pipeline);
  const Subject subject(text, workspace ? &workspace->model : nullptr);
  if (!subject.parsed.ok()) return reportErrors(subject, text, *settings);
  print(stdout, settings->format == "json" ? asJson(subject) : asText(subject));
  return ExitClean;
}

} // namespace relc::driver
