#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/fake_comfy/fake_comfy.hpp"
#include "tests/support/fake_comfy/fake_json.hpp"

namespace dgxp {

/// What one output slot of a node holds; which members count depends on `type`.
struct FakeValue {
  std::string type;                   ///< "MODEL", "IMAGE" ...
  std::string name;                   ///< checkpoint, VAE or control net
  std::vector<FakeLora> loras;        ///< MODEL, CLIP
  std::string text;                   ///< CONDITIONING
  std::vector<FakeControl> controls;  ///< CONDITIONING
  std::vector<Image> images;          ///< IMAGE, MASK (in all channels), encoded LATENT
  bool alpha = false;                 ///< IMAGE with four channels
  Size size;                          ///< LATENT
  int batch = 1;                      ///< LATENT
  std::shared_ptr<const Image> mask;  ///< LATENT
  std::vector<FakeDrawing> drawings;  ///< LATENT that was sampled
};

struct FakeNodeCall {
  std::string class_type;
  FakeJson inputs;                         ///< literals
  std::map<std::string, FakeValue> links;  ///< values of the linked inputs, by name
  std::vector<std::string> input_order;
  std::vector<std::string> output_types;
};

struct FakeNodeTools {
  std::function<Image(const FakeDrawing&)> draw;
  std::function<std::shared_ptr<const Image>(const std::string&)> load;  ///< an uploaded file
  int cell = 16;
};

/// The values of a node that saves nothing. What a class without a rule of its own gives: its first
/// input of the same type.
std::vector<FakeValue> fake_execute(const FakeNodeCall& call, const FakeNodeTools& tools);

}  // namespace dgxp
