#pragma once
// One row an operator: spelling, precedence, family. The order of the rows is that of the enums.

#include "compiler/promql/tree.h"

#include <array>
#include <string_view>

namespace relc::promql {

enum class OperatorFamily : uint8_t { Set, Comparison, Trim, Arithmetic };

struct BinaryOperator {
  std::string_view text;
  uint8_t precedence; ///< higher binds tighter
  OperatorFamily family;
  bool rightAssociative = false;
};

inline constexpr std::array<BinaryOperator, 18> binaryOperators = {{
    {"or", 1, OperatorFamily::Set},
    {"and", 2, OperatorFamily::Set},
    {"unless", 2, OperatorFamily::Set},
    {"==", 3, OperatorFamily::Comparison},
    {"!=", 3, OperatorFamily::Comparison},
    {"<", 3, OperatorFamily::Comparison},
    {"<=", 3, OperatorFamily::Comparison},
    {">", 3, OperatorFamily::Comparison},
    {">=", 3, OperatorFamily::Comparison},
    {"</", 3, OperatorFamily::Trim},
    {">/", 3, OperatorFamily::Trim},
    {"+", 4, OperatorFamily::Arithmetic},
    {"-", 4, OperatorFamily::Arithmetic},
    {"*", 5, OperatorFamily::Arithmetic},
    {"/", 5, OperatorFamily::Arithmetic},
    {"%", 5, OperatorFamily::Arithmetic},
    {"atan2", 5, OperatorFamily::Arithmetic},
    {"^", 6, OperatorFamily::Arithmetic, true},
}};

/// A sign binds like a product: `-a ^ b` is `-(a ^ b)`, `-a * b` is `(-a) * b`.
inline constexpr uint8_t signPrecedence = 5;

inline constexpr const BinaryOperator& row(BinaryOp op) {
  return binaryOperators[static_cast<size_t>(op)];
}

struct AggregateOperator {
  std::string_view text;
  ValueType parameter = ValueType::None; ///< type of the parameter in front, if it takes one
  bool experimental = false;
};

inline constexpr std::array<AggregateOperator, 14> aggregateOperators = {{
    {"sum"},
    {"avg"},
    {"count"},
    {"min"},
    {"max"},
    {"group"},
    {"stddev"},
    {"stdvar"},
    {"topk", ValueType::Scalar},
    {"bottomk", ValueType::Scalar},
    {"count_values", ValueType::String},
    {"quantile", ValueType::Scalar},
    {"limitk", ValueType::Scalar, true},
    {"limit_ratio", ValueType::Scalar, true},
}};

inline constexpr const AggregateOperator& row(AggregateOp op) {
  return aggregateOperators[static_cast<size_t>(op)];
}

} // namespace relc::promql
