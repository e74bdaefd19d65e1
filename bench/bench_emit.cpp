// Bar P3: how fast the writers are on the text of rule files, beside yaml-cpp's emitter.
// Usage: bench_emit [MEGABYTES]. Prints MB/s of written text on one core (best of five), and the
// ratio to yaml-cpp in the same run.

#include "backends/emit/json.h"
#include "backends/emit/yaml.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

namespace {

struct Rule {
  std::string record; // empty: an alert
  std::string alert;
  std::string expr;
  std::vector<std::pair<std::string, std::string>> labels;
  std::vector<std::pair<std::string, std::string>> annotations;
};

struct Group {
  std::string name;
  std::vector<Rule> rules;
};

/// Groups of the shape that an SLO becomes: twelve recordings and two alerts.
std::vector<Group> makeGroups(size_t count) {
  static constexpr std::string_view kWindows[] = {"5m", "30m", "1h", "2h", "6h", "1d", "3d", "30d"};
  std::vector<Group> groups;
  for (size_t i = 0; i < count; ++i) {
    const std::string service = fmt::format("service-{}", i);
    const std::vector<std::pair<std::string, std::string>> labels = {
        {"service", service}, {"slo", "availability"}, {"team", "payments"}, {"tier", "1"}};
    Group group{fmt::format("slo-{}-availability", service), {}};
    for (const auto window : kWindows) {
      group.rules.push_back(
          {fmt::format("slo:sli_error:ratio_rate{}", window),
           {},
           fmt::format(
               "sum_over_time(slo:sli_bad:rate5m{{service=\"{0}\", slo=\"availability\"}}[{1}])\n"
               "  / sum_over_time(slo:sli_total:rate5m{{service=\"{0}\", "
               "slo=\"availability\"}}[{1}])\n",
               service, window),
           labels,
           {}});
    }
    for (const std::string_view name :
         {"objective:ratio", "error_budget:ratio", "time_period:days", "current_burn_rate:ratio"}) {
      group.rules.push_back(
          {fmt::format("slo:{}", name), {}, "vector(0.99990000000000001)", labels, {}});
    }
    for (const std::string_view severity : {"page", "ticket"}) {
      auto alertLabels = labels;
      alertLabels.emplace_back("severity", severity);
      group.rules.push_back(
          {{},
           fmt::format("ErrorBudgetBurn{}", severity),
           fmt::format("slo:sli_error:ratio_rate1h{{service=\"{0}\"}} > (14.4 * 0.0001) and "
                       "slo:sli_error:ratio_rate5m{{service=\"{0}\"}} > (14.4 * 0.0001)",
                       service),
           alertLabels,
           {{"summary", fmt::format("{} burns its error budget: it's over 14.4 times", service)},
            {"description", "{{ $labels.service }} has used {{ $value | humanizePercentage }} of "
                            "its budget.\nLook at the dashboard, then:\n- roll back\n- drain"},
            {"runbook_url", fmt::format("https://runbooks.example/{}#burn", service)}}});
    }
    groups.push_back(std::move(group));
  }
  return groups;
}

/// The same content through any writer with the calls of YamlWriter.
template <class Writer>
void write(Writer& out, const std::vector<Group>& groups) {
  const auto map = [&](std::string_view name, const auto& entries) {
    if (entries.empty()) return;
    out.key(name).beginMap();
    for (const auto& [key, value] : entries) out.entry(key, value);
    out.endMap();
  };
  out.beginMap().key("groups").beginList();
  for (const Group& group : groups) {
    out.beginMap().entry("name", group.name).entry("interval", "30s").key("rules").beginList();
    for (const Rule& rule : group.rules) {
      out.beginMap();
      out.entry(rule.record.empty() ? "alert" : "record",
                rule.record.empty() ? rule.alert : rule.record);
      out.entry("expr", rule.expr);
      map("labels", rule.labels);
      map("annotations", rule.annotations);
      out.endMap();
    }
    out.endList().endMap();
  }
  out.endList().endMap();
}

/// yaml-cpp's emitter with the same calls.
class YamlCpp {
public:
  YamlCpp& beginMap() { return put(YAML::BeginMap); }
  YamlCpp& endMap() { return put(YAML::EndMap); }
  YamlCpp& beginList() { return put(YAML::BeginSeq); }
  YamlCpp& endList() { return put(YAML::EndSeq); }
  YamlCpp& key(std::string_view name) {
    emitter_ << YAML::Key << std::string(name) << YAML::Value;
    return *this;
  }
  YamlCpp& entry(std::string_view name, const std::string& text) {
    key(name);
    if (text.find('\n') != std::string::npos) emitter_ << YAML::Literal;
    emitter_ << text;
    return *this;
  }
  [[nodiscard]] size_t size() const { return emitter_.size(); }

private:
  YamlCpp& put(YAML::EMITTER_MANIP what) {
    emitter_ << what;
    return *this;
  }
  YAML::Emitter emitter_;
};

struct Result {
  double bytes;
  double seconds;
  [[nodiscard]] double rate() const { return bytes / 1e6 / seconds; }
};

template <class Run>
Result best(int times, const Run& run) {
  Result result{0, 1e9};
  for (int i = 0; i < times; ++i) {
    const auto start = std::chrono::steady_clock::now();
    result.bytes = double(run());
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
    result.seconds = std::min(result.seconds, elapsed.count());
  }
  return result;
}

} // namespace

int main(int argc, char** argv) {
  const double megabytes = argc > 1 ? std::atof(argv[1]) : 10;
  const auto groups = makeGroups(std::max<size_t>(1, size_t(megabytes * 1e6 / 6100)));
  std::string buffer;

  const auto viaYaml = [&] {
    buffer.clear();
    relc::emit::YamlWriter yaml(buffer);
    write(yaml, groups);
    return buffer.size();
  };
  const auto viaJson = [&](relc::emit::JsonLayout layout) {
    buffer.clear();
    relc::emit::JsonWriter json(buffer, layout);
    write(json, groups);
    return buffer.size();
  };
  const auto viaYamlCpp = [&] {
    YamlCpp yaml;
    write(yaml, groups);
    return yaml.size();
  };

  const Result peer = best(1, viaYamlCpp);
  const std::pair<std::string_view, Result> rows[] = {
      {"yaml-cpp", peer},
      {"YamlWriter", best(5, viaYaml)},
      {"JsonWriter pretty", best(5, [&] { return viaJson(relc::emit::JsonLayout::Pretty); })},
      {"JsonWriter compact", best(5, [&] { return viaJson(relc::emit::JsonLayout::Compact); })},
  };
  fmt::print("{:<20}{:>8}{:>10}{:>14}\n", "writer", "MB", "MB/s", "x yaml-cpp");
  for (const auto& [name, result] : rows) {
    fmt::print("{:<20}{:>8.1f}{:>10.0f}{:>14.1f}\n", name, result.bytes / 1e6, result.rate(),
               result.rate() / peer.rate());
  }
  return 0;
}
