#include "compiler/analysis/wording.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace relc::analysis {

using model::Decimal;

std::string quoted(std::string_view text) {
  return fmt::format("`{}`", text);
}

std::string titled(const model::Model& model, model::EntityId id) {
  const model::Entity& e = model[id];
  std::string_view word = schema::info(e.kind).word;
  return e.name.empty() ? fmt::format("this {}", word) : fmt::format("{} `{}`", word, e.name);
}

std::string joined(std::span<const std::string> phrases, std::string_view join) {
  std::string out;
  size_t show = phrases.size() > namesShown + 1 ? namesShown : phrases.size();
  for (size_t i = 0; i < show; ++i) {
    if (i > 0) out += i + 1 == phrases.size() ? fmt::format(" {} ", join) : ", ";
    out += phrases[i];
  }
  if (show < phrases.size()) out += fmt::format(" {} {} more", join, phrases.size() - show);
  return out;
}

std::string listed(std::span<const std::string> names, std::string_view join) {
  std::vector<std::string> phrases;
  for (const std::string& name : names) phrases.push_back(quoted(name));
  return joined(phrases, join);
}

std::string counted(size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count == 0 ? "no" : std::to_string(count), noun,
                     count == 1 ? "" : "s");
}

namespace {

/// At most six digits before it is rounded to four.
bool isShort(Decimal value) {
  return std::abs(value.mantissa) < 1'000'000 && value.exponent > -9 && value.exponent < 7;
}

} // namespace

std::string shown(Decimal value) {
  return isShort(value) ? value.toString() : fmt::format("about {:.4g}", value.toDouble());
}

std::string shownPercent(Decimal fraction) {
  return shown(Decimal(fraction.mantissa, fraction.exponent + 2)) + "%";
}

std::string shownDuration(Decimal seconds) {
  if (seconds.exponent >= 0 || seconds < Decimal(1)) return model::formatDuration(seconds);
  double rounded = std::round(seconds.toDouble());
  if (rounded > 1e15) return model::formatDuration(seconds);
  return "about " + model::formatDuration(static_cast<int64_t>(rounded));
}

} // namespace relc::analysis
