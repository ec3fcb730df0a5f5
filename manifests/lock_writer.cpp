#include "manifests/lock_writer.hpp"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "manifests/lock_file.hpp"
#include "manifests/lock_lines.hpp"

namespace dgxp {
namespace {

std::string write_key(std::string_view key) {
  if (is_plain_key(key)) return std::string(key);
  std::string quoted = "\"";
  for (const char c : key) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') quoted += '\\';
    if (byte < 0x20 || byte == 0x7f) {
      quoted += fmt::format("\\x{:02x}", byte);
    } else {
      quoted += c;
    }
  }
  return quoted + '"';
}

std::string write_colors(const std::vector<Rgb>& colors) {
  std::string text = "[";
  for (const Rgb color : colors) {
    if (text.size() > 1) text += ", ";
    text += '"' + to_hex(color) + '"';
  }
  return text + "]";
}

void write_job(std::string& text, const std::string& id, const LockedJob& job) {
  const auto out = std::back_inserter(text);
  fmt::format_to(out, "  {}:\n", write_key(id));
  fmt::format_to(out, "    master: sha256:{}\n", job.master.hex());
  fmt::format_to(out, "    origin: {}\n", to_text(job.origin));
  if (!job.recipe.empty()) fmt::format_to(out, "    recipe: sha256:{}\n", job.recipe.hex());
  if (!job.recovery.empty()) fmt::format_to(out, "    recovery: sha256:{}\n", job.recovery.hex());
  fmt::format_to(out, "    seed: {}\n", job.seed);
  if (job.reroll > 0) fmt::format_to(out, "    reroll: {}\n", job.reroll);
}

void write_palette(std::string& text, const LockedPalette& palette) {
  text += "    colors: " + write_colors(palette.colors) + "\n";
  if (palette.auto_colors > 0)
    fmt::format_to(std::back_inserter(text), "    auto: {}\n", palette.auto_colors);
  if (palette.extend > 0) {
    fmt::format_to(std::back_inserter(text), "    extend: {}\n    added: {}\n", palette.extend,
                   write_colors(palette.added));
  }
  if (palette.former.empty()) return;
  std::string former;
  for (const auto& [position, colors] : palette.former) {
    former += fmt::format("{}{}: {}", former.empty() ? "" : ", ", position, write_colors(colors));
  }
  text += "    former: { " + former + " }\n";
}

void write_palettes(std::string& text, const std::map<std::string, LockedPalette>& palettes) {
  if (!palettes.empty()) text += "palettes:\n";
  for (const auto& [name, palette] : palettes) {
    text += "  " + write_key(name) + ":\n";
    write_palette(text, palette);
  }
}

void write_slots(std::string& text, const std::string& atlas, const LockedSlots& slots) {
  text += "  " + write_key(atlas) + (slots.empty() ? ": {}\n" : ":\n");
  for (const auto& [frame, slot] : slots) {
    fmt::format_to(std::back_inserter(text), "    {}: [{}, {}, {}]\n", write_key(frame), slot.page,
                   slot.x, slot.y);
  }
}

bool are_same(const LockedJob& written, const LockedJob& today) {
  return written == today;
}

bool are_same(const std::vector<std::pair<std::string, LockedSlot>>& written,
              const LockedSlots& today) {
  return std::ranges::equal(written, today, [](const auto& before, const auto& now) {
    return before.first == now.first && before.second == now.second;
  });
}

void copy_to(LockedJob& written, const LockedJob& today) {
  written = today;
}

void copy_to(std::vector<std::pair<std::string, LockedSlot>>& written, const LockedSlots& today) {
  written.assign(today.begin(), today.end());
}

/// Puts what differs into words again. True when they are not those of before.
template <typename Value, typename Today, typename Write>
bool update(std::vector<WrittenEntry<Value>>& entries, const std::map<std::string, Today>& today,
            Write write) {
  bool differs = today.size() != entries.size();
  entries.resize(today.size());
  auto known = entries.begin();
  for (const auto& [key, value] : today) {
    WrittenEntry<Value>& written = *known++;
    if (!written.text.empty() && written.key == key && are_same(written.value, value)) continue;
    written.key = key;
    copy_to(written.value, value);
    written.text.clear();
    write(written.text, key, value);
    differs = true;
  }
  return differs;
}

std::string head() {
  return fmt::format("dgxp_lock: {}\n", kLockVersion);
}

}  // namespace

std::string write_lock(const Lock& lock) {
  std::string text = head();
  if (!lock.jobs.empty()) text += "jobs:\n";
  for (const auto& [id, job] : lock.jobs) write_job(text, id, job);
  write_palettes(text, lock.palettes);
  if (!lock.layout.empty()) text += "layout:\n";
  for (const auto& [atlas, slots] : lock.layout) write_slots(text, atlas, slots);
  return text;
}

std::size_t count_placeholders(std::string_view lock_text) {
  const std::string line = fmt::format("\n    origin: {}", to_text(Origin::placeholder));
  std::size_t count = 0;
  for (std::size_t at = lock_text.find(line); at != std::string_view::npos;
       at = lock_text.find(line, at + 1))
    ++count;
  return count;
}

const std::string& LockWriter::write(const Lock& lock) {
  const bool has_new_jobs = update(jobs_, lock.jobs, write_job);
  const bool has_new_layout = update(layout_, lock.layout, write_slots);
  if (!text_.empty() && !has_new_jobs && !has_new_layout && palettes_ == lock.palettes)
    return text_;
  palettes_ = lock.palettes;
  text_ = head();
  if (!jobs_.empty()) text_ += "jobs:\n";
  for (const auto& written : jobs_) text_ += written.text;
  write_palettes(text_, palettes_);
  if (!layout_.empty()) text_ += "layout:\n";
  for (const auto& written : layout_) text_ += written.text;
  return text_;
}

}  // namespace dgxp
