#include "core/build/same_spec.hpp"

#include <algorithm>
#include <tuple>

namespace dgxp {
namespace {

// Each takes its type apart by naming every member, so that a new one cannot be forgotten here.

auto parts_of(const ModelFile& model) {
  const auto& [file, sha256] = model;
  return std::tie(file, sha256);
}

auto parts_of(const LoraSpec& lora) {
  const auto& [file, sha256, weight] = lora;
  return std::tie(file, sha256, weight);
}

auto parts_of(const SamplerSpec::Written& written) {
  const auto& [name, scheduler, steps, cfg] = written;
  return std::tie(name, scheduler, steps, cfg);
}

auto parts_of(const SliceSpec& slice) {
  const auto& [name, bounds, center, pivot] = slice;
  return std::tie(name, bounds, center, pivot);
}

auto parts_of(const RowSpec& row) {
  const auto& [name, animation, direction, master, mirrored, durations, playback, loop, events] =
      row;
  return std::tie(name, animation, direction, master, mirrored, durations, playback, loop, events);
}

bool are_same(const SamplerSpec& a, const SamplerSpec& b) {
  const auto parts = [](const SamplerSpec& sampler) {
    const auto& [name, scheduler, steps, cfg, denoise, written] = sampler;
    return std::tuple_cat(std::tie(name, scheduler, steps, cfg, denoise), parts_of(written));
  };
  return parts(a) == parts(b);
}

template <typename Part>
bool are_same(const std::vector<Part>& a, const std::vector<Part>& b) {
  return std::ranges::equal(
      a, b, [](const Part& x, const Part& y) { return parts_of(x) == parts_of(y); });
}

bool are_same(const std::optional<ModelFile>& a, const std::optional<ModelFile>& b) {
  if (!a || !b) return a.has_value() == b.has_value();
  return parts_of(*a) == parts_of(*b);
}

bool are_same(const StyleSpec& a, const StyleSpec& b) {
  const auto parts = [](const StyleSpec& style) {
    const auto& [name, place, workflow, checkpoint, loras, prompt, negative, view, outline, sampler,
                 scale] = style;
    (void)place;
    (void)checkpoint;
    (void)loras;
    (void)sampler;
    return std::tie(name, workflow, prompt, negative, view, outline, scale);
  };
  return parts(a) == parts(b) && are_same(a.checkpoint, b.checkpoint) &&
         are_same(a.loras, b.loras) && are_same(a.sampler, b.sampler);
}

}  // namespace

bool says_same(const MasterSpec& a, const MasterSpec& b) {
  const auto parts = [](const MasterSpec& master) {
    const auto& [id, path, place, drawn_by_hand, frame_size, frames, animation, direction, palette,
                 palette_limit, recover, prompt, negative, style, seamless, references, seed,
                 candidates, field_places] = master;
    (void)place;
    (void)style;
    (void)field_places;
    return std::tie(id, path, drawn_by_hand, frame_size, frames, animation, direction, palette,
                    palette_limit, recover, prompt, negative, seamless, references, seed,
                    candidates);
  };
  return parts(a) == parts(b) && are_same(a.style, b.style);
}

bool says_same(const SpriteSpec& a, const SpriteSpec& b) {
  const auto parts = [](const SpriteSpec& sprite) {
    const auto& [id, place, size, pivot, borders, slices, rows, palette, variant, recolor, finish,
                 note] = sprite;
    (void)place;
    (void)slices;
    (void)rows;
    return std::tie(id, size, pivot, borders, palette, variant, recolor, finish, note);
  };
  return parts(a) == parts(b) && are_same(a.slices, b.slices) && are_same(a.rows, b.rows);
}

bool says_same(const ChecksSpec& a, const ChecksSpec& b) {
  const auto parts = [](const ChecksSpec& checks) {
    const auto& [palette, coverage_min, coverage_max, coverage, baseline_max, baseline, centre_max,
                 centre, colors_max, colors, soft_alpha, canvas, mixels, strays, outline, flicker,
                 loop_seam, tile_seam] = checks;
    return std::tie(palette, coverage_min, coverage_max, coverage, baseline_max, baseline,
                    centre_max, centre, colors_max, colors, soft_alpha, canvas, mixels, strays,
                    outline, flicker, loop_seam, tile_seam);
  };
  return parts(a) == parts(b);
}

}  // namespace dgxp
