#pragma once
// Making and hashing many files on all processors.

#include <cstddef>
#include <functional>

namespace relc::emit {

/// `work(i)` for each i below `count`, on as many threads as there are processors, but each for at
/// least `grain` of them: else to start it costs more than it saves. The first exception, by i, is
/// thrown on.
void inParallel(size_t count, const std::function<void(size_t)>& work, size_t grain = 16);

} // namespace relc::emit
