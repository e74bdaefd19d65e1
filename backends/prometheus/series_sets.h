#pragma once
// Which series an expression comes to on given ones, by their labels. Private to this backend.

#include "compiler/promql/promql.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace relc::prometheus {

/// Labels of a series; its name is `__name__`.
using SeriesLabels = std::map<std::string, std::string>;

/// The series that the result can have at most; nothing if PromQL may refuse to evaluate it on
/// these (many match many, or two come out alike), or if that cannot be told.
std::optional<std::vector<SeriesLabels>> resultOf(const promql::Expr& expr,
                                                  const std::vector<SeriesLabels>& series);

} // namespace relc::prometheus
