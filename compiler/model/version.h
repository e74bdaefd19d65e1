#pragma once
// Versions of modules, and what an importer asks of them.
//
//   version     "1.4.0"              up to three numbers; those that are left out are 0
//   constraint  ">= 1.2, < 2"        all of the comparisons hold: >= <= > < =
//               "1.4"                at least that, and of the same major version: ">= 1.4, < 2"

#include "compiler/model/parsed_form.h"

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace relc::model {

struct Version {
  std::array<uint32_t, 3> numbers{}; ///< major, minor, patch
  friend auto operator<=>(const Version&, const Version&) = default;
};

/// Each number has at most nine digits.
std::optional<Version> parseVersion(std::string_view text);

struct VersionConstraint {
  enum class Comparison : uint8_t { AtLeast, AtMost, More, Less, Equal, Compatible };
  struct Term {
    Comparison comparison = Comparison::Compatible;
    Version version;
    size_t offset = 0; ///< in the text that was read
    size_t length = 0;
  };
  std::vector<Term> terms;

  /// The first term that does not hold for the version, or null.
  [[nodiscard]] const Term* brokenBy(const Version& version) const;
};

ParsedForm<VersionConstraint> parseVersionConstraint(std::string_view text);

} // namespace relc::model
