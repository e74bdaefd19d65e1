#pragma once
// Markdown for a terminal.

#include <string>
#include <string_view>

namespace relc::manual {

/// Lays out what the manual and the pages of checks use of Markdown: headings, paragraphs, lists,
/// fenced blocks, tables. Lines have at most `width` columns where words allow; a table that is
/// wider becomes a list. Links are shown as their texts, comments not at all. What acts on a
/// terminal is shown as an escape.
std::string toTerminal(std::string_view markdown, unsigned width, bool color);

} // namespace relc::manual
