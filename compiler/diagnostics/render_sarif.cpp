// Static Analysis Results Interchange Format 2.1.0, OASIS standard of 27 March 2020.

#include "compiler/diagnostics/columns.h"
#include "compiler/diagnostics/json_text.h"
#include "compiler/diagnostics/render.h"

#include <llvm/ADT/StringExtras.h>
#include <llvm/Support/JSON.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/Support/xxhash.h>

#include <fmt/format.h>

#include <map>

namespace relc::diagnostics {

namespace {

/// A path relative to the workspace as a URI reference (RFC 3986): all but unreserved characters
/// and `/` in percent notation.
std::string uri(std::string_view path) {
  std::string out;
  for (char c : path) {
    if (llvm::isAlnum(c) || std::string_view("-._~/").find(c) != std::string_view::npos)
      out += c;
    else
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

/// The page up to its first section, without the heading.
std::string_view introduction(std::string_view page) {
  const size_t begin = std::min(page.find("\n\n"), page.size());
  page = page.substr(0, page.find("\n## "));
  page.remove_prefix(std::min(begin, page.size()));
  while (!page.empty() && page.front() == '\n') page.remove_prefix(1);
  while (!page.empty() && page.back() == '\n') page.remove_suffix(1);
  return page;
}

class SarifRenderer {
public:
  SarifRenderer(std::span<const Finding> findings, const source::SourceManager& sources,
                llvm::json::OStream& json)
      : findings_(findings), sources_(sources), columns_(sources), json_(json) {
    for (const Finding& finding : findings) rules_.emplace(finding.check, 0);
    int64_t index = 0;
    for (auto& [check, position] : rules_) position = index++;
  }

  void run(const RenderOptions& options) {
    json_.object([&] {
      json_.attributeObject("tool", [&] {
        json_.attributeObject("driver", [&] {
          json_.attribute("name", "relc");
          if (!options.version.empty()) json_.attribute("version", jsonText(options.version));
          json_.attributeArray("rules", [&] {
            for (auto [check, index] : rules_) rule(info(check));
          });
        });
      });
      json_.attribute("columnKind", "utf16CodeUnits");
      json_.attributeArray("results", [&] {
        for (const Finding& finding : findings_) result(finding);
      });
    });
  }

private:
  void message(llvm::StringRef name, std::string_view text) {
    json_.attributeObject(name, [&] { json_.attribute("text", jsonText(text)); });
  }

  void rule(const CheckInfo& check) {
    json_.object([&] {
      json_.attribute("id", jsonText(check.code));
      json_.attribute("name", jsonText(check.name));
      message("shortDescription", check.summary);
      message("fullDescription", introduction(check.page));
      json_.attributeObject("help", [&] {
        json_.attribute("text", jsonText(check.page));
        json_.attribute("markdown", jsonText(check.page));
      });
      json_.attributeObject("defaultConfiguration",
                            [&] { json_.attribute("level", jsonText(toString(check.severity))); });
      json_.attributeObject("properties", [&] {
        json_.attributeArray("tags", [&] { json_.value(jsonText(check.group)); });
      });
    });
  }

  void result(const Finding& finding) {
    json_.object([&] {
      const std::string_view code = info(finding.check).code;
      json_.attribute("ruleId", jsonText(code));
      json_.attribute("ruleIndex", rules_.at(finding.check));
      json_.attribute("level", jsonText(toString(finding.severity)));
      std::string text = finding.message;
      for (const Remark& remark : remarks(finding))
        text += fmt::format("\n{}: {}", remark.word, remark.text);
      message("message", text);
      json_.attributeArray("locations", [&] { location(finding.primary, -1); });
      if (!finding.secondary.empty()) {
        json_.attributeArray("relatedLocations", [&] {
          int64_t id = 0;
          for (const Label& label : finding.secondary) location(label, id++);
        });
      }
      fingerprint(finding, code);
      fixes(finding);
      properties(finding);
    });
  }

  void properties(const Finding& finding) {
    if (finding.environments.empty() && finding.morePlaces == 0) return;
    json_.attributeObject("properties", [&] {
      if (!finding.environments.empty())
        json_.attributeArray("environments", [&] {
          for (const std::string& name : finding.environments) json_.value(jsonText(name));
        });
      if (finding.morePlaces > 0) json_.attribute("morePlaces", finding.morePlaces);
    });
  }

  /// The same finding keeps its identity when lines move: a message names things, not lines.
  void fingerprint(const Finding& finding, std::string_view code) {
    const source::Range range = clamp(finding.primary.range, sources_);
    std::string identity(code);
    identity += '\n';
    if (range.valid()) identity += sources_.path(range.file);
    identity += '\n' + finding.message;
    const uint64_t hash = llvm::xxh3_64bits(identity);
    const unsigned occurrence = ++seen_[hash];
    json_.attributeObject("partialFingerprints", [&] {
      json_.attribute("relcFinding/v1", fmt::format("{:016x}:{}", hash, occurrence));
    });
  }

  void artifact(source::FileId file) {
    json_.attributeObject("artifactLocation", [&] {
      json_.attribute("uri", uri(sources_.path(file)));
      json_.attribute("uriBaseId", "%SRCROOT%");
    });
  }

  void region(llvm::StringRef name, const source::Range& range) {
    const Place begin = columns_.at(range.file, range.begin);
    const Place end = columns_.at(range.file, range.end);
    json_.attributeObject(name, [&] {
      json_.attribute("startLine", begin.line);
      json_.attribute("startColumn", begin.utf16);
      json_.attribute("endLine", end.line);
      json_.attribute("endColumn", end.utf16);
    });
  }

  void location(const Label& label, int64_t id) {
    const source::Range range = clamp(label.range, sources_);
    if (!range.valid()) return;
    json_.object([&] {
      if (id >= 0) json_.attribute("id", id);
      json_.attributeObject("physicalLocation", [&] {
        artifact(range.file);
        region("region", range);
      });
      if (!label.text.empty()) message("message", label.text);
    });
  }

  void fixes(const Finding& finding) {
    // The edits of a file stand together; a fix with a place that does not exist is no fix.
    std::vector<std::pair<const Fix*, std::map<source::FileId, std::vector<Edit>>>> usable;
    for (const Fix& fix : finding.fixes) {
      std::map<source::FileId, std::vector<Edit>> byFile;
      bool valid = !fix.edits.empty();
      for (const Edit& edit : fix.edits) {
        const source::Range range = clamp(edit.range, sources_);
        valid = valid && range.valid();
        byFile[range.file].push_back({range, edit.newText});
      }
      if (valid) usable.emplace_back(&fix, std::move(byFile));
    }
    if (usable.empty()) return;
    json_.attributeArray("fixes", [&] {
      for (const auto& [fix, byFile] : usable) {
        json_.object([&] {
          message("description", fix->title);
          json_.attributeArray("artifactChanges", [&] {
            for (const auto& [file, edits] : byFile) change(file, edits);
          });
        });
      }
    });
  }

  void change(source::FileId file, const std::vector<Edit>& edits) {
    json_.object([&] {
      artifact(file);
      json_.attributeArray("replacements", [&] {
        for (const Edit& edit : edits) {
          json_.object([&] {
            region("deletedRegion", edit.range);
            if (!edit.newText.empty()) message("insertedContent", edit.newText);
          });
        }
      });
    });
  }

  std::span<const Finding> findings_;
  const source::SourceManager& sources_;
  Columns columns_;
  llvm::json::OStream& json_;
  std::map<Check, int64_t> rules_; ///< used checks and their index; sorted by code
  std::map<uint64_t, unsigned> seen_;
};

} // namespace

std::string renderSarif(std::span<const Finding> findings, const source::SourceManager& sources,
                        const RenderOptions& options) {
  std::string out;
  llvm::raw_string_ostream stream(out);
  llvm::json::OStream json(stream, 2);
  json.object([&] {
    json.attribute("$schema", "https://json.schemastore.org/sarif-2.1.0.json");
    json.attribute("version", "2.1.0");
    json.attributeArray("runs", [&] { SarifRenderer(findings, sources, json).run(options); });
  });
  stream << '\n';
  return out;
}

} // namespace relc::diagnostics
