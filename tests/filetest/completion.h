#pragma once
// Examples of the reference are parts of programs: `replicas = 6`. Here one becomes a program: the
// declarations that it stands in are put around it, and what it refers to is declared, all by the
// rows of the schema.

#include "compiler/pipeline.h"
#include "compiler/schema/schema.h"

#include <string>
#include <string_view>
#include <vector>

namespace relc::filetest {

struct Snippet {
  std::string text;
  schema::Kind place = schema::Kind::top; ///< the kind inside of which it stands
};

struct Completed {
  std::vector<SourceFile> files;
  /// Of the files, the first ones hold the snippet; the others what it refers to.
  size_t own = 0;
  /// Where the snippet is in the first file.
  uint32_t begin = 0, end = 0;
};

Completed complete(const Snippet& snippet);

} // namespace relc::filetest
