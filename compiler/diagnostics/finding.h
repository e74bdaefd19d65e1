#pragma once
// What the compiler has to say about a program: findings, each of one check of the table
// (docs/checks/*.md), with the place, the chain of facts and the next step.

#include "compiler/diagnostics/checks.h"
#include "compiler/source/source.h"

#include <string>
#include <utility>
#include <vector>

namespace relc::diagnostics {

/// A place in the source and what to say about it, in a few words.
struct Label {
  source::Range range;
  std::string text;
  friend bool operator==(const Label&, const Label&) = default;
};

/// Replacement of a byte range; an empty range inserts.
struct Edit {
  source::Range range;
  std::string newText;
  friend bool operator==(const Edit&, const Edit&) = default;
};

/// A mechanical mend, shown in text, applied by `relc check --fix` and as a code action.
struct Fix {
  std::string title;
  std::vector<Edit> edits;
  friend bool operator==(const Fix&, const Fix&) = default;
};

struct Finding {
  static constexpr uint32_t none = UINT32_MAX;

  Check check;
  Severity severity;
  /// Lower-case start, no final period, user text in back-quotes.
  std::string message;
  /// The narrowest place that shows the problem; its text says what is special about that place.
  Label primary;
  /// Further facts of the chain, in the order in which they lead to the finding.
  std::vector<Label> secondary;
  std::vector<std::string> why;
  std::vector<std::string> help;
  std::vector<Fix> fixes;
  /// Index of the entity of the model that is judged. Means something only beside that model, so
  /// it is neither compared nor shown.
  uint32_t subject = none;
  /// Names of the environments in which it holds, sorted; empty: in all of them.
  std::vector<std::string> environments;
  /// Further findings that say the same of the same place; see `settle`.
  uint32_t morePlaces = 0;

  Finding& about(uint32_t entity) {
    subject = entity;
    return *this;
  }
  Finding& at(source::Range range, std::string text) {
    secondary.push_back({range, std::move(text)});
    return *this;
  }
  Finding& label(std::string text) {
    primary.text = std::move(text);
    return *this;
  }
  Finding& because(std::string text) {
    why.push_back(std::move(text));
    return *this;
  }
  Finding& suggest(std::string text) {
    help.push_back(std::move(text));
    return *this;
  }
  Finding& fix(std::string title, std::vector<Edit> edits) {
    fixes.push_back({std::move(title), std::move(edits)});
    return *this;
  }
};

/// Where one phase puts what it finds. Not shared between threads: each worker fills its own and
/// the driver joins them; order does not matter, `settle` sorts.
class FindingList {
public:
  /// Adds a finding with its check's default severity; the reference is valid until the next call.
  Finding& add(Check check, source::Range range, std::string message) {
    return findings_.emplace_back(
        Finding{check, info(check).severity, std::move(message), {range, {}}, {}, {}, {}, {}});
  }
  void append(FindingList&& other) {
    findings_.insert(findings_.end(), std::make_move_iterator(other.findings_.begin()),
                     std::make_move_iterator(other.findings_.end()));
    other.findings_.clear();
  }
  [[nodiscard]] bool empty() const { return findings_.empty(); }
  [[nodiscard]] size_t size() const { return findings_.size(); }
  [[nodiscard]] const std::vector<Finding>& all() const { return findings_; }
  [[nodiscard]] std::vector<Finding>& all() { return findings_; }

private:
  std::vector<Finding> findings_;
};

/// What a reader sees first: sorted by file path, place, code and message; equal ones said once.
/// Those that differ only in the chain of facts behind the same message at the same place (a
/// mistake in a profile that is used a hundred times) are said once, too, with the number of the
/// others.
void settle(std::vector<Finding>& findings, const source::SourceManager& sources);

} // namespace relc::diagnostics
