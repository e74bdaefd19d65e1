#pragma once
// Text to tokens, with ANTLR's generated lexer. Private to this room.

#include "compiler/diagnostics/finding.h"
#include "compiler/syntax/token.h"

#include <string_view>
#include <vector>

namespace relc::syntax {

struct Tokens {
  std::vector<Token> tokens; ///< without comments; ends with one End token
  std::vector<Token> comments;
};

/// Also reports what can be judged on tokens alone: encoding, unterminated literals, foreign
/// comment and string forms. A literal that has no end is cut at the end of its line.
Tokens lex(source::FileId file, std::string_view text, diagnostics::FindingList& findings);

} // namespace relc::syntax
