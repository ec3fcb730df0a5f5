#include "manifests/fields.hpp"

#include <algorithm>
#include <array>

#include "manifests/field_types.hpp"
#include "manifests/project_fields.hpp"

namespace dgxp {
namespace {

using Kind = FieldType::Kind;

// Plain values.

constexpr FieldType kText{
    .kind = Kind::text, .what = "a text", .example = R"("a text")", .most = 16384};
constexpr FieldType kPath{
    .kind = Kind::path, .what = "a path below the manifest's folder", .example = "drawn/hero.png"};
constexpr FieldType kColor{.kind = Kind::color, .what = "a colour", .example = R"("#a53030")"};
constexpr FieldType kDigest{.kind = Kind::digest,
                            .what = "a SHA-256 of 64 hexadecimal digits",
                            .example = "the output of sha256sum"};

// Numbers and lists of numbers.

constexpr FieldType kCoordinate = whole(-4096, 4096, "16");
constexpr FieldType kPoint = list_of(kCoordinate, 2, 2, "two numbers [x, y]", "[16, 30]");
constexpr FieldType kExtent = whole(0, 4096, "8");
constexpr FieldType kRect =
    list_of(kExtent, 4, 4, "four numbers [x, y, width, height]", "[10, 8, 12, 22]");
constexpr FieldType kBorders =
    list_of(kExtent, 4, 4, "four numbers [left, top, right, bottom]", "[7, 7, 7, 7]");
constexpr FieldType kRawNumber = whole(0, 65536, "0");
constexpr FieldType kRawPoint = list_of(kRawNumber, 2, 2, "two numbers [x, y]", "[0, 0]");
constexpr FieldType kMilliseconds = whole(1, 65535, "120");
constexpr FieldType kDurations =
    list_of(kMilliseconds, 1, 256, "a list of milliseconds, one a frame", "[60, 60, 120]");
constexpr FieldType kFrames = whole(1, 256, "4");
constexpr FieldType kSeed = whole(0, kLargestNatural, "4217");
constexpr FieldType kCandidates = whole(1, 64, "4");
constexpr FieldType kVersion = whole(1, 1000, "1");

// Names of words.

constexpr std::array<std::string_view, 8> kDirectionWords{
    "south", "south-east", "east", "north-east", "north", "north-west", "west", "south-west"};
constexpr FieldType kDirection = choice(kDirectionWords, "south");
constexpr FieldType kDirectionList =
    list_of(kDirection, 1, 8, "a list of directions", "[south, east]");
constexpr std::array<std::string_view, 4> kPlaybackWords{"forward", "reverse", "pingpong",
                                                         "pingpong_reverse"};
constexpr FieldType kPlayback = choice(kPlaybackWords, "pingpong");
constexpr std::array<std::string_view, 3> kViewWords{"side", "low top-down", "high top-down"};
constexpr FieldType kView = choice(kViewWords, "low top-down");
constexpr std::array<std::string_view, 3> kBackgroundWords{"none", "border_flood", "chroma_key"};
constexpr FieldType kBackground = choice(kBackgroundWords, "border_flood");
constexpr std::array<std::string_view, 6> kDitherWords{"none",   "bayer2",          "bayer4",
                                                       "bayer8", "floyd_steinberg", "atkinson"};
constexpr FieldType kDither = choice(kDitherWords, "bayer4");
constexpr std::array<std::string_view, 5> kMetricWords{"recover", "rgb", "oklab", "hyab",
                                                       "ciede2000"};
constexpr FieldType kMetric = choice(kMetricWords, "oklab");

// Palettes.

constexpr FieldType kColors =
    list_of(kColor, 1, 256, "a list of 1 to 256 colours", R"(["#a53030", "#cf573c"])");
constexpr FieldType kColorMap = map_of(kColor, KeyRule::color, 256, "a map from colour to colour",
                                       R"({ "#a53030": "#3c5e8b" })");
constexpr FieldType kRampMap =
    map_of(kName, KeyRule::name, 64, "a map from ramp to ramp", "{ steel: gold }");
constexpr FieldType kAutoColors = whole(2, 256, "16");
constexpr FieldType kMoreColors = whole(1, 255, "4");
constexpr std::array kPaletteFields{
    FieldSpec{"file", &kPath, "", "A palette file: .hex .gpl .pal .act .aco .ase .json or .png"},
    FieldSpec{"colors", &kColors, "",
              "The colours themselves; their order is what recolouring follows"},
    FieldSpec{"auto", &kAutoColors, "",
              "So many colours, chosen from all masters that use this palette"},
    FieldSpec{"from", &kName, "", "Another palette that this one recolours, position by position"},
    FieldSpec{"map", &kColorMap, "", "With from: which of its colours become which"},
    FieldSpec{"ramps", &kRampMap, "", "With from: which of the ramps become which"},
    FieldSpec{"extend", &kMoreColors, "",
              "With file, colors or from: at most so many more colours behind these, chosen from "
              "all masters that use this palette"},
};
constexpr FieldShape kPaletteShape{"palette", kPaletteFields};
constexpr FieldType kPaletteObject = object(kPaletteShape, "a map", "{ file: palettes/ember.hex }");
constexpr std::array<const FieldType*, 2> kPaletteForms{&kColors, &kPaletteObject};
constexpr FieldType kPalette =
    either(kPaletteForms, "a list of colours, or a map with file, colors, auto or from",
           "{ file: palettes/ember.hex }");

constexpr FieldType kLimit = whole(1, 256, "8");
constexpr std::array kPaletteUseFields{
    FieldSpec{"from", &kName, "", "A palette"},
    FieldSpec{"limit", &kLimit, "", "Use at most so many of its colours"},
    FieldSpec{"auto", &kAutoColors, "", "A palette of this sprite's own, with so many colours"},
};
constexpr FieldShape kPaletteUseShape{"palette", kPaletteUseFields};
constexpr FieldType kPaletteUseObject =
    object(kPaletteUseShape, "a map", "{ limit: 8, from: ember }");
constexpr std::array<const FieldType*, 2> kPaletteUseForms{&kName, &kPaletteUseObject};
constexpr FieldType kPaletteUse =
    either(kPaletteUseForms,
           "the name of a palette, none, or a map with limit and from, or with auto", "ember");

// Styles.

constexpr FieldType kModelPath{.kind = Kind::path,
                               .what = "a file name of the worker's models",
                               .example = "pixel_xl.safetensors"};
constexpr std::array kModelFields{
    FieldSpec{"file", &kModelPath, "", "Its file name below the worker's model folder", Later::no,
              true},
    FieldSpec{"sha256", &kDigest, "", "The digest the file must have"},
};
constexpr FieldShape kModelShape{"checkpoint", kModelFields};
constexpr FieldType kModel =
    object(kModelShape, "a map with file", "{ file: pixel_xl.safetensors }");
constexpr FieldType kWeight = number(-10, 10, "0.9");
constexpr std::array kLoraFields{
    FieldSpec{"file", &kModelPath, "", "Its file name below the worker's LoRA folder", Later::no,
              true},
    FieldSpec{"sha256", &kDigest, "", "The digest the file must have"},
    FieldSpec{"weight", &kWeight, "1", "How strongly it acts"},
};
constexpr FieldShape kLoraShape{"LoRA", kLoraFields};
constexpr FieldType kLora =
    object(kLoraShape, "a map with file", "{ file: pixel_art.safetensors }");
constexpr FieldType kLoras =
    list_of(kLora, 0, 16, "a list of LoRAs", "[{ file: pixel_art.safetensors }]");

constexpr FieldType kWord{.kind = Kind::text, .what = "a word", .example = "euler", .most = 64};
constexpr FieldType kSteps = whole(1, 500, "20");
constexpr FieldType kCfg = number(0, 100, "7");
constexpr FieldType kDenoise = number(0, 1, "0.6");
constexpr std::array kSamplerFields{
    FieldSpec{"name", &kWord, "euler", "The sampler, in the words of the worker"},
    FieldSpec{"scheduler", &kWord, "normal", "The scheduler, in the words of the worker"},
    FieldSpec{"steps", &kSteps, "20", "Sampling steps"},
    FieldSpec{"cfg", &kCfg, "7", "How closely the prompt is followed"},
    FieldSpec{"denoise", &kDenoise, "",
              "How much of a reference is drawn anew, in a workflow that takes one"},
};
constexpr FieldShape kSamplerShape{"sampler", kSamplerFields};
constexpr FieldType kSampler =
    object(kSamplerShape, "a map with name, scheduler, steps, cfg or denoise",
           "{ name: euler, steps: 20 }");
constexpr FieldType kRenderScale = whole(1, 64, "16");
constexpr std::array kStyleFields{
    FieldSpec{
        "workflow", &kPath, "",
        "A ComfyUI graph in API format, FILE.json, with its FILE.bind.yaml beside it; or the name "
        "of one that `dgxp template ls` lists"},
    FieldSpec{"checkpoint", &kModel, "", "The model that draws"},
    FieldSpec{"loras", &kLoras, "", "LoRAs on top of it, in this order"},
    FieldSpec{"prompt", &kText, "{prompt}",
              "What every prompt is put into: {prompt} {view} {outline} {direction} {animation}"},
    FieldSpec{"negative", &kText, "", "What the pictures must not show"},
    FieldSpec{"view", &kView, "", "Where the eye is"},
    FieldSpec{"outline", &kText, "", "Words about the outline, for the prompt"},
    FieldSpec{"sampler", &kSampler, "", "How the worker samples"},
    FieldSpec{"render_scale", &kRenderScale, "16",
              "Raw pixels that one pixel of a sprite is drawn with"},
};
constexpr FieldShape kStyleShape{"style", kStyleFields};
constexpr FieldType kStyle = object(kStyleShape, "a map", "{ view: side }");

// Recovery and finish.

constexpr std::array<std::string_view, 1> kAutoWord{"auto"};
constexpr FieldType kAuto = choice(kAutoWord, "auto");
constexpr FieldType kCellWidth = number(1, 1024, "16");
constexpr std::array<const FieldType*, 2> kGridForms{&kCellWidth, &kAuto};
constexpr FieldType kGrid =
    either(kGridForms, "auto, or the width of a cell in raw pixels", "auto");
constexpr FieldType kAlpha = whole(1, 255, "128");
constexpr FieldType kDespeckle = whole(0, 1024, "2");
constexpr std::array kRecoverFields{
    FieldSpec{"grid", &kGrid, "auto", "Width of a cell in raw pixels; auto looks for it"},
    FieldSpec{"offset", &kRawPoint, "",
              "Where a cell begins, in raw pixels; with size: the first one"},
    FieldSpec{"size", &kSize, "", "How many cells the raw image shows across and down"},
    FieldSpec{"background", &kBackground, "border_flood",
              "How the background is told from the figure"},
    FieldSpec{"key", &kColor, "", "The background's colour, for chroma_key"},
    FieldSpec{"holes", &kBoolean, "false",
              "With border_flood: also remove what the figure encloses, where it is as surely the "
              "background's colour; chroma_key does so by itself"},
    FieldSpec{"alpha", &kAlpha, "128", "A raw alpha below it is transparent"},
    FieldSpec{"dither", &kDither, "none",
              "How in-between colours are shown; anew in every frame, so that what stands still "
              "does not flicker"},
    FieldSpec{"despeckle", &kDespeckle, "2",
              "Figures of fewer pixels than this are removed where they are in doubt"},
    FieldSpec{"metric", &kMetric, "recover", "How the nearest palette colour is measured"},
};
constexpr FieldShape kRecoverShape{"recover", kRecoverFields};
constexpr FieldType kRecover = object(kRecoverShape, "a map", "{ dither: none }");

constexpr std::array<std::string_view, 1> kNoneWord{"none"};
constexpr FieldType kNone = choice(kNoneWord, "none");
constexpr std::array<const FieldType*, 2> kOutlineForms{&kColor, &kNone};
constexpr FieldType kFinishOutline =
    either(kOutlineForms, "none, or a colour in quotes", R"("#1b1b1b")");
constexpr std::array<std::string_view, 2> kAlignWords{"none", "baseline"};
constexpr FieldType kAlign = choice(kAlignWords, "baseline");
constexpr std::array kFinishFields{
    FieldSpec{"align", &kAlign, "none", "Frames moved up or down so that feet stand still"},
    FieldSpec{"outline", &kFinishOutline, "none", "A 1 px outline in this colour of the palette"},
    FieldSpec{"trim", &kBoolean, "false", "Cut transparent borders off"},
};
constexpr FieldShape kFinishShape{"finish", kFinishFields};
constexpr FieldType kFinish = object(kFinishShape, "a map", "{ outline: none }");

// Sprites.

constexpr FieldType kMirror = map_of(kDirection, KeyRule::direction, 8,
                                     "a map from direction to drawn direction", "{ west: east }");
constexpr std::array kDirectionsFields{
    FieldSpec{"draw", &kDirectionList, "", "Directions that are drawn, each by a job"},
    FieldSpec{"mirror", &kMirror, "", "Directions that are flipped from a drawn one"},
};
constexpr FieldShape kDirectionsShape{"directions", kDirectionsFields};
constexpr FieldType kDirectionsObject =
    object(kDirectionsShape, "a map", "{ draw: [south, east] }");
constexpr std::array<const FieldType*, 2> kDirectionsForms{&kDirectionList, &kDirectionsObject};
constexpr FieldType kDirections =
    either(kDirectionsForms, "a list of directions, or a map with draw and mirror",
           "{ draw: [south, east], mirror: { west: east } }");

constexpr FieldType kEvents =
    map_of(kName, KeyRule::index, 256, "a map from frame (counted from 0) to name", "{ 2: hit }");
constexpr std::array kAnimationFields{
    FieldSpec{"frames", &kFrames, "", "How many frames"},
    FieldSpec{"duration", &kMilliseconds, "100", "Milliseconds of each frame"},
    FieldSpec{"durations", &kDurations, "",
              "Milliseconds frame by frame, instead of frames and duration"},
    FieldSpec{"loop", &kBoolean, "true", "Begin again at the end"},
    FieldSpec{"playback", &kPlayback, "forward", "The order of the frames"},
    FieldSpec{"events", &kEvents, "", "Names for moments, by frame counted from 0"},
    FieldSpec{"directions", &kDirectionList, "",
              "Only these directions; otherwise all of the sprite"},
};
constexpr FieldShape kAnimationShape{"animation", kAnimationFields};
constexpr FieldType kAnimation = object(kAnimationShape, "a map", "{ frames: 4, duration: 120 }");
constexpr FieldType kAnimations = map_of(kAnimation, KeyRule::name, 64,
                                         "a map from name to animation", "{ walk: { frames: 4 } }");

constexpr std::array kSliceFields{
    FieldSpec{"bounds", &kRect, "", "In pixels of a frame", Later::no, true},
    FieldSpec{"center", &kRect, "", "The part that stretches, within bounds"},
    FieldSpec{"pivot", &kPoint, "", "In pixels of the slice"},
};
constexpr FieldShape kSliceShape{"slice", kSliceFields};
constexpr FieldType kSlice =
    object(kSliceShape, "a map with bounds", "{ bounds: [10, 8, 12, 22] }");
constexpr FieldType kSlices = map_of(kSlice, KeyRule::name, 64, "a map from name to slice",
                                     "{ hurtbox: { bounds: [10, 8, 12, 22] } }");

constexpr FieldType kNames64 = list_of(kName, 1, 64, "a list of 1 to 64 names", "[ember, cold]");
constexpr std::array kVariantsFields{
    FieldSpec{"palette", &kNames64, "", "Palettes to recolour into; costs no job", Later::no, true},
};
constexpr FieldShape kVariantsShape{"variants", kVariantsFields};
constexpr FieldType kVariants =
    object(kVariantsShape, "a map with palette", "{ palette: [ember, cold] }");

constexpr std::array kRecolorFields{
    FieldSpec{"ramps", &kRampMap, "", "Which ramps become which"},
    FieldSpec{"map", &kColorMap, "", "Which colours become which"},
    FieldSpec{"palette", &kName, "", "A palette to recolour into, position by position"},
};
constexpr FieldShape kRecolorShape{"recolour", kRecolorFields};
constexpr FieldType kRecolor =
    object(kRecolorShape, "a map with ramps, map or palette", "{ ramps: { steel: gold } }");
constexpr FieldType kRecolorAxis =
    map_of(kRecolor, KeyRule::name, 64, "a map from name to what it recolours",
           "{ iron: {}, gold: { ramps: { steel: gold } } }");
constexpr FieldType kRecolorAxes = map_of(
    kRecolorAxis, KeyRule::name, 8, "a map from axis to its values", "{ metal: { iron: {} } }");
constexpr FieldType kAxisNames = list_of(kName, 1, 10000, "a list of names", "[heart, coin]");
constexpr FieldType kAxisWords =
    map_of(kText, KeyRule::name, 10000, "a map from name to words of the prompt",
           R"({ axe: "hand axe" })");
constexpr std::array<const FieldType*, 2> kAxisForms{&kAxisNames, &kAxisWords};
constexpr FieldType kGenerateAxis = either(
    kAxisForms, "a list of names, or a map from name to words of the prompt", "[heart, coin]");
constexpr FieldType kGenerateAxes = map_of(
    kGenerateAxis, KeyRule::name, 8, "a map from axis to its values", "{ name: [heart, coin] }");
constexpr FieldType kCombination =
    map_of(kName, KeyRule::name, 16, "a map from axis to value", "{ kind: ring, metal: iron }");
constexpr FieldType kExclude =
    list_of(kCombination, 0, 256, "a list of combinations", "[{ kind: ring, metal: iron }]");
constexpr std::array kMatrixFields{
    FieldSpec{"generate", &kGenerateAxes, "",
              "Axes whose values are drawn, each by jobs of its own"},
    FieldSpec{"recolor", &kRecolorAxes, "",
              "Axes whose values are recoloured from one master; cost no job"},
    FieldSpec{"exclude", &kExclude, "", "Combinations that are left out"},
};
constexpr FieldShape kMatrixShape{"matrix", kMatrixFields};
constexpr FieldType kMatrix = object(kMatrixShape, "a map with generate, recolor or exclude",
                                     "{ generate: { name: [heart, coin] } }");

constexpr FieldType kReferences =
    list_of(kPath, 0, 16, "a list of picture files", "[refs/hero.png]");
constexpr std::array kSpriteFields{
    FieldSpec{"extends", &kName, "", "The template whose fields are taken over"},
    FieldSpec{"prompt", &kText, "",
              "What the picture shows; {axis} stands for a value of the matrix"},
    FieldSpec{"style", &kName, "", "One of the styles"},
    FieldSpec{"palette", &kPaletteUse, "",
              "A palette, none, { limit: 8, from: NAME } or { auto: 16 }"},
    FieldSpec{"size", &kSize, "[32, 32]", "Of one frame, in pixels"},
    FieldSpec{"pivot", &kPoint, "",
              "The point that stands on the ground, in pixels of a frame; the centre if not given"},
    FieldSpec{"directions", &kDirections, "", "Where the figure faces"},
    FieldSpec{"animations", &kAnimations, "", "Rows of frames"},
    FieldSpec{"slices", &kSlices, "", "Named parts of a frame"},
    FieldSpec{"borders", &kBorders, "", "Nine-slice: pixels that do not stretch"},
    FieldSpec{"variants", &kVariants, "", "Copies in other palettes; cost no job"},
    FieldSpec{"matrix", &kMatrix, "",
              "A family of sprites: {axis} in the key is replaced by each value"},
    FieldSpec{"source", &kPath, "", "A picture drawn by hand: no job"},
    FieldSpec{"references", &kReferences, "", "Pictures the worker is shown"},
    FieldSpec{"seed", &kSeed, "", "Of the random numbers; derived from project.seed if not given"},
    FieldSpec{"candidates", &kCandidates, "1", "How many pictures to choose from",
              Later::above_one},
    FieldSpec{"recover", &kRecover, "", "From the raw picture to the master"},
    FieldSpec{"finish", &kFinish, "", "From the master to the sprite"},
    FieldSpec{"note", &kText, "", "For people"},
};
constexpr FieldShape kSpriteShape{"sprite", kSpriteFields};
constexpr FieldShape kTemplateShape{"template", kSpriteFields};
constexpr FieldType kSprite = object(kSpriteShape, "a map", R"({ prompt: "round slime" })");
constexpr FieldType kTemplate = object(kTemplateShape, "a map", "{ size: [32, 32] }");

constexpr std::array kDefaultsFields{
    FieldSpec{"style", &kName, "", "One of the styles"},
    FieldSpec{"palette", &kPaletteUse, "",
              "A palette, none, { limit: 8, from: NAME } or { auto: 16 }"},
    FieldSpec{"size", &kSize, "[32, 32]", "Of one frame, in pixels"},
    FieldSpec{"pivot", &kPoint, "", "The point that stands on the ground, in pixels of a frame"},
    FieldSpec{"candidates", &kCandidates, "1", "How many pictures to choose from",
              Later::above_one},
    FieldSpec{"recover", &kRecover, "", "From the raw picture to the master"},
    FieldSpec{"finish", &kFinish, "", "From the master to the sprite"},
};
constexpr FieldShape kDefaultsShape{"defaults", kDefaultsFields};
constexpr FieldType kDefaults = object(kDefaultsShape, "a map", "{ palette: ember }");

// Tilesets.

constexpr std::array<std::string_view, 1> kLayoutWords{"single"};
constexpr std::array<std::string_view, 2> kLaterLayoutWords{"wang-corner-16", "blob-47"};
constexpr FieldType kTileLayout = choice(kLayoutWords, "single", kLaterLayoutWords);
constexpr FieldType kTerrains =
    map_of(kText, KeyRule::name, 256, "a map from terrain to words of the prompt",
           R"({ grass: "short grass" })");
constexpr FieldType kCollision =
    map_of(kText, KeyRule::name, 256, "a map from terrain to its collision", "{ grass: none }");
constexpr std::array kTilesetFields{
    FieldSpec{"tile", &kSize, "[16, 16]", "Of one tile, in pixels"},
    FieldSpec{"layout", &kTileLayout, "single",
              "Which tiles are made: one a terrain, or transitions"},
    FieldSpec{"terrains", &kTerrains, "", "Each with the words of its prompt", Later::no, true},
    FieldSpec{"seamless", &kBoolean, "true", "Tiles repeat without a visible edge"},
    FieldSpec{"collision", &kCollision, "", "What stops a figure", Later::any_value},
    FieldSpec{"style", &kName, "", "One of the styles"},
    FieldSpec{"palette", &kPaletteUse, "", "As of a sprite"},
    FieldSpec{"references", &kReferences, "", "Pictures the worker is shown"},
    FieldSpec{"seed", &kSeed, "", "As of a sprite"},
    FieldSpec{"candidates", &kCandidates, "1", "How many pictures to choose from",
              Later::above_one},
    FieldSpec{"recover", &kRecover, "", "As of a sprite; background is none"},
    FieldSpec{"finish", &kFinish, "", "As of a sprite"},
    FieldSpec{"note", &kText, "", "For people"},
};
constexpr FieldShape kTilesetShape{"tileset", kTilesetFields};
constexpr FieldType kTileset =
    object(kTilesetShape, "a map with terrains", R"({ terrains: { grass: "short grass" } })");

// The whole.

constexpr FieldType kPalettes = map_of(kPalette, KeyRule::name, 1000, "a map from name to palette",
                                       "{ ember: { file: palettes/ember.hex } }");
constexpr FieldType kRamps = map_of(kColors, KeyRule::name, 1000, "a map from name to colours",
                                    R"({ steel: ["#394a50", "#c7cfcc"] })");
constexpr FieldType kStyles =
    map_of(kStyle, KeyRule::name, 256, "a map from name to style", "{ topdown: { view: side } }");
constexpr FieldType kTemplates =
    map_of(kTemplate, KeyRule::name, 1000, "a map from name to template",
           "{ character: { size: [32, 32] } }");
constexpr FieldType kSprites = map_of(kSprite, KeyRule::pattern, 10000, "a map from id to sprite",
                                      R"({ hero: { prompt: "young smith" } })");
constexpr FieldType kTilesets = map_of(kTileset, KeyRule::name, 1000, "a map from name to tileset",
                                       R"({ ground: { terrains: { grass: "short grass" } } })");
constexpr std::array kManifestFields{
    FieldSpec{"$schema", &kText, "", "For editors"},
    FieldSpec{"dgxp", &kVersion, "", "Version of the manifest's format: 1", Later::no, true},
    FieldSpec{"project", &kProjectType, "", "The project as a whole", Later::no, true},
    FieldSpec{"palettes", &kPalettes, "", "Named palettes"},
    FieldSpec{"ramps", &kRamps, "", "Named rows of colours from dark to light, for recolouring"},
    FieldSpec{"styles", &kStyles, "", "How pictures are asked for"},
    FieldSpec{"defaults", &kDefaults, "", "What sprites and tilesets take when they say nothing"},
    FieldSpec{"templates", &kTemplates, "", "Fields that sprites share with extends"},
    FieldSpec{"sprites", &kSprites, "", "The sprites, by id"},
    FieldSpec{"tilesets", &kTilesets, "", "Tiles, by name of the set"},
    FieldSpec{"atlases", &kAtlasesType, "",
              "Which sprites share pages; one atlas of all if not given"},
    FieldSpec{"outputs", &kOutputsType, "",
              "What is written for whom; bevy in assets/sprites if not given"},
    FieldSpec{"checks", &kChecksType, "", "What check looks at"},
};
constexpr FieldShape kManifestShape{"manifest", kManifestFields};

}  // namespace

const FieldSpec* FieldShape::find(std::string_view name) const {
  const auto found = std::ranges::find(fields, name, &FieldSpec::name);
  return found == fields.end() ? nullptr : &*found;
}

const FieldShape& manifest_shape() {
  return kManifestShape;
}
const FieldShape& palette_shape() {
  return kPaletteShape;
}
const FieldShape& palette_use_shape() {
  return kPaletteUseShape;
}
const FieldShape& style_shape() {
  return kStyleShape;
}
const FieldShape& model_shape() {
  return kModelShape;
}
const FieldShape& lora_shape() {
  return kLoraShape;
}
const FieldShape& sampler_shape() {
  return kSamplerShape;
}
const FieldShape& sprite_shape() {
  return kSpriteShape;
}
const FieldShape& animation_shape() {
  return kAnimationShape;
}
const FieldShape& recover_shape() {
  return kRecoverShape;
}
const FieldShape& finish_shape() {
  return kFinishShape;
}
const FieldShape& tileset_shape() {
  return kTilesetShape;
}

}  // namespace dgxp
