#pragma once
// Reads the words of the forms of schedule.h, and knows what people write instead of them.

#include "compiler/model/quantity.h"
#include "compiler/model/schedule.h"

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace relc::model {

inline constexpr std::array<std::string_view, 7> dayNames = {"Mon", "Tue", "Wed", "Thu",
                                                             "Fri", "Sat", "Sun"};
struct Ordinal {
  std::string_view word, digits;
  int nth;
};
inline constexpr Ordinal ordinals[] = {{"first", "1st", 1},
                                       {"second", "2nd", 2},
                                       {"third", "3rd", 3},
                                       {"fourth", "4th", 4},
                                       {"last", "last", -1}};
inline constexpr std::string_view ofMonth = " of month";
inline constexpr int minutesOfDay = 24 * 60;

/// "09:00"
std::string clock(int minute);

/// What messages call a form, and show of it.
struct Form {
  std::string_view name, examples;
};

/// Goes through a text once and stops at the first thing that is not as it must be: after an error
/// every function returns at once.
class Reader {
public:
  /// Both must outlive the reader.
  Reader(std::string_view text, const Form& form);

  [[nodiscard]] bool failed() const { return error_.has_value(); }
  [[nodiscard]] size_t at() const { return at_; }
  /// About the bytes from `begin` to `end`, or to where the reader stands.
  void fail(size_t begin, size_t end, std::string message,
            std::optional<std::string> suggestion = std::nullopt);
  void failSince(size_t begin, std::string message,
                 std::optional<std::string> suggestion = std::nullopt) {
    fail(begin, at_, std::move(message), std::move(suggestion));
  }

  /// days = "daily" | item { "," item }
  Days readDays();
  Weekday readDay();
  /// time = HH ":" MM, as minutes since midnight. `last`: it ends hours, and may be 24:00.
  int readTime(bool last = false);
  /// 0, and nothing is read, if something else stands here.
  int readOrdinal();
  int readDayOfMonth();
  /// " of month"; `begin` is where the day that it belongs to stands.
  void readOfMonth(size_t begin);
  /// "2026-11-03"
  Date readDate();
  /// The one blank before `what`.
  void readBlank(std::string_view what);
  /// "-" or ",", and then what may be joined by it; false if something else stands here.
  bool join(char joint);

  /// The value, if the text ends here and there was no error.
  template <class T>
  ParsedForm<T> finish(T value) {
    readEnd();
    if (error_) return {std::nullopt, std::move(*error_)};
    return {std::move(value), {}};
  }

private:
  template <class Predicate>
  [[nodiscard]] size_t skip(size_t from, Predicate belongs) const {
    while (from < text_.size() && belongs(text_[from])) ++from;
    return from;
  }
  /// The end of what stands here, for the carets.
  [[nodiscard]] size_t wordEnd() const;
  /// "`x` is no day; advice", or "expected a day; advice" if nothing stands here.
  void wrong(size_t end, std::string_view what, std::string_view advice,
             std::optional<std::string> suggestion = std::nullopt);
  [[nodiscard]] int number(size_t begin, size_t end) const;
  [[nodiscard]] bool dayAt(size_t begin) const;
  [[nodiscard]] std::string asIn() const;
  bool readDaily();
  void readItem(Days& days);
  bool joined(size_t next, char joint);
  void readEnd();

  std::string_view text_;
  const Form& form_;
  size_t at_ = 0;
  std::optional<FormError> error_;
};

} // namespace relc::model
