// Which argument is for which parameter of an sli or profile, and what it must be.

#include "compiler/sema/evaluator.h"

#include <algorithm>
#include <utility>

namespace relc::sema {
namespace {

void unknownArgument(Context& c, const syntax::Tree& tree, const syntax::Argument& argument,
                     EntityId target, const std::vector<EntityId>& parameters) {
  std::string_view name = c.entity(target).name;
  if (!argument.name.present()) {
    c.findings
        .add(Check::WrongArguments, tree.range(tree[argument.value]),
             parameters.empty() ? fmt::format("`{}` takes no arguments", name)
                                : fmt::format("`{}` takes {} argument{}, not more", name,
                                              parameters.size(), parameters.size() == 1 ? "" : "s"))
        .at(c.entity(target).nameRange, "declared here");
    return;
  }
  auto& finding =
      c.findings.add(Check::WrongArguments, tree.range(argument.name),
                     fmt::format("`{}` has no parameter `{}`", name, tree.str(argument.name)));
  finding.at(c.entity(target).nameRange, "declared here");
  didYouMean(finding,
             nearest(c, tree.str(argument.name),
                     [&](auto&& add) {
                       for (EntityId p : parameters) add(c.entity(p).name);
                     }),
             tree.range(argument.name));
  if (!finding.help.empty()) return;
  // `availability(job = "checkout")`: the label is meant.
  bool selects = std::any_of(parameters.begin(), parameters.end(), [&](EntityId p) {
    return parameterType(c, p).base == schema::Base::Selector;
  });
  if (const Expr& value = tree[argument.value]; selects && value.kind == ExprKind::String) {
    std::string selector = fmt::format("{{{}={}}}", tree.str(argument.name),
                                       tree.text.substr(value.begin, value.end - value.begin));
    source::Range whole{tree.file, argument.name.begin, value.end};
    finding.fix("select by the label", {{whole, selector}});
    return;
  }
  std::string known;
  for (EntityId p : parameters)
    known += fmt::format("{}`{}`, {}", known.empty() ? "" : "; ", c.entity(p).name,
                         schema::describe(parameterType(c, p)));
  finding.suggest(known.empty() ? "it has no parameters" : "it has " + known);
}

} // namespace

syntax::Expr calleeOf(const Tree& tree, const Expr& call) {
  Expr callee = call;
  callee.kind = ExprKind::Reference;
  callee.end = tree.wordList(call.words).back().end;
  return callee;
}

MatchedArguments matchArguments(Context& c, const Tree& tree, const Expr& call, EntityId target) {
  std::vector<EntityId> parameters = c.model.childrenOf(target, Kind::parameter);
  MatchedArguments result;
  result.byParameter.resize(parameters.size());
  size_t position = 0;
  bool misnamed = false;
  std::span<const syntax::Argument> arguments;
  if (call.kind == ExprKind::Call) arguments = tree.argumentList(call.children);
  for (const syntax::Argument& argument : arguments) {
    size_t index = parameters.size();
    if (argument.name.present()) {
      for (size_t i = 0; i < parameters.size(); ++i)
        if (c.entity(parameters[i]).name == tree.str(argument.name)) index = i;
    } else {
      index = position++;
    }
    if (index >= parameters.size()) {
      unknownArgument(c, tree, argument, target, parameters);
      result.failed = misnamed = true;
    } else if (result.byParameter[index].valid()) {
      c.findings.add(Check::WrongArguments,
                     argument.name.present() ? tree.range(argument.name)
                                             : tree.range(tree[argument.value]),
                     fmt::format("`{}` is given twice", c.entity(parameters[index]).name));
    } else {
      result.byParameter[index] = argument.value;
      c.referenced[parameters[index].index] = true;
    }
  }
  std::string_view callee = tree.str(calleeOf(tree, call));
  for (size_t i = 0; i < parameters.size(); ++i) {
    if (result.byParameter[i].valid() || hasDefault(c, parameters[i])) continue;
    // A misnamed argument is most likely what is missing.
    if (std::exchange(result.failed, true) && misnamed) continue;
    if (c.entity(parameters[i]).broken) continue;
    c.findings
        .add(Check::WrongArguments, tree.range(call),
             fmt::format("`{}` needs the argument `{}`", callee, c.entity(parameters[i]).name))
        .at(c.entity(parameters[i]).nameRange, "this parameter has no default")
        .suggest(fmt::format("write `{}({} = {})`", callee, c.entity(parameters[i]).name, "…"));
  }
  return result;
}

bool hasDefault(const Context& c, EntityId parameter) {
  const Tree& tree = c.tree(parameter);
  auto members = tree.list(c.member(parameter).members);
  return std::any_of(members.begin(), members.end(), [&](syntax::MemberId id) {
    return tree[id].kind == syntax::MemberKind::Attribute && tree.str(tree[id].word) == "default";
  });
}

schema::Type parameterType(const Context& context, EntityId parameter) {
  struct Row {
    std::string_view name;
    schema::Type type;
  };
  static constexpr Row rows[] = {
      {"selector", schema::type::selector}, {"duration", schema::type::duration},
      {"ratio", schema::type::ratio},       {"string", schema::type::string},
      {"integer", schema::type::integer},   {"number", schema::type::number},
      {"rate", schema::type::rate},         {"bytes", schema::type::bytes},
      {"date", schema::type::date},         {"boolean", schema::type::boolean}};
  std::string_view name = context.model.text(parameter, schema::attr("type"));
  schema::Type type = schema::type::value;
  for (const Row& row : rows)
    if (row.name == name) type = row.type;
  // Any other is the kind of a declaration.
  if (auto kind = name.empty() ? std::nullopt : schema::findKind(name);
      kind && type.base == Base::Value)
    type = schema::type::reference(*kind);
  type.counted = type.references.has(Kind::domain);
  type.list = context.model.boolean(parameter, schema::attr("list"));
  return type;
}

} // namespace relc::sema
