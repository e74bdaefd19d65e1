#include "compiler/model/version.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace relc::model {
namespace {

using Comparison = VersionConstraint::Comparison;

struct Operator {
  std::string_view sign;
  Comparison comparison;
};
constexpr Operator operators[] = {{">=", Comparison::AtLeast},
                                  {"<=", Comparison::AtMost},
                                  {">", Comparison::More},
                                  {"<", Comparison::Less},
                                  {"=", Comparison::Equal}};

/// Signs of other tools, and slips, in our words. The version can be read.
std::optional<std::string> inOurWords(std::string_view sign, std::string_view version) {
  auto parsed = parseVersion(version);
  auto dots = std::count(version.begin(), version.end(), '.');
  if (sign == "==") return fmt::format("= {}", version);
  if (sign == "=>") return fmt::format(">= {}", version);
  if (sign == "=<") return fmt::format("<= {}", version);
  if (sign == "^") return std::string(version);
  // Terraform and Ruby: the last number that is written may grow. npm: the patch may.
  if ((sign == "~>" && dots < 2) || (sign == "~" && dots == 0))
    return fmt::format(">= {}, < {}", version, parsed->numbers[0] + 1);
  if (sign == "~" || sign == "~>")
    return fmt::format(">= {}, < {}.{}", version, parsed->numbers[0], parsed->numbers[1] + 1);
  return std::nullopt;
}

constexpr std::string_view blanks = " \t";

std::string_view trimmed(std::string_view text) {
  size_t begin = std::min(text.find_first_not_of(blanks), text.size());
  size_t end = text.find_last_not_of(blanks);
  return text.substr(begin, end == text.npos ? 0 : end + 1 - begin);
}

} // namespace

std::optional<Version> parseVersion(std::string_view text) {
  Version version;
  for (uint32_t& number : version.numbers) {
    size_t dot = std::min(text.find('.'), text.size());
    auto [end, error] = std::from_chars(text.data(), text.data() + dot, number);
    if (error != std::errc() || end != text.data() + dot || dot > 9) return std::nullopt;
    if (dot == text.size()) return version;
    text.remove_prefix(dot + 1);
  }
  return std::nullopt;
}

const VersionConstraint::Term* VersionConstraint::brokenBy(const Version& version) const {
  auto holds = [&](const Term& term) {
    auto order = version <=> term.version;
    switch (term.comparison) {
    case Comparison::AtLeast: return order >= 0;
    case Comparison::AtMost: return order <= 0;
    case Comparison::More: return order > 0;
    case Comparison::Less: return order < 0;
    case Comparison::Equal: return order == 0;
    case Comparison::Compatible: return order >= 0 && version.numbers[0] == term.version.numbers[0];
    }
    return false;
  };
  auto broken = std::find_if_not(terms.begin(), terms.end(), holds);
  return broken == terms.end() ? nullptr : &*broken;
}

ParsedForm<VersionConstraint> parseVersionConstraint(std::string_view text) {
  ParsedForm<VersionConstraint> result;
  auto fail = [&](std::string message, std::string_view where,
                  std::optional<std::string> suggestion = {}) {
    result.value.reset();
    result.error = {std::move(message), static_cast<size_t>(where.data() - text.data()),
                    where.size(), std::move(suggestion)};
    return result;
  };
  result.value.emplace();
  for (size_t at = 0; at <= text.size();) {
    size_t comma = std::min(text.find(',', at), text.size());
    std::string_view whole = trimmed(text.substr(at, comma - at));
    at = comma + 1;
    size_t signs = std::min(whole.find_first_not_of("<>=!~^ \t"), whole.size());
    std::string_view sign = trimmed(whole.substr(0, signs));
    std::string_view version = whole.substr(signs);
    const auto* known = std::find_if(std::begin(operators), std::end(operators),
                                     [&](const Operator& o) { return o.sign == sign; });
    if (whole.empty()) return fail("expected a version such as `>= 1.2`", whole);
    if (version.empty()) return fail(fmt::format("expected a version behind `{}`", sign), whole);
    auto parsed = parseVersion(version);
    if (!parsed) {
      bool tagged = version.starts_with('v') && parseVersion(version.substr(1));
      return fail(fmt::format("`{}` is no version of up to three numbers", version), version,
                  tagged ? std::optional(std::string(version.substr(1))) : std::nullopt);
    }
    if (!sign.empty() && known == std::end(operators))
      return fail(fmt::format("`{}` is none of the comparisons `>=`, `<=`, `>`, `<` and `=`", sign),
                  whole, inOurWords(sign, version));
    result.value->terms.push_back({sign.empty() ? Comparison::Compatible : known->comparison,
                                   *parsed, static_cast<size_t>(whole.data() - text.data()),
                                   whole.size()});
  }
  return result;
}

} // namespace relc::model
