#include <csignal>

#include <sys/wait.h>

#include "core/store/project_store.hpp"
#include "temp_project.hpp"

namespace dgxp {
namespace {

using Clock = std::chrono::steady_clock;

/// A child that holds the project's lock until it is told to end or is killed.
class Holder {
 public:
  explicit Holder(const std::filesystem::path& folder) {
    REQUIRE(::pipe(to_child_) == 0);
    REQUIRE(::pipe(from_child_) == 0);
    child_ = ::fork();
    REQUIRE(child_ >= 0);
    if (child_ == 0) hold(folder);
    char ready = 0;
    REQUIRE(::read(from_child_[0], &ready, 1) == 1);
    REQUIRE(ready == 'r');
  }
  ~Holder() {
    if (child_ > 0) kill();
    for (const int end : {to_child_[0], to_child_[1], from_child_[0], from_child_[1]}) ::close(end);
  }
  void let_go() { CHECK(::write(to_child_[1], "x", 1) == 1); }
  void kill() {
    ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
    child_ = -1;
  }

 private:
  [[noreturn]] void hold(const std::filesystem::path& folder) const {
    {
      const auto store = open_project(folder, {});
      const char ready = store ? 'r' : 'f';
      char command = 0;
      if (::write(from_child_[1], &ready, 1) == 1) (void)!::read(to_child_[0], &command, 1);
    }
    ::_exit(0);
  }
  int to_child_[2] = {-1, -1};
  int from_child_[2] = {-1, -1};
  pid_t child_ = -1;
};

TEST_CASE("a second process waits, says so once, and gives up after its time") {
  const TempProject project;
  const Holder holder(project.folder());
  int waits = 0;
  const auto start = Clock::now();
  const auto store = open_project(
      project.folder(),
      {.sync = Sync::no, .lock_timeout = std::chrono::seconds(1), .on_wait = [&] { ++waits; }});
  const auto spent = Clock::now() - start;
  CHECK(project.anonymous(said(store)) ==
        "cannot lock 'P/.dgxp/lock': another dgxp holds it and did not end within 1 s");
  CHECK(store.error().kind == ErrorKind::storage);
  CHECK(store.error().hint == "wait for it to end, or wait longer with --lock-timeout SECONDS");
  CHECK(waits == 1);
  CHECK(spent >= std::chrono::seconds(1));
}

TEST_CASE("with no time to wait the answer comes at once") {
  const TempProject project;
  const Holder holder(project.folder());
  CHECK_FALSE(open_project(project.folder(), {.lock_timeout = std::chrono::seconds(0)}));
}

TEST_CASE("a waiting process goes on when the other one ends") {
  const TempProject project;
  Holder holder(project.folder());
  const auto store = open_project(project.folder(), {.lock_timeout = std::chrono::seconds(30),
                                                     .on_wait = [&] { holder.let_go(); }});
  CHECK(store);
}

TEST_CASE("a killed process holds nothing") {
  const TempProject project;
  Holder holder(project.folder());
  const auto store = open_project(project.folder(), {.lock_timeout = std::chrono::seconds(30),
                                                     .on_wait = [&] { holder.kill(); }});
  CHECK(store);
}

TEST_CASE("the lock ends with the store") {
  const TempProject project;
  {
    const auto store = project.open();
  }
  CHECK(open_project(project.folder(), {.lock_timeout = std::chrono::seconds(0)}));
}

TEST_CASE("a lock file deleted while it was held does not let two in unseen") {
  const TempProject project;
  const auto first = project.open();
  std::filesystem::remove(project.at(".dgxp/lock"));
  // The second one locks a new file: nobody can stop that. A third then waits for the second.
  const auto second = open_project(project.folder(), {.lock_timeout = std::chrono::seconds(0)});
  REQUIRE(second);
  CHECK_FALSE(open_project(project.folder(), {.lock_timeout = std::chrono::seconds(0)}));
}

TEST_CASE("an open for reading needs no lock") {
  const TempProject project;
  const Holder holder(project.folder());
  CHECK(open_project_read_only(project.folder()));
}

}  // namespace
}  // namespace dgxp
