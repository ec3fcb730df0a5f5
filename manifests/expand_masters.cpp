#include "manifests/expand_masters.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

namespace dgxp {
namespace {

MasterSpec make_master(const MasterPlan& plan, const Look& look, const RowPlan& row) {
  MasterSpec master;
  master.id = plan.id + row.master_id;
  master.place = plan.span.place;
  master.frame_size = plan.size;
  master.frames = static_cast<int>(row.row.durations.size());
  master.animation = row.row.animation;
  master.direction = row.drawn;
  master.palette = look.palette.name;
  master.palette_limit = look.palette.limit;
  master.recover = look.recover;
  master.field_places = look.places;
  if (row.frames.place.line > 0) master.field_places["frames"] = row.frames.place;
  if (row.animation.place.line > 0) master.field_places["animation"] = row.animation.place;
  return master;
}

void ask_worker(MasterSpec& master, const MasterPlan& plan, const Look& look) {
  master.style = look.style->spec;
  master.prompt = compose_prompt(master.style, plan.prompt, master.direction, master.animation);
  master.negative = master.style.negative;
  master.seamless = plan.seamless;
  master.references = look.references;
  master.seed = look.seed;
}

}  // namespace

bool MasterExpander::take(const MasterSpec& master, const Look& look, Span span) {
  const std::int64_t pixels = master.frame_size.area() * master.frames;
  const std::size_t bytes = sizeof(MasterSpec) + look.bytes + master.id.size() +
                            master.path.size() + master.prompt.size();
  return budget_.take_master(span) && budget_.take_pixels(pixels, span) &&
         budget_.take_bytes(bytes, span);
}

void MasterExpander::expand(const MasterPlan& plan, const Look& look,
                            const std::vector<RowPlan>& rows) {
  std::set<std::string_view> made;
  for (const RowPlan& row : rows) {
    if (!made.insert(row.master_id).second) continue;
    MasterSpec master = make_master(plan, look, row);
    master.drawn_by_hand = !plan.source.empty();
    if (master.drawn_by_hand) {
      master.path = plan.source;
    } else {
      master.path = fmt::format("{}/{}{}.png", art_dir_, plan.id, row.master_path);
      ask_worker(master, plan, look);
    }
    if (!take(master, look, plan.span)) return;
    resolved_.masters.push_back(std::move(master));
    resolved_.master_spans.push_back(plan.span);
  }
}

void MasterExpander::check_row_sizes(Size size, const Look& look, const std::vector<RowPlan>& rows,
                                     bool is_drawn, Span span) {
  constexpr std::int64_t kMostSide = 16'384;
  constexpr std::int64_t kMostArea = std::int64_t{1} << 26;
  const std::int64_t scale = is_drawn ? 1 : look.style->spec.render_scale;
  for (const RowPlan& row : rows) {
    const auto frames = static_cast<std::int64_t>(row.row.durations.size());
    const std::int64_t width = size.width * scale * frames;
    const std::int64_t height = size.height * scale;
    if (std::max(width, height) <= kMostSide && width * height <= kMostArea) continue;
    problems_.error(
        span,
        fmt::format("{} frame{} of {}x{} at {} pixels each {} a picture of {}x{}, more than {} a "
                    "side or {} in all",
                    frames, frames == 1 ? "" : "s", size.width, size.height, scale,
                    frames == 1 ? "is" : "are", width, height, kMostSide, kMostArea),
        "make size, frames or the style's render_scale smaller");
    return;
  }
}

}  // namespace dgxp
