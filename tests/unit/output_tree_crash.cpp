// What must not happen when everything goes wrong: kills, full disks, read-only folders, mounts,
// several writers at once.

#include "tests/unit/output_tree_samples.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <functional>
#include <random>
#include <thread>

#include <fcntl.h>
#include <sched.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace relc::test;
using relc::driver::isUpToDate;

namespace {

/// A tree of its own for each number; neighbours share half of their files.
std::vector<OutputFile> treeOf(int number, size_t bytes = 3000) {
  std::vector<OutputFile> files;
  for (int i = 0; i < 24; ++i) {
    const int version = i % 2 ? number : 0;
    const std::string folder = i % 3 ? "stays" : "version-" + std::to_string(number);
    files.push_back(file(folder + "/" + std::to_string(i),
                         std::string(bytes, char('a' + version % 26)) + std::to_string(version)));
  }
  return files;
}

std::map<std::string, std::string> generatedIn(const fs::path& dist) {
  auto content = contentOf(dist);
  std::erase_if(content, [](const auto& item) {
    return item.second == "/" || item.first == "mine" || item.first == "manifest.json";
  });
  return content;
}

std::map<std::string, std::string> asContent(const std::vector<OutputFile>& files) {
  std::map<std::string, std::string> content;
  for (const auto& file : files) content[file.path] = file.content;
  return content;
}

/// Runs `work` in a process of its own; returns its id.
pid_t spawn(const std::function<void()>& work) {
  const pid_t child = fork();
  if (child == 0) {
    work();
    _exit(0);
  }
  return child;
}

int statusOf(pid_t child) {
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

/// A small file system in memory, as long as the object lives, seen by this process only. Needs
/// root; `mounted()` says if it worked.
class MemoryMount {
public:
  MemoryMount(fs::path at, const std::string& options) : at_(std::move(at)) {
    static const bool kOwnView = unshare(CLONE_NEWNS) == 0 &&
                                 mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
    fs::create_directories(at_);
    mounted_ = kOwnView && mount("tmpfs", at_.c_str(), "tmpfs", 0, options.c_str()) == 0;
  }
  MemoryMount(const MemoryMount&) = delete;
  MemoryMount& operator=(const MemoryMount&) = delete;
  ~MemoryMount() {
    if (mounted_) umount2(at_.c_str(), MNT_DETACH);
  }
  [[nodiscard]] bool mounted() const { return mounted_; }
  void makeReadOnly() const {
    REQUIRE(mount(nullptr, at_.c_str(), nullptr, MS_REMOUNT | MS_RDONLY, nullptr) == 0);
  }

private:
  fs::path at_;
  bool mounted_ = false;
};

#define REQUIRE_MOUNT(object)                                                                      \
  if (!(object).mounted()) {                                                                       \
    WARN("skipped: mounting a file system needs root");                                            \
    return;                                                                                        \
  }

/// Kills a writer at random moments, again and again. `mustBeWhole`: even before the next run.
void killAtRandom(const fs::path& dist, bool inPlace, bool mustBeWhole, int rounds) {
  std::mt19937 random(42);
  WriteOptions options;
  options.inPlace = inPlace;
  put(dist / "mine", "mine");
  const Identity mine = identityOf(dist / "mine");
  REQUIRE(writeTree(dist, treeOf(0), options).ok());
  int interrupted = 0;
  for (int round = 0; round < rounds; ++round) {
    const pid_t child = spawn([&] {
      for (int i = 1;; ++i) {
        if (!writeTree(dist, treeOf(round * 7 + i), options).ok()) _exit(1);
      }
    });
    std::this_thread::sleep_for(std::chrono::microseconds(random() % 6000));
    kill(child, SIGKILL);
    REQUIRE(WIFSIGNALED(statusOf(child)));
    const auto beside = namesIn(dist.parent_path());
    const auto inside = namesIn(dist);
    const auto isLeftover = [](const auto& name) { return name.find(".relc-") != name.npos; };
    interrupted += std::any_of(beside.begin(), beside.end(), isLeftover) ||
                   std::any_of(inside.begin(), inside.end(), isLeftover);
    REQUIRE(get(dist / "mine") == "mine");
    REQUIRE(identityOf(dist / "mine") == mine);
    if (mustBeWhole) {
      const auto found = generatedIn(dist);
      bool known = false;
      for (int i = 0; i < 4000 && !known; ++i) {
        known = found.count("version-" + std::to_string(i) + "/0") && found == asContent(treeOf(i));
      }
      REQUIRE(known);
    }
    if (round % 4 == 0) {
      // The next run cleans up, whatever it writes, and sees nobody else's hand in the remains.
      const auto next = treeOf(int(random() % 100));
      const WriteReport report = writeTree(dist, next, options);
      CAPTURE(report.foreign);
      REQUIRE(report.error == "");
      REQUIRE(generatedIn(dist) == asContent(next));
      REQUIRE(isUpToDate(dist, ""));
    }
  }
  REQUIRE(writeTree(dist, treeOf(1), options).ok());
  REQUIRE(writeTree(dist, treeOf(2), options).ok());
  REQUIRE(generatedIn(dist) == asContent(treeOf(2)));
  REQUIRE(namesIn(dist) == std::vector<std::string>{"manifest.json", "mine", "stays", "version-2"});
  REQUIRE(namesIn(dist.parent_path()) == std::vector<std::string>{dist.filename()});
  CHECK(interrupted > 0);
}

} // namespace

TEST_CASE("output tree: killed at any moment, the tree is the old or the new one", "[output]") {
  const Scratch scratch;
  killAtRandom(scratch / "dist", false, true, 200);
}

TEST_CASE("output tree: killed while writing in place, the next run completes it", "[output]") {
  const Scratch scratch;
  killAtRandom(scratch / "dist", true, false, 150);
}

TEST_CASE("output tree: killed while writing to a mount point", "[output]") {
  const Scratch scratch;
  const MemoryMount memory(scratch / "dist", "size=4m");
  REQUIRE_MOUNT(memory);
  killAtRandom(scratch / "dist", false, false, 100);
}

TEST_CASE("output tree: a full disk leaves the old tree", "[output]") {
  const Scratch scratch;
  const MemoryMount memory(scratch / "disk", "size=256k");
  REQUIRE_MOUNT(memory);
  WriteOptions options;
  options.inPlace = GENERATE(false, true);
  const fs::path dist = scratch / "disk/dist";
  REQUIRE(writeTree(dist, treeOf(1), options).ok());
  const auto before = contentOf(dist);
  const Identity unchanged = identityOf(dist / "stays/2");
  for (const size_t bytes : {7000, 20000, 100000}) {
    const WriteReport report = writeTree(dist, treeOf(2, bytes), options);
    CAPTURE(report.error);
    CHECK(report.error.find("No space left on device") != std::string::npos);
    CHECK(report.error.find("is as it was") != std::string::npos);
    CHECK(contentOf(dist) == before);
    CHECK(identityOf(dist / "stays/2") == unchanged);
    CHECK(namesIn(scratch / "disk") == std::vector<std::string>{"dist"});
  }
  CHECK(writeTree(dist, treeOf(2), options).ok());
}

TEST_CASE("output tree: a file over the size limit leaves the old tree", "[output]") {
  const Scratch scratch;
  const fs::path dist = scratch / "dist";
  REQUIRE(writeTree(dist, treeOf(1), {}).ok());
  const auto before = contentOf(dist);
  const bool inPlace = GENERATE(false, true);
  const pid_t child = spawn([&] {
    signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{10000, 10000};
    setrlimit(RLIMIT_FSIZE, &limit);
    const WriteReport report = writeTree(dist, treeOf(2, 20000), {.inPlace = inPlace});
    _exit(report.error.find("File too large") != std::string::npos ? 7 : 1);
  });
  const int status = statusOf(child);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 7);
  CHECK(contentOf(dist) == before);
  CHECK(namesIn(scratch.path()) == std::vector<std::string>{"dist"});
}

