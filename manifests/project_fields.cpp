#include "manifests/project_fields.hpp"

#include <array>

#include "manifests/field_types.hpp"

namespace dgxp {
namespace {

using Kind = FieldType::Kind;

constexpr double kLargestExact = 9007199254740991.0;  // 2^53 - 1: the same number in every reader

constexpr FieldType kProjectName{.kind = Kind::name, .what = "a name", .example = "emberwood"};
constexpr FieldType kFolder{
    .kind = Kind::folder, .what = "a folder below the manifest's", .example = "assets/sprites"};
constexpr FieldType kProjectSeed = whole(0, kLargestExact, "4217");
constexpr std::array<std::string_view, 3> kLevelWords{"off", "warn", "error"};
constexpr FieldType kLevel = choice(kLevelWords, "warn");

// Atlases and outputs.

constexpr FieldType kPattern{
    .kind = Kind::text, .what = "an id, perhaps with '*'", .example = R"("enemy/*")", .most = 200};
constexpr FieldType kInclude = list_of(kPattern, 1, 1000, "a list of ids", R"([hero, "enemy/*"])");
constexpr std::array<std::string_view, 2> kAtlasLayoutWords{"packed", "grid"};
constexpr FieldType kAtlasLayout = choice(kAtlasLayoutWords, "grid");
constexpr FieldType kPageSide = whole(16, 8192, "1024");
constexpr FieldType kPadding = whole(0, 64, "2");
constexpr FieldType kExtrude = whole(0, 16, "1");
constexpr std::array kAtlasFields{
    FieldSpec{"include", &kInclude, "", "Ids of sprites; '*' stands for any text", Later::no, true},
    FieldSpec{"layout", &kAtlasLayout, "packed", "Packed tightly, or in cells of one size"},
    FieldSpec{"cell", &kSize, "", "For grid; the largest frame if not given"},
    FieldSpec{"max_size", &kPageSide, "2048", "Of a page's side, in pixels"},
    FieldSpec{"padding", &kPadding, "2", "Transparent pixels between neighbours"},
    FieldSpec{"extrude", &kExtrude, "1", "Pixels of copied edge around each frame"},
    FieldSpec{"power_of_two", &kBoolean, "false", "Sides of pages are powers of two"},
    FieldSpec{"rotate", &kBoolean, "false", "Turn frames where it saves room", Later::true_value},
};
constexpr FieldShape kAtlasShape{"atlas", kAtlasFields};
constexpr FieldType kAtlas = object(kAtlasShape, "a map with include", R"({ include: ["*"] })");

constexpr std::array<std::string_view, 3> kTargetWords{"bevy", "pixi", "tiled"};
constexpr std::array<std::string_view, 8> kLaterTargetWords{
    "aseprite", "godot", "libgdx", "love", "ldtk", "phaser", "spine", "unity"};
constexpr FieldType kTarget = choice(kTargetWords, "bevy", kLaterTargetWords);
constexpr std::array<std::string_view, 3> kEmitWords{"rust_ids", "asset_loader_ron", "png_meta"};
constexpr FieldType kEmit = choice(kEmitWords, "rust_ids");
constexpr FieldType kEmits = list_of(kEmit, 0, 3, "a list of extras", "[rust_ids]");
constexpr FieldType kScale = whole(1, 16, "1");
constexpr FieldType kScales = list_of(kScale, 1, 8, "a list of scales", "[1]");
constexpr FieldType kNames256 = list_of(kName, 1, 256, "a list of names", "[actors]");
constexpr FieldType kEngineVersion{
    .kind = Kind::text, .what = "a version in quotes", .example = R"("0.19")", .most = 64};
constexpr std::array kOutputFields{
    FieldSpec{"target", &kTarget, "", "The engine or tool that reads it", Later::no, true},
    FieldSpec{"version", &kEngineVersion, "", R"(Of the engine, as in "0.19")"},
    FieldSpec{"dir", &kFolder, "", "Where the files go", Later::no, true},
    FieldSpec{"emit", &kEmits, "", "Optional extras"},
    FieldSpec{"only", &kNames256, "", "These atlases; all if not given"},
    FieldSpec{"scales", &kScales, "[1]", "Copies enlarged by whole numbers",
              Later::but_list_of_one},
};
constexpr FieldShape kOutputShape{"output", kOutputFields};
constexpr FieldType kOutput =
    object(kOutputShape, "a map with target and dir", "{ target: bevy, dir: assets/sprites }");

// Checks and project.

constexpr FieldType kShare = number(0, 1, "0.12");
constexpr std::array kCoverageFields{
    FieldSpec{"min", &kShare, "0", "Least share of opaque pixels in a frame"},
    FieldSpec{"max", &kShare, "1", "Greatest share of opaque pixels in a frame"},
    FieldSpec{"level", &kLevel, "warn", "What a frame outside does"},
};
constexpr FieldShape kCoverageShape{"coverage", kCoverageFields};
constexpr FieldType kCoverage = object(kCoverageShape, "a map", "{ min: 0.12, max: 0.92 }");
constexpr FieldType kDriftPixels = whole(0, 4096, "1");
constexpr std::array kDriftFields{
    FieldSpec{"max", &kDriftPixels, "1", "Pixels the lowest row may move between frames"},
    FieldSpec{"level", &kLevel, "warn", "What a greater drift does"},
};
constexpr FieldShape kDriftShape{"baseline_drift", kDriftFields};
constexpr FieldType kDrift = object(kDriftShape, "a map", "{ max: 1 }");
constexpr std::array kCentreDriftFields{
    FieldSpec{"max", &kDriftPixels, "3", "Pixels the figure's middle may move sideways"},
    FieldSpec{"level", &kLevel, "warn", "What a greater drift does"},
};
constexpr FieldShape kCentreDriftShape{"centre_drift", kCentreDriftFields};
constexpr FieldType kCentreDrift = object(kCentreDriftShape, "a map", "{ max: 3 }");
constexpr FieldType kColorCount = whole(1, 65536, "16");
constexpr std::array kColorCountFields{
    FieldSpec{"max", &kColorCount, "", "Different opaque colours a sprite may have", Later::no,
              true},
    FieldSpec{"level", &kLevel, "warn", "What more colours do"},
};
constexpr FieldShape kColorCountShape{"color_count", kColorCountFields};
constexpr FieldType kColorCounts = object(kColorCountShape, "a map with max", "{ max: 16 }");
constexpr std::array kChecksFields{
    FieldSpec{"palette", &kLevel, "error", "What a pixel outside the palette does"},
    FieldSpec{"coverage", &kCoverage, "", "How full frames may be"},
    FieldSpec{"baseline_drift", &kDrift, "", "How much feet may float"},
    FieldSpec{"centre_drift", &kCentreDrift, "", "How much a figure may wander sideways"},
    FieldSpec{"color_count", &kColorCounts, "", "How many colours a sprite may have"},
    FieldSpec{"soft_alpha", &kLevel, "warn",
              "What a pixel does that is neither opaque nor transparent"},
    FieldSpec{"canvas", &kLevel, "", "What a frame does that is empty, or full of background"},
    FieldSpec{"mixels", &kLevel, "", "What a part does that is drawn in larger pixels"},
    FieldSpec{"strays", &kLevel, "", "What single pixels apart from the figure do"},
    FieldSpec{"outline", &kLevel, "", "What gaps in an outline do"},
    FieldSpec{"flicker", &kLevel, "", "What shades do that change for a single frame"},
    FieldSpec{"loop_seam", &kLevel, "", "What a loop does that jumps back to its first frame"},
    FieldSpec{"tile_seam", &kLevel, "", "What a seamless tile does whose edges do not meet"},
};
constexpr FieldShape kChecksShape{"checks", kChecksFields};

constexpr FieldType kMinutes = number(0, 1000000, "30");
constexpr std::array kBudgetFields{
    FieldSpec{"gpu_minutes", &kMinutes, "", "A plan that costs more is refused"},
};
constexpr FieldShape kBudgetShape{"budget", kBudgetFields};
constexpr FieldType kBudget = object(kBudgetShape, "a map with gpu_minutes", "{ gpu_minutes: 30 }");
constexpr std::array kProjectFields{
    FieldSpec{"name", &kProjectName, "", "Of the game", Later::no, true},
    FieldSpec{"seed", &kProjectSeed, "0", "Every seed that is not given derives from it"},
    FieldSpec{"art", &kFolder, "art", "Where the masters are kept"},
    FieldSpec{"budget", &kBudget, "", "What a plan may cost"},
};
constexpr FieldShape kProjectShape{"project", kProjectFields};

}  // namespace

constexpr FieldType kAtlasesType = map_of(kAtlas, KeyRule::name, 256, "a map from name to atlas",
                                          "{ actors: { include: [hero] } }");
constexpr FieldType kOutputsType =
    list_of(kOutput, 1, 16, "a list of outputs", "[{ target: bevy, dir: assets/sprites }]");
constexpr FieldType kChecksType = object(kChecksShape, "a map", "{ palette: error }");
constexpr FieldType kProjectType = object(kProjectShape, "a map with name", "{ name: emberwood }");

const FieldShape& project_shape() {
  return kProjectShape;
}
const FieldShape& budget_shape() {
  return kBudgetShape;
}
const FieldShape& atlas_shape() {
  return kAtlasShape;
}
const FieldShape& output_shape() {
  return kOutputShape;
}
const FieldShape& centre_drift_shape() {
  return kCentreDriftShape;
}
const FieldShape& color_count_shape() {
  return kColorCountShape;
}
const FieldShape& checks_shape() {
  return kChecksShape;
}
const FieldShape& coverage_shape() {
  return kCoverageShape;
}
const FieldShape& drift_shape() {
  return kDriftShape;
}

}  // namespace dgxp
