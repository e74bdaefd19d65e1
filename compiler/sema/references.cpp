// Names of declarations, alone or with what they are given: `eu-west-1a(4)`, `kill(count = 1)`, an
// sli with its arguments.

#include "compiler/sema/evaluator.h"

#include <algorithm>
#include <utility>

namespace relc::sema {

void Evaluator::reference(const Expr& e, const schema::Type& type, Value& result) {
  if (type.orText && (e.kind == ExprKind::String || e.kind == ExprKind::Text)) {
    string(e, {.base = Base::String}, result);
    return;
  }
  if (e.kind == ExprKind::Call && type.counted) {
    counted(e, type, result);
    return;
  }
  if (e.kind != ExprKind::Reference) {
    wrong(e, type);
    return;
  }
  // `checkout.availability.page`: the last word may be a part of what the others name.
  auto words = tree_.wordList(e.words);
  if (!type.choices.empty() && words.size() > 1 &&
      !tryResolve(c_, tree_, words, type.references, place_.scope).valid())
    for (std::string_view part : schema::splitWords(type.choices)) {
      if (tree_.str(words.back()) != part) continue;
      Expr owner = e;
      owner.words.count -= 1;
      owner.end = words[words.size() - 2].end;
      EntityId target = resolve(c_, tree_, owner, type.references, place_.scope);
      if (target.valid()) result.data = model::Qualified{target, part};
      return;
    }
  if (EntityId target = resolve(c_, tree_, e, type.references, place_.scope); target.valid())
    result.data = target;
}

void Evaluator::counted(const Expr& e, const schema::Type& type, Value& result) {
  EntityId target = resolve(c_, tree_, calleeOf(tree_, e), type.references, place_.scope);
  auto arguments = tree_.argumentList(e.children);
  if (arguments.size() != 1 || arguments[0].name.present()) {
    c_.findings
        .add(Check::WrongArguments, tree_.range(e),
             fmt::format("`{}` takes one number, how many stand there",
                         tree_.str(calleeOf(tree_, e))))
        .suggest(fmt::format("write `{}(2)`", tree_.str(calleeOf(tree_, e))));
    return;
  }
  auto count = quantity(arguments[0].value, schema::type::count);
  if (count && target.valid())
    result.data = model::Counted{target, static_cast<uint32_t>(count->toDouble())};
}

void Evaluator::form(const Expr& e, const schema::Type& type, Value& result) {
  bool call = e.kind == ExprKind::Call;
  if (!call && e.kind != ExprKind::Reference) {
    wrong(e, type);
    return;
  }
  Expr callee = calleeOf(tree_, e);
  std::string_view name = tree_.str(callee);
  const schema::FormInfo* info = schema::findForm(type.forms, name);
  if (!info) {
    auto& finding = c_.findings.add(Check::UnknownChoice, tree_.range(callee),
                                    fmt::format("`{}` is no {}", name, place_.attribute));
    finding.label(fmt::format("expected {}", schema::describe(type)));
    didYouMean(finding,
               nearest(c_, name,
                       [&](auto&& add) {
                         for (const auto& row : schema::formTable)
                           if (row.set == type.forms) add(row.name);
                       }),
               tree_.range(callee));
    return;
  }
  auto parameters = schema::parametersOf(*info);
  model::Form made;
  made.info = info;
  bool failed = false;
  size_t position = 0;
  std::span<const syntax::Argument> arguments;
  if (call) arguments = tree_.argumentList(e.children);
  for (const syntax::Argument& argument : arguments) {
    size_t index = position;
    if (argument.name.present())
      for (index = 0; index < parameters.size(); ++index)
        if (parameters[index]->name == tree_.str(argument.name)) break;
    if (index >= parameters.size()) {
      formArgument(argument, *info, parameters);
      failed = true;
      continue;
    }
    position += argument.name.present() ? 0 : 1;
    const schema::FormParameterInfo* parameter = parameters[index];
    bool again = std::any_of(made.arguments.begin(), made.arguments.end(),
                             [&](const auto& other) { return other.parameter == parameter; });
    if (again) {
      c_.findings.add(Check::WrongArguments, tree_.range(tree_[argument.value]),
                      fmt::format("`{}` is given twice", parameter->name));
      continue;
    }
    Place place{place_.scope, parameter->name, place_.expansion};
    Evaluator evaluator(c_, tree_, place);
    evaluator.depth_ = depth_;
    Value value = evaluator.value(argument.value, parameter->type);
    failed |= !value.present();
    made.arguments.push_back({parameter, value});
  }
  for (const auto* parameter : parameters) {
    bool given = std::any_of(made.arguments.begin(), made.arguments.end(),
                             [&](const auto& a) { return a.parameter == parameter; });
    if (given || failed || parameter->presence != schema::Presence::Required) continue;
    c_.findings
        .add(Check::WrongArguments, tree_.range(e),
             fmt::format("`{}` needs `{}`", name, parameter->name))
        .because(std::string(parameter->doc))
        .suggest(fmt::format("for example: {}", info->example));
    failed = true;
  }
  if (failed) return;
  result.data = model::FormRef{static_cast<uint32_t>(c_.model.forms.size())};
  c_.model.forms.push_back(std::move(made));
}

void Evaluator::formArgument(const syntax::Argument& argument, const schema::FormInfo& info,
                             const std::vector<const schema::FormParameterInfo*>& parameters) {
  source::Range range =
      argument.name.present() ? tree_.range(argument.name) : tree_.range(tree_[argument.value]);
  auto& finding = c_.findings.add(
      Check::WrongArguments, range,
      argument.name.present()
          ? fmt::format("`{}` has no parameter `{}`", info.name, tree_.str(argument.name))
          : fmt::format("`{}` takes {} argument{}, not more", info.name, parameters.size(),
                        parameters.size() == 1 ? "" : "s"));
  if (argument.name.present())
    didYouMean(finding,
               nearest(c_, tree_.str(argument.name),
                       [&](auto&& add) {
                         for (const auto* p : parameters) add(p->name);
                       }),
               range);
  if (finding.help.empty()) finding.suggest(fmt::format("for example: {}", info.example));
}

void Evaluator::sli(const Expr& e, const schema::Type& type, Value& result) {
  if (e.kind != ExprKind::Reference && e.kind != ExprKind::Call) {
    wrong(e, type).suggest("declare an `sli`, or put an `sli { … }` block into the SLO");
    return;
  }
  EntityId target = resolve(c_, tree_, calleeOf(tree_, e), Kind::sli, place_.scope);
  if (!target.valid()) return;
  model::Application application;
  application.target = target;
  std::vector<EntityId> parameters = c_.model.childrenOf(target, Kind::parameter);
  MatchedArguments matched = matchArguments(c_, tree_, e, target);
  bool failed = matched.failed;
  for (size_t i = 0; i < parameters.size(); ++i) {
    if (matched.byParameter[i].valid()) {
      Place place{place_.scope, c_.entity(parameters[i]).name, place_.expansion};
      Evaluator evaluator(c_, tree_, place);
      evaluator.depth_ = depth_;
      Value value = evaluator.value(matched.byParameter[i], parameterType(c_, parameters[i]));
      failed |= !value.present();
      application.arguments.push_back({parameters[i], value});
    } else if (const auto* fallback = c_.model.attribute(parameters[i], schema::attr("default"))) {
      application.arguments.push_back({parameters[i], fallback->value});
    }
  }
  if (failed) return;
  result.data = model::ApplicationRef{static_cast<uint32_t>(c_.model.applications.size())};
  c_.model.applications.push_back(std::move(application));
}

} // namespace relc::sema
