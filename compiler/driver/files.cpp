#include "compiler/driver/files.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace relc::driver {

namespace {
/// Closes on every way out.
struct Descriptor {
  int fd = -1;
  ~Descriptor() {
    if (fd >= 0) ::close(fd);
  }
};
} // namespace

std::string readWhole(const std::filesystem::path& path, std::string& text) {
  // Not blocking: a pipe or a device could keep us for ever.
  Descriptor in{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  struct stat info{};
  if (in.fd < 0 || ::fstat(in.fd, &info) != 0) return std::strerror(errno);
  if (S_ISDIR(info.st_mode)) return "it is a folder";
  if (!S_ISREG(info.st_mode)) return "not a regular file";
  text.resize(static_cast<size_t>(info.st_size));
  size_t have = 0;
  for (;;) {
    if (have == text.size()) text.resize(text.size() + 1); // it may grow under us
    ssize_t n = ::read(in.fd, text.data() + have, text.size() - have);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return std::strerror(errno);
    if (n == 0) break;
    have += static_cast<size_t>(n);
  }
  text.resize(have);
  return {};
}

std::string replaceFile(const std::filesystem::path& given, std::string_view text) {
  std::error_code ignored;
  // A link stays one: what it points to is replaced.
  std::filesystem::path path = std::filesystem::canonical(given, ignored);
  if (ignored) path = given;
  std::string temporary = path.string() + ".relc-XXXXXX";
  Descriptor out{::mkostemp(temporary.data(), O_CLOEXEC)};
  if (out.fd < 0) return std::strerror(errno);
  auto fail = [&] {
    std::string error = std::strerror(errno);
    ::unlink(temporary.c_str());
    return error;
  };
  struct stat info{};
  mode_t mode = ::stat(path.c_str(), &info) == 0 ? info.st_mode & 07777U : 0644U;
  if (::fchmod(out.fd, mode) != 0) return fail();
  while (!text.empty()) {
    ssize_t n = ::write(out.fd, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return fail();
    text.remove_prefix(static_cast<size_t>(n));
  }
  if (::fsync(out.fd) != 0 || ::rename(temporary.c_str(), path.c_str()) != 0) return fail();
  return {};
}

} // namespace relc::driver
