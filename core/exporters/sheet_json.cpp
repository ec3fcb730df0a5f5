#include "core/exporters/sheet_json.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/base/digest.hpp"
#include "core/exporters/json_text.hpp"

namespace dgxp {
namespace {

constexpr int kSchema = 1;
/// Stands where a text is to be split; json_string leaves no such byte in a value.
constexpr std::string_view kGap = "\x01";
constexpr std::string_view kGapMember = "image_sha256";
constexpr int kOwnDepth = 2;

std::string json_point(Point point) {
  return fmt::format(R"({{"x":{},"y":{}}})", point.x, point.y);
}

// Pixi hands it on as the anchor of sprites, so it counts in frame sizes; the middle by default.
std::string anchor_of(const SpriteSpec& sprite) {
  if (!sprite.pivot || sprite.size.width <= 0 || sprite.size.height <= 0)
    return R"({"x":0.5,"y":0.5})";
  const double x = static_cast<double>(sprite.pivot->x) / sprite.size.width;
  const double y = static_cast<double>(sprite.pivot->y) / sprite.size.height;
  return fmt::format(R"({{"x":{},"y":{}}})", json_number(x), json_number(y));
}

std::string borders_of(const std::array<int, 4>& borders) {
  return fmt::format(R"({{"bottom":{},"left":{},"right":{},"top":{}}})", borders[3], borders[0],
                     borders[2], borders[1]);
}

std::string frame_text(const SheetRow& row, std::size_t index) {
  const Rect rect = row.frames[index]->rect;
  // As json_object writes it, sorted by name: there may be ten thousands of these.
  std::string text = R"({"anchor":)" + anchor_of(*row.sprite);
  if (row.sprite->borders) text += R"(,"borders":)" + borders_of(*row.sprite->borders);
  if (row.row->durations[index] > 0)
    text += R"(,"duration":)" + std::to_string(row.row->durations[index]);
  text += R"(,"frame":)" + json_rect(rect);
  text += R"(,"rotated":false,"sourceSize":)" + json_size(rect.size());
  text += R"(,"spriteSourceSize":)" + json_rect({0, 0, rect.width, rect.height});
  return text + R"(,"trimmed":false})";
}

std::string frames_text(const std::vector<SheetRow>& rows) {
  JsonOrderedMembers members;
  for (const SheetRow& row : rows) {
    for (std::size_t i = 0; i < row.frames.size(); ++i)
      members.emplace_back(row.frames[i]->name, frame_text(row, i));
  }
  return json_object_lines(members, 1);
}

std::vector<int> shown_frames(const SheetRow& row, PlaybackStyle style) {
  const Playback playback =
      style == PlaybackStyle::unrolled ? row.row->playback : Playback::forward;
  return play_order(playback, static_cast<int>(row.frames.size()), row.row->loop);
}

std::string animations_text(const std::vector<SheetRow>& rows, PlaybackStyle style) {
  JsonMembers members;
  for (const SheetRow& row : rows) {
    if (!row.is_animation()) continue;
    std::vector<std::string> names;
    for (const int frame : shown_frames(row, style))
      names.push_back(row.frames[static_cast<std::size_t>(frame)]->name);
    members[row.id] = json_strings(names);
  }
  return json_object_lines(members, 1);
}

/// `anims` of meta.dgxp. Its events count in frames of `animations`, as that is what plays.
std::string anim_text(const SheetRow& row, PlaybackStyle style) {
  JsonMembers members{
      {"playback", json_string(style == PlaybackStyle::unrolled ? to_text(Playback::forward)
                                                                : to_text(row.row->playback))},
      {"repeat", row.row->loop ? json_string("loop") : "1"}};
  JsonMembers events;
  const std::vector<int> shown = shown_frames(row, style);
  for (std::size_t i = 0; i < shown.size(); ++i) {
    const auto event = row.row->events.find(shown[i]);
    if (event != row.row->events.end()) events[std::to_string(i)] = json_string(event->second);
  }
  if (!events.empty()) members["events"] = json_object(events);
  return json_object(members);
}

std::string frame_tags(const std::vector<SheetRow>& rows) {
  std::vector<std::string> tags;
  std::size_t first = 0;
  for (const SheetRow& row : rows) {
    const std::size_t from = first;
    first += row.frames.size();
    if (!row.is_animation()) continue;
    JsonMembers tag{{"direction", json_string(to_text(row.row->playback))},
                    {"from", std::to_string(from)},
                    {"name", json_string(row.id)},
                    {"to", std::to_string(first - 1)}};
    if (!row.row->loop) tag["repeat"] = json_string("1");
    tags.push_back(json_object(tag));
  }
  return json_array_lines(tags, 2);
}

std::string slice_text(const SpriteSpec& sprite, const SliceSpec& slice, std::size_t frame) {
  JsonMembers key{{"bounds", json_rect(slice.bounds)}, {"frame", std::to_string(frame)}};
  if (slice.center) key["center"] = json_rect(*slice.center);
  if (slice.pivot) key["pivot"] = json_point(*slice.pivot);
  return json_object({{"keys", json_array({json_object(key)})},
                      {"name", json_string(sprite.id + "/" + slice.name)}});
}

/// Aseprite's slices belong to a canvas; here each belongs to its sprite and has one key, at the
/// sprite's first frame.
std::string slices_text(const std::vector<SheetRow>& rows) {
  std::vector<std::string> slices;
  std::size_t first = 0;
  const SpriteSpec* last = nullptr;
  for (const SheetRow& row : rows) {
    if (row.sprite != last) {
      for (const SliceSpec& slice : row.sprite->slices)
        slices.push_back(slice_text(*row.sprite, slice, first));
    }
    last = row.sprite;
    first += row.frames.size();
  }
  return json_array_lines(slices, 2);
}

JsonMembers own_block(const Sheet& sheet, const std::vector<SheetRow>& rows, PlaybackStyle style) {
  JsonMembers anims;
  for (const SheetRow& row : rows) {
    if (row.is_animation()) anims[row.id] = anim_text(row, style);
  }
  JsonMembers sprites;
  for (SpriteEntry& entry : sprite_entries(rows)) sprites[entry.id] = std::move(entry.text);
  return {{"anims", json_object_lines(anims, 3)}, {"extrude", std::to_string(sheet.spec->extrude)},
          {"filter", json_string("nearest")},     {std::string(kGapMember), std::string(kGap)},
          {"schema", std::to_string(kSchema)},    {"sprites", json_object_lines(sprites, 3)}};
}

std::string related_packs(const Sheet& sheet) {
  std::vector<std::string> names;
  for (int page = 1; page < static_cast<int>(sheet.atlas->pages.size()); ++page)
    names.push_back(base_name(page_stem(sheet, page)) + ".dgxp.json");
  return json_strings(names);
}

std::string write_document(const Sheet& sheet, int page, const std::vector<SheetRow>& rows,
                           PlaybackStyle style) {
  JsonMembers meta{{"app", json_string("dgxp")},
                   {"dgxp", json_object_lines(own_block(sheet, rows, style), kOwnDepth)},
                   {"format", json_string("RGBA8888")},
                   {"frameTags", frame_tags(rows)},
                   {"image", json_string(base_name(page_stem(sheet, page)) + ".png")},
                   {"scale", json_string("1")},
                   {"size", json_size(sheet.atlas->pages.at(static_cast<std::size_t>(page)).size)},
                   {"slices", slices_text(rows)},
                   {"version", json_string(std::to_string(kSchema))}};
  if (page == 0 && sheet.atlas->pages.size() > 1)
    meta["related_multi_packs"] = related_packs(sheet);
  const JsonMembers members{{"animations", animations_text(rows, style)},
                            {"frames", frames_text(rows)},
                            {"meta", json_object_lines(meta, 1)}};
  return json_object_lines(members, 0) + "\n";
}

struct ImageFile {
  Digest digest;
  std::size_t size = 0;
};

/// What fills the gap: neighbours by their names.
std::string pixel_members(const Sheet& sheet, const ImageFile& image, const std::string& revision) {
  std::vector<std::string> palette;
  for (const Rgb color : sheet.palette) palette.push_back(to_hex(color));
  JsonMembers members{{std::string(kGapMember), json_string(image.digest.hex())},
                      {"image_size_bytes", std::to_string(image.size)},
                      {"palette", json_strings(palette)}};
  if (!revision.empty()) members["revision"] = json_string(revision);
  const std::string text = json_object_lines(members, kOwnDepth);
  const std::size_t begin = text.find('"');
  return text.substr(begin, text.rfind('\n') - begin);
}

}  // namespace

std::vector<SpriteEntry> sprite_entries(const std::vector<SheetRow>& rows,
                                        const std::string& sheet_file) {
  std::vector<SpriteEntry> entries;
  // The rows of a sprite stand side by side. As json_object writes it, since there are many.
  for (auto row = rows.begin(); row != rows.end();) {
    const SpriteSpec& sprite = *row->sprite;
    const bool is_placeholder = row->is_placeholder;
    std::string anims;
    std::string frames;
    for (; row != rows.end() && row->sprite == &sprite; ++row) {
      for (const PlacedFrame* frame : row->frames)
        frames += (frames.empty() ? "" : ",") + json_string(frame->name);
      if (row->is_animation()) anims += (anims.empty() ? "" : ",") + json_string(row->id);
    }
    std::string text = R"({"anims":[)" + anims + R"(],"frames":[)" + frames + "]";
    if (sprite.pivot) text += R"(,"pivot":)" + json_point(*sprite.pivot);
    text += is_placeholder ? R"(,"placeholder":true)" : R"(,"placeholder":false)";
    if (!sheet_file.empty()) text += R"(,"sheet":)" + json_string(sheet_file);
    text += R"(,"size":)" + json_size(sprite.size) + "}";
    entries.push_back({.id = sprite.id, .text = std::move(text)});
  }
  std::ranges::sort(entries, {}, &SpriteEntry::id);
  return entries;
}

ExportMemory::SheetText write_sheet_text(const Sheet& sheet, int page,
                                         const std::vector<SheetRow>& rows, PlaybackStyle style) {
  const std::string stem = page_stem(sheet, page);
  const std::string text = write_document(sheet, page, rows, style);
  const std::string gap = fmt::format("\"{}\": {}", kGapMember, kGap);
  const std::size_t at = text.find(gap);
  return {.image = stem + ".png",
          .json = stem + ".dgxp.json",
          .head = text.substr(0, at),
          .tail = text.substr(at + gap.size())};
}

FinishedSheet finish_sheet(const ExportMemory::SheetText& text, const Sheet& sheet, int page) {
  const Bytes& png = sheet.page_png.at(static_cast<std::size_t>(page));
  const ImageFile image{.digest = sha256(png), .size = png.size()};
  Bytes content = to_bytes(text.head + pixel_members(sheet, image, "") + text.tail);
  content.insert(content.end(), png.begin(), png.end());
  std::string revision = sha256(content).hex();
  Bytes finished = to_bytes(text.head + pixel_members(sheet, image, revision) + text.tail);
  return {.revision = std::move(revision), .text = std::move(finished)};
}

}  // namespace dgxp
