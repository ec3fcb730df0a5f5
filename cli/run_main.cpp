#include "cli/run_main.hpp"

#include <malloc.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>
#include <filesystem>
#include <string_view>
#include <thread>

#include <fmt/format.h>

#include "cli/arguments.hpp"
#include "cli/exit_status.hpp"
#include "cli/signals.hpp"

namespace dgxp {
namespace {

constexpr const char* kHttpProgram = "dgxp-worker";

/// Becomes the program beside this one that speaks HTTP, with the same command line. Returns only
/// when it cannot.
int become_http_program(const char* const* values, const Terminal& terminal) {
  std::error_code failure;
  auto program = std::filesystem::read_symlink("/proc/self/exe", failure);
  program.replace_filename(kHttpProgram);
  execv(program.c_str(), const_cast<char* const*>(values));
  terminal.error({.message = fmt::format("cannot start {}: {}", program.string(), strerror(errno)),
                  .hint = "it is installed together with dgxp: install both again"});
  return static_cast<int>(ExitStatus::storage);
}

/// Pictures of one sprite go where those of the one before were. By default the C library gives
/// memory of this size back each time, and the kernel clears every page of it anew: a quarter of
/// the time of a build from raw images.
void keep_freed_memory() {
#if defined(__GLIBC__)
  constexpr int kMegabyte = 1 << 20;
  mallopt(M_MMAP_THRESHOLD, 16 * kMegabyte);
  mallopt(M_TRIM_THRESHOLD, 64 * kMegabyte);
#endif
}

int run(int count, const char* const* values, const HttpVerbs* http) {
  // Asked for by editors and scripts all the time: not worth building a parser.
  if (count == 2 && std::string_view(values[1]) == "--version") {
    return std::puts("dgxp " DGXP_VERSION) < 0 ? static_cast<int>(ExitStatus::storage) : 0;
  }
  const ParsedArguments parsed = parse_arguments(count, values);
  std::fputs(parsed.out.c_str(), stdout);
  std::fputs(parsed.error.c_str(), stderr);
  if (!parsed.run) return parsed.exit_code;

  const Terminal terminal(parsed.terminal);
  if (parsed.needs_http && http == nullptr) return become_http_program(values, terminal);
  if (!parsed.folder.empty()) {
    std::error_code failure;
    std::filesystem::current_path(parsed.folder, failure);
    if (failure) {
      const Error error{
          .kind = ErrorKind::storage,
          .message = fmt::format("cannot work in '{}': {}", parsed.folder, failure.message())};
      return fail({.terminal = &terminal}, error);
    }
  }
  SignalWatch signals;
  const int cores = static_cast<int>(std::thread::hardware_concurrency());
  int exit_code = parsed.run({.terminal = &terminal,
                              .stop = signals.token(),
                              .threads = parsed.threads > 0 ? parsed.threads : cores,
                              .access = parsed.access,
                              .http = http});
  if (exit_code == static_cast<int>(ExitStatus::interrupted)) {
    exit_code = 128 + (signals.received() != 0 ? signals.received() : SIGINT);
  }
  if (!terminal.finish()) {
    terminal.error({.message = "cannot write to standard output"});
    return static_cast<int>(ExitStatus::storage);
  }
  return exit_code;
}

}  // namespace

int run_main(int count, const char* const* values, const HttpVerbs* http) {
  std::signal(SIGPIPE, SIG_IGN);
  keep_freed_memory();
  try {
    return run(count, values, http);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "error: unexpected: %s\nhint: this is a bug in dgxp, please report it\n",
                 error.what());
    return static_cast<int>(ExitStatus::failed);
  }
}

}  // namespace dgxp
