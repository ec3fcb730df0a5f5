#include <csignal>
#include <cstdio>
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

int run(int count, const char* const* values) {
  // Asked for by editors and scripts all the time: not worth building a parser.
  if (count == 2 && std::string_view(values[1]) == "--version") {
    return std::puts("dgxp " DGXP_VERSION) < 0 ? static_cast<int>(ExitStatus::storage) : 0;
  }
  const ParsedArguments parsed = parse_arguments(count, values);
  std::fputs(parsed.out.c_str(), stdout);
  std::fputs(parsed.error.c_str(), stderr);
  if (!parsed.run) return parsed.exit_code;

  const Terminal terminal(parsed.terminal);
  if (!parsed.folder.empty()) {
    std::error_code failure;
    std::filesystem::current_path(parsed.folder, failure);
    if (failure) {
      terminal.error(
          {.message = fmt::format("cannot work in '{}': {}", parsed.folder, failure.message())});
      return static_cast<int>(ExitStatus::storage);
    }
  }
  SignalWatch signals;
  const int cores = static_cast<int>(std::thread::hardware_concurrency());
  int exit_code = parsed.run({.terminal = &terminal,
                              .stop = signals.token(),
                              .threads = parsed.threads > 0 ? parsed.threads : cores});
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
}  // namespace dgxp

int main(int count, char** values) {
  std::signal(SIGPIPE, SIG_IGN);
  try {
    return dgxp::run(count, values);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "error: unexpected: %s\nhint: this is a bug in dgxp, please report it\n",
                 error.what());
    return static_cast<int>(dgxp::ExitStatus::failed);
  }
}