TEST_CASE("output tree: a read-only folder is named and left alone", "[output]") {
  const Scratch scratch;
  const MemoryMount memory(scratch / "disk", "size=1m");
  REQUIRE_MOUNT(memory);
  const fs::path dist = scratch / "disk/dist";
  REQUIRE(writeTree(dist, treeOf(1), {.inputsDigest = "1"}).ok());
  memory.makeReadOnly();
  const auto before = contentOf(scratch.path());
  const WriteReport report = writeTree(dist, treeOf(2), {});
  CHECK(report.error.find("Read-only file system") != std::string::npos);
  CHECK_FALSE(writeTree(scratch / "disk/other", treeOf(2), {}).ok());
  CHECK(contentOf(scratch.path()) == before);
  // What needs no writing works.
  CHECK(writeTree(dist, treeOf(1), {.inputsDigest = "1"}).ok());
  CHECK(isUpToDate(dist, "1"));
}

TEST_CASE("output tree: a parent that may not be written", "[output]") {
  const Scratch scratch;
  const fs::path dist = scratch / "dist";
  fs::create_directory(dist);
  const Identity before = identityOf(dist);
  fs::permissions(scratch.path(), fs::perms(0755));
  fs::permissions(dist, fs::perms(0777));
  const pid_t child = spawn([&] {
    // The superuser may write anywhere.
    if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0)) _exit(9);
    if (geteuid() != 0 && access(scratch.path().c_str(), W_OK) == 0) {
      chmod(scratch.path().c_str(), 0555);
    }
    if (!writeTree(dist, treeOf(1), {}).ok()) _exit(1);
    if (!writeTree(dist, treeOf(2), {}).ok()) _exit(2);
    if (writeTree(scratch / "other", treeOf(2), {}).ok()) _exit(3);
    _exit(0);
  });
  const int status = statusOf(child);
  fs::permissions(scratch.path(), fs::perms(0755));
  REQUIRE(WIFEXITED(status));
  if (WEXITSTATUS(status) == 9) {
    WARN("skipped: cannot become an ordinary user");
    return;
  }
  CHECK(WEXITSTATUS(status) == 0);
  CHECK(generatedIn(dist) == asContent(treeOf(2)));
  CHECK(identityOf(dist).inode == before.inode);
  CHECK(namesIn(dist) == std::vector<std::string>{"manifest.json", "stays", "version-2"});
}

