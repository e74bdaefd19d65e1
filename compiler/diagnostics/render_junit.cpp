// The dialect of JUnit XML that Jenkins, GitLab and GitHub actions read.

#include "compiler/diagnostics/columns.h"
#include "compiler/diagnostics/printable.h"
#include "compiler/diagnostics/render.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace relc::diagnostics {

namespace {

/// For attributes and content. XML 1.0 has no control characters, not even as references, so the
/// text must be printable; U+FFFE and U+FFFF are excluded, too, and `printable` escapes them.
std::string xml(std::string_view text) {
  std::string out;
  for (char c : text) {
    switch (c) {
    case '&': out += "&amp;"; break;
    case '<': out += "&lt;"; break;
    case '>': out += "&gt;"; break;
    case '"': out += "&quot;"; break;
    default: out += c;
    }
  }
  return out;
}

std::string_view pathOf(const Finding& finding, const source::SourceManager& sources) {
  const source::Range range = clamp(finding.primary.range, sources);
  return range.valid() ? sources.path(range.file) : "workspace";
}

template <typename... Args>
void write(std::string& out, fmt::format_string<Args...> format, Args&&... args) {
  fmt::format_to(std::back_inserter(out), format, std::forward<Args>(args)...);
}

} // namespace

std::string renderJUnit(std::span<const Finding> findings, const source::SourceManager& sources,
                        const RenderOptions& options) {
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  auto failed = [](std::span<const Finding> some) {
    return std::count_if(some.begin(), some.end(),
                         [](const Finding& f) { return f.severity == Severity::Error; });
  };

  write(out, "<testsuites name=\"relc\" tests=\"{}\" failures=\"{}\" errors=\"0\">\n",
        std::max<size_t>(findings.size(), 1), failed(findings));
  if (findings.empty())
    out += "  <testsuite name=\"workspace\" tests=\"1\" failures=\"0\" errors=\"0\">\n"
           "    <testcase classname=\"workspace\" name=\"relc check\"/>\n  </testsuite>\n";

  Columns columns(sources);
  const std::vector<std::string> bodies =
      renderTextEach(findings, sources, {false, 0, options.version});
  for (size_t i = 0; i < findings.size();) {
    const std::string_view path = pathOf(findings[i], sources);
    size_t end = i;
    while (end < findings.size() && pathOf(findings[end], sources) == path) ++end;
    const std::string name = xml(printable(path));
    write(out, "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"0\">\n", name,
          end - i, failed(findings.subspan(i, end - i)));
    for (; i < end; ++i) {
      const Finding& finding = findings[i];
      const CheckInfo& check = info(finding.check);
      const source::Range range = clamp(finding.primary.range, sources);
      const Place place = range.valid() ? columns.at(range.file, range.begin) : Place{};
      const bool failure = finding.severity == Severity::Error;
      const std::string message = xml(printable(finding.message));
      write(out, "    <testcase classname=\"{}\" name=\"{}:{} {} {}\">\n", name, place.line,
            place.character, check.code, check.name);
      if (failure)
        write(out, "      <failure type=\"{}\" message=\"{}\">", check.code, message);
      else
        out += "      <system-out>";
      out += xml(bodies[i]);
      out += failure ? "</failure>\n" : "</system-out>\n";
      out += "    </testcase>\n";
    }
    out += "  </testsuite>\n";
  }
  out += "</testsuites>\n";
  return out;
}

} // namespace relc::diagnostics
