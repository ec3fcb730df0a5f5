#include "core/procedural/draw_procedural.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "core/procedural/canvas.hpp"
#include "core/procedural/kinds.hpp"
#include "core/procedural/render_raw.hpp"
#include "core/procedural/scene.hpp"

namespace dgxp {
namespace {

constexpr int kMaxSide = 4096;
constexpr int kMaxFrames = 256;
constexpr std::int64_t kMaxPixels = std::int64_t{1} << 26;
constexpr int kLargestDrawing = 64;  // larger free figures are drawn smaller and blown up

bool is_drawable(const ProceduralRequest& request) {
  const Size size = request.frame_size;
  if (size.width < 1 || size.height < 1 || size.width > kMaxSide || size.height > kMaxSide)
    return false;
  if (request.frames < 1 || request.frames > kMaxFrames) return false;
  return size.area() * request.frames <= kMaxPixels;
}

std::uint64_t hash_text(std::uint64_t hash, std::string_view text) {
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  return mix(hash, text.size());
}

// Words that tell rows of one sprite apart.
bool is_row_word(const std::string& word, const ProceduralRequest& request) {
  constexpr std::array<std::string_view, 10> kWords{
      "north", "south", "east", "west", "facing", "front", "back", "frame", "frames", "animation"};
  return std::ranges::count(kWords, word) > 0 || word == request.animation ||
         word == request.direction;
}

// The rows of one sprite come as jobs of their own, each with its own seed, and must show the same
// figure: so what a row looks like hangs on its words, and only a still hangs on the seed.
std::uint64_t look_of(const ProceduralRequest& request, const Prompt& prompt) {
  if (request.look != 0) return request.look;
  if (request.animation.empty() && request.direction.empty()) return mix(request.seed, 1);
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const std::string& word : prompt.words())
    if (!is_row_word(word, request)) hash = hash_text(hash, word);
  return mix(hash, 2);
}

struct View {
  Facing facing = Facing::south;
  bool mirrored = false;
  int glance = 0;
};

View read_direction(std::string_view direction) {
  if (direction == "east") return {Facing::east, false, 0};
  if (direction == "west") return {Facing::east, true, 0};
  if (direction == "north") return {Facing::north, false, 0};
  if (direction == "south-east") return {Facing::south, false, 1};
  if (direction == "south-west") return {Facing::south, true, 1};
  if (direction == "north-east") return {Facing::north, false, 1};
  if (direction == "north-west") return {Facing::north, true, 1};
  return {};
}

Image enlarge(const Image& small, int factor, Size size) {
  Image large(size);
  const int x0 = (size.width - small.size.width * factor) / 2;
  const int y0 = size.height - small.size.height * factor;
  for (int y = 0; y < small.size.height * factor; ++y)
    for (int x = 0; x < small.size.width * factor; ++x)
      large.at(x0 + x, y0 + y) = small.at(x / factor, y / factor);
  return large;
}

bool is_empty(const Image& image) {
  return std::ranges::none_of(image.pixels, [](const Rgba& pixel) { return pixel.a != 0; });
}

struct Drawing {
  const Kind* kind = nullptr;
  Scene scene;
  View view;
  int factor = 1;
};

// A light that runs over things at rest, so that an animation of them shows something. The first
// frame is the still picture.
void flash(Canvas& canvas, const Scene& scene) {
  if (scene.frame == 0) return;
  const double steps = std::max(1, scene.frames - 2);
  canvas.shine(scene.frames == 2 ? 0.42 : 0.28 + 0.44 * (scene.frame - 1) / steps);
}

Image draw_frame(const Drawing& drawing, const RampSet& ramps, Size size) {
  Canvas canvas(drawing.scene.size, drawing.kind->frame);
  drawing.kind->paint(canvas, drawing.scene);
  if (drawing.kind->life == Life::inert) flash(canvas, drawing.scene);
  if (drawing.view.mirrored) canvas.mirror();
  Image image = canvas.finish(ramps);
  if (is_empty(image))  // a frame too small for the painter
    image.at(image.size.width / 2, image.size.height / 2) = opaque(ramps.ramp(Material::gold)[2]);
  return drawing.factor > 1 ? enlarge(image, drawing.factor, size) : image;
}

void put_frame(Image& strip, const Image& frame, int at) {
  for (int y = 0; y < frame.size.height; ++y)
    for (int x = 0; x < frame.size.width; ++x) strip.at(at + x, y) = frame.at(x, y);
}

}  // namespace

Image draw_native(const ProceduralRequest& request) {
  if (!is_drawable(request)) return {};
  const Prompt prompt(request.prompt);
  const RampSet ramps(
      std::span(request.palette).first(std::min<std::size_t>(request.palette.size(), 256)));
  const Size size = request.frame_size;
  Drawing drawing;
  drawing.kind = &find_kind(prompt, request.seamless);
  drawing.view = read_direction(request.direction);
  if (drawing.kind->frame == Extent::free)
    drawing.factor = (std::min(size.width, size.height) + kLargestDrawing - 1) / kLargestDrawing;
  drawing.scene = {.prompt = &prompt,
                   .ramps = &ramps,
                   .size = {size.width / drawing.factor, size.height / drawing.factor},
                   .motion = read_motion(request.animation, request.frames),
                   .facing = drawing.view.facing,
                   .glance = drawing.view.glance,
                   .frame = 0,
                   .frames = request.frames,
                   .seamless = request.seamless,
                   .is_directed = !request.direction.empty(),
                   .look = look_of(request, prompt)};
  Image strip({size.width * request.frames, size.height});
  for (int i = 0; i < request.frames; ++i) {
    drawing.scene.frame = i;
    put_frame(strip, draw_frame(drawing, ramps, size), i * size.width);
  }
  return strip;
}

Image draw_procedural(const ProceduralRequest& request) {
  const int scale = std::clamp(request.render_scale, 1, 64);
  const Image native = draw_native(request);
  if (native.size.area() * scale * scale > kMaxPixels) return {};
  return render_raw(native, request.palette, {.scale = scale, .seed = mix(request.seed, 3)});
}

}  // namespace dgxp
