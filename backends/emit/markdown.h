#pragma once
// Quoting for Markdown (CommonMark with GitHub's tables): any text shows as itself and can neither
// begin markup nor end the construct that holds it. Invalid UTF-8 and control characters, which
// Markdown cannot carry, show as U+FFFD.

#include <string>
#include <string_view>

namespace relc::emit {

/// Text within a line: paragraphs, headings, list items, table cells. Line breaks become spaces.
std::string markdownText(std::string_view text);

/// Text of a table cell; as markdownText, but line breaks are kept (`<br>`).
std::string markdownCell(std::string_view text);

/// A code span, whatever back-quotes the text has; line breaks become spaces. Empty text gives
/// nothing, as there is no empty code span.
std::string markdownCode(std::string_view text);

/// A code span for a table cell, where a bare `|` would end the cell.
std::string markdownCodeCell(std::string_view text);

/// A fenced block on lines of its own, with a fence longer than any in the text. Of `language` only
/// letters, digits, `_`, `+` and `-` are kept.
std::string markdownBlock(std::string_view text, std::string_view language = {});

/// `[text](<url>)`. Only http, https, mailto and relative addresses become links; others (such as
/// `javascript:`) are shown as text behind the link's.
std::string markdownLink(std::string_view text, std::string_view url);

} // namespace relc::emit
