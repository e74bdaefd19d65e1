#pragma once
// What somebody means who types the name of a declaration.

#include "compiler/model/model.h"

#include <string>
#include <string_view>
#include <vector>

namespace relc::driver {

struct Named {
  model::EntityId id;                  ///< not valid: `error` says why
  std::vector<model::EntityId> others; ///< of later ranks, called the same
  std::string error;                   ///< "nothing is called `x`, did you mean `y`?"
};

/// The declaration that `text` names: its path (`checkout.pay`), its own name if no other of the
/// same rank has it (`pay`), either behind the word of its kind (`team checkout`). `ranks` are the
/// kinds that fit: those of the first in which there is one win.
Named findNamed(const model::Model& model, std::string_view text,
                std::span<const schema::KindSet> ranks);

/// "service `checkout`".
std::string titled(const model::Model& model, model::EntityId id);

/// "a, b and c"; "a, b, c" with `,` for the last, too. At most `most` are spelt out.
std::string joined(std::span<const std::string> phrases, std::string_view join = "and",
                   size_t most = SIZE_MAX);

} // namespace relc::driver
