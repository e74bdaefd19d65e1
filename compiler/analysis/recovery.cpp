// Can lost data be brought back, and as much of it, and as fast, as is promised? REL1010.

#include "compiler/analysis/families.h"
#include "compiler/analysis/policy.h"
#include "compiler/analysis/wording.h"

#include <fmt/format.h>

#include <algorithm>

namespace relc::analysis {
namespace {

/// One thing that stands between the promise and the data.
struct Gap {
  source::Range range;
  std::string message; ///< of the finding, if it is the gravest
  std::string label;   ///< at its place, short
  std::string why;
  std::string help;
};

class Recovery {
public:
  Recovery(const Index& index, EntityId id)
      : index_(index), model_(index.model), id_(id), backup_(model_.block(id, Kind::backup)),
        rpo_(model_.duration(id, attr("rpo"))), rto_(model_.duration(id, attr("rto"))),
        replication_(model_.text(id, attr("replication"))) {}

  /// Graver ones first.
  std::vector<Gap> gaps() {
    if (model_[id_].kind == Kind::datastore) objectives();
    if (!backup_.valid()) {
      if (model_[id_].kind == Kind::datastore) noBackup();
      lag();
      return std::move(gaps_);
    }
    if (model_[backup_].broken) return std::move(gaps_);
    age();
    lag();
    time();
    test();
    place();
    kept();
    return std::move(gaps_);
  }

private:
  const Index& index_;
  const model::Model& model_;
  EntityId id_;
  EntityId backup_;
  std::optional<Decimal> rpo_, rto_; ///< seconds
  std::string_view replication_;
  std::vector<Gap> gaps_;

  [[nodiscard]] std::string name() const { return model_.path(id_); }
  [[nodiscard]] bool replicated() const { return !replication_.empty() && replication_ != "none"; }

  void objectives() {
    if (rpo_ && rto_) return;
    const bool neither = !rpo_ && !rto_;
    gaps_.push_back(
        {model_[id_].nameRange,
         rpo_ ? fmt::format("nobody has said how long getting `{}` back may take", name())
              : fmt::format("nobody has said how much data `{}` may lose{}", name(),
                            neither ? ", and how long getting it back may take" : ""),
         neither ? "neither `rpo` nor `rto`"
         : rpo_  ? "no `rto`"
                 : "no `rpo`",
         "how often it must be saved, and how it must be brought back, follow from these two; what "
         "nobody has decided is decided by the accident",
         fmt::format("agree with the owners of the data, and write it down: `{}{}{}`",
                     rpo_ ? "" : "rpo = 5m", neither ? "  " : "", rto_ ? "" : "rto = 30m")});
  }

  void noBackup() {
    gaps_.push_back(
        {model_[id_].nameRange, fmt::format("`{}` keeps data and has no backup", name()),
         "no `backup`",
         replicated() ? "copies follow the primary in everything: in a `DROP TABLE`, a bad release "
                        "and an intruder, too"
                      : "a deleted table, a bad release or a broken disk loses all of it, for good",
         "say how it is saved: backup { every = 1h  kept = 30d  restore_tested = 2026-09-30 }"});
  }

  /// The newest backup is this old just before the next one is ready.
  void age() {
    auto every = model_.duration(backup_, attr("every"));
    if (!rpo_ || !every || replication_ == "synchronous") return;
    if (replicated() && model_.has(id_, attr("replication_lag"))) return;
    const Decimal duration = model_.duration(backup_, attr("duration")).value_or(0);
    auto age = model::add(*every, duration);
    if (!age || *age <= *rpo_) return;
    const bool takes = duration.mantissa > 0;
    const std::string sum =
        takes ? fmt::format("{} between backups + {} to make one = {}", shownDuration(*every),
                            shownDuration(duration), shownDuration(*age))
              : fmt::format("{} between backups", shownDuration(*age));
    gaps_.push_back(
        {model_.attribute(backup_, attr("every"))->value.range,
         fmt::format("`{}` may lose {} of data, and {} is allowed", name(), shownDuration(*age),
                     shownDuration(*rpo_)),
         fmt::format("the last backup may be {} old", shownDuration(*age)),
         fmt::format("{} > an RPO of {}{}", sum, shownDuration(*rpo_),
                     replicated() ? "; how far the copies may be behind is not said" : ""),
         replicated()
             ? "say how far a copy may be behind at most, `replication_lag = 5s`, and watch "
               "that it is not more"
         : takes && *rpo_ > duration
             ? fmt::format("save it more often, at least every {}, or agree on an RPO of {}",
                           shownDuration(*model::subtract(*rpo_, duration)), shownDuration(*age))
             : fmt::format(
                   "save it more often or continuously (archive its log: `replication`), or "
                   "agree on an RPO of {}",
                   shownDuration(*age))});
  }

  void lag() {
    auto lag = model_.duration(id_, attr("replication_lag"));
    if (!rpo_ || !lag || replication_ != "asynchronous" || *lag <= *rpo_) return;
    gaps_.push_back(
        {model_.attribute(id_, attr("replication_lag"))->value.range,
         fmt::format("`{}` may lose {} of data, and {} is allowed", name(), shownDuration(*lag),
                     shownDuration(*rpo_)),
         "a copy that takes over lacks this much",
         fmt::format("a replication lag of {} > an RPO of {}", shownDuration(*lag),
                     shownDuration(*rpo_)),
         fmt::format("let writes wait for a copy, `replication = synchronous`, or agree on an RPO "
                     "of {}",
                     shownDuration(*lag))});
  }

