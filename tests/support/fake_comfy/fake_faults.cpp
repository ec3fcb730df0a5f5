#include "tests/support/fake_comfy/fake_faults.hpp"

#include <algorithm>
#include <utility>

namespace dgxp {

namespace {

using Kind = FakeFaultKind;

constexpr std::pair<std::string_view, Kind> kNames[] = {
    {"http_status", Kind::http_status},
    {"http_html", Kind::http_html},
    {"http_never", Kind::http_never},
    {"http_reset", Kind::http_reset},
    {"http_cut", Kind::http_cut},
    {"http_delay", Kind::http_delay},
    {"http_garbage", Kind::http_garbage},
    {"wrong_prompt_id", Kind::wrong_prompt_id},
    {"node_errors_in_200", Kind::node_errors_in_200},
    {"worker_dead", Kind::worker_dead},
    {"prompt_lost", Kind::prompt_lost},
    {"history_late", Kind::history_late},
    {"no_images", Kind::no_images},
    {"interrupt_ignored", Kind::interrupt_ignored},
    {"stall", Kind::stall},
    {"out_of_memory", Kind::out_of_memory},
    {"execution_error", Kind::execution_error},
    {"execution_blocked", Kind::execution_blocked},
    {"other_size", Kind::other_size},
    {"unreadable_image", Kind::unreadable_image},
    {"truncated_image", Kind::truncated_image},
    {"view_missing", Kind::view_missing},
    {"ws_refused", Kind::ws_refused},
    {"ws_deaf", Kind::ws_deaf},
    {"ws_closed", Kind::ws_closed},
    {"ws_silent", Kind::ws_silent},
    {"ws_noise", Kind::ws_noise},
    {"ws_fragments", Kind::ws_fragments},
};

bool is_http(Kind kind) {
  return kind <= Kind::http_garbage;
}

}  // namespace

std::optional<FakeFaultKind> parse_fake_fault(std::string_view name) {
  const auto* found = std::ranges::find(kNames, name, &std::pair<std::string_view, Kind>::first);
  if (found == std::end(kNames)) return std::nullopt;
  return found->second;
}

void FakeFaultBox::add(FakeFault fault) {
  const std::scoped_lock lock(mutex_);
  if (fault.count != 0) faults_.push_back(std::move(fault));
}

void FakeFaultBox::clear() {
  const std::scoped_lock lock(mutex_);
  faults_.clear();
}

std::optional<FakeFault> FakeFaultBox::use(std::vector<FakeFault>::iterator found) {
  if (found == faults_.end()) return std::nullopt;
  FakeFault fault = *found;
  if (found->count > 0 && --found->count == 0) faults_.erase(found);
  return fault;
}

std::optional<FakeFault> FakeFaultBox::take(FakeFaultKind kind, std::string_view prompt) {
  const std::scoped_lock lock(mutex_);
  return use(std::ranges::find_if(faults_, [&](const FakeFault& fault) {
    return fault.kind == kind && prompt.find(fault.prompt) != std::string_view::npos;
  }));
}

std::optional<FakeFault> FakeFaultBox::take_http(std::string_view path) {
  const std::scoped_lock lock(mutex_);
  return use(std::ranges::find_if(faults_, [&](const FakeFault& fault) {
    return is_http(fault.kind) && path.starts_with(fault.path);
  }));
}

std::optional<FakeHttpAnswer> fake_fault_answer(const std::optional<FakeFault>& fault) {
  if (!fault) return std::nullopt;
  switch (fault->kind) {
    case Kind::http_status:
      return FakeHttpAnswer{.status = fault->status,
                            .type = "text/plain; charset=utf-8",
                            .body = "500 Internal Server Error"};
    case Kind::http_html:
      return FakeHttpAnswer{.status = fault->status,
                            .type = "text/html",
                            .body = "<html><body><h1>Bad Gateway</h1></body></html>"};
    case Kind::http_garbage:
      return FakeHttpAnswer{.body = "{\"prompt_id\": \xff\xfe"};
    case Kind::http_never:
      return FakeHttpAnswer{.delivery = FakeDelivery::never};
    case Kind::http_reset:
      return FakeHttpAnswer{.delivery = FakeDelivery::reset};
    default:
      return std::nullopt;
  }
}

void fake_bend(FakeHttpAnswer& answer, const std::optional<FakeFault>& fault) {
  if (!fault) return;
  if (fault->kind == Kind::http_delay) answer.delay = fault->delay;
  if (fault->kind == Kind::http_cut) answer.delivery = FakeDelivery::cut;
}

std::optional<FakeFault> parse_fault(const FakeJson& value) {
  const auto kind = parse_fake_fault(fake_text(value, "kind"));
  if (!kind) return std::nullopt;
  const auto number = [&](const char* key, std::int64_t otherwise) {
    const auto found = fake_get(value, key);
    return found.is_number() ? found.get<std::int64_t>() : otherwise;
  };
  FakeFault fault{.kind = *kind};
  fault.count = static_cast<int>(number("count", 1));
  fault.path = fake_text(value, "path");
  fault.prompt = fake_text(value, "prompt");
  fault.event = fake_text(value, "event");
  fault.status = static_cast<int>(number("status", 500));
  fault.step = static_cast<std::uint64_t>(number("step", 1));
  fault.size = {static_cast<int>(number("width", 0)), static_cast<int>(number("height", 0))};
  fault.delay = std::chrono::milliseconds(number("delay_ms", 0));
  return fault;
}

}  // namespace dgxp
