// `relc what-if`: the system with something lost.

#include "compiler/diagnostics/printable.h"
#include "compiler/diagnostics/terminal.h"
#include "compiler/driver/commands.h"
#include "compiler/driver/naming.h"
#include "compiler/driver/session.h"
#include "compiler/driver/system_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace relc::driver {
namespace {

using faulttree::NodeId;
using faulttree::noNode;
using model::EntityId;
using reliability::Blast;
using reliability::Effects;
using reliability::Role;
using reliability::SystemTree;
using schema::Kind;
using schema::KindSet;

constexpr size_t mostLosses = 50, linesShown = 20;
constexpr KindSet people{Kind::team, Kind::person, Kind::rotation, Kind::escalation};
constexpr KindSet ranks[] = {schema::components | KindSet{Kind::operation, Kind::domain}, people,
                             Kind::journey};

struct Loss {
  EntityId id;
  uint32_t instances = 0; ///< so many of them; 0: the thing itself
};

std::string_view trimmed(std::string_view text) {
  const size_t begin = std::min(text.find_first_not_of(" \t"), text.size());
  const size_t end = text.find_last_not_of(" \t");
  return end == text.npos ? std::string_view() : text.substr(begin, end + 1 - begin);
}

/// Takes a word off the beginning.
bool take(std::string_view& text, std::string_view word) {
  if (!text.starts_with(word) || (text.size() > word.size() && text[word.size()] != ' '))
    return false;
  text = trimmed(text.substr(word.size()));
  return true;
}

/// "2 of", "2 instances of", "an instance of", "all of": how many; nothing if it does not begin so.
std::optional<uint32_t> takeCount(std::string_view& text) {
  std::string_view rest = text;
  uint32_t count = 0;
  if (take(rest, "all"))
    count = UINT32_MAX;
  else if (take(rest, "an") || take(rest, "a") || take(rest, "one"))
    count = 1;
  else {
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), count);
    if (error != std::errc()) return std::nullopt;
    rest.remove_prefix(size_t(end - rest.data()));
    if (!rest.starts_with(' ')) return std::nullopt;
    rest = trimmed(rest);
  }
  if (!take(rest, "instances")) take(rest, "instance");
  take(rest, "of");
  if (rest.size() == text.size() || rest.empty()) return std::nullopt;
  text = rest;
  return count;
}

/// What people say of something that is gone.
constexpr std::string_view verbs[] = {"if",      "we",   "lose", "losing", "loose",
                                      "without", "kill", "stop", "remove", "and"};

class Scenario {
public:
  Scenario(const Compilation& compilation, const SystemTree& system)
      : model_(compilation.model), system_(system), words_(compilation, system) {}

  /// Reads what is lost; empty, or what is wrong with it.
  std::string read(std::string_view text) {
    std::string_view all = trimmed(text);
    if (all.empty()) return "nothing is lost: relc what-if \"lose eu-west-1a, stripe\"";
    for (size_t at = 0; at <= all.size();) {
      const size_t comma = std::min(all.find(',', at), all.size());
      const size_t conjunction = std::min(all.find(" and ", at + 1), all.size());
      const size_t end = std::min(comma, conjunction);
      std::string_view item = trimmed(all.substr(at, end - at));
      at = end + (end == comma ? 1 : 4);
      while (std::ranges::any_of(verbs, [&](std::string_view verb) { return take(item, verb); }));
      if (item.empty()) return "something is missing beside a comma: \"lose eu-west-1a, stripe\"";
      if (losses_.size() == mostLosses)
        return fmt::format("more than {} losses at once", mostLosses);
      if (std::string error = readOne(item); !error.empty()) return error;
    }
    return {};
  }

  Account tell() {
    const std::vector<NodeId> lost = lostNodes();
    const Blast blast(system_, lost);
    const Effects effects = reliability::effectsOf(model_, system_, blast);
    Account account;
    std::vector<std::string> phrases;
    for (const Loss& loss : losses_) phrases.push_back(phrase(loss));
    account.title = fmt::format("If {} {} lost", joined(phrases),
                                losses_.size() == 1 && losses_[0].instances < 2 ? "is" : "are");
    account.facts = {{"lost", phrases}};
    account.lines = remarks_;
    tellOnCall(blast, effects, account);
    if (std::all_of(losses_.begin(), losses_.end(),
                    [&](const Loss& loss) { return people.has(model_[loss.id].kind); }))
      return account;
    tellRoots(blast, effects, account);
    tellComponents(effects, account);
    return account;
  }

private:
  const model::Model& model_;
  const SystemTree& system_;
  SystemWords words_;
  std::vector<Loss> losses_;
  std::vector<std::string> remarks_;

