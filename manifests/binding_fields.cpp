#include <array>

#include "manifests/field_types.hpp"
#include "manifests/fields.hpp"

namespace dgxp {
namespace {

using Kind = FieldType::Kind;

constexpr FieldType kVersion = whole(1, 1000, "1");
constexpr FieldType kWords{
    .kind = Kind::text, .what = "a text", .example = R"("A text")", .most = 2000};
constexpr FieldType kNode{
    .kind = Kind::text, .what = "the id of a node", .example = R"("6")", .most = 64};
constexpr FieldType kTitle{
    .kind = Kind::text, .what = "a title", .example = R"("Positive Prompt")", .most = 256};
constexpr FieldType kInput{
    .kind = Kind::text, .what = "the name of an input", .example = "text", .most = 128};
constexpr FieldType kClass{
    .kind = Kind::text, .what = "the class of a node", .example = "KSampler", .most = 128};
constexpr FieldType kFile{
    .kind = Kind::text, .what = "a file name", .example = "pixel_xl.safetensors", .most = 256};

constexpr FieldType kNodes = list_of(kNode, 1, 64, "a list of ids of nodes", R"(["3", "10"])");
constexpr std::array<const FieldType*, 2> kNodeForms{&kNode, &kNodes};
constexpr FieldType kTargetNode =
    either(kNodeForms, "the id of a node, or a list of them", R"("6")");
constexpr std::array kTargetFields{
    FieldSpec{"node", &kTargetNode, "", "The id of the node, or of several", Later::no, true},
    FieldSpec{"title", &kTitle, "", "The title that it must have"},
    FieldSpec{"input", &kInput, "", "The input that gets the value", Later::no, true},
    FieldSpec{"required", &kBoolean, "false", "A job without a value is refused"},
};
constexpr FieldShape kTargetShape{"target", kTargetFields};
constexpr FieldType kTarget =
    object(kTargetShape, "a map with node and input", R"({ node: "6", input: text })");
constexpr FieldType kTargetList =
    list_of(kTarget, 1, 64, "a list of targets", R"([{ node: "6", input: text }])");
constexpr std::array<const FieldType*, 2> kParamForms{&kTarget, &kTargetList};
constexpr FieldType kParam = either(kParamForms, "a map with node and input, or a list of such",
                                    R"({ node: "6", input: text })");
constexpr std::array kParamsFields{
    FieldSpec{"prompt", &kParam, "", "What to draw", Later::no, true},
    FieldSpec{"negative", &kParam, "", "What not to draw"},
    FieldSpec{"seed", &kParam, "", "Of the noise", Later::no, true},
    FieldSpec{"width", &kParam, "", "Of the picture, in pixels", Later::no, true},
    FieldSpec{"height", &kParam, "", "Of the picture, in pixels", Later::no, true},
    FieldSpec{"steps", &kParam, "", "Sampling steps"},
    FieldSpec{"cfg", &kParam, "", "How closely the prompt is followed"},
    FieldSpec{"sampler", &kParam, "", "Name of the sampler"},
    FieldSpec{"scheduler", &kParam, "", "Name of the scheduler"},
    FieldSpec{"denoise", &kParam, "", "How much of a picture is drawn anew"},
    FieldSpec{"checkpoint", &kParam, "", "File of the model"},
    FieldSpec{"batch_size", &kParam, "", "Pictures a run: always 1"},
};
constexpr FieldShape kParamsShape{"params", kParamsFields};
constexpr FieldType kParams =
    object(kParamsShape, "a map from parameter to target", R"({ prompt: { node: "6" } })");

constexpr FieldType kSlot =
    list_of(kNode, 2, 2, "a node and the number of its output", R"(["4", 0])");
constexpr std::array kLorasFields{
    FieldSpec{"after_model", &kSlot, "", "The output that gives the model", Later::no, true},
    FieldSpec{"after_clip", &kSlot, "", "The output that gives the text encoder"},
};
constexpr FieldShape kLorasShape{"loras", kLorasFields};
constexpr FieldType kLoras =
    object(kLorasShape, "a map with after_model", R"({ after_model: ["4", 0] })");

constexpr std::array kImageFields{
    FieldSpec{"node", &kNode, "", "The node that loads the picture", Later::no, true},
    FieldSpec{"title", &kTitle, "", "The title that it must have"},
    FieldSpec{"input", &kInput, "image", "The input that gets its name"},
};
constexpr FieldShape kImageShape{"image", kImageFields};
constexpr FieldType kImage = object(kImageShape, "a map with node", R"({ node: "10" })");
constexpr FieldType kImages =
    map_of(kImage, KeyRule::name, 16, "a map from name to image", R"({ init: { node: "10" } })");

constexpr FieldType kCount = whole(1, 4096, "1");
constexpr std::array kOutputFields{
    FieldSpec{"node", &kNode, "", "The node that saves the pictures", Later::no, true},
    FieldSpec{"count", &kCount, "1", "How many pictures it gives"},
    FieldSpec{"websocket", &kBoolean, "false", "It sends them instead of saving them"},
};
constexpr FieldShape kOutputShape{"output", kOutputFields};
constexpr FieldType kOutput = object(kOutputShape, "a map with node", R"({ node: "9" })");
constexpr FieldType kOutputs =
    map_of(kOutput, KeyRule::name, 16, "a map from name to output", R"({ sprite: { node: "9" } })");

constexpr FieldType kClasses =
    list_of(kClass, 0, 256, "a list of classes of nodes", "[ControlNetLoader]");
constexpr FieldType kFiles = list_of(kFile, 0, 64, "a list of files", "[pixel_xl.safetensors]");
constexpr FieldType kModels =
    map_of(kFiles, KeyRule::name, 32, "a map from folder to files", "{ loras: [px.safetensors] }");
constexpr FieldType kRelease{
    .kind = Kind::text, .what = "a version", .example = R"("0.3.45")", .most = 32};
constexpr std::array kNeedsFields{
    FieldSpec{"nodes", &kClasses, "", "Classes of nodes that the server must have"},
    FieldSpec{"models", &kModels, "", "Files that it must have, by folder"},
    FieldSpec{"min_comfyui", &kRelease, "", "Its oldest version, in quotes"},
};
constexpr FieldShape kNeedsShape{"requires", kNeedsFields};
constexpr FieldType kNeeds = object(kNeedsShape, "a map", R"({ min_comfyui: "0.3.45" })");

constexpr FieldType kSizeStep = whole(1, 1024, "8");
constexpr std::array kBindingFields{
    FieldSpec{"dgxp_binding", &kVersion, "", "Version of this format: 1", Later::no, true},
    FieldSpec{"description", &kWords, "", "What the graph is for"},
    FieldSpec{"params", &kParams, "", "Where the values of a job go", Later::no, true},
    FieldSpec{"loras", &kLoras, "", "Where LoRAs are put in"},
    FieldSpec{"images", &kImages, "", "Where the references of a sprite go, in this order"},
    FieldSpec{"outputs", &kOutputs, "", "Which nodes give pictures; the first is the sprite's",
              Later::no, true},
    FieldSpec{"requires", &kNeeds, "", "What the server must have"},
    FieldSpec{"size_step", &kSizeStep, "8", "Width and height are multiples of it"},
    FieldSpec{"seamless", &kBoolean, "false", "What it draws repeats without a visible edge"},
};
constexpr FieldShape kBindingShape{"binding", kBindingFields};

}  // namespace

const FieldShape& binding_shape() {
  return kBindingShape;
}
const FieldShape& binding_params_shape() {
  return kParamsShape;
}
const FieldShape& binding_target_shape() {
  return kTargetShape;
}
const FieldShape& binding_loras_shape() {
  return kLorasShape;
}
const FieldShape& binding_image_shape() {
  return kImageShape;
}
const FieldShape& binding_output_shape() {
  return kOutputShape;
}
const FieldShape& binding_needs_shape() {
  return kNeedsShape;
}

}  // namespace dgxp
