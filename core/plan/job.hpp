#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/base/bytes.hpp"
#include "core/base/color.hpp"
#include "core/base/digest.hpp"
#include "core/base/geometry.hpp"
#include "core/spec/sprite_spec.hpp"

namespace dgxp {

/// One picture to be generated: everything a worker needs, by value.
struct Job {
  std::string id;           ///< MasterSpec::id, for people
  Digest key;               ///< of everything below; names the raw image in store and on the wire
  Digest recipe;            ///< of everything below but seed and palette (the lock's `recipe`)
  std::string recipe_text;  ///< canonical JSON that `recipe` is the digest of
  std::string prompt;
  std::string negative;
  ModelFile model;
  std::vector<LoraSpec> loras;
  SamplerSpec sampler;        ///< with a workflow, only what is `written` counts
  std::string workflow_name;  ///< as in the manifest, or empty
  Digest workflow;            ///< of workflow_content; empty for a built-in, which the worker has
  Bytes workflow_content;     ///< see encode_workflow()
  Size raw_size;              ///< frame_size x frames x render_scale
  Size frame_size;            ///< of the master's frames
  int frames = 1;
  int render_scale = 16;
  std::string animation;
  std::string direction;  ///< "south", or empty
  std::string view;
  bool seamless = false;
  Background background = Background::border_flood;
  std::uint64_t seed = 0;
  std::vector<Rgb> palette;  ///< a hint for the worker; empty when there is none
  std::vector<Digest> references;
  std::vector<std::shared_ptr<const Bytes>> reference_contents;  ///< of each; never null
};

/// What a worker sends back.
struct RawImage {
  Digest key;  ///< Job::key
  Bytes png;
  bool placeholder = false;  ///< drawn by the procedural backend
};

}  // namespace dgxp