  std::string readOne(std::string_view item) {
    // A name may look like a number of something, so it comes first.
    Named named = findNamed(model_, item, ranks);
    std::optional<uint32_t> count;
    if (!named.id.valid())
      if ((count = takeCount(item))) named = findNamed(model_, item, ranks);
    if (!named.id.valid())
      return item.find(' ') == item.npos
                 ? named.error
                 : fmt::format(
                       "{}; say what is lost by name, divided by commas: \"lose eu-west-1a, "
                       "stripe\"",
                       named.error);
    const Kind kind = model_[named.id].kind;
    if (kind == Kind::journey)
      return fmt::format("{} is what users do and fails with what it needs: name that, or ask "
                         "`relc why {}`",
                         titled(model_, named.id), model_.path(named.id));
    Loss loss{named.id, 0};
    if (count) {
      const std::string who = titled(model_, named.id);
      if (!schema::operated.has(kind))
        return fmt::format("{} has no instances to lose some of: name it alone", who);
      const auto instances = reliability::instancesOf(model_, named.id);
      if (!instances.stated)
        return fmt::format("nothing is said of how many instances of {} run: `replicas`", who);
      if (*count != UINT32_MAX && (*count == 0 || *count > instances.count))
        return fmt::format("{} has {} instance{}, so {} cannot be lost", who, instances.count,
                           instances.count == 1 ? "" : "s", *count);
      loss.instances = std::min(*count, instances.count);
    }
    for (const Loss& other : losses_)
      if (other.id == loss.id) return fmt::format("{} is lost twice", titled(model_, loss.id));
    losses_.push_back(loss);
    return {};
  }

  [[nodiscard]] std::string phrase(const Loss& loss) const {
    if (loss.instances == 0)
      return model_[loss.id].kind == Kind::domain && system_.domainFails(loss.id) != noNode
                 ? words_.part({system_.domainFails(loss.id), 1})
                 : titled(model_, loss.id);
    const uint32_t all = reliability::instancesOf(model_, loss.id).count;
    return loss.instances == all ? fmt::format("all {} instance{} of {}", all, all == 1 ? "" : "s",
                                               words_.name(loss.id))
                                 : fmt::format("{} of the {} instances of {}", loss.instances, all,
                                               words_.name(loss.id));
  }

  [[nodiscard]] NodeId nodeOf(EntityId id) const {
    const Kind kind = model_[id].kind;
    if (kind == Kind::domain) return system_.domainFails(id);
    if (people.has(kind)) return system_.nobodyAnswers(id);
    if (schema::components.has(kind)) return system_.wholeFails(id);
    return system_.down(id);
  }

  std::vector<NodeId> lostNodes() {
    std::vector<NodeId> lost;
    for (const Loss& loss : losses_) {
      if (loss.instances > 0) continue;
      const NodeId node = nodeOf(loss.id);
      if (node != noNode)
        lost.push_back(node);
      else
        remarks_.push_back(fmt::format("{}: {}.", titled(model_, loss.id),
                                       people.has(model_[loss.id].kind)
                                           ? "no page of a component goes there"
                                           : "nothing stands in it, shares it or needs it"));
    }
    // Of instances those that are still there when the rest is gone: the worst that it can mean.
    const Blast rest(system_, lost);
    for (const Loss& loss : losses_)
      if (loss.instances > 0) loseInstances(loss, rest, lost);
    return lost;
  }

  void loseInstances(const Loss& loss, const Blast& rest, std::vector<NodeId>& lost) {
    std::vector<NodeId> events;
    std::vector<bool> gone(reliability::manyInstances + 1);
    for (NodeId node = 0; node < system_.tree.size(); ++node) {
      const auto& m = system_.meaning(node);
      if (m.entity != loss.id || m.number > reliability::manyInstances) continue;
      if (m.role == Role::InstanceFails && m.number > 0) events.push_back(node);
      if (m.role == Role::InstanceDown) gone[m.number] = rest.holds(node);
    }
    std::stable_sort(events.begin(), events.end(), [&](NodeId a, NodeId b) {
      return gone[system_.meaning(a).number] < gone[system_.meaning(b).number];
    });
    if (events.size() >= loss.instances) {
      lost.insert(lost.end(), events.begin(), events.begin() + loss.instances);
      return;
    }
    const auto instances = reliability::instancesOf(model_, loss.id);
    if (loss.instances >= instances.fatal())
      lost.push_back(system_.tooFew(loss.id));
    else
      remarks_.push_back(fmt::format("{} has so many instances that they are not followed one by "
                                     "one: losing {} of them alone changes nothing.",
                                     titled(model_, loss.id), loss.instances));
  }

