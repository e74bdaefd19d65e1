#include "compiler/driver/account.h"

#include "backends/emit/json.h"
#include "compiler/diagnostics/printable.h"

#include <fmt/format.h>

#include <algorithm>

namespace relc::driver {
namespace {

constexpr unsigned narrowest = 40;

void put(std::string& out, std::string_view text, unsigned width, size_t indent, size_t hanging) {
  const std::string shown = diagnostics::printable(text);
  const unsigned room =
      width == 0 ? 0 : std::max(narrowest, width > hanging ? width - unsigned(hanging) : 0);
  bool first = true;
  for (const std::string& line : diagnostics::wrap(shown, room)) {
    out.append(first ? indent : hanging, ' ');
    out += line + '\n';
    first = false;
  }
}

void write(emit::JsonWriter& json, const Fact& fact) {
  json.key(fact.key);
  if (const auto* list = std::get_if<std::vector<std::string>>(&fact.value)) {
    json.beginList();
    for (const std::string& each : *list) json.value(each);
    json.endList();
    return;
  }
  std::visit(
      [&](const auto& value) {
        if constexpr (!std::is_same_v<std::decay_t<decltype(value)>, std::vector<std::string>>)
          json.value(value);
      },
      fact.value);
}

} // namespace

// Out of line: GCC 12 warns of members that may not be initialised where lists of them are inlined.
Fact::Fact(std::string_view key, FactValue value) : key(key), value(std::move(value)) {}
Fact::Fact(const Fact&) = default;
Fact::Fact(Fact&&) noexcept = default;
Fact& Fact::operator=(const Fact&) = default;
Fact& Fact::operator=(Fact&&) noexcept = default;
Fact::~Fact() = default;

std::string asText(const Account& account, unsigned width) {
  std::string out;
  put(out, account.title, width, 0, 2);
  for (const std::string& line : account.lines) put(out, line, width, 2, 4);
  for (const Section& section : account.sections) {
    if (section.lines.empty() && section.remark.empty()) continue;
    out += '\n';
    put(out, section.title, width, 0, 2);
    for (size_t i = 0; i < section.lines.size() && i < section.most; ++i) {
      const Line& line = section.lines[i];
      put(out, line.place.empty() ? line.text : fmt::format("{}  ({})", line.text, line.place),
          width, 2, 6);
    }
    if (section.lines.size() > section.most)
      out += fmt::format("  … and {} more, which --format json lists\n",
                         section.lines.size() - section.most);
    if (!section.remark.empty()) put(out, section.remark, width, 2, 2);
  }
  return out;
}

std::string asJson(const Account& account) {
  std::string out;
  emit::JsonWriter json(out);
  json.beginMap().entry("title", account.title);
  for (const Fact& fact : account.facts) write(json, fact);
  for (const Section& section : account.sections) {
    json.key(section.key).beginMap();
    for (const Fact& fact : section.facts) write(json, fact);
    if (!section.remark.empty()) json.entry("remark", section.remark);
    json.key("lines").beginList();
    for (const Line& line : section.lines) {
      json.beginMap().entry("text", line.text);
      if (!line.place.empty()) json.entry("place", line.place);
      for (const Fact& fact : line.facts) write(json, fact);
      json.endMap();
    }
    json.endList().endMap();
  }
  json.endMap();
  return out;
}

} // namespace relc::driver
