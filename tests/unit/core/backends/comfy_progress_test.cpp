#include "core/backends/comfy_progress.hpp"

#include <doctest/doctest.h>

using namespace dgxp;
using namespace std::chrono_literals;
using Kind = ComfyEvent::Kind;

namespace {

constexpr const char* kGraph = R"({
  "3": {"class_type": "KSampler", "inputs": {"steps": 4}},
  "4": {"class_type": "CheckpointLoaderSimple", "inputs": {}},
  "8": {"class_type": "VAEDecode", "inputs": {}},
  "9": {"class_type": "SaveImage", "inputs": {}},
  "10": {"class_type": "KSamplerAdvanced", "inputs": {"steps": 8}}})";

ComfyEvent at(Kind kind, std::string node, double value = 0, double max = 0) {
  return {.kind = kind,
          .prompt = "p",
          .node = std::move(node),
          .nodes = {},
          .value = value,
          .max = max};
}

std::string shown(const std::optional<BackendProgress>& progress) {
  if (!progress) return "-";
  return progress->stage + " " + std::to_string(progress->step) + "/" +
         std::to_string(progress->total_steps);
}

}  // namespace

TEST_CASE("R22: progress counts the steps of all samplers and never goes back") {
  ComfyProgress meter(kGraph);
  const auto now = ComfyProgress::Time() + 1h;
  CHECK(shown(meter.waiting()) == "initializing 0/13");
  CHECK(shown(meter.hear(at(Kind::executing, "4"), now)) == "loading_models 0/13");
  CHECK(shown(meter.hear(at(Kind::executing, "3"), now)) == "sampling 0/13");
  CHECK(shown(meter.hear(at(Kind::progress, "3", 2, 4), now)) == "sampling 2/13");
  CHECK(shown(meter.hear(at(Kind::progress, "3", 1, 4), now)) == "-");
  CHECK(shown(meter.hear(at(Kind::executing, "10"), now)) == "sampling 4/13");
  CHECK(shown(meter.hear(at(Kind::progress, "10", 0, 2), now)) == "-");
  // img2img runs fewer steps than its node says.
  CHECK(shown(meter.hear(at(Kind::progress, "10", 2, 2), now)) == "sampling 12/13");
  CHECK(shown(meter.hear(at(Kind::executing, "8"), now)) == "decoding 12/13");
  CHECK(shown(meter.hear(at(Kind::progress, "9", 1, 1), now)) == "post_processing 12/13");
  CHECK(shown(meter.fetching()) == "post_processing 12/13");
}

TEST_CASE("R14: nodes that are cached count as done, and odd events change nothing") {
  ComfyProgress meter(kGraph);
  const auto now = ComfyProgress::Time() + 1h;
  ComfyEvent cached = at(Kind::cached, "");
  cached.nodes = {"3", "4", "77"};
  CHECK(shown(meter.hear(cached, now)) == "initializing 4/13");
  CHECK(shown(meter.hear(at(Kind::progress, "77", 5, 1), now)) == "-");
  CHECK(shown(meter.hear(at(Kind::progress, "10", 9, 1), now)) == "sampling 12/13");
  CHECK(shown(meter.hear(at(Kind::executing, ""), now)) == "-");
  CHECK(shown(meter.hear(at(Kind::success, ""), now)) == "-");
}

TEST_CASE("Progress tells the time that is left from the steps so far") {
  ComfyProgress meter(kGraph);
  const auto now = ComfyProgress::Time() + 1h;
  meter.hear(at(Kind::executing, "3"), now);
  const auto progress = meter.hear(at(Kind::progress, "3", 3, 4), now + 6s);
  REQUIRE(progress);
  CHECK(progress->eta_seconds == doctest::Approx(18));
}

TEST_CASE("A graph without samplers counts its nodes") {
  ComfyProgress meter(R"({"1": {"class_type": "EmptyImage", "inputs": {}},
                          "2": {"class_type": "SaveImage", "inputs": {}}})");
  const auto now = ComfyProgress::Time() + 1h;
  CHECK(shown(meter.hear(at(Kind::executing, "1"), now)) == "post_processing 0/3");
  CHECK(shown(meter.hear(at(Kind::executing, "2"), now)) == "post_processing 1/3");
  CHECK(shown(ComfyProgress("rubbish").waiting()) == "initializing 0/1");
}