  /// "`web.order`, `checkout`, `orders-db`": from below the root to what is lost.
  [[nodiscard]] std::vector<std::string> wayTo(EntityId root, const Blast& blast) const {
    std::vector<reliability::Step> best;
    for (const Loss& loss : losses_) {
      if (loss.id == root) return {};
      auto way = reliability::wayTo(model_, root, loss.id, &blast);
      if (!way.empty() && (best.empty() || way.size() < best.size())) best = std::move(way);
    }
    std::vector<std::string> names;
    for (const auto& step : best) names.push_back(model_.path(step.to));
    return names;
  }

  void tellRoots(const Blast& blast, const Effects& effects, Account& account) const {
    Section down{"down", "What is down", {}, {}, {}, linesShown};
    Section degraded{"degraded", "What goes on with less", {}, {}, {}, linesShown};
    Section thin{"thinned", "What stands, but falls with one thing more now", {}, {}, {},
                 linesShown};
    Section fine{"unharmed", "What is not touched", {}};
    auto roots = reliability::rootsOf(model_);
    std::stable_partition(roots.begin(), roots.end(),
                          [&](EntityId id) { return model_[id].kind == Kind::journey; });
    const auto thinned = reliability::thinned(system_, blast, roots);
    std::vector<EntityId> untouched;
    for (EntityId root : roots) {
      const std::string who = titled(model_, root);
      if (blast.isDown(root)) {
        const auto way = wayTo(root, blast);
        std::vector<std::string> shown;
        for (const std::string& each : way) shown.push_back(fmt::format("`{}`", each));
        down.lines.push_back({shown.empty() ? who
                                            : fmt::format("{}, by way of {}", who,
                                                          fmt::format("{}", joined(shown, ","))),
                              words_.place(model_[root].nameRange),
                              {{"root", model_.path(root)}, {"way", way}}});
        continue;
      }
      bool touched = false;
      const auto made = reliability::madeOf(system_, root);
      const auto has = [&](EntityId relation) {
        return std::binary_search(made.begin(), made.end(), model_[relation].parent);
      };
      std::vector<std::string> less;
      for (EntityId uses : effects.degraded)
        if (has(uses)) less.push_back(model_.path(model_[uses].parent));
      for (EntityId needs : effects.absorbed)
        if (has(needs)) less.push_back(model_.path(model_[needs].parent));
      std::erase(less, model_.path(root));
      std::sort(less.begin(), less.end());
      less.erase(std::unique(less.begin(), less.end()), less.end());
      if (!less.empty()) {
        touched = true;
        std::vector<std::string> shown;
        for (const std::string& each : less) shown.push_back(fmt::format("`{}`", each));
        degraded.lines.push_back({fmt::format("{}, by way of {}", who, joined(shown)),
                                  words_.place(model_[root].nameRange),
                                  {{"root", model_.path(root)}, {"through", less}}});
      }
      for (const auto& each : thinned) {
        if (each.root != root) continue;
        touched = true;
        std::vector<std::string> events;
        for (NodeId event : each.events) events.push_back(words_.part({event, 1}));
        thin.lines.push_back({fmt::format("{} with {}", who, joined(events, "or", 10)),
                              words_.place(model_[root].nameRange),
                              {{"root", model_.path(root)}, {"single_points", events}}});
      }
      if (!touched) untouched.push_back(root);
    }
    for (EntityId uses : effects.degraded) degraded.lines.push_back(words_.degraded(uses));
    for (EntityId needs : effects.absorbed) degraded.lines.push_back(words_.absorbed(needs));
    fine.lines = words_.byKind(untouched);
    if (down.lines.empty())
      down.remark = "No journey, nothing of tier 1 and nothing that users reach.";
    for (Section* section : {&down, &degraded, &thin, &fine})
      account.sections.push_back(std::move(*section));
  }

  void tellComponents(const Effects& effects, Account& account) const {
    Section components{"components", "Components and operations that are down", {}};
    std::vector<EntityId> down;
    for (EntityId id : effects.down)
      if (model_[id].kind != Kind::journey) down.push_back(id);
    components.lines = words_.byKind(down);
    account.sections.push_back(std::move(components));
  }

