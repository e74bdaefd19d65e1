#pragma once
// Precedence climbing over a flat row of operands, signs and operators, without recursion.

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace relc::promql {

/// `Operand` is what is combined, `Operator` has a `precedence()`, `rightAssociative()` and
/// `isSign()`. Signs are given before their operand, binary operators between two.
/// `combine(operator, left, right)` makes the result; `left` is empty for a sign.
template <class Operand, class Operator, class Combine>
class Climber {
public:
  explicit Climber(Combine combine) : combine_(std::move(combine)) {}

  void sign(Operator op) { operators_.push_back(std::move(op)); }
  void operand(Operand operand) { operands_.push_back(std::move(operand)); }
  void binary(Operator op) {
    reduce(op.precedence() + (op.rightAssociative() ? 1 : 0));
    operators_.push_back(std::move(op));
  }
  Operand finish() {
    reduce(0);
    return std::move(operands_.back());
  }

private:
  /// Combines what binds at least as tight as `precedence`.
  void reduce(int precedence) {
    while (!operators_.empty() && operators_.back().precedence() >= precedence) {
      Operator op = std::move(operators_.back());
      operators_.pop_back();
      Operand right = pop();
      std::optional<Operand> left;
      if (!op.isSign()) left = pop();
      operands_.push_back(combine_(std::move(op), std::move(left), std::move(right)));
    }
  }
  Operand pop() {
    Operand operand = std::move(operands_.back());
    operands_.pop_back();
    return operand;
  }

  Combine combine_;
  std::vector<Operand> operands_;
  std::vector<Operator> operators_;
};

} // namespace relc::promql
