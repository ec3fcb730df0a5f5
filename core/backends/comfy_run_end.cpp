// How a run ends: the picture, the reasons why there is none, and the cancelling.
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/backends/comfy_run.hpp"
#include "core/backends/server_picture.hpp"
#include "core/worker/msgpack_value.hpp"

namespace dgxp {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

double seconds(milliseconds time) {
  return std::chrono::duration<double>(time).count();
}

}  // namespace

ComfyRun::Outcome ComfyRun::fail(std::string message) const {
  return end(Error{ErrorKind::worker, std::move(message)});
}

ComfyRun::Outcome ComfyRun::fail(Posted& posted, std::string message) {
  cancel(posted);
  return fail(std::move(message));
}

ComfyRun::Outcome ComfyRun::again(Posted& posted, Again why, std::string message) {
  shop_.journal.drop(job_.request.id, posted.prompt);
  return {.end = {}, .again = why, .reason = {ErrorKind::worker, std::move(message)}};
}

ComfyRun::Outcome ComfyRun::stopped(Posted* posted) {
  if (posted != nullptr) cancel(*posted);
  return end(Error{ErrorKind::interrupted, "cancelled"});
}

ComfyRun::Outcome ComfyRun::give_up(Posted& posted, TrackerStep step) {
  const TrackerTimes& times = shop_.options.tracking;
  const std::string url = shop_.api.base().url();
  switch (step) {
    case TrackerStep::lost:
      // Another start of the server may have other files and other nodes.
      shop_.uploads.forget();
      shop_.nodes.forget();
      return again(posted, Again::lost,
                   fmt::format("{} has lost the prompt {}", url, posted.prompt));
    case TrackerStep::worker_dead: {
      std::string message = fmt::format(
          "{} takes prompts but has run none for {:.0f} s: its prompt thread is dead, restart it",
          url, seconds(times.worker_dead));
      shop_.census.note_dead_worker(message, shop_.link.endings());
      return fail(posted, std::move(message));
    }
    case TrackerStep::stalled:
      return fail(posted, fmt::format("{} made no step for {:.0f} s", url, seconds(times.stall)));
    case TrackerStep::overdue:
      return fail(posted, fmt::format("{} had no picture after {:.0f} s, the limit for a job", url,
                                      seconds(times.job)));
    default:
      return fail(posted,
                  fmt::format("{} has not answered for {:.0f} s", url, seconds(times.unreachable)));
  }
}

ComfyRun::Outcome ComfyRun::conclude(Posted& posted, const ComfyHistory& history) {
  if (wants_stop()) return stopped(&posted);
  shop_.census.note_alive();
  if (!history.completed) return explain_failure(posted, history);
  return fetch(posted, history);
}

ComfyRun::Outcome ComfyRun::explain_failure(Posted& posted, const ComfyHistory& history) {
  shop_.journal.drop(job_.request.id, posted.prompt);
  if (history.error) {
    const std::string text = describe_execution_error(*history.error, posted.graph);
    if (!is_out_of_memory(*history.error)) return fail("ComfyUI failed at " + text);
    static_cast<void>(shop_.api.free_memory(stop_));
    return again(posted, Again::memory,
                 fmt::format("oom: ComfyUI ran out of memory at {}x{}, {}", values_.width,
                             values_.height, text));
  }
  if (history.interrupted) return fail("somebody interrupted the prompt on the server");
  return fail("ComfyUI ended the prompt without success and without an error");
}

