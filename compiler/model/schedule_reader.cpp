#include "compiler/model/schedule_reader.h"

#include <fmt/format.h>

#include <algorithm>

namespace relc::model {
namespace {

// --- what people write, and what it is in Rel ----------------------------------------------------

using Spelling = std::pair<std::string_view, std::string_view>; ///< lower case → Rel

/// Plural, because every beginning of two letters or more is understood.
constexpr std::array<std::string_view, 7> longDayNames = {
    "mondays", "tuesdays", "wednesdays", "thursdays", "fridays", "saturdays", "sundays"};

/// Around or instead of days; where one begins another, the longer is first.
constexpr Spelling dayPhrases[] = {
    {"working days", "Mon-Fri"},
    {"workdays", "Mon-Fri"},
    {"weekdays", "Mon-Fri"},
    {"weekday", "Mon-Fri"},
    {"weekends", "Sat,Sun"},
    {"weekend", "Sat,Sun"},
    {"every day", "daily"},
    {"each day", "daily"},
    {"everyday", "daily"},
    {"daily", "daily"},
    {"every", ""},
    {"each", ""},
    {"weekly", ""},
    {"from", ""},
    {"the", ""},
    {"on", ""},
};
constexpr Spelling joints[] = {
    {"-", "-"},     {"\u2013", "-"},  {"\u2014", "-"}, {"..", "-"},  {"to", "-"},
    {"until", "-"}, {"through", "-"}, {"till", "-"},   {",", ","},   {";", ","},
    {"&", ","},     {"+", ","},       {"/", ","},      {"and", ","},
};
constexpr Spelling dayTimes[] = {{"noon", "12:00"}, {"midday", "12:00"}, {"midnight", "00:00"}};
constexpr std::string_view monthPhrases[] = {
    "of the month", "of each month", "of every month", "of a month", "of months", "of month",
    "in the month", "each month",    "every month",    "in month",   "a month",   "monthly"};

constexpr std::string_view dayAdvice =
    "days are `Mon`, `Tue`, `Wed`, `Thu`, `Fri`, `Sat` and `Sun`";
constexpr std::string_view timeAdvice =
    "it has two digits for the hour, a colon, and two for the minute";

bool isDigit(char c) {
  return c >= '0' && c <= '9';
}
char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
bool isLetter(char c) {
  return lower(c) >= 'a' && lower(c) <= 'z';
}
bool isBlank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}
bool startsWith(std::string_view text, std::string_view lowerCase) {
  return text.size() >= lowerCase.size() &&
         std::equal(lowerCase.begin(), lowerCase.end(), text.begin(),
                    [](char a, char b) { return a == lower(b); });
}
/// … and the word ends there.
bool startsWithWord(std::string_view text, std::string_view lowerCase) {
  return startsWith(text, lowerCase) &&
         (text.size() == lowerCase.size() || !isLetter(text[lowerCase.size()]));
}

/// "monday", "TUES", "Th": the day that is meant.
std::optional<Weekday> dayMeant(std::string_view word) {
  for (size_t i = 0; i < longDayNames.size(); ++i)
    if (word.size() >= 2 && word.size() <= longDayNames[i].size() &&
        startsWith(word, longDayNames[i].substr(0, word.size())))
      return static_cast<Weekday>(i);
  return std::nullopt;
}

/// At most some 24 bytes of a user's text, whole characters.
std::string quote(std::string_view text) {
  constexpr size_t most = 24;
  if (text.size() <= most) return fmt::format("`{}`", text);
  size_t end = most;
  while (end > 0 && (text[end] & '\xC0') == '\x80') --end;
  return fmt::format("`{}…`", text.substr(0, end));
}

} // namespace

std::string clock(int minute) {
  return fmt::format("{:02}:{:02}", minute / 60, minute % 60);
}

Reader::Reader(std::string_view text, const Form& form) : text_(text), form_(form) {
  size_t blanks = skip(0, isBlank);
  if (blanks == text.size())
    fail(0, blanks, fmt::format("expected {}{}", form.name, asIn()));
  else if (blanks > 0)
    fail(0, blanks, "no blank stands before the first word", "");
}

// --- errors --------------------------------------------------------------------------------------

