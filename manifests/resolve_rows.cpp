#include "manifests/resolve_rows.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace dgxp {
namespace {

using Kind = SyntaxNode::Kind;

const FieldType& direction_type() {
  return *animation_shape().find("directions")->type->element;
}

std::optional<Direction> parse_direction(std::string_view word) {
  const auto& words = direction_type().words;
  const auto found = std::ranges::find(words, word);
  if (found == words.end()) return std::nullopt;
  return static_cast<Direction>(found - words.begin());
}

/// One direction a sprite faces, and the one that is drawn for it.
struct Facing {
  Direction shown = Direction::south;
  Direction drawn = Direction::south;
};

std::vector<std::pair<Direction, Span>> read_directions(const SyntaxNode& list,
                                                        ProblemList& problems) {
  std::vector<std::pair<Direction, Span>> directions;
  for (const SyntaxNode& item : list.items) {
    const auto direction = parse_direction(item.text);
    if (!direction) continue;
    const auto is_same = [&](const auto& known) { return known.first == *direction; };
    if (std::ranges::any_of(directions, is_same)) {
      problems.error(item.span, fmt::format("'{}' is listed twice", item.text), "keep one of them");
      continue;
    }
    directions.emplace_back(*direction, item.span);
  }
  return directions;
}

class FacingReader {
 public:
  explicit FacingReader(ProblemList& problems) : problems_(problems) {}

  std::vector<Facing> read(const NodeLayers& layers) {
    if (layers.empty()) return {};
    if (layers.top().is(Kind::list)) {
      add_drawn(layers.top());
      return facings_;
    }
    const NodeLayers draw = layers.find("draw");
    if (draw.empty()) {
      problems_.error(layers.top().where(), "'directions' has no 'draw'",
                      "add 'draw: [south, east]', the directions that are drawn");
      return {};
    }
    add_drawn(draw.top());
    const std::size_t drawn = facings_.size();
    for (const auto& [shown, source] : layers.find("mirror").entries()) {
      add_mirrored(shown, source.top(), drawn);
    }
    return facings_;
  }

 private:
  void add_drawn(const SyntaxNode& list) {
    for (const auto& [direction, span] : read_directions(list, problems_)) {
      facings_.push_back({direction, direction});
    }
  }

  void add_mirrored(std::string_view shown, const SyntaxNode& source, std::size_t drawn) {
    const auto to = parse_direction(shown);
    const auto from = parse_direction(source.text);
    if (!to || !from) return;
    const auto end = facings_.begin() + static_cast<std::ptrdiff_t>(drawn);
    const auto is_drawn = [&](Direction d) {
      return std::ranges::find(facings_.begin(), end, d, &Facing::shown) != end;
    };
    if (is_drawn(*to)) {
      problems_.error(source.key_span, fmt::format("'{}' is drawn and mirrored", shown),
                      "take it out of draw or out of mirror");
    } else if (!is_drawn(*from)) {
      problems_.error(
          source.span, fmt::format("'{}' mirrors '{}', which is not drawn", shown, source.text),
          "add it to draw; a plain list, 'directions: [south]', drops an inherited mirror");
    } else {
      facings_.push_back({*to, *from});
    }
  }

  ProblemList& problems_;
  std::vector<Facing> facings_;
};

/// What an animation is without directions.
struct Cycle {
  std::vector<int> durations;
  Playback playback = Playback::forward;
  bool loop = true;
  std::map<int, std::string> events;
  Span frames;
};

/// The layer that a field comes from; a lower number has the last word.
std::size_t layer_of(const NodeLayers& layers, std::string_view name) {
  for (std::size_t i = 0; i < layers.size(); ++i) {
    if (layers.at(i).find(name) != nullptr) return i;
  }
  return layers.size();
}

std::vector<int> read_durations(const SyntaxNode& list) {
  std::vector<int> durations;
  for (const SyntaxNode& item : list.items) {
    const auto value = read_integer(item);
    if (value && *value >= 1 && *value <= 65535) durations.push_back(static_cast<int>(*value));
  }
  constexpr std::size_t kMostFrames = 256;
  if (durations.size() > kMostFrames) durations.resize(kMostFrames);
  return durations;
}

class CycleReader {
 public:
  CycleReader(std::string_view name, const NodeLayers& layers, ProblemList& problems)
      : name_(name), reader_(animation_shape(), layers), problems_(problems) {}

  std::optional<Cycle> read() {
    if (!read_frames()) return std::nullopt;
    cycle_.playback = static_cast<Playback>(reader_.choice("playback"));
    cycle_.loop = reader_.boolean("loop");
    read_events();
    return cycle_;
  }

