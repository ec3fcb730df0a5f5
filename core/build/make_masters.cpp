#include "core/build/make_masters.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "core/base/parallel.hpp"
#include "core/build/choose_palettes.hpp"
#include "core/build/generate_raws.hpp"
#include "core/build/inputs.hpp"
#include "core/image/png_codec.hpp"
#include "core/image/recover_master.hpp"
#include "core/plan/job_key.hpp"

namespace dgxp {
namespace {

constexpr std::size_t kLargestRaw = 32U << 20U;  ///< bytes of its file, as on the wire

/// Where a raw image is.
enum class RawPlace {
  stored,   ///< in the store, as far as one knows without reading it
  missing,  ///< to be drawn
  drawn,    ///< in the store, by a worker in this build
};

/// A stale job and where its raw image is.
struct Pending {
  AssessedJob* assessed = nullptr;
  Digest raw_key = {};
  RawPlace raw = RawPlace::missing;
  bool recovered = false;
  Image master;
  double quality = 1;
  bool background_missing = false;
  std::optional<std::string> error;
  bool placeholder = false;
};

bool wants_master(const AssessedJob& assessed) {
  return needs_generation(assessed.state) || assessed.state == JobState::recovery_changed;
}

bool is_by_master(const Pending& pending) {
  return pending.assessed->state == JobState::recovery_changed;
}

bool is_missing(const Pending& pending) {
  return pending.raw == RawPlace::missing;
}

class MasterMaker {
 public:
  MasterMaker(const MakeMastersRequest& request, Inputs& inputs, Palettes& palettes, Lock& lock,
              Store& store, Reporter& reporter)
      : request_(request),
        inputs_(inputs),
        palettes_(palettes),
        lock_(lock),
        store_(store),
        reporter_(reporter) {}

  Result<MadeMasters> run() {
    look_for_raws();
    // Once, unless a raw image that is in the store turns out to be damaged when it is read.
    do {
      if (auto done = draw_missing(); !done) return done.error();
      if (auto done = forget_palettes(); !done) return done.error();
      if (auto done = recover_all([](const Pending& pending) { return !pending.recovered; }); !done)
        return done.error();
      leave_masters_without_raw();
    } while (std::ranges::any_of(pending_, is_missing));
    // Beyond this point no worker is needed.
    if (auto done = choose_colors(); !done) return done.error();
    leave_out_failed();
    enter_masters();
    return std::move(made_);
  }

 private:
  /// By their heads: they are large, so each is read once, when it is recovered.
  void look_for_raws() {
    for (AssessedJob& assessed : *request_.jobs) {
      if (!wants_master(assessed)) continue;
      Pending pending{.assessed = &assessed, .raw_key = assessed.job.key};
      if (is_by_master(pending))
        pending.raw_key = store_.raw_of_master(assessed.master->path).value_or(Digest{});
      if (is_answer(store_.look_for_raw(pending.raw_key), pending)) pending.raw = RawPlace::stored;
      pending_.push_back(std::move(pending));
    }
    leave_masters_without_raw();
  }

  /// A placeholder that was drawn before the real worker was configured is no answer.
  bool is_answer(const std::optional<RawHead>& raw, const Pending& pending) const {
    return raw && !(raw->placeholder && request_.real_worker && !is_by_master(pending));
  }

  /// Without its raw image a master stays as it is, whatever the options of recovery say now.
  void leave_masters_without_raw() {
    std::erase_if(pending_, [](const Pending& pending) {
      return is_missing(pending) && is_by_master(pending);
    });
  }

  Result<Done> draw_missing() {
    std::vector<const Job*> jobs;
    bool only_for_art = true;
    for (const Pending& pending : pending_) {
      if (!is_missing(pending)) continue;
      jobs.push_back(&pending.assessed->job);
      only_for_art = only_for_art && pending.assessed->state == JobState::placeholder;
    }
    auto outcome = generate_raws({.jobs = std::move(jobs),
                                  .only_for_art = only_for_art,
                                  .open_worker = request_.open_worker,
                                  .stop = request_.stop},
                                 store_, reporter_);
    if (!outcome) return outcome.error();
    std::ranges::move(outcome->failed, std::back_inserter(made_.failed));
    for (Pending& pending : pending_)
      if (is_missing(pending) && outcome->placeholder.contains(pending.assessed->job.id))
        pending.raw = RawPlace::drawn;
    std::erase_if(pending_, is_missing);
    return Done{};
  }

