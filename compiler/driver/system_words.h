#pragma once
// The words for what the fault tree of a system knows; `why`, `what-if` and the risk register share
// them.

#include "compiler/driver/account.h"
#include "compiler/pipeline.h"
#include "compiler/reliability/blast.h"

#include <string>
#include <vector>

namespace relc::driver {

class SystemWords {
public:
  SystemWords(const Compilation& compilation, const reliability::SystemTree& system)
      : compilation_(compilation), model_(compilation.model), system_(system) {}

  /// "`orders-db`".
  [[nodiscard]] std::string name(model::EntityId id) const;
  [[nodiscard]] std::vector<std::string> names(std::span<const model::EntityId> ids) const;
  [[nodiscard]] std::vector<std::string> paths(std::span<const model::EntityId> ids) const;
  /// "checkout.rel:12".
  [[nodiscard]] std::string place(const source::Range& range) const;
  [[nodiscard]] std::string place(model::EntityId id) const { return place(model_[id].range); }
  /// "2 of the 3 instances of `orders-db`", "zone `eu-west-1a`", "vendor `stripe`".
  [[nodiscard]] std::string part(const reliability::Part& part) const;
  [[nodiscard]] std::string parts(std::span<const reliability::Part> parts) const;
  /// "timeout 200ms, 1 retry, breaker".
  [[nodiscard]] std::string protection(model::EntityId relation) const;
  /// "`checkout` needs `orders.write`": a step, with its place and its facts.
  [[nodiscard]] Line step(const reliability::Step& step) const;
  /// The steps, and after each that does not pass the failure on why it does not.
  [[nodiscard]] std::vector<Line> way(std::span<const reliability::Step> steps) const;
  /// "needs any of `a`, `b`".
  [[nodiscard]] std::string relation(model::EntityId relation) const;
  /// Those of a kind in one line: "journeys `a` and `b`".
  [[nodiscard]] std::vector<Line> byKind(std::span<const model::EntityId> ids) const;
  /// The same as one phrase.
  [[nodiscard]] std::string inKinds(std::span<const model::EntityId> ids) const;
  /// What is lost goes on in `uses` and slow `needs`: a line each.
  [[nodiscard]] Line degraded(model::EntityId uses) const;
  [[nodiscard]] Line absorbed(model::EntityId needs) const;

private:
  const Compilation& compilation_;
  const model::Model& model_;
  const reliability::SystemTree& system_;
};

/// Of a share of a window: "21m36s".
std::string lasting(double share, model::Decimal window);

} // namespace relc::driver
