#include "compiler/driver/output_tree.h"

#include "backends/emit/parallel.h"
#include "compiler/driver/output_tree_commit.h"
#include "compiler/driver/output_tree_disk.h"
#include "compiler/driver/output_tree_manifest.h"
#include "compiler/driver/output_tree_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

namespace relc::driver {

namespace fs = std::filesystem;
using disk::DiskError;
using disk::Kind;

namespace {

constexpr uint64_t kMaxManifest = uint64_t(1) << 30;

/// Finds out which folder is meant; its `folder` need not exist, but nothing else is there.
Site resolve(const fs::path& outDir) {
  Site site{{}, outDir.generic_string()};
  std::error_code error;
  fs::path absolute = outDir.empty() ? outDir : fs::absolute(outDir, error);
  if (!error && !outDir.empty()) absolute = fs::weakly_canonical(absolute, error);
  if (error) throw DiskError("find", site.shown, error.value());
  if (!absolute.has_filename()) absolute = absolute.parent_path();
  if (!absolute.has_filename()) {
    throw DiskError(fmt::format("`{}` cannot be an output folder; name one of its own for the "
                                "generated files",
                                site.shown));
  }
  site.folder = std::move(absolute);
  const auto there = disk::look(site.folder);
  if (there && there->kind == Kind::Link) {
    throw DiskError(fmt::format("`{}` is a symbolic link to a folder that does not exist; create "
                                "that folder or remove the link",
                                site.shown));
  }
  if (there && there->kind != Kind::Folder) {
    throw DiskError(fmt::format("`{}` is no folder; remove it or name another one", site.shown));
  }
  return site;
}

/// What a bug in a backend did; empty if nothing. `files` are sorted.
std::string findBug(const std::vector<OutputFile>& files) {
  const auto pathOf = [](const OutputFile& file) -> std::string_view { return file.path; };
  for (size_t i = 0; i < files.size(); ++i) {
    const std::string& path = files[i].path;
    if (const auto problem = pathProblem(path); !problem.empty()) {
      return fmt::format("internal error: a backend wants to write `{}`, but {}",
                         std::string_view(path).substr(0, 200), problem);
    }
    if (i > 0 && files[i - 1].path == path) {
      return fmt::format("internal error: two backends want to write `{}`", path);
    }
    for (size_t slash = path.find('/'); slash != path.npos; slash = path.find('/', slash + 1)) {
      const auto above = std::string_view(path).substr(0, slash);
      if (std::ranges::binary_search(files, above, {}, pathOf)) {
        return fmt::format("internal error: backends want to write `{}` and `{}`", above, path);
      }
    }
  }
  return {};
}

class Writer {
public:
  Writer(Site site, std::vector<OutputFile> files, const WriteOptions& options)
      : site_(std::move(site)), files_(std::move(files)), options_(options) {
    Manifest manifest;
    manifest.inputs = options.inputsDigest;
    std::vector<std::string> hashes(files_.size());
    emit::inParallel(files_.size(),
                     [&](size_t i) { hashes[i] = disk::hashText(files_[i].content); });
    for (size_t i = 0; i < files_.size(); ++i) {
      OutputFile& file = files_[i];
      std::sort(file.origins.begin(), file.origins.end());
      file.origins.erase(std::unique(file.origins.begin(), file.origins.end()), file.origins.end());
      manifest.files.push_back(
          {file.path, std::move(hashes[i]), file.content.size(), std::move(file.origins)});
      desired_.push_back({file.path, file.content});
    }
    manifestText_ = manifestText(manifest);
    desired_.push_back({kManifestName, manifestText_});
  }

  WriteReport write() {
    const bool leftovers =
        !findStagings(besideOf(site_)).empty() || !findStagings(insideOf(site_)).empty();
    // Without a lock first, so that a build that changes nothing leaves no trace at all. Any other
    // answer may be due to another writer: it has to be found again under the lock.
    const bool planned = !leftovers && tryPlan(besideOf(site_));
    if (planned && plan_.refusals.empty() && plan_.nothingToDo()) return report();
    createParents();
    auto [workplace, lock] = enter();
    recover(site_, workplace);
    if (const Workplace inside = insideOf(site_); !workplace.inside && hasPrivate(inside)) {
      int error = 0;
      const auto lockInside = disk::Lock::acquire(inside.lock, options_.onWait, error);
      if (lockInside) recover(site_, inside);
    }
    if (!planned || !plan_.before.same(snapshot(workplace))) makePlanNow(workplace);
    if (plan_.nothingToDo() || !plan_.refusals.empty()) return report();
    WriteReport result = report();
    result.error = commit(site_, workplace, plan_, desired_, options_.inPlace || isInUse());
    if (!result.ok()) result.written = result.unchanged = result.removed = 0;
    return result;
  }

private:
  disk::Snapshot snapshot(const Workplace& workplace) const {
    if (!disk::look(site_.folder)) return {};
    if (!workplace.inside) return disk::Snapshot(site_.folder);
    return disk::Snapshot(site_.folder,
                          [&](std::string_view name) { return workplace.isPrivate(name); });
  }

