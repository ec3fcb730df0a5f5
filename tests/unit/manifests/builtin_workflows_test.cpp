// The workflows that come with dgxp, as files.
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <random>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "manifests/workflow_binding.hpp"

namespace {

using namespace dgxp;
using nlohmann::json;

std::string read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

WorkflowTemplate load(const std::string& name) {
  const std::filesystem::path folder =
      std::filesystem::path(DGXP_SOURCE_DIR) / "templates" / "workflows";
  const std::string graph = read(folder / (name + ".json"));
  const std::string binding = read(folder / (name + ".bind.yaml"));
  auto loaded =
      load_workflow({.name = name, .graph = as_bytes(graph), .binding = as_bytes(binding)});
  std::string problems;
  for (const Diagnostic& problem : loaded.diagnostics) problems += format_diagnostic(problem);
  REQUIRE_MESSAGE(loaded.workflow, problems);
  CHECK(problems.empty());
  return *std::move(loaded.workflow);
}

std::vector<std::string> names() {
  return {"img2img-sdxl", "pose-row-sdxl",   "sprite-key-sdxl",
          "sprite-sdxl",  "sprite-sdxl-lcm", "tile-sdxl"};
}

TEST_CASE("each built-in workflow takes all that a style can say, and LoRAs reach every sampler") {
  for (const std::string& name : names()) {
    CAPTURE(name);
    const WorkflowTemplate workflow = load(name);
    WorkflowValues values{.prompt = "a slime",
                          .negative = "a text",
                          .seed = 18446744073709551615ULL,
                          .width = 256,
                          .height = 512,
                          .steps = 9,
                          .cfg = 2.5,
                          .sampler = "euler",
                          .scheduler = "normal",
                          .checkpoint = "a.safetensors",
                          .loras = {{"one.safetensors", 0.9}, {"two.safetensors", 0.5}},
                          .filename_prefix = "dgxp/x"};
    if (workflow.binding.seamless) values.width = values.height = 1024;
    for (const ImageBinding& image : workflow.binding.images) values.images.push_back(image.name);
    const auto bound = bind_workflow(workflow, values);
    REQUIRE_MESSAGE(bound, (bound ? "" : bound.error().message));
    const json graph = json::parse(bound->graph);
    int samplers = 0;
    std::string last_lora;
    for (const auto& [id, node] : graph.items()) {
      if (node["inputs"].value("lora_name", "") == "two.safetensors") last_lora = id;
    }
    REQUIRE_FALSE(last_lora.empty());
    for (const auto& [id, node] : graph.items()) {
      if (node["class_type"] == "KSampler") {
        ++samplers;
        CHECK(node["inputs"]["model"] == json::array({last_lora, 0}));
        CHECK(node["inputs"]["seed"] == 18446744073709551615ULL);
        CHECK(node["inputs"]["steps"] == 9);
        CHECK(node["inputs"]["cfg"] == 2.5);
      }
      if (node["class_type"] == "CLIPTextEncode") {
        CHECK(node["inputs"]["clip"] == json::array({last_lora, 1}));
      }
    }
    CHECK(samplers == (name == "tile-sdxl" ? 4 : 1));
    CHECK(graph["6"]["inputs"]["text"] == "a slime");
    CHECK(graph["7"]["inputs"]["text"] == "a text");
    CHECK(graph["4"]["inputs"]["ckpt_name"] == "a.safetensors");
    REQUIRE(bound->outputs.size() == 1);
    CHECK(graph[bound->outputs[0].node]["class_type"] == "SaveImage");
  }
}

// ---- Does the tile repeat?
//
// The tile's graph is played at a sixteenth of its size. A sampler is played by a smooth picture
// without any regard for edges; one with a mask by relaxation: inside of the mask the picture
// becomes smooth, edges of the picture count for nothing. Where the edge of the outcome is a step,
// a seam was forgotten.

constexpr int kSide = 64;

struct Plane {
  int width = 0;
  int height = 0;
  std::vector<double> values;
  Plane(int w, int h, double value = 0)
      : width(w), height(h), values(static_cast<std::size_t>(w * h), value) {}
  double& at(int x, int y) { return values[static_cast<std::size_t>(y * width + x)]; }
  double at(int x, int y) const { return values[static_cast<std::size_t>(y * width + x)]; }
};

class GraphPlayer {
 public:
  explicit GraphPlayer(const json& graph) : graph_(graph) {}

  const Plane& play(const std::string& id) {
    const auto known = planes_.find(id);
    if (known != planes_.end()) return known->second;
    return planes_.emplace(id, run(graph_[id])).first->second;
  }

 private:
  static int scaled(const json& value) { return value.get<int>() / 16; }
  const Plane& input(const json& node, const char* name) {
    return play(node["inputs"][name][0].get<std::string>());
  }

  Plane run(const json& node) {
    const std::string type = node["class_type"];
    const json& in = node["inputs"];
    if (type == "EmptyLatentImage") return Plane(scaled(in["width"]), scaled(in["height"]));
    if (type == "KSampler") return sample(in);
    if (type == "VAEDecode") return input(node, "samples");
    if (type == "VAEEncode") return input(node, "pixels");
    if (type == "SetLatentNoiseMask") return input(node, "samples");
    if (type == "SolidMask") {
      return Plane(scaled(in["width"]), scaled(in["height"]), in["value"].get<double>());
    }
    if (type == "FeatherMask") return feathered(input(node, "mask"), in);
    if (type == "MaskComposite") return added(node);
    if (type == "ImageCrop") return cropped(input(node, "image"), in);
    if (type == "ImageCompositeMasked") return pasted(node);
    FAIL("no such class: " << type);
    return Plane(0, 0);
  }

