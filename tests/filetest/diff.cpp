#include "tests/filetest/diff.h"

#include "compiler/diagnostics/printable.h"
#include "tests/filetest/test_file.h"

#include <algorithm>

namespace relc::filetest {
namespace {

struct Step {
  char mark;
  const std::string* line;
};

/// Longest common subsequence by dynamic programming; the caller bounds the product of the sizes.
void middle(const std::vector<std::string>& a, const std::vector<std::string>& b, size_t from,
            size_t endA, size_t endB, std::vector<Step>& steps) {
  size_t n = endA - from, m = endB - from;
  constexpr size_t most = 4'000'000;
  if (n * m > most) { // nobody reads such a difference line by line
    for (size_t i = from; i < endA; ++i) steps.push_back({'-', &a[i]});
    for (size_t j = from; j < endB; ++j) steps.push_back({'+', &b[j]});
    return;
  }
  std::vector<std::vector<uint32_t>> common(n + 1, std::vector<uint32_t>(m + 1));
  for (size_t i = n; i-- > 0;)
    for (size_t j = m; j-- > 0;)
      common[i][j] = a[from + i] == b[from + j] ? common[i + 1][j + 1] + 1
                                                : std::max(common[i + 1][j], common[i][j + 1]);
  size_t i = 0, j = 0;
  while (i < n || j < m) {
    if (i < n && j < m && a[from + i] == b[from + j]) {
      steps.push_back({' ', &a[from + i]});
      ++i, ++j;
    } else if (i < n && (j == m || common[i + 1][j] >= common[i][j + 1])) {
      steps.push_back({'-', &a[from + i++]});
    } else {
      steps.push_back({'+', &b[from + j++]});
    }
  }
}

} // namespace

std::string lineDiff(std::string_view expected, std::string_view actual) {
  const auto a = splitLines(expected), b = splitLines(actual);
  size_t same = 0, sameEnd = 0;
  size_t least = std::min(a.size(), b.size());
  while (same < least && a[same] == b[same]) ++same;
  while (sameEnd < least - same && a[a.size() - 1 - sameEnd] == b[b.size() - 1 - sameEnd])
    ++sameEnd;

  std::vector<Step> steps;
  for (size_t i = 0; i < same; ++i) steps.push_back({' ', &a[i]});
  middle(a, b, same, a.size() - sameEnd, b.size() - sameEnd, steps);
  for (size_t i = a.size() - sameEnd; i < a.size(); ++i) steps.push_back({' ', &a[i]});

  constexpr size_t around = 2;
  std::string out;
  bool gap = false;
  for (size_t i = 0; i < steps.size(); ++i) {
    size_t first = i < around ? 0 : i - around, last = std::min(steps.size(), i + around + 1);
    bool near = std::any_of(steps.begin() + static_cast<ptrdiff_t>(first),
                            steps.begin() + static_cast<ptrdiff_t>(last),
                            [](const Step& step) { return step.mark != ' '; });
    if (!near) {
      gap = !out.empty();
      continue;
    }
    if (gap) out += "  …\n";
    gap = false;
    // What differs may be a control character.
    (out += steps[i].mark) += ' ';
    (out += steps[i].mark == ' ' ? *steps[i].line : diagnostics::printable(*steps[i].line)) += '\n';
  }
  if (out.empty()) out = "  the last line ends differently\n";
  return out;
}

} // namespace relc::filetest