TEST_CASE("output tree: a mount point within the folder stays, and is not written to", "[output]") {
  const Scratch scratch;
  const fs::path dist = scratch / "dist";
  const MemoryMount memory(dist / "theirs", "size=1m");
  REQUIRE_MOUNT(memory);
  put(dist / "theirs/x", "theirs");
  REQUIRE(writeTree(dist, treeOf(1), {}).ok());
  REQUIRE(writeTree(dist, treeOf(2), {}).ok());
  CHECK(get(dist / "theirs/x") == "theirs");
  const auto before = contentOf(dist);
  const WriteReport report = writeTree(dist, {file("theirs/x", "ours")}, {.force = true});
  REQUIRE(report.foreign.size() == 1);
  CHECK(report.foreign[0].find("`theirs` cannot be entered") == 0);
  CHECK(contentOf(dist) == before);
}

TEST_CASE("output tree: what looks like leftovers and is not ours stays", "[output]") {
  const Scratch scratch;
  const fs::path dist = scratch / "dist";
  REQUIRE(writeTree(dist, treeOf(1), {}).ok());
  put(scratch / ".dist.relc-new-1/tree/x", "no marker");
  put(scratch / ".dist.relc-new-x/.relc-staging", "no number");
  put(scratch / ".dist.relc-new-2", "no folder");
  put(scratch / ".other.relc-new-3/x", "other folder");
  put(dist / ".relc-new-4/x", "no marker");
  const auto before = contentOf(scratch.path());
  REQUIRE(writeTree(dist, treeOf(1), {}).ok());
  CHECK(contentOf(scratch.path()) == before);
  REQUIRE(writeTree(dist, treeOf(2), {}).ok());
  CHECK(get(scratch / ".dist.relc-new-1/tree/x") == "no marker");
  CHECK(fs::exists(scratch / ".dist.relc-new-x/.relc-staging"));
  CHECK(fs::exists(scratch / ".dist.relc-new-2"));
  CHECK(fs::exists(scratch / ".other.relc-new-3/x"));
  CHECK(get(dist / ".relc-new-4/x") == "no marker");
  fs::create_directory(scratch / ".dist.relc-new-5"); // killed before the marker was there
  REQUIRE(writeTree(dist, treeOf(2), {}).ok());
  CHECK_FALSE(fs::exists(scratch / ".dist.relc-new-5"));
}

