#include "bench/workspace_text.h"

#include "bench/workspace_names.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <span>
#include <utility>

namespace bench {
namespace {

using Attributes = std::vector<std::pair<std::string_view, std::string>>;

std::string duration(uint64_t milliseconds) {
  return milliseconds % 1000 == 0 ? fmt::format("{}s", milliseconds / 1000)
                                  : fmt::format("{}ms", milliseconds);
}

/// A run of attributes, one a line, aligned.
void attributes(std::string& out, int indent, const Attributes& list) {
  size_t width = 0;
  for (const auto& [name, value] : list) width = std::max(width, name.size());
  for (const auto& [name, value] : list)
    fmt::format_to(std::back_inserter(out), "{:{}}{:<{}} = {}\n", "", indent, name, width, value);
}

std::string inOneLine(const Attributes& list) {
  std::string result = "{ ";
  for (const auto& [name, value] : list)
    fmt::format_to(std::back_inserter(result), "{}{} = {}", result.size() > 2 ? "  " : "", name,
                   value);
  return result + " }";
}

/// In one line if it fits, else one attribute a line.
void block(std::string& out, int indent, const std::string& header, const Attributes& list) {
  const std::string line = fmt::format("{:{}}{} {}", "", indent, header, inOneLine(list));
  if (line.size() <= 120) {
    out += line + "\n";
    return;
  }
  fmt::format_to(std::back_inserter(out), "{:{}}{} {{\n", "", indent, header);
  attributes(out, indent + 2, list);
  fmt::format_to(std::back_inserter(out), "{:{}}}}\n", "", indent);
}

class Writer {
public:
  Writer(const Plan& plan, const Options& options)
      : plan_(plan), options_(options), random_(options.seed + 1) {}

  std::vector<File> files();
  [[nodiscard]] uint64_t mistakes() const { return mistakes_; }

private:
  std::string component(const Component& c);
  void slo(std::string& out, const Component& c, uint64_t number);
  void edges(std::string& out, const Component& c);
  std::string journey(const Area& area);
  std::string runbook(const std::string& name, const std::string& team);
  std::string sharedSlis();
  std::string domains();
  std::string teams();
  std::string policies();
  std::string withMistake(std::string text);
  void doc(std::string& out, std::string_view indent = "") {
    fmt::format_to(std::back_inserter(out), "{}/// {} {}.\n", indent, random_.pick(deeds),
                   random_.pick(purposes));
  }

