#pragma once
// What a command has to tell: sections of sentences, each with the facts that it is made of. As
// text for people, as JSON for programs, from the same rows.

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace relc::driver {

using FactValue = std::variant<bool, int64_t, double, std::string, std::vector<std::string>>;
struct Fact {
  Fact(std::string_view key, FactValue value);
  Fact(const Fact&);
  Fact(Fact&&) noexcept;
  Fact& operator=(const Fact&);
  Fact& operator=(Fact&&) noexcept;
  ~Fact();
  std::string_view key;
  FactValue value;
};

struct Line {
  std::string text;
  std::string place{}; ///< "checkout.rel:12", behind the text
  std::vector<Fact> facts{};
};

struct Section {
  std::string_view key; ///< of JSON: the list of its lines
  std::string title;
  std::vector<Line> lines;
  std::string remark{};      ///< below the lines: what is left out, what is assumed
  std::vector<Fact> facts{}; ///< of JSON, beside the lines
  size_t most = SIZE_MAX;    ///< lines of the text; JSON has all of them
};

struct Account {
  std::string title;
  std::vector<std::string> lines; ///< below the title
  std::vector<Fact> facts;
  std::vector<Section> sections; ///< those without lines and remark are left out of the text
};

/// `width` columns to wrap at; 0 does not wrap.
std::string asText(const Account& account, unsigned width);
std::string asJson(const Account& account);

} // namespace relc::driver