  Plane sample(const json& in) {
    const std::string latent = in["latent_image"][0];
    Plane plane = play(latent);
    if (graph_[latent]["class_type"] != "SetLatentNoiseMask") {
      for (int y = 0; y < plane.height; ++y) {
        for (int x = 0; x < plane.width; ++x) plane.at(x, y) = 3.0 * x + 2.0 * y;
      }
      return plane;
    }
    const Plane mask = play(graph_[latent]["inputs"]["mask"][0]);
    // What is painted owes nothing to what was there.
    std::mt19937 random(7);
    for (std::size_t i = 0; i < plane.values.size(); ++i) {
      if (mask.values[i] > 0) plane.values[i] = static_cast<double>(random() % 200);
    }
    for (int round = 0; round < 4000; ++round) relax(plane, mask);
    return plane;
  }

  static void relax(Plane& plane, const Plane& mask) {
    for (int y = 0; y < plane.height; ++y) {
      for (int x = 0; x < plane.width; ++x) {
        if (mask.at(x, y) <= 0) continue;
        double sum = 0;
        int count = 0;
        const auto add = [&](int nx, int ny) {
          if (nx < 0 || ny < 0 || nx >= plane.width || ny >= plane.height) return;
          sum += plane.at(nx, ny);
          ++count;
        };
        add(x - 1, y);
        add(x + 1, y);
        add(x, y - 1);
        add(x, y + 1);
        plane.at(x, y) = sum / count;
      }
    }
  }

  static Plane feathered(Plane mask, const json& in) {
    const int left = scaled(in["left"]);
    const int top = scaled(in["top"]);
    const int right = scaled(in["right"]);
    const int bottom = scaled(in["bottom"]);
    for (int y = 0; y < mask.height; ++y) {
      for (int x = 0; x < mask.width; ++x) {
        double& value = mask.at(x, y);
        if (x < left) value *= (x + 1.0) / left;
        if (y < top) value *= (y + 1.0) / top;
        if (mask.width - 1 - x < right) value *= (mask.width - x * 1.0) / right;
        if (mask.height - 1 - y < bottom) value *= (mask.height - y * 1.0) / bottom;
      }
    }
    return mask;
  }

  Plane added(const json& node) {
    const json& in = node["inputs"];
    REQUIRE(in["operation"] == "add");
    Plane result = input(node, "destination");
    const Plane source = input(node, "source");
    for (int y = 0; y < source.height; ++y) {
      for (int x = 0; x < source.width; ++x) {
        double& value = result.at(x + scaled(in["x"]), y + scaled(in["y"]));
        value = std::min(1.0, value + source.at(x, y));
      }
    }
    return result;
  }

  static Plane cropped(const Plane& image, const json& in) {
    Plane result(scaled(in["width"]), scaled(in["height"]));
    for (int y = 0; y < result.height; ++y) {
      for (int x = 0; x < result.width; ++x) {
        result.at(x, y) = image.at(x + scaled(in["x"]), y + scaled(in["y"]));
      }
    }
    return result;
  }

  Plane pasted(const json& node) {
    const json& in = node["inputs"];
    Plane result = input(node, "destination");
    const Plane source = input(node, "source");
    Plane mask(source.width, source.height, 1);
    if (in.contains("mask")) mask = input(node, "mask");
    for (int y = 0; y < source.height; ++y) {
      for (int x = 0; x < source.width; ++x) {
        double& value = result.at(x + scaled(in["x"]), y + scaled(in["y"]));
        value += mask.at(x, y) * (source.at(x, y) - value);
      }
    }
    return result;
  }

  const json& graph_;
  std::map<std::string, Plane> planes_;
};

/// The largest step over the edges of a plane that is laid beside itself.
double largest_step_over_edges(const Plane& plane) {
  double step = 0;
  for (int i = 0; i < kSide; ++i) {
    step = std::max(step, std::abs(plane.at(kSide - 1, i) - plane.at(0, i)));
    step = std::max(step, std::abs(plane.at(i, kSide - 1) - plane.at(i, 0)));
  }
  return step;
}

double largest_step_inside(const Plane& plane) {
  double step = 0;
  for (int y = 0; y < kSide; ++y) {
    for (int x = 0; x < kSide; ++x) {
      if (x > 0) step = std::max(step, std::abs(plane.at(x, y) - plane.at(x - 1, y)));
      if (y > 0) step = std::max(step, std::abs(plane.at(x, y) - plane.at(x, y - 1)));
    }
  }
  return step;
}

TEST_CASE("what tile-sdxl paints has no step at its edges, where a plain picture has one") {
  const WorkflowTemplate tile = load("tile-sdxl");
  REQUIRE(tile.binding.seamless);
  const json graph = json::parse(tile.graph);
  GraphPlayer player(graph);
  const Plane plain = player.play("8");
  CHECK(largest_step_over_edges(plain) > 120);
  const std::string scale = graph["9"]["inputs"]["images"][0];
  const Plane painted = player.play(graph[scale]["inputs"]["image"][0]);
  REQUIRE(painted.width == kSide);
  REQUIRE(painted.height == kSide);
  MESSAGE("edges: " << largest_step_over_edges(painted)
                    << ", inside: " << largest_step_inside(painted));
  CHECK(largest_step_over_edges(painted) < largest_step_inside(painted) + 1);
  CHECK(largest_step_inside(painted) < 60);
}

}  // namespace