/// Frames come over the socket; history may be faster.
void ComfyRun::wait_for_frames(Posted& posted) {
  const auto missing = [&] {
    return std::ranges::any_of(posted.outputs, [&](const OutputBinding& output) {
      const auto count = std::ranges::count(frames_, output.node, &ComfyFramePicture::node);
      return output.websocket && count < output.count;
    });
  };
  const auto due = Clock::now() + milliseconds(1'000);
  while (missing() && !wants_stop() && Clock::now() < due) {
    ComfyNews news = posted.watch->wait(due, stop_);
    std::ranges::move(news.pictures, std::back_inserter(frames_));
    if (news.is_link_lost) return;
  }
}

ComfyRun::Outcome ComfyRun::fetch(Posted& posted, const ComfyHistory& history) {
  wait_for_frames(posted);
  const bool has_frames = std::ranges::any_of(posted.outputs, &OutputBinding::websocket);
  const auto place = find_result(posted.outputs, history, frames_);
  if (!place) {
    // Frames that were not heard are gone with their socket; nothing else tells of them.
    if (has_frames) return again(posted, Again::file_missing, place.error().message);
    shop_.journal.drop(job_.request.id, posted.prompt);
    return fail("ComfyUI: " + place.error().message);
  }
  publish(meter_->fetching());
  Bytes png;
  if (place->file) {
    auto content = download(*place->file);
    if (wants_stop()) return stopped(&posted);
    if (!content && content.error().status == 404) {
      return again(
          posted, Again::file_missing,
          fmt::format("ComfyUI has finished but lost its file: {}", content.error().message));
    }
    if (!content) {
      shop_.journal.drop(job_.request.id, posted.prompt);
      return fail(content.error().message);
    }
    png = *std::move(content);
  } else {
    png = place->frame->png;
  }
  auto picture =
      accept_picture(png, {static_cast<int>(values_.width), static_cast<int>(values_.height)});
  if (!picture) {
    shop_.journal.drop(job_.request.id, posted.prompt);
    return fail(picture.error().message);
  }
  const auto entry = shop_.journal.find(job_.request.id);
  const std::string pixels = picture->pixels.hex();
  if (entry && !entry->pixels.empty() && entry->pixels != pixels) {
    return again(posted, Again::lost, "somebody has replaced the picture on the server");
  }
  shop_.journal.finish(job_.request.id, posted.prompt, pixels);
  shop_.census.note_success();
  return end(std::move(picture->png));
}

ComfyResult<Bytes> ComfyRun::download(const ComfyFile& file) {
  const auto give_up = Clock::now() + shop_.options.tracking.unreachable;
  auto pause = milliseconds(100);
  while (true) {
    auto content = shop_.api.view(file, kMaxBlob, stop_);
    const bool is_final = content || content.error().status != 0 || wants_stop() ||
                          content.error().why == ComfyFailure::Why::broken;
    if (is_final || Clock::now() >= give_up) return content;
    pause_until(Clock::now() + pause, stop_);
    pause = std::min(pause * 2, shop_.options.tracking.poll);
  }
}

bool ComfyRun::is_gone(const Posted& posted, const ComfyQueue& queue, int& absences) const {
  const auto holds = [&](const std::vector<std::string>& ids) {
    return std::ranges::find(ids, posted.prompt) != ids.end();
  };
  if (holds(queue.running) || holds(queue.pending)) {
    absences = 0;
    return false;
  }
  // A POST that was not answered may still be on its way.
  return ++absences >= (posted.is_acknowledged ? 1 : 3);
}

/// One round; the first call that finds nobody ends it.
ComfyResult<ComfyQueue> ComfyRun::ask_to_cancel(const std::string& prompt) {
  ComfyApi& api = shop_.cancel_api;
  const auto cancelled = api.cancel_job(prompt, {});
  if (!cancelled && cancelled.error().status == 0) return tl::unexpected(cancelled.error());
  if (!cancelled || !*cancelled) {
    const auto deleted = api.delete_pending(prompt, {});
    if (!deleted && deleted.error().status == 0) return tl::unexpected(deleted.error());
    const auto interrupted = api.interrupt(prompt, {});
    if (!interrupted && interrupted.error().status == 0) {
      return tl::unexpected(interrupted.error());
    }
  }
  return api.queue({});
}

void ComfyRun::cancel(const Posted& posted) {
  shop_.journal.drop(job_.request.id, posted.prompt);
  const auto begin = Clock::now();
  auto give_up = begin + shop_.options.cancel_wait;
  auto pause = std::min(milliseconds(50), shop_.options.cancel_repeat);
  int absences = 0;
  while (true) {
    // An interrupt just behind the start of a prompt is lost on the server: hence the repetition.
    const auto queue = ask_to_cancel(posted.prompt);
    if (queue && is_gone(posted, *queue, absences)) return;
    // Where nobody listens, no prompt runs.
    if (!queue && queue.error().why == ComfyFailure::Why::unreachable) {
      give_up = std::min(give_up, begin + milliseconds(2'000));
    }
    if (Clock::now() + pause >= give_up) return;
    posted.watch->wait_for_end(Clock::now() + pause);
    pause = std::min(pause * 2, shop_.options.cancel_repeat);
  }
}

}  // namespace dgxp