void Reader::fail(size_t begin, size_t end, std::string message,
                  std::optional<std::string> suggestion) {
  if (!error_) error_ = {std::move(message), begin, end - begin, std::move(suggestion)};
}

void Reader::wrong(size_t end, std::string_view what, std::string_view advice,
                   std::optional<std::string> suggestion) {
  fail(at_, end,
       end == at_
           ? fmt::format("expected a {}; {}", what, advice)
           : fmt::format("{} is no {}; {}", quote(text_.substr(at_, end - at_)), what, advice),
       std::move(suggestion));
}

size_t Reader::wordEnd() const {
  size_t end = skip(at_, [](char c) { return isLetter(c) || isDigit(c) || (c & '\x80') != 0; });
  return end > at_ ? end : skip(at_, [](char c) { return !isBlank(c); });
}

std::string Reader::asIn() const {
  return fmt::format(", as in {}", form_.examples);
}

// --- days ----------------------------------------------------------------------------------------

Days Reader::readDays() {
  Days days;
  if (failed()) return days;
  if (readDaily()) return {Days::all};
  if (!failed() && isDigit(text_[at_]))
    fail(at_, at_, fmt::format("expected the days before the time{}", asIn()), "daily ");
  while (!failed()) {
    readItem(days);
    if (!join(',')) break;
  }
  return days;
}

/// True if `daily` stands here. What else people say around days is an error that knows better.
bool Reader::readDaily() {
  std::string_view rest = text_.substr(at_);
  for (auto [words, meant] : dayPhrases) {
    if (!startsWithWord(rest, words)) continue;
    size_t end = at_ + words.size();
    if (rest.starts_with("daily")) {
      at_ = end;
      return true;
    }
    if (meant.empty())
      fail(at_, skip(end, isBlank), fmt::format("{} is one word too many{}", quote(words), asIn()),
           "");
    else
      fail(at_, end, fmt::format("these days are written `{}`", meant), std::string(meant));
    return false;
  }
  return false;
}

/// item = day [ "-" day ]
void Reader::readItem(Days& days) {
  size_t begin = at_;
  Weekday from = readDay();
  bool range = join('-');
  Weekday to = range ? readDay() : from;
  if (failed()) return;
  if (range && from == to)
    return failSince(begin, "a range of days ends with another day; all seven are `daily`");
  Days added;
  for (auto day = static_cast<unsigned>(from);; day = (day + 1) % 7) {
    added.add(static_cast<Weekday>(day));
    if (day == static_cast<unsigned>(to)) break;
  }
  if ((days.bits & added.bits) == added.bits) // a comma stands before it
    return failSince(begin - 1, "it is among the days already", "");
  if ((days.bits & added.bits) != 0)
    return failSince(begin, "some of these are among the days already");
  days.bits |= added.bits;
}

Weekday Reader::readDay() {
  if (failed()) return Weekday::Mon;
  size_t end = skip(at_, isLetter);
  std::string_view word = text_.substr(at_, end - at_);
  const auto* name = std::find(dayNames.begin(), dayNames.end(), word);
  if (name != dayNames.end()) {
    at_ = end;
    return static_cast<Weekday>(name - dayNames.begin());
  }
  if (auto meant = dayMeant(word)) {
    if (end < text_.size() && text_[end] == '.') ++end;
    wrong(end, "day", dayAdvice, std::string(dayNames[static_cast<size_t>(*meant)]));
  } else {
    wrong(wordEnd(), "day", dayAdvice);
  }
  return Weekday::Mon;
}

bool Reader::dayAt(size_t begin) const {
  return dayMeant(text_.substr(begin, skip(begin, isLetter) - begin)).has_value();
}

bool Reader::join(char joint) {
  if (failed()) return false;
  size_t mark = skip(at_, isBlank);
  std::string_view rest = text_.substr(mark);
  for (auto [spelling, meant] : joints) {
    if (meant[0] != joint || !startsWith(rest, spelling)) continue;
    if (isLetter(spelling[0]) && !startsWithWord(rest, spelling)) continue;
    size_t next = skip(mark + spelling.size(), isBlank);
    // `Mon, 09:00`: a comma too many, which is for readBlank to say.
    if (joint == ',' && next < text_.size() && isDigit(text_[next])) return false;
    return joined(next, joint);
  }
  return joint == ',' && mark > at_ && dayAt(mark) && joined(mark, joint); // `Mon Wed 09:00`
}

