// Does Python's zoneinfo, which reads the same database, say the same of local times?

#include "compiler/model/time_zone.h"

#include <catch2/catch.hpp>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>
#include <unistd.h>

using namespace relc::model;

namespace {

/// Reads lines `zone localSeconds`, prints `instant kind`. By PEP 495 `fold=0` is the offset before
/// a gap and the first of two.
constexpr std::string_view script = R"(
import sys
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo
start = datetime(1970, 1, 1)
for line in open(sys.argv[1]):
    name, local = line.split()
    time = (start + timedelta(seconds=int(local))).replace(tzinfo=ZoneInfo(name))
    first = time.astimezone(timezone.utc)
    instant = int((first.replace(tzinfo=None) - start).total_seconds())
    gap = first.astimezone(time.tzinfo).replace(tzinfo=None, fold=0) != time.replace(tzinfo=None)
    twice = time.utcoffset() != time.replace(fold=1).utcoffset()
    print(instant, 1 if gap else 2 if twice else 0)
)";

} // namespace

TEST_CASE("schedule: zoneinfo agrees", "[zones][python]") {
  namespace fs = std::filesystem;
  std::mt19937_64 random(1);
  auto names = timeZoneNames();
  REQUIRE(!names.empty());
  struct Question {
    std::string zone;
    LocalTime local;
  };
  std::vector<Question> questions;
  for (int i = 0; i < 1500; ++i) {
    const std::string& name = names[random() % names.size()];
    auto zone = TimeZone::find(name);
    REQUIRE(zone);
    Instant instant = static_cast<Instant>(random() % 6'000'000'000); // to 2160
    questions.push_back({name, toLocal(*zone, instant)});
    // Most that can go wrong goes wrong around a change of the clock.
    auto changes = offsetChanges(*zone, instant, instant + 366 * 86400);
    if (changes.empty()) continue;
    const OffsetChange& change = changes[random() % changes.size()];
    for (int64_t off : {-3601, -1, 0, 1, 899, 1799, 3599, 3600, 3601})
      questions.push_back({name, {change.at + std::min(change.from, change.to) + off}});
  }

  fs::path base = fs::temp_directory_path() / ("relc-zones-" + std::to_string(getpid()));
  fs::create_directory(base);
  std::ofstream(base / "ask.py") << script;
  {
    std::ofstream out(base / "questions");
    for (const Question& question : questions)
      out << question.zone << ' ' << question.local.seconds << '\n';
  }
  std::string command = "python3 -B " + (base / "ask.py").string() + " " +
                        (base / "questions").string() + " > " + (base / "answers").string();
  int status = std::system(command.c_str());
  std::ifstream answers(base / "answers");
  size_t count = 0;
  for (const Question& question : questions) {
    Instant instant = 0;
    int kind = 0;
    if (!(answers >> instant >> kind)) break;
    ++count;
    CAPTURE(question.zone, toString(question.local));
    Resolved resolved = toUtc(*TimeZone::find(question.zone), question.local);
    CHECK(resolved.instant == instant);
    CHECK(static_cast<int>(resolved.kind) == kind);
  }
  answers.close();
  fs::remove_all(base);
  CHECK(status == 0);
  CHECK(count == questions.size());
}
