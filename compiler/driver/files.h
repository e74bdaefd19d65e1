#pragma once
// Changing a source file: the old text or the new one, whatever happens on the way.

#include <filesystem>
#include <string>
#include <string_view>

namespace relc::driver {

/// Writes a temporary file beside it and renames it over; keeps the mode. Returns why not, or "".
std::string replaceFile(const std::filesystem::path& path, std::string_view text);
/// Regular files only. Returns why not, or "".
std::string readWhole(const std::filesystem::path& path, std::string& text);

} // namespace relc::driver
