#include "backends/emit/markdown.h"
#include "backends/risk/risk.h"
#include "compiler/model/quantity.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace relc::risk {

using emit::markdownCell;
using emit::markdownCodeCell;
using emit::markdownText;

std::string_view toString(State state) {
  static constexpr std::string_view words[] = {"expired", "open", "accepted"};
  return words[size_t(state)];
}

std::string shownSeconds(double seconds) {
  if (seconds < 1) return "<1s";
  return model::formatDuration(model::Decimal{std::llround(seconds), 0});
}

std::string summaryOf(const Register& risks) {
  size_t counts[3] = {};
  for (const Entry& entry : risks.entries) ++counts[size_t(entry.state)];
  std::string out =
      fmt::format("{} risk{}", risks.entries.size(), risks.entries.size() == 1 ? "" : "s");
  std::string parts;
  for (State state : {State::Expired, State::Open, State::Accepted})
    if (counts[size_t(state)] > 0)
      parts += fmt::format("{}{} {}", parts.empty() ? ": " : ", ", counts[size_t(state)],
                           toString(state));
  return out + parts;
}

std::string termOf(const Entry& entry) {
  if (entry.until.empty() || !entry.daysLeft) return {};
  const int64_t days = *entry.daysLeft;
  const auto counted = [](int64_t n) { return fmt::format("{} day{}", n, n == 1 ? "" : "s"); };
  return days < 0 ? fmt::format("ended {}, {} ago", entry.until, counted(-days))
                  : fmt::format("until {}, {} left", entry.until, counted(days));
}

namespace {

std::string codes(const std::vector<std::string>& names) {
  std::string out;
  for (size_t i = 0; i < names.size() && i < namesShown; ++i)
    out += (out.empty() ? "" : ", ") + markdownCodeCell(names[i]);
  if (names.size() > namesShown) out += fmt::format(" and {} more", names.size() - namesShown);
  return out;
}

/// What stands in back-quotes becomes code.
std::string message(std::string_view text) {
  if (std::count(text.begin(), text.end(), '`') % 2 != 0) return markdownCell(text);
  std::string out;
  for (bool code = false;; code = !code) {
    const size_t end = std::min(text.find('`'), text.size());
    const std::string_view piece = text.substr(0, end);
    // A cell loses the blanks at its ends.
    const std::string_view blank = !code && piece.starts_with(' ') ? " " : "";
    const std::string_view after = !code && piece.size() > 1 && piece.ends_with(' ') ? " " : "";
    out +=
        code ? markdownCodeCell(piece) : fmt::format("{}{}{}", blank, markdownCell(piece), after);
    if (end == text.size()) return out;
    text.remove_prefix(end + 1);
  }
}

std::string orDash(std::string text) {
  return text.empty() ? "–" : text;
}

std::string why(const Entry& entry) {
  std::string out;
  if (!entry.because.empty()) out = markdownCell(entry.because);
  if (!entry.mitigation.empty())
    out += fmt::format("{}**Limits it:** {}", out.empty() ? "" : "<br>",
                       markdownCell(entry.mitigation));
  if (!entry.ticket.empty())
    out +=
        fmt::format("{}{}", out.empty() ? "" : "<br>", emit::markdownLink("ticket", entry.ticket));
  return out;
}

void write(std::string& out, const RootTable& root) {
  out += fmt::format("\n### {}\n\nDown for {} in {} if what it needs is down as often as it may be "
                     "by what is said of it.\n\n",
                     markdownText(root.root), shownSeconds(root.seconds), root.window);
  out += "| Event | Probability | Birnbaum | Criticality | Costs |\n|---|--:|--:|--:|--:|\n";
  for (const Weight& w : root.weights)
    out += fmt::format("| {} | {:.3g} | {} | {:.1f} % | {} |\n", markdownCell(w.event),
                       w.probability, w.birnbaum ? fmt::format("{:.3g}", *w.birnbaum) : "–",
                       100 * w.criticality, shownSeconds(w.seconds));
  if (!root.unsaid.empty())
    out +=
        fmt::format("\nTaken as always up, as nothing is said of them: {}.\n", codes(root.unsaid));
}

} // namespace

std::string toMarkdown(const Register& risks) {
  std::string out = fmt::format("# Risk register of {}\n\n", markdownText(risks.system));
  if (!risks.environment.empty())
    out += fmt::format("Environment {}, as ", emit::markdownCode(risks.environment));
  else
    out += "As ";
  out += fmt::format("of {}. {}. The worst come first: what takes down most, and for longest.\n",
                     risks.now, summaryOf(risks));
  if (!risks.entries.empty()) {
    out +=
        "\n| State | Risk | Takes down alone | Costs at most | Owner | Taken on by | Term | Why, "
        "and what limits it | Said in |\n|---|---|---|--:|---|---|---|---|---|\n";
    for (const Entry& e : risks.entries)
      out += fmt::format(
          "| {} | {} {} | {} | {} | {} | {} | {} | {} | {} |\n",
          e.state == State::Accepted ? "accepted"
                                     : fmt::format("**{}** ({})", toString(e.state), e.severity),
          e.code, message(e.message), orDash(codes(e.takesDown)),
          e.secondsLost > 0 ? shownSeconds(e.secondsLost) : "–", orDash(markdownCodeCell(e.owner)),
          orDash(markdownCodeCell(e.by)), orDash(termOf(e)), orDash(why(e)),
          e.file.empty() ? "–" : markdownCodeCell(fmt::format("{}:{}", e.file, e.line)));
  }
  if (!risks.roots.empty()) {
    out += "\n## What weighs how much\n\n*Costs* is the time that would be gained in the window if "
           "the event never happened. *Criticality* is its share of the outages, *Birnbaum* by how "
           "much the root follows it.\n";
    for (const RootTable& root : risks.roots) write(out, root);
  }
  if (risks.rootsLeftOut > 0)
    out += fmt::format("\n{} more were too much to compute.\n", risks.rootsLeftOut);
  return out;
}

emit::Output generate(const Register& risks, std::string_view version) {
  if (risks.entries.empty() && risks.roots.empty()) return {};
  emit::Output output;
  output.files = {{"risk/register.json", toJson(risks), {}},
                  {"risk/register.md", toMarkdown(risks), {}},
                  {"risk/register.sarif", toSarif(risks, version), {}}};
  if (!risks.entries.empty()) output.notes.push_back("the risk register has " + summaryOf(risks));
  return output;
}

} // namespace relc::risk