 private:
  bool read_frames() {
    const NodeLayers& layers = reader_.layers();
    const NodeLayers durations = reader_.find("durations");
    const NodeLayers frames = reader_.find("frames");
    const std::size_t own = layer_of(layers, "durations");
    // A sprite's own frames or duration stand above the durations of its template.
    const bool is_overridden =
        layer_of(layers, "frames") < own || layer_of(layers, "duration") < own;
    if (durations.empty() || is_overridden) return read_equal_frames(frames, durations);
    cycle_.durations = read_durations(durations.top());
    cycle_.frames = durations.top().where();
    if (layer_of(layers, "duration") == own) {
      problems_.error(durations.top().where(),
                      fmt::format("animation '{}' has both 'duration' and 'durations'", name_),
                      "keep one of them");
    }
    const std::int64_t count = frames.empty() ? -1 : read_integer(frames.top()).value_or(-1);
    if (layer_of(layers, "frames") == own && count >= 0 &&
        static_cast<std::size_t>(count) != cycle_.durations.size()) {
      problems_.error(frames.top().where(),
                      fmt::format("animation '{}' has {} frames and {} durations", name_, count,
                                  cycle_.durations.size()),
                      "leave 'frames' out: there is one a duration");
    }
    return !cycle_.durations.empty();
  }

  bool read_equal_frames(const NodeLayers& frames, const NodeLayers& durations) {
    auto count = static_cast<std::size_t>(reader_.integer("frames"));
    cycle_.frames = frames.empty() ? Span{} : frames.top().where();
    if (frames.empty() && !durations.empty()) {
      count = read_durations(durations.top()).size();
      cycle_.frames = durations.top().where();
    } else if (frames.empty()) {
      problems_.error(reader_.layers().top().where(),
                      fmt::format("animation '{}' has no frames", name_),
                      "add 'frames: 4' or 'durations: [100, 100]'");
      return false;
    }
    cycle_.durations.assign(count, reader_.integer("duration"));
    return count > 0;
  }

  void read_events() {
    for (const auto& [key, value] : reader_.find("events").entries()) {
      int frame = -1;
      for (const char c : key) {
        if (c < '0' || c > '9' || frame > 255) return;  // reported
        frame = std::max(frame, 0) * 10 + (c - '0');
      }
      if (frame < 0 || !value.top().is(Kind::scalar)) continue;
      if (static_cast<std::size_t>(frame) >= cycle_.durations.size()) {
        problems_.error(
            value.top().key_span,
            fmt::format("event at frame {} of animation '{}', which has {} frames", frame, name_,
                        cycle_.durations.size()),
            fmt::format("frames are counted from 0: the last is {}", cycle_.durations.size() - 1));
        continue;
      }
      cycle_.events.emplace(frame, value.top().text);
    }
  }

  std::string_view name_;
  FieldReader reader_;
  ProblemList& problems_;
  Cycle cycle_;
};

RowPlan make_plan(std::string_view animation, std::optional<Facing> facing) {
  RowPlan plan;
  plan.row.animation = animation;
  plan.row.name = animation;
  plan.row.durations = {0};
  if (!animation.empty()) {
    plan.master_id = fmt::format("/{}", animation);
    plan.master_path = plan.master_id;
  }
  if (!facing) return plan;
  plan.row.direction = facing->shown;
  plan.row.mirrored = facing->shown != facing->drawn;
  plan.row.name += fmt::format("{}{}", animation.empty() ? "" : "/", to_text(facing->shown));
  plan.drawn = facing->drawn;
  plan.master_id += fmt::format("/{}", to_text(facing->drawn));
  plan.master_path += fmt::format("{}{}", animation.empty() ? "/" : "-", to_text(facing->drawn));
  return plan;
}

/// The facings of one animation: all of the sprite's, or those it names.
std::vector<Facing> facings_of(const NodeLayers& animation, const std::vector<Facing>& all,
                               ProblemList& problems) {
  const NodeLayers own = animation.find("directions");
  if (own.empty()) return all;
  std::vector<Facing> facings;
  for (const auto& [direction, span] : read_directions(own.top(), problems)) {
    const auto found = std::ranges::find(all, direction, &Facing::shown);
    if (found != all.end()) {
      facings.push_back(*found);
    } else if (all.empty()) {
      facings.push_back({direction, direction});
    } else {
      problems.error(span, fmt::format("the sprite does not face '{}'", to_text(direction)),
                     "add it to the sprite's directions");
    }
  }
  return facings;
}

}  // namespace

std::vector<RowPlan> plan_rows(const FieldReader& sprite, ProblemList& problems) {
  const std::vector<Facing> all = FacingReader(problems).read(sprite.find("directions"));
  std::vector<RowPlan> plans;
  const auto add = [&](std::string_view animation, const std::vector<Facing>& facings) {
    const std::size_t first = plans.size();
    for (const Facing& facing : facings) plans.push_back(make_plan(animation, facing));
    if (facings.empty()) plans.push_back(make_plan(animation, std::nullopt));
    return first;
  };
  for (const auto& [name, layers] : sprite.find("animations").entries()) {
    const auto cycle = CycleReader(name, layers, problems).read();
    if (!cycle) continue;
    for (std::size_t i = add(name, facings_of(layers, all, problems)); i < plans.size(); ++i) {
      plans[i].row.durations = cycle->durations;
      plans[i].row.playback = cycle->playback;
      plans[i].row.loop = cycle->loop;
      plans[i].row.events = cycle->events;
      plans[i].frames = cycle->frames;
      plans[i].animation = layers.top().where();
    }
  }
  if (plans.empty()) add("", all);
  return plans;
}

}  // namespace dgxp
