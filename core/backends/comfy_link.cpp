#include "core/backends/comfy_link.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/worker/zmq_socket.hpp"

namespace dgxp {
namespace {

using Clock = std::chrono::steady_clock;
using Kind = ComfyEvent::Kind;

constexpr std::size_t kMostNews = 2'000;
constexpr std::size_t kMostPictures = 256;
constexpr std::size_t kMostPictureBytes = 256U << 20U;

/// The server is told that previews may say whose they are.
constexpr std::string_view kGreeting =
    R"({"type":"feature_flags","data":{"supports_preview_metadata":true}})";

}  // namespace

void pause_until(ComfyTime due, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  never.wait_until(lock, stop, due, [] { return false; });
}

std::string make_uuid() {
  const std::uint64_t high = (draw_nonce() & ~0xF000ULL) | 0x4000ULL;  // version 4
  const std::uint64_t low = (draw_nonce() & ~(3ULL << 62U)) | 1ULL << 63U;
  return fmt::format("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", high >> 32U, high >> 16U & 0xFFFFU,
                     high & 0xFFFFU, low >> 48U, low & 0xFFFF'FFFF'FFFFULL);
}

ComfyWatch::ComfyWatch(std::string prompt, std::vector<std::string> picture_nodes)
    : prompt_(std::move(prompt)), picture_nodes_(std::move(picture_nodes)) {}

ComfyNews ComfyWatch::wait(ComfyTime due, const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  changed_.wait_until(lock, stop, due, [&] {
    return !news_.events.empty() || news_.preview || !news_.pictures.empty() || news_.is_link_lost;
  });
  return std::exchange(news_, {});
}

void ComfyWatch::wait_for_end(ComfyTime due) {
  while (Clock::now() < due) {
    const ComfyNews news = wait(due, {});
    const bool is_over = std::ranges::any_of(news.events, [](const ComfyEvent& event) {
      return event.kind == Kind::success || event.kind == Kind::interrupted ||
             event.kind == Kind::error || (event.kind == Kind::executing && event.node.empty());
    });
    if (is_over) return;
  }
}

void ComfyWatch::post(const ComfyEvent& event) {
  {
    const std::lock_guard lock(mutex_);
    // Ends are never left out; there are few of them.
    const bool is_step = event.kind == Kind::progress || event.kind == Kind::state;
    if (is_step && news_.events.size() >= kMostNews) return;
    if (news_.events.size() >= 2 * kMostNews) return;
    news_.events.push_back(event);
  }
  changed_.notify_one();
}

void ComfyWatch::post(const ComfyFrame& frame, const std::string& node) {
  const bool is_result = frame.format == ComfyFrame::Format::png &&
                         std::ranges::find(picture_nodes_, node) != picture_nodes_.end();
  {
    const std::lock_guard lock(mutex_);
    Bytes content(frame.content.begin(), frame.content.end());
    if (is_result) {
      picture_bytes_ += content.size();
      if (news_.pictures.size() >= kMostPictures || picture_bytes_ > kMostPictureBytes) return;
      news_.pictures.push_back({.node = node, .png = std::move(content)});
    } else {
      news_.preview = std::make_shared<const Bytes>(std::move(content));
    }
  }
  changed_.notify_one();
}

void ComfyWatch::post_loss() {
  {
    const std::lock_guard lock(mutex_);
    news_.is_link_lost = true;
  }
  changed_.notify_one();
}

ComfyLink::ComfyLink(Options options) : options_(std::move(options)) {
  thread_ = std::jthread([this](const std::stop_token& stop) { serve(stop); });
}

ComfyLink::Station ComfyLink::get_ready(ComfyTime due, const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  is_wanted_ = true;
  changed_.notify_all();
  changed_.wait_until(lock, stop, due, [&] { return is_open_ || is_pausing_; });
  return {.client = client_, .is_open = is_open_, .generation = generation_};
}

std::shared_ptr<ComfyWatch> ComfyLink::watch(const std::string& prompt,
                                             std::vector<std::string> picture_nodes) {
  auto watch = std::make_shared<ComfyWatch>(prompt, std::move(picture_nodes));
  const std::lock_guard lock(mutex_);
  std::erase_if(watches_, [](const auto& item) { return item.second.expired(); });
  watches_[prompt] = watch;
  // The socket may have ended between its being ready and now.
  is_wanted_ = true;
  changed_.notify_all();
  return watch;
}

bool ComfyLink::has_heard_since(std::uint64_t generation, ComfyTime time) const {
  const std::lock_guard lock(mutex_);
  return is_open_ && generation_ == generation && last_heard_ >= time;
}

void ComfyLink::replace(std::uint64_t generation) {
  const std::lock_guard lock(mutex_);
  if (generation_ == generation) current_.request_stop();
}

void ComfyLink::serve(const std::stop_token& stop) {
  auto pause = options_.first_pause;
  while (!stop.stop_requested()) {
    WebSocketOptions socket{.base = options_.base,
                            .path = {},
                            .access = options_.access,
                            .greeting = std::string(kGreeting),
                            .open_timeout = options_.open_timeout,
                            .ping_interval = options_.ping_interval};
    std::stop_token end_token;
    {
      std::unique_lock lock(mutex_);
      if (!changed_.wait(lock, stop, [&] { return is_wanted_; })) return;
      current_ = std::stop_source();
      end_token = current_.get_token();
      is_pausing_ = false;
      ++generation_;
      // Unknown events of the old socket must not be taken for those of the new one.
      socket.path = "/ws?clientId=" + client_;
    }
    current_prompt_.clear();
    current_node_.clear();
    const std::stop_callback forward(stop, [this] {
      const std::lock_guard lock(mutex_);
      current_.request_stop();
    });
    const WebSocketEnd end =
        run_web_socket(socket,
                       {.opened = {},
                        .text = [this](std::string_view text) { take_text(text); },
                        .binary = [this](ByteView bytes) { take_binary(bytes); }},
                       end_token);
    std::unique_lock lock(mutex_);
    ++endings_;
    const bool was_good = std::exchange(is_open_, false);
    // When a server notices late that an old socket is gone, it forgets the new one of the same
    // client. So no id is used twice, unless the server has never seen it.
    if (end.why != WebSocketEnd::Why::refused) client_ = make_uuid();
    std::erase_if(watches_, [](const auto& item) { return item.second.expired(); });
    is_wanted_ = !watches_.empty();
    is_pausing_ = true;
    changed_.notify_all();
    lock.unlock();
    tell_loss();
    if (was_good) pause = options_.first_pause;
    lock.lock();
    changed_.wait_for(lock, stop, pause, [] { return false; });
    is_pausing_ = false;
    pause = std::min(pause * 2, options_.longest_pause);
  }
}

void ComfyLink::hear() {
  const std::lock_guard lock(mutex_);
  last_heard_ = Clock::now();
}

std::shared_ptr<ComfyWatch> ComfyLink::find_watch(const std::string& prompt) {
  const std::lock_guard lock(mutex_);
  const auto found = watches_.find(prompt);
  return found == watches_.end() ? nullptr : found->second.lock();
}

void ComfyLink::tell_loss() {
  std::vector<std::shared_ptr<ComfyWatch>> watches;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [prompt, watch] : watches_) watches.push_back(watch.lock());
  }
  for (const auto& watch : watches) {
    if (watch) watch->post_loss();
  }
}