  void makePlanNow(const Workplace& workplace) {
    disk::Snapshot before = snapshot(workplace);
    const auto text = disk::readFile(site_.folder / kManifestName, kMaxManifest);
    const auto old = text ? parseManifest(*text) : std::nullopt;
    knowsLastBuild_ = old.has_value();
    plan_ =
        makePlan(site_.folder, std::move(before), old ? &*old : nullptr, desired_, options_.force);
  }

  void createParents() const {
    std::error_code error;
    fs::create_directories(site_.folder.parent_path(), error);
    if (error) throw DiskError("create", site_.folder.parent_path().native(), error.value());
  }

  bool tryPlan(const Workplace& workplace) {
    try {
      makePlanNow(workplace);
      return true;
    } catch (const DiskError&) {
      return false;
    }
  }

  [[nodiscard]] static bool hasPrivate(const Workplace& workplace) {
    return disk::look(workplace.lock) || !findStagings(workplace).empty();
  }

  /// Chooses where to work and locks it.
  [[nodiscard]] std::pair<Workplace, disk::Lock> enter() const {
    const auto there = disk::look(site_.folder);
    const auto parent = disk::look(site_.folder.parent_path());
    const bool ownSystem = there && (there->closed || !parent || parent->device != there->device);
    int error = 0;
    if (!ownSystem) {
      Workplace beside = besideOf(site_);
      if (auto lock = disk::Lock::acquire(beside.lock, options_.onWait, error)) {
        return {std::move(beside), std::move(*lock)};
      }
      const bool denied = error == EACCES || error == EPERM || error == EROFS;
      if (!there || !denied) throw DiskError("write beside", site_.shown, error);
    }
    Workplace inside = insideOf(site_);
    if (auto lock = disk::Lock::acquire(inside.lock, options_.onWait, error)) {
      return {std::move(inside), std::move(*lock)};
    }
    throw DiskError("write in", site_.shown, error);
  }

  /// True if this process, and so most likely the shell that started it, stands in the folder:
  /// exchanged, it would be gone under their feet.
  [[nodiscard]] bool isInUse() const {
    std::error_code error;
    const fs::path here = fs::current_path(error);
    const auto [end, _] =
        std::mismatch(site_.folder.begin(), site_.folder.end(), here.begin(), here.end());
    return !error && end == site_.folder.end();
  }

  [[nodiscard]] WriteReport report() const {
    WriteReport report;
    report.foreign = plan_.refusals;
    if (report.foreign.empty()) {
      const bool manifestChanges =
          !plan_.writes.empty() && plan_.writes.back() == desired_.size() - 1;
      report.written = plan_.writes.size() - (manifestChanges ? 1 : 0);
      report.unchanged = files_.size() - report.written;
      report.removed = plan_.staleFiles;
      return report;
    }
    report.error =
        fmt::format("nothing was written to `{}`: {}; move what is in the way{}", site_.shown,
                    knowsLastBuild_ ? "something there is not as the last build left it"
                                    : "no manifest tells which of the files there were generated",
                    options_.force ? "" : ", or overwrite it with `--force`");
    return report;
  }

  Site site_;
  std::vector<OutputFile> files_;
  const WriteOptions& options_;
  std::string manifestText_;
  std::vector<DesiredFile> desired_;
  Plan plan_;
  bool knowsLastBuild_ = false;
};

} // namespace

WriteReport writeTree(const fs::path& outDir, std::vector<OutputFile> files,
                      const WriteOptions& options) {
  WriteReport report;
  std::sort(files.begin(), files.end(),
            [](const OutputFile& a, const OutputFile& b) { return a.path < b.path; });
  report.error = findBug(files);
  if (!report.ok()) return report;
  try {
    return Writer(resolve(outDir), std::move(files), options).write();
  } catch (const DiskError& error) {
    report.error = error.what();
    return report;
  }
}

bool isUpToDate(const fs::path& outDir, std::string_view inputsDigest) {
  try {
    const Site site = resolve(outDir);
    const auto text = disk::readFile(site.folder / kManifestName, kMaxManifest);
    const auto manifest = text ? parseManifest(*text) : std::nullopt;
    if (!manifest || manifest->inputs != inputsDigest) return false;
    // A journal may be waiting to be carried out.
    if (!findStagings(besideOf(site)).empty() || !findStagings(insideOf(site)).empty())
      return false;
    const disk::Snapshot now(site.folder);
    return std::all_of(manifest->files.begin(), manifest->files.end(), [&](const auto& listed) {
      const auto* entry = now.find(listed.path);
      return entry && entry->kind == Kind::File && entry->size == listed.size &&
             disk::hashFile(site.folder / listed.path) == listed.hash;
    });
  } catch (const DiskError&) {
    return false;
  }
}

} // namespace relc::driver