  const Plan& plan_;
  const Options& options_;
  Random random_;
  uint64_t mistakes_ = 0;
};

constexpr std::string_view zones[] = {"eu-west-1a", "eu-west-1b", "eu-west-1c",
                                      "us-east-1a", "us-east-1b", "us-east-1c"};

void Writer::slo(std::string& out, const Component& c, uint64_t number) {
  const std::string& runbook = plan_.areas[c.area].runbook;
  const std::string job = fmt::format("{{job=\"{}\"}}", c.name);
  const std::string objective = fmt::format("{:g}%", 100 * (1 - c.down));
  const bool store = c.kind != "service";
  const std::pair<std::string_view, std::string> services[] = {
      {"availability", fmt::format("http.availability({})", job)},
      {"latency",
       fmt::format("http.latency({}, {})", job, random_.pick(std::array{"250ms", "500ms", "1s"}))},
      {"calls", fmt::format("grpc.availability({})", job)},
      {"call-latency", fmt::format("grpc.latency({})", job)}};
  const std::pair<std::string_view, std::string> stores[] = {
      {"operations", fmt::format("store_operations({})", job)},
      {"freshness", fmt::format("replica_freshness({}, within = {})", job,
                                random_.pick(std::array{"30s", "1m", "5m"}))}};
  const std::span<const std::pair<std::string_view, std::string>> known =
      store ? std::span<const std::pair<std::string_view, std::string>>(stores) : services;

  if (number < known.size() && !random_.chance(0.06)) {
    const auto& [name, sli] = known[number];
    Attributes list{{"objective", std::string(objective)}, {"sli", sli}, {"runbook", runbook}};
    if (random_.chance(0.1)) {
      // The budget of a week at 99.95% is gone before anybody has answered a page.
      const char* shortest = c.down < 0.001 ? "14d" : "7d";
      list.insert(list.begin() + 1, {"window", random_.pick(std::array{"30d", "28d", shortest})});
    }
    if (c.tier == 1) list.emplace_back("budget_policy", "slow-down");
    block(out, 2, fmt::format("slo {}", name), list);
    return;
  }
  // A measure of its own.
  doc(out, "  ");
  const std::string counter(
      random_.pick(std::array{"orders", "documents", "messages", "lookups", "batches"}));
  fmt::format_to(std::back_inserter(out), "  slo {} {{\n", numbered(counter, number));
  Attributes list{{"objective", std::string(objective)},
                  {"burn_policy", random_.chance(0.5) ? "policy.standard" : "patient"},
                  {"runbook", runbook}};
  if (c.tier == 1) list.emplace_back("budget_policy", "slow-down");
  attributes(out, 4, list);
  fmt::format_to(std::back_inserter(out), "\n    sli {{\n");
  attributes(out, 6,
             {{"bad", fmt::format("`{}_failed_total{{job=\"{}\", reason!=\"cancelled\"}}`", counter,
                                  c.name)},
              {"total", fmt::format("`{}_total{{job=\"{}\"}}`", counter, c.name)}});
  out += "    }\n  }\n";
}

void Writer::edges(std::string& out, const Component& c) {
  for (size_t i = 0; i < c.edges.size(); ++i) {
    const Edge& edge = c.edges[i];
    const Component& to = plan_.components[edge.to];
    Attributes list{{"timeout", duration(edge.timeout)}};
    if (edge.retries) {
      list.emplace_back("retries", "1");
      list.emplace_back("backoff", "10ms");
    }
    if (c.edges.size() > 1) list.emplace_back("parallel", "true");
    if (edge.soft) {
      list.emplace_back("fallback", fmt::format("\"{}\"", random_.pick(fallbacks)));
      block(out, 2, "uses " + to.name, list);
      continue;
    }
    if (random_.chance(0.3)) list.emplace_back("breaker", "true");
    if (random_.chance(0.15)) list.emplace_back("calls", fmt::format("{}", 2 + random_.below(3)));
    if (to.kind == "queue")
      list.emplace_back("tolerates", random_.pick(std::array{"15m", "1h", "4h"}));
    if (edge.alternatives) {
      block(out, 2,
            fmt::format("needs any [{}, {}]", to.name, plan_.components[c.edges[i + 1].to].name),
            list);
      ++i;
    } else {
      block(out, 2, "needs " + to.name, list);
    }
  }
}

std::string Writer::component(const Component& c) {
  const Area& area = plan_.areas[c.area];
  std::string out;
  if (random_.chance(0.6)) doc(out);
  if (c.kind == "external") {
    block(out, 0, fmt::format("external {}", c.name),
          {{"owner", area.team},
           {"sla", random_.pick(std::array{"99.9%", "99.95%", "99.99%"})},
           {"status_page",
            fmt::format("\"https://status.{}.example\"", c.name.substr(area.name.size() + 1))}});
    return out;
  }
  fmt::format_to(std::back_inserter(out), "{} {} {{\n", c.kind, c.name);
  Attributes list{{"owner", area.team}, {"tier", fmt::format("tier{}", c.tier)}};
  if (c.userFacing) list.emplace_back("user_facing", "true");
  if (c.tier == 1) {
    const uint64_t replicas = 3 * (1 + random_.below(3));
    const size_t region = 3 * random_.below(2);
    list.emplace_back("replicas", fmt::format("{}", replicas));
    list.emplace_back("quorum", fmt::format("{}", replicas / 3 * 2));
    list.emplace_back("placement", fmt::format("[{}, {}, {}]", zones[region], zones[region + 1],
                                               zones[region + 2]));
  } else if (random_.chance(0.2)) {
    list.emplace_back("replicas", "2");
  }
  if (c.kind == "datastore") {
    list.emplace_back("rpo", random_.pick(std::array{"0s", "1m", "5m"}));
    list.emplace_back("rto", random_.pick(std::array{"5m", "15m", "1h"}));
    list.emplace_back("replication", "synchronous");
  }
  attributes(out, 2, list);
  if (c.kind == "datastore") {
    out += "\n";
    block(out, 2, "backup",
          {{"every", random_.pick(std::array{"6h", "12h", "1d"})},
           {"kept", "30d"},
           {"restore_tested", "2026-09-30"}});
  }
  for (uint64_t i = 0; i < c.sloCount; ++i) {
    if (i == 0) out += "\n";
    slo(out, c, i);
  }
  if (!c.edges.empty()) out += "\n";
  edges(out, c);
  if (random_.chance(0.12)) {
    const auto& [name, condition, symptom] = random_.pick(alerts);
    fmt::format_to(std::back_inserter(out), "\n  alert {} {{\n", name);
    attributes(out, 4,
               {{"when", fmt::format("`{}`", fmt::format(fmt::runtime(condition), c.name))},
                {"for", random_.pick(std::array{"5m", "10m", "15m"})},
                {"severity", random_.chance(0.4) ? "page" : "ticket"},
                {"symptom", fmt::format("\"{}\"", symptom)},
                {"impact", area.name + "-visit"},
                {"runbook", area.runbook}});
    out += "  }\n";
  }
  out += "}\n";
  return out;
}

std::string Writer::journey(const Area& area) {
  const Component* front = &plan_.components[area.first];
  for (uint32_t i = area.first; i < area.last; ++i)
    if (plan_.components[i].userFacing) {
      front = &plan_.components[i];
      break;
    }
  std::string out;
  doc(out);
  fmt::format_to(std::back_inserter(out), "journey {}-visit {{\n", area.name);
  attributes(out, 2, {{"owner", area.team}, {"tier", fmt::format("tier{}", front->tier)}});
  out += "\n";
  fmt::format_to(std::back_inserter(out), "  needs {} {{ timeout = {} }}\n\n", front->name,
                 duration((front->worst / 500 + 1) * 500));
  Attributes success{{"objective", fmt::format("{:g}%", 100 * (1 - front->down - 0.002))},
                     {"sli", fmt::format("http.availability({{job=\"{}\", route=\"/{}\"}})",
                                         front->name, area.name)},
                     {"runbook", area.runbook}};
  if (front->tier == 1) success.emplace_back("budget_policy", "slow-down");
  block(out, 2, "slo success", success);
  return out + "}\n";
}

std::string Writer::runbook(const std::string& name, const std::string& team) {
  std::string out;
  doc(out);
  fmt::format_to(std::back_inserter(out), "runbook {} {{\n", name);
  attributes(out, 2, {{"owner", team}, {"summary", "\"Find what burns the budget and stop it\""}});
  out += "\n";
  const size_t first = random_.below(steps.size());
  for (size_t i = 0; i < 3; ++i) {
    const auto& [what, command, expected] = steps[(first + i) % steps.size()];
    block(out, 2, "step",
          {{"do", fmt::format("\"{}\"", what)},
           {"command", fmt::format("\"{}\"", command)},
           {"expect", fmt::format("\"{}\"", expected)}});
  }
  return out + "}\n";
}

std::string Writer::sharedSlis() {
  return R"(/// Share of operations that a store carried out.
sli store_operations {
  parameter selector { type = selector }

  bad   = `store_operations_failed_total{$selector}`
  total = `store_operations_total{$selector}`
}

/// Share of time in which no replica is further behind than `within`.
sli replica_freshness {
  parameter selector { type = selector }
  parameter within   { type = duration  default = 1m }

  good_when = `max(replication_lag_seconds{$selector}) < $within`
}
)";
}

std::string Writer::domains() {
  std::string out = "domain aws { level = provider }\n";
  for (const std::string_view region : {"eu-west-1", "us-east-1"}) {
    fmt::format_to(std::back_inserter(out),
                   "\ndomain {} in aws {{ level = region  availability = 99.99% }}\n", region);
    for (const std::string_view zone : zones)
      if (zone.starts_with(region))
        fmt::format_to(std::back_inserter(out),
                       "domain {} in {} {{ level = zone  availability = 99.95% }}\n", zone, region);
  }
  for (const std::string_view domain : {"aws", "eu-west-1", "us-east-1"})
    out += fmt::format(R"(
accept single-point-of-failure on {} {{
  because    = "A second one would cost more than the outage that it prevents"
  mitigation = "Backups elsewhere"
  by         = board
  until      = 2099-12-31
}}
)",
                       domain);
  return out;
}

