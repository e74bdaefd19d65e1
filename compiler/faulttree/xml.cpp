#include "compiler/faulttree/xml.h"

#include <expat.h>
#include <fmt/format.h>

#include <algorithm>

namespace relc::faulttree {

/// What expat calls while it reads. The parser is stopped at the first error.
struct XmlHandlers {
  Xml& xml;
  const XmlLimits& limits;
  XML_Parser parser;
  Xml::Id open = Xml::none;
  uint32_t depth = 0;
  std::vector<Error> errors;

  [[nodiscard]] Place here() const {
    return {uint32_t(XML_GetCurrentLineNumber(parser)),
            uint32_t(XML_GetCurrentColumnNumber(parser)) + 1};
  }
  void stop(std::string message) {
    if (errors.empty()) errors.push_back({here(), std::move(message)});
    XML_StopParser(parser, XML_FALSE);
  }

  static void XMLCALL start(void* self, const XML_Char* name, const XML_Char** attributes) {
    static_cast<XmlHandlers*>(self)->begin(name, attributes);
  }
  void begin(const char* name, const char** attributes) {
    if (++depth > limits.depth)
      return stop(fmt::format("elements are nested more than {} deep; no fault tree needs that",
                              limits.depth));
    if (xml.elements_.size() >= limits.elements)
      return stop(
          fmt::format("there are more than {} elements, which is the limit", limits.elements));
    const auto id = Xml::Id(xml.elements_.size());
    Xml::Element element{xml.intern(name), here(), open};
    element.textBegin = uint32_t(xml.text_.size());
    element.firstAttribute = uint32_t(xml.attributes_.size());
    for (; *attributes; attributes += 2) {
      xml.attributes_.push_back({xml.intern(attributes[0]), attributes[1]});
      ++element.attributeCount;
    }
    xml.elements_.push_back(element);
    if (open != Xml::none) {
      Xml::Element& parent = xml.elements_[open];
      if (parent.lastChild == Xml::none)
        parent.firstChild = id;
      else
        xml.elements_[parent.lastChild].next = id;
      parent.lastChild = id;
    }
    open = id;
  }

  static void XMLCALL end(void* self, const XML_Char*) {
    auto& all = *static_cast<XmlHandlers*>(self);
    --all.depth;
    all.open = all.xml.elements_[all.open].parent;
  }

  static void XMLCALL characters(void* self, const XML_Char* text, int size) {
    auto& all = *static_cast<XmlHandlers*>(self);
    if (all.open == Xml::none) return;
    Xml::Element& element = all.xml.elements_[all.open];
    if (element.firstChild != Xml::none) return; // between children
    if (element.textSize == 0) {
      if (std::all_of(text, text + size,
                      [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }))
        return;
      element.textBegin = uint32_t(all.xml.text_.size());
    }
    all.xml.text_.append(text, size_t(size));
    element.textSize += uint32_t(size);
  }

  static void XMLCALL documentType(void* self, const XML_Char*, const XML_Char*, const XML_Char*,
                                   int) {
    static_cast<XmlHandlers*>(self)->stop(
        "a document type declaration is not read, for what it can "
        "bring in; remove `<!DOCTYPE …>`, Open-PSA does not need it");
  }
};

std::string_view Xml::intern(std::string_view name) {
  // The few names of Open-PSA come again and again, most often soon.
  for (size_t i = names_.size(); i-- > 0;)
    if (*names_[i] == name) return *names_[i];
  if (names_.size() < 256) return *names_.emplace_back(std::make_unique<std::string>(name));
  static const std::string other = "?"; // nobody knows more names than that
  return other;
}

std::vector<Error> Xml::read(std::string_view text, const XmlLimits& limits) {
  elements_.clear();
  attributes_.clear();
  text_.clear();
  XML_Parser parser = XML_ParserCreate(nullptr);
  if (!parser) return {{{}, "there is no memory for an XML parser"}};
  XmlHandlers handlers{*this, limits, parser, none, 0, {}};
  XML_SetUserData(parser, &handlers);
  XML_SetElementHandler(parser, XmlHandlers::start, XmlHandlers::end);
  XML_SetCharacterDataHandler(parser, XmlHandlers::characters);
  XML_SetStartDoctypeDeclHandler(parser, XmlHandlers::documentType);
  constexpr size_t chunk = 1 << 20; // expat counts in int
  XML_Status status = XML_STATUS_OK;
  do {
    const std::string_view part = text.substr(0, chunk);
    text.remove_prefix(part.size());
    status = XML_Parse(parser, part.data(), int(part.size()), text.empty());
  } while (status == XML_STATUS_OK && !text.empty());
  if (status != XML_STATUS_OK && handlers.errors.empty())
    handlers.errors.push_back(
        {handlers.here(),
         fmt::format("this is no well-formed XML: {}", XML_ErrorString(XML_GetErrorCode(parser)))});
  XML_ParserFree(parser);
  return std::move(handlers.errors);
}

const std::string* Xml::attribute(Id id, std::string_view name) const {
  const Element& element = elements_[id];
  for (uint32_t i = 0; i < element.attributeCount; ++i)
    if (const Attribute& attribute = attributes_[element.firstAttribute + i];
        attribute.name == name)
      return &attribute.value;
  return nullptr;
}

std::string_view Xml::text(Id id) const {
  std::string_view text =
      std::string_view(text_).substr(elements_[id].textBegin, elements_[id].textSize);
  auto blank = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

std::vector<Xml::Id> Xml::children(Id id) const {
  std::vector<Id> all;
  for (Id child = elements_[id].firstChild; child != none; child = elements_[child].next)
    all.push_back(child);
  return all;
}

} // namespace relc::faulttree
