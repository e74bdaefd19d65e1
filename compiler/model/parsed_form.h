#pragma once
// What comes of reading a string of a fixed form: a value, or where and why it is none.

#include <cstddef>
#include <optional>
#include <string>

namespace relc::model {

/// Why a text is not of the form, at bytes of the text.
struct FormError {
  std::string message;
  size_t offset = 0;
  size_t length = 0; ///< 0 at the place where something is missing
  std::optional<std::string>
      suggestion; ///< what to write in place of these bytes, if that is clear
};

/// One of both: `error` counts only if there is no value.
template <class T>
struct ParsedForm {
  std::optional<T> value;
  FormError error;
};

} // namespace relc::model
