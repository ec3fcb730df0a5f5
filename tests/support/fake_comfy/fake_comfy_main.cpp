// A ComfyUI that is none, as a program for end-to-end tests and measurements.
//   fake_comfy [--version V] [--port N] [--node-ms N] [--step-ms N] [--cell N] [--no-previews]
//              [--checkpoint FILE]... [--lora FILE]... [--controlnet FILE]... [--fault JSON]...
// Prints its URL as its first line and ends on SIGTERM or SIGINT. POST /fake/faults takes the JSON
// of --fault, GET /fake/requests and /fake/prompts tell what was asked, POST /fake/restart
// {"down_ms": N}, /fake/foreign, /fake/pace and /fake/release do what FakeComfy's functions do.
#include <signal.h>

#include <cstdio>
#include <string>
#include <vector>

#include "tests/support/fake_comfy/fake_comfy.hpp"
#include "tests/support/fake_comfy/fake_faults.hpp"

namespace {

/// Whether the argument was understood.
bool take_argument(const std::string& name, const std::string& value,
                   dgxp::FakeComfyOptions& options, std::vector<dgxp::FakeFault>& faults) {
  if (name == "--version") {
    options.version = value;
  } else if (name == "--port") {
    options.port = static_cast<std::uint16_t>(std::stoi(value));
  } else if (name == "--node-ms") {
    options.node_time = std::chrono::milliseconds(std::stoi(value));
  } else if (name == "--step-ms") {
    options.step_time = std::chrono::milliseconds(std::stoi(value));
  } else if (name == "--cell") {
    options.cell = std::stoi(value);
  } else if (name == "--checkpoint") {
    options.models["checkpoints"].push_back(value);
  } else if (name == "--lora") {
    options.models["loras"].push_back(value);
  } else if (name == "--controlnet") {
    options.models["controlnet"].push_back(value);
  } else if (name == "--fault") {
    const auto fault = dgxp::parse_fault(dgxp::FakeJson::parse(value, nullptr, false));
    if (fault) faults.push_back(*fault);
    return fault.has_value();
  } else {
    return false;
  }
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);  // before any thread: sigwait alone gets them

  dgxp::FakeComfyOptions options;
  std::vector<dgxp::FakeFault> faults;
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i] == "--no-previews") {
      options.previews = false;
      continue;
    }
    const bool understood =
        i + 1 < arguments.size() && take_argument(arguments[i], arguments[i + 1], options, faults);
    if (!understood) {
      std::fprintf(stderr, "fake_comfy: cannot use '%s'\n", arguments[i].c_str());
      return 64;
    }
    ++i;
  }
  dgxp::FakeComfy fake(options);
  for (const auto& fault : faults) fake.inject(fault);
  std::printf("%s\n", fake.url().c_str());
  std::fflush(stdout);
  int signal = 0;
  sigwait(&ends, &signal);
  return 0;
}
