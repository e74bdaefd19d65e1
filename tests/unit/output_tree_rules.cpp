#include "tests/unit/output_tree_samples.h"

#include <algorithm>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

using namespace relc::test;
using relc::driver::isUpToDate;

namespace {

const std::vector<OutputFile> kTree = {
    file("prometheus/a.yaml", "rules a"), file("prometheus/b.yaml", "rules b"),
    file("runbooks/deep/er/x.md", "runbook"), file("top.txt", "")};

/// Both ways to write a tree must keep all rules.
WriteOptions eachWay() {
  WriteOptions options;
  options.inPlace = GENERATE(false, true);
  return options;
}

void requireWritten(const WriteReport& report) {
  CAPTURE(report.foreign);
  REQUIRE(report.error == "");
  REQUIRE(report.foreign.empty());
}

bool mentions(const std::vector<std::string>& texts, const std::string& part) {
  return std::any_of(texts.begin(), texts.end(),
                     [&](const auto& text) { return text.find(part) != text.npos; });
}

} // namespace

TEST_CASE("output tree: a first write creates everything and leaves nothing beside", "[output]") {
  const Scratch scratch;
  WriteOptions options = eachWay();
  options.inputsDigest = "abc";
  auto files = kTree;
  std::reverse(files.begin(), files.end());
  files.back().origins = {"b.rel:2 slo b", "a.rel:1 service \"a\"", "b.rel:2 slo b"};
  const WriteReport report = writeTree(scratch / "new/er/dist", files, options);
  requireWritten(report);
  CHECK(report.written == 4);
  CHECK(report.unchanged == 0);
  CHECK(report.removed == 0);
  CHECK(namesIn(scratch / "new/er") == std::vector<std::string>{"dist"});
  auto content = contentOf(scratch / "new/er/dist");
  const std::string manifest = content["manifest.json"];
  content.erase("manifest.json");
  CHECK(content == std::map<std::string, std::string>{{"prometheus", "/"},
                                                      {"prometheus/a.yaml", "rules a"},
                                                      {"prometheus/b.yaml", "rules b"},
                                                      {"runbooks", "/"},
                                                      {"runbooks/deep", "/"},
                                                      {"runbooks/deep/er", "/"},
                                                      {"runbooks/deep/er/x.md", "runbook"},
                                                      {"top.txt", ""}});
  CHECK(manifest.starts_with(R"({
  "generator": "relc",
  "format": 1,
  "inputs": "abc",
  "files": [
    {
      "path": "prometheus/a.yaml",
      "blake3": ")"));
  CHECK(manifest.find(R"(
      "size": 7,
      "origins": [
        "a.rel:1 service \"a\"",
        "b.rel:2 slo b"
      ]
    },
)") != manifest.npos);
  // BLAKE3 of nothing, as published with the algorithm.
  CHECK(manifest.find("\"af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262\"") !=
        manifest.npos);

  requireWritten(writeTree(scratch / "other", kTree, {.inputsDigest = "abc"}));
  auto again = kTree;
  again[0].origins = {"a.rel:1 service \"a\"", "b.rel:2 slo b"};
  requireWritten(writeTree(scratch / "other", again, {.inputsDigest = "abc"}));
  CHECK(get(scratch / "other/manifest.json") == manifest);
}

TEST_CASE("output tree: what is as it should be is not touched", "[output]") {
  const Scratch scratch;
  const WriteOptions options = eachWay();
  const fs::path dist = scratch / "dist";
  requireWritten(writeTree(dist, kTree, options));
  const auto names = {".", "prometheus", "prometheus/a.yaml", "top.txt", "manifest.json"};
  std::vector<Identity> before;
  for (const auto* name : names) before.push_back(identityOf(dist / name));
  const Identity parent = identityOf(scratch.path());

  const WriteReport report = writeTree(dist, kTree, options);
  requireWritten(report);
  CHECK(report.written == 0);
  CHECK(report.unchanged == 4);
  std::vector<Identity> after;
  for (const auto* name : names) after.push_back(identityOf(dist / name));
  CHECK(before == after);
  CHECK(parent == identityOf(scratch.path())); // no lock, no staging was ever there

  SECTION("a changed file leaves the others alone and keeps its permissions") {
    fs::permissions(dist / "prometheus/b.yaml", fs::perms(0600));
    fs::permissions(dist / "prometheus", fs::perms(0750));
    auto files = kTree;
    files[1].content = "rules b, changed";
    const WriteReport changed = writeTree(dist, files, options);
    requireWritten(changed);
    CHECK(changed.written == 1);
    CHECK(changed.unchanged == 3);
    CHECK(get(dist / "prometheus/b.yaml") == "rules b, changed");
    CHECK(identityOf(dist / "prometheus/a.yaml") == before[2]);
    CHECK(identityOf(dist / "top.txt") == before[3]);
    CHECK(fs::status(dist / "prometheus/b.yaml").permissions() == fs::perms(0600));
    CHECK(fs::status(dist / "prometheus").permissions() == fs::perms(0750));
    CHECK((identityOf(dist).inode == before[0].inode) == options.inPlace);
    CHECK(namesIn(scratch.path()) == std::vector<std::string>{"dist"});
  }
  SECTION("new inputs and the same files change the manifest only") {
    WriteOptions other = options;
    other.inputsDigest = "other";
    const WriteReport changed = writeTree(dist, kTree, other);
    requireWritten(changed);
    CHECK(changed.written == 0);
    CHECK(identityOf(dist).inode == before[0].inode);
    CHECK(identityOf(dist / "prometheus") == before[1]);
    CHECK(isUpToDate(dist, "other"));
  }
  SECTION("a file that somebody removed comes back") {
    fs::remove(dist / "top.txt");
    CHECK_FALSE(isUpToDate(dist, ""));
    requireWritten(writeTree(dist, kTree, options));
    CHECK(fs::exists(dist / "top.txt"));
  }
}

TEST_CASE("output tree: what is generated no longer goes, with emptied folders", "[output]") {
  const Scratch scratch;
  const WriteOptions options = eachWay();
  const fs::path dist = scratch / "dist";
  requireWritten(writeTree(dist, kTree, options));
  put(dist / "prometheus/mine.yaml", "mine");
  fs::create_directories(dist / "mine/empty");
  const WriteReport report = writeTree(dist, {file("top.txt", "new")}, options);
  requireWritten(report);
  CHECK(report.removed == 3);
  CHECK(report.written == 1);
  auto content = contentOf(dist);
  content.erase("manifest.json");
  CHECK(content == std::map<std::string, std::string>{{"mine", "/"},
                                                      {"mine/empty", "/"},
                                                      {"prometheus", "/"},
                                                      {"prometheus/mine.yaml", "mine"},
                                                      {"top.txt", "new"}});
  requireWritten(writeTree(dist, {}, options));
  CHECK_FALSE(fs::exists(dist / "top.txt"));
  CHECK(namesIn(scratch.path()) == std::vector<std::string>{"dist"});
}

TEST_CASE("output tree: things of others that are not in the way stay as they are", "[output]") {
  const Scratch scratch;
  const WriteOptions options = eachWay();
  const fs::path dist = scratch / "dist";
  put(dist / "mine.txt", "mine");
  put(dist / "prometheus/mine.yaml", "mine too");
  put(scratch / "outside/x", "outside");
  fs::create_directory_symlink(scratch / "outside", dist / "link");
  fs::create_symlink("nowhere", dist / "prometheus/dangling");
  REQUIRE(mkfifo((dist / "pipe").c_str(), 0600) == 0);
  fs::permissions(dist / "mine.txt", fs::perms(0400));
  const auto names = {"mine.txt", "prometheus/mine.yaml", "link", "prometheus/dangling", "pipe"};
  std::vector<Identity> before;
  for (const auto* name : names) before.push_back(identityOf(dist / name));

  requireWritten(writeTree(dist, kTree, options));
  requireWritten(writeTree(dist, {file("top.txt", "new")}, options));
  std::vector<Identity> after;
  for (const auto* name : names) after.push_back(identityOf(dist / name));
  CHECK(before == after);
  CHECK(get(scratch / "outside/x") == "outside");
  CHECK(fs::status(dist / "mine.txt").permissions() == fs::perms(0400));
}

TEST_CASE("output tree: an edited file is never lost", "[output]") {
  const Scratch scratch;
  WriteOptions options = eachWay();
  const fs::path dist = scratch / "dist";
  requireWritten(writeTree(dist, kTree, options));
  put(dist / "prometheus/a.yaml", "RULES A");
  const auto before = contentOf(dist);

  SECTION("if it would be overwritten") {
    auto files = kTree;
    for (auto& file : files) file.content += "!";
    const WriteReport report = writeTree(dist, files, options);
    CHECK(report.error.find("nothing was written") != std::string::npos);
    REQUIRE(report.foreign.size() == 1);
    CHECK(report.foreign[0] == "`prometheus/a.yaml` was edited after it was generated");
    CHECK(report.written == 0);
    CHECK(contentOf(dist) == before);

    options.force = true;
    requireWritten(writeTree(dist, files, options));
    CHECK(get(dist / "prometheus/a.yaml") == "rules a!");
  }
  SECTION("if it would be removed") {
    const WriteReport report = writeTree(dist, {file("top.txt", "new")}, options);
    CHECK_FALSE(report.ok());
    CHECK(mentions(report.foreign, "`prometheus/a.yaml` was edited"));
    CHECK(contentOf(dist) == before);

    options.force = true;
    requireWritten(writeTree(dist, {file("top.txt", "new")}, options));
    CHECK_FALSE(fs::exists(dist / "prometheus"));
  }
  SECTION("if it now is what would be written, all is well") {
    auto files = kTree;
    files[0].content = "RULES A";
    const WriteReport report = writeTree(dist, files, options);
    requireWritten(report);
    CHECK(report.written == 0);
  }
  CHECK(namesIn(scratch.path()) == std::vector<std::string>{"dist"});
}

TEST_CASE("output tree: a file that was not generated is never overwritten", "[output]") {
  const Scratch scratch;
  WriteOptions options = eachWay();
  const fs::path dist = scratch / "dist";
  put(dist / "top.txt", "mine");
  put(dist / "prometheus", "a file where a folder must be");
  const auto before = contentOf(dist);
  const WriteReport report = writeTree(dist, kTree, options);
  CHECK(report.error.find("no manifest tells") != std::string::npos);
  CHECK(report.foreign.size() == 2);
  CHECK(mentions(report.foreign, "`top.txt` is in the way"));
  CHECK(mentions(report.foreign, "`prometheus` is in the way"));
  CHECK(contentOf(dist) == before);
  options.force = true;
  requireWritten(writeTree(dist, kTree, options));
  CHECK(get(dist / "prometheus/b.yaml") == "rules b");
  CHECK(namesIn(scratch.path()) == std::vector<std::string>{"dist"});
}

TEST_CASE("output tree: without a readable manifest nothing is known", "[output]") {
  const Scratch scratch;
  WriteOptions options = eachWay();
  const fs::path dist = scratch / "dist";
  requireWritten(writeTree(dist, kTree, options));
  const std::string good = get(dist / "manifest.json");
  auto files = kTree;
  files[0].content = "changed";

  SECTION("missing") {
    fs::remove(dist / "manifest.json");
    const WriteReport report = writeTree(dist, files, options);
    CHECK_FALSE(report.ok());
    CHECK(mentions(report.foreign, "`prometheus/a.yaml`"));
    requireWritten(writeTree(dist, kTree, options)); // as it is: adopted
    CHECK(get(dist / "manifest.json") == good);
    requireWritten(writeTree(dist, files, options));
  }
  SECTION("corrupt, or somebody else's") {
    auto swapped = good;
    swapped.replace(swapped.find("top.txt"), 7, "../a.tx");
    auto otherHash = good;
    otherHash.replace(otherHash.find("blake3\": \"") + 10, 1, "X");
    const std::vector<std::string> kBad = {
        "",
        "{",
        "[]",
        "null",
        good.substr(0, good.size() / 2),
        R"({"name": "my web app"})",
        swapped,
        otherHash,
        std::string(1 << 20, '['),
        R"({"generator":"relc","format":2,"files":[]})",
        R"({"generator":"relc","format":1,"inputs":"","files":[1]})",
        "\xFF\xFE"};
    for (const auto& bad : kBad) {
      put(dist / "manifest.json", bad);
      CAPTURE(bad.substr(0, 100));
      CHECK_FALSE(isUpToDate(dist, ""));
      const auto before = contentOf(dist);
      const WriteReport report = writeTree(dist, files, options);
      CHECK_FALSE(report.ok());
      CHECK(report.foreign.size() == 2);
      CHECK(mentions(report.foreign, "`manifest.json` is in the way"));
      CHECK(contentOf(dist) == before);
    }
    options.force = true;
    requireWritten(writeTree(dist, files, options));
    CHECK(get(dist / "prometheus/a.yaml") == "changed");
  }
}

TEST_CASE("output tree: symbolic links within the folder are never followed", "[output]") {
  const Scratch scratch;
  WriteOptions options = eachWay();
  options.force = GENERATE(false, true);
  const fs::path dist = scratch / "dist";
  put(scratch / "outside/a.yaml", "outside");
  fs::create_directory(dist);
  SECTION("along the way") {
    fs::create_directory_symlink(scratch / "outside", dist / "prometheus");
  }
  SECTION("at the end") {
    fs::create_directory(dist / "prometheus");
    fs::create_symlink(scratch / "outside/a.yaml", dist / "prometheus/a.yaml");
  }
  SECTION("for the manifest") {
    fs::create_symlink(scratch / "outside/new", dist / "manifest.json");
  }
  const auto before = contentOf(scratch.path());
  const WriteReport report = writeTree(dist, kTree, options);
  CHECK_FALSE(report.ok());
  CHECK(mentions(report.foreign, "is a symbolic link"));
  CHECK(contentOf(scratch.path()) == before);
}

TEST_CASE("output tree: a generated file that became a link is refused, not followed", "[output]") {
  const Scratch scratch;
  const WriteOptions options = eachWay();
  const fs::path dist = scratch / "dist";
  requireWritten(writeTree(dist, kTree, options));
  fs::rename(dist / "prometheus", scratch / "outside");
  fs::create_directory_symlink(scratch / "outside", dist / "prometheus");
  fs::remove(dist / "top.txt");
  fs::create_symlink(scratch / "outside/a.yaml", dist / "top.txt");
  CHECK_FALSE(isUpToDate(dist, ""));
  const auto before = contentOf(scratch.path());
  // Both are no longer generated: the link is named, what is behind the other is not ours.
  const WriteReport report = writeTree(dist, {file("runbooks/deep/er/x.md", "new")}, options);
  CHECK(report.foreign.size() == 1);
  CHECK(mentions(report.foreign, "`top.txt` was replaced"));
  CHECK(contentOf(scratch.path()) == before);
}

TEST_CASE("output tree: the folder itself may be a symbolic link", "[output]") {
  const Scratch scratch;
  const WriteOptions options = eachWay();
  fs::create_directories(scratch / "real/place");
  fs::create_directory_symlink("real/place", scratch / "dist");
  requireWritten(writeTree(scratch / "dist", kTree, options));
  requireWritten(writeTree(scratch / "dist/", {file("x", "y")}, options));
  CHECK(fs::is_symlink(scratch / "dist"));
  CHECK(get(scratch / "real/place/x") == "y");
  CHECK(isUpToDate(scratch / "dist", ""));
  CHECK(namesIn(scratch.path()) == std::vector<std::string>{"dist", "real"});
  CHECK(namesIn(scratch / "real") == std::vector<std::string>{"place"});

  fs::create_symlink("nowhere", scratch / "dangling");
  CHECK(writeTree(scratch / "dangling", kTree, options).error.find("symbolic link") !=
        std::string::npos);
  put(scratch / "file", "");
  CHECK(writeTree(scratch / "file", kTree, options).error.find("is no folder") !=
        std::string::npos);
  CHECK_FALSE(writeTree("/", kTree, options).ok());
  CHECK_FALSE(writeTree("", kTree, options).ok());
}

TEST_CASE("output tree: files and folders change places", "[output]") {
  const Scratch scratch;
  WriteOptions options = eachWay();
  const fs::path dist = scratch / "dist";
  requireWritten(writeTree(dist, {file("a", "1"), file("b/c/d", "2"), file("b/e", "3")}, options));
  requireWritten(writeTree(dist, {file("a/x/y", "4"), file("b", "5")}, options));
  CHECK(get(dist / "a/x/y") == "4");
  CHECK(get(dist / "b") == "5");
  requireWritten(writeTree(dist, {file("a", "1"), file("b/c/d", "2"), file("b/e", "3")}, options));
  CHECK(get(dist / "b/c/d") == "2");

  // But not at the cost of what somebody put there, force or not.
  SECTION("a file") {
    put(dist / "b/c/mine", "mine");
  }
  SECTION("an empty folder") {
    fs::create_directory(dist / "b/mine");
  }
  options.force = GENERATE(false, true);
  const auto before = contentOf(dist);
  const WriteReport report = writeTree(dist, {file("a", "1"), file("b", "5")}, options);
  CHECK(mentions(report.foreign, "`b` is a folder where a file is to be written"));
  CHECK(contentOf(dist) == before);
}

TEST_CASE("output tree: devices and pipes are not opened", "[output]") {
  const Scratch scratch;
  WriteOptions options = eachWay();
  options.force = GENERATE(false, true);
  fs::create_directory(scratch / "dist");
  REQUIRE(mkfifo((scratch / "dist/top.txt").c_str(), 0600) == 0);
  REQUIRE(mkfifo((scratch / "dist/prometheus").c_str(), 0600) == 0);
  const WriteReport report = writeTree(scratch / "dist", kTree, options);
  CHECK(report.foreign.size() == 2);
  CHECK(mentions(report.foreign, "`top.txt` is a device, pipe or socket"));
  CHECK(mentions(report.foreign, "`prometheus` is in the way of a folder"));
}

TEST_CASE("output tree: bad paths are a backend's bug", "[output]") {
  const Scratch scratch;
  const std::vector<std::string> kBad = {"",
                                         "/etc/passwd",
                                         "..",
                                         "../a",
                                         "a/../../b",
                                         "a/..",
                                         ".",
                                         "./a",
                                         "a//b",
                                         "a/",
                                         "/",
                                         std::string("a\0b", 3),
                                         "manifest.json",
                                         ".relc-new-1/x",
                                         ".relc-lock",
                                         "a\xFF",
                                         std::string(256, 'a'),
                                         [] {
                                           std::string deep = "a";
                                           for (int i = 0; i < 1000000; ++i) deep += "/a";
                                           return deep;
                                         }()};
  for (const auto& path : kBad) {
    CAPTURE(path.substr(0, 50));
    const WriteReport report =
        writeTree(scratch / "dist", {file("good", "x"), file(path, "x")}, {.force = true});
    CHECK(report.error.starts_with("internal error: a backend wants to write"));
  }
  CHECK(writeTree(scratch / "dist", {file("a", "1"), file("b", ""), file("a", "2")}, {})
            .error.starts_with("internal error: two backends"));
  CHECK(writeTree(scratch / "dist", {file("a/b/c", "1"), file("a-", ""), file("a", "2")}, {})
            .error.starts_with("internal error: backends want to write `a` and `a/b/c`"));
  CHECK_FALSE(fs::exists(scratch / "dist"));
  requireWritten(writeTree(
      scratch / "dist",
      {file("a..b/...", "1"), file("日本/\n\"{{", "2"), file(std::string(255, 'a'), "3")}, {}));
  requireWritten(writeTree(scratch / "dist", {}, {}));
  CHECK(namesIn(scratch / "dist") == std::vector<std::string>{"manifest.json"});
}

TEST_CASE("output tree: up to date only if inputs and every file are the same", "[output]") {
  const Scratch scratch;
  const fs::path dist = scratch / "dist";
  CHECK_FALSE(isUpToDate(dist, "1"));
  requireWritten(writeTree(dist, kTree, {.inputsDigest = "1"}));
  CHECK(isUpToDate(dist, "1"));
  CHECK_FALSE(isUpToDate(dist, "2"));
  put(dist / "mine", "not listed");
  CHECK(isUpToDate(dist, "1"));
  SECTION("edited to the same size") {
    put(dist / "prometheus/a.yaml", "rules A");
  }
  SECTION("removed") {
    fs::remove(dist / "runbooks/deep/er/x.md");
  }
  SECTION("replaced by a folder") {
    fs::remove(dist / "top.txt");
    fs::create_directory(dist / "top.txt");
  }
  CHECK_FALSE(isUpToDate(dist, "1"));
}

TEST_CASE("output tree: standing in the folder does not pull it away", "[output]") {
  const Scratch scratch;
  const fs::path home = fs::current_path();
  fs::create_directories(scratch / "dist/sub");
  const Identity before = identityOf(scratch / "dist");
  fs::current_path(GENERATE(0, 1) ? scratch / "dist" : scratch / "dist/sub");
  const WriteReport report = writeTree(scratch / "dist", kTree, {});
  const bool alive = fs::exists(fs::current_path());
  fs::current_path(home);
  requireWritten(report);
  CHECK(alive);
  CHECK(identityOf(scratch / "dist").inode == before.inode);
}
