#pragma once
// Between lexer and parser: balances delimiters by the layout of the text and inserts zero-width
// tokens for what was forgotten, so that one mistake loses one declaration. Private to this room.

#include "compiler/diagnostics/finding.h"
#include "compiler/syntax/token.h"

#include <string_view>
#include <vector>

namespace relc::syntax {

/// Delimiters nested deeper than this are a finding, and what they hold is dropped.
constexpr unsigned maxNesting = 100;

/// `tokens` ends with an End token, before and after. After the call delimiters balance.
void repair(source::FileId file, std::string_view text, std::vector<Token>& tokens,
            diagnostics::FindingList& findings);

} // namespace relc::syntax
