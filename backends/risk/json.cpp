// The register for programs: JSON of its own, and SARIF 2.1.0 (OASIS, 27 March 2020).

#include "backends/emit/json.h"
#include "backends/risk/risk.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace relc::risk {

using emit::JsonWriter;

namespace {

void list(JsonWriter& json, std::string_view key, const std::vector<std::string>& texts) {
  json.key(key).beginList();
  for (const std::string& text : texts) json.value(text);
  json.endList();
}

void texts(JsonWriter& json,
           std::initializer_list<std::pair<std::string_view, const std::string*>> rows) {
  for (const auto& [key, text] : rows)
    if (!text->empty()) json.entry(key, *text);
}

/// A URI reference (RFC 3986): all but unreserved characters and `/` in percent notation.
std::string uri(std::string_view path) {
  std::string out;
  for (char c : path) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("-._~/").find(c) != std::string_view::npos;
    if (plain)
      out += c;
    else
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

void result(JsonWriter& json, const Entry& e, int64_t rule, size_t occurrence) {
  json.beginMap().entry("ruleId", e.code).entry("ruleIndex", rule).entry("level", e.severity);
  std::string text = e.message;
  if (!e.takesDown.empty()) {
    text += "\ntakes down: ";
    for (size_t i = 0; i < e.takesDown.size() && i < namesShown; ++i)
      text += (i > 0 ? ", " : "") + e.takesDown[i];
    if (e.takesDown.size() > namesShown)
      text += fmt::format(" and {} more", e.takesDown.size() - namesShown);
  }
  if (const std::string term = termOf(e); !term.empty())
    text += fmt::format("\n{}: {}", toString(e.state), term);
  json.key("message").beginMap().entry("text", text).endMap();
  json.key("locations").beginList();
  if (!e.file.empty() && e.line > 0) {
    json.beginMap().key("physicalLocation").beginMap();
    json.key("artifactLocation").beginMap();
    json.entry("uri", uri(e.file)).entry("uriBaseId", "%SRCROOT%").endMap();
    json.key("region").beginMap().entry("startLine", e.line).entry("startColumn", e.column);
    json.entry("endLine", e.endLine).entry("endColumn", e.endColumn).endMap();
    json.endMap().endMap();
  }
  json.endList();
  json.key("partialFingerprints").beginMap();
  json.entry("relcRisk/v1", fmt::format("{}:{}:{}", e.code, e.target, occurrence)).endMap();
  if (e.state == State::Accepted) {
    json.key("suppressions").beginList().beginMap().entry("kind", "inSource");
    json.entry("status", "accepted");
    json.entry("justification",
               fmt::format("{}{}{}", e.because,
                           e.mitigation.empty() ? "" : "\nlimits it: ", e.mitigation));
    json.endMap().endList();
  }
  json.key("properties").beginMap().entry("state", toString(e.state));
  texts(json, {{"target", &e.target}, {"owner", &e.owner}, {"by", &e.by}, {"until", &e.until}});
  if (e.daysLeft) json.entry("daysLeft", *e.daysLeft);
  if (e.secondsLost > 0) json.entry("secondsLost", e.secondsLost);
  json.endMap().endMap();
}

} // namespace

std::string toJson(const Register& risks) {
  std::string out;
  JsonWriter json(out);
  json.beginMap().entry("system", risks.system);
  if (!risks.environment.empty()) json.entry("environment", risks.environment);
  json.entry("now", risks.now).key("risks").beginList();
  for (const Entry& e : risks.entries) {
    json.beginMap().entry("state", toString(e.state)).entry("code", e.code).entry("check", e.check);
    json.entry("severity", e.severity).entry("message", e.message);
    texts(json, {{"target", &e.target},
                 {"owner", &e.owner},
                 {"by", &e.by},
                 {"because", &e.because},
                 {"until", &e.until},
                 {"ticket", &e.ticket},
                 {"mitigation", &e.mitigation},
                 {"file", &e.file}});
    if (e.line > 0) json.entry("line", e.line);
    if (e.daysLeft) json.entry("days_left", *e.daysLeft);
    list(json, "takes_down", e.takesDown);
    if (e.secondsLost > 0) json.entry("seconds_lost", e.secondsLost);
    json.endMap();
  }
  json.endList().key("importance").beginList();
  for (const RootTable& root : risks.roots) {
    json.beginMap().entry("root", root.root).entry("window", root.window);
    json.entry("seconds", root.seconds).key("events").beginList();
    for (const Weight& w : root.weights) {
      json.beginMap().entry("event", w.event).entry("probability", w.probability);
      if (w.birnbaum) json.entry("birnbaum", *w.birnbaum);
      json.entry("criticality", w.criticality).entry("seconds", w.seconds).endMap();
    }
    json.endList();
    list(json, "nothing_said_of", root.unsaid);
    json.endMap();
  }
  json.endList().entry("roots_left_out", risks.rootsLeftOut).endMap();
  return out;
}

std::string toSarif(const Register& risks, std::string_view version) {
  std::map<std::string, std::pair<const Entry*, int64_t>> rules; // by code
  for (const Entry& entry : risks.entries) rules.try_emplace(entry.code, &entry, 0);
  int64_t count = 0;
  for (auto& [code, rule] : rules) rule.second = count++;
  std::string out;
  JsonWriter json(out);
  json.beginMap().entry("$schema", "https://json.schemastore.org/sarif-2.1.0.json");
  json.entry("version", "2.1.0").key("runs").beginList().beginMap();
  json.key("tool").beginMap().key("driver").beginMap().entry("name", "relc");
  json.entry("version", version).key("rules").beginList();
  for (const auto& [code, rule] : rules) {
    json.beginMap().entry("id", code).entry("name", rule.first->check);
    json.key("shortDescription").beginMap().entry("text", rule.first->summary).endMap().endMap();
  }
  json.endList().endMap().endMap().entry("columnKind", "utf16CodeUnits");
  json.key("results").beginList();
  std::map<std::pair<std::string, std::string>, size_t> seen;
  for (const Entry& entry : risks.entries)
    result(json, entry, rules.at(entry.code).second, ++seen[{entry.code, entry.target}]);
  json.endList().endMap().endList().endMap();
  return out;
}

} // namespace relc::risk
