#include "compiler/diagnostics/columns.h"
#include "compiler/diagnostics/json_text.h"
#include "compiler/diagnostics/render.h"

#include <llvm/Support/JSON.h>
#include <llvm/Support/raw_ostream.h>

#include <array>

namespace relc::diagnostics {

namespace {

/// Raised when a field changes its meaning or goes; new fields do not count.
constexpr int formatVersion = 1;

class JsonRenderer {
public:
  JsonRenderer(const source::SourceManager& sources, llvm::json::OStream& json)
      : sources_(sources), columns_(sources), json_(json) {}

  void finding(const Finding& finding) {
    const CheckInfo& check = info(finding.check);
    json_.object([&] {
      json_.attribute("code", jsonText(check.code));
      json_.attribute("name", jsonText(check.name));
      json_.attribute("severity", jsonText(toString(finding.severity)));
      json_.attribute("message", jsonText(finding.message));
      place(finding.primary.range);
      json_.attribute("label", jsonText(finding.primary.text));
      json_.attributeArray("related", [&] {
        for (const Label& label : finding.secondary) {
          json_.object([&] {
            place(label.range);
            json_.attribute("label", jsonText(label.text));
          });
        }
      });
      texts("why", finding.why);
      texts("help", finding.help);
      json_.attributeArray("fixes", [&] {
        for (const Fix& each : finding.fixes) fix(each);
      });
      texts("environments", finding.environments);
      json_.attribute("morePlaces", finding.morePlaces);
    });
  }

  void risk(const Risk& risk) {
    const CheckInfo& check = info(risk.check);
    json_.object([&] {
      json_.attribute("code", jsonText(check.code));
      json_.attribute("name", jsonText(check.name));
      json_.attribute("target", jsonText(risk.target));
      json_.attribute("because", jsonText(risk.because));
      json_.attribute("mitigation", jsonText(risk.mitigation));
      json_.attribute("by", jsonText(risk.by));
      json_.attribute("until", jsonText(risk.until));
      json_.attribute("ticket", jsonText(risk.ticket));
      json_.attribute("expired", risk.expired);
      json_.attribute("silenced", static_cast<int64_t>(risk.silenced));
      place(risk.range);
      texts("environments", risk.environments);
    });
  }

private:
  void place(source::Range range) {
    range = clamp(range, sources_);
    if (!range.valid()) {
      json_.attribute("file", nullptr);
      return;
    }
    const Place begin = columns_.at(range.file, range.begin);
    const Place end = columns_.at(range.file, range.end);
    json_.attribute("file", jsonText(sources_.path(range.file)));
    json_.attribute("line", begin.line);
    json_.attribute("column", begin.character);
    json_.attribute("endLine", end.line);
    json_.attribute("endColumn", end.character);
    json_.attribute("begin", range.begin);
    json_.attribute("end", range.end);
  }

  void texts(llvm::StringRef name, const std::vector<std::string>& all) {
    json_.attributeArray(name, [&] {
      for (const std::string& text : all) json_.value(jsonText(text));
    });
  }

  void fix(const Fix& fix) {
    json_.object([&] {
      json_.attribute("title", jsonText(fix.title));
      json_.attributeArray("edits", [&] {
        for (const Edit& edit : fix.edits) {
          json_.object([&] {
            place(edit.range);
            json_.attribute("newText", jsonText(edit.newText));
          });
        }
      });
    });
  }

  const source::SourceManager& sources_;
  Columns columns_;
  llvm::json::OStream& json_;
};

} // namespace

std::string renderJson(std::span<const Finding> findings, const source::SourceManager& sources,
                       const RenderOptions& options) {
  std::string out;
  llvm::raw_string_ostream stream(out);
  llvm::json::OStream json(stream, 2);
  JsonRenderer renderer(sources, json);
  std::array<int64_t, 3> counts{};
  json.object([&] {
    json.attribute("version", formatVersion);
    json.attributeObject("tool", [&] {
      json.attribute("name", "relc");
      json.attribute("version", jsonText(options.version));
    });
    json.attributeArray("findings", [&] {
      for (const Finding& finding : findings) {
        ++counts[static_cast<size_t>(finding.severity)];
        renderer.finding(finding);
      }
    });
    if (options.accepted)
      json.attributeArray("accepted", [&] {
        for (const Risk& risk : *options.accepted) renderer.risk(risk);
      });
    json.attributeObject("summary", [&] {
      json.attribute("errors", counts[static_cast<size_t>(Severity::Error)]);
      json.attribute("warnings", counts[static_cast<size_t>(Severity::Warning)]);
      json.attribute("notes", counts[static_cast<size_t>(Severity::Note)]);
    });
  });
  stream << '\n';
  return out;
}

} // namespace relc::diagnostics