bool Reader::joined(size_t next, char joint) {
  size_t begin = std::exchange(at_, next);
  if (text_.substr(begin, next - begin) != std::string_view(&joint, 1))
    failSince(begin, fmt::format("a `{}` without blanks joins these", joint),
              std::string(1, joint));
  return !failed();
}

// --- days of a month -----------------------------------------------------------------------------

int Reader::readOrdinal() {
  if (failed()) return 0;
  size_t end = skip(at_, [](char c) { return isLetter(c) || isDigit(c); });
  std::string_view word = text_.substr(at_, end - at_);
  bool beforeDay = dayAt(skip(end, isBlank));
  for (const Ordinal& ordinal : ordinals) {
    bool digits = word.size() == ordinal.digits.size() && startsWith(word, ordinal.digits);
    bool letters = word.size() == ordinal.word.size() && startsWith(word, ordinal.word);
    if (!letters && !(digits && beforeDay)) continue;
    at_ = end;
    if (word != ordinal.word)
      failSince(end - word.size(), fmt::format("it is written `{}`", ordinal.word),
                std::string(ordinal.word));
    return ordinal.nth;
  }
  if (beforeDay && (word == "fifth" || word == "5th"))
    fail(at_, end, "most months have no fifth; `last` is in every month");
  return 0;
}

int Reader::readDayOfMonth() {
  if (failed()) return 0;
  size_t digits = skip(at_, isDigit);
  size_t end = digits;
  for (std::string_view ending : {"st", "nd", "rd", "th", "."})
    if (startsWith(text_.substr(digits), ending)) end = digits + ending.size();
  std::string_view rest = text_.substr(skip(end, isBlank));
  bool month = std::any_of(std::begin(monthPhrases), std::end(monthPhrases),
                           [&](auto phrase) { return startsWithWord(rest, phrase); });
  if (digits == at_ || digits - at_ > 2 || !month) return 0;
  int day = number(at_, digits);
  std::string canonical = std::to_string(day);
  if (day < 1 || day > 31)
    wrong(end, "day of a month", "they go from 1 to 31");
  else if (text_.substr(at_, end - at_) != canonical)
    wrong(end, "day of a month", "it is a plain number", canonical);
  at_ = end;
  return day;
}

void Reader::readOfMonth(size_t begin) {
  if (failed()) return;
  size_t word = skip(at_, isBlank);
  for (std::string_view phrase : monthPhrases) {
    if (!startsWithWord(text_.substr(word), phrase)) continue;
    size_t end = word + phrase.size();
    if (text_.substr(at_, end - at_) != ofMonth)
      fail(at_, end, fmt::format("it is written `{}`", ofMonth.substr(1)), std::string(ofMonth));
    at_ = end;
    return;
  }
  std::string_view day = text_.substr(begin, at_ - begin);
  failSince(begin, fmt::format("{} of what? it is written `{}{}`", quote(day), day, ofMonth),
            fmt::format("{}{}", day, ofMonth));
}

Date Reader::readDate() {
  if (failed()) return {};
  auto separates = [](char c) { return c == '-' || c == '/' || c == '.'; };
  size_t end = skip(at_, [&](char c) { return isDigit(c) || separates(c); });
  std::string_view word = text_.substr(at_, end - at_);
  std::array<std::string_view, 3> parts; // what is no date has more or fewer
  size_t count = 0;
  for (size_t begin = 0; begin <= word.size(); ++count) {
    size_t stop = std::min(word.find_first_of("-/.", begin), word.size());
    if (count < parts.size()) parts[count] = word.substr(begin, stop - begin);
    begin = stop + 1;
  }
  std::string canonical = fmt::format("{}-{:0>2}-{:0>2}", parts[0], parts[1], parts[2]);
  auto date = parseDate(canonical);
  if (count != 3 || parts[0].size() != 4 || canonical.size() != 10)
    wrong(std::max(end, wordEnd()), "date", "it has the year first: `2026-11-03`");
  else if (!date)
    wrong(end, "date", "the calendar has no such day");
  else if (word != canonical)
    wrong(end, "date", "it has dashes, and two digits for month and day", canonical);
  at_ = end;
  return date.value_or(Date{});
}