std::string Writer::teams() {
  std::string out;
  for (const std::string& name : plan_.teams) {
    if (!out.empty()) out += "\n";
    doc(out);
    block(out, 0, "team " + name,
          {{"chat", "slack-" + name}, {"email", fmt::format("\"{}@example.com\"", name)}});
  }
  return out;
}

std::string Writer::policies() {
  return R"(/// For what may wait: tickets, and a page only when half the budget is gone.
burn_policy patient {
  tier page   { severity = page    budget = 50%  long = 1d  short = 2h }
  tier ticket { severity = ticket  budget = 10%  long = 3d  short = 6h }
}

/// Of what users cannot do without.
budget_policy slow-down {
  at 75%  { action = "Review what burns it" }
  at 100% { action = "Ship fixes only"  stops = [features] }
}
)";
}

/// The text with one mistake of those that people make, if it has a place for one.
std::string Writer::withMistake(std::string text) {
  static constexpr std::pair<std::string_view, std::string_view> slips[] = {
      {"  owner", "  ownr"},
      {"service ", "servce "},
      {"= tier", "= tire"},
      {"timeout = ", "timeout = -"},
      {" = 99", " = 199"},
      {"\n}", "\n"},
      {"\"\n", "\n"},
      {"sli ", "sly "},
      {"ms ", " "},
      {"needs ", "neds "},
      {" = ", " : "},
      {"{job=", "{job "},
      {"  runbook = ", "  runbok = "},
      {")`", "`"},
      {"owner = ", "owner = the "},
  };
  const size_t first = random_.below(std::size(slips));
  for (size_t i = 0; i < std::size(slips); ++i) {
    const auto& [right, wrong] = slips[(first + i) % std::size(slips)];
    const size_t at = text.find(right);
    if (at == text.npos) continue;
    ++mistakes_;
    return text.replace(at, right.size(), wrong);
  }
  return text;
}