  /// Recovers the masters that `wanted` is true of.
  template <typename Wanted>
  Result<Done> recover_all(Wanted wanted) {
    std::vector<Pending*> asked;
    for (Pending& pending : pending_)
      if (wanted(pending)) asked.push_back(&pending);
    parallel_for(asked.size(), request_.threads, [&](std::size_t i) {
      if (!request_.stop.stop_requested()) recover(*asked[i]);
    });
    if (request_.stop.stop_requested()) {
      return Error{.kind = ErrorKind::interrupted, .message = "stopped before masters were made"};
    }
    return Done{};
  }

  void leave_out_failed() {
    for (const Pending& pending : pending_) {
      if (pending.error) made_.failed.push_back({pending.assessed->job.id, *pending.error});
    }
    std::erase_if(pending_, [](const Pending& pending) { return pending.error.has_value(); });
    for (const Pending& pending : pending_) {
      warn_of_doubt(pending);
      warn_of_background(pending);
    }
    std::ranges::sort(made_.without_background);
  }

  void warn_of_doubt(const Pending& pending) {
    if (pending.quality >= kDoubtfulQuality) return;
    reporter_.warning(fmt::format(
        "job '{0}': only {1:.0f} % of its pixels are likely right; look at '{2}', set 'grid' under "
        "'recover', or draw it again with `dgxp reroll {0}`",
        pending.assessed->job.id, pending.quality * 100, pending.assessed->master->path));
  }

  void warn_of_background(const Pending& pending) {
    if (!pending.background_missing) return;
    const MasterSpec& master = *pending.assessed->master;
    made_.without_background.push_back(master.id);
    reporter_.warning(
        fmt::format("job '{0}': no background was found to remove; look at '{1}', set 'background' "
                    "under 'recover' ({2} now), or draw it again with `dgxp reroll {0}`",
                    master.id, master.path, to_text(master.recover.background)));
  }

  static std::string hopeless(double quality) {
    return fmt::format(
        "only {:.0f} % of its pixels are likely right, and it is not taken; see what "
        "'recover' says of it, or draw it again",
        quality * 100);
  }

  void recover(Pending& pending) const {
    const auto raw = store_.find_raw(pending.raw_key);
    if (!raw && pending.raw == RawPlace::stored && !pending.recovered) {
      pending.raw = RawPlace::missing;
      return;
    }
    pending.recovered = true;
    if (raw)
      recover_from(*raw, pending);
    else
      pending.error = "its raw image vanished from the store";
  }

  void recover_from(const RawImage& stored, Pending& pending) const {
    const MasterSpec& spec = *pending.assessed->master;
    const Job& job = pending.assessed->job;
    pending.placeholder = stored.placeholder;
    auto raw = decode_png(stored.png, {.max_size = job.raw_size, .max_bytes = kLargestRaw});
    if (!raw) {
      pending.error = fmt::format("the worker's image is refused: {}", raw.error().message);
    } else if (raw->size != job.raw_size) {
      pending.error =
          fmt::format("the worker's image is {}x{}, {}x{} was asked for", raw->size.width,
                      raw->size.height, job.raw_size.width, job.raw_size.height);
    } else {
      static const Palette kOwnColors;
      const auto palette = palettes_.find(spec.palette);
      auto master = recover_master(
          *raw, spec.recover, palette == palettes_.end() ? kOwnColors : palette->second,
          spec.palette_limit, {.frame_size = spec.frame_size, .frames = spec.frames});
      if (master) {
        pending.master = with_cleared_transparency(std::move(master->image));
        pending.quality = master->quality;
        pending.background_missing = master->background_missing;
        if (pending.quality < kHopelessQuality) pending.error = hopeless(pending.quality);
      } else {
        pending.error = master.error().message;
      }
    }
  }

  /// Palettes whose colours only placeholders had a part in are chosen again when art comes.
  Result<Done> forget_palettes() {
    std::set<std::string> redrawn;
    for (const Pending& pending : pending_)
      if (needs_generation(pending.assessed->state)) redrawn.insert(pending.assessed->job.id);
    if (request_.real_worker)
      forget_placeholder_palettes(*request_.project, inputs_, redrawn, lock_);
    return resolve_again();
  }