TEST_CASE("output tree: a planted journal cannot reach out of the folder", "[output]") {
  const Scratch scratch;
  const fs::path dist = scratch / "dist";
  REQUIRE(writeTree(dist, {file("a", "1")}, {}).ok());

  put(scratch / "outside/x", "outside");
  fs::create_directory_symlink(scratch / "outside", dist / "link");
  const auto plant = [&](const std::string& path, const std::string& after) {
    const fs::path staging = scratch / ".dist.relc-new-77";
    put(staging / ".relc-staging", "");
    put(staging / "new/0", "evil");
    put(staging / "journal", R"({"generator":"relc journal","format":1,"steps":[{"path":")" + path +
                                 R"(","before":"other","after":")" + after + "\"}]}");
    const WriteReport report = writeTree(dist, {file("a", "1")}, {});
    CHECK_FALSE(fs::exists(staging));
    return report;
  };
  for (const std::string after : {"", "0123"}) {
    plant("../outside/x", after);
    plant((scratch / "outside/x").native(), after);
    plant("link/x", after);
    plant("link/new", after);
    CHECK(contentOf(scratch / "outside") == std::map<std::string, std::string>{{"x", "outside"}});
  }
  CHECK(get(dist / "a") == "1");
}

TEST_CASE("output tree: several writers of one folder wait for each other", "[output]") {
  const Scratch scratch;
  const fs::path dist = scratch / "dist";
  WriteOptions options;
  options.inPlace = GENERATE(false, true);
  std::vector<pid_t> children;
  for (int writer = 0; writer < 3; ++writer) {
    children.push_back(spawn([&] {
      for (int i = 0; i < 15; ++i) {
        if (!writeTree(dist, treeOf(writer * 100 + i), options).ok()) _exit(1);
      }
    }));
  }
  for (const pid_t child : children) CHECK(statusOf(child) == 0);
  const auto found = generatedIn(dist);
  CHECK((found == asContent(treeOf(14)) || found == asContent(treeOf(114)) ||
         found == asContent(treeOf(214))));
  CHECK(namesIn(scratch.path()) == std::vector<std::string>{"dist"});
}

TEST_CASE("output tree: who waits says so", "[output]") {
  const Scratch scratch;
  const fs::path lock = scratch / ".dist.relc-lock";
  int fd = open(lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  REQUIRE(flock(fd, LOCK_EX) == 0);
  WriteOptions options;
  int waits = 0;
  options.onWait = [&] {
    ++waits;
    unlink(lock.c_str()); // as a writer does when it is done
    close(fd);
  };
  REQUIRE(writeTree(scratch / "dist", treeOf(1), options).ok());
  CHECK(waits == 1);
  CHECK(namesIn(scratch.path()) == std::vector<std::string>{"dist"});
}

TEST_CASE("output tree: what somebody changes meanwhile is not lost", "[output]") {
  const Scratch scratch;
  const fs::path dist = scratch / "dist";
  WriteOptions options;
  REQUIRE(writeTree(dist, treeOf(1), options).ok());
  // Between the look without a lock and the write: the plan is made anew.
  int fd = open((scratch / ".dist.relc-lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  REQUIRE(flock(fd, LOCK_EX) == 0);
  options.onWait = [&] {
    put(dist / "stays/1", "edited");
    close(fd);
  };
  const WriteReport report = writeTree(dist, treeOf(2), options);
  CHECK(report.foreign == std::vector<std::string>{"`stays/1` was edited after it was generated"});
  CHECK(get(dist / "stays/1") == "edited");

  // At any moment: somebody adds files as fast as possible, none may be lost.
  REQUIRE(writeTree(dist, treeOf(3), {.force = true}).ok());
  std::atomic<bool> stop = false;
  int added = 0;
  std::thread other([&] {
    while (!stop) {
      std::ofstream out(dist / ("added-" + std::to_string(added)));
      if (out) ++added;
      std::this_thread::sleep_for(std::chrono::microseconds(300));
    }
  });
  int refused = 0;
  for (int i = 4; i < 60; ++i) refused += !writeTree(dist, treeOf(i), {}).ok();
  stop = true;
  other.join();
  int found = 0;
  for (int i = 0; i < added; ++i) found += fs::exists(dist / ("added-" + std::to_string(i)));
  CHECK(refused == 0); // nobody's files are in each other's way
  CHECK(found == added);
}
