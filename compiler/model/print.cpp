// `relc debug model`: what golden tests of sema compare.

#include "compiler/model/model.h"

#include <fmt/format.h>

#include <iterator>

namespace relc::model {
namespace {

/// Backslash, quote and control characters escaped, so that a print-out has one line a fact.
std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (char c : text) {
    auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\')
      (out += '\\') += c;
    else if (c == '\n')
      out += "\\n";
    else if (byte < 0x20 || byte == 0x7f)
      out += fmt::format("\\x{:02x}", byte);
    else
      out += c;
  }
  return out + '"';
}

class Printer {
public:
  Printer(const Model& model, const source::SourceManager& sources)
      : model_(model), sources_(sources) {}

  void entity(EntityId id, size_t depth) {
    const Entity& e = model_[id];
    const auto& kind = schema::info(e.kind);
    std::string line(kind.word);
    if (!e.name.empty()) line += fmt::format(" {}", e.name);
    if (!e.module.empty() && depth == 0) line += fmt::format(" of {}", e.module);
    if (e.in.valid()) line += fmt::format(" in {}", model_.path(e.in));
    if (e.on.valid()) line += fmt::format(" on {}", model_.path(e.on));
    if (schema::relations.has(e.kind)) {
      auto targets = model_.targetsOf(id);
      if (e.required != targets.size()) line += fmt::format(" {} of", e.required);
      for (EntityId target : targets) line += fmt::format(" {}", model_.path(target));
    }
    auto at = sources_.position(e.range.file, e.range.begin);
    line += fmt::format("  @{}:{}", sources_.path(e.range.file), at.line);
    if (e.broken) line += " broken";
    put(depth, line);
    if (!e.doc.empty()) put(depth + 1, fmt::format("doc {}", quoted(e.doc)));
    for (const Attribute& a : model_.attributesOf(id))
      put(depth + 1, fmt::format("{} = {}", a.word, value(a.value)));
    for (EntityId child : model_.childrenOf(id)) entity(child, depth + 1);
  }

  std::string out;

private:
  const Model& model_;
  const source::SourceManager& sources_;

  void put(size_t depth, std::string_view line) {
    out.append(depth * 2, ' ').append(line).push_back('\n');
  }

  std::string value(const Value& v) const {
    struct Visitor {
      const Printer& p;
      std::string operator()(std::monostate) const { return "?"; }
      std::string operator()(bool b) const { return b ? "true" : "false"; }
      std::string operator()(const Quantity& q) const { return q.toString(); }
      std::string operator()(Date d) const { return d.toString(); }
      std::string operator()(Text t) const { return quoted(t.text); }
      std::string operator()(Label l) const { return std::string(l.text); }
      std::string operator()(EntityId id) const {
        return fmt::format("{} {}", schema::info(p.model_[id].kind).word, p.model_.path(id));
      }
      std::string operator()(ParameterRef r) const {
        return fmt::format("${}", p.model_[r.parameter].name);
      }
      std::string operator()(ListRef r) const {
        std::string text = "[";
        for (const Value& item : p.model_.list(r))
          text += (text.size() > 1 ? ", " : "") + p.value(item);
        return text + "]";
      }
      std::string operator()(SelectorRef r) const {
        return promql::print(p.model_.selectors[r.index]);
      }
      std::string operator()(PromqlRef r) const {
        const auto& expr = p.model_.queries[r.index].expr;
        return fmt::format("`{}`", expr.valid() ? promql::print(expr) : "?");
      }
      std::string operator()(ApplicationRef r) const {
        const Application& a = p.model_.applications[r.index];
        std::string text = p.model_.path(a.target) + "(";
        for (size_t i = 0; i < a.arguments.size(); ++i)
          text +=
              fmt::format("{}{} = {}", i > 0 ? ", " : "", p.model_[a.arguments[i].parameter].name,
                          p.value(a.arguments[i].value));
        return text + ")";
      }
      std::string operator()(FormRef r) const {
        const Form& form = p.model_.forms[r.index];
        std::string text = fmt::format("{}(", form.info->name);
        for (size_t i = 0; i < form.arguments.size(); ++i)
          text += fmt::format("{}{} = {}", i > 0 ? ", " : "", form.arguments[i].parameter->name,
                              p.value(form.arguments[i].value));
        return text + ")";
      }
      std::string operator()(Counted c) const {
        return fmt::format("{} {}({})", schema::info(p.model_[c.entity].kind).word,
                           p.model_.path(c.entity), c.count);
      }
      std::string operator()(Qualified q) const {
        return fmt::format("{} {}.{}", schema::info(p.model_[q.entity].kind).word,
                           p.model_.path(q.entity), q.part);
      }
    };
    return std::visit(Visitor{*this}, v.data);
  }
};

} // namespace

std::string print(const Model& model, const source::SourceManager& sources, bool withLibrary) {
  Printer printer(model, sources);
  for (uint32_t i = 0; i < model.entities.size(); ++i) {
    const Entity& e = model.entities[i];
    if (!e.parent.valid() && (withLibrary || !e.library)) printer.entity({i}, 0);
  }
  return std::move(printer.out);
}

} // namespace relc::model
