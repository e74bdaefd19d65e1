#pragma once
// Label values that a selector accepts: what a test has to feed. Private to this backend.

#include "compiler/promql/promql.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace relc::prometheus {

/// A string that the pattern matches, for the constructs that people use in label matchers; the
/// caller verifies it.
std::string exampleOf(std::string_view regex);

/// Label values that satisfy all of `wanted` and, if `unwanted` is not empty, not all of
/// `unwanted`. Nothing if none was found.
std::optional<std::map<std::string, std::string>>
exampleLabels(const std::vector<promql::Matcher>& wanted,
              const std::vector<promql::Matcher>& unwanted = {});

/// Do the values satisfy all matchers? An absent label counts as empty.
bool satisfies(const std::map<std::string, std::string>& labels,
               const std::vector<promql::Matcher>& matchers);

} // namespace relc::prometheus