  /// Masters whose palette was not known are recovered again, in its colours.
  Result<Done> choose_colors() {
    FreshMasters fresh;
    for (const Pending& pending : pending_)
      if (!pending.error)
        fresh[pending.assessed->job.id] = {.image = &pending.master,
                                           .placeholder = pending.placeholder};
    const auto chosen = choose_palettes(*request_.project, inputs_, fresh, lock_, palettes_);
    if (!chosen) return chosen.error();
    if (auto done = resolve_again(); !done) return done.error();
    return recover_all([&](const Pending& pending) {
      return !pending.error && chosen->contains(pending.assessed->master->palette);
    });
  }

  Result<Done> resolve_again() {
    auto all = resolve_palettes(*request_.project, inputs_.files, lock_);
    if (!all) return all.error();
    palettes_ = std::move(*all);
    return Done{};
  }

  void enter_masters() {
    for (Pending& pending : pending_) {
      const Job& job = pending.assessed->job;
      PresentMaster& present = inputs_.masters[job.id];
      present = {};
      present.image = std::move(pending.master);
      present.pixels = pixel_digest(present.image);
      LockedJob& locked = lock_.jobs[job.id];
      locked.master = present.pixels;
      locked.origin = pending.placeholder ? Origin::placeholder : Origin::generated;
      locked.recovery = recovery_digest(pending.assessed->master->recover);
      if (pending.assessed->state != JobState::recovery_changed) {
        locked.recipe = job.recipe;
        locked.seed = job.seed;
      }
      store_.keep_recipe(job.recipe, job.recipe_text);
      store_.remember_raw_of_master(pending.assessed->master->path, pending.raw_key);
      (pending.raw == RawPlace::drawn ? made_.generated : made_.recovered).push_back(job.id);
      made_.made.push_back(job.id);
    }
    std::ranges::sort(made_.made);
    std::ranges::sort(made_.failed, {}, &FailedJob::id);
  }

  const MakeMastersRequest& request_;
  Inputs& inputs_;
  Palettes& palettes_;
  Lock& lock_;
  Store& store_;
  Reporter& reporter_;
  std::vector<Pending> pending_;
  MadeMasters made_;
};

/// Whether somebody drew in a master since its job was assessed, which may be an hour ago.
bool was_drawn_in(const AssessedJob& assessed, Store& store) {
  const auto file = store.read(assessed.master->path, kMasterLimits.max_bytes);
  if (!file) return file.error().kind != ErrorKind::storage;  // mostly there is none
  auto image = decode_png(*file, kMasterLimits);
  return !image || pixel_digest(with_cleared_transparency(std::move(*image))) != assessed.present;
}

Error drawn_in(const std::string& path) {
  return {.kind = ErrorKind::failed,
          .message = fmt::format("'{}' was changed while its job was done, and is kept", path),
          .hint = "build again: what was drawn by the worker is kept, too"};
}

}  // namespace

Result<MadeMasters> make_masters(const MakeMastersRequest& request, Inputs& inputs,
                                 Palettes& palettes, Lock& lock, Store& store, Reporter& reporter) {
  return MasterMaker(request, inputs, palettes, lock, store, reporter).run();
}

Result<Done> write_masters(const std::vector<AssessedJob>& jobs, const MadeMasters& made,
                           const Inputs& inputs, Store& store, int threads) {
  std::map<std::string, const AssessedJob*> job_of;
  for (const AssessedJob& assessed : jobs) job_of[assessed.job.id] = &assessed;
  // A file with the same pixels stays: another encoder may have written it, and a new one of other
  // bytes would be noise in a review.
  std::vector<std::string> changed;
  std::ranges::copy_if(made.made, std::back_inserter(changed), [&](const std::string& id) {
    return job_of.at(id)->present != inputs.masters.at(id).pixels;
  });
  std::vector<Bytes> contents(changed.size());
  parallel_for(changed.size(), threads, [&](std::size_t i) {
    contents[i] = encode_png(inputs.masters.at(changed[i]).image);
  });
  for (std::size_t i = 0; i < changed.size(); ++i) {
    const AssessedJob& assessed = *job_of.at(changed[i]);
    const std::string& path = assessed.master->path;
    if (was_drawn_in(assessed, store)) return drawn_in(path);
    if (auto written = store.write(path, contents[i]); !written) return written.error();
  }
  return Done{};
}

}  // namespace dgxp
