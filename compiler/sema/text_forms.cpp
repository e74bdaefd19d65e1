// Strings that must have a certain form.

#include "compiler/model/schedule.h"
#include "compiler/model/time_zone.h"
#include "compiler/model/version.h"
#include "compiler/sema/context.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>

namespace relc::sema {
namespace {

TextFault fault(std::string message, std::string help) {
  TextFault result;
  result.message = std::move(message);
  result.help = std::move(help);
  return result;
}

bool isBlankOrControl(unsigned char c) {
  return c <= ' ' || c == 0x7f;
}

} // namespace

std::optional<TextFault> faultOfUrl(std::string_view text) {
  constexpr std::string_view help = "for example `\"https://www.example.com/page\"`";
  size_t colon = text.find("://");
  if (colon == text.npos) {
    TextFault result = fault("an address begins with `https://`", std::string(help));
    bool host = text.find('.') != text.npos && text.find_first_of(" /:") > text.find('.');
    if (host) result.suggestion = "https://" + std::string(text);
    return result;
  }
  std::string_view scheme = text.substr(0, colon);
  if (scheme != "https" && scheme != "http") {
    TextFault result =
        fault(fmt::format("`{}` is no scheme of a web page", scheme), std::string(help));
    result.length = static_cast<uint32_t>(colon);
    return result;
  }
  std::string_view rest = text.substr(colon + 3);
  if (rest.empty() || rest[0] == '/') return fault("the address names no host", std::string(help));
  auto blank = std::find_if(text.begin(), text.end(),
                            [](char c) { return isBlankOrControl(static_cast<unsigned char>(c)); });
  if (blank == text.end()) return std::nullopt;
  TextFault result = fault("an address holds no blanks", "write `%20` for a blank");
  result.offset = static_cast<uint32_t>(blank - text.begin());
  result.length = 1;
  return result;
}

std::optional<TextFault> faultOfEmail(std::string_view text) {
  // "Payments <payments@example.com>" is an address with a name.
  if (size_t open = text.rfind('<'); open != text.npos && text.ends_with('>'))
    text = text.substr(open + 1, text.size() - open - 2);
  size_t at = text.find('@');
  bool whole = at != text.npos && at > 0 && text.find('@', at + 1) == text.npos &&
               text.find('.', at) != text.npos && text.back() != '.' &&
               std::none_of(text.begin(), text.end(),
                            [](char c) { return isBlankOrControl(static_cast<unsigned char>(c)); });
  if (whole) return std::nullopt;
  return fault("this is no mail address", "for example `\"payments@example.com\"`");
}

std::optional<TextFault> faultOfPath(std::string_view text) {
  if (text.empty()) return fault("the path is empty", "name a file below the workspace");
  if (text.front() == '/' || text.find('\\') != text.npos)
    return fault("a path is relative to the workspace, with `/` between folders",
                 "for example `\"runbooks/drain.md\"`");
  for (size_t at = 0; at <= text.size();) {
    size_t slash = std::min(text.find('/', at), text.size());
    if (text.substr(at, slash - at) == "..") {
      TextFault result = fault("the path leaves the workspace", "files stand below the workspace");
      result.offset = static_cast<uint32_t>(at);
      result.length = 2;
      return result;
    }
    at = slash + 1;
  }
  return std::nullopt;
}

std::optional<TextFault> faultOfVersion(std::string_view text) {
  if (model::parseVersion(text)) return std::nullopt;
  TextFault result = fault("a version is up to three numbers", "for example `\"1.4.0\"`");
  if (text.starts_with('v') && !faultOfVersion(text.substr(1))) result.suggestion = text.substr(1);
  return result;
}

namespace {

/// What model/schedule.h has to say.
template <class Value>
std::optional<TextFault> faultOf(std::string_view text, const model::ParsedForm<Value>& parsed) {
  if (parsed.value) return std::nullopt;
  TextFault result;
  result.message = parsed.error.message;
  result.offset = static_cast<uint32_t>(parsed.error.offset);
  result.length = static_cast<uint32_t>(parsed.error.length);
  if (parsed.error.suggestion)
    result.suggestion = std::string(text).replace(parsed.error.offset, parsed.error.length,
                                                  *parsed.error.suggestion);
  return result;
}

} // namespace

std::optional<TextFault> faultOfMoment(std::string_view text) {
  return faultOf(text, model::parseMoment(text));
}
std::optional<TextFault> faultOfHours(std::string_view text) {
  return faultOf(text, model::parseHours(text));
}
std::optional<TextFault> faultOfRecurrence(std::string_view text) {
  return faultOf(text, model::parseRecurrence(text));
}
std::optional<TextFault> faultOfInstant(std::string_view text) {
  return faultOf(text, model::parseInstant(text));
}

std::optional<TextFault> faultOfTimeZone(std::string_view text) {
  model::ZoneStatus status = model::timeZoneStatus(text);
  if (status == model::ZoneStatus::Known) return std::nullopt;
  if (status == model::ZoneStatus::NoDatabase)
    return fault("no time zone but `UTC` is known: this machine has no tz database",
                 "install the package `tzdata`");
  TextFault result = fault(fmt::format("no time zone is called `{}`", text),
                           "the names are those of the tz database, such as `Europe/Berlin`");
  auto near = model::nearestTimeZones(text);
  if (near.size() == 1) result.suggestion = near.front();
  if (near.size() > 1) result.help = fmt::format("did you mean `{}`?", fmt::join(near, "`, `"));
  return result;
}

} // namespace relc::sema