  [[nodiscard]] bool isLost(EntityId id) const {
    return std::any_of(losses_.begin(), losses_.end(),
                       [&](const Loss& loss) { return loss.id == id; });
  }

  /// "7 of 8 are left to take turns in `shop-primary`"; empty if nobody of it is lost.
  [[nodiscard]] Line membersLeft(EntityId rotation) const {
    size_t all = 0, lost = 0;
    for (const model::Value& value : model_.listOf(rotation, model::attr("members")))
      if (const auto* person = value.as<EntityId>()) {
        ++all;
        lost += isLost(*person);
      }
    if (lost == 0) return {};
    return {fmt::format("{} of {} are left to take turns in {}", all - lost, all,
                        words_.name(rotation)),
            words_.place(model_[rotation].nameRange),
            {{"on_call", model_.path(rotation)}, {"left", int64_t(all - lost)}}};
  }

  void tellOnCall(const Blast& blast, const Effects& effects, Account& account) const {
    Section silent{"on_call", "Who is called", {}, {}, {}, linesShown};
    for (EntityId team : effects.silent) {
      std::vector<EntityId> owned;
      for (EntityId id : system_.nodes())
        if (schema::components.has(model_[id].kind) && model::ownerOf(model_, id) == team)
          owned.push_back(id);
      std::sort(owned.begin(), owned.end());
      silent.lines.push_back(
          {fmt::format("nobody answers for {}: {}", titled(model_, team), words_.inKinds(owned)),
           words_.place(model_[team].nameRange),
           {{"team", model_.path(team)}, {"answers", false}}});
    }
    for (EntityId id : model_.all(KindSet{Kind::rotation, Kind::layer, Kind::escalation})) {
      if (isLost(id)) continue;
      if (blast.holds(system_.nobodyAnswers(id)))
        silent.lines.push_back(
            {fmt::format("nobody is left in {}, or for some of its hours", titled(model_, id)),
             words_.place(model_[id].nameRange),
             {{"on_call", model_.path(id)}, {"left", int64_t(0)}}});
      else if (Line line = membersLeft(id); !line.text.empty())
        silent.lines.push_back(std::move(line));
    }
    const auto teams = model_.all(Kind::team);
    for (const auto& thin : reliability::thinned(system_, blast, teams)) {
      std::vector<std::string> last;
      for (NodeId event : thin.events) last.push_back(words_.part({event, 1}));
      silent.lines.push_back(
          {fmt::format("{} rests on {} alone", titled(model_, thin.root), joined(last, "or", 10)),
           words_.place(model_[thin.root].nameRange),
           {{"team", model_.path(thin.root)}, {"rests_on", last}}});
    }
    const bool asked = std::any_of(losses_.begin(), losses_.end(), [&](const Loss& loss) {
      return people.has(model_[loss.id].kind);
    });
    if (asked && std::none_of(silent.lines.begin(), silent.lines.end(),
                              [](const Line& line) { return line.facts.front().key == "team"; }))
      silent.remark = "No team is without anybody who answers, or rests on one person alone.";
    account.sections.push_back(std::move(silent));
  }
};

} // namespace

int runWhatIf(const Invocation& invocation) {
  if (invocation.arguments.empty()) {
    print(stderr, "relc: `relc what-if` takes what is lost: relc what-if \"lose eu-west-1a\"\n");
    return ExitUnusable;
  }
  auto settings = settingsOf(invocation);
  auto compilation = settings ? compileAt(invocation.value("in", "."), *settings) : nullptr;
  if (!compilation) return ExitUnusable;
  const SystemTree system(compilation->model, {.roots = {}, .eachInstance = true, .people = true});
  Scenario scenario(*compilation, system);
  if (const std::string error = scenario.read(invocation.arguments[0]); !error.empty()) {
    print(stderr, fmt::format("relc: {}\n", error));
    return ExitUnusable;
  }
  const Account account = scenario.tell();
  if (settings->format == "json") {
    print(stdout, asJson(account));
  } else {
    const auto terminal = diagnostics::detectTerminal(settings->color, fileno(stdout));
    print(stdout, asText(account, terminal.width));
  }
  if (compilation->hasErrors())
    print(stderr, "relc: the workspace has errors, so this may be incomplete: see `relc check`\n");
  return ExitClean;
}

} // namespace relc::driver
