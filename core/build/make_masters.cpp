#include "core/build/make_masters.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <span>

#include <fmt/format.h>

#include "core/base/parallel.hpp"
#include "core/build/choose_palettes.hpp"
#include "core/build/generate_raws.hpp"
#include "core/image/png_codec.hpp"
#include "core/image/recover_master.hpp"
#include "core/plan/job_key.hpp"

namespace dgxp {
namespace {

/// Raw images are large: so many are kept before they are decoded.
constexpr std::size_t kBatch = 32;
constexpr std::size_t kLargestRaw = 32U << 20U;  ///< bytes of its file, as on the wire

/// A stale job and where its raw image is.
struct Pending {
  AssessedJob* assessed = nullptr;
  std::optional<RawImage> raw;
  Image master;
  double quality = 1;
  bool background_missing = false;
  std::optional<std::string> error;
  bool from_worker = false;
  bool placeholder = false;
};

bool wants_master(const AssessedJob& assessed) {
  return needs_generation(assessed.state) || assessed.state == JobState::recovery_changed;
}

/// Its raw image is looked up in a memory that is not for several threads.
bool is_by_master(const Pending& pending) {
  return pending.assessed->state == JobState::recovery_changed;
}

std::optional<RawImage> stored_raw(const AssessedJob& assessed, Store& store) {
  return assessed.state == JobState::recovery_changed
             ? store.find_raw_of_master(assessed.master->path)
             : store.find_raw(assessed.job.key);
}

/// A placeholder that was drawn before the real worker was configured is no answer.
bool is_answer(const std::optional<RawImage>& raw, const AssessedJob& assessed, bool real_worker) {
  return raw && !(needs_generation(assessed.state) && raw->placeholder && real_worker);
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
    if (auto done = get_raws(); !done) return done.error();
    // Beyond this point no worker is needed: every raw image is in the store.
    if (auto done = forget_palettes(); !done) return done.error();
    if (auto done = recover_all([](const Pending&) { return true; }); !done) return done.error();
    if (auto done = choose_colors(); !done) return done.error();
    leave_out_failed();
    enter_masters();
    return std::move(made_);
  }

 private:
  Result<Done> get_raws() {
    for (AssessedJob& assessed : *request_.jobs)
      if (wants_master(assessed)) pending_.push_back({.assessed = &assessed});
    // Each is read whole and checked, so with all threads.
    const bool are_few = pending_.size() <= kBatch;
    const auto look = [&](Pending& pending) {
      auto raw = stored_raw(*pending.assessed, store_);
      pending.from_worker = !is_answer(raw, *pending.assessed, request_.real_worker);
      if (are_few && !pending.from_worker) pending.raw = std::move(raw);
    };
    for (Pending& pending : pending_)
      if (is_by_master(pending)) look(pending);
    parallel_for(pending_.size(), request_.threads, [&](std::size_t i) {
      if (!is_by_master(pending_[i])) look(pending_[i]);
    });
    // Without its raw image a master stays as it is, whatever the options of recovery say now.
    std::erase_if(pending_, [](const Pending& pending) {
      return pending.from_worker && is_by_master(pending);
    });
    std::vector<const Job*> jobs;
    bool only_for_art = true;
    for (const Pending& pending : pending_) {
      if (!pending.from_worker) continue;
      jobs.push_back(&pending.assessed->job);
      only_for_art = only_for_art && pending.assessed->state == JobState::placeholder;
    }
    auto outcome = generate_raws({.jobs = std::move(jobs),
                                  .only_for_art = only_for_art,
                                  .open_worker = request_.open_worker,
                                  .stop = request_.stop},
                                 store_, reporter_);
    if (!outcome) return outcome.error();
    made_.failed = std::move(outcome->failed);
    std::erase_if(pending_, [&](const Pending& pending) {
      return pending.from_worker && !outcome->placeholder.contains(pending.assessed->job.id);
    });
    return Done{};
  }

  /// Recovers the masters that `wanted` is true of.
  template <typename Wanted>
  Result<Done> recover_all(Wanted wanted) {
    std::vector<Pending*> by_key;
    std::vector<Pending*> by_master;
    for (Pending& pending : pending_)
      if (wanted(pending)) (is_by_master(pending) ? by_master : by_key).push_back(&pending);
    recover_in_parallel(by_key);
    for (std::size_t begin = 0; begin < by_master.size() && !request_.stop.stop_requested();
         begin += kBatch) {
      const auto batch =
          std::span(by_master).subspan(begin, std::min(kBatch, by_master.size() - begin));
      for (Pending* const pending : batch) fetch_raw(*pending);
      recover_in_parallel(batch);
    }
    if (request_.stop.stop_requested()) {
      return Error{.kind = ErrorKind::interrupted, .message = "stopped before masters were made"};
    }
    return Done{};
  }

  void recover_in_parallel(std::span<Pending* const> asked) const {
    parallel_for(asked.size(), request_.threads, [&](std::size_t i) {
      if (request_.stop.stop_requested()) return;
      if (!is_by_master(*asked[i])) fetch_raw(*asked[i]);
      recover(*asked[i]);
    });
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

  void fetch_raw(Pending& pending) const {
    if (pending.raw && !pending.raw->png.empty()) return;
    pending.raw = stored_raw(*pending.assessed, store_);
    if (!pending.raw) pending.error = "its raw image vanished from the store";
  }

  void recover(Pending& pending) const {
    if (pending.error) return;
    const MasterSpec& spec = *pending.assessed->master;
    const Job& job = pending.assessed->job;
    pending.placeholder = pending.raw->placeholder;
    auto raw = decode_png(pending.raw->png, {.max_size = job.raw_size, .max_bytes = kLargestRaw});
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
    pending.raw->png.clear();
    pending.raw->png.shrink_to_fit();
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
      store_.remember_raw_of_master(pending.assessed->master->path, pending.raw->key);
      (pending.from_worker ? made_.generated : made_.recovered).push_back(job.id);
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
    const std::string& path = job_of.at(changed[i])->master->path;
    if (auto written = store.write(path, contents[i]); !written) return written.error();
  }
  return Done{};
}

}  // namespace dgxp
