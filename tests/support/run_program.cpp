#include "tests/support/run_program.hpp"

#include "tests/support/background_program.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <utility>

namespace dgxp {
namespace {

[[noreturn]] void become(const ProgramRun& run, int out, int err) {
  if (chdir(run.folder.c_str()) != 0) _exit(126);
  const int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
  dup2(nothing, STDIN_FILENO);
  dup2(out, STDOUT_FILENO);
  dup2(err, STDERR_FILENO);
  std::vector<std::string> settings{"PATH=" + std::string(std::getenv("PATH")),
                                    "HOME=" + run.folder, "LC_ALL=C"};
  // Sanitizers find their symbolizer and options here.
  for (const char* name : {"ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "LSAN_OPTIONS"}) {
    if (const char* value = std::getenv(name)) settings.push_back(std::string(name) + "=" + value);
  }
  for (const auto& [name, value] : run.environment) settings.push_back(name + "=" + value);
  std::vector<char*> environment;
  for (std::string& setting : settings) environment.push_back(setting.data());
  environment.push_back(nullptr);
  std::vector<std::string> words = run.command;
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  execvpe(arguments[0], arguments.data(), environment.data());
  _exit(127);
}

}  // namespace

ProgramResult run_program(const ProgramRun& run) {
  std::array<int, 2> out{};
  std::array<int, 2> err{};
  if (pipe2(out.data(), O_CLOEXEC) != 0 || pipe2(err.data(), O_CLOEXEC) != 0) return {};
  const pid_t child = fork();
  if (child == 0) become(run, out[1], err[1]);
  close(out[1]);
  close(err[1]);
  ProgramResult result;
  std::array<pollfd, 2> sources{{{out[0], POLLIN, 0}, {err[0], POLLIN, 0}}};
  std::array<std::string*, 2> texts{&result.out, &result.err};
  for (int open_ends = 2; open_ends > 0;) {
    poll(sources.data(), sources.size(), -1);
    for (std::size_t i = 0; i < sources.size(); ++i) {
      if (sources.at(i).fd < 0 || sources.at(i).revents == 0) continue;
      std::array<char, 65536> buffer{};
      const ssize_t count = read(sources.at(i).fd, buffer.data(), buffer.size());
      if (count > 0) {
        texts.at(i)->append(buffer.data(), static_cast<std::size_t>(count));
      } else {
        close(sources.at(i).fd);
        sources.at(i).fd = -1;
        --open_ends;
      }
    }
  }
  int status = 0;
  rusage usage{};
  wait4(child, &status, 0, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  result.cpu_seconds = seconds(usage.ru_utime) + seconds(usage.ru_stime);
  result.peak_memory_kib = usage.ru_maxrss;
  result.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return result;
}

ProgramResult run_dgxp(const std::string& folder, std::vector<std::string> arguments,
                       std::map<std::string, std::string> environment) {
  arguments.insert(arguments.begin(), DGXP_BINARY);
  return run_program({std::move(arguments), folder, std::move(environment)});
}

BackgroundProgram::BackgroundProgram(const ProgramRun& run) {
  std::array<int, 2> out{};
  std::array<int, 2> err{};
  if (pipe2(out.data(), O_CLOEXEC) != 0 || pipe2(err.data(), O_CLOEXEC) != 0) return;
  pid_ = fork();
  if (pid_ == 0) become(run, out[1], err[1]);
  close(out[1]);
  close(err[1]);
  out_ = out[0];
  err_ = err[0];
}

BackgroundProgram::BackgroundProgram(BackgroundProgram&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      out_(std::exchange(other.out_, -1)),
      err_(std::exchange(other.err_, -1)),
      out_text_(std::move(other.out_text_)),
      err_text_(std::move(other.err_text_)) {}

BackgroundProgram::~BackgroundProgram() {
  if (pid_ > 0) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  if (out_ >= 0) close(out_);
  if (err_ >= 0) close(err_);
}

/// Reads more of what it prints. False when both ends are closed or the time is over.
bool BackgroundProgram::fill(std::chrono::steady_clock::time_point end) {
  std::array<pollfd, 2> sources{{{out_, POLLIN, 0}, {err_, POLLIN, 0}}};
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
  if (out_ < 0 && err_ < 0) return false;
  if (left.count() <= 0 ||
      poll(sources.data(), sources.size(), static_cast<int>(left.count())) <= 0) {
    return false;
  }
  std::array<int*, 2> ends{&out_, &err_};
  std::array<std::string*, 2> texts{&out_text_, &err_text_};
  for (std::size_t i = 0; i < sources.size(); ++i) {
    if (sources.at(i).fd < 0 || sources.at(i).revents == 0) continue;
    std::array<char, 65536> buffer{};
    const ssize_t count = read(sources.at(i).fd, buffer.data(), buffer.size());
    if (count > 0) {
      texts.at(i)->append(buffer.data(), static_cast<std::size_t>(count));
    } else {
      close(std::exchange(*ends.at(i), -1));
    }
  }
  return true;
}

std::string BackgroundProgram::read_line(std::chrono::milliseconds limit) {
  const auto end = std::chrono::steady_clock::now() + limit;
  while (out_text_.find('\n') == std::string::npos) {
    if (!fill(end)) return {};
  }
  const std::size_t size = out_text_.find('\n');
  std::string line = out_text_.substr(0, size);
  out_text_.erase(0, size + 1);
  return line;
}

void BackgroundProgram::send_signal(int signal) const {
  if (pid_ > 0) kill(pid_, signal);
}

ProgramResult BackgroundProgram::wait(std::chrono::milliseconds limit) {
  ProgramResult result;
  const auto end = std::chrono::steady_clock::now() + limit;
  while (fill(end)) {
  }
  if (out_ >= 0 || err_ >= 0 || pid_ <= 0) return result;
  // Its ends are closed: it is about to end, or has.
  int status = 0;
  rusage usage{};
  while (wait4(pid_, &status, WNOHANG, &usage) == 0) {
    if (std::chrono::steady_clock::now() > end) return result;
    usleep(1000);
  }
  pid_ = -1;
  result.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  result.out = std::move(out_text_);
  result.err = std::move(err_text_);
  return result;
}

BackgroundProgram start_dgxp(const std::string& folder, std::vector<std::string> arguments,
                             std::map<std::string, std::string> environment) {
  arguments.insert(arguments.begin(), DGXP_BINARY);
  return BackgroundProgram({std::move(arguments), folder, std::move(environment)});
}

}  // namespace dgxp
