#include "core/worker/job_board.hpp"

#include <doctest/doctest.h>

using namespace dgxp;

namespace {

Message update(std::uint64_t seq, MessageBody body, std::uint64_t epoch = 7) {
  return {std::move(body), {.epoch = epoch, .seq = seq}};
}
StatusInfoMessage snapshot(std::vector<JobEntry> jobs) {
  StatusInfoMessage info;
  info.jobs = std::move(jobs);
  return info;
}
JobEntry entry(const std::string& id, const std::string& state) {
  return {.job_id = id, .state = state, .result = {}, .error = {}};
}

}  // namespace

TEST_CASE("a job board follows a job from snapshot to end") {
  JobBoard board;
  CHECK(board.is_stale());
  CHECK(board.take_snapshot(snapshot({entry("a", "queued")}), {.epoch = 7, .seq = 3}).size() == 1);
  CHECK_FALSE(board.is_stale());
  CHECK(board.take_update(update(4, JobStartedMessage{"a", 1}))->state == "running");
  const auto moved =
      board.take_update(update(5, ProgressMessage{"a", "sampling", 99, 30, 50, 1.5}));
  REQUIRE(moved);
  CHECK(moved->step == 30);
  CHECK(moved->total_steps == 30);
  CHECK(moved->stage == "sampling");
  CHECK(moved->eta_seconds == 1.5);
  CHECK(board.take_update(update(6, JobErrorMessage{"a", "why\x1b", false}))->error == "why\\x1b");
  CHECK(board.jobs().at("a").state == "failed");
  CHECK_FALSE(board.is_stale());
}

TEST_CASE("a job board wants a snapshot after a gap, a heartbeat ahead and a new epoch") {
  const auto stale_after = [](const Message& message) {
    JobBoard board;
    static_cast<void>(board.take_snapshot(snapshot({}), {.epoch = 7, .seq = 3}));
    static_cast<void>(board.take_update(message));
    return board.is_stale();
  };
  CHECK_FALSE(stale_after(update(3, JobStartedMessage{"a", 1})));
  CHECK_FALSE(stale_after(update(4, JobStartedMessage{"a", 1})));
  CHECK(stale_after(update(5, JobStartedMessage{"a", 1})));
  CHECK_FALSE(stale_after(update(3, StatusInfoMessage{})));
  CHECK(stale_after(update(4, StatusInfoMessage{})));
  CHECK(stale_after(update(4, JobStartedMessage{"a", 1}, 8)));
}

TEST_CASE("a job board tells of a snapshot only what it did not know") {
  JobBoard board;
  const Envelope at{.epoch = 7, .seq = 3};
  CHECK(board.take_snapshot(snapshot({entry("a", "done"), entry("b", "queued")}), at).size() == 2);
  CHECK(board.take_snapshot(snapshot({entry("a", "done"), entry("b", "queued")}), at).empty());
  const auto changed =
      board.take_snapshot(snapshot({entry("a", "done"), entry("b", "running")}), at);
  REQUIRE(changed.size() == 1);
  CHECK(changed[0].id == "b");
}
