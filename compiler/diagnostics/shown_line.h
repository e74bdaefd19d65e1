#pragma once
// A source line as it is shown: printable, tabs expanded, cut to a window if it is too long.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace relc::diagnostics {

/// Whether a line can be shown whole in `maxWidth` columns.
bool fitsWhole(std::string_view line, unsigned maxWidth);

class ShownLine {
public:
  /// The window is chosen so that bytes [begin, end) of the line are seen with some of what stands
  /// around them. Costs time for what is shown, not for the length of the line.
  ShownLine(std::string_view line, uint32_t begin, uint32_t end, unsigned maxWidth);

  [[nodiscard]] const std::string& text() const { return text_; }
  /// 0-based column at which the byte of the line stands; the nearest one if it is cut away.
  [[nodiscard]] unsigned column(uint32_t byte) const;

private:
  std::string text_;
  uint32_t firstByte_ = 0;
  std::vector<unsigned> columns_; ///< of each byte of the window, and of its end
};

} // namespace relc::diagnostics