// --- times ---------------------------------------------------------------------------------------

int Reader::number(size_t begin, size_t end) const {
  int value = 0; // of at most 4 digits
  for (; begin < end; ++begin) value = value * 10 + (text_[begin] - '0');
  return value;
}

int Reader::readTime(bool last) {
  if (failed()) return 0;
  for (auto [word, time] : dayTimes)
    if (startsWithWord(text_.substr(at_), word))
      wrong(at_ + word.size(), "time of day", timeAdvice,
            last && time == "00:00" ? "24:00" : std::string(time));
  size_t end = skip(at_, isDigit);
  size_t digits = end - at_;
  if (digits == 0 || digits > 4) {
    wrong(std::max(end, wordEnd()), "time of day", timeAdvice);
    return 0;
  }
  int hour = number(at_, end), minute = 0, second = 0;
  bool vague = false; ///< `9:3` may be 09:03 or 09:30
  auto part = [&](std::string_view marks, int& value) {
    if (end >= text_.size() || marks.find(text_[end]) == marks.npos) return;
    size_t stop = skip(end + 1, isDigit);
    if (stop - end > 3) return;
    vague |= stop - end == 2;
    value = number(end + 1, stop);
    end = stop;
  };
  if (digits > 2)
    minute = std::exchange(hour, hour / 100) % 100;
  else
    part(":.hH", minute);
  part(":", second);
  std::string_view half = text_.substr(skip(end, isBlank));
  for (bool afternoon : {false, true})
    if (startsWithWord(half, afternoon ? "pm" : "am") && hour >= 1 && hour <= 12) {
      hour = hour % 12 + (afternoon ? 12 : 0);
      end = text_.size() - half.size() + 2;
    }
  int time = hour * 60 + minute;
  std::string canonical = clock(time);
  if (minute > 59)
    wrong(end, "time of day", "minutes go from 00 to 59");
  else if (time == minutesOfDay && !last)
    wrong(end, "time of day", "it begins at `00:00`, and only hours end at `24:00`");
  else if (time > minutesOfDay)
    wrong(end, "time of day", "hours go from 00 to 23");
  else if (second != 0)
    wrong(end, "time of day", "it has no seconds");
  else if (text_.substr(at_, end - at_) != canonical)
    wrong(end, "time of day", timeAdvice, vague ? std::nullopt : std::optional(canonical));
  at_ = end;
  return time;
}

void Reader::readBlank(std::string_view what) {
  if (failed()) return;
  size_t end = skip(at_, [](char c) { return isBlank(c) || c == ',' || c == '@' || c == '_'; });
  std::string_view rest = text_.substr(end);
  if (startsWithWord(rest, "at"))
    end = skip(end + 2, isBlank);
  else if (startsWith(rest, "t") && rest.size() > 1 && isDigit(rest[1])) // 2026-11-03T14:05
    ++end;
  if (end == text_.size())
    fail(end, end, fmt::format("expected {} behind this{}", what, asIn()));
  else if (end == at_ && !isDigit(text_[at_]))
    fail(at_, wordEnd(), fmt::format("expected a blank and {}{}", what, asIn()));
  else if (text_.substr(at_, end - at_) != " ")
    fail(at_, end, fmt::format("one blank stands before {}", what), " ");
  at_ = end;
}

void Reader::readEnd() {
  if (failed() || at_ == text_.size()) return;
  std::string_view tail = text_.substr(skip(at_, isBlank));
  std::string_view word = tail.substr(0, 64); // names of time zones are shorter
  bool zone = startsWith(word, "utc") || startsWith(word, "gmt") || word == "Z" ||
              word.starts_with('+') ||
              (word.find('/') != word.npos && !word.empty() && isLetter(word[0]));
  if (tail.empty())
    fail(at_, text_.size(), "no blank stands behind the last word", "");
  else if (zone)
    fail(at_, text_.size(), "the time zone stands apart, in `timezone`");
  else
    fail(at_, text_.size(), fmt::format("{} ends with its time{}", form_.name, asIn()));
}

} // namespace relc::model
