#pragma once
// Private to the renderers: LLVM's JSON demands UTF-8, source text promises nothing.

#include <llvm/Support/JSON.h>

#include <string_view>

namespace relc::diagnostics {

/// The text as a JSON string; bytes that are not UTF-8 become U+FFFD.
inline llvm::json::Value jsonText(std::string_view text) {
  const llvm::StringRef ref(text.data(), text.size());
  if (llvm::json::isUTF8(ref)) return ref;
  return llvm::json::fixUTF8(ref);
}

} // namespace relc::diagnostics
