#include "compiler/promql/regex_classes.h"

#include <algorithm>
#include <array>
#include <string>

namespace relc::promql {

namespace {

struct NamedClass {
  std::string_view name;
  std::string_view pairs; ///< first and last character of each range
};
constexpr std::array<NamedClass, 14> posixClasses = {{
    {"alnum", "09AZaz"},
    {"alpha", "AZaz"},
    {"ascii", {"\0\x7F", 2}},
    {"blank", "\t\t  "},
    {"cntrl", {"\0\x1F\x7F\x7F", 4}},
    {"digit", "09"},
    {"graph", "!~"},
    {"lower", "az"},
    {"print", " ~"},
    {"punct", "!/:@[`{~"},
    {"space", "\t\r  "},
    {"upper", "AZ"},
    {"word", "09AZ__az"},
    {"xdigit", "09AFaf"},
}};
constexpr std::array<NamedClass, 3> perlClasses = {{
    {"d", "09"},
    {"s", "\t\n\f\r  "},
    {"w", "09AZ__az"},
}};

// Categories and scripts of Unicode 15; `Any` is RE2's own.
constexpr std::string_view unicodeClasses =
    " "
    "Adlam Ahom Anatolian_Hieroglyphs Any Arabic Armenian Avestan Balinese Bamum Bassa_Vah Batak "
    "Bengali Bhaiksuki Bopomofo Brahmi Braille Buginese Buhid C Canadian_Aboriginal Carian "
    "Caucasian_Albanian Cc Cf Chakma Cham Cherokee Chorasmian Co Common Coptic Cs Cuneiform "
    "Cypriot Cypro_Minoan Cyrillic Deseret Devanagari Dives_Akuru Dogra Duployan "
    "Egyptian_Hieroglyphs Elbasan Elymaic Ethiopic Georgian Glagolitic Gothic Grantha Greek "
    "Gujarati Gunjala_Gondi Gurmukhi Han Hangul Hanifi_Rohingya Hanunoo Hatran Hebrew Hiragana "
    "Imperial_Aramaic Inherited Inscriptional_Pahlavi Inscriptional_Parthian Javanese Kaithi "
    "Kannada Katakana Kawi Kayah_Li Kharoshthi Khitan_Small_Script Khmer Khojki Khudawadi L Lao "
    "Latin Lepcha Limbu Linear_A Linear_B Lisu Ll Lm Lo Lt Lu Lycian Lydian M Mahajani Makasar "
    "Malayalam Mandaic Manichaean Marchen Masaram_Gondi Mc Me Medefaidrin Meetei_Mayek "
    "Mende_Kikakui Meroitic_Cursive Meroitic_Hieroglyphs Miao Mn Modi Mongolian Mro Multani "
    "Myanmar N Nabataean Nag_Mundari Nandinagari Nd New_Tai_Lue Newa Nko Nl No Nushu "
    "Nyiakeng_Puachue_Hmong Ogham Ol_Chiki Old_Hungarian Old_Italic Old_North_Arabian Old_Permic "
    "Old_Persian Old_Sogdian Old_South_Arabian Old_Turkic Old_Uyghur Oriya Osage Osmanya P "
    "Pahawh_Hmong Palmyrene Pau_Cin_Hau Pc Pd Pe Pf Phags_Pa Phoenician Pi Po Ps Psalter_Pahlavi "
    "Rejang Runic S Samaritan Saurashtra Sc Sharada Shavian Siddham SignWriting Sinhala Sk Sm So "
    "Sogdian Sora_Sompeng Soyombo Sundanese Syloti_Nagri Syriac Tagalog Tagbanwa Tai_Le Tai_Tham "
    "Tai_Viet Takri Tamil Tangsa Tangut Telugu Thaana Thai Tibetan Tifinagh Tirhuta Toto Ugaritic "
    "Vai Vithkuqi Wancho Warang_Citi Yezidi Yi Z Zanabazar_Square Zl Zp Zs ";

template <size_t n>
std::optional<std::string_view> find(const std::array<NamedClass, n>& classes,
                                     std::string_view name) {
  const auto found = std::find_if(classes.begin(), classes.end(),
                                  [&](const NamedClass& c) { return c.name == name; });
  return found == classes.end() ? std::nullopt : std::optional(found->pairs);
}

} // namespace

std::optional<std::string_view> posixClass(std::string_view name) {
  return find(posixClasses, name);
}

std::optional<std::string_view> perlClass(char letter) {
  return find(perlClasses, {&letter, 1});
}

bool isUnicodeClass(std::string_view name) {
  if (name.empty() || name.find(' ') != name.npos) return false;
  return unicodeClasses.find(' ' + std::string(name) + ' ') != unicodeClasses.npos;
}

} // namespace relc::promql