  /// With a copy that takes over nobody waits for the backup, unless the data itself is wrong.
  void time() {
    auto time = model_.duration(backup_, attr("restore_time"));
    if (!rto_ || !time || replicated() || *time <= *rto_) return;
    gaps_.push_back({model_.attribute(backup_, attr("restore_time"))->value.range,
                     fmt::format("getting `{}` back takes {}, and {} is allowed", name(),
                                 shownDuration(*time), shownDuration(*rto_)),
                     "restoring took this long",
                     fmt::format("a restore of {} > an RTO of {}, before anybody has noticed and "
                                 "decided; no copy is there to take over",
                                 shownDuration(*time), shownDuration(*rto_)),
                     fmt::format("keep a copy that can take over, `replication = asynchronous`, or "
                                 "agree on an RTO above {}",
                                 shownDuration(*time))});
  }

  void test() {
    const model::Attribute* tested = model_.attribute(backup_, attr("restore_tested"));
    const auto* day = tested ? tested->value.as<model::Date>() : nullptr;
    const model::Quantity most = policyNumber(model_, attr("restore_test_max_age"));
    const int64_t days = day ? int64_t(model_.now.days) - day->days : 0;
    if (tested && (!day || Decimal(days * 86400) <= most.value)) return;
    gaps_.push_back(
        {tested ? tested->value.range : model_[backup_].nameRange,
         tested ? fmt::format("that `{}` can be restored was last tried {} days ago", name(), days)
                : fmt::format("nobody has tried whether `{}` can be restored", name()),
         tested ? fmt::format("{} days ago; this system's `policy` asks for {}", days,
                              model::formatDuration(most.value))
                : "no `restore_tested`",
         "backups fail silently: an empty file, a key that is gone, a version that nobody can read "
         "any more are found on the day of the restore, and that should be a drill",
         "restore one next to the real data, measure how long it takes, and write down "
         "`restore_tested` and `restore_time`"});
  }

  /// All of the backups lie in the smallest domain that all of the data lies in.
  void place() {
    const std::vector<model::Value> copies = model_.listOf(backup_, attr("placement"));
    std::vector<EntityId> common;
    bool first = true;
    for (const model::Value& value : model_.listOf(id_, attr("placement"))) {
      const std::vector<EntityId> around = domainsAround(value);
      if (first) common = around;
      std::erase_if(common, [&](EntityId domain) {
        return std::find(around.begin(), around.end(), domain) == around.end();
      });
      first = false;
    }
    if (copies.empty() || common.empty()) return;
    const EntityId domain = common.front();
    if (model_.text(domain, attr("level")) == "provider") return;
    for (const model::Value& value : copies) {
      const std::vector<EntityId> around = domainsAround(value);
      if (std::find(around.begin(), around.end(), domain) == around.end()) return;
    }
    gaps_.push_back({model_.attribute(backup_, attr("placement"))->value.range,
                     fmt::format("what takes `{}` takes its backups, too: both are in `{}`", name(),
                                 model_[domain].name),
                     fmt::format("in `{}`, like the data", model_[domain].name),
                     "a fire, a flood, a deleted account: the backup is for the day on which the "
                     "place is gone",
                     fmt::format("keep a backup outside of `{}`", model_[domain].name)});
  }

  /// The domain of a placement and those that it stands in, from the inside outwards.
  [[nodiscard]] std::vector<EntityId> domainsAround(const model::Value& place) const {
    std::vector<EntityId> result;
    EntityId domain;
    if (const auto* some = place.as<model::Counted>()) domain = some->entity;
    if (const auto* one = place.as<EntityId>()) domain = *one;
    for (; domain.valid() && result.size() < 100; domain = model_[domain].in)
      result.push_back(domain);
    return result;
  }

  void kept() {
    auto every = model_.duration(backup_, attr("every"));
    auto kept = model_.duration(backup_, attr("kept"));
    if (!every || !kept) return;
    auto age = model::add(*every, model_.duration(backup_, attr("duration")).value_or(0));
    if (!age || *kept >= *age) return;
    gaps_.push_back(
        {model_.attribute(backup_, attr("kept"))->value.range,
         fmt::format("the last backup of `{}` is deleted before the next one is there", name()),
         fmt::format("the next one is ready {} after it", shownDuration(*age)),
         "in between there is none",
         "keep backups for longer than it takes to notice that data is wrong: `kept = 30d`"});
  }
};

} // namespace

void checkRecovery(const Index& index, FindingList& findings) {
  for (Kind kind : {Kind::datastore, Kind::queue})
    for (EntityId id : index.of(kind)) {
      if (index.model[id].broken) continue;
      const std::vector<Gap> gaps = Recovery(index, id).gaps();
      if (gaps.empty()) continue;
      Finding& finding = addAbout(index, findings, Check::DatastoreWithoutRecovery, id,
                                  gaps[0].range, gaps[0].message, gaps[0].label);
      for (const Gap& gap : std::span(gaps).subspan(1))
        finding.at(index.here(id, gap.range), gap.label);
      for (const Gap& gap : gaps) finding.because(gap.why);
      for (const Gap& gap : gaps) finding.suggest(gap.help);
    }
}

} // namespace relc::analysis
