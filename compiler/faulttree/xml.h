#pragma once
// XML as a flat tree of elements with their places. Text between the tags is kept for `label` and
// the like only.

#include "compiler/faulttree/fault_tree.h"

#include <memory>

namespace relc::faulttree {

struct XmlLimits {
  uint32_t depth = 200;
  uint32_t elements = 20'000'000;
};

class Xml {
public:
  using Id = uint32_t;
  static constexpr Id none = ~Id(0);

  struct Element {
    std::string_view name;
    Place place;
    Id parent, firstChild = none, lastChild = none, next = none;
    uint32_t firstAttribute = 0, attributeCount = 0;
    uint32_t textBegin = 0, textSize = 0;
  };

  /// Reads a document. Nothing outside of it is ever read; a document type declaration, and with it
  /// all entities, is refused, as Open-PSA has no use for one. Returns the errors.
  std::vector<Error> read(std::string_view text, const XmlLimits& limits = {});

  [[nodiscard]] bool empty() const { return elements_.empty(); }
  [[nodiscard]] const Element& operator[](Id id) const { return elements_[id]; }
  /// The value of an attribute; null if there is none.
  [[nodiscard]] const std::string* attribute(Id id, std::string_view name) const;
  /// Text directly in the element, white space around it removed.
  [[nodiscard]] std::string_view text(Id id) const;
  /// Children of an element.
  [[nodiscard]] std::vector<Id> children(Id id) const;

private:
  friend struct XmlHandlers;
  struct Attribute {
    std::string_view name;
    std::string value;
  };

  std::string_view intern(std::string_view name);

  std::vector<Element> elements_;
  std::vector<Attribute> attributes_;
  std::string text_;
  std::vector<std::unique_ptr<std::string>> names_; ///< there are few different ones
};

} // namespace relc::faulttree