std::vector<File> Writer::files() {
  std::vector<File> result;
  result.push_back({"system.rel", R"(// A synthetic workspace, made to be measured.

/// Everything that a large shop runs.
system synthetic {
  window   = 30d
  timezone = "Europe/Berlin"

  prometheus { scrape_interval = 15s  evaluation_interval = 30s  retention = 90d }
  grafana    { url = "https://grafana.example.com"  folder = "Synthetic" }
  runbooks   { url = "https://runbooks.example.com" }
  survive    { zone = [tier1]  region = []  provider = [] }
  // What is measured does not depend on the day.
  policy     { dependency_slack = 1  restore_test_max_age = 100y }
}
)"});
  result.push_back({"domains.rel", domains()});
  result.push_back({"teams.rel", teams()});
  result.push_back({"policies.rel", policies()});
  result.push_back({"sli.rel", sharedSlis()});
  for (const Area& area : plan_.areas) {
    std::string body;
    const auto add = [&](std::string text) {
      if (random_.chance(options_.errorRate)) text = withMistake(std::move(text));
      body += "\n" + text;
    };
    for (uint32_t i = area.first; i < area.last; ++i) add(component(plan_.components[i]));
    add(journey(area));
    add(runbook(area.runbook, area.team));
    std::string head = fmt::format("// {}: what team {} runs.\n\n", area.name, area.team);
    for (const std::string_view module : {"grpc", "http", "policy"}) {
      const bool used = body.find(fmt::format(" {}.", module)) != body.npos;
      if (used) head += fmt::format("import std.{}\n", module);
    }
    result.push_back(
        {fmt::format("{}/{}.rel", area.platform ? "platform" : "areas", area.name), head + body});
  }
  return result;
}

} // namespace

Text writeWorkspace(const Plan& plan, const Options& options) {
  Writer writer(plan, options);
  Text text;
  text.files = writer.files();
  text.mistakes = writer.mistakes();
  return text;
}

} // namespace bench
