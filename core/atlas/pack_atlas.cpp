#include "core/atlas/pack_atlas.hpp"

#include <algorithm>
#include <numeric>
#include <optional>

#include <fmt/format.h>

#include "core/atlas/atlas_memory.hpp"
#include "core/atlas/compose_pages.hpp"
#include "core/atlas/grid_layout.hpp"
#include "core/atlas/packing.hpp"
#include "core/atlas/stable_layout.hpp"

namespace dgxp {
namespace {

constexpr int kMostPixels = 16384;  // of a page's side: what graphics cards can take
constexpr int kMostBorder = 256;

template <typename T>
const T& at(const std::vector<T>& values, int index) {
  return values[static_cast<std::size_t>(index)];
}

PackRules rules_of(const AtlasSpec& spec) {
  return {.max_size = spec.max_size, .padding = spec.padding, .power_of_two = spec.power_of_two};
}

std::string to_text(Size size) {
  return fmt::format("{}x{}", size.width, size.height);
}

std::optional<Error> check_spec(const AtlasSpec& spec) {
  const auto refuse = [&](std::string_view field, int value, int least, int most) {
    return Error{ErrorKind::manifest, fmt::format("atlas '{}': {} is {}, not within {} to {}",
                                                  spec.name, field, value, least, most)};
  };
  const auto outside = [](int value, int least, int most) { return value < least || value > most; };
  if (outside(spec.max_size, 1, kMostPixels))
    return refuse("max_size", spec.max_size, 1, kMostPixels);
  if (outside(spec.padding, 0, kMostBorder)) return refuse("padding", spec.padding, 0, kMostBorder);
  if (outside(spec.extrude, 0, kMostBorder)) return refuse("extrude", spec.extrude, 0, kMostBorder);
  if (outside(spec.cell.width, 0, kMostPixels))
    return refuse("the width of a cell", spec.cell.width, 0, kMostPixels);
  if (outside(spec.cell.height, 0, kMostPixels))
    return refuse("the height of a cell", spec.cell.height, 0, kMostPixels);
  return std::nullopt;
}

Error too_large(const std::string& what, Size size, const AtlasSpec& spec) {
  const Size page = largest_page(rules_of(spec));
  const std::string border =
      spec.extrude > 0 ? fmt::format(" and {} px of extrusion around it", spec.extrude) : "";
  return {ErrorKind::input,
          fmt::format("{} is {}{}, larger than the page {} of atlas '{}'", what, to_text(size),
                      border, to_text(page), spec.name),
          "raise max_size of the atlas"};
}

std::optional<Error> check_frames(std::span<const AtlasInput> inputs, const AtlasSpec& spec) {
  const Size page = largest_page(rules_of(spec));
  for (const AtlasInput& input : inputs) {
    const Size size = input.image->size;
    if (size.width <= 0 || size.height <= 0)
      return Error{ErrorKind::input,
                   fmt::format("frame '{}' of atlas '{}' has no pixels", input.name, spec.name)};
    if (size.width > page.width - 2 * spec.extrude || size.height > page.height - 2 * spec.extrude)
      return too_large(fmt::format("frame '{}'", input.name), size, spec);
    if (spec.layout != AtlasLayout::grid || spec.cell == Size{}) continue;
    if (size.width > spec.cell.width || size.height > spec.cell.height)
      return Error{ErrorKind::input,
                   fmt::format("frame '{}' is {}, larger than the cell {} of atlas '{}'",
                               input.name, to_text(size), to_text(spec.cell), spec.name),
                   "raise cell of the atlas"};
  }
  return std::nullopt;
}

std::string_view group_of(const AtlasInput& input) {
  return input.group.empty() ? std::string_view(input.name) : std::string_view(input.group);
}

/// How many of `inputs` each page takes, in their order. A group begins a new page when the rest of
/// this one is too small for it and a whole one is not.
std::vector<int> fill_pages(std::span<const AtlasInput> inputs, int full) {
  std::vector<int> counts{0};
  for (std::size_t first = 0; first < inputs.size();) {
    std::size_t end = first + 1;
    while (end < inputs.size() && group_of(inputs[end]) == group_of(inputs[first])) ++end;
    int left = static_cast<int>(end - first);
    if (left <= full && left > full - counts.back()) counts.push_back(0);
    while (left > 0) {
      if (counts.back() == full) counts.push_back(0);
      const int taken = std::min(left, full - counts.back());
      counts.back() += taken;
      left -= taken;
    }
    first = end;
  }
  return counts;
}

Result<Atlas> pack_grid(std::span<const AtlasInput> inputs, const AtlasSpec& spec) {
  std::vector<Size> sizes;
  for (const AtlasInput& input : inputs) sizes.push_back(input.image->size);
  const CellGrid grid = make_grid(sizes, spec);
  if (grid.columns == 0)
    return too_large(fmt::format("the cell of frame '{}'", inputs.front().name), grid.cell, spec);
  Atlas atlas{.name = spec.name, .pages = {}, .frames = {}};
  auto input = inputs.begin();
  for (const int count : fill_pages(inputs, grid.cells_on_page())) {
    Image page(grid_page_size(grid, count, spec.power_of_two));
    for (int cell = 0; cell < count; ++cell, ++input) {
      const Point corner = grid.corner(cell);
      const Size size = input->image->size;
      draw_extruded(page, *input->image, corner, spec.extrude);
      atlas.frames.push_back({.name = input->name,
                              .page = static_cast<int>(atlas.pages.size()),
                              .rect = {corner.x, corner.y, size.width, size.height}});
    }
    atlas.pages.push_back(std::move(page));
  }
  return atlas;
}

/// The inputs as cells and units, numbered by names, so that their order has no say.
struct Problem {
  std::vector<Size> cells;           ///< with extrusion
  std::vector<const Image*> images;  ///< by cell
  std::vector<Unit> units;
  std::vector<int> cell_of;  ///< by input
  std::vector<int> unit_of;  ///< by input
  std::vector<int> by_name;  ///< inputs, sorted
};

void find_cells(Problem& problem, std::span<const AtlasInput> inputs,
                std::span<const std::uint64_t> hashes, int extrude) {
  std::vector<const Image*> sorted;
  std::vector<std::uint64_t> sorted_hashes;
  for (const int input : problem.by_name) {
    const auto index = static_cast<std::size_t>(input);
    sorted.push_back(inputs[index].image);
    sorted_hashes.push_back(hashes.empty() ? hash_pixels(*inputs[index].image) : hashes[index]);
  }
  const std::vector<int> first_of = find_equal_images(sorted, sorted_hashes);
  problem.cell_of.assign(inputs.size(), 0);
  std::vector<int> cell_of_sorted(sorted.size());
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    if (at(first_of, static_cast<int>(i)) == static_cast<int>(i)) {
      cell_of_sorted[i] = static_cast<int>(problem.cells.size());
      const Size size = sorted[i]->size;
      problem.cells.push_back({size.width + 2 * extrude, size.height + 2 * extrude});
      problem.images.push_back(sorted[i]);
    } else {
      cell_of_sorted[i] = at(cell_of_sorted, first_of[i]);
    }
    problem.cell_of[static_cast<std::size_t>(problem.by_name[i])] = cell_of_sorted[i];
  }
}

// A group that no page can hold falls apart into its pictures.
void find_units(Problem& problem, std::span<const AtlasInput> inputs, const PackRules& rules) {
  std::map<std::string_view, std::vector<int>> groups;  // inputs by group
  for (const int input : problem.by_name) {
    groups[group_of(inputs[static_cast<std::size_t>(input)])].push_back(input);
  }
  problem.unit_of.assign(inputs.size(), 0);
  for (const auto& [name, members] : groups) {
    Unit unit;
    for (const int input : members) unit.push_back(at(problem.cell_of, input));
    std::ranges::sort(unit);
    const auto repeated = std::ranges::unique(unit);
    unit.erase(repeated.begin(), repeated.end());
    const bool whole = unit.size() == 1 || fits_page(unit, problem.cells, rules);
    if (whole) problem.units.push_back(unit);
    for (const int input : members) {
      if (!whole) problem.units.push_back({at(problem.cell_of, input)});
      problem.unit_of[static_cast<std::size_t>(input)] = static_cast<int>(problem.units.size()) - 1;
    }
  }
}

Problem make_problem(std::span<const AtlasInput> inputs, std::span<const std::uint64_t> hashes,
                     const AtlasSpec& spec) {
  Problem problem;
  problem.by_name.resize(inputs.size());
  std::iota(problem.by_name.begin(), problem.by_name.end(), 0);
  std::ranges::sort(problem.by_name, {}, [&](int input) -> const std::string& {
    return inputs[static_cast<std::size_t>(input)].name;
  });
  find_cells(problem, inputs, hashes, spec.extrude);
  find_units(problem, inputs, rules_of(spec));
  return problem;
}

WantedPlaces wanted_places(const Problem& problem, std::span<const AtlasInput> inputs,
                           const std::map<std::string, LockedSlot>& locked, int extrude) {
  WantedPlaces wanted(problem.units.size());
  for (const int input : problem.by_name) {
    const auto slot = locked.find(inputs[static_cast<std::size_t>(input)].name);
    if (slot == locked.end()) continue;
    const auto [page, x, y] = slot->second;
    if (page < 0 || x < extrude || y < extrude) continue;
    wanted[static_cast<std::size_t>(at(problem.unit_of, input))].try_emplace(
        at(problem.cell_of, input), WantedPlace{.page = page, .at = {x - extrude, y - extrude}});
  }
  return wanted;
}

Atlas compose(const Packing& packing, const Problem& problem, std::span<const AtlasInput> inputs,
              const AtlasSpec& spec) {
  Atlas atlas{.name = spec.name, .pages = {}, .frames = {}};
  const int extrude = spec.extrude;
  for (const PackedPage& packed : packing.pages) {
    Image page(packed.size);
    for (const auto& [cell, corner] : packed.places)
      draw_extruded(page, *at(problem.images, cell), {corner.x + extrude, corner.y + extrude},
                    extrude);
    atlas.pages.push_back(std::move(page));
  }
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const int page = at(packing.page_of, problem.unit_of[i]);
    const Point corner = at(packing.pages, page).places.at(problem.cell_of[i]);
    const Size size = inputs[i].image->size;
    atlas.frames.push_back(
        {.name = inputs[i].name,
         .page = page,
         .rect = {corner.x + extrude, corner.y + extrude, size.width, size.height}});
  }
  return atlas;
}

