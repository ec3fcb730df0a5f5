#include "manifests/lock_file.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "manifests/bounded_yaml.hpp"
#include "manifests/check_fields.hpp"
#include "manifests/first_problem.hpp"
#include "manifests/lock_lines.hpp"
#include "manifests/node_layers.hpp"
#include "manifests/scalar_text.hpp"
#include "manifests/source_text.hpp"

namespace dgxp {
namespace {

using Kind = SyntaxNode::Kind;

constexpr YamlLimits kLockLimits{
    .text = {.bytes = kLargestLock, .brackets = 262'144, .line_bytes = 256U << 10U},
    .nodes = 2'000'000,
    .scalar_bytes = 1024,
    .depth = 8};

constexpr std::string_view kRestore =
    "restore the lock from git, or take it away and run 'dgxp build'";

/// A lock as YAML in any layout: what people and merges make of it.
class LockReader {
 public:
  explicit LockReader(ProblemList& problems) : problems_(problems) {}

  Lock read(const SyntaxNode& root) {
    Lock lock;
    if (!root.is(Kind::map)) {
      problems_.error(root.span, fmt::format("the lock is {}, not a map", describe_value(root)),
                      std::string(kRestore));
      return lock;
    }
    if (!check_version(root)) return lock;
    check_keys(root, kSections);
    for (const SyntaxNode& node : section(root, "jobs")) {
      lock.jobs.emplace(node.key, read_job(node));
    }
    for (const SyntaxNode& node : section(root, "palettes")) {
      lock.palettes.emplace(node.key, read_palette(node));
    }
    for (const SyntaxNode& node : section(root, "layout")) {
      lock.layout.emplace(node.key, read_slots(node));
    }
    return lock;
  }

 private:
  static constexpr std::array<std::string_view, 4> kSections{"dgxp_lock", "jobs", "palettes",
                                                             "layout"};
  static constexpr std::array<std::string_view, 6> kJobKeys{"master",   "origin", "recipe",
                                                            "recovery", "seed",   "reroll"};
  static constexpr std::array<std::string_view, 5> kPaletteKeys{"colors", "former", "extend",
                                                                "added", "auto"};

  bool check_version(const SyntaxNode& root) {
    const SyntaxNode* node = root.find("dgxp_lock");
    const auto version = node == nullptr ? std::nullopt : read_integer(*node);
    if (version == kLockVersion) return true;
    if (version && *version > kLockVersion) {
      problems_.error(node->span,
                      fmt::format("lock format {} is newer than this dgxp, which reads format {}",
                                  *version, kLockVersion),
                      "update dgxp");
    } else {
      problems_.error(node == nullptr ? root.span : node->span, "this is not a lock of dgxp",
                      fmt::format("it begins with 'dgxp_lock: {}'; {}", kLockVersion, kRestore));
    }
    return false;
  }

  void check_keys(const SyntaxNode& map, std::span<const std::string_view> known) {
    for (const SyntaxNode& item : map.items) {
      if (std::ranges::find(known, item.key) != known.end()) continue;
      problems_.error(
          item.key_span, fmt::format("unknown field '{}' in the lock", item.key),
          problems_.suggest(
              item.key, [&] { return std::vector(known.begin(), known.end()); }, kRestore));
    }
  }

  const std::vector<SyntaxNode>& section(const SyntaxNode& root, std::string_view name) {
    static const std::vector<SyntaxNode> kNone;
    const SyntaxNode* node = root.find(name);
    if (node == nullptr) return kNone;
    return check_map(*node) ? node->items : kNone;
  }

  bool check_map(const SyntaxNode& node) {
    if (node.is(Kind::map)) return true;
    report(node, "a map");
    return false;
  }

  void report(const SyntaxNode& node, std::string_view what) {
    if (node.is(Kind::broken)) return;
    const std::string subject =
        node.key.empty() ? std::string("this") : fmt::format("'{}'", node.key);
    problems_.error(node.where(),
                    fmt::format("{} must be {}, not {}", subject, what, describe_value(node)),
                    std::string(kRestore));
  }

  Digest read_digest(const SyntaxNode& job, std::string_view name) {
    const SyntaxNode* node = job.find(name);
    if (node == nullptr) return {};
    const auto digest = node->is(Kind::scalar) && node->text.starts_with("sha256:")
                            ? Digest::parse(node->text)
                            : std::nullopt;
    if (!digest) report(*node, "sha256: and 64 hexadecimal digits");
    return digest.value_or(Digest{});
  }

  std::int64_t read_number(const SyntaxNode& node, std::int64_t most) {
    const auto value = read_integer(node);
    if (value && *value >= 0 && *value <= most) return *value;
    report(node, fmt::format("a whole number from 0 to {}", most));
    return 0;
  }

  std::uint64_t read_seed(const SyntaxNode& node) {
    const bool is_plain = node.is(Kind::scalar) && !node.quoted;
    const auto value = is_plain ? parse_natural_number(node.text) : std::nullopt;
    if (!value) report(node, "a whole number from 0 to 18446744073709551615");
    return value.value_or(0);
  }

  LockedJob read_job(const SyntaxNode& node) {
    LockedJob job;
    if (!check_map(node)) return job;
    check_keys(node, kJobKeys);
    for (const std::string_view required : {"master", "origin", "seed"}) {
      if (node.find(required) != nullptr) continue;
      problems_.error(node.where(), fmt::format("job '{}' has no '{}'", node.key, required),
                      std::string(kRestore));
    }
    job.master = read_digest(node, "master");
    job.recipe = read_digest(node, "recipe");
    job.recovery = read_digest(node, "recovery");
    if (const SyntaxNode* origin = node.find("origin")) {
      const auto value = parse_origin(origin->text);
      if (!value) report(*origin, "generated, edited or placeholder");
      job.origin = value.value_or(Origin::generated);
    }
    if (const SyntaxNode* seed = node.find("seed")) {
      job.seed = read_seed(*seed);
    }
    if (const SyntaxNode* reroll = node.find("reroll")) {
      job.reroll = static_cast<int>(read_number(*reroll, kLargestReroll));
    }
    return job;
  }

  std::vector<Rgb> read_colors(const SyntaxNode& node) {
    std::vector<Rgb> colors;
    if (!node.is(Kind::list) || node.items.size() > kMostLockedColors) {
      report(node, fmt::format("a list of at most {} colours", kMostLockedColors));
      return colors;
    }
    for (const SyntaxNode& item : node.items) {
      const auto color = read_color(item);
      if (!color) report(item, "a colour like \"#a53030\"");
      colors.push_back(color.value_or(Rgb{}));
    }
    return colors;
  }

  void report_palette(const SyntaxNode& node, std::string message) {
    problems_.error(node.where(), std::move(message), std::string(kRestore));
  }

  LockedPalette read_palette(const SyntaxNode& node) {
    LockedPalette palette;
    if (!check_map(node)) return palette;
    check_keys(node, kPaletteKeys);
    if (const SyntaxNode* colors = node.find("colors")) {
      palette.colors = read_colors(*colors);
      if (colors->is(Kind::list) && colors->items.empty()) {
        report_palette(*colors, fmt::format("palette '{}' has no colours", node.key));
      }
    } else {
      report_palette(node, fmt::format("palette '{}' has no 'colors'", node.key));
    }
    if (const SyntaxNode* chosen = node.find("auto")) {
      palette.auto_colors =
          static_cast<int>(read_number(*chosen, static_cast<std::int64_t>(kMostLockedColors)));
    }
    if (const SyntaxNode* extend = node.find("extend")) {
      palette.extend = static_cast<int>(read_number(*extend, kMostAddedColors));
    }
    if (const SyntaxNode* added = node.find("added")) {
      palette.added = read_colors(*added);
      if (palette.added.size() > static_cast<std::size_t>(palette.extend)) {
        report_palette(*added, fmt::format("{} colours were added to palette '{}', which is "
                                           "extended by {} at most",
                                           palette.added.size(), node.key, palette.extend));
      }
    }
    const SyntaxNode* former = node.find("former");
    if (former == nullptr || !check_map(*former)) return palette;
    for (const SyntaxNode& item : former->items) {
      SyntaxNode key;
      key.kind = Kind::scalar;
      key.text = item.key;
      key.span = item.key_span;
      const auto position = read_number(key, static_cast<std::int64_t>(kMostLockedColors) - 1);
      palette.former.emplace(static_cast<int>(position), read_colors(item));
    }
    return palette;
  }

  std::map<std::string, LockedSlot> read_slots(const SyntaxNode& node) {
    std::map<std::string, LockedSlot> slots;
    if (!check_map(node)) return slots;
    for (const SyntaxNode& item : node.items) {
      const auto numbers = read_integers(NodeLayers(&item), 3);
      const bool is_good = numbers && std::ranges::all_of(*numbers, [](int n) {
                             return n >= 0 && n <= kLargestSlot;
                           });
      if (!is_good) {
        report(item, "three numbers [page, x, y]");
        continue;
      }
      slots.emplace(item.key, LockedSlot{(*numbers)[0], (*numbers)[1], (*numbers)[2]});
    }
    return slots;
  }

  ProblemList& problems_;
};

bool refuse_conflict_markers(const SourceText& source, ProblemList& problems) {
  static constexpr std::array<std::string_view, 4> kMarkers{"<<<<<<<", "=======", ">>>>>>>",
                                                            "|||||||"};
  const std::string_view text = source.text();
  for (std::size_t start = 0; start < text.size();) {
    const std::string_view mark = text.substr(start, 7);
    if (std::ranges::find(kMarkers, mark) != kMarkers.end()) {
      problems.error(source.span_of(start, mark.size()), "a conflict marker of git",
                     "keep the blocks of both sides, each job once, and take the markers out; or "
                     "take one side and run 'dgxp build'");
      return false;
    }
    start = std::min(text.find('\n', start), text.size()) + 1;
  }
  return true;
}

bool check_end(const SourceText& source, ProblemList& problems) {
  const std::string_view text = source.text();
  if (text.ends_with('\n')) return true;
  problems.error(source.span_of(text.size(), 1),
                 text.empty() ? "the lock is empty" : "the lock ends in the middle of a line",
                 std::string(kRestore));
  return false;
}

}  // namespace

Result<Lock> parse_lock(std::string_view file, ByteView content) {
  if (content.size() <= kLockLimits.text.bytes) {
    if (auto lock = parse_lock_lines(as_text(content))) return *std::move(lock);
  }
  const SourceText source(file, content, kLockLimits.text.bytes);
  ProblemList problems(source);
  Lock lock;
  if (refuse_conflict_markers(source, problems)) {
    const bool is_whole =
        source.original_size() > kLockLimits.text.bytes || check_end(source, problems);
    const auto tree = is_whole ? load_yaml(source, kLockLimits, problems) : std::nullopt;
    if (tree) lock = LockReader(problems).read(tree->root);
  }
  if (problems.has_errors()) return first_problem(problems, ShowLine::yes);
  return lock;
}

}  // namespace dgxp
