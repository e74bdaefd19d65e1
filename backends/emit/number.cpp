#include "backends/emit/number.h"

#include <cassert>
#include <cmath>
#include <string_view>

namespace relc::emit {

void appendNumber(std::string& out, double number) {
  assert(std::isfinite(number));
  if (number == 0) {
    // `-0` would be read as the integer 0.
    out += std::signbit(number) ? "-0.0" : "0";
    return;
  }
  const double size = std::abs(number);
  const bool plain = size >= 1e-5 && size < 1e16;
  char buffer[48];
  const char* const end =
      std::to_chars(buffer, buffer + sizeof buffer, number,
                    plain ? std::chars_format::fixed : std::chars_format::scientific)
          .ptr;
  const std::string_view text(buffer, size_t(end - buffer));
  const size_t exponent = text.find('e');
  if (exponent == std::string_view::npos || text.find('.') != std::string_view::npos) {
    out += text;
    return;
  }
  // YAML 1.1 takes `1e+16` for a string: its floats need a point.
  out += text.substr(0, exponent);
  out += ".0";
  out += text.substr(exponent);
}

} // namespace relc::emit