/// `hashes` are by input, or none.
Result<Atlas> pack_again(std::span<const AtlasInput> inputs, std::span<const std::uint64_t> hashes,
                         const AtlasSpec& spec, const std::map<std::string, LockedSlot>& locked) {
  if (auto error = check_spec(spec)) return *std::move(error);
  if (inputs.empty()) return Atlas{.name = spec.name, .pages = {}, .frames = {}};
  if (auto error = check_frames(inputs, spec)) return *std::move(error);
  if (spec.layout == AtlasLayout::grid) return pack_grid(inputs, spec);
  const Problem problem = make_problem(inputs, hashes, spec);
  const WantedPlaces wanted = wanted_places(problem, inputs, locked, spec.extrude);
  const Packing packing = pack_stable(problem.cells, problem.units, wanted, rules_of(spec));
  return compose(packing, problem, inputs, spec);
}

}  // namespace

Result<Atlas> pack_atlas(std::span<const AtlasInput> inputs, const AtlasSpec& spec,
                         const std::map<std::string, LockedSlot>& locked, AtlasMemory* memory) {
  if (memory == nullptr) return pack_again(inputs, {}, spec, locked);
  if (auto atlas = redraw_atlas(*memory, inputs, spec, locked)) return *std::move(atlas);
  std::vector<std::uint64_t> hashes;
  if (spec.layout == AtlasLayout::packed) hashes = hash_inputs(inputs, *memory);
  auto atlas = pack_again(inputs, hashes, spec, locked);
  if (atlas && !inputs.empty()) {
    remember_atlas(*memory, inputs, spec, locked, hashes, *atlas);
  } else {
    *memory = {};
  }
  return atlas;
}

std::map<std::string, LockedSlot> layout_of(const Atlas& atlas, const AtlasSpec& spec) {
  std::map<std::string, LockedSlot> layout;
  if (spec.layout == AtlasLayout::grid) return layout;
  for (const PlacedFrame& frame : atlas.frames)
    layout[frame.name] = {.page = frame.page, .x = frame.rect.x, .y = frame.rect.y};
  return layout;
}

}  // namespace dgxp
