#include "tests/support/fake_comfy/fake_engine.hpp"

#include <algorithm>

#include "tests/support/fake_comfy/fake_nodes.hpp"

namespace dgxp {

FakeEngine::FakeEngine(const FakeComfyOptions& options, FakeFaultBox& faults, Sockets sockets)
    : options_(options),
      faults_(faults),
      sockets_(std::move(sockets)),
      node_time_(options.node_time),
      step_time_(options.step_time) {
  worker_ = std::thread([this] { work(); });
}

FakeEngine::~FakeEngine() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
    ++life_;
  }
  changed_.notify_all();
  worker_.join();
}

FakeJson FakeEngine::object_info() const {
  return fake_object_info({.models = options_.models,
                           .inputs = files_.inputs(),
                           .missing_classes = options_.missing_classes,
                           .combo_objects = options_.combo_objects});
}

std::optional<FakeJson> FakeEngine::enqueue(FakeQueued prompt, const FakeJson& number, bool front) {
  const bool dies = faults_.take(FakeFaultKind::worker_dead, prompt.text()).has_value();
  {
    const std::scoped_lock lock(mutex_);
    const auto next = front ? -next_number_ : next_number_;
    prompt.number = number.is_number() ? number : FakeJson(next);
    ++next_number_;
    const bool twice = std::ranges::any_of(pending_, [&](const FakeQueued& other) {
      return other.number == prompt.number && other.id == prompt.id;
    });
    // Comparing what is left of two equal entries ends the thread that sorts them.
    dead_ = dead_ || dies || twice;
    if (twice) return std::nullopt;
    const auto value = prompt.number.get<double>();
    const auto behind = std::ranges::find_if(
        pending_, [&](const FakeQueued& other) { return other.number.get<double>() > value; });
    pending_.insert(behind, prompt);
    send_status();
  }
  changed_.notify_all();
  return prompt.number;
}

FakeJson FakeEngine::entry_of(const FakeQueued& prompt) const {
  return FakeJson::array({prompt.number, prompt.id, prompt.graph, prompt.extra, prompt.outputs});
}

FakeJson FakeEngine::queue() const {
  const std::scoped_lock lock(mutex_);
  FakeJson running = FakeJson::array();
  FakeJson pending = FakeJson::array();
  if (running_) running.push_back(entry_of(*running_));
  for (const auto& prompt : pending_) pending.push_back(entry_of(prompt));
  return {{"queue_running", running}, {"queue_pending", pending}};
}

std::size_t FakeEngine::remaining() const {
  const std::scoped_lock lock(mutex_);
  return pending_.size() + (running_ ? 1 : 0);
}

FakeJson FakeEngine::history(const std::string& id) const {
  const std::scoped_lock lock(mutex_);
  if (id.empty()) return history_;
  FakeJson found = FakeJson::object();
  if (history_.contains(id)) found[id] = history_[id];
  return found;
}

void FakeEngine::clear_history() {
  const std::scoped_lock lock(mutex_);
  history_ = FakeJson::object();
}

void FakeEngine::erase_history(const std::string& id) {
  const std::scoped_lock lock(mutex_);
  history_.erase(id);
}

bool FakeEngine::erase_pending(const std::string& id) {
  {
    const std::scoped_lock lock(mutex_);
    if (std::erase_if(pending_, [&](const FakeQueued& prompt) { return prompt.id == id; }) == 0) {
      return false;
    }
    send_status();
  }
  changed_.notify_all();
  return true;
}

void FakeEngine::clear_pending() {
  {
    const std::scoped_lock lock(mutex_);
    pending_.clear();
    send_status();
  }
  changed_.notify_all();
}

bool FakeEngine::interrupt(const std::string& id) {
  const std::scoped_lock lock(mutex_);
  if (!id.empty() && (!running_ || running_->id != id)) return false;
  if (faults_.take(FakeFaultKind::interrupt_ignored, running_ ? running_->text() : "")) return true;
  interrupted_ = true;
  changed_.notify_all();
  return true;
}

std::string FakeEngine::job_status(const std::string& id) const {
  const std::scoped_lock lock(mutex_);
  if (running_ && running_->id == id) return "in_progress";
  if (std::ranges::find(pending_, id, &FakeQueued::id) != pending_.end()) return "pending";
  if (!history_.contains(id)) return "";
  const auto& status = history_[id]["status"];
  if (status["completed"] == true) return "completed";
  return status["messages"].back()[0] == "execution_interrupted" ? "cancelled" : "failed";
}

std::string FakeEngine::running_node(const std::string& client_id) const {
  const std::scoped_lock lock(mutex_);
  return running_ && running_->client_id == client_id ? running_node_ : "";
}

void FakeEngine::kill_worker() {
  const std::scoped_lock lock(mutex_);
  dead_ = true;
}

