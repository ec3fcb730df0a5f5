#include "tests/support/fake_draw/fake_draw_queue.hpp"

#include <algorithm>

#include "tests/support/fake_comfy/fake_picture.hpp"

namespace dgxp {

FakeDrawQueue::FakeDrawQueue(const FakeDrawOptions& options, FakeFaultBox& faults)
    : options_(options), faults_(faults) {
  worker_ = std::thread([this] { work(); });
}

FakeDrawQueue::~FakeDrawQueue() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  worker_.join();
}

bool FakeDrawQueue::add(FakeDrawJob job, Done done) {
  const std::scoped_lock lock(mutex_);
  if (waiting_.size() >= options_.max_queue) return false;
  const auto id = job.id;
  waiting_.push_back(id);
  jobs_[id] = std::move(job);
  if (done) done_[id] = std::move(done);
  changed_.notify_all();
  return true;
}

std::optional<FakeDrawJob> FakeDrawQueue::find(const std::string& id) const {
  const std::scoped_lock lock(mutex_);
  const auto found = jobs_.find(id);
  if (found == jobs_.end()) return std::nullopt;
  return found->second;
}

std::optional<FakeDrawJob> FakeDrawQueue::running() const {
  const std::scoped_lock lock(mutex_);
  const auto found = jobs_.find(running_);
  if (found == jobs_.end()) return std::nullopt;
  return found->second;
}

std::size_t FakeDrawQueue::waiting() const {
  const std::scoped_lock lock(mutex_);
  return waiting_.size();
}

std::size_t FakeDrawQueue::position(const std::string& id) const {
  const std::scoped_lock lock(mutex_);
  const auto found = std::ranges::find(waiting_, id);
  return found == waiting_.end() ? 0 : static_cast<std::size_t>(found - waiting_.begin()) + 1;
}

bool FakeDrawQueue::cancel(const std::string& id) {
  const std::scoped_lock lock(mutex_);
  if (id.empty() ? !running_.empty() : running_ == id) {
    if (!options_.can_cancel_running) return false;
    const auto& prompt = jobs_[running_].drawing.prompt;
    if (!faults_.take(FakeFaultKind::interrupt_ignored, prompt)) cancelled_ = true;
    changed_.notify_all();
    return true;
  }
  if (std::erase(waiting_, id) == 0) return false;
  jobs_[id].state = "cancelled";
  jobs_[id].error = "job cancelled by client";
  return true;
}

void FakeDrawQueue::release_stalled() {
  const std::scoped_lock lock(mutex_);
  ++releases_;
  changed_.notify_all();
}

void FakeDrawQueue::forget() {
  const std::scoped_lock lock(mutex_);
  waiting_.clear();
  std::erase_if(jobs_, [&](const auto& entry) { return entry.first != running_; });
}

std::vector<FakeDrawing> FakeDrawQueue::drawings() const {
  const std::scoped_lock lock(mutex_);
  return drawings_;
}

void FakeDrawQueue::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [&] { return stopping_ || !waiting_.empty(); });
    if (stopping_) return;
    running_ = waiting_.front();
    waiting_.pop_front();
    cancelled_ = false;
    jobs_[running_].state = "generating";
    auto job = jobs_[running_];
    draw(job, lock);
    if (stopping_) return;
    jobs_[running_] = job;
    Done done;
    if (const auto found = done_.find(running_); found != done_.end()) {
      done = std::move(found->second);
      done_.erase(found);
    }
    running_.clear();
    lock.unlock();
    if (done) done(job);
    lock.lock();
  }
}

void FakeDrawQueue::draw(FakeDrawJob& job, std::unique_lock<std::mutex>& lock) {
  const auto stall = faults_.take(FakeFaultKind::stall, job.drawing.prompt);
  const auto over = [&] { return stopping_ || cancelled_; };
  const auto steps = std::max<std::uint64_t>(1, job.drawing.steps);
  for (job.step = 1; job.step <= steps; ++job.step) {
    jobs_[running_].step = job.step;
    if (stall && stall->step == job.step) {
      const auto before = releases_;
      changed_.wait(lock, [&] { return over() || releases_ != before; });
    }
    changed_.wait_for(lock, options_.step_time, over);
    if (over()) break;
  }
  drawings_.push_back(job.drawing);
  lock.unlock();
  job.png = picture_of(job);  // an interrupted job still gives what it has
  const bool fails = faults_.take(FakeFaultKind::execution_error, job.drawing.prompt).has_value();
  lock.lock();
  job.state = cancelled_ ? "cancelled" : fails ? "failed" : "completed";
  if (cancelled_) job.error = "job cancelled by client";
  if (fails) job.error = "generate_image returned empty results";
}