void ComfyLink::take_text(std::string_view text) {
  hear();
  const auto event = parse_comfy_event(text);
  if (!event || event->kind == Kind::unknown) {
    ++ignored_;
    return;
  }
  if (event->kind == Kind::status) {
    const std::lock_guard lock(mutex_);
    if (!std::exchange(is_open_, true)) changed_.notify_all();
    return;
  }
  if (event->kind != Kind::executed) {
    const bool is_over = event->kind == Kind::executing && event->node.empty();
    current_prompt_ = is_over ? "" : event->prompt;
    current_node_ = event->node;
  }
  if (const auto watch = find_watch(event->prompt)) watch->post(*event);
}

void ComfyLink::take_binary(ByteView bytes) {
  hear();
  const auto frame = parse_comfy_frame(bytes);
  if (!frame || frame->kind == ComfyFrame::Kind::unknown) {
    ++ignored_;
    return;
  }
  if (frame->kind != ComfyFrame::Kind::image) return;
  // A plain frame belongs to the node that was last heard of.
  const bool is_labelled = !frame->prompt.empty();
  const auto watch = find_watch(is_labelled ? frame->prompt : current_prompt_);
  if (watch) watch->post(*frame, is_labelled ? frame->node : current_node_);
}

}  // namespace dgxp