void FakeEngine::release_stalled() {
  const std::scoped_lock lock(mutex_);
  ++releases_;
  changed_.notify_all();
}

void FakeEngine::restart() {
  std::unique_lock lock(mutex_);
  ++life_;
  pending_.clear();
  changed_.notify_all();
  changed_.wait(lock, [&] { return !busy_; });
  history_ = FakeJson::object();
  cache_.clear();
  next_number_ = 0;
  dead_ = false;
  interrupted_ = false;
  changed_.notify_all();
}

void FakeEngine::set_pace(std::chrono::milliseconds node_time,
                          std::chrono::milliseconds step_time) {
  const std::scoped_lock lock(mutex_);
  node_time_ = node_time;
  step_time_ = step_time;
}

bool FakeEngine::wait_until_stalled(std::chrono::milliseconds limit) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, limit, [&] { return is_stalled_; });
}

bool FakeEngine::wait_until_idle(std::chrono::milliseconds limit) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, limit, [&] { return pending_.empty() && !busy_; });
}

std::vector<FakeDrawing> FakeEngine::drawings() const {
  const std::scoped_lock lock(mutex_);
  return drawings_;
}

/// Under the lock, so that the order of what is told is the order of what happened.
void FakeEngine::send_status() {
  const auto count = pending_.size() + (running_ ? 1 : 0);
  sockets_.send(
      {.type = "status", .data = {{"status", {{"exec_info", {{"queue_remaining", count}}}}}}});
}

void FakeEngine::work() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    changed_.wait(lock, [&] { return stopping_ || (!dead_ && !pending_.empty()); });
    if (!stopping_) run_next(lock);
  }
}

void FakeEngine::run_next(std::unique_lock<std::mutex>& lock) {
  busy_ = true;
  running_ = std::move(pending_.front());
  pending_.pop_front();
  const FakeQueued prompt = *running_;
  const auto life = life_;
  interrupted_ = false;
  running_node_.clear();
  send_status();
  lock.unlock();
  const bool lost = faults_.take(FakeFaultKind::prompt_lost, prompt.text()).has_value();
  if (!lost) {
    const auto info = object_info();
    auto tools = tools_for(prompt, life);
    tools.object_info = &info;
    fake_run(prompt, tools);
  }
  lock.lock();
  running_.reset();
  if (lost) send_status();
  busy_ = false;
  changed_.notify_all();
}

FakeRunTools FakeEngine::tools_for(const FakeQueued& prompt, std::uint64_t life) {
  FakeRunTools tools{.options = &options_, .faults = &faults_, .files = &files_, .cache = &cache_};
  tools.send = sockets_.send;
  tools.close_socket = sockets_.close;
  tools.at_node = [this](const std::string& node) {
    const std::scoped_lock lock(mutex_);
    running_node_ = node;
  };
  tools.interrupted = [this] {
    const std::scoped_lock lock(mutex_);
    return interrupted_;
  };
  tools.wait = [this, life](std::chrono::milliseconds time) { return pause(time, life); };
  tools.wait_stalled = [this, life] {
    std::unique_lock lock(mutex_);
    const auto before = releases_;
    is_stalled_ = true;
    changed_.notify_all();
    changed_.wait(lock, [&] { return interrupted_ || releases_ != before || life_ != life; });
    is_stalled_ = false;
    return life_ == life;
  };
  tools.node_time = [this] {
    const std::scoped_lock lock(mutex_);
    return node_time_;
  };
  tools.step_time = [this] {
    const std::scoped_lock lock(mutex_);
    return step_time_;
  };
  tools.draw = [this](const FakeDrawing& drawing) {
    {
      const std::scoped_lock lock(mutex_);
      drawings_.push_back(drawing);
    }
    return options_.draw ? options_.draw(drawing) : draw_blocky_figure(drawing);
  };
  tools.finish = [this, prompt, life](FakeRunResult result) {
    if (const auto late = faults_.take(FakeFaultKind::history_late, prompt.text())) {
      if (!pause(late->delay, life)) return;
    }
    finish(prompt, life, std::move(result));
  };
  return tools;
}

/// Only a restart cuts it short: an interrupt takes effect at the next step.
bool FakeEngine::pause(std::chrono::milliseconds time, std::uint64_t life) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, time, [&] { return life_ != life; });
  return life_ == life;
}

void FakeEngine::finish(const FakeQueued& prompt, std::uint64_t life, FakeRunResult result) {
  {
    const std::scoped_lock lock(mutex_);
    if (life_ != life) return;
    history_[prompt.id] = {{"prompt", entry_of(prompt)},
                           {"outputs", std::move(result.outputs)},
                           {"status", std::move(result.status)},
                           {"meta", std::move(result.meta)}};
    running_.reset();
    send_status();
  }
}

}  // namespace dgxp
