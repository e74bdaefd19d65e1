#pragma once

#include <string>
#include <string_view>

namespace relc::filetest {

/// The lines in which two texts differ, `-` expected and `+` actual, with two lines around them.
std::string lineDiff(std::string_view expected, std::string_view actual);

} // namespace relc::filetest
