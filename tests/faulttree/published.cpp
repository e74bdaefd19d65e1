// The published Aralia models against their known answers. They are not part of this repository:
// RELC_ARALIA names a folder that holds them in the Open-PSA format. Answers are those that SCRAM
// 0.16.2 and an independent engine agree on.

#include "compiler/faulttree/analysis.h"
#include "compiler/faulttree/open_psa.h"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

using namespace relc::faulttree;

namespace {

struct Answer {
  const char* model;
  double probability;
  std::vector<uint64_t> byOrder; ///< from order 1
};

// clang-format off
const Answer answers[] = {
    {"baobab1", 0.0001017080778384, {0, 1, 1, 70, 400, 2212, 14748, 8460, 10624, 6600, 3072}},
    {"baobab2", 0.0007130182597903, {0, 6, 121, 268, 630, 3780}},
    {"baobab3", 0.002241170137802, {0, 22, 102, 264, 1139, 3452, 4759, 6976, 4601, 2588, 483}},
    {"cea9601", 0.0014840854305, {0, 0, 1144, 53292, 1561440, 7707696, 33569828, 25123808, 62264384, 384}},
    {"chinese", 0.001170581810759, {0, 12, 0, 24, 188, 168}},
    {"das9201", 0.01342366772728, {0, 82, 9740, 2881, 1246, 254, 14}},
    {"das9202", 0.01011538125741, {1, 1, 16, 112, 448, 1536, 3648, 5632, 7168, 5120, 4096}},
    {"das9203", 0.001348797195716, {0, 7, 728, 3585, 11880}},
    {"das9204", 2.169415951216e-11, {0, 0, 0, 0, 0, 0, 2304, 9504, 1152, 288, 1152, 0, 0, 0, 2304}},
    {"das9205", 1.384077354122e-08, {0, 0, 0, 0, 0, 17280}},
    {"das9206", 0.2296868379894, {25, 96, 627, 8327, 8895, 1548}},
    {"das9207", 0.3466958883592, {32, 1245, 10805, 13906}},
    {"das9208", 0.01301789691888, {0, 134, 888, 2768, 3020, 1250}},
    {"das9601", 0.004234402887369, {0, 47, 80, 319, 342, 571, 580, 1168, 1152}},
    {"edf9201", 0.3245914467288, {25, 1667, 36604, 308400, 151904, 81120}},
    {"edf9202", 0.7813024513333, {138, 1812, 3320, 8600, 26418, 12992, 76832}},
    {"edf9203", 0.5995890976656, {37, 8331, 318810, 1546420, 1706564, 1832968, 3396628, 4572192, 4982072, 2136544, 297640, 9240}},
    {"edf9205", 0.2093509057582, {15, 1089, 4247, 6662, 2671, 2112, 3132, 1380}},
    {"edfpa14p", 0.08070592177219, {6, 257, 1516, 6124, 10446, 17552, 29307, 44840, 65013, 82879, 86318, 52050, 16904, 2288}},
    {"edfpa14r", 0.02099765778337, {1, 113, 889, 4229, 8283, 14451, 24428, 38946, 59201, 77269, 82276, 51134, 16904, 2288}},
    {"edfpa15b", 0.3627365168967, {21, 3222, 62102, 260068, 232464, 245748, 624856, 726288, 442068, 250004, 58352, 5280}},
    {"edfpa15o", 0.3629559152198, {21, 3234, 61514, 258796, 232416, 245556, 623224, 726288, 442068, 250004, 58352, 5280}},
    {"edfpa15p", 0.07363023823128, {6, 172, 826, 1300, 1980, 2862, 4305, 5958, 5218, 3755, 1320, 168}},
    {"edfpa15q", 0.3627365168967, {21, 3222, 62102, 260068, 232464, 245748, 624856, 726288, 442068, 250004, 58352, 5280}},
    {"edfpa15r", 0.018975030707, {1, 92, 633, 1181, 1803, 2568, 4118, 5771, 5153, 3741, 1320, 168}},
    {"elf9601", 0.09662909854255, {10, 10, 112, 2510, 13982, 35908, 42560, 18752, 19328, 8448, 9728}},
    {"ftr10", 0.4486771196783, {57, 243, 5}},
    {"isp9601", 0.05712449271554, {1, 587, 100, 85, 106920, 99036, 41904, 23160, 4704, 288}},
    {"isp9603", 0.00323326438696, {0, 22, 1320, 1074, 720, 200, 82, 16}},
    {"isp9604", 0.1427507475929, {8, 601, 46623, 181813, 262610, 169735, 66232, 16408, 2384, 160}},
    {"isp9605", 1.371708805455e-05, {0, 0, 13, 88, 462, 27, 5040}},
    {"isp9606", 0.05431735536033, {4, 163, 936, 672, 1}},
    {"isp9607", 9.495101853731e-07, {0, 0, 0, 100, 24, 744, 5232, 19992, 33336, 36288, 18816, 3096, 7800, 13704, 9960, 1344}},
};
// clang-format on

} // namespace

TEST_CASE("published models") {
  const char* folder = std::getenv("RELC_ARALIA");
  if (!folder) {
    std::cout << "skipped: RELC_ARALIA names no folder with the published models\n";
    return;
  }
  for (const Answer& answer : answers) {
    INFO(answer.model);
    std::ifstream in(std::filesystem::path(folder) / (std::string(answer.model) + ".xml"),
                     std::ios::binary);
    REQUIRE(in.good());
    const OpenPsaModel read = readOpenPsa(std::string(std::istreambuf_iterator<char>(in), {}));
    REQUIRE(read.errors.empty());
    const Analysis all = analyse(read.tree, read.roots[0]);
    CHECK(all.isExact);
    CHECK(all.completeTo == everyOrder);
    CHECK(all.probability.low == Approx(answer.probability).epsilon(1e-9));
    CountByOrder expected = {0};
    for (uint64_t count : answer.byOrder) expected.emplace_back(count);
    CHECK(all.countByOrder == expected);
  }
}