std::string FakeDrawQueue::picture_of(const FakeDrawJob& job) {
  const auto& prompt = job.drawing.prompt;
  auto image = options_.draw ? options_.draw(job.drawing) : draw_blocky_figure(job.drawing);
  if (const auto other = faults_.take(FakeFaultKind::other_size, prompt)) {
    image = fake_scaled(image, other->size);
  }
  auto png = fake_png(image, false, {{"parameters", prompt}});
  if (faults_.take(FakeFaultKind::unreadable_image, prompt)) png = "this is no picture";
  if (faults_.take(FakeFaultKind::truncated_image, prompt)) png.resize(png.size() / 2);
  return png;
}

FakeDrawServer::FakeDrawServer(
    FakeDrawOptions options,
    std::function<void(FakeDrawServer&, const FakeHttpRequest&, FakeReply)> routes)
    : options_(std::move(options)), routes_(std::move(routes)), queue_(options_, faults_) {
  FakeHttpHandlers handlers;
  handlers.answer = [this](const FakeHttpRequest& request, const FakeReply& reply) {
    answer(request, reply);
  };
  constexpr std::size_t kMostBytes = std::size_t{100} << 20U;
  http_ = std::make_unique<FakeHttpServer>(std::move(handlers), kMostBytes, options_.port);
}

FakeDrawServer::~FakeDrawServer() {
  http_.reset();
}

std::string FakeDrawServer::url() const {
  return "http://127.0.0.1:" + std::to_string(http_->port());
}

std::vector<FakeRecord> FakeDrawServer::requests() const {
  const std::scoped_lock lock(mutex_);
  return records_;
}

void FakeDrawServer::answer(const FakeHttpRequest& request, const FakeReply& reply) {
  {
    const std::scoped_lock lock(mutex_);
    records_.push_back({.method = request.method,
                        .path = request.path,
                        .headers = request.headers,
                        .body = request.body});
  }
  const auto given = request.headers.find("authorization");
  const bool is_let_in =
      options_.authorization.empty() ||
      (given != request.headers.end() && given->second == options_.authorization);
  if (!is_let_in) return reply(fake_json_reply({{"detail", "Not authenticated"}}, 401));
  const auto fault = faults_.take_http(request.path);
  if (const auto instead = fake_fault_answer(fault)) return reply(*instead);
  routes_(*this, request, [fault, reply](FakeHttpAnswer answer) {
    fake_bend(answer, fault);
    reply(std::move(answer));
  });
}

FakeHttpAnswer fake_json_reply(const FakeJson& value, int status) {
  return {.status = status, .type = "application/json", .body = fake_dump(value)};
}

namespace {
constexpr std::string_view kDigits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
}  // namespace

std::string fake_base64(const std::string& bytes) {
  std::string text;
  unsigned bits = 0;
  int count = 0;
  for (const char c : bytes) {
    bits = (bits << 8U | static_cast<unsigned char>(c)) & 0xffffU;
    for (count += 8; count >= 6;) {
      count -= 6;
      text += kDigits[bits >> static_cast<unsigned>(count) & 63U];
    }
  }
  if (count > 0) text += kDigits[bits << static_cast<unsigned>(6 - count) & 63U];
  while (text.size() % 4 != 0) text += '=';
  return text;
}

std::string fake_unbase64(const std::string& text) {
  std::string out;
  unsigned bits = 0;
  int count = 0;
  for (const char c : text) {
    if (c == '=') break;
    bits = (bits << 6U | static_cast<unsigned>(kDigits.find(c) & 63U)) & 0xffffU;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    out += static_cast<char>(bits >> static_cast<unsigned>(count) & 255U);
  }
  return out;
}

std::string fake_stem(const std::string& file) {
  const auto name = file.substr(file.rfind('/') + 1);
  return name.substr(0, name.rfind('.'));
}

}  // namespace dgxp
